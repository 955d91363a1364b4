"""BrowserGym on MiniWoB++ pages, timed for benchmarks/miniwob.py, which starts this in BrowserGym's own environment.

It reads a JSON object from its argument (pages, actions, rounds, episodes, keyword arguments of the environment, the
folder of the pages, and Chromium's path), and prints one: for each page and round, seconds of each reset and each step.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, format, *args):
        """Nothing."""


def main(given):
    """Time it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=given["folder"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["MINIWOB_URL"] = f"http://127.0.0.1:{server.server_port}/miniwob/"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        wanted = Path(playwright.chromium.executable_path)
    if not wanted.exists():  # its chat window starts the Chromium that Playwright would have brought
        wanted.parent.mkdir(parents=True, exist_ok=True)
        wanted.symlink_to(given["chromium"])
    import browsergym.miniwob  # noqa: F401 (registers the pages)
    import gymnasium

    logging.getLogger("browsergym.core.env").setLevel(logging.ERROR)  # it warns of each option at each reset
    from browsergym.core.action.highlevel import HighLevelActionSet

    actions = HighLevelActionSet(["coord", "bid"]).to_python_code
    found = {}
    for page in given["pages"]:
        env = gymnasium.make(
            f"browsergym/miniwob.{page}", disable_env_checker=True, action_mapping=actions, **given["options"]
        )
        found[page] = {"reset": [], "first": [], "step": []}
        for episode in range(given["episodes"]):
            begun = time.perf_counter()
            env.reset(seed=episode)
            found[page]["reset"].append(time.perf_counter() - begun)
            for turn, action in enumerate(given["actions"]):
                begun = time.perf_counter()
                observation, _, terminated, truncated, _ = env.step(action)
                found[page]["step" if turn else "first"].append(time.perf_counter() - begun)
                if observation["last_action_error"]:
                    raise SystemExit(f"{page}: {action}: {observation['last_action_error']}")
                if terminated or truncated:
                    break
        env.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
