"""Step another library's game along a tape of actions; run by ``worlds.py`` with that library's own interpreter.

Reads one JSON object {library, game, tape, settings} a line, answers each with {"steps": n, "seconds": s}. A reset
whenever an episode ends is part of the time, as it is for ours; reading TextArena's observations is not (it would only
add to it).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Step = Callable[[str], bool]
"""Plays one action; says whether the episode is over."""


def gem(game: str, settings: dict[str, Any]) -> tuple[Step, Callable[[], Any]]:
    """GEM's game: its step and its reset."""
    import importlib

    names = {"mastermind": "MastermindEnv", "minesweeper": "MinesweeperEnv", "guess_the_number": "GuessTheNumberEnv"}
    env = getattr(importlib.import_module(f"gem.envs.game_env.{game}"), names[game])(**settings)

    def step(action: str) -> bool:
        _, _, terminated, truncated, _ = env.step(action)
        return bool(terminated or truncated)

    return step, env.reset


def textarena(game: str, settings: dict[str, Any]) -> tuple[Step, Callable[[], Any]]:
    """TextArena's game, raw (without the wrapper that gathers the prompt): its step and its reset."""
    import importlib

    env = getattr(importlib.import_module(f"textarena.envs.{game}.env"), f"{game}Env")(**settings)

    def step(action: str) -> bool:
        done, _ = env.step(action)
        return bool(done)

    return step, lambda: env.reset(num_players=1)


def walk(step: Step, reset: Callable[[], Any], tape: list[str]) -> float:
    """Seconds for the whole tape."""
    reset()
    started = time.perf_counter()
    for action in tape:
        if step(action):
            reset()
    return time.perf_counter() - started


def main() -> None:
    """Answer requests until the input ends."""
    libraries = {"gem": gem, "textarena": textarena}
    for line in sys.stdin:
        request = json.loads(line)
        step, reset = libraries[request["library"]](request["game"], request["settings"])
        seconds = walk(step, reset, request["tape"])
        print(json.dumps({"steps": len(request["tape"]), "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
