"""The command line: each command, and what it prints for people and for machines."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import gymnasium
import pytest
from cli_tools import OWN, complaint, process, run

from scoutgym.cli import bench, doctor
from scoutgym.envs.names import known_ids
from scoutgym.envs.registry import WORLDS
from scoutgym.types import Episode


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's own world, as the current directory."""
    (tmp_path / "doors.py").write_text(OWN.replace("NEEDS", "{}"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


# envs


def test_envs_lists_every_world_within_a_hundred_columns() -> None:
    text = run("envs").stdout
    for world in WORLDS.values():
        assert world.spec.id in text
    assert max(map(len, run("envs", "--presets").stdout.splitlines())) <= 100


def test_envs_json_says_what_is_asked_for() -> None:
    listed = json.loads(run("envs", "--json").stdout)
    ids = {entry["id"] for entry in listed}
    registered = {env_id for env_id in gymnasium.registry if env_id.startswith("scoutgym/")}
    assert registered <= ids
    for entry in listed:
        assert {"id", "family", "group", "max_turns", "available", "needs", "about", "params", "paper"} <= set(entry)
        assert (entry["max_turns"] or 0) > 0 or not entry["available"]
        assert entry["available"] is (entry["unavailable"] is None)
        assert not (entry["available"] and entry["needs"])
        assert entry["available"] or WORLDS[entry["preset_of"] or entry["id"]].spec.needs
        assert {"success", "invalid"} <= set(entry["rewards"])
        assert all({"name", "type", "default", "description"} == set(param) for param in entry["params"])
    by_id = {entry["id"]: entry for entry in listed}
    seven = by_id["scoutgym/Number-7-v0"]
    assert seven["preset_of"] == "scoutgym/Number-v0"
    assert {param["name"]: param["default"] for param in seven["params"]} == {"high": 7, "max_turns": 3}
    assert seven["max_turns"] == 3
    assert "scoutgym/Number-7-v0" in by_id["scoutgym/Number-v0"]["presets"]


def test_envs_filters() -> None:
    def ids(*args: str) -> list[str]:
        return [entry["id"] for entry in json.loads(run("envs", "--json", *args).stdout)]

    assert ids("scoutgym/Number-*") == [env_id for env_id in ids() if "/Number-" in env_id]
    assert ids("--group", "number", "--no-presets") == ["scoutgym/Number-v0"]
    assert set(ids("--family", "games")) == {
        env_id for env_id, (world, _) in known_ids().items() if world.spec.family == "games"
    }
    assert ids("scoutgym/Number-7-v0", "--group", "kuhn") == []


def test_envs_says_what_a_world_needs(tmp_path: Path) -> None:
    (tmp_path / "doors.py").write_text(
        OWN.replace("NEEDS", '{"no_such_module": "doors"}').replace("Doors-v0", "Shut-v0")
    )
    done = process("envs", "doors:mine/Shut-v0", "--json", cwd=tmp_path)
    (entry,) = json.loads(done.stdout)
    assert entry["available"] is False
    assert entry["needs"] == ["pip install 'scoutgym[doors]'"]
    done = process("play", "doors:mine/Shut-v0", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip() == "error: mine/Shut-v0 needs no_such_module: pip install 'scoutgym[doors]'"
    done = process(
        "bench", "--envs", "doors:mine/*,scoutgym/Number-7-v0", "--agents", "random", "-n", "2", "--json", cwd=tmp_path
    )
    assert "mine/Shut-v0 is left out: it needs no_such_module" in done.stderr
    assert {row["env"] for row in json.loads(done.stdout)} == {"scoutgym/Number-7-v0"}


# check


def test_check_passes_and_says_what_each_check_proves() -> None:
    text = run("check", "scoutgym/Number-7-v0").stdout
    assert "✗" not in text
    assert re.search(r"(\d+) of \1 passed", text)
    (record,) = json.loads(run("check", "scoutgym/Number-7-v0", "--json").stdout)
    assert record["ok"] is True
    assert {check["check"] for check in record["checks"]} >= {"determinism", "saving", "fuzz"}


def test_check_of_a_broken_world_ends_in_one(own: Path) -> None:
    (own / "leaky.py").write_text(
        OWN.replace("NEEDS", "{}")
        .replace("Doors", "Leaky")
        .replace('"Find the door."', 'f"Find door {state.secret}."')
        .replace(
            "def known",
            "def resample(self, state, role, chance):\n        return DoorState(state.secret % 3 + 1)\n\n    def known",
        )
    )
    result = run("check", "leaky:mine/Leaky-v0", "--json", code=1)
    (record,) = json.loads(result.stdout)
    assert record["ok"] is False
    assert "secret" in " ".join(check["problem"] or "" for check in record["checks"] if check["check"] == "twins")
    assert "✗" in run("check", "leaky:mine/Leaky-v0", code=1).stdout


def test_check_needs_ids_or_all() -> None:
    assert "--all" in complaint("check")
    assert "--all" in complaint("check", "scoutgym/Number-v0", "--all")


# collect


def test_collect_writes_episodes(tmp_path: Path) -> None:
    out = tmp_path / "demos.jsonl"
    result = run("collect", "scoutgym/Number-7-v0", "scoutgym/Mastermind-2x3-v0", "-n", "5", "--out", str(out))
    assert "10 episodes of expert (success 1.00" in result.stdout
    episodes = [Episode.from_json(json.loads(line)) for line in out.read_text().splitlines()]
    assert [episode.task.env_id for episode in episodes].count("scoutgym/Number-v0") == 5
    assert {episode.task.index for episode in episodes} == set(range(5))
    assert all(episode.success and episode.task.split == "train" for episode in episodes)
    before = out.read_text()
    run("collect", "scoutgym/Number-7-v0", "scoutgym/Mastermind-2x3-v0", "-n", "5", "--out", str(out))
    assert out.read_text() == before


def test_collect_knows_a_noisy_expert(tmp_path: Path) -> None:
    def actions(agent: str) -> list[str]:
        out = tmp_path / f"{agent}.jsonl"
        run("collect", "scoutgym/Number-63-v0", "-n", "20", "--agent", agent, "--out", str(out))
        return [turn["action"] for line in out.read_text().splitlines() for turn in json.loads(line)["turns"]]

    assert actions("expert-0") == actions("expert")
    assert actions("expert-0.3") != actions("expert")
    assert "between 0 and 1" in complaint("collect", "scoutgym/Number-v0", "--agent", "expert-3", "--out", "x.jsonl")


def test_collect_leaves_nothing_where_it_fails(tmp_path: Path) -> None:
    out = tmp_path / "demos.jsonl"
    out.write_text("kept")
    complaint("collect", "scoutgym/Number-v0", "--split", "tets", "--out", str(out))
    complaint("collect", "scoutgym/Number-v0", "--agent", "exprt", "--out", str(out))
    assert out.read_text() == "kept"
    assert "no folder" in complaint("collect", "scoutgym/Number-v0", "--out", str(tmp_path / "no" / "x.jsonl"))
    assert list(tmp_path.iterdir()) == [out]


def test_collect_refuses_a_world_without_expert(own: Path) -> None:
    message = complaint("collect", "doors:mine/Doors-v0", "--out", "x.jsonl")
    assert "mine/Doors-v0 has no expert" in message
    assert "--agent" in message


# bench


def test_bench_json_is_all_that_standard_output_has() -> None:
    result = run(
        "bench",
        "--envs",
        "scoutgym/Number-7-v0,scoutgym/Mastermind-2x3-v0",
        "--agents",
        "random,expert",
        "-n",
        "6",
        "-k",
        "2",
        "--json",
    )
    rows = json.loads(result.stdout)
    assert [(row["env"], row["agent"]) for row in rows] == [
        (env, agent) for env in ("scoutgym/Number-7-v0", "scoutgym/Mastermind-2x3-v0") for agent in ("random", "expert")
    ]
    for row in rows:
        assert {"env", "agent", "episodes", "success", "ci", "return", "turns", "figures"} <= set(row)
        assert row["episodes"] == 12
    assert rows[1]["success"] == 1.0


def test_bench_prints_a_table_and_seals_a_split_with_a_salt() -> None:
    text = run(
        "bench", "--envs", "scoutgym/Number-15-v0", "--agents", "random,expert", "-n", "5", "--salt", "pepper"
    ).stdout
    assert "Number-15-v0" in text
    assert "sealed:pepper" in text
    assert "--salt" in complaint("bench", "--envs", "scoutgym/Number-7-v0", "--salt", "x", "--split", "dev")


def test_bench_measures_as_much_as_is_asked_for() -> None:
    base = ("bench", "--envs", "scoutgym/Number-7-v0", "--agents", "expert", "-n", "4", "--json", "--measure")
    nothing, everything = (json.loads(run(*base, how).stdout)[0]["figures"] for how in ("nothing", "everything"))
    assert "bits_per_turn" in everything
    assert "bits_per_turn" not in nothing
    assert "nothing" in complaint(*base, "evrything")
    assert bench.Measure("bits") == "bits"


def test_bench_writes_a_page(tmp_path: Path) -> None:
    out = tmp_path / "bench.html"
    result = run(
        "bench", "--envs", "scoutgym/Number-7-v0", "--agents", "random,expert", "-n", "4", "--json", "--out", str(out)
    )
    assert json.loads(result.stdout)
    assert "<html" in out.read_text()[:1000].lower()
    result = run("bench", "--envs", "scoutgym/Number-7-v0", "-n", "2", "--out", str(tmp_path), code=2)
    assert "Number-7-v0" in result.stdout  # what was measured is not lost
    assert "is a folder" in result.stderr.splitlines()[-1]


# A world of one's own


def test_a_world_of_ones_own_is_taken_everywhere(own: Path) -> None:
    env_id = "doors:mine/Doors-v0"
    assert json.loads(run("envs", env_id, "--json").stdout)[0]["group"] == "doors"
    assert [entry["id"] for entry in json.loads(run("envs", "doors:*", "--json").stdout)] == ["mine/Doors-v0"]
    assert "passed" in run("check", env_id).stdout
    rows = json.loads(run("bench", "--envs", env_id, "--agents", "random", "-n", "5", "--json").stdout)
    assert rows[0]["env"] == "mine/Doors-v0"
    run("collect", env_id, "--agent", "random", "-n", "3", "--out", "doors.jsonl")
    assert len((own / "doors.jsonl").read_text().splitlines()) == 3
    done = process("play", env_id, "--seed", "1", cwd=own, input="open 1\nopen 2\nopen 3\n")
    assert done.returncode == 0
    assert "✔ Success" in done.stdout


def test_a_module_that_cannot_be_imported_is_named(own: Path) -> None:
    (own / "torn_module.py").write_text("def (")
    assert "'torn_module' cannot be imported: SyntaxError" in complaint("envs", "torn_module:mine/X-v0")
    assert "no module 'dors'" in complaint("envs", "dors:mine/Doors-v0")
    assert "did you mean 'mine/Doors-v0'" in complaint("check", "doors:mine/Dors-v0")


# doctor


def test_doctor_names_versions_and_what_is_missing() -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert found["ok"] is True
    assert found["versions"]["gymnasium"] == metadata.version("gymnasium")
    assert found["cores"] >= 1
    core, llm = found["parts"][:2]
    assert core["missing"] == []
    assert (llm["commands"] == ["pip install 'scoutgym[llm]'"]) == bool(llm["missing"])
    assert "Python" in run("doctor").stdout


def test_doctor_looks_for_programs_where_worlds_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chess = next(world.spec.id for world in doctor.WORLDS.values() if "chess" in world.spec.needs)

    def lacking() -> list[str]:
        return next(part["missing"] for part in doctor.examine()["parts"] if part["part"] == chess)

    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(doctor, "PATH_OF_GAMES", str(tmp_path))
    assert "stockfish" in lacking()
    (tmp_path / "stockfish").touch(0o755)
    assert "stockfish" not in lacking()


def test_doctor_ends_in_one_only_where_the_core_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.requirements()
    monkeypatch.setattr(doctor, "requirements", lambda: {**real, "llm": {"no-such-package": ">=1"}})
    assert "missing: no-such-package" in run("doctor").stdout
    monkeypatch.setattr(doctor, "requirements", lambda: {**real, "": {"numpy": ">=99"}})
    result = run("doctor", "--json", code=1)
    assert json.loads(result.stdout)["parts"][0]["missing"] == [f"numpy>=99 (there is {metadata.version('numpy')})"]
    monkeypatch.setattr(doctor, "requirements", lambda: real)
    monkeypatch.delitem(gymnasium.registry, "scoutgym/Number-7-v0")
    assert "a world that plays" in run("doctor", code=1).stdout


@pytest.mark.parametrize(
    ("version", "bounds", "fits"),
    [
        ("1.2.0", "<2,>=1.2.0", True),
        ("1.2", ">=1.2.0", True),
        ("1.10", ">=1.9", True),
        ("2.0.0", "<2,>=1.2.0", False),
        ("1.1.9", ">=1.2.0", False),
        ("2.13.0+cpu", ">=2.13", True),
        ("6.0.3", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, bounds: str, fits: bool) -> None:
    assert doctor._fits(version, bounds) is fits


def test_the_requirements_are_those_of_the_package() -> None:
    asked = doctor.requirements()
    assert set(asked[""]) == {"gymnasium", "numpy", "pydantic", "pyyaml", "rich", "typer"}
    assert "torch" in asked["llm"]
    assert doctor.command_for("torch.nn") == "pip install 'scoutgym[llm]'"
    assert doctor.command_for("no_such_module") is None
