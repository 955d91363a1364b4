"""What a player can do in a story, and what the game answers: the rules of TextWorld's compiled games.

``allowed`` gives the commands that TextWorld's logic calls admissible. ``do`` answers any command as the compiled game
does (Inform 7 with TextWorld's additions), in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoutgym.envs.grammar import Action
from scoutgym.envs.textworld.engine.prose import series
from scoutgym.envs.textworld.engine.scene import Scene, joined
from scoutgym.envs.textworld.engine.story import CUTS, HANDS, HEAT, PLAYER, Fact, Story

UNSEEN = "You can't see any such thing."
FULL = "You're carrying too many things already."
CUTTING = {"slice": "sliced", "dice": "diced", "chop": "chopped"}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Cannot(Exception):
    """The player cannot do that; the message is the game's answer."""


def allowed(scene: Scene) -> list[Action]:
    """The admissible commands, in alphabetical order."""
    story, rules, here = scene.story, scene.story.rules, scene.place
    held = scene.contents(HANDS)
    room_for_more = scene.free != 0
    can: set[Action] = {("look",), ("inventory",)}
    things: list[str] = []
    for way, (_, door) in story.exits[here].items():
        if not door or scene.lids[door] == "open":
            can.add(("go", way))
    for door in story.doors[here]:
        if "examine/d" in rules:
            things.append(door)
        _lids(scene, door, held, can)
    for thing in scene.contents(here):
        kind, name = story.kind[thing], story.name[thing]
        things.append(thing)
        if thing in scene.lids and "open/c" in rules:
            _lids(scene, thing, held, can)
        if kind == "supporter" or (kind == "container" and scene.lid(thing) == "open"):
            into = "put" if kind == "supporter" else "insert"
            for one in scene.contents(thing):
                things.append(one)
                if room_for_more:
                    can.add(("take from", story.name[one], name))
            if into in rules:
                can.update((into, story.name[one], name) for one in held)
        elif kind != "container" and room_for_more:
            can.add(("take", name))
        heat = HEAT.get(story.type[thing])
        if heat and f"cook/{story.type[thing]}/burned" in rules:
            can.update(("cook", story.name[one], name) for one in held if _can_cook(scene, one))
    for one in held:
        can.add(("drop", story.name[one]))
        if story.kind[one] == "food":
            _food(scene, one, held, can)
    if "hands" in rules:
        things += held
    can.update(("examine", story.name[one]) for one in things)
    if story.recipe and here == story.kitchen and story.meal not in scene.holder and _can_try(scene, held):
        can.add(("prepare",))
    return sorted(can)


def _lids(scene: Scene, thing: str, held: Sequence[str], can: set[Action]) -> None:
    """What can be done with a door or a lid."""
    story, name, lid = scene.story, scene.story.name[thing], scene.lids[thing]
    key = story.keys.get(thing, "")
    if lid == "open":
        can.add(("close", name))
    elif lid == "closed":
        can.add(("open", name))
        if key in held:
            can.add(("lock", name, story.name[key]))
    elif key in held:
        can.add(("unlock", name, story.name[key]))


def _food(scene: Scene, food: str, held: Sequence[str], can: set[Action]) -> None:
    """What can be done with food in the hands."""
    story, name, marks = scene.story, scene.story.name[food], scene.marks
    if "eat" in story.rules and ("edible" not in story.rules or ("edible", food) in marks):
        can.add(("eat", name))
    if "drink" in story.rules and ("drinkable", food) in marks:
        can.add(("drink", name))
    if ("uncut", food) in marks:
        tools = [story.name[one] for one in held if ("sharp", one) in marks]
        can.update((verb, name, tool) for verb in CUTTING if verb in story.rules for tool in tools)


def _can_cook(scene: Scene, thing: str) -> bool:
    marks = scene.marks
    if scene.story.kind[thing] != "food":
        return False
    return (
        ("raw", thing) in marks
        or {("needs_cooking", thing), ("inedible", thing)} <= marks
        or {("cooked", thing), ("edible", thing)} <= marks
    )


def _can_try(scene: Scene, held: Sequence[str]) -> bool:
    """TextWorld's logic has a rule for each number of ingredients: to have the first is enough to try."""
    return scene.story.first in held


# Answers.


