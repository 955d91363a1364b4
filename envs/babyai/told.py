"""What actions do, in words."""

from __future__ import annotations

from functools import cache
from typing import Any

from scoutgym.envs.babyai.paths import DONE, DROP, FORWARD, LEFT, PICK_UP, RIGHT, TOGGLE, is_door, is_loose
from scoutgym.envs.babyai.sight import a

WORDS = {
    LEFT: "turn left",
    RIGHT: "turn right",
    FORWARD: "go forward",
    PICK_UP: "pick up",
    DROP: "drop",
    TOGGLE: "toggle",
    DONE: "done",
}
ABOUT = {
    FORWARD: "one step",
    PICK_UP: "the thing in front of you",
    DROP: "what you carry, in front of you",
    TOGGLE: "open or close the door in front of you, or open the box there",
    DONE: "say that the mission is done",
}
COLORS = ("red", "green", "blue", "purple", "yellow", "grey")
KINDS = ("ball", "box", "key", "door")
THINGS = (*(f"{color} {kind}" for kind in KINDS for color in COLORS), "green goal")


@cache
def plain(thing: str) -> str:
    """A thing's name without the state of a door."""
    return thing.split(" ", 1)[1] if is_door(thing) else thing


def walks(numbers: list[int]) -> str:
    """Steps as words, equal ones together: "go forward x 2, turn left"."""
    parts: list[list[Any]] = []
    for number in numbers:
        if parts and parts[-1][0] == number:
            parts[-1][1] += 1
        else:
            parts.append([number, 1])
    return ", ".join(WORDS[number] + (f" x {count}" if count > 1 else "") for number, count in parts)


def outcome(number: int, still: bool, before: str, after: str, carried: str, carrying: str) -> str:
    """What an action did, where it is not plain to see."""
    if number == FORWARD:
        if not still:
            return "You step into lava." if before == "lava" else ""
        blocking = after or before
        return f"{a(blocking).capitalize()} is in the way." if blocking else ""
    if number == PICK_UP:
        if carrying != carried:
            return f"You pick up the {carrying}."
        if not is_loose(before):
            return "There is nothing in front of you to pick up."
        return f"You already carry {a(carried)}." if carried else f"The {before} cannot be picked up."
    if number == DROP:
        if carrying != carried:
            return f"You drop the {carried}."
        return "There is no room in front of you to drop it." if carried else "You carry nothing."
    if number == TOGGLE:
        return _toggled(before, after)
    return ""


def _toggled(before: str, after: str) -> str:
    if is_door(before):
        door = plain(before)
        if before == after:
            return f"The {door} is locked. You need a {door.split()[0]} key."
        if before.startswith("locked"):
            return f"You unlock and open the {door}."
        return f"You {'open' if after.startswith('open') else 'close'} the {door}."
    if before.endswith(" box"):
        return f"You open the {before}. {f'There is {a(after)} inside' if after else 'It is empty'}."
    return "There is nothing in front of you to toggle."
