"""The actions that make sense now: what a list of allowed actions shows, and what random play draws from."""

from __future__ import annotations

from scoutgym.envs.grammar import Action
from scoutgym.envs.minihack.engine.forms import AIMS, Commands
from scoutgym.envs.minihack.engine.glyphs import BARRIER, CLOSED_DOOR, DOORWAY, MASSED, OPEN_DOOR, WALL
from scoutgym.envs.minihack.engine.seen import STEPS, Seen

WEAPON, ARMOR, RING, AMULET, TOOL, FOOD, POTION, SCROLL, BOOK, WAND = 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""NetHack's classes of objects."""

USES = {
    "drop item": range(1, 18),
    "eat item": (FOOD,),
    "quaff item": (POTION,),
    "read item": (SCROLL, BOOK),
    "wear item": (ARMOR,),
    "take off item": (ARMOR,),
    "put on item": (RING, AMULET, TOOL),
    "remove item": (RING, AMULET, TOOL),
    "wield item": (WEAPON, TOOL),
    "zap item": (WAND,),
    "zap item at aim": (WAND,),
    "throw item at aim": (WEAPON,),
    "apply item": (TOOL,),
    "apply item at aim": (TOOL,),
    "quiver item": (WEAPON,),
    "rub item": (TOOL,),
    "invoke item": (TOOL, WEAPON),
}
"""Which classes a command is for."""

HIDDEN = ("inventory", "statistics", "look")
"""Commands that only tell."""


def choices(language: Commands, seen: Seen) -> list[Action]:
    """Moves that no wall bars, walks to what is in view, and what can be done with what is carried or near."""
    found: list[Action] = []
    around = {way: seen.kind(seen.x + dx, seen.y + dy) for way, (dx, dy) in STEPS.items()}
    open_ways = [way for way, kind in around.items() if kind not in (WALL, BARRIER)]
    doors = [way for way, kind in around.items() if kind in (CLOSED_DOOR, OPEN_DOOR, DOORWAY)]
    straight = [way for way in AIMS if way in around]
    for form in language.forms:
        name = form.name
        if name in HIDDEN:
            continue
        if name in ("go direction", "go far direction"):
            found += [(name, way) for way in open_ways]
        elif name == "travel to target":
            walks = dict.fromkeys(t.name.lower() for t in seen.things if t.kind not in MASSED and seen.path((t.x, t.y)))
            found += [(name, form.fields[0].read(thing)) for thing in list(walks)[:20]]
        elif form.slots == ["direction"]:
            near = doors if name in ("open direction", "close direction", "kick direction") else open_ways
            found += [(name, way) for way in near]
        elif name in USES:
            letters = [letter for letter, kind in seen.classes.items() if kind in USES[name]]
            if len(form.slots) == 2:
                found += [(name, letter, way) for letter in letters for way in straight]
            else:
                found += [(name, letter) for letter in letters]
        elif not form.slots:
            found.append((name,))
    return found
