"""What to do with groups whose returns are all equal: within them there is nothing to compare.

* ``keep``: the credit rule decides. A rule that compares within groups leaves them out of the gradient by itself; to
  others (a mean over the batch, a critic, progress by probes) they say something;
* ``drop``: they are left out of what is learned from, whatever the rule and the objective. Critics and the curriculum
  hear of them;
* ``refill``: others are drawn in their place, up to as many again (dynamic sampling: DAPO, Yu et al. 2025,
  arXiv 2503.14476, section 3.2). The curriculum is told of all of them;
* ``demonstrate``: where all members failed, the world's expert plays the same task under the same luck, and the group
  takes that episode in: it is what the others are compared with (mixed-policy groups: LUFFY, Yan et al. 2025,
  arXiv 2504.14945). Its decisions count as if the policy had made them, under the constraint or among the choices that
  it had: the ratio begins at 1. What the policy could not have written is not shown. The curriculum is told of the
  policy's own play alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from scoutgym.agents.collect import Collected, Draw
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.formats import Closed
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import ExpertAgent
from scoutgym.agents.training.credit.core import Credited
from scoutgym.agents.training.credit.returns import episode_return, flat
from scoutgym.agents.training.demonstrations import written
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.envs.registry import WORLDS
from scoutgym.types import Episode, Group


def tells(group: Group, gamma: float) -> bool:
    """Whether its returns differ."""
    return not flat([episode_return(episode, gamma) for episode in group.episodes])


def dropped(groups: Sequence[Group], credited: Credited, gamma: float) -> tuple[list[Group], Credited]:
    """The groups that say something, and their credit."""
    kept = [g for g, group in enumerate(groups) if tells(group, gamma)]
    tokens = None if credited.tokens is None else [credited.tokens[g] for g in kept]
    return [groups[g] for g in kept], replace(credited, turns=[credited.turns[g] for g in kept], tokens=tokens)


def refilled(
    came: Collected, gamma: float, draw: Callable[[int], Sequence[Draw]], play: Callable[[Sequence[Draw]], Collected]
) -> Collected:
    """``came``, and in place of each draw that says nothing a further one."""
    telling = {draw.luck for draw, group in zip(came.sources, came.groups, strict=True) if tells(group, gamma)}
    missing = len(came.drawn) - len(telling)  # a draw may have several groups: one a role, one a history
    return Collected.joined([came, play(draw(missing))]) if missing > 0 else came


def demonstrated(
    came: Collected, agent: LMAgent, score: Callable[[Sequence[Row]], Sequence[Sequence[float]]]
) -> Collected:
    """``came``, its groups of nothing but failures with the expert's episode among their members.

    Args:
        came: what was collected.
        agent: the policy, in whose tokens and format the expert's actions are written.
        score: the policy's log-probability of each decision of each row.
    """
    groups = list(came.groups)
    lost = [
        place
        for place, group in enumerate(groups)
        if not any(episode.success for episode in group.episodes) and WORLDS[group.task.env_id].spec.expert
    ]
    jobs = [Job(groups[place].task, groups[place].episodes[0].luck) for place in lost]
    shown = {(one.task.hash, one.luck): one for one in rollout(ExpertAgent(), jobs)}
    for place in lost:
        group = groups[place]
        expert = shown[group.task.hash, group.episodes[0].luck]
        said = _said(expert, agent, score) if expert.success else None
        if said is not None:
            groups[place] = replace(group, episodes=[*group.episodes, said])
    return replace(came, groups=groups)


def _said(
    episode: Episode, agent: LMAgent, score: Callable[[Sequence[Row]], Sequence[Sequence[float]]]
) -> Episode | None:
    """The episode as the policy would have written it, with its log-probabilities; None where it could not have."""
    bound = agent.constrain or isinstance(agent.format, Closed)
    said = written(episode, agent, constrained=bound)
    rows = episode_rows(said, 0, [0.0] * len(said.turns))
    strange = bound and not all(turn.choices or turn.allowed for turn in said.turns)
    if strange or any(len(row.ids) > agent.limit for row in rows):
        return None
    values = iter([value for decisions in score(rows) for value in decisions])
    turns = []
    for turn in said.turns:
        if turn.choices:
            logp = [next(values)]
        else:  # a token that a constraint left no choice about was not decided
            logp = [0.0 if len(left) == 1 else next(values) for left in turn.allowed or [()] * len(turn.ids)]
        turns.append(replace(turn, logp=logp))
    return replace(said, turns=turns)
