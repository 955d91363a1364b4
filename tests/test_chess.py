"""Chess: the rules in words, the rivals, saved games, and Stockfish when it dies, hangs, or is not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import chess
import gymnasium
import pytest

from scoutgym.check import check
from scoutgym.envs.chance import Chance
from scoutgym.envs.chess.engine import rivals, rules, search, stockfish
from scoutgym.envs.chess.game import Chess, ChessState
from scoutgym.envs.chess.notation import GRAMMARS
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import world_for
from scoutgym.envs.session import Session
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import SchemaError, Task

pytestmark = pytest.mark.worlds

LUCK = Chance(b"unused")
SHORT = "r1bqk2r/pppp1ppp/2n2n2/2b1p3/2B1P3/3P1N2/PPP2PPP/RNBQK2R b KQkq - 0 5"


def env_of(name: str, **options: object) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{name}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def at(env: TextEnv, fen: str, moves: tuple[str, ...] = ()) -> None:
    """Put the game at a position."""
    env.reset(options={"index": 0, "luck": 0})
    env.session.state = ChessState(rules.load(fen, list(moves)))


def random_boards(count: int) -> list[chess.Board]:
    """Positions of random games."""
    chance, boards = Chance(b"random games"), []
    while len(boards) < count:
        board = chess.Board()
        for _ in range(chance.below(120)):
            if not board.is_game_over():
                board.push(chance.choice(sorted(board.legal_moves, key=chess.Move.uci)))
        boards.append(board)
    return boards


def test_a_family_with_the_name_of_a_package_does_not_hide_it() -> None:
    assert "site-packages" in (chess.__file__ or "")
    assert Chess.__module__ == "scoutgym.envs.chess.game"


# Moves and positions as text.


def test_every_legal_move_is_read_as_itself_in_both_notations() -> None:
    for board in random_boards(60):
        for move in board.legal_moves:
            for notation, language in GRAMMARS.items():
                _, text = language.parse(rules.name(board, move, notation))
                assert rules.read(board, text, notation) == move


@pytest.mark.parametrize(
    ("written", "means"),
    [("Nf3", "g1f3"), ("Nf3!?", "g1f3"), ("e4", "e2e4"), ("Nf3+", "g1f3")],
)
def test_signs_may_be_left_out_or_added(written: str, means: str) -> None:
    board = chess.Board()
    assert rules.read(board, GRAMMARS["san"].parse(written)[1], "san") == chess.Move.from_uci(means)


@pytest.mark.parametrize("text", ["nf3", "Nf9", "castle", "e2e4", "Nf3 Nf6", "O-O-O-O", "Nf3+++", "", "--"])
def test_what_is_no_san_is_refused(text: str) -> None:
    with pytest.raises(BadAction):
        GRAMMARS["san"].parse(text)


def test_castling_with_zeros_and_promotion_without_a_sign() -> None:
    castle = chess.Board("r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1")
    assert rules.read(castle, GRAMMARS["san"].parse("0-0-0")[1], "san") == chess.Move.from_uci("e1c1")
    promote = chess.Board("8/P6k/8/8/8/8/8/K7 w - - 0 1")
    assert rules.read(promote, GRAMMARS["san"].parse("a8Q")[1], "san") == chess.Move.from_uci("a7a8q")


def test_both_views_tell_the_whole_position() -> None:
    for board in random_boards(60):
        assert [shown.fen() for shown in rules.positions(rules.describe(board, "fen"))] == [board.fen()]
        (drawn,) = rules.positions(rules.describe(board, "board"))
        assert drawn.epd() == board.epd()


def test_why_a_move_is_refused() -> None:
    env = env_of("Chess")
    at(env, "4k3/8/8/8/8/8/4K3/1N3N2 w - - 0 1")
    observation, reward, *_, info = env.step("Nd2")
    assert observation.startswith("Invalid action: Nd2 could be Nbd2 or Nfd2: write one of them.")
    assert (reward, info["outcome"]) == (-0.1, "invalid_action")
    assert "Ne5 is not a legal move in this position." in env.step("Ne5")[0]
    at(env, "4k3/8/8/8/8/8/4r3/K7 w - - 0 1")
    assert env.step("Ka2")[4]["outcome"] == "invalid_action"  # pinned to the rank
    at(env, "k3r3/8/8/8/8/8/8/N3K3 w - - 0 1")
    observation = env.step("Nb3")[0]
    assert "where you are in check" in observation
    assert observation.endswith("You are in check.\nPosition (FEN): k3r3/8/8/8/8/8/8/N3K3 w - - 0 1")


# Ends of games.


@pytest.mark.parametrize(
    ("fen", "move", "said", "parts"),
    [
        ("6k1/5ppp/8/8/8/8/8/R3K3 w Q - 0 1", "Ra8#", "Checkmate: you have won!", {"success": 1.0}),
        ("7k/8/5KQ1/8/8/8/8/8 w - - 0 1", "Kf7", "The game is drawn: stalemate.", {"draw": 1.0}),
        ("7k/8/8/8/8/8/1r6/K7 w - - 0 1", "Kxb2", "drawn: neither side has enough pieces", {"draw": 1.0}),
        ("7k/8/8/8/8/8/1R6/K7 w - - 99 90", "Rb3", "drawn: fifty moves without", {"draw": 1.0}),
        ("7k/R7/1R6/8/8/8/8/K7 w - - 99 90", "Rb8#", "Checkmate: you have won!", {"success": 1.0}),
        ("rnbqkbnr/pppp1ppp/8/4p3/8/5P2/PPPPP1PP/RNBQKBNR w - - 0 2", "g4", "Qh4#. Checkmate: you", {"loss": -1.0}),
    ],
)  # fmt: skip
def test_how_games_end(fen: str, move: str, said: str, parts: dict[str, float]) -> None:
    env = env_of("Chess", skill=20, weights={"loss": 1.0, "draw": 0.5})
    at(env, fen)
    observation, reward, terminated, truncated, info = env.step(move)
    assert said in observation
    assert info["rewards"] == parts
    assert reward == parts.get("success", 0.0) + parts.get("loss", 0.0) + 0.5 * parts.get("draw", 0.0)
    assert (terminated, truncated, info["success"]) == (True, False, "success" in parts)


def test_a_repetition_is_remembered_in_saved_games() -> None:
    env = env_of("Chess")
    dance = ("g1f3", "g8f6", "f3g1", "f6g8")
    at(env, chess.STARTING_FEN, dance + dance[:3])
    other = env_of("Chess")
    other.restore(env.snapshot())
    assert rules.past(other.session.state.board) == rules.past(env.session.state.board)
    rules.push(other.session.state.board, chess.Move.from_uci("f6g8"))
    assert rules.end(other.session.state.board) == "the same position for the third time"
    assert rules.end(env.session.state.board) is None


def test_moves_before_a_capture_are_forgotten() -> None:
    board = chess.Board()
    for move in ("g1f3", "g8f6", "f3e5", "f6e4"):
        rules.push(board, chess.Move.from_uci(move))
    assert len(rules.past(board)) == 5
    rules.push(board, chess.Move.from_uci("e5d7"))
    assert rules.past(board) == [board.epd()]


@pytest.mark.parametrize(
    "change",
    [
        {"fen": "8/8/8/8/8/8/8/8 w - - 0 1"},
        {"fen": "x"},
        {"moves": ["e2e5"]},
        {"moves": 3},
        {"slips": "x"},
        {"fen": None},
    ],
)
def test_a_strange_state_is_refused(change: dict[str, object]) -> None:
    record = ChessState(chess.Board()).to_json() | change
    with pytest.raises(SchemaError):
        ChessState.from_json(record)


# Tasks.


def test_openings_are_held_out_and_say_who_is_to_move() -> None:
    world = world_for(Chess, {"opening": 5})
    assert world.holdout == "secret"
    assert world_for(Chess, {"opening": 3}).holdout == "none"
    seen: dict[str, set[str]] = {}
    for split in ("train", "test"):
        for index in range(6):
            session = Session(world)
            text = session.begin(Task("scoutgym/Chess-v0", split, index, {"opening": 5}))
            assert text.startswith("You play Black")
            seen.setdefault(split, set()).add(session.state.board.epd())
    assert len(seen["train"] | seen["test"]) == 12


def test_equal_luck_gives_an_equal_game_and_other_luck_another() -> None:
    env, games = env_of("Chess"), []
    for luck in (1, 1, 2):
        env.reset(options={"index": 0, "luck": luck})
        for move in ("e4", "Nf3", "Bc4", "d3", "c3", "h3"):
            env.step(move)
        games.append(env.history)
    assert games[0] == games[1] != games[2]


# Players.


def test_search_finds_mates_and_takes_what_hangs() -> None:
    mate = chess.Board("6k1/5ppp/8/8/8/8/1r3PPP/R2R2K1 w - - 0 1")
    assert search.lines(mate, 1, 1)[0] == ("d1d8", 31_999)
    hangs = chess.Board("4k3/8/8/3q4/8/2N5/8/4K3 w - - 0 1")
    assert search.lines(hangs, 1, 1)[0][0] == "c3d5"
    defended = chess.Board("4k3/8/2p5/3p4/8/8/8/3QK3 w - - 0 1")
    assert "d1d5" not in {move for move, _ in search.lines(defended, 1, 4)}


class Plain(search._Search):
    """The same search without bounds: nothing is cut off."""

    def best(self, depth: int, alpha: int, beta: int) -> int:
        return super().best(depth, -(2**30), 2**30)

    def quiet(self, left: int, alpha: int, beta: int) -> int:
        return super().quiet(left, -(2**30), 2**30)


def test_bounds_cut_off_nothing_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CAPTURES", 2)
    for board in random_boards(5):
        for depth in (1, 2):
            plain = Plain(board)
            exact = sorted((plain.after(m, depth - 1, 0, 0) for m in list(board.legal_moves)), reverse=True)
            assert [score for _, score in search.lines(board, depth, 4)] == exact[:4]


def test_the_handicap_is_stockfishs_rule() -> None:
    """Of score + (weakness (top - score) + spread u) / 128 the largest, u uniform below weakness = 120 - 2 skill."""
    lines = [("a", 40), ("b", 0)]
    assert rivals.choose(lines, 20, LUCK) == "a"
    counts = Counter(rivals.choose(lines, 0, Chance(b"luck", turn)) for turn in range(4_000))
    wins = sum((120 * 40 + 35 * u2) // 128 > 40 + (35 * u1) // 128 for u1 in range(120) for u2 in range(120)) / 120**2
    assert counts["b"] / 4_000 == pytest.approx(wins, abs=0.03)
    far = [("a", 2_000), ("b", 0)]
    assert {rivals.choose(far, 0, Chance(b"luck", turn)) for turn in range(500)} == {"a"}


def test_the_expert_wins_and_takes_over_in_mid_game() -> None:
    env, wins = env_of("Chess"), 0
    for index in range(3):
        env.reset(options={"split": "test", "index": index, "luck": index})
        env.step("a3"), env.step("nonsense")
        while not env.session.over:
            env.step(env.world.expert(env.history, LUCK))
        wins += bool(env.session.success)
    assert wins >= 2


# Stockfish.


def test_an_answer_depends_on_the_position_alone() -> None:
    one, other = stockfish.Stockfish(), stockfish.Stockfish()
    try:
        first = one.lines(SHORT, [], 6, 4)
        one.lines(chess.STARTING_FEN, ["e2e4", "c7c5"], 8, 2)
        assert one.lines(SHORT, [], 6, 4) == first == other.lines(SHORT, [], 6, 4)
        assert len(first) == 4
        assert [score for _, score in first] == sorted((score for _, score in first), reverse=True)
        assert one.lines("k7/8/1K6/8/8/8/8/7R w - - 0 1", [], 6, 1) == [("h1h8", stockfish.MATE - 1)]
        assert one.lines("7k/8/6K1/8/8/8/8/1R6 b - - 0 1", [], 6, 1)[0] == ("h8g8", -(stockfish.MATE - 2))
    finally:
        one.close(), other.close()


def test_a_killed_process_ends_its_episode_and_no_other() -> None:
    env, other = env_of("Chess-lmrl"), env_of("Chess-lmrl")
    env.reset(options={"index": 0, "luck": 0}), other.reset(options={"index": 0, "luck": 0})
    env.step("e4")
    os.kill(stockfish._POOL._idle[-1][1].pid, signal.SIGKILL)
    result = env.step("Nf3")
    assert (result[1:4], result[4]["outcome"]) == ((0.0, False, True), "env_error")
    assert other.step("e4")[4]["outcome"] == "ok"
    env.reset(options={"index": 0, "luck": 0})
    assert env.step("e4")[4]["outcome"] == "ok"


def test_a_process_that_hangs_is_a_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "stockfish"
    fake.write_text("#!/bin/sh\nwhile read line; do case $line in isready) echo readyok;; esac; done\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(stockfish, "PATIENCE", 0.3)
    stockfish.program.cache_clear()
    stockfish._POOL.clear()
    try:
        env = env_of("Chess-lmrl")
        env.reset(options={"index": 0})
        assert env.step("e4")[4]["outcome"] == "timeout"
    finally:
        stockfish.program.cache_clear()
    assert not stockfish._POOL._idle


def test_a_missing_program_is_an_error_that_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(stockfish, "PATH_OF_GAMES", "/nowhere")
    stockfish.program.cache_clear()
    try:
        from scoutgym.envs.registry import _MADE

        _MADE.clear()
        with pytest.raises(FileNotFoundError, match="apt-get install stockfish"):
            env_of("Chess-lmrl")
        env_of("Chess").reset()
    finally:
        stockfish.program.cache_clear()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", ["killed", "left"])
def test_no_process_outlives_the_one_that_started_it(how: str) -> None:
    program = """
import sys, gymnasium, scoutgym
from scoutgym.envs.chess.engine import stockfish
env = gymnasium.make("scoutgym/Chess-lmrl-v0")
env.reset(seed=1)
env.step("e4")
env.close()
print(stockfish._POOL._idle[0][1].pid, flush=True)
if sys.argv[1] == "killed":
    sys.stdin.read()
"""
    parent = subprocess.Popen([sys.executable, "-c", program, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    if how == "killed":
        assert alive(child)
        parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)


# The contract, and many at once.


@pytest.mark.parametrize(("name", "turns"), [("Chess", 8), ("Chess-lmrl", 5)])
def test_the_contract_is_kept(name: str, turns: int) -> None:
    found = check(f"scoutgym/{name}-v0", episodes=1, seconds=1.0, max_turns=turns)
    assert [finding for finding in found if finding.problem] == []


def test_games_in_worker_processes() -> None:
    make = {"vectorization_mode": "async", "vector_kwargs": {"shared_memory": False}}
    venv = gymnasium.make_vec("scoutgym/Chess-lmrl-v0", 2, **make)
    try:
        venv.reset(seed=1)
        observations, *_ = venv.step(["e4", "d4"])
        assert all("Black plays" in observation for observation in observations)
    finally:
        venv.close()
