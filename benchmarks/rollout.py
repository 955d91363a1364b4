"""How fast conversations are sampled, and against what. Run: python benchmarks/rollout.py --help

Scripted conversations of n turns, 64 at a time: about 40 new tokens a turn, answers of about 6, random weights,
temperature 1. Three ways, in turn with each other within a round:

- the engine, which keeps each conversation's keys and values;
- Hugging Face ``generate`` on the whole history each turn, padded on the left (prompts of 20 to 60 tokens and answers
  of 3 to 9 for both; an answer's length is a function of its first token, so that both know it);
- a decoding loop written by hand over preallocated keys and values, for which all conversations must be of one length
  (prompts of 40 tokens and answers of 6, again for both).

What is reported is the ratio within a round, its median and its range over the rounds.
"""

from __future__ import annotations

import json
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import torch
import transformers
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch.profiler import ProfilerActivity, profile
from transformers import AutoModelForCausalLM, Cache, LlamaConfig, PreTrainedModel, Qwen2Config, StoppingCriteria
from transformers.cache_utils import CacheLayerMixin

from scoutgym.envs.chance import Chance
from scoutgym.llm import engine as engine_module
from scoutgym.llm.engine import Ask, Engine
from scoutgym.llm.sampling import Sampling

PROMPT, ANSWER = 40, 6
SIZES: dict[str, Any] = {
    "small": LlamaConfig(
        vocab_size=300,
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=4096,
    ),
    "0.5b": Qwen2Config(  # the shape of Qwen2-0.5B
        vocab_size=151936,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=24,
        num_attention_heads=14,
        num_key_value_heads=2,
        max_position_embeddings=32768,
        tie_word_embeddings=True,
    ),
}


def whole(ids: Sequence[int]) -> bool:
    """An answer's length is 3 to 9, as its first token says."""
    return len(ids) >= 3 + ids[0] % 7


class Whole(StoppingCriteria):
    """The same for `generate`."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        return input_ids.shape[1] - self.start >= 3 + input_ids[:, self.start] % 7


class Script:
    """What the conversations are told: ``[turn][conversation]`` token ids."""

    def __init__(self, turns: int, batch: int, vocabulary: int, even: bool) -> None:
        rng = random.Random(turns)
        self.batch, self.even = batch, even
        spread = 0 if even else PROMPT // 2
        self.prompts = [
            [
                [rng.randrange(vocabulary) for _ in range(rng.randint(PROMPT - spread, PROMPT + spread))]
                for _ in range(batch)
            ]
            for _ in range(turns)
        ]
        self.sampling = Sampling(max_tokens=ANSWER if even else 9)
        self.told = sum(len(ids) for prompts in self.prompts for ids in prompts)


def ours(model: PreTrainedModel, script: Script) -> int:
    """The engine. Returns the number of tokens said, as the others do."""
    engine = Engine(model, [], script.batch)
    slots = [engine.open() for _ in range(script.batch)]
    noise = [Chance(b"rollout", slot).random for slot in slots]
    for prompts in script.prompts:
        asks = [Ask(slot, ids, noise[slot]) for slot, ids in zip(slots, prompts, strict=True)]
        engine.generate(asks, script.sampling, None if script.even else whole)
    return engine.tokens - script.told


@torch.inference_mode()
def reencoding(model: PreTrainedModel, script: Script) -> int:
    """Hugging Face `generate`, which reads the whole history each turn."""
    said = 0
    histories: list[list[int]] = [[] for _ in range(script.batch)]
    for prompts in script.prompts:
        for history, ids in zip(histories, prompts, strict=True):
            history += ids
        longest = max(map(len, histories))
        lines = [[0] * (longest - len(history)) + history for history in histories]
        mask = [[0] * (longest - len(history)) + [1] * len(history) for history in histories]
        output = model.generate(
            torch.tensor(lines, device=model.device),
            attention_mask=torch.tensor(mask, device=model.device),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            max_new_tokens=script.sampling.max_tokens,
            stopping_criteria=[Whole(longest)],
            eos_token_id=None,
            pad_token_id=0,
        )
        for history, ids in zip(histories, output[:, longest:].tolist(), strict=True):
            history += ids[: 3 + ids[0] % 7]
            said += min(len(ids), 3 + ids[0] % 7)
    return said


class Row(CacheLayerMixin):
    """A layer's preallocated keys and values, written and looked at by slices."""

    is_sliding = False

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length, self.seen = length, 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        shape = (key_states.shape[0], key_states.shape[1], self.length, key_states.shape[3])
        self.keys, self.values = key_states.new_empty(shape), value_states.new_empty(shape)
        self.is_initialized = True

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.seen + key_states.shape[2]
        self.keys[:, :, self.seen : end], self.values[:, :, self.seen : end] = key_states, value_states
        self.seen = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.seen + query_length, 0

    def get_seq_length(self) -> int:
        return self.seen

    def get_max_length(self) -> int:
        return self.length


