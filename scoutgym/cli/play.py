"""``scoutgym play``: a person at the terminal, with boards, hints, unlimited undo, and the number of bits still open.

Actions are what an agent would write; lines that begin with a colon are commands. It also reads lines from a pipe,
shows them as if they had been typed, and ends where they end.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import gymnasium
import typer

from scoutgym.cli.common import find_one, output
from scoutgym.envs.names import known_ids
from scoutgym.envs.registry import check_params


def play(
    env_id: Annotated[
        str, typer.Argument(metavar="ID", help="An id, for example scoutgym/Minesweeper-v0, or module:id.")
    ],
    seed: Annotated[int | None, typer.Option(help="The same seed brings the same task and luck.")] = None,
    split: Annotated[str, typer.Option(help="Where the task comes from: train, dev, test.")] = "train",
    index: Annotated[int | None, typer.Option(help="Which task of the split, instead of a random one.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("-p", "--param", metavar="NAME=VALUE", help="A parameter of the world.")
    ] = None,
    hints: Annotated[
        bool, typer.Option("--hints", help="Before each move: bits still open, and the expert's move.")
    ] = False,
    backend: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a web world, the browser: dom or chromium.")
    ] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Chromium in a window, to watch it.")] = False,
    screenshots: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for a picture of each step, with chromium.")
    ] = None,
) -> None:
    """Play a world yourself."""
    from scoutgym.cli.game import Game  # as late as here, so that `scoutgym --help` is quick
    from scoutgym.cli.terminal import Lines
    from scoutgym.wrappers.core import world_env

    name = find_one(env_id)
    world, preset = known_ids()[name]
    given = dict(map(_assignment, param or []))
    given |= {"backend": backend} if backend else {}
    given |= {"backend": "chromium", "window": True} if headed else {}
    if headed and backend == "dom":
        raise ValueError("--headed is of chromium: the dom back end shows nothing")
    check_params(world, {**(world.spec.presets[preset] if preset else {}), **given})
    console = output()
    env = world_env(gymnasium.make(name, **given))
    if screenshots is not None and not env.world.pictures:
        raise ValueError(f"{name} has no pictures for --screenshots; web worlds have, with --backend chromium")
    Game(env, Lines(console, sys.stdin), console, env.params, split, index, seed, hints, screenshots).run()


def _assignment(text: str) -> tuple[str, Any]:
    """``name=value``, the value read as YAML reads it: 3 is a number, true a truth value."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ValueError(f"-p {text!r} is no parameter: write -p name=value")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError:
        raise ValueError(f"-p {text!r}: {value!r} is no value; put it in quotes if it is text") from None
