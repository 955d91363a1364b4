"""Moves as text: the blanks of the grammar for SAN ("Nxf3+") and UCI ("g5f3"). Which moves are legal, a board knows."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import product
from typing import Any

from scoutgym.envs.grammar import BadAction, Field, Form, Grammar

FILES, RANKS = "abcdefgh", "12345678"
NAMES = [file + rank for rank in RANKS for file in FILES]

_SAN = re.compile(r"(?:[KQRBN][a-h]?[1-8]?|[a-h](?=x))?x?[a-h][1-8](?:=?[QRBN])?|[O0]-[O0](?:-[O0])?", re.ASCII)


class San(Field):
    """A move in standard algebraic notation. What marks captures, checks and opinions may be left out or written; the
    value is what was written without opinions. The moves that can be drawn are those without marks.
    """

    pattern = r"[a-hkqrbno0][a-hkqrbnox0-9=+#-]{1,9}[!?]{0,2}"

    @property
    def size(self) -> int:  # type: ignore[override]
        return len(self._plain)

    @cached_property
    def _plain(self) -> list[str]:
        pieces = [f"K{to}" for to in NAMES]
        pieces += ["".join(parts) for parts in product("QRBN", ("", *FILES, *RANKS), NAMES)]
        ends = [
            f"{rank}{becomes}"
            for rank, becomes in [*product("2345678"[:-1], [""]), *product("18", ["=Q", "=R", "=B", "=N"])]
        ]
        beside = [f"{one}x{other}" for one, other in product(FILES, FILES) if abs(ord(one) - ord(other)) == 1]
        return [*pieces, *(file + end for file, end in product([*FILES, *beside], ends)), "O-O", "O-O-O"]

    def read(self, text: str) -> str:
        move = text.rstrip("!?")
        if not _SAN.fullmatch(move.rstrip("+#")) or len(move) - len(move.rstrip("+#")) > 2:
            raise BadAction(f"'{text}' is not {self.explain()}")
        return move.replace("0", "O")

    def value(self, number: int) -> str:
        return self._plain[number]

    def explain(self) -> str:
        return "a move in standard algebraic notation (SAN), pieces in capital letters"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{_SAN.pattern})[+#]?$"}

    def example(self) -> str:
        return "Nf3"


class Uci(Field):
    """A move as the squares it leads from and to, and what a pawn becomes."""

    pattern = r"[a-h][1-8][a-h][1-8][qrbn]?"

    @property
    def size(self) -> int:  # type: ignore[override]
        return len(self._moves)

    @cached_property
    def _moves(self) -> list[str]:
        found = []
        for start, end in product(NAMES, NAMES):
            dx, dy = (abs(ord(one) - ord(other)) for one, other in zip(start, end, strict=True))
            if start != end and (dx == dy or not dx or not dy or dx * dy == 2):
                found.append(start + end)
                if dx <= 1 and start[1] + end[1] in ("78", "21"):
                    found += [start + end + becomes for becomes in "qrbn"]
        return found

    def read(self, text: str) -> str:
        return text.lower()

    def value(self, number: int) -> str:
        return self._moves[number]

    def explain(self) -> str:
        return "a move in UCI (the squares it leads from and to, and the new piece where a pawn promotes, as in e7e8q)"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    def example(self) -> str:
        return "g1f3"


class SanGrammar(Grammar):
    """SAN tells a bishop from a pawn by the capital letter."""

    cased = True


GRAMMARS = {
    "san": SanGrammar(Form("{move}", name="move", move=San())),
    "uci": Grammar(Form("{move}", name="move", move=Uci())),
}
