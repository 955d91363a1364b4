"""The vocabulary, the tiny model, the engine and the agent: nothing is lost between text and token and back."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import gymnasium
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, AutoTokenizer

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.llm.engine import Ask, Engine, Said, _draw
from scoutgym.llm.tiny import load_model, parameters, tiny_llama
from scoutgym.llm.words import SPECIALS, Words
from scoutgym.types import Outcome, Task

pytestmark = pytest.mark.llm

TEXTS = ["Guess a number from 1 to 63. It is higher.\n- `move <way>`, e.g. B3!", "Guess a number: it is higher"]
WORDS = Words.of(TEXTS)
IDS = sorted(env_id for env_id in gymnasium.registry if env_id.startswith("scoutgym/"))
torch.set_num_threads(1)


def small(context: int = 256, seed: int = 0, words: Words = WORDS) -> torch.nn.Module:
    return tiny_llama(words, width=32, layers=2, heads=2, context=context, seed=seed)


# The vocabulary.


def test_a_word_is_one_token_and_a_number_one_a_digit() -> None:
    assert len(WORDS.encode("Guess higher")) == 2
    assert len(WORDS.encode("163")) == 3
    assert len(WORDS.encode("move")) == 4  # it came only once: spelled


def test_an_action_has_the_tokens_that_it_has_in_a_sentence() -> None:
    inside = WORDS.encode("higher 63 is")
    assert WORDS.encode("63") == inside[1:3]


@given(st.text(alphabet="".join(set("".join(TEXTS))), max_size=60))
def test_every_text_of_known_characters_comes_back(text: str) -> None:
    assert WORDS.decode(WORDS.encode(text)) == text
    assert WORDS.unk not in WORDS.encode(text)


def test_special_tokens_are_never_read_from_text() -> None:
    words = Words.of(["<end> <act> <pad> <bos> <obs> <unk>"])
    for special in SPECIALS:
        ids = words.encode(f"{special} {special}")
        assert not set(ids) & {words.pad, words.unk, words.bos, words.obs, words.act, words.end}
        assert words.decode(ids) == f"{special} {special}"


def test_an_unknown_character_is_one_token_and_is_counted() -> None:
    words = Words.of(["abc abc"])
    assert words.encode("abc Ж abc").count(words.unk) == 1
    assert words.unknown == Counter({"Ж": 1})


@pytest.mark.parametrize("env_id", IDS)
def test_every_action_of_every_world_comes_back_as_the_same_action(env_id: str) -> None:
    env = gymnasium.make(env_id)
    observation, _ = env.reset(seed=0)
    world, state = env.unwrapped.world, env.unwrapped.session.state
    if any(world.spec.id == name and world.spec.needs for name in WORLDS):
        pytest.fail(f"{env_id} needs an extra: choose what this test should do")
    grammar = world.grammar(state)
    actions = [grammar.sample(Chance(b"tokens", draw)) for draw in range(50)]
    texts = [grammar.format(action) for action in actions]
    words = Words.of([observation, *texts])
    for action, text in zip(actions, texts, strict=True):
        assert grammar.parse(words.decode(words.answer(text))) == action
    assert words.decode(words.encode(observation)) == observation
    assert not words.unknown


def test_a_saved_vocabulary_is_a_hugging_face_directory(tmp_path: Path) -> None:
    WORDS.save(tmp_path)
    plain, again = AutoTokenizer.from_pretrained(tmp_path), Words.load(tmp_path)
    assert len(plain) == len(WORDS) == len(again)
    assert (plain.pad_token_id, plain.bos_token_id, plain.eos_token_id) == (WORDS.pad, WORDS.bos, WORDS.end)
    for text in TEXTS:
        assert plain(text, add_special_tokens=False)["input_ids"] == WORDS.encode(text) == again.encode(text)
        assert plain.decode(WORDS.encode(text)) == text
    assert again.encode("a <end> b") == WORDS.encode("a <end> b")


# The model.


def test_a_model_is_saved_and_loaded_to_the_bit(tmp_path: Path) -> None:
    model = small()
    model.save_pretrained(tmp_path)
    for other in (load_model(tmp_path), AutoModelForCausalLM.from_pretrained(tmp_path)):
        assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    assert parameters(model) == sum(weight.numel() for weight in model.parameters())


def test_the_seed_makes_the_weights_and_touches_no_other_generator() -> None:
    before = torch.get_rng_state()
    one, same, other = small(seed=1), small(seed=1), small(seed=2)
    name = "model.layers.0.mlp.down_proj.weight"
    assert torch.equal(one.state_dict()[name], same.state_dict()[name])
    assert not torch.equal(one.state_dict()[name], other.state_dict()[name])
    expected = 1 / (one.config.intermediate_size * 2 * 2) ** 0.5
    assert one.state_dict()[name].std().item() == pytest.approx(expected, rel=0.1)
    assert torch.equal(torch.get_rng_state(), before)


def test_heads_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        tiny_llama(WORDS, width=33, layers=1, heads=4, context=8, seed=0)


# The engine.


def converse(engine: Engine, seed: int, turns: int, seats: int, temperature: float) -> dict[int, list[tuple]]:
    """Random prompts; in odd turns only some of the conversations go on."""
    rng = random.Random(seed)
    slots = [engine.open() for _ in range(seats)]
    noise = {slot: Chance(b"seat", slot) for slot in slots}
    record: dict[int, list[tuple]] = {slot: [] for slot in slots}
    for turn in range(turns):
        going = slots if turn % 2 == 0 else rng.sample(slots, max(1, seats // 2))
        asks = [
            Ask(slot, [rng.randrange(len(WORDS)) for _ in range(rng.randrange(1, 40))], noise[slot].random)
            for slot in going
        ]
        for ask, said in zip(asks, engine.generate(asks, temperature, 6), strict=True):
            record[ask.slot].append((list(ask.ids), said))
    return record


@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_the_engine_samples_from_what_a_plain_forward_pass_gives(temperature: float) -> None:
    model = small(context=512)
    record = converse(Engine(model, WORDS.end, 7), 0, turns=5, seats=7, temperature=temperature)
    checked = 0
    for turns in record.values():
        ids = [token for prompt, said in turns for token in [*prompt, *said.ids]]
        with torch.no_grad():
            every = torch.log_softmax(model(input_ids=torch.tensor([ids])).logits[0] / temperature, -1)
        place = 0
        for prompt, said in turns:
            place += len(prompt)
            for token, logp in zip(said.ids, said.logp, strict=True):
                assert every[place - 1, token].item() == pytest.approx(logp, abs=1e-4)
                place, checked = place + 1, checked + 1
    assert checked > 50


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_neighbours_in_the_batch_change_no_token(seed: int) -> None:
    """One conversation alone, and the same among others, in a slot of another number."""
    model = small(seed=seed)
    prompts = [[WORDS.bos, 7, 8, 9], [11, 12], [13] * 30]

    def play(crowd: int) -> list[list[int]]:
        engine = Engine(model, WORDS.end, 1 + crowd)
        others = [engine.open() for _ in range(crowd)]
        slot, noise = engine.open(), Chance(b"mine", seed)
        answers = []
        for turn, prompt in enumerate(prompts):
            asks = [Ask(other, [5 + other] * (turn * 9 + other + 1), Chance(b"o", other).random) for other in others]
            answers.append(engine.generate([*asks, Ask(slot, prompt, noise.random)], 1.0, 8)[-1].ids)
        return answers

    assert play(0) == play(3)


def test_the_draw_inverts_the_distribution() -> None:
    logits = torch.tensor([[0.3, -1.0, 2.0, 0.0]])
    for temperature in (0.5, 1.0, 2.0):
        p = torch.softmax(logits[0].double() / temperature, -1)
        marks = [(place + 0.5) / 20_000 for place in range(20_000)]
        counts = Counter(_draw(logits, [lambda mark=mark: mark], temperature)[0][0] for mark in marks[::20])
        for token in range(4):
            assert counts[token] / 1000 == pytest.approx(p[token].item(), abs=2e-3)
    assert _draw(logits, [lambda: 0.0], 1.0)[0] == [0]
    assert _draw(logits, [lambda: 1 - 2**-53], 1.0)[0] == [3]
    assert _draw(logits, [lambda: 0.1], 0.0) == ([2], [0.0])


def test_a_token_without_probability_is_never_drawn() -> None:
    logits = torch.tensor([[float("-inf"), 0.0, float("-inf")]])
    for mark in (0.0, 0.5, 1 - 2**-53):
        assert _draw(logits, [lambda mark=mark: mark], 1.0) == ([1], [0.0])


def test_an_answer_ends_at_its_end_token_or_at_its_limit() -> None:
    model = small()
    said = [turn[1] for turns in converse(Engine(model, WORDS.end, 9), 1, 9, 9, 5.0).values() for turn in turns]
    assert {one.truncated for one in said} == {True, False}
    for one in said:
        assert WORDS.end not in one.ids[:-1]
        assert one.truncated == (one.ids[-1] != WORDS.end)
        assert len(one.ids) == len(one.logp) <= 6


def test_slots_are_counted_and_a_closed_one_forgets() -> None:
    model, rng = small(), random.Random(0)
    engine = Engine(model, WORDS.end, 1)

    def first_answer() -> Said:
        slot = engine.open()
        said = engine.generate([Ask(slot, [WORDS.bos, 9, 10], Chance(b"x").random)], 1.0, 5)[0]
        engine.generate([Ask(slot, [rng.randrange(20)] * 50, Chance(b"y").random)], 1.0, 5)
        with pytest.raises(ValueError, match="all 1 slots"):
            engine.open()
        engine.close(slot)
        return said

    assert first_answer() == first_answer()


# The agent.


def number_words() -> Words:
    env = gymnasium.make("scoutgym/Number-15-v0")
    texts = [env.reset(seed=seed)[0] for seed in range(2)]
    replies = [env.step(str(n))[0] for n in (1, 15)] + [env.step("")[0]]
    return Words.of(texts + replies * 2)


def jobs(count: int, samples: int = 1) -> list[Job]:
    task = [Task("scoutgym/Number-v0", "train", index, {"high": 15, "max_turns": 4}) for index in range(count)]
    return [Job(one, 0, sample) for one in task for sample in range(samples)]


def test_episodes_do_not_depend_on_the_number_of_slots() -> None:
    words = number_words()
    model = small(words=words)

    def play(slots: int) -> dict[int, list[str]]:
        agent = LMAgent(model, words, max_tokens=4)
        return {e.task.index: [turn.text for turn in e.turns] for e in rollout(agent, jobs(12), slots)}

    assert play(1) == play(5) == play(12)


def test_samples_of_one_task_differ_and_repeat() -> None:
    words = number_words()
    agent = LMAgent(small(words=words), words, max_tokens=4)
    first = sorted((e.sample, [turn.text for turn in e.turns]) for e in rollout(agent, jobs(1, samples=8)))
    again = sorted((e.sample, [turn.text for turn in e.turns]) for e in rollout(agent, jobs(1, samples=8), slots=3))
    assert first == again
    assert len({tuple(texts) for _, texts in first}) > 1


def test_an_answer_at_its_limit_is_output_truncated() -> None:
    words = number_words()
    agent = LMAgent(small(words=words), words, max_tokens=1)
    for episode in rollout(agent, jobs(8)):
        for turn in episode.turns:
            cut = turn.ids[-1] != words.end
            assert (turn.outcome == Outcome.OUTPUT_TRUNCATED) == cut


def test_a_full_context_costs_and_gains_nothing() -> None:
    words = number_words()
    model = small(words=words)
    prompt = len(words.prompt(gymnasium.make("scoutgym/Number-15-v0").reset(seed=0)[0], first=True))
    agent = LMAgent(model, words, max_tokens=4, context=prompt + 4 + 10)
    seen = []
    for episode in rollout(agent, jobs(8)):
        outcomes = [turn.outcome for turn in episode.turns]
        if Outcome.CONTEXT_OVERFLOW in outcomes:
            first = outcomes.index(Outcome.CONTEXT_OVERFLOW)
            assert set(outcomes[first:]) == {Outcome.CONTEXT_OVERFLOW}
            assert all(turn.reward < 0 and not turn.ids for turn in episode.turns[first:])
            assert not episode.success
            seen.append(first)
        assert sum(len(turn.prompt_ids) + len(turn.ids) for turn in episode.turns) <= agent.context
    assert seen
    assert min(seen) >= 1
