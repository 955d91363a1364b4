"""Cellular automata: find the rule that turns one row of cells into the next (PAPRIKA, arXiv 2502.17543, appendix).

A cell's new value depends on its neighborhood of ``neighbors`` cells; the row is a ring. The rule is a table of
``2**neighbors`` bits, written from neighborhood 11…1 down to 00…0 (Wolfram's order), uniform over all tables.

Three goals:

- ``explain``, the paper's game: the task shows examples; a guess wins when it reproduces them all, whether or not it
  is the hidden rule. All that is needed is on the table from the start, and no guess has any information gain: the
  paper's game tests reading, not exploration.
- ``identify``: the same examples, but only the hidden rule wins.
- ``ask``: only the hidden rule wins, and a turn may go to a question: a row of ``width`` cells, answered by its
  successor.

A shown cell reveals one bit of the table, so examples and questions leave the unseen bits open; a wrong guess that
fits all that was shown rules out one table more. So the number of tables left, and each gain, is exact in closed form.
The belief is about the hidden rule, also where another rule would win.

The paper's training tasks show 1 to 3 examples of 3 to 10 cells, its test tasks always 3 (``fewest``, ``most``).
The test split holds rules out, but for tables of 4 bits: 16 rules are too few for that.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, model_validator

from scoutgym.envs.belief import partition_gain, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Symbols
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

PAIR = re.compile(r"([01](?: [01])+) -> ([01](?: [01])+)")
"""How a row and its successor are printed; every such pair in a text is true."""

BEAM = 64
"""How many sets of shown bits the expert keeps in mind when it plans its questions."""


class AutomataParams(Params):
    """The size of the table, what wins, and what is shown."""

    neighbors: int = Field(3, ge=2, le=5, description="cells that a cell's new value depends on: 2**neighbors bits")
    goal: Literal["explain", "identify", "ask"] = Field("explain", description="what wins; see the module")
    fewest: int = Field(1, ge=0, le=9, description="a training task shows at least this many examples")
    most: int = Field(3, ge=0, le=9, description="and at most this many; dev and test tasks show exactly this many")
    shortest: int = Field(3, ge=2, le=20, description="fewest cells of an example")
    longest: int = Field(10, ge=2, le=20, description="most cells of an example")
    width: int = Field(5, ge=2, le=10, description="cells of a question")
    max_turns: int = Field(6, ge=1, le=100, description="how many guesses and questions there are")

    @model_validator(mode="after")
    def _ordered(self) -> AutomataParams:
        if self.fewest > self.most or self.shortest > self.longest:
            raise ValueError("fewest must not exceed most, nor shortest longest")
        if self.fewest == 0 and self.goal != "ask":
            raise ValueError("without examples there must be questions: set fewest=1 or goal='ask'")
        return self


@dataclass
class AutomataState(State):
    """The table as text (first bit: neighborhood 11…1), the examples, and what was learned since.

    ``shown`` are the examples in print: they hold for every rule that is still possible. ``seen`` has bit k set where
    bit k of the table was shown; ``wrong`` are guesses that fit all that was shown and are not the rule; ``said`` is
    the last reply.
    """

    rule: str
    rows: list[str]
    shown: list[str]
    seen: int
    wrong: list[str] = field(default_factory=list)
    said: str = ""


@lru_cache(maxsize=16_384)
def reader(neighbors: int, row: str) -> tuple[Callable[[Sequence[Any]], tuple[Any, ...]], int]:
    """A function from a table to the successor of ``row``, and the mask of the table's bits that it reads.

    Cell i depends on ``neighbors`` cells around it, the middle one (left of the middle where there is none) being i.
    """
    length, left = len(row), (neighbors - 1) // 2
    ones = (1 << neighbors) - 1
    places = []
    for cell in range(length):
        window = "".join(row[(cell - left + offset) % length] for offset in range(neighbors))
        places.append(ones - int(window, 2))
    mask = 0
    for place in places:
        mask |= 1 << place
    return itemgetter(*places), mask


class Automata(World[AutomataState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Automata-v0",
        family="games",
        group="automata",
        about="Find the rule of a one-dimensional cellular automaton.",
        presets={
            "tiny": {"neighbors": 2, "fewest": 1, "most": 1, "shortest": 3, "longest": 5, "max_turns": 4},
            "paper": {},
            "identify": {"goal": "identify", "fewest": 3},
            "ask-tiny": {"neighbors": 2, "goal": "ask", "fewest": 0, "most": 0, "width": 2, "max_turns": 4},
            "ask": {"goal": "ask", "fewest": 0, "most": 0, "width": 5, "max_turns": 4},
            "ask-narrow": {"goal": "ask", "fewest": 0, "most": 0, "width": 3, "max_turns": 6},
            "ask-beyond": {"neighbors": 5, "goal": "ask", "fewest": 0, "most": 0, "width": 8, "max_turns": 8},
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="Tajwar et al. 2025, Training a Generally Curious Agent, arXiv 2502.17543",
    )
    Params, State = AutomataParams, AutomataState
    counts = MappingProxyType({"train": 1000, "dev": 200, "test": 500})

    def __init__(self, params: AutomataParams) -> None:
        super().__init__(params)
        self.neighbors, self.size = params.neighbors, 2**params.neighbors
        self.exact, self.asking = params.goal != "explain", params.goal == "ask"
        if params.neighbors == 2:
            self.holdout = "none"
        windows = [format(number, f"0{params.neighbors}b") for number in range(self.size - 1, -1, -1)]
        order = ", ".join(windows) if self.size <= 8 else f"{', '.join(windows[:3])} and so on down to {windows[-1]}"
        about = f"the new cell for {order}, in this order"
        guess = Form("{rule}", about, "guess", rule=Symbols("01", self.size, " ", "bit"))
        row = Symbols("01", params.width, " ", "cell")
        ask = Form("ask {cells}", "see what becomes of a row of your own", cells=row)
        self._grammar = Grammar(ask, guess) if self.asking else Grammar(guess)
        self._binary = f"0{self.size}b"
        self._lengths = params.longest - params.shortest + 1
        self._opening = self._open()
        self.questions: dict[int, str] = {}
        """The masks of bits that a question can show, each with such a question; those that another one contains left
        out.
        """
        if self.asking:
            rows = {reader(self.neighbors, text)[1]: text for text in map(row.value, range(row.size - 1, -1, -1))}
            largest = {mask for mask in rows if not any(mask != other and mask | other == other for other in rows)}
            self.questions = {mask: rows[mask] for mask in sorted(largest)}

    def start(self, task: Task, chance: Chance) -> AutomataState:
        rule = format(chance.bits() >> (64 - self.size), self._binary)
        few, most = self.params.fewest, self.params.most
        count = most if task.split != "train" or few == most else few + chance.below(most - few + 1)
        rows, shown, seen = [], [], 0
        for number in range(1, count + 1):
            drawn, length = divmod(chance.bits(), self._lengths)
            length += self.params.shortest
            row = format(drawn & ((1 << length) - 1), f"0{length}b")
            read, mask = reader(self.neighbors, row)
            rows.append(row)
            shown.append(f"Example {number}: {' '.join(row)} -> {' '.join(read(rule))}")
            seen |= mask
        return AutomataState(rule=rule, rows=rows, shown=shown, seen=seen)

    def intro(self, state: AutomataState, role: str) -> str:
        return "\n".join([self._opening, *state.shown])

    def _open(self) -> str:
        """The task in words, without the examples."""
        left = (self.neighbors - 1) // 2
        around = {2: "itself and the cell to its right", 3: "itself and its two neighbors"}.get(
            self.neighbors, f"itself, {left} to its left and {self.neighbors - 1 - left} to its right"
        )
        text = (
            "A hidden rule turns a row of cells, each 0 or 1, into the next row. A cell's new value depends on "
            f"{around}; the row is a ring, its last cell is next to its first. "
        )
        if self.asking:
            return f"{text}Find the rule: you have {self.max_turns} turns, and each question or guess takes one."
        aim = "Find the rule behind" if self.exact else "Find a rule that explains"
        return f"{text}{aim} the examples in at most {self.max_turns} guesses."

    def after(self, rule: str, row: str) -> str:
        """The successor of a row under a rule, with blanks between the cells."""
        return " ".join(reader(self.neighbors, row)[0](rule))

    def grammar(self, state: AutomataState) -> Grammar:
        return self._grammar

    def play(self, state: AutomataState, action: Action, chance: Chance) -> Reply:
        verb, bits = action
        if verb == "ask":
            read, mask = reader(self.neighbors, bits)
            state.seen |= mask
            state.said = text = f"{' '.join(bits)} -> {' '.join(read(state.rule))}"
            return Reply(text)
        if self.exact and bits == state.rule:
            state.said = "Yes, this is the rule!"
            state.seen = (1 << self.size) - 1
            return Reply(state.said, done=True, success=True)
        lines, right = ["No, this is not the rule."], True
        for row, shown in zip(state.rows, state.shown, strict=True):
            read = reader(self.neighbors, row)[0]
            new = read(bits)
            if new == read(state.rule):
                lines.append(f"{shown}, right.")
            else:
                right = False
                lines.append(f"{shown}, your rule gives {' '.join(new)}.")
        if right and not self.exact:
            state.said = "Yes, this rule explains all examples!"  # not whether it is the hidden one
            return Reply(state.said, done=True, success=True)
        if right and bits not in state.wrong and self._fits(state, bits):
            state.wrong.append(bits)
        state.said = text = "\n".join(lines)
        return Reply(text)

    def _fits(self, state: AutomataState, bits: str) -> bool:
        seen, rule = state.seen, state.rule
        return all(bit == rule[place] for place, bit in enumerate(bits) if seen >> place & 1)

    def out_of_turns(self, state: AutomataState) -> str:
        return f"That was your last turn. The rule was {' '.join(state.rule)}."

    def privileged(self, state: AutomataState) -> Privileged:
        return Privileged(answer=" ".join(state.rule))

    def hidden_key(self, state: AutomataState) -> str:
        return state.rule

    def secrets(self) -> float:
        return float(2**self.size)

    def table(self, state: AutomataState) -> str:
        """The bits of the table that were shown, with ``?`` for the others."""
        return "".join(bit if state.seen >> place & 1 else "?" for place, bit in enumerate(state.rule))

    def known(self, state: AutomataState, role: str) -> Any:
        return [self.table(state), sorted(self._open_wrong(state)), state.shown]

    def view(self, state: AutomataState, role: str) -> Any:
        return state.said or self.known(state, role)

    def _open_wrong(self, state: AutomataState) -> list[str]:
        """The wrong guesses that what was shown does not rule out by itself."""
        return [bits for bits in state.wrong if self._fits(state, bits)]

    def _left(self, state: AutomataState) -> int:
        """How many tables are consistent with everything that was said."""
        return int(2 ** (self.size - state.seen.bit_count())) - len(self._open_wrong(state))

    def belief(self, state: AutomataState, role: str) -> Belief:
        return Belief(uniform_bits(self._left(state)))

    def gain(self, state: AutomataState, action: Action) -> float:
        verb, bits = action
        if verb == "ask":
            return self._asked(state, reader(self.neighbors, bits)[1])
        if not self.exact or bits in state.wrong or not self._fits(state, bits):
            return 0.0
        return partition_gain((1, self._left(state) - 1))

    def _asked(self, state: AutomataState, mask: int) -> float:
        """Gain of seeing the bits of ``mask``: 2**k answers split the tables evenly, but for the wrong guesses."""
        new = [place for place in range(self.size) if mask & ~state.seen & (1 << place)]
        cell: int = 2 ** (self.size - state.seen.bit_count() - len(new))
        short = Counter(tuple(bits[place] for place in new) for bits in self._open_wrong(state))
        total = self._left(state)
        even: float = (2 ** len(new) - len(short)) * cell / total * math.log2(total / cell)
        sizes = [cell - missing for missing in short.values() if cell > missing]
        return even + sum(size / total * math.log2(total / size) for size in sizes)

    def best_gain(self, state: AutomataState) -> tuple[Action, float]:
        guess = ("guess", first_guess(self.table(state), state.wrong))
        best: tuple[Action, float] = (guess, self.gain(state, guess))
        for mask, row in self.questions.items():
            bits = self._asked(state, mask) if mask & ~state.seen else 0.0
            if bits > best[1] + 1e-12:
                best = (("ask", row), bits)
        return best

    def resample(self, state: AutomataState, role: str, chance: Chance) -> AutomataState:
        new = state.copy()
        while True:  # refused tables are wrong guesses, at most as many as turns: the loop is short where few are left
            drawn = chance.bits()
            free = "".join("01"[drawn >> place & 1] for place in range(self.size))
            new.rule = "".join(free[k] if bit == "?" else bit for k, bit in enumerate(self.table(state)))
            if new.rule not in state.wrong:
                return new

    def solver(self, state: AutomataState) -> list[str]:
        return [" ".join(state.rule)]

    def expert(self, history: History, chance: Chance) -> str:
        """Reads the table off the rows; asks only while that raises the chance to win, or wins sooner on average."""
        table, wrong, places = ["?"] * self.size, [], range(self.size)
        for text in history[::2]:
            if text.startswith("Invalid action"):
                continue  # it may repeat what the agent wrote
            for before, after in PAIR.findall(text):
                read = reader(self.neighbors, before.replace(" ", ""))[0]
                for place, bit in zip(read(places), after.split(" "), strict=True):
                    table[place] = bit
        for text, said in turns(history):
            if said.startswith("No, this is not the rule"):
                wrong.append(self._grammar.parse(text)[1])
        known = "".join(table)
        ask = self._question(known, wrong, self.max_turns - len(history) // 2) if self.asking else None
        return f"ask {' '.join(ask)}" if ask else " ".join(first_guess(known, wrong))

    def _question(self, known: str, wrong: Sequence[str], left: int) -> str | None:
        """The first question of the best plan "ask so many, then guess", or None where guessing at once is best.

        A beam search finds which bits so many questions can show. For up to three neighbors it is exhaustive.
        """
        seen = sum(1 << place for place, bit in enumerate(known) if bit != "?")
        misses = sum(all(bit in ("?", w) for bit, w in zip(known, guess, strict=True)) for guess in set(wrong))
        total = 2 ** (self.size - seen.bit_count()) - misses
        first, best = None, (min(1.0, left / total), -(total + 1) / 2)
        beam: dict[int, str] = {seen: ""}
        for asked in range(1, left):
            grown: dict[int, str] = {}
            for old, question in beam.items():
                for mask, row in self.questions.items():
                    grown.setdefault(old | mask, question or row)
            beam = dict(sorted(grown.items(), key=lambda item: -item[0].bit_count())[:BEAM])
            shown, question = next(iter(beam.items()))
            cells = min(total, 2 ** (self.size - shown.bit_count()))
            plan = (min(1.0, (left - asked) / cells), -asked - (cells + 1) / 2)
            if plan > best:
                first, best = question, plan
            if shown.bit_count() == self.size:
                break
        return first

    def board(self, state: AutomataState) -> str:
        lines = []
        for row in state.rows:
            lines.append(f"{_cells(row)}  [dim]→[/]  {_cells(self.after(state.rule, row).replace(' ', ''))}")
        table, gap = self.table(state), " " * (self.neighbors - 1)
        per_line = 8 if self.neighbors < 5 else 4
        for start in range(0, self.size, per_line):
            places = range(start, min(start + per_line, self.size))
            windows = (format(self.size - 1 - place, f"0{self.neighbors}b") for place in places)
            lines += ["", "   ".join(map(_cells, windows))]
            lines.append("   ".join(gap + _cells(table[place]) + gap for place in places))
        return "\n".join(lines)


def first_guess(table: str, wrong: Sequence[str]) -> str:
    """The first table that agrees with the known bits and is none of the wrong ones (free bits count up from 00…0)."""
    free = table.count("?")
    for number in range(2**free):
        bits = iter(format(number, f"0{free}b")) if free else iter("")
        guess = "".join(next(bits) if bit == "?" else bit for bit in table)
        if guess not in wrong:
            return guess
    raise ValueError(f"every table that agrees with {table} was refused")


_CELL = {"1": "[bold cyan]██[/]", "0": "[dim]··[/]", "?": "[yellow]??[/]"}


def _cells(bits: str) -> str:
    return "".join(_CELL[bit] for bit in bits)


register(Automata)
