"""Saying a clause in plainer words: synonyms, a topic before the question, a slip of the pen.

``rewordings.txt`` lists what is replaced (``said; said so | plainer``, the longest first). A word that no file knows is
taken for a known one only where it is long, begins like it, differs by one letter that is missing, doubled, added or
exchanged with its neighbor, and no other known word is as near.
"""

from __future__ import annotations

from functools import cache

from scoutgym.envs.dialogue.english import Words, stem, stems, words
from scoutgym.envs.dialogue.objects import lines
from scoutgym.envs.dialogue.objects.forms import forms
from scoutgym.envs.dialogue.objects.naming import names, others

TITLES = ("what about", "how about", "as for", "regarding", "concerning", "talking about", "speaking of")
TOPICS = frozenset(
    "color colour size shape weight price material use location use it this one appearance function".split()  # noqa: SIM905 (a word a line would fill the page)
)
"""What a question may be about without a change of its meaning."""

CALLS = frozenset(
    "honey dear darling dude man mate buddy pal friend sir madam guys sweetie listen look wow aha alas".split()  # noqa: SIM905 (as above)
)
"""Words before a comma that call somebody."""

SLIP = 7
"""The length of a word from which on a slip of the pen is read."""


def reworded(of: Words) -> Words:
    """The words with their plainer synonyms, and slips of the pen corrected."""
    of = tuple(_corrected(word) for word in of)
    known, longest = _rewordings()
    found: list[str] = []
    place = 0
    while place < len(of):
        for length in range(min(longest, len(of) - place), 0, -1):
            plainer = known.get(stems(of[place : place + length]))
            if plainer is not None:
                found += plainer
                place += length
                break
        else:
            found.append(of[place])
            place += 1
    return tuple(found)


def untitled(text: str) -> str | None:
    """The text behind a topic ("What about the color, …") or a call ("Honey, …"); None where there is none."""
    title, comma, rest = text.partition(",")
    said = " ".join(words(title))
    if not comma or not rest.strip():
        return None
    if said in CALLS:
        return rest
    for phrase in TITLES:
        topic = words(said.removeprefix(phrase))
        if said.startswith(phrase + " ") and topic:
            asked = words(rest)
            if asked[-1:] in (("any",), ("some",), ("one",)):
                return " ".join((*asked[:-1], *topic))
            bare = [word for word in topic if word not in ("the", "its")]
            return rest if len(bare) == 1 and bare[0] in TOPICS else None
    return None


@cache
def _rewordings() -> tuple[dict[Words, Words], int]:
    known: dict[Words, Words] = {}
    for line in lines("rewordings"):
        said, plainer = line.split("|")
        for one in said.split(";"):
            known[stems(words(one))] = words(plainer)
    return known, max(map(len, known))


@cache
def _vocabulary() -> frozenset[str]:
    """Every stem that a file knows."""
    known = {word for form in forms() for word in form}
    known |= {word for phrase, plainer in _rewordings()[0].items() for word in (*phrase, *stems(plainer))}
    return frozenset(known | names().stems() | {word for key in others() for word in key})


@cache
def _slips() -> dict[str, set[str]]:
    """The long known words by each of their forms without one letter."""
    found: dict[str, set[str]] = {}
    for word in _vocabulary():
        if len(word) >= SLIP - 1:
            for shorter in _shorter(word):
                found.setdefault(shorter, set()).add(word)
    return found


def _shorter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(1, len(word))}


def _corrected(word: str) -> str:
    """The known word that an unknown long one is a slip of; else the word itself."""
    if len(word) < SLIP or stem(word) in _vocabulary() or not word.isalpha():
        return word
    bare = stem(word)
    near = set(_slips().get(bare, ()))  # one letter too few
    near |= {one for one in _shorter(bare) if len(one) >= SLIP - 1 and one in _vocabulary()}  # one too many
    for place in range(1, len(bare) - 1):
        swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
        near |= {swapped} & _vocabulary()
    return near.pop() if len(near) == 1 else word
