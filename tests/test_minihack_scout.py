"""The scripted player of MiniHack: what it reads, what it works out, and that it arrives."""

from __future__ import annotations

import heapq
import random
from itertools import product
from statistics import mean

import minihack_tools as tools
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.minihack.engine import memory as memories
from scoutgym.envs.minihack.engine.boulders import pushes
from scoutgym.envs.minihack.engine.chart import Chart, around
from scoutgym.envs.minihack.engine.explore import explore
from scoutgym.envs.minihack.engine.memory import recall
from scoutgym.envs.minihack.engine.seen import STEPS, Cell
from scoutgym.envs.minihack.engine.sight import Sight, Thing, distance, offset, read, steps

pytestmark = pytest.mark.worlds

# What is read.

SEEN = """You walk 3 steps. You see here a wand.
You are at column 41, row 12. HP 9 of 12, levitating. You stand on: open door.
Free: north 3 (then a boulder), west 4 (then no diagonal step through a door). """
SEEN += """Blocked: wall northeast, east; closed door south; unknown southwest.
In view: hostile jackal 1 west, 2 north; a boulder 4 north; """
SEEN += """molten lava (6 squares, nearest 2 east, 1 south); water 5 east.
Unexplored beyond: 3 north; 2 west, 1 south.
Changed: 4 new squares seen; gone: closed door."""


def test_an_observation_is_read_as_places_of_the_map() -> None:
    sight = read(SEEN)
    assert sight is not None
    assert (sight.at, sight.hp, sight.most, sight.conditions) == ((41, 12), 9, 12, ", levitating")
    assert sight.below == "open door"
    assert sight.rays == (
        ("north", 3, "a boulder"),
        ("west", 4, "no diagonal step through a door"),
        ("northeast", 0, "wall"),
        ("east", 0, "wall"),
        ("south", 0, "closed door"),
        ("southwest", 0, "unknown"),
    )
    assert sight.things == (
        Thing("hostile jackal", (40, 10)),
        Thing("a boulder", (41, 8)),
        Thing("molten lava", (43, 13), 6),
        Thing("water", (46, 12)),
    )
    assert sight.edges == ((41, 9), (39, 13))
    assert sight.news
    assert sight.said.startswith("You walk 3 steps.")
    assert read("That is not possible now: there is no key in view.") is None
    assert all(
        offset(steps((7, 7), (7 + dx, 7 + dy))) == (dx, dy) for dx, dy in product((-3, 0, 2), (-1, 0, 5)) if dx or dy
    )


def test_the_chart_tells_free_from_shut() -> None:
    chart = Chart()
    chart.take(read(SEEN))  # type: ignore[arg-type] (it is one)
    assert {(41, 11), (41, 10), (41, 9), (37, 12)} <= chart.free
    assert chart.open((41, 9))
    assert not chart.open((41, 8)), "a boulder is there"
    assert chart.shut[(42, 12)] == "wall"
    assert not chart.maybe((46, 12))
    assert chart.maybe((60, 3))
    assert not chart.joined((41, 13), (42, 12)), "no diagonal step through a door"


def test_a_history_taken_in_turn_by_turn_is_the_same_as_at_once() -> None:
    env = tools.level("KeyRoom-Dark-S5")
    env.reset(options={"index": 3, "luck": 0})
    while not env.session.over:
        env.step(env.world.expert(env.history, Chance(b"x", env.session.turn)))
    grown = recall(env.history)
    memories._KEPT.clear()
    whole = recall(env.history)
    assert whole is not grown
    assert {**vars(whole), "chart": vars(whole.chart)} == {**vars(grown), "chart": vars(grown.chart)}
    env.close()


# Boulders.


def brute(boulder: Cell, player: Cell, target: Cell, free: set[Cell]) -> int | None:
    """The least turns, step by step: walking costs one turn where it starts, and nothing while it goes on."""
    queue, done = [(0, boulder, player, False)], set()
    while queue:
        cost, at, stands, walks = heapq.heappop(queue)
        if at == target:
            return cost
        if (at, stands, walks) in done:
            continue
        done.add((at, stands, walks))
        for dx, dy in STEPS.values():
            to = (stands[0] + dx, stands[1] + dy)
            if to == at:
                beyond = (at[0] + dx, at[1] + dy)
                if beyond == target or beyond in free:
                    heapq.heappush(queue, (cost + 1, beyond, to, False))
            elif to in free:
                heapq.heappush(queue, (cost + (not walks), at, to, True))
    return None


def turns(plan: list[Cell], boulder: Cell, player: Cell) -> int:
    """What a plan costs."""
    cost = 0
    for dx, dy in plan:
        side = (boulder[0] - dx, boulder[1] - dy)
        cost += 1 + (side != player)
        player, boulder = boulder, (boulder[0] + dx, boulder[1] + dy)
    return cost


def test_boulders_are_pushed_in_as_few_turns_as_can_be() -> None:
    draw, solved = random.Random(0), 0
    for _ in range(150):
        cells = list(product(range(5), range(5)))
        free = set(draw.sample(cells, 17))
        boulder, player, target = draw.sample(sorted(free), 3)
        free.discard(target)  # as water is: a boulder gets there, nobody walks there
        plan, least = pushes(boulder, player, target, free.__contains__), brute(boulder, player, target, free)
        assert (plan is None) == (least is None)
        if plan is not None:
            assert turns(plan, boulder, player) == least
            solved += 1
    assert 30 < solved < 150


