"""Actions that win from here, found by playing ahead: a second engine is brought to the same point, and there the
scripted player tries, now and then with a random action, until a try succeeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoutgym.envs.chance import Chance
from scoutgym.envs.minihack.engine.scout import advise

if TYPE_CHECKING:
    from scoutgym.envs.minihack.world import NetState, NetWorld

TRIES = 4
STRAY = 0.1
"""How often a later try does something random."""


def solve(world: NetWorld, state: NetState) -> list[str]:
    """The actions of the shortest try that succeeds.

    Raises:
        ValueError: none does.
    """
    found: list[str] | None = None
    most = world.max_turns - len(state.done)
    for number in range(TRIES):
        actions = _try(world, state, most, Chance(b"solve", number), STRAY if number else 0.0)
        if actions is not None:
            found, most = actions, len(actions) - 1
            if number == 0:
                break
    if found is None:
        raise ValueError(f"no try of {TRIES} reached the goal of {world.engine_id}")
    return found


def _try(world: NetWorld, state: NetState, most: int, chance: Chance, stray: float) -> list[str] | None:
    twin = world.begin(state.core, state.display)
    try:
        history = [world.intro(twin, world.spec.roles[0])]
        for action in state.done:
            history += [world.language.format(action), world.play(twin, action, chance).text]
        actions: list[str] = []
        while len(actions) < most:
            if stray and chance.random() < stray:
                text = world.language.format(chance.choice(world.actions(twin) or [("look",)]))
            else:
                text = advise(world.language, history, chance)
            reply = world.play(twin, world.language.parse(text), chance)
            actions.append(text)
            if reply.done:
                return actions if reply.success else None
            history += [text, reply.text]
        return None
    finally:
        world.close(twin)
