"""A game that a person plays: the board, the commands, taking back, and what the expert would have done."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.columns import Columns
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from scoutgym.cli.common import whole_file
from scoutgym.cli.terminal import Lines
from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.saved import Saved
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Outcome, digest

WIDTH = 88
"""Columns of running text."""

LISTED = 300
"""Actions that :actions shows; more would not be read."""

BAR = 24


class Point(NamedTuple):
    """What :undo goes back to."""

    saved: Saved
    total: float
    given_up: bool


class Game:
    """One person's games of one world, until they have had enough.

    Args:
        env: the world; one role of it is played, the others are played by its experts.
        lines: where the person's lines come from.
        console: where everything is shown.
        params: parameters that differ from the world's own.
        split: where tasks come from.
        index: the first task; None draws one.
        seed: of tasks and luck; None draws one.
        hints: show the bits still open and the expert's move before each move.
        folder: where a picture of each step goes, as ``<game>-<step>.png``; None for no pictures.
    """

    def __init__(
        self,
        env: TextEnv,
        lines: Lines,
        console: Console,
        params: dict[str, Any],
        split: str,
        index: int | None,
        seed: int | None,
        hints: bool,
        folder: Path | None,
    ) -> None:
        self.env, self.lines, self.console, self.hints = env, lines, console, hints
        self.options: dict[str, Any] = {"split": split, "params": params}
        self.folder, self.games = folder, 0
        self.index = index
        self.seeds = np.random.default_rng(seed)
        self.seed = seed
        self.points: list[Point] = []
        self.total, self.given_up, self.helped, self.undone, self.going = 0.0, False, 0, 0, True
        self.success: float | bool | None = None
        self.commands: dict[str, Callable[[str], None]] = {
            "help": self.help,
            "undo": self.undo,
            "hint": self.hint,
            "best": self.best,
            "bits": self.bits,
            "actions": self.actions,
            "give up": self.give_up,
            "save": self.save,
            "load": self.load,
            "new": self.new,
            "quit": self.quit,
        }

    def run(self) -> None:
        """Play until :quit or the end of the lines."""
        self.new("")
        while self.going and (line := self.lines.ask(self._prompt())) is not None:
            try:
                self._obey(line.strip())
            except (ValueError, OSError) as error:
                self._say(str(error), "red")
        self._say("Goodbye.", "dim")
        self.env.close()

    # Commands. The first line of each docstring is what :help says.

    def help(self, _: str) -> None:
        """How to play, and these commands"""
        self._say(f"{self.env.world.spec.about}\n{self.env.grammar.help()}")
        table = Table.grid(padding=(0, 2, 0, 0))
        for name, command in self.commands.items():
            words = f":{name} FILE" if name in ("save", "load") else f":{name}"
            table.add_row(Text(f"  {words}", style="cyan"), (inspect.getdoc(command) or "").splitlines()[0])
        self.console.print(table)

    def undo(self, _: str) -> None:
        """Take the last move back (as often as you like)"""
        if not self.points:
            raise ValueError("There is nothing to take back.")
        saved, self.total, self.given_up = self.points.pop()
        self.env.restore(saved)
        self.undone += 1
        self._say("Taken back.", "dim")
        self._show()

    def hint(self, _: str) -> None:
        """What the expert would do"""
        self._must_go_on()
        if self.env.world.spec.expert is None:
            raise ValueError("This world has no expert.")
        self.helped += 1
        self._note(f"The expert would play [bold]{_plain(self._expert(self.env))}[/].")

    def best(self, _: str) -> None:
        """The question that is expected to tell the most"""
        self._must_go_on()
        world, state = self.env.world, self.env.session.state
        found = world.best_gain(state)
        if found is None:
            raise ValueError("This world does not know how much an action tells.")
        self.helped += 1
        action = _plain(world.grammar(state).format(found[0]))
        if found[1] < 0.005:
            self._note("Nothing is left to find out; :hint says how to end it.")
        else:
            self._note(f"[bold]{action}[/] is expected to tell {found[1]:.2f} bits; no question tells more.")

    def bits(self, _: str) -> None:
        """How much is still unknown, in bits"""
        belief = self.env.belief()
        if belief is None:
            raise ValueError("This world does not say how much is still unknown.")
        start = self._twin().belief()
        whole = max(start.bits if start else 0.0, belief.bits)
        full = round(BAR * belief.bits / whole) if whole > 0 else 0
        about = {"exact": "", "bound": "at most ", "sampled": "about "}[belief.kind]
        bar = f"[green]{'━' * (BAR - full)}[/][yellow]{'━' * full}[/]"
        self._note(f"{bar}  {about}{belief.bits:.2f} of {whole:.2f} bits are still unknown")

    def actions(self, _: str) -> None:
        """What you may do now"""
        self._must_go_on()
        allowed = self.env.actions()
        if allowed is None:
            self._say(f"There are too many to list. {self.env.grammar.help()}")
            return
        more = [f"… and {len(allowed) - LISTED} more"] if len(allowed) > LISTED else []
        shown = [Text(action, style="cyan") for action in allowed[:LISTED]]
        self.console.print(
            Padding(Columns([*shown, *more], padding=(0, 2), equal=True), (0, 0, 0, 2), expand=False), width=WIDTH
        )

    def give_up(self, _: str) -> None:
        """Show the answer"""
        self._must_go_on()
        answer = self.env.privileged().answer
        self._remember()
        self.given_up = True
        self._say(f"The answer was {answer}." if answer is not None else "There was no secret.", "bold")
        self._end()

    def save(self, name: str) -> None:
        """Write this game to a file"""
        path = _file(name, "save")
        with whole_file(path) as file:
            file.write(self.env.snapshot().decode())
        self._say(f"Saved in {path}.", "dim")

    def load(self, name: str) -> None:
        """Go on with a game from a file (:undo comes back here)"""
        point = _file(name, "load").read_bytes()
        before = self._point()
        self.env.restore(point)
        self.points.append(before)
        self.given_up = False
        self.total = self._replayed()
        self._say(f"Loaded {name}.", "dim")
        self._show()

    def new(self, _: str) -> None:
        """Another task"""
        seed = self.seed if self.seed is not None else int(self.seeds.integers(1_000_000))
        chosen = {} if self.index is None else {"index": self.index}
        self.env.reset(seed=seed, options=self.options | chosen)
        self.index, self.seed = None, None  # only the first task is the one that was asked for
        self.points, self.total, self.given_up, self.helped, self.undone = [], 0.0, False, 0, 0
        self.games += 1
        task, spec = self.env.session.task, self.env.world.spec
        self.console.print()
        self.console.print(
            Rule(Text(spec.id.rpartition("/")[2].rpartition("-v")[0], style="bold"), style="cyan"), width=WIDTH
        )
        self._say(f"{task.split} task {task.index}, seed {seed} · :help explains, :quit leaves", "dim")
        self._show()

    def quit(self, _: str) -> None:
        """Leave"""
        self.going = False

    # Inside.

    def _prompt(self) -> str:
        if self._over:
            return "again? › "
        return f"{self.env.session.turn + 1}/{self.env.world.max_turns} › "

    @property
    def _over(self) -> bool:
        return self.env.session.over or self.given_up

    def _must_go_on(self) -> None:
        if self._over:
            raise ValueError("This game is over: Enter plays another, :undo takes the last move back.")

    def _obey(self, line: str) -> None:
        if line.startswith(":"):
            self._command(line[1:].strip())
        elif self._over:
            if line.lower() in ("", "y", "yes"):
                self.new("")
            elif line.lower() in ("n", "no"):
                self.quit("")
            else:
                self._must_go_on()
        elif line:
            self._move(line)

    def _command(self, line: str) -> None:
        """A command by its name or the beginning of it."""
        word, _, rest = line.partition(" ")
        fitting = [name for name in self.commands if word and name.startswith(word.lower())]
        if not fitting:
            near = difflib.get_close_matches(word.lower(), self.commands, n=1)
            hint = f"Did you mean :{near[0]}?" if near else ":help lists the commands."
            raise ValueError(f"There is no command :{word}. {hint}")
        if len(fitting) > 1:
            raise ValueError(f":{word} may be {' or '.join(f':{name}' for name in fitting)}.")
        self.commands[fitting[0]](rest.strip())

    def _move(self, line: str) -> None:
        try:
            self.env.grammar.parse(line)
        except BadAction as error:  # an agent would lose a turn by this; a person who mistyped does not
            self._say(
                f"{str(error)[:1].upper()}{str(error)[1:]}. No turn was taken; :help says what you may write.", "yellow"
            )
            return
        self._remember()
        _, reward, _, _, info = self.env.step(line)
        self.total += float(reward)
        self.success = info.get("success")
        self._show(invalid=info["outcome"] == Outcome.INVALID_ACTION)
        if self.env.session.over:
            self._end()

    def _remember(self) -> None:
        if not self.env.world.spec.outside:  # of which nothing can be taken back
            self.points.append(self._point())

    def _point(self) -> Point:
        return Point(self.env.save(), self.total, self.given_up)

    def _show(self, invalid: bool = False) -> None:
        """What the world said last, and the board."""
        world, session = self.env.world, self.env.session
        board = world.board(session.state)
        text = session.transcripts[self.env.role][-1]
        if len(session.transcripts[self.env.role]) == 1:
            text = text.removesuffix(self.env.grammar.help()).strip()
            text = f"{without_pictures(text) if board else text}\n\n{self.env.grammar.help()}"
        elif board:
            text = without_pictures(text)
        if text:
            self._say(text, "yellow" if invalid else "")
        if board:
            self.console.print(Padding(Text.from_markup(board), (1, 0, 1, 4), expand=False))
        if self.folder is not None:
            self._photograph(self.folder)
        if self.hints and not self._over:
            if self.env.belief() is not None:
                self.bits("")
            if world.spec.expert is not None:
                self.hint("")

    def _photograph(self, folder: Path) -> None:
        from PIL import Image

        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.games}-{self.env.session.turn:02}.png"
        Image.fromarray(self.env.world.picture(self.env.session.state)).save(path)
        self._say(f"A picture is in {path}.", "dim")

    def _end(self) -> None:
        """The result, and what the expert makes of the same task."""
        session = self.env.session
        turns, success = len(self.env.history) // 2, self.success
        if self.given_up:
            head = Text("Given up", style="bold yellow")
        elif session.outcome in (Outcome.ENV_ERROR, Outcome.TIMEOUT):
            head = Text("The world has stopped working", style="bold red")
        elif success is None:
            head = Text("The end", style="bold")
        else:
            head = Text("✔ Success" if success else "✘ Failure", style="bold green" if success else "bold red")
        head.append(f" in {_many(turns, 'turn')}, return {self.total:.2f}", style="default")
        aids = [_many(count, what) for count, what in ((self.helped, "hint"), (self.undone, "undo")) if count]
        head.append(f", with {' and '.join(aids)}" if aids else "", style="dim")
        self.console.print(head)
        if self.env.world.spec.expert is not None:
            self._say(f"The expert {self._expert_result()} on the same task.", "dim")
        self._say("Enter plays another, :undo takes the last move back, :quit leaves.", "dim")

    def _expert_result(self) -> str:
        env, total, success = self._twin(), 0.0, None
        while not env.session.over:
            _, reward, _, _, info = env.step(self._expert(env))
            total, success = total + float(reward), info.get("success")
        turns = _many(len(env.history) // 2, "turn")
        if success is None:
            return f"gets a return of {total:.2f} in {turns}"
        return f"needs {turns}, return {total:.2f}," if success else f"fails, too: {turns}, return {total:.2f},"

    def _expert(self, env: TextEnv) -> str:
        return env.world.expert(env.history, Chance(digest("play", env.session.luck), env.session.turn))

    def _twin(self) -> TextEnv:
        """The same task with the same luck, from its beginning."""
        env = self.env.blank()
        env.reset(options={"task": self.env.session.task, "luck": self.env.session.luck})
        return env

    def _replayed(self) -> float:
        """The return so far, which a snapshot does not hold: the sum over the same actions once more."""
        env = self._twin()
        begun = len(env.history)
        return sum(float(env.step(action)[1]) for action in self.env.history[begun::2])

    def _say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), width=WIDTH, highlight=False)

    def _note(self, markup: str) -> None:
        self.console.print(f"  {markup}", highlight=False)


def without_pictures(text: str) -> str:
    """The text without its boards: two or more lines of equal length and no word in them. A better picture follows."""
    kept: list[str] = []
    lines = text.split("\n")
    plain = [bool(line.strip()) and re.search(r"[^\W\d_]{3}", line) is None for line in lines]
    for place, line in enumerate(lines):
        near = [other for other in (place - 1, place + 1) if 0 <= other < len(lines)]
        if not (plain[place] and any(plain[other] and len(lines[other]) == len(line) for other in near)):
            kept.append(line)
    return "\n".join(kept).strip()


def _file(name: str, command: str) -> Path:
    if not name:
        raise ValueError(f"Name a file, as in :{command} game.json")
    return Path(name).expanduser()


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _plain(text: str) -> str:
    """Text in which rich sees no markup."""
    return text.replace("[", r"\[")
