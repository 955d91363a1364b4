"""Write tests/manifest.json, the golden hashes of tasks. Run it when a rule changed on purpose, and bump the version.

python tests/make_manifest.py
"""

from __future__ import annotations

import json
from pathlib import Path

import scoutgym
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.types import Task, digest

PATH = Path(__file__).with_name("manifest.json")
ITEMS = 5


def fingerprint(env_id: str, preset: str | None) -> dict[str, list[str]]:
    """For each split, a hash of what the first items say and hide."""
    kind = WORLDS[env_id]
    world = world_for(kind, kind.spec.presets[preset] if preset else {})
    params = world.given
    rows: dict[str, list[str]] = {}
    for split in ("train", "dev", "test"):
        rows[split] = []
        for index in range(min(ITEMS, world.counts[split])):
            session = Session(world)
            text = session.begin(Task(env_id, split, index, params))
            rows[split].append(digest(text, world.hidden_key(session.state)).hex()[:12])
    return rows


def ids() -> list[tuple[str, str | None]]:
    """Every world of the package that needs no extra, with each of its presets."""
    assert scoutgym
    kinds = [kind for kind in WORLDS.values() if kind.__module__.startswith("scoutgym.") and not kind.spec.needs]
    return [(kind.spec.id, preset) for kind in kinds for preset in (None, *kind.spec.presets)]


if __name__ == "__main__":
    manifest = {f"{env_id} {preset or ''}".strip(): fingerprint(env_id, preset) for env_id, preset in ids()}
    PATH.write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{PATH.name}: {len(manifest)} environments")
