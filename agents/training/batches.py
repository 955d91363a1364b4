"""From rows to tensors: rows of like length side by side, padded on the right.

Candidates of a closed set that were not chosen are laid behind the row as branches: each goes on from where the turn's
answer begins, at the positions that it would have there, and sees the row up to there and itself. So one forward pass
gives the log-probability of every candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import torch
from torch import Tensor

from scoutgym.agents.training.rows import Row

Together = Literal["row", "episode", "pair"]
"""What must not be parted between batches."""


@dataclass(frozen=True)
class Batch:
    """R rows of at most W tokens, with D decisions in reading order, of E episodes.

    Decisions are scored as strings of tokens: string d, below D, is what was decided by decision d; the others are
    candidates that were not chosen. S tokens are scored in all.
    """

    ids: Tensor
    """What the model reads, ``[R, W]``."""
    source: Tensor
    """For each scored token the place in the flat ``[R * W]`` from which it is predicted, ``[S]``."""
    target: Tensor
    """The scored tokens, ``[S]``."""
    logp: Tensor
    """Of each decision, under the distribution that was sampled from; ``[D]`` like all that follows."""
    advantage: Tensor
    weight: Tensor
    turn: Tensor
    """A number that decisions of one turn of one episode have in common, from 0."""
    episode: Tensor
    """A number that decisions of one episode have in common, from 0."""
    position: Tensor
    """Which turn of its episode it is, from 0."""
    turn_length: Tensor
    """How many decisions its turn has."""
    episode_length: Tensor
    """How many decisions its episode has, those in other batches included."""
    pair: Tensor
    """The pair of each episode, from 0, or -1; ``[E]``."""
    side: Tensor
    """The side of each episode in its pair, +1 or -1; ``[E]``."""
    positions: Tensor | None = None
    """Position ids, ``[R, W]``, where there are branches."""
    sees: Tensor | None = None
    """Whether a token sees another, ``[R, 1, W, W]``, where there are branches."""
    string: Tensor | None = None
    """The string of each scored token, ``[S]``, where there are branches."""
    closed: Tensor | None = None
    """The decisions that are choices, C of them."""
    candidates: Tensor | None = None
    """The strings of each choice, the chosen one first, filled up with -1; ``[C, K]``."""
    constrained: Tensor | None = None
    """Pairs of a scored token and an id that it could have been, ``[2, ...]``."""
    ref: Tensor | None = None
    """Log-probability of each decision under a reference model, where it was asked for."""
    prox: Tensor | None = None
    """The same under the policy at the start of the step, where the sampler was an older or other one."""

    @classmethod
    def of(cls, rows: Sequence[Row], longest: int = 0) -> Batch:
        """Lay rows side by side, at least ``longest`` tokens wide.

        Raises:
            ValueError: a pair has only one side here.
        """
        return _batch(rows, longest)

    def to(self, device: torch.device | str) -> Batch:
        """The same on another device."""
        tensors = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: one.to(device) for name, one in tensors.items() if one is not None})


def bundles(rows: Sequence[Row], together: Together) -> list[list[Row]]:
    """Rows that must be in one batch: each by itself, those of an episode, or those of a pair of episodes."""
    found: dict[tuple[str, int | None], list[Row]] = {}
    for number, row in enumerate(rows):
        if together == "pair" and row.pair is not None:
            key = ("pair", row.pair)
        else:
            key = ("row", number) if together == "row" else ("episode", row.episode)
        found.setdefault(key, []).append(row)
    return list(found.values())


def micro_batches(rows: Sequence[Row], tokens: int, together: Together = "row") -> Iterator[Batch]:
    """Rows of like length together, at most ``tokens`` positions a batch (what must be together and is more, alone)."""
    waiting: list[Row] = []
    for bundle in sorted(bundles(rows, together), key=_longest):
        if waiting and (len(waiting) + len(bundle)) * _longest(bundle) > tokens:
            yield Batch.of(waiting)
            waiting = []
        waiting += bundle
    if waiting:
        yield Batch.of(waiting)


def _longest(rows: Sequence[Row]) -> int:
    return max(row.read for row in rows)


def _batch(rows: Sequence[Row], longest: int) -> Batch:
    lines = [_Line(row) for row in rows]
    width = max([longest, *(len(line.ids) for line in lines)])
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    source: list[int] = []
    target: list[int] = []
    strings: list[int] = []
    constrained: list[tuple[int, int]] = []
    made = sum(len(row.decisions) for row in rows)  # strings so far: first those that were decided
    count = 0  # decisions so far
    choices: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        ids[number, : len(line.ids)] = torch.tensor(line.ids)
        for decision, tokens in zip(line.row.decisions, line.decided, strict=True):
            constrained += [(len(target), one) for one in decision.allowed]
            source += [number * width + place for place in tokens]
            target += line.row.ids[decision.at : decision.at + decision.length]
            strings += [count] * len(tokens)
            if decision.others is not None:
                choices[count] = [count]
            count += 1
        for owner, (places, other) in line.branches:
            source += [number * width + place for place in places]
            target += other
            strings += [made] * len(other)
            choices[count - len(line.row.decisions) + owner].append(made)
            made += 1
    decisions = [decision for row in rows for decision in row.decisions]
    turns = _numbered([(row.episode, decision.turn) for row in rows for decision in row.decisions])
    episodes = _numbered([row.episode for row in rows for _ in row.decisions])
    sides = {row.episode: (row.pair, row.side) for row in rows if row.decisions}
    pairs = [pair for pair, _ in sides.values()]
    for pair in set(pairs) - {None}:
        if {side for one, side in sides.values() if one == pair} != {1, -1}:
            raise ValueError(f"pair {pair} is not whole: the episodes of a pair must have sides 1 and -1 in one batch")
    known = {pair: place for place, pair in enumerate(dict.fromkeys(pair for pair in pairs if pair is not None))}
    lengths = torch.bincount(turns) if len(turns) else turns
    batch = Batch(
        ids=ids,
        source=torch.tensor(source, dtype=torch.long),
        target=torch.tensor(target, dtype=torch.long),
        logp=_floats([decision.logp for decision in decisions]),
        advantage=_floats([decision.advantage for decision in decisions]),
        weight=_floats([decision.weight for decision in decisions]),
        turn=turns,
        episode=episodes,
        position=torch.tensor([decision.turn for decision in decisions], dtype=torch.long),
        turn_length=lengths[turns].float(),
        episode_length=_floats([row.decided for row in rows for _ in row.decisions]),
        pair=torch.tensor([-1 if pair is None else known[pair] for pair in pairs], dtype=torch.long),
        side=_floats([side for _, side in sides.values()]),
        constrained=torch.tensor(constrained).T if constrained else None,
    )
    if not choices:
        return batch
    most = max(map(len, choices.values()))
    return replace(
        batch,
        positions=_filled([line.positions for line in lines], width, 0),
        sees=_sees(lines, width),
        string=torch.tensor(strings),
        closed=torch.tensor(list(choices)),
        candidates=torch.tensor([one + [-1] * (most - len(one)) for one in choices.values()]),
    )


class _Line:
    """What the model reads of a row: its conversation but for the last token, then the branches."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.ids = list(row.ids[: max(1, len(row.ids) - 1)])
        self.positions = list(range(len(self.ids)))
        self.branch = [0] * len(self.ids)
        """Number of the branch, 0 for the row itself."""
        self.stem = list(range(1, len(self.ids) + 1))
        """How many tokens of the row itself each token sees."""
        self.decided = [range(one.at - 1, one.at + one.length - 1) for one in row.decisions]
        """The places from which each decision's tokens are predicted."""
        self.branches: list[tuple[int, tuple[list[int], Sequence[int]]]] = []
        """For each candidate that was not chosen: its decision, the places that predict it, and its tokens."""
        for number, decision in enumerate(row.decisions):
            for other in decision.others or ():
                new = len(other) - 1
                places = [decision.at - 1, *range(len(self.ids), len(self.ids) + new)]
                self.branches.append((number, (places, other)))
                self.ids += other[:-1]
                self.positions += range(decision.at, decision.at + new)
                self.branch += [len(self.branches)] * new
                self.stem += [decision.at] * new


def _sees(lines: Sequence[_Line], width: int) -> Tensor:
    branch, stem = _filled([line.branch for line in lines], width, -1), _filled([line.stem for line in lines], width, 1)
    place = torch.arange(width)
    row = (branch == 0)[:, None, :] & (place < stem[:, :, None])
    itself = (branch[:, :, None] == branch[:, None, :]) & (branch > 0)[:, :, None] & (place <= place[:, None])
    return (row | itself)[:, None]


def _filled(lists: Sequence[Sequence[int]], width: int, value: int) -> Tensor:
    return torch.tensor([[*one, *[value] * (width - len(one))] for one in lists])


def _floats(values: Sequence[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)


def _numbered(keys: Sequence[object]) -> Tensor:
    """The same number for equal keys, from 0 in order of appearance."""
    known: dict[object, int] = {}
    return torch.tensor([known.setdefault(key, len(known)) for key in keys], dtype=torch.long)
