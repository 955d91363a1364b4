"""What is installed: the package list against the tree, the requirements, and a wheel used outside the repository."""

import distutils.core
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = PROJECT["tool"]["setuptools"]["package-dir"]
NOT_DATA = (".py", ".pyc", ".md")


def files() -> dict[str, Path]:
    """Every file of the package: the path when installed (`scoutgym/envs/core.py`) → the path in the tree."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found[f"{package.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"] = path
    return found


def pins(name: str) -> dict[str, str]:
    """A constraints file as name → version."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(package): version for package, version in pairs}


def run(*command: object, cwd: Path, **variables: str) -> str:
    """Standard output of a command that must succeed, with no path to this repository in its environment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))} | variables
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_packages_found_are_the_folders_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    packages = distutils.core.run_setup("setup.py", stop_after="init").packages
    folders = {name.rpartition("/")[0].replace("/", ".") for name in files() if name.endswith(".py")}
    assert sorted(packages) == sorted(folders), "a folder of Python files needs an __init__.py"
    assert len(packages) == len(set(packages))


def test_every_extra_parses_and_names_no_unknown_extra() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    for extra, lines in {"core": PROJECT["project"]["dependencies"], **extras}.items():
        for requirement in map(Requirement, lines):
            if requirement.name == "scoutgym":
                assert requirement.extras <= extras.keys()
            else:
                assert requirement.specifier, f"[{extra}] {requirement} has no bounds"


def test_the_lowest_versions_are_the_bounds_of_the_core() -> None:
    bounds = {}
    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        lowest = [bound.version for bound in requirement.specifier if bound.operator == ">="]
        assert len(lowest) == 1, requirement
        bounds[canonicalize_name(requirement.name)] = lowest[0]
    assert pins("constraints-min.txt") == bounds


def test_the_tested_versions_are_allowed_and_complete() -> None:
    tested = pins("constraints.txt")
    extras = PROJECT["project"]["optional-dependencies"]
    installed = [*PROJECT["project"]["dependencies"], *extras["llm"], *extras["dev"], *extras["test"], *extras["web"]]
    for requirement in map(Requirement, installed):
        if requirement.name not in ("scoutgym", "setuptools"):  # what pip freeze leaves out
            version = tested.get(canonicalize_name(requirement.name))
            assert version, f"constraints.txt holds no version of {requirement.name}"
            assert version in requirement.specifier, f"constraints.txt has {version} for {requirement}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources: nothing that an earlier build left in the repository gets into it."""
    copy = tmp_path_factory.mktemp("sources")
    for folder in FOLDERS.values():
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "THIRD_PARTY.md"):
        shutil.copy(ROOT / name, copy)
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, copy, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel and the core's dependencies, and nothing else."""
    where = tmp_path_factory.mktemp("installed")
    venv.create(where, with_pip=True)
    interpreter = where / "bin" / "python"
    pip = (interpreter, "-m", "pip", "install", "-q")
    run(*pip, "-c", ROOT / "constraints.txt", *PROJECT["project"]["dependencies"], cwd=where)
    run(*pip, "--no-deps", wheel, cwd=where)
    return interpreter


@pytest.mark.slow
@pytest.mark.ci
def test_the_wheel_holds_the_tree_and_its_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {n for n in names if n.startswith("scoutgym/")} == {n for n in files() if not n.endswith(".md")}
    for notice in ("LICENSE", "THIRD_PARTY.md"):
        assert any(name.endswith(f".dist-info/licenses/{notice}") for name in names)


@pytest.mark.slow
@pytest.mark.ci
def test_a_wheel_works_outside_the_repository(python: Path, tmp_path: Path) -> None:
    data = [name for name in files() if not name.endswith(NOT_DATA)]
    assert "scoutgym/py.typed" in data
    code = f"""
import importlib.resources, json, sys
import scoutgym
import gymnasium
root = importlib.resources.files("scoutgym")
print(json.dumps({{
    "file": scoutgym.__file__,
    "heavy": [name for name in ("torch", "transformers", "peft", "matplotlib", "playwright") if name in sys.modules],
    "missing": [name for name in {data!r} if not root.joinpath(name.removeprefix("scoutgym/")).is_file()],
    "ids": [name for name in gymnasium.registry if name.startswith("scoutgym/")],
}}))
"""
    answer = json.loads(run(python, "-c", code, cwd=tmp_path))
    assert Path(answer["file"]).is_relative_to(python.parents[1])
    assert answer["missing"] == []
    assert answer["heavy"] == []
    assert answer["ids"], "import scoutgym registers the worlds"


@pytest.mark.slow
@pytest.mark.ci
def test_the_command_line_of_a_wheel_answers(python: Path, tmp_path: Path) -> None:
    for command in ((python.parent / "scoutgym", "--help"), (python, "-m", "scoutgym", "--help")):
        assert "doctor" in run(*command, cwd=tmp_path)
