"""Random spanning trees: drawing one uniformly, and how likely an edge is in one.

`uniform_tree` is Wilson's algorithm ("Generating random spanning trees more quickly than the cover time", STOC 1996):
loop-erased random walks. `TreeLaw` counts trees by Kirchhoff's matrix-tree theorem and gives the joint law of edges by
the transfer-current theorem (Burton and Pemantle 1993): P(e_1, …, e_k in T) = det K, K(e, f) = w_f b_e' L^-1 b_f, where
b_e is the signed incidence vector of e and L the weighted Laplacian. So P(none of them in T) = det(I − K).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from scoutgym.envs.chance import Chance


def uniform_tree(
    neighbors: Sequence[Sequence[tuple[int, int]]], chance: Chance, keep: Callable[[int], bool] | None = None
) -> list[int]:
    """The edges of a uniform spanning tree.

    Args:
        neighbors: for each node its neighbors as (node, edge); two nodes may have several edges between them.
        chance: where draws come from.
        keep: thins the walk: a step along an edge is taken when ``keep(edge)`` is true, else drawn again. With
            P(keep(e)) proportional to w_e a tree comes with probability proportional to the product of its weights.
    """
    inside = bytearray(len(neighbors))
    inside[0] = 1
    way_out: list[tuple[int, int]] = [(0, 0)] * len(neighbors)
    tree: list[int] = []
    pool, left = 0, 0
    for start in range(1, len(neighbors)):
        node = start
        while not inside[node]:
            options = neighbors[node]
            count = len(options)
            need = (count - 1).bit_length()
            while True:  # whole bits and rejection: exactly uniform, and one draw serves many steps
                if left < need:
                    pool, left = chance.bits(), 64
                pick = pool & ((1 << need) - 1)
                pool >>= need
                left -= need
                if pick < count and (keep is None or keep(options[pick][1])):
                    break
            way_out[node] = options[pick]
            node = options[pick][0]
        node = start
        while not inside[node]:
            inside[node] = 1
            tree.append(way_out[node][1])
            node = way_out[node][0]
    return tree


class TreeLaw:
    """The law of a random spanning tree whose probability is proportional to the product of its edges' weights.

    Args:
        nodes: how many nodes there are; the graph is connected.
        edges: the ends and the weight of each edge, by its number.
    """

    def __init__(self, nodes: int, edges: dict[int, tuple[int, int, float]]) -> None:
        laplacian = np.zeros((nodes, nodes))
        for one, other, weight in edges.values():
            laplacian[one, one] += weight
            laplacian[other, other] += weight
            laplacian[one, other] -= weight
            laplacian[other, one] -= weight
        grounded = laplacian[1:, 1:]
        self.nodes, self.edges = nodes, edges
        self.bits = float(np.linalg.slogdet(grounded)[1]) / math.log(2) if nodes > 1 else 0.0
        """log2 of the sum of all trees' weights: of their number, where all weights are 1."""
        self._potential = np.zeros((nodes, nodes))
        if nodes > 1:
            self._potential[1:, 1:] = np.linalg.inv(grounded)

    def avoids(self, edges: Sequence[int]) -> float:
        """The probability that none of these edges is in the tree."""
        heads = [self.edges[edge][0] for edge in edges]
        tails = [self.edges[edge][1] for edge in edges]
        weights = np.array([self.edges[edge][2] for edge in edges])
        difference = self._potential[heads] - self._potential[tails]
        current = (difference[:, heads] - difference[:, tails]) * weights
        return min(1.0, max(0.0, float(np.linalg.det(np.eye(len(edges)) - current))))
