"""What the README and the examples say is run: Python as scripts, ``scoutgym`` lines through the command line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("scoutgym ")
]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(*command: str, cwd: Path = ROOT, stdin: str = "") -> str:
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_readme_has_snippets() -> None:
    assert len(BLOCKS) >= 2
    assert len(COMMANDS) >= 4


def _needed(block: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.web,) if "scoutgym/Web" in block else ()


@pytest.mark.parametrize(
    "block", [pytest.param(one, marks=_needed(one), id=one.strip().splitlines()[-1][:30]) for one in BLOCKS]
)
def test_a_python_block_of_the_readme_runs(block: str, tmp_path: Path) -> None:
    script = tmp_path / "snippet.py"
    script.write_text(block)
    run(sys.executable, str(script), cwd=tmp_path)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(
    "command", [line for line in COMMANDS if line.split()[1] in ("envs", "play", "bench", "doctor")]
)
def test_a_command_of_the_readme_answers(command: str, tmp_path: Path) -> None:
    import shlex

    assert run(sys.executable, "-m", "scoutgym", *shlex.split(command)[1:], cwd=tmp_path, stdin=":quit\n").strip()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(
    "example", [pytest.param(path, marks=_needed(path.read_text()), id=path.name) for path in EXAMPLES]
)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    run(sys.executable, str(example), cwd=tmp_path)


def test_the_example_world_is_within_its_promise() -> None:
    lines = [line for line in (ROOT / "examples" / "own_world.py").read_text().splitlines() if line.strip()]
    assert len(lines) <= 40


def test_every_path_the_readme_names_exists() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
