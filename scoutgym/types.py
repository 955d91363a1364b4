"""The records that every floor shares: task, turn, episode, group, outcome, message.

They hold data and no logic. What is written to disk carries ``SCHEMA``; a reader refuses a newer one by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import Any

SCHEMA = 1
"""Version of every record that a run writes: tasks, episodes, snapshots."""

AGENT = "agent"
"""The name of the only role of a one-player world."""


class Outcome(StrEnum):
    """What became of one turn.

    ``TIMEOUT``, ``ENV_ERROR`` and ``JUDGE_ERROR`` are infrastructure: trainers and benchmark mask such episodes and
    print their rates. An output that was cut off or did not fit its context is the agent's own doing, as an invalid
    action is.
    """

    OK = "ok"
    INVALID_ACTION = "invalid_action"
    OUTPUT_TRUNCATED = "output_truncated"
    CONTEXT_OVERFLOW = "context_overflow"
    TIMEOUT = "timeout"
    ENV_ERROR = "env_error"
    JUDGE_ERROR = "judge_error"


INFRASTRUCTURE = (Outcome.TIMEOUT, Outcome.ENV_ERROR, Outcome.JUDGE_ERROR)
"""Outcomes in which the world or the judge failed, the gravest last. An answer that was cut off or did not fit its
context is the agent's own doing: it was played as it stood, and counts.
"""


class SchemaError(ValueError):
    """A record on disk is not what it says it is: torn, of a newer schema, or of something else."""


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
"""The one JSON text of a JSON value: sorted keys, no spaces; equal values have equal texts, and a NaN is an error."""


def digest(*parts: Any, size: int = 16) -> bytes:
    """A keyed-stream seed or content hash: ``size`` bytes of BLAKE2b over the canonical JSON of ``parts``."""
    return blake2b(canonical(parts).encode(), digest_size=size).digest()


@dataclass(frozen=True)
class Task:
    """One instance of a world, by address rather than by value: the same task is the same instance everywhere.

    Args:
        env_id: the registered id without a preset, for example ``scoutgym/Mastermind-v0``.
        split: ``train``, ``dev``, ``test``, or ``sealed:<salt>`` (drawn from the test part under a secret salt).
        index: which item of the split, from 0.
        params: the parameters that differ from the world's defaults.
        history: actions already taken; the episode begins after them.
        goal: a goal in words that replaces the world's own, where the world takes one.
    """

    env_id: str
    split: str
    index: int
    params: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    goal: str | None = None

    @cached_property
    def instance(self) -> bytes:
        """Key of the instance alone (16 bytes): tasks that differ only in history or goal share it."""
        return digest(self.env_id, self.split, self.index, dict(self.params))

    @cached_property
    def hash(self) -> str:
        """Content hash of the whole task, 32 hexadecimal digits."""
        return digest(self.to_json()).hex()

    def to_json(self) -> dict[str, Any]:
        """A JSON object; ``from_json`` reads it back."""
        record: dict[str, Any] = {"env_id": self.env_id, "split": self.split, "index": self.index}
        record["params"] = dict(self.params)
        if self.history:
            record["history"] = list(self.history)
        if self.goal is not None:
            record["goal"] = self.goal
        return record

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Task:
        """Read a task.

        Raises:
            SchemaError: a field is missing, unknown or of the wrong kind.
        """
        try:
            unknown = set(record) - {"env_id", "split", "index", "params", "history", "goal"}
            if unknown:
                raise SchemaError(f"a task has no field {sorted(unknown)[0]!r}")
            if not isinstance(record["index"], int) or not isinstance(record["params"], Mapping):
                raise SchemaError("a task's index must be a whole number and its params an object")
            history = tuple(str(action) for action in record.get("history", ()))
            goal = record.get("goal")
            return cls(str(record["env_id"]), str(record["split"]), record["index"], record["params"], history, goal)
        except KeyError as error:
            raise SchemaError(f"a task needs the field {error}") from None


@dataclass(frozen=True)
class Message:
    """One message of a conversation: ``role`` is ``system``, ``user``, ``assistant`` or a world's own role."""

    role: str
    content: str


