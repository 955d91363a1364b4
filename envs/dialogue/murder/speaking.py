"""Whom a detective speaks to: a name that stands apart from its sentence, in a text that says "you".

"Gideon, where were you?"   "Where were you, Mr Ellsworth?"   "so where were you gideon"   "I mean you, Gideon."
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoutgym.envs.dialogue.english import AUXILIARIES, Words, stems, words
from scoutgym.envs.dialogue.murder.lexicon import BEGINS, Lexicon, taken

STOPS = re.compile(r"[.?!;\n]+")
PIECES = re.compile(r"[,:\u2013\u2014\"()\u201c\u201d]+|\s-+\s")
YOU = re.compile(r"(?i)\b(you|your|yours|yourself|u)\b|you'")
TITLES = frozenset(
    """
    mr mrs miss ms dr doctor madam sir lady now so well and but ok okay please dear hello hey then look listen come on
    tell me again right my good excuse between us
    """.split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Words that stand with a name which is spoken to."""
ENDS = frozenset(
    """
    you there do doing did alone then that night evening time it happened eight nine ten eleven twelve today here
    """.split()  # noqa: SIM905 (as above)
)
"""Words before a name at the end of a question that show that it is spoken to."""


def addressed(known: Lexicon, text: str) -> int | None:
    """Who is spoken to; None where nobody is, or more than one."""
    if not YOU.search(text):
        return None
    found = list(dict.fromkeys(_called(known, text)))
    return found[0] if len(found) == 1 else None


def _called(known: Lexicon, text: str) -> Iterator[int]:
    for sentence in STOPS.split(text[:2_000]):
        for piece in PIECES.split(sentence):
            of = words(piece)
            bare = tuple(word for word in of if word not in TITLES)
            found = (_alone(known, of), _alone(known, bare), _first(known, of), _last(known, of))
            yield from [person for person in found if person is not None][:1]


def _alone(known: Lexicon, of: Words) -> int | None:
    """The one whose name some words are."""
    people, rest = taken(known.names, stems(of)) if of else ([], ())
    return people[0] if len(people) == 1 and not rest else None


def _first(known: Lexicon, of: Words) -> int | None:
    """Who is named first, and asked: "gideon where were you"."""
    for size in (2, 1):
        person, after = _alone(known, of[:size]), of[size : size + 1]
        if person is not None and after and (after[0] in BEGINS | AUXILIARIES | {"what", "how"}):
            return person if "you" in of[size : size + 4] else None
    return None


def _last(known: Lexicon, of: Words) -> int | None:
    """Who is named last, after what nobody can be the object of: "where were you gideon"."""
    for size in (2, 1):
        person, before = _alone(known, of[-size:]), of[-size - 1 : -size]
        if person is not None and before and before[0] in ENDS:
            return person
    return None
