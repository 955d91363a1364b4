"""From an address to an instance: splits, item streams, and the key of an episode's luck.

Item ``i`` of a split is a pure function of (id, split, i, params) through hashed streams, never of ``seed + i``:
neighbouring items and seeds share nothing. Where a world holds its secrets out, a hash of the secret alone decides its
split, and an item is redrawn until its secret lies in the split that asks for it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import State, World
from scoutgym.types import Task, digest

SPLITS = ("train", "dev", "test")
SEALED = "sealed:"
SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}
"""The part of the secrets that each split holds."""

ATTEMPTS = 10_000
"""Draws after which a split is called empty: at a share of 0.1 the chance of as many misses is below 1e-450."""


def part(split: str) -> str:
    """The part of the secrets that a split draws from: a sealed split draws from the test part.

    Raises:
        ValueError: there is no such split.
    """
    if split in SPLITS:
        return split
    if split.startswith(SEALED) and len(split) > len(SEALED):
        return "test"
    raise ValueError(
        f"unknown split {split!r}{nearest(split, SPLITS)}; the splits are {', '.join(SPLITS)}, sealed:<salt>"
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the nearest right name, where one is near."""
    found = difflib.get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def split_of(world: World[Any], secret: Any) -> str:
    """The split that holds a secret, by its hash alone: parameters and surface do not move it."""
    share = int.from_bytes(digest("split", world.spec.id, secret, size=8), "big") / 2**64
    for split, size in SHARES.items():
        share -= size
        if share < 0:
            return split
    return "test"


def dealt(world: World[Any], task: Task, secrets: Callable[[], Iterable[str]]) -> str:
    """The secret of a task, dealt from all ``secrets``: for a world whose secrets can be listed.

    Item ``i`` of a split is the ``i``-th of its secrets in random order: tasks differ until the split is used up.
    """
    cards = world.decks.get(task.split)
    if cards is None:
        mine = part(task.split)
        cards = [secret for secret in secrets() if split_of(world, secret) == mine]
        Chance(digest(world.spec.id, task.split, world.given)).shuffle(cards)
        world.decks[task.split] = cards
    return cards[task.index % len(cards)]


def check_task(world: World[Any], task: Task) -> None:
    """Refuse an address that the world does not have.

    Raises:
        ValueError: another world's task, an unknown split, an index outside the split, or a goal it cannot take.
    """
    if task.env_id != world.spec.id:
        raise ValueError(f"this is a task of {task.env_id}, but the world is {world.spec.id}")
    count = world.counts[part(task.split)]
    if not 0 <= task.index < count:
        raise ValueError(f"{task.env_id} has no {task.split} task {task.index}: the indices are 0 to {count - 1}")
    if task.goal is not None:
        raise ValueError(f"{task.env_id} takes no goal of its own: leave goal out")


def begin(world: World[Any], task: Task, recorded: list[str]) -> tuple[State, Chance]:
    """The first state of a task, and the chance that made it; ``recorded`` are outside replies to read back.

    Raises:
        ValueError: the address is wrong, or the split has no secret for it.
    """
    check_task(world, task)
    if world.holdout != "secret":
        chance = Chance(task.instance)
        chance.recorded = recorded
        return world.start(task, chance), chance
    wanted = part(task.split)
    for attempt in range(ATTEMPTS):
        chance = Chance(blake2b(b"%d" % attempt, digest_size=16, key=task.instance).digest())
        chance.recorded = recorded
        state = world.start(task, chance)
        if split_of(world, world.hidden_key(state)) == wanted:
            return state, chance
    raise ValueError(
        f"{task.env_id} with {dict(task.params)} has no secret for the split {task.split!r}: it has too few"
    )


def luck_key(task: Task, luck: int) -> bytes:
    """The key of an episode's draws: equal for equal task and luck, independent otherwise."""
    return blake2b(b"luck %d" % luck, digest_size=16, key=task.instance).digest()
