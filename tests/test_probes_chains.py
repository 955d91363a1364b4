"""Deep sea, noisy television, umbrella and memory: optima against value iteration and enumeration of all secrets."""

from __future__ import annotations

import math
from functools import cache
from itertools import product
from typing import Any

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.probes.deep_sea import COST, DeepSea, DeepSeaParams, DeepSeaState
from scoutgym.envs.probes.memory_length import MemoryLength, MemoryLengthParams, MemoryLengthState
from scoutgym.envs.probes.noisy_tv import NoisyTV, NoisyTVParams, NoisyTVState
from scoutgym.envs.probes.umbrella import Umbrella, UmbrellaParams, UmbrellaState
from scoutgym.types import Task

LUCK = Chance(b"unused")


def play_out(world: Any, state: Any, choose: Any) -> tuple[bool, float, int]:
    """Play to the end: whether it succeeded, the return without the price of invalid actions, and the turns."""
    history, total = [f"{world.intro(state, 'agent')}\n\n{world.grammar(state).help()}"], 0.0
    weights = {name: part.weight for name, part in world.parts.items()}
    for turn in range(1, world.max_turns + 1):
        text = choose(history)
        reply = world.play(state, world.grammar(state).parse(text), Chance(b"luck", turn))
        total += sum(weights[name] * value for name, value in reply.rewards.items())
        if reply.done:
            return bool(reply.success), total + float(reply.success or 0), turn
        history += [text, reply.text]
    return False, total, world.max_turns


def expert(world: Any) -> Any:
    return lambda history: world.expert(history, LUCK)


# Deep sea.


