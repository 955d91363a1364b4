"""A constraint: only these answers. A tree of token ids says after every beginning what may follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Trie:
    """A set of token sequences.

    Args:
        answers: what may be said, each with its end sign: none of them may be the beginning of another.

    Raises:
        ValueError: there is no answer, or one is the beginning of another: it could not be told when it ends.
    """

    def __init__(self, answers: Iterable[Sequence[int]]) -> None:
        self._next: list[dict[int, int]] = [{}]
        """For each node the node behind each token that may follow; node 0 is the beginning."""
        ends = set()
        for answer in answers:
            node = 0
            for token in answer:
                if token not in self._next[node]:
                    self._next[node][token] = len(self._next)
                    self._next.append({})
                node = self._next[node][token]
            ends.add(node)
        if not ends or any(self._next[node] for node in ends):
            raise ValueError("a constraint needs answers, none of which is the beginning of another: add the end sign")

    def allowed(self, said: Sequence[int]) -> list[int]:
        """What may follow; nothing where an answer is whole, or where no answer begins so."""
        node = 0
        for token in said:
            if token not in self._next[node]:
                return []
            node = self._next[node][token]
        return list(self._next[node])
