"""``scoutgym agree ID --model NAME``: how often a chat model answers as the rules of a dialogue do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.markup import escape
from rich.table import Table

from scoutgym.cli.common import find_one, here, output
from scoutgym.envs.names import known_ids

if TYPE_CHECKING:
    from scoutgym.envs.dialogue.agreement import Pair

KINDS = 8
"""With more kinds of answers than these a table of them says nothing."""


def agree(
    env_id: Annotated[str, typer.Argument(metavar="ID", help="A world of dialogue.")],
    model: Annotated[
        str,
        typer.Option(help="The chat model: openai:NAME, or its options, as in '{model: openai:NAME, budget: 1, ...}'."),
    ],
    n: Annotated[int, typer.Option("-n", min=1, help="How many questions.")] = 100,
    questions: Annotated[
        Path | None, typer.Option(help="Lines of JSON with secret and text, in place of the world's bank.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is asked.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="An object, with every pair of answers.")] = False,
) -> None:
    """Put the same questions about the same secrets to the rules and to a chat model."""
    from scoutgym.envs.dialogue.agreement import asked, compare
    from scoutgym.envs.dialogue.core import Dialogue
    from scoutgym.envs.registry import world_for

    here()
    kind, preset = known_ids()[find_one(env_id)]
    if not issubclass(kind, Dialogue):
        raise ValueError(f"{env_id} is no dialogue: there are no rules that a model could agree with")
    params = {**(kind.spec.presets[preset] if preset else {}), "oracle": "llm", "model": _options(model)}
    world: Any = world_for(kind, params)
    drawn = asked(world, n, seed=seed) if questions is None else _of_file(questions, n, world)
    pairs = list(compare(world, drawn))
    record = _record(pairs)
    ledger = world.oracle.ledger
    if as_json:
        whole = {**record, "ledger": ledger.to_json(), "pairs": [vars(pair) for pair in pairs]}
        print(json.dumps(whole, indent=1, ensure_ascii=False))
        return
    _print(record, pairs)
    output().print(ledger.table())


def _options(model: str) -> Any:
    """A model's name, or what YAML makes of its options."""
    try:
        return yaml.safe_load(model)
    except yaml.YAMLError:
        raise ValueError(f"--model {model!r} is no name and not YAML") from None


def _of_file(path: Path, n: int, world: Any) -> list[tuple[str, str]]:
    drawn: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            secret, text = str(row["secret"]), str(row["text"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{path}:{number}: expected an object with secret and text, not {line[:60]!r}") from None
        try:
            world.facts(secret)  # some worlds have too many secrets to list
        except (LookupError, ValueError):
            raise ValueError(f"{path}:{number}: there is no secret {secret!r}") from None
        drawn.append((secret, text))
        if len(drawn) == n:
            break
    return drawn


def _record(pairs: list[Pair]) -> dict[str, Any]:
    """Counts, and the share that is alike of those that both answered, with its interval clustered by secret."""
    from scoutgym.envs.dialogue.agreement import kind
    from scoutgym.stats import proportion

    both = [pair for pair in pairs if pair.rules is not None and pair.model is not None]
    found = proportion([pair.alike for pair in both], [pair.secret for pair in both]) if both else None
    return {
        "asked": len(pairs),
        "not_understood": sum(pair.rules is None for pair in pairs),
        "no_answer": sum(pair.model is None for pair in pairs),
        "both": len(both),
        "agreement": None if found is None else found.mean,
        "interval": None if found is None else found.ci,
        "kinds": sorted([*key, count] for key, count in Counter((kind(p.rules), kind(p.model)) for p in both).items()),
    }


def _print(record: dict[str, Any], pairs: list[Pair]) -> None:
    console = output()
    console.print(
        f"{record['asked']} questions; the rules did not understand {record['not_understood']}, "
        f"the model gave no answer to {record['no_answer']}"
    )
    if record["agreement"] is not None:
        low, high = record["interval"]
        console.print(f"agreement {record['agreement']:.3f} [{low:.3f}, {high:.3f}] of {record['both']}", markup=False)
    names = sorted({name for first, second, _ in record["kinds"] for name in (first, second)})
    if names and len(names) <= KINDS:
        table = Table("rules \\ model", *names)
        counts = {(first, second): count for first, second, count in record["kinds"]}
        for first in names:
            table.add_row(first, *(str(counts.get((first, second), 0)) for second in names))
        console.print(table)
    for pair in pairs:
        if pair.error:
            console.print(escape(f"{pair.secret}: {pair.text!r}: no answer: {pair.error}"))
        elif pair.rules is not None and not pair.alike:
            console.print(escape(f"{pair.secret}: {pair.text!r}: rules {pair.rules!r}, model {pair.model!r}"))
