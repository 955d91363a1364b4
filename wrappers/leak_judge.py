"""A language model behind the leak ledger of a privacy world: what the rules do not find, it may.

    env = LeakJudge(gymnasium.make("scoutgym/PrivacyForum-v0"), model)   # model: any of `scoutgym.llm.chat`

See `scoutgym.envs.web.privacy.judge` for what is asked and what counts as an answer. What the model finds is a leak
like any other: it stands in the reward and in the figures. An episode with a text that nobody could judge ends with the
outcome ``judge_error`` and tells no figures: it is masked, never counted as one without leaks.
"""

from __future__ import annotations

from typing import Any

import gymnasium

from scoutgym.envs.web.privacy.judge import JudgedLedger
from scoutgym.envs.web.privacy.world import PrivacyState, PrivacyWorld
from scoutgym.llm.chat.core import ChatModel
from scoutgym.types import Outcome
from scoutgym.wrappers.core import TextWrapper


class LeakJudge(TextWrapper):
    """See the module's docstring.

    Args:
        env: of a privacy world.
        model: who is asked. It brings its own deadline, and is asked by nobody before: `ready` tells whether it can be.

    Raises:
        ValueError: the world keeps no leak ledger.
    """

    def __init__(self, env: gymnasium.Env[str, str], model: ChatModel) -> None:
        super().__init__(env)
        if not isinstance(self.inner.world, PrivacyWorld):
            raise ValueError(f"{self.inner.world.spec.id} keeps no leak ledger: wrap a privacy world")
        self.model = model

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Start an episode, with a judge behind its ledger."""
        begun = self.env.reset(seed=seed, options=options)
        self.set_own_state({"answers": {}, "unjudged": []})
        return begun

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Act; the model is asked about what leaves."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if (terminated or truncated) and self.ledger.outcome is not Outcome.OK:
            info["outcome"], info["figures"] = self.ledger.outcome, {}
        return observation, float(reward), terminated, truncated, info

    @property
    def ledger(self) -> JudgedLedger:
        """That of the episode."""
        ledger = self._state.ledger
        assert isinstance(ledger, JudgedLedger)
        return ledger

    def own_state(self) -> dict[str, Any]:
        """What the model has said: it is not asked again."""
        record = self.ledger.to_json()
        return {name: record[name] for name in ("answers", "unjudged")}

    def set_own_state(self, state: dict[str, Any]) -> None:
        """Put the judge behind the ledger of the episode that stands here."""
        self._state.ledger = JudgedLedger.from_json({**self._state.ledger.to_json(), **state}, self.model)

    @property
    def _state(self) -> PrivacyState:
        state = self.inner.session.state
        assert isinstance(state, PrivacyState)
        return state
