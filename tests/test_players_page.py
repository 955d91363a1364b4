"""The pages of what the reference players reach: one section is done anew, the others stay, and none is missing."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from scoutgym.envs.registry import WORLDS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def players() -> ModuleType:
    spec = importlib.util.spec_from_file_location("players", ROOT / "benchmarks" / "players.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["players"] = importlib.util.module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_one_section_is_done_anew_and_the_others_stay(
    players: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(players.PAGES, "games", replace(players.PAGES["games"], tasks={"Number-1000-v0": 0, "*": 2}))
    page = tmp_path / "games.md"
    page.write_text(
        "# Before\n\n## scoutgym/Wordle-v0\n\nkept\n\n## scoutgym/Number-v0\n\nbefore\n\n## scoutgym/A-v0\n\nbefore\n"
    )
    players.main(["games", "--only", "scoutgym/Number-v0", "--folder", str(tmp_path)])
    told = page.read_text()
    assert told.startswith("# The games")
    assert "before\n" not in told
    assert told.index("## scoutgym/Number-v0") < told.index("## scoutgym/Wordle-v0\n\nkept\n")
    assert "| `scoutgym/Number-7-v0` | 7 | 2 | random | " in told
    assert "Played: 4 of the 5 that can be played here." in told
    with pytest.raises(SystemExit):
        players.main(["games", "--only", "scoutgym/Nomber-v0", "--folder", str(tmp_path)])


def test_players_stand_beside_each_other(players: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(players.PAGES, "outside", replace(players.PAGES["outside"], tasks={"NoisyTV-4*": 3}))
    players.main(["outside", "--only", "scoutgym/NoisyTV-v0", "--folder", str(tmp_path)])
    rows = [line.split("|")[1:-1] for line in (tmp_path / "outside.md").read_text().splitlines() if "|" in line]
    assert [cell.strip() for cell in rows[0]] == ["id", "tasks", "", "random", "expert", "solver"]
    success, watched = rows[2:]
    assert [cell.strip() for cell in success[:3]] == ["`scoutgym/NoisyTV-4-v0`", "3", "success, turns"]
    assert success[5].strip() == "1.000 [0.439, 1.000], 4.0"
    assert watched[2:5:2] == [" watched ", " 0.000 [0.000, 0.000] "]


@pytest.mark.parametrize("name", ["games", "outside"])
def test_the_pages_have_every_environment(players: ModuleType, name: str) -> None:
    page, told = players.PAGES[name], (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    ids = [env_id for kind in WORLDS.values() if kind.spec.family in page.families for env_id in kind.spec.ids]
    missing = [env_id for env_id in ids if players.tasks_of(page, env_id) and f"`{env_id}`" not in told]
    assert missing == [], f"run python benchmarks/players.py {name}"