def do(scene: Scene, action: Action) -> str:
    """Change the scene by a command and give the game's answer.

    Raises:
        Cannot: the game refuses; nothing has changed.
    """
    return VERBS[action[0]](scene, *action[1:])


def _find(scene: Scene, words: str, wanted: Callable[[str], bool] = lambda thing: True) -> str:
    """The thing in sight that the words mean; of several, those that are ``wanted``."""
    story, seen = scene.story, list(scene.visible())
    words = words.lower()
    found = [thing for thing in story.named.get(words, ()) if thing in seen]
    if not found:
        some = [set(story.worded.get(word, ())) for word in words.split() if word not in ("the", "of")]
        found = [thing for thing in seen if some and all(thing in one for one in some)]
    if not found:
        raise Cannot(UNSEEN)
    if len(found) > 1:
        found = [thing for thing in found if wanted(thing)] or found
    if len(found) > 1:
        names = [scene.named(thing, "the") for thing in found]
        raise Cannot(f"Which do you mean, {joined(names)}?")
    return found[0]


def _in_hands(scene: Scene, thing: str) -> None:
    if scene.holder.get(thing) == HANDS:
        return
    if scene.story.kind[thing] in ("container", "supporter", "door"):
        raise Cannot(f"The {scene.story.name[thing]} is fixed in place.")
    raise Cannot(f"You need to take {scene.named(thing, 'the', full=False)} first.")


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _look(scene: Scene) -> str:
    return scene.look()


def _inventory(scene: Scene) -> str:
    return scene.hands()


def _go(scene: Scene, way: str) -> str:
    to, door = scene.story.exits[scene.place].get(way, ("", ""))
    if not to:
        raise Cannot("You can't go that way.")
    if door and scene.lids[door] != "open":
        raise Cannot(f"You have to open the {scene.story.name[door]} first.")
    scene.place = to
    text = scene.look()
    scene.visited.add(to)
    return text


def _examine(scene: Scene, words: str) -> str:
    return scene.examine(_find(scene, words))


def _take(scene: Scene, words: str) -> str:
    held = scene.contents(HANDS)
    thing = _find(scene, words, lambda one: one not in held)
    here = scene.holder.get(thing, "")
    if here == HANDS:
        raise Cannot("You already have that.")
    if scene.story.kind[thing] in ("container", "supporter", "door"):
        raise Cannot("That's fixed in place.")
    if scene.free == 0:
        raise Cannot(FULL)
    scene.move(thing, HANDS)
    name = scene.named(thing, "the", full=False)
    if here == scene.place:
        return f"You pick up {name} from the ground."
    return f"You take {name} from {scene.named(here, 'the')}."


def _take_from(scene: Scene, words: str, place: str) -> str:
    where = _find(scene, place)
    thing = _find(scene, words, lambda one: scene.holder.get(one) == where)
    if scene.holder.get(thing) != where:
        raise Cannot("But it isn't there now.")
    return _take(scene, scene.story.name[thing])


def _drop(scene: Scene, words: str) -> str:
    held = scene.contents(HANDS)
    thing = _find(scene, words, lambda one: one in held)
    if thing not in held:
        here = scene.holder.get(thing, scene.place) == scene.place
        raise Cannot(f"{_cap(scene.named(thing, 'the'))} is already here." if here else "You haven't got that.")
    scene.move(thing, scene.place)
    return f"You drop {scene.named(thing, 'the', full=False)} on the ground."


def _put(scene: Scene, words: str, place: str) -> str:
    return _lay(scene, words, place, "supporter", "on")


def _insert(scene: Scene, words: str, place: str) -> str:
    return _lay(scene, words, place, "container", "into")


def _lay(scene: Scene, words: str, place: str, kind: str, how: str) -> str:
    held = scene.contents(HANDS)
    thing, where = _find(scene, words, lambda one: one in held), _find(scene, place)
    _in_hands(scene, thing)
    if scene.story.kind[where] != kind:
        if kind == "container":
            raise Cannot("That can't contain things.")
        raise Cannot(f"Putting things on {scene.named(where, 'the')} would achieve nothing.")
    if scene.lid(where) != "open":
        raise Cannot(f"{_cap(scene.named(where, 'the'))} is closed.")
    scene.move(thing, where)
    return f"You put {scene.named(thing, 'the', full=False)} {how} {scene.named(where, 'the')}."