@torch.inference_mode()
def by_hand(model: PreTrainedModel, script: Script) -> int:
    """The decoding loop that one writes when all conversations are of one length; log-probabilities recorded."""
    length = len(script.prompts) * (PROMPT + ANSWER)
    cache = Cache(layers=[Row(length) for _ in range(model.config.num_hidden_layers)])
    ids = torch.zeros(script.batch, 0, dtype=torch.long, device=model.device)
    said = 0
    for prompts in script.prompts:
        new = torch.cat([ids, torch.tensor(prompts, device=model.device)], dim=1)  # the last token is not yet read
        answer, logps = [], []
        for _ in range(ANSWER):
            logits = model(input_ids=new, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1]
            logp = torch.log_softmax(logits.float(), dim=-1)
            ids = torch.multinomial(logp.exp(), 1)
            answer.append(ids)
            logps.append(logp.gather(-1, ids))
            new = ids
        said += len(torch.cat(answer, dim=1).tolist()) * ANSWER
        torch.cat(logps, dim=1).tolist()
    return said


def timed(way: Callable[[PreTrainedModel, Script], int], model: PreTrainedModel, script: Script) -> float:
    """Tokens a second: those that were told and those that were said, each once."""
    _wait(model)
    started = time.perf_counter()
    said = way(model, script)
    _wait(model)
    return (script.told + said) / (time.perf_counter() - started)


def _wait(model: PreTrainedModel) -> None:
    if model.device.type == "cuda":
        torch.cuda.synchronize()


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": median(values), "low": min(values), "high": max(values)}


def measure(model: PreTrainedModel, turns: int, batch: int, rounds: int) -> dict[str, Any]:
    """All ways at one number of turns, in another order each round."""
    uneven = Script(turns, batch, model.config.vocab_size, even=False)
    even = Script(turns, batch, model.config.vocab_size, even=True)
    ways = {
        "engine": lambda: timed(ours, model, uneven),
        "generate": lambda: timed(reencoding, model, uneven),
        "engine, one length": lambda: timed(ours, model, even),
        "by hand": lambda: timed(by_hand, model, even),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            rates[name].append(ways[name]())
    ratios = {
        "generate": [a / b for a, b in zip(rates["engine"], rates["generate"], strict=True)],
        "by hand": [a / b for a, b in zip(rates["engine, one length"], rates["by hand"], strict=True)],
    }
    tokens = uneven.told / batch + turns * ANSWER
    return {
        "turns": turns,
        "tokens_per_second": {name: spread(values) for name, values in rates.items()},
        "episodes_per_second": {name: spread([rate / tokens for rate in values]) for name, values in rates.items()},
        "ratios": {name: spread(values) for name, values in ratios.items()},
    }


KERNELS = {
    "attention": ("scaled_dot_product", "flash_attention", "efficient_attention"),
    "matrix products": ("mm", "linear", "bmm"),
    "copies of keys and values": ("index_select", "index_put", "copy_", "cat", "index"),
}


def where_time_goes(model: PreTrainedModel, turns: int, batch: int) -> dict[str, dict[str, float]]:
    """Fractions of the engine's time: by what it does, and by kernel."""
    script = Script(turns, batch, model.config.vocab_size, even=False)
    spent = {"reading prompts": 0.0, "decoding": 0.0, "drawing": 0.0}
    read, drawing = engine_module.Slots.after, engine_module.draw

    def after(self: Any, slots: Sequence[int]) -> torch.Tensor:
        prompt = any(len(self.ids[slot]) - self.known[slot] > 1 for slot in slots)
        started = time.perf_counter()
        logits = read(self, slots)
        _wait(model)
        spent["reading prompts" if prompt else "decoding"] += time.perf_counter() - started
        return logits

    def draw(*args: Any) -> Any:
        started = time.perf_counter()
        drawn = drawing(*args)
        spent["drawing"] += time.perf_counter() - started
        return drawn

    engine_module.Slots.after, engine_module.draw = after, draw  # type: ignore[method-assign, assignment]
    try:
        started = time.perf_counter()
        ours(model, script)
        total = time.perf_counter() - started
    finally:
        engine_module.Slots.after, engine_module.draw = read, drawing  # type: ignore[method-assign]
    phases = {name: value / total for name, value in spent.items()}
    phases["the rest"] = 1 - sum(phases.values())

    cuda = model.device.type == "cuda"
    with profile(activities=[ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if cuda else [])]) as found:
        started = time.perf_counter()
        ours(model, script)
        _wait(model)
        total = time.perf_counter() - started
    kernels = dict.fromkeys([*KERNELS, "other kernels"], 0.0)
    for event in found.key_averages():
        seconds = (event.self_device_time_total if cuda else event.self_cpu_time_total) / 1e6
        name = next(
            (name for name, parts in KERNELS.items() if any(part in event.key.lower() for part in parts)),
            "other kernels",
        )
        kernels[name] += seconds / total
    kernels["Python, and waiting" if cuda else "Python"] = max(0.0, 1 - sum(kernels.values()))
    return {"phases": phases, "kernels": kernels}


