"""Groups that say nothing: left out whatever the rule, or shown how by an expert as if the policy had played it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from credit_tools import Table
from rows_fixture import made_up

from scoutgym.agents.collect import Collected, Draw
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.formats import Closed
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training.config import OptimConfig
from scoutgym.agents.training.credit.core import Credited, credit_rule
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective import PolicyGradient
from scoutgym.agents.training.rows import episode_rows
from scoutgym.agents.training.signal import demonstrated, dropped, refilled
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Group, Task

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

TASK = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})


def agent(**options: Any) -> LMAgent:
    seen = list(rollout(RandomAgent(), [Job(replace(TASK, index=n)) for n in range(20)]))
    words = Words.of(text for episode in seen for turn in episode.turns for text in (turn.obs, turn.action, "Invalid:"))
    return LMAgent(tiny_llama(words, 32, 2, 2, 512, 0), words, 0.7, max_tokens=5, **options)


@pytest.mark.parametrize("options", [{}, {"constrain": True}, {"format": Closed()}], ids=["free", "bound", "closed"])
def test_what_an_expert_showed_counts_as_if_the_policy_had_sampled_it(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The expert here says what the policy said, so that the policy's own record is what its turns must be."""
    who = agent(**options)
    learner = Learner(who.model, OptimConfig(lr=1e-9, minibatches=1), PolicyGradient(), 0.7)
    own = [one for one in rollout(who, [Job(replace(TASK, index=n)) for n in range(6)]) if not one.success]
    groups = [Group(one.task, [one]) for one in own]
    as_told = [replace(one, success=True, turns=[replace(turn) for turn in one.turns]) for one in own]
    for one in as_told:
        for turn in one.turns:
            turn.prompt_ids, turn.ids, turn.logp, turn.allowed, turn.choices = (), (), (), (), ()
    monkeypatch.setattr("scoutgym.agents.training.signal.rollout", lambda player, jobs: as_told)
    came = demonstrated(Collected(groups, [], {}, [], []), who, learner.logp)
    rows = []
    for number, group in enumerate(came.groups):
        mine, shown = group.episodes
        rows += episode_rows(shown, number, [1.0] * len(shown.turns))
        if options:  # a free policy may write its action in other words
            for a, b in zip(mine.turns, shown.turns, strict=True):
                assert (list(a.ids), list(a.choices)) == (list(b.ids), list(b.choices))
                assert [list(left) for left in a.allowed] == [list(left) for left in b.allowed]
                assert list(a.logp) == pytest.approx(list(b.logp), abs=1e-4)
    assert len(came.groups) == len(own) > 2
    assert learner.learn(rows, (0, 1))["policy/sampler_gap"] < 1e-4


def test_what_the_policy_could_not_have_written_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = rollout(ExpertAgent(), [Job(TASK)])
    lost = replace(one, success=False)
    stray = replace(one, turns=[replace(one.turns[0], action="tell me"), *one.turns[1:]])

    def members(shown: Episode, who: LMAgent) -> int:
        monkeypatch.setattr("scoutgym.agents.training.signal.rollout", lambda player, jobs: [shown])
        learner = Learner(who.model, OptimConfig(), PolicyGradient(), 0.7)
        (group,) = demonstrated(Collected([Group(TASK, [lost])], [], {}, [], []), who, learner.logp).groups
        return len(group.episodes)

    assert [members(one, agent()), members(stray, agent())] == [2, 2]
    for options in ({"constrain": True}, {"format": Closed()}):
        assert [members(one, agent(**options)), members(stray, agent(**options))] == [2, 1]
    assert [members(one, agent(context=room)) for room in (20, 512)] == [1, 2]


def test_groups_that_say_nothing_are_left_out_with_their_credit() -> None:
    episodes = [made_up(("free", "free"), seed) for seed in range(4)]
    equal = [replace(episodes[0], turns=[replace(turn, reward=1.0) for turn in episodes[0].turns])] * 2
    groups = [Group(TASK, equal), Group(TASK, episodes[2:])]
    credited = credit_rule("rebn").credit(groups, Table())
    assert credited.turns[0] is not None
    left, credit = dropped(groups, replace(credited, tokens=[[[[1.0]]], None]), 1.0)
    assert (left, credit.turns, credit.tokens) == (groups[1:], credited.turns[1:], [None])
    late = replace(episodes[0], turns=[replace(t, reward=r) for t, r in zip(equal[0].turns, (0.0, 2.0), strict=True)])
    assert [len(dropped([Group(TASK, [equal[0], late])], Credited([None]), gamma)[0]) for gamma in (1.0, 0.9)] == [0, 1]


def test_in_place_of_what_says_nothing_as_much_is_drawn_again() -> None:
    """Of three draws one says something, for two roles; one says nothing, and of one nothing sound is left."""
    one, two = (made_up(("free", "free"), seed) for seed in range(2))
    drawn = [Draw(TASK, luck) for luck in (1, 2, 3)]
    groups = [Group(TASK, [one, one]), Group(TASK, [one, two]), Group(TASK, [two, one], "other")]
    came = Collected(groups, [drawn[0], drawn[1], drawn[1]], {}, drawn, [[], [], []])
    asked: list[int] = []

    def draw(count: int) -> list[Draw]:
        asked.append(count)
        return [Draw(TASK, 4)]

    more = refilled(came, 1.0, draw, lambda new: Collected([], [], {}, list(new), [[]]))
    assert asked == [2]
    assert [draw.luck for draw in more.drawn] == [1, 2, 3, 4]
    assert refilled(replace(came, drawn=drawn[1:2]), 1.0, draw, lambda new: came).drawn == drawn[1:2]
    assert asked == [2], "where all say something nothing is drawn"
