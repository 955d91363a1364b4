"""Chess in words: positions, moves and ends of games, by the rules of python-chess."""

from __future__ import annotations

import re
from collections.abc import Iterator

import chess

FEN = re.compile(r"^Position \(FEN\): (\S+ [wb] \S+ \S+ \d+ \d+)$", re.MULTILINE)
DRAWN = re.compile(
    r"^((?:[1-8](?: [.pnbrqkPNBRQK]){8}\n){8})  a b c d e f g h\n(White|Black) to move\.(.*)$", re.MULTILINE
)
CASTLING = re.compile(r"Castling rights: (\w+)\.")
EN_PASSANT = re.compile(r"En passant on (\w\d)\.")
SIDES = {chess.WHITE: "White", chess.BLACK: "Black"}


def describe(board: chess.Board, view: str) -> str:
    """The position as an agent reads it: one line of FEN, or drawn with what a drawing does not show."""
    if view == "fen":
        return f"Position (FEN): {board.fen()}"
    rows = [f"{8 - row} {line}\n" for row, line in enumerate(str(board).split("\n"))]
    _, _, castling, square, *_ = board.fen().split()
    text = f"{''.join(rows)}  a b c d e f g h\n{SIDES[board.turn]} to move."
    if castling != "-":
        text += f" Castling rights: {castling}."
    return text + (f" En passant on {square}." if square != "-" else "")


def positions(text: str) -> Iterator[chess.Board]:
    """The positions that a text describes, in order."""
    for match in FEN.finditer(text):
        yield chess.Board(match[1])
    for match in DRAWN.finditer(text):
        rows = [line[2:].replace(" ", "") for line in match[1].split("\n")[:8]]
        placed = "/".join(re.sub(r"\.+", lambda dots: str(len(dots[0])), row) for row in rows)
        castling, square = CASTLING.search(match[3]), EN_PASSANT.search(match[3])
        side = match[2][0].lower()
        yield chess.Board(f"{placed} {side} {castling[1] if castling else '-'} {square[1] if square else '-'} 0 1")


def read(board: chess.Board, text: str, notation: str) -> chess.Move | str:
    """The legal move that a text of the notation means here, or why it means none."""
    if notation == "uci":
        move = chess.Move.from_uci(text)
        return move if move in board.legal_moves else _why(board, text)
    try:
        return board.parse_san(text)
    except chess.AmbiguousMoveError:
        bare = text.replace("x", "").rstrip("+#")
        named = sorted(board.san(m) for m in board.legal_moves if _bare(board.san(m), bare))
        return f"{text} could be {' or '.join(named)}: write one of them"
    except ValueError:
        return _why(board, text)


def _bare(san: str, wanted: str) -> bool:
    return san[0] == wanted[0] and san.rstrip("+#")[-2:] == wanted[-2:]


def _why(board: chess.Board, text: str) -> str:
    return f"{text} is not a legal move in this position" + (", where you are in check" if board.is_check() else "")


def name(board: chess.Board, move: chess.Move, notation: str) -> str:
    """A legal move in the notation."""
    return move.uci() if notation == "uci" else board.san(move)


def push(board: chess.Board, move: chess.Move) -> None:
    """Play a move. Moves that nothing before can be repeated after are the new beginning of the stack."""
    board.push(move)
    if board.halfmove_clock == 0:
        board.clear_stack()


def end(board: chess.Board) -> str | None:
    """Why the game is over: ``checkmate``, or a draw in words; None where it goes on.

    A draw that could be claimed is one: the third time of a position, and fifty moves.
    """
    if board.is_checkmate():
        return "checkmate"
    if board.is_stalemate():
        return "stalemate"
    if board.is_insufficient_material():
        return "neither side has enough pieces left to mate"
    if board.halfmove_clock >= 100:
        return "fifty moves without a capture or a pawn move"
    if board.is_repetition(3):
        return "the same position for the third time"
    return None


def past(board: chess.Board) -> list[str]:
    """The positions that can still be repeated, this one last, without clocks."""
    board, found = board.copy(), [board.epd()]
    while board.move_stack:
        board.pop()
        found.append(board.epd())
    return found[::-1]


def load(fen: str, moves: list[str]) -> chess.Board:
    """The board after moves in UCI.

    Raises:
        ValueError: the position or a move is not legal.
    """
    board = chess.Board(fen)
    if not board.is_valid():
        raise ValueError(f"{fen!r} is not a legal position")
    for move in moves:
        board.push_uci(move)
    return board
