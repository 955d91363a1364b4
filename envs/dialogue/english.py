"""Reading English by rules: words, stems, the clause inside a polite question, and phrases with a meaning.

Small, deterministic and without a model. The tools shorten what can be said in many ways to what is said; what they do
not know they leave in place, so that a world which wants every word accounted for notices it and says that it did not
understand. Numbers and comparisons are in `scoutgym.envs.dialogue.quantities`.

    clause("Hmm ok, could you tell me whether it isn't alive?")  →  it is alive, negated
    clause("It's alive, isn't it?")                              →  it is alive
    clause("Isn't it alive?")                                    →  is it alive
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from scoutgym.envs.dialogue.stemming import Words, stem, stems

C = TypeVar("C")

SHORT = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "let's": "let us", "y'all": "you", "i'm": "i am", "gimme": "give me", "wanna": "want to", "gonna": "going to",
    "dunno": "do not know", "isnt": "is not", "arent": "are not", "doesnt": "does not", "dont": "do not",
    "cant": "can not", "wasnt": "was not", "wouldnt": "would not", "hasnt": "has not", "didnt": "did not",
    "thats": "that is", "whats": "what is", "im": "i am", "wheres": "where is", "u": "you", "ur": "your",
    "pls": "please", "plz": "please", "sth": "something", "smth": "something", "ppl": "people",
}  # fmt: skip
"""Short forms that no rule opens."""

ENDS = (("n't", " not"), ("'re", " are"), ("'ll", " will"), ("'ve", " have"), ("'d", " would"))
IS = frozenset(
    "it that this what who where when how there here he she which everything something anything".split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Before ``'s`` these mean "is"; after any other word ``'s`` is the genitive, which is dropped."""

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[$€£%]|[.?!;\n]+")
SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "%": "percent"}

AUXILIARIES = frozenset(
    "is are was were am be do does did can could will would may might must shall should has have had".split()  # noqa: SIM905 (a word a line would fill the page)
)
SUBJECTS = frozenset(
    "it they he she you we i one people someone somebody this that there".split()  # noqa: SIM905 (a word a line would fill the page)
)


def words(text: str) -> Words:
    """The words of a text: lower case, short forms opened, signs named, punctuation gone."""
    return tuple(word for sentence in sentences(text) for word in sentence.words)


