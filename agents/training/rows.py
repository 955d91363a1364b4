"""From episodes to rows: token ids, and the decisions among them.

A decision is what has a log-probability: a sampled token, or one choice among the candidates of a closed set. Decisions
are taken from the record of what was sampled, together with the ids; nothing is inferred from values, and nothing is
tokenised again.

An episode is one row for as long as each turn's prompt extends what stands there; where the history was edited
(``Turn.fork``), a new row begins with the whole new prompt. A sampled token is a decision in the row where it was
sampled and nowhere else: what a later prompt repeats of it is context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoutgym.types import Episode, Turn


class Decision(NamedTuple):
    """Where something was decided, and what is known of it."""

    at: int
    """Where it begins in the row's ids."""
    length: int
    """How many tokens it is: 1, or all of the candidate that was chosen."""
    turn: int
    """Which turn of its episode, from 0."""
    logp: float = 0.0
    """Under the distribution that was sampled from."""
    advantage: float = 1.0
    weight: float = 1.0
    """Multiplies its term of the loss. A decision of weight 0 still counts in the normaliser."""
    allowed: Sequence[int] = ()
    """The token ids that a constraint left; none: all."""
    others: Sequence[Sequence[int]] | None = None
    """The token ids of the candidates that were not chosen; None: it was no choice but a token."""


@dataclass(frozen=True)
class Row:
    """One conversation, or the part of one between two forks.

    Args:
        ids: what was read and said.
        decisions: in the order of ``ids``, without overlap.
        episode: number of the episode among those that are trained on together: its rows belong together by it.
        decided: how many decisions the whole episode has, over all its rows.
        pair: number of the pair of episodes that are compared, where they are.
        side: +1 and -1 for the two sides of a pair.

    Raises:
        ValueError: a decision lies outside of the ids, on another one, or before anything was read.
    """

    ids: Sequence[int]
    decisions: Sequence[Decision]
    episode: int = 0
    decided: int = 0
    pair: int | None = None
    side: int = 0

    def __post_init__(self) -> None:
        end = 1
        for decision in self.decisions:
            fits = end <= decision.at and decision.at + decision.length <= len(self.ids)
            if not fits or decision.length < 1 or (decision.length > 1 and decision.others is None):
                raise ValueError(
                    f"a decision of {decision.length} tokens at {decision.at} does not fit: it must lie in [{end}, "
                    f"{len(self.ids)}), behind the last one and within the row, and more than one token is a choice"
                )
            end = decision.at + decision.length

    @property
    def read(self) -> int:
        """How many tokens the model must read to score it: the last of each candidate is only predicted."""
        return len(self.ids) + sum(len(other) - 1 for decision in self.decisions for other in decision.others or ())


def episode_rows(
    episode: Episode,
    number: int,
    advantages: Sequence[float | Sequence[float]],
    weights: Sequence[float] | None = None,
    pair: int | None = None,
    side: int = 0,
) -> list[Row]:
    """The rows of an episode; a row without a decision is left out.

    Args:
        episode: what was played.
        number: of the episode among those that are trained on together.
        advantages: for each turn one value, or one for each entry of its ``logp``.
        weights: for each turn; 1 where none are given.
        pair: see `Row`.
        side: see `Row`.

    Raises:
        ValueError: there is not one advantage (or weight) for each turn or token, or a turn's record is not sound.
    """
    parts: list[tuple[list[int], list[Decision]]] = [([], [])]
    given = weights if weights is not None else [1.0] * len(episode.turns)
    if not len(advantages) == len(given) == len(episode.turns):
        raise ValueError(
            f"an episode of {len(episode.turns)} turns needs as many advantages and weights: "
            f"got {len(advantages)} and {len(given)}"
        )
    for t, (turn, advantage, weight) in enumerate(zip(episode.turns, advantages, given, strict=True)):
        if turn.fork and t:
            parts.append(([], []))
        ids, decisions = parts[-1]
        ids += turn.prompt_ids
        decisions += _decisions(turn, t, len(ids), advantage, weight)
        ids += turn.ids
    decided = sum(len(decisions) for _, decisions in parts)
    return [Row(ids, decisions, number, decided, pair, side) for ids, decisions in parts if decisions]


def _decisions(turn: Turn, t: int, start: int, advantage: float | Sequence[float], weight: float) -> list[Decision]:
    """What was decided in a turn whose answer begins at ``start``."""
    entries = min(1, len(turn.ids)) if turn.choices else len(turn.ids)
    credit = list(advantage) if isinstance(advantage, Sequence) else [advantage] * entries
    if not len(turn.logp) == len(credit) == entries or len(turn.allowed) not in (0, len(turn.ids)):
        raise ValueError(
            f"turn {t} has {len(turn.ids)} ids: logp and advantages must have {entries} entries, and allowed none or "
            f"{len(turn.ids)}; they have {len(turn.logp)}, {len(credit)} and {len(turn.allowed)}"
        )
    if turn.choices and turn.ids:
        others = [list(candidate) for candidate in turn.choices]
        if list(turn.ids) not in others or not all(others):
            raise ValueError(f"turn {t}: the ids {list(turn.ids)} are none of its choices, or a choice is empty")
        others.remove(list(turn.ids))
        return [Decision(start, len(turn.ids), t, turn.logp[0], credit[0], weight, (), others)]
    # A token that a constraint left no choice about was not decided either.
    forced = {*turn.forced, *(j for j, allowed in enumerate(turn.allowed) if len(allowed) == 1)}
    free: list[Sequence[int]] = [()] * len(turn.ids)
    return [
        Decision(start + j, 1, t, logp, A, weight, allowed)
        for j, (logp, A, allowed) in enumerate(zip(turn.logp, credit, turn.allowed or free, strict=True))
        if j not in forced
    ]
