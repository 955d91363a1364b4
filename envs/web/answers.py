"""Whether a message gives an answer: the value, alone or in a plain sentence.

Who pastes a page, or names several values of which one may be right, has found nothing out. So a message is read as
tokens (numbers and words), and besides the answer it may hold

* what the task says itself: its words, and of what it puts in quotes the whole or two words that follow each other;
* words of `PLAIN`, which could be the answer to nothing;
* beside an answer in digits (a number, a date, a time, a measure, a code): at most `AROUND` other words, but no other
  number, month or word in capitals, and none of `DOUBT`;
* beside an answer in words: nothing else, as any other word may be a second answer.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from scoutgym.envs.web.task import SPOKEN

AROUND = 12
"""How many words that are neither plain nor the task's may stand around a number: those of a sentence or two."""

LONGEST = 60
"""How many numbers and words a message may have beyond those of the task."""

_PLAIN = """
a an the this that these those it its i you your my me we our he she they his her their them there here
is are was were be been being has have had do does did can will would
of in on at to for from by with as about into since until and so which who what when where
s m re ve ll d
answer result value name named called page site website profile account list table says said shows shown listed lists
stated states given gives reads found find see according based information details detail description section
title field displayed indicated indicates mentioned checked looked confirm confirmed exactly correct currently current
following here yes ok okay sure please thanks thank hello hi final latest full just also
number date day time price cost costs total weight weighs material person user username dr mr mrs ms prof
product item order made makes airport hotel doctor responsible takes policy covers covered excluded excludes exclusion
role level club member membership priority milestone issue project wiki due next assigned assignee flair post
comment community author wrote written week thread rule rules
"""
PLAIN = frozenset(_PLAIN.split())
"""Words that are no answer by themselves."""

DOUBT = frozenset({"or", "either", "neither", "nor", "not", "maybe", "perhaps", "possibly", "probably"})
"""Words of somebody who says several things, or takes one back."""

_MONTHS = "january february march april may june july august september october november december"
MONTHS = frozenset(_MONTHS.split())

_CODE = re.compile(r"(?<![^\W_])[A-Z]+(?![^\W_])")
_TOKEN = re.compile(r"\d+(?:,\d{3}(?!\d))*(?:[.:]\d+)*|[^\W\d]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ENDINGS = ("s", "es", "d", "ed", "ing")


def gives_number(message: str, number: float, asked: str) -> bool:
    """Whether a message gives a number, and no other.

    Args:
        message: it.
        number: the answer.
        asked: the words of the task.
    """
    tokens = _tokens(message)
    if len(tokens) > LONGEST + len(_tokens(asked)):
        return False
    own = _quoted(tokens, asked)
    free = [place for place in range(len(tokens)) if place not in own]
    told = [value for place in free if (value := _value(tokens[place])) is not None]
    if not told:  # a name in the task may be a number as well
        told = [number for place in own if own[place] == 1 and _value(tokens[place]) == number]
    others = [tokens[place] for place in _unknown(tokens, own, asked)]
    return bool(told) and all(abs(one - number) < 1e-6 for one in told) and _few(others)


def gives_text(message: str, answer: str, asked: str) -> bool:
    """The same for a text: letters may be capital or small, and signs between words do not count."""
    tokens, sought = _tokens(message), _tokens(answer)
    if len(tokens) > LONGEST + len(_tokens(asked)):
        return False
    own = _quoted(tokens, asked)
    found = [
        place
        for place in range(len(tokens) - len(sought) + 1)
        if sought
        and tokens[place : place + len(sought)] == sought
        and any(own.get(place + step, 0) <= len(sought) for step in range(len(sought)))
    ]
    if not found:
        return False
    said = {place + step for place in found for step in range(len(sought))}
    others = [tokens[place] for place in _unknown(tokens, own, asked) if place not in said]
    if not _in_digits(sought):
        return not others
    rivals = {one.lower() for one in _CODE.findall(message)} | (MONTHS if MONTHS & set(sought) else set())
    return _few(others) and rivals.isdisjoint(others) and not any(map(_digits, others))


def _digits(token: str) -> bool:
    return token[-1].isdigit()


def _in_digits(tokens: Sequence[str]) -> bool:
    """Whether a text says by digits what it says: its words are months, units, or the letters of a code."""
    return any(map(_digits, tokens)) and all(one in MONTHS or _digits(one) or len(one) <= 3 for one in tokens)


def _few(others: Sequence[str]) -> bool:
    """Whether what else is said are the words of a sentence or two, and nothing is left open."""
    return sum(not _digits(one) for one in others) <= AROUND and DOUBT.isdisjoint(others)


def _tokens(text: str) -> list[str]:
    """Numbers with their sign, without separators of thousands, and words in small letters."""
    text, found = text.lower(), list[str]()
    for one in _TOKEN.finditer(text):
        sign = text[one.start() - 1 : one.start()] == "-" and not text[: one.start() - 1][-1:].isalnum()
        digits = one[0][0].isdigit()
        found.append(f"{'-' if digits and sign else ''}{one[0].replace(',', '') if digits else one[0]}")
    return found


def _value(token: str) -> float | None:
    return float(token) if _NUMBER.fullmatch(token) else None


def _quoted(tokens: Sequence[str], asked: str) -> dict[int, int]:
    """The places of a message at which it repeats what the task puts in quotes, and how much: so many tokens."""
    own: dict[int, int] = {}
    for phrase in map(_tokens, SPOKEN.findall(asked)):
        for run in {len(phrase), min(2, len(phrase))} - {0}:
            for piece in _runs(phrase, run):
                for place in range(len(tokens) - run + 1):
                    if list(tokens[place : place + run]) == piece:
                        own |= {place + step: max(run, own.get(place + step, 0)) for step in range(run)}
    return own


def _unknown(tokens: Sequence[str], own: Container[int], asked: str) -> list[int]:
    """The places at which a message says what is neither plain nor the task's."""
    words = {form for word in _tokens(SPOKEN.sub(" ", asked)) for form in _forms(word)}
    return [
        place
        for place, token in enumerate(tokens)
        if place not in own and token not in PLAIN and words.isdisjoint(_forms(token))
    ]


def _runs(phrase: list[str], length: int) -> Iterator[list[str]]:
    for start in range(len(phrase) - length + 1):
        yield phrase[start : start + length]


def _forms(word: str) -> set[str]:
    """A word, and what it may be a form of."""
    return {word, *(word.removesuffix(ending) for ending in _ENDINGS if len(word) > len(ending) + 2)}