def seas(size: int) -> list[str]:
    return ["".join(levers) for levers in product("rb", repeat=size * (size + 1) // 2)]


@pytest.mark.parametrize(("size", "dives"), [(1, 2), (2, 1), (2, 3), (3, 2), (3, 4)])
def test_no_diver_returns_more_than_the_expert(size: int, dives: int) -> None:
    """Value iteration over what a diver can know: the cells tried, the dive and the place."""
    game = DeepSea(DeepSeaParams(size=size, dives=dives))

    @cache
    def value(levers: str, dive: int, row: int, column: int) -> float:
        if row == size:
            return value(levers, dive + 1, 0, 0) if dive < dives else 0.0
        cell = row * (row + 1) // 2 + column
        best = -math.inf
        for lever in "rb":
            outcomes = []
            for truth in levers[cell].replace("?", "rb"):
                known = levers[:cell] + truth + levers[cell + 1 :]
                if truth == lever:
                    won = column == size - 1
                    outcomes.append((1.0 if won else value(known, dive, row + 1, column + 1)) - COST / size)
                else:
                    outcomes.append(value(known, dive, row + 1, max(0, column - 1)))
            best = max(best, sum(outcomes) / len(outcomes))
        return best

    returns = [play_out(game, DeepSeaState(levers), expert(game))[1] for levers in seas(size)]
    assert sum(returns) / len(returns) == pytest.approx(value("?" * game.cells, 1, 0, 0), abs=1e-12)


def test_the_number_of_dives_is_binomial() -> None:
    game = DeepSea(DeepSeaParams(size=4))
    found = [0] * 6
    for levers in seas(4):
        state = DeepSeaState(levers)
        assert play_out(game, state, expert(game))[0]
        assert game.figures(state)["dives"] == (state.dive, 1)
        found[state.dive] += 1
    assert found == [0, *(math.comb(4, k) * 2**6 for k in range(5))]


def test_one_row_of_levers_of_all_finds_the_treasure() -> None:
    game = DeepSea(DeepSeaParams(size=5, dives=1))
    state = game.start(Task("x", "train", 0), Chance(b"one"))
    won = 0
    for row in product(("red", "blue"), repeat=5):
        levers = iter(row)
        won += play_out(game, state.copy(), lambda _, levers=levers: f"pull {next(levers)}")[0]
    assert won == 1


def test_what_a_diver_believes_is_what_is_left_of_all_seas() -> None:
    game = DeepSea(DeepSeaParams(size=3))
    for index in range(30):
        state = game.start(Task("x", "train", 0), Chance(b"sea", index))
        chance = Chance(b"walk", index)
        walk = [chance.choice(("red", "blue")) for _ in range(chance.below(9))]
        texts = [game.play(state, ("pull", lever), LUCK).text for lever in walk]
        ways = set()
        for levers in seas(3):
            twin = DeepSeaState(levers)
            if [game.play(twin, ("pull", lever), LUCK).text for lever in walk] == texts:
                ways.add((levers[0], levers[2], levers[5]))
        assert game.belief(state, "agent").bits == pytest.approx(math.log2(len(ways)))


# Noisy television.


def test_the_way_out_takes_half_of_the_doors() -> None:
    game = NoisyTV(NoisyTVParams(rooms=3, doors=3))
    taken = [play_out(game, NoisyTVState(list(doors)), expert(game)) for doors in product(range(3), repeat=3)]
    assert all(won for won, _, _ in taken)
    assert sum(turns for *_, turns in taken) / len(taken) == 3 * (3 + 1) / 2
    assert max(turns for *_, turns in taken) == game.max_turns == 9

    @cache
    def fewest(doors: int) -> float:
        """No order of trying doors is better: each is the one with probability 1/doors, else one less is left."""
        return 1.0 if doors == 1 else 1.0 + (doors - 1) / doors * fewest(doors - 1)

    assert fewest(3) == 2.0


def test_television_is_new_for_ever_and_teaches_nothing() -> None:
    env = gymnasium.make("scoutgym/NoisyTV-v0", max_turns=400).unwrapped
    env.reset(options={"index": 0, "luck": 0})
    for text in ("open red", "open blue"):
        env.step(text)
    knows, bits, shows, views = env.state_key(), env.belief(), set(), set()
    for _ in range(300):
        shows.add(env.step("watch")[0])
        views.add(env.obs_key())
        assert env.world.gain(env.session.state, ("watch",)) == 0.0
    assert len(shows) == len(views) > 290
    assert (env.state_key(), env.belief()) == (knows, bits)
    assert env.world.figures(env.session.state) == {"watched": (300, 302)}


def test_the_doors_that_may_be_right_are_counted() -> None:
    game = NoisyTV(NoisyTVParams(rooms=2, doors=4))
    state = NoisyTVState([2, 1])
    half, quarter = 1.0, 2 - 0.75 * math.log2(3)
    tries = [("red", 12, quarter), ("red", 12, 0), ("blue", 8, math.log2(3) - 2 / 3), ("green", 4, half)]
    for door, left, gain in [*tries, ("red", 3, quarter), ("blue", 1, math.log2(3) - 2 / 3)]:
        assert game.gain(state, ("open", door)) == pytest.approx(gain)
        assert game.best_gain(state)[1] >= gain
        game.play(state, ("open", door), LUCK)
        assert game.belief(state, "agent").bits == pytest.approx(math.log2(left))


# Umbrella.


def test_only_the_first_choice_counts_and_the_coins_are_luck() -> None:
    game = Umbrella(UmbrellaParams(length=6))
    for rain, first in product((False, True), ("take the umbrella", "leave the umbrella")):
        ends = set()
        for turns in product(("turn left", "turn right"), repeat=6):
            state = UmbrellaState(rain, "")
            ways = iter((first, *turns))
            won, total, _ = play_out(game, state, lambda _, ways=ways: next(ways))
            ends.add((won, total - won))
        assert len(ends) == 1, "neither success nor coins depend on the way"
        assert ends.pop()[0] == (rain == first.startswith("take"))


def test_the_forecast_is_told_once_and_its_place_says_nothing() -> None:
    game = Umbrella(UmbrellaParams(distractors=8))
    places = {True: [0] * 9, False: [0] * 9}
    for index in range(4000):
        state = game.start(Task("x", "train", 0), Chance(b"morning", index))
        told = state.things.split(". ")
        (place,) = (at for at, thing in enumerate(told) if "forecast" in thing)
        assert ("rain" in told[place]) == state.rain
        places[state.rain][place] += 1
    for counts in places.values():
        expected = sum(counts) / 9
        assert sum((count - expected) ** 2 / expected for count in counts) < 8 + 5 * 4
    reply = game.play(state, ("take",), LUCK)
    assert "forecast" not in reply.text


# Memory.


def test_after_the_first_text_nothing_tells_the_sign() -> None:
    game = MemoryLength(MemoryLengthParams(length=30))
    told = []
    for sign in ("left", "right"):
        state, texts = MemoryLengthState(sign), []
        for turn in range(30):
            texts.append(game.play(state, ("walk",), Chance(b"luck", turn)).text)
        told.append(texts)
        assert game.view(state, "agent") == game.view(MemoryLengthState("left", 30), "agent")
        assert game.play(state.copy(), (sign,), LUCK).success
        assert not game.play(state, ("left" if sign == "right" else "right",), LUCK).success
    assert told[0] == told[1]
    arrows = [text.endswith("left.") for text in told[0][:-1]]
    assert 5 < sum(arrows) < 24


def test_an_agent_that_walks_can_note_nothing() -> None:
    env = gymnasium.make("scoutgym/MemoryLength-5-v0").unwrapped
    env.reset(seed=0)
    assert env.actions() == ["walk"]
    for text in ("turn left", "walk left", "remember left"):
        assert env.step(text)[4]["outcome"] == "invalid_action"
    env.reset(seed=0)
    for _ in range(5):
        assert not env.step("walk")[2]
    assert env.actions() == ["turn left", "turn right"]


@pytest.mark.parametrize("name", ["DeepSea", "NoisyTV", "Umbrella", "MemoryLength"])
def test_the_expert_always_succeeds_and_so_does_the_solver(name: str) -> None:
    for preset in gymnasium.make(f"scoutgym/{name}-v0").unwrapped.world.spec.presets:
        env = gymnasium.make(f"scoutgym/{name}-{preset}-v0").unwrapped
        for index in range(5):
            env.reset(options={"split": "test", "index": index, "luck": index})
            while not env.session.over:
                env.step(env.world.expert(env.history, LUCK))
            assert env.session.success
            env.reset(options={"split": "test", "index": index, "luck": index})
            for text in env.world.solver(env.session.state):
                env.step(text)
            assert env.session.success
