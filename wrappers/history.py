"""`History`: the whole conversation as the observation, for a plain Gymnasium loop whose agent has no memory."""

from __future__ import annotations

from typing import Any

import gymnasium

from scoutgym.types import Message
from scoutgym.wrappers.core import TextWrapper


class History(TextWrapper):
    """Each observation is everything that was said and done in this episode; actions stand on lines beginning "> ".

    Args:
        env: the environment.
        turns: how many of the last turns are shown beside the task text; None shows all.

    Raises:
        ValueError: ``turns`` is negative.
    """

    def __init__(self, env: gymnasium.Env[str, str], turns: int | None = None) -> None:
        super().__init__(env)
        if turns is not None and turns < 0:
            raise ValueError(f"turns={turns}: give a number of turns from 0, or None for all")
        self.turns = turns
        self._lines: list[str] = []

    @property
    def messages(self) -> list[Message]:
        """The conversation as chat messages: the world speaks as ``user``, the agent as ``assistant``."""
        return [Message("assistant" if place % 2 else "user", line) for place, line in enumerate(self._lines)]

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Begin a new conversation; nothing of the last one stays."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._lines = [observation]
        return self._text(), info

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Act, and see the conversation so far."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._lines += [action, observation]
        return self._text(), float(reward), terminated, truncated, info

    def own_state(self) -> dict[str, Any]:
        """The lines."""
        return {"lines": self._lines.copy()}

    def set_own_state(self, state: dict[str, Any]) -> None:
        """Take the lines back."""
        self._lines = [str(line) for line in state["lines"]]

    def observe(self, observation: str) -> str:
        """The conversation, whose last line is the world's observation."""
        return self._text()

    def _text(self) -> str:
        shown = self._lines
        if self.turns is not None:
            shown = [shown[0], *shown[1:][-2 * self.turns :]] if self.turns else [shown[0], *shown[1:][-1:]]
        offset = 0 if len(shown) == len(self._lines) else len(self._lines) - len(shown)
        lines = [shown[0]]
        for place, line in enumerate(shown[1:], start=1 + offset):
            lines.append(f"> {line}" if place % 2 else line)
        return "\n".join(lines)
