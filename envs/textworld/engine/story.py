"""A game of TextWorld as it is played here: read once from its record, then never changed.

The record is what TextWorld saves as JSON beside a compiled game: facts, names, descriptions, quests, and the logic as
text. Of the logic only its rules are read, and each must be one that TextWorld's own games have: a game with rules of
its own would be played wrongly.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoutgym.envs.textworld.engine.prose import Node, read

WAYS = ("north", "south", "east", "west")
BACK = {"north": "south", "south": "north", "east": "west", "west": "east"}
PLAYER, HANDS = "P", "I"

LIDS = ("open", "closed", "locked")
COOKINGS = ("raw", "grilled", "roasted", "fried")
CUTS = ("uncut", "sliced", "diced", "chopped")
HEAT = {"stove": "fried", "oven": "roasted", "toaster": "grilled"}
MARKS = ("edible", "inedible", "needs_cooking", "cooked", "burned", "consumed", "eaten", "sharp", "drinkable")
FIXED = ("cuttable", "cookable", "used", *(f"ingredient_{n}" for n in range(1, 6)))
"""Facts about one thing that nothing here asks for: every food can be cut and cooked, and the recipe is read apart."""

KINDS = {"c": "container", "oven": "container", "toaster": "container", "s": "supporter", "stove": "supporter"}
KINDS |= {"d": "door", "r": "room", "k": "object", "o": "object", "f": "food", "meal": "food"}
UNSEEN = ("P", "I", "RECIPE", "slot", "ingredient")

_COOKED = {  # by logic: the preconditions of a rule, as TextWorld writes them
    f"cook/{source}/{how}": f"$at(P, r) & $at({source}, r) & $in(f, I) & {which}"
    for source in HEAT
    for how, which in (
        ("burned", "cooked(f) & edible(f)"),
        ("cooked/raw", "raw(f)"),
        ("cooked/needs_cooking", "needs_cooking(f) & inedible(f)"),
    )
}
_LINK = "$at(P, r) & $link(r, d, r') & $link(r', d, r)"
RULES: dict[str, tuple[str, ...]] = {
    "look": ("at(P, r)",),
    "inventory": ("at(P, r)",),
    **{f"go/{way}": (f"at(P, r) & ${way}_of(r', r) & $free(r, r') & $free(r', r)",) for way in WAYS},
    "examine/t": ("at(P, r) & $at(t, r)",),
    "examine/I": ("in(o, I)", "at(o, I)"),
    "examine/s": ("at(P, r) & $at(s, r) & $on(o, s)",),
    "examine/c": ("at(P, r) & $at(c, r) & $open(c) & $in(o, c)",),
    "examine/d": ("at(P, r) & $link(r, d, r')",),
    "take": ("$at(P, r) & at(o, r)", "$at(P, r) & at(o, r) & free(slot)"),
    "take/c": tuple(f"$at(P, r) & $at(c, r) & $open(c) & in(o, c){slot}" for slot in ("", " & free(slot)")),
    "take/s": tuple(f"$at(P, r) & $at(s, r) & on(o, s){slot}" for slot in ("", " & free(slot)")),
    "drop": ("$at(P, r) & in(o, I)", "$at(P, r) & in(o, I) & used(slot)"),
    "insert": tuple(f"$at(P, r) & $at(c, r) & $open(c) & in(o, I){slot}" for slot in ("", " & used(slot)")),
    "put": tuple(f"$at(P, r) & $at(s, r) & in(o, I){slot}" for slot in ("", " & used(slot)")),
    "open/c": ("$at(P, r) & $at(c, r) & closed(c)",),
    "close/c": ("$at(P, r) & $at(c, r) & open(c)",),
    "lock/c": ("$at(P, r) & $at(c, r) & $in(k, I) & $match(k, c) & closed(c)",),
    "unlock/c": ("$at(P, r) & $at(c, r) & $in(k, I) & $match(k, c) & locked(c)",),
    "open/d": (f"{_LINK} & closed(d)",),
    "close/d": (f"{_LINK} & open(d) & free(r, r') & free(r', r)",),
    "lock/d": (f"{_LINK} & $in(k, I) & $match(k, d) & closed(d)",),
    "unlock/d": (f"{_LINK} & $in(k, I) & $match(k, d) & locked(d)",),
    "eat": ("in(f, I)", "in(f, I) & edible(f)", "in(f, I) & edible(f) & used(slot)"),
    "drink": ("in(f, I) & drinkable(f)", "in(f, I) & drinkable(f) & used(slot)"),
    **dict.fromkeys(("slice", "dice", "chop"), ("$in(f, I) & $in(o, I) & $sharp(o) & uncut(f)",)),
    **{name: (rule,) for name, rule in _COOKED.items()},
}
"""What may stand before the arrow of each rule. ``make/recipe/…`` is told apart by its name alone."""

HOUSE = tuple(name for name in RULES if not name.startswith(("cook/", "slice", "dice", "chop", "drink")))
"""The rules of a house in which nothing is cooked."""

Fact = tuple[str, ...]


class Unplayable(ValueError):
    """A record is no game that can be played here; the message says why."""


@dataclass(frozen=True)
class Quest:
    """Points for a goal, which may be reached in several ways, and ways to fail."""

    reward: int
    optional: bool
    repeatable: bool
    wins: tuple[tuple[Fact, ...], ...]
    fails: tuple[tuple[Fact, ...], ...]


@dataclass
class Story:
    """See the module's docstring. Things go by TextWorld's names for them (``c_0``); ``name`` has the player's."""

    key: str
    """What it was read from: a hash of the record."""
    objective: str
    walkthrough: tuple[str, ...]
    rules: frozenset[str]
    """The names of the rules it has; ``slots`` where hands are limited, ``hands`` where what they hold is examined."""
    start: str
    kind: dict[str, str]
    type: dict[str, str]
    name: dict[str, str]
    article: dict[str, str]
    prose: dict[str, tuple[Node, ...]]
    exits: dict[str, dict[str, tuple[str, str]]]
    """By room and way: the room there, and the door between, or ``""``."""
    doors: dict[str, tuple[str, ...]]
    """By room."""
    lock: dict[str, str]
    """By key: what it unlocks."""
    keys: dict[str, str]
    """By what is unlocked: the key."""
    quests: tuple[Quest, ...]
    facts: frozenset[Fact]
    """Those that never change."""
    holder: dict[str, str]
    inside: dict[str, tuple[str, ...]]
    lids: dict[str, str]
    marks: frozenset[tuple[str, str]]
    free: int
    """How many more things the player can carry, or -1 where nobody counts."""
    kitchen: str
    recipe: tuple[tuple[str, str, str], ...]
    """Food, way of cooking, way of cutting."""
    first: str
    """The ingredient that TextWorld's logic asks for before a meal can be prepared."""
    meal: str
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Things by name."""
    worded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Things by each word of their names."""
    commands: Any = None
    """Its grammar, once somebody has asked for it."""

    @property
    def most(self) -> int:
        """The points that can be reached."""
        return sum(quest.reward for quest in self.quests if not quest.optional or quest.reward > 0)


