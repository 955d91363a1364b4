"""A toolbox of unknown tools: find out what each one does to a number, then use them to reach another number.

A workpiece shows a number from 00 to 99. Each tool changes it by one of the public ``RULES`` (permutations of the
hundred numbers: nothing is ever lost), no two tools by the same one; which tool does what is uniform over all
assignments. The start is uniform but for two numbers, and the target uniform among the numbers that take exactly
``depth`` uses from there (or the most that can be reached). To start over costs a turn and brings back the first one.

The belief is about what every tool does. As the target can be reached in ``depth`` uses, it tells something about the
tools: an assignment that uses the set S of rules has the weight w_S = [target can be drawn] / (numbers it is drawn
from), and a set of observations leaves each tool a set of rules. So the weight of what is possible is
Z = sum_S w_S perm(S), where perm counts the assignments of S to tools that agree with all observations (a permanent,
by dynamic programming), and H = log2 Z - sum_S perm(S) w_S log2 w_S / Z: exact.

The expert uses what it knows as soon as that is enough for a sure plan, and else the tool that tells most now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import log2, perm
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

TOOLS = ("hammer", "saw", "file", "drill", "brush")
RULES: Mapping[str, Callable[[int], int]] = {
    "add 1": lambda n: n + 1,
    "add 10": lambda n: n + 10,
    "add 25": lambda n: n + 25,
    "subtract 4": lambda n: n - 4,
    "multiply by 3": lambda n: n * 3,
    "multiply by 7": lambda n: n * 7,
    "swap the two digits": lambda n: n % 10 * 10 + n // 10,
    "subtract from 99": lambda n: 99 - n,
}
EFFECTS = tuple(tuple(rule(n) % 100 for n in range(100)) for rule in RULES.values())
"""For each rule what it makes of each number."""
STARTS = tuple(number for number in range(100) if number not in (0, 50))
"""00 and 50 are left as they are by several rules: with these alone nothing else could be reached."""
ANY = (1 << len(EFFECTS)) - 1

SHOWN = re.compile(r"^(?:The \w+ turns \d\d into|You start over with) (\d\d)\.")
START = re.compile(r"shows (\d\d)\. Make it (\d\d)")

HOLD_OUT_FROM = 300
"""Fewer assignments than this are not held out."""


class ToolboxParams(Params):
    """How many tools there are, and how many uses the target is away."""

    tools: int = Field(3, ge=2, le=len(TOOLS), description="tools, each of another rule")
    depth: int = Field(3, ge=1, le=6, description="uses that the target takes at least")
    max_turns: int = Field(0, ge=0, le=1000, description="0: three a tool, and twice the depth")


@dataclass
class ToolboxState(State):
    """The rule of each tool, the numbers, and for each tool the rules that it may have (bit r: rule r)."""

    rules: list[int]
    first: int
    target: int
    number: int
    possible: list[int]
    last: str = ""


class Toolbox(World[ToolboxState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Toolbox-v0",
        family="probes",
        group="toolbox",
        about="Find out what each tool does to a number, and make another number with them.",
        presets={"2": {"tools": 2}, "3": {}, "4": {"tools": 4}, "5": {"tools": 5}},
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
    )
    Params, State = ToolboxParams, ToolboxState

    def __init__(self, params: ToolboxParams) -> None:
        super().__init__(params)
        self.tools, self.depth = TOOLS[: params.tools], params.depth
        self.max_turns = params.max_turns or 3 * params.tools + 2 * params.depth
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        self._grammar = Grammar(
            Form("use {tool}", tool=Word(self.tools)), Form("start over", "with the first number", name="again")
        )

    def start(self, task: Task, chance: Chance) -> ToolboxState:
        rules = chance.sample(range(len(EFFECTS)), len(self.tools))
        first = chance.choice(STARTS)
        target = chance.choice(targets(tuple(sorted(rules)), first, self.depth))
        return ToolboxState(rules, first, target, first, [ANY] * len(self.tools))

    def intro(self, state: ToolboxState, role: str) -> str:
        return (
            f"You have {len(self.tools)} tools: {', '.join(self.tools)}. Each changes a number by a rule of its own, "
            f"one of these: {', '.join(RULES)}; of the result only the last two digits are kept. No two tools have the "
            f"same rule, and you do not know which has which. The workpiece shows {state.first:02d}. Make it "
            f"{state.target:02d} in at most {self.max_turns} turns."
        )

    def grammar(self, state: ToolboxState) -> Grammar:
        return self._grammar

    def play(self, state: ToolboxState, action: Action, chance: Chance) -> Reply:
        before = state.number
        if action[0] == "again":
            state.number, state.last = state.first, ""
            return Reply(f"You start over with {state.number:02d}.")
        tool = self.tools.index(action[1])
        state.number, state.last = EFFECTS[state.rules[tool]][before], action[1]
        state.possible[tool] &= agreeing(before, state.number)
        said = f"The {action[1]} turns {before:02d} into {state.number:02d}."
        if state.number == state.target:
            return Reply(f"{said} You have made it!", done=True, success=True)
        return Reply(said)

    def privileged(self, state: ToolboxState) -> Privileged:
        names = list(RULES)
        rules = {tool: names[rule] for tool, rule in zip(self.tools, state.rules, strict=True)}
        plan = self.solver(state)
        return Privileged(answer=plan[0] if plan else None, extra=rules)

    # Knowledge.

    def hidden_key(self, state: ToolboxState) -> Any:
        return state.rules

    def secrets(self) -> float:
        return float(perm(len(EFFECTS), len(self.tools)))

    def known(self, state: ToolboxState, role: str) -> Any:
        return [state.first, state.target, state.number, state.possible]

    def view(self, state: ToolboxState, role: str) -> Any:
        return [state.number, state.last]

    def _mass(self, state: ToolboxState, possible: Sequence[int]) -> tuple[float, float]:
        return mass(tuple(possible), state.first, state.target, self.depth)

    def belief(self, state: ToolboxState, role: str) -> Belief:
        return Belief(self._mass(state, state.possible)[1])

    def gain(self, state: ToolboxState, action: Action) -> float:
        if action[0] == "again":
            return 0.0
        return expected_gain(
            state.possible, self.tools.index(action[1]), state.number, state.first, state.target, self.depth
        )

    def best_gain(self, state: ToolboxState) -> tuple[Action, float]:
        gains = [(("use", tool), self.gain(state, ("use", tool))) for tool in self.tools]
        return max(gains, key=lambda pair: round(pair[1], 9))

    def resample(self, state: ToolboxState, role: str, chance: Chance) -> ToolboxState:
        new, possible = state.copy(), state.possible.copy()
        for tool in range(len(self.tools)):
            draw = chance.random() * self._mass(state, possible)[0]
            for rule in range(len(EFFECTS)):
                if possible[tool] >> rule & 1:
                    weight = self._mass(state, [*possible[:tool], 1 << rule, *possible[tool + 1 :]])[0]
                    if weight > 0.0:
                        new.rules[tool] = rule
                        draw -= weight
                        if draw < 0.0:
                            break
            possible[tool] = 1 << new.rules[tool]
        return new

    # Players.

    def solver(self, state: ToolboxState) -> list[str]:
        known = dict(zip(self.tools, state.rules, strict=True))
        on, anew = (plan(known, number, state.target) for number in (state.number, state.first))
        if on is not None and (anew is None or len(on) <= len(anew) + 1):
            return on
        return ["start over", *(anew or [])]

    def expert(self, history: History, chance: Chance) -> str:
        found = START.search(history[0])
        assert found
        first, target = int(found[1]), int(found[2])
        number, possible = first, [ANY] * len(self.tools)
        for text, said in turns(history):
            now = SHOWN.match(said)
            if not now:
                continue
            try:
                action = self._grammar.parse(text)
            except BadAction:
                continue
            if action[0] == "use":
                possible[self.tools.index(action[1])] &= agreeing(number, int(now[1]))
            number = int(now[1])
        known = {}
        for place, tool in enumerate(self.tools):
            may = [
                rule
                for rule in range(len(EFFECTS))
                if possible[place] >> rule & 1
                and mass((*possible[:place], 1 << rule, *possible[place + 1 :]), first, target, self.depth)[0] > 0.0
            ]
            if len(may) == 1:
                known[tool] = may[0]
        left = self.max_turns - len(history) // 2
        on, anew = plan(known, number, target), plan(known, first, target)
        if on is not None and len(on) <= left and (anew is None or len(on) <= len(anew) + 1):
            return on[0]
        if anew is not None and len(anew) < left and number != first:
            return "start over"
        gains = [expected_gain(possible, place, number, first, target, self.depth) for place in range(len(self.tools))]
        best = max(gains)
        if best < 1e-9:  # this number tells nothing: any other may
            return f"use {chance.choice(self.tools)}"
        return f"use {self.tools[gains.index(best)]}"

    def board(self, state: ToolboxState) -> str:
        lines = [f"[bold]{state.number:02d}[/] → [bold yellow]{state.target:02d}[/]   (first {state.first:02d})"]
        for tool, possible in zip(self.tools, state.possible, strict=True):
            may = [name for rule, name in enumerate(RULES) if possible >> rule & 1]
            lines.append(f"{tool:<7} [dim]{' | '.join(may) if len(may) < len(RULES) else '?'}[/]")
        return "\n".join(lines)


def agreeing(before: int, after: int) -> int:
    """The rules that turn one number into the other, as bits."""
    return sum(1 << rule for rule, effect in enumerate(EFFECTS) if effect[before] == after)


def plan(rules: Mapping[str, int], start: int, target: int) -> list[str] | None:
    """The fewest uses of tools with these rules that lead from one number to the other; None where none do."""
    ways: dict[int, list[str]] = {start: []}
    wave = [start]
    while wave and target not in ways:
        following = []
        for number in wave:
            for tool, rule in rules.items():
                after = EFFECTS[rule][number]
                if after not in ways:
                    ways[after] = [*ways[number], f"use {tool}"]
                    following.append(after)
        wave = following
    return ways.get(target)


@lru_cache(maxsize=20_000)
def targets(rules: tuple[int, ...], start: int, depth: int) -> tuple[int, ...]:
    """The numbers that take exactly ``depth`` uses of these rules, or the most that any number takes."""
    seen, wave = {start}, [start]
    for _ in range(depth):
        reached = {EFFECTS[rule][number] for number in wave for rule in rules} - seen
        if not reached:
            break
        seen |= reached
        wave = sorted(reached)
    return tuple(wave)


@lru_cache(maxsize=2_000)
def weights(tools: int, start: int, target: int, depth: int) -> tuple[tuple[int, float], ...]:
    """The sets of rules (as bits) under which the target can be drawn, each with the chance that it is."""
    found = []
    for rules in combinations(range(len(EFFECTS)), tools):
        drawn_from = targets(rules, start, depth)
        if target in drawn_from:
            found.append((sum(1 << rule for rule in rules), 1.0 / len(drawn_from)))
    return tuple(found)


@lru_cache(maxsize=50_000)
def mass(possible: tuple[int, ...], start: int, target: int, depth: int) -> tuple[float, float]:
    """Z and H of the module's docstring, where tool t has one of the rules ``possible[t]``."""
    total, weighted = 0.0, 0.0
    for rules, weight in weights(len(possible), start, target, depth):
        count = assignments(possible, rules)
        total += count * weight
        weighted += count * weight * log2(weight)
    return total, max(0.0, log2(total) - weighted / total) if total else 0.0


def assignments(possible: Sequence[int], rules: int) -> int:
    """In how many ways these rules can be given to the tools, each tool one of its possible ones."""
    ways = {rules: 1}
    for mine in possible:
        after: dict[int, int] = {}
        for left, count in ways.items():
            free = left & mine
            while free:
                one = free & -free
                free ^= one
                after[left ^ one] = after.get(left ^ one, 0) + count
        ways = after
    return ways.get(0, 0)


def expected_gain(possible: Sequence[int], tool: int, number: int, start: int, target: int, depth: int) -> float:
    """Expected fall of the entropy when a tool is used on a number."""
    total, before = mass(tuple(possible), start, target, depth)
    left = 0.0
    for after in {effect[number] for rule, effect in enumerate(EFFECTS) if possible[tool] >> rule & 1}:
        narrowed = (*possible[:tool], possible[tool] & agreeing(number, after), *possible[tool + 1 :])
        weight, bits = mass(narrowed, start, target, depth)
        left += weight / total * bits
    return max(0.0, before - left)


register(Toolbox)
