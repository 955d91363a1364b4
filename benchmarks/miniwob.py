"""How fast MiniWoB++ is, beside BrowserGym on the same pages. Run: python benchmarks/miniwob.py --help

A step is a trusted mouse or keyboard event, what the page does about it, and the whole observation; a reset is a new
document. Both do the same actions (a click on nothing, a key, a move of the mouse).

Of ours, the document of the next episode is loaded while the agent thinks, where two episodes in succession are of one
page. So there are three cases: an agent that does not think, whose first step waits for that (which is told apart from
the other steps); one that thinks before each step; and another page for each episode, where nothing is loaded ahead.

BrowserGym is installed into a virtual environment of its own (build/browsergym) and runs in its own process, with the
same Chromium: as it comes, which waits half a second before each observation and slows each command down by 100 ms; and
without either.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import time
import venv
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import gymnasium
import typer
from rich.console import Console
from rich.table import Table

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.web.browser.engine import NAMES, shut
from scoutgym.envs.web.wob.files import folder

PAGES = ("click-button", "click-checkboxes", "enter-text", "login-user", "choose-list", "use-slider", "email-inbox")
ACTIONS = ("mouse_click(150, 200)", "keyboard_press('Tab')", "mouse_move(80, 190)")
OURS = {
    "ScoutGym": (0.0, False),
    "ScoutGym, an agent that thinks 0.1 s": (0.1, False),
    "ScoutGym, another page each time": (0.0, True),
}
"""Seconds of thought before each step, and whether pages take turns."""
RIVALS = {
    "BrowserGym": {},
    "BrowserGym, no delay": {"pre_observation_delay": 0.0},
    "BrowserGym, no delay, no slow_mo": {"pre_observation_delay": 0.0, "slow_mo": 0},
}
Times = dict[str, dict[str, list[float]]]
"""By page and ``reset``, ``first`` (step) or ``step`` (any other), seconds of each."""


def ours(pages: list[str], episodes: int, turns: int, thought: float, mixed: bool) -> Times:
    """Time our own."""
    found: Times = {page: {"reset": [], "first": [], "step": []} for page in pages}
    order = [(page, episode) for page in pages for episode in range(-2, episodes)]  # the first two warm up
    env = gymnasium.make("scoutgym/MiniWoB-v0")
    for page, episode in sorted(order, key=lambda one: one[1]) if mixed else order:
        begun = time.perf_counter()
        env.reset(options={"index": episode + 2, "params": {"task": page, "max_turns": 1000}})
        times = {"reset": [time.perf_counter() - begun], "first": [], "step": []}
        for turn in range(turns):
            time.sleep(thought)
            begun = time.perf_counter()
            over = any(env.step(ACTIONS[turn % len(ACTIONS)])[2:4])
            times["step" if turn else "first"].append(time.perf_counter() - begun)
            if over:
                break
        if episode >= 0:
            for what, seconds in times.items():
                found[page][what] += seconds
    env.close()
    return found


def rival(python: Path, pages: list[str], episodes: int, turns: int, options: dict[str, Any]) -> Times:
    """Time BrowserGym, in its environment."""
    given = {
        "pages": pages,
        "episodes": episodes,
        "actions": [ACTIONS[turn % len(ACTIONS)] for turn in range(turns)],
        "options": options,
        "folder": str(folder()),
        "chromium": next(found for found in map(shutil.which, NAMES) if found),
    }
    script = Path(__file__).with_name("miniwob_browsergym.py")
    done = subprocess.run(
        [python, script, json.dumps(given)],
        env={**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(python.parents[1] / "browsers")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: Times = json.loads(done.stdout.splitlines()[-1])
    return found


def installed(place: Path) -> Path:
    """BrowserGym's interpreter; the first time it is installed."""
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "browsergym-core", "browsergym-miniwob"], check=True)
    return python


def main(
    episodes: Annotated[int, typer.Option(help="of each page")] = 10,
    turns: Annotated[int, typer.Option(help="steps of an episode")] = 12,
    rounds: Annotated[int, typer.Option(help="how often")] = 3,
    page: Annotated[list[str] | None, typer.Option(help=f"some of the pages; by default {', '.join(PAGES)}")] = None,
    beside: Annotated[bool, typer.Option(help="time BrowserGym too")] = True,
    out: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Time pages side by side, in turns."""
    pages, results = page or list(PAGES), dict[str, list[Times]]()
    python = installed(Path("build/browsergym")) if beside else None
    for _ in range(rounds):
        for name, case in OURS.items():
            results.setdefault(name, []).append(ours(pages, episodes, turns, *case))
            shut()
        for name, options in RIVALS.items() if python is not None else ():
            few = max(1, episodes // 10)  # they are slow
            results.setdefault(name, []).append(rival(python, pages, few, turns, options))
    table = Table(title=f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    for column in ("", "steps/s", "range over rounds and pages", "reset ms", "range", "first step ms"):
        table.add_column(column, justify="right" if column else "left")
    for name, runs in results.items():
        pages_of = [times for run in runs for times in run.values()]
        speeds = [1 / median(times["step"]) for times in pages_of if times["step"]]  # some end with their first step
        resets = [1000 * median(times["reset"]) for times in pages_of]
        firsts = [1000 * median(times["first"]) for times in pages_of if times["first"]]
        table.add_row(
            name,
            f"{median(speeds):.1f}",
            f"{min(speeds):.1f}-{max(speeds):.1f}",
            f"{median(resets):.0f}",
            f"{min(resets):.0f}-{max(resets):.0f}",
            f"{median(firsts):.0f}",
        )
    Console().print(table)
    if out is not None:
        out.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
