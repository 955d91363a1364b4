"""The trainer's log-probabilities: against one forward pass a decision, against the sampler, and against themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from rows_fixture import EVERYTHING, TASK, VOCABULARY, made_up, one_by_one, rows_of, small_model
from transformers import Cohere2Config, Gemma2Config, GPT2Config, PreTrainedModel, Qwen3Config
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from scoutgym.agents.training.batches import Batch, micro_batches
from scoutgym.agents.training.objective import frozen_logp, likelihood, reference_logp
from scoutgym.agents.training.rows import episode_rows
from scoutgym.envs.chance import Chance
from scoutgym.llm.engine import Ask, Engine
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Episode, Turn

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

EPISODES = [made_up(EVERYTHING, seed) for seed in range(3)]
MODEL = small_model()


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_every_decision_as_if_scored_alone(temperature: float) -> None:
    """Free, forced, constrained, chosen and forked, all in one batch."""
    with torch.no_grad():
        alone = torch.stack([one for episode in EPISODES for one in one_by_one(MODEL, episode, temperature)])
        given = likelihood(MODEL, Batch.of(rows_of(EPISODES)), temperature)
    assert len(given.logp) == len(alone) > 60
    assert (given.logp - alone).abs().max() < 1e-10


def test_a_choice_has_the_gradient_of_scoring_each_candidate() -> None:
    one = made_up(["free", "choice", "free", "choice"])
    MODEL.zero_grad()
    likelihood(MODEL, Batch.of(rows_of([one])), 0.9).logp.sum().backward()
    together = [weight.grad.clone() for weight in MODEL.parameters() if weight.grad is not None]
    MODEL.zero_grad()
    torch.stack(one_by_one(MODEL, one, 0.9)).sum().backward()
    alone = [weight.grad.clone() for weight in MODEL.parameters() if weight.grad is not None]
    MODEL.zero_grad()
    assert max(one.abs().max() for one in alone) > 0.1
    assert max((a - b).abs().max() for a, b in zip(together, alone, strict=True)) < 1e-5  # norms are in float32


def test_the_choices_of_a_closed_set_sum_to_one() -> None:
    candidates = [[3], [4, 5], [4, 6, 7], [8, 8]]
    batch_of = lambda ids: Batch.of(  # noqa: E731
        episode_rows(
            Episode(
                TASK,
                [Turn("a", "", "", "", prompt_ids=[1, 2], ids=ids, logp=[0.0], choices=candidates)],
                "",
                True,
                False,
            ),
            0,
            [1.0],
        )
    )
    with torch.no_grad():
        given = [likelihood(MODEL, batch_of(ids), 1.3) for ids in candidates]
    p = [float(one.logp.exp()) for one in given]
    assert sum(p) == pytest.approx(1.0)
    assert min(p) < 0.9 * max(p)
    for one in given:
        assert float(one.entropy) == pytest.approx(-sum(value * math.log(value) for value in p))


def test_the_only_candidate_is_certain() -> None:
    given = likelihood(MODEL, Batch.of(rows_of([made_up(["single", "single"])])), 1.0)
    assert given.logp.tolist() == pytest.approx([0.0, 0.0])
    assert given.entropy.tolist() == pytest.approx([0.0, 0.0])


def test_the_entropy_is_of_what_was_allowed() -> None:
    ids = [5, 6]
    turn = Turn("a", "", "", "", prompt_ids=[1, 2], ids=ids, logp=[0.0, 0.0], allowed=[[5, 9, 11], []])
    batch = Batch.of(episode_rows(Episode(TASK, [turn], "", True, False), 0, [1.0]))
    given = likelihood(MODEL, batch, 0.8)
    logits = MODEL(input_ids=torch.tensor([[1, 2, 5]])).logits[0] / 0.8
    left, free = logits[1, [5, 9, 11]].softmax(-1), logits[2].softmax(-1)
    expected = [-(p * p.log()).sum().item() for p in (left, free)]
    assert given.entropy.tolist() == pytest.approx(expected)
    given.entropy.sum().backward()  # what is barred is minus infinity, and must not become a NaN
    assert all(torch.isfinite(weight.grad).all() for weight in MODEL.parameters() if weight.grad is not None)
    MODEL.zero_grad()


def test_forced_tokens_change_nothing() -> None:
    """Whatever the record says of them: their log-probability, their advantage."""
    one, other = made_up(["free", "forced", "forced"]), made_up(["free", "forced", "forced"])
    for turn in other.turns:
        turn.logp = [float("nan") if j in turn.forced else value for j, value in enumerate(turn.logp)]
    for found in (one, other):
        batch = Batch.of(rows_of([found]))
        assert torch.isfinite(batch.logp).all()
        likelihood(MODEL, batch, 1.0).logp.sum().backward()
    twice = [weight.grad for weight in MODEL.parameters() if weight.grad is not None]
    MODEL.zero_grad()
    likelihood(MODEL, Batch.of(rows_of([one])), 1.0).logp.sum().backward()
    once = [weight.grad for weight in MODEL.parameters() if weight.grad is not None]
    assert all(torch.allclose(a, 2 * b) for a, b in zip(twice, once, strict=True))
    MODEL.zero_grad()


def sampled(model: PreTrainedModel, temperature: float) -> list[Episode]:
    """Real samples: free, constrained and closed turns of several conversations side by side."""
    engine = Engine(model, ends=[0], slots=4)
    slots = [engine.open() for _ in range(4)]
    episodes = [Episode(TASK, [], "", True, False) for _ in slots]
    noise = [Chance(bytes([slot]), 0) for slot in slots]
    sampling = Sampling(temperature, max_tokens=5)
    for step in range(3):
        prompts = [[1 + (7 * slot + 3 * step + k) % (VOCABULARY - 1) for k in range(1 + slot)] for slot in slots]
        bound = [None, lambda said: [0, 3, 5, 7] if len(said) != 1 else []][step % 2]
        asks = [Ask(s, prompt, chance.random, bound) for s, prompt, chance in zip(slots, prompts, noise, strict=True)]
        for episode, prompt, said in zip(episodes, prompts, engine.generate(asks, sampling), strict=True):
            episode.turns.append(
                Turn("a", "", "", "", prompt_ids=prompt, ids=said.ids, logp=said.logp, allowed=said.allowed)
            )
        candidates = [[2, 0], [4, 6, 0], [5], [6, 0]]
        scores = engine.score([(slot, [9, 10 + slot], candidates) for slot in slots], temperature)
        for slot, episode, LP in zip(slots, episodes, scores, strict=True):
            chosen = (slot + step) % 4
            logp = LP[chosen] - math.log(sum(math.exp(one) for one in LP))
            ids = candidates[chosen]
            episode.turns.append(
                Turn("a", "", "", "", prompt_ids=[9, 10 + slot], ids=ids, logp=[logp], choices=candidates)
            )
            engine.keep(slot, ids)
    return episodes


@pytest.mark.parametrize("temperature", [0.6, 1.0, 1.5])
def test_trainer_and_sampler_agree_in_float32(temperature: float) -> None:
    model = small_model(torch.float32)
    episodes = sampled(model, temperature)
    count = 0
    for batch in micro_batches(rows_of(episodes), 120):
        with torch.no_grad():
            gap = likelihood(model, batch, temperature).logp - batch.logp
            off = likelihood(model, batch, temperature * 1.2).logp - batch.logp
        assert gap.abs().max() < 1e-4
        assert off.abs().max() > 1e-2
        count += len(gap)
    assert count > 30
    assert {len(turn.ids) for episode in episodes for turn in episode.turns} > {1, 2, 3}


def others() -> Iterator[Any]:
    """Models that do something to their logits, have other positions, or other attention."""
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    both = {"vocab_size": VOCABULARY, "max_position_embeddings": 256, "pad_token_id": 0}
    yield pytest.param(
        Gemma2Config(**sizes, **both, num_key_value_heads=1, head_dim=8, final_logit_softcapping=3.0),
        "eager",
        id="gemma2",
    )
    yield pytest.param(Cohere2Config(**sizes, **both, num_key_value_heads=1, logit_scale=0.25), "sdpa", id="cohere2")
    yield pytest.param(
        GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=256, vocab_size=VOCABULARY), "sdpa", id="gpt2"
    )
    yield pytest.param(Qwen3Config(**sizes, **both, num_key_value_heads=1, head_dim=8), "eager", id="qwen3")


@pytest.mark.parametrize(("config", "attention"), list(others()))
def test_other_models_as_if_scored_alone(config: Any, attention: str) -> None:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention).double().eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.3)
        alone = torch.stack(one_by_one(model, EPISODES[0], 0.9))
        given = likelihood(model, Batch.of(rows_of(EPISODES[:1])), 0.9)
    assert (given.logp - alone).abs().max() < 1e-5  # some of them compute parts in float32


def test_a_window_shorter_than_the_row_is_refused_for_choices() -> None:
    config = Qwen3Config(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, use_sliding_window=True, sliding_window=8, max_window_layers=1,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config)
    with pytest.raises(ValueError, match="window of 8 tokens"):
        likelihood(model, Batch.of(rows_of([made_up(["free", "choice"])], 20)), 1.0)


def test_no_decisions_no_loss_but_a_graph() -> None:
    """A process without anything to learn must still take part in the backward pass."""
    from scoutgym.agents.training.rows import Row

    given = likelihood(MODEL, Batch.of([Row([3], [])]), 1.0)
    (given.logp.sum() + given.entropy.sum()).backward()
    grads = [weight.grad for weight in MODEL.parameters()]
    assert all(grad is not None and not grad.any() for grad in grads)
    MODEL.zero_grad()


# References.


def test_the_reference_is_the_model_without_its_adapter() -> None:
    base = small_model()
    batches = list(micro_batches(rows_of(EPISODES), 200))
    before = frozen_logp(base, batches, 0.8)
    model = get_peft_model(base, LoraConfig(r=2, lora_dropout=0.5, target_modules=["q_proj", "v_proj", "down_proj"]))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.normal_(0.0, 0.5)
    model.train()
    now = frozen_logp(model, batches, 0.8)
    ref = reference_logp(model, batches, 0.8)
    assert model.training  # as it was
    assert all(torch.equal(a, b) for a, b in zip(now, frozen_logp(model, batches, 0.8), strict=True))  # no dropout
    for old, new, off in zip(before, now, ref, strict=True):
        assert not off.requires_grad
        assert (off - old).abs().max() < 1e-12
        assert (new - old).abs().max() > 1e-2
    model.eval()
    given = likelihood(model, batches[0], 0.8)
    assert torch.allclose(given.logp, now[0])
    given.logp.sum().backward()
    learned = {name for name, weight in model.named_parameters() if weight.grad is not None and weight.grad.any()}
    assert learned
    assert all("lora" in name for name in learned)


def test_the_reference_may_be_a_frozen_copy() -> None:
    copy = small_model(seed=1)
    batches = list(micro_batches(rows_of(EPISODES), 200))
    for ref, batch in zip(reference_logp(copy, batches, 1.0), batches, strict=True):
        assert torch.equal(ref, likelihood(copy, batch, 1.0).logp.detach())
