"""The two ends between which agents lie that write for somebody: who gives what is needed, and who gives everything."""

from __future__ import annotations

from scoutgym.agents.core import Seat
from scoutgym.agents.players import SolverAgent
from scoutgym.envs.web.privacy.world import PrivacyWorld


class MinimalAgent(SolverAgent):
    """Does a privacy task with what it needs and nothing else, by the world's solver: no leak, and full utility."""

    name = "minimal"


class OversharingAgent(SolverAgent):
    """Does a privacy task as well, and copies all that it has into the first free text and every field for it."""

    name = "oversharing"

    def _plan(self, seat: Seat) -> list[str]:
        world = seat.world.world
        assert isinstance(world, PrivacyWorld)
        return world.overshared(seat.world.session.state)
