"""How fast the web worlds are. Run: python benchmarks/web.py --help

Scripts of tasks and random actions among those that a page offers, with the whole text of the page after every action.
*cold* is with every cache of pages emptied before each episode, *warm* when the same episodes have been played once.
Costs of saving are in mid-episode. Medians and ranges over rounds, in one process and one thread.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import gymnasium
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

import scoutgym
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.world import WebWorld, site_of

RANDOM = 12
"""Actions at random, after those of the script."""


def tape(env: TextEnv, index: int) -> list[str]:
    """Actions that are played in task ``index`` of the training split."""
    env.reset(options={"index": index, "luck": 0})
    world, actions = env.world, list[str]()
    assert isinstance(world, WebWorld)
    for step in env.session.state.script:
        text = env.grammar.format(world.looked_up(env.session.state, step))
        if env.step(text)[2]:
            break  # the end is played at the end
        actions.append(text)
    env.reset(options={"index": index, "luck": 0})
    for text in actions:
        env.step(text)
    chance = Chance(b"benchmark", index)
    for _ in range(RANDOM):
        offered = [text for text in env.actions() or [] if not text.startswith(("send", "report"))]
        text = chance.choice(offered)
        actions.append(text)
        if any(env.step(text)[2:4]):
            break
    return actions


def forget(env: TextEnv) -> None:
    """Empty the caches of pages: of what sites answer, and of what browsers read."""
    assert isinstance(env.world, WebWorld)
    page_of.cache_clear()
    for name in env.world.sites:
        site_of(name).forget()


def played(env: TextEnv, tapes: list[list[str]], cold: bool) -> tuple[float, float]:
    """Steps a second, and milliseconds of a reset."""
    steps, stepping, resetting = 0, 0.0, 0.0
    for index, actions in enumerate(tapes):
        if cold:
            forget(env)
        begun = time.perf_counter()
        env.reset(options={"index": index, "luck": 0})
        resetting += time.perf_counter() - begun
        begun = time.perf_counter()
        for text in actions:
            steps += 1
            if any(env.step(text)[2:4]):
                break
        stepping += time.perf_counter() - begun
    return steps / stepping, 1000 * resetting / len(tapes)


def costs(env: TextEnv, tapes: list[list[str]]) -> dict[str, float]:
    """Microseconds of saving and restoring, in the midst of episodes."""
    spent: dict[str, list[float]] = {"save": [], "restore": [], "snapshot": [], "restore, portable": []}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        done = work()
        spent[name].append(1e6 * (time.perf_counter() - begun))
        return done

    for index, actions in enumerate(tapes):
        env.reset(options={"index": index, "luck": 0})
        for text in actions[: len(actions) // 2]:
            env.step(text)
        handle, record = timed("save", env.save), timed("snapshot", env.snapshot)
        timed("restore", lambda handle=handle: env.restore(handle))
        timed("restore, portable", lambda record=record: env.restore(record))
    return {name: median(values) for name, values in spent.items()}


def main(
    episodes: Annotated[int, typer.Option(help="of each world")] = 40,
    rounds: Annotated[int, typer.Option(help="how often")] = 5,
    backend: Annotated[str, typer.Option(help="dom or chromium")] = "dom",
    out: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Time every web world."""
    console, found = Console(), dict[str, Any]()
    worlds = [env_id for env_id, world in WORLDS.items() if issubclass(world, WebWorld)]
    for env_id in track(worlds, "worlds", console=Console(stderr=True)):
        tapes = [tape(gymnasium.make(env_id, max_turns=1000).unwrapped, index) for index in range(episodes)]
        env = gymnasium.make(env_id, max_turns=1000, backend=backend).unwrapped
        played(env, tapes, cold=False)
        cold, warm = (
            list(zip(*[played(env, tapes, one) for _ in range(rounds)], strict=True)) for one in (True, False)
        )
        found[env_id] = {
            "steps/s, cold": cold[0],
            "steps/s, warm": warm[0],
            "reset ms, cold": cold[1],
            "reset ms, warm": warm[1],
            **{f"{name} us": (value,) for name, value in costs(env, tapes).items()},
        }
        env.close()
    table = Table(title=f"{backend}, {platform.machine()}, Python {platform.python_version()}, {scoutgym.__name__}")
    table.add_column("world")
    for name in next(iter(found.values())):
        table.add_column(name, justify="right")
    for env_id, row in found.items():
        shown = [
            f"{median(v):,.0f} ({min(v):,.0f}-{max(v):,.0f})" if "steps" in name else f"{median(v):.2f}"
            for name, v in row.items()
        ]
        table.add_row(env_id, *shown)
    console.print(table)
    if out is not None:
        out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
