"""How fast the web worlds are. Run: python benchmarks/web.py --help

Scripts of tasks and random actions among those that a page offers, with the whole text of the page after every action.
*cold* is with every cache of pages, their parts and rows emptied before each episode (what is known of single start
tags and dates stays), *warm* when the same episodes have been played once; *mixed* plays an episode of each world in
turn. Costs of saving are in mid-episode, one of each episode, and of snapshots also after every step: the median, and
the lowest and highest tenth. All else are medians and ranges over rounds, in one process and one thread; seconds are of
the processor for ``dom``, of the wall for ``chromium``, which plays fewer episodes. *pages/s* compares with how
WebShop's text environment reads a page, for which BeautifulSoup must be installed.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any, NamedTuple
from unittest.mock import patch

import gymnasium
import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

try:
    from bs4 import BeautifulSoup, Doctype
except ImportError:
    raise SystemExit("benchmarks/web.py: the rival needs BeautifulSoup: pip install beautifulsoup4") from None

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser import page
from scoutgym.envs.web.browser.page import Page
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Request, Response, Site
from scoutgym.envs.web.world import WebWorld, site_of

SITES = tuple(f"scoutgym/Web{name}-v0" for name in ("Store", "Forum", "Tracker", "Travel", "Office"))

RANDOM = 12
"""Actions at random, after those of the script."""

Figures = dict[str, Sequence[float]]
"""What was measured, in every round; or a median between its tenths."""


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
    page.forget()
    for name in env.world.sites:
        site_of(name).forget()


class Played(NamedTuple):
    """An episode that is played again and again."""

    env: TextEnv
    index: int
    actions: list[str]


def played(episodes: Sequence[Played], clock: Callable[[], float], cold: bool) -> tuple[float, float]:
    """Steps a second, and milliseconds of a reset."""
    steps, stepping, resetting = 0, 0.0, 0.0
    for env, index, actions in episodes:
        if cold:
            forget(env)
        begun = clock()
        env.reset(options={"index": index, "luck": 0})
        resetting += clock() - begun
        begun = clock()
        for text in actions:
            steps += 1
            if any(env.step(text)[2:4]):
                break
        stepping += clock() - begun
    return steps / stepping, 1000 * resetting / len(episodes)


def speeds(episodes: Sequence[Played], clock: Callable[[], float], rounds: int) -> Figures:
    """Of cold and of warm episodes."""
    found: Figures = {}
    for cold, called in ((True, "cold"), (False, "warm")):
        if not cold:
            played(episodes, clock, cold)
        steps, resets = zip(*(played(episodes, clock, cold) for _ in range(rounds)), strict=True)
        found |= {f"steps/s, {called}": steps, f"reset ms, {called}": resets}
    return found


def costs(episodes: Sequence[Played], clock: Callable[[], float]) -> Figures:
    """Microseconds of saving and restoring: in mid-episode, and of a snapshot after every step until there."""
    spent: dict[str, list[float]] = {
        "save": [],
        "restore": [],
        "snapshot": [],
        "snapshot each step": [],
        "restore a snapshot": [],
    }

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = clock()
        done = work()
        spent[name].append(1e6 * (clock() - begun))
        return done

    for env, index, actions in episodes:
        env.reset(options={"index": index, "luck": 0})
        for text in actions[: len(actions) // 2]:
            env.step(text)
        record, handle = timed("snapshot", env.snapshot), timed("save", env.save)
        timed("restore", lambda env=env, handle=handle: env.restore(handle))
        timed("restore a snapshot", lambda env=env, record=record: env.restore(record))
    for env, index, actions in episodes:
        env.reset(options={"index": index, "luck": 0})
        for text in actions[: len(actions) // 2]:
            env.step(text)
            timed("snapshot each step", env.snapshot)
    return {f"{name} us": tuple(np.quantile(values, [0.1, 0.5, 0.9])) for name, values in spent.items()}


def pages(episodes: Sequence[Played], clock: Callable[[], float]) -> Figures:
    """Pages a second, rendered and read from nothing: our way, and as WebShop's text environment reads its pages.

    That one (Yao et al. 2022, `web_agent_site/envs/web_agent_text_env.py`) parses a page with BeautifulSoup for its
    visible text and again for what can be clicked; it renders in process, as we do.
    """
    asked: list[tuple[Site, Database, Request]] = []
    answer = Site.answer

    def noted(site: Site, database: Database, request: Request) -> Response:
        asked.append((site, database.copy(), request))
        return answer(site, database, request)

    forget(episodes[0].env)
    with patch.object(Site, "answer", noted):
        for env, index, actions in episodes:
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
            begun = clock()
            read(site._answered(fresh, request).body)
            spent += clock() - begun
        return len(shown) / spent

    return {
        "pages/s, ours": [speed(lambda html: Page(html).text({})) for _ in range(3)],
        "pages/s, WebShop's way": [speed(as_webshop) for _ in range(3)],
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
    return f"{middle} ({low}–{high})"


def tables(found: dict[str, Figures]) -> Iterator[Table]:
    """The figures of every world, a row each, a few columns in a table."""
    names = list(next(iter(found.values())))
    for some in batched(names, 3):
        shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for name in ("", *some):
            shown.add_column(name, justify="right" if name else "left")
        for world, row in found.items():
            if some[0] in row:
                shown.add_row(world, *(spread(row[name]) if name in row else "" for name in some))
        yield shown


def batched(names: Sequence[str], size: int) -> list[Sequence[str]]:
    """In parts of at most that size."""
    return [names[place : place + size] for place in range(0, len(names), size)]


def timed_worlds(tapes: Mapping[str, Sequence[list[str]]], backend: str, rounds: int) -> dict[str, Figures]:
    """Play the tapes of every world, and of all in turn."""
    clock = time.process_time if backend == "dom" else time.perf_counter
    found, all_played = dict[str, Figures](), list[list[Played]]()
    for env_id, actions in track(tapes.items(), backend, console=Console(stderr=True)):
        env = gymnasium.make(env_id, max_turns=1000, backend=backend).unwrapped
        mine = [Played(env, index, some) for index, some in enumerate(actions)]
        all_played.append(mine)
        played(mine, clock, cold=False)
        name = env_id.removeprefix("scoutgym/Web").removesuffix("-v0")
        found[name] = {
            **speeds(mine, clock, rounds),
            **costs(mine, clock),
            **(pages(mine, clock) if backend == "dom" else {}),
        }
    found["mixed"] = speeds([one for turn in zip(*all_played, strict=True) for one in turn], clock, rounds)
    for mine in all_played:
        mine[0].env.close()
    return found


def main(
    episodes: Annotated[int, typer.Option(help="of each world")] = 40,
    rounds: Annotated[int, typer.Option(help="how often", min=2)] = 5,
    chromium: Annotated[int, typer.Option(help="episodes of each world in Chromium too")] = 3,
    out: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Time every web world, in both browsers."""
    console, found = Console(), dict[str, dict[str, Figures]]()
    tapes = {
        env_id: [tape(gymnasium.make(env_id, max_turns=1000).unwrapped, index) for index in range(episodes)]
        for env_id in SITES
    }
    found["dom"] = timed_worlds(tapes, "dom", rounds)
    if chromium:
        found["chromium"] = timed_worlds({key: some[:chromium] for key, some in tapes.items()}, "chromium", rounds)
    if out is not None:
        out.write_text(json.dumps(found, indent=1, default=float), encoding="utf-8")
    for backend, worlds in found.items():
        seconds = "of the processor" if backend == "dom" else "of the wall"
        console.print(f"{backend}, {platform.machine()}, Python {platform.python_version()}, seconds {seconds}")
        console.print(*tables(worlds))


if __name__ == "__main__":
    typer.run(main)
