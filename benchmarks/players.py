"""Generate docs/games.md and docs/outside.md: what the reference players reach in the worlds.

Run: python benchmarks/players.py games|outside [--only WORLD …]

A page has a section for each world of its families. The same command writes the same figures; with ``--only`` the other
sections of the page stay as they are.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

import gymnasium

from scoutgym.agents.core import Measure
from scoutgym.benchmark import Result, run_bench
from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS, check_params, unplayable
from scoutgym.envs.text_env import TextEnv
from scoutgym.stats import Estimate, proportion

DOCS = Path(__file__).resolve().parents[1] / "docs"


@dataclass(frozen=True)
class Page:
    """What is played, and how it is told."""

    families: tuple[str, ...]
    agents: tuple[str, ...]
    measure: Measure
    tasks: Mapping[str, int]
    """Patterns of ids (without ``scoutgym/``), each with how many tasks; the first that fits counts, and an id that
    none fits is not played.
    """
    table: Callable[[Sequence[Result]], Iterator[str]]
    head: str


def games(results: Sequence[Result]) -> Iterator[str]:
    """A row for each id and player, with what was learned; then the figures of the world's own."""
    yield "| id | secrets | tasks | player | success | return | turns | bits a turn | efficiency |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for env_id, rows in groupby(results, key=lambda result: result.env):
        start = f"`{env_id}` | {secrets(env_id)} | "
        for row in rows:
            bits, efficiency = (row.figures.get(name) for name in ("bits_per_turn", "question_efficiency"))
            explored = " | ".join("–" if one is None else f"{one.mean:.2f}" for one in (bits, efficiency))
            yield (
                f"| {start}{row.tasks if start else ' | |'} | {row.agent} | {success(row)} | {row.returns.mean:.3f} | "
                f"{row.turns.mean:.2f} | {explored} |"
            )
            start = ""
    if results[0].told:
        yield ""
        yield from beside(results, PAGES["games"].agents, own(results))


def outside(results: Sequence[Result]) -> Iterator[str]:
    """The players beside each other: success and turns of each id, and the figures of the world's own."""
    players = PAGES["outside"].agents
    yield from beside(
        results, players, {"success, turns": lambda row: f"{success(row)}, {row.turns.mean:.1f}"} | own(results)
    )
    if results[0].group in POOLED:
        by = {agent: [row for row in results if row.agent == agent] for agent in players}
        most = max(by.values(), key=len)
        cells = [pooled(rows) if rows else "–" for rows in by.values()]
        yield f"| all {len(most)} | {sum(row.tasks for row in most)} | success | {' | '.join(cells)} |"


Cell = Callable[[Result], str]


def own(results: Sequence[Result]) -> dict[str, Cell]:
    """The figures that the world alone has."""

    def cell(figure: str) -> Cell:
        return lambda row: interval(row.figures[figure]) if figure in row.figures else "–"

    return {figure: cell(figure) for figure in results[0].told}


def beside(results: Sequence[Result], players: Sequence[str], cells: Mapping[str, Cell]) -> Iterator[str]:
    """A table with the players beside each other, and a row for each id and figure that any of them has."""
    yield f"| id | tasks | | {' | '.join(players)} |"
    yield f"|---|---|---|{'---|' * len(players)}"
    for env_id, rows in groupby(results, key=lambda result: result.env):
        by = {row.agent: row for row in rows}
        start = f"`{env_id}` | {next(iter(by.values())).tasks}"
        for figure, cell in cells.items():
            shown = [cell(by[name]) if name in by else "–" for name in players]
            if set(shown) != {"–"}:
                yield f"| {start} | {figure} | {' | '.join(shown)} |"
                start = " | "


POOLED = ("scienceworld",)
"""Groups whose ids are equal parts of one benchmark, so that a mean over them means something."""

