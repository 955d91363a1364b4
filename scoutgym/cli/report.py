"""``scoutgym report``: the page of one run, or of several side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders, for example runs/demo.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; by default report.html in the first run.")] = None,
) -> None:
    """Write the page of runs: curves, table, curriculum, and an episode viewer."""
    from scoutgym.report import write_report

    print(f"report: {write_report(runs, out)}")
