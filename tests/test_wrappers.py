"""History, judges, and saving through any stack of wrappers."""

from __future__ import annotations

import time
from collections.abc import Sequence

import gymnasium
import numpy as np
import proof_worlds  # registers the proof worlds
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

from scoutgym.types import Episode, Outcome, SchemaError, Task
from scoutgym.wrappers.core import restore, save, snapshot
from scoutgym.wrappers.history import History
from scoutgym.wrappers.judge import JudgeReward
from scoutgym.wrappers.judges.consistency import ConsistencyJudge
from scoutgym.wrappers.judges.core import EpisodeJudge, Score
from scoutgym.wrappers.judges.panel import Ensemble

NUMBER = "scoutgym/Number-15-v0"
TASK = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})
assert proof_worlds


class Polite(EpisodeJudge):
    """A judge that pays for every polite word; it can be told to fail or to dawdle."""

    name = "polite"
    parts: tuple[str, ...] = ("polite",)

    def __init__(self, seconds: float = 0.0, fail: bool = False, parts: tuple[str, ...] = ("polite",)) -> None:
        self.seconds, self.fail, self.given = seconds, fail, parts
        self.read: list[Episode] = []

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        self.read += episodes
        time.sleep(self.seconds)
        if self.fail:
            raise ConnectionError("the judge's server is gone")
        pleases = [float(sum("please" in turn.action for turn in episode.turns)) for episode in episodes]
        return [Score(dict.fromkeys(self.given, number), cost=0.25) for number in pleases]


def finish(env, action="please") -> tuple:
    result = env.step(action)
    while not (result[2] or result[3]):
        result = env.step(action)
    return result


def test_history_is_the_whole_conversation() -> None:
    env = History(gymnasium.make(NUMBER))
    first, _ = env.reset(options={"task": TASK})
    reply = env.step("1")[0]
    assert reply.startswith(f"{first}\n> 1\nMy number is higher")
    assert [message.role for message in env.messages] == ["user", "assistant", "user"]
    env.reset(options={"task": TASK})
    assert env.step("2")[0].count(">") == 3, "nothing of the last conversation is left"


def test_history_may_show_the_last_turns_only() -> None:
    env = History(gymnasium.make("scoutgym/Number-v0", high=1000, max_turns=10), turns=1)
    first, _ = env.reset(seed=3)
    for guess in ("1", "2", "3"):
        shown = env.step(guess)[0]
    assert shown.startswith(first)
    assert "> 3" in shown
    assert "> 2" not in shown
    with pytest.raises(ValueError, match="turns=-1"):
        History(gymnasium.make(NUMBER), turns=-1)


def test_a_judge_pays_a_named_part_at_the_end() -> None:
    judge = Polite()
    env = JudgeReward(gymnasium.make(NUMBER), judge, weights={"polite": 0.5})
    env.reset(options={"task": TASK})
    assert env.step("please")[4]["rewards"] == {"invalid": -1.0}
    _, reward, terminated, _, info = finish(env)
    assert terminated
    assert info["rewards"] == {"invalid": -1.0, "polite": 4.0}
    assert reward == pytest.approx(-0.1 + 0.5 * 4)
    assert judge.read[0].privileged["answer"] == env.privileged().answer
    assert len(judge.read[0].turns) == 4
    assert judge.read[0].final_observation == env.inner.history[-1]


def test_a_composite_s_own_parts_are_paid_beside_the_judge_s() -> None:
    env = JudgeReward(gymnasium.make("proof/Errand-v0"), Polite())
    env.reset(seed=1)
    _, _, _, _, info = finish(env)
    assert info["rewards"]["polite"] == 7.0
    assert len(info["rewards"]) > 1


