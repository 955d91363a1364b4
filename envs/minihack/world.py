"""What the worlds of MiniHack and of NetHack share: an engine from the pool, words in and out, a record of milestones.

The engine cannot be copied, so a point of an episode is reached by playing its actions again from its seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from numpy.typing import NDArray

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.minihack.engine import acts, words
from scoutgym.envs.minihack.engine.choices import choices
from scoutgym.envs.minihack.engine.forms import Commands
from scoutgym.envs.minihack.engine.game import POOL, Game
from scoutgym.envs.minihack.engine.goals import MILESTONES, Turn
from scoutgym.envs.minihack.engine.seen import Seen
from scoutgym.envs.spec import Part
from scoutgym.types import Task, digest

ACHIEVEMENT = Part("1 for each milestone of the level when it is first reached", high=20.0, weight=0.0)

NEEDS = {"nle": "minihack", "minihack": "minihack"}

P = TypeVar("P", bound=Params)


@dataclass
class NetState(State):
    """An engine in the middle of a game, what is seen, and what has been reached."""

    core: int
    display: int
    game: Any
    seen: Any
    greeting: str
    reached: list[str] = field(default_factory=list)
    done: list[Action] = field(default_factory=list)
    """Every action that was played, for a solver that plays them again."""
    paid: float = 0.0
    deepest: int = 1
    highest: int = 1


class NetWorld(World[NetState]):
    """The rules of a game of NetHack; see the module's docstring."""

    State = NetState
    engine_id: str
    """The engine's own id."""
    des: str = ""
    """A level of the user's own."""
    map: bool = False
    """Whether the map is drawn, too."""
    milestones: tuple[str, ...] = ()
    language: Commands

    def start(self, task: Task, chance: Chance) -> NetState:
        return self.begin(chance.below(2**31), chance.below(2**31))

    def begin(self, core: int, display: int) -> NetState:
        """A game of two seeds, at its start."""
        game = POOL.take((self.engine_id, self.des), lambda: Game(self.engine_id, self.des))
        try:
            game.reset(core, display)
        except BaseException:
            game.close()
            raise
        seen = Seen(game)
        state = NetState(core, display, game, seen, acts.spoken(game))
        self._mark(state, seen, "")
        return state

    def close(self, state: NetState) -> None:
        game, state.game = state.game, None
        if game is None:
            return
        if game.usable:
            POOL.give((self.engine_id, self.des), game)
        else:
            game.close()

    def grammar(self, state: NetState) -> Grammar:
        return self.language

    def actions(self, state: NetState) -> Sequence[Action] | None:
        return choices(self.language, state.seen)

    def task_text(self) -> str:
        """The task in a few sentences."""
        raise NotImplementedError

    def intro(self, state: NetState, role: str) -> str:
        seen = state.seen
        parts = [
            self.task_text(),
            "Each turn you read how far each of the eight ways is free and what ends it, what is in view (with the "
            "steps to it from where you stand), beyond which places nothing has been seen yet, and what has changed.",
            state.greeting,
            f"{words.health(seen)} {words.statistics(seen)}",
            words.belongings(seen),
            self._surroundings(seen),
        ]
        return "\n".join(part for part in parts if part)

    def _surroundings(self, seen: Seen) -> str:
        text = f"{words.ways(seen)}\nIn view: {words.in_view(seen)}."
        edges = words.edges(seen)
        if edges:
            text += f"\nUnexplored beyond: {edges}."
        return f"{text}\nMap:\n{words.drawn(seen)}" if self.map else text

    def play(self, state: NetState, action: Action, chance: Chance) -> Reply:
        before = state.seen
        try:
            done = acts.perform(state.game, before, action)
        except acts.Impossible as error:
            return Reply(f"That is not possible now: {error}.", invalid=True)
        state.seen = seen = done.seen
        state.done.append(action)
        state.deepest = max(state.deepest, seen.stats[12])
        state.highest = max(state.highest, seen.stats[18])
        reply = Reply(self._tell(done.text, seen, before))
        self._reward(state, before, done.text, reply)
        if state.game.over:
            self._end(state, reply)
        return reply

    def refuse(self, state: NetState, reason: str, chance: Chance) -> Reply:
        verbs = ", ".join(dict.fromkeys(form.template.partition(" {")[0] for form in self.language.forms))
        return Reply(f"Invalid action: {reason}. The commands are: {verbs}.", invalid=True)

    def _tell(self, said: str, seen: Seen, before: Seen) -> str:
        lines = [said] if said else []
        lines.append(words.health(seen))
        lines.append(self._surroundings(seen))
        changed = words.changes(seen, before)
        if changed:
            lines.append(f"Changed: {changed}.")
        return "\n".join(lines)

    def _reward(self, state: NetState, before: Seen, said: str, reply: Reply) -> None:
        rewards: dict[str, float] = {}
        new = self._mark(state, before, said)
        if new:
            rewards["achievement"] = float(new)
        self._pay(state, before, rewards)
        if rewards:
            reply.rewards = rewards

    def _mark(self, state: NetState, before: Seen, said: str) -> int:
        """Note the milestones that have been reached; how many are new."""
        turn = Turn(before, state.seen, said, state.game.won)
        new = [name for name in self.milestones if name not in state.reached and MILESTONES[name](turn)]
        state.reached += new
        return len(new)

    def _pay(self, state: NetState, before: Seen, rewards: dict[str, float]) -> None:
        """Add the rewards of the world's own parts."""

    def _end(self, state: NetState, reply: Reply) -> None:
        """The game is over: say whether it succeeded."""
        raise NotImplementedError

    # What there is to know.

    def hidden_key(self, state: NetState) -> Any:
        return [state.core, state.display]

    def known(self, state: NetState, role: str) -> Any:
        return [*self._here(state), *sorted(state.reached)]

    def view(self, state: NetState, role: str) -> Any:
        return self._here(state)

    def _here(self, state: NetState) -> list[Any]:
        seen = state.seen
        stats = [value for place, value in enumerate(seen.stats) if place not in (9, 20)]  # but for score and turn
        return [digest(seen.glyphs.tobytes().hex(), stats, seen.inventory).hex()]

    def privileged(self, state: NetState) -> Privileged:
        return Privileged(
            achievements=tuple(state.reached),
            extra={"seeds": [state.core, state.display], "milestones": list(self.milestones)},
        )

    # Players and pictures.

    def expert(self, history: History, chance: Chance) -> str:
        from scoutgym.envs.minihack.engine.scout import advise

        return advise(self.language, history, chance)

    def board(self, state: NetState) -> str:
        from scoutgym.envs.minihack.engine.picture import board

        return board(state.seen)

    @property
    def pictures(self) -> bool:
        return True

    def picture(self, state: NetState) -> NDArray[Any]:
        from scoutgym.envs.minihack.engine.picture import picture

        return picture(state.seen, state.game)
