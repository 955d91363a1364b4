"""Arms with names: their grammar, what a history says of them, and a picture of the record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from scoutgym.envs.belief import turns
from scoutgym.envs.core import History
from scoutgym.envs.grammar import BadAction, Form, Grammar, Word

_NAMES = re.compile(r"<arm> is one of: (.+?); for example `")
_REWARD = re.compile(r"The reward is (-?\d+(?:\.\d+)?)\.")


@lru_cache(maxsize=4096)
def arm_grammar(names: tuple[str, ...]) -> Grammar:
    """The grammar whose only actions are the names; one a task, since their order is drawn with the task."""
    return Grammar(Form("{arm}", arm=Word(names, "arm"), name="choose"))


def read_names(history: History) -> tuple[str, ...]:
    """The arms in the order in which the task text names them.

    Raises:
        ValueError: the history does not begin with the text of a bandit.
    """
    match = _NAMES.search(history[0])
    if match is None:
        raise ValueError("this history does not begin with the task text of a bandit: it names no arms")
    return tuple(match[1].split(", "))


def read_tries(history: History, grammar: Grammar, names: tuple[str, ...]) -> list[tuple[int, float] | None]:
    """(place of the arm, reward) of each turn, or None where the turn was wasted."""
    tries: list[tuple[int, float] | None] = []
    for text, said in turns(history):
        match = _REWARD.search(said)
        try:
            arm = names.index(grammar.parse(text)[1])
        except BadAction:
            match = None
        tries.append(None if match is None else (arm, float(match[1])))
    return tries


def picture(names: Sequence[str], tries: Sequence[int], sums: Sequence[float]) -> str:
    """A line for each arm in rich markup: a bar of its average reward, and how often it was tried."""
    width, cells = max(map(len, names)), 24
    lines = []
    for name, count, total in zip(names, tries, sums, strict=True):
        if not count:
            lines.append(f"[bold]{name:<{width}}[/] [dim]{'·' * cells} never tried[/]")
            continue
        average = total / count
        full = min(max(round(average * cells), 0), cells)
        color = "green" if average >= 0.5 else "yellow" if average >= 0.3 else "red"
        bar = f"[{color}]{'█' * full}[/][dim]{'░' * (cells - full)}[/]"
        lines.append(
            f"[bold]{name:<{width}}[/] {bar} {average:.2f} [dim]in {count} {'try' if count == 1 else 'tries'}[/]"
        )
    return "\n".join(lines)
