"""Episodes for an audit, of kinds that judges are known to stumble over; what is true of each is known by its world.

=============  ========================================================================================================
random         a random player
expert         the world's expert
corrupted      the expert, every other action at random
near miss      the expert, cut off before the last action of an episode that it won
false claim    a near miss that says that it is done; the world's answer to that is in the record
=============  ========================================================================================================

These are the players. `recorded` adds what policies did, before they learned and after: the test episodes of a run
folder. Length-matched pairs are not a kind of their own: the audit finds them among all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from scoutgym.agents.core import Agent, Job, rollout
from scoutgym.agents.players import ExpertAgent, Noisy, RandomAgent
from scoutgym.curricula.core import Arm
from scoutgym.envs.registry import WORLDS as KNOWN
from scoutgym.envs.registry import check_params, world_for
from scoutgym.envs.session import Session
from scoutgym.types import Episode, Task, Turn

WORLDS = (
    "scoutgym/Number-v0",
    "scoutgym/Mastermind-3x4-v0",
    "scoutgym/Wordle-v0",
    "scoutgym/Maze-v0",
    "scoutgym/Battleship-tiny-v0",
    "scoutgym/Minesweeper-v0",
    "scoutgym/TwentyQuestions-v0",
    "scoutgym/GuessCity-v0",
    "scoutgym/CustomerService-v0",
    "scoutgym/MurderMystery-v0",
)
"""Games, and worlds in free text. All of them know success and have an expert."""

CLAIM = "I have done it. The task is solved."
NOISE = 0.5
KINDS = ("random", "expert", "corrupted", "near miss", "false claim")
"""What players play."""
PLAYERS = "players"


@dataclass(frozen=True)
class Item:
    """One episode to be judged."""

    kind: str
    episode: Episode

    @cached_property
    def world(self) -> str:
        """The id of the preset that it was played in; else the world's, with the parameters that are not its own."""
        return played_in(self.episode.task)

    @property
    def source(self) -> str:
        """`PLAYERS`, or the kind of what a policy played."""
        return PLAYERS if self.kind in KINDS else self.kind

    @property
    def won(self) -> bool:
        """The truth."""
        return float(self.episode.success or 0.0) >= 0.5


def played_in(task: Task) -> str:
    """See `Item.world`."""
    kind = KNOWN[task.env_id]
    filled = check_params(kind, task.params)
    for env_id, preset in kind.spec.ids.items():
        if check_params(kind, preset) == filled:
            return env_id
    given = filled.model_dump(mode="json", exclude_defaults=True)
    return f"{task.env_id}({', '.join(f'{name}={value}' for name, value in sorted(given.items()))})"


def build(
    worlds: Sequence[str | Arm] = WORLDS, n: int = 50, split: str = "test", advance: Callable[[], None] = lambda: None
) -> list[Item]:
    """Episodes of every kind, up to ``n`` of each in each world; near misses and claims only where the expert won.

    Args:
        worlds: ids of worlds with an expert, or of presets; or what a run played.
        n: tasks of each world; the same ones for every kind.
        split: train, dev or test.
        advance: is called after each world.

    Raises:
        ValueError: a world does not exist or has no expert.
    """
    items: list[Item] = []
    for world in worlds:
        arm = Arm.of(world, world) if isinstance(world, str) else world
        if not arm.has_expert:
            raise ValueError(f"{arm.name} has no expert: an audit needs episodes that are known to succeed")
        tasks = [arm.task(split, place) for place in range(min(n, arm.world().counts[split]))]
        jobs = [Job(task) for task in tasks]
        played = [
            Item(kind, episode) for kind, player in _players() for episode in rollout(player, jobs, measure="nothing")
        ]
        won = [one.episode for one in played if one.kind == "expert" and one.won]
        short = [Job(one.task, limit=len(one.turns) - 1) for one in won if len(one.turns) > 1]
        missed = [replace(one, success=False) for one in rollout(ExpertAgent(), short, measure="nothing")]
        items += played + [Item("near miss", one) for one in missed]
        items += [Item("false claim", claimed(one)) for one in missed]
        advance()
    return items


def _players() -> list[tuple[str, Agent]]:
    expert = ExpertAgent()
    return [("random", RandomAgent()), ("expert", expert), ("corrupted", Noisy(expert, NOISE))]


def claimed(episode: Episode) -> Episode:
    """The episode with a claim of success as its last action, and what its world says to that.

    Raises:
        ValueError: its world takes the claim for a success.
    """
    session = Session(world_for(KNOWN[episode.task.env_id], episode.task.params))
    session.begin(episode.task, episode.luck)
    for turn in episode.turns:
        session.act(turn.action)
    reply = session.act(CLAIM)
    session.close()
    if reply.success:
        raise ValueError(f"{episode.task.env_id} takes a mere claim for a success")
    last = Turn(episode.role, episode.final_observation, CLAIM, CLAIM)
    return replace(episode, turns=[*episode.turns, last], final_observation=reply.text, success=False)


def recorded(run: Path, when: Literal["before", "after"], kind: str) -> list[Item]:
    """The test episodes that a run kept of its policy, at temperature 1.

    Args:
        run: its folder.
        when: before the policy learned, or after.
        kind: what they are called in the audit.

    Raises:
        ValueError: the folder holds none.
    """
    path = run / "episodes" / f"eval-{when}.jsonl"
    if not path.is_file():
        raise ValueError(f"{run} has no episodes/{path.name}: name the folder of a run that has ended")
    lines = path.read_text(encoding="utf-8").splitlines()
    items = [Item(kind, Episode.from_json(json.loads(line))) for line in lines]
    if not items:
        raise ValueError(f"{path} holds no episodes")
    return items
