"""A game file of one's own: ``gym.make("scoutgym/TextWorldFile-v0", path="game.z8")``.

- ``.z1`` to ``.z8``: the compiled game itself, on a Z-machine. With the ``.json`` that TextWorld saves beside it the
  admissible commands are known, and what ends it well; without one, any game of that machine can be played.
- ``.json``: TextWorld's record of a game, played as `scoutgym.envs.textworld.generated` plays its own.
- ``.ulx``: by the ``.json`` beside it, as no Glulx machine is at hand; what is played is the same game.

There is one task, the game as it begins. A record is refused whose rules are not TextWorld's own; a file is refused
that is torn. Commands that reach outside of the game (``save``, ``restore``, ``script``, ``quit``, …) are no commands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.textworld.engine.machine import MachineState, check_file
from scoutgym.envs.textworld.engine.scene import Scene
from scoutgym.envs.textworld.engine.story import Story, Unplayable, read_story
from scoutgym.envs.textworld.world import FIGURES, PAPER, SCORE, StoryWorld
from scoutgym.types import SchemaError, Task, digest

COMPILED = re.compile(r"\.z[1-8]$", re.IGNORECASE)
OUTSIDE = {
    "save",
    "restore",
    "restart",
    "quit",
    "q",
    "script",
    "transcript",
    "unscript",
    "noscript",
    "record",
    "replay",
}
OUTSIDE |= {"verify", "undo", "random", "print_state", "enable", "disable", "restrict", "test", "purloin", "showme"}
"""First words of commands that reach outside of the game."""
LONGEST = 100


class FileParams(Params):
    """Which file."""

    path: str = Field("", description="the game: .z1 to .z8, .json, or .ulx with its .json beside it; it must be given")
    max_turns: int = Field(200, ge=1, le=10_000, description="how many commands can be given")


@dataclass
class GameFile:
    """A game file that has been read."""

    path: Path
    key: str
    """A hash of its content."""
    story: Story | None
    """What is played in Python; None where the compiled game is."""
    game: Any = None
    """TextWorld's record of a compiled game."""
    objective: str = ""
    walkthrough: tuple[str, ...] = ()
    most: int = 0


def read_file(path: str) -> GameFile:
    """A game file, whole and playable.

    Raises:
        ValueError: there is none, or it is broken; the message says what was expected.
    """
    here = Path(path).expanduser()
    try:
        if not here.is_file():
            raise Unplayable("there is no such file")
        if COMPILED.search(here.name):
            return _compiled(here)
        if here.suffix in (".json", ".ulx"):
            beside = here.with_suffix(".json")
            if not beside.is_file():
                raise Unplayable(f"it is played by its record, and there is no {beside.name} beside it")
            data = beside.read_bytes()
            key = digest("textworld file", data.hex()).hex()
            return GameFile(here, key, read_story(_json(data), key))
        raise Unplayable("its name should end in .z1 to .z8, .json or .ulx")
    except Unplayable as problem:
        raise ValueError(f"{here} cannot be played: {problem}") from None


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise Unplayable(f"it is no JSON: {error}") from None


def _compiled(path: Path) -> GameFile:
    check_file(path)
    key, beside = digest("z-machine file", path.read_bytes().hex()).hex(), path.with_suffix(".json")
    if not beside.is_file():
        return GameFile(path, key, None)
    from textworld import Game

    record = _json(beside.read_bytes())
    try:
        game = Game.deserialize(record)
        walkthrough = tuple(map(str, record.get("metadata", {}).get("walkthrough") or ()))
        return GameFile(path, key, None, game, str(game.objective), walkthrough, int(game.max_score))
    except Exception as error:  # TextWorld's reader raises whatever comes of a record that is none
        raise Unplayable(f"{beside.name} beside it is no game that TextWorld saved: {error!r}") from None


