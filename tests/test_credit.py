"""Credit rules that read the record alone: against tables made by hand, against each other, and what they promise."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from credit_tools import TASK, Table, dead, episode, group, with_turns

from scoutgym.agents.training.credit.core import RULES, Credit, Credited, credit_rule
from scoutgym.types import Episode, Group

pytestmark = pytest.mark.llm


def turns(name: str, groups: list[Group], gamma: float = 1.0, **options: object) -> list[list[list[float]] | None]:
    return credit_rule(name, options).credit(groups, Table(gamma)).turns


def near(expected: list[list[float]], within: float = 1e-6) -> list[object]:
    return [pytest.approx(one, abs=within) for one in expected]


# Names.


def test_a_rule_is_found_by_its_name_alone() -> None:
    for name in RULES:
        assert credit_rule(name).name == name
    assert isinstance(credit_rule("gigpo", {"omega": 0.5}), Credit)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("gro", {}, "unknown credit rule 'gro' .did you mean 'grpo'"),
        ("gigpo", {"omge": 1}, "'gigpo' has no option 'omge' .did you mean 'omega'..; it has omega, norm"),
        ("grpo", {"eps": 1}, "'grpo' has no option 'eps'; it has none"),
        ("gigpo", {"norm": "std"}, "norm='std' is wrong"),
    ],
)
def test_a_wrong_name_or_option_is_one_clear_line(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        credit_rule(name, options)
    assert "\n" not in str(caught.value)


# Whole episodes. Returns 1, 0, 0.9, 0; mean 0.475.

FOUR = [episode(0, 0, 1), episode(0, 0), episode(-0.1, 0, 1), episode(0)]


def test_grpo_by_hand() -> None:
    # Sample deviation: squares 0.2756, 0.2256, 0.1806, 0.2256, their sum over 3 is 0.3025, its root 0.55.
    expected = (np.array([1, 0, 0.9, 0]) - 0.475) / (0.55 + 1e-4)
    assert turns("grpo", [group(*FOUR)])[0] == near([[a] * n for a, n in zip(expected, (3, 2, 3, 1), strict=True)])


def test_dr_grpo_by_hand() -> None:
    assert turns("dr_grpo", [group(*FOUR)])[0] == near([[0.525] * 3, [-0.475] * 2, [0.425] * 3, [-0.475]])


def test_rloo_by_hand() -> None:
    # 1 - 0.9/3, 0 - 1.9/3, 0.9 - 1/3, 0 - 1.9/3
    a, b, c = 0.7, -1.9 / 3, 0.9 - 1 / 3
    assert turns("rloo", [group(*FOUR)])[0] == near([[a] * 3, [b] * 2, [c] * 3, [b]])


def test_the_baseline_is_over_episodes_not_over_rows_or_turns() -> None:
    # verl-agent's: a mean over rows would be (3 * 1 + 2 * 0 + 3 * 0.9 + 1 * 0) / 9 = 0.633, and long failures would
    # lower it. What each episode gets must not depend on how long any of them is.
    longer = [episode(*([0] * 9), *(turn.reward for turn in one.turns)) for one in FOUR[1:]]
    for name in ("grpo", "dr_grpo", "rloo"):
        before, after = turns(name, [group(*FOUR)])[0], turns(name, [group(FOUR[0], *longer)])[0]
        assert before is not None
        assert after is not None
        assert [one[0] for one in after] == pytest.approx([one[0] for one in before])


def test_discounting_makes_the_earlier_success_the_better() -> None:
    # Returns 1/4 and 1/2: the mean is 3/8, the sample deviation 1/4 / sqrt 2.
    half = 0.125 / (0.25 / np.sqrt(2) + 1e-4)
    assert turns("grpo", [group(episode(0, 0, 1), episode(0, 1))], 0.5)[0] == near([[-half] * 3, [half] * 2])


def test_dr_grpo_times_g_over_g_minus_1_is_rloo() -> None:
    for members in (FOUR[:2], FOUR[:3], FOUR):
        G = len(members)
        a, b = turns("dr_grpo", [group(*members)], 0.9)[0], turns("rloo", [group(*members)], 0.9)[0]
        assert a is not None
        assert b == near([[G / (G - 1) * value for value in one] for one in a])


@pytest.mark.parametrize("name", ["grpo", "dr_grpo", "rloo", "trloo", "gigpo"])
def test_a_group_of_one_or_of_equal_returns_is_left_out_and_counted(name: str) -> None:
    alone, equal = group(episode(0, 1)), group(episode(1), episode(1))
    tenths = group(episode(0.1 + 0.2), episode(0.3))  # not equal in floating point
    credited = credit_rule(name).credit([alone, equal, tenths, group(*FOUR)], Table())
    assert [one is None for one in credited.turns] == [True, True, True, False]
    assert credited.metrics["credit/zero_variance"] == 0.75


@pytest.mark.parametrize("name", ["mrt", "infopo"])
def test_the_outcome_of_a_group_of_one_is_no_advantage(name: str) -> None:
    """verl-agent's mean of one is 0 and its deviation 1: the raw reward. Here only the rule's other part would be left.

    This episode has none of it: it knew all along, and what it asked told it nothing.
    """
    alone = with_turns(episode(0, 0, 7, success=True), probe=(1.0, 1.0, 1.0))
    assert credit_rule(name).credit([group(alone)], Table()).turns == [None]


# Turn by turn.


def test_reinforce_by_hand() -> None:
    assert turns("reinforce", [group(episode(0, 0, 1))], 0.5) == [[[0.25, 0.5, 1.0]]]
    assert turns("reinforce", [group(episode(0, 0, 1))], 0.5, baseline=0.5) == [[[-0.25, 0.0, 0.5]]]


def test_rebn_by_hand() -> None:
    table = [group(episode(0, 1), episode(-0.1, 0)), group(episode(0), episode(1))]
    # Returns to go at gamma 1/2: 0.5, 1 | -0.1, 0 | 0 | 1. Mean 0.4, mean square 2.26 / 6.
    spread = np.sqrt(2.26 / 6 - 0.16)
    found = turns("rebn", table, 0.5)
    assert found == [
        near([[0.1 / spread, 0.6 / spread], [-0.5 / spread, -0.4 / spread]]),
        near([[-0.4 / spread], [0.6 / spread]]),
    ]
    every = [value for one in found for episode_turns in one or [] for value in episode_turns]
    assert (np.mean(every), np.std(every)) == (pytest.approx(0), pytest.approx(1))
    assert turns("rebn", [group(episode(1), episode(1))]) == [[[0.0], [0.0]]]


def test_trloo_by_hand() -> None:
    # Returns to go at gamma 1/2: (1/2, 1), (1/4, 1/2, 1), (1).
    # t = 0: 1/2 - 5/8, 1/4 - 3/4, 1 - 3/8. t = 1, two members: 1 - 1/2, 1/2 - 1. t = 2: alone.
    found = turns("trloo", [group(episode(0, 1), episode(0, 0, 1), episode(1))], 0.5)[0]
    assert found == near([[-0.125, 0.5], [-0.5, -0.5, 0.0], [0.625]])


def test_trloo_with_one_turn_is_rloo() -> None:
    one_turn = [group(episode(1), episode(0), episode(0.3)), group(episode(0), episode(0))]
    a, b = turns("trloo", one_turn), turns("rloo", one_turn)
    assert a[0] == near(b[0] or [])
    assert a[1] is b[1] is None


def keyed(one: Episode, *keys: str | None) -> Episode:
    return with_turns(one, key=keys)


GIGPO = group(
    keyed(episode(0, 1), "a", "won"), keyed(episode(0, 0, 1), "a", "b", "won"), keyed(episode(0, 0), "c", "lost")
)


def test_gigpo_by_hand() -> None:
    # Totals 1, 1, 0, mean 2/3: A^E = 1/3, 1/3, -2/3.
    # G at gamma 1/2: (1/2, 1), (1/4, 1/2, 1), (0, 0). In the first state the mean is 1/4: 1/4, 0, -1/4.
    # In state a: 1 and 1/2, the mean is 3/4: 1/4, -1/4. In b and in c one turn alone: 0.
    found = turns("gigpo", [GIGPO], 0.5)[0]
    third = 1 / 3
    assert found == near([[third + 0.25] * 2, [third, third - 0.25, third], [-2 * third - 0.25, -2 * third]])
    assert credit_rule("gigpo").credit([GIGPO], Table(0.5)).metrics["credit/alone"] == pytest.approx(2 / 7)


def test_gigpo_divided_by_deviations_by_hand() -> None:
    # Sample deviations: of 1, 1, 0 the root of 1/3; of 1/2, 1/4, 0 it is 1/4; of 1, 1/2 it is 1/4 sqrt 2.
    E = 1 / 3 / (np.sqrt(1 / 3) + 1e-4)
    start, a = 0.25 / (0.25 + 1e-4), 0.25 / (np.sqrt(0.125) + 1e-4)
    found = turns("gigpo", [GIGPO], 0.5, norm="mean_std", omega=2.0)[0]
    assert found == near([[E + 2 * start, E + 2 * a], [E, E - 2 * a, E], [-2 * E - 2 * start, -2 * E]])


def test_gigpo_without_its_step_part_is_its_episode_part() -> None:
    for norm, other in (("mean", "dr_grpo"), ("mean_std", "grpo")):
        assert turns("gigpo", [GIGPO], 1.0, omega=0.0, norm=norm)[0] == near(turns(other, [GIGPO])[0] or [])


def test_gigpo_tells_states_by_their_key_and_without_one_by_the_observation() -> None:
    plain = [episode(0, 1), episode(0, 0)]  # the second observation is "o1" in both
    by_text = turns("gigpo", [group(*plain)], omega=1.0)[0]
    # A^E = 1/2, -1/2; both turns of both episodes are compared: +- 1/2 more.
    assert by_text == near([[1.0, 1.0], [-1.0, -1.0]])
    by_key = turns("gigpo", [group(keyed(plain[0], "a", None), keyed(plain[1], "b", None))])[0]
    assert by_key == near([[1.0, 0.5], [-1.0, -0.5]])
    same_key = [with_turns(keyed(one, "a", None), obs=("o0", f"seen by {n}")) for n, one in enumerate(plain)]
    assert turns("gigpo", [group(*same_key)])[0] == near([[1.0, 1.0], [-1.0, -1.0]])


def test_gigpo_counts_a_state_that_one_episode_visits_twice_both_times() -> None:
    # Alone in its group, an episode is compared with itself: in state a it stands at G = 1/2 and at G = 1.
    found = turns("gigpo", [group(keyed(episode(0, 0, 1), "a", "a", "won"))], 0.5)[0]
    assert found == near([[0.0, -0.25, 0.25]])


def test_mrt_by_hand() -> None:
    # Probes 0, 1, 1, then success: progress 1, 0, 0. Probes 0, 0, then failure: 0, 0.
    # The outcomes 1 and 0: +- 1/2 / (sqrt(1/2) + eps).
    won = with_turns(episode(0, 0, 1, success=True), probe=(0.0, 1.0, 1.0))
    lost = with_turns(episode(0, 0, success=False), probe=(0.0, 0.0))
    half = 0.5 / (np.sqrt(0.5) + 1e-4)
    assert turns("mrt", [group(won, lost)], alpha=0.5)[0] == near([[half + 0.5, half, half], [-half, -half]])
    # Of equal outcomes, only who made progress is told apart.
    slow = with_turns(episode(0, 0, 1, success=True), probe=(0.0, 0.0, 1.0))
    assert turns("mrt", [group(won, slow)])[0] == near([[1, 0, 0], [0, 1, 0]])
    assert turns("mrt", [group(lost, lost)]) == [None]


def test_mrt_between_probes_that_do_not_follow_each_other() -> None:
    # Nothing before the first probe; 0 to 1 over two turns is 1/2 each; knowing it and then failing is -1.
    gaps = with_turns(episode(0, 0, 0, 0, success=False), probe=(None, 0.0, None, 1.0))
    open_end = with_turns(episode(0, 0), probe=(0.25, 1.0))
    assert turns("mrt", [group(gaps, open_end)])[0] == near([[0, 0.5, 0.5, -1], [0.75, 0]])


def test_mrt_refuses_episodes_without_a_probe() -> None:
    with pytest.raises(ValueError, match="no turn of an episode of scoutgym/Number-v0 was probed"):
        turns("mrt", [group(episode(0, 1), episode(0))])


# SPIRAL's baselines.


def test_spiral_by_hand_and_its_baseline_is_read_before_it_is_updated() -> None:
    rule = credit_rule("spiral")
    first, second = [group(episode(0, 1), episode(0))], [group(episode(1), episode(1))]
    # The first batch starts the baseline at its mean, 1/2; gamma 1/2 for each own turn before the last.
    assert rule.credit(first, Table(0.5)).turns == [[[0.25, 0.5], [-0.5]]]
    rule.update(first, Table())
    credited = rule.credit(second, Table())
    assert credited.turns == [[[0.5], [0.5]]]  # 1 - 1/2: not yet moved by these returns
    assert credited.metrics["credit/baseline/scoutgym/Number-v0 agent"] == 0.5
    rule.update(second, Table())
    # Two steps of 0.95 b + 0.05: 0.5, 0.525, 0.54875.
    assert rule.credit(second, Table()).turns == [near([[0.45125], [0.45125]])]
    again = credit_rule("spiral")
    again.load_state_dict(json.loads(json.dumps(rule.state_dict())))
    assert again.credit(second, Table()).turns == rule.credit(second, Table()).turns


def test_spirals_baseline_is_keyed_by_environment_and_role() -> None:
    rule = credit_rule("spiral")
    seen = [
        group(episode(1), role="first"),
        group(episode(-1), role="second"),
        group(episode(0.5), role="first", env_id="scoutgym/Kuhn-v0"),
    ]
    assert rule.credit(seen, Table()).turns == [[[0.0]], [[0.0]], [[0.0]]]
    rule.update(seen, Table())
    draw = [replace(one, episodes=[episode(0)]) for one in seen]
    assert rule.credit(draw, Table()).turns == [[[-1.0]], [[1.0]], [[-0.5]]]


# What all rules promise.


def mixed() -> list[Group]:
    """Three groups that differ in everything, ready for every rule."""
    groups = [
        group(episode(0, 0, 1), episode(0, 0), episode(-0.1, 0, 0, truncated=True), episode(1)),
        group(episode(0.5, 0), episode(0, 0.2, 0, 0.3)),
        group(episode(0, 1), episode(1, 0), episode(0, 0)),
    ]
    for number, one in enumerate(groups):
        for place, member in enumerate(one.episodes):
            member.privileged = {"answer": "42"}
            member.success = member.total > 0.4
            for t, turn in enumerate(member.turns):
                turn.obs, turn.probe = f"{number} {(place + t) % 3}", float((place * t) % 2)
                turn.prompt_ids = [10 + (7 * number + 3 * place + t) % 20]
    return groups


PROBABILITIES = {token: 0.05 + 0.03 * (token % 29) for token in range(100)}


def learned(name: str) -> tuple[Credit, Table]:
    """A rule that has seen something."""
    rule, ctx = credit_rule(name, {"steps": 3} if name == "archer" else {}), Table(0.9, PROBABILITIES)
    for _ in range(6):  # past every warm-up
        rule.credit(mixed(), ctx)
        rule.update(mixed(), ctx)
    return rule, ctx


def flattened(credited: Credited) -> list[float]:
    return [value for one in credited.turns for member in one or [] for value in member]


@pytest.mark.parametrize("name", RULES)
def test_the_order_of_groups_and_members_does_not_matter(name: str) -> None:
    rule, ctx = learned(name)
    expected = rule.credit(mixed(), ctx)
    assert max(map(abs, flattened(expected))) > 1e-3
    rule, ctx = learned(name)
    backwards = rule.credit([replace(one, episodes=one.episodes[::-1]) for one in mixed()[::-1]], ctx)
    for one, other in zip(expected.turns, backwards.turns[::-1], strict=True):
        assert one is not None
        assert other is not None
        assert other[::-1] == near(one, 1e-5)
    if expected.tokens is not None:
        assert backwards.tokens is not None
        for one, other in zip(expected.tokens, backwards.tokens[::-1], strict=True):
            assert [near(turn, 1e-5) for turn in one or []] == (other or [])[::-1]


@pytest.mark.parametrize("name", RULES)
def test_an_episode_that_broke_before_its_first_turn_is_no_member(name: str) -> None:
    rule, ctx = learned(name)
    expected = rule.credit(mixed(), ctx).turns
    rule, ctx = learned(name)
    found = rule.credit([replace(one, episodes=[dead(), *one.episodes]) for one in mixed()], ctx).turns
    for one, other in zip(expected, found, strict=True):
        assert one is not None
        assert other == [[], *near(one, 1e-6)]


@pytest.mark.parametrize("name", RULES)
def test_nothing_to_credit_is_no_error(name: str) -> None:
    rule, ctx = learned(name)
    assert rule.credit([], ctx).turns == []
    rule.update([], ctx)
    only_dead = rule.credit([group(dead(), dead())], ctx)
    rule.update([group(dead(), dead())], ctx)
    assert flattened(only_dead) == []
    assert only_dead.metrics["credit/zero_variance"] == 1.0


def paid(groups: list[Group], bonus: float) -> list[Group]:
    """The same groups, with a bonus on every first turn."""
    return [
        replace(one, episodes=[with_turns(e, reward=[e.turns[0].reward + bonus, *(t.reward for t in e.turns[1:])])
                               for e in one.episodes])
        for one in groups
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["grpo", "dr_grpo", "rloo", "trloo", "gigpo", "mrt", "infopo", "spiral"])
def test_what_everybody_gets_changes_nothing(name: str) -> None:
    def found(groups: list[Group]) -> list[float]:
        return flattened(credit_rule(name).credit(groups, Table(1.0, PROBABILITIES)))

    assert found(paid(mixed(), 5.0)) == pytest.approx(found(mixed()), abs=1e-6)
    assert max(map(abs, found(mixed()))) > 0.1


@pytest.mark.parametrize("name", ["grpo", "dr_grpo", "rloo", "trloo"])
def test_a_group_is_credited_by_itself(name: str) -> None:
    alone = [turns(name, [one])[0] for one in mixed()]
    assert turns(name, mixed()) == alone


def test_a_task_is_no_part_of_the_rule() -> None:
    other = replace(TASK, index=7)
    assert turns("grpo", [Group(other, FOUR)]) == turns("grpo", [Group(TASK, FOUR)])
