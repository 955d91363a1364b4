"""What reinforcement learning adds to a start that has learned what it can: docs/evidence.md. Run: make evidence

Every variant is `examples/demo.yaml` with a few keys changed, from the same frozen start, on the same test tasks under
the same luck; each seed draws its own training tasks, order and sampling noise. Runs stand side by side on the cores,
each on one thread. A run that is there already is not made again, so the command can be stopped and goes on.

When the runs are made, the start and the end of each play the first test tasks of every group, more than a run plays
by itself, at the policy's best temperature, which the run has chosen on dev tasks. Differences are of these, and paired
by task; success at temperature 1 and greedily is of the tasks that the run has played. Every group weighs the same. The
95 % intervals come from a bootstrap that draws seeds and, in each group, secrets: test tasks with the same secret are
the same problem, however many there are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from scoutgym.agents.core import Agent
from scoutgym.agents.training import load_agent, load_config
from scoutgym.agents.training.evaluation import Score, play, secret_of
from scoutgym.agents.training.folder import write_json
from scoutgym.agents.training.trainer import START
from scoutgym.curricula.core import Arm

HERE = Path(__file__).parent.parent
SAMPLES = 4000

T = TypeVar("T")
Successes = dict[str, list[float]]
"""By group, of each task."""


@dataclass(frozen=True)
class Variant:
    """One row of a table: what is changed."""

    name: str
    about: str
    changes: tuple[str, ...] = ()
    steps_a_second: float = field(default=0.0)
    """Of supervised training; where it is above 0 the run has as many seconds of it as reinforcement took."""


SUPERVISED = ("rollout.iterations=0", "sft.lr=1e-3", "sft.patience=1000", "sft.check=100000", "sft.tokens=4096")

MAZE = (  # a long task with one reward, at its end
    "envs={maze: {id: scoutgym/Maze-v0, params: {width: 4, height: 4, view: partial, max_turns: 30}}}",
    "curriculum={name: uniform}",
    "rollout.groups=16",
    "rollout.iterations=60",
    "credit.gamma=0.95",
)

DEMO = Variant("reinforcement", "the demo: `info_state`, SEC")

TABLES: Mapping[str, Sequence[Variant]] = {
    "gain": (
        DEMO,
        Variant(
            "supervised",
            "as the start was made, for the same seconds",
            (*SUPERVISED, "demonstrations={episodes: 15000, random: 1, noisy: 0, expert: 0, successes: true}"),
            10.0,
        ),
        Variant("supervised, mixed", "three in ten by experts, half by disturbed ones", SUPERVISED, 10.0),
        Variant(
            "supervised, experts",
            "demonstrations by experts alone for the same seconds",
            (*SUPERVISED, "demonstrations={episodes: 18000, random: 0, noisy: 0, expert: 1}"),
            10.0,
        ),
        Variant("filtered cloning", "imitation of the policy's own successes", ("objective.name=imitation",)),
    ),
    "curricula": (
        DEMO,
        Variant("uniform", "", ("curriculum={name: uniform}",)),
        Variant("dump", "", ("curriculum={name: dump}",)),
        Variant("paprika", "", ("curriculum={name: paprika}",)),
    ),
    "credit": (
        Variant("maze grpo", "", (*MAZE, "credit.name=grpo")),
        Variant("maze rebn", "", (*MAZE, "credit.name=rebn")),
        Variant("maze gigpo", "", (*MAZE, "credit.name=gigpo")),
        Variant("maze trloo", "", (*MAZE, "credit.name=trloo")),
        Variant("maze turn_gae", "", (*MAZE, "credit.name=turn_gae")),
        Variant("maze archer", "", (*MAZE, "credit.name=archer", "credit.options={warmup: 5}")),
        Variant("maze info_state", "ours", (*MAZE, "credit.name=info_state")),
    ),
}


def command(variant: Variant, seed: int, folder: Path, seconds: float, changes: Sequence[str]) -> list[str]:
    """The command line of one run."""
    own = [*variant.changes]
    if variant.steps_a_second:
        own.append(f"sft.steps={round(seconds * variant.steps_a_second)}")
    name = f"{variant.name.replace(', ', '-').replace(' ', '-')}-{seed}"
    line = [f"name={name}", f"seed={seed}", f"log.folder={folder}", *own, *changes]
    return [sys.executable, "-m", "scoutgym", "train", str(HERE / "examples" / "demo.yaml"), *line]


def run_of(variant: Variant, seed: int, folder: Path) -> Path:
    """Where a run is."""
    return folder / f"{variant.name.replace(', ', '-').replace(' ', '-')}-{seed}"


def done(run: Path) -> bool:
    """Whether it is whole."""
    return (run / "summary.json").is_file()


def measured(tasks: int, run: Path, checkpoint: str = "last") -> Successes:
    """How a checkpoint of a run plays at its best temperature; made once, ``<checkpoint>-on-<tasks>.json`` is known."""
    known = run / f"{checkpoint}-on-{tasks}.json"
    if not known.is_file():
        torch.set_num_threads(1)
        agent, slots = load_agent(run, checkpoint), load_config(run / "config.yaml").rollout.slots
        agent.temperature = evaluated(run, checkpoint)["temperature"]
        write_json(known, {arm.name: _successes(agent, arm, tasks, slots) for arm in arms_of(run)})
    record: Successes = json.loads(known.read_text(encoding="utf-8"))
    return record


def _successes(agent: Agent, arm: Arm, tasks: int, slots: int) -> list[float]:
    number = min(tasks, arm.world().counts["test"])
    played = play(agent, [arm], "test", number, slots, "nothing", lambda: None)
    return Score.of(played[arm.name]).successes


def evaluated(run: Path, checkpoint: str = "last") -> dict[str, Any]:
    """The run's own evaluation, of the start (`START`) or of the end."""
    when = "before" if checkpoint == START else "after"
    record: dict[str, Any] = json.loads((run / f"eval-{when}.json").read_text(encoding="utf-8"))
    return record["policy"] if when == "before" else record