SELECTED = """
MiniHack-Room-5x5 MiniHack-Room-Random-15x15 MiniHack-Room-Dark-15x15 MiniHack-Room-Monster-15x15
MiniHack-Room-Trap-15x15 MiniHack-Room-Ultimate-15x15 MiniHack-Corridor-R2 MiniHack-Corridor-R3 MiniHack-CorridorBattle
MiniHack-CorridorBattle-Dark MiniHack-KeyRoom-S5 MiniHack-KeyRoom-S15 MiniHack-KeyRoom-Dark-S15 MiniHack-MazeWalk-9x9
MiniHack-MazeWalk-45x19 MiniHack-MultiRoom-N2 MiniHack-MultiRoom-N6 MiniHack-MultiRoom-N6-Monster
MiniHack-SimpleCrossingS9N1 MiniHack-LavaCrossingS9N1 MiniHack-River-Narrow MiniHack-River MiniHack-HideNSeek
MiniHack-HideNSeek-Big MiniHack-Memento-Short-F2 MiniHack-ExploreMaze-Easy MiniHack-ExploreMaze-Hard
MiniHack-Labyrinth-Small MiniHack-Eat MiniHack-Pray MiniHack-Wear MiniHack-PutOn MiniHack-Zap MiniHack-Read
MiniHack-LockedDoor MiniHack-Freeze-Wand-Full MiniHack-LavaCross-Full MiniHack-LavaCross-Levitate-Potion-Pickup-Full
MiniHack-WoD-Easy-Full MiniHack-WoD-Hard-Full MiniHack-Quest-Easy MiniHack-Quest-Medium
BabyAI-GoToRedBall BabyAI-GoToLocal BabyAI-GoToObjMaze BabyAI-GoTo BabyAI-GoToSeq BabyAI-GoToImpUnlock BabyAI-Open
BabyAI-OpenDoorsOrderN4 BabyAI-Pickup BabyAI-PickupLoc BabyAI-UnblockPickup BabyAI-PutNextLocal BabyAI-PutNextS7N4
BabyAI-Unlock BabyAI-UnlockPickup BabyAI-UnlockToUnlock BabyAI-KeyInBox BabyAI-FindObjS7 BabyAI-KeyCorridorS6R3
BabyAI-OneRoomS20 BabyAI-SynthSeq BabyAI-BossLevel
MiniGrid-Empty-Random-6x6 MiniGrid-FourRooms MiniGrid-DoorKey-5x5 MiniGrid-DoorKey-8x8 MiniGrid-DoorKey-16x16
MiniGrid-UnlockPickup MiniGrid-BlockedUnlockPickup MiniGrid-KeyCorridorS3R3 MiniGrid-MultiRoom-N4-S5
MiniGrid-MultiRoom-N6 MiniGrid-LockedRoom MiniGrid-MemoryS13Random MiniGrid-ObstructedMaze-1Dlhb
MiniGrid-ObstructedMaze-Full MiniGrid-LavaCrossingS9N2 MiniGrid-LavaGapS7 MiniGrid-SimpleCrossingS9N2
MiniGrid-DistShift2 MiniGrid-Dynamic-Obstacles-8x8 MiniGrid-Fetch-8x8-N3 MiniGrid-GoToDoor-8x8
MiniGrid-GoToObject-8x8-N2 MiniGrid-PutNear-8x8-N3 MiniGrid-RedBlueDoors-8x8
"""
"""Of the families of many levels: each kind of task, easy and hard."""

