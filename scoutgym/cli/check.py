"""``scoutgym check ID``: does a world keep the contract? The checks themselves are `scoutgym.check`."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scoutgym.cli.common import errors, find, output
from scoutgym.envs.names import known_ids
from scoutgym.envs.registry import unplayable


def check(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids, patterns, or module:id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every registered world and preset.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects.")] = False,
) -> None:
    """Hold worlds to the contract: determinism, no secret told, saving, beliefs, players, vectors."""
    if bool(ids) == every:
        raise ValueError("give either ids to check, for example scoutgym/Number-v0, or --all")
    known, records = known_ids(), []
    chosen = find(ids or []) if not every else [env_id for env_id in known if not known[env_id][0].spec.outside]
    for env_id in chosen:
        why = unplayable(kind := known[env_id][0], kind.spec.ids[env_id]) if every else None
        record = {"id": env_id, "ok": None, "left_out": why, "checks": []} if why else _check(env_id)
        records.append(record)
        if not as_json:
            _print(record, output())
    if as_json:
        print(json.dumps(records, indent=1, ensure_ascii=False))
    if any(record["ok"] is False for record in records):
        raise typer.Exit(1)


def _check(env_id: str) -> dict[str, Any]:
    from scoutgym.check import check as run_checks

    begin = time.monotonic()
    with errors().status(f"checking {env_id}"):
        findings = run_checks(env_id)
    checks = [{"check": f.check, "about": f.about, "ok": f.problem is None, "problem": f.problem} for f in findings]
    seconds = round(time.monotonic() - begin, 1)
    return {"id": env_id, "ok": all(c["ok"] for c in checks), "seconds": seconds, "left_out": None, "checks": checks}


def _print(record: dict[str, Any], console: Console) -> None:
    """A line a check, and under it what is wrong."""
    checks = record["checks"]
    head = Text(record["id"], style="bold")
    if record["ok"] is None:
        console.print(head.append(f"  left out: {record['left_out']}", style="yellow"))
        return
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column()
    for one in checks:
        about = Text(one["about"], style="dim")
        if one["problem"]:
            about = Text(one["problem"], style="red").append(f"\nIt should be: {one['about']}", style="dim")
        table.add_row("[green]✓[/]" if one["ok"] else "[bold red]✗[/]", one["check"], about)
    passed = sum(one["ok"] for one in checks)
    style = "green" if passed == len(checks) else "bold red"
    console.print(head, table, Text(f"{passed} of {len(checks)} passed in {record['seconds']} s\n", style=style))
