"""The pages that people look at: one self-contained HTML file of a run, of several runs, of a benchmark, or of an
audit of judges.

A page needs no network and no other file. What a model wrote is hostile text: it travels as escaped JSON and reaches
the page only through ``textContent``; a content security policy allows the page's own script, by its hash, and no
other. `data` and `episodes` read a run folder, ``page/`` holds what is drawn with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from scoutgym.report.data import read_run
from scoutgym.report.episodes import fit
from scoutgym.report.html import clean, render, write_page


class Record(Protocol):
    """A benchmark's result: it knows its own JSON."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""


def write_report(runs: Sequence[Path], out: Path | None = None) -> Path:
    """Write the page of one run, or of several side by side. A run that is still going gives what there is.

    Args:
        runs: run folders.
        out: the page; by default ``report.html`` in the first run.

    Returns:
        Where the page is.

    Raises:
        ValueError: no runs, a folder that is none of a run, or a page that cannot be written there.
    """
    folders = [Path(run) for run in runs]
    if not folders:
        raise ValueError("a report needs at least one run folder, for example runs/demo")
    read = [read_run(folder) for folder in folders]
    names: list[str] = []
    for run in read:
        same = sum(name == run.name or name.startswith(f"{run.name} (") for name in names)
        names.append(run.name if not same else f"{run.name} ({same + 1})")
    shown = fit([run.episodes for run in read])
    data = [
        {**run.to_json(), "name": name, "episodes": episodes}
        for name, run, episodes in zip(names, read, shown.runs, strict=True)
    ]
    page = render(" · ".join(names), {"runs": data, "texts": shown.texts}, "report")
    return write_page(Path(out) if out is not None else folders[0] / "report.html", page)


def write_bench(results: Sequence[Record | Mapping[str, Any]] | Mapping[str, Any], out: Path) -> Path:
    """Write the page of a benchmark.

    Args:
        results: results or their JSON objects, or the whole of ``scoutgym.benchmark.page_data``, which adds a summary.
        out: the page.

    Returns:
        Where the page is.

    Raises:
        ValueError: there are no results, one is not a result, or the page cannot be written there.
    """
    whole = dict(results) if isinstance(results, Mapping) else {"results": list(results)}
    rows = [dict(row) if isinstance(row, Mapping) else row.to_json() for row in whole.get("results", ())]
    if not rows:
        raise ValueError("a benchmark page needs at least one result")
    for place, row in enumerate(rows):
        for key in ("env", "agent", "episodes", "success", "return", "turns"):
            if key not in row:
                raise ValueError(f"result {place} is no benchmark result: it has no {key!r}")
    data = clean({"results": rows, "summary": whole.get("summary", [])})
    return write_page(Path(out), render("Benchmark", data, "bench"))


def write_judges(audited: Mapping[str, Any], out: Path) -> Path:
    """Write the page of an audit of judges.

    Args:
        audited: what ``scoutgym.benchmark.audit.page_data`` returns.
        out: the page.

    Returns:
        Where the page is.

    Raises:
        ValueError: there are no judges, or the page cannot be written there.
    """
    if not audited["judges"]:
        raise ValueError("a page of judges needs at least one judge")
    return write_page(Path(out), render("Audit of judges", clean(audited), "audit"))
