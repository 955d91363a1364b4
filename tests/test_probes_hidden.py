"""Delayed credit, blickets and the hidden graph: beliefs against enumeration, experts against dynamic programs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations, permutations, product
from typing import Any

import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.probes.blicket import Blicket, BlicketParams, BlicketState, Subset
from scoutgym.envs.probes.delayed_credit import DelayedCredit, DelayedCreditParams, DelayedCreditState
from scoutgym.envs.probes.hidden_graph import HiddenGraph, HiddenGraphParams, HiddenGraphState, forests, rooted_forest
from scoutgym.types import Task

LUCK = Chance(b"unused")


def bits(weights: Sequence[float]) -> float:
    total = sum(weights)
    return -sum(w / total * math.log2(w / total) for w in weights if w)


def expected_fall(possible: Sequence[Any], answer: Callable[[Any], Any], says: Callable[[Any], Any]) -> float:
    """By definition: entropy of the answer now, less its mean when it is known what the world says."""
    before = bits(list(Counter(map(answer, possible)).values()))
    cells: dict[Any, list[Any]] = {}
    for secret in possible:
        cells.setdefault(says(secret), []).append(secret)
    after = sum(len(c) / len(possible) * bits(list(Counter(map(answer, c)).values())) for c in cells.values())
    return before - after


def run(world: Any, state: Any) -> int:
    """The expert's turns to success; -1 where it fails."""
    history = [f"{world.intro(state, 'agent')}\n\n{world.grammar(state).help()}"]
    for turn in range(1, world.max_turns + 1):
        text = world.expert(history, LUCK)
        reply = world.play(state, world.grammar(state).parse(text), LUCK)
        assert not reply.invalid
        if reply.done:
            return turn if reply.success else -1
        history += [text, reply.text]
    return -1


# Delayed credit.


def fields(game: DelayedCredit) -> Iterator[DelayedCreditState]:
    """Every task."""
    kinds = len(game.kinds)
    for times, coins in product(permutations(game.times), permutations(range(1, kinds + 1))):
        yield DelayedCreditState(list(times), list(coins), [game._everything] * math.factorial(kinds))


def harvests(state: DelayedCreditState, planted: Sequence[int]) -> list[int]:
    """What each day pays, by the definition: a seed of kind k of day d pays on day d + times[k]."""
    paid = Counter()
    for day, kind in enumerate(planted):
        if kind >= 0:
            paid[day + state.times[kind]] += state.coins[kind]
    return [paid[day] for day in range(1, len(planted) + 1)]


def test_a_harvest_by_hand() -> None:
    game = DelayedCredit(DelayedCreditParams(ratio=2, kinds=3))
    state = DelayedCreditState(times=[4, 1, 2], coins=[3, 1, 2], alive=[63] * 6)  # of red, blue, green
    actions = [("plant", "red"), ("plant", "green"), ("plant", "blue"), ("wait",), ("wait",)]
    said = [game.play(state, action, LUCK).text for action in actions]
    assert said == [
        "Day 1: nothing is ripe.",
        "Day 2: nothing is ripe.",
        "Day 3: you harvest 3 coins.",
        "Day 4: you harvest 3 coins.",
        "Day 5: nothing is ripe.",
    ]
    # Day 4 was red or blue, alone; blue would have left day 3 to green alone, which cannot pay 3 as well.
    assert game.belief(state, "agent").bits == 0
    assert sorted(alive.bit_count() for alive in state.alive) == [0, 0, 0, 0, 0, 2]
    assert not game.play(state.copy(), ("name", "green"), LUCK).success
    assert game.play(state, ("name", "red"), LUCK).success


@pytest.mark.parametrize("index", range(12))
def test_what_is_believed_of_seeds_is_what_enumeration_leaves(index: int) -> None:
    game = DelayedCredit(DelayedCreditParams(ratio=2, kinds=3))
    chance = Chance(b"field", index)
    state = chance.choice(list(fields(game)))
    for _ in range(10):
        planted = state.planted
        possible = [f for f in fields(game) if harvests(f, planted) == harvests(state, planted)]
        assert game.belief(state, "agent").bits == pytest.approx(
            bits(list(Counter(map(game._answer, possible)).values()))
        )
        for number in range(-1, 3):
            action = ("wait",) if number < 0 else ("plant", game.kinds[number])
            days = [*planted, number]
            gain = expected_fall(possible, game._answer, lambda f, days=days: tuple(harvests(f, days)))
            assert game.gain(state, action) == pytest.approx(gain, abs=1e-9)
        drawn = {
            (tuple(new.times), tuple(new.coins)) for new in (game.resample(state, "agent", chance) for _ in range(300))
        }
        assert drawn <= {(tuple(f.times), tuple(f.coins)) for f in possible}
        assert len(drawn) > 0.7 * len(possible)
        game.play(state, chance.choice([("wait",), *(("plant", kind) for kind in game.kinds)]), LUCK)


