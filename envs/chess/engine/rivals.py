"""Who plays against the agent, and how a strong player is made weak.

A player gives its best moves with their scores; `choose` takes one as Stockfish does at a Skill Level below 20: of four
lines of a shallow search the one whose score plus a random push is largest. The push grows with the weakness, with what
a move gives away, and is drawn from the world's luck, not from a clock as in Stockfish itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import chess

from scoutgym.envs.chance import Chance
from scoutgym.envs.chess.engine import search, stockfish, tables
from scoutgym.envs.chess.engine.stockfish import MATE

BEST = 20
"""The level at which nothing is drawn."""
LINES = 4
SPREAD = 35
"""The most that luck alone is worth, in hundredths of a pawn as Stockfish 15.1 counts them."""

Line = tuple[str, int]
"""A move in UCI with its score for who is to move."""


def choose(lines: Sequence[Line], skill: int, chance: Chance) -> str:
    """One of the lines (best first), which are the better ones the higher the skill, from 0 to 20."""
    if skill >= BEST:
        return lines[0][0]
    lines = lines[:LINES]
    top = lines[0][1]
    weakness, spread = 120 - 2 * skill, min(top - lines[-1][1], SPREAD)
    pushed = [score + (weakness * (top - score) + spread * chance.below(weakness)) // 128 for _, score in lines]
    return lines[pushed.index(max(pushed))][0]


def stockfish_lines(board: chess.Board, skill: int) -> list[Line]:
    """Stockfish's, at the depth at which its own Skill Level ends a search."""
    moves = [move.uci() for move in board.move_stack]
    return stockfish.ask(board.root().fen(), moves, depth=1 + skill, count=1 if skill >= BEST else LINES)


def python_lines(board: chess.Board, skill: int) -> list[Line]:
    """Those of our own search, 1 to 3 half-moves deep."""
    return search.lines(board, depth=1 + skill // 10, count=1 if skill >= BEST else LINES)


def table_lines(board: chess.Board) -> list[Line]:
    """All moves of a pawnless endgame, scored by the number of half-moves to a mate of Black; 0 where there is none."""
    found = []
    for move in sorted(board.legal_moves, key=chess.Move.uci):
        board.push(move)
        number = mate_in(board)
        board.pop()
        away = None if number is None else 2 * number + (board.turn == chess.WHITE)
        score = 0 if away is None else MATE - away
        found.append((move.uci(), score if board.turn == chess.WHITE else -score))
    return sorted(found, key=lambda line: -line[1])


def mate_in(board: chess.Board) -> int | None:
    """How many moves White needs to mate, if he can; only for positions that a table covers."""
    white, black = pieces(board)
    if not white:
        return None
    squares = [square for piece in white for square in board.pieces(_TYPE[piece], chess.WHITE)]
    squares = list(dict.fromkeys(squares)) + [next(iter(board.pieces(_TYPE[piece], chess.BLACK))) for piece in black]
    found = tables.table(white, black)
    return (found.win if board.turn == chess.WHITE else found.loss)(*kings(board), squares)


def kings(board: chess.Board) -> tuple[int, int]:
    """The squares of the white and the black king."""
    white, black = board.king(chess.WHITE), board.king(chess.BLACK)
    assert white is not None
    assert black is not None
    return white, black


_TYPE = {"Q": chess.QUEEN, "R": chess.ROOK, "B": chess.BISHOP, "N": chess.KNIGHT}


def pieces(board: chess.Board) -> tuple[str, str]:
    """The letters of White's and of Black's pieces beside the kings."""
    white, black = (
        "".join(letter * len(board.pieces(kind, color)) for letter, kind in _TYPE.items())
        for color in (chess.WHITE, chess.BLACK)
    )
    return white, black
