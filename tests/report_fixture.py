"""A small run folder for the tests of the report: real episodes of real worlds, made-up curves and summary.

Nothing here was trained: "before" is a noisy expert, "after" a less noisy one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from scoutgym.agents.core import Agent, Job, rollout
from scoutgym.agents.players import ExpertAgent, Noisy, RandomAgent
from scoutgym.envs.registry import WORLDS
from scoutgym.types import Episode, Task

GROUPS: dict[str, dict[str, Any]] = {
    "number": {"id": "scoutgym/Number-15-v0"},
    "number_large": {"id": "scoutgym/Number-v0", "params": {"high": 63, "max_turns": 6}},
    "mastermind": {"id": "scoutgym/Mastermind-2x3-v0"},
    "maze": {"id": "scoutgym/Maze-3-v0"},
    "best_arm": {"id": "scoutgym/BestArm-tiny-v0"},
}

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="window.hacked=1">\u2028</script><!--<b>bold</b>\ud800 \u202e{{data}} '
    + "w" * 300
)
"""What a model may write: none of it may become anything but text."""


def task_of(name: str, split: str, index: int) -> Task:
    """A task as a trainer writes it: the world's own id, and the parameters filled in from the preset."""
    env = GROUPS[name]
    for kind in WORLDS.values():
        if env["id"] in kind.spec.ids:
            return Task(kind.spec.id, split, index, {**kind.spec.ids[env["id"]], **env.get("params", {})})
    return Task(env["id"], split, index, env.get("params", {}))


def play(agent: Agent, name: str, split: str, count: int) -> list[Episode]:
    """Measured episodes of one group."""
    return list(rollout(agent, [Job(task_of(name, split, i), luck=i) for i in range(count)], measure="everything"))


def hostile_episode() -> Episode:
    """An episode in which everything that a model or a world can write is an attack."""
    episode = play(ExpertAgent(), "number", "test", 1)[0]
    for turn in episode.turns:
        turn.text = turn.action = turn.obs = HOSTILE
        turn.rewards = {HOSTILE: 1.0}
        turn.outcome = HOSTILE
    episode.final_observation = HOSTILE
    leak = {"item": HOSTILE, "channel": HOSTILE, "field": HOSTILE, "how": HOSTILE, "step": 1}
    log = [leak, 3, {"item": [], "step": 1}, {"item": HOSTILE, "step": "1"}]
    episode.privileged = {"answer": HOSTILE, "items": [{"key": HOSTILE}, None], "disclosures": log}
    return episode


def leaking_episode() -> Episode:
    """An episode with a leak ledger, as a privacy world leaves it: the phone number leaks in turn 2."""
    episode = play(RandomAgent(), "best_arm", "test", 1)[0]
    place = {"form": "/contact", "how": "exact"}
    episode.privileged = {
        "items": [{"key": "name", "necessary": True}, {"key": "phone", "necessary": False}],
        "disclosures": [
            {"item": "phone", "channel": "typed", "field": "Message", "step": 1, **place},
            {"item": "phone", "channel": "form", "field": "Message", "step": 2, **place},
            {"item": "name", "channel": "form", "field": "Name", "step": 2, **place},
        ],
    }
    return episode