def pooled(by_group: Mapping[str, list[T]]) -> list[T]:
    """All groups, one after the other."""
    return [value for values in by_group.values() for value in values]


def groups_of(by_group: Mapping[str, Sequence[object]]) -> list[str]:
    """Of each value of `pooled`, its group."""
    return [name for name, values in by_group.items() for _ in values]


def arms_of(run: Path) -> list[Arm]:
    """The groups of a run."""
    return [Arm.of(name, env.id, env.params) for name, env in load_config(run / "config.yaml").envs.items()]


@cache
def secrets(run: Path, tasks: int) -> dict[str, list[bytes]]:
    """Of each group, the secret of every test task."""
    return {
        arm.name: [secret_of(arm.task("test", n)) for n in range(min(tasks, arm.world().counts["test"]))]
        for arm in arms_of(run)
    }


def balanced(values: NDArray[np.float64], groups: Sequence[Hashable]) -> NDArray[np.float64]:
    """Means of ``values``, ``[seeds, tasks]``, by seed; every group weighs the same, however many tasks it has."""
    of = np.array([str(group) for group in groups])
    means: NDArray[np.float64] = np.stack([values[:, of == group].mean(1) for group in dict.fromkeys(of)])
    return means.mean(0)


def interval(
    changes: NDArray[np.float64],
    clusters: Sequence[Hashable],
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Mean and 95 % interval of ``changes``, ``[seeds, tasks]``, from draws of seeds and of clusters of tasks.

    Args:
        changes: one row a seed.
        clusters: of each task; tasks of one cluster are drawn together.
        groups: of each task; clusters are drawn within them, and every group weighs the same. None: all are of one.
        seed: of the draws.
    """
    draw = np.random.default_rng(seed)
    groups = groups or [None] * len(clusters)
    kept = []  # of each group: sums, [seeds, clusters], and sizes of the clusters
    for group in dict.fromkeys(groups):
        tasks = [place for place, one in enumerate(groups) if one == group]
        known = {key: place for place, key in enumerate(dict.fromkeys(clusters[task] for task in tasks))}
        member = [known[clusters[task]] for task in tasks]
        sums = np.stack([np.bincount(member, row, len(known)) for row in changes[:, tasks]])
        kept.append((sums, np.bincount(member, minlength=len(known))))
    means = []
    for _ in range(SAMPLES):
        rows = draw.integers(len(changes), size=len(changes))
        columns = [draw.integers(len(sizes), size=len(sizes)) for _, sizes in kept]
        means.append(
            np.mean(
                [
                    sums[rows][:, some].sum() / sizes[some].sum()
                    for some, (sums, sizes) in zip(columns, kept, strict=True)
                ]
            )
            / len(rows)
        )
    low, high = np.quantile(means, [0.025, 0.975])
    return float(balanced(changes, groups).mean()), float(low), float(high)


@dataclass(frozen=True)
class Found:
    """The runs that are whole.

    Args:
        folder: where they are.
        seeds: of them.
        tasks: how many each plays in a group, where the world has as many.
    """

    folder: Path
    seeds: Sequence[int]
    tasks: int

    def runs(self, variant: Variant) -> list[Path]:
        """Those of a variant, by seed."""
        return [run for seed in self.seeds if done(run := run_of(variant, seed, self.folder))]

    def start(self, run: Path) -> Path:
        """The run whose start stands for that of another: the first that began as it did, with the same groups."""
        groups = load_config(run / "config.yaml").envs
        others = (one for name in TABLES for variant in TABLES[name] for one in self.runs(variant)[:1])
        begun = (one for one in others if not load_config(one / "config.yaml").sft.steps)
        return next(one for one in begun if load_config(one / "config.yaml").envs == groups)

    def before(self, run: Path) -> Successes:
        """How its start plays."""
        return measured(self.tasks, self.start(run), START)

    def after(self, run: Path) -> Successes:
        """How its end plays."""
        return measured(self.tasks, run)

    def own(self, runs: Sequence[Path], decoding: str, checkpoint: str) -> float:
        """Mean success in the runs' own evaluations."""
        found = [evaluated(self.start(run) if checkpoint == START else run, checkpoint) for run in runs]
        scores = [score["successes"] for one in found for score in one["scores"][decoding].values()]
        return float(np.mean(scores))

    def measure(self, jobs: int, console: Console) -> None:
        """Play all that is not known yet, side by side."""
        runs = [run for name in TABLES for variant in TABLES[name] for run in self.runs(variant)]
        ends = dict.fromkeys([*((run, "last") for run in runs), *((self.start(run), START) for run in runs)])
        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            for _ in track(
                pool.map(partial(measured, self.tasks), *zip(*ends, strict=True)),
                "test tasks",
                len(ends),
                console=console,
            ):
                pass

    def table(self, variants: Sequence[Variant]) -> list[str]:
        """Lines of a table: one row for each variant that has runs."""
        lines = [
            "| variant | seeds | seconds of learning | T = 1 | greedy | best T | difference at best T | by seed |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for variant in variants:
            runs = self.runs(variant)
            if not runs:
                continue
            known = secrets(self.start(runs[0]), self.tasks)
            keys, groups = pooled(known), groups_of(known)
            best = [np.array([pooled(play(run)) for run in runs]) for play in (self.before, self.after)]
            pairs = [[self.own(runs, how, START), self.own(runs, how, "last")] for how in ("t1", "greedy")]
            change = best[1] - best[0]
            mean, low, high = interval(change, keys, groups)
            stages = [json.loads((run / "summary.json").read_text())["stages"] for run in runs]
            seconds = np.median([stage.get("rl", 0) + stage.get("sft", 0) for stage in stages])
            moved = [
                f"{before:.3f} → {after:.3f}"
                for before, after in [*pairs, [balanced(one, groups).mean() for one in best]]
            ]
            each = ", ".join(f"{value:+.3f}" for value in balanced(change, groups))
            about = f" ({variant.about})" if variant.about else ""
            lines.append(
                f"| {variant.name}{about} | {len(runs)} | {seconds:.0f} | {' | '.join(moved)} | "
                f"**{mean:+.3f}** [{low:+.3f}, {high:+.3f}] | {each} |"
            )
        return lines

    def seeds_of(self, variant: Variant) -> list[str]:
        """Lines of a table: the pooled difference of each seed, with intervals of tasks and of secrets."""
        lines = ["| seed | difference at best T | 95 %, of tasks | 95 %, of secrets |", "|---|---|---|---|"]
        for run in self.runs(variant):
            known = secrets(self.start(run), self.tasks)
            keys, groups = pooled(known), groups_of(known)
            change = np.array(pooled(self.after(run))) - np.array(pooled(self.before(run)))
            _, *of_secrets = interval(change[None], keys, groups)
            mean, *of_tasks = interval(change[None], range(len(groups)), groups)
            cells = [f"[{low:+.3f}, {high:+.3f}]" for low, high in (of_tasks, of_secrets)]
            lines.append(f"| {run.name.rpartition('-')[2]} | {mean:+.3f} | {' | '.join(cells)} |")
        return lines

    def groups(self, variant: Variant) -> list[str]:
        """Lines of a table: one row for each group of a variant."""
        runs = self.runs(variant)
        lines = [
            "| group | test tasks | their secrets | random | expert | best T | difference |",
            "|---|---|---|---|---|---|---|",
        ]
        rows = json.loads((runs[0] / "summary.json").read_text())["groups"]
        for name, known in secrets(runs[0], self.tasks).items():
            before = np.array([self.before(run)[name] for run in runs])
            after = np.array([self.after(run)[name] for run in runs])
            mean, low, high = interval(after - before, known)
            players = [
                f"{rows[name][player]['success']:.2f}" if player in rows[name] else "-"
                for player in ("random", "expert")
            ]
            lines.append(
                f"| {name} | {len(known)} | {len(set(known))} | {' | '.join(players)} | "
                f"{before.mean():.3f} → {after.mean():.3f} | {mean:+.3f} [{low:+.3f}, {high:+.3f}] |"
            )
        return lines


def page(found: Mapping[str, Any]) -> str:
    """The page of the documentation."""
    text = (HERE / "benchmarks" / "evidence.template.md").read_text(encoding="utf-8")
    for key, lines in found.items():
        text = text.replace(f"{{{key}}}", lines if isinstance(lines, str) else "\n".join(lines))
    return text


def main(
    seeds: Annotated[int, typer.Option(help="how many")] = 5,
    tables: Annotated[str, typer.Option(help="which: gain, curricula, credit")] = "gain,curricula,credit",
    jobs: Annotated[int, typer.Option(help="runs side by side")] = 2,
    folder: Annotated[Path, typer.Option(help="of the runs")] = Path("runs/evidence"),
    change: Annotated[
        list[str] | None, typer.Option(help="keys changed in every run, as in rollout.iterations=20")
    ] = None,
    tasks: Annotated[int, typer.Option(help="test tasks of each group, where the world has as many")] = 500,
    out: Annotated[Path, typer.Option(help="the page")] = HERE / "docs" / "evidence.md",
) -> None:
    """Make all runs that are missing, and the page."""
    console, changes, numbers = Console(stderr=True), change or [], range(seeds)

    def make(variants: Sequence[Variant], seconds: float) -> None:
        lines = [
            command(variant, seed, folder, seconds, changes)
            for seed in numbers
            for variant in variants
            if not done(run_of(variant, seed, folder))
        ]
        with ThreadPoolExecutor(jobs) as pool:
            running = pool.map(lambda line: subprocess.run(line, check=True, capture_output=True), lines)
            for _ in track(running, "runs", len(lines), console=console):
                pass

    make([DEMO], 0.0)
    summaries = [json.loads((run_of(DEMO, seed, folder) / "summary.json").read_text()) for seed in numbers]
    seconds = float(np.mean([summary["stages"]["rl"] for summary in summaries]))
    asked = [variant for name in tables.split(",") if tables for variant in TABLES[name]]
    make([variant for variant in asked if variant != DEMO], seconds)  # by seed: what is stopped early is whole for some
    runs = Found(folder, numbers, tasks)
    runs.measure(jobs, console)
    found: dict[str, Any] = {name: runs.table(variants) for name, variants in TABLES.items()}
    found |= {"groups": runs.groups(DEMO), "seeds": runs.seeds_of(DEMO)}
    found["tasks"] = str(tasks)
    found["command"] = f"python benchmarks/evidence.py --seeds {seeds} --tables '{tables}'" + "".join(
        f" --change {one}" for one in changes
    )
    out.write_text(page(found), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    typer.run(main)
