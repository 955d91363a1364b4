"""Credit rules that ask the policy, by hand; and the real policy behind them against a plain forward pass."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from credit_tools import TASK, Table, episode, group, with_turns
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedModel

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training import train
from scoutgym.agents.training.config import parse_config
from scoutgym.agents.training.context import PolicyContext
from scoutgym.agents.training.credit.core import RULES, Features, credit_rule
from scoutgym.agents.training.credit.returns import conversations
from scoutgym.llm.render import WordChat
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Group, Task, Turn

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

SQUARE = math.sqrt(0.5)


def known(one: Episode, answer: str | None = "42") -> Episode:
    return replace(one, privileged={"answer": answer})


# IGPO. The fake policy gives each token of the answer p, more or less; their geometric mean is p.

P = {10: 0.1, 11: 0.4, 12: 0.4, 20: 0.1, 21: 0.2}
FOUND = known(episode(0, 0, 1))
MISSED = known(with_turns(episode(0, 0), prompt_ids=([20], [21])))


def test_igpo_by_hand() -> None:
    # Gains 0.3, 0 and the outcome 1; gain 0.1 and the outcome 0. The mean of the five is 0.28, the squares sum to
    # 0.0004 + 0.0784 + 0.5184 + 0.0324 + 0.0784 = 0.708; over 4 that is 0.177, its root 0.42071.
    a, b, c, d, e = (np.array([0.3, 0, 1, 0.1, 0]) - 0.28) / (math.sqrt(0.177) + 1e-4)
    credited = credit_rule("igpo").credit([group(FOUND, MISSED)], Table(0.5, P))
    assert credited.turns == [[pytest.approx([a + b / 2 + c / 4, b + c / 2, c]), pytest.approx([d + e / 2, e])]]
    assert credited.metrics["credit/information_gain"] == pytest.approx(0.4 / 3)


def test_igpos_baseline_is_not_by_token_position() -> None:
    # The released code takes the mean over whatever stands at the same token in the group. Where the turns of an
    # episode lie among its tokens must not matter.
    long = with_turns(MISSED, prompt_ids=([1] * 30 + [20], [1] * 9 + [21]), ids=([7] * 12, [5]))
    rule = credit_rule("igpo")
    expected = rule.credit([group(FOUND, MISSED)], Table(0.5, P)).turns[0]
    assert rule.credit([group(FOUND, long)], Table(0.5, P)).turns == [[pytest.approx(one) for one in expected or []]]


def test_igpo_asks_once_a_turn_and_only_for_the_right_answer() -> None:
    class Answers(Table):
        def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
            assert [list(after) for _, after in pairs] == [[ord("4"), ord("2")]] * 5
            assert [list(before) for before, _ in pairs][:3] == [[10], [10, 7, 5, 11], [10, 7, 5, 11, 7, 5, 12]]
            return super().logprob(pairs)

    credit_rule("igpo").credit([group(FOUND, MISSED)], Answers(0.5, P))


def test_a_fork_begins_the_conversation_anew() -> None:
    one = with_turns(episode(0, 0, 0), prompt_ids=([10], [10, 11], [12]), fork=(False, True, False))
    assert conversations(one) == [[10], [10, 11], [10, 11, 7, 5, 12]]


def test_igpo_of_one_episode_and_of_nothing_new() -> None:
    rule = credit_rule("igpo")
    assert rule.credit([group(known(episode(0, 0)))], Table(1.0)).turns == [None]  # no gain, no success: all equal
    alone = rule.credit([group(known(episode(0, 1)))], Table(1.0)).turns  # 0 and 1: +- 1/2 over sqrt(1/2)
    z = 0.5 / (SQUARE + 1e-4)
    assert alone == [[pytest.approx([0.0, z])]]


def test_igpo_refuses_a_world_without_an_answer() -> None:
    with pytest.raises(ValueError, match=r"needs the right answer, and episodes of scoutgym/Number-v0 have none"):
        credit_rule("igpo").credit([group(FOUND, known(MISSED, None))], Table(0.5, P))


# InfoPO. The next action has probability P[last token read]; after the placeholder it is P[99].

Q = {11: 0.4, 12: 0.2, 21: 0.2, 99: 0.2}
Z = 0.5 / (SQUARE + 1e-4)
"""Two outcomes, or one gain and none, 1 apart: their normalised distance from the mean."""


def test_infopo_by_hand() -> None:
    # Gains: log 2 for the first turn, 0 for the second; 0 in the other episode. The last turns have none.
    # Mean of log 2, 0, 0: squares 4/9 + 1/9 + 1/9 = 2/3, over 2 is 1/3: deviation log 2 / sqrt 3.
    unit, gain = math.log(2), math.log(2) / math.sqrt(3) + 1e-4
    high, low = (2 / 3) * unit / gain, -(1 / 3) * unit / gain
    gate = 1 / (1 + math.exp(SQUARE / 2))  # deviation of the outcomes 1, 0 over the temperature 2
    one, other = episode(0, 0, 1), with_turns(episode(0, 0), prompt_ids=([20], [21]))
    credited = credit_rule("infopo", {"temperature": 2.0}).credit([group(one, other)], Table(1.0, Q))
    w = 0.5 * gate
    assert credited.turns == [
        [pytest.approx([Z + w * high, Z + w * low, Z]), pytest.approx([-Z + w * low, -Z])]
    ]  # a gain of exactly 0 is a gain and takes part in the mean
    assert credited.metrics["credit/gate"] == pytest.approx(gate)
    assert credited.metrics["credit/information_gain"] == pytest.approx(unit / 3)


def test_infopos_gate_is_half_open_for_a_tie_and_closes_where_outcomes_differ() -> None:
    def shares(*rewards: float) -> list[list[float]]:
        told = with_turns(episode(0, rewards[0]), prompt_ids=([10], [11]))
        untold = with_turns(episode(0, rewards[1]), prompt_ids=([20], [21]))
        found = credit_rule("infopo").credit([group(told, untold)], Table(1.0, Q)).turns[0]
        assert found is not None
        return found

    g = 0.5 * math.log(2) / (SQUARE * math.log(2) + 1e-4)
    assert shares(1, 1) == [pytest.approx([0.5 * 0.5 * g, 0]), pytest.approx([-0.5 * 0.5 * g, 0])]
    assert shares(1, 0) == [pytest.approx([Z, Z], abs=1e-5), pytest.approx([-Z, -Z], abs=1e-5)]
    assert shares(1e6, 0)[0][1] == pytest.approx(SQUARE)  # and nothing overflows


def test_infopo_replaces_what_was_said_and_nothing_else() -> None:
    class Asked(Table):
        def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
            found = [(list(before), list(after)) for before, after in pairs]
            assert found == [([10, 7, 5, 11], [8, 5]), ([10, 7, 5, 99], [8, 5])]
            return super().logprob(pairs)

    # The third turn is a fork, the fourth read and wrote nothing: neither can be asked about.
    one = with_turns(
        episode(0, 0, 0, 0),
        ids=([7, 5], [8, 5], [9, 5], ()),
        prompt_ids=([10], [11], [10, 7, 5, 12], ()),
        fork=(False, False, True, False),
    )
    credit_rule("infopo").credit([group(one)], Asked(1.0, Q))


def test_infopo_reads_no_forced_token() -> None:
    class One(Table):
        def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
            return [[-1.0, -50.0], [-3.0, 0.0]]

    one = with_turns(episode(0, 0), forced=((), (1,)))
    assert credit_rule("infopo").credit([group(one)], One()).metrics["credit/information_gain"] == pytest.approx(2.0)


# The real policy.


def played() -> tuple[PreTrainedModel, Words, list[Episode]]:
    """A model of its own and the play of somebody else, written in its tokens."""
    seen = list(rollout(RandomAgent(), [Job(Task(TASK.env_id, "train", n, TASK.params)) for n in range(6)]))
    words = Words.of(text for one in seen for turn in one.turns for text in (turn.obs, turn.action, "Invalid: No"))
    for one in seen:
        for t, turn in enumerate(one.turns):
            turn.prompt_ids, turn.ids = words.prompt(turn.obs, t == 0), words.answer(turn.action)
            turn.logp = [-1.0] * len(turn.ids)
    return tiny_llama(words, width=32, layers=2, heads=2, context=256, seed=0), words, seen


MODEL, WORDS, SEEN = played()


def plain(ids: Sequence[int], model: PreTrainedModel = MODEL) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and last hidden states of one conversation alone."""
    with torch.no_grad():
        out = model(input_ids=torch.tensor([list(ids)]), output_hidden_states=True)
    return out.logits[0], out.hidden_states[-1][0]


