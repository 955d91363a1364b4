"""Saving through wrappers: the stack of an environment's layers, each with its own state, around a world's point.

``save``, ``snapshot`` and ``restore`` take any environment that holds a `TextEnv`, however wrapped. A `TextWrapper`
says what its state is; of a wrapper of Gymnasium's own the plain fields are kept (counters, sums, queues).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import gymnasium
import numpy as np

from scoutgym.envs.grammar import Grammar
from scoutgym.envs.saved import Saved
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import SCHEMA, SchemaError, canonical, digest

_SKIPPED = {"env", "spec", "_saved_kwargs", "_cached_spec", "_action_space", "_observation_space", "_metadata"}


@dataclass(frozen=True)
class SavedStack:
    """A point of a wrapped environment: the layers from outside in, and the world's own point."""

    layers: list[tuple[str, dict[str, Any]]]
    point: Saved


class TextWrapper(gymnasium.Wrapper[str, str, str, str]):
    """Base of ScoutGym's wrappers: everything that `TextEnv` offers goes through, with the wrapper's own state."""

    def own_state(self) -> dict[str, Any]:
        """What this wrapper must remember, as JSON values and independent of what it will do next."""
        return {}

    def set_own_state(self, state: dict[str, Any]) -> None:
        """Take back what ``own_state`` gave."""

    def observe(self, observation: str) -> str:
        """What this wrapper shows where the world shows ``observation``; called after ``restore``."""
        return observation

    @property
    def inner(self) -> TextEnv:
        """The world's environment."""
        return world_env(self)

    @property
    def grammar(self) -> Grammar:
        """The language of the actions that are possible now."""
        grammar: Grammar = self.env.get_wrapper_attr("grammar")
        return grammar

    def actions(self) -> list[str] | None:
        """The actions that are allowed now; see `TextEnv.actions`."""
        return self.inner.actions()

    def privileged(self) -> Any:
        """What only a trainer or a judge may see; see `TextEnv.privileged`."""
        return self.inner.privileged()

    def save(self) -> SavedStack:
        """A cheap handle on this point, with the state of every wrapper from here inwards."""
        return save(self)

    def snapshot(self) -> bytes:
        """This point as a portable record."""
        return snapshot(self)

    def restore(
        self, point: SavedStack | Saved | bytes, chance: int | Literal["same"] = "same"
    ) -> tuple[str, dict[str, Any]]:
        """Go to a saved point; see `TextEnv.restore`."""
        return restore(self, point, chance)


def world_env(env: gymnasium.Env[Any, Any]) -> TextEnv:
    """The `TextEnv` inside.

    Raises:
        TypeError: there is none.
    """
    inner = env.unwrapped
    if not isinstance(inner, TextEnv):
        raise TypeError(f"{type(inner).__name__} is not a scoutgym environment: it cannot be saved")
    return inner


def save(env: gymnasium.Env[Any, Any]) -> SavedStack:
    """A cheap handle on this point of a wrapped environment, for ``restore`` in this process."""
    return SavedStack([(type(layer).__name__, _state(layer)) for layer in _layers(env)], world_env(env).save())


def snapshot(env: gymnasium.Env[Any, Any]) -> bytes:
    """This point of a wrapped environment as a portable record, safe to load from a stranger."""
    stack = save(env)
    body = {"layers": stack.layers, "point": stack.point.to_bytes().decode()}
    record = {"scoutgym": "stack", "schema": SCHEMA, "check": digest("stack", body).hex(), "body": body}
    return canonical(record).encode()


def restore(
    env: gymnasium.Env[Any, Any],
    point: SavedStack | Saved | bytes,
    chance: int | Literal["same"] = "same",
) -> tuple[Any, dict[str, Any]]:
    """Go to a point that ``save`` or ``snapshot`` gave, through every wrapper.

    A point of the world alone (from under the wrappers) leaves the wrappers as they are.

    Raises:
        scoutgym.types.SchemaError: the record is damaged, or of other wrappers or another world.
    """
    inner = world_env(env)
    stack = _read(point, inner) if isinstance(point, bytes) else point
    if isinstance(stack, Saved):
        return inner.restore(stack, chance)
    layers = list(_layers(env))
    names = [type(layer).__name__ for layer in layers]
    saved = [name for name, _ in stack.layers]
    if names != saved:
        raise SchemaError(
            f"this point was saved under {saved or 'no wrappers'}, but the environment has {names or 'none'}"
        )
    observation, info = inner.restore(stack.point, chance)
    for layer, (_, state) in zip(layers, stack.layers, strict=True):
        _set_state(layer, state)
    for layer in reversed(layers):
        if isinstance(layer, TextWrapper):
            observation = layer.observe(observation)
        elif isinstance(layer, gymnasium.ObservationWrapper):
            observation = layer.observation(observation)
    return observation, info


def _read(data: bytes, inner: TextEnv) -> SavedStack | Saved:
    try:
        record = json.loads(data.partition(b"\n")[0])  # texts may stand behind it
        kind = record["scoutgym"]
        if kind == "stack":
            schema, check, body = record["schema"], record["check"], record["body"]
            layers = [(str(name), dict(state)) for name, state in body["layers"]]
            point = str(body["point"]).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SchemaError(
            "this is not a snapshot, or it is torn: expected the bytes that snapshot() returned"
        ) from None
    if kind != "stack":
        return Saved.from_bytes(data, inner.world_like)
    if schema != SCHEMA:
        raise SchemaError(f"this snapshot has schema {schema}, this scoutgym reads {SCHEMA}")
    if check != digest("stack", body).hex():
        raise SchemaError("this snapshot is damaged: its checksum does not match its content")
    return SavedStack(layers, Saved.from_bytes(point, inner.world_like))


def _layers(env: gymnasium.Env[Any, Any]) -> Iterator[gymnasium.Wrapper[Any, Any, Any, Any]]:
    while isinstance(env, gymnasium.Wrapper):
        yield env
        env = env.env


def _state(layer: gymnasium.Wrapper[Any, Any, Any, Any]) -> dict[str, Any]:
    if isinstance(layer, TextWrapper):
        return layer.own_state()
    packed = ((name, _pack(value)) for name, value in vars(layer).items() if name not in _SKIPPED)
    return {name: value for name, value in packed if value is not None}


def _set_state(layer: gymnasium.Wrapper[Any, Any, Any, Any], state: dict[str, Any]) -> None:
    if isinstance(layer, TextWrapper):
        layer.set_own_state(state)
        return
    for name, packed in state.items():
        if name in vars(layer):  # a wrapper's field, never a new attribute that a stranger names
            setattr(layer, name, _unpack(packed))


def _pack(value: Any) -> list[Any] | None:
    """A plain value as JSON, tagged with its kind; None for anything else."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return ["plain", value]
    if isinstance(value, deque) and all(isinstance(item, (int, float, str)) for item in value):
        return ["deque", [float(item) if isinstance(item, np.floating) else item for item in value], value.maxlen]
    if isinstance(value, np.generic):
        return ["array", value.tolist(), value.dtype.str]
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return ["array", value.tolist(), value.dtype.str]
    return None


def _unpack(packed: list[Any]) -> Any:
    kind, value = packed[0], packed[1]
    if kind == "deque":
        return deque(value, maxlen=packed[2])
    if kind == "array":
        return np.array(value, dtype=np.dtype(packed[2]))[()]
    return value
