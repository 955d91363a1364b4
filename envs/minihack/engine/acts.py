"""From an action of the grammar to keys: prompts are answered in the same turn, walks stop when something happens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoutgym.envs.grammar import Action
from scoutgym.envs.minihack.engine.forms import AIMS, BY_NAME, KEYS, PLACE, Command
from scoutgym.envs.minihack.engine.game import ENTER, ESCAPE, Game
from scoutgym.envs.minihack.engine.glyphs import CLOSED_DOOR, MONSTER
from scoutgym.envs.minihack.engine.seen import STEPS, Cell, Seen
from scoutgym.envs.minihack.engine.words import belongings, statistics

QUESTIONS = 30
"""Questions in a row after which a command is given up."""

PASSED = ("You see here", "There is", "There are", "You see no objects", "Several")
"""What is said of places one walks over: no reason to stop."""

FARTHEST = 400
"""Steps of one walk."""


class Impossible(Exception):
    """The action is understood, but cannot be done now; no time has passed."""


@dataclass
class Done:
    """What an action did: what was said, and the moment after it."""

    text: str
    seen: Seen


def perform(game: Game, seen: Seen, action: Action) -> Done:
    """Do an action.

    Raises:
        Impossible: it cannot be done now; the message tells why.
    """
    name, *values = action
    game.said.clear()
    if name == "inventory":
        return Done(belongings(seen), seen)
    if name == "statistics":
        return Done(statistics(seen), seen)
    if name == "travel to target":
        return _travel(game, seen, values[0])
    if name in ("go direction", "go far direction"):
        key = KEYS[values[0]] - (32 if "far" in name else 0)
        _press(game, seen, Command(name, "", key), {})
    else:
        command = BY_NAME[name]
        slots = re.findall(r"\{(\w+)\}", command.template)
        _press(game, seen, command, dict(zip(slots, values, strict=True)))
    return Done(spoken(game), after(game, seen))


def after(game: Game, seen: Seen) -> Seen:
    """The moment after; where the game is over, its screen shows nothing to see, and the last moment stays."""
    return seen if game.over and not game.won else Seen(game, seen)


def spoken(game: Game) -> str:
    """What was said, each thing once."""
    return " ".join(dict.fromkeys(game.said))


def _press(game: Game, seen: Seen, command: Command, given: dict[str, object]) -> None:
    """Press a command's key and answer what it asks."""
    items = [_letter(seen, str(given[slot])) for slot in ("item", "other") if slot in given]
    named = str(given.get("item", ""))
    aim = AIMS.get(str(given.get("direction", given.get("aim", ""))))
    if "turns" in given:
        for digit in str(given["turns"]):
            game.press(ord(digit))
    if command.key == ord("F"):
        game.press(command.key)
    game.said.clear()  # a prefix leaves the words of the turn before
    game.press(aim or ESCAPE if command.key == ord("F") else command.key)
    for _ in range(QUESTIONS):
        if game.over:
            return
        if game.shows_menu:
            _choose(game, command, named, items)
        elif game.wants_text:
            _write(game, str(given.get("words", "")))
        elif question := game.question:
            game.said.pop()
            answer, told = _answer(question, command, named, items, aim, seen)
            before = len(game.said)
            game.press(answer)
            game.said[before:] = [said for said in game.said[before:] if not said.startswith(question)]
            if told:
                game.said[before:] = [said for said in game.said[before:] if said != "Never mind."]
                game.said.append(told)
        else:
            return
    _escape(game)


def _answer(
    question: str, command: Command, named: str, items: list[str], aim: int | None, seen: Seen
) -> tuple[int, str]:
    """The key that answers a question, and what is to be told of it."""
    if "ring-finger" in question:
        return ord("r"), ""
    if "direction" in question and "?" in question:
        if aim is None:
            return ESCAPE, "It needs a direction: add one, as in `zap a at north`."
        return aim, ""
    if question.startswith(("What do you want to", "Which", "Dip it")):  # its letters may hold a y and an n
        if command.key == ord("E"):
            return ord("-"), ""
        letter = items.pop(0) if items else ""
        if letter in seen.inventory or letter == "$":
            return ord(letter), ""
        return ESCAPE, f"You carry no {letter}." if letter else ""
    if re.search(r"\[[^\]]*y[^\]]*n[^\]]*\]", question):
        if (command.yes and re.search(command.yes, question)) or _lies_here(question, named):
            return ord("y"), ""
        if "here" in question and re.search(r"; (eat|quaff|drink|sacrifice|read)|[Dd]rink from", question):
            return ord("n"), ""
        if "pray" in question or "attack" in question:
            return ord("n"), f"({question.split('?')[0]}? You do not; `fight` does.)"
        return ESCAPE, f"({question.split('?')[0]}? You answer no.)"
    return ESCAPE, ""


