"""Running the command line in a test, and a user's own world."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from scoutgym.cli import app

OWN = """
from dataclasses import dataclass

import scoutgym
from scoutgym.envs.core import Reply, State, World
from scoutgym.envs.grammar import Form, Grammar, Integer
from scoutgym.envs.spec import Spec


@dataclass
class DoorState(State):
    secret: int


class Doors(World[DoorState]):
    spec = Spec(id="mine/Doors-v0", family="mine", group="doors", about="One of 3 doors.", hidden=True, needs=NEEDS)
    State, doors = DoorState, Grammar(Form("open {door}", door=Integer(1, 3)))

    def grammar(self, state):
        return self.doors

    def start(self, task, chance):
        return DoorState(1 + chance.below(3))

    def intro(self, state, role):
        return "Find the door."

    def play(self, state, action, chance):
        won = action[1] == state.secret
        return Reply("Yes." if won else "No.", done=won, success=won)

    def known(self, state, role):
        return 0


scoutgym.register(Doors)
"""


def run(*args: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def complaint(*args: str, code: int = 2) -> str:
    """The one line on standard error."""
    result = run(*args, code=code)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("error: ")
    return lines[0]


def process(*args: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scoutgym", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, **more)
