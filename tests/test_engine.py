"""The engine: what it samples is what a plain forward pass over the whole conversation says, for every architecture."""

from __future__ import annotations

import logging
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedModel

from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.objective import likelihood
from scoutgym.agents.training.rows import episode_rows
from scoutgym.envs.chance import Chance
from scoutgym.llm import passes, slots
from scoutgym.llm.draw import draw
from scoutgym.llm.engine import Ask, Engine, Said
from scoutgym.llm.reread import Reread
from scoutgym.llm.sampling import Sampling
from scoutgym.llm.slots import Slots
from scoutgym.types import Episode, Task, Turn

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

V, END = 61, 1
SMALL = {"vocab_size": V, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
MIDDLE = {**SMALL, "intermediate_size": 48, "max_position_embeddings": 512}
GROUPED = {**MIDDLE, "num_key_value_heads": 2}
SHORT = {"bos_token_id": 0, "eos_token_id": END}
WINDOW = ["sliding_attention", "full_attention"]

IN_SLOTS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("Llama", GROUPED),
    "qwen2": ("Qwen2", GROUPED),
    "qwen2, windows": ("Qwen2", {**GROUPED, "use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1}),
    "qwen3": ("Qwen3", {**GROUPED, "head_dim": 8}),
    "mistral, window": ("Mistral", {**GROUPED, "sliding_window": 9}),
    "mixtral": ("Mixtral", {**GROUPED, "num_local_experts": 4}),
    "gpt2": ("GPT2", {"vocab_size": V, "n_positions": 512, "n_embd": 32, "n_layer": 2, "n_head": 4, **SHORT}),
    "gemma2, soft caps": ("Gemma2", {**GROUPED, "head_dim": 8, "sliding_window": 9, "final_logit_softcapping": 2.0}),
    "gemma3": ("Gemma3Text", {**GROUPED, "head_dim": 8, "sliding_window": 9, "layer_types": WINDOW}),
    "gpt-neox": ("GPTNeoX", MIDDLE),
    "phi": ("Phi", MIDDLE),
    "phi3": ("Phi3", {**GROUPED, "pad_token_id": 0, **SHORT}),
    "opt": ("OPT", {**SMALL, "ffn_dim": 48, "max_position_embeddings": 512, "word_embed_proj_dim": 32}),
    "falcon": ("Falcon", SMALL),
    "granite, scaled logits": ("Granite", {**GROUPED, "logits_scaling": 3.0}),
    "cohere2": ("Cohere2", {**GROUPED, "sliding_window": 9, "layer_types": WINDOW, **SHORT}),
    "llama4, chunks": (
        "Llama4Text",
        {
            **GROUPED,
            "head_dim": 8,
            "attention_chunk_size": 7,
            "num_local_experts": 2,
            "intermediate_size_mlp": 48,
            **SHORT,
        },
    ),
}
READ_ANEW: dict[str, tuple[str, dict[str, Any]]] = {
    "mamba": ("Mamba", {"vocab_size": V, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 4}),
    "rwkv": ("Rwkv", {"vocab_size": V, "hidden_size": 32, "num_hidden_layers": 2, "context_length": 512, **SHORT}),
    "jamba": (
        "Jamba",
        {**GROUPED, "num_experts": 2, "attn_layer_period": 2, "attn_layer_offset": 1, "mamba_d_state": 4},
    ),
    "bloom": ("Bloom", {"vocab_size": V, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "gpt-neo": (
        "GPTNeo",
        {
            "vocab_size": V,
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 1]],
            "window_size": 4,
            **SHORT,
        },
    ),
}


def made(kind: str, seed: int = 0, **more: Any) -> PreTrainedModel:
    """A random model whose logits are far from flat."""
    name, options = (IN_SLOTS | READ_ANEW)[kind]
    config = getattr(transformers, f"{name}Config")(**options)
    model = AutoModelForCausalLM.from_config(config, **more)
    stream = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.copy_(torch.randn(weight.shape, generator=stream) * 0.25)
    return model.eval()


LLAMA = made("llama")


def exact(model: PreTrainedModel, ids: Sequence[int]) -> torch.Tensor:
    """Logits behind each token, by one plain forward pass."""
    with torch.no_grad():
        return model(input_ids=torch.tensor([list(ids)]), use_cache=False).logits[0].double()


def noise(*key: int) -> Callable[[], float]:
    return Chance(bytes(key)).random


class Talk:
    """A scripted conversation of several seats, with a record of what the engine should have seen."""

    def __init__(self, model: PreTrainedModel, seats: int, seed: int = 0) -> None:
        self.engine = Engine(model, [END], seats)
        self.rng = random.Random(seed)
        self.slots = [self.engine.open() for _ in range(seats)]
        self.noise = {slot: noise(7, slot) for slot in self.slots}
        self.ids: dict[int, list[int]] = {slot: [] for slot in self.slots}
        self.said: list[tuple[int, int, Said]] = []
        """Slot, place of the first token, answer."""

    def prompt(self, low: int, high: int) -> list[int]:
        return [self.rng.randrange(2, V) for _ in range(self.rng.randint(low, high))]

    def turn(self, going: Sequence[int], sampling: Sampling, low: int = 1, high: int = 30) -> None:
        asks = [Ask(slot, self.prompt(low, high), self.noise[slot]) for slot in going]
        for ask, said in zip(asks, self.engine.generate(asks, sampling), strict=True):
            self.ids[ask.slot] += ask.ids
            self.said.append((ask.slot, len(self.ids[ask.slot]), said))
            self.ids[ask.slot] += said.ids
            assert self.engine.length(ask.slot) == len(self.ids[ask.slot])

    def check(self, model: PreTrainedModel, temperature: float = 1.0, tolerance: float = 1e-4) -> int:
        """Every recorded log-probability whose conversation was not rewound since is that of a plain forward pass."""
        every = {slot: torch.log_softmax(exact(model, ids) / temperature, -1) for slot, ids in self.ids.items()}
        count = 0
        for slot, start, said in self.said:
            for place, (token, logp) in enumerate(zip(said.ids, said.logp, strict=True), start):
                if self.ids[slot][place : place + 1] == [token]:
                    assert every[slot][place - 1, token].item() == pytest.approx(logp, abs=tolerance)
                    count += 1
        return count


def converse(model: PreTrainedModel, seats: int = 5, turns: int = 5) -> Talk:
    """Unequal prompts; in odd turns few of the seats go on; then words put in the mouth, a rewind and a fork."""
    talk, sampling = Talk(model, seats), Sampling(1.0, max_tokens=5)
    for turn in range(turns):
        going = talk.slots if turn % 2 == 0 else talk.rng.sample(talk.slots, 2)
        talk.turn(going, sampling, *((1, 4) if turn == 3 else (1, 40)))
    one, two, *_ = talk.slots
    talk.engine.keep(one, [5, 6])
    talk.ids[one] += [5, 6]
    cut = len(talk.ids[two]) // 2
    talk.engine.rewind(two, cut)
    del talk.ids[two][cut:]
    talk.said = [entry for entry in talk.said if entry[0] != two or entry[1] + len(entry[2].ids) <= cut]
    talk.turn(talk.slots, sampling)
    return talk


# Every architecture says what a plain forward pass says.


@pytest.mark.parametrize("kind", IN_SLOTS)
def test_an_architecture_with_keys_and_values_is_read_once(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    model = made(kind)
    talk = converse(model)
    assert isinstance(talk.engine._reader, Slots)
    assert not caplog.records
    assert talk.check(model) > 40


@pytest.mark.parametrize("kind", READ_ANEW)
def test_another_architecture_is_read_anew_and_says_so_once(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    model = made(kind)
    with caplog.at_level(logging.WARNING, "scoutgym"):
        talk = converse(model)
        Engine(model, [END], 1)
    assert isinstance(talk.engine._reader, Reread)
    assert len([record for record in caplog.records if "read anew" in record.message]) == 1
    assert talk.check(model) > 40


def test_attention_without_masks_by_row_is_read_anew() -> None:
    model = made("llama")
    model.config._attn_implementation = "flash_attention_2"
    with pytest.raises(ValueError, match="flash_attention_2"):
        Slots(model, [[]])


@pytest.mark.parametrize("kind", ["llama", "gemma3", "mistral, window"])
def test_eager_attention_takes_the_same_masks(kind: str) -> None:
    model = made(kind, attn_implementation="eager")
    talk = converse(model)
    assert isinstance(talk.engine._reader, Slots)
    assert talk.check(model) > 40


def test_half_precision_runs_and_is_near() -> None:
    model = made("llama").bfloat16()
    talk = converse(model)
    assert isinstance(talk.engine._reader, Slots)
    assert talk.engine._reader.layers[0].keys.dtype == torch.bfloat16
    assert talk.check(model, tolerance=0.25) > 40


def test_an_adapter_is_sampled_from() -> None:
    model = made("llama")
    wrapped = get_peft_model(model, LoraConfig(target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    wrapped.eval()
    talk = converse(wrapped)
    assert talk.check(wrapped) > 40
    with wrapped.disable_adapter(), pytest.raises(AssertionError):
        talk.check(wrapped)


def test_many_passes_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short prompts apart from long ones, and no more than so many tokens at a time."""
    whole = converse(LLAMA, seats=9)
    monkeypatch.setattr(slots, "PASS", 60)
    monkeypatch.setattr(passes, "PASS", 60)
    monkeypatch.setattr(passes, "OVERHEAD", 0)
    monkeypatch.setattr(passes, "COPY", 0)
    monkeypatch.setattr(slots, "LOGITS", V)
    parts = converse(LLAMA, seats=9)
    assert parts.ids == whole.ids
    assert parts.check(LLAMA) > 80


def test_one_long_prompt_among_short_ones_is_read_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row lies between theirs, is carried along in their pass, and keeps what it has read."""
    monkeypatch.setattr(passes, "OVERHEAD", 0)
    monkeypatch.setattr(passes, "COPY", 0)
    talk = Talk(LLAMA, 20)
    for _ in range(2):
        for low, going in ((40, talk.slots[10:11]), (5, talk.slots)):
            for slot in going:
                more = talk.prompt(low, low)
                talk.engine.keep(slot, more)
                talk.ids[slot] += more
        talk.turn(talk.slots, Sampling(max_tokens=3), 1, 1)
    assert talk.check(LLAMA) > 80


def test_what_is_read_is_not_read_again() -> None:
    talk = Talk(LLAMA, 3)
    seen = Counter[int]()
    hook = LLAMA.model.embed_tokens.register_forward_hook(lambda _, ids, __: seen.update([ids[0].numel()]))
    try:
        for _ in range(4):
            talk.turn(talk.slots, Sampling(max_tokens=1), 10, 10)
    finally:
        hook.remove()
    assert seen == Counter({30: 1, 33: 3})  # later also the token that was said last


def test_conversations_that_begin_alike_are_read_once() -> None:
    """Those of a group, at once and when one of them is already going on; each then says what it would say alone."""
    prompt, other = [3 + place % 20 for place in range(200)], [4 + place % 19 for place in range(200)]
    engine, seen = Engine(LLAMA, [END], 6), list[int]()
    hook = LLAMA.model.embed_tokens.register_forward_hook(lambda _, ids, __: seen.append(ids[0].numel()))
    try:
        slots = [engine.open() for _ in range(5)]
        prompts = [prompt, other, prompt, prompt, [*prompt[:150], 1]]
        asks = [Ask(slot, ids, noise(slot)) for slot, ids in zip(slots, prompts, strict=True)]
        first = engine.generate(asks, Sampling(max_tokens=1))
        assert 200 + 200 + 151 <= sum(seen) < 700  # not 951
        seen.clear()
        late = engine.open()
        engine.grow(8)
        asks = [Ask(late, prompt, noise(late)), Ask(slots[0], [7], noise(slots[0], 1))]
        again = engine.generate(asks, Sampling(max_tokens=1))
        assert sum(seen) < 10
    finally:
        hook.remove()
    texts = [*prompts, prompt, [*prompt, *first[0].ids, 7]]
    for ids, said in zip(texts, [*first, *again], strict=True):
        alone = torch.log_softmax(exact(LLAMA, ids)[-1], -1)[said.ids[0]].item()
        assert said.logp[0] == pytest.approx(alone, abs=1e-4)


def test_what_has_ended_is_not_decoded() -> None:
    """Every token is read once, but for the last one of each answer; a lock-step loop would read on to the longest."""
    engine = Engine(LLAMA, [END, *range(2, 12)], 24)
    asks = [Ask(engine.open(), [20 + place], noise(place)) for place in range(24)]
    widths: list[int] = []
    hook = LLAMA.model.embed_tokens.register_forward_hook(lambda _, ids, __: widths.append(ids[0].numel()))
    try:
        answers = engine.generate(asks, Sampling(2.0, max_tokens=40))
    finally:
        hook.remove()
    lengths = [len(said.ids) for said in answers]
    assert min(lengths) < 0.2 * max(lengths)
    going = [sum(length > step for length in lengths) for step in range(max(lengths))]
    assert len(widths) == len(going)
    # Rows between those that go on are carried along while they are fewer than half.
    assert all(width <= 2 * alive for width, alive in zip(widths, going, strict=True))
    assert sum(widths) < 0.7 * len(lengths) * max(lengths)


# Neighbors, order and slots change nothing.


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 255))
def test_neighbors_in_the_batch_change_no_token(seed: int) -> None:
    """One conversation alone, and the same among others that end early, in a slot of another number."""
    prompts = [[4, 7, 8, 9], [11, 12], [13] * 30, [2]]

    def play(crowd: int, last: bool) -> list[Said]:
        engine = Engine(LLAMA, [END], 1 + crowd)
        others = [engine.open() for _ in range(crowd)]
        slot, mine, answers = engine.open(), noise(seed), []
        for turn, prompt in enumerate(prompts):
            asks = [Ask(one, [5 + one] * (turn * 9 + one + 1), noise(one, turn)) for one in others]
            asks.insert(len(asks) if last else 0, Ask(slot, prompt, mine))
            answers.append(engine.generate(asks, Sampling(max_tokens=8))[-1 if last else 0])
        return answers

    alone, among, before = play(0, True), play(6, True), play(6, False)
    assert [said.ids for said in alone] == [said.ids for said in among] == [said.ids for said in before]
    for one, other in zip(alone, among, strict=True):
        assert one.logp == pytest.approx(other.logp, abs=1e-4)


def test_equal_noise_gives_equal_answers() -> None:
    first, again = converse(LLAMA), converse(LLAMA)
    assert first.said == again.said
    assert len({tuple(said.ids) for _, _, said in first.said}) > 5


def test_slots_are_counted_and_a_closed_one_forgets() -> None:
    engine, rng = Engine(LLAMA, [END], 1), random.Random(0)

    def first_answer() -> Said:
        slot = engine.open()
        said = engine.generate([Ask(slot, [4, 9, 10], noise(1))], Sampling(max_tokens=5))[0]
        engine.generate([Ask(slot, [rng.randrange(20)] * 150, noise(2))], Sampling(max_tokens=5))
        with pytest.raises(ValueError, match="all 1 slots"):
            engine.open()
        engine.close(slot)
        return said

    assert first_answer() == first_answer()
    with pytest.raises(ValueError, match="slot 0 is not open"):
        engine.generate([Ask(0, [4], noise(1))], Sampling())


def test_misuse_is_an_error() -> None:
    engine = Engine(LLAMA, [END], 2)
    slot = engine.open()
    with pytest.raises(ValueError, match="no token to go on from"):
        engine.generate([Ask(slot, [], noise(1))], Sampling())
    with pytest.raises(ValueError, match="asked twice"):
        engine.generate([Ask(slot, [4], noise(1)), Ask(slot, [4], noise(1))], Sampling())
    with pytest.raises(ValueError, match="cannot rewind a conversation of 0 tokens to 1"):
        engine.rewind(slot, 1)
    assert engine.length(slot) == 0
    assert engine.generate([], Sampling()) == []
    assert engine.score([]) == []
    with pytest.raises(ValueError, match="training mode"):
        Engine(made("llama").train(), [END], 1)


def test_changed_weights_are_noticed() -> None:
    model = made("llama")
    engine = Engine(model, [END], 1)
    slot = engine.open()
    engine.generate([Ask(slot, [4], noise(1))], Sampling())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model(input_ids=torch.tensor([[3, 4]]), labels=torch.tensor([[3, 4]])).loss.backward()
    optimizer.step()
    with pytest.raises(ValueError, match="weights changed"):
        engine.generate([Ask(slot, [4], noise(1))], Sampling())
    engine.close(slot)
    assert engine.generate([Ask(engine.open(), [4], noise(1))], Sampling())


# The end of an answer.


def test_an_answer_ends_at_an_end_token_or_at_its_limit() -> None:
    engine = Engine(LLAMA, [END, 2, 3], 40)
    asks = [Ask(engine.open(), [5 + place], noise(place)) for place in range(40)]
    answers = engine.generate(asks, Sampling(4.0, max_tokens=9))
    assert {said.ids[-1] for said in answers} >= {END, 2, 3}
    for said in answers:
        assert not {END, 2, 3} & set(said.ids[:-1])
        assert said.truncated == (said.ids[-1] not in (END, 2, 3))
        assert len(said.ids) == len(said.logp) == (9 if said.truncated else len(said.ids))
        assert said.allowed == []
    assert {said.truncated for said in answers} == {True, False}


def test_a_stop_ends_an_answer_that_is_then_whole() -> None:
    engine = Engine(LLAMA, [], 30)
    asks = [Ask(engine.open(), [5 + place], noise(place)) for place in range(30)]
    answers = engine.generate(asks, Sampling(4.0, max_tokens=6), stop=lambda ids: ids[-1] % 4 == 0)
    for said in answers:
        assert said.truncated == (said.ids[-1] % 4 != 0)
        assert all(token % 4 for token in said.ids[:-1])
    assert {said.truncated for said in answers} == {True, False}


# Sampling.

LOGITS = torch.tensor([[0.3, -1.0, 2.0, 0.0, 1.2, -3.0]])


def by_definition(temperature: float, top_p: float, min_p: float, allowed: Sequence[int]) -> list[float]:
    """The distribution, computed token by token in plain Python."""
    weights = [
        math.exp(z / temperature) if not allowed or v in allowed else 0.0 for v, z in enumerate(LOGITS[0].tolist())
    ]
    p = [weight / sum(weights) for weight in weights]
    kept, mass = [], 0.0
    for v in sorted(range(len(p)), key=lambda v: -p[v]):
        if mass < top_p and p[v] >= min_p * max(p):
            kept.append(v)
        mass += p[v]
    total = sum(p[v] for v in kept)
    return [p[v] / total if v in kept else 0.0 for v in range(len(p))]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("top_p", "min_p"), [(1.0, 0.0), (0.8, 0.0), (1.0, 0.3), (0.9, 0.2), (0.01, 0.0), (1.0, 1.0)])
@pytest.mark.parametrize("allowed", [(), (0, 1, 3, 5)])
def test_the_draw_is_from_the_distribution_that_is_meant(
    temperature: float, top_p: float, min_p: float, allowed: Sequence[int]
) -> None:
    q, n = by_definition(temperature, top_p, min_p, allowed), 2000
    sampling = Sampling(temperature, top_p, min_p)
    # Evenly spaced marks: the counts are the probabilities to 1/n. Random ones: a chi-square test.
    stream = noise(5)
    for marks, exactly in (([(place + 0.5) / n for place in range(n)], True), ([stream() for _ in range(n)], False)):
        ids, logp = draw(
            LOGITS.repeat(n, 1), [lambda mark=mark: mark for mark in marks], sampling, [allowed] * n if allowed else ()
        )
        counts = Counter(ids)
        assert set(counts) <= {v for v in range(len(q)) if q[v] > 0}
        for token, value in zip(ids, logp, strict=True):
            assert value == pytest.approx(math.log(q[token]), abs=1e-6)
        if exactly:
            assert all(abs(counts[v] - n * q[v]) <= 1.01 for v in range(len(q)))
        else:
            chi2 = sum((counts[v] - n * q[v]) ** 2 / (n * q[v]) for v in range(len(q)) if q[v] > 0)
            assert chi2 < 20.5  # the 0.999 quantile for five degrees of freedom


def test_the_draw_does_not_fall_off_either_end() -> None:
    for mark, token in ((0.0, 0), (1 - 2**-53, 5)):
        assert draw(LOGITS, [lambda mark=mark: mark], Sampling())[0] == [token]
        ids, logp = draw(torch.tensor([[-torch.inf, 0.0, -torch.inf]]), [lambda mark=mark: mark], Sampling())
        assert (ids, logp) == ([1], [0.0])


def test_rounding_of_the_sum_draws_no_token_without_probability() -> None:
    logits = torch.randn(200, 1000, generator=torch.Generator().manual_seed(0))
    logits[:, -1] = -torch.inf
    ids, logp = draw(logits, [lambda: 1 - 2**-53] * 200, Sampling())
    assert max(ids) < 999
    assert min(logp) > -20


def test_greedy_takes_the_likeliest_that_is_allowed_and_no_noise() -> None:
    def refuse() -> float:
        raise AssertionError("greedy asks for no noise")

    assert draw(LOGITS, [refuse], Sampling(0.0)) == ([2], [0.0])
    assert draw(LOGITS.repeat(2, 1), [refuse] * 2, Sampling(0.0), [[0, 3], []]) == ([0, 2], [0.0, 0.0])


def test_logits_that_are_no_numbers_are_an_error() -> None:
    for temperature in (0.0, 1.0):
        with pytest.raises(FloatingPointError, match="not numbers"):
            draw(torch.full((2, 4), torch.nan), [noise(1), noise(2)], Sampling(temperature))


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_p": 1.1}, {"min_p": 2.0}, {"max_tokens": 0}]
)
def test_wrong_sampling_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sampling(**wrong)


@pytest.mark.parametrize("sampling", [Sampling(0.7, 0.8, max_tokens=6), Sampling(1.3, min_p=0.1, max_tokens=6)])
def test_the_engine_records_the_truncated_distribution(sampling: Sampling) -> None:
    talk = Talk(LLAMA, 6)
    for _ in range(2):
        talk.turn(talk.slots, sampling)
    count = 0
    for slot, start, said in talk.said:
        every = exact(LLAMA, talk.ids[slot])
        for place, (token, logp) in enumerate(zip(said.ids, said.logp, strict=True), start):
            p = torch.softmax(every[place - 1] / sampling.temperature, -1)
            ranked = p.sort(descending=True)
            kept = [
                int(v)
                for rank, v in enumerate(ranked.indices)
                if ranked.values[:rank].sum() < sampling.top_p and p[v] >= sampling.min_p * p.max()
            ]
            assert logp == pytest.approx(math.log(p[token] / p[kept].sum()), abs=1e-4)
            count += 1
    assert count > 30


def test_a_constraint_is_obeyed_renormalised_and_recorded() -> None:
    def even_then_free(said: Sequence[int]) -> list[int]:
        return list(range(4, 30, 2)) if len(said) < 2 else []

    engine = Engine(LLAMA, [END], 8)
    asks = [
        Ask(engine.open(), [3, 5 + place], noise(place), even_then_free if place % 2 else None) for place in range(8)
    ]
    for place, said in enumerate(engine.generate(asks, Sampling(1.5, max_tokens=5))):
        every = exact(LLAMA, [*asks[place].ids, *said.ids])[1:-1] / 1.5
        if place % 2:
            assert said.allowed == [even_then_free(said.ids[:step]) for step in range(len(said.ids))]
            assert set(said.ids[:2]) <= set(range(4, 30, 2))
        else:
            assert said.allowed == []
        for step, token in enumerate(said.ids):
            left = said.allowed[step] if place % 2 and said.allowed[step] else list(range(V))
            logp = every[step, token] - torch.logsumexp(every[step, left], 0)
            assert said.logp[step] == pytest.approx(logp.item(), abs=1e-4)


def test_what_a_constraint_leaves_no_choice_about_is_said_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of three tokens, then 9 and the end: the model is asked once, and what comes after reads all of it."""

    def three_then_one(said: Sequence[int]) -> list[int]:
        return [[5, 6, 7], [9], [END]][len(said)]

    engine, asked = Engine(LLAMA, [END], 3), []
    real = engine._reader.after
    monkeypatch.setattr(engine._reader, "after", lambda slots: asked.append(len(slots)) or real(slots))
    slots = [engine.open() for _ in range(3)]
    first = engine.generate([Ask(slot, [3, 4], noise(slot), three_then_one) for slot in slots], Sampling(max_tokens=8))
    assert asked == [3]
    assert [(said.ids[1:], said.logp[1:], said.allowed[1:]) for said in first] == [
        ([9, END], [0.0, 0.0], [[9], [END]])
    ] * 3
    second = engine.generate([Ask(slot, [8], noise(slot, 1)) for slot in slots], Sampling(max_tokens=1))
    for before, said in zip(first, second, strict=True):
        every = exact(LLAMA, [3, 4, *before.ids, 8])[-1]
        assert said.logp[0] == pytest.approx(torch.log_softmax(every, -1)[said.ids[0]].item(), abs=1e-4)


# Candidates.


@pytest.mark.parametrize("kind", ["llama", "gemma3", "gpt2", "llama4, chunks", "mamba", "bloom"])
def test_scores_are_those_of_separate_forward_passes(kind: str) -> None:
    model = made(kind)
    talk, twin = Talk(model, 6), Talk(model, 6)
    for turn in range(3):
        going = talk.slots if turn != 1 else talk.slots[1::2]
        asks = [(slot, talk.prompt(1, 20), [talk.prompt(1, 5) for _ in range(1 + slot)]) for slot in going]
        scores = talk.engine.score(asks, temperature=0.7)
        for (slot, ids, candidates), found in zip(asks, scores, strict=True):
            talk.ids[slot] += ids
            for candidate, score in zip(candidates, found, strict=True):
                every = torch.log_softmax(exact(model, talk.ids[slot] + candidate)[:-1] / 0.7, -1)
                rows = range(len(talk.ids[slot]) - 1, len(talk.ids[slot]) + len(candidate) - 1)
                assert score == pytest.approx(
                    sum(every[row, t].item() for row, t in zip(rows, candidate, strict=True)), abs=2e-4
                )
            chosen = candidates[-1]
            talk.engine.keep(slot, chosen)
            talk.ids[slot] += chosen
            twin.engine.keep(slot, [*ids, *chosen])
    again = [(slot, [], [[2], [3, 4]]) for slot in talk.slots]
    for one, other in zip(talk.engine.score(again), twin.engine.score(again), strict=True):
        assert one == pytest.approx(other, abs=1e-4)
    talk.turn(talk.slots, Sampling(max_tokens=4))
    assert talk.check(model) > 10


def test_scoring_leaves_no_trace() -> None:
    plain, scored = Talk(LLAMA, 3), Talk(LLAMA, 3)
    for talk in (plain, scored):
        for _ in range(3):
            if talk is scored and talk.ids[0]:
                talk.engine.score([(slot, [], [[7] * 70, [9], [11, 12]]) for slot in talk.slots])
            talk.turn(talk.slots, Sampling(max_tokens=5))
    assert [said.ids for *_, said in plain.said] == [said.ids for *_, said in scored.said]


def test_candidates_of_far_slots_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are no neighbors are copied: those of the candidates' pass must not stay for the next one."""
    monkeypatch.setattr(slots, "LOGITS", 4 * V)  # two rows at a time
    talk = Talk(LLAMA, 16)
    talk.turn(talk.slots, Sampling(max_tokens=3))
    far = [0, 5, 10, 15]
    for _ in range(3):
        talk.engine.score([(slot, [], [[7, 8], [9, 10]]) for slot in far])
        talk.turn(far, Sampling(max_tokens=3), 1, 1)
    assert talk.check(LLAMA) > 10


def test_wrong_candidates_are_an_error() -> None:
    engine = Engine(LLAMA, [END], 1)
    slot = engine.open()
    with pytest.raises(ValueError, match="no token"):
        engine.score([(slot, [4], [[5], []])])
    with pytest.raises(ValueError, match="temperature=0"):
        engine.score([(slot, [4], [[5]])], temperature=0)
    assert engine.length(slot) == 0


# The trainer gives the same numbers.


def test_the_trainer_gives_what_was_sampled() -> None:
    """Free tokens, constrained tokens and choices among candidates, over several turns."""
    temperature = 0.8
    engine, rng = Engine(LLAMA, [END], 4), random.Random(0)
    slots = [engine.open() for _ in range(4)]
    played: list[list[Turn]] = [[] for _ in slots]
    for turn in range(6):
        prompts = [[rng.randrange(2, V) for _ in range(rng.randint(1, 12))] for _ in slots]
        if turn % 3 == 2:
            choices = [[[3], [4, 5], [6, 7, 8], [4, 9]][: 2 + slot] for slot in slots]
            scores = engine.score(list(zip(slots, prompts, choices, strict=True)), temperature)
            for slot, prompt, some, LP in zip(slots, prompts, choices, scores, strict=True):
                logp = torch.tensor(LP, dtype=torch.float64).log_softmax(0)[-1].item()
                engine.keep(slot, some[-1])
                played[slot].append(Turn("agent", "", "", "", 0, prompt, some[-1], [logp], choices=some))
            continue
        left = (lambda said: [END, *range(10, 20)]) if turn % 3 else None
        asks = [Ask(slot, ids, noise(slot, turn), left) for slot, ids in zip(slots, prompts, strict=True)]
        for slot, prompt, said in zip(slots, prompts, engine.generate(asks, Sampling(temperature)), strict=True):
            played[slot].append(Turn("agent", "", "", "", 0, prompt, said.ids, said.logp, allowed=said.allowed))
    rows = []
    for number, turns in enumerate(played):
        episode = Episode(Task("scoutgym/Number-v0", "train", 0), turns, "", True, False)
        rows += episode_rows(episode, number, [1.0] * len(turns))
    batch = Batch.of(rows)
    with torch.no_grad():
        found = likelihood(LLAMA, batch, temperature).logp
    assert len(found) > 60
    torch.testing.assert_close(found, batch.logp, atol=1e-4, rtol=0)


# Passes and counting.


def test_a_pass_saves_more_padding_than_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(lengths: Sequence[int], width: int = 10) -> list[list[int]]:
        return list(passes.passes(range(len(lengths)), {slot: [0] * n for slot, n in enumerate(lengths)}, width))

    monkeypatch.setattr(passes, "OVERHEAD", 10)
    monkeypatch.setattr(passes, "COPY", 0.1)
    assert read([1] * 5) == [[0, 1, 2, 3, 4]]
    assert read([9, 3, 9, 3]) == [[0, 1, 2, 3]]  # 12 tokens are padding: a pass costs 10, the copies 4
    assert read([9, 2, 9, 2], width=0) == [[0, 2], [1, 3]]
    assert read([9, 2, 9, 2], width=10) == [[0, 1, 2, 3]]
    assert read([30, 1, 14, 15, 2, 31]) == [[0, 5], [2, 3], [1, 4]]
    monkeypatch.setattr(passes, "PASS", 20)
    assert read([9] * 5) == [[0, 1], [2, 3], [4]]
    assert read([40, 40]) == [[0], [1]]


def test_an_engine_grows_in_mid_conversation() -> None:
    talk = Talk(LLAMA, 3)
    talk.turn(talk.slots, Sampling(max_tokens=5))
    talk.engine.grow(5)
    for slot in (talk.engine.open(), talk.engine.open()):
        talk.slots.append(slot)
        talk.noise[slot], talk.ids[slot] = noise(7, slot), []
    assert sorted(talk.slots) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="all 5 slots"):
        talk.engine.open()
    for _ in range(2):
        talk.turn(talk.slots, Sampling(max_tokens=5))
    assert talk.check(LLAMA) > 30
    talk.engine.grow(2)
    assert talk.engine.slots == 5


def test_tokens_are_counted() -> None:
    engine = Engine(LLAMA, [], 2)
    slots = [engine.open(), engine.open()]
    engine.generate([Ask(slot, [4] * 10, noise(slot)) for slot in slots], Sampling(max_tokens=3))
    assert engine.tokens == 2 * 13
    engine.score([(slots[0], [5, 6], [[7], [8, 9, 10]])])
    assert engine.tokens == 2 * 13 + 2 + 2
