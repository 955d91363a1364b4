"""Rank the curricula on synthetic learners; writes docs/curricula.md and docs/curricula.svg.

Run: python benchmarks/curricula.py [--seeds N] [--steps N] [--out FOLDER]

The same command writes the same files. Curricula are enumerated from `scoutgym.curricula.core.KNOWN`.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from curves import panels
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from scoutgym.curricula import simulator
from scoutgym.curricula.core import KNOWN
from scoutgym.curricula.simulator import GROUPS, SCENARIOS, SIZE, Scenario, oracle, simulate
from scoutgym.stats import Estimate, bootstrap_mean, paired_bootstrap

ROOT = Path(__file__).resolve().parents[1]

OPTIONS: dict[str, dict[str, Any]] = {
    "alp-gmm": {"every": 60, "most": 4},
    "learnability": {"levels": 16, "window": 128},
    "pcl": {"m": GROUPS},
    "plr": {"levels": 32},
}
"""Sizes of buffers and windows that suit a run of 480 groups; all else is as a run has it by default."""

VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "tscl-window": ("tscl", {"slope": "window", "choice": "greedy"}),
}
"""Further rows."""

ROWS = [*KNOWN, *VARIANTS]
SETTINGS = OPTIONS | {label: options for label, (_, options) in VARIANTS.items()}

TRIFLE = 0.005
"""A difference in area below this is none."""

Curves = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A curriculum in a scenario: over seeds."""

    name: str
    curves: Curves
    """Seeds × steps: mean success after each step."""
    regret: Estimate
    gain: Estimate | None
    """Area under the curve, minus that of uniform on the same seeds; None for uniform itself."""

    @property
    def final(self) -> Estimate:
        """Success at the end."""
        return bootstrap_mean(self.curves[:, -1])

    @property
    def area(self) -> float:
        """Mean success over the run: the area under the curve."""
        return float(self.curves.mean())

    @property
    def verdict(self) -> int:
        """1 for better than uniform, -1 for worse: the interval leaves 0 out, and the gain is not a trifle."""
        if self.gain is None or abs(self.gain.mean) < TRIFLE:
            return 0
        return int(self.gain.low > 0) - int(self.gain.high < 0)


@dataclass(frozen=True)
class Result:
    """A scenario."""

    scenario: Scenario
    goal: str
    best: Curves
    """The better oracle's curves."""
    rows: Sequence[Row]


def measure(scenario: Scenario, seeds: int, steps: int) -> Result:
    """Every curriculum on one scenario, under the same seeds."""
    oracles = {
        goal: np.array([oracle(scenario, seed, steps, goal)[1:] for seed in range(seeds)])
        for goal in ("success", "log-success")
    }
    goal = max(oracles, key=lambda goal: oracles[goal].mean())
    best = oracles[goal]
    settings = {name: (name, OPTIONS.get(name, {})) for name in KNOWN} | VARIANTS
    curves = {
        label: np.array([simulate(name, scenario, seed, steps, options)[1:] for seed in range(seeds)])
        for label, (name, options) in settings.items()
    }
    rows = []
    for label, mine in curves.items():
        regret = paired_bootstrap(best.mean(axis=1), mine.mean(axis=1))
        base = curves["uniform"].mean(axis=1)
        gain = None if label == "uniform" else paired_bootstrap(mine.mean(axis=1), base)
        rows.append(Row(label, mine, regret, gain))
    return Result(scenario, goal, best, sorted(rows, key=lambda row: row.regret.mean))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="runs of each curriculum and scenario (default: 20)")
    parser.add_argument("--steps", type=int, default=60, help=f"steps of {GROUPS} groups (default: 60)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of curricula.md and curricula.svg")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    console = Console()
    results = []
    for scenario in SCENARIOS:
        results.append(measure(scenario, options.seeds, options.steps))
        console.print(pretty(results[-1]))
    command = "python benchmarks/curricula.py"
    for name in ("seeds", "steps"):
        if getattr(options, name) != parser.get_default(name):
            command += f" --{name} {getattr(options, name)}"
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "curricula.md").write_text(page(results, command), encoding="utf-8")
    (options.out / "curricula.svg").write_text(picture(results), encoding="utf-8")
    console.print(f"wrote {options.out / 'curricula.md'} and curricula.svg: {time.perf_counter() - started:.0f} s")


def pretty(result: Result) -> Table:
    """A scenario for the terminal."""
    table = Table(title=f"{result.scenario.name}: {result.scenario.about}", title_justify="left", box=SIMPLE, padding=0)
    for column in HEAD:
        table.add_column(column, justify="left" if column == HEAD[0] else "right", no_wrap=True)
    for cells in body(result):
        better = cells[0].startswith("**")
        table.add_row(*(cell.strip("*") for cell in cells), style="bold" if better else "")
    return table


HEAD = ("curriculum", "final", "area", "regret [95 %]", "over uniform [95 %]")


def body(result: Result) -> Iterator[list[str]]:
    """The cells of a scenario, the least regret first."""
    best = result.best
    yield ["*oracle*", f"{best[:, -1].mean():.3f}", f"{best.mean():.3f}", "", ""]
    for row in result.rows:
        name = f"**{row.name}**" if row.verdict > 0 else row.name
        gain = "" if row.gain is None else f"{row.gain.mean:+.3f} [{row.gain.low:+.3f}, {row.gain.high:+.3f}]"
        regret = f"{row.regret.mean:.3f} [{row.regret.low:.3f}, {row.regret.high:.3f}]"
        yield [name, f"{row.final.mean:.3f}", f"{row.area:.3f}", regret, gain]


