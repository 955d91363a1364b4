"""How a buyer understands a seller: questions, cars that are shown, offers.

A text is read sentence by sentence into *acts*, JSON lists:

=====================================  ====================================================================
``["ask", topic]``                     what the buyer wishes: brand, type, feature, budget, or what matters
``["is", "type", "SUV"]``              whether that is wished for
``["spend", 25000]``                   whether the buyer would spend so much
``["show", "Terra"]``                  what the buyer thinks of a car; None: of the one spoken of
``["offer", "Terra", 23500]``          an offer; None: for the one spoken of
``["cut", "Terra", 5, "percent"]``     an offer of so much less than the last price named; or "dollar"
``["small", name]``                    what is understood and tells nothing
=====================================  ====================================================================

A price with a car is an offer of it, a price alone an offer of the car spoken of, unless a word of spending makes it
a question about the budget. Prices that are called list prices or the buyer's budget are none. What is denied, and a
car or a price beside rates, trade-ins and the like, is not read; alone, these are among the asides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from scoutgym.envs.dialogue.cars import phrases
from scoutgym.envs.dialogue.cars.asides import BODIES, asides
from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, MODELS, TYPES, Lot, catalogue
from scoutgym.envs.dialogue.english import AUXILIARIES, Phrasebook, Span, Words, sentences, stem, words
from scoutgym.envs.dialogue.quantities import numbers

Act = list[Any]

MOST = 6
"""How many acts a buyer attends to in one text."""

CHEAPEST, DEAREST = 3_000, 1_000_000
"""Numbers outside of these are no prices of cars."""

ALONE = 8_000
"""Smaller numbers without a car are no offers."""

NEAR = 5
"""How many words before a price say what price it is."""


class Word(NamedTuple):
    """What a phrase means: its kind, and which of it."""

    kind: str
    name: str


def _phrases() -> Iterator[tuple[str, Word]]:
    """What a sentence is looked through for; of overlapping phrases the longest counts."""
    for brand in BRANDS:
        yield brand, Word("brand", brand)
    for model in MODELS:
        yield model, Word("model", model)
    for name in TYPES:
        for phrase in (name, *catalogue()["types"][name][1]):
            yield phrase, Word("type", name)
    for name in FEATURES:
        for phrase in catalogue()["features"][name]:
            yield phrase, Word("feature", name)


@cache
def _things() -> Phrasebook[Word]:
    return Phrasebook(_phrases())


@cache
def _topics() -> Phrasebook[str]:
    return Phrasebook((phrase, topic) for topic, line in phrases.TOPICS.items() for phrase in line.split("|"))


@cache
def _book(line: str) -> Phrasebook[bool]:
    """Phrases of one kind."""
    return Phrasebook((phrase, True) for phrase in dict.fromkeys(line.split("|")))


def _says(of: Words, line: str) -> bool:
    """Whether one of the phrases is in some words, as it stands."""
    return any(f" {one} " in f" {' '.join(of)} " for one in line.split("|"))


def _has(of: Words, line: str) -> bool:
    return bool(_book(line).find(of))


def read(lot: Lot, text: str) -> list[Act] | None:
    """The acts of a text, or None for none."""
    found: list[Act] = []
    for sentence in sentences(_plain(text)):
        for clause in _clauses(sentence.words):
            for act in _sentence(lot, clause, sentence.asks):
                if act not in found:
                    found.append(act)
    real = [act for act in found if act[0] != "small" or act[1] in ("absent", "one")]
    offers = [act for act in real if act[0] in ("offer", "cut")]
    if len(offers) > 1:
        return [["small", "one"]]
    shown = [act[1] for act in real if act[0] == "show" and act[1] is not None]
    if offers and offers[0][1] is None and len(shown) == 1:
        offers[0][1] = shown[0]
    said = {None, offers[0][1]} if offers else {None} if shown else set()
    kept = [act for act in real if act[0] != "show" or act[1] not in said]
    return (kept or found[:1])[:MOST] or None


def _plain(text: str) -> str:
    """The text with thousands written in one way: 24.000 as 24,000; and "4x4" in words."""
    text = re.sub(r"(?i)\b4\s?x\s?4\b", "four by four", text[:2_000])
    text = re.sub(r"(?i)\b4\s?wd\b", "four wheel drive", text)
    text = re.sub(r"(?<![\d.,])(\d{2})\.000(?!\d)", r"\1,000", text)
    return re.sub(r"(?i)\b(\d|y|ty|teen|ten|eleven|twelve)?\s?grand\b", r"\1 thousand", text)


def _clauses(of: Words) -> Iterator[Words]:
    """The parts of a sentence with two questions: "what is your budget and which brand do you like"."""
    start = 0
    for place in range(1, len(of) - 1):
        if of[place] in ("and", "but", "or") and of[place + 1] in phrases.SECOND:
            yield of[start:place]
            start = place + 1
    yield of[start:]


def named(text: str, kind: str) -> set[str]:
    """The brands, types or features that are named in a text."""
    return {one.concept.name for one in _things().find(words(text)) if one.concept.kind == kind}


def prices(text: str) -> list[int]:
    """The prices in a text, in dollars."""
    return [amount for _, amount in _prices(words(_plain(text)))]


def _sentence(lot: Lot, of: Words, asks: bool) -> list[Act]:
    """The acts of one sentence."""
    if of[0] in phrases.COMMANDS or phrases.PAST.intersection(of):
        return []
    denied = bool(phrases.DENIALS.intersection(of)) and not _says(of, phrases.INVITING)
    if _has(of, phrases.BID) and not _prices(of):
        return [["small", "bid"]]
    things = _things().find(of)
    cars = _cars(lot, things, of)
    if cars is None:
        return [["small", "absent"]]
    beside = asides(of)
    if not denied and (cut := _cut(of, cars)):
        return [cut]
    if "foreign" in beside and not cars:
        return _foreign(of, things)
    if "foreign" in beside and _prices(of):
        return []
    dear = [amount for _, amount in _prices(of) if amount >= ALONE]
    if _has(of, phrases.BARRED):
        lowered = numbers(of) and _has(of, phrases.CUTS)
        return [["small", beside[0]]] if beside and not (cars or dear or things or lowered) else []
    asking = asks or of[0] in AUXILIARIES or of[0] in phrases.FIRST or _says(of, phrases.ASKS)
    if not denied and (cars or dear or not beside):
        priced = _priced(of, cars)
        if priced is not None:
            return priced
    aside = [Act(("small", name)) for name in beside[:1]]
    if denied and not asking:
        return aside if not (cars or things) else _small(of)
    topics = list(dict.fromkeys(span.concept for span in _topics().find(of)))
    weighed = "or" in of and _has(of, phrases.PRICE) and {"brand", "feature"}.intersection(topics)
    important = _has(of, phrases.MATTERS) and not _has(of, phrases.FEATURES_FIRST) and not aside
    if asking and (weighed or important) and not any(span.concept.kind == "feature" for span in things):
        return [["ask", "matters"]]
    if cars:
        return [] if denied or (asking and _has(of, phrases.SPENDING)) else [["show", car] for car in cars[:MOST]]
    values = [Act(("is", span.concept.kind, span.concept.name)) for span in things]
    if aside:  # "what type of engine", "what brand is your current car", "would you like to pay in cash"
        own = {"brand"} if _has(of, phrases.PRESENT) else set()
        topics = [one for one in topics if one not in own | {"type"} | ({"budget"} if beside[0] == "no" else set())]
    if topics and asking and (not values or (_wh(of) and not _has(of, "think of|feel about"))):
        return [["ask", topic] for topic in topics]
    if values:
        return values if asking or of[0] == "you" else []
    if aside:
        return aside
    if _has(of, phrases.OPEN):
        return [["ask", "type"]]
    if _has(of, phrases.OPINION) and asking:
        return [["show", None]]
    return _small(of)


def _small(of: Words) -> list[Act]:
    """What is said to close, to thank and to greet."""
    for name, line in (("deal", phrases.DEAL), ("thanks", phrases.THANKS), ("hello", phrases.HELLO)):
        if _has(of, line):
            return [["small", name]]
    return []


def _foreign(of: Words, things: list[Span[Word]]) -> list[Act]:
    """What is said of makes and types that no lot has; between two types, one of them of the lot, it is asked which."""
    types = [span for span in things if span.concept.kind == "type"]
    brands = [Act(("is", "brand", span.concept.name)) for span in things if span.concept.kind == "brand"]
    if "or" in of and types and BODIES.intersection(of):
        return [["ask", "type"]]
    return brands if brands and "or" in of else [["small", "foreign"]]


def _cut(of: Words, cars: Sequence[str]) -> Act | None:
    """An offer of less than the last price named: "five percent off", "what if I took off 1,500"."""
    found = numbers(of)
    if len(found) != 1 or len(cars) > 1 or not _has(of, phrases.CUTS):
        return None
    (one,) = found
    after = of[one.end : one.end + 3]
    percent = after[:1] == ("percent",)
    near = {"off", "discount", "rebate", "less", "cheaper"}.intersection(after[percent:])
    before = " ".join(of[max(0, one.start - 4) : one.start])
    if not near and not re.search(r"\b(off|by|discount of|rebate of)\b|\bdown( another| a further)?$", before):
        return None
    low, high = (1, 30) if percent else (100, 10_000)
    rest = (*of[: one.start], *of[one.end :])
    if "than" in of or asides(rest) or not low <= one.value <= high or _has(rest, phrases.UNCUT):
        return None
    return ["cut", cars[0] if cars else None, int(one.value), "percent" if percent else "dollar"]


def _wh(of: Words) -> bool:
    """Whether a sentence asks for a name, not for yes or no."""
    return bool({"what", "which"}.intersection(of))


def _cars(lot: Lot, things: list[Span[Word]], of: Words) -> list[str] | None:
    """The cars that are named, by model, or by brand and type; None where one is not in the lot.

    What belongs to a car's name is taken out of ``things``.
    """
    cars: list[str] = []
    place = 0
    while place < len(things):
        span = things[place]
        after = things[place + 1] if place + 1 < len(things) else None
        if span.concept.kind == "brand" and after is not None and after.start - span.end <= 0:
            if after.concept.kind == "model":
                if MODELS[after.concept.name][0] != span.concept.name:
                    return None
                del things[place]
                continue
            if after.concept.kind == "type":
                model = next(one for one, pair in MODELS.items() if pair == (span.concept.name, after.concept.name))
                if model in lot.cars:
                    cars.append(model)
                    del things[place : place + 2]
                    continue
        if span.concept.kind == "model":
            if span.concept.name not in lot.cars:
                return None
            cars.append(span.concept.name)
            del things[place]
            continue
        place += 1
    return list(dict.fromkeys(cars))


def _of_list(before: Words) -> bool:
    """Whether the words before a price say that it is not what is offered."""
    return "was" in before or _has(before, phrases.LISTED)


def _prices(of: Words) -> list[tuple[int, int]]:
    """The place and amount of every price: "23,500", "twenty three five", and "24" beside a full price."""
    found = numbers(of)
    full: list[tuple[int, int]] = []
    for place, one in enumerate(found):
        after = of[one.end : one.end + 1]
        before = found[place - 1] if place else None
        if before is not None and before.end == one.start and 10 <= before.value < 100 and 1 <= one.value < 10:
            if not any(word.isdigit() for word in of[before.start : one.end]):
                tens = [n.value for n in found[place + 1 : place + 2] if n.start == one.end and 10 <= n.value < 100]
                full.append((before.start, int(before.value * 1_000 + one.value * 100 + sum(tens))))
        elif CHEAPEST <= one.value <= DEAREST and not phrases.MEASURED.intersection(map(stem, after)):
            full.append((one.start, int(one.value)))
    if full:
        full += [
            (one.start, int(one.value) * 1_000)
            for one in found
            if 10 <= one.value < 100 and one.value % 1 == 0 and one.end == len(of) and of[one.start - 1] in phrases.SET
        ]
    return full


def _priced(of: Words, cars: Sequence[str]) -> list[Act] | None:
    """The acts of a sentence with a price; None where it has none that counts."""
    spending, prices = _has(of, phrases.SPENDING), _prices(of)
    if not prices:
        if _has(of, phrases.ATLIST) and len(cars) <= 1:
            return [["offer", cars[0] if cars else None, "list"]]
        return None
    if not cars:
        prices = [one for one in prices if one[1] >= ALONE]
    if cars or len(prices) > 1 or not spending:
        prices = [one for one in prices if not _of_list(of[max(0, one[0] - NEAR) : one[0]])]
    amounts = list(dict.fromkeys(amount for _, amount in prices))
    if not amounts:
        return None if cars else []
    if len(amounts) > 1 or len(cars) > 1:
        return [["small", "one"]] if len(cars) > 1 and not spending else []
    if spending and not cars:
        return [["spend", amounts[0]]]
    return [["offer", cars[0] if cars else None, amounts[0]]]