def read_story(record: Any, key: str) -> Story:
    """The story of a record that TextWorld saved as JSON.

    Raises:
        Unplayable: it is none, or one of a kind that is not known here.
    """
    try:
        return _read(record, key)
    except Unplayable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration) as error:
        raise Unplayable(f"it is no game that TextWorld saved: {type(error).__name__}: {error}") from None


def _read(record: Mapping[str, Any], key: str) -> Story:
    facts = [_fact(one) for one in record["world"]]
    infos = {str(name): info for name, info in record["infos"]}
    types = {name: str(info["type"]) for name, info in infos.items()}
    strange = sorted({kind for kind in types.values() if kind not in KINDS and kind not in UNSEEN})
    if strange:
        raise Unplayable(f"it has things of types that are not known here: {', '.join(strange)}")
    kind = {name: KINDS[one] for name, one in types.items() if one in KINDS}
    exits: dict[str, dict[str, tuple[str, str]]] = {name: {} for name, one in kind.items() if one == "room"}
    doors: dict[str, list[str]] = defaultdict(list)
    joined = {}
    for fact in facts:
        if fact[0] == "link":
            joined[fact[1], fact[3]] = fact[2]
            doors[fact[1]].append(fact[2])
    holder: dict[str, str] = {}
    for name, *args in facts:
        if name in ("at", "in", "on") and args[0] in kind and args[1] != "RECIPE":
            holder[args[0]] = args[1]
        elif name.endswith("_of"):
            exits[args[1]][name[:-3]] = (args[0], joined.get((args[1], args[0]), ""))
            exits[args[0]][BACK[name[:-3]]] = (args[1], joined.get((args[0], args[1]), ""))
    start = next(fact[2] for fact in facts if fact[:2] == ("at", PLAYER))
    slots = {fact[1] for fact in facts if types.get(fact[1]) == "slot"}
    lids = {fact[1]: fact[0] for fact in facts if fact[0] in LIDS}
    marked = (*MARKS, *COOKINGS, *CUTS)
    bases = {fact[2]: fact[1] for fact in facts if fact[0] == "base"}
    matches = {fact[1]: fact[2] for fact in facts if fact[0] == "match"}
    order = _order(record, types)
    story = Story(
        key=key,
        objective=str(record["objective"] or ""),
        walkthrough=tuple(str(line) for line in record["metadata"].get("walkthrough") or ()),
        rules=_rules(record["KB"]),
        start=start,
        kind=kind,
        type={name: types[name] for name in kind},
        name={name: str(infos[name].get("name") or name) for name in kind},
        article={name: str(infos[name].get("indefinite") or "") for name in kind},
        prose={name: read(str(infos[name].get("desc") or "")) for name in kind},
        exits={room: {way: ways[way] for way in WAYS if way in ways} for room, ways in exits.items()},
        doors={room: tuple(dict.fromkeys(doors[room])) for room in exits},
        lock=matches,
        keys={lock: one for one, lock in matches.items()},
        quests=tuple(_quest(quest) for quest in record["quests"]),
        facts=frozenset(fact for fact in facts if fact[0] in ("match", "link") or fact[0].endswith("_of")),
        holder=holder,
        inside=_contents(holder, order),
        lids=lids,
        marks=frozenset((fact[0], fact[1]) for fact in facts if fact[0] in marked and fact[1] in kind),
        free=sum(fact[0] == "free" and fact[1] in slots for fact in facts) if slots else -1,
        kitchen=next((fact[1] for fact in facts if fact[0] == "cooking_location"), ""),
        recipe=tuple(
            (bases[part], _one(COOKINGS, part, facts), _one(CUTS, part, facts)) for part in infos if part in bases
        ),
        first=next((fact[1] for fact in facts if fact[0] == "ingredient_1"), ""),
        meal=next((fact[1] for fact in facts if fact[0] == "out"), ""),
    )
    for name, shown in story.name.items():
        if kind[name] != "room":
            story.named[shown.lower()] = (*story.named.get(shown.lower(), ()), name)
            words = {*shown.lower().split(), *map(str.lower, infos[name].get("synonyms") or ())} - {"the", "of"}
            for word in sorted(words):
                story.worded[word] = (*story.worded.get(word, ()), name)
    return story


