"""How fast the worlds are, and against what. Run: make bench, or python benchmarks/worlds.py --help

For every world: steps a second through ``gymnasium.make`` on a tape of valid actions drawn before (resets included),
the vector environment of 64 against single ones and against Gymnasium's own, and the cost of reset, save, snapshot and
restore in mid-episode. With ``--rivals``, the same games of GEM and TextArena, each in a virtual environment of its
own, walk the same tape in the same run; what is reported is the ratio within a round, its median and its range over the
rounds.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import gymnasium
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

import scoutgym
from scoutgym.agents.core import Job, Seat
from scoutgym.agents.players import random_action
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task

HERE = Path(__file__).parent
RIVALS = {"gem": "gem-llm", "textarena": "textarena"}

PAIRS: list[dict[str, Any]] = [
    {
        "game": "Mastermind, 4 of 8 colors",
        "ours": ("scoutgym/Mastermind-v0", {"length": 4, "colors": 8, "max_turns": 30}),
        "gem": ("mastermind", {"code_length": 4, "num_numbers": 8, "max_turns": 30}, "\\boxed{{{}}}"),
        "textarena": ("Mastermind", {"code_length": 4, "num_numbers": 8, "max_turns": 30}, "[{}]"),
        "draw": lambda chance: [digit + 1 for digit in chance.sample(range(8), 4)],
        "write": lambda values: " ".join(str(value - 1) for value in values),
    },
    {
        "game": "Minesweeper, 8 by 8, 10 mines",
        "ours": ("scoutgym/Minesweeper-v0", {"rows": 8, "columns": 8, "mines": 10, "max_turns": 100}),
        "gem": ("minesweeper", {"rows": 8, "cols": 8, "num_mines": 10, "max_turns": 100}, "\\boxed{{reveal {}}}"),
        "textarena": ("Minesweeper", {"rows": 8, "cols": 8, "num_mines": 10, "max_turns": 100}, "[{}]"),
        "draw": lambda chance: [chance.below(8), chance.below(8)],
        "write": lambda values: f"reveal {values[0] + 1} {values[1] + 1}",
    },
    {
        "game": "Guess the number, 1 to 50",
        "ours": ("scoutgym/Number-v0", {"high": 50, "max_turns": 10}),
        "gem": ("guess_the_number", {"min_number": 1, "max_number": 50, "max_turns": 10}, "\\boxed{{{}}}"),
        "textarena": ("GuessTheNumber", {"min_number": 1, "max_number": 50, "max_turns": 10}, "[{}]"),
        "draw": lambda chance: [1 + chance.below(50)],
        "write": lambda values: str(values[0]),
    },
]


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": median(values), "low": min(values), "high": max(values)}


def timed(work: Callable[[], Any], times: int) -> float:
    """Microseconds a call."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times * 1e6


def draw_tape(env: TextEnv, steps: int) -> list[list[str]]:
    """Valid random actions, an episode a list, in the order of the tasks 0, 1, 2, …"""
    tape: list[list[str]] = []
    left = steps
    while left > 0:
        task = Task(env.world.spec.id, "train", len(tape) % env.world.counts["train"], env.params)
        env.reset(options={"task": task, "luck": len(tape)})
        seat = Seat(env, env, Job(task), b"tape")
        actions: list[str] = []
        while not env.session.over:
            actions.append(random_action(seat, Chance(b"tape", left + len(actions))))
            env.step(actions[-1])
        tape.append(actions)
        left -= len(actions)
    return tape


def walk(env: TextEnv, tape: list[list[str]]) -> float:
    """Steps a second over the tape, resets included."""
    env_id, params, step = env.world.spec.id, env.params, env.step
    count = env.world.counts["train"]
    jobs = [{"task": Task(env_id, "train", index % count, params), "luck": index} for index in range(len(tape))]
    steps = sum(map(len, tape))
    started = time.perf_counter()
    for options, actions in zip(jobs, tape, strict=True):
        env.reset(options=options)
        for action in actions:
            step(action)
    return steps / (time.perf_counter() - started)


