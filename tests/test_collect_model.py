"""Collecting with a language model: the bits of a plain rollout, branches on the same tokens, both roles of a game."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.collect import Draw, collect
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.plans import Branch, GroupPlan, Probe
from scoutgym.agents.players import RandomAgent
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Task

pytestmark = pytest.mark.llm

NUMBER = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})
KUHN = Task("scoutgym/Kuhn-v0", "train", 0, {"hands": 2, "max_turns": 12})
torch.set_num_threads(1)


def policy() -> LMAgent:
    """An untrained model that can read the two games."""
    jobs = [Job(replace(task, index=index)) for task in (NUMBER, KUHN) for index in range(12)]
    seen = list(rollout(RandomAgent(), jobs, opponent=None))
    texts = [text for e in seen for turn in e.turns for text in (turn.obs, turn.action, "Invalid action:")]
    words = Words.of([*texts, *(e.final_observation for e in seen)])
    return LMAgent(tiny_llama(words, width=32, layers=2, heads=2, context=640, seed=0), words, max_tokens=5)


def conversation(episode: Episode, turns: int | None = None) -> list[int]:
    """All tokens of an episode, or those of its first turns."""
    ids: list[int] = []
    for turn in episode.turns[:turns]:
        ids = [*([] if turn.fork else ids), *turn.prompt_ids, *turn.ids]
    return ids


def drawn(task: Task, n: int) -> list[Draw]:
    return [Draw(replace(task, index=index), index + 1) for index in range(n)]


def test_collecting_costs_no_bit() -> None:
    jobs = [Job(draw.task, draw.luck, sample) for draw in drawn(NUMBER, 5) for sample in range(4)]
    found = {(e.task.index, e.sample): e.to_json() for e in rollout(policy(), jobs, 7, "bits")}
    collected = collect(policy(), drawn(NUMBER, 5), GroupPlan(4), slots=7)
    assert [[e.to_json() for e in group.episodes] for group in collected.groups] == [
        [found[index, sample] for sample in range(4)] for index in range(5)
    ]


def test_a_branch_goes_on_with_the_tokens_that_were_sampled() -> None:
    agent, depths = policy(), set()
    collected = collect(agent, drawn(NUMBER, 12), Branch(3), slots=16)
    for group, played in zip(collected.groups, collected.played, strict=True):
        trunk, point = played[0], len(group.task.history)
        depths.add(point)
        prefix = [*conversation(trunk, point), *trunk.turns[point].prompt_ids]
        for member in group.episodes:
            first = member.turns[0]
            assert list(first.prompt_ids) == prefix
            assert len(first.ids) == len(first.logp) > 0
            ids = conversation(member, 1)
            with torch.inference_mode():
                logits = agent.model(torch.tensor([ids])).logits[0].log_softmax(-1)
            read = [float(logits[at - 1, ids[at]]) for at in range(len(prefix), len(ids))]
            assert first.logp == pytest.approx(read, abs=1e-4)
    assert len(depths) > 2


def test_probes_leave_the_episodes_as_they_are() -> None:
    probed = collect(policy(), drawn(NUMBER, 4), Probe(3, 2), slots=16)
    plain = collect(policy(), drawn(NUMBER, 4), GroupPlan(3), slots=16)
    for group, same in zip(probed.groups, plain.groups, strict=True):
        for episode, other in zip(group.episodes, same.episodes, strict=True):
            assert all(turn.probe is not None for turn in episode.turns)
            assert [(turn.prompt_ids, turn.ids) for turn in episode.turns] == [
                (turn.prompt_ids, turn.ids) for turn in other.turns
            ]


def test_one_model_plays_both_roles() -> None:
    agent = policy()
    collected = collect(agent, drawn(KUHN, 6), GroupPlan(4), slots=5, opponent=None)
    assert [group.role for group in collected.groups] == ["first", "second"] * 6
    for first, second in zip(collected.groups[::2], collected.groups[1::2], strict=True):
        for one, other in zip(first.episodes, second.episodes, strict=True):
            rewards = [sum(turn.rewards.get("chips", 0.0) for turn in e.turns) for e in (one, other)]
            assert rewards[0] == -rewards[1]
            assert all(turn.ids for e in (one, other) for turn in e.turns)
    assert agent._engine is None  # every conversation was left
