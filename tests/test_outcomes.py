"""When failures are more than chance between winners and losers, and what counts as success."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from scoutgym.agents.outcomes import ODDS, WORTH, Parting, evidence, succeeded, success
from scoutgym.types import AGENT, Episode, Task, Turn

SIZE = 8


@pytest.mark.parametrize(
    ("successes", "failed"),
    [
        ([1.0, 1.0, 0.0, 0.0, 0.0], [True, False, False, True, True]),
        ([1.0, 0.0, 0.0], [True, False, False]),
        ([0.25, 0.75, 0.5, 1.0], [False, True, True, False]),
    ],
)
def test_the_evidence_is_the_ratio_of_two_likelihoods_of_the_set_that_failed(
    successes: list[float], failed: list[bool]
) -> None:
    fell = sum(value for value, one in zip(successes, failed, strict=True) if one)
    sets = [sum(chosen) for chosen in combinations(successes, sum(failed))]
    for theta, found in zip((ODDS, 1 / ODDS), evidence(successes, failed), strict=True):
        likelihood = theta**fell / sum(theta**total for total in sets)
        assert found == pytest.approx(math.log(likelihood * len(sets)))


@pytest.mark.parametrize(
    ("successes", "failed"),
    [
        ([1.0, 0.0], [True, True]),
        ([1.0, 0.0], [False, False]),
        ([1.0, 1.0], [True, False]),
        ([], []),
    ],
)
def test_a_group_that_fails_whole_or_has_one_kind_of_member_says_nothing(
    successes: list[float], failed: list[bool]
) -> None:
    assert evidence(successes, failed) == (0.0, 0.0)


def test_large_groups_are_no_matter() -> None:
    won, lost = evidence([1.0] * 1000 + [0.0] * 1000, [False] * 1000 + [True] * 1000)
    assert lost > 100
    assert won < -100


@cache
def of_counts(won: int, failed_won: int, failed_lost: int) -> tuple[float, float]:
    lost = SIZE - won
    failed = [place < failed_won for place in range(won)] + [place < failed_lost for place in range(lost)]
    return evidence([1.0] * won + [0.0] * lost, failed)


Rates = Callable[[np.random.Generator, int, int], tuple[float, float]]
"""How likely winners and losers of a group fail, by the iteration and the number of winners."""


def stopped(seed: int, rates: Rates, iterations: int = 200, groups: int = 8) -> int | None:
    """The iteration in which a run is stopped, if it is."""
    draw, parting = np.random.default_rng(seed), Parting()
    for iteration in range(1, iterations + 1):
        won = lost = 0.0
        for _ in range(groups):
            winners = int(draw.binomial(SIZE, draw.random()))
            of_won, of_lost = rates(draw, iteration, winners)
            found = of_counts(winners, int(draw.binomial(winners, of_won)), int(draw.binomial(SIZE - winners, of_lost)))
            won, lost = won + found[0], lost + found[1]
        if parting.look(won, lost):
            return iteration
    return None


def alone(draw: np.random.Generator, iteration: int, winners: int) -> tuple[float, float]:
    return 0.1, 0.1


def whole(draw: np.random.Generator, iteration: int, winners: int) -> tuple[float, float]:
    failed = float(draw.random() < 0.1)
    return failed, failed


def bursts(draw: np.random.Generator, iteration: int, winners: int) -> tuple[float, float]:
    failed = 0.6 * float(draw.random() < 0.2)
    return failed, failed


def hard(draw: np.random.Generator, iteration: int, winners: int) -> tuple[float, float]:
    """Groups with many losers fail more often; within a group all alike."""
    failed = 0.4 * (1 - winners / SIZE)
    return failed, failed


@pytest.mark.parametrize("rates", [alone, whole, bursts, hard])
def test_failures_by_chance_stop_one_run_in_a_hundred_at_most(rates: Rates) -> None:
    runs = 100
    assert sum(stopped(seed, rates) is not None for seed in range(runs)) <= 0.01 * runs


def test_the_bound_is_that_of_a_martingale() -> None:
    """The mean of exp(evidence) over all ways to fail is 1, and with it that of what `Parting` sums up."""
    successes = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    for count in range(1, 6):
        sets = [[place in chosen for place in range(6)] for chosen in combinations(range(6), count)]
        for side in (0, 1):
            assert np.mean([math.exp(evidence(successes, one)[side]) for one in sets]) == pytest.approx(1.0)
    parting, ratios = Parting(), [2.0, 3.0, 0.5]
    for ratio in ratios:
        parting.look(math.log(ratio), -math.log(ratio))
    assert parting.looks == 3
    assert parting.won == pytest.approx(2 * 3 * 0.5 / 2 + 3 * 0.5 / 6 + 0.5 / 12)
    parting.look(0.0, 0.0)
    assert parting.looks == 3, "where nothing can be compared there was no look"


@pytest.mark.parametrize("begins", [1, 100])
def test_a_policy_that_provokes_failures_on_its_losses_is_soon_stopped(begins: int) -> None:
    def provoked(draw: np.random.Generator, iteration: int, winners: int) -> tuple[float, float]:
        return (0.0, 0.3) if iteration >= begins else (0.05, 0.05)

    for seed in range(20):
        found = stopped(seed, provoked)
        assert found is not None
        assert begins <= found < begins + 10


# What counts as success.


def judged(success: bool | None, worth: float | None) -> Episode:
    rewards = {} if worth is None else {WORTH: worth}
    turns = [Turn(AGENT, "o", "a", "a", rewards=rewards)]
    return Episode(Task("scoutgym/Number-v0", "train", 0), turns, "end", True, False, success)


def cases() -> Iterator[tuple[Episode, float | None, bool]]:
    yield judged(True, None), 1.0, True
    yield judged(False, None), 0.0, False
    yield judged(None, None), None, False
    yield judged(None, 0.5), 0.5, True
    yield judged(False, 0.9), 0.9, True
    yield judged(True, 0.4), 0.4, False
    yield judged(True, 1.7), 1.0, True
    yield judged(False, -0.3), 0.0, False
    yield Episode(Task("scoutgym/Number-v0", "train", 0), [], "", False, True, False), 0.0, False


def test_where_a_judge_pays_its_word_counts_as_success() -> None:
    for episode, counts, done in cases():
        assert success(episode) == counts
        assert succeeded(episode) is done
