"""How fast the web worlds are. Run: python benchmarks/web.py --help

Scripts of tasks and random actions among those that a page offers, with the whole text of the page after every action.
*cold* is with every cache of pages emptied before each episode, *warm* when the same episodes have been played once.
Costs of saving are in mid-episode. Medians and ranges over rounds, in one process and one thread. *pages/s* compares
with how WebShop's text environment reads a page, for which BeautifulSoup must be installed.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any
from unittest.mock import patch

import gymnasium
import typer
from bs4 import BeautifulSoup, Doctype
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.page import Page, page_of
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Request, Response, Site
from scoutgym.envs.web.world import WebWorld, site_of

SITES = tuple(f"scoutgym/Web{name}-v0" for name in ("Store", "Forum", "Tracker", "Travel", "Office"))

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
    """Empty the caches: of first states, of what sites answer, and of what browsers read."""
    assert isinstance(env.world, WebWorld)
    env.world.forget()
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


def pages(env: TextEnv, tapes: list[list[str]]) -> dict[str, tuple[float, ...]]:
    """Pages a second, rendered and read from nothing: our way, and as WebShop's text environment reads its pages.

    That one (Yao et al. 2022, `web_agent_site/envs/web_agent_text_env.py`) parses a page with BeautifulSoup for its
    visible text and again for what can be clicked; it renders in process, as we do.
    """
    asked: list[tuple[Site, Database, Request]] = []
    answer = Site.answer

    def noted(site: Site, database: Database, request: Request) -> Response:
        asked.append((site, database.copy(), request))
        return answer(site, database, request)

    forget(env)
    with patch.object(Site, "answer", noted):
        for index, actions in enumerate(tapes):
            env.reset(options={"index": index, "luck": 0})
            for text in actions:
                if any(env.step(text)[2:4]):
                    break
    shown = [one for one in asked if not one[2].post and not answer(*one).location]

    def speed(read: Callable[[str], object]) -> float:
        spent = 0.0
        for site, database, request in shown:
            fresh = database.copy()
            fresh.execute("SELECT 1 FROM clock")  # open, as in mid-episode
            begun = time.perf_counter()
            read(site._answered(fresh, request).body)
            spent += time.perf_counter() - begun
        return len(shown) / spent

    return {
        "pages/s, ours": tuple(speed(lambda html: Page(html).text({})) for _ in range(3)),
        "pages/s, WebShop's way": tuple(speed(as_webshop) for _ in range(3)),
    }


def as_webshop(html: str) -> tuple[str, list[str]]:
    """The text and the clickable things of a page."""
    texts = BeautifulSoup(html, "html.parser").find_all(string=True)
    hidden = {"style", "script", "head", "title", "meta", "[document]"}
    seen = [text.strip() for text in texts if text.parent.name not in hidden and not isinstance(text, Doctype)]
    soup = BeautifulSoup(html, "html.parser")
    clickable = [one.get_text().lower() for one in soup.find_all(["button", "a"])]
    return " [SEP] ".join(text for text in seen if text), clickable + [one.get("value", "") for one in soup("input")]


def spread(values: Sequence[float]) -> str:
    """The median and the range, in three digits."""
    middle, low, high = (
        f"{value:.3g}" if value < 1000 else f"{value / 1000:.3g}k"
        for value in (median(values), min(values), max(values))
    )
    return middle if len(values) == 1 else rf"{middle} \[{low}, {high}]"


def main(
    episodes: Annotated[int, typer.Option(help="of each world")] = 40,
    rounds: Annotated[int, typer.Option(help="how often")] = 5,
    backend: Annotated[str, typer.Option(help="dom or chromium")] = "dom",
    out: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Time every web world."""
    console, found = Console(), dict[str, Any]()
    for env_id in track(SITES, "worlds", console=Console(stderr=True)):
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
            **(pages(env, tapes) if backend == "dom" else {}),
        }
        env.close()
    title = f"{backend}, {platform.machine()}, Python {platform.python_version()}: median [least, most]"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("")
    for name in found:
        table.add_column(name.removeprefix("scoutgym/Web").removesuffix("-v0"), justify="right", no_wrap=True)
    for name in next(iter(found.values())):
        table.add_row(name, *(spread(row[name]) for row in found.values()))
    console.print(table)
    if out is not None:
        out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
