"""The loop that plays episodes, and the reference players."""

from __future__ import annotations

import json
from collections.abc import Sequence

import gymnasium
import pytest

from scoutgym.agents.core import Agent, Job, Move, Seat, rollout
from scoutgym.agents.players import ExpertAgent, GreedyBeliefAgent, NoisyExpert, RandomAgent
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
    for agent in (RandomAgent(), NoisyExpert(0.5), GreedyBeliefAgent(), ExpertAgent()):
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
