"""NetHack itself, through the NetHack Learning Environment (Küttler et al. 2020, arXiv 2006.13760).

``NetHackScore`` is NLE's task of that name: a human monk, and a small set of commands. ``NetHackChallenge`` is that of
the NetHack Challenge at NeurIPS 2021: a random character and the whole keyboard. Both pay the change of the game's
score; success is BALROG's progression (Paglieri et al. 2024, arXiv 2411.13543), from 0 to 1: the share of the human
games on nethack.alt.org that ended in ascension among those that got as far, by the deepest dungeon level or by the
experience level, whichever says more.

Unlike NLE's challenge ours takes seeds: what cannot be repeated cannot be saved.
"""

from __future__ import annotations

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply
from scoutgym.envs.grammar import Action
from scoutgym.envs.minihack.engine.forms import grammar
from scoutgym.envs.minihack.engine.seen import Seen
from scoutgym.envs.minihack.world import ACHIEVEMENT, NEEDS, NetState, NetWorld
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec

# Ascensions per game that reached a dungeon level (from 2 on) or an experience level (from 2 on): BALROG's table.
# fmt: off
BY_DEPTH = (
    0.0, 0.015392, 0.017540, 0.021221, 0.026482, 0.035429, 0.048461, 0.069581, 0.097709, 0.125586,
    0.161268, 0.206129, 0.256604, 0.292472, 0.308812, 0.324907, 0.340079, 0.352646, 0.365488, 0.378957,
    0.392937, 0.408323, 0.425836, 0.445181, 0.466376, 0.506761, 0.554357, 0.601565, 0.646505, 0.691311,
    0.710109, 0.717646, 0.723212, 0.728441, 0.732776, 0.736853, 0.742146, 0.747132, 0.753731, 0.761040,
    0.767408, 0.772534, 0.777163, 0.781257, 0.785899, 0.789026, 0.792972, 0.796741, 0.801847, 0.806796,
)
BY_EXPERIENCE = (
    0.0, 0.018478, 0.020812, 0.024160, 0.029109, 0.036888, 0.050758, 0.074536, 0.117050, 0.179100,
    0.254805, 0.332649, 0.414426, 0.494039, 0.577882, 0.626122, 0.656282, 0.681022, 0.701533, 0.717449,
    0.728698, 0.737100, 0.744345, 0.751345, 0.758554, 0.764215, 0.770338, 0.775981, 0.778335, 0.780456,
)
# fmt: on
"""BALROG's numbers to six digits, by dungeon and by experience level from 1 on."""

SCORE_COMMANDS = ("UP", "DOWN", "WAIT", "KICK", "EAT", "SEARCH")
"""What NLE's score task allows beside walking."""

MILESTONES = ("staircase seen", "door opened", "item picked up", "monster killed")


def progression(depth: int, experience: int, ascended: bool = False) -> float:
    """BALROG's progression for the deepest dungeon level and the highest experience level."""
    if ascended:
        return 1.0
    by_depth = BY_DEPTH[min(max(depth, 1), len(BY_DEPTH)) - 1]
    return max(by_depth, BY_EXPERIENCE[min(max(experience, 1), len(BY_EXPERIENCE)) - 1])


FIGURES = {
    "progression": "BALROG's progression, an estimate of how likely a human who got as far is to win",
    "depth": "deepest dungeon level",
    "experience": "highest experience level",
    "score": "NetHack's score",
    "game turns": "NetHack's own turns",
}


class NetHackScoreParams(Params):
    """How long a game is and how it is shown."""

    map: bool = Field(False, description="whether the map is drawn, too")
    max_turns: int = Field(5_000, ge=1, le=1_000_000, description="how many actions there are")


class NetHackChallengeParams(NetHackScoreParams):
    """How long a game is and how it is shown."""

    max_turns: int = Field(100_000, ge=1, le=1_000_000, description="how many actions there are")


