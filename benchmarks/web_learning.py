"""What a tiny model learns on the web, and whether it plays the same in Chromium: docs/web_learning.md.

Run: python benchmarks/web_learning.py --help

Trains `examples/web_form.yaml` and `examples/privacy_form.yaml` with several seeds on the ``dom`` back end, plays the
start and the last checkpoint of each on more test tasks than training did, and the last one with the same noise on both
back ends. A run or a figure that is there already is not made again; runs of more seeds that are there are shown too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from evidence import arms_of, evaluated, interval

from scoutgym.agents.training import load_agent, load_config
from scoutgym.agents.training.evaluation import Score, play
from scoutgym.agents.training.folder import write_json
from scoutgym.agents.training.trainer import START
from scoutgym.benchmark import run_bench
from scoutgym.benchmark.result import Result

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).with_suffix(".template.md")
EXAMPLES = ("web_form", "privacy_form")
FIGURES = ("leak_rate", "leaked_items", "disclosure_precision", "disclosure_recall")
"""Of the privacy worlds, those that the page shows."""

CLEAN = "success without a leak"


def train(example: str, seed: int, folder: Path) -> Path:
    """The folder of a finished run."""
    run = folder / f"{example}-{seed}"
    if not (run / "summary.json").exists():
        path, changes = (
            ROOT / "examples" / f"{example}.yaml",
            (f"name={run.name}", f"seed={seed}", f"log.folder={folder}"),
        )
        subprocess.run([sys.executable, "-m", "scoutgym", "train", str(path), *changes], check=True)
    return run


def whole(example: str, seeds: int, folder: Path) -> list[Path]:
    """The runs of an example, by seed: these seeds, made where they are missing, and others that are there."""
    for seed in range(seeds):
        train(example, seed, folder)
    there = (summary.parent for summary in folder.glob(f"{example}-*/summary.json"))
    return sorted(there, key=lambda run: int(run.name.rpartition("-")[2]))


def learned(runs: dict[str, list[Path]]) -> Iterator[str]:
    """Rows of success: before and after, and the paired difference."""
    for example, folders in runs.items():
        for run in folders:
            summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
            ((_, row),) = summary["groups"].items()
            before, after, gain = row["before"], row["after"], row["paired_difference"]["best"]
            pairs = [
                f"{one['success']:.2f} → {two['success']:.2f}"
                for one, two in ((before, after), (before["greedy"], after["greedy"]), (before["best"], after["best"]))
            ]
            cells = [f"`{example}`", str(summary["seed"]), f"{sum(summary['stages'].values()) / 60:.0f}", *pairs]
            yield f"| {' | '.join(cells)} | {shown(gain, True)} |"


def told(folders: list[Path]) -> Iterator[str]:
    """Rows of the privacy worlds' own figures, each policy at its best temperature."""
    for run in folders:
        summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
        ((_, row),) = summary["groups"].items()
        for name in FIGURES:
            before, after = (row[side]["best"]["figures"][name] for side in ("before", "after"))
            gain = row["paired_difference"]["best"]["figures"][name]
            yield f"| {summary['seed']} | `{name}` | {shown(before)} | {shown(after)} | {shown(gain, True)} |"


def scored(run: Path, checkpoint: str, tasks: int) -> Score:
    """What a checkpoint does on the first test tasks at its best temperature; made once."""
    known = run / f"{checkpoint}-scores-on-{tasks}.json"
    if not known.is_file():
        torch.set_num_threads(1)
        agent, slots = load_agent(run, checkpoint), load_config(run / "config.yaml").rollout.slots
        agent.temperature = evaluated(run, checkpoint)["temperature"]
        ((_, episodes),) = play(agent, arms_of(run), "test", tasks, slots, "nothing", lambda: None).items()
        write_json(known, asdict(Score.of(episodes)))
    return Score(**json.loads(known.read_text(encoding="utf-8")))


