"""The training loop, blind to algorithms: it wires parts together and writes down what happens.

    demonstrations -> vocabulary and model -> warm start -> evaluation
    then, for every iteration:  curriculum -> tasks -> groups of episodes -> credit -> rows -> loss -> optimizer
                                -> group statistics back to the curriculum
    -> evaluation -> summary

Every draw is keyed by the seed and the place where it is made (task, luck, sample, iteration), and everything else that
changes is in a checkpoint: a run that was killed goes on to the same bits. Several processes may run it together
(`scoutgym.agents.training.processes`).
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from transformers.utils import logging as library_logging

from scoutgym.agents.collect import Collected, Draw, collect, draws
from scoutgym.agents.context import policy_named
from scoutgym.agents.formats import format_of
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.plans import plan_of
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training import folder as files
from scoutgym.agents.training import processes
from scoutgym.agents.training.config import TrainConfig
from scoutgym.agents.training.context import PolicyContext
from scoutgym.agents.training.credit.core import credit_rule
from scoutgym.agents.training.demonstrations import demonstrate, texts, written
from scoutgym.agents.training.evaluation import (
    DECODINGS,
    Evaluation,
    Score,
    dev_successes,
    evaluate,
    evaluations,
    play,
)
from scoutgym.agents.training.experience import counted, described, heard, learned_from
from scoutgym.agents.training.learner import DivergedError, Learner, check_precision
from scoutgym.agents.training.objective import make_objective
from scoutgym.agents.training.objective.overlong import shaped
from scoutgym.agents.training.policy import Policy, curve, load_policy, model_path, new_policy
from scoutgym.agents.training.progress import Board
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.agents.training.scoring import scoring_of
from scoutgym.agents.training.signal import demonstrated, dropped, refilled
from scoutgym.agents.training.summary import summarize, table, told_table
from scoutgym.agents.training.warm_start import SUCCESS, WarmStart
from scoutgym.curricula.arms import maker
from scoutgym.curricula.core import Arm, GroupStats, make_curriculum
from scoutgym.llm.tiny import parameters
from scoutgym.llm.words import Words
from scoutgym.types import Episode

BEFORE, AFTER = "eval-before.json", "eval-after.json"
WARM, START = "warm", "sft"
"""Names of the checkpoints within the warm start, and after it."""


@dataclass
class Progressed:
    """The trainer's own state: what a checkpoint holds beside the policy and the parts that learn."""

    iteration: int = 0
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)


