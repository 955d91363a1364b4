"""The loop that plays episodes, and the reference players."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace

import gymnasium
import pytest
from rollout_worlds import Fickle, Script

from scoutgym.agents.core import Agent, Job, Move, Seat, rollout
from scoutgym.agents.players import ExpertAgent, GreedyBeliefAgent, Noisy, RandomAgent
from scoutgym.benchmark import evaluate
from scoutgym.types import SCHEMA, Episode, Outcome, SchemaError, Task
from scoutgym.wrappers.history import History

PARAMS = {"high": 15, "max_turns": 4}


def jobs(n: int = 30, samples: int = 1) -> list[Job]:
    return [Job(Task("scoutgym/Number-v0", "dev", i, PARAMS), i, sample) for i in range(n) for sample in range(samples)]


def by_job(episodes) -> dict:
    return {(e.task.index, e.luck, e.sample): e.to_json() for e in episodes}


def mean(values) -> float:
    values = list(values)
    return sum(values) / len(values)


def test_episodes_do_not_depend_on_how_many_are_in_play() -> None:
    one, some, all_at_once = (by_job(rollout(RandomAgent(), jobs(), slots)) for slots in (1, 7, 64))
    assert one == some == all_at_once
    assert len(one) == 30


def test_samples_of_a_task_share_the_world_and_not_the_agents_noise() -> None:
    episodes = list(rollout(RandomAgent(), jobs(3, samples=8)))
    for index in range(3):
        group = [e for e in episodes if e.task.index == index]
        assert len({e.privileged["answer"] for e in group}) == 1
        assert len({tuple(t.action for t in e.turns) for e in group}) > 4


def test_the_players_are_as_good_as_they_say() -> None:
    success = {}
    for agent in (RandomAgent(), Noisy(ExpertAgent(), 0.5), GreedyBeliefAgent(), ExpertAgent()):
        success[agent.name] = mean(e.success for e in rollout(agent, jobs(200)))
    assert success["expert"] == success["greedy-belief"] == 1.0
    assert success["random"] < success["expert-0.5"] < 1.0


def test_what_is_measured_is_in_the_record() -> None:
    for episode in rollout(GreedyBeliefAgent(), jobs(5), measure="everything"):
        bits = [episode.start_bits, *(turn.bits for turn in episode.turns)]
        assert bits == sorted(bits, reverse=True)
        assert all(turn.gain == pytest.approx(turn.best_gain) for turn in episode.turns)
        assert len({turn.key for turn in episode.turns}) >= len(episode.turns) - 1
    plain = next(rollout(ExpertAgent(), jobs(1)))
    assert (plain.start_bits, plain.turns[0].bits, plain.turns[0].gain, plain.turns[0].key) == (None, None, None, None)


def test_an_episode_survives_its_json() -> None:
    for episode in rollout(RandomAgent(), jobs(5), measure="everything"):
        assert Episode.from_json(json.loads(json.dumps(episode.to_json()))).to_json() == episode.to_json()
    record = episode.to_json()
    with pytest.raises(SchemaError, match="newer than"):
        Episode.from_json(record | {"schema": SCHEMA + 1})
    with pytest.raises(SchemaError, match="not an episode"):
        Episode.from_json(record | {"colour": "red"})
    with pytest.raises(SchemaError, match="needs the field 'split'"):
        Episode.from_json(record | {"task": {"env_id": "x", "params": {}, "index": 0}})


class Cut(Agent):
    """Says that its answers are cut off."""

    name = "cut"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move("I think the num", action="", outcome=Outcome.OUTPUT_TRUNCATED) for _ in seats]


def test_a_cut_answer_is_recorded_as_such() -> None:
    episode = next(rollout(Cut(), jobs(1)))
    assert {turn.outcome for turn in episode.turns} == {Outcome.OUTPUT_TRUNCATED}
    assert episode.turns[0].text == "I think the num"


def test_environments_are_closed_and_may_be_wrapped() -> None:
    made = []

    def make(env_id: str, **options):
        made.append(History(gymnasium.make(env_id, **options)))
        return made[-1]

    episodes = list(rollout(ExpertAgent(), jobs(9), slots=3, make=make))
    assert len(made) == 3
    assert all(not env.unwrapped._ready for env in made)
    assert episodes[0].turns[-1].obs.count("\n> ") == len(episodes[0].turns) - 1


def test_stopping_early_closes_too() -> None:
    made = []

    def make(env_id: str, **options):
        made.append(gymnasium.make(env_id, **options))
        return made[-1]

    play = rollout(RandomAgent(), jobs(9), slots=3, make=make)
    next(play)
    play.close()
    assert made
    assert all(not env.unwrapped._ready for env in made)


def test_impossible_rollouts_are_refused() -> None:
    with pytest.raises(ValueError, match="slots=0"):
        list(rollout(RandomAgent(), jobs(1), slots=0))
    with pytest.raises(ValueError, match="not a scoutgym world"):
        list(rollout(RandomAgent(), [Job(Task("CartPole-v1", "train", 0))]))


# The schedule.


def fickle(n: int, samples: int = 1) -> list[Job]:
    return [Job(Task("proof/Fickle-v0", "train", i), 0, sample) for i in range(n) for sample in range(samples)]


@pytest.fixture(autouse=True)
def sound() -> None:
    """Nothing breaks unless a test says so."""
    Fickle.sound_after.clear()
    Fickle.begins_after.clear()


def test_the_order_is_that_of_completion_and_slots_are_filled_at_once() -> None:
    agent = Script("wait wait win", "win", "wait win", "lose")
    order = [e.task.index for e in rollout(agent, fickle(6), slots=2)]
    # Task 0 takes 3 turns, 1 takes 1, 2 takes 2, 3 takes 1, 4 takes 3, 5 takes 1.
    assert order == [1, 0, 2, 3, 5, 4]
    assert agent.asked == [
        [(0, 0, 0), (1, 0, 0)],
        [(0, 0, 1), (2, 0, 0)],
        [(0, 0, 2), (2, 0, 1)],
        [(3, 0, 0), (4, 0, 0)],
        [(4, 0, 1), (5, 0, 0)],
        [(4, 0, 2)],
    ]
    assert agent.left == [(index, 0) for index in order]


@pytest.mark.parametrize("slots", [1, 3, 8, 50])
def test_no_slot_is_idle_and_nothing_that_is_over_is_stepped_or_prompted(slots: int) -> None:
    steps = []

    class Counted(gymnasium.Wrapper):
        def step(self, action):
            steps.append(action)
            return self.env.step(action)

    agent = Script("wait wait wait win", "win", "wait lose", "wait wait win", "lose")
    episodes = list(rollout(agent, fickle(23), slots, make=lambda env_id: Counted(gymnasium.make(env_id))))
    left, ends = 23, {(e.task.index, len(e.turns) - 1) for e in episodes}
    for asked in agent.asked:
        assert len(asked) == min(slots, left)
        left -= sum((index, turn) in ends for index, _, turn in asked)
    assert left == 0
    prompts = [seat for asked in agent.asked for seat in asked]
    assert len(prompts) == len(set(prompts)) == len(steps) == sum(len(e.turns) for e in episodes)


def test_a_rerun_gives_the_same_bits_in_the_same_order() -> None:
    first, again = ([e.to_json() for e in rollout(RandomAgent(), jobs(20, 2), slots=7)] for _ in range(2))
    assert first == again


def test_nothing_now_is_not_the_end() -> None:
    ended = []

    def late():
        yield fickle(1)[0]
        while not ended:
            yield None
        yield fickle(2)[1]

    for episode in rollout(Script("wait wait win", "win"), late(), slots=4):
        ended.append(episode.task.index)
    assert ended == [0, 1]
    assert list(rollout(Script("win"), iter([None, fickle(1)[0]]))) == []


# What fails.


def test_an_agent_that_raises_loses_nothing_that_had_ended() -> None:
    class Bad(Script):
        def act(self, seats):
            moves = super().act(seats)
            if any(seat.job.task.index == 4 for seat in seats):
                raise ZeroDivisionError("a bug")
            return moves

    agent, made, ended = Bad("win"), [], []

    def make(env_id: str):
        made.append(gymnasium.make(env_id))
        return made[-1]

    def consume() -> None:
        for episode in rollout(agent, fickle(9), slots=2, make=make):
            ended.append(episode.task.index)

    with pytest.raises(ZeroDivisionError, match="a bug") as failure:
        consume()
    assert ended == [0, 1, 2, 3]
    assert "script was asked about proof/Fickle-v0 train 4, proof/Fickle-v0 train 5" in failure.value.__notes__[0]
    assert agent.left == [(index, 0) for index in range(6)]
    assert made
    assert all(not env.unwrapped._ready for env in made)


def test_an_agent_gives_up_one_seat_and_the_others_play_on() -> None:
    class Server(Script):
        def act(self, seats):
            moves = super().act(seats)
            for place, seat in enumerate(seats):
                if seat.job.task.index == 1 and len(seat.turns) == 1:
                    moves[place] = Move("", outcome=Outcome.TIMEOUT)
            return moves

    ended = {e.task.index: e for e in rollout(Server("wait wait win"), fickle(3), measure="bits")}
    assert [(len(e.turns), e.success, e.truncated) for e in (ended[0], ended[1], ended[2])] == [
        (3, True, False),
        (2, None, True),
        (3, True, False),
    ]
    assert [turn.outcome for turn in ended[1].turns] == [Outcome.OK, Outcome.TIMEOUT]
    assert ended[1].final_observation == ended[1].turns[1].obs


def test_a_world_that_hangs_or_breaks_ends_its_own_episode() -> None:
    Fickle.sound_after.update({1: 99, 2: 99})
    agent = Script("wait wait win", "wait hang", "wait crash")
    begun = time.perf_counter()
    jobs = [Job(Task("proof/Slow-v0", "train", index)) for index in range(3)]
    ended = {e.task.index: e for e in rollout(agent, jobs)}
    assert time.perf_counter() - begun < 5  # the step takes 9 s, its deadline is 0.5 s
    assert ended[0].success is True
    for index, outcome in ((1, Outcome.TIMEOUT), (2, Outcome.ENV_ERROR)):
        assert [turn.outcome for turn in ended[index].turns] == [Outcome.OK, outcome]
        assert (ended[index].success, ended[index].truncated, ended[index].terminated) == (None, True, False)
        assert (ended[index].total, ended[index].privileged) == (0.25, {})


def test_a_world_that_cannot_begin_has_an_episode_without_turns() -> None:
    Fickle.begins_after[1] = 1
    made = []

    def make(env_id: str):
        made.append(gymnasium.make(env_id))
        return made[-1]

    agent = Script("win")
    ended = {e.task.index: e for e in rollout(agent, fickle(4), slots=2, make=make)}
    assert [len(ended[index].turns) for index in range(4)] == [1, 0, 1, 1]
    assert (ended[1].truncated, ended[1].success) == (True, None)
    assert [len(asked) for asked in agent.asked] == [2, 1]  # its slot was filled at once
    assert len(made) == 3  # and its environment is not used again
    Fickle.begins_after[1] = 1
    (result,) = evaluate(agent, "proof/Fickle-v0", n=4, measure="nothing")
    assert (result.scored, result.success, result.bounds) == (3, 1, [0.75, 1])
    assert result.outcomes["env_error"] == 0.25
    with pytest.raises(ValueError, match="no train task"):
        list(rollout(agent, [Job(Task("proof/Fickle-v0", "train", -1))]))


# Jobs that begin or end elsewhere.


def test_a_job_can_be_cut_off_and_asked_for_something() -> None:
    job = fickle(1)[0]._replace(limit=2, demand="Now!")
    (episode,) = rollout(Script("wait"), [job])
    assert (len(episode.turns), episode.truncated, episode.terminated, episode.success) == (2, True, False, None)
    assert episode.turns[0].obs.endswith("\nNow!")
    assert episode.turns[1].obs.startswith("Waited 1,")
    (episode,) = rollout(Script("wait win"), [job])
    assert (episode.terminated, episode.truncated, episode.success) == (True, False, True)


def test_a_conversation_can_be_gone_on_with() -> None:
    (whole,) = rollout(Script("wait wait wait win"), fickle(1))
    start = replace(whole.task, history=("wait", "wait"))
    heard = []

    class Listening(Script):
        def act(self, seats):
            heard.append([(turn.obs, turn.text) for turn in seats[0].turns])
            return super().act(seats)

    (rest,) = rollout(Listening("lose lose wait win"), [Job(start, said=whole.turns[:2])])
    assert heard[0] == [(turn.obs, turn.text) for turn in whole.turns[:2]]
    assert [turn.obs for turn in rest.turns] == [turn.obs for turn in whole.turns[2:]]
    assert (rest.total, whole.total) == (1.25, 1.75)
    (told,) = rollout(Script("win"), [Job(start)])
    assert told.turns[0].obs.count("> wait") == 2


def test_a_turn_knows_its_trial() -> None:
    task = Task("scoutgym/MultiTrial-v0", "train", 0, {"params": {"high": 7, "max_turns": 3}})
    (episode,) = rollout(ExpertAgent(), [Job(task)])
    trials = [turn.trial for turn in episode.turns]
    assert trials == sorted(trials)
    assert set(trials) == {0, 1, 2}
    assert [turn.trial for turn in episode.turns if "trial/success" in turn.rewards] == [0, 1, 2]
