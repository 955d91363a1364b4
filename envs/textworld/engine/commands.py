"""The commands of a story: one grammar for each, which accepts the words of its things and tells none of them."""

from __future__ import annotations

import re
from typing import Any

from scoutgym.envs.grammar import Action, Field, Form, Grammar, Word
from scoutgym.envs.textworld.engine.story import WAYS, Story

SHORT = {"n": "go north", "s": "go south", "e": "go east", "w": "go west", "l": "look", "i": "inventory"}
SHORT |= {way: f"go {way}" for way in WAYS} | {"inv": "inventory"}
VERBS = {"x": "examine", "get": "take", "inspect": "examine", "look at": "examine", "pick up": "take", "place": "put"}
"""What players of text adventures write for other words."""
VERB = re.compile(rf"({'|'.join(VERBS)}) ", re.IGNORECASE)
ARTICLE = re.compile(r"(?:the|an|a) ")

FORMS = (  # rules that bring it, the template, the verb, what is said of it; the longest template of a verb first
    (("look",), "look", "look", "see the room again"),
    (("inventory",), "inventory", "inventory", "see what you carry"),
    (("go/north",), "go {way}", "go", ""),
    (("examine/t",), "examine {thing}", "examine", "look closely"),
    (("take/c", "take/s"), "take {thing} from {place}", "take from", "out of a container, off a supporter"),
    (("take",), "take {thing}", "take", "from the floor"),
    (("drop",), "drop {thing}", "drop", ""),
    (("put",), "put {thing} on {place}", "put", ""),
    (("insert",), "insert {thing} into {place}", "insert", ""),
    (("open/c", "open/d"), "open {thing}", "open", ""),
    (("close/c", "close/d"), "close {thing}", "close", ""),
    (("lock/c", "lock/d"), "lock {thing} with {key}", "lock", ""),
    (("unlock/c", "unlock/d"), "unlock {thing} with {key}", "unlock", ""),
    (("eat",), "eat {thing}", "eat", ""),
    (("drink",), "drink {thing}", "drink", ""),
    (("slice",), "slice {thing} with {tool}", "slice", ""),
    (("dice",), "dice {thing} with {tool}", "dice", ""),
    (("chop",), "chop {thing} with {tool}", "chop", ""),
    (("cook/stove/burned",), "cook {thing} with {place}", "cook", ""),
    (("make/recipe/1",), "prepare meal", "prepare", "when everything is done as the recipe says"),
)


class Thing(Word):
    """The name of a thing in the game, or words of it. Neither help nor schema tells which things there are."""

    def __init__(self, story: Story) -> None:
        names = sorted({name.lower(): story.name[things[0]] for name, things in story.named.items()}.values())
        super().__init__(names or ["nothing"], "thing")
        self.pattern = r"[^\n]{1,80}"

    def read(self, text: str) -> str:
        """A name as it is written in the game; words of names as they are."""
        words = " ".join(text.lower().split())
        bare = words[found.end() :] if (found := ARTICLE.match(words)) else words
        return self._canonical.get(words) or self._canonical.get(bare) or bare

    def explain(self) -> str:
        """That it is a thing."""
        return "the name of a thing that you see"

    def schema(self) -> dict[str, Any]:
        """Any text."""
        return {"type": "string", "maxLength": 60}

    def example(self) -> str:
        """One that no game has."""
        return "small box"


class Commands(Grammar):
    """The commands of a story, also in the short forms of text adventures (``n``, ``x chest``, ``get the key``)."""

    def __init__(self, story: Story) -> None:
        thing = Thing(story)
        fields: dict[str, Field] = {"way": Word(WAYS), "thing": thing, "place": thing, "key": thing, "tool": thing}
        super().__init__(
            *(
                Form(template, about, name=verb, **{slot: fields[slot] for slot in re.findall(r"{(\w+)}", template)})
                for rules, template, verb, about in FORMS
                if not story.rules.isdisjoint(rules)
            )
        )

    def help(self) -> str:
        """All forms in one line: they are the same in every game of a kind."""
        if not self._help:
            forms = ", ".join(f"`{form.template.replace('{', '<').replace('}', '>')}`" for form in self.forms)
            self._help = f"Reply with one command. Commands: {forms}."
        return self._help

    def _parse(self, text: str) -> Action:
        plain = " ".join(text.split()).rstrip(".!")
        plain = SHORT.get(plain.lower(), plain)
        plain = VERB.sub(lambda found: f"{VERBS[found[1].lower()]} ", plain, count=1) if VERB.match(plain) else plain
        return super()._parse(plain)


def commands_of(story: Story) -> Commands:
    """The commands of a story, made once."""
    if story.commands is None:
        story.commands = Commands(story)
    commands: Commands = story.commands
    return commands
