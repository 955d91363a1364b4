"""Reference players: the floor, the ceiling, and the one that always asks the most informative question."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.envs.chance import Chance

RANDOM = "random"
"""The span of an action that a player drew in place of its own."""


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


class SolverAgent(Agent):
    """Plays what the world's solver finds with the answer in hand: the ceiling, where nobody plays well without it."""

    name = "solver"
    privileges = ("answer",)

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The next action of each seat's plan, made anew when something else was done; else a random one."""
        return [Move(self._one(seat)) for seat in seats]

    def _one(self, seat: Seat) -> str:
        last = seat.turns[-1].action if seat.turns else None
        plan: list[str] = seat.memory or []
        if not plan or plan.pop(0) != last or not plan:
            try:
                plan = self._plan(seat)
            except ValueError:  # nothing leads on from here
                plan = []
            seat.memory = plan
        return plan[0] if plan else random_action(seat, seat.chance())

    def _plan(self, seat: Seat) -> list[str]:
        """The actions from here to the end.

        Raises:
            ValueError: nothing leads on.
        """
        return list(seat.world.world.solver(seat.world.session.state))


class Noisy(Agent):
    """Another player, but each action is random with probability ``noise``: what a learner can overtake."""

    def __init__(self, player: Agent, noise: float) -> None:
        self.player, self.noise = player, noise
        self.name, self.privileges = f"{player.name}-{noise:g}", player.privileges

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The player's action or a random one, for each seat."""
        lucks = [seat.chance().stream("noise") for seat in seats]
        wild = [luck.random() < self.noise for luck in lucks]
        moves = iter(self.player.act([seat for seat, free in zip(seats, wild, strict=True) if not free]))
        return [
            _drawn(random_action(seat, luck)) if free else next(moves)
            for seat, luck, free in zip(seats, lucks, wild, strict=True)
        ]


def _drawn(action: str) -> Move:
    return Move(action, spans={RANDOM: (0, len(action))})
