"""A small chess player in Python: alpha-beta over material and squares, with captures played out.

The evaluation is Shannon's (1950) in its barest form: the pieces' values, a little for standing near the center or near
promotion, a king that hides while there are queens and walks out when there are none, and where one side has a bare
king, a premium for driving it to the edge. Scores are hundredths of a pawn for who is to move. The same position gives
the same answer everywhere: nothing is drawn, and no clock is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

import chess

from scoutgym.envs.chess.engine.stockfish import MATE

VALUES = {chess.PAWN: 100, chess.KNIGHT: 310, chess.BISHOP: 325, chess.ROOK: 500, chess.QUEEN: 950, chess.KING: 0}
CAPTURES = 6
"""Half-moves of captures that are played out below the depth of a search."""


def _center(square: int) -> int:
    """0 in a corner to 6 in the middle."""
    file, rank = chess.square_file(square), chess.square_rank(square)
    return min(file, 7 - file) + min(rank, 7 - rank)


def _worth(piece: int, square: int) -> int:
    """What a white piece is worth on a square."""
    file, rank, center = chess.square_file(square), chess.square_rank(square), _center(square)
    if piece == chess.PAWN:
        return (
            VALUES[piece] + (0, 0, 4, 10, 20, 40, 80, 0)[rank] + (6 * (rank - 1) if file in (3, 4) and rank < 5 else 0)
        )
    if piece == chess.KNIGHT:
        return VALUES[piece] + 8 * center - 24
    if piece == chess.BISHOP:
        return VALUES[piece] + 4 * center - 12
    if piece == chess.ROOK:
        return VALUES[piece] + (20 if rank == 6 else 0) + (6 if file in (3, 4) else 0)
    if piece == chess.QUEEN:
        return VALUES[piece] + 2 * center
    return 0


_WHITE = [[0] * 64] + [[_worth(piece, square) for square in range(64)] for piece in range(1, 7)]
WORTH = {chess.WHITE: _WHITE, chess.BLACK: [[row[square ^ 56] for square in range(64)] for row in _WHITE]}
HIDES = [
    30 * (chess.square_rank(s) == 0) - 12 * chess.square_rank(s) + (20 if s in (1, 2, 6) else 0) for s in range(64)
]
WALKS = [6 * _center(square) for square in range(64)]


def lines(board: chess.Board, depth: int, count: int) -> list[tuple[str, int]]:
    """The best moves with their scores, best first; equal ones in the order of their names.

    Args:
        board: the position, with the moves that led to it as far as they can be repeated.
        depth: half-moves that are searched before only captures are.
        count: how many moves at most.
    """
    search = _Search(board)
    found: list[tuple[int, str]] = []
    for move in search.ordered(sorted(board.legal_moves, key=chess.Move.uci)):
        floor = found[count - 1][0] if len(found) >= count else -2 * MATE
        score = search.after(move, depth - 1, -2 * MATE, -floor)
        if score > floor:
            found.append((score, move.uci()))
            found.sort(key=lambda line: -line[0])
    return [(move, score) for score, move in found[:count]]


class _Search:
    """One search from one position."""

    def __init__(self, board: chess.Board) -> None:
        self.board = board.copy()
        men = [self.board.occupied_co[color] & ~self.board.kings for color in (chess.BLACK, chess.WHITE)]
        self.bare = next((color for color in (chess.WHITE, chess.BLACK) if not men[color] and men[not color]), None)
        kings = HIDES if self.board.queens else WALKS
        self.worth = {
            chess.WHITE: [*WORTH[chess.WHITE][:6], kings],
            chess.BLACK: [*WORTH[chess.BLACK][:6], [kings[square ^ 56] for square in range(64)]],
        }
        self.balance = 0
        """The pieces' worth, White's less Black's."""
        for square, piece in self.board.piece_map().items():
            worth = self.worth[piece.color][piece.piece_type][square]
            self.balance += worth if piece.color else -worth
        self.root = len(self.board.move_stack)

    def after(self, move: chess.Move, depth: int, alpha: int, beta: int) -> int:
        """The score of a move for who plays it, between the bounds of who answers."""
        board, before = self.board, self.balance
        self.balance += self._change(move)
        board.push(move)
        drawn = board.halfmove_clock >= 100 or board.is_insufficient_material()
        if drawn or (len(board.move_stack) == self.root + 1 and board.is_repetition(2)):
            score = 0
        else:
            score = -(self.best(depth, alpha, beta) if depth > 0 else self.quiet(CAPTURES, alpha, beta))
        board.pop()
        self.balance = before
        return score

    def best(self, depth: int, alpha: int, beta: int) -> int:
        """The score of the position for who is to move."""
        moves = self.ordered(self.board.legal_moves)
        if not moves:
            return self._end()
        best = -2 * MATE
        for move in moves:
            score = self.after(move, depth - 1, -beta, -max(alpha, best))
            best = max(best, score)
            if best >= beta:
                break
        return best

    def quiet(self, left: int, alpha: int, beta: int) -> int:
        """The score once no capture pays; in check every answer is looked at, one deep."""
        board = self.board
        if board.is_check() and left:
            moves = self.ordered(board.legal_moves)
            if not moves:
                return self._end()
            best = -2 * MATE
        else:
            best = self._standing()
            if best >= beta or not left:
                return best
            moves = self.ordered(board.generate_legal_captures())
        for move in moves:
            before = self.balance
            self.balance += self._change(move)
            board.push(move)
            score = -self.quiet(left - 1, -beta, -max(alpha, best))
            board.pop()
            self.balance = before
            best = max(best, score)
            if best >= beta:
                break
        return best

    def ordered(self, moves: Iterable[chess.Move]) -> list[chess.Move]:
        """The moves that change the balance most come first."""
        sign = 1 if self.board.turn else -1
        return sorted(moves, key=lambda move: -sign * self._change(move))

    def _change(self, move: chess.Move) -> int:
        """How a move changes the balance."""
        board, start, end = self.board, move.from_square, move.to_square
        mine, theirs = self.worth[board.turn], self.worth[not board.turn]
        piece = board.piece_type_at(start)
        assert piece is not None
        change = mine[move.promotion or piece][end] - mine[piece][start]
        taken = board.piece_type_at(end)
        if taken:
            change += theirs[taken][end]
        elif piece == chess.PAWN and end == board.ep_square:
            change += theirs[chess.PAWN][end ^ 8]
        elif piece == chess.KING and abs(start - end) == 2:
            change += 20
        return change if board.turn else -change

    def _standing(self) -> int:
        """The score of the position as it stands."""
        score = self.balance if self.board.turn else -self.balance
        if self.bare is not None:
            bare, other = self.board.king(self.bare), self.board.king(not self.bare)
            assert bare is not None
            assert other is not None
            drive = 10 * (6 - _center(bare)) + 5 * (14 - chess.square_manhattan_distance(bare, other))
            score += -drive if self.board.turn == self.bare else drive
        return score

    def _end(self) -> int:
        """No move is left: mated, the sooner the worse, or stalemate."""
        return len(self.board.move_stack) - self.root - MATE if self.board.is_check() else 0
