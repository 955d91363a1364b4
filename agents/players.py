"""Reference players: the floor, the ceiling, and the one that always asks the most informative question."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.envs.chance import Chance


def random_action(seat: Seat, chance: Chance) -> str:
    """A uniform action among those allowed now, or of the grammar where they are too many to list."""
    world, state = seat.world.world, seat.world.session.state
    grammar = world.grammar(state)
    allowed = world.actions(state)
    return grammar.format(chance.choice(allowed) if allowed else grammar.sample(chance))


class RandomAgent(Agent):
    """Plays uniformly among the allowed actions: the floor of every table."""

    name = "random"
    privileges = ("rules",)

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """A random action for each seat."""
        return [Move(random_action(seat, seat.chance())) for seat in seats]


class ExpertAgent(Agent):
    """Plays the world's own expert, which sees only what an agent sees but knows the rules by heart."""

    name = "expert"
    privileges = ("rules",)

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The expert's action for each seat."""
        return [Move(seat.world.world.expert(seat.history, seat.chance())) for seat in seats]


class GreedyBeliefAgent(Agent):
    """Takes the action of the largest expected gain in bits; at no gain, the expert's.

    It explores well and need not play well: where nothing is left to learn, or learning is not the point, it follows
    the expert.
    """

    name = "greedy-belief"
    privileges = ("rules", "belief")

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The most informative action for each seat."""
        return [Move(self._one(seat)) for seat in seats]

    def _one(self, seat: Seat) -> str:
        world, state = seat.world.world, seat.world.session.state
        best = world.best_gain(state)
        if best is None or best[1] <= 1e-9:
            return world.expert(seat.history, seat.chance())
        return world.grammar(state).format(best[0])


class NoisyExpert(Agent):
    """The expert, but each action is random with probability ``noise``: demonstrations that a learner can overtake."""

    privileges = ("rules",)

    def __init__(self, noise: float) -> None:
        self.noise = noise
        self.name = f"expert-{noise:g}"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The expert's action or a random one, for each seat."""
        moves = []
        for seat in seats:
            chance = seat.chance()
            wild = chance.random() < self.noise
            moves.append(Move(random_action(seat, chance) if wild else seat.world.world.expert(seat.history, chance)))
        return moves
