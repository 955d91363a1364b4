"""From what a person wrote to the ids that are meant: ids in full, patterns, and worlds of other packages."""

from __future__ import annotations

import difflib
import importlib
import logging
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import gymnasium

from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS, unplayable

log = logging.getLogger("scoutgym")


def known_ids() -> dict[str, tuple[type[World[Any]], str | None]]:
    """Every registered id with its world and, where it names one, its preset, in the order of registration."""
    known: dict[str, tuple[type[World[Any]], str | None]] = {}
    for world in WORLDS.values():
        known[world.spec.id] = (world, None)
        known.update({world.spec.preset_id(preset): (world, preset) for preset in world.spec.presets})
    return known


def env_ids(patterns: str | Sequence[str], playable: bool = True) -> list[str]:
    """The ids behind ids, patterns (``scoutgym/Word*``) and ``module:id`` or ``module:pattern``, each once, in order.

    Args:
        patterns: what a person wrote.
        playable: leave out what a pattern fits and cannot be made here, with a warning, and what lies outside of this
            machine; an id in full stays.

    Raises:
        ValueError: an id is unknown or a pattern fits none (the nearest id is named), or a module is not to be had.
        ModuleNotFoundError: a module is there, and lacks a package.
    """
    found: dict[str, None] = {}
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        module, colon, name = pattern.rpartition(":")
        if colon:
            _import(module)
        found.update(dict.fromkeys(_fitting(name, module, playable)))
    if not found:
        raise ValueError("no environment to play: give an id, or a pattern such as 'scoutgym/*'")
    return list(found)


def _fitting(pattern: str, module: str, playable: bool) -> list[str]:
    known = known_ids()
    if pattern in known:
        return [pattern]
    package = module.partition(".")[0]
    there = {env_id: world for env_id, (world, _) in known.items() if world.__module__.startswith(package)}
    fitting = [
        env_id
        for env_id, world in there.items()
        if fnmatchcase(env_id, pattern) and not (playable and world.spec.outside)
    ]
    if not fitting:
        raise ValueError(_unknown(pattern, module, list(there)))
    if not playable:
        return fitting
    lacking = {env_id: why for env_id in fitting if (why := unplayable(there[env_id], there[env_id].spec.ids[env_id]))}
    for env_id, why in lacking.items():
        log.warning("%s is left out: %s", env_id, why)
    return [env_id for env_id in fitting if env_id not in lacking]


def _unknown(pattern: str, module: str, known: Sequence[str]) -> str:
    if pattern in gymnasium.registry:
        return f"{pattern!r} is no scoutgym world, which has tasks, luck and a spec; `scoutgym envs` lists them all"
    stems = {_stem(env_id): env_id for env_id in reversed(known)}  # the first registered, of several with one stem
    near = difflib.get_close_matches(_stem(pattern), stems, n=1, cutoff=0.5)
    what = "no environment fits" if any(sign in pattern for sign in "*?[") else "unknown environment"
    hint = f"did you mean {stems[near[0]]!r}? " if near else ""
    of = f" of {module!r}" if module else ""
    return f"{what} {pattern!r}{of}; {hint}`scoutgym envs` lists them all"


def _stem(env_id: str) -> str:
    """An id without namespace, version, wildcards and case: what a person remembers of it."""
    return re.sub(r"-v\d*$|[*?\[\]]", "", env_id.lower().rpartition("/")[2])


def _import(module: str) -> None:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        raise ValueError(f"there is no module {module!r} here or among the installed packages") from None
    except (SyntaxError, AttributeError, NameError, TypeError) as error:
        raise ValueError(f"the module {module!r} cannot be imported: {type(error).__name__}: {error}") from error
