"""The words for NetHack's commands: one table, from which the grammar, its help and the keys are made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoutgym.envs.grammar import BadAction, Field, Form, Grammar, Integer, Word
from scoutgym.envs.minihack.engine.seen import STEPS

KEYS = dict(zip(STEPS, b"kulnjbhy", strict=True))
"""The keys of the eight ways."""

AIMS = {**KEYS, "up": ord("<"), "down": ord(">"), "self": ord(".")}
"""The keys of all that one can aim at."""

WAY = Word(list(STEPS), "direction")
AIM = Word(list(AIMS), "direction")

PLACE = re.compile(r"(\d{1,2}) (east|west|north|south)(?:,? (\d{1,2}) (north|south|east|west))?")


class Item(Field):
    """Something that is carried, by its letter ("h", "wand h") or by a part of its name ("skeleton key")."""

    pattern = r"[^\n]{1,60}"
    samples: tuple[str, ...] = ("a", "b", "c", "d", "e", "f", "g", "h")
    size = len(samples)

    def read(self, text: str) -> str:
        """A letter, or a name in small letters."""
        words = text.split()
        last = words[-1]
        if len(last) == 1 and ((last.isascii() and last.isalpha()) or last in "$*"):
            return last
        if "at" in words:
            raise BadAction(f"'{text}' is not an item and a direction")
        return " ".join(words).lower()

    def value(self, number: int) -> str:
        """One of the first letters."""
        return self.samples[number]

    def explain(self) -> str:
        """Letter or name."""
        return "an inventory letter or a name"

    def schema(self) -> dict[str, Any]:
        """Any short text."""
        return {"type": "string", "maxLength": 60}


class Target(Item):
    """Something in view, by its name ("staircase down"), or a place as it is told ("3 east, 2 north")."""

    samples = ("staircase down", "closed door", "doorway", "1 east", "2 north")
    size = len(samples)

    def read(self, text: str) -> str:
        """The name in small letters and without an article, or the place."""
        name = " ".join(text.lower().split())
        name = re.sub(r"^(?:the|an?) (?=.)", "", name)
        place = PLACE.fullmatch(name)
        if place is None:
            return name
        first, one, second, other = place.groups()
        if second is None:
            return f"{int(first)} {one}"
        if (one in ("east", "west")) == (other in ("east", "west")):
            raise BadAction(f"'{text}' is no place: write for example 3 east, 2 north")
        pair = [f"{int(first)} {one}", f"{int(second)} {other}"]
        return ", ".join(pair if one in ("east", "west") else pair[::-1])

    def explain(self) -> str:
        """Name or place."""
        return "the name of something in view, or a place such as 3 east, 2 north"


class Words(Item):
    """Some words of one's own, to be written on the floor."""

    pattern = r"[^\n]{1,40}"
    samples = ("Elbereth",)
    size = 1

    def read(self, text: str) -> str:
        """The words, without signs that no keyboard of NetHack has."""
        plain = " ".join(text.split())
        if not (plain.isascii() and plain.isprintable()):
            raise BadAction("only plain letters, digits and signs can be written")
        return plain

    def explain(self) -> str:
        """Any words."""
        return "words of your own"


ITEM, TARGET, TURNS, WORDS = Item(), Target(), Integer(1, 20), Words()
FIELDS: dict[str, Field] = {
    "direction": WAY,
    "aim": AIM,
    "item": ITEM,
    "other": ITEM,
    "target": TARGET,
    "turns": TURNS,
    "words": WORDS,
}


@dataclass(frozen=True)
class Command:
    """One form: its template, the command of NLE that a level must allow for it, the key, and what is answered.

    Args:
        template: as in `Form`; its blanks are names of ``FIELDS``.
        needs: the name of NLE's command; empty where every level allows it.
        key: what is pressed first; 0 where the form is done otherwise.
        about: a few words for the help.
        yes: the yes-or-no questions that are answered by yes; all others are answered by no.
    """

    template: str
    needs: str
    key: int = 0
    about: str = ""
    yes: str = ""


def meta(letter: str) -> int:
    """The key of Alt and a letter."""
    return 0x80 | ord(letter)


