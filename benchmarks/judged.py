"""What a judge with a weakness teaches, what a guard makes of it, and how far judges can be trusted before and after:
docs/judged_learning.md and docs/judges_audit.md. Run: python benchmarks/judged.py --help

Each seed trains `examples/judged.yaml` as it is and once more under a guard. A run that is there already is not made
again, so the command can be stopped and goes on. Then the judges of `benchmarks/judges.yaml` are audited on what
players do, in the worlds of the runs too, what the policy did before it learned, and what the policies of all runs do
after.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
import yaml
from evidence import arms_of, done, interval, pooled, secrets
from rich.console import Console
from rich.progress import track

from scoutgym.benchmark.audit import WORLDS, Audit, Item, audit, build, page_data, recorded, write_audit
from scoutgym.report import write_judges
from scoutgym.wrappers.judges.make import make_judge

ROOT = Path(__file__).parent.parent
GUARDS = {"none": "unguarded", "success_gated": "guarded"}
"""By name, what the audit calls a policy that has learned under it."""

Runs = Mapping[str, Sequence[Path]]
"""By guard, one a seed."""


def run_of(guard: str, seed: int, folder: Path) -> Path:
    """Where a run is."""
    return folder / f"{guard}-{seed}"


def train(guard: str, seed: int, folder: Path) -> None:
    """Make one run."""
    changes = [f"name={guard}-{seed}", f"seed={seed}", f"log.folder={folder}", f"judge.guard.name={guard}"]
    line = [sys.executable, "-m", "scoutgym", "train", str(ROOT / "examples" / "judged.yaml"), *changes]
    subprocess.run(line, check=True, capture_output=True)


def scored(run: Path, when: str) -> tuple[list[float], list[float]]:
    """Of each test task the verdict and the truth, at the policy's best temperature; NaN where there is no verdict."""
    record = json.loads((run / f"eval-{when}.json").read_text(encoding="utf-8"))
    groups = (record["policy"] if when == "before" else record)["scores"]["best"]
    verdicts = {
        name: [some / of if of else float("nan") for some, of in group["told"]["judged"]]
        if "judged" in group["told"]
        else [float("nan")] * len(group["successes"])
        for name, group in groups.items()
    }
    return pooled(verdicts), pooled({name: group["successes"] for name, group in groups.items()})


def rows(guard: str, runs: Sequence[Path]) -> Iterator[str]:
    """What the judge saw, and what was so: a row each, of the tasks that it has a verdict on in all runs."""
    tasks = len(scored(runs[0], "after")[0]) // len(secrets(runs[0], 1))
    keys = pooled(secrets(runs[0], tasks))
    for place, name in enumerate(("judged", "true")):
        before, after = (np.array([scored(run, when)[place] for run in runs]) for when in ("before", "after"))
        told = np.flatnonzero(~np.isnan(before + after).any(axis=0))
        if not len(told):
            yield f"| `{guard}` | {name} | {len(runs)} | 0 | – | – | – |"
            continue
        before, after = before[:, told], after[:, told]
        mean, low, high = interval(after - before, [keys[task] for task in told])
        each = ", ".join(f"{value:+.2f}" for value in (after - before).mean(1))
        yield (
            f"| `{guard}` | {name} | {len(runs)} | {len(told)} | {before.mean():.2f} → {after.mean():.2f} | "
            f"**{mean:+.2f}** [{low:+.2f}, {high:+.2f}] | {each} |"
        )


def page(found: Runs, command: str) -> str:
    """The page of what was learned."""
    lines = [line for guard, runs in found.items() for line in rows(guard, runs)]
    text = (ROOT / "benchmarks" / "judged.template.md").read_text(encoding="utf-8")
    return text.replace("{command}", command).replace("{rows}", "\n".join(lines))


def trained(found: Runs) -> list[Item]:
    """What the policies of the runs did. All begin as the same policy: equal episodes of that one are one."""
    before = [item for runs in found.values() for run in runs for item in recorded(run, "before", "before learning")]
    distinct = {json.dumps(item.episode.to_json(), sort_keys=True): item for item in before}
    after = [
        item
        for guard, runs in found.items()
        for run in runs
        for item in recorded(run, "after", f"after, {GUARDS[guard]}")
    ]
    return [*distinct.values(), *after]


def audited(items: Sequence[Item], attacks: int, console: Console) -> dict[str, Audit]:
    """The audits of all judges, by their names."""
    judges = yaml.safe_load((ROOT / "benchmarks" / "judges.yaml").read_text(encoding="utf-8"))
    return {
        name: audit(make_judge(record), items, attacks)
        for name, record in track(judges.items(), "judges", console=console)
    }


def main(
    seeds: Annotated[int, typer.Option(help="how many")] = 3,
    jobs: Annotated[int, typer.Option(help="runs side by side")] = 2,
    folder: Annotated[Path, typer.Option(help="of the runs")] = Path("runs/judged_learning"),
    n: Annotated[int, typer.Option("-n", help="tasks of each world that players play for the audit")] = 50,
    attacks: Annotated[int, typer.Option(help="failures that each attack is tried on")] = 100,
    out: Annotated[Path, typer.Option(help="the folder of the pages")] = ROOT / "docs",
) -> None:
    """Make all runs that are missing, and the pages judged_learning and judges_audit."""
    console = Console(stderr=True)
    missing = [(guard, seed) for seed in range(seeds) for guard in GUARDS if not done(run_of(guard, seed, folder))]
    with ThreadPoolExecutor(jobs) as pool:
        running = pool.map(lambda one: train(*one, folder), missing)
        for _ in track(running, "runs", len(missing), console=console):
            pass
    found = {guard: [run_of(guard, seed, folder) for seed in range(seeds)] for guard in GUARDS}
    command = f"python benchmarks/judged.py --seeds {seeds} -n {n} --attacks {attacks}"
    learned = out / "judged_learning.md"
    learned.write_text(page(found, command), encoding="utf-8")
    print(learned)
    played = build([*WORLDS, *arms_of(found["none"][0])], n)
    audits = audited(played + trained(found), attacks, console)
    print(write_audit(audits, out / "judges_audit.md", command))
    print(write_judges(page_data(audits, command), out / "judges_audit.html"))


if __name__ == "__main__":
    typer.run(main)