@pytest.mark.parametrize("outcome", [Outcome.ENV_ERROR, Outcome.TIMEOUT])
def test_an_episode_that_the_world_broke_is_not_judged(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Polite()
    env = JudgeReward(gymnasium.make(NUMBER), judge)
    env.reset(options={"task": TASK})

    def breaks(*_: object) -> None:
        raise TimeoutError("too late") if outcome is Outcome.TIMEOUT else ConnectionError("the engine is gone")

    monkeypatch.setattr(type(env.inner.world), "play", breaks)
    _, reward, terminated, truncated, info = env.step("1")
    assert (reward, terminated, truncated, info["outcome"]) == (0.0, False, True, outcome)
    assert "polite" not in info["rewards"]
    assert not judge.read, "nobody is asked what comes of nothing"


@pytest.mark.parametrize(
    "judge", [Polite(fail=True), Polite(seconds=0.5), Polite(parts=("other",))], ids=["raises", "late", "wrong"]
)
def test_a_judge_that_fails_pays_nothing_and_says_so(judge: Polite) -> None:
    env = JudgeReward(gymnasium.make(NUMBER), judge, deadline=0.1)
    env.reset(options={"task": TASK})
    _, reward, _, _, info = finish(env)
    assert info["outcome"] == Outcome.JUDGE_ERROR
    assert "polite" not in info["rewards"], "what is not known is no 0"
    assert reward == pytest.approx(-0.1)


def test_wrong_judges_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown part 'kind'"):
        JudgeReward(gymnasium.make(NUMBER), Polite(), weights={"kind": 1.0})
    judge = Polite()
    judge.parts = ("success",)
    with pytest.raises(ValueError, match="already has a reward part 'success'"):
        JudgeReward(gymnasium.make(NUMBER), judge)
    for comparing in (ConsistencyJudge(), Ensemble([Polite(), ConsistencyJudge()])):
        with pytest.raises(ValueError, match=f"{comparing.name} compares the members of a group"):
            JudgeReward(gymnasium.make(NUMBER), comparing)


def stack():
    return RecordEpisodeStatistics(History(TimeLimit(JudgeReward(gymnasium.make(NUMBER), Polite()), 3)))


def test_a_stack_is_saved_with_every_layer() -> None:
    env = stack()
    env.reset(options={"task": TASK})
    env.step("1")
    handle, portable = save(env), snapshot(env)
    first = [env.step("2"), env.step("3")]
    assert first[-1][3], "TimeLimit truncates at three steps"
    assert first[-1][4]["episode"]["l"] == 3
    for target, point in ((env, handle), (stack(), portable)):
        observation, _ = restore(target, point)
        assert observation.endswith("My number is higher than 1.")
        again = [target.step("2"), target.step("3")]
        assert [result[:4] for result in again] == [result[:4] for result in first]
        assert again[-1][4]["episode"]["l"] == 3
        assert np.isclose(again[-1][4]["episode"]["r"], first[-1][4]["episode"]["r"])


def test_methods_of_a_text_wrapper_are_the_functions() -> None:
    env = History(gymnasium.make(NUMBER))
    env.reset(options={"task": TASK})
    point = env.save()
    shown = env.step("1")[0]
    assert env.restore(point)[0] != shown
    assert env.step("1")[0] == shown
    assert env.restore(env.snapshot())[0] == shown
    assert env.grammar.parse("7") == ("guess", 7)
    assert "7" in env.actions()


def test_a_stack_of_other_wrappers_is_refused() -> None:
    env = History(gymnasium.make(NUMBER))
    env.reset(options={"task": TASK})
    bare = gymnasium.make(NUMBER)
    with pytest.raises(SchemaError, match=r"saved under \['History'\], but the environment has none"):
        restore(bare, save(env))
    with pytest.raises(SchemaError, match="checksum"):
        restore(env, snapshot(env).replace(b"My number", b"My  numbr").replace(b"whole", b"whale"))
    with pytest.raises(SchemaError, match="torn"):
        restore(env, snapshot(env)[:-5])
    with pytest.raises(TypeError, match="not a scoutgym environment"):
        save(gymnasium.make("CartPole-v1"))


def test_a_point_of_the_world_alone_fits_under_any_wrappers() -> None:
    env = stack()
    env.reset(options={"task": TASK})
    point = env.unwrapped.save()
    env.step("1")
    assert restore(env, point)[0] == env.unwrapped.history[0]
