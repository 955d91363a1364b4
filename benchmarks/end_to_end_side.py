"""One side of ``end_to_end.py``: ScoutGym's trainer, or TRL's; run by it, each with an interpreter of its own.

The settings are one JSON object on the command line. For every line on the input one training step is taken, and
answered with one JSON object: its seconds (by the clock, and of the processor), of these the seconds of each part, and
what was played and trained on.

Both sides draw the same tasks and lucks from one curriculum, write conversations the same way (`Words`), and play the
worlds through ``gymnasium.make``. The rest is each library's own.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Pace:
    """Waits to be told to take a step, and says what the step took."""

    def __init__(self) -> None:
        self.answers, sys.stdout = sys.stdout, sys.stderr  # nobody else may write there
        self.begun = self.cpu = 0.0
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.facts: defaultdict[str, float] = defaultdict(float)

    def wait(self) -> bool:
        """Whether there is another step to take; its time runs from here."""
        more = bool(sys.stdin.readline())
        self.spent.clear()
        self.facts.clear()
        self.begun, self.cpu = time.perf_counter(), time.process_time()
        return more

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Seconds of a part of the step."""
        begun = time.perf_counter()
        yield
        self.spent[name] += time.perf_counter() - begun

    def say(self) -> None:
        """The step is done."""
        seconds = time.perf_counter() - self.begun
        cpu = time.process_time() - self.cpu
        record = {"seconds": seconds, "cpu": cpu, "spent": self.spent, "facts": self.facts}
        print(json.dumps(record), file=self.answers, flush=True)


def scoutgym_side(settings: dict[str, Any], pace: Pace) -> None:
    """`Trainer` as it is, with its loop held between two iterations."""
    from pathlib import Path

    from scoutgym.agents.collect import Collected
    from scoutgym.agents.training.config import parse_config
    from scoutgym.agents.training.trainer import Trainer
    from scoutgym.llm.engine import Engine

    class Paced(Trainer):
        def _iteration(self) -> float:
            if not pace.wait():
                raise SystemExit
            success = super()._iteration()
            pace.say()
            return success

        def _collect(self, *args: Any) -> Collected:
            with pace.part("rollout"):
                came = super()._collect(*args)
            for episodes in came.played:
                pace.facts["episodes"] += len(episodes)
                pace.facts["turns"] += sum(len(one.turns) for one in episodes)
                pace.facts["tokens"] += sum(len(t.prompt_ids) + len(t.ids) for one in episodes for t in one.turns)
                pace.facts["return"] += sum(one.total for one in episodes)
            return came

        def _learn(self, rows: Sequence[Any], step: int) -> dict[str, float]:
            pace.facts["trained"] += sum(len(row.ids) for row in rows)
            with pace.part("learning"):
                return super()._learn(rows, step)

    sample = Engine.generate

    def generate(*args: Any, **options: Any) -> Any:
        with pace.part("sampling"):
            return sample(*args, **options)

    Engine.generate = generate  # type: ignore[method-assign]
    never = settings["steps"] + 1
    config = {
        "name": "end-to-end",
        "threads": settings["threads"],
        "model": {"path": settings["model"], "device": "cpu"},
        "envs": {"world": settings["world"]},
        "sft": {"steps": 0},
        "rollout": {
            "iterations": never,
            "groups": settings["groups"],
            "size": settings["size"],
            "slots": settings["groups"] * settings["size"],
            "max_tokens": settings["max_tokens"],
        },
        "credit": {"name": "grpo"},
        "objective": {"options": {"per": "episode"}},
        "optim": {"lr": settings["lr"], "minibatches": 1},
        "curriculum": {"name": "uniform"},
        "eval": {"episodes": 1, "dev_episodes": 1, "temperatures": [1.0]},
        "log": {"folder": settings["folder"], "episodes": 0, "keep": 0, "checkpoint": never},
    }
    run = Path(settings["folder"]) / "end-to-end"
    run.mkdir(parents=True)
    Paced(parse_config(config)).run(run)


