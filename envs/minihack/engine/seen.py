"""What a player of NetHack has before its eyes at one moment: the map as far as it is seen, things, belongings, health.

All of it is copied out of the engine's buffers, so it stays as it is while the game goes on.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.minihack.engine.game import Game
from scoutgym.envs.minihack.engine.glyphs import (
    CLOSED_DOOR,
    DOORWAY,
    FEATURE,
    FREE,
    MONSTER,
    OPEN_DOOR,
    PET,
    STAIRS,
    UNSEEN,
    kinds,
    moving,
    told,
    walkable,
)

ROWS, COLUMNS = 21, 79

STEPS = {
    "north": (0, -1),
    "northeast": (1, -1),
    "east": (1, 0),
    "southeast": (1, 1),
    "south": (0, 1),
    "southwest": (-1, 1),
    "west": (-1, 0),
    "northwest": (-1, -1),
}
"""The eight ways, each as a change of column and row."""

Cell = tuple[int, int]
"""Column and row, as NetHack counts them."""

CONDITIONS = (
    ("turning to stone", "BL_MASK_STONE"),
    ("turning to slime", "BL_MASK_SLIME"),
    ("being strangled", "BL_MASK_STRNGL"),
    ("food poisoning", "BL_MASK_FOODPOIS"),
    ("terminally ill", "BL_MASK_TERMILL"),
    ("blind", "BL_MASK_BLIND"),
    ("deaf", "BL_MASK_DEAF"),
    ("stunned", "BL_MASK_STUN"),
    ("confused", "BL_MASK_CONF"),
    ("hallucinating", "BL_MASK_HALLU"),
    ("levitating", "BL_MASK_LEV"),
    ("flying", "BL_MASK_FLY"),
    ("riding", "BL_MASK_RIDE"),
)
HUNGER = ("satiated", "", "hungry", "weak from hunger", "fainting", "fainted", "starved")
LOAD = ("", "burdened", "stressed", "strained", "overtaxed", "overloaded")

STANDING = (DOORWAY, OPEN_DOOR, STAIRS, FEATURE)
"""What stays where it is when one stands on it."""

_NAMES: dict[tuple[int, bytes], str] = {}


class Thing(NamedTuple):
    """Something worth a word: what it is called, where it lies, and of which kind it is."""

    name: str
    x: int
    y: int
    kind: int


class Seen:
    """One moment of a game.

    Args:
        game: the engine, waiting for a command.
        before: the moment before, for what lies under monsters.
    """

    def __init__(self, game: Game, before: Seen | None = None) -> None:
        self.stats: list[int] = game.stats.tolist()
        self.x, self.y = self.stats[0], self.stats[1]
        self.glyphs: NDArray[np.int16] = game.glyphs.copy()
        self.dungeon = (self.stats[23], self.stats[24])
        same = before is not None and before.dungeon == self.dungeon
        ground = self.glyphs
        hidden = moving()[ground]
        if hidden.any():
            below = before.ground if before is not None and same else np.zeros_like(ground) + _floor()
            ground = np.where(hidden, below, ground)
        self.ground: NDArray[np.int16] = ground
        """The map without those who move: the last that was seen in each place."""
        self.kinds: bytes = kinds()[self.glyphs].tobytes()
        self.grid: NDArray[np.uint8] = kinds()[ground]
        self.map: bytes = self.grid.tobytes()
        self.things = self._things(game)
        self.near: NDArray[np.bool_] = before.near.copy() if before is not None and same else np.zeros_like(hidden)
        """Where the player has stood, and next to it: what could be seen there has been seen."""
        self.near[max(self.y - 1, 0) : self.y + 2, max(self.x - 1, 0) : self.x + 2] = True
        self.below = self._below(before if same else None)
        """What the player stands on, where that was seen before: a door, stairs, an altar."""
        self.inventory = self._inventory(game, before)
        self.chars: NDArray[np.uint8] = game.chars.copy()
        self.colors: NDArray[np.uint8] = game.colors.copy()

    def _things(self, game: Game) -> list[Thing]:
        found = []
        here = self.y * COLUMNS + self.x
        flat, texts = self.glyphs.reshape(-1), game.described.reshape(-1, game.described.shape[-1])
        for place in np.flatnonzero(told()[flat]).tolist():
            if place == here:
                continue
            text = texts[place].tobytes()
            key = (int(flat[place]), text)
            name = _NAMES.get(key)
            if name is None:
                if len(_NAMES) > 20_000:
                    _NAMES.clear()
                name = _NAMES[key] = _named(text, self.kinds[place])
            found.append(Thing(name, place % COLUMNS, place // COLUMNS, self.kinds[place]))
        return found

    def _below(self, before: Seen | None) -> str:
        if before is None or self.map[self.y * COLUMNS + self.x] not in STANDING:
            return ""
        if (before.x, before.y) == (self.x, self.y):
            return before.below
        return next((thing.name for thing in before.things if (thing.x, thing.y) == (self.x, self.y)), "")

    def _inventory(self, game: Game, before: Seen | None) -> dict[str, str]:
        raw = (game.letters.tobytes(), game.classes.tobytes(), game.items.tobytes())
        self._raw = raw
        if before is not None and before._raw == raw:
            self.classes: dict[str, int] = before.classes
            return before.inventory
        letters = raw[0].split(b"\0", 1)[0].decode("latin-1")
        self.classes = dict(zip(letters, raw[1], strict=False))
        rows = game.items[: len(letters)]
        return {
            letter: row.tobytes().split(b"\0", 1)[0].decode("latin-1")
            for letter, row in zip(letters, rows, strict=True)
        }

    def kind(self, x: int, y: int) -> int:
        """The kind of a place of the map; beyond its edge nothing is ever seen."""
        if 0 <= x < COLUMNS and 0 <= y < ROWS:
            return self.kinds[y * COLUMNS + x]
        return UNSEEN

    @property
    def health(self) -> tuple[int, int]:
        """Hit points, now and at most."""
        return self.stats[10], self.stats[11]

    @cached_property
    def conditions(self) -> list[str]:
        """What ails or carries the player, in words."""
        mask = self.stats[25]
        words = [name for name, bit in _bits() if mask & bit] if mask else []
        hunger, load = self.stats[21], self.stats[22]
        return [word for word in (*words, HUNGER[hunger], LOAD[load]) if word]

    def free(self, x: int, y: int) -> bool:
        """Whether one can walk there, as far as is seen, and nobody is in the way."""
        return self.kind(x, y) in FREE or (self.kind(x, y) == PET and self.map[y * COLUMNS + x] in FREE)

    def steps(self, x: int, y: int) -> list[Cell]:
        """The places that one step leads to from a place: diagonal steps avoid doors, as NetHack has it."""
        found = []
        door = self.map[y * COLUMNS + x] == OPEN_DOOR
        for dx, dy in STEPS.values():
            cell = (x + dx, y + dy)
            if not self.free(*cell):
                continue
            if dx and dy and (door or self.map[cell[1] * COLUMNS + cell[0]] == OPEN_DOOR):
                continue
            found.append(cell)
        return found

    def path(self, target: Cell) -> list[Cell] | None:
        """A shortest way over places that are seen and free, without the place one stands on.

        Where the target itself cannot be walked on (a door, a monster), the way leads next to it, and next to a closed
        door in a straight line. None where there is no way.
        """
        end: Cell | None = target
        if not self.free(*target) and target != (self.x, self.y):
            straight = self.kind(*target) == CLOSED_DOOR
            end = next((cell for cell in self.reach if _touches(cell, target, straight)), None)
        if end is None or end not in self.reach:
            return None
        way = []
        while end != self.reach[end]:
            way.append(end)
            end = self.reach[end]
        return way[::-1]

    @cached_property
    def reach(self) -> dict[Cell, Cell]:
        """Every place that one can walk to over what is seen, with the place before it (breadth-first)."""
        start = (self.x, self.y)
        came: dict[Cell, Cell] = {start: start}
        wave = deque([start])
        while wave:
            cell = wave.popleft()
            for step in self.steps(*cell):
                if step not in came:
                    came[step] = cell
                    wave.append(step)
        return came

    @cached_property
    def edges(self) -> list[Cell]:
        """Where the seen part of the map ends: free places next to some that were never seen, nearest first.

        Of edges side by side the nearest stands for all.
        """
        unseen = (self.grid == UNSEEN) & ~self.near
        unseen[:, 0] = False  # NetHack has no column 0
        wide = unseen.copy()
        wide[:, 1:] |= unseen[:, :-1]
        wide[:, :-1] |= unseen[:, 1:]
        around = wide.copy()
        around[1:] |= wide[:-1]
        around[:-1] |= wide[1:]
        rows, columns = np.nonzero(around & walkable()[self.grid])
        if not len(rows):
            return []
        far = np.maximum(abs(rows - self.y), abs(columns - self.x))
        chosen: list[Cell] = []
        for place in np.lexsort((columns, rows, far))[:200].tolist():
            x, y = int(columns[place]), int(rows[place])
            if (x, y) != (self.x, self.y) and all(abs(x - a) > 2 or abs(y - b) > 2 for a, b in chosen):
                chosen.append((x, y))
                if len(chosen) == 5:
                    break
        return chosen

    def enemies(self) -> list[Thing]:
        """Monsters that are neither tame nor peaceful."""
        return [thing for thing in self.things if thing.kind == MONSTER and thing.name.startswith("hostile")]


def _named(text: bytes, kind: int) -> str:
    name = text.split(b"\0", 1)[0].decode("latin-1") or "something"
    return f"hostile {name}" if kind == MONSTER and not name.startswith(("peaceful", "remembered")) else name


def _touches(cell: Cell, target: Cell, straight: bool) -> bool:
    dx, dy = abs(cell[0] - target[0]), abs(cell[1] - target[1])
    return dx + dy == 1 if straight else max(dx, dy) == 1


def _floor() -> int:
    from nle import nethack

    return int(nethack.GLYPH_CMAP_OFF) + 19


def _bits() -> list[tuple[str, int]]:
    from nle import nethack

    return [(name, getattr(nethack, mask)) for name, mask in CONDITIONS]
