"""``scoutgym bench``: agents over worlds, in a table, as JSON and as a page."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scoutgym.cli.common import find, here, output
from scoutgym.envs.registry import WORLDS, unplayable


class Measure(StrEnum):
    """How much of the exploration is measured."""

    nothing = "nothing"
    bits = "bits"
    everything = "everything"


def bench(
    envs: Annotated[
        str | None,
        typer.Option(
            help="Ids, patterns such as 'scoutgym/Word*', or module:id, with commas between; else every world."
        ),
    ] = None,
    agents: Annotated[
        str, typer.Option(help="random, expert, greedy-belief, run:PATH, with commas between.")
    ] = "random,expert",
    n: Annotated[int, typer.Option("-n", min=1, help="Tasks of each world.")] = 100,
    k: Annotated[int, typer.Option("-k", min=1, help="Tries at each task.")] = 1,
    split: Annotated[str, typer.Option(help="train, dev or test.")] = "test",
    salt: Annotated[str | None, typer.Option(help="A secret word: a test split that nobody has seen before.")] = None,
    seed: Annotated[int, typer.Option(help="Of the luck and of the intervals.")] = 0,
    measure: Annotated[
        Measure, typer.Option(help="Gains of the best questions (everything) are slow in some worlds.")
    ] = Measure.everything,
    backend: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of web worlds, the browser: dom or chromium.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, one a world and agent.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a page with plots, for example bench.html.")] = None,
) -> None:
    """Compare agents over worlds on the same tasks."""
    from scoutgym.benchmark import bench_json, page_data, print_table, run_bench

    if salt is not None:
        if split != "test":
            raise ValueError(f"--salt seals the test split: leave --split {split} out")
        split = f"sealed:{salt}"
    here()
    chosen = find(_words(envs)) if envs is not None else [w.spec.id for w in WORLDS.values() if not unplayable(w, {})]
    players = _words(agents)
    with redirect_stdout(sys.stderr):  # the bar, and whatever else says something on the way
        engine = {"backend": backend} if backend else None
        results = run_bench(chosen, players, n, k, split, seed, progress=True, measure=measure.value, engine=engine)
    if as_json:
        print(json.dumps(bench_json(results), indent=1, allow_nan=False, ensure_ascii=False))
    else:
        print_table(results, output())
    if out is not None:
        from scoutgym.report import write_bench

        print(f"page: {write_bench(page_data(results), out)}", file=sys.stderr)


def _words(text: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    return [word for word in words if word]
