"""Guesses of twenty questions: the names of the objects, and of things that are none of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from scoutgym.envs.dialogue.english import Phrasebook, Words, stems, words
from scoutgym.envs.dialogue.objects import broader, lines, objects
from scoutgym.envs.dialogue.objects.phrases import ARTICLES, GUESSING


@cache
def names() -> Phrasebook[str]:
    """Objects by name; a name that is only broader than others stands for itself."""
    book: Phrasebook[str] = Phrasebook()
    for one in objects().values():
        for name in (one.name, *one.others):
            book.add(name, one.name)
    for wider in {name for names in broader().values() for name in names}:
        if book.meaning(words(wider)) is None:
            book.add(wider, wider)
    return book


@cache
def others() -> dict[Words, str]:
    """By stems, well-known things that no object of the table is: a guess of one is answered by no."""
    found = {stems(words(name)): name for line in lines("others") for name in map(str.strip, line.split(",")) if name}
    return {key: name for key, name in found.items() if names().meaning(key) is None}


def guess(of: Words, article: bool) -> list[Any] | None:
    """A guess: with an article, or (tried later) without."""
    for phrase in (*GUESSING.get(of[0], ()), ()):
        if of[: len(phrase)] == phrase:
            rest = of[len(phrase) :]
            if not rest or (rest[0] in (*ARTICLES, "some", "your") and len(rest) > 1) != article:
                continue
            said = rest[1:] if article else rest
            name = names().meaning(said) or others().get(stems(said))
            if name is not None:
                return ["guess", name]
    return None
