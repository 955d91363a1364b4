"""Write ``levels.json``: every level that the installed minihack registers, with its limit and its commands.

    python -m scoutgym.envs.minihack.make_levels

ScoutGym registers its ids from that file, so `import scoutgym` needs no minihack; a test compares the two.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("levels.json")

FULL = "all"
"""Stands for the whole keyboard."""


def levels() -> dict[str, dict[str, Any]]:
    """By name: the engine's id, the most moves, the commands beside walking, and what the level needs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gymnasium
        import minihack  # noqa: F401 (registers the levels)

    found = {}
    for engine_id in sorted(name for name in gymnasium.registry if name.startswith("MiniHack-")):
        name = re.sub(r"^MiniHack-|-v\d+$", "", engine_id)
        found[name] = {"id": engine_id, **_facts(name, engine_id)}
    return found


def _facts(name: str, engine_id: str) -> dict[str, Any]:
    from minihack import LevelGenerator

    from scoutgym.envs.minihack.engine.game import build

    if name.startswith("Boxoban"):  # its maps are a download: these are its constructor's defaults
        return {"limit": 400, "commands": [], "needs": "boxoban"}
    if name.endswith("-Custom"):
        env = build(engine_id, LevelGenerator(w=5, h=5).get_des())
        return {"limit": env._max_episode_steps, "commands": _commands(env), "needs": "des"}
    env = build(engine_id)
    facts = {"limit": env._max_episode_steps, "commands": _commands(env)}
    if hasattr(env, "minigrid_env"):
        facts["needs"] = "minigrid"
    env.close()
    return facts


def _commands(env: Any) -> str | list[str]:
    names = [action.name for action in env.actions if type(action).__name__ == "Command"]
    return FULL if len(names) > 20 else names


if __name__ == "__main__":
    rows = (f"  {json.dumps(name)}: {json.dumps(facts)}" for name, facts in levels().items())
    PATH.write_text("{\n" + ",\n".join(rows) + "\n}\n")
