"""Benchmark three agents, one of them your own. Run: python examples/three_agents.py"""

from collections.abc import Sequence

from rich.console import Console

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.benchmark import print_table, run_bench


class CarefulAgent(Agent):
    """Tries the allowed actions in order, never the same twice."""

    name = "in order"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move(seat.world.actions()[len(seat.turns)]) for seat in seats]


ENVS = ["scoutgym/Number-7-v0", "scoutgym/Number-15-v0"]

if __name__ == "__main__":
    print_table(run_bench(ENVS, [RandomAgent(), CarefulAgent(), ExpertAgent()], n=100), Console())
