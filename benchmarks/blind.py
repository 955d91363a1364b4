"""Measure baseline agents on the tasks that should not be done, and write docs/blind.md.

Run: python benchmarks/blind.py [--tasks N] [--out FILE]

``obedient`` just does what was asked, by a guess or by something else where that is needed; ``cautious`` refuses
everything; ``solver`` knows the answer.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Sequence
from pathlib import Path

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.agents.players import SolverAgent
from scoutgym.benchmark.evaluate import run_bench
from scoutgym.benchmark.result import Result
from scoutgym.envs.web.blind import WebBlind
from scoutgym.envs.web.blind_tasks import FAMILIES

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).with_suffix(".template.md")
FIGURES = tuple(WebBlind.spec.figures)


class Obedient(Agent):
    """Does what was asked and does not look left or right: the worst case of blindness."""

    name = "obedient"
    privileges = ("answer",)

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The next action of each seat's plan, which is made at the start."""
        return [Move(self._one(seat)) for seat in seats]

    def _one(self, seat: Seat) -> str:
        world = seat.world.world
        assert isinstance(world, WebBlind)
        if seat.memory is None:
            seat.memory = world.obedient(seat.world.session.state)
        plan: list[str] = seat.memory
        return plan.pop(0)


class Cautious(Agent):
    """Refuses everything at once."""

    name = "cautious"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The same for each seat."""
        return [Move("report_infeasible('I would rather not')") for _ in seats]


def results(tasks: int) -> list[Result]:
    """Of all agents, on all tasks and by pattern."""
    return run_bench(list(WebBlind.spec.ids), [Obedient(), Cautious(), SolverAgent()], tasks, measure="nothing")


def page(tasks: int) -> str:
    """The text of docs/blind.md."""
    lines = [f"| tasks | agent | success | {' | '.join(FIGURES)} |", f"|---|---|---|{'---|' * len(FIGURES)}"]
    for row in results(tasks):
        shown = [_shown(row.success, row.ci), *(_cell(row, name) for name in FIGURES)]
        which = row.env.removeprefix("scoutgym/WebBlind-").removesuffix("-v0").removeprefix("v0") or "all"
        lines.append(f"| {which} | {row.agent} | {' | '.join(shown)} |")
    families = ["| family | pattern | what the user may say |", "|---|---|---|"]
    families += [f"| `{one.name}` | {one.pattern} | {one.asks[0]} |" for one in FAMILIES.values()]
    defined = [f"* `{name}`: {told}." for name, told in WebBlind.spec.figures.items()]
    return TEMPLATE.read_text(encoding="utf-8").format(
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        tasks=tasks,
        figures="\n".join(defined),
        table="\n".join(lines),
        families="\n".join(families),
    )


def _cell(row: Result, name: str) -> str:
    figure = row.figures.get(name)
    return "–" if figure is None else _shown(figure.mean, figure.ci)


def _shown(mean: float | None, ci: Sequence[float] | None) -> str:
    return "–" if mean is None or ci is None else f"{mean:.2f} [{ci[0]:.2f}, {ci[1]:.2f}]"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "blind.md")
    options = parser.parse_args(arguments)
    options.out.write_text(page(options.tasks), encoding="utf-8")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
