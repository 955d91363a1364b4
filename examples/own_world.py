"""A world of your own in 40 lines. In this folder: scoutgym check own_world:mine/Lights-v0 (or play, bench, train)."""

from dataclasses import dataclass

import scoutgym
from scoutgym.envs.core import Reply, State, World
from scoutgym.envs.grammar import Form, Grammar, Integer
from scoutgym.envs.spec import Spec


@dataclass
class LightsState(State):
    secret: int
    pressed: int = 0


class Lights(World[LightsState]):
    spec = Spec(id="mine/Lights-v0", family="mine", group="lights", about="One of 8 switches works.", hidden=True)
    State, presses = LightsState, Grammar(Form("press {switch}", switch=Integer(1, 8)))

    def grammar(self, state):
        return self.presses

    def start(self, task, chance):
        return LightsState(secret=1 + chance.below(8))

    def intro(self, state, role):
        return "It is dark. One of 8 switches turns on the light."

    def play(self, state, action, chance):
        state.pressed += 1
        lit = action[1] == state.secret
        return Reply("There is light!" if lit else "Nothing happens.", done=lit, success=lit)

    def hidden_key(self, state):
        return state.secret

    def known(self, state, role):
        return state.pressed


scoutgym.register(Lights)
