"""What a person gets wrong on the command line is one line, and an exit code that says whose fault it was."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
from cli_tools import complaint, process, run

from scoutgym.cli import explain


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("play", "scoutgym/Mastermnd-v0"), ["unknown environment", "did you mean 'scoutgym/Mastermind-v0'"]),
        (("play", "number"), ["did you mean 'scoutgym/Number-v0'"]),
        (("play", "scoutgym/Mastermind-3x5-v0"), ["did you mean 'scoutgym/Mastermind-3x"]),
        (("play", "scoutgym/Number-v1"), ["did you mean 'scoutgym/Number-v0'"]),
        (("play", "CartPole-v1"), ["'CartPole-v1' is no scoutgym world", "`scoutgym envs`"]),
        (("play", "scoutgym/Number*"), ["name one"]),
        (("play",), ["ID"]),
        (("play", "scoutgym/Number-v0", "--split", "trian"), ["did you mean 'train'"]),
        (("play", "scoutgym/Number-v0", "--index", "-1"), ["no train task -1", "0 to 999999"]),
        (("play", "scoutgym/Number-v0", "--index", "10000", "--split", "test"), ["0 to 9999"]),
        (("play", "scoutgym/Number-v0", "--index", "ten"), ["--index"]),
        (("play", "scoutgym/Number-v0", "-p", "hgh=3"), ["no parameter 'hgh'", "did you mean 'high'"]),
        (("play", "scoutgym/Number-v0", "-p", "high=1"), ["high=1 is wrong"]),
        (("play", "scoutgym/Number-v0", "-p", "high"), ["name=value"]),
        (("play", "scoutgym/Number-v0", "-p", "high=[1"), ["'[1' is no value"]),
        (("play", "scoutgym/Number-v0", "--sed", "1"), ["--sed"]),
        (("envs", "scoutgym/Nmber*"), ["no environment fits", "scoutgym/Number-v0"]),
        (("envs", "--group", "nmber"), ["did you mean 'number'"]),
        (("envs", "--family", "gams"), ["did you mean 'games'"]),
        (("check", "scoutgym/Nothing-like-it-v0"), ["unknown environment"]),
        (("bench", "--envs", "scoutgym/Nmber-v0"), ["did you mean 'scoutgym/Number-v0'"]),
        (("bench", "--envs", ","), ["no environment"]),
        (("bench", "--envs", "scoutgym/Number-v0", "--agents", "exprt"), ["did you mean 'expert'"]),
        (("bench", "--envs", "scoutgym/Number-v0", "--agents", ""), ["at least one"]),
        (("bench", "--envs", "scoutgym/Number-v0", "--agents", "random,random"), ["no name twice"]),
        (("bench", "--envs", "scoutgym/Number-v0", "--split", "tset"), ["did you mean 'test'"]),
        (("bench", "--envs", "scoutgym/Number-v0", "-n", "0"), ["-n"]),
        (("bench", "--envs", "scoutgym/Number-v0", "--agents", "run:nowhere"), ["nowhere", "no run folder"]),
        (("benhc",), ["did you mean 'bench'"]),
        (("--verson",), ["--verson"]),
        (("train",), ["configuration", "--resume"]),
        (("train", "a.yaml", "--resume", "runs/x"), ["configuration", "--resume"]),
    ],
)
def test_a_mistake_is_one_line(args: tuple[str, ...], words: list[str]) -> None:
    line = complaint(*args)
    for word in words:
        assert word in line


def test_debug_gives_the_traceback_wherever_it_stands() -> None:
    for args in (("--debug", "envs", "nothing"), ("envs", "--debug", "nothing"), ("envs", "nothing", "--debug")):
        result = run(*args, code=2)
        assert "Traceback" in result.stderr
        assert result.stderr.splitlines()[-1].startswith("error: unknown environment 'nothing'")


def test_a_defect_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(env_id: str) -> None:
        raise KeyError("broken\nin two lines")

    monkeypatch.setattr("scoutgym.cli.envs.describe", broken)  # it stands for any function of ours
    line = complaint("envs", code=1)
    assert "KeyError" in line
    assert "defect of scoutgym" in line
    assert "--debug" in line


def test_a_missing_package_is_named_with_its_extra() -> None:
    error = ModuleNotFoundError("No module named 'torch'", name="torch")
    assert explain(error) == ("this needs torch: pip install 'scoutgym[llm]'", 2)
    assert explain(ModuleNotFoundError("No module named 'x'", name="x")) == ("No module named 'x'", 2)
    assert explain(FileNotFoundError(2, "No such file or directory", "a.yaml")) == (
        "a.yaml: No such file or directory",
        2,
    )


def test_help_of_every_command() -> None:
    text = run().stdout
    assert text == run("--help").stdout
    for command in ("envs", "play", "check", "collect", "train", "bench", "report", "doctor"):
        assert command in text
        assert "Usage" in run(command, "--help").stdout


# In a process of its own


HEAVY = (  # each takes longer to import than all that a command line needs
    "torch", "transformers", "scipy", "pandas", "matplotlib", "faker", "playwright", "starlette", "openai",
    "chess", "minihack", "nle", "textworld",
)  # fmt: skip


def test_commands_that_need_no_model_import_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom scoutgym.cli import app\n"
        "def run(*args):\n    assert CliRunner().invoke(app, args).exit_code == 0, args\n"
        "run('--help')\nrun('envs')\n"
        f"assert not set({HEAVY}) & set(sys.modules), set({HEAVY}) & set(sys.modules)\n"
        "run('doctor')\nrun('check', 'scoutgym/Number-7-v0')\n"
        "run('bench', '--envs', 'scoutgym/Number-7-v0', '-n', '2')\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=120)


def test_the_installed_script_and_the_module_are_one(tmp_path: Path) -> None:
    done = process("envs", "scoutgym/Nmber-v0", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        r"error: unknown environment 'scoutgym/Nmber-v0'; did you mean [^\n]* lists them all\n", done.stderr
    )
    assert metadata.entry_points(group="console_scripts", name="scoutgym")["scoutgym"].value == "scoutgym.cli:main"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m scoutgym envs --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_ctrl_c_ends_in_130(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scoutgym", "play", "scoutgym/Number-v0", "--seed", "3"]
    game = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert game.stdin is not None
    assert game.stdout is not None
    game.stdin.write("50\n")
    game.stdin.flush()
    while "My number is" not in game.stdout.readline():
        pass
    time.sleep(0.5)  # it now waits for the next line
    game.send_signal(signal.SIGINT)
    game.wait(timeout=60)  # before its standard input is closed: an end of input would be another end
    _, err = game.communicate()
    assert game.returncode == 130
    assert err == "error: stopped\n"
