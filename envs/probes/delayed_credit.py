"""Delayed credit: which of several seeds paid for today's coins? (bsuite's discounting chain, in one episode.)

Each day one seed may be planted. Every kind of seed ripens after a number of days of its own and then pays a number of
coins of its own; a day's coins are told as one sum, without saying what they are for. Which kind has which of the
ripening times 1, r, r^2, … (``ratio`` r) and which of the payments 1, 2, 3, … was drawn for the task: two independent
uniform permutations. The task is to name the kind that pays most; a name ends the episode.

So a reward comes up to r^(k-1) turns after what earned it, and to say what it was for one must remember when one
planted what. Seeds planted on days whose differences are no difference of two ripening times never get in each other's
way: that is how the expert plants, and all kinds but one are enough.

The belief is about the kind that pays most, exact by enumeration of the k!^2 possible tasks: for each permutation of
the times, the set of payments that are still possible, as bits. Planting a slow seed tells nothing until it ripens, so
the expected gain of the next turn, which is what the oracle gives, is a poor guide here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import entropy, turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

KINDS = ("red", "blue", "green", "white", "black")
NONE = -1

DAY = re.compile(r"^Day (\d+): (?:you harvest (\d+) coins?|nothing is ripe)\.")

HOLD_OUT_FROM = 500
"""Fewer pairs of permutations than this are not held out."""


class DelayedCreditParams(Params):
    """How late the coins come."""

    ratio: int = Field(3, ge=2, le=8, description="a kind ripens so many times later than the one before it")
    kinds: int = Field(4, ge=2, le=5, description="kinds of seeds")
    max_turns: int = Field(0, ge=0, le=10_000, description="0: twice the longest ripening time, and four a kind")


@dataclass
class DelayedCreditState(State):
    """Ripening time and payment of each kind, what was planted each day (`NONE`: nothing), and what is possible.

    ``alive[a]`` is the set of permutations of the payments (bit b: permutation b) that agree with what was harvested,
    if the ripening times are permutation a.
    """

    times: list[int]
    coins: list[int]
    alive: list[int]
    planted: list[int] = field(default_factory=list)
    harvest: int = 0


class DelayedCredit(World[DelayedCreditState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/DelayedCredit-v0",
        family="probes",
        group="delayed_credit",
        about="Find out which seed pays most, from harvests that come late and unlabeled.",
        presets={"8": {"ratio": 2}, "27": {}, "64": {"ratio": 4}, "125": {"ratio": 5}},
        rewards={"coins": Part("coins harvested today, over those of the best kind; on request", 0.0, 10.0, 0.0)},
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="Osband et al. 2020, Behaviour Suite for Reinforcement Learning, arXiv 1908.03568",
    )
    Params, State = DelayedCreditParams, DelayedCreditState

    def __init__(self, params: DelayedCreditParams) -> None:
        super().__init__(params)
        self.kinds = KINDS[: params.kinds]
        self.times = [params.ratio**power for power in range(params.kinds)]
        self.max_turns = params.max_turns or 2 * self.times[-1] + 4 * params.kinds
        self.orders = list(permutations(range(params.kinds)))
        """Permutations: ``orders[a][kind]`` is the place of its ripening time in ``times``, or its coins less one."""
        self._everything = (1 << len(self.orders)) - 1
        self._best = [
            self._where(lambda order, kind=kind: order[kind] == params.kinds - 1) for kind in range(len(self.kinds))
        ]
        self._sums: list[dict[int, int]] = []
        """For each set of kinds that ripen on one day, the payments that give each sum."""
        for ripe in range(1 << params.kinds):
            sums: dict[int, int] = {}
            for number, order in enumerate(self.orders):
                total = sum(coins + 1 for kind, coins in enumerate(order) if ripe >> kind & 1)
                sums[total] = sums.get(total, 0) | 1 << number
            self._sums.append(sums)
        self._clashes = {abs(one - other) for one, other in combinations(self.times, 2)}
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        kind = Word(self.kinds, "kind")
        self._grammar = Grammar(
            Form("plant {kind}", "one seed, today", kind=kind),
            Form("wait", "plant nothing today"),
            Form("name {kind}", "the kind that pays most; ends the task", kind=kind),
        )

    def _where(self, true: Any) -> int:
        return sum(1 << number for number, order in enumerate(self.orders) if true(order))

    def start(self, task: Task, chance: Chance) -> DelayedCreditState:
        times, coins = chance.choice(self.orders), chance.choice(self.orders)
        return DelayedCreditState(
            times=[self.times[place] for place in times],
            coins=[place + 1 for place in coins],
            alive=[self._everything] * len(self.orders),
        )

    def intro(self, state: DelayedCreditState, role: str) -> str:
        return (
            f"You have {len(self.kinds)} kinds of seeds: {', '.join(self.kinds)}. Find out which kind pays most. A "
            "seed ripens some days after it was planted and then pays once. The kinds take "
            f"{_listed(self.times)} days, in an order that you do not know, and pay "
            f"{_listed(range(1, len(self.kinds) + 1))} coins, in another order. Each turn is a day. You are told how "
            f"many coins you harvest, not what they are for. You have {self.max_turns} turns, and you may name a kind "
            "once.\nIt is day 0."
        )

    def grammar(self, state: DelayedCreditState) -> Grammar:
        return self._grammar

    def play(self, state: DelayedCreditState, action: Action, chance: Chance) -> Reply:
        if action[0] == "name":
            right = action[1] == self._answer(state)
            return Reply(f"{'Yes' if right else 'No'}, {self._answer(state)} pays most.", done=True, success=right)
        state.planted.append(self.kinds.index(action[1]) if action[0] == "plant" else NONE)
        ripe = self._ripe(state.planted, state.times, len(state.planted))
        state.harvest = sum(coins for kind, coins in enumerate(state.coins) if ripe >> kind & 1)
        self._hear(state.alive, state.planted, state.harvest)
        day = f"Day {len(state.planted)}"
        if not state.harvest:
            return Reply(f"{day}: nothing is ripe.")
        plural = "" if state.harvest == 1 else "s"
        return Reply(f"{day}: you harvest {state.harvest} coin{plural}.", {"coins": state.harvest / len(self.kinds)})

    def out_of_turns(self, state: DelayedCreditState) -> str:
        return f"You have run out of turns. The kind that pays most is {self._answer(state)}."

    def privileged(self, state: DelayedCreditState) -> Privileged:
        kinds = zip(self.kinds, state.times, state.coins, strict=True)
        told = {kind: {"days": days, "coins": coins} for kind, days, coins in kinds}
        return Privileged(answer=f"name {self._answer(state)}", extra=told)

    def _answer(self, state: DelayedCreditState) -> str:
        return self.kinds[state.coins.index(len(self.kinds))]

    # Knowledge.

    def _ripe(self, planted: Sequence[int], times: Sequence[int], day: int) -> int:
        """The set of kinds of which a seed ripens on a day, if these are their ripening times."""
        ripe = 0
        for kind, time in enumerate(times):
            if time <= day and planted[day - time] == kind:
                ripe |= 1 << kind
        return ripe

    def _days(self, planted: Sequence[int]) -> Iterator[dict[int, int]]:
        """For each order of the ripening times what may be harvested on the day after the last planting."""
        for order in self.orders:
            times = [self.times[place] for place in order]
            yield self._sums[self._ripe(planted, times, len(planted))]

    def _hear(self, alive: list[int], planted: Sequence[int], harvest: int) -> None:
        """Take out of ``alive`` what does not agree with today's harvest."""
        for number, sums in enumerate(self._days(planted)):
            if alive[number]:
                alive[number] &= sums.get(harvest, 0)

    def _weights(self, alive: Sequence[int]) -> list[int]:
        """For each kind, in how many of the possible tasks it pays most."""
        return [sum((coins & best).bit_count() for coins in alive) for best in self._best]

    def hidden_key(self, state: DelayedCreditState) -> Any:
        return [state.times, state.coins]

    def secrets(self) -> float:
        return float(len(self.orders) ** 2)

    def known(self, state: DelayedCreditState, role: str) -> Any:
        return [state.planted[-self.times[-1] :], state.alive]

    def view(self, state: DelayedCreditState, role: str) -> Any:
        return [len(state.planted), state.harvest]

    def belief(self, state: DelayedCreditState, role: str) -> Belief:
        return Belief(entropy(self._weights(state.alive)))

    def gain(self, state: DelayedCreditState, action: Action) -> float:
        before = entropy(self._weights(state.alive))
        if action[0] == "name":
            return 0.0  # what the end tells is of no use any more
        planted = [*state.planted, self.kinds.index(action[1]) if action[0] == "plant" else NONE]
        outcomes: dict[int, list[int]] = {}
        for alive, sums in zip(state.alive, self._days(planted), strict=True):
            for harvest, coins in sums.items() if alive else ():
                if alive & coins:
                    weights = outcomes.setdefault(harvest, [0] * len(self.kinds))
                    for kind, best in enumerate(self._best):
                        weights[kind] += (alive & coins & best).bit_count()
        total = sum(map(sum, outcomes.values()))
        return max(0.0, before - sum(sum(weights) / total * entropy(weights) for weights in outcomes.values()))

    def best_gain(self, state: DelayedCreditState) -> tuple[Action, float]:
        actions: list[Action] = [("wait",), *(("plant", kind) for kind in self.kinds)]
        return max(((action, self.gain(state, action)) for action in actions), key=lambda pair: pair[1])

    def resample(self, state: DelayedCreditState, role: str, chance: Chance) -> DelayedCreditState:
        new = state.copy()
        number = chance.below(sum(coins.bit_count() for coins in state.alive))
        for order, coins in zip(self.orders, state.alive, strict=True):  # noqa: B007 (used after the loop)
            if number < coins.bit_count():
                break
            number -= coins.bit_count()
        for _ in range(number):
            coins &= coins - 1
        new.times = [self.times[place] for place in order]
        new.coins = [place + 1 for place in self.orders[(coins & -coins).bit_length() - 1]]
        return new

    # Players.

    def solver(self, state: DelayedCreditState) -> list[str]:
        return [f"name {self._answer(state)}"]

    def expert(self, history: History, chance: Chance) -> str:
        """Plants the kinds whose payment is open on days that keep their harvests apart; names when it is sure."""
        alive, planted = [self._everything] * len(self.orders), []
        for text, said in turns(history):
            told = DAY.match(said)
            if told:
                try:
                    action = self._grammar.parse(text)
                except BadAction:
                    continue
                planted.append(self.kinds.index(action[1]) if action[0] == "plant" else NONE)
                self._hear(alive, planted, int(told[2] or 0))
        weights = self._weights(alive)
        if max(weights) == sum(weights) or len(history) // 2 >= self.max_turns - 1:
            return f"name {self.kinds[weights.index(max(weights))]}"
        today, longest = len(planted), self.times[-1]
        waiting = [day for day in range(max(0, today - longest + 1), today) if planted[day] != NONE]
        open_kinds = [kind for kind in range(len(self.kinds)) if weights[kind] and not self._settled(alive, kind)]
        due = [kind for kind in open_kinds if kind not in {planted[day] for day in waiting}]
        apart = all(today - day not in self._clashes for day in waiting)
        enough = len(open_kinds) - len(due) > 0 and len(due) == 1  # the last one follows from the others
        return f"plant {self.kinds[due[0]]}" if due and apart and not enough else "wait"

    def _settled(self, alive: Sequence[int], kind: int) -> bool:
        """Whether only one payment of a kind is possible."""
        coins = 0
        for possible in alive:
            coins |= possible
        found = {order[kind] for number, order in enumerate(self.orders) if coins >> number & 1}
        return len(found) == 1

    def board(self, state: DelayedCreditState) -> str:
        styles = {NONE: "[dim]·[/]", **{place: f"[{kind}]●[/]" for place, kind in enumerate(self.kinds)}}
        field_ = "".join(styles[kind] for kind in state.planted)
        return f"day {len(state.planted)}, today {state.harvest} coins\n{field_}"


def _listed(numbers: Sequence[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"


register(DelayedCredit)