@dataclass
class Turn:
    """One action of one role, with what a trainer needs: token ids as sampled, never decoded and encoded again.

    ``prompt_ids`` are the tokens that were new before this turn (the whole prompt on the first turn or after a fork);
    ``logp`` is under the distribution that was really sampled from.
    ``spans`` names character ranges of ``text`` (for example ``{"answer": (8, 13)}``). ``obs`` is what the world
    said before the turn; what it said after the last one is ``Episode.final_observation``.

    A **decision** is what has a log-probability: a sampled token, or one choice among ``choices``; ``logp`` has one
    entry for each decision.
    """

    role: str
    obs: str
    text: str
    action: str
    trial: int = 0
    prompt_ids: Sequence[int] = ()
    ids: Sequence[int] = ()
    logp: Sequence[float] = ()
    fork: bool = False
    """``prompt_ids`` is a whole new prompt: history was edited, by a template or to make room."""
    forced: Sequence[int] = ()
    """Positions in ``ids`` that were put there, not sampled: nothing is learned from them."""
    allowed: Sequence[Sequence[int]] = ()
    """For each token of ``ids`` those that a constraint left to choose from (an empty list: all)."""
    choices: Sequence[Sequence[int]] = ()
    """The candidates of a closed set, one of which is ``ids``: log pi(a) = LP(a) - logsumexp over all of LP."""
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rewards: Mapping[str, float] = field(default_factory=dict)
    reward: float = 0.0
    outcome: str = Outcome.OK
    bits: float | None = None
    """Entropy of the belief after the turn, where it was measured."""
    gain: float | None = None
    """Expected fall of the entropy by the action, before luck answered."""
    best_gain: float | None = None
    """The largest expected gain that some action had."""
    key: str | None = None
    """``state_key`` after the turn."""
    probe: float | None = None
    """Success where the agent was made to answer at this point, before the turn."""


def _plain(turn: Turn) -> dict[str, Any]:
    """A turn as JSON values, ids and log-probabilities as lists."""
    fields = dict(vars(turn))
    fields |= {name: list(fields[name]) for name in ("prompt_ids", "ids", "logp", "forced")}
    fields |= {name: [list(ids) for ids in fields[name]] for name in ("allowed", "choices")}
    fields |= {"spans": {name: list(span) for name, span in turn.spans.items()}, "rewards": dict(turn.rewards)}
    return fields


@dataclass
class Episode:
    """One played episode of one role."""

    task: Task
    turns: list[Turn]
    final_observation: str
    terminated: bool
    truncated: bool
    success: bool | None = None
    policy_version: int = 0
    luck: int = 0
    sample: int = 0
    """Which of several samples of the same task and luck this is: it keys the agent's own noise."""
    role: str = AGENT
    start_bits: float | None = None
    privileged: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """What the world tells of the episode beside its reward: by name a numerator and a denominator."""
    schema: int = SCHEMA

    @property
    def total(self) -> float:
        """The undiscounted return: the sum of the turns' scalar rewards."""
        return sum(turn.reward for turn in self.turns)

    def to_json(self) -> dict[str, Any]:
        """A JSON object of ``schema`` version; ``from_json`` reads it back."""
        record = {**vars(self), "task": self.task.to_json(), "privileged": dict(self.privileged)}
        record["figures"] = {name: list(share) for name, share in self.figures.items()}
        record["turns"] = [_plain(turn) for turn in self.turns]
        return record

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Episode:
        """Read an episode.

        Raises:
            SchemaError: the record is of a newer schema, or not an episode.
        """
        fields = dict(record)
        if fields.get("schema", 0) > SCHEMA:
            raise SchemaError(f"this episode has schema {fields['schema']}, newer than {SCHEMA}: upgrade scoutgym")
        try:
            fields["task"] = Task.from_json(fields["task"])
            fields["turns"] = [Turn(**turn) for turn in fields["turns"]]
            return cls(**fields)
        except (KeyError, TypeError) as error:
            raise SchemaError(f"this is not an episode record: {error}") from None


@dataclass
class Group:
    """Episodes of one task by one role, compared with each other (GRPO's group)."""

    task: Task
    episodes: list[Episode]
    role: str = AGENT
