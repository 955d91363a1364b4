"""How far a run is: a bar with the time left for each stage, or plain lines where nobody watches a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

PAUSE = 15.0
"""Seconds between two plain lines of one stage."""


class Bar:
    """One stage under way."""

    def __init__(self, board: Board, title: str, total: int, task: TaskID | None) -> None:
        self.board, self.title, self.total, self.task = board, title, total, task
        self.done, self.begun = 0, time.perf_counter()
        self._said = self.begun

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Some steps are done; ``note`` is the latest figure worth reading."""
        self.done += steps
        if self.task is not None:
            self.board.progress.update(self.task, advance=steps, note=note)
        elif time.perf_counter() - self._said >= PAUSE:
            self._said = time.perf_counter()
            left = (self._said - self.begun) / self.done * (self.total - self.done)
            self.board.say(f"{self.title}: {self.done}/{self.total}, about {left:.0f} s left   {note}".rstrip())


class Board:
    """All stages of a run; a context manager. Keeps each stage's seconds in ``seconds``.

    Args:
        seconds: of the stages so far.
        quiet: print nothing: another process of the run does.
    """

    def __init__(self, seconds: dict[str, float], quiet: bool = False) -> None:
        self.console = Console(quiet=quiet) if sys.stdout.isatty() else Console(width=100, quiet=quiet)
        self.seconds = seconds
        self.progress = Progress(
            TextColumn("{task.description:<26}"),
            BarColumn(bar_width=22),
            MofNCompleteColumn(),
            TextColumn("[dim]left[/]"),
            TimeRemainingColumn(compact=True),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=self.console,
        )

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def say(self, line: str) -> None:
        """A line that stays."""
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def show(self, table: Table) -> None:
        """A table that stays."""
        self.console.print(table)

    @contextmanager
    def stage(self, key: str, title: str, total: int) -> Iterator[Bar]:
        """Time a stage under ``key`` and show its bar."""
        task = None
        if self.console.is_terminal:
            task = self.progress.add_task(title, total=total, note="")
        bar = Bar(self, title, total, task)
        yield bar
        seconds = time.perf_counter() - bar.begun
        self.seconds[key] = self.seconds.get(key, 0.0) + seconds
        if task is None:
            self.say(f"{title}: done in {seconds:.0f} s")