class Trainer:
    """One run. The methods stand in the order in which they are called.

    Args:
        config: what to train.
        run: the folder of the run that goes on; None for a new one.

    Raises:
        ValueError: an environment, a curriculum, a part or a size is wrong.
    """

    def __init__(self, config: TrainConfig, run: Path | None = None) -> None:
        self.config = config
        self.arms = [Arm.of(name, env.id, env.params) for name, env in config.envs.items()]
        self.make = maker(self.arms)
        for arm in self.arms:
            for split, number in (("test", config.eval.episodes), ("dev", config.eval.dev_episodes)):
                count = arm.world().counts[split]
                if number > count:
                    raise ValueError(f"envs.{arm.name} has {count} {split} tasks, and eval asks for {number}")
        self.curriculum = make_curriculum(config.curriculum.name, self.arms, config.seed, config.curriculum.options)
        self.credit = credit_rule(config.credit.name, config.credit.options)
        self.objective = make_objective(config.objective.name, config.objective.options)
        self.format = format_of(config.format)
        check_precision(config.optim, self.objective)
        self.plan = plan_of(config.rollout.plan, config.rollout.size)
        if self.plan.whole and self.curriculum.midway:
            raise ValueError(
                f"the plan {self.config.rollout.plan['name']} plays whole tasks, and the curriculum "
                f"{config.curriculum.name} draws tasks that begin in the middle: choose another plan or curriculum"
            )
        self.view = policy_named(config.rollout.context)
        self.given = None if config.model.path is None else model_path(config.model.path)
        self.scoring = None if config.judge is None else scoring_of(config.judge, run)  # last: it asks
        self.state = Progressed()
        self.board = Board(self.state.stages, quiet=not processes.first())
        self.policy: Policy
        self.agent: LMAgent
        self.learner: Learner

    def run(self, run: Path) -> Path:
        """All stages that are not done yet."""
        torch.set_num_threads(self.config.threads)
        torch.manual_seed(self.config.seed)
        library_logging.disable_progress_bar()
        self.shared, folder = run, processes.folder(run)
        self.folder = folder
        if processes.first():
            files.newest_checkpoint(run)  # moves damaged ones aside, before the others look
        processes.wait()
        saved = files.newest_checkpoint(run)
        if saved is not None:
            self.state = Progressed(**files.load_state(saved)["trainer"])
        files.cut_metrics(folder, lambda record: saved is not None and self._stays(saved.name, record))
        if self.scoring is not None:
            self.scoring.enter(folder)
        self.log = files.RunLog(folder, self.state.seconds, self.config.log.wandb, self.config.model_dump(mode="json"))
        self.board.seconds = self.state.stages
        try:
            with self.board:
                self._start(saved)
                before, players = self._before()
                self._reinforce()
                after = self._evaluate("after")
                files.write_json(self.folder / AFTER, after.to_json())
        finally:
            self.log.close()
            if self.scoring is not None:
                self.scoring.close()
        self._summary(players, before, after)
        processes.leave()
        return run

    def _stays(self, saved: str, record: Mapping[str, Any]) -> bool:
        """Whether a line of the log is older than the checkpoint."""
        if record["stage"] == "eval":
            return bool(record["when"] == "before") and (self.shared / BEFORE).is_file()
        if record["stage"] == "rl":
            return int(record["step"]) <= self.state.iteration
        warm = saved.startswith(WARM)
        return not warm or record["stage"] == "demonstrations" or int(record["step"]) <= int(saved.partition("-")[2])

    # The policy that reinforcement learning starts from.

    def _start(self, saved: Path | None) -> None:
        """Load or make the policy, and warm it up as far as that has not been done."""
        config = self.config
        done = saved is not None and not saved.name.startswith(WARM)
        given = self.given
        needed = not done and (config.sft.steps > 0 or given is None)  # a new model takes its vocabulary from them
        episodes = self._demonstrations() if needed else []
        if given is not None and (saved is None or config.model.lora is not None):
            self.policy = load_policy(given, config.model, saved)
        elif saved is not None:
            self.policy = load_policy(saved, config.model)
        else:
            self.policy = new_policy(
                Words.of(texts(self.arms, episodes), config.model.least), config.model, config.seed
            )
        self.agent = self._agent()
        for line in curve(given) if given is not None and saved is None else ():
            told = {name: value for name, value in line.items() if name not in ("stage", "step", "seconds")}
            self.log.write("sft", line["step"], told)
        if not done and config.sft.steps:
            self._warm_start(episodes, saved)
        reference = None
        if self.objective.reference and config.model.lora is None:  # an adapter is switched off instead
            start = self.shared / "checkpoints" / START
            reference = load_policy(start, config.model).model if done else copy.deepcopy(self.policy.model)
        self.learner = Learner(self.policy.model, config.optim, self.objective, config.rollout.temperature, reference)
        if done:
            assert saved is not None
            state = files.load_state(saved)
            for name, part in self._parts().items():
                part.load_state_dict(state[name])
        else:
            self._save(START)

    def _demonstrations(self) -> list[Episode]:
        config = self.config.demonstrations
        with self.board.stage("demonstrations", "demonstrations", config.episodes) as bar:
            episodes = []
            for episode in demonstrate(self.arms, config, self.config.seed):
                episodes.append(episode)
                bar.advance()
        return episodes

    def _agent(self) -> LMAgent:
        config = self.config.rollout
        return LMAgent(
            self.policy.model,
            self.policy.renderer,
            config.temperature,
            config.max_tokens,
            self.config.model.context if self.config.model.path is None else None,
            format=self.format,
            policy=self.view,
            constrain=config.constrained,
        )

    def _warm_start(self, episodes: Sequence[Episode], saved: Path | None) -> None:
        """Imitate the demonstrations until that no longer helps."""
        config, room = self.config.sft, self.agent.limit
        rows = [
            row
            for number, episode in enumerate(episodes)
            for row in episode_rows(
                written(episode, self.agent, config.constrained, self.config.demonstrations.mask),
                number,
                [1.0] * len(episode.turns),
            )
        ]
        fitting = [row for row in rows if len(row.ids) <= room]
        if rows and not fitting:
            raise ValueError(f"no demonstration fits into model.context={room}: the shortest is longer")
        if not fitting:
            return
        tokens = sum(len(row.ids) for row in fitting)
        self.board.say(
            f"{len(fitting)} demonstrations of {tokens} tokens ({len(rows) - len(fitting)} longer than the context of "
            f"{room} left out; the longest has {max(len(row.ids) for row in rows)}), "
            f"{parameters(self.policy.model)} parameters"
        )
        warm = WarmStart(self.policy.model, fitting, config, self.config.seed)
        if saved is not None:
            warm.load_state_dict(files.load_state(saved)["warm"])
        else:
            self.log.write("demonstrations", 0, {"episodes": len(fitting), "tokens": tokens})
        with self.board.stage("sft", "supervised warm start", config.steps - warm.step) as bar:

            def report(step: int, loss: float, found: Mapping[str, float]) -> None:
                if found or step % 25 == 0:
                    self.log.write("sft", step, {"loss/sft": loss, "tokens": config.tokens * step, **found})
                bar.advance(note=f"loss {loss:.3f}" + (f", dev success {found[SUCCESS]:.2f}" if found else ""))

            def keep() -> None:
                self._save(f"{WARM}-{warm.step:06d}", warm=warm.state_dict())

            with self._stopped("the warm start", "lower sft.lr"):
                warm.run(self._examine, report, keep)

    def _examine(self) -> dict[str, float]:
        """Where the policy stands in the midst of the warm start: its success on dev tasks at the best temperature."""
        config = self.config
        found = dev_successes(self.agent, self.arms, config.eval.temperatures, config.sft.tasks, config.rollout.slots)
        self.agent.temperature = config.rollout.temperature
        best = max(found, key=lambda temperature: found[temperature])
        return {SUCCESS: found[best], "dev/temperature": best}

    def _parts(self) -> dict[str, Any]:
        """What a checkpoint holds the state of, beside the policy: by name what has ``state_dict``."""
        judged = {} if self.scoring is None else {"scoring": self.scoring.alarms}
        return {"curriculum": self.curriculum, "credit": self.credit, "learner": self.learner, **judged}

    # Evaluation.

    def _before(self) -> tuple[Evaluation, dict[str, dict[str, Score]]]:
        """The reference players, and the policy before reinforcement learning."""
        path = self.shared / BEFORE
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
                if arms:
                    played = play(player, arms, "test", number, self.config.rollout.slots, "bits", bar.advance)
                    players[player.name] = {group: Score.of(episodes) for group, episodes in played.items()}
        policy = self._evaluate("before")
        scores = {name: {group: vars(score) for group, score in groups.items()} for name, groups in players.items()}
        files.write_json(self.folder / BEFORE, {"players": scores, "policy": policy.to_json()})
        return policy, players

    def _evaluate(self, when: str) -> Evaluation:
        config = self.config
        self.agent.version = self.state.iteration
        with self.board.stage(f"eval_{when}", f"evaluation {when}", evaluations(config.eval, self.arms)) as bar:
            examine = [] if self.scoring is None else [self.scoring.examine]
            evaluation, played = evaluate(
                self.agent, self.arms, config.eval, config.rollout.slots, bar.advance, *examine
            )
        self.agent.temperature = config.rollout.temperature
        kept = [episode for episodes in played.values() for episode in episodes[: config.log.keep]]
        files.write_episodes(self.folder / "episodes" / f"eval-{when}.jsonl", kept)
        for decoding in DECODINGS:
            scalars = {"when": when, "decoding": decoding, **evaluation.scalars(decoding)}
            self.log.write("eval", self.state.iteration, scalars)
        return evaluation

    # Reinforcement learning.

    def _reinforce(self) -> None:
        config, total = self.config, self.config.rollout.iterations
        with self.board.stage("rl", "reinforcement learning", total - self.state.iteration) as bar:
            while self.state.iteration < total:
                mean = self._iteration()
                self.state.iteration += 1
                bar.advance(note=f"success {mean:.2f}")
                if self.state.iteration % config.log.checkpoint == 0 or self.state.iteration == total:
                    self._save(f"rl-{self.state.iteration:05d}")

    def _iteration(self) -> float:
        """One round: collect, credit, learn, tell the curriculum. Returns the mean success."""
        config, step = self.config, self.state.iteration + 1
        begun, tokens = self.log.seconds, self.agent.tokens
        self.agent.version = self.state.iteration
        context = PolicyContext(
            self.policy.model,
            self.policy.renderer,
            config.credit.gamma,
            config.rollout.temperature,
            config.rollout.max_tokens,
            config.optim.tokens,
        )
        came, told = self._collect()
        credited = self.credit.credit(came.groups, context)
        chosen = came.groups, credited
        if config.rollout.signal == "drop":
            chosen = dropped(*chosen, config.credit.gamma)
        rows = learned_from(*chosen, config.objective, step)
        scalars = {**described(came), **self.curriculum.metrics(), **credited.metrics}
        scalars |= self.credit.update(came.groups, context)
        scalars |= self._learn(rows, step)
        self.curriculum.observe(told)
        self.state.outcomes = dict(Counter(self.state.outcomes) + counted(came))
        trained = sum(len(row.ids) for row in rows)
        speed = (self.agent.tokens - tokens + trained) / (self.log.seconds - begun)
        self.log.write("rl", step, {**scalars, "tokens": trained, "tokens_per_second": speed})
        played = [episode for episodes in came.played for episode in episodes]
        whole = max(1, config.log.episodes // config.rollout.size)  # groups, so that what is kept can be compared
        some = [one for episodes in came.played[:: max(1, len(came.played) // whole)] for one in episodes]
        some = some[: config.log.episodes]
        files.write_episodes(self.folder / "episodes" / f"train-{step:05d}.jsonl", some)
        return fmean(float(episode.success or 0.0) for episode in played)

    def _learn(self, rows: Sequence[Row], step: int) -> dict[str, float]:
        self.learner.scale = 1.0 - (1.0 - self.config.optim.decay) * (step - 1) / self.config.rollout.iterations
        with self._stopped(f"iteration {step}", "lower optim.lr or optim.max_norm, or use float32"):
            return self.learner.learn(rows, (self.config.seed, step))

    @contextmanager
    def _stopped(self, where: str, advice: str) -> Iterator[None]:
        """Where learning diverges, say where the run stands and what may help."""
        try:
            yield
        except (DivergedError, FloatingPointError) as error:  # the latter in an examination right after the step
            good = files.checkpoints(self.shared)
            last = f"The last good checkpoint is {good[-1]}" if good else "There is no checkpoint yet"
            raise DivergedError(f"{where}: {error}: {advice}. {last}") from None

    def _collect(self) -> tuple[Collected, list[GroupStats]]:
        """Groups of episodes: one task and one luck each, told apart by the policy's own noise.

        Also what the curriculum is told of them, which is the policy's own play alone.
        """
        config = self.config.rollout
        others: dict[str, Any] = {"opponent": None} if config.opponent == "self" else {}

        def gathered(drawn: Sequence[Draw]) -> Collected:
            begin = None if self.scoring is None else self.scoring.begin
            mine = collect(
                *(self.agent, processes.share(drawn), self.plan, config.slots, "bits"),
                make=self.make,
                whole=begin,
                **others,
            )
            if self.scoring is None:
                return Collected.joined(processes.gathered(mine))
            scored = self.scoring.scored(mine, self.state.iteration + 1)
            return self.scoring.alarms.watch(Collected.joined(processes.gathered(scored)))

        came = gathered(draws(self.curriculum, config.groups))
        if config.signal == "refill":
            came = refilled(came, self.config.credit.gamma, partial(draws, self.curriculum), gathered)
        paid = self._paid(came)
        told = heard(paid, self.config.credit.gamma)
        if config.signal == "demonstrate":
            paid = self._paid(demonstrated(came, self.agent, self.learner.logp))
        return paid, told

    def _paid(self, came: Collected) -> Collected:
        """With the price of length."""
        price = self.config.credit.overlong
        return came if price is None else replace(came, groups=shaped(came.groups, price.longest, price.margin))

    # The end, and what is kept.

    def _summary(self, players: dict[str, dict[str, Score]], before: Evaluation, after: Evaluation) -> None:
        groups, pooled = summarize(players, before, after)
        turns = sum(self.state.outcomes.values())
        summary = {
            "name": self.config.name,
            "groups": groups,
            "pooled": pooled,
            "seconds": round(self.log.seconds, 1),
            "stages": {stage: round(seconds, 1) for stage, seconds in self.state.stages.items()},
            "outcomes": {outcome: count / turns for outcome, count in sorted(self.state.outcomes.items())},
            "seed": self.config.seed,
            "curriculum": self.config.curriculum.name,
            "agent": self.agent.record(),
            "model": self.policy.shape(),
            **({} if self.scoring is None else {"judged": self.scoring.record()}),
        }
        files.write_json(self.folder / "summary.json", summary)
        unknown = self.policy.unknown()
        if unknown:
            self.board.say(f"characters without a token (read as <unk>): {unknown}")
        self.board.show(table(summary))
        if (told := told_table(summary)) is not None:
            self.board.show(told)
        self.board.say(f"{self.folder}: {summary['seconds']:.0f} s")

    def _save(self, name: str, **more: Mapping[str, Any]) -> None:
        """Write a checkpoint: the policy, and all that changes beside it."""
        self.state.seconds = self.log.seconds
        state: dict[str, Mapping[str, Any]] = {"trainer": asdict(self.state), **more}
        if not name.startswith(WARM):
            state |= {name: part.state_dict() for name, part in self._parts().items()}
        sums = processes.gathered([float(weight.detach().double().sum()) for weight in self.policy.model.parameters()])
        if any(one != sums[0] for one in sums):
            raise RuntimeError("the weights of the processes differ: they have not learned from the same gradients")
        if processes.first():
            files.save_checkpoint(self.shared, name, self.policy.save, state)
        processes.wait()
