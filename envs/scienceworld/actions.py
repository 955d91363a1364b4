"""The language of ScienceWorld: its verbs are closed, the names of things are what the world calls them."""

from __future__ import annotations

from functools import cache
from typing import Any

from scoutgym.envs.grammar import Field, Form, Grammar, Integer

ROOMS = (
    "art studio", "bathroom", "bedroom", "foundry", "greenhouse", "hallway", "kitchen", "living room", "outside",
    "workshop",
)  # fmt: skip
THINGS = (
    "cupboard", "kitchen door", "fridge", "freezer", "oven", "stove", "sink",
    "table", "counter", "metal pot", "glass cup", "thermometer", "lighter", "water", "orange", "apple", "flower pot 1",
    "seed jar", "shovel", "light bulb", "battery", "switch", "red box", "blue box", "inventory", "picture", "cup",
)  # fmt: skip
MOST = 50
"""Meanings that one text may have; more have not been seen."""


class Name(Field):
    """The name of a thing or a place. Which there are, only the world knows; ``known`` are those that are drawn."""

    pattern = r"[a-z0-9][a-z0-9' -]{0,99}"

    def __init__(self, known: tuple[str, ...], noun: str) -> None:
        self.known, self.noun = known, noun
        self.size = len(known)

    def read(self, text: str) -> str:
        return " ".join(text.lower().split())

    def value(self, number: int) -> str:
        return self.known[number]

    def explain(self) -> str:
        return f"the name of a {self.noun} such as {self.known[0]}"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$"}


BLANKS = {"thing": Name(THINGS, "thing"), "other": Name(THINGS, "thing"), "place": Name(ROOMS, "room")}
ALONE = {
    "look around": "",
    "inventory": "",
    "task": "the task again",
    "wait": "ten steps of time",
    "wait1": "one step of time",
}
ONE = (
    "look at", "look in", "open", "close", "pick up", "put down", "mix", "activate", "deactivate", "focus on", "read",
    "eat", "flush",
)  # fmt: skip
TWO = (
    "move {thing} to {other}", "pour {thing} into {other}", "dunk {thing} into {other}", "use {thing} on {other}",
)  # fmt: skip
ELECTRICAL = ("connect {thing} to {other}", "disconnect {thing}")
ALSO = (
    "examine {thing}", "go {place}", "pour {thing} in {other}", "dunk {thing} in {other}", "put {thing} in {other}",
    "take {thing}", "drop {thing}",
)  # fmt: skip
"""Other words for the same, which the world takes too; the help does not name them."""


class ScienceGrammar(Grammar):
    """All actions in a few lines instead of one for each: verbs are many, and most take the name of a thing."""

    def __init__(self, *forms: Form, told: int) -> None:
        super().__init__(*forms)
        self._told = told

    def help(self) -> str:
        if not self._help:
            forms = self.forms[: self._told]
            shown = [form.template.replace("{", "<").replace("}", ">") for form in forms]
            shown = [f"{text} ({form.about})" if form.about else text for text, form in zip(shown, forms, strict=True)]
            self._help = (
                "Reply with one action, where <thing> and <other> are names of things that you see or carry and "
                f"<place> is a room: {'; '.join(shown)}. "
                "For example `open door to kitchen` or `move orange to red box`."
            )
        return self._help


@cache
def grammar(simplifications: frozenset[str]) -> Grammar:
    """The actions under some simplifications: one adds a way to travel, another takes the electrical actions away."""
    forms = [Form(text, about=about, name=text) for text, about in ALONE.items()]
    templates = ["go to {place}", *(f"{verb} {{thing}}" for verb in ONE), *TWO]
    if "noElectricalAction" not in simplifications:
        templates += ELECTRICAL
    if "teleportAction" in simplifications:
        templates.append("teleport to {place}")
    told = len(forms) + len(templates)
    templates += [*ALSO, "teleport {place}"] if "teleportAction" in simplifications else ALSO
    for template in templates:
        blanks: dict[str, Any] = {name: field for name, field in BLANKS.items() if f"{{{name}}}" in template}
        forms.append(Form(template, name=template, **blanks))
    return ScienceGrammar(*forms, told=told)


@cache
def choice(number: int) -> Grammar:
    """What may be said where a text had several meanings."""
    return Grammar(
        Form("{number}", about="which one was meant", name="choose", number=Integer(0, number - 1)), Form("cancel")
    )
