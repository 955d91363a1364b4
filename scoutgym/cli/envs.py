"""``scoutgym envs``: which worlds there are, and what each is."""

from __future__ import annotations

import json
from dataclasses import asdict
from fnmatch import fnmatchcase
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from scoutgym.cli.common import find, output
from scoutgym.envs.core import World
from scoutgym.envs.names import known_ids
from scoutgym.envs.registry import check_params, missing, unplayable, world_for
from scoutgym.envs.tasks import nearest


def envs(
    pattern: Annotated[
        str | None, typer.Argument(help="An id, a pattern such as 'scoutgym/Word*', or module:id.")
    ] = None,
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    group: Annotated[str | None, typer.Option(help="Only this group.")] = None,
    presets: Annotated[
        bool | None,
        typer.Option("--presets/--no-presets", help="Presets in rows of their own, as with a pattern or --json."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, with parameters and rewards.")] = False,
) -> None:
    """List the worlds."""
    chosen = find([pattern], playable=False) if pattern else list(known_ids())
    known = known_ids()
    for option, wanted in (("family", family), ("group", group)):
        values = sorted({getattr(world.spec, option) for world, _ in known.values()})
        if wanted and not any(fnmatchcase(value, wanted) for value in values):
            raise ValueError(f"there is no {option} {wanted!r}{nearest(wanted, values)}; there are {', '.join(values)}")
        chosen = [
            env_id for env_id in chosen if not wanted or fnmatchcase(getattr(known[env_id][0].spec, option), wanted)
        ]
    apart = presets if presets is not None else bool(pattern or as_json)
    if not apart:
        chosen = [env_id for env_id in chosen if known[env_id][1] is None]
    if as_json:
        print(json.dumps([describe(env_id) for env_id in chosen], indent=1, allow_nan=False, ensure_ascii=False))
    else:
        output().print(_table(chosen, apart))


def describe(env_id: str) -> dict[str, Any]:
    """Everything public of an environment, as JSON values."""
    kind, preset = known_ids()[env_id]
    spec, given = kind.spec, kind.spec.presets[preset] if preset else {}
    lacking, why = missing(kind), unplayable(kind, given)
    filled = check_params(kind, given)
    world = None if why else world_for(kind, given)
    return {
        "id": env_id,
        "family": spec.family,
        "group": spec.group,
        "about": spec.about,
        "max_turns": world.max_turns if world else filled.max_turns or None,  # an absent engine knows its limit
        "available": why is None,
        "unavailable": why,
        "needs": sorted({f"pip install 'scoutgym[{spec.needs[module]}]'" for module in lacking}),
        "hidden": spec.hidden,
        "holdout": spec.holdout,
        "expert": spec.expert,
        "belief": spec.belief,
        "roles": list(spec.roles),
        "limit": spec.limit,
        "copies": spec.copies,
        "rewards": {name: asdict(part) for name, part in (world.parts if world else spec.parts).items()},
        "preset_of": spec.id if preset else None,
        "preset_values": dict(given),
        "presets": {} if preset else {spec.preset_id(name): dict(values) for name, values in spec.presets.items()},
        "params": _params(kind, filled),
        "tasks": dict(kind.counts),
        "paper": spec.paper,
    }


def _params(kind: type[World[Any]], filled: Any) -> list[dict[str, Any]]:
    """Name, type, default and description of each parameter; a preset's values are its defaults."""
    values = filled.model_dump(mode="json")
    found = []
    for name, schema in kind.Params.model_json_schema().get("properties", {}).items():
        about = {"name": name, "type": _type(schema), "default": values.get(name)}
        found.append(about | {"description": schema.get("description", "")})
    return found


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    bounds = [schema.get("minimum"), schema.get("maximum")]
    span = "" if bounds == [None, None] else " " + "..".join("" if bound is None else f"{bound:g}" for bound in bounds)
    return f"{schema.get('type', 'object')}{span}"


def _table(ids: list[str], apart: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True)
    table.add_column("group", no_wrap=True, style="cyan")
    table.add_column("turns", justify="right")
    table.add_column("expert", no_wrap=True)
    table.add_column("belief", no_wrap=True)
    table.add_column("what it is", ratio=1, overflow="fold")
    for env_id in ids:
        row = describe(env_id)
        about = Text(row["about"])
        if row["preset_values"]:
            about = Text(", ".join(f"{name} {value}" for name, value in row["preset_values"].items()), style="dim")
        elif row["presets"] and not apart:
            about.append(f" {len(row['presets'])} preset{'s' if len(row['presets']) > 1 else ''}.", style="dim")
        for need in row["needs"] or ([row["unavailable"]] if row["unavailable"] else []):
            about.append(f"\n{need}", style="yellow")
        table.add_row(
            Text(env_id, style="bold" if row["available"] else "dim"),
            row["group"],
            str(row["max_turns"] or "–"),
            row["expert"] or "–",
            row["belief"] or "–",
            about,
        )
    if not apart:
        table.caption = (
            "Presets are ids of their own: a pattern, as in scoutgym envs '*Maze*', or --presets lists them."
        )
        table.caption_justify = "left"
    return table
