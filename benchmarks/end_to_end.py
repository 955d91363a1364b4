"""How many episodes a minute are played and learned from, and against what. Run: python benchmarks/end_to_end.py --help

A training step end to end (rollout, credit, loss, optimizer step) of ScoutGym's trainer and of TRL's ``GRPOTrainer``
with a ``rollout_func``. TRL has a virtual environment of its own with the same torch and transformers. Both start from
the same weights, play the same tasks under the same lucks, one group a task, and take one optimizer step on what they
played: GRPO (loss of each episode the mean over its own tokens, clip 0.2, no reference), temperature 1, AdamW, float32,
one CPU thread each, if not told otherwise. Nothing is evaluated, saved or logged to anywhere but, for ScoutGym, its
``metrics.jsonl``. The workers stay alive and take turns, a step each, in another order each round; first steps, before
which everything is made, are not counted. The ratio is within a round, by the clock; that of the processes' CPU time
stands beside it.

What TRL was given (``trl_side`` in ``end_to_end_side.py``):

- a ``rollout_func`` that plays all conversations in lock step: one ``generate`` on all histories, padded on the left,
  with its own cache of keys and values within the answer; conversations that are over leave the batch; environments are
  made once; token in, token out, what the world says is masked by ``env_mask``;
- no log-probabilities from the rollout: TRL's own ``generate`` path gives None too, and reads them under vLLM only;
- one optimizer step for each rollout, so that TRL needs no second forward pass for the old log-probabilities;
- no gradient checkpointing and no bfloat16 (both are on by default), no reference model, no logging, no checkpoints;
- micro-batches of all episodes and of an eighth of them: both run, and the faster is what ScoutGym is compared with.

It was not given vLLM (there is none worth having on two CPU cores) or a cache kept between turns, which ``generate``
does not offer for conversations of different lengths. ScoutGym is as it comes: its learner leaves out groups of equal
returns, in which GRPO has nothing to learn, and TRL trains on them with an advantage of 0. How much that gives is said:
*all trained* is the ratio with ScoutGym's learning stretched to as many tokens as TRL learned from.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import torch
import transformers
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from transformers.utils import logging as library_logging

from scoutgym.agents.training.config import ModelConfig
from scoutgym.agents.training.policy import load_policy, model_path
from scoutgym.llm.tiny import parameters

HERE = Path(__file__).parent
TRL = "1.16.0"
GOAL = 3.0
WORLDS: dict[str, dict[str, Any]] = {
    "Mastermind-2x3": {"id": "scoutgym/Mastermind-2x3-v0", "params": {}},
    "RegretBandit-tiny": {"id": "scoutgym/RegretBandit-tiny-v0", "params": {}},
    "Maze-3": {"id": "scoutgym/Maze-3-v0", "params": {}},
    "RegretBandit-tiny of 30 turns": {"id": "scoutgym/RegretBandit-tiny-v0", "params": {"max_turns": 30}},
}
PARTS = {
    "sampling": "the model samples",
    "world": "worlds, tokens, batches of the rollout",
    "credit": "credit, and all between",
    "learning": "loss, backward, optimizer",
}


def interpreter(folder: Path) -> Path:
    """Python of the virtual environment with TRL, which is made, or brought up to date."""
    venv, constraints = folder / "trl", HERE.parent / "constraints.txt"
    python, stamp = venv / "bin" / "python", venv / "stamp"
    wanted = "\n".join([TRL, (HERE.parent / "pyproject.toml").read_text(), constraints.read_text()])
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"setting up TRL in {venv}: a few minutes", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        options = [*os.environ.get("PIP_FLAGS", "").split(), "-c", str(constraints)]
        packages = ["-e", f"{HERE.parent}[llm,trl]", f"trl=={TRL}"]
        subprocess.run([str(python), "-m", "pip", "-qq", "install", *options, *packages], check=True)
        stamp.write_text(wanted)
    return python


class Side:
    """A trainer in a process of its own, which takes a step when it is told to."""

    def __init__(self, python: str | Path, settings: dict[str, Any]) -> None:
        self.name = str(settings["side"])
        self.folder = tempfile.TemporaryDirectory()
        self.errors = (Path(self.folder.name) / "errors.txt").open("w+")
        given = {**settings, "folder": str(Path(self.folder.name) / "run")}
        threads = str(settings["threads"])
        quiet = {"TRL_EXPERIMENTAL_SILENCE": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
        self.process = subprocess.Popen(
            [str(python), str(HERE / "end_to_end_side.py"), json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, **quiet, "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
        )

    def step(self) -> dict[str, Any]:
        """Take a step; what it took, and what was played in it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            self.errors.seek(0)
            raise RuntimeError(f"{self.name} stopped:\n{self.errors.read()[-3000:]}")
        record: dict[str, Any] = json.loads(answer)
        spent = record["spent"]
        parts = {"sampling": spent["sampling"], "world": spent["rollout"] - spent["sampling"]}
        if self.name == "trl":
            parts["credit"] = spent["prepared"] - spent["rollout"]
            parts["learning"] = record["seconds"] - spent["prepared"]
        else:
            parts["credit"] = record["seconds"] - spent["rollout"] - spent["learning"]
            parts["learning"] = spent["learning"]
        return {**record, "parts": parts}

    def close(self) -> None:
        """Let it go."""
        self.process.communicate()
        self.errors.close()
        self.folder.cleanup()


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": median(values), "low": min(values), "high": max(values)}