class _NetHack(NetWorld):
    """The rules of both: see the module's docstring. The turn limit is an end, so that progression is paid."""

    commands: str | tuple[str, ...]
    who: str
    milestones = MILESTONES

    def __init__(self, params: NetHackScoreParams) -> None:
        super().__init__(params)
        self.map = params.map
        self.language = grammar(self.commands)

    def task_text(self) -> str:
        return (
            f"You play NetHack as {self.who}. Survive, grow stronger, and go down as deep as you can: the deeper you "
            f"come, and the higher your experience level, the better. You have {self.max_turns} turns."
        )

    def play(self, state: NetState, action: Action, chance: Chance) -> Reply:
        return self._last(state, super().play(state, action, chance), chance)

    def refuse(self, state: NetState, reason: str, chance: Chance) -> Reply:
        return self._last(state, super().refuse(state, reason, chance), chance)

    def _last(self, state: NetState, reply: Reply, chance: Chance) -> Reply:
        """The last turn ends the game as well as death does."""
        if chance.turn >= self.max_turns and not reply.done:
            reply.text = f"{reply.text}\n{self.out_of_turns(state)}"
            reply.done, reply.success = True, self._progress(state)
        return reply

    def _pay(self, state: NetState, before: Seen, rewards: dict[str, float]) -> None:
        gained = state.seen.stats[9] - before.stats[9]
        if gained:
            rewards["score"] = float(gained)

    def _progress(self, state: NetState) -> float:
        return progression(state.deepest, state.highest, state.game.ascended)

    def _end(self, state: NetState, reply: Reply) -> None:
        reply.done, reply.success = True, self._progress(state)
        reply.text = f"{reply.text.splitlines()[0]}\nThe game is over."

    def figures(self, state: NetState) -> dict[str, tuple[float, float]]:
        last = state.seen.stats
        return {
            "progression": (self._progress(state), 1.0),
            "depth": (float(state.deepest), 1.0),
            "experience": (float(state.highest), 1.0),
            "score": (float(last[9]), 1.0),
            "game turns": (float(last[20]), 1.0),
        }

    def privileged(self, state: NetState) -> Privileged:
        known = super().privileged(state)
        return Privileged(achievements=known.achievements, extra={**known.extra, "progression": self._progress(state)})


REWARDS = {
    "score": Part("the change of NetHack's score", low=-1e6, high=1e7),
    "achievement": ACHIEVEMENT,
}
SUCCESS = Part("BALROG's progression at the end of the game", weight=0.0)


class NetHackScore(_NetHack):
    """NLE's score task in words."""

    spec = Spec(
        id="scoutgym/NetHackScore-v0",
        family="minihack",
        group="nethack",
        about="NetHack as a human monk with few commands, for the score.",
        presets={"short": {"max_turns": 200}},
        rewards=REWARDS,
        figures=FIGURES,
        success=SUCCESS,
        hidden=True,
        copies="replay",
        expert="heuristic",
        needs=NEEDS,
        paper="Küttler et al. 2020, The NetHack Learning Environment, arXiv 2006.13760",
    )
    Params = NetHackScoreParams
    engine_id, commands, who = "NetHackScore-v0", SCORE_COMMANDS, "a human monk"


class NetHackChallenge(_NetHack):
    """The task of the NetHack Challenge in words."""

    spec = Spec(
        id="scoutgym/NetHackChallenge-v0",
        family="minihack",
        group="nethack",
        about="The whole of NetHack, with a random character and every command.",
        presets={"short": {"max_turns": 200}},
        rewards=REWARDS,
        figures=FIGURES,
        success=SUCCESS,
        hidden=True,
        copies="replay",
        expert="heuristic",
        needs=NEEDS,
        paper="Hambro et al. 2022, Insights From the NeurIPS 2021 NetHack Challenge, arXiv 2203.11889",
    )
    Params = NetHackChallengeParams
    engine_id, commands, who = "NetHackChallenge-v0", "all", "a character that is drawn anew for each game"


register(NetHackScore)
register(NetHackChallenge)
