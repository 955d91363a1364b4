"""What to do with groups whose returns are all equal: they say nothing about what to do.

* ``drop``: they are left out of the gradient (every credit rule that compares within groups does so by itself);
* ``refill``: others are drawn in their place, up to as many again (dynamic sampling: DAPO, Yu et al. 2025,
  arXiv 2503.14476, section 3.2). The curriculum is told of all of them;
* ``demonstrate``: where all members failed, the world's expert plays the same task under the same luck, and the group
  takes that episode in: it is what the others are compared with (mixed-policy groups: LUFFY, Yan et al. 2025,
  arXiv 2504.14945). Its tokens count as if the policy had sampled them: the ratio begins at 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from scoutgym.agents.collect import Collected, Draw
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import ExpertAgent
from scoutgym.agents.training.credit.core import Context
from scoutgym.agents.training.credit.returns import flat
from scoutgym.envs.registry import WORLDS
from scoutgym.types import Episode, Group


def tells(group: Group) -> bool:
    """Whether its returns differ."""
    return not flat([episode.total for episode in group.episodes])


def refilled(
    came: Collected, draw: Callable[[int], Sequence[Draw]], play: Callable[[Sequence[Draw]], Collected]
) -> Collected:
    """``came``, and in place of each draw that says nothing a further one."""
    telling = {(group.task.hash, group.episodes[0].luck) for group in came.groups if tells(group)}
    missing = len(came.drawn) - len(telling)  # a draw may have several groups: one a role, one a history
    return Collected.joined([came, play(draw(missing))]) if missing > 0 else came


def demonstrated(came: Collected, write: Callable[[Episode], Episode], context: Context) -> Collected:
    """``came``, its groups of nothing but failures with the expert's episode among their members.

    Args:
        came: what was collected.
        write: makes an episode's text into the policy's tokens.
        context: gives their likelihood.
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
        if expert.success:
            groups[place] = replace(group, episodes=[*group.episodes, _scored(write(expert), context)])
    return replace(came, groups=groups)


def _scored(episode: Episode, context: Context) -> Episode:
    """The episode with the policy's own log-probabilities."""
    before: list[int] = []
    asked = []
    for turn in episode.turns:
        before = [*([] if turn.fork else before), *turn.prompt_ids]
        asked.append((before, turn.ids))
        before = [*before, *turn.ids]
    turns = [replace(turn, logp=logp) for turn, logp in zip(episode.turns, context.logprob(asked), strict=True)]
    return replace(episode, turns=turns)
