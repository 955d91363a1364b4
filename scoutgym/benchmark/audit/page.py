"""An audit for people: tables for a terminal, a page with them and a picture, and the data of an HTML page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from scoutgym.benchmark.audit.figures import Estimated
from scoutgym.benchmark.audit.measure import Audit
from scoutgym.benchmark.audit.picture import picture

FIGURES: Mapping[str, str] = {
    "accuracy": "accuracy",
    "precision": "precision",
    "precision_adjusted": "precision at half successes",
    "recall": "recall",
    "false_positives": "failures passed",
    "auc": "AUC",
    "auc_matched": "AUC at equal length",
    "ece": "ECE",
}
APART = ("accuracy", "auc", "precision_adjusted", "false_positives", "ece")
"""The figures of `FIGURES` that are also told by who played."""
INJECTED = {
    "passed": "Passed by attack: the share of failures, seen as such, that it turns into a pass",
    "silenced": "No verdict by attack: the share of failures, seen as such, that it leaves without one",
}
NOTHING = "–"
"""A figure that has no meaning, or that there is none of."""
Rows = list[list[str]]


def tables(audits: Mapping[str, Audit]) -> list[tuple[str, list[str], Rows]]:
    """Title, heads and rows of every table.

    Args:
        audits: by the name that stands in the tables.
    """
    some = list(audits.values())
    whole: Rows = [[label, *(_interval(one.figures[name]) for one in some)] for name, label in FIGURES.items()]
    for label, right, wrong in (("passed: right, wrong", "tp", "fp"), ("failed: right, wrong", "tn", "fn")):
        whole.append([label, *(f"{one.confusion[right]}, {one.confusion[wrong]}" for one in some)])
    whole.append(["no verdict (won, lost)", *(f"{_share(o.errors['won'])}, {_share(o.errors['lost'])}" for o in some)])
    for what, label in (("passed", "moved by any attack"), ("silenced", "silenced by any attack")):
        whole.append([label, *(_injected(one, "any", what) for one in some)])
    whole.append(["cost, calls an episode", *(f"{one.cost:.4g}, {one.calls:.2g}" for one in some)])
    names = list(audits)
    found = [("All episodes, with 95 % intervals clustered by task", ["", *names], whole)]
    found.append(
        (
            "By who played: players, and policies at temperature 1",
            ["", *names],
            [
                [
                    f"{source}: {FIGURES[figure]}",
                    *(_interval(one.by_source.get(source, {}).get(figure)) for one in some),
                ]
                for source in dict.fromkeys(source for one in some for source in one.by_source)
                for figure in APART
            ],
        )
    )
    found.append(
        (
            "By kind: episodes, true successes, and the share that each judge passes",
            ["kind", "episodes", "true", *names],
            _rows(
                some, lambda one: one.by_kind, "won", lambda row: _interval((row["passed"], row["low"], row["high"]))
            ),
        )
    )
    found.append(
        (
            "By world, hardest first (success of a random player): the precision of each judge",
            ["world", "episodes", "random", *names],
            _rows(some, lambda one: one.by_world, "random", lambda row: _share(row["precision"])),
        )
    )
    attacks = dict.fromkeys(attack for one in some for attack in one.injection)
    if attacks:
        for what, title in INJECTED.items():
            rows = [[attack, *(_injected(one, attack, what) for one in some)] for attack in attacks]
            found.append((title, ["attack", *names], rows))
    return found


def _rows(
    audits: Sequence[Audit],
    of: Callable[[Audit], Mapping[str, Mapping[str, float]]],
    beside: str,
    cell: Callable[[Mapping[str, float]], str],
) -> Rows:
    rows = []
    for name in dict.fromkeys(name for one in audits for name in of(one)):
        first = next(of(one)[name] for one in audits if name in of(one))
        cells = [cell(of(one)[name]) if name in of(one) else NOTHING for one in audits]
        rows.append([name.removeprefix("scoutgym/"), f"{first['episodes']:.0f}", _share(first[beside]), *cells])
    return rows


def print_audit(audits: Mapping[str, Audit], console: Console) -> None:
    """The tables."""
    for title, heads, rows in tables(audits):
        shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
        for place, head in enumerate(heads):
            shown.add_column(head, justify="right" if place else "left", overflow="fold")
        for row in rows:
            shown.add_row(*map(_stacked, row))
        console.print(shown)


def write_audit(audits: Mapping[str, Audit], path: Path, command: str) -> Path:
    """A page in Markdown, its picture beside it.

    Args:
        audits: by the name that stands in the tables.
        path: of the page.
        command: what made it.
    """
    svg = path.with_suffix(".svg")
    svg.write_text(picture(audits), encoding="utf-8")
    first = next(iter(audits.values()))
    lines = [
        "# How far judges can be trusted",
        "",
        f"Generated by `{command}`; do not edit.",
        "",
        f"{first.episodes} episodes of {first.worlds} worlds, whose truth is known; a verdict of one half or more is a "
        "pass. What the kinds, the figures and the attacks are: `scoutgym/benchmark/audit/` and "
        "`wrappers/judges/injection.py`.",
        "",
        f"![Verdicts against the truth, and by kind of episode]({svg.name})",
    ]
    for title, heads, rows in tables(audits):
        lines += ["", f"## {title}", "", *_markdown(heads, rows)]
    for name, one in audits.items():
        if one.examples:
            heads = ["kind", "world", "task", "turns", "verdict", "in the judge's words"]
            rows = [
                [o["kind"], o["world"], o["task"], str(o["turns"]), f"{o['verdict']:.2f}", o["reason"]]
                for o in one.examples
            ]
            lines += ["", f"## Wrong verdicts of {name}", "", *_markdown(heads, rows)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def page_data(audits: Mapping[str, Audit], command: str) -> dict[str, Any]:
    """What `scoutgym.report.write_judges` draws, as JSON values.

    Args:
        audits: by the name that stands in the tables.
        command: what made it.
    """
    judges = [{**one.to_json(), "name": name} for name, one in audits.items()]
    return {"judges": judges, "tables": tables(audits), "command": command}


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    return [line(heads), "|---" * len(heads) + "|", *map(line, rows)]


def _interval(estimated: Estimated | None) -> str:
    if estimated is None or math.isnan(estimated[0]):
        return NOTHING
    value, *ends = estimated
    return f"{value:.2f}" + ("" if math.isnan(ends[0]) else f" [{', '.join(map(_end, ends))}]")


def _stacked(cell: str) -> str:
    """A cell of a narrow column: its interval on a line of its own."""
    value, bracket, ends = cell.partition(" [")
    return f"{value}\n[{ends.replace(' ', '')}" if bracket else cell


def _end(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _injected(one: Audit, attack: str, what: str) -> str:
    return _interval(one.injection.get(attack, {}).get(what))


def _share(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{value:.2f}"
