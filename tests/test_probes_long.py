"""Long errands, and hidden probes in trials: what is told is true, what is forgotten costs, what is found out stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import gymnasium
import pytest

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.benchmark import run_bench
from scoutgym.envs.chance import Chance
from scoutgym.envs.probes.long_errands import EACH, PATIENCE, LongErrands, LongErrandsParams
from scoutgym.types import Task

LUCK = Chance(b"unused")

HIDDEN = [
    ("DeepSea", {"size": 3}),
    ("NoisyTV", {"rooms": 2}),
    ("DelayedCredit", {"ratio": 2, "kinds": 3}),
    ("Blicket", {"objects": 3}),
    ("HiddenGraph", {"places": 6, "max_turns": 5}),
    ("Toolbox", {"tools": 2}),
    ("Search", {"hops": 1}),
]


def test_what_is_told_is_the_town_as_it_is() -> None:
    """Everything said about people and goods, read in order by another reader, agrees with the state at every turn."""
    env = gymnasium.make("scoutgym/LongErrands-v0").unwrapped
    text, _ = env.reset(options={"index": 3})
    homes, tastes, shops = {}, {}, {}
    people = []
    while not env.session.over:
        for line in re.split(r"(?<=\.)\s", text):
            if line.startswith("Errand"):
                people.append(len(homes))
            elif found := re.match(r"(?:News: )?(\w+) is (?:now )?sold at the (\w+)\.", line):
                shops[found[1].lower()] = found[2]
            elif found := re.match(
                r"(?:News: )?(\w+)(?: is new in town,)? (?:now )?lives at the (\w+)(?: and likes (\w+))?\.", line
            ):
                homes[found[1]] = found[2]
                if found[3]:
                    tastes[found[1]] = found[3]
            elif found := re.match(r"News: (\w+) now likes (\w+)\.", line):
                tastes[found[1]] = found[2]
        state = env.session.state
        assert (state.homes, state.tastes, state.shops) == (homes, tastes, shops)
        text = env.step(env.world.expert(env.history, LUCK))[0]
    assert env.session.success == 1.0
    assert (people[0], people[-1], len(people)) == (3, 11, 50)


def test_the_expert_does_every_errand_in_the_fewest_turns() -> None:
    for turns, count in ((100, 8), (1000, 1)):
        env = gymnasium.make("scoutgym/LongErrands-v0", turns=turns).unwrapped
        for index in range(count):
            env.reset(options={"split": "test", "index": index})
            plan = env.world.solver(env.session.state)
            taken = []
            while not env.session.over:
                taken.append(env.world.expert(env.history, LUCK))
                env.step(taken[-1])
            assert env.session.success == 1.0
            assert taken == plan
            assert len(plan) <= turns
            assert len(plan) > 0.85 * turns


def success_with(window: int, turns: int) -> float:
    """The expert with the last texts alone; where they do not say what it must know, it looks around."""
    env = gymnasium.make("scoutgym/LongErrands-v0", turns=turns).unwrapped
    env.reset(options={"index": 0})
    while not env.session.over:
        try:
            text = env.world.expert(env.history[-window:], LUCK)
        except ValueError:
            text = "look"
        env.step(text)
    return float(env.session.success)


def test_who_forgets_does_less_and_less_of_a_longer_day() -> None:
    assert success_with(10_000, 100) == success_with(10_000, 400) == 1.0
    assert success_with(41, 400) < success_with(41, 100) < 0.9


def test_an_errand_is_withdrawn_and_time_passes_with_nonsense() -> None:
    env = gymnasium.make("scoutgym/LongErrands-v0", turns=40).unwrapped
    env.reset(options={"index": 0})
    texts = []
    while not env.session.over:
        text, reward, terminated, _, info = env.step("nonsense")
        texts.append(text)
    assert [place for place, text in enumerate(texts, 1) if "withdrawn" in text] == [*range(PATIENCE, 40, PATIENCE), 40]
    assert terminated
    assert (reward, info["success"], info["figures"]) == (-0.1, 0.0, {"done": (0, 40 // EACH)})
    assert texts[-1].endswith("The day is over: you have done 0 of 10 errands.")


def test_looking_around_tells_what_is_there() -> None:
    game = LongErrands(LongErrandsParams())
    state = game.start(Task("x", "train", 0), Chance(b"town"))
    person, home = next(iter(state.homes.items()))
    good, shop = next(iter(state.shops.items()))
    taste = state.tastes[person]
    said = [game.play(state, action, LUCK).text for action in (("go", home), ("look",), ("go", shop), ("look",))]
    assert said[0] == f"You are at the {home}."
    assert f"{person} lives here and likes {taste}. " in said[1]
    assert f"{good.capitalize()} is sold here. " in said[3]
    other = next(name for name, place in state.shops.items() if place != shop)
    assert game.play(state, ("take", other), LUCK).text.startswith(f"There is no {other} here. ")
    assert game.play(state, ("take", good), LUCK).text == f"You are at the {shop} with {good}."


# Trials.


class Recall(Agent):
    """Plays a trial that was won again, action by action; else as the expert does."""

    name = "recall"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move(self._one(seat)) for seat in seats]

    def _one(self, seat: Seat) -> str:
        history, state = seat.history, seat.world.session.state
        starts = [at for at in range(0, len(history), 2) if at == 0 or "the same instance again" in history[at]]
        for won, (start, end) in zip(state.scores, pairwise(starts), strict=False):
            if won:
                return history[start + 1 : end : 2][(len(history) - 1 - starts[-1]) // 2]
        return seat.world.world.expert(history, LUCK)


def test_success_rises_by_trial_for_who_remembers_and_for_nobody_else() -> None:
    results = run_bench("scoutgym/MultiTrial-graph-v0", ["expert", "random", Recall()], n=80)
    curves = {row.agent: [row.figures[f"trial_{trial}"].mean for trial in (1, 2, 3)] for row in results}
    expert, recall = curves["expert"], curves["recall"]
    assert expert[0] == expert[1] == expert[2] == recall[0] == recall[1]  # nothing is learned from a lost trial
    assert 0.5 < expert[0] < 0.95
    assert max(curves["random"]) < expert[0]
    for row in results:
        assert row.success == pytest.approx(sum(curves[row.agent]) / 3)
        assert list(row.told) == ["trial_1", "trial_2", "trial_3"]
        assert row.figures["trial_1"].low < row.figures["trial_1"].mean < row.figures["trial_1"].high


@pytest.mark.parametrize(("name", "params"), HIDDEN)
def test_every_hidden_probe_can_be_played_in_trials(name: str, params: dict[str, int]) -> None:
    env = gymnasium.make("scoutgym/MultiTrial-v0", env_id=f"scoutgym/{name}-v0", params=params, trials=2).unwrapped
    for index in range(3):
        env.reset(options={"split": "test", "index": index, "luck": 0})
        first = env.hidden_key(env.session.task)
        while not env.session.over:
            assert env.world.hidden_key(env.session.state) == first
            if env.session.turn == 2:
                env.restore(env.snapshot())
            _, _, _, _, info = env.step(env.world.expert(env.history, LUCK))
        (one, of), (two, _) = (info["figures"][f"trial_{trial}"] for trial in (1, 2))
        assert (one, two, of) == (*env.session.state.scores, 1.0)
        assert info["success"] == (one + two) / 2