def measure(name: str, python: Path, settings: dict[str, Any], rounds: int, bar: Progress) -> dict[str, Any]:
    """One world: all sides in turn."""
    settings = {**settings, "world": WORLDS[name], "steps": rounds + 1}
    sides = {
        "scoutgym": Side(sys.executable, {**settings, "side": "scoutgym"}),
        **{f"trl {n}": Side(python, {**settings, "side": "trl", "accumulation": n}) for n in (1, 8)},
    }
    task = bar.add_task(name, total=(rounds + 1) * len(sides))
    steps: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for number in range(rounds + 1):
        for side in list(sides)[:: -1 if number % 2 else 1]:
            record = sides[side].step()
            bar.advance(task)
            if number:
                steps[side].append(record)
    for one in sides.values():
        one.close()
    return {"world": name, "steps": steps, **compared(steps, settings["groups"] * settings["size"])}


def compared(steps: dict[str, list[dict[str, Any]]], episodes: int) -> dict[str, Any]:
    """Rates and ratios of ScoutGym and the faster TRL."""
    seconds = {side: [step["seconds"] for step in found] for side, found in steps.items()}
    best = min((side for side in steps if side != "scoutgym"), key=lambda side: median(seconds[side]))
    pairs = list(zip(steps["scoutgym"], steps[best], strict=True))

    def stretched(step: dict[str, Any]) -> float:
        """Seconds, had it learned from all that it played."""
        more = step["facts"]["tokens"] / max(step["facts"]["trained"], 1) - 1
        return float(step["seconds"] + more * step["parts"]["learning"])

    chosen = {"scoutgym": "scoutgym", "trl": best}
    return {
        "micro_batch": episodes // int(best.split()[1]),
        "episodes_per_minute": {side: spread([60 * episodes / s for s in seconds[chosen[side]]]) for side in chosen},
        "other_micro_batches": {
            f"{episodes // int(side.split()[1])}": spread([60 * episodes / s for s in seconds[side]])
            for side in steps
            if side not in ("scoutgym", best)
        },
        "ratio": spread([b["seconds"] / a["seconds"] for a, b in pairs]),
        "ratio_cpu": spread([b["cpu"] / a["cpu"] for a, b in pairs]),
        "ratio_all_trained": spread([b["seconds"] / stretched(a) for a, b in pairs]),
        "played": {
            side: {
                fact: sum(step["facts"][fact] for step in steps[chosen[side]]) / len(pairs) / episodes
                for fact in ("turns", "tokens", "trained", "return")
            }
            for side in chosen
        },
        "parts": {
            side: {part: median(step["parts"][part] for step in steps[chosen[side]]) for part in PARTS}
            for side in chosen
        },
    }


