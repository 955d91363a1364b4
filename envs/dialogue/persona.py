"""A person for a chat model to play: who it is, what it wants, and what it keeps to itself ("user simulator").

A persona says how somebody talks and lives; the private goal says what it is after, and what it knows and does not say.
Both are rendered as the instructions of a chat model. The same key gives the same person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoutgym.envs.chance import Chance
from scoutgym.types import digest

NAMES = (
    "Alma Berg", "Ben Okoye", "Carla Nunes", "Dev Malhotra", "Elif Kaya", "Frank Lindqvist", "Grace Mensah",
    "Hugo Martel", "Ines Castro", "Jonas Weber", "Kaori Endo", "Liam Doyle", "Mara Petrov", "Noah Adeyemi",
    "Olga Sandu", "Pablo Rivas", "Quinn Harper", "Rosa Bianchi", "Samir Haddad", "Tess Whitfield",
)  # fmt: skip
MANNERS = (
    "friendly and talkative; you like to joke",
    "short and dry; you answer in a few words",
    "careful; you ask back when something is unclear",
    "in a hurry; you want to come to the point",
    "polite and a little shy",
    "sceptical; you have been disappointed before",
    "cheerful, and quick to say what you like",
    "matter-of-fact; you want to hear numbers",
)
HOUSEHOLDS = (
    "You live alone in a flat in the city.",
    "You live with your partner and two small children.",
    "You share a house with three friends.",
    "You live in the country with a big dog.",
    "You live with your old mother, whom you drive about.",
    "Your children have left home, and you travel a lot.",
    "You have just moved here for a new job.",
    "You are a student and live with your parents.",
)


@dataclass(frozen=True)
class Persona:
    """A person who talks.

    Args:
        name: first and last name.
        manner: how the person talks.
        household: a sentence on how the person lives.
    """

    name: str
    manner: str
    household: str


def persona_of(key: str) -> Persona:
    """The person of a key, drawn by its hash."""
    chance = Chance(digest("persona", key))
    return Persona(chance.choice(NAMES), chance.choice(MANNERS), chance.choice(HOUSEHOLDS))


def instructions(person: Persona, scene: str, goal: str, private: Sequence[str], rules: Sequence[str]) -> str:
    """What a chat model is told in order to be a person.

    Args:
        person: whom it plays.
        scene: where the person is, and whom it talks to.
        goal: what it wants to reach; the other side is not told.
        private: what it knows and does not say outright.
        rules: how it answers.
    """
    lines = [
        f"You are {person.name}. Your manner is {person.manner}. {person.household} {scene}",
        f"Your goal, which you do not tell: {goal}",
        "What only you know, and never say outright:",
        *(f"- {one}" for one in private),
        "How you answer:",
        "- Stay this person. Say one to three sentences, and only what this person would say.",
        *(f"- {one}" for one in rules),
    ]
    return "\n".join(lines)
