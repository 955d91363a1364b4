"""The fixed-horizon bandit in which every reward counts, with the instances of Krishnamurthy et al. (arXiv 2403.15371).

One arm has the mean 1/2 + gap/2, all others 1/2 - gap/2; which one is uniform. Each of ``max_turns`` tries pays its own
reward as the part ``pull`` (the reward, never the regret); a reply that names no arm uses up a turn and pays nothing.
The paper's instances are ``hard`` (5 arms, gap 0.2; the default) and ``easy`` (4 arms, gap 0.5), with 100 tries; its
summarized history is ``summary``. Beyond it: Gaussian rewards (``sd``), a context that is announced before each try
and has a best arm of its own (``contexts``), and a best arm that moves without notice, with probability ``hazard``
after each turn (piecewise constant). The settings are those of `stories`, held out by split; plain arms have the same
names in every split.

Success, which pays nothing by itself, is that more than half of the tries in the second half of the horizon went to
the arm that was best at that time.

The belief is exact, the sum over contexts of the entropy of which arm is best in the coming turn. Where the best arm
moves, that entropy also rises by itself, so a gain is about the coming turn alone, and the belief says ``bound``: what
is told later can only lower it. The expert tries the likeliest arm of the exact posterior. Knowing both means, that
explores enough, for each pull tells whether its arm is the best: in the tests it collects more than UCB1 and Thompson
sampling, even where that knows the means too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import Field, model_validator

from scoutgym.envs.bandits.arms import arm_grammar, picture, read_names, read_tries
from scoutgym.envs.bandits.posterior import PairPrior, Seen
from scoutgym.envs.bandits.stories import STORIES, cast, check_arms
from scoutgym.envs.belief import entropy
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

CONTEXTS = ("sunny", "rainy", "windy", "foggy", "snowy", "cloudy")
REWARDS = ("The reward is 0.", "The reward is 1.")
LARGEST_NOISE = 8.6
"""The largest deviate of `Chance.normal`, in standard deviations: sqrt(2 log 2^53)."""

_CONTEXT = re.compile(r"It is (\w+) now\.")


class RegretParams(Params):
    """The instance: arms, gap, noise, contexts, changes; and how the history is told."""

    arms: int = Field(5, ge=2, le=10, description="how many arms there are")
    gap: float = Field(0.2, gt=0.0, le=0.9, description="the best arm's mean minus the others'")
    sd: float = Field(0.0, ge=0.0, le=5.0, description="standard deviation of Gaussian rewards; 0: rewards are 0 or 1")
    contexts: int = Field(1, ge=1, le=len(CONTEXTS), description="how many contexts there are; 1: none is announced")
    hazard: float = Field(0.0, ge=0.0, le=0.5, description="the chance, after each turn, that the best arm changes")
    summary: bool = Field(False, description="each reply lists the tries and average rewards so far")
    plain: bool = Field(False, description="arms a, b, c, … without a story")
    max_turns: int = Field(100, ge=2, le=1000, description="the horizon: how many tries there are")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if 0.0 < self.sd < 0.1:
            raise ValueError(f"sd={self.sd} is too small: give at least 0.1, or 0 for rewards of 0 and 1")
        if 0.0 < self.hazard < 1e-6:
            raise ValueError(f"hazard={self.hazard} is too small: give at least 0.000001, or 0 for no changes")
        check_arms(self.arms, self.plain)
        return self


@dataclass
class RegretState(State):
    """The story and its arms, the hidden best arms, and the record."""

    story: int
    arms: tuple[str, ...]
    path: list[list[int]]
    """For each context, the best arm of each turn of the horizon; one arm where it never moves."""
    contexts: list[int]
    """The context of each turn of the horizon; the coming one has been announced."""
    tries: list[int]
    """How often each arm was tried: K numbers for the first context, K for the next, …"""
    sums: list[float]
    """The rewards of those tries."""
    pulled: list[int] = field(default_factory=list)
    """The arm of each turn, -1 where it was wasted."""
    rewards: list[float] = field(default_factory=list)


class RegretBandit(World[RegretState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/RegretBandit-v0",
        family="bandits",
        group="regret_bandit",
        about="Collect as much reward as you can from a bandit in a fixed number of pulls.",
        presets={
            "tiny": {"arms": 2, "gap": 0.8, "max_turns": 10, "plain": True},
            "hard": {},
            "easy": {"arms": 4, "gap": 0.5},
            "hard-summary": {"summary": True},
            "easy-summary": {"arms": 4, "gap": 0.5, "summary": True},
            "gaussian": {"sd": 0.5},
            "contextual": {"arms": 3, "gap": 0.5, "contexts": 3},
            "changing": {"arms": 3, "gap": 0.5, "hazard": 0.03},
            "beyond": {"arms": 10, "max_turns": 300, "plain": True, "contexts": 2, "hazard": 0.005},
        },
        rewards={"pull": Part("the reward of the try")},
        success=Part("1 at the end if most late tries went to the best arm; pays nothing by itself", weight=0.0),
        hidden=True,
        holdout="surface",
        expert="strong",
        belief="exact",
        paper="Krishnamurthy et al., arXiv 2403.15371",
    )
    Params, State = RegretParams, RegretState
    counts = {"train": 81_000, "dev": 200, "test": 200}

    def __init__(self, params: RegretParams) -> None:
        super().__init__(params)
        self.arms, self.sd, self.contexts = params.arms, params.sd, params.contexts
        self.summary = params.summary
        self.steps = self.max_turns if params.hazard else 1
        self.prior = PairPrior(params.arms, params.gap, params.sd, params.hazard)
        reach = LARGEST_NOISE * params.sd
        pull = Part("the reward of the try", self.prior.low - reach, self.prior.high + reach) if params.sd else None
        self._parts = self.spec.parts if pull is None else {**self.spec.parts, "pull": pull}

    @property
    def parts(self) -> Mapping[str, Part]:
        return self._parts

    def start(self, task: Task, chance: Chance) -> RegretState:
        story, arms = cast(task, self.arms, self.params.plain, chance)
        cells = self.contexts * self.arms
        path = [self.prior.path(chance.below(self.arms), self.steps, chance) for _ in range(self.contexts)]
        contexts = self._weather(self.max_turns, chance)
        return RegretState(story, arms, path, contexts, tries=[0] * cells, sums=[0.0] * cells)

    def intro(self, state: RegretState, role: str) -> str:
        story = STORIES[state.story]
        if self.sd:
            text = f"{story.setting} Each {story.noun} gives rewards that vary about an average of its own."
        else:
            text = f"{story.setting} Each {story.noun} gives a reward of 1 with a chance of its own, and otherwise 0."
        if self.contexts > 1:
            known = CONTEXTS[: self.contexts]
            text += f" Which is best depends on the weather: {', '.join(known[:-1])} or {known[-1]}."
        if self.params.hazard:
            text += f" From time to time another {story.noun} becomes the best, and nobody tells you."
        text += f" You have {self.max_turns} tries. Collect as much reward as you can."
        return f"{text} A reply that names no {story.noun} wastes a try.{self._announcement(state)}"

    def grammar(self, state: RegretState) -> Grammar:
        return arm_grammar(state.arms)

    def play(self, state: RegretState, action: Action, chance: Chance) -> Reply:
        arm = state.arms.index(action[1])
        turn = len(state.pulled)
        context = state.contexts[turn]
        prior = self.prior
        mean = prior.high if arm == state.path[context][turn if self.steps > 1 else 0] else prior.low
        if self.sd:
            reward = round(chance.normal(mean, self.sd), 2) + 0.0  # never minus zero
            text = f"The reward is {reward:.2f}."
        else:
            reward = 1.0 if chance.random() < mean else 0.0
            text = REWARDS[1 if reward else 0]
        cell = context * self.arms + arm
        state.tries[cell] += 1
        state.sums[cell] += reward
        return self._turn(state, arm, reward, Reply(text, {"pull": reward}))

    def refuse(self, state: RegretState, reason: str, chance: Chance) -> Reply:
        return self._turn(state, -1, 0.0, Reply(f"Invalid action: {reason}. This wastes a try.", invalid=True))

    def _turn(self, state: RegretState, arm: int, reward: float, reply: Reply) -> Reply:
        """Book a turn, and say what comes next."""
        state.pulled.append(arm)
        state.rewards.append(reward)
        if len(state.pulled) == self.max_turns:
            total = f"{sum(state.rewards):.{2 if self.sd else 0}f}"
            reply.text += f" That was the last try. You have collected {total}."
            reply.done, reply.success = True, self._found(state)
        elif self.contexts > 1 or self.summary:
            reply.text += self._announcement(state)
        return reply

    def _weather(self, turns: int, chance: Chance) -> list[int]:
        return [chance.below(self.contexts) for _ in range(turns)] if self.contexts > 1 else [0] * turns

    def _now(self, state: RegretState) -> int:
        """The context of the coming turn, and of the last one when all are over."""
        return state.contexts[min(len(state.pulled), self.max_turns - 1)]

    def _announcement(self, state: RegretState) -> str:
        context = self._now(state)
        text = f" It is {CONTEXTS[context]} now." if self.contexts > 1 else ""
        if not (self.summary and state.pulled):
            return text
        when = f" when {CONTEXTS[context]}" if self.contexts > 1 else ""
        cells, tries, sums = context * self.arms, state.tries, state.sums
        parts = [
            f"{name} {tries[cell]} ({sums[cell] / tries[cell]:.2f})" if tries[cell] else f"{name} 0"
            for cell, name in enumerate(state.arms, cells)
        ]
        return f"{text} Tries{when} so far (average reward): {', '.join(parts)}."

    def _best(self, state: RegretState, context: int, turn: int) -> int:
        """The arm that is best in a context at a turn."""
        return state.path[context][min(turn, self.steps - 1)]

    def _found(self, state: RegretState) -> bool:
        """Whether more than half of the turns of the second half went to the arm that was best."""
        half = self.max_turns // 2
        turns = range(half, self.max_turns)
        hits = sum(state.pulled[turn] == self._best(state, state.contexts[turn], turn) for turn in turns)
        return 2 * hits > len(turns)

    def privileged(self, state: RegretState) -> Privileged:
        best = [self._best(state, context, len(state.pulled)) for context in range(self.contexts)]
        means = [[self.prior.high if arm == b else self.prior.low for arm in range(self.arms)] for b in best]
        extra = {
            "arms": list(state.arms),
            "contexts": list(CONTEXTS[: self.contexts]) if self.contexts > 1 else [],
            "means": means,  # a row for each context, as they are in the coming turn
            "best": [state.arms[b] for b in best],
            "low": self.prior.low,
            "high": self.prior.high,
            "turns": [  # arm is None where the turn was wasted
                {"context": c, "arm": arm if arm >= 0 else None, "best": self._best(state, c, t), "reward": reward}
                for t, (c, arm, reward) in enumerate(zip(state.contexts, state.pulled, state.rewards, strict=False))
            ],
        }
        return Privileged(answer=state.arms[best[self._now(state)]], extra=extra)

    def hidden_key(self, state: RegretState) -> list[list[int]]:
        return state.path

    def secrets(self) -> float:
        return float("inf") if self.params.hazard else float(self.arms) ** self.contexts

    def known(self, state: RegretState, role: str) -> Any:
        record = {
            CONTEXTS[context]: {
                name: [state.tries[cell], round(state.sums[cell], 2)]
                for cell, name in enumerate(state.arms, context * self.arms)
            }
            for context in range(self.contexts)
        }
        known: dict[str, Any] = {"turn": len(state.pulled), "context": self._now(state), "arms": record}
        if self.params.hazard:  # what was told lately counts for more
            known["turns"] = [[c, a if a is None else state.arms[a], reward] for c, a, reward in self._log(state)]
        return known

    def view(self, state: RegretState, role: str) -> Any:
        shown: list[Any] = [state.rewards[-1] if state.rewards else None, self._now(state)]
        if self.summary:
            cells = slice(self._now(state) * self.arms, (self._now(state) + 1) * self.arms)
            shown += [state.tries[cells], [round(total, 2) for total in state.sums[cells]]]
        return shown

    def belief(self, state: RegretState, role: str) -> Belief:
        bits = sum(entropy(weights) for weights in self._beliefs(state))
        return Belief(bits, "bound" if self.params.hazard else "exact")

    def gain(self, state: RegretState, action: Action) -> float:
        if len(state.pulled) >= self.max_turns:
            return 0.0
        return self.prior.gain(self._beliefs(state)[self._now(state)], state.arms.index(action[1]))

    def best_gain(self, state: RegretState) -> tuple[Action, float]:
        weights = self._beliefs(state)[self._now(state)]
        gains = [self.prior.gain(weights, arm) for arm in range(self.arms)]
        best = max(range(self.arms), key=gains.__getitem__)
        return ("choose", state.arms[best]), gains[best] if len(state.pulled) < self.max_turns else 0.0

    def resample(self, state: RegretState, role: str, chance: Chance) -> RegretState:
        new = state.copy()
        log = self._log(state)
        new.path = [self.prior.draw(context, log, self.steps, chance) for context in range(self.contexts)]
        drawn = len(log) + 2  # the coming turn's context is known, and the one after it is on its way
        new.contexts[drawn:] = self._weather(max(0, self.max_turns - drawn), chance)
        return new

    def solver(self, state: RegretState) -> list[str]:
        turns = range(len(state.pulled), self.max_turns)
        return [state.arms[self._best(state, state.contexts[turn], turn)] for turn in turns]

    def expert(self, history: History, chance: Chance) -> str:
        names = read_names(history)
        told = [_CONTEXT.findall(said) for said in history[::2]]
        contexts = [CONTEXTS.index(words[-1]) if words else 0 for words in told]
        tries = read_tries(history, arm_grammar(names), names)
        log = [(c, *(done or (None, 0.0))) for c, done in zip(contexts, tries, strict=False)]
        weights = self.prior.filter(self.contexts, log)[contexts[-1]]
        return names[max(range(len(names)), key=lambda arm: round(weights[arm], 9))]

    def board(self, state: RegretState) -> str:
        blocks = []
        for context in range(self.contexts):
            cells = slice(context * self.arms, (context + 1) * self.arms)
            now = " [cyan]now[/]" if context == self._now(state) else ""
            heading = f"[italic]{CONTEXTS[context]}[/]{now}\n" if self.contexts > 1 else ""
            blocks.append(heading + picture(state.arms, state.tries[cells], state.sums[cells]))
        done = len(state.pulled)
        blocks.append(
            f"[italic]collected {sum(state.rewards):g}; {self.max_turns - done} of {self.max_turns} tries left[/]"
        )
        return "\n\n".join(blocks)

    def _log(self, state: RegretState) -> list[Seen]:
        turns = zip(state.contexts, state.pulled, state.rewards, strict=False)
        return [(context, arm if arm >= 0 else None, reward) for context, arm, reward in turns]

    def _beliefs(self, state: RegretState) -> list[list[float]]:
        return self.prior.filter(self.contexts, self._log(state))


register(RegretBandit)
