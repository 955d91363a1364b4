"""What was played, on its way into a loss and into the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from scoutgym.agents.collect import Collected
from scoutgym.agents.outcomes import success
from scoutgym.agents.training.config import ObjectiveConfig
from scoutgym.agents.training.credit.core import Credited
from scoutgym.agents.training.credit.returns import episode_return
from scoutgym.agents.training.evaluation import bits_per_turn
from scoutgym.agents.training.objective.imitation import filtered, reward_weights
from scoutgym.agents.training.objective.overlong import episode_weights
from scoutgym.agents.training.objective.preference import preference_pairs, preference_rows
from scoutgym.agents.training.objective.refuel import refuel_rows
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.agents.training.scoring import VERDICT
from scoutgym.curricula.core import GroupStats
from scoutgym.types import Episode, Group, Outcome


def learned_from(groups: Sequence[Group], credited: Credited, config: ObjectiveConfig, seed: int) -> list[Row]:
    """The rows that an objective learns from: all that was credited, what succeeded, or pairs.

    Args:
        groups: whole ones.
        credited: by the credit rule; only the objective ``policy`` reads it.
        config: names the objective.
        seed: of the pairs.
    """
    if config.name == "preference":
        return preference_rows(preference_pairs(groups, seed))
    if config.name == "imitation":
        return _imitated(groups, config)
    if config.name == "refuel":  # members of a branch begin at the turn in which they part
        asked = [[episode for episode in group.episodes if episode.turns[0].ids] for group in groups]
        pairs = [(episodes[0], other) for episodes in asked for other in episodes[1:]]
        return refuel_rows(pairs, [0] * len(pairs))
    rows = []
    for g, group in enumerate(groups):
        turns = credited.turns[g] if credited.tokens is None else credited.tokens[g]
        for e, episode in enumerate(group.episodes if turns is not None else []):
            weights = episode_weights(episode, config.mask_overlong, config.mask_over_turn)
            rows += episode_rows(episode, _number(groups, g) + e, turns[e], weights)  # type: ignore[index]  # not None
    return rows


def _imitated(groups: Sequence[Group], config: ObjectiveConfig) -> list[Row]:
    if config.imitate == "successes":
        chosen = filtered(groups)
        weights = [1.0] * len(chosen)
    else:
        chosen = [episode for group in groups for episode in group.episodes]
        weights = reward_weights([episode.total for episode in chosen], config.beta)
    rows = []
    for number, (episode, weight) in enumerate(zip(chosen, weights, strict=True)):
        count = len(episode.turns)
        rows += episode_rows(episode, number, [1.0] * count, [weight] * count)
    return rows


def _number(groups: Sequence[Group], g: int) -> int:
    """The number of a group's first episode."""
    return sum(len(group.episodes) for group in groups[:g])


def described(came: Collected) -> dict[str, Any]:
    """Scalars of all that was played, by arm."""
    by_arm: dict[str, list[Episode]] = defaultdict(list)
    for draw, episodes in zip(came.drawn, came.played, strict=True):
        by_arm[draw.arm] += episodes
    outcomes, chosen = counted(came), Counter(draw.arm for draw in came.drawn)
    scalars: dict[str, Any] = {"episodes": sum(map(len, by_arm.values())), **came.rates}
    scalars |= {f"outcome/{outcome}": count / outcomes.total() for outcome, count in sorted(outcomes.items())}
    for arm, episodes in sorted(by_arm.items()):
        turns = [turn for episode in episodes for turn in episode.turns]
        scalars[f"curriculum/chosen/{arm}"] = chosen[arm]
        if not turns:
            continue
        scalars[f"return/{arm}"] = fmean(episode.total for episode in episodes)
        scalars[f"success/{arm}"] = fmean(float(episode.success or 0.0) for episode in episodes)
        verdicts = [
            one.turns[-1].rewards[VERDICT] for one in episodes if one.turns and VERDICT in one.turns[-1].rewards
        ]
        if verdicts:
            scalars[f"judged/{arm}"] = fmean(verdicts)
        scalars[f"turns/{arm}"] = len(turns) / len(episodes)
        scalars[f"invalid/{arm}"] = fmean(float(turn.outcome == Outcome.INVALID_ACTION) for turn in turns)
        bits = bits_per_turn(episodes)
        if bits is not None:
            scalars[f"bits_per_turn/{arm}"] = bits
    return scalars


def counted(came: Collected) -> Counter[str]:
    """How many turns had which outcome."""
    return Counter(str(turn.outcome) for episodes in came.played for one in episodes for turn in one.turns)


def heard(came: Collected, gamma: float) -> list[GroupStats]:
    """What the curriculum is told of each group: it teaches what is paid for, so a judge's word counts here too."""
    found = []
    for draw, group in zip(came.sources, came.groups, strict=True):
        returns = [episode_return(episode, gamma) for episode in group.episodes]
        stats = GroupStats.of(draw.arm, draw.task, group.episodes, returns)
        found.append(replace(stats, successes=[success(episode) or 0.0 for episode in group.episodes]))
    return found
