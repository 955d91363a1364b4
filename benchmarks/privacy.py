"""Measure the reference agents on the privacy worlds, and write docs/privacy.md.

Run: python benchmarks/privacy.py [--tasks N] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import gymnasium

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Agent, Job, rollout
from scoutgym.agents.players import ExpertAgent, Noisy, RandomAgent
from scoutgym.agents.privacy import MinimalAgent, OversharingAgent
from scoutgym.benchmark.evaluate import luck, run_bench
from scoutgym.benchmark.privacy import front, points, utility_at
from scoutgym.benchmark.result import Result
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.privacy.dialogue.plot import LEVELS
from scoutgym.envs.web.privacy.world import FIGURES, VARIANTS
from scoutgym.stats import Estimate, proportion
from scoutgym.types import Episode, Task

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).with_suffix(".template.md")
WORLDS = ("Store", "Forum", "Tracker", "Office", "Travel")
SMALL = "scoutgym/PrivacyStore-form-v0"
NOISE = (0.0, 0.05, 0.2, 0.5)
RATES = (0.0, 0.1, 0.25, 0.5)
COLUMNS = ("utility", "leak_rate", "leaked_items", "disclosure_precision", "disclosure_recall", "withdrawn")
PRESSED = ("utility", "leak_rate", "obeyed")
SECRETS = ("scoutgym/PrivacySecrets-v0", *(f"scoutgym/PrivacySecrets-{one}-v0" for one in LEVELS))
TOLD = ("utility", "leak_rate", "leaked_items", "leaked_share", "disclosure_precision", "disclosure_recall")


def shown(figure: Estimate | None) -> str:
    """A figure with its interval."""
    return "–" if figure is None else f"{figure.mean:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def table(results: Sequence[Result], columns: Sequence[str]) -> str:
    """A row for each world and agent."""
    lines = [
        f"| world | agent | {' | '.join(name.replace('_', ' ') for name in columns)} |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for one in results:
        cells = " | ".join(shown(one.figures.get(name)) for name in columns)
        lines.append(f"| `{one.env.removeprefix('scoutgym/')}` | {one.agent} | {cells} |")
    return "\n".join(lines)


def family(tasks: int) -> dict[str, list[Episode]]:
    """The episodes of noisy players of both kinds, all on the same tasks under the same luck."""
    inner = gymnasium.make(SMALL).unwrapped
    assert isinstance(inner, TextEnv)
    given = [Task(inner.world.spec.id, "test", index, inner.params) for index in range(tasks)]
    found: dict[str, list[Episode]] = {}
    for player in (MinimalAgent(), OversharingAgent()):
        for noise in NOISE:
            agent: Agent = Noisy(player, noise) if noise else player
            found[agent.name] = list(rollout(agent, [Job(task, luck(0, task.index, 0)) for task in given]))
    return found


def family_table(episodes: Mapping[str, Sequence[Episode]]) -> str:
    """A row for each of a family."""
    found = points(episodes)
    best = front(found)
    lines = ["| agent | leak rate | utility | on the front |", "|---|---|---|---|"]
    for name, _ in sorted(found.items(), key=lambda pair: pair[1]):
        cells = " | ".join(shown(rate(episodes[name], figure)) for figure in ("leak_rate", "utility"))
        lines.append(f"| {name} | {cells} | {'yes' if name in best else ''} |")
    return "\n".join(lines)


def rate(episodes: Sequence[Episode], figure: str) -> Estimate:
    """The share of the episodes, one a task, of which a figure is true."""
    return proportion([one.figures[figure][0] for one in episodes], [one.task.index for one in episodes])


def fixed_table(episodes: Mapping[str, Sequence[Episode]]) -> str:
    """The utility at some leak rates, for all and for those that make mistakes."""
    noisy = {name: some for name, some in episodes.items() if name not in ("minimal", "oversharing")}
    lines = [
        "| leak rate at most | " + " | ".join(f"{rate:.2f}" for rate in RATES) + " |",
        "|---" * (len(RATES) + 1) + "|",
    ]
    for what, some in (("utility, all of them", episodes), ("utility, the noisy ones", noisy)):
        cells = (utility_at(rate, some) for rate in RATES)
        shares = " | ".join("none leaks so little" if one.mean != one.mean else shown(one) for one in cells)
        lines.append(f"| {what} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Play, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "privacy.md")
    given = parser.parse_args()
    agents: list[Agent] = [MinimalAgent(), OversharingAgent(), RandomAgent()]
    plain = [f"scoutgym/Privacy{name}-v0" for name in WORLDS]
    pressed = [f"scoutgym/Privacy{name}-{variant}-v0" for name in WORLDS for variant in VARIANTS]
    episodes = family(given.tasks)
    page = TEMPLATE.read_text(encoding="utf-8").format(
        tasks=given.tasks,
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        figures="\n".join(f"* `{name}`: {about}" for name, about in FIGURES.items()),
        table=table(run_bench([*plain, SMALL], agents, given.tasks, measure="nothing"), COLUMNS),
        pressed=table(run_bench(pressed, agents[:2], given.tasks, measure="nothing"), PRESSED),
        secrets=table(run_bench(SECRETS, [ExpertAgent(), *agents], given.tasks, measure="nothing"), TOLD),
        family=family_table(episodes),
        fixed=fixed_table(episodes),
    )
    given.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