PAGES = {
    "games": Page(
        families=("bandits", "composite", "games"),
        agents=("random", "expert", "greedy-belief"),
        measure="everything",
        tasks={
            "*hard*": 40,
            "*Regret*": 20,
            "*5x10*": 30,
            "*beyond*": 10,
            "*6x10*": 20,
            "Maze-13*": 20,
            "*9x9*": 10,
            "*16x16*": 3,
            "*": 100,
        },
        table=games,
        head="""# The games, and how well one can play them

Generated by `python benchmarks/players.py games`; do not edit.

Each row is as many tasks of the test split as it says, one sample each, the same tasks and luck for every player.

* *random* plays uniformly among the allowed actions;
* *expert* is the world's own: it sees what an agent sees, and has the quality that the heading states;
* *greedy-belief* takes the action with the largest expected gain of information, by the world's belief oracle (a
  privilege), and the expert's action where nothing is left to learn: greedy asking is not optimal play.

*bits a turn* is the fall of the posterior's entropy over the turns taken; *efficiency* the expected gain of what was
asked over that of the best that could be asked.
""",
    ),
    "outside": Page(
        families=("minihack", "textworld", "babyai", "scienceworld", "chess", "probes"),
        agents=("random", "expert", "solver"),
        measure="nothing",
        tasks={
            "ScienceWorld-*": 3,
            "NetHack*-short-v0": 20,
            "Chess-*": 10,
            "LongErrands-*": 20,
            "TextWorld*": 50,
            "TextNav*": 50,
            "ChessEndgame*": 50,
            **dict.fromkeys(("DeepSea*", "NoisyTV*", "Umbrella*", "MemoryLength*", "DelayedCredit*"), 100),
            **dict.fromkeys(("Blicket*", "HiddenGraph*", "Toolbox*", "Search*", "Game24*", "Countdown*"), 100),
            **{f"{name}-v0": 20 if name.startswith("MiniHack") else 50 for name in SELECTED.split()},
        },
        table=outside,
        head="""# Worlds of others and probes of exploration, and how well one can play them

Generated by `python benchmarks/players.py outside`; do not edit. (`--only scoutgym/Chess-v0` does one section anew.)

Each row is as many tasks of the test split as it says, one sample each, the same tasks and luck for every player:
success with its 95 % interval, then the mean number of turns. Where a world tells figures of its own, they follow.

* *random* plays uniformly among the allowed actions;
* *expert* is the world's own script: it sees what an agent sees, and has the quality that the heading states;
* *solver* knows what is hidden: it shows what can be done, and where it does not reach 1 it has found no way.

A dash: the world has no such player, or success has no meaning there.
""",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Play and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", choices=PAGES)
    parser.add_argument("--only", nargs="+", metavar="WORLD", help="play these alone, for example scoutgym/Chess-v0")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where the page lies (default: docs)")
    options = parser.parse_args(arguments)
    page, path = PAGES[options.page], options.folder / f"{options.page}.md"
    worlds = sorted((kind for kind in WORLDS.values() if kind.spec.family in page.families), key=place(page))
    names = [kind.spec.id for kind in worlds]
    if unknown := [name for name in options.only or () if name not in names]:
        parser.error(f"{', '.join(unknown)}: the worlds of this page are {', '.join(names)}")
    anew = {
        kind.spec.id: section(page, kind) for kind in worlds if options.only is None or kind.spec.id in options.only
    }
    sections = (sections_of(path) if options.only else {}) | anew
    options.folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([page.head, *(sections[name] for name in names if name in sections)]), encoding="utf-8")
    print(f"wrote {path}: {', '.join(anew)}")


def place(page: Page) -> Callable[[type[World[Any]]], tuple[int, str]]:
    """The order of worlds on a page."""
    return lambda kind: (page.families.index(kind.spec.family), kind.spec.id)


def sections_of(path: Path) -> dict[str, str]:
    """The sections of a page that was written before."""
    parts = path.read_text(encoding="utf-8").split("\n## ")[1:] if path.exists() else []
    return {part.splitlines()[0]: f"## {part.rstrip()}\n" for part in parts}


def section(page: Page, kind: type[World[Any]]) -> str:
    """Play a world and its presets, and tell it."""
    spec = kind.spec
    lacking = {env_id: why for env_id, params in spec.ids.items() if (why := unplayable(kind, params))}
    wanted = {env_id: tasks_of(page, env_id) for env_id in spec.ids if env_id not in lacking}
    equal = [env_id for env_id in wanted if env_id != spec.id and filled(kind, env_id) == filled(kind, spec.id)]
    if equal:
        del wanted[spec.id]
    chosen = {env_id: count for env_id, count in wanted.items() if count}
    results: list[Result] = []
    for count, part in groupby(chosen, key=chosen.__getitem__):
        results += run_bench(list(part), page.agents, n=count, progress=True, measure=page.measure)
    expert = "no expert" if spec.expert is None else f"expert: {spec.expert}"
    belief = "no belief oracle" if spec.belief is None else f"belief: {spec.belief}"
    source = f"; from {spec.paper}" if spec.paper else ""
    lines = [
        f"## {spec.id}\n",
        f"{spec.about} *{spec.family}*; {expert}; {belief}; test split holds out: {spec.holdout}{source}.\n",
    ]
    if results:
        lines += [*page.table(results), ""]
        if told := "; ".join(f"*{figure}*: {about}" for figure, about in results[0].told.items()):
            lines.append(f"{told}.\n")
    lines += [f"`{spec.id}` is `{env_id}`.\n" for env_id in equal]
    if len(chosen) < len(wanted):
        lines.append(f"Played: {len(chosen)} of the {len(wanted)} that can be played here.\n")
    for why, ids in groupby(lacking, key=lambda env_id: anywhere(lacking[env_id], env_id)):
        lines.append(f"Cannot be played here: {', '.join(f'`{env_id}`' for env_id in ids)} ({why}).\n")
    return "\n".join(lines)


def anywhere(why: str, env_id: str) -> str:
    """A reason without what is only so on this machine, or for this id."""
    level = env_id.removesuffix("-v0").partition("-")[2]
    return re.sub(r"\S*/site-packages/", "", why).replace(f" {level} ", " ")


def filled(kind: type[World[Any]], env_id: str) -> Any:
    """All parameters of an environment."""
    return check_params(kind, kind.spec.ids[env_id])


def tasks_of(page: Page, env_id: str) -> int:
    """How many tasks of an environment are played."""
    name = env_id.partition("/")[2]
    return next((count for pattern, count in page.tasks.items() if fnmatchcase(name, pattern)), 0)


def success(row: Result) -> str:
    """The success rate with its interval."""
    return "–" if row.success is None or row.ci is None else interval(Estimate(row.success, *row.ci))


def interval(estimate: Estimate) -> str:
    """A figure with its interval, where the data give one."""
    if math.isnan(estimate.low):
        return f"{estimate.mean:.3f}"
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def pooled(rows: Sequence[Result]) -> str:
    """Success over all ids, a cluster for each task of each."""
    scores = [(score.success, (row.env, *key)) for row in rows for key, score in row.scores.items()]
    known = [(value, key) for value, key in scores if value is not None]
    return interval(proportion([value for value, _ in known], [key for _, key in known]))


def secrets(env_id: str) -> str:
    """How many different secrets an environment can hide."""
    inner: Any = gymnasium.make(env_id).unwrapped
    assert isinstance(inner, TextEnv)
    if not inner.world.spec.hidden:
        return "none hidden"
    count = inner.world.secrets()
    if math.isinf(count):
        return "not countable"
    return f"{count:,.0f}" if count < 1e6 else f"{count:.1e}"


if __name__ == "__main__":
    main()
