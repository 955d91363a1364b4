"""``scoutgym train``: train what a configuration says, or go on with a run that was stopped."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from scoutgym.cli.common import find_one, here


def train(
    config: Annotated[Path | None, typer.Argument(metavar="CONFIG", help="A YAML file; examples/ has some.")] = None,
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="Changed keys, such as optim.lr=3e-4 seed=1.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option(help="Let this chat model judge, as in openai:MODEL: the same as judge.model=…")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with this run folder instead.")] = None,
    from_scratch: Annotated[
        bool,
        typer.Option("--from-scratch", help="Make the start that model.path names (builtin:…) anew, and use that."),
    ] = False,
) -> None:
    """Train a language model on worlds, and write its run folder and report."""
    if (config is None) == (resume is None):
        raise ValueError("give either a configuration, as in examples/one_game.yaml, or --resume and a run folder")
    if judge and resume is not None:
        raise ValueError("a run goes on with the judge that it began with: leave --judge out")
    if from_scratch and resume is not None:
        raise ValueError("a run goes on with the start that it began with: leave --from-scratch out")
    here()
    from scoutgym.agents import training
    from scoutgym.report import write_report

    if resume is not None:
        folder, work = resume, partial(training.resume, resume)
    else:
        assert config is not None
        settings = training.load_config(config, [*(changes or []), *([f"judge.model={judge}"] if judge else [])])
        for env in settings.envs.values():
            find_one(env.id)  # its errors name the nearest id in full
        folder, work = Path(settings.log.folder) / settings.name, partial(training.train, settings, from_scratch)
    try:
        run = work()
    except KeyboardInterrupt:
        print(f"\nTo go on: scoutgym train --resume {folder}", file=sys.stderr)
        raise
    if training.processes.first():
        print(f"report: {write_report([run])}")
