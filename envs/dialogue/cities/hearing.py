"""What an answer in words of a chat model's own tells of a city: which of the rules' answers it can be taken for.

Where yes or no is asked for, it must begin with one, and that counts and nothing else. Otherwise it is the answer of
the rules that shares most words with it, rare ones counting more (Dice's coefficient, weights as in inverse document
frequency, over the answers of all cities). So "About 600 thousand" is not "About 600,000 people": a number is heard as
it is written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

from scoutgym.envs.dialogue.cities.answers import answer
from scoutgym.envs.dialogue.cities.atlas import cities
from scoutgym.envs.dialogue.english import words
from scoutgym.envs.dialogue.stemming import stems

YES = frozenset(("yes", "right", "correct", "true", "indeed"))
NO = frozenset(("no", "wrong", "incorrect", "false"))
LEAST = 0.2
"""The share below which two answers have nothing to do with each other."""


@lru_cache(maxsize=256)
def heard(said: str, meaning: str, of: tuple[str, ...]) -> frozenset[str]:
    """Those of the rules' answers that ``said`` can be taken for; none where it says nothing that they do.

    Args:
        said: by a chat model.
        meaning: of the question, as canonical JSON.
        of: the keys of the cities.
    """
    question = json.loads(meaning)
    replies = list(dict.fromkeys(answer(cities()[key], question) for key in of))
    truths = {reply: _truth(reply) for reply in replies}
    if set(truths.values()) != {None} and "both" not in question and not question.get("not"):
        truth = _truth(said)
        replies = [reply for reply in replies if truths[reply] is truth]
        if truth is not None or not replies:
            return frozenset(replies)
    sets = {reply: frozenset(stems(words(reply))) for reply in replies}
    counts = Counter(word for some in sets.values() for word in some)
    weights = {word: log((1 + len(sets)) / count) for word, count in counts.items()}
    ours = frozenset(stems(words(said)))
    shares = {reply: _share(ours, some, weights) for reply, some in sets.items()}
    best = max(shares.values())
    return frozenset(reply for reply, share in shares.items() if share == best >= LEAST)


def _truth(said: str) -> bool | None:
    """The yes or no that an answer begins with."""
    first = words(said)[:1]
    return True if YES.intersection(first) else False if NO.intersection(first) else None


def _share(ours: Iterable[str], theirs: frozenset[str], weights: Mapping[str, float]) -> float:
    """Dice's coefficient, weighted; words that no answer has do not count."""
    known = {word for word in ours if word in weights}
    both = sum(weights[word] for word in sorted(known & theirs))
    return 2 * both / (sum(map(weights.__getitem__, sorted(known))) + sum(map(weights.__getitem__, sorted(theirs))))
