"""Stems of English words: the form that the forms of a word share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

Words = tuple[str, ...]

IRREGULAR = {
    "is": "be", "are": "be", "was": "be", "were": "be", "am": "be", "been": "be", "being": "be", "has": "have",
    "had": "have", "having": "have", "does": "do", "did": "do", "done": "do", "doing": "do", "men": "man",
    "women": "woman", "children": "child", "kids": "child", "kid": "child", "feet": "foot", "teeth": "tooth",
    "geese": "goose", "mice": "mouse", "leaves": "leaf", "knives": "knife", "wives": "wife", "lives": "live",
    "wolves": "wolf", "halves": "half", "shelves": "shelf", "loaves": "loaf", "made": "make", "ate": "eat",
    "eaten": "eat", "worn": "wear", "wore": "wear", "found": "find", "kept": "keep", "held": "hold", "bought": "buy",
    "sold": "sell", "grown": "grow", "grew": "grow", "driven": "drive", "drove": "drive", "ridden": "ride",
    "rode": "ride", "flew": "fly", "flown": "fly", "flies": "fly", "seen": "see", "saw": "saw", "known": "know",
    "built": "build", "written": "write", "wrote": "write", "drunk": "drink", "drank": "drink", "worked": "work",
    "spoken": "speak", "spoke": "speak", "came": "come", "went": "go", "gone": "go", "goes": "go", "got": "get",
    "gotten": "get", "taken": "take", "took": "take", "given": "give", "gave": "give", "put": "put", "cut": "cut",
    "blown": "blow", "thrown": "throw", "shown": "show", "stood": "stand", "slept": "sleep", "swum": "swim",
    "said": "say", "told": "tell", "heard": "hear", "left": "left", "lost": "lose", "paid": "pay", "dying": "die",
    "lying": "lie", "using": "use", "used": "use", "uses": "use", "people": "people", "lens": "lens", "gas": "gas",
    "bus": "bus", "less": "less", "shoes": "shoe", "toes": "toe", "potatoes": "potato", "tomatoes": "tomato",
    "heroes": "hero", "horses": "horse", "houses": "house", "noses": "nose", "clothes": "clothes", "glasses": "glasses",
    "pieces": "piece", "planes": "plane", "movies": "movie", "cookies": "cookie", "ties": "tie", "pies": "pie",
    "calories": "calorie", "rookies": "rookie", "drawn": "draw", "broken": "break", "sung": "sing",
    "sang": "sing", "caught": "catch", "fought": "fight", "taught": "teach", "thought": "think", "met": "meet",
    "won": "win", "hung": "hang", "chosen": "choose", "fed": "feed", "bred": "breed", "laid": "lay", "spent": "spend",
    "sent": "send", "lent": "lend", "bent": "bend", "struck": "strike", "stuck": "stick", "woven": "weave",
}  # fmt: skip

WHOLE = frozenset(
    """
    thing something anything nothing everything during morning evening king ring wing string spring ceiling building
    clothing pudding wedding bedding sibling herring painting drawing earring red bed need seed weed feed speed breed
    shed sled hundred naked sacred indeed exceed always perhaps besides towards yes this his its as us thus series
    species means news physics economics maths politics paris texas brussels athens naples cyprus honduras alps andes
    olympics swimsuit scissors pants trousers jeans shorts pajamas tongs pliers binoculars gas lens
    """.split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Words that only look like forms of others."""

VOWELS = set("aeiouy")
SILENT = ("ur", "rg", "dg", "os", "ous", "as", "us", "pl", "bl", "tl", "dl", "gl", "kl")
"""Ends of verbs that lose an e before -ing and -ed."""


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The form that the forms of a word share: plurals, -ing and -ed undone. A key for look-up, not always a word."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in WHOLE or len(word) <= 3:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for end in ("ing", "ed"):
        base = word.removesuffix(end)
        if base != word and VOWELS & set(base) and len(base) > 1 and not word.endswith("eed"):
            return _verb(base)
    return word


def stems(of: Iterable[str]) -> Words:
    """The stem of each word."""
    return tuple(stem(word) for word in of)


def _verb(base: str) -> str:
    """A verb from what stands before -ing or -ed: bak → bake, swimm → swim, cook → cook."""
    if base.endswith("i"):
        return base[:-1] + "y"
    if base[-1] == base[-2:-1] and base[-1] not in "lsze":
        return base[:-1]
    if (
        base[-1] in "vcuz"
        or base.endswith(SILENT)
        or (base.endswith("at") and len(base) > 3 and base[-3] not in VOWELS)
    ):
        return base + "e"
    closed = base[-1] not in VOWELS | set("wx") and base[-2:-1] in VOWELS and sum(c in VOWELS for c in base) == 1
    return base + "e" if closed and len(base) <= 5 else base
