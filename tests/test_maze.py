"""Mazes: the generator against counts of spanning trees, the oracle against enumeration, players against searches."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from itertools import combinations, product
from typing import Any

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.chance import Chance
from scoutgym.envs.games.maze import Maze, MazeParams, MazeState
from scoutgym.envs.games.spanning_trees import TreeLaw, uniform_tree
from scoutgym.envs.saved import Saved
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task

PRESETS = list(Maze.spec.presets)
WAYS = {"north": (-1, 0), "east": (0, 1), "south": (1, 0), "west": (0, -1)}
LUCK = Chance(b"unused")


def world(**params: Any) -> Maze:
    return Maze(MazeParams(**params))


def env_of(preset: str, **options: Any) -> TextEnv:
    env = gymnasium.make(f"scoutgym/Maze-{preset}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


# An independent picture of a layout: sets of cells (row, column) that are joined.


def grid_edges(rows: int, columns: int) -> list[frozenset[tuple[int, int]]]:
    cells = product(range(rows), range(columns))
    return [
        frozenset({(row, column), other})
        for row, column in cells
        for other in ((row, column + 1), (row + 1, column))
        if other[0] < rows and other[1] < columns
    ]


def joined(maze: str, columns: int) -> set[frozenset[tuple[int, int]]]:
    """The open edges of a layout; both sides must agree."""
    half = Counter()
    for cell, digit in enumerate(maze):
        row, column = divmod(cell, columns)
        for bit, (down, right) in enumerate(WAYS.values()):
            if int(digit, 16) >> bit & 1:
                half[frozenset({(row, column), (row + down, column + right)})] += 1
    assert set(half.values()) <= {2}
    return set(half)


def reach(edges: set[frozenset[tuple[int, int]]], start: tuple[int, int]) -> dict[tuple[int, int], int]:
    """The distance of every cell that can be reached, by waves."""
    distance, wave = {start: 0}, [start]
    while wave:
        nearby = [next(iter(edge - {cell})) for cell in wave for edge in edges if cell in edge]
        wave = list(dict.fromkeys(cell for cell in nearby if cell not in distance))
        distance.update({cell: 1 + max(distance.values()) for cell in wave})
    return distance


@cache
def all_trees(rows: int, columns: int) -> list[frozenset[frozenset[tuple[int, int]]]]:
    size = rows * columns
    return [
        frozenset(chosen)
        for chosen in combinations(grid_edges(rows, columns), size - 1)
        if len(reach(set(chosen), (0, 0))) == size
    ]


# The generator.


def test_kirchhoff_and_enumeration_agree() -> None:
    for rows, columns, count in ((2, 2, 4), (2, 3, 15), (3, 3, 192), (2, 5, 209)):
        assert len(all_trees(rows, columns)) == count
        cells = rows * columns
        assert world(width=columns, height=rows).secrets() == pytest.approx(count * cells * (cells - 1))
    assert world(width=5, height=5).secrets() == pytest.approx(557_568_000 * 25 * 24)


def test_layouts_are_uniform_spanning_trees() -> None:
    game = world(width=3, height=2)
    drawn = Counter(
        frozenset(joined(game.start(Task("x", "train", 0), Chance(b"%d" % i)).maze, 3)) for i in range(6000)
    )
    assert set(drawn) == set(all_trees(2, 3))
    assert sum((count - 400) ** 2 / 400 for count in drawn.values()) < 14 + 5 * math.sqrt(28)


def test_start_and_goal_are_uniform_and_differ() -> None:
    game = world(width=2, height=2)
    states = [game.start(Task("x", "train", 0), Chance(b"%d" % i)) for i in range(6000)]
    pairs = Counter((state.origin, state.goal) for state in states)
    assert len(pairs) == 12
    assert all(one != other for one, other in pairs)
    assert sum((count - 500) ** 2 / 500 for count in pairs.values()) < 11 + 5 * math.sqrt(22)


@pytest.mark.parametrize("preset", PRESETS)
def test_mazes_are_connected_and_perfect_without_loops(preset: str) -> None:
    env = env_of(preset)
    game, extra = env.world, []
    for index in range(30):
        env.reset(options={"index": index})
        state = env.session.state
        edges = joined(state.maze, game.width)
        here = divmod(state.place, game.width)
        assert set(reach(edges, here)) == {divmod(cell, game.width) for cell in game.cells}
        extra.append(len(edges) - len(game.cells) + 1)
    if game.params.loops:  # each of the other 64 edges of 9 by 9 is open with probability 0.2
        assert abs(sum(extra) / 30 - 64 * 0.2) < 5 * math.sqrt(64 * 0.16 / 30)
    else:
        assert not any(extra)


def test_the_double_t_has_twenty_five_starts_for_each_goal() -> None:
    env, states = env_of("lmrl"), set()
    for index in range(1500):
        env.reset(options={"index": index, "split": "train"})
        state = env.session.state
        states.add((state.maze, state.origin, state.goal))
    assert len({maze for maze, _, _ in states}) == 1
    assert len(env.world.cells) == 26
    assert 450 < len(states) < 26 * 25  # four fifths of all pairs
    assert env.world.max_turns == 100


def test_splits_share_no_task_and_tasks_differ() -> None:
    env, seen = env_of("5"), {}
    for split in ("train", "dev", "test"):
        seen[split] = set()
        for index in range(300):
            env.reset(options={"split": split, "index": index})
            seen[split].add(str(env.world.hidden_key(env.session.state)))
    assert [len(keys) for keys in seen.values()] == [300] * 3
    assert len(set.union(*seen.values())) == 900


# The dynamics, from texts alone.


@pytest.mark.parametrize("preset", PRESETS)
def test_steps_and_texts_are_those_of_the_layout(preset: str) -> None:
    env = env_of(preset)
    game = env.world
    for index in range(12):
        said, _ = env.reset(options={"index": index})
        edges = joined(env.session.state.maze, game.width)
        goal = divmod(env.session.state.goal, game.width)
        row, column = map(int, re.findall(r"You \w+ at row (\d+), column (\d+)", said)[-1])
        here, over = (row - 1, column - 1), False
        for turn in range(60):
            ways = {w for w, (d, r) in WAYS.items() if frozenset({here, (here[0] + d, here[1] + r)}) in edges}
            assert set(re.findall(r"Open: (.*?)\.", said)[-1].split(", ")) == ways
            places = re.findall(r"You are at row (\d+), column (\d+)", said)
            goals = re.findall(r"The goal is at row (\d+), column (\d+)", said)
            if game.full:
                assert places[-1] == (str(here[0] + 1), str(here[1] + 1))
                assert goals[-1] == (str(goal[0] + 1), str(goal[1] + 1))
            else:
                assert not places
                assert not goals
            way = Chance(b"walk", 100 * index + turn).choice(list(WAYS))
            said, reward, over, cut, info = env.step(f"move {way}")
            assert ("There is a wall to the " + way in said) == (way not in ways)
            assert info["outcome"] == "ok"
            if way in ways:
                here = (here[0] + WAYS[way][0], here[1] + WAYS[way][1])
            assert over == (here == goal) == (reward == 1.0)
            if cut:
                assert said.endswith(f"The goal was at row {goal[0] + 1}, column {goal[1] + 1}.")
                assert not info["success"]
            if over or cut:
                break


# The oracle.


def walk(game: Maze, state: MazeState, chance: Chance, steps: int) -> None:
    """Random steps that do not meet the goal."""
    for _ in range(steps):
        way = chance.choice(list(WAYS))
        probe = state.copy()
        if not game.play(probe, ("move", way), LUCK).done:
            game.play(state, ("move", way), LUCK)


def seen_edges(game: Maze, state: MazeState) -> dict[frozenset[tuple[int, int]], bool]:
    """What the visited cells show."""
    edges, seen = joined(state.maze, game.width), {}
    visited = {divmod(cell, game.width) for cell in range(len(state.maze)) if state.visited >> cell & 1}
    for edge in grid_edges(game.height, game.width):
        if edge & visited:
            seen[edge] = edge in edges
    return seen


def layouts(game: Maze, state: MazeState) -> dict[frozenset[frozenset[tuple[int, int]]], float]:
    """Every layout that agrees with what was seen, with its probability: trees, then missing walls, one by one."""
    seen, loops = seen_edges(game, state), game.params.loops
    weights: Counter[frozenset[frozenset[tuple[int, int]]]] = Counter()
    edges = set(grid_edges(game.height, game.width))
    for tree in all_trees(game.height, game.width):
        others = sorted(edges - tree, key=sorted)
        for missing in product((False, True), repeat=len(others)) if loops else [(False,) * len(others)]:
            layout = tree | {edge for edge, gone in zip(others, missing, strict=True) if gone}
            if all((edge in layout) == is_open for edge, is_open in seen.items()):
                weights[layout] += math.prod(loops if gone else 1 - loops for gone in missing)
    total = sum(weights.values())
    return {layout: weight / total for layout, weight in weights.items()}


def bits(weights: Any) -> float:
    return -sum(p * math.log2(p) for p in weights if p > 0)


@pytest.mark.parametrize("loops", [0.0, 0.3])
def test_full_view_belief_and_gain_against_enumeration(loops: float) -> None:
    game = world(width=3, height=2 if loops else 3, loops=loops)
    for index in range(25):
        state = game.start(Task("x", "train", index), Chance(b"full", index))
        walk(game, state, Chance(b"steps", index), index % 5)
        law = layouts(game, state)
        belief, truth = game.belief(state, "agent"), bits(law.values())
        if loops:
            assert belief.kind == "bound"
            assert truth - 1e-9 <= belief.bits <= truth + 3
        else:
            assert belief.kind == "exact"
            assert belief.bits == pytest.approx(truth, abs=1e-9)
        here, edges = divmod(state.place, 3), joined(state.maze, 3)
        gains = {}
        for way, (down, right) in WAYS.items():
            cell = (here[0] + down, here[1] + right)
            shown: Counter[Any] = Counter()
            for layout, weight in law.items():
                sides = frozenset(edge for edge in layout if cell in edge)
                shown[sides if frozenset({here, cell}) in edges and cell != divmod(state.goal, 3) else None] += weight
            gains[way] = bits(shown.values())
            assert game.gain(state, ("move", way)) == pytest.approx(gains[way], abs=1e-9)
        action, best = game.best_gain(state)
        assert best == pytest.approx(max(gains.values()), abs=1e-9)
        assert gains[action[1]] == pytest.approx(best, abs=1e-9)


def test_partial_view_belief_against_enumeration() -> None:
    """Over every layout, start and goal of 3 by 2: the posterior of the goal given the texts of a walk."""
    game = world(width=3, height=2, view="partial")
    plays = {}
    tapes = [[Chance(b"tape", 9 * t + k).choice(list(WAYS)) for k in range(5)] for t in range(4)]
    for tree, origin, goal in product(all_trees(2, 3), range(6), range(6)):
        if origin == goal:
            continue
        numbers = [n for n, (a, _, b) in enumerate(game.grid.edges) if frozenset({divmod(a, 3), divmod(b, 3)}) in tree]
        for place, tape in enumerate(tapes):
            state = MazeState(game.grid.dig(numbers), goal, origin, origin, 1 << origin)
            texts = [game.intro(state, "agent")]
            for way in tape:
                plays.setdefault((place, tuple(texts)), []).append((goal, state.copy(), way))
                reply = game.play(state, ("move", way), LUCK)
                texts.append(reply.text)
                if reply.done:
                    assert game.belief(state, "agent").bits == 0
                    break
    assert len(plays) > 700
    for same in plays.values():
        posterior = Counter(goal for goal, _, _ in same)
        truth = bits(count / len(same) for count in posterior.values())
        keys = {str(game.known(state, "agent")) for _, state, _ in same}
        assert len(keys) == 1
        for _, state, way in same[:3]:
            assert game.belief(state, "agent").bits == pytest.approx(truth)
            assert game.belief(state, "agent").kind == "exact"
            after: dict[str, Counter[int]] = {}
            for goal, twin, _ in same:
                said = "goal" if game.play(twin.copy(), ("move", way), LUCK).done else "no"
                after.setdefault(said, Counter())[goal] += 1
            left = sum(
                sum(c.values()) / len(same) * bits(n / sum(c.values()) for n in c.values()) for c in after.values()
            )
            assert game.gain(state, ("move", way)) == pytest.approx(truth - left, abs=1e-9)
            assert game.best_gain(state)[1] >= game.gain(state, ("move", way)) - 1e-9


@pytest.mark.parametrize(("loops", "view"), [(0.0, "full"), (0.4, "full"), (0.0, "partial")])
def test_redrawn_mazes_follow_the_posterior(loops: float, view: str) -> None:
    game = world(width=3, height=2, loops=loops, view=view)
    state = game.start(Task("x", "train", 5), Chance(b"redraw", 2))
    walk(game, state, Chance(b"steps", 4), 2)
    law, draws = layouts(game, state), 4000
    assert len(law) > 2
    drawn: Counter[Any] = Counter()
    goals: Counter[int] = Counter()
    for number in range(draws):
        new = game.resample(state, "agent", Chance(b"%d" % number))
        drawn[frozenset(joined(new.maze, 3))] += 1
        goals[new.goal] += 1
        assert game.known(new, "agent") == game.known(state, "agent")
        assert game.intro(new, "agent") == game.intro(state, "agent")
    assert set(drawn) <= set(law)
    chi = sum((drawn[layout] - draws * p) ** 2 / (draws * p) for layout, p in law.items())
    assert chi < len(law) - 1 + 5 * math.sqrt(2 * len(law))
    if view == "partial":
        unseen = 6 - state.visited.bit_count()
        assert len(goals) == unseen
        assert sum((n - draws / unseen) ** 2 * unseen / draws for n in goals.values()) < unseen + 5 * math.sqrt(
            2 * unseen
        )


def test_tree_law_on_the_complete_graph() -> None:
    """Cayley: 5^3 trees, and by symmetry an edge is in one with probability 4 of 10."""
    edges = {n: (a, b, 1.0) for n, (a, b) in enumerate(combinations(range(5), 2))}
    law = TreeLaw(5, edges)
    assert law.bits == pytest.approx(math.log2(125))
    assert all(law.avoids([n]) == pytest.approx(0.6) for n in edges)
    assert law.avoids([0, 1, 2, 3]) == pytest.approx(0)  # all four edges of node 0
    assert TreeLaw(1, {}).bits == 0
    assert uniform_tree([[]], LUCK) == []


# Players.


@pytest.mark.parametrize("preset", PRESETS)
def test_the_solver_is_as_short_as_a_search(preset: str) -> None:
    env = env_of(preset)
    for index in range(15):
        env.reset(options={"split": "test", "index": index})
        state = env.session.state
        width = env.world.width
        distance = reach(joined(state.maze, width), divmod(state.place, width))[divmod(state.goal, width)]
        moves = env.world.solver(state)
        assert len(moves) == distance
        if distance <= env.world.max_turns:
            for number, move in enumerate(moves, 1):
                assert env.step(move)[2] == (number == len(moves))
            assert env.session.success


def play_out(env: TextEnv, index: int, random_turns: int) -> tuple[bool, int]:
    env.reset(options={"split": "test", "index": index, "luck": 0})
    while not env.session.over:
        if env.session.turn < random_turns:
            text = Chance(b"walk", 1000 * index + env.session.turn).choice([*(f"move {w}" for w in WAYS), "jump"])
        else:
            text = env.world.expert(env.history, LUCK)
        env.step(text)
    return bool(env.session.success), env.session.turn


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("preset", PRESETS)
def test_the_expert_arrives(preset: str) -> None:
    env = env_of(preset)
    count = 200 if env.world.width < 9 or "lmrl" in preset else 60
    assert sum(play_out(env, index, 0)[0] for index in range(count)) >= 0.99 * count
    late = env.world.max_turns // 5
    assert sum(play_out(env, index, late)[0] for index in range(count)) >= 0.85 * count


@given(
    st.integers(2, 6), st.integers(2, 6), st.sampled_from([0.0, 0.3]), st.sampled_from(["full", "partial"]), st.data()
)
@settings(max_examples=40, deadline=None)
def test_with_time_the_expert_always_arrives(
    width: int, height: int, loops: float, view: str, data: st.DataObject
) -> None:
    """In a partial perfect maze a walk that visits everything takes twice as many steps as there are edges."""
    game = world(width=width, height=height, loops=loops, view=view, max_turns=2000)
    state = game.start(Task("x", "train", 0), Chance(b"any", data.draw(st.integers(0, 2**60))))
    history, turns = [game.intro(state, "agent")], 0
    while True:
        text = game.expert(history, LUCK)
        assert game.expert(history, LUCK) == text
        reply = game.play(state, game.grammar(state).parse(text), LUCK)
        turns += 1
        assert "wall" not in reply.text  # it never walks into a wall that it was told of
        if reply.done:
            break
        history += [text, reply.text]
        assert turns < 4 * width * height


# The contract.


@pytest.mark.parametrize("preset", ["3", "9-loops-partial"])
@given(garbage=st.lists(st.text(max_size=40), min_size=100, max_size=100))
@settings(max_examples=10, deadline=None)
def test_garbage_is_refused_and_moves_nobody(preset: str, garbage: list[str]) -> None:
    env = env_of(preset, max_turns=2000)
    env.reset(options={"index": 0})
    key = env.state_key()
    for text in [*garbage, "move", "move up", "move north north", "north", "x" * 5000]:
        info = env.step(text)[4]
        assert info["outcome"] == "invalid_action"
        assert info["rewards"] == {"invalid": -1.0}
    assert env.state_key() == key


@given(st.sampled_from(list(WAYS)), st.sampled_from(["move {}", "MOVE {}", "  move   {} ", "Move\t{}\n"]))
def test_the_grammar_reads_what_it_prints(way: str, frame: str) -> None:
    grammar = world().grammar(None)  # type: ignore[arg-type]
    assert grammar.parse(frame.format(way.title())) == ("move", way)
    assert grammar.format(("move", way)) == f"move {way}"


@pytest.mark.parametrize("preset", PRESETS)
def test_saved_episodes_go_on_the_same(preset: str) -> None:
    env, other = env_of(preset), env_of(preset)
    for index in range(5):
        env.reset(options={"index": index, "luck": 1})
        ways = [f"move {Chance(b'tape', 50 * index + k).choice(list(WAYS))}" for k in range(30)]
        for text in ways[:6]:
            if not env.session.over:
                env.step(text)
        if env.session.over:
            continue
        handle, portable = env.save(), env.snapshot()
        assert Saved.from_bytes(portable, env.world_like).state == env.session.state
        seen = []
        for target, point in ((env, None), (env, handle), (other, portable)):
            if point is not None:
                target.restore(point)
            lines = []
            for text in ways[6:]:
                if not target.session.over:
                    lines.append(target.step(text)[:4])
            seen.append((lines, target.state_key(), target.obs_key()))
        assert seen[0] == seen[1] == seen[2]


def test_keys_tell_apart_what_an_agent_can_tell_apart() -> None:
    game = world(view="partial")
    maze = game.grid.dig(range(len(game.grid.edges)))  # a hall: only the border has walls
    state = MazeState(maze, goal=24, origin=0, place=0, visited=1)
    known, view = game.known(state, "agent"), game.view(state, "agent")
    assert "wall" in game.play(state, ("move", "north"), LUCK).text
    assert game.known(state, "agent") == known
    assert game.view(state, "agent") != view
    game.play(state, ("move", "east"), LUCK)
    assert game.known(state, "agent") != known
    hidden = state.copy()
    hidden.goal = 23
    assert game.known(hidden, "agent") == game.known(state, "agent")
    assert game.view(hidden, "agent") == game.view(state, "agent")


@pytest.mark.parametrize("preset", PRESETS)
def test_the_board_shows_only_what_was_seen(preset: str) -> None:
    env = env_of(preset, render_mode="ansi")
    env.reset(options={"index": 1})
    for number in range(4):
        state = env.session.state
        board = env.world.board(env.world.resample(state, "agent", Chance(b"redraw", number)))
        assert board == env.world.board(state)
        env.step(f"move {list(WAYS)[number]}")
        if env.session.over:
            break
    assert "●" in (env.render() or "")


@pytest.mark.parametrize("params", [{"layout": "double-t"}, {"width": 1}, {"loops": 1.0}, {"view": "none"}])
def test_wrong_parameters_are_one_clear_line(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"scoutgym/Maze-v0: .*wrong"):
        gymnasium.make("scoutgym/Maze-v0", **params)