def draw_rows(env_id: str, rows: int, count: int) -> list[list[str]]:
    """Valid random actions for ``count`` environments of one vector environment that was reset with seed 0."""
    venv = gymnasium.make_vec(env_id, count, vectorization_mode="vector_entry_point")
    venv.reset(seed=0)
    tape = []
    for row in range(rows):
        seats = [Seat(env, env, Job(env.session.task), b"") for env in venv.envs]  # type: ignore[attr-defined]
        tape.append([random_action(seat, Chance(b"row %d" % place, row)) for place, seat in enumerate(seats)])
        venv.step(tape[-1])
    return tape


def walk_vector(env_id: str, tape: list[list[str]]) -> dict[str, float]:
    """Steps a second of our vector environment, of Gymnasium's over the same world, and of single environments; all
    play the very same episodes.
    """
    count = len(tape[0])
    rates, seeds = {}, None
    same_step = {"autoreset_mode": gymnasium.vector.AutoresetMode.SAME_STEP}
    for mode, options in (("vector_entry_point", {}), ("sync", {"vector_kwargs": same_step})):
        venv = gymnasium.make_vec(env_id, count, vectorization_mode=mode, **options)
        seeds = seeds or venv.seeds(0)  # type: ignore[attr-defined]
        venv.reset(seed=seeds)
        started = time.perf_counter()
        for row in tape:
            venv.step(row)
        rates[mode] = len(tape) * count / (time.perf_counter() - started)
    singles = [gymnasium.make(env_id) for _ in seeds]
    for env, seed in zip(singles, seeds, strict=True):
        env.reset(seed=seed)
    started = time.perf_counter()
    for place, env in enumerate(singles):
        for row in tape:
            _, _, terminated, truncated, _ = env.step(row[place])
            if terminated or truncated:
                env.reset()
    rates["single"] = len(tape) * count / (time.perf_counter() - started)
    return rates


