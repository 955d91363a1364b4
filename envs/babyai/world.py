"""Grid worlds of minigrid in words: what BabyAI and MiniGrid share.

The rules are minigrid's own (`scoutgym.envs.babyai.engine.grid` steps its environments); the words are those of
BabyAI-Text (Carta et al. 2023, GLAM, arXiv 2302.02662): what is seen, in the agent's frame, and six actions. Three
things differ from BabyAI-Text: a first line says what an action did, openings in walls are told in MiniGrid's levels
(there a wall's ends are what has to be found), and a level's limit of steps counts turns.

A step that cannot be made (into a wall, picking up nothing) changes nothing, costs a turn, and is no invalid action:
so has minigrid it. A macro action for which there is no known way is invalid.

A copy of a state has an engine of its own. A snapshot holds the seed and the actions, and is played again; where
obstacles move by luck it holds a number for each step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.babyai.board import drawn
from scoutgym.envs.babyai.levels import FEW, env_id
from scoutgym.envs.babyai.paths import (
    DROP,
    FORWARD,
    LEFT,
    PICK_UP,
    RIGHT,
    TOGGLE,
    Lost,
    Place,
    ahead_of,
    is_loose,
    walk,
)
from scoutgym.envs.babyai.reader import Reader
from scoutgym.envs.babyai.sight import FLOOR, WALL, describe, name, relative, visible, window
from scoutgym.envs.babyai.state import GridParams, GridState
from scoutgym.envs.babyai.told import ABOUT, THINGS, WORDS, outcome, plain, walks
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Privileged, Reply, World
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.types import SchemaError, Task, digest

LATE = 64
"""Histories whose reader is remembered."""
NEEDS = {"minigrid": "worlds"}


class GridWorld(World[GridState]):
    """See the module's docstring."""

    State = GridState
    minigrid: ClassVar[str]
    """The family's name in minigrid."""
    gaps: ClassVar[bool]
    """Whether openings in walls are told."""

    def __init__(self, params: GridParams) -> None:
        from scoutgym.envs.babyai.engine import grid

        super().__init__(params)
        self.max_turns = params.max_turns or params.levels[params.level]
        if params.level in FEW:
            self.holdout = "none"
        self._prototype = grid.prototype(env_id(self.minigrid, params.level))
        self.restless = hasattr(self._prototype, "n_obstacles")
        says = self.says_done(params.level)
        numbers = (LEFT, RIGHT, FORWARD) if self.restless else tuple(WORDS) if says else tuple(WORDS)[:-1]
        forms = [Form(WORDS[number], ABOUT.get(number, ""), name=WORDS[number]) for number in numbers]
        if params.macros:
            reach = [thing for thing in THINGS if self.gaps or thing != "green goal"]
            loose = [thing for thing in THINGS if is_loose(thing)]
            opens = [thing for thing in THINGS if thing.endswith((" door", " box"))]
            forms.append(Form("go to the {thing}", "along a way that you know", name="go to", thing=_things(reach)))
            if not self.restless:
                forms.append(Form("pick up the {thing}", "go there first", name="take", thing=_things(loose)))
                forms.append(Form("open the {thing}", "go there first", name="open", thing=_things(opens)))
        self._grammar = Grammar(*forms)
        self._numbers = {WORDS[number]: number for number in numbers}
        self._readers: deque[tuple[list[str], Reader]] = deque(maxlen=LATE)

    def says_done(self, level: str) -> bool:
        """Whether the agent must say that it is done."""
        return False

    def rules(self, level: str) -> str:
        """What the mission leaves out."""
        return ""

    # The rules.

    def start(self, task: Task, chance: Chance) -> GridState:
        return self._begin(chance.below(2**31))

    def _begin(self, seed: int) -> GridState:
        from scoutgym.envs.babyai.engine import grid

        engine = grid.start(self._prototype, seed)
        pose = (int(engine.agent_pos[0]), int(engine.agent_pos[1]), int(engine.agent_dir))
        cells = [
            name(thing) + (f" of {name(thing.contains)}" if thing is not None and thing.contains else "")
            for thing in engine.grid.grid
        ]
        secret = digest("grid", engine.width, engine.mission, list(pose), name(engine.carrying), cells).hex()
        state = GridState(engine, seed, secret, pose)
        self._look(state)
        return state

    def intro(self, state: GridState, role: str) -> str:
        engine = state.engine
        through = "also behind walls" if engine.see_through_walls else "but nothing behind walls and closed doors"
        lines = [f"You are in a world of square cells. You see 6 steps forward and 3 steps to each side, {through}."]
        if not self.restless:
            lines.append("You can carry one thing. A locked door opens when you carry a key of its color.")
        lines.append(f"You have {self.max_turns} turns.")
        mission = f"Your mission: {engine.mission}." if engine.mission else "You have no mission: look around."
        rules = self.rules(self.params.level)
        return "\n".join(filter(None, (" ".join(lines), mission, rules, self._look(state))))

    def grammar(self, state: GridState) -> Grammar:
        return self._grammar

    def play(self, state: GridState, action: Action, chance: Chance) -> Reply:
        number = self._numbers.get(action[0])
        if number is None:
            return self._macro(state, action[0], action[1], chance)
        said, reward = self._step(state, number, chance)
        if state.over:
            return self._end(said, reward)
        seen = self._look(state)
        return Reply(f"{said}\n{seen}" if said else seen)

    def _end(self, said: str, reward: float) -> Reply:
        end = "You have completed the mission." if reward > 0 else "The mission has failed."
        return Reply(f"{said}\n{end}" if said else end, done=True, success=reward > 0)

    def _step(self, state: GridState, number: int, chance: Chance | None) -> tuple[str, float]:
        """One step of the engine: what it did, in words (nothing where it is plain to see), and minigrid's reward."""
        from scoutgym.envs.babyai.engine.grid import step

        engine, pose = state.engine, state.pose
        front = ahead_of(pose)
        before, carried = name(engine.grid.get(*front)), name(engine.carrying)
        draw = None
        if self.restless and chance is not None:
            state.lucks.append(chance.bits())
            luck = Chance(b"%d" % state.lucks[-1])

            def draw(low: int, high: int) -> int:
                return int(low) + luck.below(int(high) - int(low))

        reward, state.over = step(engine, number, draw)
        state.moves.append(number)
        after, carrying = name(engine.grid.get(*front)), name(engine.carrying)
        said = outcome(number, state.pose == pose, before, after, carried, carrying)
        self._note(state, number, before, after, carried, carrying)
        return said, reward

    def _note(self, state: GridState, number: int, before: str, after: str, carried: str, carrying: str) -> None:
        """Write down what has been brought about."""
        feats = []
        if number == PICK_UP and carrying != carried:
            feats.append(f"pick up the {carrying}")
        elif number == DROP and carrying != carried:
            feats.append(f"drop the {carried}")
        elif number == TOGGLE and before != after and (after.startswith("open ") or before.endswith(" box")):
            feats.append(f"open the {plain(before)}")
        pose = state.pose
        facing = plain(name(state.engine.grid.get(*ahead_of(pose))))
        if facing not in (FLOOR, WALL, "lava", "green goal"):
            feats.append(f"go to the {facing}")
        if number == FORWARD and name(state.engine.grid.get(*pose[:2])) == "green goal":
            feats.append("go to the green goal")
        for feat in feats:
            if feat not in state.done:
                state.done.append(feat)

    def _look(self, state: GridState) -> str:
        """What is seen now, in words; it is also remembered."""
        engine = state.engine
        cells = engine.grid.grid
        seen = visible(cells, window(engine.width, engine.height, *state.pose), engine.see_through_walls)
        memory = state.seen
        for _, _, place, thing in seen:
            memory[place] = FLOOR if thing is None else name(thing)
        return describe(seen, name(engine.carrying), self.gaps)

    # Macro actions.

    def _macro(self, state: GridState, verb: str, thing: str, chance: Chance) -> Reply:
        """Go by a way that is known, and perhaps act at its end; stop where something new is seen or is in the way."""
        width = state.engine.width
        known = {(place % width, place // width): what for place, what in state.seen.items()}
        places = {place for place, what in known.items() if plain(what) == thing} - {state.pose[:2]}
        if not places:
            return Reply(f"You have seen no {thing}.\n{self._look(state)}", invalid=True)
        stand = thing == "green goal"

        def cost(place: Place) -> int:
            what = known.get(place, WALL)
            return 1 if what == FLOOR or what.startswith("open ") or (stand and place in places) else 10**6

        way = walk(state.pose, cost, lambda pose: (pose[:2] if stand else ahead_of(pose)) in places)
        if way is None:
            return Reply(f"You know no free way to the {thing}.\n{self._look(state)}", invalid=True)
        numbers = [number for number, _ in way]
        taken: list[int] = []
        said, reward = "", 0.0
        for number in numbers:
            if number == FORWARD and known.get(ahead_of(state.pose)) != self._front(state):
                said = "Something is in the way."
                break
            before = dict(state.seen)
            said, reward = self._step(state, number, chance)
            taken.append(number)
            if state.over:
                break
            self._look(state)
            if len(taken) < len(numbers) and any(
                what not in (FLOOR, WALL) and before.get(place) != what for place, what in state.seen.items()
            ):
                said = "You stop, as you see something new."
                break
        else:
            act = {"take": PICK_UP, "open": TOGGLE}.get(verb)
            if act is not None and not (act == TOGGLE and self._front(state).startswith("open")):
                said, reward = self._step(state, act, chance)
        walked = f"You walk: {walks(taken)}." if taken else ""
        said = "\n".join(filter(None, (walked, said)))
        if state.over:
            return self._end(said, reward)
        return Reply("\n".join(filter(None, (said, self._look(state)))))

    def _front(self, state: GridState) -> str:
        return name(state.engine.grid.get(*ahead_of(state.pose)))

    # What is known and what is true.

    def actions(self, state: GridState) -> list[Action]:
        """All but macro actions for what has not been seen."""
        known = {plain(what) for what in state.seen.values()}
        return [action for action in self._grammar.actions() if len(action) == 1 or action[1] in known]

    def hidden_key(self, state: GridState) -> str:
        return state.secret

    def known(self, state: GridState, role: str) -> Any:
        width, engine = state.engine.width, state.engine
        cells = [[*relative(place % width, place // width, state.start), what] for place, what in state.seen.items()]
        here = relative(*state.pose[:2], state.start)
        turned = (state.pose[2] - state.start[2]) % 4
        return [engine.mission, sorted(cells), [*here, turned], name(engine.carrying)]

    def view(self, state: GridState, role: str) -> Any:
        return [state.engine.mission, self._look(state)]

    def privileged(self, state: GridState) -> Privileged:
        extra = {"subgoals": self.subgoals(state)} if self.params.subgoals else {}
        return Privileged(achievements=tuple(state.done), extra=extra)

    def subgoals(self, state: GridState) -> list[dict[str, Any]]:
        """What is left to do, step by step, as the solver would do it; nothing where it knows no way on.

        Each in the three forms of Words as Beacons: ``language``, an instruction which stands in ``achievements`` once
        it has been followed; ``object``, what it is about; ``position``, steps right and forward of the agent now.
        """
        try:
            plan = [self._numbers[text] for text in self.solver(state)]
        except Lost:
            return []
        twin, here, goals = state.copy(), state.pose, list[dict[str, Any]]()
        for left, number in enumerate(plan, 1 - len(plan)):
            twin.done, place = [], ahead_of(twin.pose)
            self._step(twin, number, None)
            for feat in twin.done[:1]:
                if feat == "go to the green goal":
                    place = twin.pose[:2]
                elif feat.startswith("go to"):
                    if left:  # on the way to something else
                        continue
                    place = ahead_of(twin.pose)
                goals.append({"language": feat, "object": feat.split(" the ")[1], "position": relative(*place, here)})
        return goals

    def solver(self, state: GridState) -> list[str]:
        """minigrid's bot for BabyAI; our planner on the whole grid elsewhere, and where the bot fails.

        Raises:
            Lost: neither finds a way, or obstacles move by luck, so that nobody can know one.
        """
        from scoutgym.envs.babyai.engine.solve import solve

        if state.over:
            return []
        if self.restless:
            raise Lost("obstacles move by luck: no list of actions succeeds for sure")
        return [WORDS[number] for number in solve(state.engine, self.params.levels[self.params.level])]

    def load_state(self, record: Any) -> GridState:
        """Play the actions of a snapshot again."""
        try:
            seed, moves, lucks = record["seed"], record["moves"], record["lucks"]
            numbers = [seed, *moves, *lucks]
            if len(record) != 3 or not all(type(number) is int and 0 <= number < 2**64 for number in numbers):
                raise TypeError("expected whole numbers")
        except (KeyError, TypeError) as error:
            raise SchemaError(f"the state of a {self.spec.id} is wrong: {error!r}") from None
        if seed >= 2**31 or len(lucks) != (len(moves) if self.restless else 0):
            raise SchemaError(f"the state of a {self.spec.id} is wrong: its seed or its luck is of another world")
        state = self._begin(seed)
        for place, number in enumerate(moves):
            if state.over or number not in self._numbers.values():
                raise SchemaError(f"the state of a {self.spec.id} is wrong: its action {place} cannot be played")
            self._step(state, number, _Told(lucks[place]) if self.restless else None)
            self._look(state)
        return state

    # Players and pictures.

    def expert(self, history: History, chance: Chance) -> str:
        """A reader with a map: it explores, and goes to what the mission names. See `reader`."""
        reader = self._reader(history)
        try:
            number = reader.act()
        except Lost:
            free = reader.cells.get(ahead_of(reader.pose)) == FLOOR
            number = chance.choice((LEFT, RIGHT, FORWARD) if free else (LEFT, RIGHT))
        return WORDS[number] if number in self._numbers.values() else WORDS[LEFT]

    def _reader(self, history: History) -> Reader:
        """One that has read all of a history. Those of late are remembered, so that a turn is read once."""
        reader, place = Reader(history[0]), 1
        for late in self._readers.copy():
            if late[0] == history[: len(late[0])]:
                reader, place = late[1].copy(), len(late[0])
                break
        for turn in range(place, len(history) - 1, 2):
            reader.hear(history[turn], history[turn + 1])
        self._readers.appendleft((list(history), reader))
        return reader

    def board(self, state: GridState) -> str:
        mission = state.engine.mission or "no mission"
        return f"{drawn(state.seen, state.engine.width, state.pose)}\n[bold]{mission}[/]"

    @property
    def pictures(self) -> bool:
        return True

    def picture(self, state: GridState) -> NDArray[np.uint8]:
        """minigrid's drawing of what the agent sees."""
        frame: NDArray[np.uint8] = state.engine.get_frame(agent_pov=True)
        return frame


class _Told(Chance):
    """Luck of one step that was written down."""

    def __init__(self, number: int) -> None:
        super().__init__(b"told")
        self._number = number

    def bits(self) -> int:
        return self._number


def _things(words: Sequence[str]) -> Word:
    return Word(words, "thing")
