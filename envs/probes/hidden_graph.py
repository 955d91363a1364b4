"""Search in a hidden graph: find a place by walking, seeing only where ways lead from where you stand.

The places and the ways between them are a uniform random labeled tree; start and goal are two uniform places. At a
place one reads the names of its neighbors. The limit is 2 (places - 1) moves: as many as it takes to walk everywhere
and back, so a search that backs out of dead ends always succeeds, and one that forgets where it has been runs out of
moves.

What was seen leaves f places *seen but not visited* (each the root of an unknown tree) and u places unseen, and every
forest of the u + f places rooted at the f is equally likely; Cayley counted them: N(f, u) = f (f + u)^(u-1).

The belief is about the way from the start to the goal. While the goal is unseen, a way over m given unseen places
leaves N(f + m + 1, u - m - 1) forests, and there are f (u-1) … (u-m) such ways: exact. Visiting a place shows the set
of its j unseen neighbors, each set with N(f - 1 + j, u - j) forests: the expected gain is exact, too, and the same for
every place not yet visited. The expert goes to the nearest of them; with up to five places no plan needs fewer moves on
average (see the tests).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, log2
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING, Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

PLACES = """
mill harbor tower well market chapel forge garden bridge library quarry orchard stable bakery lighthouse theater
school barn ferry vineyard cellar museum station brewery kiln dairy camp fort spring cave meadow dock observatory
hospital square arena palace tannery workshop greenhouse inn farm lake mine park shipyard temple windmill
""".split()  # noqa: SIM905 (a word a line would fill the page)

WAYS = re.compile(r"You (?:are|start) at the (\w+)\. Ways lead to ([\w, ]+)\.")


class HiddenGraphParams(Params):
    """How many places there are."""

    places: int = Field(12, ge=3, le=len(PLACES), description="places of the graph")
    max_turns: int = Field(0, ge=0, le=1000, description="0: 2 (places - 1), enough to walk everywhere")


@dataclass
class HiddenGraphState(State):
    """The neighbors of each place (bit i: place i), where the walk began, ends and is, and where it has been.

    The goal never counts as visited: the walk ends there, and its neighbors are not told.
    """

    ways: list[int]
    origin: int
    goal: int
    place: int
    visited: int
    moves: int = 0


class HiddenGraph(World[HiddenGraphState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/HiddenGraph-v0",
        family="probes",
        group="hidden_graph",
        about="Find a place in a graph that is only seen from where you stand.",
        presets={"6": {"places": 6}, "12": {}, "24": {"places": 24}, "48": {"places": 48}},
        figures={"detour": "moves taken, over those of the shortest way, where the goal was reached"},
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
    )
    Params, State = HiddenGraphParams, HiddenGraphState

    def __init__(self, params: HiddenGraphParams) -> None:
        super().__init__(params)
        self.count, self.places = params.places, PLACES[: params.places]
        self.max_turns = params.max_turns or 2 * (params.places - 1)
        self._grammar = Grammar(Form("go {place}", place=Word(self.places, "place")))
        if self.secrets() < 500:
            self.holdout = "none"

    def start(self, task: Task, chance: Chance) -> HiddenGraphState:
        origin = chance.below(self.count)
        goal = (origin + 1 + chance.below(self.count - 1)) % self.count
        others = [place for place in range(self.count) if place != origin]
        ways = rooted_forest([origin], others, chance, self.count)
        return HiddenGraphState(ways, origin, goal, place=origin, visited=1 << origin)

    def intro(self, state: HiddenGraphState, role: str) -> str:
        return (
            f"There are {self.count} places with ways between them. From every place you can get to every other one, "
            f"and the ways form no circles. Find the {self.places[state.goal]} in at most {self.max_turns} moves.\n"
            f"You start at the {self._told(state.origin, state.ways)}"
        )

    def _told(self, place: int, ways: Sequence[int]) -> str:
        names = [name for number, name in enumerate(self.places) if ways[place] >> number & 1]
        return f"{self.places[place]}. Ways lead to {', '.join(names)}."

    def grammar(self, state: HiddenGraphState) -> Grammar:
        return self._grammar

    def play(self, state: HiddenGraphState, action: Action, chance: Chance) -> Reply:
        place = self.places.index(action[1])
        here = self._told(state.place, state.ways)
        if not state.ways[state.place] >> place & 1:
            return Reply(f"No way leads from here to the {action[1]}. You are at the {here}", invalid=True)
        state.place, state.moves = place, state.moves + 1
        if place == state.goal:
            return Reply(f"You have found the {action[1]}!", done=True, success=True)
        state.visited |= 1 << place
        return Reply(f"You are at the {self._told(place, state.ways)}")

    def actions(self, state: HiddenGraphState) -> Sequence[Action]:
        return [("go", name) for number, name in enumerate(self.places) if state.ways[state.place] >> number & 1]

    def privileged(self, state: HiddenGraphState) -> Privileged:
        way = self._way(state.ways, state.place, 1 << state.goal)
        answer = f"go {self.places[way[0]]}" if way else None
        return Privileged(answer=answer, extra={"way": [self.places[place] for place in way]})

    def figures(self, state: HiddenGraphState) -> Mapping[str, tuple[float, float]]:
        if state.place != state.goal:
            return NOTHING
        return {"detour": (state.moves, len(self._way(state.ways, state.origin, 1 << state.goal)))}

    def _way(self, ways: Sequence[int], start: int, ends: int) -> list[int]:
        """The places of a shortest way to the nearest of the ends."""
        parent, wave = {start: start}, [start]
        while wave:
            following = []
            for place in wave:
                if ends >> place & 1:
                    way = []
                    while place != start:
                        way.append(place)
                        place = parent[place]
                    return way[::-1]
                for other in range(self.count):
                    if ways[place] >> other & 1 and other not in parent:
                        parent[other] = place
                        following.append(other)
            wave = following
        return []

    # Knowledge.

    def _seen(self, state: HiddenGraphState) -> int:
        """The places whose names were read, visited or not."""
        seen = state.visited
        for place in range(self.count):
            if state.visited >> place & 1:
                seen |= state.ways[place]
        return seen

    def hidden_key(self, state: HiddenGraphState) -> Any:
        return [state.ways, state.origin, state.goal]

    def secrets(self) -> float:
        return float(self.count ** (self.count - 2) * self.count * (self.count - 1))

    def known(self, state: HiddenGraphState, role: str) -> Any:
        visited = [ways if state.visited >> place & 1 else 0 for place, ways in enumerate(state.ways)]
        return [state.goal, state.place, visited]

    def view(self, state: HiddenGraphState, role: str) -> Any:
        return [state.place, state.ways[state.place] if state.place != state.goal else None]

    def belief(self, state: HiddenGraphState, role: str) -> Belief:
        seen = self._seen(state)
        if seen >> state.goal & 1:
            return Belief(0.0)
        return Belief(way_bits((seen & ~state.visited).bit_count(), self.count - seen.bit_count()))

    def gain(self, state: HiddenGraphState, action: Action) -> float:
        place, seen = self.places.index(action[1]), self._seen(state)
        new = state.ways[state.place] >> place & 1 and not state.visited >> place & 1
        if not new or seen >> state.goal & 1:
            return 0.0
        return visit_gain((seen & ~state.visited).bit_count(), self.count - seen.bit_count())

    def best_gain(self, state: HiddenGraphState) -> tuple[Action, float]:
        """Where no move tells anything, the first of the way to where one does."""
        seen = self._seen(state)
        visited = [ways if state.visited >> place & 1 else 0 for place, ways in enumerate(state.ways)]
        ends = 1 << state.goal if seen >> state.goal & 1 else seen & ~state.visited
        way = self._way(visited, state.place, ends)
        action = ("go", self.places[way[0]]) if way else self.actions(state)[0]
        return action, self.gain(state, action)

    def resample(self, state: HiddenGraphState, role: str, chance: Chance) -> HiddenGraphState:
        new, seen = state.copy(), self._seen(state)
        roots = [place for place in range(self.count) if (seen & ~state.visited) >> place & 1]
        unseen = [place for place in range(self.count) if not seen >> place & 1]
        ways = rooted_forest(roots, unseen, chance, self.count)
        new.ways = [
            old if state.visited >> place & 1 else ways[place] | old & state.visited
            for place, old in enumerate(state.ways)
        ]
        return new

    # Players.

    def solver(self, state: HiddenGraphState) -> list[str]:
        return [f"go {self.places[place]}" for place in self._way(state.ways, state.place, 1 << state.goal)]

    def expert(self, history: History, chance: Chance) -> str:
        goal = re.search(r"Find the (\w+) in at most", history[0])
        assert goal
        ways, visited, place = [0] * self.count, 0, 0
        for text in (history[0], *(said for _, said in turns(history))):
            if text.startswith("Invalid action"):
                continue  # it may repeat what the agent wrote
            for name, others in WAYS.findall(text):
                place = self.places.index(name)
                visited |= 1 << place
                ways[place] = sum(1 << self.places.index(other) for other in others.split(", "))
        seen = visited
        for known in ways:
            seen |= known
        end = 1 << self.places.index(goal[1])
        return f"go {self.places[self._way(ways, place, end if seen & end else seen & ~visited)[0]]}"

    def board(self, state: HiddenGraphState) -> str:
        lines = [f"[bold yellow]★[/] {self.places[state.goal]}"]
        for place in range(self.count):
            if state.visited >> place & 1:
                names = [name for number, name in enumerate(self.places) if state.ways[place] >> number & 1]
                mark = "[bold green]●[/]" if place == state.place else " "
                lines.append(f"{mark} {self.places[place]} — {', '.join(names)}")
        return "\n".join(lines)


def rooted_forest(roots: Sequence[int], others: Sequence[int], chance: Chance, count: int) -> list[int]:
    """A uniform forest on roots and others in which each tree has one root: its neighbors by place, as bits.

    Wilson's algorithm on the complete graph, from all roots at once.
    """
    nodes, inside, out = [*roots, *others], set(roots), {}
    ways = [0] * count
    for start in others:
        node = start
        while node not in inside:
            step = chance.below(len(nodes) - 1)
            out[node] = nodes[step] if nodes[step] != node else nodes[-1]
            node = out[node]
        node = start
        while node not in inside:
            inside.add(node)
            ways[node] |= 1 << out[node]
            ways[out[node]] |= 1 << node
            node = out[node]
    return ways


def forests(roots: int, others: int) -> int:
    """Cayley's count of the forests in which every tree has one of the roots: f (f + u)^(u-1)."""
    return roots * (roots + others) ** (others - 1) if others else 1


@lru_cache(maxsize=4096)
def way_bits(seen: int, unseen: int) -> float:
    """Entropy of the way to a goal that is one of the ``unseen`` places, with so many places seen but not visited."""
    total, bits, ways = forests(seen, unseen), 0.0, seen
    for between in range(unseen):
        p = forests(seen + between + 1, unseen - between - 1) / total
        bits -= ways * p * log2(p)
        ways *= unseen - 1 - between
    return max(0.0, bits)


@lru_cache(maxsize=4096)
def visit_gain(seen: int, unseen: int) -> float:
    """Expected fall of that entropy when one of the places seen is visited and shows its neighbors."""
    total, left = forests(seen, unseen), 0.0
    for found in range(unseen):  # not the goal: it is one of the others
        roots = seen - 1 + found
        if roots:
            chance = comb(unseen - 1, found) * forests(roots, unseen - found) / total
            left += chance * way_bits(roots, unseen - found)
    return max(0.0, way_bits(seen, unseen) - left)


register(HiddenGraph)
