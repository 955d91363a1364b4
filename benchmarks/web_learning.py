"""What a tiny model learns on the web, and whether it plays the same in Chromium: docs/web_learning.md.

Run: python benchmarks/web_learning.py --help

Trains `examples/web_form.yaml` and `examples/privacy_form.yaml` with several seeds on the ``dom`` back end, then plays
the last checkpoint of each on the same test tasks with the same noise on both back ends. A run that is there already is
not made again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from scoutgym.agents.training import load_agent, load_config
from scoutgym.benchmark import run_bench
from scoutgym.benchmark.result import Result

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).with_suffix(".template.md")
EXAMPLES = ("web_form", "privacy_form")
FIGURES = ("leak_rate", "leaked_items", "disclosure_precision", "disclosure_recall")
"""Of the privacy worlds, those that the page shows."""


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
    folder: Annotated[Path, typer.Option(help="of the runs")] = Path("runs/web_learning"),
    out: Annotated[Path, typer.Option(help="the page")] = ROOT / "docs" / "web_learning.md",
) -> None:
    """Train what is missing, play on both back ends, and write the page."""
    runs = {example: [train(example, seed, folder) for seed in range(seeds)] for example in EXAMPLES}
    parts = {
        "LEARNED": learned(runs),
        "TOLD": told(runs["privacy_form"]),
        "PLAYED": played(runs, tasks),
    }
    page = TEMPLATE.read_text(encoding="utf-8").replace("SEEDS", str(seeds)).replace("TASKS", str(tasks))
    for name, rows in parts.items():
        page = page.replace(name, "\n".join(rows))
    out.write_text(page, encoding="utf-8")
    print(f"wrote {out}")


if __name__ == "__main__":
    typer.run(main)