def slim(record: Mapping[str, Any]) -> dict[str, Any]:
    """What ``read_story`` reads of a record: the same story in a third of the space.

    Raises:
        Unplayable: as ``read_story``.
    """
    read_story(record, "")
    events = [
        {
            **{name: quest[name] for name in ("reward", "optional", "repeatable")},
            **{
                name: [{"condition": {"preconditions": event["condition"]["preconditions"]}} for event in quest[name]]
                for name in ("win_events", "fail_events")
            },
        }
        for quest in record["quests"]
    ]
    kept = ("type", "name", "desc", "indefinite", "synonyms")
    return {
        "world": list(record["world"]),
        "infos": [(name, {key: info[key] for key in kept if info.get(key)}) for name, info in record["infos"]],
        "quests": events,
        "KB": {"rules": sorted(_rules(record["KB"]))},
        "metadata": {"walkthrough": record["metadata"].get("walkthrough")},
        "objective": record["objective"],
    }


def _fact(record: Mapping[str, Any]) -> Fact:
    return (str(record["name"]), *(str(argument["name"]) for argument in record["arguments"]))


def _one(values: tuple[str, ...], part: str, facts: list[Fact]) -> str:
    return next((value for value in values[1:] if (value, part) in facts), values[0])


def _quest(record: Mapping[str, Any]) -> Quest:
    wins, fails = (  # sorted: TextWorld keeps some of them in the order of a set
        tuple(sorted(tuple(_fact(one) for one in event["condition"]["preconditions"]) for event in record[name]))
        for name in ("win_events", "fail_events")
    )
    return Quest(int(record["reward"]), bool(record.get("optional")), bool(record.get("repeatable")), wins, fails)


def _order(record: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, int]:
    """The order in which a compiled game lists things that nobody has moved."""
    return {name: place for place, name in enumerate(types)}


def _contents(holder: Mapping[str, str], order: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    inside = defaultdict(list)
    for thing in sorted(holder, key=lambda one: order[one]):
        inside[holder[thing]].append(thing)
    return {one: tuple(things) for one, things in inside.items()}


def _rules(logic: Mapping[str, Any]) -> frozenset[str]:
    """The names of the rules of a logic, each held against what TextWorld's own say."""
    if "rules" in logic:
        return frozenset(map(str, logic["rules"]))
    found = set()
    for block in re.findall(r"(?<![a-z_])rules \{(.*?)\n    \}", logic["logic"], re.DOTALL):
        for line in block.splitlines():
            name, _, rule = line.partition("#")[0].partition("::")
            before, arrow, _ = rule.partition("->")
            name, before = name.strip(), " ".join(before.split())
            if not arrow:
                continue
            if not name.startswith("make/recipe/"):
                if name not in RULES:
                    raise Unplayable(f"it has a rule that is not known here, {name!r}: play its compiled file")
                if before not in RULES[name]:
                    raise Unplayable(f"its rule {name!r} is not TextWorld's own: play its compiled file")
            found.add(name)
            if "(slot)" in before:
                found.add("slots")
            if before == "in(o, I)":
                found.add("hands")
            if name == "eat" and "edible" in before:
                found.add("edible")
    return frozenset(found)