def trl_side(settings: dict[str, Any], pace: Pace) -> None:
    """`GRPOTrainer` with a ``rollout_func`` for worlds of many turns."""
    import gymnasium
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, GenerationConfig, TrainerCallback
    from transformers.utils import logging as library_logging
    from trl import GRPOConfig, GRPOTrainer

    from scoutgym.agents.collect import draws
    from scoutgym.agents.training.policy import model_path
    from scoutgym.curricula.core import Arm, make_curriculum
    from scoutgym.llm.words import Words
    from scoutgym.types import Task

    torch.set_num_threads(settings["threads"])
    library_logging.disable_progress_bar()
    folder = model_path(settings["model"])
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    words = Words.load(folder)
    episodes = settings["groups"] * settings["size"]
    world = settings["world"]
    curriculum = make_curriculum("uniform", [Arm.of("world", world["id"], world["params"])], 0, {})
    drawn = draws(curriculum, settings["groups"] * (settings["steps"] + 1))
    prompts = [json.dumps({"task": draw.task.to_json(), "luck": draw.luck}) for draw in drawn]
    envs = [gymnasium.make(drawn[0].task.env_id) for _ in range(episodes)]
    generation = GenerationConfig(
        max_new_tokens=settings["max_tokens"],
        do_sample=True,
        temperature=1.0,
        top_k=0,
        eos_token_id=words.end,
        pad_token_id=words.pad,
    )

    @torch.no_grad()
    def answers(model: Any, histories: list[list[int]]) -> list[list[int]]:
        """What the model says next in each conversation, the end sign included."""
        longest = max(map(len, histories))
        ids = torch.tensor([[words.pad] * (longest - len(history)) + history for history in histories])
        mask = torch.tensor([[0] * (longest - len(history)) + [1] * len(history) for history in histories])
        with pace.part("sampling"):
            said = model.generate(input_ids=ids, attention_mask=mask, generation_config=generation)[:, longest:]
        found = said.tolist()
        return [line[: line.index(words.end) + 1] if words.end in line else line for line in found]

    def rollout(prompts: list[str], trainer: Any) -> dict[str, Any]:
        """All conversations in lock step; those that are over are dropped from the batch."""
        with pace.part("rollout"):
            policy = trainer.accelerator.unwrap_model(trainer.model)
            heard: list[list[int]] = []
            said: list[list[int]] = [[] for _ in prompts]
            masks: list[list[int]] = [[] for _ in prompts]
            returns = [0.0] * len(prompts)
            for env, prompt in zip(envs, prompts, strict=True):
                job = json.loads(prompt)
                observation, _ = env.reset(options={"task": Task.from_json(job["task"]), "luck": job["luck"]})
                heard.append(words.prompt(observation, first=True))
            live = list(range(len(prompts)))
            while live:
                spoken = answers(policy, [heard[n] + said[n] for n in live])
                pace.facts["turns"] += len(live)
                going = []
                for n, ids in zip(live, spoken, strict=True):
                    said[n] += ids
                    masks[n] += [1] * len(ids)
                    observation, reward, terminated, truncated, _ = envs[n].step(words.decode(ids))
                    returns[n] += float(reward)
                    if not (terminated or truncated):
                        ids = words.prompt(observation, first=False)
                        said[n] += ids
                        masks[n] += [0] * len(ids)
                        going.append(n)
                live = going
        pace.facts["episodes"] += len(prompts)
        pace.facts["tokens"] += sum(map(len, heard)) + sum(map(len, said))
        pace.facts["trained"] = pace.facts["tokens"]
        pace.facts["return"] += sum(returns)
        # TRL's own `generate` path gives no log-probabilities either: they are only read where vLLM has sampled.
        return {"prompt_ids": heard, "completion_ids": said, "logprobs": None, "env_mask": masks, "returns": returns}

    def reward(returns: list[float], **_: Any) -> list[float]:
        return returns

    class Paced(TrainerCallback):
        """Between two optimizer steps."""

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
            control.should_training_stop = not pace.wait()
            return control

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
            pace.say()
            control.should_training_stop = not pace.wait()
            return control

    class Timed(GRPOTrainer):
        def _generate_and_score_completions(self, *args: Any) -> Any:
            with pace.part("prepared"):
                return super()._generate_and_score_completions(*args)

    config = GRPOConfig(
        output_dir=settings["folder"],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        per_device_train_batch_size=episodes // settings["accumulation"],
        gradient_accumulation_steps=settings["accumulation"],
        num_generations=settings["size"],
        max_completion_length=4096,
        temperature=1.0,
        loss_type="grpo",
        beta=0.0,
        epsilon=0.2,
        learning_rate=settings["lr"],
        lr_scheduler_type="constant",
        weight_decay=0.0,
        max_grad_norm=1.0,
        max_steps=settings["steps"] + 1,
        shuffle_dataset=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        logging_strategy="no",
        save_strategy="no",
        report_to=[],
    )
    trainer = Timed(
        model=model,
        reward_funcs=reward,
        args=config,
        train_dataset=Dataset.from_dict({"prompt": prompts}),
        processing_class=words.tokenizer,
        rollout_func=rollout,
        callbacks=[Paced()],
    )
    trainer.train()


if __name__ == "__main__":
    sides = {"scoutgym": scoutgym_side, "trl": trl_side}
    given = json.loads(sys.argv[1])
    sides[given["side"]](given, Pace())
