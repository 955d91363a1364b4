"""Okapi BM25: which documents are about the words of a query (Robertson and Zaragoza 2009, equation 3.15).

    score(d, q) = sum over t in q of log(1 + (N - n_t + 1/2) / (n_t + 1/2)) * f (k1 + 1) / (f + k1 (1 - b + b |d| / L))

f is how often t stands in d, n_t in how many of the N documents it stands, |d| the length of d in words and L the mean
length. The logarithm has the 1 of Lucene, so that no word counts against a document.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

WORD = re.compile(r"\w+")
K1, B = 1.2, 0.75


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return WORD.findall(text.lower())


class BM25:
    """An index of documents, in memory."""

    def __init__(self, documents: Sequence[str]) -> None:
        counted = [Counter(words(document)) for document in documents]
        lengths = [count.total() for count in counted]
        mean = sum(lengths) / max(1, len(lengths))
        self._scores: dict[str, list[tuple[int, float]]] = defaultdict(list)
        """For each word the documents that hold it, with what it adds to their scores."""
        holders = Counter(word for count in counted for word in count)
        for place, (count, length) in enumerate(zip(counted, lengths, strict=True)):
            weight = K1 * (1 - B + B * length / mean)
            for word, often in count.items():
                rare = log(1 + (len(documents) - holders[word] + 0.5) / (holders[word] + 0.5))
                self._scores[word].append((place, rare * often * (K1 + 1) / (often + weight)))

    def search(self, query: str, most: int) -> list[tuple[int, float]]:
        """The best documents with their scores, the best first; of equals the first. None without a word of it."""
        scores: dict[int, float] = defaultdict(float)
        for word in words(query):
            for place, score in self._scores.get(word, ()):
                scores[place] += score
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
