"""`BrowserGym`: the dictionary observation of BrowserGym, for agents that were written for it.

Keys and shapes are those of its ``BrowserEnv`` (Le Sellier De Chezelles et al. 2024, arXiv 2412.05467), and actions
are the same texts: all calls that stand in one, also in a block of code and with words around, are done one after
another, as by its ``HighLevelActionSet``, until one is an error or the episode ends. Four things are otherwise, and
better known:

* Each call is an action of the episode, and ``last_action`` is the last one that was done.
* Time is counted in actions, so that an episode that is played again is equal: ``elapsed_time`` and ``timestamp`` are
  how many there were.
* All of a page is read and shown at once: ``screenshot`` is the page from top to bottom, boxes are places on it, and
  ``scroll`` does nothing.
* On the ``dom`` back end nothing is drawn: ``screenshot`` and all ``bbox`` are None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from scoutgym.envs.grammar import BadAction, Grammar
from scoutgym.envs.spaces import TextSpace
from scoutgym.envs.web.world import WebState, WebWorld
from scoutgym.types import Outcome
from scoutgym.wrappers.core import world_env

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.page import Page

GREETING = "Hi! I am your UI assistant, I can perform web tasks for you. What can I help you with?"
"""What BrowserGym's assistant says before the user does."""

SPEECH = ("send_msg_to_user", "report_infeasible")


class Values(gymnasium.Space[Any]):
    """All values of which a test holds; a sample is always the same one.

    Args:
        about: what they are; spaces that say the same are equal.
        holds: the test.
        example: one of them.
    """

    def __init__(self, about: str, holds: Callable[[Any], bool], example: Any) -> None:
        super().__init__()
        self.about, self._holds, self._example = about, holds, example

    @property
    def is_np_flattenable(self) -> bool:
        """Never."""
        return False

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> Any:
        """The example."""
        return self._example

    def contains(self, x: Any) -> bool:
        """Whether the test holds."""
        return self._holds(x)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and self.about == other.about

    def __hash__(self) -> int:
        return hash(self.about)

    def __repr__(self) -> str:
        return f"Values({self.about!r})"


class BrowserGym(gymnasium.utils.RecordConstructorArgs, gymnasium.ObservationWrapper[dict[str, Any], str, str]):
    """See the module's docstring.

    Args:
        env: a web world.
        screenshots: whether there are screenshots and boxes; without them an observation is several times as quick.

    Raises:
        TypeError: ``env`` is no web world.
    """

    def __init__(self, env: gymnasium.Env[str, str], screenshots: bool = True) -> None:
        gymnasium.utils.RecordConstructorArgs.__init__(self, screenshots=screenshots)
        gymnasium.ObservationWrapper.__init__(self, env)
        self._inner = world_env(env)
        if not isinstance(self._inner.world, WebWorld):
            raise TypeError(f"{self._inner.world.spec.id} is no web world: BrowserGym's observation is of a browser")
        self.screenshots = screenshots and self._inner.world.pictures
        texts, record = gymnasium.spaces.Sequence(TextSpace()), Values("a dictionary", _is_dict, {})
        message = {"role": TextSpace(), "timestamp": Values("seconds", _is_float, 0.0), "message": TextSpace()}
        goal = gymnasium.spaces.Dict({"type": TextSpace(), "text": TextSpace()})
        picture = Values("height by width by 3", _is_picture, np.zeros((720, 1280, 3), np.uint8))
        self.observation_space = gymnasium.spaces.Dict(
            {
                "chat_messages": gymnasium.spaces.Sequence(gymnasium.spaces.Dict(message)),
                "goal": TextSpace(),
                "goal_object": gymnasium.spaces.Sequence(goal),
                "open_pages_urls": texts,
                "open_pages_titles": texts,
                "active_page_index": gymnasium.spaces.Box(0, 255, (1,), np.int64),
                "url": TextSpace(),
                "screenshot": picture if self.screenshots else Values("None", _is_none, None),
                "dom_object": record,
                "axtree_object": record,
                "extra_element_properties": record,
                "focused_element_bid": TextSpace(),
                "last_action": TextSpace(),
                "last_action_error": TextSpace(),
                "elapsed_time": gymnasium.spaces.Box(0, np.inf, (1,), float),
            }
        )

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Do the calls of a text. Rewards are those of all of them; ``info`` is that of the last one."""
        from scoutgym.envs.web.browser.actions import LONGEST, calls

        total, parts = 0.0, dict[str, float]()
        seen: Any = ""
        found = calls(action) if isinstance(action, str) and len(action) <= LONGEST else []
        for one in found or [action]:
            seen, reward, terminated, truncated, info = self.env.step(one)
            total += float(reward)
            for name, value in info["rewards"].items():
                parts[name] = parts.get(name, 0.0) + value
            if terminated or truncated or info["outcome"] != Outcome.OK:
                break
        return self.observation(seen), total, terminated, truncated, {**info, "rewards": parts}

    def observation(self, observation: str) -> dict[str, Any]:
        """What BrowserGym would show where the world shows a text."""
        from scoutgym.envs.web.browser.page import page_of
        from scoutgym.envs.web.browser.protocol import axtree, document, properties

        session, world = self._inner.session, self._inner.world
        state: WebState = session.state
        assert isinstance(world, WebWorld)
        tabs, here = state.browser.tabs, state.browser.tab.here
        page = page_of(here.html)
        photo = world.photo(state) if self.screenshots else None
        return {
            "chat_messages": tuple(self._chat(state)),
            "goal": state.asked,
            "goal_object": ({"type": "text", "text": state.asked},),
            "open_pages_urls": tuple(tab.here.url for tab in tabs),
            "open_pages_titles": tuple(page_of(tab.here.html).title for tab in tabs),
            "active_page_index": np.array([state.browser.active]),
            "url": here.url,
            "screenshot": None if photo is None else photo.pixels(),
            "dom_object": document(page, here.fields, here.url),
            "axtree_object": axtree(page, here.fields, here.focus),
            "extra_element_properties": properties(page, None if photo is None else photo.boxes),
            "focused_element_bid": str(here.focus or _body(page)),
            "last_action": session.actions[-1] if session.actions else "",
            "last_action_error": state.error,
            "elapsed_time": np.array([float(session.turn)]),
        }

    def _chat(self, state: WebState) -> list[dict[str, Any]]:
        """What was said: the task by the user, messages by the agent, and the user's answer to a question."""
        actions, grammar = self._inner.session.actions, self._inner.grammar
        turns = [turn for turn, text in enumerate(actions, start=1) if _speaks(grammar, text)]
        turns = [0] * (len(state.said) - len(turns)) + turns  # what was said before the episode began
        said = [("assistant", 0, GREETING), ("user", 0, state.asked)]
        for place, (turn, text) in enumerate(zip(turns, state.said, strict=True), start=1):
            refused = state.refused and place == len(turns)
            said.append(("infeasible" if refused else "assistant", turn, text))
            if state.answer and "?" in text and not refused:
                said.append(("user", turn, state.answer))
        return [{"role": role, "timestamp": float(turn), "message": text} for role, turn, text in said]


def _speaks(grammar: Grammar, text: str) -> bool:
    """Whether an action says something to the user."""
    if not text.lstrip().startswith(SPEECH):
        return False
    try:
        return grammar.parse(text)[0] in SPEECH
    except BadAction:
        return False


def _body(page: Page) -> int:
    return next(child.bid for child in page.elements[0].inner() if child.tag == "body")


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _is_float(value: Any) -> bool:
    return isinstance(value, float)


def _is_none(value: Any) -> bool:
    return value is None


def _is_picture(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] == 3
