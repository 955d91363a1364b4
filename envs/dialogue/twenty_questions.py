"""Twenty questions: find out by yes/no questions which object is meant.

PAPRIKA's rules (arXiv 2502.17543): the agent is told the category alone and has 20 turns, every question is answered by
yes, no or, where neither is true, "It depends.", and whoever names the object has won. What is no question of yes or no
is answered by saying so. The preset ``lmrl`` is LMRL-Gym's variant (arXiv 2311.18232): nothing is told, and each text
costs 1 but the one that wins. The objects are our own: see `scoutgym.envs.dialogue.objects`.

The expert asks what splits the objects that are left best, and names one when two are left or one turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState
from scoutgym.envs.dialogue.objects import DEPENDS, NO, YES, Object, attributes, broader, objects
from scoutgym.envs.dialogue.objects.amounts import holds, more
from scoutgym.envs.dialogue.objects.naming import names
from scoutgym.envs.dialogue.objects.reading import read
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec

SAID = {YES: "Yes.", NO: "No.", DEPENDS: "It depends."}
DENIED = {YES: "Yes, you are right.", NO: "No, you are wrong.", DEPENDS: "It depends."}
"""To a question with a denial in it, which a mere yes or no would leave open."""

UNCLEAR = (
    "I only answer questions that can be answered with yes or no, and I did not understand this as one. Ask one thing "
    "at a time in plain words, such as 'Is it made of wood?', or make a guess, such as 'Is it a violin?'."
)

FACTS = """The player has to find out by yes/no questions which object is meant. It is: {name}{others} \
(category: {category}).
True of it: {yes}.
True in part or only of some: {depends}.
Not true of it: {no}.
Typical numbers: {amounts}.

Answer "Yes." or "No." by these facts, and by common knowledge where they do not say; "It depends." only where \
neither is true. A question with a denial ("Is it not …?") is answered by whether the denial is true. A guess of \
another object is answered "No.". What cannot be answered with yes or no is answered with the sentence that says \
so. Never name the object."""


class TwentyQuestionsParams(DialogueParams):
    """Whether the category is told."""

    category: bool = Field(True, description="whether the category of the object is told")


class TwentyQuestions(Dialogue[DialogueState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/TwentyQuestions-v0",
        family="dialogue",
        group="twenty_questions",
        about="Find out by yes/no questions which object is meant.",
        presets={"lmrl": {"category": False, "price": 1.0}},
        rewards=REWARDS,
        figures=FIGURES,
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="PAPRIKA, arXiv 2502.17543; LMRL-Gym, arXiv 2311.18232",
    )
    Params = TwentyQuestionsParams
    about = "a question that can be answered with yes or no, or a guess, in plain English"
    samples = ("Is it alive?", "Is it made of wood?", "Can you eat it?", "Does it have legs?", "Is it a violin?")

    def keys(self) -> Sequence[str]:
        return list(objects())

    def opening(self, secret: str) -> str:
        told = f" Its category: {objects()[secret].category}." if self.params.category else ""
        return (
            f"I am thinking of an object.{told} Find out which one it is: you may say {self.max_turns} things. I "
            "answer questions with yes or no, or say that it depends. You win when you name the object, as in 'Is it a "
            "violin?'."
        )

    def questions(self, opening: str) -> Sequence[str]:
        return [attribute.question for attribute in attributes()]

    def guess(self, secret: str) -> str:
        return f"Is it {_article(secret)}{secret}?"

    def read(self, text: str, opening: str) -> Any:
        return read(text)

    def reply(self, secret: str, meaning: Any) -> str:
        if meaning[0] == "guess" and meaning[1] == secret:
            return f"Goal reached: it is {_article(secret)}{secret}."
        if meaning[0] == "not":
            return DENIED[YES - value(objects()[secret], meaning[1])]
        return SAID[value(objects()[secret], meaning)]

    def won(self, secret: str, meaning: Any) -> bool | None:
        return True if meaning == ["guess", secret] else None

    def unclear(self, state: DialogueState) -> str:
        return UNCLEAR

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        """A chat model may say yes in fewer words than the rules."""
        return self.reply(secret, meaning).split()[0].strip(".,") == answer.split()[0].strip(".,")

    def facts(self, secret: str) -> str:
        one = objects()[secret]
        told = {
            said: "; ".join(a.question for a in attributes() if one.values[a.code] == said)
            for said in (YES, DEPENDS, NO)
        }
        amounts = ", ".join(f"{name} {amount:g} {UNITS[name]}" for name, amount in one.amounts.items()) or "none"
        others = f" (also: {', '.join(one.others)})" if one.others else ""
        return FACTS.format(
            name=one.name,
            others=others,
            category=one.category,
            yes=told[YES],
            depends=told[DEPENDS],
            no=told[NO],
            amounts=amounts,
        )

    def choices(self, state: DialogueState, text: str) -> Sequence[str]:
        return (*SAID.values(), UNCLEAR)


UNITS = {"size": "cm", "weight": "kg", "price": "dollars", "year": "(invented)", "speed": "km/h"}


def value(one: Object, meaning: Any) -> int:
    """Whether a meaning is true of an object: YES, NO or DEPENDS."""
    kind = meaning[0]
    if kind == "is":
        return one.values[meaning[1]]
    if kind == "not":
        return YES - value(one, meaning[1])
    if kind == "guess":
        return YES if meaning[1] in _wider(one.name) else NO
    if kind == "than":
        return holds(meaning, one.amounts.get(meaning[1]))
    if kind == "more":
        return more(meaning, one.values[meaning[1]])
    values = [value(one, part) for part in meaning[1]]
    return max(values) if kind == "any" else min(values)


def _wider(name: str) -> set[str]:
    """The names that a guess may have and that are true of an object, its own among them."""
    from scoutgym.envs.dialogue.english import words

    return {name, *(names().meaning(words(wider)) or wider for wider in broader().get(name, ()))}


def _article(name: str) -> str:
    """The indefinite article of a name, with a blank; none where it is a plural or a stuff."""
    if name == "wood":
        return "the "  # "Is it wood?" asks what it is made of
    if name in UNCOUNTED or (name.endswith("s") and name not in SINGULAR):
        return ""
    return "an " if name[0] in "aeio" or name == "umbrella" else "a "


UNCOUNTED = frozenset(
    """
    celery asparagus ginger garlic lettuce spinach broccoli bread pasta rice popcorn soup bacon butter yogurt honey
    jam mustard ketchup salt sugar water milk coffee tea lemonade cola beer wine champagne whiskey vodka rum
    lavender grass moss ivy bamboo mint basil seaweed wheat cotton tobacco glue soap shampoo toothpaste perfume lego
    chess monopoly money paint chalk hair skin blood rain snow ice hail fog wind lightning sand soil gold coal fire
    corn sushi cheese ham chocolate candy underwear
    """.split()  # noqa: SIM905 (a word a line would fill the page)
) | {"peanut butter", "olive oil", "ice cream", "orange juice", "apple juice", "hot chocolate", "play dough"}
UNCOUNTED |= {"scotch tape", "toilet paper"}
SINGULAR = frozenset(["cactus", "octopus", "compass", "walrus", "bus", "glass", "wine glass", "double bass"])


register(TwentyQuestions)
