"""The pictures of the sites in the README, as Chromium shows where a task begins. Run: python benchmarks/pictures.py"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import gymnasium
import numpy as np
import typer
from PIL import Image
from rich.console import Console
from rich.progress import track

import scoutgym  # noqa: F401 (registers the worlds)

SITES = ("store", "forum", "tracker", "travel", "office")
HEIGHT = 900
"""Pixels, from the top."""
COLORS = 256


def main(
    out: Annotated[Path, typer.Option(help="the folder")] = Path(__file__).parent.parent / "docs" / "sites",
    seed: Annotated[int, typer.Option(help="of the task")] = 1,
) -> None:
    """Take a picture of every site."""
    out.mkdir(parents=True, exist_ok=True)
    for site in track(SITES, "sites", console=Console(stderr=True)):
        env = gymnasium.make(f"scoutgym/Web{site.capitalize()}-v0", backend="chromium", render_mode="rgb_array")
        env.reset(seed=seed)
        page = Image.fromarray(np.asarray(env.render()))
        page.crop((0, 0, page.width, min(page.height, HEIGHT))).quantize(COLORS).save(
            out / f"{site}.png", optimize=True
        )
        env.close()
    print(out)


if __name__ == "__main__":
    typer.run(main)
