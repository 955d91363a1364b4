"""The training loop, blind to algorithms: it wires parts together and writes down what happens.

    demonstrations -> vocabulary and model -> warm start -> evaluation
    then, for every iteration:  curriculum -> tasks -> groups of episodes -> credit -> rows -> loss -> optimizer
                                -> group statistics back to the curriculum
    -> evaluation -> summary

Every draw is keyed by the seed and the place where it is made (task, luck, sample, iteration), and everything else that
changes is in a checkpoint: a run that was killed goes on to the same bits.

Policy for what is not the agent's doing: an episode that ended in a timeout or a broken world is taken out of its
group before credit; the rates stand in the log. An answer that was cut off, or a full context, is the agent's doing and
stays.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from transformers import PreTrainedModel
from transformers.utils import logging as library_logging

from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training import folder as files
from scoutgym.agents.training import sft
from scoutgym.agents.training.config import TrainConfig, dump_config, load_config
from scoutgym.agents.training.credit.core import Credited, credit_rule, episode_return
from scoutgym.agents.training.evaluation import (
    DECODINGS,
    Evaluation,
    Played,
    Score,
    bits_per_turn,
    evaluate,
    evaluations,
    play,
)
from scoutgym.agents.training.objective import clipped_policy_loss, likelihood
from scoutgym.agents.training.progress import Bar, Board
from scoutgym.agents.training.rows import Row, demonstration_row, episode_row, micro_batches
from scoutgym.agents.training.summary import summarize, table
from scoutgym.curricula.core import Arm, GroupStats, make_curriculum
from scoutgym.envs.tasks import nearest
from scoutgym.llm.tiny import load_model, parameters, tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Group, Outcome

BROKEN = (Outcome.TIMEOUT, Outcome.ENV_ERROR, Outcome.JUDGE_ERROR)
BEFORE = "eval-before.json"
WARM = "sft"
"""Name of the checkpoint after the warm start."""


def train(config: TrainConfig) -> Path:
    """Train by a configuration and return the run's folder; an older run of the name is moved aside.

    Raises:
        ValueError: an environment, a curriculum or a size is wrong; nothing was written then.
    """
    trainer = Trainer(config)
    folder = Path(config.log.folder) / config.name
    aside = files.new_folder(folder)
    if aside is not None:
        trainer.console.print(f"the older run of this name is now {aside}", highlight=False, soft_wrap=True)
    files.write_text(folder / "config.yaml", dump_config(config))
    return trainer.run(folder)


def resume(run: Path) -> Path:
    """Go on with a run from its last checkpoint, or from the start where it has none.

    Raises:
        ValueError: the folder is no run.
    """
    return Trainer(load_config(_checked(run))).run(run)


def load_agent(run: Path, checkpoint: str = "last", temperature: float = 1.0) -> LMAgent:
    """The policy of a run's checkpoint.

    Raises:
        ValueError: the folder is no run, or has no such checkpoint.
    """
    config = load_config(_checked(run))
    library_logging.disable_progress_bar()
    found = {path.name: path for path in files.checkpoints(run)}
    if not found:
        raise ValueError(f"{run} has no checkpoint yet")
    name = list(found)[-1] if checkpoint == "last" else checkpoint
    if name not in found:
        raise ValueError(f"{run} has no checkpoint {name!r}{nearest(name, found)}; it has last, {', '.join(found)}")
    model, words = load_model(found[name]), Words.load(found[name])
    return LMAgent(model, words, temperature, config.rollout.max_tokens, name=f"run:{run.name}")


def _checked(run: Path) -> Path:
    path = run / "config.yaml"
    if not path.is_file():
        raise ValueError(f"{run} is no run folder: it has no config.yaml")
    return path


@dataclass
class Progressed:
    """The trainer's own state: what a checkpoint holds beside model and optimizer."""

    iteration: int = 0
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    curriculum: dict[str, Any] | None = None


