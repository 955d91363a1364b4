"""A moment of NetHack in words, made for a language model: what is said, where things are, what has changed."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from scoutgym.envs.minihack.engine.glyphs import (
    BARRIER,
    BOULDER,
    CLOSED_DOOR,
    DOORWAY,
    EFFECT,
    FEATURE,
    FLOOR,
    FREE,
    ICE,
    LAVA,
    MASSED,
    MONSTER,
    OBJECT,
    OPEN_DOOR,
    PET,
    STAIRS,
    TRAP,
    UNSEEN,
    WALL,
    WATER,
)
from scoutgym.envs.minihack.engine.seen import COLUMNS, ROWS, STEPS, Seen, Thing

ORDER = (MONSTER, PET, STAIRS, CLOSED_DOOR, OPEN_DOOR, DOORWAY, OBJECT, FEATURE, TRAP, BOULDER, BARRIER, ICE, WATER)
RANK = {kind: place for place, kind in enumerate((*ORDER, LAVA, EFFECT))}
"""What is told first."""

MOST = 24
"""Things told of in one turn."""

_WAYS = [(name, dx + dy * COLUMNS, dx and dy) for name, (dx, dy) in STEPS.items()]
_NAMES = {UNSEEN: "unknown", WALL: "wall", FLOOR: "floor"}


@lru_cache(maxsize=20_000)
def where(dx: int, dy: int) -> str:
    """A place relative to the player: "2 east, 4 north"."""
    parts = []
    if dx:
        parts.append(f"{abs(dx)} {'east' if dx > 0 else 'west'}")
    if dy:
        parts.append(f"{abs(dy)} {'south' if dy > 0 else 'north'}")
    return ", ".join(parts) or "here"


def ways(seen: Seen) -> str:
    """How far each of the eight ways is free, and what ends it."""
    names = {thing.y * COLUMNS + thing.x: thing.name for thing in seen.things}
    kinds, ground = seen.kinds, seen.map
    here = seen.y * COLUMNS + seen.x
    in_door = ground[here] == OPEN_DOOR
    free: list[str] = []
    shut: dict[str, list[str]] = {}
    for way, step, diagonal in _WAYS:
        place, count = here, 0
        while True:
            place += step
            x = place % COLUMNS
            kind = kinds[place] if 0 <= place < ROWS * COLUMNS and 0 < x < COLUMNS else UNSEEN
            if kind not in FREE or (diagonal and (in_door or kind == OPEN_DOOR)):
                break
            count += 1
        end = names.get(place) or _NAMES.get(kind, "something")
        if diagonal and (in_door or kind == OPEN_DOOR) and kind in FREE:
            end = "no diagonal step through a door"
        if count:
            free.append(f"{way} {count} (then {end})")
        else:
            shut.setdefault(end, []).append(way)
    text = f"Free: {', '.join(free)}." if free else "Free: nothing."
    if shut:
        ends = [f"{end} {', '.join(found)}" for end, found in shut.items()]
        text += f" Blocked: {'; '.join(ends)}."
    return text


def in_view(seen: Seen) -> str:
    """Everything worth a word, monsters first, then by distance."""
    return "; ".join(f"{name} {place}" for name, place in _told(seen)) or "nothing special"


def edges(seen: Seen) -> str:
    """Where the seen part of the map ends; empty where it ends nowhere."""
    return "; ".join(where(x - seen.x, y - seen.y) for x, y in seen.edges)


def _told(seen: Seen) -> list[tuple[str, str]]:
    x, y = seen.x, seen.y

    def order(thing: Thing) -> tuple[int, int, int, int]:
        dx, dy = abs(thing.x - x), abs(thing.y - y)
        return RANK[thing.kind], dx if dx > dy else dy, thing.y, thing.x

    found, masses = [], Counter(thing.name for thing in seen.things if thing.kind in MASSED)
    for thing in sorted(seen.things, key=order):
        place = where(thing.x - x, thing.y - y)
        if thing.kind in MASSED:
            count = masses.pop(thing.name, 0)
            if not count:
                continue
            if count > 1:
                found.append((thing.name, f"({count} squares, nearest {place})"))
                continue
        found.append((thing.name, place))
    if len(found) > MOST:
        return [*found[:MOST], (f"and {len(found) - MOST} more", "farther away")]
    return found


def health(seen: Seen) -> str:
    """Where the player stands and how it is."""
    now, most = seen.health
    more = "".join(f", {word}" for word in seen.conditions)
    text = f"You are at column {seen.x}, row {seen.y}. HP {now} of {most}{more}."
    return f"{text} You stand on: {seen.below}." if seen.below else text


def statistics(seen: Seen) -> str:
    """All the numbers of the bottom lines."""
    s = seen.stats
    strength = f"{s[3]}" if s[2] <= 18 else f"18/{s[2] - 18:02d}" if s[2] <= 118 else f"{s[2] - 100}"
    return (
        f"Experience level {s[18]} ({s[19]} points), armor class {s[16]}, power {s[14]} of {s[15]}, gold {s[13]}, "
        f"dungeon level {s[12]}, game turn {s[20]}. Strength {strength}, dexterity {s[4]}, constitution {s[5]}, "
        f"intelligence {s[6]}, wisdom {s[7]}, charisma {s[8]}."
    )


def belongings(seen: Seen) -> str:
    """The inventory with its letters."""
    items = "; ".join(f"{letter} - {name}" for letter, name in seen.inventory.items())
    return f"Inventory: {items or 'empty'}."


def changes(seen: Seen, before: Seen) -> str:
    """What is not as it was a turn ago, beside where things are; empty where nothing is."""
    found = []
    for name, old, new in (
        ("HP", before.stats[10], seen.stats[10]),
        ("experience level", before.stats[18], seen.stats[18]),
        ("armor class", before.stats[16], seen.stats[16]),
        ("gold", before.stats[13], seen.stats[13]),
        ("power", before.stats[14], seen.stats[14]),
        ("dungeon level", before.stats[12], seen.stats[12]),
    ):
        if old != new:
            found.append(f"{name} {old} to {new}")
    if before.dungeon == seen.dungeon:
        if seen.glyphs is not before.glyphs:
            squares = before.map.count(UNSEEN) - seen.map.count(UNSEEN)
            if squares > 0:
                found.append(f"{squares} new square{'s' if squares > 1 else ''} seen")
        old_things, new_things = _counts(before, seen), _counts(seen, before)
        if old_things != new_things:
            found += [f"new: {_many(name, n)}" for name, n in (new_things - old_things).items()]
            found += [f"gone: {_many(name, n)}" for name, n in (old_things - new_things).items()]
    if seen.inventory is not before.inventory:
        found += [f"inventory + {k} - {v}" for k, v in seen.inventory.items() if before.inventory.get(k) != v]
        found += [f"inventory without {k} - {v}" for k, v in before.inventory.items() if k not in seen.inventory]
    return "; ".join(found)


def _counts(seen: Seen, other: Seen) -> Counter[str]:
    """Things by name, without what only hides under the player's feet in one of the two moments."""
    feet = {(seen.x, seen.y), (other.x, other.y)}
    return Counter(
        t.name for t in seen.things if t.kind not in MASSED and ((t.x, t.y) not in feet or t.kind in (MONSTER, PET))
    )


def _many(name: str, count: int) -> str:
    return name if count == 1 else f"{name} ({count})"


def drawn(seen: Seen) -> str:
    """The map in NetHack's own signs, as far as it is seen."""
    rows = [row.tobytes().decode("latin-1") for row in seen.chars]
    used = [place for place, row in enumerate(rows) if row.strip()]
    if not used:
        return ""
    rows = rows[used[0] : used[-1] + 1]
    left = min(len(row) - len(row.lstrip()) for row in rows if row.strip())
    return "\n".join(row[left:].rstrip() for row in rows)