def times(ratio: dict[str, float]) -> str:
    """A ratio with its range."""
    return f"{ratio['median']:.2f} × ({ratio['low']:.2f}-{ratio['high']:.2f})"


def rate(values: dict[str, float]) -> str:
    """Episodes a minute with their range."""
    return f"{values['median']:,.0f} ({values['low']:,.0f}-{values['high']:,.0f})"


def rows(report: dict[str, Any]) -> list[list[str]]:
    """The first table: what was reached."""
    return [
        [
            row["world"],
            f"{row['played']['scoutgym']['turns']:.1f} / {row['played']['trl']['turns']:.1f}",
            f"{row['played']['scoutgym']['tokens']:.0f} / {row['played']['trl']['tokens']:.0f}",
            rate(row["episodes_per_minute"]["scoutgym"]),
            rate(row["episodes_per_minute"]["trl"]),
            times(row["ratio"]),
            times(row["ratio_cpu"]),
            times(row["ratio_all_trained"]),
        ]
        for row in report["worlds"]
    ]


def shares(report: dict[str, Any]) -> list[list[str]]:
    """The second table: where the time of a step goes."""
    lines = []
    for row in report["worlds"]:
        sums = {side: sum(row["parts"][side].values()) for side in ("scoutgym", "trl")}
        for part, what in PARTS.items():
            cells = [row["world"], what]
            for side, total in sums.items():
                seconds = row["parts"][side][part]
                cells.append(f"{seconds:.2f} s ({seconds / total:.0%})")
            lines.append([*cells, f"{row['parts']['trl'][part] / row['parts']['scoutgym'][part]:.1f} ×"])
    return lines


COLUMNS = (
    "world",
    "turns",
    "tokens",
    "ScoutGym, episodes/min",
    "TRL, episodes/min",
    "ratio",
    "processor time",
    "all trained",
)
SHARES = ("world", "part of a step", "ScoutGym", "TRL", "ratio")


def show(report: dict[str, Any], console: Console) -> None:
    """Two tables."""
    for title, columns, lines in (
        ("Training end to end: ScoutGym over TRL", COLUMNS, rows(report)),
        ("Where the time of a step goes", SHARES, shares(report)),
    ):
        table = Table(title=f"{title}: medians over {report['rounds']} rounds (ranges in brackets)")
        for place, column in enumerate(columns):
            table.add_column(column, justify="left" if place == 0 else "right")
        for line in lines:
            table.add_row(*line)
        console.print(table)


PAGE = """# How fast training is, end to end

Generated by `{command}` ({machine}); do not edit. Medians over {rounds} rounds, ranges in brackets.

A training step of ScoutGym's trainer and of TRL {trl}'s `GRPOTrainer` with a `rollout_func`, on the same model
({model}: {parameters:,} parameters), the same tasks and lucks, {groups} groups of {size} episodes, answers of at most
{max_tokens} tokens, temperature 1, GRPO with one optimizer step for each rollout, float32, {threads} CPU thread(s)
each, in turn with each other. All of a step counts: rollout, credit, loss, backward pass, optimizer. Each side's first
step does not. TRL's `rollout_func` plays all conversations in lock step with `generate` on the histories padded on the
left, drops those that are over, and masks what the world says; it has no vLLM, which is for GPUs. Micro-batches of
{batch} and of {eighth} episodes both ran, and the faster one stands here. What else TRL was given is said at the head
of `benchmarks/end_to_end.py`.

*ratio* is by the clock; *processor time* is the same ratio of what the processes used, which other load on the machine
moves less. *turns* and *tokens* are those of a mean episode, ScoutGym's / TRL's: the policies start alike, sample with
other noise, and learn. ScoutGym leaves groups of equal returns out of its loss (their advantage is 0), TRL does not;
*all trained* is the ratio if ScoutGym's loss had taken as long, a token, for all it played. The goal is {goal:g} × by
the clock: it is reached in {reached} of {all} worlds ({reached_all} with all trained).

"""