def _open(scene: Scene, words: str) -> str:
    thing = _find(scene, words)
    story, lid = scene.story, scene.lids.get(thing)
    if lid is None:
        raise Cannot("It isn't something you can open.")
    if lid == "locked":
        key = story.keys.get(thing)
        if key is None:
            raise Cannot(f"The {story.name[thing]} is welded shut.")
        raise Cannot(f"You have to unlock the {story.name[thing]} with the {story.name[key]} first.")
    if lid == "open":
        raise Cannot("That's already open.")
    scene.lids[thing] = "open"
    things = scene.contents(thing)
    shown = f", revealing {series([scene.named(one, 'a') for one in things])}" if things else ""
    return f"You open {scene.named(thing, 'the')}{shown}."


def _close(scene: Scene, words: str) -> str:
    thing = _find(scene, words)
    lid = scene.lids.get(thing)
    if lid is None:
        raise Cannot("It isn't something you can close.")
    if lid != "open":
        raise Cannot("That's already closed.")
    scene.lids[thing] = "closed"
    return f"You close {scene.named(thing, 'the')}."


def _lock(scene: Scene, words: str, key: str) -> str:
    return _turn(scene, words, key, "lock", "closed", "locked", "That's locked at the moment.")


def _unlock(scene: Scene, words: str, key: str) -> str:
    return _turn(scene, words, key, "unlock", "locked", "closed", "That's unlocked at the moment.")


def _turn(scene: Scene, words: str, key: str, verb: str, before: str, after: str, already: str) -> str:
    thing, tool = _find(scene, words), _find(scene, key)
    lid = scene.lids.get(thing)
    _in_hands(scene, tool)
    if lid is None:
        raise Cannot(f"That doesn't seem to be something you can {verb}.")
    if lid != before:
        closing = verb == "lock" and lid == "open"
        raise Cannot(f"First you would have to close {scene.named(thing, 'the')}." if closing else already)
    if scene.story.keys.get(thing) != tool:
        raise Cannot("That doesn't seem to fit the lock.")
    scene.lids[thing] = after
    return f"You {verb} {scene.named(thing, 'the')}."


def _eat(scene: Scene, words: str) -> str:
    held = scene.contents(HANDS)
    thing = _find(scene, words, lambda one: one in held)
    if scene.story.kind[thing] != "food":
        raise Cannot("That's plainly inedible.")
    if "edible" in scene.story.rules and ("edible", thing) not in scene.marks:
        if ("needs_cooking", thing) in scene.marks:
            raise Cannot(f"You should cook {scene.named(thing, 'the', full=False)} first.")
        raise Cannot("That's plainly inedible.")
    _in_hands(scene, thing)
    return _swallow(scene, thing, "eat")


def _drink(scene: Scene, words: str) -> str:
    held = scene.contents(HANDS)
    thing = _find(scene, words, lambda one: one in held)
    _in_hands(scene, thing)
    if ("drinkable", thing) not in scene.marks:
        raise Cannot(f"You cannot drink {scene.named(thing, 'the', full=False)}.")
    return _swallow(scene, thing, "drink")


def _swallow(scene: Scene, thing: str, verb: str) -> str:
    scene.move(thing, "")
    scene.marks |= {("consumed", thing), ("eaten", thing)}
    return f"You {verb} {scene.named(thing, 'the', full=False)}. Not bad."


def _cut(verb: str) -> Callable[[Scene, str, str], str]:
    def cut(scene: Scene, words: str, tool: str) -> str:
        held = scene.contents(HANDS)
        food = _find(scene, words, lambda one: one in held)
        knife = _find(scene, tool, lambda one: one in held)
        if scene.story.kind[food] != "food":
            raise Cannot("Can only cut cuttable food.")
        name = scene.named(food, "the", full=False)
        if done := next((way for way in CUTS[1:] if (way, food) in scene.marks), None):
            raise Cannot(f"{_cap(name)} is already {done}.")
        if ("sharp", knife) not in scene.marks:
            raise Cannot("Cutting something requires a knife.")
        _in_hands(scene, food)
        _in_hands(scene, knife)
        scene.marks.discard(("uncut", food))
        scene.marks.add((CUTTING[verb], food))
        return f"You {verb} {name}."

    return cut