def together(runs: dict[str, list[Path]], tasks: int) -> Iterator[str]:
    """Rows of what all seeds say: means, and the difference with an interval of seeds and of tasks."""
    for example, folders in runs.items():
        sides = [[scored(run, checkpoint, tasks) for run in folders] for checkpoint in (START, "last")]
        for name in ("success", *((CLEAN, *FIGURES[:2]) if "leak_rate" in sides[0][0].told else ())):
            before, after = (np.array([each(score, name) for score in side]) for side in sides)
            mean, low, high = interval(after - before, sides[0][0].instances)
            seeds = " ".join(f"{change:+.2f}" for change in (after - before).mean(1))
            change = f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]"
            yield f"| `{example}` | {name} | {before.mean():.2f} | {after.mean():.2f} | {change} | {seeds} |"


def each(score: Score, name: str) -> list[float]:
    """A figure of every episode: success, alone or without a leak, or one that the world tells of each."""
    if name == "success":
        return score.successes
    if name == CLEAN:
        return [done * (not leaks) for done, (leaks, _) in zip(score.successes, score.told["leak_rate"], strict=True)]
    return [above / below for above, below in score.told[name]]


def played(runs: dict[str, list[Path]], tasks: int) -> Iterator[str]:
    """Rows of the same checkpoint on both back ends."""
    for example, folders in runs.items():
        for run in folders:
            summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
            ((group, row),) = summary["groups"].items()
            agent = load_agent(run, temperature=row["after"]["best"]["temperature"])
            env = load_config(run / "config.yaml").envs[group]
            found: list[Result] = []
            for backend in ("dom", "chromium"):
                found += run_bench(
                    env.id, [agent], tasks, measure="nothing", engine={"backend": backend}, progress=True
                )
            dom, chromium = found
            equal = sum(dom.scores[key] == chromium.scores[key] for key in dom.scores)
            rates = " | ".join(f"{one.success:.2f} [{one.ci[0]:.2f}, {one.ci[1]:.2f}]" for one in found if one.ci)
            leaks = [one.figures["leak_rate"].mean for one in found if "leak_rate" in one.figures]
            leaked = f"{leaks[0]:.2f}, {leaks[1]:.2f}" if leaks else "–"
            yield f"| `{example}` | {summary['seed']} | {rates} | {leaked} | {equal} of {len(dom.scores)} |"


def shown(figure: dict[str, Any], signed: bool = False) -> str:
    """A mean and its interval."""
    sign = "+" if signed else ""
    low, high = figure["ci"]
    return f"{figure['mean']:{sign}.2f} [{low:{sign}.2f}, {high:{sign}.2f}]"


def main(
    seeds: Annotated[int, typer.Option(help="how many")] = 2,
    tasks: Annotated[int, typer.Option(help="test tasks for both back ends")] = 100,
    more: Annotated[int, typer.Option(help="test tasks on dom, for all seeds together")] = 400,
    folder: Annotated[Path, typer.Option(help="of the runs")] = Path("runs/web_learning"),
    out: Annotated[Path, typer.Option(help="the page")] = ROOT / "docs" / "web_learning.md",
) -> None:
    """Train what is missing, play on both back ends, and write the page."""
    runs = {example: whole(example, seeds, folder) for example in EXAMPLES}
    parts = {
        "LEARNED": learned(runs),
        "TOGETHER": together(runs, more),
        "TOLD": told(runs["privacy_form"]),
        "PLAYED": played(runs, tasks),
    }
    page = (
        TEMPLATE.read_text(encoding="utf-8")
        .replace("SEEDS", str(seeds))
        .replace("TASKS", str(tasks))
        .replace("MORE", str(more))
    )
    for name, rows in parts.items():
        page = page.replace(name, "\n".join(rows))
    out.write_text(page, encoding="utf-8")
    print(f"wrote {out}")


if __name__ == "__main__":
    typer.run(main)