BOUNDS = """
## What bounds each side

Medians of each part of a step, and TRL's over ScoutGym's. In the rollout, `generate` reads the whole history again in
every turn, at the width of the longest, and goes on with answers that have ended until the last one has; ScoutGym's
engine reads what is new and drops what has ended. So this ratio grows with turns and tokens. In the loss both read each
conversation once; TRL pads all to the longest prompt and the longest completion of the step and computes logits at
every token of a completion, ScoutGym makes micro-batches of like lengths and computes them where an answer was sampled.
Where conversations are short and alike, that saves little, and the same forward and backward pass bounds both.
ScoutGym's rollout also measures what is known of the secret (bits) and writes down every turn; TRL's does not.

"""


def page(report: dict[str, Any]) -> str:
    """The figures as a page of the documentation."""
    text = PAGE.format(**report)
    for columns, lines in ((COLUMNS, rows(report)), (SHARES, shares(report))):
        text += BOUNDS if columns is SHARES else ""
        text += f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
        text += "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return text


def main(
    rounds: Annotated[int, typer.Option(help="steps of each side that count")] = 5,
    groups: Annotated[int, typer.Option(help="tasks of a step; a multiple of 8")] = 16,
    size: Annotated[int, typer.Option(help="episodes of a task")] = 8,
    threads: Annotated[int, typer.Option(help="of torch, on each side")] = 1,
    model: Annotated[
        str, typer.Option(help="a start that comes with scoutgym, or a checkpoint of one of its runs")
    ] = "builtin:games",
    world: Annotated[list[str] | None, typer.Option(help=f"some of {', '.join(WORLDS)}; by default all")] = None,
    folder: Annotated[Path, typer.Option(help="where TRL's virtual environment is or is made")] = Path("build/rivals"),
    out: Annotated[Path | None, typer.Option("--json", help="write the figures")] = None,
    docs: Annotated[Path | None, typer.Option(help="write them as a page")] = None,
) -> None:
    """Measure training end to end against TRL."""
    if groups % 8:
        raise typer.BadParameter(f"--groups {groups}: TRL's smaller micro-batch is an eighth of a step")
    if unknown := [name for name in world or () if name not in WORLDS]:
        raise typer.BadParameter(f"--world {unknown[0]!r}: there are {', '.join(WORLDS)}")
    library_logging.disable_progress_bar()
    python = interpreter(folder)
    settings = {"model": model, "threads": threads, "groups": groups, "size": size, "max_tokens": 12, "lr": 1e-4}
    with Progress(console=Console(stderr=True)) as bar:
        found = [measure(name, python, settings, rounds, bar) for name in world or WORLDS]
    report = {
        "command": shlex.join(["python", *sys.argv]),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"transformers {transformers.__version__} on both sides",
        "trl": TRL,
        "goal": GOAL,
        "rounds": rounds,
        **settings,
        "parameters": parameters(load_policy(model_path(model), ModelConfig(device="cpu")).model),
        "batch": groups * size,
        "eighth": groups * size // 8,
        "all": len(found),
        "reached": sum(row["ratio"]["median"] >= GOAL for row in found),
        "reached_all": sum(row["ratio_all_trained"]["median"] >= GOAL for row in found),
        "worlds": found,
    }
    show(report, Console(width=170))
    if out is not None:
        out.write_text(json.dumps(report, indent=1) + "\n")
    if docs is not None:
        docs.write_text(page(report))


if __name__ == "__main__":
    typer.run(main)