def test_no_diagonal_pushes_where_they_are_not_allowed() -> None:
    free = set(product(range(5), range(5)))
    assert pushes((2, 2), (1, 1), (3, 3), free.__contains__) == [(1, 1)]
    plan = pushes((2, 2), (1, 1), (3, 3), free.__contains__, diagonal=False)
    assert sorted(plan or []) == [(0, 1), (1, 0)]


# Seeing most.


class DarkRoom:
    """An unlit room without anything in it: one sees the squares next to one, as the world tells it."""

    def __init__(self, width: int, height: int, at: Cell) -> None:
        self.floor = set(product(range(20, 20 + width), range(3, 3 + height)))
        self.at, self.seen, self.near = at, set(), set()
        self.look()

    def look(self) -> None:
        self.near |= {self.at, *around(self.at)}
        self.seen |= {cell for cell in self.near if cell in self.floor}

    def go(self, action: str) -> None:
        if action.startswith("go far "):
            dx, dy = STEPS[action.split(" ")[2]]
            while (self.at[0] + dx, self.at[1] + dy) in self.floor:
                self.at = (self.at[0] + dx, self.at[1] + dy)
                self.look()
        else:
            dx, dy = offset(action.removeprefix("travel to "))
            self.at = (self.at[0] + dx, self.at[1] + dy)  # over squares that are known; what is beside them is not told
            assert self.at in self.seen
            self.look()

    def sight(self) -> Sight:
        rays = []
        for way, (dx, dy) in STEPS.items():
            count = 0
            while (cell := (self.at[0] + (count + 1) * dx, self.at[1] + (count + 1) * dy)) in self.seen:
                count += 1
            rays.append((way, count, "unknown" if cell in self.floor else "wall"))
        edges: list[Cell] = []
        for cell in sorted(self.seen, key=lambda cell: distance(cell, self.at)):
            beside = any(other in self.floor and other not in self.near for other in around(cell))
            if beside and len(edges) < 5 and all(distance(cell, edge) > 2 for edge in edges):
                edges.append(cell)
        return Sight(self.at, 12, 12, "", "", tuple(rays), (), tuple(edges), (), "")


@pytest.mark.parametrize(("width", "height", "most"), [(15, 15, 32), (5, 5, 5), (20, 8, 24), (40, 3, 22)])
def test_a_dark_room_is_seen_in_lanes(width: int, height: int, most: int) -> None:
    """Step by step it would take a turn for each three squares or so; a run shows a lane of them in one."""
    assert most <= width * height / 5
    spent = []
    for start in [(20, 3), (20 + width // 2, 3 + height // 2), (19 + width, 2 + height)]:
        room, chart = DarkRoom(width, height, start), Chart()
        chart.take(room.sight())
        turn = 0
        while room.seen != room.floor and turn < 200:
            turn, before = turn + 1, room.at
            room.go(explore(chart, lambda cell: False) or pytest.fail("it gives up before all is seen"))
            chart.take(room.sight())
            chart.tread(chart.passed(before, room.at))
        spent.append(turn)
    assert mean(spent) <= most
    assert max(spent) <= 1.5 * most


def test_where_all_is_seen_there_is_nothing_to_explore() -> None:
    room, chart = DarkRoom(3, 3, (21, 4)), Chart()
    chart.take(room.sight())
    assert explore(chart, lambda cell: False) == ""


def test_a_detour_avoids_a_square() -> None:
    """Two ways to the same place, of four steps over a square that is to be avoided and of six around it."""
    chart = Chart()
    chart.here = (10, 5)
    chart.free = {(x, 5) for x in range(10, 15)} | {(10, 6), (10, 7), (11, 8), (12, 8), (13, 7), (14, 6)}
    first = chart.around_it((14, 5), (12, 5))
    assert first != (14, 5)
    assert first in chart.free - {(x, 5) for x in range(10, 15)}
    chart.free.discard((11, 5))
    assert chart.around_it((14, 5), (12, 5)) == (14, 5), "no short way leads over it"


# That it arrives.


@pytest.mark.parametrize(
    ("name", "games", "wins", "most"),
    [
        ("Room-Dark-15x15", 6, 6, 12),
        ("Room-Ultimate-15x15", 4, 3, 25),
        ("MazeWalk-15x15", 4, 4, 25),
        ("River-Narrow", 1, 1, 40),
        ("CorridorBattle", 5, 4, 60),
        ("HideNSeek", 5, 3, 10),
        ("ExploreMaze-Easy", 3, 3, 40),
        ("LavaCross-Full", 4, 4, 15),
        ("LavaCross-Levitate-Restricted", 4, 4, 20),
        ("Freeze-Lava-Full", 3, 3, 15),
        ("Quest-Easy", 4, 4, 25),
        ("Quest-Medium", 6, 3, 60),
        ("WoD-Hard-Full", 5, 4, 30),
        ("WoD-Medium-Restricted", 3, 3, 15),
        ("Eat-Distr", 3, 3, 15),
    ],
)
def test_the_scripted_player_wins_and_how_soon(name: str, games: int, wins: int, most: float) -> None:
    env = tools.level(name)
    results = [tools.play(env, index) for index in range(games)]
    won = [turn for success, turn in results if success == 1.0]
    assert len(won) >= wins
    assert mean(won) <= most
    env.close()
