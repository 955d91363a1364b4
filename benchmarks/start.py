"""Make the demo's start anew and put it into the package. Run: make start, or python benchmarks/start.py [RUN]

Without a run, `examples/start.yaml` is trained first. What is shipped is the model after the warm start, its tokenizer,
the curve of the warm start and its configuration: no optimizer, no adapter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoutgym.agents.training import train
from scoutgym.agents.training.start import pack

HERE = Path(__file__).parent.parent
MOST = 10_000_000
"""Bytes that a start may have."""


def main(run: Annotated[Path | None, typer.Argument(help="a finished run of examples/start.yaml")] = None) -> None:
    """Train the start and ship it."""
    target = HERE / "scoutgym" / "starts" / "games"
    pack(run or train(HERE / "examples" / "start.yaml"), target)
    size = sum(path.stat().st_size for path in target.iterdir())
    if size > MOST:
        raise ValueError(f"{target} has {size} bytes: at most {MOST} may be shipped")
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
