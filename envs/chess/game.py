"""Chess, whole games against an engine (LMRL-Gym's Chess), and what its endgames share with them.

The agent moves, the rival answers. The rival is Stockfish or a small search of our own, at a Skill Level from 0 to 20:
below 20 it slips, by Stockfish's own rule and the episode's luck (`scoutgym.envs.chess.engine.rivals`). Level 0 is what
Stockfish calls an Elo of 1350, the lowest it offers. Which rival plays is part of the task; it is never another because
a program is missing.

Success is a win. LMRL-Gym's reward (1 for a win, -1 for a loss and for an illegal move, 0 for the rest) is
``weights={"loss": 1, "invalid": 1}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.chess.notation import GRAMMARS
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import SchemaError, Task

if TYPE_CHECKING:
    import chess

PARTS = {
    "loss": Part("-1 for a game that was lost", low=-1.0, high=0.0, weight=0.0),
    "draw": Part("1 for a game that was drawn", weight=0.0),
}
DRAWN = (
    "Stalemate, a position that stands for the third time, fifty moves without a capture or a pawn move, and too few "
    "pieces to mate are draws."
)
NEEDS = {"chess": "worlds"}
EVEN = -100
"""From this score on, in hundredths of a pawn, the expert does not repeat a position."""
OPENINGS = 4
"""From as many random half-moves on, the test split has openings of its own."""


class ChessParams(Params):
    """Who the rival is, and how positions and moves are written."""

    rival: Literal["python", "stockfish"] = Field("python", description="who plays against the agent")
    skill: int = Field(0, ge=0, le=20, description="how well the rival plays: Stockfish's Skill Level")
    view: Literal["fen", "board"] = Field("fen", description="how a position is shown: as FEN, or drawn")
    notation: Literal["san", "uci"] = Field("san", description="how moves are written")


class GameParams(ChessParams):
    """How a game begins."""

    opening: int = Field(
        0, ge=0, le=12, description="random half-moves before it; after an odd number the agent is Black"
    )
    max_turns: int = Field(100, ge=1, le=1000, description="how many moves the agent has")


@dataclass
class ChessState(State):
    """The board with the moves since the last capture or pawn move, which is as far as a repetition can go back."""

    board: chess.Board
    slips: int = 0
    """Endgames: the key of the rival's luck."""
    shortest: int = 0
    """Endgames: in how many moves White could mate at the start."""
    last: str = ""
    """What the rival has played last, in UCI."""
    played: int = 0
    """How many moves the agent has made."""

    def copy(self) -> Self:
        return type(self)(self.board.copy(), self.slips, self.shortest, self.last, self.played)

    def to_json(self) -> dict[str, Any]:
        board = {"fen": self.board.root().fen(), "moves": [move.uci() for move in self.board.move_stack]}
        rest = {"slips": self.slips, "shortest": self.shortest, "last": self.last, "played": self.played}
        return {**board, **rest}

    @classmethod
    def from_json(cls, record: Any) -> Self:
        from scoutgym.envs.chess.engine import rules

        try:
            board = rules.load(str(record["fen"]), [str(move) for move in record["moves"]])
            numbers = int(record["slips"]), int(record["shortest"])
            return cls(board, *numbers, str(record["last"]), int(record["played"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaError(f"the state of a game of chess is wrong: {error}") from None


class ChessWorld(World[ChessState]):
    """What the whole game and the endgames share."""

    State = ChessState

    def __init__(self, params: ChessParams) -> None:
        super().__init__(params)
        self.view_of, self.notation, self.skill = params.view, params.notation, params.skill
        self.stockfish = params.rival == "stockfish"
        self._grammar = GRAMMARS[params.notation]
        if self.stockfish:
            from scoutgym.envs.chess.engine.stockfish import program

            program()

    def grammar(self, state: ChessState) -> Grammar:
        return self._grammar

    def shown(self, state: ChessState) -> str:
        """The position, as an observation ends."""
        from scoutgym.envs.chess.engine import rules

        check = "You are in check.\n" if state.board.is_check() else ""
        return check + rules.describe(state.board, self.view_of)

    def play(self, state: ChessState, action: Action, chance: Chance) -> Reply:
        from scoutgym.envs.chess.engine import rules

        board = state.board
        move = rules.read(board, action[1], self.notation)
        if isinstance(move, str):
            return self.refuse(state, move, chance)
        state.played += 1
        rules.push(board, move)
        ended = rules.end(board)
        if ended:
            return self._over(ended, won=True)
        answer = self.answer(state, chance)
        said = f"{rules.SIDES[board.turn]} plays {rules.name(board, answer, self.notation)}."
        rules.push(board, answer)
        state.last = answer.uci()
        ended = rules.end(board)
        if ended:
            reply = self._over(ended, won=False)
            reply.text = f"{said} {reply.text}"
            return reply
        return Reply(f"{said}\n{self.shown(state)}")

    def _over(self, ended: str, won: bool) -> Reply:
        if ended != "checkmate":
            return Reply(f"The game is drawn: {ended}.", {"draw": 1.0}, done=True, success=False)
        if won:
            return Reply("Checkmate: you have won!", done=True, success=True)
        return Reply("Checkmate: you have lost.", {"loss": -1.0}, done=True, success=False)

    def answer(self, state: ChessState, chance: Chance) -> chess.Move:
        """The rival's move."""
        raise NotImplementedError

    def refuse(self, state: ChessState, reason: str, chance: Chance) -> Reply:
        text = f"Invalid action: {reason}. It is still your move. {self._grammar.help()}\n{self.shown(state)}"
        return Reply(text, invalid=True)

    def actions(self, state: ChessState) -> Sequence[Action]:
        from scoutgym.envs.chess.engine import rules

        board = state.board
        return [("move", text) for text in sorted(rules.name(board, m, self.notation) for m in board.legal_moves)]

    def known(self, state: ChessState, role: str) -> Any:
        from scoutgym.envs.chess.engine import rules

        *before, now = rules.past(state.board)
        return [now, state.board.halfmove_clock, sorted(before)]

    def view(self, state: ChessState, role: str) -> Any:
        return [state.board.fen(), state.last]

    def positions(self, history: History) -> list[chess.Board]:
        """What the agent was shown, the present position last."""
        from scoutgym.envs.chess.engine import rules

        return [board for text in history[::2] for board in rules.positions(text)]

    def board(self, state: ChessState) -> str:
        import chess

        board, rows = state.board, []
        last = chess.Move.from_uci(state.last) if state.last else None
        for rank in range(7, -1, -1):
            row = f"[dim]{rank + 1}[/] "
            for file in range(8):
                square = chess.square(file, rank)
                piece = board.piece_at(square)
                mark = chess.UNICODE_PIECE_SYMBOLS[piece.symbol().lower()] if piece else " "
                ink = "white" if piece and piece.color else "black"
                paper = (
                    "#8a7a3c"
                    if last and square in (last.from_square, last.to_square)
                    else ("#6f8fa6" if (file + rank) % 2 else "#4a6478")
                )
                row += f"[bold {ink} on {paper}] {mark} [/]"
            rows.append(row)
        return "\n".join([*rows, "[dim]   a  b  c  d  e  f  g  h[/]"])


class Chess(ChessWorld):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Chess-v0",
        family="chess",
        group="chess",
        about="Win a game of chess against an engine.",
        presets={
            "lmrl": {"rival": "stockfish", "max_turns": 400},
            "board": {"view": "board", "notation": "uci"},
            "openings": {"opening": 4},
            "stockfish-5": {"rival": "stockfish", "skill": 5, "opening": 4},
            "stockfish-10": {"rival": "stockfish", "skill": 10, "opening": 4},
        },
        rewards=PARTS,
        limit="truncate",
        expert="heuristic",
        needs=NEEDS,
        paper="Abdulhai et al. 2023, LMRL Gym, arXiv 2311.18232",
    )
    Params = GameParams

    def __init__(self, params: GameParams) -> None:
        super().__init__(params)
        self.opening = params.opening
        if self.opening >= OPENINGS:
            self.holdout = "secret"

    def start(self, task: Task, chance: Chance) -> ChessState:
        import chess

        from scoutgym.envs.chess.engine import rules, search

        while True:
            board = chess.Board()
            for _ in range(self.opening):
                moves = sorted(board.legal_moves, key=chess.Move.uci)
                if not moves:
                    break
                rules.push(board, chance.choice(moves))
            if not self.opening:
                return ChessState(board)
            if not rules.end(board) and abs(search.lines(board, 2, 1)[0][1]) < 100:
                return ChessState(board)

    def intro(self, state: ChessState, role: str) -> str:
        from scoutgym.envs.chess.engine import rules

        side = rules.SIDES[state.board.turn]
        return (
            f"You play {side} in a game of chess. "
            f"Checkmate your opponent in at most {self.max_turns} moves. {DRAWN}\n{self.shown(state)}"
        )

    def answer(self, state: ChessState, chance: Chance) -> chess.Move:
        import chess

        from scoutgym.envs.chess.engine import rivals

        lines = rivals.stockfish_lines if self.stockfish else rivals.python_lines
        return chess.Move.from_uci(rivals.choose(lines(state.board, self.skill), self.skill, chance))

    def hidden_key(self, state: ChessState) -> Any:
        return [state.board.epd()]

    def expert(self, history: History, chance: Chance) -> str:
        """Our own search, a half-move deeper than the rival's at level 0; Stockfish where the rival is Stockfish. In a
        position that has stood before, it plays another move that is about as good.
        """
        import chess

        from scoutgym.envs.chess.engine import rules, search, stockfish

        seen = self.positions(history)
        board = seen[-1]
        if self.stockfish:
            lines = stockfish.ask(board.fen(), [], depth=10, count=3)
        else:
            lines = search.lines(board, depth=2, count=3)
        times = sum(board.epd() == other.epd() for other in seen[:-1])
        good = [move for move, score in lines if score > EVEN] or [lines[0][0]]
        return rules.name(board, chess.Move.from_uci(good[min(times, len(good) - 1)]), self.notation)


register(Chess)
