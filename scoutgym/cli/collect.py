"""``scoutgym collect``: demonstrations, one episode a line of JSON, for a supervised warm start or for looking at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import gymnasium
import typer

from scoutgym.cli.common import errors, find, here, whole_file
from scoutgym.envs.tasks import part

NOISY = re.compile(r"(expert|solver)-(\d*\.?\d+)")


def collect(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, patterns, or module:id.")],
    out: Annotated[Path, typer.Option(help="Where to write, for example demos.jsonl.")],
    agent: Annotated[
        str, typer.Option(help="expert, random, greedy-belief, expert-0.3 (three in ten actions random) or run:PATH.")
    ] = "expert",
    n: Annotated[int, typer.Option("-n", min=1, help="Episodes of each world.")] = 100,
    split: Annotated[str, typer.Option(help="train, dev, test or sealed:SALT.")] = "train",
    seed: Annotated[int, typer.Option(help="Of the luck; the tasks are the first of the split.")] = 0,
) -> None:
    """Let an agent play and write its episodes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from scoutgym.agents.core import Agent, Job, rollout
    from scoutgym.agents.players import Noisy
    from scoutgym.benchmark import agent_from
    from scoutgym.benchmark.evaluate import luck
    from scoutgym.benchmark.select import can_play
    from scoutgym.types import Task
    from scoutgym.wrappers.core import world_env

    def player_of(name: str) -> Agent:
        noisy = NOISY.fullmatch(name)
        if noisy is None:
            return agent_from(name)
        if not 0 <= float(noisy[2]) <= 1:
            raise ValueError(f"{name!r}: the share of random actions lies between 0 and 1, as in expert-0.3")
        return Noisy(agent_from(noisy[1]), float(noisy[2]))

    def jobs(env_id: str) -> Iterator[Job]:
        env = world_env(gymnasium.make(env_id))
        spec, params, count = env.world.spec, env.params, env.world.counts[part(split)]
        env.close()
        if not can_play(player, spec):
            raise ValueError(f"{env_id} has no {agent}: choose another --agent, for example random")
        for place in range(n):  # a split with fewer tasks is gone through again, with other luck
            sample, index = divmod(place, count)
            yield Job(Task(spec.id, split, index, params), luck(seed, index, sample), sample)

    here()
    part(split)
    chosen, player = find(ids), player_of(agent)
    plan = [job for env_id in chosen for job in jobs(env_id)]
    turns = successes = judged = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with whole_file(out) as file, Progress(*columns, console=errors()) as bar:
        row = bar.add_task(agent, total=len(plan))
        for episode in rollout(player, plan, measure="bits"):
            file.write(json.dumps(episode.to_json(), ensure_ascii=False) + "\n")
            turns += len(episode.turns)
            judged += episode.success is not None
            successes += bool(episode.success)
            bar.advance(row)
    won = f"success {successes / judged:.2f}, " if judged else ""
    print(f"{out}: {len(plan)} episodes of {agent} ({won}{turns / len(plan):.1f} turns)")