def test_the_planter_names_the_best_kind_of_every_task() -> None:
    game = DelayedCredit(DelayedCreditParams(ratio=3, kinds=3))
    assert all(run(game, state) > 0 for state in fields(game))
    for ratio in (2, 3, 4):
        game = DelayedCredit(DelayedCreditParams(ratio=ratio))
        assert all(run(game, state) > 0 for place, state in enumerate(fields(game)) if place % 17 == ratio)


# Blickets.


def machines(objects: int) -> list[tuple[int, bool]]:
    sets = [
        sum(1 << one for one in chosen)
        for size in range(2, objects + 1)
        for chosen in combinations(range(objects), size)
    ]
    return list(product(sets, (False, True)))


def goes(machine: tuple[int, bool], test: int) -> bool:
    return bin(machine[0] & test).count("1") >= 1 + machine[1]


@pytest.mark.parametrize("index", range(10))
def test_what_is_believed_of_blickets_is_what_enumeration_leaves(index: int) -> None:
    game = Blicket(BlicketParams(objects=4))
    chance, tests = Chance(b"machine", index), []
    state = game.start(Task("x", "train", 0), chance)
    truth = (state.blickets, state.strict_rule)
    for _ in range(5):
        possible = [m for m in machines(4) if all(goes(m, test) == goes(truth, test) for test in tests)]
        assert game.belief(state, "agent").bits == pytest.approx(bits(list(Counter(s for s, _ in possible).values())))
        for test in range(1, 16):
            gain = expected_fall(possible, lambda m: m[0], lambda m, test=test: goes(m, test))
            assert game.gain(state, ("test", test)) == pytest.approx(gain, abs=1e-9)
        drawn = [game.resample(state, "agent", chance) for _ in range(200)]
        assert {(new.blickets, new.strict_rule) for new in drawn} <= set(possible)
        tests.append(1 + chance.below(15))
        assert (game.play(state, ("test", tests[-1]), LUCK).text == "The machine goes.") == goes(truth, tests[-1])


@pytest.mark.parametrize(("objects", "slack"), [(2, 0.0), (3, 0.0), (4, 0.1)])
def test_the_expert_tests_hardly_more_than_the_best_plan(objects: int, slack: float) -> None:
    """The best plan by dynamic programming over sets of machines: the fewest tests until the blickets are known."""

    @cache
    def fewest(possible: frozenset[tuple[int, bool]]) -> float:
        """Summed over the machines."""
        if len({blickets for blickets, _ in possible}) == 1:
            return 0.0
        best = math.inf
        for test in range(1, 1 << objects):
            on = frozenset(m for m in possible if goes(m, test))
            if 0 < len(on) < len(possible):
                best = min(best, len(possible) + fewest(on) + fewest(possible - on))
        return best

    game = Blicket(BlicketParams(objects=objects))
    taken = [run(game, BlicketState(*m, game.all, game.all)) for m in machines(objects)]
    assert min(taken) > 0
    best = fewest(frozenset(machines(objects))) / len(taken)
    assert best - 1e-9 <= sum(taken) / len(taken) - 1 <= best + slack + 1e-9


@pytest.mark.parametrize("objects", [5, 7])
def test_the_expert_finds_the_blickets_of_every_machine(objects: int) -> None:
    game = Blicket(BlicketParams(objects=objects))
    assert min(run(game, BlicketState(*m, game.all, game.all)) for m in machines(objects)[:: objects - 4]) > 0


def test_sets_are_read_in_any_order_and_nothing_else_is_one() -> None:
    words = Subset(("ball", "cube", "ring"), "object")
    assert [words.read(text) for text in ("ball", "ring, BALL", "cube  cube ring")] == [1, 5, 6]
    assert [words.show(number) for number in range(1, 8)][4] == "ball ring"
    for text in ("", ",", "ball and ring", "bal"):
        with pytest.raises(BadAction):
            words.read(text)


# The hidden graph.

Edges = frozenset[frozenset[int]]


@cache
def trees(places: int) -> list[Edges]:
    """Every labeled tree."""
    found = []
    for chosen in combinations(map(frozenset, combinations(range(places), 2)), places - 1):
        reached = {0}
        for _ in range(places):
            reached |= {end for edge in chosen if edge & reached for end in edge}
        if len(reached) == places:
            found.append(frozenset(chosen))
    return found


def ways_of(tree: Edges, places: int) -> list[int]:
    return [sum(1 << next(iter(edge - {place})) for edge in tree if place in edge) for place in range(places)]


def around(tree: Edges, place: int) -> frozenset[int]:
    return frozenset(end for edge in tree if place in edge for end in edge if end != place)