def context(tokens: int = 8192, temperature: float = 1.0, model: PreTrainedModel = MODEL) -> PolicyContext:
    return PolicyContext(model, WordChat(WORDS), 1.0, temperature, max_tokens=5, tokens=tokens)


PAIRS = [
    (before, after)
    for one in SEEN
    for before, turn in zip(conversations(one), one.turns, strict=True)
    for after in (turn.ids, WORDS.answer("12"), [WORDS.end])
]


def test_a_prompt_and_an_answer_are_the_agents_own() -> None:
    ctx = context()
    assert ctx.prompt("higher", first=True) == WORDS.prompt("higher", True)
    assert ctx.prompt("higher", first=False) == WORDS.prompt("higher", False)
    assert ctx.answer("12") == WORDS.answer("12")


@pytest.mark.parametrize(("tokens", "temperature"), [(1, 1.0), (700, 0.7), (100_000, 1.0)])
def test_likelihoods_are_those_of_a_plain_forward_pass(tokens: int, temperature: float) -> None:
    found = context(tokens, temperature).logprob(PAIRS)
    for (before, after), values in zip(PAIRS, found, strict=True):
        logp = (plain([*before, *after])[0] / temperature).log_softmax(-1)
        expected = [logp[len(before) - 1 + j, token].item() for j, token in enumerate(after)]
        assert values == pytest.approx(expected, abs=1e-5)
    assert context().logprob([]) == []
    with pytest.raises(ValueError, match="at least one token before"):
        context().logprob([([], [5])])


