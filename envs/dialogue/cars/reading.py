"""How a buyer understands a seller: questions, cars that are shown, offers.

A text is read sentence by sentence into *acts*, JSON lists:

=====================================  ====================================================================
``["ask", topic]``                     what the buyer wishes: brand, type, feature, budget, or what matters
``["is", "type", "SUV"]``              whether that is wished for
``["spend", 25000]``                   whether the buyer would spend so much
``["show", "Terra"]``                  what the buyer thinks of a car; None: of the one spoken of
``["offer", "Terra", 23500]``          an offer; None: for the one spoken of
``["small", name]``                    what is understood and tells nothing
=====================================  ====================================================================

A price with a car is an offer of it, a price alone an offer of the car spoken of, unless a word of spending makes it
a question about the budget. Prices that are called list prices or the buyer's budget are none. What is denied, and what
is about discounts, rates or trade-ins, is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, MODELS, TYPES, Lot, catalogue
from scoutgym.envs.dialogue.english import AUXILIARIES, Phrasebook, Span, Words, sentences, stem
from scoutgym.envs.dialogue.quantities import numbers

Act = list[Any]

MOST = 6
"""How many acts a buyer attends to in one text."""

CHEAPEST = 3_000
"""Smaller numbers are no prices of cars."""

NEAR = 5
"""How many words before a price say what price it is."""


def _listed(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("|")]


TOPICS = {
    "brand": "brand|make of car|car maker|car company|manufacturer|maker|make|marque|whose car",
    "type": "type|kind of car|kind of vehicle|sort of car|sort of vehicle|body style|body type|class of car|"
    "class of vehicle|style of car|kind of a car|kind of automobile",
    "feature": "feature|equipment|extra|option|amenity|must have|gadget|car have|it have|vehicle have|car come with|"
    "it come with|need it to have|car to have|it to have|car should have|it should have",
    "budget": "budget|price range|afford|price wise|upper limit|spend|willing to pay|want to pay|like to pay|"
    "you pay|planning to pay|hoping to pay|able to pay|how much money|deep are your pocket|price limit|to pay|could pay|can pay",
}
MATTERS = (
    "matter most|most important|more important|important to you|top priority|priority|care about|care most|care more|"
    "value most|value the most|convince you|deciding factor|main thing|that count|count most|make you say yes|"
    "matter the most|most to you"
)
OPEN = (
    "what are you looking for|what can i do for you|how can i help|how may i help|what brings you|what do you need|"
    "what do you have in mind|what did you have in mind|help you today|what are you after|what do you want|"
    "what would you like|can i help you"
)
IT = "it|that one|this one|this car|that car|that|this"
OPINION = (
    "do you like it|what do you think|interested in|suit you|appeal to you|yourself in it|how about it|"
    "like this|like that|sound good|your opinion"
)
SPENDING = (
    "budget|afford|spend|price range|stretch|go up to|go as high|to pay as much|able to pay|willing to pay|pay up to|"
    "pay as much"
)
LISTED = (
    "list|listed|list price|sticker|sticker price|msrp|normally|usually|originally|regular|regularly|retail|worth|"
    "instead of|rather than|down from|market|asking price|original price|budget|budget of"
)
ATLIST = (
    "at list price|for list price|for the list price|at the list price|for the full price|at full price|for full price|"
    "at the full price|for the asking price|at the asking price|at sticker price|for the sticker price"
)
BARRED = (
    "off|discount|percent|month|monthly|week|rebate|cash back|trade|trade in|lease|leasing|finance|financing|interest rate|"
    "down payment|instalment|installment|mile|mileage|kilometre|km|euro|pound|below|both"
)
BID = (
    "make me an offer|name your price|name a price|what price would you|what price do you|what price did you|"
    "fair price for you|your offer|what would you pay for|what will you pay for|how much would you pay for|"
    "what are you willing to pay for|what would you offer"
)
DEAL = (
    "deal|paperwork|sign|shake on|will you buy|would you buy|will you take it|ready to buy|want to buy it|"
    "buy it"
)
HELLO = "hello|hi|hey|good morning|good afternoon|good evening|welcome|good day"
THANKS = "thank|thanks|thank you"
DENIALS = frozenset(("not", "never", "no", "nor", "nobody", "neither"))
PAST = frozenset(("paid", "sold", "bought"))
"""Of what has happened elsewhere."""
INVITING = _listed(
    "why not|would not you|do not you|why do not you|could not you|is not it|are not you|will not you|would not an|"
    "would not a|would not the|is not the|should not it|does not that|can you not live"
)
"""Denials that ask."""
COMMANDS = frozenset(("ignore", "say", "pretend", "repeat", "forget"))
"""Words that begin what is no talk about cars."""


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
    return Phrasebook((phrase, topic) for topic, line in TOPICS.items() for phrase in _listed(line))


@cache
def _book(line: str) -> Phrasebook[bool]:
    """Phrases of one kind."""
    return Phrasebook((phrase, True) for phrase in dict.fromkeys(_listed(line)))


def _has(of: Words, line: str) -> bool:
    return bool(_book(line).find(of))


def read(lot: Lot, text: str) -> list[Act] | None:
    """The acts of a text, or None for none."""
    found: list[Act] = []
    for sentence in sentences(_plain(text)):
        for act in _sentence(lot, sentence.words, sentence.asks):
            if act not in found:
                found.append(act)
    real = [act for act in found if act[0] != "small" or act[1] in ("absent", "one")]
    offers = [act for act in real if act[0] == "offer"]
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
    import re

    text = re.sub(r"(?i)\b4\s?x\s?4\b", "four by four", text[:2_000])
    text = re.sub(r"(?i)\b4\s?wd\b", "four wheel drive", text)
    text = re.sub(r"(?<![\d.,])(\d{2})\.000(?!\d)", r"\1,000", text)
    return re.sub(r"(?i)\b(\d|y|ty|teen|ten|eleven|twelve)?\s?grand\b", r"\1 thousand", text)


def _sentence(lot: Lot, of: Words, asks: bool) -> list[Act]:
    """The acts of one sentence."""
    if of[0] in COMMANDS or PAST.intersection(of):
        return []
    denied = bool(DENIALS.intersection(of)) and not any(f" {one} " in f" {' '.join(of)} " for one in INVITING)
    if _has(of, BID) and not _prices(of):
        return [["small", "bid"]]
    if _has(of, BARRED):
        return []
    things = _things().find(of)
    cars = _cars(lot, things, of)
    if cars is None:
        return [["small", "absent"]]
    asking = asks or of[0] in AUXILIARIES or of[0] in ("what", "which", "how", "who", "whose", "any", "tell", "name")
    asking = asking or _asks_inside(of)
    if not denied:
        priced = _priced(of, cars)
        if priced is not None:
            return priced
    if denied and not asking:
        return []
    if _has(of, MATTERS) and not any(span.concept.kind == "feature" for span in things) and asking:
        return [["ask", "matters"]]
    if cars:
        return [] if denied or (asking and _has(of, SPENDING)) else [["show", car] for car in cars[:MOST]]
    values = [Act(("is", span.concept.kind, span.concept.name)) for span in things]
    topics = list(dict.fromkeys(span.concept for span in _topics().find(of)))
    if topics and asking and (not values or (_wh(of) and not _has(of, "think of|feel about"))):
        return [["ask", topic] for topic in topics]
    if values:
        return values if asking or "you" in of else []
    if _has(of, OPEN):
        return [["ask", "type"]]
    if _has(of, OPINION) and asking:
        return [["show", None]]
    for name, line in (("deal", DEAL), ("thanks", THANKS), ("hello", HELLO)):
        if _has(of, line):
            return [["small", name]]
    return []


def _asks_inside(of: Words) -> bool:
    """Whether a sentence that does not begin like a question holds one: "hello, what are …"."""
    line = f" {' '.join(of)} "
    return any(
        f" {one} " in line
        for one in ("what", "which", "let me know", "tell me", "like to know", "love to know", "do you", "would you",
                    "are you", "how much", "can you", "how about")
    )  # fmt: skip


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
    return "was" in before or _has(before, LISTED)


def _prices(of: Words) -> list[tuple[int, int]]:
    """The place and amount of every price."""
    return [
        (one.start, int(one.value))
        for one in numbers(of)
        if one.value >= CHEAPEST and "reason" not in map(stem, of[one.end : one.end + 1])
    ]


def _priced(of: Words, cars: Sequence[str]) -> list[Act] | None:
    """The acts of a sentence with a price; None where it has none that counts."""
    spending, prices = _has(of, SPENDING), _prices(of)
    if not prices:
        if _has(of, ATLIST) and len(cars) <= 1:
            return [["offer", cars[0] if cars else None, "list"]]
        return None
    if cars or len(prices) > 1:
        prices = [one for one in prices if not _of_list(of[max(0, one[0] - NEAR) : one[0]])]
    amounts = list(dict.fromkeys(amount for _, amount in prices))
    if not amounts:
        return None if cars else []
    if len(amounts) > 1 or len(cars) > 1:
        return [["small", "one"]] if len(cars) > 1 and not spending else []
    if spending and not cars:
        return [["spend", amounts[0]]]
    return [["offer", cars[0] if cars else None, amounts[0]]]