def _lies_here(question: str, named: str) -> bool:
    """Whether a question ("There is an apple here; eat it?") is of what was named."""
    return len(named) > 1 and named in question.lower()


def _letter(seen: Seen, item: str) -> str:
    """The letter of a thing that is carried; the name where nothing is called so (it may lie here)."""
    if len(item) == 1:
        return item
    for letter, name in seen.inventory.items():
        if item in name.lower():
            return letter
    return item


def _choose(game: Game, command: Command, named: str, items: list[str]) -> None:
    """Choose from a menu: everything when picking up, what is named, or the spell of a letter."""
    for _ in range(QUESTIONS):
        if game.over or not game.shows_menu:
            return
        lines, _ = game.window()
        if command.key == ord(","):
            wanted = [line[0] for line in lines if line[1:4] == " - " and named in line.lower()]
            if not named:
                game.press(ord(","))
            elif wanted:
                game.press(ord(wanted[0]))
            else:
                game.said.append(f"There is no {named} here.")
                game.press(ESCAPE)
                return
            if not game.over and game.shows_menu:
                game.press(ENTER)
        elif command.key == ord("Z") and items and len(items[0]) == 1:
            game.press(ord(items.pop(0)))
        elif command.key == BY_NAME["enhance"].key and (first := [line[0] for line in lines if line[1:4] == " - "]):
            game.press(ord(first[0]))
        else:
            game.say(", ".join(lines))
            game.press(ESCAPE)


def _write(game: Game, words: str) -> None:
    if game.said:
        game.said.pop()
    if not words:
        game.press(ESCAPE)
        return
    before = len(game.said)
    for letter in words:
        game.press(ord(letter))
    del game.said[before:]
    game.press(ENTER)


def _escape(game: Game) -> None:
    for _ in range(5):
        if game.over or not (game.shows_menu or game.wants_text or game.inside[1]):
            return
        game.press(ESCAPE)


# Walks.


def find(seen: Seen, target: str) -> list[Cell]:
    """The places that a target may mean, nearest first.

    Raises:
        Impossible: nothing in view is called so.
    """
    place = PLACE.fullmatch(target)
    if place:
        dx = dy = 0
        for count, way in (place.groups()[:2], place.groups()[2:]):
            if count:
                dx += int(count) * STEPS[way][0]
                dy += int(count) * STEPS[way][1]
        return [(seen.x + dx, seen.y + dy)]
    things = [thing for thing in seen.things if target == thing.name.lower()]
    things = things or [thing for thing in seen.things if target in thing.name.lower()]
    if not things:
        raise Impossible(f"there is no {target} in view")
    return [(t.x, t.y) for t in sorted(things, key=lambda t: (max(abs(t.x - seen.x), abs(t.y - seen.y)), t.y, t.x))]


def _travel(game: Game, seen: Seen, target: str) -> Done:
    """Walk the shortest way over what is seen; look around after each step, and stop when something happens."""
    cells = find(seen, target)
    ways = [(way, cell) for cell in cells[:8] if (way := seen.path(cell)) is not None]
    if not ways:
        raise Impossible(f"no way there is known: {target}")
    way, goal = min(ways, key=lambda pair: len(pair[0]))
    if not way:
        return Done("You are there already." if (seen.x, seen.y) == goal else "It is next to you already.", seen)
    start, met = seen, {(thing.name) for thing in seen.enemies()}
    chases = seen.kind(*goal) == MONSTER
    for number, cell in enumerate(way[:FARTHEST], 1):
        step = (cell[0] - seen.x, cell[1] - seen.y)
        key = next(KEYS[name] for name, change in STEPS.items() if change == step)
        _press(game, seen, Command("go direction", "", key), {})
        if game.over:
            return Done(_walked(game, number, ""), after(game, seen))
        before, seen = seen, Seen(game, seen)
        if (seen.x, seen.y) != cell or seen.dungeon != start.dungeon:
            return Done(_walked(game, number, "You did not get on as you meant to."), seen)
        if number == len(way):
            break
        if any(not said.startswith(PASSED) for said in game.said):
            return Done(_walked(game, number, "You stop."), seen)
        if seen.health[0] < before.health[0]:
            return Done(_walked(game, number, "You are hurt and stop."), seen)
        new = {thing.name for thing in seen.enemies()} - met
        if new and not chases:
            return Done(_walked(game, number, "Something comes into view; you stop."), seen)
        if seen.conditions != before.conditions:
            return Done(_walked(game, number, "You feel different and stop."), seen)
    arrived = "You stand before it." if (seen.x, seen.y) != goal else "You are there."
    if seen.kind(*goal) == CLOSED_DOOR:
        arrived = "You stand before the door."
    return Done(_walked(game, len(way), arrived), seen)


def _walked(game: Game, steps: int, end: str) -> str:
    said = spoken(game)
    return " ".join(part for part in (f"You walk {steps} step{'s' if steps > 1 else ''}.", said, end) if part)