def measure_world(env_id: str, steps: int, rounds: int) -> dict[str, Any]:
    """Every figure of one world."""
    env: TextEnv = gymnasium.make(env_id).unwrapped  # type: ignore[assignment]
    tape = draw_tape(env, steps)
    rates = [walk(env, tape) for _ in range(rounds)]
    rows = draw_rows(env_id, max(10, steps // 64), 64)
    walks = [walk_vector(env_id, rows) for _ in range(rounds)]
    options = {"task": Task(env.world.spec.id, "train", 0, env.params), "luck": 0}
    env.reset(options=options)
    for action in tape[0][: len(tape[0]) // 2]:
        env.step(action)
    point, portable = env.save(), env.snapshot()
    costs = {
        "save": lambda: env.save(),
        "snapshot": lambda: env.snapshot(),
        "restore": lambda: env.restore(point),
        "restore_snapshot": lambda: env.restore(portable),
        "reset": lambda: env.reset(options=options),
    }
    return {
        "env": env_id,
        "steps_per_second": spread(rates),
        "vector_64_over": {
            other: spread([walk["vector_entry_point"] / walk[other] for walk in walks]) for other in ("single", "sync")
        },
        "microseconds": {name: spread([timed(work, 200) for _ in range(rounds)]) for name, work in costs.items()},
        "turns_per_episode": sum(map(len, tape)) / len(tape),
    }


class Rival:
    """Another library in its own interpreter, waiting for tapes."""

    def __init__(self, library: str, folder: Path) -> None:
        self.library = library
        python = folder / library / "bin" / "python"
        if not python.exists():
            print(f"setting up {library} in {folder / library}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", str(folder / library)], check=True)
            subprocess.run([str(python), "-m", "pip", "-q", "install", RIVALS[library]], check=True)
        command = [str(python), str(HERE / "rival.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def rate(self, game: str, settings: dict[str, Any], tape: list[str]) -> float:
        """Steps a second over a tape."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"library": self.library, "game": game, "settings": settings, "tape": tape}
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.library} stopped while playing {game}: see its error above")
        record = json.loads(answer)
        return float(record["steps"]) / float(record["seconds"])

    def close(self) -> None:
        """Let it go."""
        self.process.communicate()


def measure_pair(pair: dict[str, Any], rivals: list[Rival], steps: int, rounds: int) -> dict[str, Any]:
    """One game in ours and in theirs, on the same values, round by round in turn."""
    env_id, params = pair["ours"]
    env: TextEnv = gymnasium.make(env_id, **params).unwrapped  # type: ignore[assignment]
    values = [pair["draw"](Chance(b"pair", turn)) for turn in range(steps)]
    ours = [pair["write"](value) for value in values]
    rates: dict[str, list[float]] = {"scoutgym": [], **{rival.library: [] for rival in rivals}}
    for _ in range(rounds):
        env.reset(seed=0)
        started = time.perf_counter()
        for action in ours:
            if any(env.step(action)[2:4]):
                env.reset()
        rates["scoutgym"].append(steps / (time.perf_counter() - started))
        for rival in rivals:
            game, settings, template = pair[rival.library]
            theirs = [template.format(" ".join(map(str, value))) for value in values]
            rates[rival.library].append(rival.rate(game, settings, theirs))
    record: dict[str, Any] = {"game": pair["game"], "steps_per_second": {name: spread(r) for name, r in rates.items()}}
    record["ratios"] = {
        rival.library: spread([a / b for a, b in zip(rates["scoutgym"], rates[rival.library], strict=True)])
        for rival in rivals
    }
    return record


def show(report: dict[str, Any], console: Console) -> None:
    """Two tables."""
    table = Table(title="Worlds: medians over rounds (range in brackets)")
    for name in (
        "world",
        "steps/s",
        "64 / single",
        "64 / sync",
        "reset µs",
        "save µs",
        "snapshot µs",
        "restore µs (portable)",
    ):
        table.add_column(name, justify="left" if name == "world" else "right")
    for row in report["worlds"]:
        cost = {name: f"{value['median']:.1f}" for name, value in row["microseconds"].items()}
        rate = row["steps_per_second"]
        table.add_row(
            row["env"].removeprefix("scoutgym/"),
            f"{rate['median'] / 1e3:.0f} k ({rate['low'] / 1e3:.0f}-{rate['high'] / 1e3:.0f})",
            *(f"{row['vector_64_over'][other]['median']:.2f} ×" for other in ("single", "sync")),
            cost["reset"],
            cost["save"],
            cost["snapshot"],
            f"{cost['restore']} ({cost['restore_snapshot']})",
        )
    console.print(table)
    if report["rivals"]:
        table = Table(title="The same game, the same tape, the same run: ours over theirs")
        for name in ("game", "scoutgym steps/s", "against GEM", "against TextArena, raw"):
            table.add_column(name)
        for row in report["rivals"]:
            ratio = {
                name: f"{value['median']:.1f} × ({value['low']:.1f}-{value['high']:.1f})"
                for name, value in row["ratios"].items()
            }
            own = row["steps_per_second"]["scoutgym"]["median"]
            table.add_row(row["game"], f"{own / 1e3:.0f} k", ratio.get("gem", ""), ratio.get("textarena", ""))
        console.print(table)


PAGE = """# How fast the worlds are

Generated by `{command}` ({machine}); do not edit. Two noisy cores: medians over rounds, ranges in brackets.

*steps/s* is through `gymnasium.make`, on valid random actions drawn before, resets included: worlds whose random
episodes are short pay for many resets, which is what bounds Minesweeper (four turns an episode). Kuhn is bounded by its
opponent, whose action is played within each step. *64 over sync* is `TextVectorEnv` of 64 over Gymnasium's
`SyncVectorEnv` of 64 of the same world, *64 over single* over 64 bare single environments, all playing the very same
episodes. Single environments are made bare here (no checking wrappers), and a step is two or three microseconds of
parsing, rules and record in one Python process: a vector of them can save the bookkeeping around a step and no more,
so it is worth its while for what is batched around it, not for the worlds' own speed. Costs are in microseconds, in
mid-episode; *portable* is a snapshot written to bytes and read back.

| world | steps/s | turns | 64 over single | 64 over sync | reset | save | restore | snapshot | restore, portable |
|---|---|---|---|---|---|---|---|---|---|
"""

RIVALS_PAGE = """
## The same game elsewhere

GEM and TextArena (raw, its observations not even read) walk the same tape of values, each in an interpreter of its own,
in turn with ours; the ratio is ours over theirs within a round.

| game | scoutgym steps/s | over GEM | over TextArena |
|---|---|---|---|
"""


def page(report: dict[str, Any]) -> str:
    """The figures as a page of the documentation."""

    def thousands(rate: dict[str, float]) -> str:
        return f"{rate['median'] / 1e3:.0f} k ({rate['low'] / 1e3:.0f}-{rate['high'] / 1e3:.0f})"

    def times(ratio: dict[str, float]) -> str:
        return f"{ratio['median']:.2f} × ({ratio['low']:.2f}-{ratio['high']:.2f})"

    text = PAGE.format(**report)
    for row in report["worlds"]:
        cost = [
            f"{row['microseconds'][n]['median']:.1f}"
            for n in ("reset", "save", "restore", "snapshot", "restore_snapshot")
        ]
        cells = [
            thousands(row["steps_per_second"]),
            f"{row['turns_per_episode']:.1f}",
            times(row["vector_64_over"]["single"]),
            times(row["vector_64_over"]["sync"]),
            *cost,
        ]
        text += f"| `{row['env']}` | {' | '.join(cells)} |\n"
    text += RIVALS_PAGE if report["rivals"] else ""
    for row in report["rivals"]:
        own = thousands(row["steps_per_second"]["scoutgym"])
        text += f"| {row['game']} | {own} | {times(row['ratios']['gem'])} | {times(row['ratios']['textarena'])} |\n"
    return text


def main(
    steps: Annotated[int, typer.Option(help="steps of each tape")] = 20_000,
    rounds: Annotated[int, typer.Option(help="how often each tape is walked")] = 5,
    rivals: Annotated[
        bool, typer.Option(help="compare with GEM and TextArena, each in its own virtual environment")
    ] = False,
    folder: Annotated[Path, typer.Option(help="where those virtual environments are or are made")] = Path(
        "build/rivals"
    ),
    out: Annotated[
        Path | None, typer.Option(help="write the figures as JSON, or as a page if the name ends in .md")
    ] = None,
) -> None:
    """Measure the worlds' speed."""
    assert scoutgym
    kinds = [kind for kind in WORLDS.values() if not kind.spec.needs]
    ids = [kind.spec.id for kind in kinds if kind.spec.id.startswith("scoutgym/")]
    report: dict[str, Any] = {
        "command": "python benchmarks/worlds.py" + (" --rivals" if rivals else ""),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, gymnasium {gymnasium.__version__}",
        "worlds": [
            measure_world(env_id, steps, rounds) for env_id in track(ids, "worlds", console=Console(stderr=True))
        ],
        "rivals": [],
    }
    if rivals:
        running = [Rival(library, folder) for library in RIVALS]
        pairs = track(PAIRS, "rivals", console=Console(stderr=True))
        report["rivals"] = [measure_pair(pair, running, steps, rounds) for pair in pairs]
        for rival in running:
            rival.close()
    show(report, Console(width=110))
    if out is not None:
        out.write_text(page(report) if out.suffix == ".md" else json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
