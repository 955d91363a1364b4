"""How fast the learner is against a bare training loop. Run: python benchmarks/train.py --help

The same rows, the same model, the same number of tokens: `Learner` (masks, advantages, ratios, clipping, metrics, a
fixed normaliser, length buckets) against the shortest loop that trains on them at all: pad, forward, cross-entropy on
every position, backward, clip, AdamW. Both see rows of like length together. Ratios are within a round, rounds in turn.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

import scoutgym
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training.batches import micro_batches
from scoutgym.agents.training.config import OptimConfig
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective import make_objective
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.llm.tiny import parameters, tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Task


def played(width: int, layers: int, episodes: int) -> tuple[LMAgent, list[Row]]:
    """An untrained model, and the rows of what it played."""
    tasks = [Task("scoutgym/Mastermind-v0", "train", n, {"length": 2, "colors": 3, "max_turns": 4}) for n in range(9)]
    tasks += [Task("scoutgym/Number-v0", "train", n, {"high": 15, "max_turns": 4}) for n in range(15)]
    seen = list(rollout(RandomAgent(), [Job(task) for task in tasks]))
    words = Words.of(text for one in seen for turn in one.turns for text in (turn.obs, turn.action, "Invalid action:"))
    agent = LMAgent(tiny_llama(words, width, layers, 4, 512, 0), words, max_tokens=6)
    jobs = [Job(tasks[n % len(tasks)], 0, n) for n in range(episodes)]
    rows = [
        row
        for n, one in enumerate(rollout(agent, jobs, 64))
        for row in episode_rows(one, n, [(-1.0) ** n] * len(one.turns))
    ]
    return agent, rows


def ours(agent: LMAgent, rows: list[Row], tokens: int, minibatches: int) -> float:
    """Seconds of one pass."""
    learner = Learner(
        agent.model, OptimConfig(lr=1e-5, minibatches=minibatches, tokens=tokens), make_objective("policy"), 1
    )
    begun = perf_counter()
    learner.learn(rows, (0,))
    return perf_counter() - begun


def bare(agent: LMAgent, rows: list[Row], tokens: int, minibatches: int) -> float:
    """Seconds of one pass of the shortest loop, over batches that are made beforehand."""
    optimizer = torch.optim.AdamW(agent.model.parameters(), lr=1e-5, weight_decay=0.0)
    steps = [[batch.ids for batch in micro_batches(rows[n::minibatches], tokens)] for n in range(minibatches)]
    begun = perf_counter()
    for batches in steps:
        for ids in batches:
            logits = agent.model(input_ids=ids[:, :-1], use_cache=False).logits
            torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()).backward()
        torch.nn.utils.clip_grad_norm_(agent.model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return perf_counter() - begun


def main(
    width: Annotated[int, typer.Option(help="of the model")] = 64,
    layers: Annotated[int, typer.Option(help="of the model")] = 2,
    episodes: Annotated[int, typer.Option(help="trained on")] = 384,
    tokens: Annotated[int, typer.Option(help="positions of a micro-batch")] = 8192,
    rounds: Annotated[int, typer.Option(help="how often both are timed")] = 7,
    threads: Annotated[int, typer.Option(help="of torch")] = 1,
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
) -> None:
    """Time the learner against a bare loop."""
    assert scoutgym
    torch.set_num_threads(threads)
    agent, rows = played(width, layers, episodes)
    read = sum(row.read for row in rows)
    for work in (ours, bare):
        work(agent, rows, tokens, 4)  # warm
    pairs = [(ours(agent, rows, tokens, 4), bare(agent, rows, tokens, 4)) for _ in range(rounds)]
    ratios = sorted(theirs / mine for mine, theirs in pairs)
    figures = {
        "parameters": parameters(agent.model),
        "rows": len(rows),
        "tokens": read,
        "tokens_per_second": read / median(mine for mine, _ in pairs),
        "bare_tokens_per_second": read / median(theirs for _, theirs in pairs),
        "ratio": {"median": median(ratios), "low": ratios[0], "high": ratios[-1]},
    }
    shown = Table(title=f"Training, {figures['parameters']:,} parameters, {len(rows)} rows of {read:,} tokens")
    for column in ("learner, tokens/s", "bare loop, tokens/s", "learner over bare loop"):
        shown.add_column(column, justify="right")
    ratio = f"{median(ratios):.2f} × ({ratios[0]:.2f}-{ratios[-1]:.2f})"
    shown.add_row(f"{figures['tokens_per_second']:,.0f}", f"{figures['bare_tokens_per_second']:,.0f}", ratio)
    Console(width=100).print(shown)
    if out is not None:
        out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
