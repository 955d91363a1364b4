"""From words to what is meant: environment ids and patterns, and agents by name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import gymnasium

from scoutgym.agents.core import Agent
from scoutgym.agents.players import ExpertAgent, GreedyBeliefAgent, Noisy, RandomAgent, SolverAgent
from scoutgym.agents.privacy import MinimalAgent, OversharingAgent
from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS, unplayable
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import nearest
from scoutgym.envs.web.privacy.world import PrivacyWorld

log = logging.getLogger("scoutgym")

AGENTS: dict[str, type[Agent]] = {
    kind.name: kind
    for kind in (RandomAgent, ExpertAgent, GreedyBeliefAgent, SolverAgent, MinimalAgent, OversharingAgent)
}
"""The agents that need nothing but a world."""

RUN = "run:"


def known_ids() -> list[str]:
    """Every registered world and preset, in the order of registration."""
    return [env_id for world in WORLDS.values() for env_id in world.spec.ids]


def env_ids(patterns: str | Sequence[str]) -> list[str]:
    """The environments behind ids, patterns (``scoutgym/Word*``) and ids of other packages (``module:id``).

    A pattern leaves out, with a warning, worlds whose packages are not installed; an id asks for them.

    Raises:
        ValueError: an id is unknown, or a pattern fits none; the message names the nearest.
        ModuleNotFoundError: a world that was asked for by name needs a package.
    """
    found: dict[str, None] = {}
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        found.update(dict.fromkeys(_fitting(pattern)))
    if not found:
        raise ValueError("no environment to play: give an id, or a pattern such as 'scoutgym/*'")
    return list(found)


def _fitting(pattern: str) -> list[str]:
    known = known_ids()
    if ":" in pattern:
        return [_imported(pattern)]
    if not any(sign in pattern for sign in "*?["):
        if pattern not in known:
            raise ValueError(f"unknown environment {pattern!r}{nearest(pattern, known)}; `scoutgym envs` lists them")
        return [pattern]
    fitting = [env_id for env_id in known if fnmatchcase(env_id, pattern) and not WORLDS[base_id(env_id)].spec.outside]
    if not fitting:
        word = pattern.translate(str.maketrans("", "", "*?[]"))
        raise ValueError(f"no environment fits {pattern!r}{nearest(word, known)}; `scoutgym envs` lists them")
    lacking = {env_id: why for env_id in fitting if (why := unplayable(*_world(env_id)))}
    for env_id, why in lacking.items():
        log.warning("%s is left out: %s", env_id, why)
    return [env_id for env_id in fitting if env_id not in lacking]


def _imported(env_id: str) -> str:
    """Let Gymnasium import the module of ``module:id``; the plain id is registered then."""
    module, _, name = env_id.partition(":")
    try:
        gymnasium.make(env_id).close()
    except ModuleNotFoundError as error:
        cause = error.__cause__  # Gymnasium wraps the error of the import
        absent = cause.name if isinstance(cause, ModuleNotFoundError) else error.name
        if absent is None or not f"{module}.".startswith(f"{absent}."):
            raise  # the module is there, and lacks a package
        raise ValueError(f"{env_id!r}: there is no module {module!r}; is it on the path?") from None
    except gymnasium.error.Error:
        raise ValueError(f"{module!r} registers no {name!r}{nearest(name, known_ids())}") from None
    if name not in known_ids():
        raise ValueError(f"{env_id!r} is no scoutgym world: the benchmark needs tasks, luck and a spec")
    return name


def base_id(env_id: str) -> str:
    """The id without its preset.

    Raises:
        ValueError: it is not registered.
    """
    return _world(env_id)[0].spec.id


def _world(env_id: str) -> tuple[type[World[Any]], Mapping[str, Any]]:
    for world in WORLDS.values():
        if env_id in world.spec.ids:
            return world, world.spec.ids[env_id]
    raise ValueError(f"unknown environment {env_id!r}{nearest(env_id, known_ids())}")


def agent_from(name: str) -> Agent:
    """An agent by name: one of `AGENTS`, or ``run:PATH``, what a run has trained.

    Raises:
        ValueError: no such agent, or the path is not a run folder.
    """
    if name in AGENTS:
        return AGENTS[name]()
    if not name.startswith(RUN):
        known = [*AGENTS, "run:PATH"]
        raise ValueError(f"unknown agent {name!r}{nearest(name, known)}; there are {', '.join(known)}")
    folder = Path(name.removeprefix(RUN))
    for part in ("config.yaml", "checkpoints"):
        if not (folder / part).exists():
            raise ValueError(f"{folder} is no run folder: it has no {part}; `scoutgym train` writes one")
    from scoutgym.agents.training import load_agent  # torch is imported only where a run is asked for

    agent: Agent = load_agent(folder)
    agent.name = f"{RUN}{folder.name or folder.resolve().name}"
    return agent


def can_play(agent: Agent, spec: Spec) -> bool:
    """Whether a world has what a reference player needs: an expert, and for the greedy one a belief; a solver; or
    somebody's data to give away.
    """
    if isinstance(agent, Noisy):
        return can_play(agent.player, spec)
    if isinstance(agent, MinimalAgent | OversharingAgent):
        return issubclass(WORLDS[spec.id], PrivacyWorld)
    if isinstance(agent, SolverAgent):
        return WORLDS[spec.id].solver is not World.solver
    if isinstance(agent, GreedyBeliefAgent):
        return spec.expert is not None and spec.belief is not None
    return not isinstance(agent, ExpertAgent) or spec.expert is not None