def utilisation(model: PreTrainedModel, turns: int, batch: int, rate: float, peak: float) -> dict[str, float]:
    """Of a GPU: model FLOPs a second over its peak (two for each weight and token, four for each key looked at)."""
    config = model.config
    script = Script(turns, batch, config.vocab_size, even=False)
    torch.cuda.reset_peak_memory_stats()
    ours(model, script)
    body = sum(p.numel() for p in model.parameters()) - model.get_input_embeddings().weight.numel()
    length = turns * (PROMPT + ANSWER)
    seen = 4 * config.num_hidden_layers * config.hidden_size * length / 2
    head = 2 * config.hidden_size * config.vocab_size * ANSWER / (PROMPT + ANSWER)
    return {
        "model_flop_utilisation": rate * (2 * body + seen + head) / (peak * 1e12),
        "peak_memory_gib": torch.cuda.max_memory_allocated() / 2**30,
        "peak_tflops_assumed": peak,
    }


def times(ratio: dict[str, float]) -> str:
    """A ratio and its range."""
    return f"{ratio['median']:.2f} × ({ratio['low']:.2f}-{ratio['high']:.2f})"


def thousands(rate: dict[str, float]) -> str:
    """A rate and its range."""
    return f"{rate['median'] / 1e3:.1f} k ({rate['low'] / 1e3:.1f}-{rate['high'] / 1e3:.1f})"


def rows(report: dict[str, Any]) -> list[list[str]]:
    """The table: a line for each number of turns."""
    return [
        [
            str(row["turns"]),
            thousands(row["tokens_per_second"]["engine"]),
            f"{row['episodes_per_second']['engine']['median']:.1f}",
            thousands(row["tokens_per_second"]["generate"]),
            times(row["ratios"]["generate"]),
            thousands(row["tokens_per_second"]["by hand"]),
            times(row["ratios"]["by hand"]),
        ]
        for row in report["lengths"]
    ]


HEAD = ["turns", "tokens/s", "episodes/s", "generate", "over generate", "by hand", "over by hand"]

PAGE = """# How fast conversations are sampled

Generated by `{command}` ({machine}, {threads} threads, {device}, {dtype}); do not edit. Medians over {rounds} rounds,
ranges in brackets.

Scripted conversations, {batch} at a time, with a random model of {parameters:,} parameters ({layers} layers of width
{width}, {vocabulary:,} tokens): about 40 new tokens a turn, answers of about 6, temperature 1. *Tokens/s* counts what
was read and what was said, each once. *generate* is Hugging Face's on the whole history each turn, padded on the left;
prompts are of 20 to 60 tokens, answers of 3 to 9. *by hand* is a decoding loop over preallocated keys and values, for
conversations that are all of one length (prompts of 40, answers of 6); the ratio is to the engine on the very same.
A ratio is taken within a round, in which the ways take turns.

"""