class Line(Word):
    """Any line of plain text that stays inside of the game; those that are drawn are of ``words``."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(words, "command")
        self.pattern = r"[^\n]+"

    def read(self, text: str) -> str:
        """The text with single blanks."""
        line = " ".join(text.split())
        if len(line) > LONGEST or not re.fullmatch(r"[A-Za-z0-9 ,.'\"?!-]+", line):
            raise BadAction(f"a command is at most {LONGEST} letters, digits and marks")
        if line.lower().startswith("tw-") or line.lower().split(" ")[0].strip(".,!?'\"") in OUTSIDE:
            raise BadAction(f"'{line.split(' ')[0]}' is not a command here")
        return line.lower()

    def explain(self) -> str:
        """What a text adventure understands."""
        return "what to do in a few words of plain English"

    def schema(self) -> dict[str, Any]:
        """A short text."""
        return {"type": "string", "maxLength": LONGEST}

    def example(self) -> str:
        """The one that every game has."""
        return "look"


PLAIN = ("look", "inventory", "north", "south", "east", "west", "up", "down", "in", "out", "wait", "examine me")


class TextWorldFile(World[Any]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/TextWorldFile-v0",
        family="textworld",
        group="textworld-file",
        about="A text adventure from a file: a Z-machine game, or a game that TextWorld saved.",
        rewards=SCORE,
        figures=FIGURES,
        limit="truncate",
        deadline=30.0,
        needs={"textworld": "textworld", "jericho": "textworld"},
        paper=PAPER,
    )
    Params, State = FileParams, Scene
    counts = {"train": 1, "dev": 1, "test": 1}
    params: FileParams

    def __init__(self, params: FileParams) -> None:
        super().__init__(params)
        if not params.path:
            raise ValueError(f"{self.spec.id} must be told which game: gym.make({self.spec.id!r}, path='game.z8')")
        self.file = read_file(params.path)
        self._told = _Told(params, self.file.story) if self.file.story else None
        self._grammar = Grammar(Form("{command}", name="say", command=Line(PLAIN)))

    def start(self, task: Task, chance: Chance) -> Any:
        return self._told.start(task, chance) if self._told else MachineState.begin(self.file)

    def load_state(self, record: Any) -> Any:
        if self._told:
            return self._told.load_state(record)
        state = MachineState.begin(self.file)
        try:
            for command in record["commands"]:
                state.act(self._grammar.parse(command)[1])
        except (KeyError, TypeError, AttributeError, BadAction) as error:
            state.give_back()
            raise SchemaError(f"the state of a compiled game is wrong: {error!r}") from None
        copy = state.copy()
        state.give_back()
        return copy

    def intro(self, state: Any, role: str) -> str:
        if self._told:
            return self._told.intro(state, role)
        patience = StoryWorld.patience.format(turns=self.max_turns)
        return f"{state.text}\n{patience}"

    def grammar(self, state: Any) -> Grammar:
        return self._told.grammar(state) if self._told else self._grammar

    def play(self, state: Any, action: Action, chance: Chance) -> Reply:
        if self._told:
            return self._told.play(state, action, chance)
        text, gained, won = cast(MachineState, state).act(action[1])
        rewards = {"score": gained / self.file.most} if gained and self.file.most else {}
        return Reply(text or "Nothing is said.", rewards, done=won is not None, success=won)

    def close(self, state: Any) -> None:
        if isinstance(state, MachineState):
            state.give_back()

    def actions(self, state: Any) -> Sequence[Action] | None:
        if self._told:
            return self._told.actions(state)
        commands = state.admissible()
        return None if commands is None else [self._grammar.parse(command) for command in commands]

    def privileged(self, state: Any) -> Privileged:
        if self._told:
            return self._told.privileged(state)
        return Privileged(extra={"walkthrough": list(self.file.walkthrough)})

    def figures(self, state: Any) -> Mapping[str, tuple[float, float]]:
        if self._told:
            return self._told.figures(state)
        return {"points": (state.score, self.file.most)} if self.file.most else {}

    def hidden_key(self, state: Any) -> Any:
        return self.file.key

    def secrets(self) -> float:
        return 1

    def known(self, state: Any, role: str) -> Any:
        """The compiled game keeps no account of what was seen: all that was done."""
        return self._told.known(state, role) if self._told else [self.file.key, state.commands]

    def view(self, state: Any, role: str) -> Any:
        return self._told.view(state, role) if self._told else state.text

    def solver(self, state: Any) -> list[str]:
        """TextWorld's walkthrough, where the game is as it began; of a record what leads on from any point."""
        if self._told:
            return self._told.solver(state)
        return list(self.file.walkthrough) if not state.commands else []

    def board(self, state: Any) -> str:
        from rich.markup import escape

        return self._told.board(state) if self._told else escape(state.text)


class _Told(StoryWorld):
    """A record, played in Python."""

    spec = TextWorldFile.spec

    def __init__(self, params: FileParams, story: Story) -> None:
        super().__init__(params)
        self._story = story

    def story(self, task: Task, chance: Chance) -> tuple[Story, list[Any]]:
        return self._story, []

    def found(self, address: Sequence[Any]) -> Story:
        return self._story


register(TextWorldFile)
