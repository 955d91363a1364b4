"""The two ends between which agents lie that write for somebody: who gives what is needed, and who gives everything."""

from __future__ import annotations

from scoutgym.agents.core import Seat
from scoutgym.agents.players import SolverAgent
from scoutgym.envs.web.privacy.world import PrivacyWorld
from scoutgym.envs.web.privacy_secrets import PrivacySecrets

PLAYED = (PrivacyWorld, PrivacySecrets)
"""The worlds where there is something to give away."""


class MinimalAgent(SolverAgent):
    """Does a privacy task with what it needs and nothing else, and answers a caller only what is due, by the world's
    solver: no leak, and full utility.
    """

    name = "minimal"


class OversharingAgent(SolverAgent):
    """Does a privacy task as well, and copies all that it has into the first free text and every field for it; answers
    callers whatever they ask for.
    """

    name = "oversharing"

    def _plan(self, seat: Seat) -> list[str]:
        world = seat.world.world
        assert isinstance(world, PLAYED)
        return world.overshared(seat.world.session.state)
