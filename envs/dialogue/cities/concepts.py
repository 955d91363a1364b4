"""Which topics several phrases of one question mean together."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.dialogue.cities.facts import FACT, THEME, facts
from scoutgym.envs.dialogue.cities.words import UNKNOWN, Concept
from scoutgym.envs.dialogue.english import AUXILIARIES, Words

RULERS = {
    "Spanish": "Spain", "French": "France", "Portuguese": "Portugal", "Dutch": "the Netherlands", "English": "Britain",
    "Italian": "Italy", "Russian": "the Soviet Union",
}  # fmt: skip
"""Peoples who are called as their language is."""

LAND = frozenset(
    """continent region language script religion currency drives government ruler food sport income flag neighbours
    coast clubs hemisphere timezone climate heat capital country largest""".split()  # noqa: SIM905 (a word a line would fill the page)
) | {"land population", "land size", "rank", "part", "coast side", "home of power", "nearest"}
"""Topics that may be asked of the country: what is told is true of it too."""

OF_LAND: dict[Concept, Concept] = {
    ("population", ""): ("land population", ""),
    ("population", "big"): ("land size", "big"),
    ("population", "small"): ("land size", "small"),
}
"""Concepts that mean something else of a country."""

MEASURES = ("population", "founded", "elevation", "heat", "continent")
THINGS = frozenset(
    """river lake port university beaches sight sights skyscrapers tourism metro canals desert hills industry finance
    sea island landmarks water volcano economy capital largest""".split()  # noqa: SIM905 (as above)
) | {"old town"}
"""What is not the city itself: it is measured for its own sake, and an adjective before its name is not the city's."""

WEATHER = frozenset(("heat", "winter", "summer", "rain", "snow"))
ALONE = frozenset(("timezone", "largest", "rank", "part"))
SIZES = frozenset(("rank", "largest", "capital", "population"))
"""Topics that may be alternatives: "the capital, or one of the biggest"."""
FRAMES = frozenset(
    (
        "sights",
        "sight",
        "landmarks",
        "food",
        "known",
        "tourism",
        "winter",
        "summer",
        "ruler",
        "population",
        "income",
        "port",
    )
)
"""Topics whose words may stand around a fact."""
BESIDE = frozenset(("known", "landmarks", "sights", "sight", "food", "tourism", "sport", "old town"))
"""Topics that may stand beside a theme: it tells of what they ask for."""

"""Topics that other topics change: "the largest city of Africa" is not asked of its country."""


def chosen(found: Sequence[tuple[Concept, ...]], of: Words) -> list[Concept]:
    """One concept for each phrase, and none at all where they do not go together.

    Where a phrase means several things, it is that whose topic is named beside it. ``of`` are all words.
    """
    topics = {one[0] for ones in found for one in ones if len(ones) == 1}
    kept: list[Concept] = []
    for ones in found:
        named = [one for one in ones if one[0] in topics] or list(ones)
        if len(named) > 1:
            return []
        kept.append(named[0])
    kept = _settled(_colonial(_of_country(_told(kept, of))))
    topics = {topic for topic, _ in kept}
    if UNKNOWN in kept or (topics & ALONE and len(topics) > 1 and not ("or" in of and topics <= SIZES)):
        return []
    told = any(topic.startswith((FACT, THEME)) for topic in topics)
    if told and topics & {"continent", "region", "capital"}:  # "the capital of the Incas"
        return []
    if (
        told
        and any(topic.startswith(THEME) for topic in topics)
        and not all(topic in BESIDE or topic.startswith((FACT, THEME)) for topic in topics)
    ):
        return []
    if any((topic, "") in kept for topic in MEASURES) and (told or topics & THINGS):  # "how old is the university"
        return []
    if any(topic == "language" and value for topic, value in kept) and not topics <= {"language", "script"}:
        return []
    return _month(kept)


def _told(kept: list[Concept], of: Words) -> list[Concept]:
    """Where a fact is asked for, its theme and what frames it are no topics of their own: "a big party in summer"."""
    topics = {topic for topic, _ in kept}
    if any(topic.startswith(FACT) for topic in topics):
        kept = [one for one in kept if not one[0].startswith(THEME)]
    if any(topic.startswith((FACT, THEME)) for topic in topics):
        built = {("founded", "")} if of[0] in AUXILIARIES else set()
        kept = [one for one in kept if one[0] not in FRAMES and one[0][:5] != "month" and one not in built]
    elif topics & {"landmarks", "known"}:
        kept = [one for one in kept if one[0] != "tourism"]
    return kept


def _for_land(topic: str) -> bool:
    """Whether a topic may be asked of the country."""
    if topic.startswith(FACT):
        return facts()[topic.removeprefix(FACT)].of_land
    return topic in LAND or topic.startswith(THEME)


def _of_country(kept: list[Concept]) -> list[Concept]:
    """ "country" and "name" are no topics of their own where another one is asked for."""
    others = [one for one in kept if one[0] not in ("country", "name")]
    if not others:
        return [one for one in kept if one[0] != "name"] or kept
    if any(topic == "country" for topic, _ in kept):
        others = [OF_LAND.get(one, one) for one in others]
        return others if all(_for_land(topic) for topic, _ in others) else []
    return others


def _colonial(kept: list[Concept]) -> list[Concept]:
    """Who "the Spanish" are beside a word of rule."""
    if ("ruler", "") not in kept:
        return kept
    return [("ruler", RULERS[value]) for topic, value in kept if topic == "language" and value in RULERS] or kept


def _settled(kept: list[Concept]) -> list[Concept]:
    """Words that only stress or frame another topic are dropped: "famous", "weather"."""
    topics = {topic for topic, _ in kept}
    dropped = set()
    if topics - {"known"}:
        dropped.add(("known", ""))
    if topics & WEATHER:
        dropped.add(("climate", ""))
    if ("climate", "B") in kept and topics & {"winter", "summer"}:  # "dry in summer"
        return [("rain", "")]
    if "nearest" in topics:
        dropped |= {one for one in kept if one[0] == "sea"}
    if "government" in topics:
        dropped.add(("ruler", ""))
    if topics & {"winter", "summer"}:
        dropped.add(("heat", ""))
    return [one for one in kept if one not in dropped]


def _month(kept: list[Concept]) -> list[Concept]:
    """A month takes the question about heat or weather to itself."""
    month = next((topic for topic, _ in kept if topic.startswith("month")), None)
    if month is None:
        return kept
    return [(month, "")] if {topic for topic, _ in kept} <= WEATHER | {"climate", month} else []
