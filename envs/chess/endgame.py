"""Chess endgames that are won, against the best defense (LMRL-Gym's Chess Endgames).

White is the agent. A position is drawn at random from those that are won in at most ``distance`` moves: which ones, and
what the best moves are, an exact table knows (`scoutgym.envs.chess.engine.tables`). At level 20 the rival resists as
well as it can: the python rival for as long as possible by the table, Stockfish as it sees fit. Below that it slips,
and its slips belong to the task: the same moves meet the same answers whatever the luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from scoutgym.envs.chance import Chance
from scoutgym.envs.chess.game import DRAWN, NEEDS, PARTS, ChessParams, ChessState, ChessWorld
from scoutgym.envs.core import History, Privileged
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task, digest

if TYPE_CHECKING:
    import chess

LETTERS = "QRBN"
HOPELESS = ("B", "N", "NN")
"""What cannot mate a bare king that defends itself."""
DRAWS = 100_000
"""Random placements that are tried for one position."""


def parse(name: str) -> tuple[str, str]:
    """White's and Black's pieces in the order of ``LETTERS``, for a name as in KQKR.

    Raises:
        ValueError: it is no endgame that a table can be made for, or White cannot win it.
    """
    white, _, black = name[1:].partition("K")
    if name.count("K") != 2 or name[0] != "K" or set(white + black) - set(LETTERS) or not white:
        raise ValueError(f"{name!r} is no endgame without pawns: expected a name as in KQK, KRRK or KQKR")
    if len(white + black) > 2:
        raise ValueError(f"{name} has more than two pieces beside the kings: no table is made for so many")
    white = "".join(sorted(white, key=LETTERS.index))
    if white in HOPELESS and not black:
        raise ValueError(f"{name} cannot be won: name an endgame in which White can")
    return white, black


class EndgameParams(ChessParams):
    """Which endgame, and how far from mate it begins."""

    pieces: str = Field("KRK", description="White's king and pieces, then Black's, as in KQKR; several with commas")
    distance: int = Field(50, ge=1, le=50, description="at the start White can mate in at most as many moves")
    skill: int = Field(20, ge=0, le=20, description="how well the rival plays: Stockfish's Skill Level")
    max_turns: int = Field(60, ge=1, le=1000, description="how many moves the agent has")

    @field_validator("pieces")
    @classmethod
    def _known(cls, value: str) -> str:
        for name in value.split(","):
            parse(name)
        return value


class ChessEndgame(ChessWorld):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/ChessEndgame-v0",
        family="chess",
        group="chess endgames",
        about="Win a won endgame of chess against the best defense.",
        presets={
            "KQK": {"pieces": "KQK"},
            "KRK": {"pieces": "KRK"},
            "KRK-3": {"pieces": "KRK", "distance": 3, "max_turns": 10},
            "KQK-board": {"pieces": "KQK", "view": "board", "notation": "uci"},
            "KQRK": {"pieces": "KQRK"},
            "KRRK": {"pieces": "KRRK"},
            "KBBK": {"pieces": "KBBK"},
            "KBNK": {"pieces": "KBNK"},
            "KQKR": {"pieces": "KQKR"},
            "lmrl": {"pieces": "KQK,KQRK,KRK,KRRK", "rival": "stockfish", "skill": 0},
        },
        rewards=PARTS,
        figures={"moves": "in games that were won: moves made over the fewest that were needed"},
        limit="truncate",
        holdout="secret",
        expert="optimal",
        needs=NEEDS,
        paper="Abdulhai et al. 2023, LMRL Gym, arXiv 2311.18232",
    )
    Params = EndgameParams

    def __init__(self, params: EndgameParams) -> None:
        super().__init__(params)
        self.kinds = [parse(name) for name in params.pieces.split(",")]
        self.distance = params.distance

    def start(self, task: Task, chance: Chance) -> ChessState:
        import chess

        from scoutgym.envs.chess.engine.tables import table

        white, black = chance.choice(self.kinds)
        found = table(white, black)
        for _ in range(DRAWS):
            squares = chance.sample(range(64), 2 + len(white + black))
            number = found.win(squares[0], squares[1], squares[2:])
            if number is None or number > self.distance:
                continue
            board = chess.Board(None)
            for square, letter in zip(squares, f"Kk{white}{black.lower()}", strict=True):
                board.set_piece_at(square, chess.Piece.from_symbol(letter))
            if not board.is_check():
                return ChessState(board, slips=chance.below(2**53), shortest=number)
        raise ValueError(
            f"no position of {self.params.pieces} was found in which White mates within {self.distance} moves"
        )

    def intro(self, state: ChessState, role: str) -> str:
        return (
            "You play White in an endgame of chess that you can win. "
            f"Checkmate Black in at most {self.max_turns} moves. {DRAWN}\n{self.shown(state)}"
        )

    def answer(self, state: ChessState, chance: Chance) -> chess.Move:
        import chess

        from scoutgym.envs.chess.engine import rivals

        board = state.board
        lines = rivals.stockfish_lines(board, self.skill) if self.stockfish else rivals.table_lines(board)
        slip = Chance(digest("slip", state.slips), state.played)
        return chess.Move.from_uci(rivals.choose(lines, self.skill, slip))

    def privileged(self, state: ChessState) -> Privileged:
        from scoutgym.envs.chess.engine import rivals

        return Privileged(extra={"mate_in": rivals.mate_in(state.board)})

    def figures(self, state: ChessState) -> Mapping[str, tuple[float, float]]:
        won = state.board.is_checkmate() and not state.board.turn
        return {"moves": (float(state.played), float(state.shortest))} if won else {}

    def hidden_key(self, state: ChessState) -> Any:
        """The position, turned and mirrored to the first of the eight that are alike."""
        men = [(square, piece.symbol()) for square, piece in state.board.piece_map().items()]
        alike = []
        for turned in range(8):
            placed = []
            for square, symbol in men:
                file, rank = square % 8, square // 8
                file, rank = file ^ (7 * (turned & 1)), rank ^ (7 * (turned >> 1 & 1))
                placed.append([*((rank, file) if turned & 4 else (file, rank)), symbol])
            alike.append(sorted(placed))
        return min(alike)

    def solver(self, state: ChessState) -> list[str]:
        """The best moves by the table, against the answers that this task's rival gives."""
        import chess

        from scoutgym.envs.chess.engine import rivals, rules

        state, moves = state.copy(), []
        while not rules.end(state.board):
            move = chess.Move.from_uci(rivals.table_lines(state.board)[0][0])
            moves.append(rules.name(state.board, move, self.notation))
            rules.push(state.board, move)
            state.played += 1
            if not rules.end(state.board):
                rules.push(state.board, self.answer(state, Chance(b"none")))
        return moves

    def expert(self, history: History, chance: Chance) -> str:
        """The shortest way to mate against any defense."""
        import chess

        from scoutgym.envs.chess.engine import rivals, rules

        board = self.positions(history)[-1]
        return rules.name(board, chess.Move.from_uci(rivals.table_lines(board)[0][0]), self.notation)


register(ChessEndgame)