def make_run(
    folder: Path, name: str = "demo", seed: int = 0, finished: bool = True, episodes: int = 12, steps: int = 40
) -> Path:
    """Write a run folder."""
    (folder / "episodes").mkdir(parents=True)
    (folder / "tensorboard").mkdir()
    rng = np.random.Generator(np.random.PCG64(seed))
    config = {
        "name": name,
        "seed": seed,
        "envs": GROUPS,
        "curriculum": {"name": "sec"},
        "rollout": {"iterations": steps},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    stages = [("eval-before", 0.6), ("eval-after", 0.15)] if finished else [("eval-before", 0.6)]
    for stage, noise in stages:
        played = [e for group in GROUPS for e in play(Noisy(ExpertAgent(), noise), group, "test", episodes)]
        write_episodes(folder / "episodes" / f"{stage}.jsonl", played)
    for step in range(0, steps, 10):
        played = [e for group in GROUPS for e in play(Noisy(ExpertAgent(), 0.4), group, "train", 2)]
        write_episodes(folder / "episodes" / f"train-{step}.jsonl", played)
    write_metrics(folder / "metrics.jsonl", rng, steps)
    if finished:
        (folder / "summary.json").write_text(json.dumps(summary(name, seed, rng)))
    return folder


def write_episodes(path: Path, episodes: list[Episode]) -> None:
    """As the trainer writes them."""
    path.write_text("".join(json.dumps(episode.to_json()) + "\n" for episode in episodes))


def write_metrics(path: Path, rng: np.random.Generator, steps: int) -> None:
    """Curves that rise, with noise."""
    lines: list[dict[str, Any]] = [{"stage": "demonstrations", "step": 0, "seconds": 1.0, "episodes": 6000}]
    for step in range(0, 1500, 50):
        loss = 0.4 + 2.2 * float(np.exp(-step / 300))
        lines.append(
            {"stage": "sft", "step": step, "seconds": 5 + step / 20, "loss/sft": loss, "loss/sft_dev": loss + 0.05}
        )
    before: dict[str, Any] = {"stage": "eval", "step": 0, "seconds": 90.0, "when": "before", "decoding": "t1"}
    for place, group in enumerate(GROUPS):
        before[f"success/{group}"], before[f"bits_per_turn/{group}"] = 0.25 + 0.08 * place, 0.5 + 0.1 * place
    lines.append(before)
    lines.append({**before, "decoding": "greedy"})
    odds = np.full(len(GROUPS), 1 / len(GROUPS))
    for step in range(steps):
        done = step / steps
        odds = 0.9 * odds + 0.1 * rng.dirichlet(np.linspace(1 + 3 * done, 4 - 3 * done, len(GROUPS)))
        chosen = rng.multinomial(32, odds / odds.sum())
        line: dict[str, Any] = {"stage": "rl", "step": step, "seconds": 100 + 6 * step}
        line |= {"loss/policy": -0.02 * float(rng.normal()), "policy/entropy": 1.6 - done + 0.05 * float(rng.normal())}
        line |= {"policy/kl_old": 0.01 * float(rng.random()), "grad_norm": 0.5 + float(rng.random())}
        line |= {"outcome/ok": 0.95 + 0.04 * done, "outcome/invalid_action": 0.05 - 0.04 * done}
        line["credit/zero_variance"] = 0.3 + 0.1 * float(rng.random())
        for place, group in enumerate(GROUPS):
            line[f"curriculum/p/{group}"] = float(odds[place] / odds.sum())
            line[f"curriculum/q/{group}"] = 0.2 + 0.1 * float(rng.random())
            line[f"curriculum/chosen/{group}"] = int(chosen[place])
            if chosen[place] == 0:
                continue
            success = float(np.clip(0.25 + 0.08 * place + 0.45 * done + 0.06 * rng.normal(), 0, 1))
            line |= {f"success/{group}": success, f"return/{group}": success - 0.1, f"turns/{group}": 5 - 2 * done}
            line |= {f"bits_per_turn/{group}": 0.5 + 0.5 * done, f"invalid/{group}": 0.06 - 0.05 * done}
        lines.append(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


POOLED = {"mean": 0.323, "ci": [0.281, 0.366], "best": {"mean": 0.324, "ci": [0.282, 0.367]}}


def summary(name: str, seed: int, rng: np.random.Generator) -> dict[str, Any]:
    """A summary of the form that the trainer writes."""

    def rate(x: float, n: int = 150) -> dict[str, Any]:
        half = 1.96 * float(np.sqrt(x * (1 - x) / n))
        return {"success": x, "ci": [max(0.0, x - half), min(1.0, x + half)], "episodes": n}

    def side(x: float, n: int = 150) -> dict[str, Any]:
        more = {"temperature": 1.0, "bits_per_turn": 0.4 + x, "greedy": rate(x + 0.04, n)}
        return {**rate(x, n), **more, "best": {**rate(x + 0.05, n), "temperature": 0.5}}

    groups = {}
    for place, group in enumerate(GROUPS):
        low, high = 0.3 + 0.07 * place, 0.62 + 0.06 * place + 0.05 * float(rng.random())
        change = {"mean": high - low, "ci": [high - low - 0.08, high - low + 0.08]}
        change["best"] = {"mean": high - low - 0.01, "ci": [high - low - 0.09, high - low + 0.07]}
        groups[group] = {"random": rate(0.1 + 0.02 * place), "expert": rate(0.99)} | {
            "before": side(low),
            "after": side(high),
            "paired_difference": change,
        }
    pooled = {
        "random": rate(0.14, 750),
        "expert": rate(0.99, 750),
        "before": side(0.44, 750),
        "after": side(0.763, 750),
    }
    return {
        "name": name,
        "groups": groups,
        "pooled": {**pooled, "paired_difference": POOLED},
        "seconds": 412.6,
        "stages": {"demonstrations": 14.2, "sft": 71.0, "eval": 60.4, "rl": 267.0},
        "outcomes": {"ok": 0.968, "invalid_action": 0.0311, "output_truncated": 0.0009},
        "seed": seed,
        "curriculum": "sec",
        "model": {"parameters": 412_320},
    }


def bench_results(count: int = 20) -> list[dict[str, Any]]:
    """Results of three players in three worlds, as JSON objects."""
    from scoutgym.benchmark import bench_json, run_bench

    envs = ["scoutgym/Number-15-v0", "scoutgym/Mastermind-2x3-v0", "scoutgym/BestArm-tiny-v0"]
    return bench_json(run_bench(envs, [RandomAgent.name, "greedy-belief", ExpertAgent.name], count))
