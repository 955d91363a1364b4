"""Which worlds there are: ids, presets, and the one place where a name becomes a world.

A world file ends with ``register(TheWorld)``; importing ``scoutgym`` imports every file of a family's folder, and an id
of another package is found with Gymnasium's ``module:id``. World files import optional packages inside functions, so
registering never needs an extra; what a family needs beside its worlds may stand in folders below it.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping
from typing import Any

import gymnasium
from pydantic import ValidationError

from scoutgym.envs.core import World
from scoutgym.envs.tasks import nearest
from scoutgym.types import SchemaError, canonical

WORLDS: dict[str, type[World[Any]]] = {}
"""Registered worlds by id, without presets."""

MADE = 256
"""How many worlds are kept made; the oldest goes first."""

_MADE: dict[tuple[type, str], World[Any]] = {}


def register(world: type[World[Any]]) -> type[World[Any]]:
    """Register a world and its presets with Gymnasium. Registering the same class again is harmless.

    Raises:
        ValueError: another class has this id, or a preset is not a valid set of parameters.
    """
    spec = world.spec
    old = WORLDS.get(spec.id)
    path = f"{world.__module__}:{world.__qualname__}"
    if old is not None and f"{old.__module__}:{old.__qualname__}" != path:
        raise ValueError(
            f"{spec.id} is already registered by {old.__module__}: bump the version or choose another name"
        )
    WORLDS[spec.id] = world
    for env_id, preset in spec.ids.items():
        check_params(world, preset)
        gymnasium.register(
            id=env_id,
            entry_point="scoutgym.envs.text_env:TextEnv",
            vector_entry_point="scoutgym.envs.vector:TextVectorEnv",
            kwargs={"world": path, **preset},
            order_enforce=False,
            disable_env_checker=True,
        )
    return world


def register_all() -> None:
    """Import every world file of ``scoutgym.envs``; ``make_…`` files are programs, which make data."""
    package = importlib.import_module("scoutgym.envs")
    for found in list(pkgutil.iter_modules(package.__path__, "scoutgym.envs.")):
        if not found.ispkg:
            importlib.import_module(found.name)
            continue
        for module in pkgutil.iter_modules(importlib.import_module(found.name).__path__, f"{found.name}."):
            if not module.ispkg and not module.name.rpartition(".")[2].startswith("make_"):
                importlib.import_module(module.name)


def load_world(world: str | type[World[Any]]) -> type[World[Any]]:
    """The class behind ``module:Class``.

    Raises:
        ModuleNotFoundError: a package that the world needs is not installed; the message says what to type.
        ValueError: there is no such class.
    """
    if isinstance(world, str):
        module, _, name = world.partition(":")
        found: Any = importlib.import_module(module)
        for attribute in name.split("."):
            found = getattr(found, attribute, None)
        if not (isinstance(found, type) and issubclass(found, World)):
            raise ValueError(f"{world!r} names no world: expected 'module:Class' of a scoutgym World")
        world = found
    lacking = missing(world)
    if lacking:
        extras = ",".join(sorted({world.spec.needs[module] for module in lacking}))
        raise ModuleNotFoundError(f"{world.spec.id} needs {', '.join(lacking)}: pip install 'scoutgym[{extras}]'")
    return world


def missing(world: type[World[Any]]) -> list[str]:
    """The modules that a world needs and that are not installed."""
    return [module for module in world.spec.needs if importlib.util.find_spec(module) is None]


def unplayable(kind: type[World[Any]], params: Mapping[str, Any]) -> str | None:
    """Why a world of these parameters cannot be made here: it needs packages, files or a parameter. None if it can."""
    if lacking := missing(kind):
        return f"it needs {', '.join(lacking)}"
    try:
        world_for(kind, params)
    except (ImportError, OSError, ValueError) as error:
        return str(error)
    return None


def check_params(world: type[World[Any]], params: Mapping[str, Any]) -> Any:
    """The parameter model filled in.

    Raises:
        ValueError: an unknown name or a value out of range, in one line.
    """
    try:
        return world.Params(**params)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "params"
        if first["type"] == "extra_forbidden":
            known = world.Params.model_fields
            raise ValueError(
                f"{world.spec.id} has no parameter {name!r}{nearest(name, known)}; it has {', '.join(known)}"
            ) from None
        raise ValueError(f"{world.spec.id}: {name}={first['input']!r} is wrong: {first['msg']}") from None


def world_for(kind: type[World[Any]], params: Mapping[str, Any]) -> World[Any]:
    """The world of these parameters; worlds do not change, so equal parameters share one."""
    filled = check_params(kind, params)
    key = (kind, canonical(filled.model_dump(mode="json")))
    world = _MADE.get(key)
    if world is None:
        if len(_MADE) >= MADE:
            del _MADE[next(iter(_MADE))]
        world = _MADE[key] = kind(filled)
    return world


def world_of(env_id: str, params: Mapping[str, Any], like: World[Any]) -> World[Any]:
    """The world of a task or a snapshot, which must be of the same kind as ``like``; its engine is that of ``like``.

    Raises:
        SchemaError: it is of another world, or of another version of this one.
    """
    mine = like.spec.id
    if env_id != mine:
        versions = env_id.rpartition("-v")[0] == mine.rpartition("-v")[0]
        raise SchemaError(f"this is of {'another version, ' if versions else ''}{env_id}, but the world here is {mine}")
    return world_for(type(like), {**params, **like.engine})
