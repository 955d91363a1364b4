"""Stockfish as a function: a position in, scored moves out, the same for the same position.

It is a system program of its own (GPL) that is spoken to over a pipe in UCI. One thread, a fixed depth with a bound on
nodes, and a memory cleared before each question leave nothing to the clock: an answer depends on the position and the
version of the program alone. Processes are pooled and hold no game, so any of them can answer any question. A process
ends when its pipe closes, so none outlives the one that started it.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
from contextlib import suppress
from functools import cache

from scoutgym.envs.engines import Pool

PATH_OF_GAMES = "/usr/games"
"""Where Debian puts the program; it is not on every PATH."""
PATIENCE = 30.0
"""Seconds after which a process that says nothing is given up."""
WAITS = 10
"""In so many waits: where the whole machine stood still, that was one of them."""
NODES = 20_000
"""A search ends here, whatever depth it has reached."""
MATE = 32_000
"""The score of a mate, less one for each half-move until then."""

_LINE = re.compile(r"info depth (\d+) .*?multipv (\d+) score (cp|mate) (-?\d+) (?:(?:upper|lower)bound )?.*? pv (\S+)")


@cache
def program() -> str:
    """Where Stockfish is.

    Raises:
        FileNotFoundError: it is not installed; the message says what to type.
    """
    found = shutil.which("stockfish") or shutil.which("stockfish", path=PATH_OF_GAMES)
    if found is None:
        raise FileNotFoundError(
            "rival='stockfish' needs the program stockfish, which is not on the PATH: apt-get install stockfish "
            "(or `make system`), or choose rival='python'"
        )
    return found


class Stockfish:
    """One process. Whatever goes wrong with it is an OSError (TimeoutError where it hangs); it is then of no more use.

    Raises:
        FileNotFoundError: the program is not installed.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen([program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._out = self._process.stdin, self._process.stdout
        self._from = self._out.fileno()
        self._read = b""
        try:
            self._say("uci", "setoption name Threads value 1", "setoption name Hash value 1", "isready")
            self._until("readyok")
        except OSError:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def lines(self, fen: str, moves: list[str], depth: int, count: int) -> list[tuple[str, int]]:
        """The best moves with their scores for who is to move, in hundredths of a pawn, best first.

        Args:
            fen: a position.
            moves: what was played since, in UCI.
            depth: of the search, in half-moves.
            count: how many moves at most.
        """
        position = f"position fen {fen}" + (f" moves {' '.join(moves)}" if moves else "")
        self._say(f"setoption name MultiPV value {count}", "ucinewgame", position, f"go depth {depth} nodes {NODES}")
        found: dict[int, dict[int, tuple[str, int]]] = {}
        for line in self._until("bestmove"):
            match = _LINE.match(line)
            if match:
                at, place, kind, number, move = match.groups()
                score = int(number)
                if kind == "mate":
                    score = MATE + 1 - 2 * score if score > 0 else -MATE - 2 * score
                found.setdefault(int(at), {})[int(place)] = (move, score)
        most = max((len(lines) for lines in found.values()), default=0)
        whole = found[max(at for at, lines in found.items() if len(lines) == most)] if found else {}
        if not whole:
            raise OSError(f"Stockfish named no move for {fen}")
        return [whole[place] for place in sorted(whole)]

    def close(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._to.close()
        self._process.kill()
        self._process.wait()
        self._out.close()  # not its number alone: that would be closed again later, when it is somebody else's

    def _say(self, *lines: str) -> None:
        self._to.write("".join(f"{line}\n" for line in lines).encode())

    def _until(self, last: str) -> list[str]:
        """The lines up to one that begins with ``last``."""
        lines: list[str] = []
        waited = 0
        while True:
            *whole, self._read = self._read.split(b"\n")
            for place, line in enumerate(whole):
                lines.append(line.decode())
                if lines[-1].startswith(last):
                    self._read = b"\n".join([*whole[place + 1 :], self._read])
                    return lines
            ready, _, _ = select.select([self._from], [], [], PATIENCE / WAITS)
            if not ready:
                waited += 1
                if waited < WAITS:
                    continue
                raise TimeoutError(f"Stockfish said nothing for {PATIENCE:g} s")
            more = os.read(self._from, 65_536)
            if not more:
                raise ConnectionError("Stockfish has ended: was it killed?")
            self._read += more


_POOL: Pool[Stockfish] = Pool(Stockfish.close, idle=4)


def ask(fen: str, moves: list[str], depth: int, count: int) -> list[tuple[str, int]]:
    """`Stockfish.lines` of any process of the pool; one that breaks is ended, and the next question starts another.

    Raises:
        OSError: it broke. FileNotFoundError: it is not installed.
    """
    engine = _POOL.take("stockfish", Stockfish)
    try:
        lines = engine.lines(fen, moves, depth, count)
    except BaseException:
        engine.close()
        raise
    _POOL.give("stockfish", engine)
    return lines
