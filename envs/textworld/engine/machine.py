"""A compiled game on a Z-machine (frotz, through jericho), and what TextWorld's record beside it says of it.

Frotz ends the whole process over a file that it cannot read, so a file is held against its own checksum before.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from scoutgym.envs.core import State
from scoutgym.envs.engines import Pool
from scoutgym.envs.textworld.engine.scene import paragraphs
from scoutgym.envs.textworld.engine.story import Unplayable

UNIT = {1: 2, 2: 2, 3: 2, 4: 4, 5: 4, 6: 8, 7: 8, 8: 8}
"""By version of the Z-machine: what the length in a header is counted in."""
SEED = 1234
PROMPT = re.compile(r"\n>[^\n]*$")
BANNER = re.compile(r"^[ _|\\/$<>-]*[_|\\$][ _|\\/$<>-]*\n", re.MULTILINE)
TOLD = re.compile(r"<(score|moves)>\s*(-?\d+)\s*</\1>")
EVENT = re.compile(r"\[([^\]\n]+)\]\n?")
AGAIN = re.compile(r"\s*Would you like to RESTART.*", re.DOTALL)
WON, LOST = re.compile(r"\*\*\*\s*(?:The End|You have won)\s*\*\*\*"), re.compile(r"\*\*\*[^*\n]+\*\*\*")


def check_file(path: Path) -> None:
    """Refuse a file that is no whole game for a Z-machine.

    Raises:
        Unplayable: what is wrong with it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unplayable(f"it cannot be read: {error.strerror}") from None
    if len(data) < 64 or data[0] not in UNIT:
        raise Unplayable("it is no game for a Z-machine: its first byte should be a version from 1 to 8")
    length = int.from_bytes(data[0x1A:0x1C], "big") * UNIT[data[0]]
    if length > len(data):
        raise Unplayable(f"it is torn: its header speaks of {length} bytes, and it has {len(data)}")
    if length and sum(data[0x40:length]) & 0xFFFF != int.from_bytes(data[0x1C:0x1E], "big"):
        raise Unplayable("it is damaged: its checksum does not match its content")


class Machine:
    """One frotz with a game in it.

    Args:
        path: the compiled game.
        game: TextWorld's record of it (a ``Game``), or None.
    """

    def __init__(self, path: str, game: Any) -> None:
        jericho: Any = import_module("jericho")  # it has no types
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.frotz = jericho.FrotzEnv(path, seed=SEED)
        self.game = game
        self.printer: Any = None
        if game is not None:
            from textworld.generator.inform7 import Inform7Game

            self.printer = Inform7Game(game)

    def begin(self) -> str:
        """Start the game anew; returns its first words."""
        text: str = self.frotz.reset()[0]
        if self.game is not None:
            for word in ("tw-trace-actions", "tw-extra-infos score"):
                self.frotz.step(word)
        return paragraphs(BANNER.sub("", PROMPT.sub("", text)))

    def send(self, command: str) -> tuple[str, list[str], int | None]:
        """The answer to a command, the events that it names, and the score where it is told."""
        text: str = self.frotz.step(command)[0]
        score = next((int(found[2]) for found in TOLD.finditer(text) if found[1] == "score"), None)
        text = AGAIN.sub("", PROMPT.sub("", TOLD.sub("", text)))
        events: list[str] = []
        if self.game is not None:
            events = [one[:-12] for one in EVENT.findall(text) if one.endswith(" - succeeded") and "(" not in one]
            text = EVENT.sub("", text)
        elif self.frotz.is_fully_supported:
            score = int(self.frotz.get_score())
        return paragraphs(text), events, score

    def close(self) -> None:
        """End it."""
        self.frotz.close()


MACHINES: Pool[Machine] = Pool(Machine.close)


@dataclass
class MachineState(State):
    """A point of a compiled game: the commands that lead there, and the machine's memory.

    A copy has the memory and takes a machine when it is played; a portable record has the commands and plays them
    again.
    """

    file: Any
    """The game file, as its world has read it."""
    commands: list[str] = field(default_factory=list)
    text: str = ""
    score: int = 0
    progress: Any = None
    """TextWorld's own account of what is true now, where there is a record of the game."""
    memory: Any = None
    live: Machine | None = None

    def copy(self) -> Self:
        """An independent copy, with the memory of the machine and none of its own."""
        memory = self.memory if self.live is None else self.live.frotz.get_state()
        progress = None if self.progress is None else self.progress.copy()
        return type(self)(self.file, self.commands.copy(), self.text, self.score, progress, memory)

    def to_json(self) -> dict[str, Any]:
        """The commands."""
        return {"commands": self.commands}

    @classmethod
    def begin(cls, file: Any) -> Self:
        """The beginning of a game."""
        state = cls(file)
        machine = state.machine()
        state.text = machine.begin()
        if file.game is not None:
            from textworld.generator.game import GameProgression

            state.progress = GameProgression(file.game, track_quests=False)
        return state

    def machine(self) -> Machine:
        """The machine at this point."""
        if self.live is None:
            file = self.file
            self.live = MACHINES.take(file.key, lambda: Machine(str(file.path), file.game))
            if self.memory is not None:
                self.live.frotz.set_state(self.memory)
                self.memory = None
        return self.live

    def give_back(self) -> None:
        """Let another episode have the machine."""
        if self.live is not None:
            MACHINES.give(self.file.key, self.live)
            self.live = None

    def act(self, command: str) -> tuple[str, int, bool | None]:
        """The answer, the points, and whether the game is won, lost, or (None) goes on."""
        machine, before = self.machine(), self.score
        self.live = None  # a machine that does not come back from this is nobody's any more
        self.commands.append(command)
        self.text, events, score = machine.send(command)
        if score is not None:
            self.score = score
        elif (found := re.search(r"You scored (-?\d+)", self.text)) is not None:
            self.score = int(found[1])
        for event in events if self.progress is not None else ():
            action = machine.printer.detect_action(event, self.progress.valid_actions)
            if action is not None:
                self.progress.update(action)
        self.live = machine
        supported = self.file.game is None and machine.frotz.is_fully_supported
        if WON.search(self.text) or (supported and machine.frotz.victory()):
            return self.text, self.score - before, True
        lost = LOST.search(self.text) or (supported and machine.frotz.game_over())
        return self.text, self.score - before, False if lost else None

    def admissible(self) -> Sequence[str] | None:
        """The commands that TextWorld calls admissible, where there is a record of the game."""
        if self.progress is None:
            return None
        commands: list[str] = self.machine().printer.gen_commands_from_actions(self.progress.valid_actions)
        return sorted(set(commands))
