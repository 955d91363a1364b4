"""The command line: ``scoutgym``, also ``python -m scoutgym``. One file a command; here is what they share: errors.

Whatever a person can do wrong ends in one line on standard error and exit code 2; a stop by Ctrl-C in 130; a defect of
ours in 1 and the request for ``--debug``, which shows the traceback. Commands therefore raise and never catch to print.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Annotated, Any

import gymnasium
import pydantic
import typer
from rich.text import Text
from typer.core import TyperGroup

from scoutgym.cli import agree, bench, check, collect, doctor, envs, export, judge, play, report, sites, train
from scoutgym.cli.common import errors
from scoutgym.envs.tasks import nearest
from scoutgym.llm.chat.core import ChatError
from scoutgym.wrappers.judges.core import JudgeAlarm

PERSONAL = (
    ValueError, OSError, ImportError, NotImplementedError, gymnasium.error.Error, ChatError, JudgeAlarm
)  # fmt: skip
"""What a person can cause or mend: a wrong name or value, a damaged file, a missing package, a world that is not whole,
a chat model that cannot be used, a judge that fails on one kind of episode.
"""

STOPPED, PIPE_CLOSED = 130, 141
"""What shells report of a program that SIGINT or SIGPIPE ended."""


class Commands(TyperGroup):
    """All commands. Reads ``--debug`` wherever it stands, and turns every error into a line and an exit code."""

    def main(self, *given: Any, **extra: Any) -> Any:
        """Run a command line and leave the process, as click's ``main`` does in its standalone mode."""
        args = extra.get("args", given[0] if given else None)
        line = [str(arg) for arg in (sys.argv[1:] if args is None else args)]
        words = [word for word in line if word != "--debug"]

        def work() -> None:
            with self.make_context("scoutgym", words or ["--help"]) as ctx:
                self.invoke(ctx)

        sys.exit(guarded(work, debug=len(words) < len(line)))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that a word names; an unknown one names the nearest."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = self.list_commands(ctx)
            raise ValueError(
                f"there is no command {args[0]!r}{nearest(args[0], known)}; the commands are {', '.join(known)}"
            )
        return super().resolve_command(ctx, args)


def guarded(work: Callable[[], None], debug: bool) -> int:
    """Run ``work``; what went wrong becomes a line on standard error. Returns the exit code."""
    level = gymnasium.logger.min_level
    gymnasium.logger.min_level = gymnasium.logger.ERROR  # its warnings are colored paragraphs; our errors say it all
    try:
        work()
        sys.stdout.flush()
        return 0
    except typer.Exit as stop:
        return int(stop.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python flushes once more at exit and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (KeyboardInterrupt, typer.Abort):
        if debug:
            traceback.print_exc()
        complain("stopped")
        return STOPPED
    except Exception as error:
        if debug:
            traceback.print_exc()
        message, code = explain(error)
        complain(message)
        return code
    finally:
        gymnasium.logger.min_level = level


def explain(error: Exception) -> tuple[str, int]:
    """What to tell a person of an error, in one line, and the exit code."""
    if hasattr(error, "format_message"):  # click's errors of usage, from click itself or from the copy inside typer
        return _line(error.format_message()), 2
    if isinstance(error, ModuleNotFoundError) and "pip install" not in str(error):
        command = doctor.command_for(error.name or "")
        return (f"this needs {error.name}: {command}" if command else _line(error)), 2
    if isinstance(error, pydantic.ValidationError):
        first = error.errors()[0]
        return _line(f"{'.'.join(map(str, first['loc']))}: {first['msg']} (not {first['input']!r})"), 2
    if isinstance(error, OSError) and error.strerror and error.filename:
        return _line(f"{error.filename}: {error.strerror}"), 2
    if isinstance(error, PERSONAL):
        return _line(error) or type(error).__name__, 2
    return f"{type(error).__name__}: {_line(error)}. This is a defect of scoutgym; --debug shows where it happened", 1


def complain(message: str) -> None:
    """Print an error, on one line whatever its length."""
    errors().print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True, highlight=False)


def _line(message: object) -> str:
    return " ".join(str(message).split())


app = typer.Typer(
    name="scoutgym",
    cls=Commands,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error. May stand anywhere.")] = False,
) -> None:
    """Worlds for language agents that explore: play, train, measure."""


for command in (
    envs.envs,
    play.play,
    check.check,
    collect.collect,
    train.train,
    bench.bench,
    agree.agree,
    report.report,
    export.export,
    doctor.doctor,
):
    app.command()(command)
app.add_typer(judge.judge, name="judge")
app.add_typer(sites.sites, name="sites")


def main() -> None:
    """The entry point of ``scoutgym``."""
    app()


__all__ = ["app", "main"]