def test_a_conversation_beyond_the_context_is_read_as_far_as_it_goes() -> None:
    small = GPT2LMHeadModel(GPT2Config(vocab_size=len(WORDS), n_embd=16, n_layer=1, n_head=2, n_positions=24)).eval()
    ctx = context(model=small)
    ids = [token % len(WORDS) for token in range(30)]
    (values,) = ctx.logprob([(ids, [5, 6])])
    logp = plain([*ids, 5, 6][-24:], small)[0].log_softmax(-1)
    assert values == pytest.approx([logp[21, 5].item(), logp[22, 6].item()], abs=1e-5)
    one = Episode(TASK, [Turn("agent", "o", "a", "a", prompt_ids=ids[:20], ids=ids[20:])], "higher", True, False)
    (features,) = ctx.features([one], tokens=True)
    hidden = plain(ids[:24], small)[1]
    assert torch.allclose(features.before, hidden[[19, 23]], atol=1e-5)
    assert torch.allclose(features.tokens[0], hidden[[19, 20, 21, 22, 23, 23, 23, 23, 23, 23]], atol=1e-5)


def checked(one: Episode, features: Features, rows: list[list[int]], before: list[tuple[int, int]]) -> None:
    """``before``: row and position of the last token before each turn, and of the end; the rest follows from it."""
    hidden = [plain(row)[1] for row in rows]
    for (row, at), value in zip(before, features.before, strict=True):
        assert torch.allclose(value, hidden[row][at], atol=1e-5)
    for t, (turn, (row, at)) in enumerate(zip(one.turns, before, strict=False)):
        assert torch.allclose(features.after[t], hidden[row][at + len(turn.ids)], atol=1e-5)
        assert torch.allclose(features.tokens[t], hidden[row][at : at + len(turn.ids)], atol=1e-5)