class Trainer:
    """One run. The methods stand in the order in which they are called.

    Raises:
        ValueError: an environment, a curriculum or a size is wrong.
    """

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.arms = [Arm.of(name, env.id, env.params) for name, env in config.envs.items()]
        for arm in self.arms:
            for split, number in (("test", config.eval.episodes), ("dev", config.eval.dev_episodes)):
                count = arm.world().counts[split]
                if number > count:
                    raise ValueError(f"envs.{arm.name} has {count} {split} tasks, and eval asks for {number}")
        self.curriculum = make_curriculum(config.curriculum.name, self.arms, config.seed, config.curriculum.options)
        self.credit = credit_rule(config.credit.name)
        self.console = Console() if sys.stdout.isatty() else Console(width=100)
        self.state = Progressed()
        self.model: PreTrainedModel
        self.words: Words
        self.optimizer: torch.optim.Optimizer

    def run(self, folder: Path) -> Path:
        """All stages that are not done yet."""
        torch.set_num_threads(self.config.threads)
        torch.manual_seed(self.config.seed)
        library_logging.disable_progress_bar()
        self.folder = folder
        saved = files.checkpoints(folder)
        if saved:
            self._load(saved[-1])
        files.cut_metrics(folder, self._stays if saved else lambda record: False)
        self.log = files.RunLog(folder, self.state.seconds)
        self.board = Board(self.console, self.state.stages)
        try:
            with self.board:
                if not saved:
                    self._warm_start()
                self.agent = LMAgent(
                    self.model,
                    self.words,
                    self.config.rollout.temperature,
                    self.config.rollout.max_tokens,
                    self.config.model.context,
                )
                before, players = self._before()
                self._reinforce()
                after, _ = self._evaluate("after")
        finally:
            self.log.close()
        self._summary(players, before, after)
        return folder

    def _stays(self, record: Mapping[str, Any]) -> bool:
        """Whether a line of the log is older than the checkpoint."""
        if record["stage"] == "eval":
            return bool(record["when"] == "before") and (self.folder / BEFORE).is_file()
        return record["stage"] != "rl" or int(record["step"]) <= self.state.iteration

    # The warm start.

    def _warm_start(self) -> None:
        config, board = self.config, self.board
        episodes = []
        with board.stage("demonstrations", "demonstrations", config.demonstrations.episodes) as bar:
            for episode in sft.demonstrate(self.arms, config.demonstrations, config.seed):
                episodes.append(episode)
                bar.advance()
            self.words = Words.of(sft.texts(self.arms, episodes))
            rows = [demonstration_row(episode, self.words) for episode in episodes]
            fitting = [row for row in rows if len(row.ids) <= config.model.context]
        shape = config.model
        self.model = tiny_llama(self.words, shape.width, shape.layers, shape.heads, shape.context, config.seed)
        tokens = sum(len(row.ids) for row in fitting)
        longest = max(len(row.ids) for row in rows)
        board.say(
            f"{len(fitting)} demonstrations of {tokens} tokens ({len(rows) - len(fitting)} longer than the context of "
            f"{shape.context} left out; the longest has {longest}), {len(self.words)} words, "
            f"{parameters(self.model)} parameters"
        )
        if not fitting:
            raise ValueError(f"no demonstration fits into model.context={shape.context}: the shortest is longer")
        self.log.write("demonstrations", 0, {"episodes": len(fitting), "tokens": tokens, "vocabulary": len(self.words)})
        with board.stage("sft", "supervised warm start", config.sft.steps) as bar:
            sft.learn(self.model, fitting, config.sft, config.seed, lambda *said: self._report_sft(bar, *said))
        self.optimizer = self._new_optimizer()
        self._save(WARM)

    def _report_sft(self, bar: Bar, step: int, loss: float, dev: float | None) -> None:
        scalars = {"loss/sft": loss, "tokens": self.config.sft.tokens * step}
        if dev is not None:
            scalars["loss/sft_dev"] = dev
        if dev is not None or step % 25 == 0:
            self.log.write("sft", step, scalars)
        bar.advance(note=f"loss {loss:.3f}")

    # Evaluation.

    def _before(self) -> tuple[Evaluation, dict[str, dict[str, Score]]]:
        """The reference players, and the policy before reinforcement learning."""
        path = self.folder / BEFORE
        if path.is_file():
            record = json.loads(path.read_text(encoding="utf-8"))
            players = {
                name: {group: Score(**score) for group, score in groups.items()}
                for name, groups in record["players"].items()
            }
            return Evaluation.from_json(record["policy"]), players
        number, expert_arms = self.config.eval.episodes, [arm for arm in self.arms if arm.has_expert]
        reference = [(RandomAgent(), self.arms), (ExpertAgent(), expert_arms)]
        players = {}
        with self.board.stage("eval_players", "reference", number * sum(len(a) for _, a in reference)) as bar:
            for player, arms in reference:
                if not arms:
                    continue
                played = play(player, arms, "test", number, self.config.rollout.slots, "bits", bar.advance)
                players[player.name] = {group: Score.of(episodes) for group, episodes in played.items()}
        policy, _ = self._evaluate("before")
        scores = {name: {group: vars(score) for group, score in groups.items()} for name, groups in players.items()}
        files.write_json(path, {"players": scores, "policy": policy.to_json()})
        return policy, players

    def _evaluate(self, when: str) -> tuple[Evaluation, Played]:
        config = self.config
        with self.board.stage(f"eval_{when}", f"evaluation {when}", evaluations(config.eval, self.arms)) as bar:
            evaluation, played = evaluate(self.agent, self.arms, config.eval, config.rollout.slots, bar.advance)
        self.agent.temperature = config.rollout.temperature
        kept = [episode for episodes in played.values() for episode in episodes[: config.log.keep]]
        files.write_episodes(self.folder / "episodes" / f"eval-{when}.jsonl", kept)
        for decoding in DECODINGS:
            scores = evaluation.scores[decoding]
            scalars = {f"success/{name}": float(np.mean(score.successes)) for name, score in scores.items()}
            measured = {name: score.bits_per_turn for name, score in scores.items() if score.bits_per_turn is not None}
            scalars |= {f"bits_per_turn/{name}": bits for name, bits in measured.items()}
            self.log.write("eval", self.state.iteration, {"when": when, "decoding": decoding, **scalars})
        return evaluation, played

    # Reinforcement learning.

    def _reinforce(self) -> None:
        config, total = self.config, self.config.rollout.iterations
        with self.board.stage("rl", "reinforcement learning", total - self.state.iteration) as bar:
            while self.state.iteration < total:
                success = self._iteration(self.state.iteration + 1)
                self.state.iteration += 1
                bar.advance(note=f"success {success:.2f}")
                if self.state.iteration % config.log.checkpoint == 0 or self.state.iteration == total:
                    self._save(f"rl-{self.state.iteration:05d}")

    def _iteration(self, step: int) -> float:
        """One round: collect, credit, learn, tell the curriculum. Returns the mean success."""
        started, tokens = self.log.seconds, self.agent.tokens
        self.agent.version = step - 1
        arms, groups = self._collect()
        played = [episode for group in groups for episode in group.episodes]
        scalars: dict[str, Any] = self._describe(arms, groups)
        arms, groups = _sound(arms, groups)
        credited = self.credit(groups, self.config.credit.gamma)
        rows = _rows(groups, credited)
        scalars |= credited.metrics
        scalars |= self._learn(rows, step)
        self.curriculum.observe(
            [
                GroupStats(arm, [episode_return(episode, self.config.credit.gamma) for episode in group.episodes])
                for arm, group in zip(arms, groups, strict=True)
            ]
        )
        trained = sum(len(row.ids) for row in rows)
        seconds = self.log.seconds - started
        scalars |= {"tokens": trained, "tokens_per_second": (self.agent.tokens - tokens + trained) / seconds}
        self.log.write("rl", step, scalars)
        some = played[:: max(1, len(played) // max(1, self.config.log.episodes))][: self.config.log.episodes]
        files.write_episodes(self.folder / "episodes" / f"train-{step:05d}.jsonl", some)
        return float(np.mean([float(episode.success or 0.0) for episode in played]))

    def _collect(self) -> tuple[list[str], list[Group]]:
        """Groups of episodes: one task and one luck each, told apart by the policy's own noise."""
        config = self.config.rollout
        chosen = []
        for _ in range(config.groups):
            arm, task = self.curriculum.sample()
            chosen.append((arm, task, self.curriculum.drawn))
        place = {(task.hash, luck): number for number, (_, task, luck) in enumerate(chosen)}
        jobs = (Job(task, luck, sample) for _, task, luck in chosen for sample in range(config.size))
        groups = [Group(task, []) for _, task, _ in chosen]
        for episode in rollout(self.agent, jobs, config.slots, "bits"):
            groups[place[episode.task.hash, episode.luck]].episodes.append(episode)
        for group in groups:
            group.episodes.sort(key=lambda episode: episode.sample)
        return [arm for arm, _, _ in chosen], groups

    def _learn(self, rows: Sequence[Row], step: int) -> dict[str, float]:
        """One pass over the rows in ``optim.minibatches`` optimizer steps."""
        if not rows:
            return {"loss/policy": 0.0, "grad_norm": 0.0}
        config, objective = self.config.optim, self.config.objective
        order = np.random.default_rng([self.config.seed, step]).permutation(len(rows))
        sums: dict[str, float] = defaultdict(float)
        largest, first_gap, norms = 0.0, 0.0, []
        steps = np.array_split(order, min(config.minibatches, len(rows)))
        for number, places in enumerate(steps):
            chosen = [rows[place] for place in places]
            normaliser = sum(row.actions() for row in chosen)
            for batch in micro_batches(chosen, config.tokens):
                given = likelihood(self.model, batch, self.config.rollout.temperature)
                out = clipped_policy_loss(given, batch, objective.clip_low, objective.clip_high, normaliser)
                out.loss.backward()
                sums["loss"] += float(out.loss.detach()) / len(steps)
                sums["tokens"] += len(batch.logp)
                for name in ("entropy", "kl", "clipped"):
                    sums[name] += float(getattr(out, name))
                largest = max(largest, float(out.ratio_max))
                if number == 0:
                    first_gap = max(first_gap, float((given.logp.detach() - batch.logp).abs().max()))
            norms.append(float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.max_norm)))
            self.optimizer.step()
            self.optimizer.zero_grad()
        return {
            "loss/policy": sums["loss"],
            "policy/entropy": sums["entropy"] / sums["tokens"],
            "policy/kl_old": sums["kl"] / sums["tokens"],
            "policy/clip_fraction": sums["clipped"] / sums["tokens"],
            "policy/ratio_max": largest,
            "policy/sampler_gap": first_gap,
            "grad_norm": float(np.mean(norms)),
        }

    def _describe(self, arms: Sequence[str], groups: Sequence[Group]) -> dict[str, Any]:
        """Scalars of what was played, before anything is taken out."""
        by_arm: dict[str, list[Episode]] = defaultdict(list)
        for arm, group in zip(arms, groups, strict=True):
            by_arm[arm] += group.episodes
        outcomes = Counter(str(turn.outcome) for episodes in by_arm.values() for e in episodes for turn in e.turns)
        self.state.outcomes = dict(Counter(self.state.outcomes) + outcomes)
        turns = sum(outcomes.values())
        scalars: dict[str, Any] = {"episodes": sum(map(len, by_arm.values()))}
        scalars |= {f"outcome/{outcome}": count / turns for outcome, count in sorted(outcomes.items())}
        chosen = Counter(arms)
        scalars |= {f"curriculum/chosen/{arm.name}": chosen[arm.name] for arm in self.arms}
        scalars |= self.curriculum.metrics()
        for arm, episodes in sorted(by_arm.items()):
            turns = sum(len(episode.turns) for episode in episodes)
            invalid = sum(turn.outcome == Outcome.INVALID_ACTION for episode in episodes for turn in episode.turns)
            scalars[f"return/{arm}"] = float(np.mean([episode.total for episode in episodes]))
            scalars[f"success/{arm}"] = float(np.mean([float(episode.success or 0.0) for episode in episodes]))
            scalars[f"turns/{arm}"] = turns / len(episodes)
            scalars[f"invalid/{arm}"] = invalid / turns
            bits = bits_per_turn(episodes)
            if bits is not None:
                scalars[f"bits_per_turn/{arm}"] = bits
        return scalars

    # The end, and what is kept.

    def _summary(self, players: dict[str, dict[str, Score]], before: Evaluation, after: Evaluation) -> None:
        groups, pooled = summarize(players, before, after)
        turns = sum(self.state.outcomes.values())
        shape = self.config.model.model_dump()
        summary = {
            "name": self.config.name,
            "groups": groups,
            "pooled": pooled,
            "seconds": round(self.log.seconds, 1),
            "stages": {stage: round(seconds, 1) for stage, seconds in self.state.stages.items()},
            "outcomes": {outcome: count / turns for outcome, count in sorted(self.state.outcomes.items())},
            "seed": self.config.seed,
            "curriculum": self.config.curriculum.name,
            "model": {"parameters": parameters(self.model), "vocabulary": len(self.words), **shape},
        }
        files.write_json(self.folder / "summary.json", summary)
        unknown = ", ".join(f"{character!r} {count}" for character, count in self.words.unknown.most_common(5))
        if unknown:
            self.board.say(f"characters without a token (read as <unk>): {unknown}")
        self.console.print(table(summary))
        self.board.say(f"{self.folder}: {summary['seconds']:.0f} s")

    def _new_optimizer(self) -> torch.optim.Optimizer:
        config = self.config.optim
        return torch.optim.AdamW(self.model.parameters(), lr=config.lr, weight_decay=config.weight_decay)

    def _save(self, name: str) -> None:
        self.state.seconds = self.log.seconds
        self.state.curriculum = self.curriculum.state_dict()
        files.save_checkpoint(self.folder, name, self.model, self.words, self.optimizer, vars(self.state))

    def _load(self, checkpoint: Path) -> None:
        self.model, self.words = load_model(checkpoint), Words.load(checkpoint)
        self.optimizer = self._new_optimizer()
        files.load_optimizer(checkpoint, self.optimizer)
        self.state = Progressed(**files.load_state(checkpoint))
        if self.state.curriculum is not None:
            self.curriculum.load_state_dict(self.state.curriculum)


def _sound(arms: Sequence[str], groups: Sequence[Group]) -> tuple[list[str], list[Group]]:
    """The groups without episodes that broke; a group that is left with fewer than two is left out."""
    kept = []
    for arm, group in zip(arms, groups, strict=True):
        whole = [e for e in group.episodes if not any(turn.outcome in BROKEN for turn in e.turns)]
        if len(whole) >= 2:
            kept.append((arm, Group(group.task, whole, group.role)))
    return [arm for arm, _ in kept], [group for _, group in kept]


def _rows(groups: Sequence[Group], credited: Credited) -> list[Row]:
    rows = [
        episode_row(episode, advantages)
        for group, turns in zip(groups, credited.turns, strict=True)
        if turns is not None
        for episode, advantages in zip(group.episodes, turns, strict=True)
    ]
    return [row for row in rows if row.actions()]
