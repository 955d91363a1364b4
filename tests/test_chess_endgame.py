"""Chess endgames: the tables against python-chess and the literature, what is drawn from them, and perfect play."""

from __future__ import annotations

import chess
import gymnasium
import pytest

from scoutgym.check import check
from scoutgym.envs.chance import Chance
from scoutgym.envs.chess.endgame import ChessEndgame, parse
from scoutgym.envs.chess.engine import rivals, rules
from scoutgym.envs.chess.engine.tables import Table, table
from scoutgym.envs.chess.game import ChessState
from scoutgym.envs.registry import world_for
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds

KNOWN = {("Q", ""): 10, ("R", ""): 16, ("RR", ""): 7, ("Q", "R"): 35}
"""The most moves to mate, as published tables have it."""


def env_of(name: str, **options: object) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{name}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def some_position(white: str, black: str, chance: Chance) -> chess.Board | None:
    board = chess.Board(None)
    squares = chance.sample(range(64), 2 + len(white + black))
    for square, letter in zip(squares, f"Kk{white}{black.lower()}", strict=True):
        board.set_piece_at(square, chess.Piece.from_symbol(letter))
    board.turn = bool(chance.below(2))
    return board if board.is_valid() else None


def bellman(board: chess.Board) -> int | None:
    """The number of moves to mate from those of the positions that can be reached, by the rules of python-chess."""
    if board.is_checkmate():
        return 0 if board.turn == chess.BLACK else None
    after = []
    for move in list(board.legal_moves):
        board.push(move)
        after.append(rivals.mate_in(board))
        board.pop()
    if board.turn == chess.WHITE:
        return 1 + min(number for number in after if number is not None) if any(n is not None for n in after) else None
    return max(after) if after and None not in after else None


@pytest.mark.parametrize("pieces", KNOWN, ids="-".join)
def test_tables_are_exact(pieces: tuple[str, str]) -> None:
    """Each position agrees with its successors, mates are mates, and the longest mate is the published one: together
    that is the definition of the number of moves to mate.
    """
    assert table(*pieces).longest == KNOWN[pieces]
    chance, seen = Chance(b"tables"), 0
    for turn in range(700):
        board = some_position(*pieces, chance.at(turn))
        if board is not None:
            assert rivals.mate_in(board) == bellman(board), board.fen()
            seen += 1
    assert seen > 250


def test_rook_mates_are_counted() -> None:
    """There are 216 positions in which a king and a rook have mated, 27 of them different but for symmetry."""
    rook, mates = table("R"), 0
    for white in range(64):
        for black in range(64):
            mates += sum(rook.loss(white, black, [square]) == 0 for square in range(64))
    assert mates == 216


def test_illegal_positions_have_no_number() -> None:
    rook = table("R")
    assert rook.win(0, 1, [40]) is None  # kings side by side
    assert rook.win(0, 0, [40]) is None
    assert rook.win(0, 40, [40]) is None
    assert rook.win(0, 40, [47]) is None  # White to move, and Black is in check
    assert table("B").win(0, 40, [20]) is None  # a bishop alone does not mate
    assert Table("", "R").longest == 0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("KBK", "cannot be won"),
        ("KNNK", "cannot be won"),
        ("KQQQK", "more than two"),
        ("KPK", "no endgame without pawns"),
        ("QK", "no endgame"),
        ("", "no endgame"),
        ("KK", "no endgame"),
        ("KRK,KXK", "KXK"),
    ],
)
def test_an_endgame_that_is_none_is_refused(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        env_of("ChessEndgame", pieces=name)


def test_names_are_read_in_any_order() -> None:
    assert parse("KRQK") == parse("KQRK") == ("QR", "")
    assert parse("KQKR") == ("Q", "R")


@pytest.mark.parametrize(("pieces", "distance"), [("KRK", 3), ("KQK", 5), ("KRRK", 4), ("KQKR", 50)])
def test_tasks_are_won_in_the_stated_number_of_moves(pieces: str, distance: int) -> None:
    env, found = env_of("ChessEndgame", pieces=pieces, distance=distance), set()
    for index in range(20):
        env.reset(options={"split": "test", "index": index})
        board = env.session.state.board
        assert board.is_valid()
        assert not board.is_check()
        number = env.privileged().extra["mate_in"]
        assert 1 <= number <= distance
        assert number == env.session.state.shortest
        found.add(number)
    assert len(found) > 2


def test_a_distance_at_which_nothing_is_won_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoutgym.envs.chess.endgame.DRAWS", 0)
    with pytest.raises(ValueError, match="no position of KRK was found in which White mates within 1 moves"):
        env_of("ChessEndgame", distance=1).reset(seed=1)


def test_a_position_and_its_reflections_are_one_secret() -> None:
    world = world_for(ChessEndgame, {"pieces": "KQRK"})
    board = chess.Board("8/3k4/8/8/1Q6/8/6R1/K7 w - - 0 1")
    turned = [board, board.transform(chess.flip_vertical), board.transform(chess.flip_diagonal)]
    turned.append(turned[1].transform(chess.flip_horizontal).transform(chess.flip_diagonal))
    keys = [world.hidden_key(ChessState(other)) for other in turned]
    assert all(key == keys[0] for key in keys)
    assert world.hidden_key(ChessState(chess.Board("8/3k4/8/8/1R6/8/6Q1/K7 w - - 0 1"))) != keys[0]


@pytest.mark.parametrize("pieces", ["KRK", "KQK", "KRRK", "KQKR"])
def test_the_expert_takes_exactly_the_fewest_moves_against_the_best_defense(pieces: str) -> None:
    env = env_of("ChessEndgame", pieces=pieces)
    for index in range(5):
        env.reset(options={"split": "test", "index": index})
        info: dict[str, object] = {}
        while not env.session.over:
            *_, info = env.step(env.world.expert(env.history, Chance(b"unused")))
        assert info["success"]
        made, fewest = info["figures"]["moves"]  # type: ignore[index]
        assert made == fewest


def test_the_defense_takes_a_draw_where_there_is_one() -> None:
    hangs = chess.Board("8/8/8/8/8/2k5/2R5/K7 b - - 0 1")
    assert rivals.table_lines(hangs)[0] == ("c3c2", 0)


@pytest.mark.parametrize("options", [{"rival": "stockfish"}, {"rival": "stockfish", "skill": 0}, {"skill": 5}])
def test_the_solver_knows_every_answer_whatever_the_luck(options: dict[str, object]) -> None:
    env = env_of("ChessEndgame", pieces="KRK", distance=8, **options)
    for index in range(3):
        for luck in (1, 2):
            env.reset(options={"index": index, "luck": luck})
            moves = env.world.solver(env.session.state)
            for move in moves:
                env.step(move)
            assert env.session.success


def test_drawing_by_mistake() -> None:
    env = env_of("ChessEndgame", weights={"draw": 0.25})
    env.reset(options={"index": 0})
    env.session.state = ChessState(rules.load("8/8/8/8/8/3k4/7R/K7 w - - 0 1", []))
    observation, reward, terminated, _, info = env.step("Rc2")
    assert observation == "Black plays Kxc2. The game is drawn: neither side has enough pieces left to mate."
    assert (reward, terminated, info["success"], info["figures"]) == (0.25, True, False, {})


@pytest.mark.parametrize("name", ["ChessEndgame", "ChessEndgame-KQK-board", "ChessEndgame-KRRK"])
def test_the_contract_is_kept(name: str) -> None:
    found = check(f"scoutgym/{name}-v0", episodes=2, seconds=1.0)
    assert [finding for finding in found if finding.problem] == []
