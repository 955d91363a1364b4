"""``scoutgym doctor``: what is installed, and what is missing for what, with the command that brings it."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from importlib import metadata, util
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from scoutgym.cli.common import output
from scoutgym.envs.chess.engine.stockfish import PATH_OF_GAMES
from scoutgym.envs.registry import WORLDS, missing
from scoutgym.envs.web.browser.program import HINT, chromium

PACKAGE = "scoutgym"
NAMED = ("gymnasium", "numpy", "torch", "transformers")
PURPOSES = {
    "": "worlds, benchmark, command line",
    "llm": "language models and training",
    "web": "web worlds; Chromium for their backend of that name, and to look at reports in the tests",
    "test": "the tests",
}
"""What an extra is for. The extras of worlds are listed where a registered world needs them."""

PROGRAMS = {
    "scienceworld": ("java", "apt install default-jre-headless"),
    "chess": ("stockfish", "apt install stockfish"),
}
"""Programs that no pip brings, by the module that calls them."""

_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(\[.*?\])?([^;]*)(?:;\s*extra\s*==\s*['\"]([a-z]+)['\"])?$")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One object.")] = False) -> None:
    """Name what is missing for what, and the command that brings it."""
    found = examine()
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _print(found)
    if not found["ok"]:
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """What is here. ``ok`` says whether the core works; a missing extra does not hurt it."""
    parts = [_part(extra, purpose) for extra, purpose in PURPOSES.items()]
    browser = chromium()
    looking = next(part for part in parts if part["extra"] == "web")
    if browser is None:
        looking["missing"].append("chromium")
        looking["commands"].append(HINT)
    parts += _worlds()
    played = _play_one()
    if played is not None:
        parts[0]["missing"].append(played)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "ok": not parts[0]["missing"],
        "scoutgym": _version(PACKAGE),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in NAMED},
        "parts": parts,
        "worlds": len(WORLDS),
        "browser": browser,
        "cores": cores,
        "gpus": _gpus(),
        "folder": os.getcwd(),
        "writable": os.access(os.getcwd(), os.W_OK),
    }


def requirements() -> dict[str, dict[str, str]]:
    """What the package asks for, from its own metadata: versions by name, by extra ("" is the core)."""
    asked: dict[str, dict[str, str]] = {}
    for line in metadata.requires(PACKAGE) or []:
        if (match := _REQUIREMENT.match(line.strip())) and match[1] != PACKAGE:
            asked.setdefault(match[4] or "", {})[match[1]] = match[3].strip()
    return asked


def command_for(module: str) -> str | None:
    """What to type to get a module that one of the extras brings."""
    name = module.partition(".")[0].lower()
    for extra, packages in requirements().items():
        if name in {package.lower().replace("-", "_") for package in packages} and extra:
            return f"pip install '{PACKAGE}[{extra}]'"
    return None


def _part(extra: str, purpose: str) -> dict[str, Any]:
    """What an extra lacks: packages that are not there, or too old or too new."""
    lacking = []
    for name, bounds in requirements().get(extra, {}).items():
        version = _version(name)
        if version is None:
            lacking.append(name)
        elif not _fits(version, bounds):
            lacking.append(f"{name}{bounds} (there is {version})")
    command = f"pip install '{PACKAGE}[{extra}]'" if extra else f"pip install {PACKAGE}"
    return {"part": purpose, "extra": extra or None, "missing": lacking, "commands": [command] if lacking else []}


def _worlds() -> list[dict[str, Any]]:
    """Registered worlds that need extras of their own."""
    parts = []
    for world in WORLDS.values():
        if not set(world.spec.needs.values()) - PURPOSES.keys():
            continue
        lacking = missing(world)
        commands = sorted({f"pip install '{PACKAGE}[{world.spec.needs[module]}]'" for module in lacking})
        for module in world.spec.needs:
            program, command = PROGRAMS.get(module, ("", ""))
            if program and not _installed(program):
                lacking.append(program)
                commands.append(command)
        extra = next(iter(world.spec.needs.values()))
        parts.append({"part": world.spec.id, "extra": extra, "missing": lacking, "commands": commands})
    return parts


def _installed(program: str) -> bool:
    """Whether a program is where a world looks for it: also beside Java, and where Debian puts games."""
    java = os.environ.get("JAVA_HOME")
    elsewhere = [PATH_OF_GAMES, *([os.path.join(java, "bin")] if java else [])]
    return any(shutil.which(program, path=path) for path in (None, *elsewhere))


def _play_one() -> str | None:
    """Play an episode; what went wrong, or None."""
    import gymnasium

    try:
        env = gymnasium.make("scoutgym/Number-7-v0")
        env.reset(seed=0)
        for guess in range(1, 8):
            if any(env.step(str(guess))[2:4]):
                return None
        return "an episode that ends"
    except Exception as error:  # whatever it is, naming it is this command's work
        return f"a world that plays ({type(error).__name__}: {error})"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None if util.find_spec(name.replace("-", "_")) is None else "?"


def _fits(version: str, bounds: str) -> bool:
    """Whether a version lies within bounds such as ``<2,>=1.2.0``; only numbers are compared."""
    have = _numbers(version)
    for sign, bound in re.findall(r"(>=|<)\s*([0-9.]+)", bounds):
        length = max(len(have), len(_numbers(bound)))
        mine, theirs = (numbers + [0] * (length - len(numbers)) for numbers in (have, _numbers(bound)))
        if (mine < theirs) if sign == ">=" else (mine >= theirs):
            return False
    return True


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.match(r"[0-9.]*", version)[0].split(".") if number]  # type: ignore[index]


def _gpus() -> list[str]:
    """Names of the GPUs, as their driver tells them: asking torch would mean importing it."""
    if shutil.which("nvidia-smi") is None:
        return []
    try:
        command = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.strip().splitlines()


def _print(found: dict[str, Any]) -> None:
    console = output()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    versions = [f"{name} {version}" for name, version in found["versions"].items() if version]
    table.add_row("versions", f"scoutgym {found['scoutgym']}, Python {found['python']}, {', '.join(versions)}")
    table.add_row("machine", f"{found['cores']} CPU cores, {', '.join(found['gpus']) or 'no GPU'}")
    writable = Text(found["folder"]) + Text(" (runs can be written here)" if found["writable"] else " is not writable")
    table.add_row(
        "folder", writable if found["writable"] else writable + Text(": train in another folder", style="yellow")
    )
    console.print(table)
    parts = Table.grid(padding=(0, 2, 0, 0))
    for part in found["parts"]:
        if part["missing"]:
            mark = "[bold red]✗[/]" if part["extra"] is None else "[yellow]–[/]"
            wanted = Text("missing: " + ", ".join(part["missing"]), style="yellow")
            for command in part["commands"]:
                wanted.append(f"\n{command}", style="bold")
        else:
            mark, wanted = "[green]✓[/]", Text("")
        label = f"{part['part']} ({found['worlds']} worlds)" if part["extra"] is None else part["part"]
        parts.add_row(mark, Text(label), wanted)
    console.print(parts)
