"""Collect plans, and what becomes of episodes that failed: every figure counted by hand."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

import gymnasium
import proof_worlds
import pytest
from rollout_worlds import Duel, Fickle, Forgetful, Moody, Quiz, Script, Secretive

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents import outcomes
from scoutgym.agents.collect import Collected, Draw, collect, draws
from scoutgym.agents.core import Agent, Job, Move, Seat, rollout
from scoutgym.agents.outcomes import ODDS, POLICIES, Record, difference
from scoutgym.agents.plans import Branch, GroupPlan, Probe, Retry, check_answer, in_trials
from scoutgym.agents.players import RandomAgent
from scoutgym.curricula.core import Arm, make_curriculum
from scoutgym.types import Outcome, Task

NUMBER = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})
FICKLE = Task(Fickle.spec.id, "train", 0)
QUIZ = Task(Quiz.spec.id, "train", 0)
WAVER = "collect/timeout", "collect/env_error", "collect/judge_error"


@pytest.fixture(autouse=True)
def sound() -> None:
    """Nothing breaks unless a test says so."""
    Fickle.sound_after.clear()
    Fickle.begins_after.clear()


def tasks(n: int, of: Task = FICKLE) -> list[Draw]:
    return [Draw(replace(of, index=index), luck=index, arm=f"arm{index % 2}") for index in range(n)]


def actions(collected: Collected) -> list[list[list[str]]]:
    return [[[turn.action for turn in e.turns] for e in group.episodes] for group in collected.groups]


# Groups.


@pytest.mark.parametrize("slots", [1, 5, 64])
def test_groups_are_what_a_rollout_gives_in_order(slots: int) -> None:
    drawn = tasks(6, NUMBER)
    collected = collect(RandomAgent(), drawn, GroupPlan(4), slots)
    jobs = [Job(draw.task, draw.luck, sample) for draw in drawn for sample in range(4)]
    found = {(e.task.index, e.sample): e.to_json() for e in rollout(RandomAgent(), jobs, slots, "bits")}
    assert collected.sources == drawn
    assert [(g.task, g.role) for g in collected.groups] == [(draw.task, "agent") for draw in drawn]
    for index, group in enumerate(collected.groups):
        assert [e.to_json() for e in group.episodes] == [found[index, sample] for sample in range(4)]
    assert collected.played == [group.episodes for group in collected.groups]
    assert collected.drawn == drawn
    assert set(collected.rates.values()) == {0.0}


def test_a_curriculum_draws_and_each_draw_has_its_own_luck() -> None:
    arms = [Arm.of("a", "scoutgym/Number-7-v0"), Arm.of("b", "scoutgym/Number-15-v0")]
    curriculum, same = (make_curriculum("uniform", arms, 0) for _ in range(2))
    drawn = draws(curriculum, 5)
    assert [(draw.arm, draw.task) for draw in drawn] == [same.sample() for _ in range(5)]
    assert [draw.luck for draw in [*drawn, *draws(curriculum, 2)]] == [1, 2, 3, 4, 5, 6, 7]


def test_a_group_may_begin_after_a_history() -> None:
    start = replace(NUMBER, history=("8", "4"))
    (group,) = collect(RandomAgent(), [Draw(start, 3)], GroupPlan(3)).groups
    assert len({e.turns[0].obs for e in group.episodes}) == 1
    assert "> 8" in group.episodes[0].turns[0].obs
    assert all(len(e.turns) <= 2 for e in group.episodes)


def test_every_role_has_its_group() -> None:
    task = Task("scoutgym/Kuhn-v0", "train", 0, {"hands": 2, "max_turns": 12})
    collected = collect(RandomAgent(), [Draw(task, 1, "a"), Draw(task, 2, "b")], GroupPlan(3), opponent=None)
    assert [group.role for group in collected.groups] == ["first", "second"] * 2
    assert [draw.arm for draw in collected.sources] == ["a", "a", "b", "b"]
    for first, second in zip(collected.groups[::2], collected.groups[1::2], strict=True):
        assert [e.total for e in first.episodes] == [-e.total for e in second.episodes]
    (group,) = collect(RandomAgent(), [Draw(task, 1)], GroupPlan(3)).groups
    assert group.role == "first"


@pytest.mark.parametrize("world", [Moody, Secretive], ids=lambda world: world.__name__)
def test_members_that_began_otherwise_are_an_error(world: type[Quiz]) -> None:
    with pytest.raises(ValueError, match=f"{world.spec.id} began train 0 in two ways under one luck"):
        collect(Script("1"), [Draw(Task(world.spec.id, "train", 0))], GroupPlan(3))
    assert len(collect(Script("1"), [Draw(QUIZ)], GroupPlan(3)).groups) == 1


# What fails.


def test_what_is_the_agents_own_doing_is_kept() -> None:
    class Cut(Script):
        def act(self, seats: list[Seat]) -> list[Move]:
            kinds = (Outcome.OUTPUT_TRUNCATED, Outcome.CONTEXT_OVERFLOW, None)
            return [Move("w", outcome=kinds[seat.job.sample]) for seat in seats]

    collected = collect(Cut(), tasks(1), GroupPlan(3))
    (group,) = collected.groups
    assert [e.turns[0].outcome for e in group.episodes] == [
        Outcome.OUTPUT_TRUNCATED,
        Outcome.CONTEXT_OVERFLOW,
        Outcome.INVALID_ACTION,
    ]
    assert collected.rates["collect/masked"] == 0


@pytest.mark.parametrize(
    ("word", "kind"), [("hang", Outcome.TIMEOUT), ("crash", Outcome.ENV_ERROR)], ids=["hang", "crash"]
)
def test_a_passing_fault_is_played_again(word: str, kind: Outcome) -> None:
    Fickle.sound_after[0] = 1  # once; then the word does nothing
    agent = Script(f"wait {word} win", "lose", "wait win")
    task = Task("proof/Slow-v0", "train", 0)
    collected = collect(agent, tasks(1, task), GroupPlan(3), slots=2)
    assert actions(collected) == [[["wait", word, "win"], ["lose"], ["wait", "win"]]]
    (group,) = collected.groups
    obs = [turn.obs for turn in group.episodes[0].turns]
    alone = next(rollout(Script(f"wait {word} win"), [Job(task)]))
    assert obs == [turn.obs for turn in alone.turns]  # the same luck again
    rates = collected.rates
    assert rates[f"collect/{kind}"] == 1 / 4
    assert (rates["collect/retried"], rates["collect/masked"], rates["collect/dropped"]) == (1 / 3, 0, 0)
    assert rates["collect/alarm"] == 1


@pytest.mark.parametrize("word", ["hang", "crash"])
def test_a_fault_that_stays_is_masked(word: str) -> None:
    Fickle.sound_after[0] = 99
    drawn = tasks(1, Task("proof/Slow-v0", "train", 0))
    collected = collect(Script(f"wait {word} win", "lose", "wait win"), drawn, GroupPlan(3))
    assert actions(collected) == [[["lose"], ["wait", "win"]]]
    assert [e.sample for e in collected.groups[0].episodes] == [1, 2]
    assert [len(e.turns) for e in collected.played[0]] == [2, 1, 2]
    assert Fickle.sound_after[0] == 97
    assert collected.rates["collect/masked"] == 1 / 3
    assert sum(collected.rates[name] for name in WAVER) == 2 / 4


def test_a_world_that_cannot_begin_is_played_again_and_then_masked() -> None:
    Fickle.begins_after[0] = 2  # the first tries of samples 0 and 1
    collected = collect(Script("win", "lose"), tasks(1), GroupPlan(3), slots=1)
    assert [e.sample for e in collected.groups[0].episodes] == [0, 1, 2]
    assert collected.rates["collect/env_error"] == 2 / 5
    Fickle.begins_after[0] = 99
    collected = collect(Script("win", "lose"), tasks(1), GroupPlan(3), slots=1)
    assert (collected.groups, collected.rates["collect/dropped"]) == ([], 1)
    assert collected.rates["collect/env_error"] == 1


def test_groups_that_are_left_too_small_are_dropped() -> None:
    Fickle.sound_after[1] = 99
    drawn = tasks(3)
    collected = collect(Script("win", "crash", "lose"), drawn, GroupPlan(2))
    # Task 0: win, crash (it does nothing there). Task 1: crash, lose. Task 2: lose, win.
    assert [group.task.index for group in collected.groups] == [0, 2]
    assert [draw.arm for draw in collected.sources] == ["arm0", "arm0"]
    assert collected.rates["collect/dropped"] == pytest.approx(1 / 3)
    Fickle.sound_after[1] = 99
    collected = collect(Script("win", "crash", "lose"), drawn, GroupPlan(2), least=1)
    assert [len(group.episodes) for group in collected.groups] == [2, 1, 2]
    assert collected.rates["collect/dropped"] == 0


class Unjudged(gymnasium.Wrapper[Any, Any, Any, Any]):
    """A judge that never comes back for who waits."""

    def step(self, action: str) -> Any:
        observation, reward, terminated, truncated, info = self.env.step(action)
        if action == "wait":
            info["outcome"] = str(Outcome.JUDGE_ERROR)
        return observation, reward, terminated, truncated, info


def test_a_group_that_a_judge_failed_is_dropped_whole() -> None:
    agent = Script("win", "lose", "win", "lose", "wait win", "win")
    drawn = [Draw(replace(FICKLE, index=index)) for index in (0, 3, 6)]  # one of task 3 waits, two do not
    collected = collect(agent, drawn, GroupPlan(3), make=wrapped)
    assert [group.task.index for group in collected.groups] == [0, 6]
    assert collected.rates["collect/dropped"] == pytest.approx(1 / 3)
    assert collected.rates["collect/judge_error"] == 2 / 10
    assert [len(episodes) for episodes in collected.played] == [3, 3, 3]


def wrapped(env_id: str) -> Any:
    return Unjudged(gymnasium.make(env_id))


def test_every_outcome_has_a_policy_and_the_page_says_it() -> None:
    assert list(POLICIES) == list(Outcome)
    page = {line.split()[0]: line.split()[1:3] for line in str(outcomes.__doc__).splitlines() if len(line.split()) > 2}
    for kind, policy in POLICIES.items():
        assert page[str(kind)] == [str(policy.retries), policy.then]


# The alarm.


def records(success: float | None, tries: Sequence[Outcome], number: int) -> list[Record]:
    return [Record(list(tries), success) for _ in range(number)]


def test_winners_and_losers_of_one_draw_are_compared() -> None:
    sound, failed = (Outcome.OK,), (Outcome.TIMEOUT, Outcome.OK)
    # Two of three winners failed once before, and none of three losers: of all 15 pairs 3 are two winners, 9 are mixed.
    jobs = records(1.0, failed, 2) + records(1.0, sound, 1) + records(0.0, sound, 3)
    winners, losers = difference(jobs)
    assert winners == pytest.approx(math.log(ODDS**2 / ((3 * ODDS**2 + 9 * ODDS + 3) / 15)))
    assert losers < 0 < winners
    turned = [Record(job.tries, 1 - (job.success or 0.0)) for job in jobs]
    assert difference(turned) == pytest.approx((losers, winners))


def test_what_never_came_through_is_compared_with_nobody() -> None:
    lost = (Outcome.ENV_ERROR, Outcome.ENV_ERROR)
    group = records(1.0, (Outcome.OK,), 3) + records(0.0, (Outcome.OK,), 1)
    assert difference([*records(None, lost, 3), *group]) == (0.0, 0.0)
    assert difference(records(None, lost, 9)) == (0.0, 0.0)


def test_the_alarm_rings_for_a_rate_and_for_a_difference(caplog: pytest.LogCaptureFixture) -> None:
    sound, failed = (Outcome.OK,), (Outcome.TIMEOUT, Outcome.OK)
    with caplog.at_level(logging.WARNING, "scoutgym"):
        quiet = records(1.0, failed, 1) + records(1.0, sound, 50) + records(0.0, sound, 49)
        assert outcomes.rates([quiet], 0.0)["collect/alarm"] == 0
        assert not caplog.records
        often = records(1.0, failed, 2) + records(0.0, failed, 2) + records(0.0, sound, 100)
        assert outcomes.rates([often], 0.0)["collect/alarm"] == 1
        assert "4 of 108 tries failed; timeout 4, env_error 0" in caplog.text
        caplog.clear()
        unequal = records(0.0, failed, 16) + records(1.0, sound, 700) + records(0.0, sound, 300)
        assert outcomes.rates([unequal], 0.0)["collect/alarm"] == 1
        assert "those that would have lost failed more often" in caplog.text
        assert "tries failed" not in caplog.text
        caplog.clear()
        hard = [records(0.0, failed, 16) + records(0.0, sound, 300), records(1.0, sound, 700)]
        assert outcomes.rates(hard, 0.0)["collect/alarm"] == 0, "a draw that fails more than another says nothing"


# Branches.


class Told(Agent):
    """Remembers what it was shown; acts at random by its own noise."""

    name = "told"

    def __init__(self) -> None:
        self.seen: list[tuple[int, list[str], str]] = []

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        self.seen += [(s.job.sample, [turn.text for turn in s.turns], s.observation) for s in seats]
        return [Move(str(1 + seat.chance().below(15))) for seat in seats]


@pytest.mark.parametrize("at", [None, 0, 2, 9])
def test_branches_share_a_prefix_and_nothing_else(at: int | None) -> None:
    agent = Told()
    drawn = tasks(8, NUMBER)
    collected = collect(agent, drawn, Branch(3, at), slots=7)
    again = collect(Told(), drawn, Branch(3, at), slots=50)
    assert [[e.to_json() for e in g.episodes] for g in collected.groups] == [
        [e.to_json() for e in g.episodes] for g in again.groups
    ]
    points = set()
    for draw, group, played in zip(drawn, collected.groups, collected.played, strict=True):
        trunk = played[0]
        assert (trunk.sample, trunk.task) == (0, draw.task)
        assert played[1:] == group.episodes
        assert [e.sample for e in group.episodes] == [1, 2, 3]  # at turn 0, 0 would be the first episode again
        point = len(group.task.history)
        points.add(point)
        assert point == min(at, len(trunk.turns) - 1) if at is not None else point < len(trunk.turns)
        assert group.task == replace(draw.task, history=tuple(turn.action for turn in trunk.turns[:point]))
        for member in group.episodes:
            assert member.turns[0].obs == trunk.turns[point].obs
            assert point + len(member.turns) <= 4
        assert len({tuple(turn.action for turn in e.turns) for e in played}) > 1
    assert len(points) > 1 or at == 0
    assert any(said and sample for sample, said, _ in agent.seen) or at == 0


def test_a_branch_has_the_luck_of_its_prefix() -> None:
    task = Task(proof_worlds.Gamble.spec.id, "train", 0)
    agent = Script("throw throw throw stop", "throw throw throw throw stop")
    for luck in range(20):
        (group,) = collect(agent, [Draw(task, luck)], Branch(2, at=2)).groups
        trunk = next(rollout(Script("throw"), [Job(task, luck)]))
        for member in group.episodes:
            assert [turn.obs for turn in member.turns] == [
                turn.obs for turn in trunk.turns[len(group.task.history) : len(group.task.history) + len(member.turns)]
            ]


def test_a_branch_returns_the_future_alone() -> None:
    (group,) = collect(Script("wait wait wait win"), tasks(1), Branch(2, at=1)).groups
    assert [e.total for e in group.episodes] == [1.5, 1.5]
    assert [e.turns[0].prompt_ids for e in group.episodes] == [(), ()]


def test_branches_of_a_broken_trunk_and_of_other_worlds() -> None:
    Fickle.sound_after[0] = 99
    collected = collect(Script("wait crash"), tasks(1), Branch(2))
    assert (collected.groups, collected.rates["collect/dropped"]) == ([], 1)
    with pytest.raises(ValueError, match="cannot be branched: it has the roles left, right"):
        collect(Script("hit"), [Draw(Task(Duel.spec.id, "train", 0))], Branch(2))
    with pytest.raises(ValueError, match="is not where it was after the same actions"):
        collect(Script("chat chat chat 1"), [Draw(Task(Forgetful.spec.id, "train", 0))], Branch(1, at=2))


# Probes.


class Curious(Agent):
    """Says what its sample is to say; when an answer is demanded, the digit that it heard, or 0."""

    name = "curious"

    def __init__(self, *lines: str, shy: bool = False) -> None:
        self.lines, self.shy = [line.split() for line in lines], shy
        self.demanded: list[tuple[int, int]] = []

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move(self._say(seat)) for seat in seats]

    def _say(self, seat: Seat) -> str:
        if not seat.observation.endswith("Answer now."):
            return self.lines[seat.job.sample][len(seat.turns)]
        self.demanded.append((seat.job.sample, len(seat.turns)))
        heard = [line for line in [turn.obs for turn in seat.turns] + [seat.observation] if line.startswith("It is")]
        if self.shy and seat.job.sample % 2:  # answers to half of the demands alone
            return "chat"
        return heard[-1][6] if heard else "0"


def answer(task: Task) -> int:
    env = gymnasium.make(task.env_id)
    env.reset(options={"task": task})
    return int(env.unwrapped.privileged().answer)


def test_a_probe_asks_before_every_turn_and_changes_nothing() -> None:
    secrets = {index: answer(replace(QUIZ, index=index)) for index in range(40)}
    assert 0 in secrets.values()
    lines = ("chat ask 5", "chat chat ask 0", "ask 7")
    drawn = tasks(40, QUIZ)
    agent = Curious(*lines)
    probed = collect(agent, drawn, Probe(3, demand="Answer now."), slots=11)
    plain = collect(Curious(*lines), drawn, GroupPlan(3), slots=11)
    assert actions(probed) == actions(plain) == [[line.split() for line in lines]] * 40
    for group in probed.groups:
        blind = float(secrets[group.task.index] == 0)
        marks = [[turn.probe for turn in e.turns] for e in group.episodes]
        assert marks == [[blind, blind, 1.0], [blind, blind, blind, 1.0], [blind, 1.0]]
    # Asked at: nothing said; chat; chat ask; chat chat; chat chat ask; ask.
    assert len(agent.demanded) == 40 * 6
    assert [[e.success for e in g.episodes] for g in probed.groups] == [
        [e.success for e in g.episodes] for g in plain.groups
    ]
    assert probed.played == [group.episodes for group in probed.groups]


def test_answers_are_averaged_and_have_noise_of_their_own() -> None:
    agent = Curious("ask 5", "ask 6", shy=True)
    (group,) = collect(agent, [Draw(QUIZ)], Probe(2, k=4, demand="Answer now.")).groups
    assert [turn.probe for turn in group.episodes[0].turns][1] == 0.5
    assert sorted({sample for sample, _ in agent.demanded}) == [2, 3, 4, 5]  # not the members' own


def test_a_probe_of_one_turn_marks_one_turn() -> None:
    collected = collect(Curious("chat chat ask 5", "ask chat 4"), tasks(20, QUIZ), Probe(2, 1, "one", "Answer now."))
    marked = [
        [place for place, turn in enumerate(e.turns) if turn.probe is not None]
        for group in collected.groups
        for e in group.episodes
    ]
    assert {len(places) for places in marked} == {1}
    assert {places[0] for places in marked} == {0, 1, 2, 3}


def test_without_words_the_next_action_is_the_answer() -> None:
    collected = collect(RandomAgent(), tasks(60, NUMBER), Probe(2, 2))
    marks = [turn.probe for group in collected.groups for e in group.episodes for turn in e.turns]
    assert 0.02 < fmean(marks) < 0.15  # one of 15, and the range is not narrowed by a random player
    (group,) = collect(RandomAgent(), [Draw(replace(NUMBER, history=("8",)))], Probe(2)).groups
    assert all(turn.probe is not None for e in group.episodes for turn in e.turns)


@pytest.mark.parametrize("name", ["Number-7", "Mastermind-3x4", "Wordle", "Automata"])
def test_worlds_whose_answer_is_an_action_can_be_probed(name: str) -> None:
    env = gymnasium.make(f"scoutgym/{name}-v0").unwrapped
    check_answer(Task(env.world.spec.id, "train", 0, env.params))


@pytest.mark.parametrize("name", ["Maze", "BestArm", "Battleship", "Minesweeper"])
def test_other_worlds_say_that_they_cannot(name: str) -> None:
    env = gymnasium.make(f"scoutgym/{name}-v0").unwrapped
    task = Task(env.world.spec.id, "train", 0, env.params)
    with pytest.raises(ValueError, match=f"scoutgym/{name}-v0 cannot be probed: no action of it answers"):
        collect(RandomAgent(), [Draw(task)], Probe(2))


def test_a_probe_refuses_several_roles_and_worlds_that_do_not_come_back() -> None:
    with pytest.raises(ValueError, match="cannot be probed: it has the roles"):
        collect(RandomAgent(), [Draw(Task("scoutgym/Kuhn-v0", "train", 0))], Probe(2))


# Retries.


def test_retries_are_trials_of_the_same_secret() -> None:
    task = in_trials(NUMBER, 2)
    assert (task.env_id, task.split, task.index) == ("scoutgym/MultiTrial-v0", "train", 0)
    collected = collect(RandomAgent(), [Draw(NUMBER, 5)], Retry(4, k=2))
    (group,) = collected.groups
    assert group.task == task
    (single,) = collect(RandomAgent(), [Draw(NUMBER, 5)], GroupPlan(2)).groups
    assert {e.privileged["answer"] for e in group.episodes} == {single.episodes[0].privileged["answer"]}
    assert {turn.trial for e in group.episodes for turn in e.turns} == {0, 1}
    with pytest.raises(ValueError, match="with a history or a goal cannot be played in trials"):
        in_trials(replace(NUMBER, history=("8",)), 2)
    with pytest.raises(ValueError, match="cannot be played in trials"):
        in_trials(Task("scoutgym/Kuhn-v0", "train", 0), 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GroupPlan(0), "size=0"),
        (lambda: Branch(2, at=-1), "at=-1"),
        (lambda: Probe(2, k=0), "k=0"),
        (lambda: Retry(2, k=0), "k=0"),
    ],
)
def test_impossible_plans_are_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
