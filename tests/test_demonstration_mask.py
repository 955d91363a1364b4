"""`demonstrations.mask`: turns that are shown in a demonstration and not imitated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Agent, Job, Move, rollout
from scoutgym.agents.formats import Bare, Closed, Format
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import RANDOM, ExpertAgent, Noisy
from scoutgym.agents.training import train, trainer
from scoutgym.agents.training.demonstrations import written
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.agents.training.warm_start import WarmStart
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Outcome, Task

pytestmark = pytest.mark.llm

TASKS = [Task("scoutgym/Number-v0", "train", index, {"high": 15, "max_turns": 6}) for index in range(8)]


class Careless(Agent):
    """The expert, that mumbles first."""

    name = "careless"

    def act(self, seats: Any) -> list[Move]:
        moves = ExpertAgent().act(seats)
        return [move if seat.turns else Move("hm") for move, seat in zip(moves, seats, strict=True)]


def model(episodes: list[Episode], form: Format) -> LMAgent:
    words = Words.of(text for one in episodes for turn in one.turns for text in (turn.obs, turn.action))
    return LMAgent(tiny_llama(words, 16, 1, 2, 512, 0), words, format=form)


def imitated(episode: Episode) -> set[int]:
    """The turns that something is learned from."""
    rows = episode_rows(episode, 0, [1.0] * len(episode.turns))
    return {decision.turn for row in rows for decision in row.decisions}


@pytest.mark.parametrize(("form", "constrained"), [(Bare(), False), (Bare(), True), (Closed(), True)])
def test_what_the_noisy_expert_drew_is_context(form: Format, constrained: bool) -> None:
    episodes = list(rollout(Noisy(ExpertAgent(), 0.5), [Job(task) for task in TASKS]))
    agent, drawn = model(episodes, form), 0
    for episode in episodes:
        wild = {place for place, turn in enumerate(episode.turns) if RANDOM in turn.spans}
        drawn += len(wild)
        whole, masked = (written(episode, agent, constrained, mask) for mask in ("none", "random"))
        assert imitated(whole) == set(range(len(episode.turns)))
        assert imitated(masked) == imitated(whole) - wild
        assert [(turn.prompt_ids, turn.ids) for turn in masked.turns] == [(t.prompt_ids, t.ids) for t in whole.turns]
    assert 0 < drawn < sum(len(episode.turns) for episode in episodes)


def test_what_was_not_understood_is_context() -> None:
    episodes = list(rollout(Careless(), [Job(task) for task in TASKS]))
    agent = model(episodes, Bare())
    for episode in episodes:
        assert episode.turns[0].outcome == Outcome.INVALID_ACTION
        assert imitated(written(episode, agent, mask="invalid")) == set(range(1, len(episode.turns)))
        assert 0 in imitated(written(episode, agent, mask="random"))


def test_a_run_learns_from_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[Row]] = []

    class Watched(WarmStart):
        def __init__(self, model: Any, rows: list[Row], *rest: Any) -> None:
            seen.append(list(rows))
            super().__init__(model, rows, *rest)

    monkeypatch.setattr(trainer, "WarmStart", Watched)
    for mask in ("none", "random"):
        train(
            {
                "name": mask,
                "threads": 1,
                "model": {"width": 16, "layers": 1, "heads": 2, "context": 256},
                "envs": {"number": "scoutgym/Number-15-v0"},
                "demonstrations": {"episodes": 20, "random": 0.0, "noisy": 1.0, "expert": 0.0, "mask": mask},
                "sft": {"steps": 2, "tokens": 256, "tasks": 1},
                "rollout": {"iterations": 0},
                "eval": {"episodes": 1, "dev_episodes": 1, "temperatures": [1.0]},
                "log": {"folder": str(tmp_path)},
            }
        )
    whole, masked = seen
    assert {tuple(row.ids) for row in masked} <= {tuple(row.ids) for row in whole}
    decided = [sum(len(row.decisions) for row in rows) for rows in seen]
    assert 0.2 < decided[1] / decided[0] < 0.8
