"""From episodes to what a model is trained on: token ids, and for each of them whether it was an action's.

The mask is made together with the ids, from the record of what was sampled; nothing is inferred from values and
nothing is tokenised again. An episode is one row: the conversation as the model read and wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from scoutgym.llm.words import Words
from scoutgym.types import Episode


@dataclass(frozen=True)
class Row:
    """One conversation. All lists have one entry a token; off the mask, ``logp`` and ``advantage`` are 0 and unread.

    Raises:
        ValueError: the lists are of different lengths.
    """

    ids: Sequence[int]
    mask: Sequence[bool]
    logp: Sequence[float]
    advantage: Sequence[float]

    def __post_init__(self) -> None:
        lengths = len(self.ids), len(self.mask), len(self.logp), len(self.advantage)
        if len(set(lengths)) != 1:
            raise ValueError(f"a row's ids, mask, logp and advantage have lengths {lengths}: they must be one length")

    def actions(self) -> int:
        """How many of its tokens were sampled."""
        return sum(self.mask)


def episode_row(episode: Episode, advantages: Sequence[float]) -> Row:
    """The row of an episode whose turns have these advantages.

    Raises:
        ValueError: there is not one advantage for each turn, or a turn's ids and log-probabilities differ in number.
    """
    ids: list[int] = []
    mask: list[bool] = []
    logp: list[float] = []
    advantage: list[float] = []
    for turn, value in zip(episode.turns, advantages, strict=True):
        prompt, said = len(turn.prompt_ids), len(turn.ids)
        ids += [*turn.prompt_ids, *turn.ids]
        mask += [False] * prompt + [True] * said
        logp += [0.0] * prompt + list(turn.logp)
        advantage += [0.0] * prompt + [value] * said
    return Row(ids, mask, logp, advantage)


def demonstration_row(episode: Episode, words: Words) -> Row:
    """The row of an episode that somebody else played: its texts in the model's vocabulary, advantage 1."""
    ids: list[int] = []
    mask: list[bool] = []
    for number, turn in enumerate(episode.turns):
        prompt, answer = words.prompt(turn.obs, first=number == 0), words.answer(turn.action)
        ids += prompt + answer
        mask += [False] * len(prompt) + [True] * len(answer)
    return Row(ids, mask, [0.0] * len(ids), [float(acted) for acted in mask])


@dataclass(frozen=True)
class Batch:
    """Rows side by side, padded on the right: causal attention never sees what comes after.

    ``ids`` is ``[rows, longest]``; ``mask`` marks action tokens; ``logp`` and ``advantage`` are of the action tokens
    alone, in reading order.
    """

    ids: Tensor
    mask: Tensor
    logp: Tensor
    advantage: Tensor

    @classmethod
    def of(cls, rows: Sequence[Row], longest: int | None = None) -> Batch:
        """Pad to the longest row, or further."""
        width = longest or max(len(row.ids) for row in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width, dtype=torch.bool)
        for place, row in enumerate(rows):
            ids[place, : len(row.ids)] = torch.tensor(row.ids)
            mask[place, : len(row.ids)] = torch.tensor(row.mask)
        chosen = [(row, at) for row in rows for at, acted in enumerate(row.mask) if acted]
        return cls(
            ids,
            mask,
            torch.tensor([row.logp[at] for row, at in chosen]),
            torch.tensor([row.advantage[at] for row, at in chosen]),
        )


def micro_batches(rows: Sequence[Row], tokens: int) -> Iterator[Batch]:
    """Rows of like length together, at most ``tokens`` positions a batch (a longer row stands alone)."""
    waiting: list[Row] = []
    for row in sorted(rows, key=lambda row: len(row.ids)):
        if waiting and (len(waiting) + 1) * len(row.ids) > tokens:
            yield Batch.of(waiting)
            waiting = []
        waiting.append(row)
    if waiting:
        yield Batch.of(waiting)
