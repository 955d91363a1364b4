"""Documents that hold personal data: a chat, a mail, notes, a calendar, written around what is known of somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.privacy.facts import FACTS
from scoutgym.envs.web.privacy.wording import share, worded, wordings
from scoutgym.envs.web.sites.people import FIRST

STYLES = ("chat", "mail", "note", "calendar")


def shown(key: str, value: str) -> str:
    """A value as people write it."""
    if FACTS[key].kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B} {day.year}"
    return value.removeprefix("+1 ") if key == "phone" else value


Shows = Callable[[str, str], str]
"""How a document writes the value of a key."""


def written(
    style: str, known: Mapping[str, str], fillers: int, split: str, chance: Chance, shows: Shows = shown
) -> str:
    """A document in which all of ``known`` stands, each value in a sentence of its own, in any order.

    Args:
        style: one of `STYLES`.
        known: by key of `FACTS`, what is told.
        fillers: lines that tell nothing, at most.
        split: train, dev or test.
        chance: to draw from.
        shows: how values are written.
    """
    register = "say" if style in ("chat", "mail") else "note"
    lines = _told(register, known, split, chance, shows)
    idle = wordings()[f"filler {register}", split]
    lines += chance.sample(idle, min(fillers, len(idle)))
    chance.shuffle(lines)
    friend = chance.choice(share(FIRST, split))
    intro = worded(f"intro {style}", split, chance).format(friend)
    return f"{intro}\n\n{_LAID_OUT[style](lines, friend, split, chance)}"


def letter(known: Mapping[str, str], fillers: int, split: str, chance: Chance, shows: Shows = shown) -> str:
    """What somebody writes in a message: sentences, and nothing around them."""
    lines = _told("say", known, split, chance, shows)
    lines += chance.sample(wordings()["filler say", split], fillers)
    chance.shuffle(lines)
    return " ".join(lines)


def _told(register: str, known: Mapping[str, str], split: str, chance: Chance, shows: Shows) -> list[str]:
    return [worded(f"{register} {key}", split, chance).format(shows(key, value)) for key, value in known.items()]


def _chat(lines: Sequence[str], friend: str, split: str, chance: Chance) -> str:
    said, answers = list[str](), wordings()["friend", split].copy()
    chance.shuffle(answers)
    for line in lines:
        said.append(f"Me: {line}")
        if answers and chance.below(2):
            said.append(f"{friend}: {answers.pop()}")
    return "\n".join(said)


def _mail(lines: Sequence[str], friend: str, split: str, chance: Chance) -> str:
    cut = 1 + chance.below(max(1, len(lines) - 1))
    subject, greeting = worded("subject", split, chance), worded("greeting", split, chance).format(friend)
    paragraphs = [" ".join(some) for some in (lines[:cut], lines[cut:]) if some]
    return "\n\n".join([f"Subject: {subject}", greeting, *paragraphs, worded("bye", split, chance)])


def _note(lines: Sequence[str], friend: str, split: str, chance: Chance) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _calendar(lines: Sequence[str], friend: str, split: str, chance: Chance) -> str:
    """An entry a line. The days have no year and the hours no minutes: no date of anybody's is told by them."""
    hours = sorted(8 + chance.below(12) for _ in lines)
    monday = date(2026, 1, 5)
    days = sorted(chance.below(5) for _ in lines)
    stamps = zip(days, hours, lines, strict=True)
    return "\n".join(f"{monday + timedelta(day):%A}, {hour} h: {line}" for day, hour, line in stamps)


_LAID_OUT = {"chat": _chat, "mail": _mail, "note": _note, "calendar": _calendar}
