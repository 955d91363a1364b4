"""Results as tables that fit a terminal of 100 columns, as JSON, and as the data of a page.

A row of dashes is never a zero: what is not there was not measured, or has no meaning in that world.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoutgym.benchmark.bandits import MEASURES
from scoutgym.benchmark.compare import summarize
from scoutgym.benchmark.result import Result
from scoutgym.stats import Estimate
from scoutgym.types import SCHEMA

WIDTH = 100
NONE = "–"

EXPLORED = {
    "question_efficiency": "effic.",
    "luck_free_gain": "gain",
    "repeated_questions": "repeat",
    "contradictory_questions": "contra",
    "never_found_out": "never",
    "knew_but_failed": "knew",
    "coverage": "cover",
    "distinct_trajectories": "differ",
}
"""The columns of the second table; ``pass@k`` follows them."""

PULLED = {
    "simple_regret": "simple regret",
    "cumulative_pseudo_regret": "cumulative pseudo-regret",
    "suffix_failure": "suffix failure",
    "k_min_frac": "K·MinFrac",
    "greedy_fraction": "greedy fraction",
    "gap_to_expert": "gap to expert",
}
"""The columns of the bandits' table."""

LEGEND = (
    "effic.: expected bits of what was asked / the most that could be asked. gain: expected bits a turn, without luck. "
    "repeat, contra: turns that asked again, or what was already excluded. never: failed, never found out. knew: knew, "
    "and failed. cover: different states of knowledge a step, at equal steps. differ: different samples of a task."
)


def print_table(results: Sequence[Result], console: Console | None = None) -> None:
    """Print results: success and its interval, how the agents explored, the bandits' figures, and what they sum to."""
    console = console or Console()
    rows = _by_env(results)
    _show(_main(rows, console.width < WIDTH), console)
    for note in _notes(rows):
        console.print(note, highlight=False)
    explored = [row for row in rows if any(name in row.figures for name in EXPLORED)]
    if explored:
        tries = [f"pass@{k}" for k in sorted({k for row in explored for k in _tries(row)})]
        columns = {**EXPLORED, **{tries_k: tries_k for tries_k in (tries[-1:] if len(tries) > 1 else [])}}
        _show(_figures("How they explored", explored, columns), console)
        console.print(f"[dim]{LEGEND}[/]\n", width=min(WIDTH, console.width), highlight=False)
    pulled = [row for row in rows if any(name in row.figures for name in MEASURES)]
    if pulled:
        _show(_figures("Bandits", pulled, PULLED), console)
    for told in dict.fromkeys(tuple(row.told.items()) for row in rows if row.told):
        its = [row for row in rows if tuple(row.told.items()) == told]
        _show(_figures("What their worlds tell", its, {name: name.replace("_", " ") for name, _ in told}), console)
        legend = " ".join(f"{name}: {about}." for name, about in told if any(name in row.figures for row in its))
        console.print(f"[dim]{escape(legend)}[/]\n", width=min(WIDTH, console.width), highlight=False)
    _print_summary(rows, console)


def bench_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """A JSON object for each result, in order."""
    return [result.to_json() for result in results]


def page_data(results: Sequence[Result]) -> dict[str, Any]:
    """What a page about these results needs, as JSON values: ``schema``, ``results``, ``summary``."""
    baseline = _baseline(results)
    return {
        "schema": SCHEMA,
        "results": bench_json(results),
        "summary": [row.to_json() for row in summarize(results, baseline)] if results else [],
    }


def _by_env(results: Sequence[Result]) -> list[Result]:
    """The results of one environment together, environments in the order in which they first appear."""
    order = {env: place for place, env in enumerate(dict.fromkeys(result.env for result in results))}
    return sorted(results, key=lambda result: order[result.env])


def _baseline(results: Sequence[Result]) -> str:
    """The agent that the results were compared with."""
    for result in results:
        if result.against is not None:
            return result.against.baseline
    names = [result.agent for result in results]
    return "random" if "random" in names or not names else names[0]


def _table(title: str, *columns: str, narrow: bool = False) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", ratio=1, no_wrap=True, overflow="ellipsis", min_width=12)
    for column in columns:
        width = max(6, *map(len, column.split())) if narrow else None  # a word a line
        table.add_column(column, justify="right", no_wrap=width is None, max_width=width)
    return table


def _show(table: Table, console: Console) -> None:
    table.width = min(WIDTH, console.width)
    console.print(table, highlight=False)


def _fill(table: Table, rows: Sequence[Result], cells: Callable[[Result], list[str]]) -> Table:
    """One line an environment, and under it one line an agent."""
    env = None
    for row in rows:
        if row.env != env:
            env = row.env
            table.add_row(f"[bold]{escape(env.removeprefix('scoutgym/'))}[/]")
        table.add_row(f"  {escape(row.agent)}{'*' if _special(row) else ''}", *cells(row))
    return table


