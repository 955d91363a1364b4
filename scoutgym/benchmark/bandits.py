"""What a bandit episode shows: the named regrets, and the ways to stop exploring.

Suffix failure, K·MinFrac and the greedy fraction are those of Krishnamurthy et al. (2024), "Can large language models
explore in-context?", section 3: an agent with high suffix failure has stopped exploring too early, one with high
K·MinFrac explores uniformly for ever. Where contexts are announced, the best arm and the averages are those of the
context of the round. ``bayes_regret`` is left out: nothing here computes it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from scoutgym.benchmark.measures import Share
from scoutgym.envs.bandits.arms import arm_grammar, read_tries
from scoutgym.envs.grammar import BadAction
from scoutgym.types import Episode, Outcome

GROUPS = frozenset({"best_arm", "regret_bandit"})
"""The groups whose worlds leave the record that `tries` reads."""

TIE = 1e-12


class Try(NamedTuple):
    """One round of pulling. ``arm`` is None where the round was wasted; ``means`` are the arms' of this round."""

    arm: int | None
    reward: float
    context: int
    means: Sequence[float]

    @property
    def best(self) -> bool:
        """Whether an arm of the largest mean was pulled."""
        return self.arm is not None and self.means[self.arm] >= max(self.means) - TIE


def tries(episode: Episode) -> list[Try] | None:
    """The rounds of a bandit episode; None where it is none.

    A regret bandit keeps its rounds in ``privileged``. The best-arm bandit keeps its means there, and says each reward
    in the observation.
    """
    truth = episode.privileged
    if "arms" not in truth or "means" not in truth:
        return None
    if "turns" in truth:
        count, low, high = len(truth["arms"]), truth["low"], truth["high"]
        rounds = []
        for turn in truth["turns"]:
            means = [high if arm == turn["best"] else low for arm in range(count)]
            rounds.append(Try(turn["arm"], float(turn["reward"]), turn["context"], means))
        return rounds
    names, (means,) = tuple(truth["arms"]), truth["means"]
    history = [text for turn in episode.turns for text in (turn.obs, turn.action)] + [episode.final_observation]
    pulls = read_tries(history, arm_grammar(names), names)
    if episode.terminated:
        pulls = pulls[:-1]  # the last turn names the best arm
    return [Try(None, 0.0, 0, means) if pull is None else Try(pull[0], pull[1], 0, means) for pull in pulls]


def simple_regret(episode: Episode) -> Share | None:
    """Mean of the best arm minus mean of the arm named in the end; naming none costs as much as naming the worst."""
    truth = episode.privileged
    if "arms" not in truth or "means" not in truth or "turns" in truth or not episode.terminated:
        return None
    names, (means,) = tuple(truth["arms"]), truth["means"]
    named = min(means)
    last = episode.turns[-1]
    if last.outcome != Outcome.INVALID_ACTION:
        with suppress(BadAction):  # a wrapper may have found the arm's name in a longer text
            named = means[names.index(arm_grammar(names).parse(last.action)[1])]
    return Share(max(means) - named, 1)


def cumulative_pseudo_regret(episode: Episode) -> Share | None:
    """Sum over rounds of the best arm's mean, in that round, minus the pulled arm's: against a clairvoyant player.

    A wasted round pays nothing. None where pulls do not pay (best-arm identification).
    """
    rounds = tries(episode)
    return None if rounds is None or "turns" not in episode.privileged else Share(sum(map(_gap, rounds)), 1)


def suffix_failure(episode: Episode) -> Share | None:
    """1 where the best arm was never pulled in the last half of the rounds."""
    rounds = tries(episode)
    return Share(float(not any(one.best for one in rounds[len(rounds) // 2 :])), 1) if rounds else None


def k_min_frac(episode: Episode) -> Share | None:
    """K times the share of the least pulled arm: 1 when all arms were pulled equally often."""
    rounds = tries(episode)
    if not rounds:
        return None
    pulled = [one.arm for one in rounds]
    arms = len(rounds[0].means)
    return Share(arms * min(pulled.count(arm) for arm in range(arms)) / len(pulled), 1)


def greedy_fraction(episode: Episode) -> Share | None:
    """Pulls of an arm whose average reward so far was the largest, over the rounds in which some arm had an average."""
    rounds = tries(episode)
    if not rounds:
        return None
    record: dict[int, dict[int, list[float]]] = {}
    greedy = of = 0
    for arm, reward, context, _ in rounds:
        seen = record.setdefault(context, {})
        if seen:
            averages = {a: sum(rewards) / len(rewards) for a, rewards in seen.items()}
            of += 1
            greedy += arm in averages and averages[arm] >= max(averages.values()) - TIE
        if arm is not None:
            seen.setdefault(arm, []).append(reward)
    return Share(greedy, of)


MEASURES: Mapping[str, Callable[[Episode], Share | None]] = {
    "simple_regret": simple_regret,
    "cumulative_pseudo_regret": cumulative_pseudo_regret,
    "suffix_failure": suffix_failure,
    "k_min_frac": k_min_frac,
    "greedy_fraction": greedy_fraction,
}
"""The measures of bandits, by the name they have in tables and in JSON."""


def regret_curve(episodes: Sequence[Episode]) -> list[float]:
    """Mean cumulative pseudo-regret after 0, 1, 2, … rounds; empty where pulls do not pay."""
    lines = [[_gap(one) for one in tries(episode) or ()] for episode in episodes if "turns" in episode.privileged]
    curve = [0.0] if lines else []
    for t in range(max(map(len, lines), default=0)):
        # Gaps are averaged and then summed: a mean of sums would fall where an episode ends early.
        gaps = [line[t] for line in lines if len(line) > t]
        curve.append(curve[-1] + sum(gaps) / len(gaps))
    return curve


def _gap(one: Try) -> float:
    return max(one.means) - (0.0 if one.arm is None else one.means[one.arm])
