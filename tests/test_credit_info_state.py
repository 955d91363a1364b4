"""The information-state baseline: by hand, as RLOO where nothing meets, across groups, and without its own visit."""

from __future__ import annotations

import random
import statistics

import pytest
from credit_tools import TASK, Table, episode, group

from scoutgym.agents.training.credit.core import credit_rule
from scoutgym.agents.training.credit.info_state import states
from scoutgym.types import Episode, Group, Task

pytestmark = pytest.mark.llm


def keyed(rewards: list[float], keys: list[str]) -> Episode:
    one = episode(*rewards)
    for turn, key in zip(one.turns, keys, strict=True):
        turn.obs, turn.key = "o", key
    return one


def advantages(groups: list[Group], gamma: float = 1.0, **options: float) -> list[list[list[float]]]:
    turns = credit_rule("info_state", options).credit(groups, Table(gamma)).turns
    return [[list(one) for one in members] for members in turns if members is not None]


def test_a_state_is_what_is_known_and_when() -> None:
    one, other = keyed([0, 0, 1], ["a", "b", "c"]), keyed([0, 1], ["a", "x"])
    assert states(one)[:2] == states(other)  # the same start, and "a" known at turn 1
    later = keyed([0, 0, 1], ["z", "a", "c"])
    assert states(later)[2] not in states(one)  # "a" known one turn later is another state
    assert states(later)[0] == states(one)[0]


def test_by_hand() -> None:
    # Two groups of two. All begin alike; after turn 0 two of them know "a", the others "b" and "c".
    groups = [
        group(keyed([0, 1], ["a", "e"]), keyed([0, 0], ["b", "e"])),
        group(keyed([0, 0], ["a", "e"]), keyed([0, 1], ["c", "e"])),
    ]
    # Start: returns 1, 0, 0, 1. Of the first, the others' mean with 2 visits at the group's other member (0):
    b = (0 + 0 + 1 + 2 * 0) / (3 + 2)
    first = [1 - b]
    # "a" was visited by one other, whose return was 0; the state before weighs 2:
    first.append(1 - (0 + 2 * b) / (1 + 2))
    second = [0 - (1 + 0 + 1 + 2 * 1) / 5]
    second.append(0 - (2 * (1 + 0 + 1 + 2 * 1) / 5) / 2)  # nobody else knew "b": the state before alone
    found = advantages(groups)
    every = [value for members in found for one in members for value in one]
    raw = [first, second]
    ratio = found[0][0][0] / first[0]
    for one, wanted in zip(found[0], raw, strict=True):
        assert one == pytest.approx([ratio * value for value in wanted])
    assert statistics.fmean(x * x for x in every) == pytest.approx(1, abs=1e-3)


def test_where_nobody_meets_it_is_leave_one_out() -> None:
    """The first state leans on the group alone where it was never seen, and the next states on the first."""
    members = [keyed([0, value], [f"{n}a", f"{n}b"]) for n, value in enumerate((1.0, 0.0, 0.5))]
    for n, one in enumerate(members):
        one.turns[0].obs = f"start {n}"  # no two states are one
    (found,) = advantages([group(*members)])
    rloo = credit_rule("rloo").credit([group(*members)], Table()).turns[0]
    ratio = found[0][0] / rloo[0][0]
    for one, other in zip(found, rloo, strict=True):
        assert one == pytest.approx([ratio * value for value in other])


def test_the_baseline_prefers_no_action() -> None:
    """With rewards that no action moves, all actions get the same on average."""
    chance = random.Random(0)
    rule, sums = credit_rule("info_state"), [0.0, 0.0]
    for _ in range(400):
        actions = [chance.randrange(2) for _ in range(4)]
        members = [keyed([0, float(chance.random() < 0.3)], ["k", "e"]) for _ in actions]
        turns = rule.credit([group(*members)], Table()).turns[0]
        rule.update([group(*members)], Table())
        for action, one in zip(actions, turns, strict=True):
            sums[action] += one[1] / 800
    assert abs(sums[0] - sums[1]) < 0.15  # three standard errors


def test_the_table_remembers_fades_and_is_saved() -> None:
    rule = credit_rule("info_state", {"keep": 0.5})
    won = [group(keyed([1.0], ["e"]), keyed([1.0], ["e"]))]
    for _ in range(3):
        rule.update(won, Table())
    ((total, count),) = rule.visits.values()
    assert total == count == pytest.approx(2 + 1 + 0.5)
    again = credit_rule("info_state", {"keep": 0.5})
    again.load_state_dict(rule.state_dict())
    lost = [group(keyed([0.0], ["e"]), keyed([0.0], ["e"]))]
    assert again.credit(lost, Table()).turns == rule.credit(lost, Table()).turns
    other = [Group(TASK, [keyed([1.0], ["e"])])]
    other[0].episodes[0].turns[0].obs = "elsewhere"
    for _ in range(10):
        rule.update(other, Table())
    assert len(rule.visits) == 1  # what was not seen for long is dropped


def test_an_environment_that_pays_more_does_not_drown_the_others() -> None:
    small = group(keyed([1.0], ["e"]), keyed([0.0], ["e"]))
    large = group(keyed([8.0], ["e"]), keyed([0.0], ["e"]))
    for one in large.episodes:
        one.task = Task("other/World-v0", "train", 0)
    found = advantages([small, large])
    assert found[0] == [pytest.approx(one) for one in found[1]]


def test_wrong_options() -> None:
    with pytest.raises(ValueError, match="keep=2"):
        credit_rule("info_state", {"keep": 2})
