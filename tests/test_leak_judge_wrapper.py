"""A judge behind a privacy world's ledger, played through Gymnasium. The models are fakes: none that understands
paraphrases can run here.
"""

from __future__ import annotations

import json
from typing import Any

import gymnasium
import pytest

from scoutgym.llm.chat.core import ChatError, ChatModel, Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.wrappers.leak_judge import LeakJudge

pytestmark = pytest.mark.web

HINT = "the usual place"


def told(request: Request, spare: str = "") -> str:
    """The verdict: the item is in the sentence with the hint, and nothing else is disclosed."""
    asked = json.loads(request.messages[1].content)
    there = [int(number) for number, words in asked["text"].items() if HINT in words]
    return json.dumps({one["key"]: there[0] if there and one["key"] == spare else 0 for one in asked["items"]})


class Finder(Scripted):
    """Finds one item wherever a text has the hint, and counts."""

    def __init__(self) -> None:
        super().__init__(self._found)
        self.calls = 0

    def _found(self, request: Request) -> str:
        self.calls += 1
        return told(request, SPARE[0])


SPARE: list[str] = []


def begun(model: ChatModel) -> tuple[LeakJudge, list[str]]:
    """An environment, and the actions that do its task with a paraphrase on the way."""
    env = LeakJudge(gymnasium.make("scoutgym/PrivacyStore-form-v0"), model)
    env.reset(options={"index": 0, "luck": 0})
    SPARE[:] = [item["key"] for item in env.privileged().extra["items"] if not item["necessary"]]
    actions = env.inner.world.solver(env.inner.session.state)
    return env, [one[:-2] + f", {HINT}')" if one.startswith("fill") else one for one in actions]


def played(env: LeakJudge, actions: list[str]) -> list[dict[str, Any]]:
    return [env.step(action)[4] for action in actions]


def test_what_the_model_finds_is_a_leak_in_reward_and_figures() -> None:
    env, actions = begun(Finder())
    last = played(env, actions)[-1]
    assert last["rewards"]["leak"] < 0
    assert last["figures"]["leak_rate"] == (1.0, 1)
    assert last["figures"]["utility"] == (1.0, 1)
    assert env.privileged().extra["ledger"]["leaks"] == SPARE[:1]
    plain, _ = begun(Scripted(told))
    assert played(plain, actions)[-1]["figures"]["leak_rate"] == (0.0, 1)


def test_an_answer_that_is_none_masks_the_episode() -> None:
    env, actions = begun(Scripted(lambda _: "no leak"))
    infos = played(env, actions)
    assert infos[-1]["outcome"] == "judge_error"
    assert infos[-1]["figures"] == {}
    assert all(info["outcome"] == "ok" for info in infos[:-1])


def test_a_model_that_cannot_be_used_at_all_stops_the_run() -> None:
    def refused(_: Request) -> str:
        raise ChatError("the budget is spent")

    env, actions = begun(Finder())
    env.ledger.model = Scripted(refused)
    with pytest.raises(ChatError, match="the budget is spent"):
        played(env, actions)


@pytest.mark.parametrize("portable", [False, True])
def test_a_point_remembers_what_was_said(portable: bool) -> None:
    model = Finder()
    env, actions = begun(model)
    played(env, actions[:-1])
    point = env.snapshot() if portable else env.save()
    first = env.step(actions[-1])[4]
    asked = model.calls
    assert asked > 0
    env.restore(point)
    again = env.step(actions[-1])[4]
    assert again["rewards"] == first["rewards"]
    assert again["figures"] == first["figures"]
    end = env.snapshot()
    calls = model.calls
    env.restore(end)
    assert model.calls == calls  # nothing that was said is asked again
    assert env.privileged().extra["ledger"]["leaks"] == SPARE[:1]


def test_other_worlds_have_no_ledger() -> None:
    with pytest.raises(ValueError, match="keeps no leak ledger"):
        LeakJudge(gymnasium.make("scoutgym/WebStore-v0"), Scripted(told))