@dataclass(frozen=True)
class Sentence:
    """The words between two stops, and whether a question mark ended them."""

    words: Words
    asks: bool


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, empty ones left out."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"[\u2018\u2019\u02bc`´]", "'", text)
    text = re.sub(r"([$€£]) ?([0-9][0-9.,]*)", r"\2 \1", text)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    found: list[Sentence] = []
    now: list[str] = []
    for token in TOKEN.findall(text):
        if token[0] in ".?!;\n":
            if now:
                found.append(Sentence(tuple(now), "?" in token))
            now = []
        else:
            now += _open(token)
    if now:
        found.append(Sentence(tuple(now), False))
    return tuple(found)


def _open(token: str) -> list[str]:
    """The words of a token."""
    if token in SIGNS:
        return [SIGNS[token]]
    if token in SHORT:
        return SHORT[token].split()
    if token[0].isdigit():
        return [token.replace(",", "")]
    for end, full in ENDS:
        if token.endswith(end):
            return (token.removesuffix(end) + full).split()
    word, apostrophe, end = token.partition("'")
    if not apostrophe:
        return [token]
    return [word, "is"] if end == "s" and word in IS else [word]


# Clauses.

BEFORE = """
    ok|okay|so|well|hm|hmm|hmmm|um|uh|er|alright|right|now|then|and|but|also|great|thanks|thank you|thank you very much|
    please|perhaps|maybe|cool|nice|good|interesting|i see|got it|oh|ah|hi|hello|hey|next|first|firstly|second|finally|
    lastly|just to be sure|to be sure|just to check|just checking|to clarify|let me see|let me think|let us see|
    in that case|sorry|excuse me|one more|question|next question|first question|my question is|my next question is|
    my first question is|the question is|here is my question|i have a question|can i ask|may i ask|could i ask|
    let me ask|i would like to ask|i want to ask|i will ask|i wonder|i was wondering|i am wondering|just wondering|
    i would like to know|i want to know|i need to know|i would love to know|i am curious|can you tell me|
    could you tell me|would you tell me|will you tell me|can you please tell me|could you please tell me|
    can you say|could you say|please tell me|tell me|do you know|would you say|would you say that|do you think|
    do you think that|do you believe|do you suppose|would you call it|is it true that|is it right that|
    is it correct that|is it the case that|
    is it a fact that|is it fair to say that|is it fair to say|is it correct to say that|is it right to say that|
    is it true to say that|would it be fair to say|would it be fair to say that|would it be correct to say|
    would it be correct to say that|would it be right to say|would it be right to say that|would it be true to say|
    would it be true to say that|would it be accurate to say|would it be accurate to say that|can we say that|
    can one say that|could we say that|could one say that|can it be said that|could it be said that|
    am i right that|am i right in thinking that|am i correct that|am i right to think that|am i right in saying that|
    would i be right in thinking that|would i be right to say that|i suppose|i assume|i believe|i guess|i think|
    i would say|i take it|i take it that|i suppose that|i assume that|i guess that|i think that|i believe that|
    yes or no|tell me yes or no|answer me this|answer yes or no|for my next question|for my first question|
    is not it true that|is not it the case that|all right|moving on|another question|last question|final question|
    let us say|i am sure|i am pretty sure|i am quite sure|i am fairly sure|i am certain|pretty sure|i am almost sure|
    i have the feeling|i have a feeling|i feel like|it seems to me|it seems|it sounds like|sounds like|actually|
    i bet|i gather|i imagine|i presume|i reckon|surely|i would bet|i would guess|i would imagine|any chance|
    any chance that|is there any chance|is there a chance that|is there any chance that|would it be safe to say|
    would it be safe to say that|can i assume|can i assume that|may i assume that|so basically|i mean|you know|
    basically|quick question|if i may ask|if i may|try this|how about this|out of curiosity|
    if|whether|that
"""  # "if" and "whether" come last: what is longer is tried first

DENYING = """
    is it false that|is it wrong that|is it untrue that|is it not true that|is it wrong to say|is it wrong to say that|
    would it be wrong to say|would it be wrong to say that|would it be false to say|would it be false to say that|
    would it be incorrect to say|would it be incorrect to say that|is it incorrect to say that|
    am i wrong that|am i wrong to think that|am i wrong in thinking that|would i be wrong to say that|
    is it not the case that
"""

AFTER = """
    right|correct|yes|true|or not|or no|yes or no|please|thanks|thank you|at all|by any chance|i wonder|i think|
    i guess|i suppose|i believe|do you think|would you say|in your opinion|then|though|perhaps|maybe|you know|or what|
    am i right|am i correct|is that right|is that correct|is that true|is that so|would that be right|or is it not|
    is not that right|is not that so|or does it not|or is not it|if i may ask|if you know|would not you say|
    do not you think|actually|really|in general|generally|generally speaking|usually|typically|normally|
    most of the time|or something|or so|if any|no|eh|huh|innit|n ce pas|i take it|i presume|i imagine|i bet|i gather|
    i would guess|is that fair|is that accurate|is that right to say|would that be fair|would that be correct|
    by the way|for sure|for certain|exactly|to be exact|i assume|yeah|ok|okay|sir|man|mate|
    do you know|now|anyway|is it the case|as far as you know
"""


def _listed(text: str) -> tuple[Words, ...]:
    """The phrases of a list, the longest first."""
    phrases = {tuple(" ".join(one.split()).split(" ")) for one in text.split("|")}
    return tuple(sorted((one for one in phrases if one != ("",)), key=lambda one: (-len(one), one)))


_BEFORE, _DENYING, _AFTER = _listed(BEFORE), _listed(DENYING), _listed(AFTER)


@dataclass(frozen=True)
class Clause:
    """What is said, without what is said around it.

    ``negated``: the words are denied ("it is not alive", "has it no legs"); the denial is taken out of ``words``.
    ``words`` keep their order and form: "is it alive" and "it is alive" both occur.
    """

    words: Words
    negated: bool = False


@lru_cache(maxsize=4096)
def clause(text: str) -> Clause | None:
    """The one clause of a text; None where there is none, where there are two questions, or two denials.

    A sentence that asks counts before those that do not; of several that do not, only one may say anything.
    """
    found = [(one.asks, *_bare(one.words)) for one in sentences(text)]
    said = [one for one in found if one[1]]
    if len(said) > 1:
        said = [one for one in said if one[1] not in _AFTER]  # "It is alive. Correct?"
    asking = [one for one in said if one[0]] or said
    if len(asking) != 1:
        return None
    _, bare, denied = asking[0]
    kept, denials = _undenied(bare)
    denials += denied
    return Clause(kept, denials == 1) if denials <= 1 else None


def _bare(of: Words) -> tuple[Words, int]:
    """The words without frames before and tags after them, and how many of the frames deny."""
    denied, changed = 0, True
    if of[:1] == ("its",):
        of = ("it", "is", *of[1:])
    while changed and of:
        changed = False
        for phrase in _DENYING:
            if of[: len(phrase)] == phrase:
                of, denied, changed = of[len(phrase) :], denied + 1, True
        for phrase in _BEFORE:
            if of[: len(phrase)] == phrase and not _needed(of, len(phrase)):
                of, changed = of[len(phrase) :], True
        for phrase in _AFTER:
            if len(of) > len(phrase) and of[-len(phrase) :] == phrase:
                of, changed = of[: -len(phrase)], True
        tag = _tag(of)
        if tag:
            of, changed = of[:-tag], True
    return of, denied


def _needed(of: Words, length: int) -> bool:
    """Whether a single word before is part of the clause: "that is alive", "right angles", "second hand"."""
    if length > 1 or of[0] not in ("that", "right", "second", "first", "good", "well", "cool", "nice"):
        return False
    follows = of[1:2]
    return not follows or follows[0] not in AUXILIARIES | SUBJECTS or (of[0] == "that" and follows[0] in AUXILIARIES)


def _tag(of: Words) -> int:
    """The length of a question tag at the end: "…, isn't it", "…, does it not", "…, is it"."""
    for length in (3, 2):
        tag = of[-length:]
        if len(of) < length + 2 or of[0] in AUXILIARIES or tag[0] not in AUXILIARIES:
            continue
        rest = [word for word in tag[1:] if word != "not"]
        if (
            len(rest) == 1
            and rest[0] in SUBJECTS - {"this", "that"}
            and of[-length - 1] not in ("what", "where", "how")
        ):
            return length
    return 0


def _undenied(of: Words) -> tuple[Words, int]:
    """The words without their denials, and how many there were; "isn't it …?" asks like "is it …?"."""
    if len(of) > 2 and of[0] in AUXILIARIES and of[1] == "not" and of[2] in SUBJECTS:
        of = (of[0], *of[2:])
    kept, denials = [], 0
    for place, word in enumerate(of):
        follows = of[place + 1] if place + 1 < len(of) else ""
        if (word in ("not", "never", "non") and follows != "only") or (word == "no" and place > 0 and follows):
            denials += 1
        else:
            kept.append(word)
    return tuple(kept), denials


# Phrases.


@dataclass(frozen=True)
class Span(Generic[C]):
    """A phrase that was found: from word ``start`` up to ``end``, and what it means."""

    start: int
    end: int
    concept: C


class Phrasebook(Generic[C]):
    """Phrases and what they mean, found by stems: the longest first, from the left.

    Raises:
        ValueError: a phrase is given two meanings.
    """

    def __init__(self, phrases: Iterable[tuple[str, C]] = ()) -> None:
        self._known: dict[Words, C] = {}
        self._longest = 0
        for phrase, concept in phrases:
            self.add(phrase, concept)

    def add(self, phrase: str, concept: C) -> None:
        """Learn a phrase."""
        key = stems(words(phrase))
        if not key or self._known.setdefault(key, concept) != concept:
            raise ValueError(f"the phrase {phrase!r} means {self._known.get(key)!r} already, not {concept!r}")
        self._longest = max(self._longest, len(key))

    def stems(self) -> frozenset[str]:
        """The stem of every word of a phrase."""
        return frozenset(word for key in self._known for word in key)

    def meaning(self, of: Sequence[str]) -> C | None:
        """What these words mean together, every one of them used."""
        return self._known.get(stems(of))

    def find(self, of: Sequence[str]) -> list[Span[C]]:
        """The phrases in some words, none overlapping another."""
        keys, found, place = stems(of), [], 0
        while place < len(keys):
            for end in range(min(len(keys), place + self._longest), place, -1):
                concept = self._known.get(keys[place:end])
                if concept is not None:
                    found.append(Span(place, end, concept))
                    place = end
                    break
            else:
                place += 1
        return found

    def cover(self, of: Sequence[str], fillers: frozenset[str]) -> list[Span[C]] | None:
        """The phrases, if every word outside of them is a filler; else None: something was not understood."""
        found = self.find(of)
        inside = {place for span in found for place in range(span.start, span.end)}
        bare = (word for place, word in enumerate(of) if place not in inside)
        return found if all(word in fillers or stem(word) in fillers for word in bare) else None


Indexed = Mapping[str, tuple[Words, ...]]
"""Phrases by their first word, the longest first."""


def indexed(phrases: Iterable[Words]) -> Indexed:
    """Phrases by their first word, the longest first."""
    found: dict[str, list[Words]] = {}
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        found.setdefault(phrase[0], []).append(phrase)
    return {word: tuple(some) for word, some in found.items()}


def replaced(of: Words, phrases: Indexed, by: Words) -> Words:
    """The words with each of some phrases replaced, the longest where several match."""
    found: list[str] = []
    place = 0
    while place < len(of):
        for phrase in phrases.get(of[place], ()):
            if of[place : place + len(phrase)] == phrase:
                found += by
                place += len(phrase)
                break
        else:
            found.append(of[place])
            place += 1
    return tuple(found)


def split(of: Words, at: str) -> list[Words]:
    """The words between the occurrences of ``at`` ("or", "and"), empty parts left out."""
    parts: list[list[str]] = [[]]
    for word in of:
        if word == at:
            parts.append([])
        else:
            parts[-1].append(word)
    return [tuple(part) for part in parts if part]


__all__ = [
    "AUXILIARIES", "SUBJECTS", "Clause", "Indexed", "Phrasebook", "Sentence", "Span", "Words", "clause", "indexed",
    "replaced", "sentences", "split", "stem", "stems", "words",
]  # fmt: skip
