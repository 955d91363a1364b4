"""What reinforcement learning adds to a start that has learned what it can: docs/evidence.md. Run: make evidence

Every variant is `examples/demo.yaml` with a few keys changed, from the same frozen start, on the same test tasks under
the same luck; each seed draws its own training tasks, order and sampling noise. Runs stand side by side on the cores,
each on one thread. A run that is there already is not made again, so the command can be stopped and goes on.

Differences are at each policy's best temperature, chosen on dev tasks, and paired by task. Their 95 % intervals come
from a bootstrap that draws seeds and secrets: test tasks with the same secret are the same problem, however many there
are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from scoutgym.agents.training import load_config
from scoutgym.agents.training.evaluation import secret_of
from scoutgym.curricula.core import Arm

HERE = Path(__file__).parent.parent
SAMPLES = 4000


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


def successes(run: Path, when: str, decoding: str = "best") -> dict[str, list[float]]:
    """Of each group, by task; before everything, where training went on with imitation."""
    if when == "before" and "sft" in json.loads((run / "summary.json").read_text(encoding="utf-8"))["stages"]:
        run = run_of(DEMO, int(run.name.rpartition("-")[2]), run.parent)  # it began with the same start
    record = json.loads((run / f"eval-{when}.json").read_text(encoding="utf-8"))
    scores = (record["policy"] if when == "before" else record)["scores"][decoding]
    return {name: score["successes"] for name, score in scores.items()}


def pooled(by_group: Mapping[str, list[float]]) -> list[float]:
    """All groups, one after the other."""
    return [value for values in by_group.values() for value in values]


def secrets(run: Path) -> dict[str, list[bytes]]:
    """Of each group, the secret of every test task."""
    config = load_config(run / "config.yaml")
    arms = [Arm.of(name, env.id, env.params) for name, env in config.envs.items()]
    return {arm.name: [secret_of(arm.task("test", n)) for n in range(config.eval.episodes)] for arm in arms}


def interval(changes: NDArray[np.float64], clusters: Sequence[bytes], seed: int = 0) -> tuple[float, float, float]:
    """Mean and 95 % interval of ``changes``, ``[seeds, tasks]``, from draws of seeds and of clusters of tasks."""
    draw = np.random.default_rng(seed)
    known = {key: place for place, key in enumerate(dict.fromkeys(clusters))}
    member = np.array([known[key] for key in clusters])
    sums = np.stack([np.bincount(member, row, len(known)) for row in changes])  # [seeds, clusters]
    sizes = np.bincount(member, minlength=len(known))
    means = []
    for _ in range(SAMPLES):
        rows = draw.integers(len(changes), size=len(changes))
        columns = draw.integers(len(known), size=len(known))
        means.append(sums[rows][:, columns].sum() / (len(rows) * sizes[columns].sum()))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(changes.mean()), float(low), float(high)


def table(variants: Sequence[Variant], seeds: Sequence[int], folder: Path) -> list[str]:
    """Lines of a table: one row for each variant that has runs."""
    lines = [
        "| variant | seeds | seconds of learning | T = 1 | greedy | best T | difference at best T | by seed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for variant in variants:
        runs = [run for seed in seeds if done(run := run_of(variant, seed, folder))]
        if not runs:
            continue
        keys = [key for group in secrets(runs[0]).values() for key in group]
        pairs = {
            how: [[pooled(successes(run, when, how)) for run in runs] for when in ("before", "after")]
            for how in ("t1", "greedy", "best")
        }
        change = np.array(pairs["best"][1]) - np.array(pairs["best"][0])
        mean, low, high = interval(change, keys)
        stages = [json.loads((run / "summary.json").read_text())["stages"] for run in runs]
        seconds = np.mean([stage.get("rl", 0) + stage.get("sft", 0) for stage in stages])
        moved = [f"{np.mean(before):.3f} → {np.mean(after):.3f}" for before, after in pairs.values()]
        each = ", ".join(f"{value:+.3f}" for value in change.mean(1))
        about = f" ({variant.about})" if variant.about else ""
        lines.append(
            f"| {variant.name}{about} | {len(runs)} | {seconds:.0f} | {' | '.join(moved)} | "
            f"**{mean:+.3f}** [{low:+.3f}, {high:+.3f}] | {each} |"
        )
    return lines


def groups(variant: Variant, seeds: Sequence[int], folder: Path) -> list[str]:
    """Lines of a table: one row for each group of a variant."""
    runs = [run for seed in seeds if done(run := run_of(variant, seed, folder))]
    lines = [
        "| group | secrets in the test tasks | random | expert | best T | difference |",
        "|---|---|---|---|---|---|",
    ]
    keys = secrets(runs[0])
    rows = json.loads((runs[0] / "summary.json").read_text())["groups"]
    for name, known in keys.items():
        before = np.array([successes(run, "before")[name] for run in runs])
        after = np.array([successes(run, "after")[name] for run in runs])
        mean, low, high = interval(after - before, known)
        players = [
            f"{rows[name][player]['success']:.2f}" if player in rows[name] else "-" for player in ("random", "expert")
        ]
        lines.append(
            f"| {name} | {len(set(known))} | {' | '.join(players)} | {before.mean():.3f} → {after.mean():.3f} | "
            f"{mean:+.3f} [{low:+.3f}, {high:+.3f}] |"
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
    change: Annotated[list[str] | None, typer.Option(help="keys changed in every run, as in eval.episodes=500")] = None,
    out: Annotated[Path, typer.Option(help="the page")] = HERE / "docs" / "evidence.md",
) -> None:
    """Make all runs that are missing, and the page."""
    console, changes, numbers = Console(stderr=True), change or ["eval.episodes=200"], range(seeds)

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
    found: dict[str, Any] = {name: table(variants, numbers, folder) for name, variants in TABLES.items()}
    found["groups"] = groups(DEMO, numbers, folder)
    found["command"] = f"python benchmarks/evidence.py --seeds {seeds} --tables '{tables}'" + "".join(
        f" --change {one}" for one in changes
    )
    out.write_text(page(found), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    typer.run(main)
