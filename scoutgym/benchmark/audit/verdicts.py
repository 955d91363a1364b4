"""The verdicts of a judge on many episodes: by themselves, or among those of their task where it compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from scoutgym.types import Episode, Group
from scoutgym.wrappers.judges.core import Judge, Score

BATCH = 64
"""Groups that are judged at once."""

Advance = Callable[[int], None]
"""Is told how many more episodes were judged."""


def together(judge: Judge, episodes: Sequence[Episode]) -> list[list[int]]:
    """The places of the episodes that are judged as one group: those of one task, or each alone."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, episode in enumerate(episodes):
        places[episode.task.hash if judge.compares else str(place)].append(place)
    return list(places.values())


def judged(judge: Judge, groups: Sequence[Sequence[Episode]], advance: Advance) -> list[list[Score]]:
    """The scores of groups, each of one task.

    Raises:
        ChatError: the judge's model cannot be used at all.
    """
    found: list[list[Score]] = []
    for start in range(0, len(groups), BATCH):
        some = groups[start : start + BATCH]
        found += judge.score([Group(members[0].task, list(members)) for members in some])
        advance(sum(map(len, some)))
    return found


def scored(judge: Judge, episodes: Sequence[Episode], advance: Advance) -> list[Score]:
    """The scores, in the order of the episodes.

    Raises:
        ChatError: the judge's model cannot be used at all.
    """
    places = together(judge, episodes)
    scores = judged(judge, [[episodes[place] for place in members] for members in places], advance)
    found = {
        place: one
        for members, some in zip(places, scores, strict=True)
        for place, one in zip(members, some, strict=True)
    }
    return [found[place] for place in range(len(episodes))]
