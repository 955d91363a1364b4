"""Best-arm identification: a fixed number of pulls, then one answer (PAPRIKA, arXiv 2502.17543, section 3).

The best arm is uniform, the gap e is uniform on [0.2, 0.4], the best arm's mean is 1/2 + e/2, every other arm's is
uniform on [0, 1/2 - e/2], all drawn anew for each task. 20 pulls pay 0 or 1, then the reply must name the best arm. A
reply that names no arm uses up its pull, or the answer. The default parameters are the paper's; where it tests on one
setting, we test on five, of as many arms (see `stories`). Stories are held out; plain arms (for small models) have the
same names in every split, and only the means are new.

The belief is the exact posterior of which arm is best under this prior. The expert pulls the less tried of the two
likeliest arms, which is top-two sampling without the dice, and answers the likeliest. Its success is within 1.5 points
of the Bayes optimum where that can be computed (2 and 3 arms, up to 10 pulls; in the tests). With 3 to 10 arms no
rule among the largest expected gain, Thompson sampling, random top-two sampling, always the likeliest arm and uniform
pulls was measurably better (1,000 games each, standard error 1 to 1.5 points).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from scoutgym.envs.bandits.arms import arm_grammar, picture, read_names, read_tries
from scoutgym.envs.bandits.posterior import Counts, GapPrior
from scoutgym.envs.bandits.stories import STORIES, cast, check_arms
from scoutgym.envs.belief import entropy
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

REWARDS = ("The reward is 0.", "The reward is 1.")


class BestArmParams(Params):
    """How many arms and pulls there are, and how far the best arm stands out.

    ``pulls`` and ``max_turns`` (one more, for the answer) say the same: either may be given.
    """

    arms: int = Field(0, ge=0, le=10, description="how many arms there are; 0: as many as the story has")
    pulls: int = Field(20, ge=2, le=1000, description="how many pulls there are before the answer")
    gap_low: float = Field(0.2, ge=0.01, le=0.9, description="the smallest gap; the best mean is 1/2 + gap/2")
    gap_high: float = Field(0.4, ge=0.01, le=0.9, description="the largest gap; other means are below 1/2 - gap/2")
    plain: bool = Field(False, description="arms a, b, c, … without a story")
    max_turns: int = Field(21, ge=3, le=1001, description="the pulls and the answer")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        given = dict(given)
        if isinstance(given.get("pulls"), int):
            given.setdefault("max_turns", given["pulls"] + 1)
        elif isinstance(given.get("max_turns"), int):
            given.setdefault("pulls", given["max_turns"] - 1)
        return given

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.max_turns != self.pulls + 1:
            raise ValueError(f"{self.pulls} pulls and the answer are {self.pulls + 1} turns: leave max_turns out")
        if self.arms == 1:
            raise ValueError("one arm leaves nothing to find out: give at least 2, or 0 for the story's own number")
        if self.gap_low > self.gap_high:
            raise ValueError(f"gap_low={self.gap_low} must not be above gap_high={self.gap_high}")
        check_arms(self.arms, self.plain)
        return self


@dataclass
class BestArmState(State):
    """The story and its arms, their hidden means, and the record of tries and rewards of each arm."""

    story: int
    arms: tuple[str, ...]
    means: list[float]
    best: int
    tries: list[int]
    ones: list[int]
    turn: int = 0
    last: int = -1
    """The last reward; -1 where there was none."""


class BestArm(World[BestArmState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/BestArm-v0",
        family="bandits",
        group="best_arm",
        about="Find the best arm of a bandit with a fixed number of pulls, then name it.",
        presets={
            "tiny": {"arms": 2, "pulls": 6, "max_turns": 7, "gap_low": 0.5, "gap_high": 0.7, "plain": True},
            "3": {"arms": 3, "pulls": 10, "max_turns": 11, "gap_low": 0.4, "gap_high": 0.6, "plain": True},
            "paper": {},
            "hard": {"gap_low": 0.1, "gap_high": 0.2},
            "beyond": {"arms": 10, "pulls": 30, "max_turns": 31, "plain": True},
        },
        hidden=True,
        holdout="surface",
        expert="strong",
        belief="exact",
        paper="PAPRIKA, arXiv 2502.17543",
    )
    Params, State = BestArmParams, BestArmState
    # PAPRIKA runs its 81 training settings again and again with new means, and its test setting 100 times.
    counts = {"train": 81_000, "dev": 200, "test": 100}

    def __init__(self, params: BestArmParams) -> None:
        super().__init__(params)
        self.pulls = params.pulls
        self.prior = GapPrior(params.gap_low, params.gap_high)

    def start(self, task: Task, chance: Chance) -> BestArmState:
        story, arms = cast(task, self.params.arms, self.params.plain, chance)
        gap = chance.uniform(self.params.gap_low, self.params.gap_high)
        best = chance.below(len(arms))
        means = [0.5 + gap / 2 if arm == best else chance.uniform(0.0, 0.5 - gap / 2) for arm in range(len(arms))]
        return BestArmState(story, arms, means, best, tries=[0] * len(arms), ones=[0] * len(arms))

    def intro(self, state: BestArmState, role: str) -> str:
        story = STORIES[state.story]
        return (
            f"{story.setting} Each {story.noun} gives a reward of 1 with a chance of its own that stays the same, and "
            f"otherwise 0. One {story.noun} is better than all others. You have {self.pulls} tries. After that, name "
            f"the best {story.noun}. A reply that names none wastes a try."
        )

    def grammar(self, state: BestArmState) -> Grammar:
        return arm_grammar(state.arms)

    def play(self, state: BestArmState, action: Action, chance: Chance) -> Reply:
        arm = state.arms.index(action[1])
        state.turn += 1
        if state.turn > self.pulls:
            noun, best = STORIES[state.story].noun, state.arms[state.best]
            right = arm == state.best
            return Reply(f"{'Yes' if right else 'No'}, {best} is the best {noun}.", done=True, success=right)
        state.last = reward = int(chance.random() < state.means[arm])
        state.tries[arm] += 1
        state.ones[arm] += reward
        return Reply(REWARDS[reward] if state.turn < self.pulls else f"{REWARDS[reward]} {self._question(state)}")

    def refuse(self, state: BestArmState, reason: str, chance: Chance) -> Reply:
        state.turn += 1
        state.last = -1
        text = f"Invalid action: {reason}. This wastes {'a try' if state.turn <= self.pulls else 'the answer'}."
        return Reply(f"{text} {self._question(state)}" if state.turn == self.pulls else text, invalid=True)

    def out_of_turns(self, state: BestArmState) -> str:
        return f"The best {STORIES[state.story].noun} was {state.arms[state.best]}."

    def privileged(self, state: BestArmState) -> Privileged:
        arms = state.arms
        extra = {"arms": list(arms), "means": [list(state.means)], "best": [arms[state.best]], "tries": [*state.tries]}
        return Privileged(answer=arms[state.best], extra=extra)

    def hidden_key(self, state: BestArmState) -> list[float]:
        return list(state.means)

    def known(self, state: BestArmState, role: str) -> Any:
        record = zip(state.tries, state.ones, strict=True)
        return {"turn": state.turn, "arms": dict(zip(state.arms, map(list, record), strict=True))}

    def view(self, state: BestArmState, role: str) -> Any:
        return [state.last, state.turn == self.pulls]

    def belief(self, state: BestArmState, role: str) -> Belief:
        return Belief(entropy(self.prior.posterior(_counts(state))))

    def gain(self, state: BestArmState, action: Action) -> float:
        if state.turn >= self.pulls:
            return 0.0  # an answer tells what is right, but nothing can be done with it any more
        return self.prior.gain(_counts(state), state.arms.index(action[1]))

    def best_gain(self, state: BestArmState) -> tuple[Action, float]:
        counts = _counts(state)
        if state.turn >= self.pulls:
            return ("choose", state.arms[_two_likeliest(self.prior.posterior(counts), counts)[0]]), 0.0
        gains = [self.prior.gain(counts, arm) for arm in range(len(counts))]
        best = max(range(len(counts)), key=gains.__getitem__)
        return ("choose", state.arms[best]), gains[best]

    def resample(self, state: BestArmState, role: str, chance: Chance) -> BestArmState:
        new = state.copy()
        new.means = self.prior.draw(_counts(state), chance)
        new.best = max(range(len(new.means)), key=new.means.__getitem__)
        return new

    def solver(self, state: BestArmState) -> list[str]:
        return [state.arms[state.best]] * (self.max_turns - state.turn)

    def expert(self, history: History, chance: Chance) -> str:
        names = read_names(history)
        tries = read_tries(history, arm_grammar(names), names)
        record = [[0, 0] for _ in names]
        for done in tries:
            if done is not None:
                record[done[0]][0] += 1
                record[done[0]][1] += int(done[1])
        counts = tuple((n, s) for n, s in record)
        first, second = _two_likeliest(self.prior.posterior(counts), counts)
        if len(tries) < self.pulls and counts[second][0] < counts[first][0]:
            return names[second]
        return names[first]

    def board(self, state: BestArmState) -> str:
        left = self.pulls - state.turn
        todo = f"{left} of {self.pulls} tries left" if left > 0 else self._question(state)
        return f"{picture(state.arms, state.tries, state.ones)}\n\n[italic]{todo}[/]"

    @staticmethod
    def _question(state: BestArmState) -> str:
        noun = STORIES[state.story].noun
        return f"That was the last try. Which {noun} is best?"


def _counts(state: BestArmState) -> Counts:
    return tuple(zip(state.tries, state.ones, strict=True))


def _two_likeliest(posterior: list[float], counts: Counts) -> list[int]:
    """The two likeliest arms, the likeliest first; of equally likely ones those tried less, then those named first."""
    return sorted(range(len(counts)), key=lambda arm: (-round(posterior[arm], 9), counts[arm][0]))[:2]


register(BestArm)
