"""A case as it is told: names, rooms and things for the numbers of the rules, and every answer in words.

The public part of a case is a function of its number, which the agent reads too; what happened is drawn apart from it.
So neither the loudest motive nor the order of names says who did it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.murder.rules import NOBODY, PEOPLE, ROOMS, Logic, Question, claim, sight

SUSPECTED = 3
"""How many have a motive that is known."""


@cache
def cast() -> dict[str, Any]:
    """Names, places and things, from the file."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("cast.json").read_text("utf-8"))
    return found


@dataclass(frozen=True)
class Person:
    """First name, last name and role."""

    first: str
    last: str
    role: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True)
class MurderCase:
    """The public part of a case.

    Args:
        number: which it is; everything else follows from it.
        place: where it happened.
        scene: the room of the murder.
        rooms: the four others; room r of the rules is ``rooms[r - 1]``.
        people: the five.
        victim: who was killed.
        hour: when.
        witness: who saw somebody.
        weapon: what was used.
        locked: where it had been locked away.
        traits: the three features that left a trace, by name.
        motives: what is said of each person and the victim; the first suspect's is said loudest.
        suspects: those whose motive is told at first, the loudest first.
    """

    number: int
    place: str
    scene: str
    rooms: Sequence[str]
    people: Sequence[Person]
    victim: str
    hour: str
    witness: str
    weapon: str
    locked: str
    traits: Sequence[str]
    motives: Sequence[str]
    suspects: Sequence[int]

    @cached_property
    def logic(self) -> Logic:
        """What follows from what."""
        return Logic([len(cast()["traits"][trait]["values"]) for trait in self.traits])

    def ask(self, question: Question) -> str:
        """A question in words."""
        kind, *which = question
        if kind == "room":
            return f"Examine the {self.rooms[which[0] - 1]}."
        if kind == "witness":
            return f"Ask the {self.witness} who was seen."
        if kind == "trace":
            return f"Examine {cast()['traits'][self.traits[which[0]]]['look']}."
        name = self.people[which[0]].name
        if kind == "where":
            return f"Where was {name} at {self.hour}, and with whom?"
        if which[1] == len(self.traits):
            return f"Does {name} have a key to {self.locked}?"
        return f"Look at {cast()['traits'][self.traits[which[1]]]['of'].format(name=name)}."

    def tell(self, question: Question, answer: int) -> str:
        """An answer in words."""
        kind, *which = question
        if kind == "room":
            text = cast()["rooms"][str(answer)].format(room=self.rooms[which[0] - 1], hour=self.hour)
            return f"You look around: {text}."
        if kind == "witness":
            person, room = divmod(answer, 6)
            return (
                f"The {self.witness} says: 'At {self.hour} I saw {self.people[person].name} in the "
                f"{self.rooms[room - 1]}. I saw nobody else.'"
            )
        if kind == "trace":
            trait = cast()["traits"][self.traits[which[0]]]
            return str(trait["trace"].format(value=trait["values"][answer]))
        name = self.people[which[0]].name
        if kind == "where":
            room, mate = divmod(answer, 6)
            company = "I was alone" if mate == NOBODY else f"{self.people[mate].name} was there too, and nobody else"
            return f"{name} says: 'At {self.hour} I was in the {self.rooms[room - 1]}. {company}.'"
        if which[1] == len(self.traits):
            return f"{name} {'has a' if answer else 'has no'} key to {self.locked}."
        trait = cast()["traits"][self.traits[which[1]]]
        return str(trait["trait"].format(name=name, value=trait["values"][answer]))

    def answers(self, question: Question) -> dict[str, int]:
        """Every text that can answer a question, and its number."""
        kind, *which = question
        rooms = range(1, ROOMS + 1)
        if kind == "room":
            codes = [0, 1, 2]
        elif kind == "witness":
            codes = [sight(person, room) for person in range(PEOPLE) for room in rooms]
        elif kind == "where":
            codes = [claim(room, mate) for room in rooms for mate in (*range(PEOPLE), NOBODY) if mate != which[0]]
        else:
            codes = list(range(self.logic.features[which[-1]].values))
        return {self.tell(question, code): code for code in codes}


@lru_cache(maxsize=256)
def case_of(number: int) -> MurderCase:
    """The case of a number."""
    chance, data = Chance(b"murder case %d" % number), cast()
    setting = chance.choice(data["settings"])
    scene, *rooms = chance.sample(setting["rooms"], ROOMS + 1)
    names = zip(
        chance.sample(data["first"], PEOPLE),
        chance.sample(data["last"], PEOPLE),
        chance.sample(setting["roles"], PEOPLE),
        strict=True,
    )
    weapon, locked = chance.choice(setting["weapons"])
    suspects = chance.sample(range(PEOPLE), SUSPECTED)
    loud, quiet = chance.sample(data["motives"], SUSPECTED), chance.sample(data["quiet"], PEOPLE - SUSPECTED)
    motives = [loud[suspects.index(p)] if p in suspects else quiet.pop() for p in range(PEOPLE)]
    return MurderCase(
        number,
        setting["place"],
        scene,
        tuple(rooms),
        tuple(Person(*one) for one in names),
        chance.choice(data["victims"]),
        chance.choice(data["hours"]),
        chance.choice(setting["witnesses"]),
        weapon,
        locked,
        tuple(chance.sample(sorted(data["traits"]), 3)),
        tuple(motives),
        tuple(suspects),
    )
