"""The measures on episodes made by hand, with numbers worked out by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from scoutgym.benchmark import bandits
from scoutgym.benchmark import measures as m
from scoutgym.types import Episode, Outcome, Task, Turn

TASK = Task("t/T-v0", "test", 0)


def turn(
    action: str, bits: float | None = None, gain: float | None = None, best: float | None = None, **more: Any
) -> Turn:
    return Turn("agent", "", action, action, bits=bits, gain=gain, best_gain=best, **more)


def episode(
    turns: list[Turn], success: float | bool | None = True, start: float | None = None, **truth: Any
) -> Episode:
    return Episode(TASK, turns, "", True, False, success, start_bits=start, privileged=truth)


# Measures of one episode.


def test_bits_and_gains_by_hand() -> None:
    play = episode([turn("8", 2.0, 0.9, 1.0), turn("4", 1.5, 0.2, 1.0), turn("6", 0.0, 0.7, 0.7)], start=3.0)
    assert m.bits_per_turn(play) == (3.0, 3)
    assert m.luck_free_gain(play) == (pytest.approx(1.8), 3)
    assert m.question_efficiency(play) == (pytest.approx(1.8), pytest.approx(2.7))
    blind = episode([turn("8")])
    assert m.bits_per_turn(blind) is m.luck_free_gain(blind) is m.question_efficiency(blind) is None
    assert m.repeated_questions(blind) is m.contradictory_questions(blind) is m.knew_but_failed(blind) is None


def test_repeated_and_contradictory_questions_by_hand() -> None:
    invalid = Outcome.INVALID_ACTION
    play = episode(
        [
            turn("Guess  8", 2.0, 0.9, 1.0),
            turn("guess 8", 2.0, 0.0, 1.0),  # the same question again: repeated
            turn("guess 99", 2.0, 0.0, 1.0, outcome=invalid),  # not understood: neither
            turn("guess 99", 2.0, 0.0, 1.0, outcome=invalid),  # what it repeats was invalid: still neither
            turn("guess 9", 2.0, 0.0, 1.0),  # excluded by what was said: contradictory
            turn("guess 9", 2.0, 0.0, 1.0),  # repeated, and not contradictory a second time
            turn("guess 3", 0.0, 0.5, 1.0),
            turn("guess 3", 0.0, 0.0, 0.0),  # nothing was left to learn: no question
        ],
        start=3.0,
    )
    assert m.repeated_questions(play) == (2, 8)
    assert m.contradictory_questions(play) == (1, 8)
    assert m.invalid_turns(play) == (2, 8)


def test_pulling_a_noisy_arm_again_is_no_repetition() -> None:
    play = episode([turn("red", 1.0, 0.4, 0.4), turn("red", 0.9, 0.3, 0.35)], start=1.2)
    assert m.repeated_questions(play) == (0, 2)


def test_without_a_belief_a_repetition_is_an_action_in_a_known_state() -> None:
    keys = ["a", "b", "a", "b"]  # north from the start; south; north again from a; …
    play = episode([turn(word, key=key) for word, key in zip(["north", "south", "east", "east"], keys, strict=True)])
    # "east" was tried in b, and then in a: two different questions.
    assert m.repeated_questions(play) == (0, 4)
    again = episode([turn(word, key=key) for word, key in zip(["up", "east", "east"], ["a", "a", "a"], strict=True)])
    assert m.repeated_questions(again) == (1, 3)


def test_never_found_out_or_knew_but_failed() -> None:
    knew = episode([turn("a", 0.05), turn("b", 0.05)], success=False, start=2.0)
    late = episode([turn("a", 1.0), turn("b", 0.0)], success=False, start=2.0)  # found out with no action left
    won = episode([turn("a", 0.05), turn("b", 0.0)], success=True, start=2.0)
    edge = episode([turn("a", m.KNOWN_BITS), turn("b", 0.0)], success=False, start=2.0)
    assert [m.knew_but_failed(e) for e in (knew, late, won, edge)] == [(1, 1), (0, 1), (0, 1), (0, 1)]
    assert [m.never_found_out(e) for e in (knew, late, won, edge)] == [(0, 1), (1, 1), (0, 1), (1, 1)]
    assert m.never_found_out(episode([turn("a", 1.0)], success=None, start=2.0)) is None


def test_measures_of_several_samples_by_hand() -> None:
    one = episode([turn("Left", key="a"), turn("left", key="b")], success=True)
    two = episode([turn("left ", key="a"), turn("LEFT", key="b")], success=False)
    three = episode([turn("left", key="a"), turn("right", key="c"), turn("up", key="d")], success=False)
    assert m.distinct_trajectories([one, two, three]) == (2, 3)
    assert m.common_steps([one, two, three], [one, one]) == 4
    assert m.coverage([one, two, three], 4) == (2, 4)
    assert m.coverage([one, two, three], 7) == (4, 7)
    assert m.coverage([episode([turn("x")])], 5) is None
    assert m.pass_at([one, two, three], 2) == pytest.approx(2 / 3)  # 2 of the 3 pairs hold the success


def test_curves_by_hand() -> None:
    short = episode([turn("a", 0.0)], success=True, start=2.0)
    long = episode([turn("a", 1.0), turn("b", 0.5)], success=False, start=2.0)
    assert m.bits_curve([short, long]) == [2.0, 0.5, 0.25]
    assert m.solved_curve([short, long]) == [0.0, 0.5, 0.5]
    assert m.bits_curve([]) == []


def test_an_agent_cannot_hide_behind_an_answer_that_was_cut_off() -> None:
    assert m.broken(episode([turn("a", outcome=Outcome.ENV_ERROR)]))
    assert m.broken(episode([turn("a"), turn("b", outcome=Outcome.JUDGE_ERROR)]))
    assert not m.broken(episode([turn("a", outcome=Outcome.OUTPUT_TRUNCATED)]))
    assert not m.broken(episode([turn("a", outcome=Outcome.TIMEOUT), turn("b")]))


# Bandits.


def rounds(
    arms: Sequence[int | None], rewards: Sequence[float], best: Sequence[int], context: Sequence[int] = ()
) -> Episode:
    """A regret bandit of three arms: the best one pays 0.7 on average, the others 0.2."""
    rows = zip(arms, rewards, best, context or [0] * len(arms), strict=True)
    told = [{"arm": arm, "reward": reward, "best": b, "context": c} for arm, reward, b, c in rows]
    truth = {"arms": ["x", "y", "z"], "means": [[0.2, 0.7, 0.2]], "low": 0.2, "high": 0.7, "turns": told}
    play = episode([turn("x") for _ in arms])
    play.privileged = truth
    return play


def identify(words: list[str], rewards: list[int | None], last: str, **more: Any) -> Episode:
    """A best-arm bandit of three arms with means 0.2, 0.7 and 0.5: pulls with their rewards, and the answer."""
    said = [f"The reward is {reward}." if reward is not None else "Invalid action." for reward in rewards]
    turns = [turn(word) for word in [*words, last]]
    for one, text in zip(turns, ["Find the best.", *said], strict=True):
        one.obs = text
    for key, value in more.items():
        setattr(turns[-1], key, value)
    play = episode(turns, arms=["x", "y", "z"], means=[[0.2, 0.7, 0.5]], best=["y"])
    play.final_observation = "No, y is the best."
    return play


def test_regret_bandit_by_hand() -> None:
    play = rounds([0, 1, 1, 2, 0, 0], [1, 0, 1, 1, 0, 0], [1] * 6)
    assert bandits.cumulative_pseudo_regret(play) == (pytest.approx(4 * 0.5), 1)
    assert bandits.simple_regret(play) is None
    assert bandits.suffix_failure(play) == (1.0, 1)  # the best arm, 1, is not among 2, 0, 0
    assert bandits.suffix_failure(rounds([0, 0, 0, 1], [0] * 4, [1] * 4)) == (0.0, 1)
    assert bandits.k_min_frac(play) == (pytest.approx(3 * 1 / 6), 1)
    assert bandits.k_min_frac(rounds([0, 1, 2, 1, 0, 2], [0] * 6, [1] * 6)) == (1.0, 1)
    assert bandits.k_min_frac(rounds([0, 0], [0, 0], [1, 1])) == (0.0, 1)
    # Averages before each pull: {0: 1} -> 1 no; {0: 1, 1: 0} -> 1 no; {0: 1, 1: .5} -> 2 no;
    # {0: 1, 1: .5, 2: 1} -> 0 yes; {0: .5, 1: .5, 2: 1} -> 0 no.
    assert bandits.greedy_fraction(play) == (1, 5)
    assert bandits.regret_curve([play]) == pytest.approx([0, 0.5, 0.5, 0.5, 1.0, 1.5, 2.0])
    assert bandits.cumulative_pseudo_regret(episode([turn("a")])) is None


def test_wasted_rounds_moving_arms_and_contexts_by_hand() -> None:
    wasted = rounds([None, 1, None], [0, 1, 0], [1] * 3)
    assert bandits.cumulative_pseudo_regret(wasted) == (pytest.approx(1.4), 1)
    assert bandits.greedy_fraction(wasted) == (0, 1)  # the last round had an average, and pulled nothing
    moving = rounds([0, 0, 2], [1, 1, 0], [0, 1, 2])
    assert bandits.cumulative_pseudo_regret(moving) == (pytest.approx(0.5), 1)
    assert bandits.suffix_failure(moving) == (0.0, 1)
    # In context 1 arm 2 is the only one tried, though arm 0 paid more in context 0.
    announced = rounds([0, 2, 2, 0], [1, 0, 0, 1], [0, 2, 2, 0], [0, 1, 1, 0])
    assert bandits.greedy_fraction(announced) == (2, 2)


def test_best_arm_by_hand() -> None:
    play = identify(["x", "Y", "nonsense", "z"], [1, 0, None, 1], "z")
    assert bandits.simple_regret(play) == (pytest.approx(0.2), 1)
    assert bandits.cumulative_pseudo_regret(play) is None  # these pulls do not pay
    assert [one.arm for one in bandits.tries(play)] == [0, 1, None, 2]
    assert bandits.suffix_failure(play) == (1.0, 1)
    assert bandits.k_min_frac(play) == (pytest.approx(3 / 4), 1)
    assert bandits.greedy_fraction(play) == (0, 3)
    nothing = identify(["x"], [1], "none of them", outcome=Outcome.INVALID_ACTION)
    assert bandits.simple_regret(nothing) == (pytest.approx(0.5), 1)
