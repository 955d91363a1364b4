"""Play agents over worlds and say how well they did, with honest intervals.

Every agent plays the same tasks: the first ``n`` of a split, ``k`` samples each. A sample is a fresh try: sample ``j``
of a task has its own luck (a hash of seed, index and ``j``) and its own agent noise, both the same for every agent, so
that agents are compared in pairs and pass@k counts independent tries. Intervals are clustered by task.

An episode that the world or a judge broke (`INFRASTRUCTURE`) is masked from every mean, counted in ``outcomes``, and
bounded: ``bounds`` is what the success rate would be if all such episodes had failed, and if all had succeeded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import gymnasium

from scoutgym.agents.core import Agent, Job, Measure, rollout
from scoutgym.benchmark import bandits, compare
from scoutgym.benchmark.measures import (
    EPISODE_MEASURES,
    RATES,
    Share,
    bits_curve,
    broken,
    common_steps,
    coverage,
    distinct_trajectories,
    outcome,
    pass_at,
    solved_curve,
)
from scoutgym.benchmark.result import NOTHING_KNOWN, Result, Score
from scoutgym.benchmark.select import agent_from, can_play
from scoutgym.envs.core import World
from scoutgym.envs.names import env_ids
from scoutgym.envs.registry import world_for
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import part
from scoutgym.envs.text_env import TextEnv
from scoutgym.stats import Estimate, bootstrap_mean, bootstrap_ratio, proportion
from scoutgym.types import Episode, Outcome, Task, canonical, digest

log = logging.getLogger("scoutgym")


def evaluate(
    agent: Agent | str,
    envs: str | Sequence[str],
    n: int = 100,
    k: int = 1,
    split: str = "test",
    seed: int = 0,
    slots: int = 64,
    progress: bool = False,
    measure: Measure = "everything",
) -> list[Result]:
    """Play one agent over environments: `run_bench` with a single agent. One result an environment.

    Raises:
        ValueError: as `run_bench`.
    """
    return run_bench(envs, [agent], n, k, split, seed, slots, progress, measure)


def run_bench(
    envs: str | Sequence[str],
    agents: Sequence[Agent | str],
    n: int = 100,
    k: int = 1,
    split: str = "test",
    seed: int = 0,
    slots: int = 64,
    progress: bool = False,
    measure: Measure = "everything",
    baseline: str | None = None,
    engine: Mapping[str, Any] | None = None,
) -> list[Result]:
    """Play several agents over environments and compare them.

    Args:
        envs: ids, patterns such as ``scoutgym/Word*``, or ``module:id`` for worlds of other packages.
        agents: players, or their names (`agent_from`).
        n: tasks of each environment, from index 0; all of them where the split has fewer.
        k: samples of each task.
        split: ``train``, ``dev``, ``test`` or ``sealed:<salt>``.
        seed: of the luck and of the intervals.
        slots: episodes in play at once.
        progress: show a bar with the time left.
        measure: what is recorded beyond the play; gains of the best questions are the slow part of some worlds.
        baseline: the agent that the others are compared with; by default ``random`` if it plays, else the first.
        engine: arguments that say what plays the worlds, for example ``{"backend": "chromium"}``; a world takes those
            that it has.

    Returns:
        One result for each environment and agent that can play it, environments in order, agents in order. Who cannot
        play what is said in a warning.

    Raises:
        ValueError: an unknown environment, agent, split or baseline; two agents of one name; nothing to play; an
            argument of ``engine`` that no world has.
    """
    ids, players = env_ids(envs), [agent_from(agent) if isinstance(agent, str) else agent for agent in agents]
    names = [player.name for player in players]
    if n < 1 or k < 1:
        raise ValueError(f"n={n}, k={k}: at least one task and one sample must be played")
    if not players or len(set(names)) < len(names):
        raise ValueError(f"the agents are {', '.join(names) or 'none'}: expected at least one, and no name twice")
    if baseline is None:
        baseline = "random" if "random" in names else names[0]
    if baseline not in names:
        raise ValueError(f"the baseline {baseline!r} does not play; the agents are {', '.join(names)}")
    part(split)
    results: list[Result] = []
    stages = [_Stage(env_id, n, split, engine or {}) for env_id in ids]
    unknown = set(engine or {}).difference(*(stage.engine for stage in stages))
    if unknown:
        raise ValueError(f"none of {', '.join(ids)} has {', '.join(sorted(unknown))}")
    plan = [(stage, player) for stage in stages for player in players if can_play(player, stage.spec)]
    if not plan:
        raise ValueError(f"none of {', '.join(names)} can play {', '.join(ids)}: these worlds have no such player")
    for player in players:
        if lacking := [stage.env_id for stage in stages if not can_play(player, stage.spec)]:
            log.warning("%s cannot play %s: there is no result of it", player.name, ", ".join(lacking))
    total = sum(len(stage.tasks) * k for stage, _ in plan)
    with _ticker(progress, total) as tick:
        for stage in stages:
            played = {
                player.name: list(
                    tick(_play(player, stage, k, seed, slots, measure), f"{stage.env_id} · {player.name}")
                )
                for player in players
                if can_play(player, stage.spec)
            }
            found = [_result(stage, p, played[p.name], split, k, seed) for p in players if p.name in played]
            _add_coverage(found, played, seed)
            compare.relate(found, baseline, seed)
            results += found
    return results


class _Stage:
    """An environment, and the tasks that every agent plays in it."""

    def __init__(self, env_id: str, n: int, split: str, engine: Mapping[str, Any]) -> None:
        env = gymnasium.make(env_id)
        inner = env.unwrapped
        if not isinstance(inner, TextEnv):
            raise ValueError(f"{env_id} is no scoutgym world: the benchmark needs tasks, luck and a spec")
        self.engine = {name: value for name, value in engine.items() if name in inner.world.params.engine}
        self.env_id = env_id
        self.world: World[Any] = world_for(type(inner.world), {**inner.params, **self.engine})
        self.spec: Spec = self.world.spec
        count = min(n, self.world.counts[part(split)])
        self.tasks = [Task(self.spec.id, split, index, inner.params) for index in range(count)]
        self.secrets: int | None = None
        if self.spec.hidden:
            self.secrets = len({canonical(inner.hidden_key(task)) for task in self.tasks})
        env.close()

    @property
    def has_keys(self) -> bool:
        """Whether the world says what an agent could know; a world that hides nothing need not."""
        return type(self.world).known is not World.known


def _play(agent: Agent, stage: _Stage, k: int, seed: int, slots: int, measure: Measure) -> Iterator[Episode]:
    if measure == "everything" and not stage.has_keys:
        measure = "bits"
    jobs = (Job(task, luck(seed, task.index, sample), sample) for task in stage.tasks for sample in range(k))
    yield from rollout(agent, jobs, slots, measure, **stage.engine)


def luck(seed: int, index: int, sample: int) -> int:
    """The luck of one sample of one task: the same for every agent."""
    return int.from_bytes(digest("benchmark", seed, index, sample, size=7), "big")


def _result(stage: _Stage, agent: Agent, episodes: list[Episode], split: str, k: int, seed: int) -> Result:
    episodes.sort(key=lambda episode: (episode.task.index, episode.sample))  # not in the order in which they ended
    scored = [episode for episode in episodes if not broken(episode)]
    tasks = [episode.task.index for episode in scored]
    successes = [None if e.success is None else float(e.success) for e in scored]
    judged = [(success, task) for success, task in zip(successes, tasks, strict=True) if success is not None]
    rate = proportion([s for s, _ in judged], [t for _, t in judged], seed=seed) if judged else None
    lost = len(episodes) - len(scored)
    wins, plays = sum(success for success, _ in judged), len(judged) + lost
    meaningful = bool(judged) or not scored
    return Result(
        env=stage.env_id,
        group=stage.spec.group,
        agent=agent.name,
        privileges=tuple(agent.privileges),
        split=split,
        seed=seed,
        tasks=len(stage.tasks),
        k=k,
        secrets=stage.secrets,
        expert=stage.spec.expert,
        belief=stage.spec.belief,
        episodes=len(episodes),
        scored=len(scored),
        success=None if rate is None else rate.mean,
        ci=None if rate is None else rate.ci,
        bounds=[wins / plays, (wins + lost) / plays] if meaningful else None,
        returns=bootstrap_mean([e.total for e in scored], tasks, seed=seed) if scored else NOTHING_KNOWN,
        turns=bootstrap_mean([len(e.turns) for e in scored], tasks, seed=seed) if scored else NOTHING_KNOWN,
        outcomes=_outcomes(episodes),
        figures=_figures(scored, stage.world, k, seed),
        engine=stage.engine,
        told=dict(stage.world.told),
        settings=agent.record(),
        curves=_curves(scored, stage.spec.group),
        scores={(e.task.index, e.sample): Score(s, e.total) for e, s in zip(scored, successes, strict=True)},
    )


def _outcomes(episodes: Sequence[Episode]) -> dict[str, float]:
    """Rate of the episodes that ended with each infrastructure outcome, and of those that met one on the way."""
    rates: dict[str, float] = {}
    for kind in Outcome:
        if kind in (Outcome.OK, Outcome.INVALID_ACTION):
            continue
        ended = sum(outcome(episode) == kind for episode in episodes)
        met = sum(kind == outcome(e) or any(turn.outcome == kind for turn in e.turns) for e in episodes)
        if met:
            rates[str(kind)] = ended / len(episodes)
            rates[f"{kind}_on_the_way"] = (met - ended) / len(episodes)
    return rates


def _figures(episodes: Sequence[Episode], world: World[Any], k: int, seed: int) -> dict[str, Estimate]:
    """Every measure that applies, over the scored episodes."""
    found: dict[str, Estimate] = {}
    measures: Mapping[str, Callable[[Episode], Share | None]] = EPISODE_MEASURES
    if world.spec.group in bandits.GROUPS:
        measures = {**measures, **bandits.MEASURES}
    for name, of in measures.items():
        _add(found, name, ((of(episode), episode.task.index) for episode in episodes), seed)
    for name in world.told:
        told = [(Share(*e.figures[name]), e.task.index) for e in episodes if name in e.figures]
        _add(found, name, told, seed, rate=all(share in ((0, 1), (1, 1)) for share, _ in told))
    samples = [group for group in _by_task(episodes).values() if len(group) == k]  # a broken sample is no sample
    if k > 1 and samples:
        _add(found, "distinct_trajectories", ((distinct_trajectories(g), g[0].task.index) for g in samples), seed)
        if any(episode.success is not None for episode in episodes):
            for tries in sorted({1, k, *(2**power for power in range(1, k.bit_length()) if 2**power < k)}):
                found[f"pass@{tries}"] = proportion([pass_at(group, tries) for group in samples], seed=seed)
    return found


def _add(
    found: dict[str, Estimate], name: str, shares: Iterable[tuple[Share | None, int]], seed: int, rate: bool = False
) -> None:
    have = [(share, task) for share, task in shares if share is not None]
    if not have or sum(share.of for share, _ in have) <= 0:
        return
    above, below = [share.found for share, _ in have], [share.of for share, _ in have]
    of = [task for _, task in have]
    rate = rate or name in RATES
    found[name] = proportion(above, of, seed=seed) if rate else bootstrap_ratio(above, below, of, seed=seed)


def _by_task(episodes: Iterable[Episode]) -> dict[int, list[Episode]]:
    groups: dict[int, list[Episode]] = {}
    for episode in episodes:
        groups.setdefault(episode.task.index, []).append(episode)
    return groups


def _curves(episodes: Sequence[Episode], group: str) -> dict[str, list[float]]:
    curves = {"bits": bits_curve(episodes), "solved": []}
    if any(episode.success is not None for episode in episodes):
        curves["solved"] = solved_curve(episodes)
    if group in bandits.GROUPS:
        curves["cumulative_pseudo_regret"] = bandits.regret_curve(episodes)
    return {name: curve for name, curve in curves.items() if curve}


def _add_coverage(results: Sequence[Result], played: Mapping[str, list[Episode]], seed: int) -> None:
    """Different states of knowledge per environment step, every agent cut to the steps that all of them took."""
    tasks = {name: _by_task(e for e in episodes if not broken(e)) for name, episodes in played.items()}
    common = set.intersection(*(set(groups) for groups in tasks.values()))
    steps = {task: common_steps(*(groups[task] for groups in tasks.values())) for task in sorted(common)}
    for result in results:
        groups = tasks[result.agent]
        _add(result.figures, "coverage", ((coverage(groups[task], steps[task]), task) for task in steps), seed)


Tick = Callable[[Iterable[Episode], str], Iterable[Episode]]


@contextmanager
def _ticker(show: bool, total: int) -> Iterator[Tick]:
    """Count episodes as they end, on a bar with the time left, or silently."""
    if not show:
        yield lambda episodes, _: episodes
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        row = bar.add_task("", total=total)

        def tick(episodes: Iterable[Episode], what: str) -> Iterator[Episode]:
            bar.update(row, description=what)
            for episode in episodes:
                bar.advance(row)
                yield episode

        yield tick
