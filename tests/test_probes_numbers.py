"""Game of 24 and Countdown: the lists against brute force of another kind, the solvers on everything."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, permutations

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.probes.countdown import Countdown, CountdownParams, CountdownState, moves, solution
from scoutgym.envs.probes.game24 import HARD, Game24, Game24Params, Game24State, _puzzles
from scoutgym.types import Task

LUCK = Chance(b"unused")

# Game of 24.


@cache
def made(numbers: tuple[Fraction, ...]) -> frozenset[Fraction]:
    """Everything that is made of all the numbers: of a part and of the rest, joined by one operation."""
    if len(numbers) == 1:
        return frozenset(numbers)
    found = set()
    for chosen in range(1, 2 ** len(numbers) - 1):
        one = tuple(n for place, n in enumerate(numbers) if chosen >> place & 1)
        other = tuple(n for place, n in enumerate(numbers) if not chosen >> place & 1)
        for a in made(one):
            for b in made(other):
                found |= {a + b, a - b, a * b} | ({a / b} if b else set())
    return frozenset(found)


def listed() -> list[tuple[int, ...]]:
    return [tuple(map(int, line.split())) for line in _puzzles()]


def test_the_list_has_the_sets_that_make_24_and_no_other() -> None:
    puzzles = set(listed())
    assert len(puzzles) == len(listed()) == 1362
    every = list(combinations_with_replacement(range(1, 14), 4))
    for puzzle in every[::23]:
        assert (24 in made(tuple(map(Fraction, puzzle)))) == (puzzle in puzzles)
    assert {(3, 3, 8, 8), (1, 5, 5, 5), (1, 3, 4, 6), (4, 4, 10, 10)} <= puzzles
    assert not {(1, 1, 1, 1), (13, 13, 13, 13)} & puzzles


@cache
def luck_of(numbers: tuple[Fraction, ...]) -> Fraction:
    """The chance of random play, by its definition: each different step is equally likely."""
    if len(numbers) == 1:
        return Fraction(numbers[0] == 24)
    steps = {}
    for a, b, *rest in permutations(numbers):
        for sign, result in (("+", a + b), ("-", a - b), ("*", a * b), ("/", a / b if b else None)):
            if result is not None:
                name = (sign, *(sorted((a, b)) if sign in "+*" else (a, b)))
                steps[name] = tuple(sorted((*rest, result)))
    return sum(map(luck_of, steps.values()), Fraction()) / len(steps)


def test_the_list_begins_with_what_random_play_seldom_solves() -> None:
    chances = [luck_of(tuple(map(Fraction, puzzle))) for puzzle in listed()[::60]]
    assert all(chance > 0 for chance in chances)
    assert chances == sorted(chances)
    assert chances[0] < chances[-1] / 30


def test_all_of_the_hundred_hard_puzzles_are_solved() -> None:
    env = gymnasium.make("scoutgym/Game24-hard-v0").unwrapped
    seen = set()
    for split in ("test", "train"):
        for index in range(HARD):
            env.reset(options={"split": split, "index": index})
            seen.add(env.session.state.puzzle)
            for text in env.world.solver(env.session.state):
                env.step(text)
            assert env.session.success
            assert env.session.turn == 3
            env.reset(options={"split": split, "index": index})
            while not env.session.over:
                env.step(env.world.expert(env.history, LUCK))
            assert env.session.success
    assert sorted(seen) == sorted(_puzzles()[:HARD])


def test_the_levels_and_splits_share_no_puzzle() -> None:
    seen: dict[str, str] = {}
    for level in ("easy", "medium"):
        env = gymnasium.make(f"scoutgym/Game24-{level}-v0").unwrapped
        for split in ("train", "dev", "test"):
            for index in range(40):
                env.reset(options={"split": split, "index": index})
                assert seen.setdefault(env.session.state.puzzle, f"{level} {split}") == f"{level} {split}"
    assert not set(seen) & set(_puzzles()[:HARD])


def test_fractions_are_exact() -> None:
    game = Game24(Game24Params())
    state = Game24State("3 3 8 8", ["3", "3", "8", "8"])
    grammar = game.grammar(state)
    assert game.play(state, grammar.parse("8 / 3"), LUCK).text == "8 / 3 = 8/3. Numbers left: 8/3, 3, 8."
    assert game.play(state, grammar.parse("3 - 8/3"), LUCK).text == "3 - 8/3 = 1/3. Numbers left: 1/3, 8."
    reply = game.play(state, grammar.parse("8 / 1/3"), LUCK)
    assert (reply.text, reply.done, reply.success) == ("8 / 1/3 = 24. You have made 24!", True, True)


def test_what_is_not_there_cannot_be_used() -> None:
    game = Game24(Game24Params())
    state = Game24State("1 4 4 6", ["1", "4", "4", "6"])
    for text in ("4 * 5", "6 + 6", "1 - -4"):
        reply = game.play(state, game.grammar(state).parse(text), LUCK)
        assert reply.invalid
        assert "not among your numbers: 1, 4, 4, 6." in reply.text
    assert not game.play(state, game.grammar(state).parse("4 - 4"), LUCK).invalid
    assert state.numbers == ["0", "1", "6"]
    assert game.play(state, game.grammar(state).parse("6 / 0"), LUCK).invalid
    assert len(game.actions(state)) == 6 + 5 + 5  # 1 and 6; with 0 one of the two quotients is missing
    lost = [game.intro(state, "agent")]
    action = game.grammar(state).parse(game.expert(lost, LUCK))
    assert not game.play(state, action, LUCK).invalid  # what cannot be won any more is played on


@pytest.mark.parametrize(
    "text", ["4 ** 6", "4 * 6 * 1", "4/0 + 1", "__import__('os')", "4 + ", "4 x 6", "9" * 30 + " + 1"]
)
def test_nothing_but_a_step_is_read(text: str) -> None:
    env = gymnasium.make("scoutgym/Game24-v0").unwrapped
    env.reset(seed=0)
    before = env.state_key()
    assert env.step(text)[4]["outcome"] == "invalid_action"
    assert env.state_key() == before


# Countdown.


@cache
def reached(numbers: tuple[int, ...]) -> frozenset[int]:
    """Everything that any part of the numbers makes, by joining parts that share nothing."""
    by_part: dict[int, set[int]] = {1 << place: {number} for place, number in enumerate(numbers)}
    for part in range(1, 1 << len(numbers)):
        values = by_part.setdefault(part, set())
        one = (part - 1) & part
        while one:
            for a in by_part[one]:
                for b in by_part[part ^ one]:
                    values |= {a + b, a * b}
                    if a > b:
                        values.add(a - b)
                    if a % b == 0:
                        values.add(a // b)
            one = (one - 1) & part
    return frozenset().union(*by_part.values())


def test_what_the_solver_cannot_make_nobody_can() -> None:
    game = Countdown(CountdownParams())
    for index in range(12):
        state = game.start(Task("x", "train", 0), Chance(b"draw", index))
        numbers = tuple(state.numbers)
        can = reached(numbers)
        for target in range(100, 1000, 7):
            found = solution(numbers, target)
            assert (found is not None) == (target in can)
            if found and target % 3 == 0:
                played = CountdownState(list(numbers), list(numbers), target)
                replies = [game.play(played, game.grammar(played).parse(text), LUCK) for text in found]
                assert [reply.done for reply in replies] == [False] * (len(found) - 1) + [True]
                assert replies[-1].success


def test_the_solver_takes_the_fewest_steps() -> None:
    @cache
    def fewest(numbers: tuple[int, ...], target: int) -> float:
        after = [left for _, left in moves(numbers)] if len(numbers) > 1 else []
        return min((1 if target in left else 1 + fewest(left, target) for left in after), default=float("inf"))

    game = Countdown(CountdownParams())
    for index in range(40):
        state = game.start(Task("x", "train", 0), Chance(b"fewest", index))
        found = solution(tuple(state.numbers), state.target)
        assert found is not None
        assert len(found) == fewest(tuple(state.numbers), state.target)


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_every_task_can_be_solved_and_the_expert_solves_it(count: int) -> None:
    env = gymnasium.make(f"scoutgym/Countdown-{count}-v0").unwrapped
    for index in range(30):
        env.reset(options={"split": "test", "index": index})
        state = env.session.state
        assert len(state.numbers) == count
        assert env.world.range[0] <= state.target <= env.world.range[1]
        assert state.target not in state.numbers
        while not env.session.over:
            env.step(env.world.expert(env.history, LUCK))
        assert env.session.success
        assert env.session.turn < count


def test_only_positive_whole_results_count() -> None:
    game = Countdown(CountdownParams(numbers=3))
    state = CountdownState([2, 5, 5], [2, 5, 5], 50)
    for text, reason in (
        ("2 - 5", "no positive"),
        ("5 - 5", "no positive"),
        ("5 / 2", "no positive"),
        ("3 * 5", "not"),
    ):
        reply = game.play(state, game.grammar(state).parse(text), LUCK)
        assert reply.invalid
        assert reason in reply.text
    assert game.play(state, game.grammar(state).parse("5 / 5"), LUCK).text == "5 / 5 = 1. Numbers left: 1, 2."
    reply = game.play(state, game.grammar(state).parse("2 + 1"), LUCK)
    assert (reply.done, reply.success, reply.text) == (True, False, "2 + 1 = 3. That is not 50.")