def picture(results: Sequence[Result]) -> str:
    """Cumulative regret against the step, a panel a scenario."""
    charts: dict[str, dict[str, list[float]]] = {}
    for result in results:
        rows = sorted(result.rows, key=lambda row: ROWS.index(row.name))
        charts[result.scenario.name] = {
            row.name: [0.0, *np.cumsum((result.best - row.curves).mean(axis=0)).tolist()] for row in rows
        }
    about = {result.scenario.name: result.scenario.about for result in results}
    seeds = len(results[0].best)
    head = (
        f"Cumulative regret against a greedy oracle that knows the learner, mean of {seeds} runs: the lower the better"
    )
    return panels(charts, about, head, "step", "uniform")


def page(results: Sequence[Result], command: str) -> str:
    """docs/curricula.md."""
    seeds, steps = results[0].best.shape
    filled = {
        "COMMAND": command,
        "LIST": "\n".join(described()),
        "MODEL": "\n\n".join(map(markdown, (inspect.getdoc(simulator) or "").split("\n\n")[1:])),
        "COUNT": str(len(results) * (len(ROWS) - 1)),
        "RUNS": f"{seeds} runs of {steps} steps of {GROUPS} groups of {SIZE} episodes",
        "CONSTANTS": ", ".join(f"`{name}` {getattr(simulator, name):g}" for name in ("RATE", "HARDNESS", "LENGTH")),
        "TRIFLE": f"{TRIFLE:g}",
        "SETTINGS": "; ".join(f"{name}: `{options}`" for name, options in SETTINGS.items()),
        "WINNERS": "\n".join(winners(results)),
        "FINDINGS": "\n".join(findings(results)),
        "TABLES": "\n".join(tables(results)),
    }
    text = (Path(__file__).parent / "curricula.template.md").read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text


def described() -> Iterator[str]:
    """An entry for each curriculum, from its module's docstring and its constructor."""
    for name, place in KNOWN.items():
        module, _, kind = place.partition(":")
        found = importlib.import_module(f"scoutgym.curricula.{module}")
        first, *more = (inspect.getdoc(found) or "").split("\n\n")
        options = [option.name + default(option) for option in parameters(getattr(found, kind))]
        yield f"### `{name}`\n\n{first}\n"
        yield from (f"{paragraph}\n" for paragraph in map(markdown, more) if paragraph)
        if options:
            yield f"Options: {', '.join(f'`{option}`' for option in options)}.\n"


def parameters(kind: type) -> list[inspect.Parameter]:
    """The options of a curriculum: what its constructor takes beside arms and seed."""
    return list(inspect.signature(kind).parameters.values())[2:]


def default(option: inspect.Parameter) -> str:
    """``=value``, or nothing where there is none."""
    return "" if option.default is option.empty else f"={option.default!r}"


def markdown(paragraph: str) -> str:
    """A paragraph of a docstring as markdown, whose code needs no ``::`` before it."""
    if not paragraph.endswith("::"):
        return paragraph
    words = paragraph.removesuffix("::").rstrip()
    return f"{words}:" if words else ""


def winners(results: Sequence[Result]) -> Iterator[str]:
    """One line a scenario."""
    yield "| scenario | least regret | better than uniform | not told apart | worse |"
    yield "|---|---|---|---|---|"
    for result in results:
        cells = [
            ", ".join(row.name for row in result.rows if row.gain is not None and row.verdict == verdict) or "none"
            for verdict in (1, 0, -1)
        ]
        yield f"| {result.scenario.name} | {result.rows[0].name} | {' | '.join(cells)} |"


def findings(results: Sequence[Result]) -> Iterator[str]:
    """What the verdicts add up to."""
    alone = [result.scenario.name for result in results if not any(row.verdict > 0 for row in result.rows)]
    if alone:
        yield f"**No curriculum beats uniform in: {', '.join(alone)}.**\n"
    else:
        yield "In every scenario some curriculum beats uniform.\n"
    verdicts = {name: [row.verdict for result in results for row in result.rows if row.name == name] for name in ROWS}
    del verdicts["uniform"]
    yield "| curriculum | better than uniform | worse | mean regret over the scenarios |"
    yield "|---|---|---|---|"
    regrets = {
        name: float(np.mean([row.regret.mean for result in results for row in result.rows if row.name == name]))
        for name in ROWS
    }
    for name in sorted(ROWS, key=regrets.__getitem__):
        mine = verdicts.get(name)
        told = "– | –" if mine is None else f"{mine.count(1)} of {len(results)} | {mine.count(-1)} of {len(results)}"
        yield f"| {name} | {told} | {regrets[name]:.3f} |"


def tables(results: Sequence[Result]) -> Iterator[str]:
    """A table a scenario."""
    for result in results:
        about = result.scenario.about
        yield f"### {result.scenario.name}\n\n{about[0].upper()}{about[1:]}. The oracle raises {result.goal}.\n"
        yield f"| {' | '.join(HEAD)} |"
        yield "|---|---|---|---|---|"
        yield from (f"| {' | '.join(cells)} |" for cells in body(result))
        yield ""


if __name__ == "__main__":
    main()