@pytest.mark.parametrize("tokens", [1, 500, 100_000])
def test_features_are_the_hidden_states_at_the_named_tokens(tokens: int) -> None:
    for one, features in zip(SEEN, context(tokens).features(SEEN, tokens=True), strict=True):
        row: list[int] = []
        before = []
        for turn in one.turns:
            row += turn.prompt_ids
            before.append((0, len(row) - 1))
            row += turn.ids
        row += WORDS.prompt(one.final_observation, first=False)
        checked(one, features, [row], [*before, (0, len(row) - 1)])
        assert features.before.shape == (len(one.turns) + 1, 32)
        assert not features.before.requires_grad
    assert context().features(SEEN)[0].tokens == ()


def test_features_after_a_fork_are_of_the_new_conversation() -> None:
    first, second = [2, 3, 8, 9], [2, 3, 11, 12, 13, 9]
    turns = [
        Turn("agent", "o", "a", "a", prompt_ids=first, ids=[14, 5], fork=True),  # no mark is needed; none does harm
        Turn("agent", "o", "a", "a", prompt_ids=second, ids=[15, 16, 5], fork=True),
        Turn("agent", "o", "", ""),  # a full context: nothing was read, nothing written
    ]
    one = Episode(TASK, turns, "higher", False, True)
    (features,) = context().features([one], tokens=True)
    end = [*second, 15, 16, 5, *WORDS.prompt("higher", False)]
    checked(one, features, [[*first, 14, 5], end], [(0, 3), (1, 5), (1, 8), (1, len(end) - 1)])


def test_features_of_nothing() -> None:
    (features,) = context().features([Episode(TASK, [], "broke", False, True)], tokens=True)
    assert (features.before.shape, features.after.shape, len(features.tokens)) == ((1, 32), (0, 32), 0)
    unread = Episode(TASK, [Turn("agent", "o", "a", "a")], "end", True, False)  # somebody without tokens
    (features,) = context().features([unread])
    assert torch.equal(features.before[0], torch.zeros(32))
    assert context().features([]) == []


def test_what_is_sampled_is_keyed_and_ends() -> None:
    before = [ids for one in SEEN for ids in conversations(one)]
    ctx = context()
    one, again, other = ctx.generate(before, "a"), ctx.generate(before, "a"), ctx.generate(before, "b")
    assert one == again != other
    assert all(0 < len(ids) <= 5 and (len(ids) == 5 or ids[-1] == WORDS.end) for ids in one)
    greedy = context(temperature=1e-4).generate(before[:3], "a")
    for ids, said in zip(before, greedy, strict=False):
        assert said[0] == plain(ids)[0][-1].argmax()
    assert ctx.generate([], "a") == []


def test_the_critics_of_rules_learn_from_real_features() -> None:
    groups = [Group(TASK, SEEN)]
    for name in ("turn_gae", "token_gae", "archer", "spa"):
        rule = credit_rule(name, {"warmup": 0} if name in ("archer", "spa") else {})
        rule.credit(groups, context())
        losses = rule.update(groups, context())
        assert losses
        assert all(math.isfinite(loss) for loss in losses.values())


SOON = {"archer": {"warmup": 1, "steps": 3}, "spa": {"warmup": 1}}


@pytest.mark.parametrize("name", [name for name in RULES if name != "mrt"])  # that one needs probes
def test_a_run_learns_with_every_rule(name: str, tmp_path: Path) -> None:
    run = train(
        parse_config(
            {
                "name": "tiny",
                "threads": 1,
                "model": {"width": 16, "layers": 1, "heads": 2, "context": 160},
                "envs": {"number": "scoutgym/Number-7-v0"},
                "demonstrations": {"episodes": 40},
                "sft": {"steps": 3, "tokens": 512, "warmup": 1},
                "rollout": {"iterations": 2, "groups": 3, "size": 3, "slots": 9, "max_tokens": 4},
                "credit": {"name": name, "gamma": 0.95, "options": SOON.get(name, {})},
                "eval": {"episodes": 2, "dev_episodes": 2, "temperatures": [1.0]},
                "log": {"folder": str(tmp_path), "episodes": 1, "keep": 1},
            }
        )
    )
    steps = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [one["step"] for one in steps if one["stage"] == "rl" and "credit/zero_variance" in one] == [1, 2]
