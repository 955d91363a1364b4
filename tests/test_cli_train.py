"""`scoutgym train`, `--resume` and `report`, with a model that is far too small to learn anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_tools import OWN, complaint, process


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's own world, as the current directory."""
    (tmp_path / "doors.py").write_text(OWN.replace("NEEDS", "{}"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


TINY = """
name: tiny
seed: 1
threads: 1
model: {width: 16, layers: 1, heads: 2, context: 128}
envs: {number: scoutgym/Number-7-v0, doors: "doors:mine/Doors-v0"}
demonstrations: {episodes: 40, random: 1.0, noisy: 0.0, expert: 0.0}
sft: {steps: 4, tokens: 256}
rollout: {iterations: 2, groups: 2, size: 2}
eval: {episodes: 4, dev_episodes: 2, temperatures: [1.0]}
log: {checkpoint: 1}
"""


@pytest.mark.llm
@pytest.mark.slow
@pytest.mark.ci
def test_train_resume_bench_and_report(own: Path) -> None:
    (own / "tiny.yaml").write_text(TINY.replace(', doors: "doors:mine/Doors-v0"', ""))
    done = process("train", "tiny.yaml", "rollout.iterations=1", cwd=own)
    assert done.returncode == 0, done.stderr
    folder = own / "runs" / "tiny"
    assert done.stdout.splitlines()[-1] == "report: runs/tiny/report.html"
    assert (folder / "report.html").is_file()
    assert set(json.loads((folder / "summary.json").read_text())["groups"]) == {"number"}
    shutil.rmtree(folder / "checkpoints" / "rl-00001")
    before = (folder / "summary.json").read_text()
    (folder / "summary.json").unlink()
    done = process("train", "--resume", "runs/tiny", cwd=own)
    assert done.returncode == 0, done.stderr
    again = json.loads((folder / "summary.json").read_text())
    assert again["groups"] == json.loads(before)["groups"]  # to the same bits
    rows = json.loads(
        process(
            "bench", "--envs", "scoutgym/Number-7-v0", "--agents", "random,run:runs/tiny", "-n", "3", "--json", cwd=own
        ).stdout
    )
    assert [row["agent"] for row in rows] == ["random", "run:tiny"]
    done = process("report", "runs/tiny", "runs/tiny", "--out", "both.html", cwd=own)
    assert done.stdout == "report: both.html\n"
    assert "<html" in (own / "both.html").read_text()[:1000]


@pytest.mark.llm
@pytest.mark.slow
@pytest.mark.ci
def test_train_takes_a_world_of_ones_own(own: Path) -> None:
    text = (own / "doors.py").read_text().replace("hidden=True", 'expert="heuristic"')
    (own / "doors.py").write_text(
        text.replace("def known", "def expert(self, history, chance):\n        return 'open 1'\n\n    def known")
    )
    (own / "tiny.yaml").write_text(TINY.replace("number: scoutgym/Number-7-v0, ", ""))
    done = process("train", "tiny.yaml", "envs.number=scoutgym/Number-7-v0", "demonstrations.random=1", cwd=own)
    assert done.returncode == 0, done.stderr
    assert set(json.loads((own / "runs" / "tiny" / "summary.json").read_text())["groups"]) == {"doors", "number"}


@pytest.mark.llm
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("tiny.yaml", "optim.lrr=1"), ["unknown key 'optim.lrr'", "did you mean 'lr'"]),
        (("tiny.yaml", "optmi.lr=1"), ["unknown key 'optmi'", "did you mean 'optim'"]),
        (("tiny.yaml", "optim.lr=fast"), ["optim.lr"]),
        (("tiny.yaml", "optim.lr"), ["key=value"]),
        (("tiny.yaml", "envs.number=scoutgym/Nmber-v0"), ["did you mean 'scoutgym/Number-v0'"]),
        (("tiny.yaml", "curriculum.name=sek"), ["did you mean 'sec'"]),
        (("torn.yaml",), ["torn.yaml is not YAML"]),
        (("tiny.yml",), ["tiny.yml"]),
        (("--resume", "."), ["no run folder"]),
        (("--resume", "runs/nowhere"), ["no run folder"]),
    ],
)
def test_a_mistake_in_a_configuration_is_one_line(args: tuple[str, ...], words: list[str], own: Path) -> None:
    (own / "tiny.yaml").write_text(TINY)
    (own / "torn.yaml").write_text("envs: [")
    line = complaint("train", *args)
    for word in words:
        assert word in line
    assert not (own / "runs").exists()


def test_a_report_of_what_is_no_run_is_one_line(tmp_path: Path) -> None:
    assert "no run folder" in complaint("report", str(tmp_path))
    assert "nowhere" in complaint("report", str(tmp_path / "nowhere"))
    assert "RUN" in complaint("report")
