"""Agents by name, and which worlds they can play."""

from __future__ import annotations

from pathlib import Path

from scoutgym.agents.core import Agent
from scoutgym.agents.players import ExpertAgent, GreedyBeliefAgent, Noisy, RandomAgent, SolverAgent
from scoutgym.agents.privacy import PLAYED, MinimalAgent, OversharingAgent
from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import nearest

AGENTS: dict[str, type[Agent]] = {
    kind.name: kind
    for kind in (RandomAgent, ExpertAgent, GreedyBeliefAgent, SolverAgent, MinimalAgent, OversharingAgent)
}
"""The agents that need nothing but a world."""

RUN = "run:"


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
        return issubclass(WORLDS[spec.id], PLAYED)
    if isinstance(agent, SolverAgent):
        return WORLDS[spec.id].solver is not World.solver
    if isinstance(agent, GreedyBeliefAgent):
        return spec.expert is not None and spec.belief is not None
    return not isinstance(agent, ExpertAgent) or spec.expert is not None