def _cook(scene: Scene, words: str, source: str) -> str:
    held, marks = scene.contents(HANDS), scene.marks
    food = _find(scene, words, lambda one: one in held)
    where = _find(scene, source, lambda one: scene.story.type[one] in HEAT)
    _in_hands(scene, food)
    if scene.story.kind[food] != "food":
        raise Cannot("Can only cook food.")
    way = HEAT.get(scene.story.type[where])
    if way is None:
        raise Cannot("Cooking requires a source of heat.")
    name = scene.named(food, "the", full=False)
    if ("cooked", food) in marks:
        marks.discard(("edible", food))
        marks |= {("burned", food), ("inedible", food)}
        return f"You burned {name}!"
    if ("needs_cooking", food) in marks:
        marks -= {("needs_cooking", food), ("inedible", food)}
        marks.add(("edible", food))
    marks.discard(("raw", food))
    marks |= {("cooked", food), (way, food)}
    return f"You {way} {name}."


def _prepare(scene: Scene) -> str:
    story, held = scene.story, scene.contents(HANDS)
    if scene.place != story.kitchen:
        raise Cannot(f"Can only prepare meal in the {story.name[story.kitchen]}.")
    for food, cooking, cut in story.recipe:
        if food not in held:
            raise Cannot("You still miss something.")
        if cooking != "raw" and (cooking, food) not in scene.marks:
            raise Cannot("Something still needs to be cooked.")
        if cut != "uncut" and (cut, food) not in scene.marks:
            raise Cannot("Something still needs to be cut.")
    for food, _, _ in story.recipe:
        scene.move(food, "")
    scene.move(story.meal, HANDS)
    scene.marks |= {("edible", story.meal), ("raw", story.meal)}
    return "Adding the meal to your inventory."


VERBS: dict[str, Callable[..., str]] = {
    "look": _look,
    "inventory": _inventory,
    "go": _go,
    "examine": _examine,
    "take": _take,
    "take from": _take_from,
    "drop": _drop,
    "put": _put,
    "insert": _insert,
    "open": _open,
    "close": _close,
    "lock": _lock,
    "unlock": _unlock,
    "eat": _eat,
    "drink": _drink,
    **{verb: _cut(verb) for verb in CUTTING},
    "cook": _cook,
    "prepare": _prepare,
}


# Quests.


def after(scene: Scene) -> tuple[str, bool | None]:
    """What a turn brings: the words for points and end, and whether the game is won, lost, or (None) goes on."""
    story, gained, lost = scene.story, 0, False
    for place, quest in enumerate(story.quests):
        if scene.reached[place]:
            continue
        if any(_true(scene, facts) for facts in quest.fails):
            lost = True
        elif any(_true(scene, facts) for facts in quest.wins):
            gained += quest.reward
            scene.reached[place] = not quest.repeatable
    scene.score += gained
    said = []
    if gained:
        amount = NUMBERS[abs(gained)] if abs(gained) < len(NUMBERS) else str(abs(gained))
        points = "point" if -1 <= gained <= 1 else "points"
        said.append(f"Your score has just {'gone up' if gained > 0 else 'changed'} by {amount} {points}.")
    needed = [place for place, quest in enumerate(story.quests) if quest.wins and not quest.optional]
    won = bool(needed) and all(scene.reached[place] for place in needed)
    if won or lost:
        said.append("*** The End ***" if won else "*** You lost! ***")
        said.append(f"You scored {scene.score} out of a possible {story.most}.")
    return "\n".join(said), True if won else False if lost else None


def _true(scene: Scene, facts: Sequence[Fact]) -> bool:
    return all(holds(scene, fact) for fact in facts)


def holds(scene: Scene, fact: Fact) -> bool:
    """Whether a fact of TextWorld's logic is true now."""
    name, *args = fact
    if name in ("at", "in", "on"):
        return scene.place == args[1] if args[0] == PLAYER else scene.holder.get(args[0]) == args[1]
    if args[0] in scene.lids and name in ("open", "closed", "locked"):
        return scene.lids[args[0]] == name
    if name == "free":
        return passable(scene.story, scene, args[0], args[1])
    return (name, args[0]) in scene.marks if len(args) == 1 else fact in scene.story.facts


def passable(story: Story, scene: Scene, room: str, other: str) -> bool:
    """Whether one can walk from a room to another."""
    return any(to == other and (not door or scene.lids[door] == "open") for to, door in story.exits[room].values())
