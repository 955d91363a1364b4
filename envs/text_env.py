"""`TextEnv`: a world behind Gymnasium's own API, strings in and strings out.

``gym.make`` returns it bare (no order-enforcing or checking wrapper around it: it does both itself), so saving, forking
and the grammar are at hand; ``env.unwrapped`` reaches it from under any wrapper.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

import gymnasium
import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Privileged, World
from scoutgym.envs.grammar import Grammar
from scoutgym.envs.registry import load_world, world_for, world_of
from scoutgym.envs.saved import Saved
from scoutgym.envs.session import Session
from scoutgym.envs.spaces import TextSpace
from scoutgym.envs.tasks import nearest, part
from scoutgym.types import INFRASTRUCTURE, Task, digest

Player = Callable[[History, Chance], str]
"""A player of another role: its history and its luck to its next action."""

OPTIONS = ("task", "split", "index", "params", "luck")
_ANSWER = re.compile(r"<answer>((?:(?!<answer>).)*?)</answer>", re.IGNORECASE | re.DOTALL)


def extract(strip: str | None, text: str) -> tuple[str, str | None]:
    """The action in a model's words, and what was wrong where there is none: ``strip="answer"`` takes the last
    answer.
    """
    if strip is None:
        return text, None
    span = last_answer(text)
    return (text, "no <answer>…</answer> was found") if span is None else (text[slice(*span)].strip(), None)


def last_answer(text: str) -> tuple[int, int] | None:
    """Where the words of the last ``<answer>…</answer>`` begin and end; an action is short, so only the end is read."""
    spans = [match.span(1) for match in _ANSWER.finditer(text, max(len(text) - 10_000, 0))]
    return spans[-1] if spans else None


class TextEnv(gymnasium.Env[str, str]):
    """One world, one episode at a time.

    Args:
        world: ``module:Class`` of a world, or the class.
        render_mode: ``ansi`` (render returns the board with colour codes) or ``human`` (it is printed after each step);
            where the world has pictures also ``rgb_array`` (render returns one).
        weights: weights of named reward parts that differ from the spec's.
        measure: put ``bits``, the belief's entropy, into every ``info``.
        list_actions: put ``actions``, the allowed actions, into every ``info`` (None where they are too many).
        strip: ``answer`` where actions are a model's raw words with the action in ``<answer>`` tags.
        split: where tasks come from when ``reset`` does not say.
        role: which role of a world of several this environment plays; by default the first.
        opponent: who plays the others: ``expert``, ``random``, or a ``Player``; None where whoever has the
            environment plays all roles through its ``session``, as `scoutgym.agents.core.rollout` does.
        params: the world's parameters.

    Raises:
        ValueError: an unknown argument, parameter, weight, split, role or opponent.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "human", "rgb_array"], "render_fps": 4}

    def __init__(
        self,
        world: str | type[World[Any]],
        *,
        render_mode: str | None = None,
        weights: Mapping[str, float] | None = None,
        measure: bool = False,
        list_actions: bool = False,
        strip: str | None = None,
        split: str = "train",
        role: str | None = None,
        opponent: Literal["expert", "random"] | Player | None = "expert",
        **params: Any,
    ) -> None:
        kind = load_world(world)
        self.world = world_for(kind, params)
        if not self.world.pictures:
            self.metadata = {**self.metadata, "render_modes": ["ansi", "human"]}
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(
                f"unknown render_mode {render_mode!r}: with these parameters it may be "
                f"{', '.join(self.metadata['render_modes'])}"
            )
        if strip not in (None, "answer"):
            raise ValueError(f"unknown strip {strip!r}: it may be None or 'answer'")
        if opponent not in ("expert", "random", None) and not callable(opponent):
            raise ValueError(f"unknown opponent {opponent!r}: it may be 'expert', 'random', a callable, or None")
        self.render_mode = render_mode
        self.measure, self.list_actions, self.strip = measure, list_actions, strip
        self.split = split
        self.opponent = opponent
        self.role = role if role is not None else kind.spec.roles[0]
        if self.role not in kind.spec.roles:
            raise ValueError(f"{kind.spec.id} has no role {role!r}: its roles are {', '.join(kind.spec.roles)}")
        part(split)
        self.weights = {name: p.weight for name, p in self.world.parts.items()}
        for name, weight in (weights or {}).items():
            if name not in self.weights:
                known = ", ".join(self.weights)
                raise ValueError(
                    f"unknown reward part {name!r}{nearest(name, self.weights)}; {kind.spec.id} has {known}"
                )
            self.weights[name] = float(weight)
        self._several = len(kind.spec.roles) > 1
        self._extras = measure or list_actions or render_mode == "human"
        self.session = Session(self.world)
        self._ready = False
        self.action_space: TextSpace = TextSpace(self._sample_action)
        self.observation_space: TextSpace = TextSpace()

    # Gymnasium.

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Start an episode.

        Args:
            seed: chooses the task, where ``options`` do not, and the luck.
            options: ``task`` (a Task or its JSON), or any of ``split``, ``index``, ``params``; a parameter by its own
                name, where the others stay as they are; and ``luck``, a number: equal task and luck give the same
                episode for the same actions.

        Returns:
            The task text with the help of the grammar, and ``info`` with the ``task``.

        Raises:
            ValueError: an unknown option, split, index or parameter.
        """
        super().reset(seed=seed)
        chosen = self._gathered(options or {})
        noise = int(self.np_random.integers(2**62))
        if "task" in chosen:
            given = chosen["task"]
            task = given if isinstance(given, Task) else Task.from_json(given)
            clash = [name for name in ("split", "index", "params") if name in chosen]
            if clash:
                raise ValueError(f"give either a task or {clash[0]}, not both")
        else:
            task = self._choose(chosen, noise)
        luck = int(chosen.get("luck", noise))
        self._ready = False  # until the new episode has begun: a world may fail to
        self.session.close()
        if self.world.spec.id != task.env_id or self.world.given != task.params:
            self.world = world_of(task.env_id, task.params, like=self.world)
            self.session = Session(self.world)
        observation = self.session.begin(task, luck)
        self._ready = True
        if self._several and self.opponent is not None:
            observation = self._answer_others(None)[0] or observation
        info: dict[str, Any] = {"outcome": self.session.outcome, "rewards": {}, "task": task}
        if self._extras:
            self._add(info)
        return observation, info

    def step(self, action: Any) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Play one action. Bad text is never an exception: it is an outcome, and a turn that passed.

        Raises:
            gymnasium.error.ResetNeeded: there is no episode, or it is over.
            TypeError: the action is not a string.
        """
        if not isinstance(action, str):
            raise TypeError(f"an action is a string, not {type(action).__name__}: {action!r}")
        session = self.session
        if not self._ready or session.over:
            raise gymnasium.error.ResetNeeded("there is no episode to step in: call reset() first")
        if self._several and self.opponent is None:
            raise ValueError("nobody plays the other roles here: name an opponent, or play env.session")
        if self.strip is None:
            reply = session.act(action)
        else:
            reply = session.act(*extract(self.strip, action))
        text, rewards, success = reply.text, reply.rewards, session.success
        if self._several:
            text, rewards = self._answer_others(rewards)
            success = rewards.get("success", 0.0) > 0 if session.over else None
        reward = self.weigh(rewards) if rewards else 0.0
        info: dict[str, Any] = {"outcome": session.outcome, "rewards": rewards or {}}
        if session.terminated or session.truncated:
            info["success"] = success
            if self.world.told:
                info["figures"] = self.figures()
        if self._extras:
            self._add(info)
        return text, reward, session.terminated, session.truncated, info

    def render(self) -> str | NDArray[np.uint8] | None:
        """The board: returned in mode ``ansi``, printed in mode ``human``. The picture in mode ``rgb_array``."""
        if self.render_mode is None:
            gymnasium.logger.warn("render() needs a render mode: gym.make(id, render_mode='ansi')")
            return None
        if self.render_mode == "rgb_array":
            return self.world.picture(self._live().state)
        from rich.console import Console

        console = Console(force_terminal=True, color_system="truecolor", width=100, file=sys.stdout)
        with console.capture() as captured:
            console.print(self.world.board(self.session.state), highlight=False)
        if self.render_mode == "ansi":
            return captured.get()
        print(captured.get())
        return None

    def close(self) -> None:
        """Give back what the engine holds."""
        self.session.close()
        self._ready = False

    def weigh(self, rewards: Mapping[str, float]) -> float:
        """The scalar of named parts: their weighted sum."""
        reward = 0.0
        for name, value in rewards.items():
            reward += self.weights[name] * value
        return reward

    @property
    def plain(self) -> bool:
        """Whether a step is no more than the session's: one role, no extraction, nothing added to ``info``."""
        return not (self._several or self._extras or self.strip)

    # Saving.

    def save(self) -> Saved:
        """A cheap handle on this point, for ``restore`` in this process."""
        return self._live().save()

    def snapshot(self) -> bytes:
        """This point as a portable record, safe to load from a stranger."""
        return self._live().snapshot()

    def restore(self, point: Saved | bytes, chance: int | Literal["same"] = "same") -> tuple[str, dict[str, Any]]:
        """Go to a saved point of this world.

        Args:
            point: what ``save`` or ``snapshot`` returned, here or elsewhere.
            chance: ``same`` luck as then, or a number that names fresh luck.

        Returns:
            The observation and ``info`` of that point.

        Raises:
            scoutgym.types.SchemaError: the record is damaged, of a newer schema, or of another world.
        """
        saved = Saved.from_bytes(point, self.world_like) if isinstance(point, bytes) else point
        world = self.world_like(saved.env_id, saved.params)
        if world is not self.world:
            self.session.close()
            self.world, self.session = world, Session(world)
        self.session.load(saved, chance)
        self._ready = True
        info = {"outcome": self.session.outcome, "rewards": {}, "task": saved.task}
        if self.session.over:
            info["success"] = self.session.success
        if self._extras:
            self._add(info)
        return self.session.transcripts[self.role if self._several else self.session.role][-1], info

    def fork(self, n: int, chance: Literal["same", "fresh"] = "fresh", resample: bool = False) -> list[Self]:
        """``n`` independent copies of this environment at this point.

        Args:
            n: how many.
            chance: the ``same`` luck ahead in every copy, or ``fresh`` luck in each.
            resample: redraw the secret from the posterior in each, so that a search cannot read it.
        """
        saved = self.save()
        copies = []
        for number in range(n):
            copy = self.blank()
            copy.restore(saved, "same" if chance == "same" else number + 1)
            if resample:
                copy.session.redraw(number + 1)
            copies.append(copy)
        return copies

    def blank(self) -> Self:
        """An environment like this one, not yet reset."""
        new = type(self)(
            type(self.world),
            render_mode=self.render_mode,
            weights=self.weights,
            measure=self.measure,
            list_actions=self.list_actions,
            strip=self.strip,
            split=self.split,
            role=self.role,
            opponent=self.opponent,
            **self.params,
            **self.world.engine,
        )
        new.spec = self.spec
        return new

    # What the world offers beyond Gymnasium.

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that differ from the world's defaults."""
        return dict(self.world.given)

    @property
    def grammar(self) -> Grammar:
        """The language of the actions that are possible now."""
        grammar: Grammar = self.world.grammar(self._live().state)
        return grammar

    @property
    def history(self) -> list[str]:
        """What this environment's role has seen and done: observation, action, observation, …"""
        return self._live().transcripts[self.role]

    def actions(self) -> list[str] | None:
        """The actions that are allowed now, as texts; None where they are too many to list."""
        state = self._live().state
        actions = self.world.actions(state)
        return None if actions is None else [self.world.grammar(state).format(action) for action in actions]

    def privileged(self) -> Privileged:
        """What only a trainer or a judge may see."""
        return self.world.privileged(self._live().state)

    def figures(self) -> dict[str, tuple[float, float]]:
        """What the world tells of an episode beside its reward, as it stands now; nothing where the world broke."""
        return {} if self.session.outcome in INFRASTRUCTURE else dict(self.world.figures(self._live().state))

    def belief(self) -> Belief | None:
        """How much of the secret is still open to a perfect reasoner."""
        return self.world.belief(self._live().state, self.role)

    def hidden_key(self, task: Task) -> Any:
        """What counts as the same secret, for a task of this world."""
        probe = Session(world_of(task.env_id, task.params, like=self.world))
        probe.begin(task)
        return probe.world.hidden_key(probe.state)

    def state_key(self) -> str:
        """Hash of all that an agent could know by now."""
        return digest(self.world.known(self._live().state, self.role)).hex()

    def obs_key(self) -> str:
        """Hash of what the current view shows."""
        return digest(self.world.view(self._live().state, self.role)).hex()

    # Inside.

    def _live(self) -> Session:
        if not self._ready:
            raise gymnasium.error.ResetNeeded("there is no episode yet: call reset() first")
        return self.session

    def _gathered(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Options with the parameters that have been named one by one put together."""
        fields = self.world.Params.model_fields
        named = {name: value for name, value in options.items() if name in fields and name not in OPTIONS}
        for name in options:
            if name not in OPTIONS and name not in named:
                known = ", ".join(OPTIONS)
                hint = nearest(name, [*OPTIONS, *fields])
                raise ValueError(f"unknown option {name!r}{hint}; there are {known}, and the world's parameters")
        if not named:
            return options
        if "params" in options:
            raise ValueError(f"give either params or {next(iter(named))}, not both")
        rest = {name: value for name, value in options.items() if name not in named}
        return {**rest, "params": {**self.world.given, **named}}

    def _choose(self, options: Mapping[str, Any], noise: int) -> Task:
        split = options.get("split", self.split)
        world = self.world_like(self.world.spec.id, options["params"]) if "params" in options else self.world
        count = world.counts[part(split)]
        index = options.get("index")
        index = (noise * count) >> 62 if index is None else int(index)
        return Task(world.spec.id, split, index, dict(world.given))

    def world_like(self, env_id: str, params: Mapping[str, Any]) -> World[Any]:
        """The world of a task or snapshot, which must be of this environment's kind."""
        return world_of(env_id, params, like=self.world)

    def _sample_action(self, noise: bytes) -> str:
        if not self._ready:
            probe = Session(self.world)
            probe.begin(Task(self.world.spec.id, self.split, 0, self.params))
            state = probe.state
        else:
            state = self.session.state
        grammar = self.world.grammar(state)
        return grammar.format(grammar.sample(Chance(noise)))

    def _add(self, info: dict[str, Any]) -> None:
        if self.measure:
            belief = self.belief()
            info["bits"] = None if belief is None else belief.bits
        if self.list_actions:
            info["actions"] = self.actions()
        if self.render_mode == "human":
            self.render()

    def _answer_others(self, mine: Mapping[str, float] | None) -> tuple[str, dict[str, float]]:
        """Let the other roles play until it is this role's turn again; rewards are this role's alone."""
        session = self.session
        outcome = session.outcome
        rewards = dict(mine or {})
        while not session.over and session.role != self.role:
            chance = Chance(session.keys[-1][1] + b" opponent", session.turn)
            history = session.transcripts[session.role]
            if callable(self.opponent):
                action = self.opponent(history, chance)
            elif self.opponent == "expert":
                action = self.world.expert(history, chance)
            else:
                grammar = self.world.grammar(session.state)
                action = grammar.format(grammar.sample(chance))
            for name, value in session.act(action).rewards.items():
                rewards[name] = rewards.get(name, 0.0) + value
        if session.outcome not in ("timeout", "env_error"):
            session.outcome = outcome
        prefix = f"{self.role}/"
        own = {name.removeprefix(prefix): value for name, value in rewards.items() if name.startswith(prefix)}
        return session.transcripts[self.role][-1], own