def route(tree: Edges, start: int, goal: int) -> tuple[int, ...]:
    """The places of the way, without its start."""
    routes = {start: ()}
    wave = [start]
    for place in wave:
        for other in around(tree, place):
            if other not in routes:
                routes[other] = (*routes[place], other)
                wave.append(other)
    return routes[goal]


def test_cayley_and_enumeration_agree() -> None:
    assert [len(trees(n)) for n in (3, 4, 5)] == [3, 16, 125]
    for places, roots in ((4, 2), (5, 2), (5, 3)):
        joined = {frozenset({0, root}) for root in range(1, roots)}  # roots joined by hand are a forest's roots
        star = [t for t in trees(places) if joined <= t]
        assert len(star) == forests(roots, places - roots)


def test_trees_are_uniform() -> None:
    drawn = Counter(tuple(rooted_forest([2], [0, 1, 3], Chance(b"tree", i), 4)) for i in range(4800))
    assert set(drawn) == {tuple(ways_of(tree, 4)) for tree in trees(4)}
    assert sum((count - 300) ** 2 / 300 for count in drawn.values()) < 15 + 5 * math.sqrt(30)


@pytest.mark.parametrize("index", range(25))
def test_what_is_believed_of_the_way_is_what_enumeration_leaves(index: int) -> None:
    game, chance = HiddenGraph(HiddenGraphParams(places=5)), Chance(b"graph", index)
    state = game.start(Task("x", "train", 0), chance)
    truth = next(tree for tree in trees(5) if ways_of(tree, 5) == state.ways)
    for _ in range(5):
        seen = [place for place in range(5) if state.visited >> place & 1]
        possible = [tree for tree in trees(5) if all(around(tree, p) == around(truth, p) for p in seen)]
        way = lambda tree: route(tree, state.origin, state.goal)  # noqa: E731
        assert game.belief(state, "agent").bits == pytest.approx(bits(list(Counter(map(way, possible)).values())))
        for place in around(truth, state.place):
            gain = expected_fall(possible, way, lambda tree, p=place: None if p == state.goal else around(tree, p))
            assert game.gain(state, ("go", game.places[place])) == pytest.approx(gain, abs=1e-9)
        drawn = {tuple(game.resample(state, "agent", chance).ways) for _ in range(8 * len(possible))}
        assert drawn == {tuple(ways_of(tree, 5)) for tree in possible}
        if game.play(state, chance.choice(game.actions(state)), LUCK).done:
            break


@pytest.mark.parametrize("places", [3, 4, 5])
def test_no_plan_needs_fewer_moves_than_the_nearest_new_place(places: int) -> None:
    """Dynamic programming over the trees that are left; a plan's step is the walk to a place not yet visited."""

    @cache
    def fewest(possible: frozenset[Edges], visited: frozenset[int], place: int) -> float:
        """Summed over the trees. The goal is place 1."""
        some = next(iter(possible))
        frontier = {end for p in visited for end in around(some, p)} - visited
        if 1 in frontier:
            return len(possible) * float(len(route(some, place, 1)))
        best = math.inf
        for to in frontier:
            cells: dict[frozenset[int], set[Edges]] = {}
            for tree in possible:
                cells.setdefault(around(tree, to), set()).add(tree)
            after = sum(fewest(frozenset(cell), visited | {to}, to) for cell in cells.values())
            best = min(best, len(possible) * len(route(some, place, to)) + after)
        return best

    game = HiddenGraph(HiddenGraphParams(places=places))
    total = sum(run(game, HiddenGraphState(ways_of(tree, places), 0, 1, 0, 1)) for tree in trees(places))
    starts: dict[frozenset[int], set[Edges]] = {}
    for tree in trees(places):
        starts.setdefault(around(tree, 0), set()).add(tree)
    assert total == pytest.approx(sum(fewest(frozenset(cell), frozenset({0}), 0) for cell in starts.values()))


def test_walking_everywhere_is_always_enough() -> None:
    for places in (3, 12, 48):
        game = HiddenGraph(HiddenGraphParams(places=places))
        for index in range(40):
            state = game.start(Task("x", "train", 0), Chance(b"walk", index))
            shortest = len(game.solver(state.copy()))
            moves = run(game, state)
            assert shortest <= moves <= game.max_turns
            assert game.figures(state) == {"detour": (moves, shortest)}


def test_a_way_that_is_not_there_is_refused() -> None:
    game = HiddenGraph(HiddenGraphParams(places=3))
    state = HiddenGraphState([2, 5, 2], origin=0, goal=2, place=0, visited=1)
    reply = game.play(state, ("go", "tower"), LUCK)
    assert reply.invalid
    assert reply.text == "No way leads from here to the tower. You are at the mill. Ways lead to harbor."
    assert (state.place, state.moves) == (0, 0)
