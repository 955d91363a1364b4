"""`TextEnv` and `Session`: tasks, luck, saving, limits, roles, and every bad input in one clear line."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import gymnasium
import planted
import proof_worlds
import pytest
from gymnasium.error import ResetNeeded

from scoutgym.envs.core import Params, Reply, State, World
from scoutgym.envs.grammar import Form, Grammar
from scoutgym.envs.registry import register, world_for
from scoutgym.envs.saved import _packed
from scoutgym.envs.session import Session
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import SHARES, split_of
from scoutgym.types import SchemaError, Task

NUMBER = "scoutgym/Number-15-v0"


def number(index: int = 0, **more) -> Task:
    return Task("scoutgym/Number-v0", more.pop("split", "train"), index, {"high": 15, "max_turns": 4}, **more)


def play(env, actions) -> list:
    return [env.step(action)[:4] for action in actions]


# Luck.


def test_the_same_luck_is_replayed_and_fresh_luck_is_not() -> None:
    env = gymnasium.make("proof/Gamble-v0")
    env.reset(options={"task": Task("proof/Gamble-v0", "train", 0), "luck": 5})
    env.step("throw")
    point = env.save()
    texts = {"same": set(), "fresh": set()}
    for number in range(20):
        for kind, chance in (("same", "same"), ("fresh", number)):
            env.restore(point, chance)
            texts[kind].add(env.step("throw")[0])
    assert len(texts["same"]) == 1
    assert len(texts["fresh"]) > 8
    env.restore(point, 3)
    first = env.step("throw")[0]
    env.restore(point, 3)
    assert env.step("throw")[0] == first, "fresh luck has a name, too"


def test_fresh_luck_survives_a_snapshot_and_a_replay() -> None:
    env = gymnasium.make("proof/Ratchet-v0", max_turns=50)
    env.reset(seed=1)
    tails = set()
    for luck in range(20):
        env.reset(options={"index": 3, "luck": 0})
        env.step("nonsense")
        env.restore(env.save(), luck)
        tail = []
        other = gymnasium.make("proof/Ratchet-v0")
        while not env.session.over:
            snapshot = env.snapshot()
            tail.append(env.step("pull 1")[0])
            other.restore(snapshot)
            assert other.step("pull 1")[0] == tail[-1]
        tails.add(tuple(tail))
    assert len(tails) > 3


def test_the_seed_is_the_luck_and_the_default_task() -> None:
    env, other = gymnasium.make("proof/Gamble-v0"), gymnasium.make("proof/Gamble-v0")
    _, info = env.reset(seed=9)
    assert other.reset(seed=9)[1]["task"] == info["task"]
    assert play(env, ["throw"] * 3) == play(other, ["throw"] * 3)
    assert env.reset()[1]["task"] != info["task"]


def test_forks_may_redraw_the_secret() -> None:
    env = gymnasium.make(NUMBER)
    env.reset(options={"task": number()})
    env.step("1")
    low, high = env.session.state.low, env.session.state.high
    secrets = {fork.session.state.secret for fork in env.fork(60, resample=True)}
    assert len(secrets) > 8
    assert all(low <= secret <= high for secret in secrets)
    assert {fork.session.state.secret for fork in env.fork(3)} == {env.session.state.secret}


# What stands outside.


def test_outside_replies_are_recorded_and_never_asked_for_again() -> None:
    proof_worlds.MODEL.calls = 0
    env = gymnasium.make("proof/RiddleReplayed-v0")
    env.reset(seed=0)
    whims = iter(range(1000))
    script, proof_worlds.MODEL.script = proof_worlds.MODEL.script, lambda prompt: f"whim {next(whims)}"
    try:
        said = [env.step(f"ask {place}")[0] for place in range(3)]
        snapshot = env.snapshot()
        other = gymnasium.make("proof/RiddleReplayed-v0")
        observation, _ = other.restore(snapshot)
        assert said == ["whim 0", "whim 1", "whim 2"]
        assert observation == "whim 2"
        assert other.history == env.history
        assert proof_worlds.MODEL.calls == 3
        assert other.step("ask 1")[0] == "whim 3", "what was not recorded is asked for"
        assert json.loads(other.snapshot())["body"]["outside"] == ["whim 0", "whim 1", "whim 2", "whim 3"]
    finally:
        proof_worlds.MODEL.script = script


def test_an_engine_that_does_not_replay_is_found_out() -> None:
    env = gymnasium.make("proof/RiddleReplayed-v0")
    env.reset(seed=0)
    env.step("ask 1")
    point = env.save()
    point.outside.clear()
    script, proof_worlds.MODEL.script = proof_worlds.MODEL.script, lambda prompt: "something else"
    try:
        with pytest.raises(SchemaError, match="did not replay"):
            env.restore(point)
    finally:
        proof_worlds.MODEL.script = script


# Engines that break.


class StallParams(Params):
    max_turns: int = 5


@dataclass
class StallState(State):
    steps: int = 0


class Stall(World[StallState]):
    """Breaks or hangs on request."""

    spec = Spec(id="test/Stall-v0", family="test", group="stall", about="Breaks on request.", deadline=0.2)
    Params, State = StallParams, StallState
    language = Grammar(Form("go"), Form("hang"), Form("break"))

    def grammar(self, state):
        return self.language

    def start(self, task, chance):
        return StallState()

    def intro(self, state, role):
        return "Go."

    def known(self, state, role):
        return state.steps

    def play(self, state, action, chance):
        if action[0] == "hang":
            time.sleep(1.0)
        if action[0] == "break":
            raise OSError("the engine is gone")
        return Reply("On.")


register(Stall)


@pytest.mark.parametrize(("action", "outcome"), [("hang", "timeout"), ("break", "env_error")])
def test_a_broken_engine_pays_nothing_and_truncates(action: str, outcome: str) -> None:
    env = gymnasium.make("test/Stall-v0")
    env.reset(seed=0)
    assert env.step("go")[2:4] == (False, False)
    _, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated, info["outcome"]) == (0.0, False, True, outcome)
    assert info["success"] is None
    with pytest.raises(ResetNeeded):
        env.step("go")
    env.reset(seed=1)
    assert env.step("go")[4]["outcome"] == "ok"


# Limits and rewards.


def test_a_limit_of_the_rules_terminates_and_another_truncates() -> None:
    env = gymnasium.make(NUMBER)
    env.reset(options={"task": number()})
    *_, (text, reward, terminated, truncated) = play(env, ["nonsense"] * 4)
    assert (terminated, truncated, reward) == (True, False, -0.1)
    assert "My number was" in text
    env = gymnasium.make("proof/Ratchet-v0", max_turns=2)
    env.reset(seed=0)
    env.step("x")
    assert env.step("x")[2:4] == (False, True)


def test_weights_change_the_scalar_and_not_the_parts() -> None:
    env = gymnasium.make(NUMBER, weights={"success": 5.0, "invalid": 0.0})
    env.reset(options={"task": number()})
    answer = env.privileged().answer
    assert env.step("nonsense")[1] == 0.0
    _, reward, terminated, _, info = env.step(answer)
    assert (reward, terminated, info["rewards"], info["success"]) == (5.0, True, {"success": 1.0}, True)


def test_info_is_what_was_asked_for() -> None:
    env = gymnasium.make(NUMBER)
    assert set(env.reset(seed=0)[1]) == {"outcome", "rewards", "task"}
    assert set(env.step("1")[4]) <= {"outcome", "rewards", "success"}
    env = gymnasium.make(NUMBER, measure=True, list_actions=True)
    info = env.reset(seed=0)[1]
    assert info["bits"] == pytest.approx(3.9069, abs=1e-4)
    assert info["actions"] == [str(guess) for guess in range(1, 16)]


def test_strip_finds_the_last_answer() -> None:
    env = gymnasium.make(NUMBER, strip="answer")
    env.reset(options={"task": number()})
    answer = env.privileged().answer
    assert env.step("I think it is 3")[4]["outcome"] == "invalid_action"
    assert env.step("<answer>3</answer> or <answer>")[4]["outcome"] == "ok"
    assert env.step(f"<answer>1</answer> no, <ANSWER> {answer}\n</answer>")[2]


# Tasks.


def test_a_task_is_its_address() -> None:
    env = gymnasium.make("planted/Vault-v0")
    secrets = [env.reset(options={"split": "test", "index": i})[1]["task"] for i in range(5)]
    again = [Task.from_json(json.loads(json.dumps(task.to_json()))) for task in secrets]
    assert again == secrets
    assert [task.hash for task in again] == [task.hash for task in secrets]
    assert len({task.hash for task in secrets}) == 5


def test_a_preset_and_its_parameters_are_one_task() -> None:
    preset, spelled = gymnasium.make(NUMBER), gymnasium.make("scoutgym/Number-v0", high=15, max_turns=4)
    left = preset.reset(options={"split": "dev", "index": 3})[1]["task"]
    right = spelled.reset(options={"split": "dev", "index": 3})[1]["task"]
    assert left == right == number(3, split="dev")
    assert preset.privileged() == spelled.privileged()


def test_history_resets_to_mid_episode() -> None:
    env = gymnasium.make(NUMBER)
    whole, _ = env.reset(options={"task": number()})
    reply = env.step("1")[0]
    started, info = env.reset(options={"task": number(history=("1",))})
    assert started == f"{whole}\n> 1\n{reply}"
    assert env.history == [whole, "1", reply]
    assert info["task"].instance == number().instance
    assert info["task"].hash != number().hash
    with pytest.raises(ValueError, match="ends the episode"):
        env.reset(options={"task": number(history=("1",) * 9)})


def test_a_sealed_split_is_new_and_of_the_test_part() -> None:
    env = gymnasium.make(NUMBER)
    sealed = [env.reset(options={"split": "sealed:abc", "index": i}) and env.privileged().answer for i in range(40)]
    plain = [env.reset(options={"split": "test", "index": i}) and env.privileged().answer for i in range(40)]
    other = [env.reset(options={"split": "sealed:abd", "index": i}) and env.privileged().answer for i in range(40)]
    assert sealed != plain != other != sealed


def test_splits_share_the_secrets_by_their_hash() -> None:
    world = world_for(planted.Vault, {})
    splits = [split_of(world, secret) for secret in range(5000)]
    for split, share in SHARES.items():
        assert abs(splits.count(split) / 5000 - share) < 4 * (share * (1 - share) / 5000) ** 0.5


def test_a_parameter_may_be_an_option_by_its_own_name() -> None:
    env = gymnasium.make("scoutgym/Number-v0", max_turns=4)
    by_name = env.reset(seed=3, options={"high": 7})[1]["task"]
    assert by_name.params == {"max_turns": 4, "high": 7}
    env = gymnasium.make("scoutgym/Number-v0")
    assert env.reset(seed=3, options={"params": {"max_turns": 4, "high": 7}})[1]["task"] == by_name


# Bad input: one clear line each.


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        ({"hihg": 3}, None, "no parameter 'hihg' .did you mean 'high'"),
        ({"high": 1}, None, "high=1 is wrong: Input should be greater"),
        ({"weights": {"sucess": 1}}, None, "unknown reward part 'sucess' .did you mean 'success'"),
        ({"split": "trian"}, None, "unknown split 'trian' .did you mean 'train'"),
        ({"strip": "box"}, None, "unknown strip"),
        ({"role": "dealer"}, None, "has no role 'dealer'"),
        ({"opponent": "me"}, None, "unknown opponent"),
        ({"render_mode": "rgb"}, None, "unknown render_mode"),
        ({}, {"splitt": "test"}, "unknown option 'splitt' .did you mean 'split'"),
        ({}, {"split": "validation"}, "unknown split 'validation'"),
        ({}, {"index": -1}, "has no train task -1: the indices are 0 to"),
        ({}, {"index": 10**9}, "has no train task 1000000000"),
        ({}, {"params": {"height": 3}}, "no parameter 'height'"),
        ({}, {"task": {"env_id": "scoutgym/Number-v0", "params": {}, "index": 0}}, "needs the field 'split'"),
        ({}, {"task": number(), "index": 3}, "either a task or index"),
        ({}, {"task": number(), "high": 7}, "either a task or params"),
        ({}, {"params": {}, "high": 7}, "either params or high, not both"),
        ({}, {"hihg": 7}, "unknown option 'hihg' .did you mean 'high'"),
        ({}, {"high": 1}, "high=1 is wrong"),
        ({}, {"task": Task("scoutgym/Number-v1", "train", 0)}, "of another version, scoutgym/Number-v1"),
        ({}, {"task": Task("planted/Vault-v0", "train", 0)}, "this is of planted/Vault-v0"),
        ({}, {"task": Task("scoutgym/Number-v0", "train", 0, goal="be quick")}, "takes no goal"),
    ],
)
def test_bad_input_is_one_clear_line(make, options, message) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        gymnasium.make("scoutgym/Number-v0", **make).reset(options=options)
    assert "\n" not in str(caught.value)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(gymnasium.error.NameNotFound, match="Did you mean: `Number"):
        gymnasium.make("scoutgym/Numbr-v0")


def test_an_action_must_be_a_string() -> None:
    env = gymnasium.make(NUMBER)
    with pytest.raises(ResetNeeded, match="call reset"):
        env.step("1")
    env.reset(seed=0)
    with pytest.raises(TypeError, match="a string, not int"):
        env.step(1)


def damaged(change) -> bytes:
    env = gymnasium.make(NUMBER)
    env.reset(options={"task": number()})
    env.step("1")
    record = json.loads(env.snapshot())
    return change(record, env.snapshot())


def rechecked(record) -> bytes:
    return _packed(record["body"])


def with_body(record, **changes) -> bytes:
    return rechecked({**record, "body": {**record["body"], **changes}})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record, data: b"", "not a snapshot, or it is torn"),
        (lambda record, data: data[:-20], "not a snapshot, or it is torn"),
        (lambda record, data: b"[" * 100_000, "not a snapshot, or it is torn"),
        (lambda record, data: b'{"a": 1}', "not a snapshot, or it is torn"),
        (lambda record, data: data.replace(b'"turn":1', b'"turn":0'), "checksum"),
        (lambda record, data: json.dumps({**record, "schema": 99}).encode(), "has schema 99, this scoutgym reads 1"),
        (lambda record, data: with_body(record, env_id="scoutgym/Mastermind-v0"), "this is of scoutgym/Mastermind-v0"),
        (lambda record, data: with_body(record, env_id="scoutgym/Number-v7"), "another version"),
        (lambda record, data: with_body(record, state=None), "must not hold|must hold"),
        (lambda record, data: with_body(record, state={"secret": "x", "low": 1, "high": 2}), "wrong at 'secret'"),
        (lambda record, data: with_body(record, state={"low": 1, "high": 2}), "wrong at 'secret'"),
        (lambda record, data: with_body(record, params={"depth": 3}), "no parameter 'depth'"),
        (lambda record, data: with_body(record, keys=[[1, "zz"]]), "damaged"),
        (lambda record, data: with_body(record, flags=[1]), "damaged"),
    ],
)
def test_a_damaged_snapshot_is_one_clear_line(change, message) -> None:
    env = gymnasium.make(NUMBER)
    with pytest.raises(ValueError, match=message) as caught:
        env.restore(damaged(change))
    assert "\n" not in str(caught.value)


def test_registering_another_class_under_an_id_is_refused() -> None:
    class Other(planted.Vault):
        pass

    with pytest.raises(ValueError, match="already registered by planted"):
        register(Other)


def test_a_session_is_all_one_needs() -> None:
    session = Session(world_for(planted.Vault, {}))
    assert "12 doors" in session.begin(Task("planted/Vault-v0", "train", 0))
    for door in range(1, 13):
        if session.over:
            break
        session.act(f"open {door}")
    assert session.over
    with pytest.raises(RuntimeError, match="the episode is over"):
        session.act("listen")
