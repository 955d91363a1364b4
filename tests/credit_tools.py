"""Episodes by hand, and a policy that says what a table says: what the tests of credit rules share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from scoutgym.agents.training.credit.core import Features
from scoutgym.types import Episode, Group, Outcome, Task, Turn, digest

TASK = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})


def episode(*rewards: float, truncated: bool = False, success: bool | None = None) -> Episode:
    """One turn for each reward; turn t reads token 10 + t and writes 7 and 5."""
    turns = [
        Turn("agent", f"o{t}", "a", "a", prompt_ids=[10 + t], ids=[7, 5], logp=[-1.0, -2.0], reward=r)
        for t, r in enumerate(rewards)
    ]
    return Episode(TASK, turns, "end", not truncated, truncated, success)


def with_turns(one: Episode, **fields: Sequence[object]) -> Episode:
    """The same episode, where field f of turn t is ``fields[f][t]``."""
    turns = [replace(turn, **{name: values[t] for name, values in fields.items()}) for t, turn in enumerate(one.turns)]
    return replace(one, turns=turns)


def group(*episodes: Episode, role: str = "agent", env_id: str = TASK.env_id) -> Group:
    return Group(replace(TASK, env_id=env_id), list(episodes), role)


class Table:
    """A policy whose answers are looked up.

    Args:
        gamma: discount.
        p: from the last token of a conversation to the probability of each token of any continuation; the tokens of a
            continuation are made a little unequal, their geometric mean is ``p``.
        before: features of an episode's turns and of its end, where the usual ones will not do.
        after: features of an episode's actions, likewise.
    """

    def __init__(
        self,
        gamma: float = 1.0,
        p: Mapping[int, float] | None = None,
        before: Callable[[Episode], Tensor] | None = None,
        after: Callable[[Episode], Tensor] | None = None,
    ) -> None:
        self.gamma, self.p, self._before, self._after = gamma, p or {}, before, after
        self.asked = 0

    def prompt(self, observation: str, first: bool) -> list[int]:
        return [99]

    def answer(self, text: str) -> list[int]:
        return [ord(character) for character in text]

    def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
        self.asked += len(pairs)
        found = []
        for before, after in pairs:
            spread = [j - (len(after) - 1) / 2 for j in range(len(after))]
            found.append([math.log(self.p.get(before[-1], 0.5)) + 0.1 * one for one in spread])
        return found

    def generate(self, conversations: Sequence[Sequence[int]], key: object) -> list[list[int]]:
        return [[7, 5] for _ in conversations]

    def features(self, episodes: Sequence[Episode], tokens: bool = False) -> list[Features]:
        found = []
        for one in episodes:
            states = [*(turn.obs for turn in one.turns), one.final_observation]
            before = self._before(one) if self._before else torch.stack([_hashed(text) for text in states])
            actions = [_hashed(turn.obs + turn.text) for turn in one.turns]
            after = self._after(one) if self._after else torch.stack(actions)
            every = [torch.zeros(len(turn.ids), 4) for turn in one.turns]
            for turn, values in zip(one.turns, every, strict=True):
                for j in range(len(turn.ids)):
                    values[j] = _hashed(f"{turn.obs} {j}")
            found.append(Features(before, after, every if tokens else ()))
        return found


def _hashed(text: str) -> Tensor:
    return torch.randn(4, generator=torch.Generator().manual_seed(int.from_bytes(digest(text, size=4))))


def dead() -> Episode:
    """An episode that broke before the agent could act."""
    return replace(episode(), final_observation="broke")


def refused(one: Episode, t: int) -> Episode:
    """The same episode, in which the world refused turn t."""
    turns = list(one.turns)
    turns[t] = replace(turns[t], outcome=Outcome.INVALID_ACTION)
    return replace(one, turns=turns)