def page(report: dict[str, Any]) -> str:
    """The figures as a page of the documentation."""
    text = PAGE.format(**report, **report["model"])
    text += f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n"
    text += "".join(f"| {' | '.join(cells)} |\n" for cells in rows(report))
    text += "\n## Where the engine's time goes\n\n"
    text += f"At {report['profiled_turns']} turns, as fractions.\n\n| what | fraction |\n|---|---|\n"
    for part in ("phases", "kernels"):
        text += "".join(f"| {name} | {value:.2f} |\n" for name, value in report["time"][part].items())
        text += "| | |\n" if part == "phases" else ""
    if "gpu" in report:
        text += f"\nModel FLOP utilisation {report['gpu']['model_flop_utilisation']:.3f} of "
        text += (
            f"{report['gpu']['peak_tflops_assumed']:.0f} TFLOP/s; {report['gpu']['peak_memory_gib']:.1f} GiB at most.\n"
        )
    return text


def main(
    turns: Annotated[str, typer.Option(help="Numbers of turns, separated by commas.")] = "1,2,5,10,20",
    batch: Annotated[int, typer.Option(help="Conversations at a time.")] = 64,
    rounds: Annotated[int, typer.Option(help="Repeats, of which the median counts.")] = 5,
    threads: Annotated[int, typer.Option(help="Threads of torch.")] = 2,
    size: Annotated[str, typer.Option(help=f"Of the model: {', '.join(SIZES)}.")] = "small",
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    dtype: Annotated[str, typer.Option(help="float32 or bfloat16.")] = "float32",
    peak: Annotated[float, typer.Option(help="The GPU's TFLOP/s, for its utilisation.")] = 989.0,
    out: Annotated[Path | None, typer.Option(help="Write the figures here (JSON).")] = None,
    docs: Annotated[Path | None, typer.Option(help="Write the page here (Markdown).")] = None,
) -> None:
    """Measure, print, write."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    model = AutoModelForCausalLM.from_config(SIZES[size]).to(device=device, dtype=getattr(torch, dtype)).eval()
    lengths = [int(number) for number in turns.split(",")]
    for way in (ours, reencoding, by_hand):  # once before it counts
        way(model, Script(1, batch, model.config.vocab_size, even=way is by_hand))
    console = Console(width=max(120, Console().width))
    measured = [measure(model, n, batch, rounds) for n in track(lengths, "turns", console=Console(stderr=True))]
    report: dict[str, Any] = {
        "command": " ".join(["python", "benchmarks/rollout.py", *sys.argv[1:]]),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}, "
        f"transformers {transformers.__version__}",
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "dtype": dtype,
        "threads": threads,
        "batch": batch,
        "rounds": rounds,
        "model": {
            "size": size,
            "parameters": sum(p.numel() for p in model.parameters()),
            "layers": model.config.num_hidden_layers,
            "width": model.config.hidden_size,
            "vocabulary": model.config.vocab_size,
        },
        "lengths": measured,
        "profiled_turns": lengths[-1],
        "time": where_time_goes(model, lengths[-1], batch),
    }
    if device == "cuda":
        rate = measured[-1]["tokens_per_second"]["engine"]["median"]
        report["gpu"] = utilisation(model, lengths[-1], batch, rate, peak)
    table = Table(title=f"{batch} conversations at a time: medians over {rounds} rounds (range in brackets)")
    for name in HEAD:
        table.add_column(name, justify="right")
    for cells in rows(report):
        table.add_row(*cells)
    console.print(table)
    for part in report["time"].values():
        console.print("   ".join(f"{name} {value:.2f}" for name, value in part.items()))
    if "gpu" in report:
        console.print(report["gpu"])
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n")
    if docs:
        docs.write_text(page(report))


if __name__ == "__main__":
    typer.run(main)
