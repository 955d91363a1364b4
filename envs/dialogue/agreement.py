"""How often a chat model and the rules answer alike: the same questions about the same secrets, put to both.

Alike is what the world's own `consistent` calls so: an answer of the model is held against the secrets that the rules
would have answered so. What the rules did not understand is counted apart, and so is a model that gave no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.core import Dialogue, DialogueState
from scoutgym.envs.dialogue.oracle import OracleError
from scoutgym.envs.tasks import begin, part
from scoutgym.types import Task, digest


@dataclass(frozen=True)
class Pair:
    """A question about a secret, and both answers.

    ``rules`` is None where the rules did not understand, ``model`` where the model gave no answer (``error`` says why).
    """

    secret: str
    text: str
    rules: str | None
    model: str | None
    alike: bool = False
    error: str = ""


def asked(world: Dialogue[Any], n: int, split: str = "test", seed: int = 0) -> list[tuple[str, str]]:
    """``n`` questions of the bank, each about a secret of a split."""
    chance = Chance(digest("agreement", world.spec.id, split, seed))
    drawn = []
    for number in range(n):
        task = Task(world.spec.id, split, chance.at(number).below(world.counts[part(split)]))
        secret = cast(DialogueState, begin(world, task, [])[0]).secret
        drawn.append((secret, chance.choice(world.questions(world.opening(secret)))))
    return drawn


def compare(world: Dialogue[Any], questions: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """Each question, as the first of a dialogue, put to the rules and to the world's chat model.

    Raises:
        ValueError: the world has no chat model.
    """
    if world.oracle is None:
        raise ValueError(f"{world.spec.id} was made without a chat model: give oracle='llm' and a model")
    for number, (secret, text) in enumerate(questions):
        state = world.State(secret)
        meaning = world.read(text, world.opening(secret))
        rules = None if meaning is None else world.reply(secret, meaning)
        try:
            model = world.asked(state, text, Chance(digest("agreement", number))).text
        except OracleError as error:
            yield Pair(secret, text, rules, None, error=str(error))
            continue
        yield Pair(secret, text, rules, model, meaning is not None and world.consistent(secret, meaning, model))


def kind(answer: str | None) -> str:
    """The kind of an answer, for a table: its first word."""
    return "none" if answer is None else answer.split()[0].strip(".,:;!?").lower() or "other"
