"""The warm start: demonstrations by a mix of players, and cross-entropy on their actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import torch
from transformers import PreTrainedModel

from scoutgym.agents.core import Agent, Job, rollout
from scoutgym.agents.players import ExpertAgent, NoisyExpert, RandomAgent
from scoutgym.agents.training.config import DemonstrationConfig, SFTConfig
from scoutgym.agents.training.objective import cross_entropy, likelihood
from scoutgym.agents.training.rows import Row, micro_batches
from scoutgym.curricula.core import Arm
from scoutgym.envs.session import Session
from scoutgym.types import Episode


def demonstrate(arms: Sequence[Arm], mix: DemonstrationConfig, seed: int) -> Iterator[Episode]:
    """Episodes of training tasks: each arm has the same number of them, and of each player the same share.

    A world without an expert is demonstrated at random.
    """
    players: list[tuple[Agent, float]] = [
        (RandomAgent(), mix.random),
        (NoisyExpert(mix.noise), mix.noisy),
        (ExpertAgent(), mix.expert),
    ]
    for arm in arms:
        able = players if arm.has_expert else [(RandomAgent(), 1.0)]
        total = sum(share for _, share in able)
        first = seed * 1_000_003  # other seeds see other tasks
        for player, share in able:
            number = round(mix.episodes / len(arms) * share / total)
            jobs = (Job(arm.task("train", (first + place) % arm.count), luck=seed) for place in range(number))
            yield from rollout(player, jobs)
            first += number


def learn(
    model: PreTrainedModel,
    rows: Sequence[Row],
    config: SFTConfig,
    seed: int,
    report: Callable[[int, float, float | None], None],
) -> None:
    """Train ``model`` on the action tokens of ``rows``, in place.

    Args:
        model: of the rows' vocabulary.
        rows: a part of them, ``config.dev``, is held out.
        config: how long and how fast.
        seed: of the order.
        report: is told the step, the training loss, and now and then the dev loss.
    """
    order = np.random.default_rng(seed)
    rows = [rows[place] for place in order.permutation(len(rows))]
    held_out = max(1, round(len(rows) * config.dev))
    dev, train = rows[:held_out], rows[held_out:]
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=0.01)
    batches = _batches(train, config.tokens, order)
    model.train()
    for step in range(1, config.steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = config.lr * _schedule(step, config)
        chosen = next(batches)
        loss = _loss(model, chosen, config.tokens)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        last = step == config.steps
        report(step, loss, dev_loss(model, dev, config.tokens) if last or step % 250 == 0 else None)
    model.eval()


@torch.no_grad()
def dev_loss(model: PreTrainedModel, rows: Sequence[Row], tokens: int) -> float:
    """Cross-entropy per action token, in nats."""
    normaliser = sum(row.actions() for row in rows)
    return sum(float(cross_entropy(likelihood(model, batch, 1.0), normaliser)) for batch in micro_batches(rows, tokens))


def _loss(model: PreTrainedModel, rows: Sequence[Row], tokens: int) -> float:
    normaliser = sum(row.actions() for row in rows)
    total = 0.0
    for batch in micro_batches(rows, tokens):
        loss = cross_entropy(likelihood(model, batch, 1.0), normaliser)
        loss.backward()
        total += float(loss.detach())
    return total


def _schedule(step: int, config: SFTConfig) -> float:
    """Linear warm-up, then a straight line down to a tenth."""
    rest = max(config.steps - config.warmup, 1)
    return min(step / config.warmup, 1.0 - 0.9 * max(step - config.warmup, 0) / rest)


def _batches(rows: Sequence[Row], tokens: int, order: np.random.Generator) -> Iterator[list[Row]]:
    """Batches of rows of like length, about ``tokens`` positions each, in random order, for ever."""
    while True:
        jitter = order.random(len(rows))  # which rows of equal length meet changes with every pass
        places = sorted(range(len(rows)), key=lambda place: (len(rows[place].ids) // 16, jitter[place]))
        batches: list[list[Row]] = [[]]
        longest = 0
        for place in places:
            longest = max(longest, len(rows[place].ids))
            if batches[-1] and (len(batches[-1]) + 1) * longest > tokens:
                batches.append([])
                longest = len(rows[place].ids)
            batches[-1].append(rows[place])
        for place in order.permutation(len(batches)):
            yield batches[int(place)]


def texts(arms: Sequence[Arm], episodes: Iterable[Episode]) -> Iterator[str]:
    """What a vocabulary is made of: the texts of the episodes, and how each world refuses what is no action."""
    for arm in arms:
        for action in ("", "?"):
            session = Session(arm.world())
            session.begin(arm.task("train", 0))
            yield session.act(action).text
            session.close()
    for episode in episodes:
        yield from dict.fromkeys(text for turn in episode.turns for text in (turn.obs, turn.action))