COMMANDS = (
    Command("go far {direction}", "", about="walk until something comes into view or in the way"),
    Command("go {direction}", "", about="one step; it also attacks, pushes, swaps and opens doors"),
    Command("travel to {target}", "", about="walk there over what you have seen; stops when something happens"),
    Command("look", "", ord(":"), "what lies here; takes no time"),
    Command("inventory", "", about="takes no time"),
    Command("statistics", "", about="takes no time"),
    Command("open {direction}", "OPEN", ord("o")),
    Command("close {direction}", "CLOSE", ord("c")),
    Command("kick {direction}", "KICK", 0x1F & ord("d")),
    Command("fight {direction}", "FIGHT", ord("F"), yes="Really attack"),
    Command("search for {turns} turns", "SEARCH", ord("s")),
    Command("search", "SEARCH", ord("s"), "for hidden doors and traps next to you"),
    Command("wait for {turns} turns", "WAIT", ord(".")),
    Command("wait", "WAIT", ord(".")),
    Command("pick up {item}", "PICKUP", ord(","), yes="[Pp]ick|trouble lifting"),
    Command("pick up", "PICKUP", ord(","), "everything that lies here", yes="[Pp]ick|trouble lifting"),
    Command("drop {item}", "DROP", ord("d")),
    Command("eat {item}", "EAT", ord("e"), "carried or lying here", yes="Continue eating|Stop eating"),
    Command("quaff {item}", "QUAFF", ord("q"), "or from a fountain or sink: quaff sink"),
    Command("read {item}", "READ", ord("r")),
    Command("wear {item}", "WEAR", ord("W")),
    Command("take off {item}", "TAKEOFF", ord("T")),
    Command("put on {item}", "PUTON", ord("P")),
    Command("remove {item}", "REMOVE", ord("R")),
    Command("wield {item}", "WIELD", ord("w")),
    Command("zap {item} at {aim}", "ZAP", ord("z")),
    Command("zap {item}", "ZAP", ord("z")),
    Command("throw {item} at {aim}", "THROW", ord("t")),
    Command("apply {item} at {aim}", "APPLY", ord("a"), yes="[Uu]nlock|[Ll]ock|Improvise|pick"),
    Command("apply {item}", "APPLY", ord("a"), yes="[Uu]nlock|Improvise|pick"),
    Command("pray", "PRAY", meta("p"), yes="want to pray"),
    Command("go up", "UP", ord("<")),
    Command("go down", "DOWN", ord(">")),
    Command("fire {direction}", "FIRE", ord("f")),
    Command("quiver {item}", "QUIVER", ord("Q")),
    Command("swap weapons", "SWAP", ord("x")),
    Command("cast {item} at {aim}", "CAST", ord("Z")),
    Command("cast {item}", "CAST", ord("Z")),
    Command("dip {item} into {other}", "DIP", meta("d")),
    Command("rub {item}", "RUB", meta("r")),
    Command("invoke {item}", "INVOKE", meta("i")),
    Command("offer {item}", "OFFER", meta("o"), yes="sacrifice"),
    Command("force lock", "FORCE", meta("f"), yes="force its lock"),
    Command("loot", "LOOT", meta("l"), yes="loot it"),
    Command("untrap {direction}", "UNTRAP", meta("u"), yes="[Dd]isarm|[Uu]ntrap"),
    Command("engrave {words}", "ENGRAVE", ord("E"), "in the dust, with a finger"),
    Command("chat {direction}", "CHAT", meta("c")),
    Command("pay", "PAY", ord("p"), yes="Pay"),
    Command("sit", "SIT", meta("s")),
    Command("enhance", "ENHANCE", meta("e"), "your skills, where you may"),
    Command("turn undead", "TURN", meta("t")),
    Command("wipe face", "WIPE", meta("w")),
)
BY_NAME = {re.sub(r"\{(\w+)\}(?: \1)?", r"\1", command.template): command for command in COMMANDS}
"""Commands by the name of their form, which is the template without braces."""


class Commands(Grammar):
    """The grammar of a level: its commands, told by what they take instead of one by one."""

    cased = True

    def help(self) -> str:
        """The commands by what they take."""
        if not self._help:
            self._help = _help([BY_NAME[form.name] for form in self.forms])
        return self._help


def grammar(allowed: str | Sequence[str]) -> Commands:
    """The grammar of a level that allows these commands of NLE beside walking; "all" is the whole keyboard."""
    chosen = [
        (name, command)
        for name, command in BY_NAME.items()
        if not command.needs or allowed == "all" or command.needs in allowed
    ]
    forms = []
    for name, command in chosen:
        slots = re.findall(r"\{(\w+)\}", command.template)
        forms.append(Form(command.template, command.about, name=name, **{slot: FIELDS[slot] for slot in slots}))
    return Commands(*forms)


def _help(commands: Sequence[Command]) -> str:
    lines, plain, by_item, by_way, aimed = [], [], [], [], []
    for command in commands:
        verb, _, rest = command.template.partition(" {")
        if command.about or rest not in ("", "item}", "direction}", "item} at {aim}"):
            about = f" ({command.about})" if command.about else ""
            lines.append(f"- `{command.template.replace('{', '<').replace('}', '>')}`{about}")
        elif not rest:
            plain.append(f"`{verb}`")
        elif rest == "item}":
            by_item.append(verb)
        elif rest == "direction}":
            by_way.append(verb)
        elif rest == "item} at {aim}":
            aimed.append(verb)
    for verbs, tail in ((by_way, "<direction>"), (by_item, "<item>"), (aimed, "<item> at <aim>")):
        if verbs:
            shown = ", ".join(f"`{verb} {tail}`" for verb in verbs[:2])
            rest = f"; in the same way {', '.join(verbs[2:])}" if len(verbs) > 2 else ""
            lines.append(f"- {shown}{rest}")
    if plain:
        lines.append(f"- {', '.join(plain)}")
    text = "\n".join(lines)
    notes = [f"<direction> is {WAY.explain()[len('one of: ') :]}."]
    if "<aim>" in text:
        notes.append("<aim> is a direction, up, down or self.")
    if "<item>" in text:
        notes.append("<item> is an inventory letter or a name.")
    notes.append(f"<target> is {TARGET.explain()}.")
    if "<turns>" in text:
        notes.append(f"<turns> is {TURNS.explain()}.")
    return f"Reply with one of these:\n{text}\n{' '.join(notes)}"