def _special(row: Result) -> bool:
    """Whether the agent uses more than the rules."""
    return any(privilege != "rules" for privilege in row.privileges)


def _main(rows: Sequence[Result], narrow: bool) -> Table:
    """The first table; a narrow terminal is spared the returns and the normalized scores."""
    baseline = _baseline(rows)
    names = ["n", "success [95 %]", "return", "turns", "bits/t", f"vs {escape(baseline)[:12]}", "norm"]
    shown = [place for place, name in enumerate(names) if not (narrow and name in ("return", "norm"))]
    table = _table("", *(names[place] for place in shown))

    def cells(row: Result) -> list[str]:
        bits = row.figures.get("bits_per_turn")
        success = NONE
        if row.success is not None and row.ci is not None:
            success = f"{row.success:.2f} {_interval(row.ci)}"
        versus = NONE
        if row.against is not None:
            change = row.against.success or row.against.returns
            versus = f"{change.mean:+.2f} {_interval(change.ci)}{'' if row.against.success else 'r'}"
        norm = NONE if row.normalized is None else f"{row.normalized:.0f}"
        returns, turns = _number(row.returns.mean), _number(row.turns.mean, 1)
        line = [str(row.episodes), success, returns, turns, _number(bits.mean if bits else None), versus, norm]
        return [line[place] for place in shown]

    return _fill(table, rows, cells)


def _notes(rows: Sequence[Result]) -> list[str]:
    """What a reader must know of these rows, in words."""
    notes = []
    if rows:
        draw = "" if rows[0].k == 1 else f" × {rows[0].k} samples"
        notes.append(f"[dim]{max(row.tasks for row in rows)} tasks of {rows[0].split}{draw}, seed {rows[0].seed}.[/]")
    few = {row.env: row.secrets for row in rows if row.secrets is not None and row.secrets < row.tasks}
    if few:
        told = ", ".join(f"{env.removeprefix('scoutgym/')} {count}" for env, count in list(few.items())[:6])
        more = f" and {len(few) - 6} more" if len(few) > 6 else ""
        notes.append(f"[dim]Fewer different secrets than tasks: {escape(told)}{more}.[/]")
    for name in dict.fromkeys(row.agent for row in rows if _special(row)):
        uses = next(row.privileges for row in rows if row.agent == name)
        notes.append(f"[dim]* {escape(name)} uses {escape(', '.join(uses))}.[/]")
    if any(row.against is not None and row.against.success is None for row in rows):
        notes.append("[dim]r: difference of returns; success has no meaning there.[/]")
    for row in rows:
        lost = row.episodes - row.scored
        if lost:
            low, high = row.bounds or [math.nan, math.nan]
            what = ", ".join(f"{kind} {rate:.1%}" for kind, rate in row.outcomes.items() if rate)
            place = f"{row.env.removeprefix('scoutgym/')}, {row.agent}"
            notes.append(
                f"[yellow]{escape(place)}: {lost} of {row.episodes} broke and are masked ({what}); "
                f"success is {low:.2f} if all failed, {high:.2f} if all passed.[/]"
            )
    return notes


def _figures(title: str, rows: Sequence[Result], columns: dict[str, str]) -> Table:
    used = {name: head for name, head in columns.items() if any(name in row.figures for row in rows)}
    table = _table(title, *used.values(), narrow=True)
    return _fill(table, rows, lambda row: [_number(_mean(row.figures.get(name))) for name in used])


def _print_summary(rows: Sequence[Result], console: Console) -> None:
    if len({row.env for row in rows}) < 2:
        return
    found = summarize(rows, _baseline(rows))
    if not found:
        return
    table = _table("Over all worlds", "worlds", "measure", "value [95 %]")
    for row in found:
        if row.iqm is not None:
            value, what = row.iqm, f"IQM of normalized scores, {row.expert} experts"
            shown = f"{value.mean:.0f} [{value.low:.0f}, {value.high:.0f}]"
        else:
            value, what = row.improvement or Estimate(math.nan, math.nan, math.nan), f"chance to beat {row.baseline}"
            shown = f"{value.mean:.2f} {_interval(value.ci)}"
        table.add_row(escape(row.agent), str(row.worlds), escape(what), escape(shown))
    _show(table, console)


def _tries(row: Result) -> list[int]:
    return [int(name.removeprefix("pass@")) for name in row.figures if name.startswith("pass@")]


def _mean(figure: Estimate | None) -> float | None:
    return None if figure is None else figure.mean


def _number(value: float | None, digits: int = 2) -> str:
    return NONE if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _interval(ci: Sequence[float]) -> str:
    """``[.79, .92]``, with the bracket that rich would read as markup escaped."""
    low, high = (_short(value) for value in ci)
    return rf"\[{low}, {high}]"


def _short(value: float) -> str:
    if not math.isfinite(value):
        return NONE
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.995 else text
