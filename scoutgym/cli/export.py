"""``scoutgym export``: what a run played, for other trainers and for tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SUFFIX = {"parquet": ".parquet"}


def export(
    source: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or what `scoutgym collect` wrote.")],
    to: Annotated[str, typer.Option(help="messages, trl-sft, trl-dpo or parquet.")] = "messages",
    out: Annotated[Path | None, typer.Option(help="Where to write; by default RUN/export/<format>.")] = None,
) -> None:
    """Write a run's training episodes as conversations, supervised rows, preference pairs or a table."""
    from scoutgym.agents.training import export as formats

    episodes, wrote = formats.read_episodes(source), formats.writing(source)
    if out is None:
        folder = source / "export" if source.is_dir() else source.parent
        stem = to if source.is_dir() else f"{source.stem}-{to}"
        folder.mkdir(exist_ok=True)
        out = folder / f"{stem}{SUFFIX.get(to, '.jsonl')}"
    elif not out.parent.is_dir():
        raise FileNotFoundError(f"{out}: there is no folder {out.parent}")
    print(f"{out}: {formats.export(episodes, to, out, wrote)} rows of {len(episodes)} episodes")
