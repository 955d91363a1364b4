"""What a run's judge has spent, in a file of the run's folder: money is gone, whatever a checkpoint remembers.

It is written whenever verdicts have come, so that a run that is killed forgets at most those that it was waiting for.
Of several processes each is paid from its own part of the budget and writes a file of its own; a run that goes on, with
as many or not, adds up all of them.
"""

from __future__ import annotations

import json
from pathlib import Path

from scoutgym.agents.training import folder as files
from scoutgym.agents.training import processes
from scoutgym.llm.chat.budget import UNIT, Budget

FILE = "spent.json"


class Spending:
    """See the module's docstring.

    Args:
        budget: this process's part.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.path: Path | None = None
        self._before = 0.0
        """What this process's file adds to what the budget says."""

    def take_in(self, run: Path) -> None:
        """What a run has spent is gone from the budget, before anybody is asked anything.

        Args:
            run: its folder.
        """
        spent = sum(_spent(path) for path in (run / FILE, *run.glob(f".process-*/{FILE}")))
        self._before = -spent / processes.place().num_processes
        self.budget.settle(0, round(-self._before * UNIT))

    def begin(self, folder: Path) -> None:
        """Write to a file from now on, also what was spent until now.

        Args:
            folder: of this process, in the run's.
        """
        self.path = folder / FILE
        self._before += _spent(self.path)
        processes.wait()  # nobody writes before all have read
        self.save()

    def save(self) -> None:
        """Write down what has been spent."""
        if self.path is not None:
            files.write_json(self.path, {"spent": self._before + self.budget.spent})


def _spent(path: Path) -> float:
    return float(json.loads(path.read_text(encoding="utf-8"))["spent"]) if path.is_file() else 0.0
