"""``scoutgym judge``: how far a judge can be trusted, before anything is trained on it."""

from __future__ import annotations

import json
import shlex
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.progress import Progress

from scoutgym.cli.common import errors, find, here, output

judge = typer.Typer()


@judge.callback()
def group() -> None:
    """Measure judges against worlds that know the truth."""


@judge.command()
def audit(
    judges: Annotated[
        list[str],
        typer.Argument(
            metavar="JUDGE...",
            help="A chat model as the success judge, as in openai:MODEL, or a YAML file with judges by name.",
        ),
    ],
    envs: Annotated[
        str | None, typer.Option(help="Ids with commas between; each needs an expert. Else games and dialogues.")
    ] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="Tasks of each world, each played in every kind.")] = 50,
    run: Annotated[
        list[Path] | None,
        typer.Option(help="Also the test episodes of this run folder, before and after; may be given again."),
    ] = None,
    attacks: Annotated[int, typer.Option(min=0, help="Failures that each attack is tried on; 0: none.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="An object with one audit a judge.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write a page, its picture and an HTML page, as in audit.md.")
    ] = None,
) -> None:
    """Confusion, precision by difficulty, calibration, injection rate and cost of judges, against the truth.

    A YAML file names judges: `careful: {name: rubric, model: "openai:MODEL", rubric: {The answer is right.: 1}}`.
    """
    from scoutgym.benchmark import audit as auditing
    from scoutgym.report import write_judges
    from scoutgym.wrappers.judges.make import make_judge

    here()
    known = {name: make_judge(record) for given in judges for name, record in _named(given).items()}
    kept = [
        item
        for folder in run or []
        for when in ("before", "after")
        for item in auditing.recorded(folder, when, f"{folder.name} {when}")
    ]
    ids = find([one.strip() for one in envs.split(",")]) if envs else list(auditing.WORLDS)
    with redirect_stdout(sys.stderr), Progress(console=errors(), transient=True) as bars:
        bar = bars.add_task("episodes", total=len(ids))
        items = auditing.build(ids, n, advance=lambda: bars.advance(bar)) + kept
        found = {}
        for name, one in known.items():
            judging = bars.add_task(name, total=len(items))
            found[name] = auditing.audit(one, items, attacks, lambda more, at=judging: bars.advance(at, more))  # type: ignore[misc]  # mypy knows no type of the default
    if as_json:
        print(json.dumps({name: one.to_json() for name, one in found.items()}, indent=1, ensure_ascii=False))
    else:
        auditing.print_audit(found, output())
    if out is not None:
        command = " ".join(["scoutgym judge audit", *map(shlex.quote, _words(judges, envs, n, run, attacks))])
        page = auditing.write_audit(found, out.with_suffix(".md") if out.suffix == ".html" else out, command)
        drawn = write_judges(auditing.page_data(found, command), out.with_suffix(".html"))
        print(f"page: {page}\nreport: {drawn}", file=sys.stderr)


def _named(given: str) -> dict[str, dict[str, Any]]:
    """Judges by name: those of a file, or the success judge of one model."""
    path = Path(given)
    if path.suffix not in (".yaml", ".yml"):
        return {given.rpartition(":")[2]: {"name": "success", "model": given}}
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        raise ValueError(f"{path} is not YAML") from None
    if not isinstance(record, dict) or not all(isinstance(one, dict) for one in record.values()) or not record:
        raise ValueError(f"{path} must hold judges by name, as in `careful: {{name: success, model: openai:MODEL}}`")
    return {str(name): one for name, one in record.items()}


def _words(judges: list[str], envs: str | None, n: int, run: list[Path] | None, attacks: int) -> list[str]:
    """The command line again, for the page that it made."""
    words = [*judges, *(["--envs", envs] if envs else []), "-n", str(n)]
    for folder in run or []:
        words += ["--run", str(folder)]
    return [*words, "--attacks", str(attacks)]
