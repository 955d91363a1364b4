"""Mastermind: find a secret code from counts of symbols in the right and in the wrong place.

PAPRIKA's rules (arXiv 2502.17543): 4 digits from 0 to 9, any of them repeated, 12 guesses. A reply counts the *exact*
matches (right symbol, right place) and the *partial* ones (right symbol, other place), each symbol of the code being
matched at most once.

The prior is uniform over the codes. The expert guesses what tells the most bits; `Search` says how. On 4 places and 6
colors (Knuth 1976, "The computer as Master Mind") it needs 4.42 guesses on average and never more than 6.

The test split holds out codes where there are at least 1,000 of them; fewer could be learnt by heart from what is left
out as well, so there nothing is held out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from operator import eq
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from scoutgym.envs.belief import partition_gain, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Symbols
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import dealt
from scoutgym.types import Task

DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
PALETTE = (
    "red",
    "green",
    "dodger_blue1",
    "yellow",
    "magenta",
    "cyan",
    "orange1",
    "medium_purple1",
    "spring_green2",
    "deep_pink2",
)

MOST_CODES = 1_000_000
HOLD_OUT_FROM = 1_000
"""Fewer codes than this are not held out."""

LISTED_UP_TO = 20_000
"""Up to so many codes the tasks of a split are all different until its codes are used up; beyond they seldom meet."""

CELLS = 3_000_000
"""Pairs of guess and code that one search looks at: about 50 ms."""

SAMPLE = 400
"""Codes that stand for all when the finalists are chosen among too many guesses."""

FINALISTS = 50

Codes = NDArray[np.intp]
"""Numbers of codes: code ``n`` is ``n`` written in base ``colors``."""

Told = tuple[tuple[str, int], ...]
"""Guesses and their marks."""


class MastermindParams(Params):
    """How many codes there are and how many guesses."""

    length: int = Field(4, ge=1, le=10, description="places of the code")
    colors: int = Field(10, ge=2, le=26, description="symbols: digits, or letters where there are more than ten")
    repeats: bool = Field(True, description="whether a symbol may occur twice in the code (it always may in a guess)")
    max_turns: int = Field(12, ge=1, le=1000, description="how many guesses there are")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.colors**self.length > MOST_CODES:
            raise ValueError(f"{self.colors}^{self.length} codes are too many: at most {MOST_CODES:,}")
        if not self.repeats and self.colors < self.length:
            raise ValueError(f"{self.length} places without repeats need at least as many colors, not {self.colors}")
        return self


@dataclass
class MastermindState(State):
    """The code, and what has been guessed; a mark is ``exact * (length + 1) + exact + partial``."""

    secret: str
    guesses: list[str]
    marks: list[int]


def count(secret: str, guess: str) -> tuple[int, int]:
    """Exact matches, and symbols in common wherever they stand: ``exact + partial``."""
    rest = secret
    for symbol in guess:
        if symbol in rest:
            rest = rest.replace(symbol, "", 1)
    return sum(map(eq, guess, secret)), len(secret) - len(rest)


class Search:
    """Arithmetic on whole sets of codes: which are consistent with what was told, and which guess tells the most.

    Symbols that no guess has used yet are interchangeable, so of all guesses that differ only by their names one is
    looked at. Where more than ``CELLS`` pairs are left all the same, a sample of the codes chooses finalists among the
    guesses, and beyond 10^5 codes only consistent codes are looked at: what is found there is good, not proved best.
    """

    def __init__(self, length: int, colors: int, alphabet: str, repeats: bool) -> None:
        self.length, self.colors, self.alphabet, self.repeats = length, colors, alphabet, repeats
        self.kinds = (length + 1) ** 2
        self.best = lru_cache(maxsize=4096)(self._best)

    @cached_property
    def places(self) -> NDArray[np.uint8]:
        """The symbol in each place of each code: (length, codes)."""
        numbers = np.arange(self.colors**self.length)
        powers = self.colors ** np.arange(self.length - 1, -1, -1)
        return (numbers[None] // powers[:, None] % self.colors).astype(np.uint8)

    @cached_property
    def counts(self) -> NDArray[np.uint8]:
        """How often each symbol occurs in each code: (colors, codes)."""
        return np.stack([(self.places == c).sum(0, dtype=np.uint8) for c in range(self.colors)])

    @cached_property
    def possible(self) -> Codes:
        """The codes that may be secrets."""
        if self.repeats:
            return np.arange(self.places.shape[1])
        return np.flatnonzero(self.counts.max(0) == 1)

    def number(self, code: str) -> int:
        """The number of a code."""
        value = 0
        for symbol in code:
            value = value * self.colors + self.alphabet.index(symbol)
        return value

    def code(self, number: int) -> str:
        """The code of a number."""
        return "".join([self.alphabet[symbol] for symbol in self.places[:, number]])

    def marks(self, guesses: Codes, codes: Codes) -> NDArray[np.uint8]:
        """The mark of each guess against each code: (guesses, codes)."""
        exact = np.zeros((len(guesses), len(codes)), np.uint8)
        common = exact.copy()
        for place in range(self.length):
            exact += self.places[place, guesses][:, None] == self.places[place, codes]
        for color in range(self.colors):
            asked = self.counts[color, guesses]
            if asked.any():
                common += np.minimum(asked[:, None], self.counts[color, codes])
        return exact * np.uint8(self.length + 1) + common

    def consistent(self, told: Told) -> Codes:
        """The codes that fit all that was told, in ascending order."""
        left = self.possible
        for guess, mark in told:
            left = left[self.marks(np.array([self.number(guess)]), left)[0] == mark]
        return left

    def gains(self, guesses: Codes, codes: Codes) -> NDArray[np.float64]:
        """Expected bits of each guess where the ``codes`` are equally likely."""
        cells = self.marks(guesses, codes) + np.arange(len(guesses))[:, None] * self.kinds
        sizes = np.bincount(cells.ravel(), minlength=len(guesses) * self.kinds).reshape(-1, self.kinds)
        weighted = (sizes * np.log2(np.maximum(sizes, 1))).sum(1)
        gains: NDArray[np.float64] = np.log2(len(codes)) - weighted / len(codes)
        return gains

    def distinct(self, told: Told) -> Codes:
        """One of each set of guesses that differ only in the names of symbols not guessed before."""
        used = {symbol for guess, _ in told for symbol in guess}
        order = np.cumsum([symbol not in used for symbol in self.alphabet])  # 1, 2, … on the symbols not used
        rank = np.where([symbol in used for symbol in self.alphabet], 0, order)[self.places]
        newest = np.zeros_like(rank[0])
        fits = np.ones(rank.shape[1], bool)
        for row in rank:
            fits &= row <= newest + 1
            np.maximum(newest, row, out=newest)
        return np.flatnonzero(fits)

    def _best(self, told: Told) -> tuple[str, float]:
        """The guess that tells the most bits, a possible code where it makes no difference, and the bits."""
        left = self.consistent(told)
        if len(left) <= 2:
            return self.code(left[0]), uniform_bits(len(left))
        guesses = self.distinct(told) if self.places.shape[1] <= 100_000 else left
        if len(guesses) * len(left) > CELLS:
            guesses = self._finalists(guesses, left)
        gains = self.gains(guesses, left)
        best = np.argmax(gains + 1e-9 * np.isin(guesses, left, assume_unique=True))
        return self.code(guesses[best]), float(gains[best])

    def _finalists(self, guesses: Codes, codes: Codes) -> Codes:
        sample = codes[:: 1 + len(codes) // SAMPLE]
        guesses = guesses[:: 1 + len(guesses) * len(sample) // CELLS]
        order = np.argsort(-self.gains(guesses, sample), kind="stable")
        return guesses[order[: max(1, min(FINALISTS, CELLS // len(codes)))]]


class Mastermind(World[MastermindState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Mastermind-v0",
        family="games",
        group="mastermind",
        about="Find a code from counts of exact and partial matches.",
        presets={
            "2x3": {"length": 2, "colors": 3, "max_turns": 4},
            "3x4": {"length": 3, "colors": 4, "max_turns": 6},
            "3x6": {"length": 3, "colors": 6, "max_turns": 8},
            "4x6": {"length": 4, "colors": 6, "max_turns": 10},
            "bulls": {"repeats": False},
            "5x10": {"length": 5},
            "6x10": {"length": 6},
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="arXiv 2502.17543",
    )
    Params, State = MastermindParams, MastermindState
    counts = {"train": 1000, "dev": 200, "test": 500}

    def __init__(self, params: MastermindParams) -> None:
        super().__init__(params)
        self.length = length = params.length
        few = params.colors <= len(DIGITS)
        self.alphabet = (DIGITS if few else LETTERS)[: params.colors]
        self.noun = "digit" if few else "letter"
        self.search = Search(length, params.colors, self.alphabet, params.repeats)
        symbols = Symbols(self.alphabet, length, joiner=" ", noun=self.noun)
        self._show = symbols.show
        self._grammar = Grammar(Form("{code}", code=symbols, name="guess"))
        self._says = [
            f"{exact} exact, {common - exact} partial." for exact in range(length + 1) for common in range(length + 1)
        ]
        self._read = re.compile(r"(\d+) exact, (\d+) partial\.").match
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        self._dealt = self.holdout == "secret" and self.secrets() <= LISTED_UP_TO

    def start(self, task: Task, chance: Chance) -> MastermindState:
        if self._dealt:
            return MastermindState(dealt(self, task, self._codes), [], [])
        if self.params.repeats:
            draws = [chance.choice(self.alphabet) for _ in range(self.length)]
        else:
            draws = chance.sample(self.alphabet, self.length)
        return MastermindState("".join(draws), [], [])

    def _codes(self) -> Iterator[str]:
        return filter(self._allowed, map("".join, product(self.alphabet, repeat=self.length)))

    def _allowed(self, code: str) -> bool:
        return bool(self.params.repeats) or len(set(code)) == len(code)

    def intro(self, state: MastermindState, role: str) -> str:
        once = f"A {self.noun} may be in the code more than once." if self.params.repeats else "No repeats in the code."
        return (
            f"I have a secret code of {self.length} {self.noun}s, each from {self.alphabet[0]} to {self.alphabet[-1]}. "
            f"{once} Find it in at most {self.max_turns} guesses. After each guess I count its {self.noun}s in the "
            f"right place (exact) and its other {self.noun}s that are in the code but in another place (partial)."
        )

    def grammar(self, state: MastermindState) -> Grammar:
        return self._grammar

    def play(self, state: MastermindState, action: Action, chance: Chance) -> Reply:
        guess = action[1]
        exact, common = count(state.secret, guess)
        mark = exact * (self.length + 1) + common
        state.guesses.append(guess)
        state.marks.append(mark)
        if exact == self.length:
            return Reply(f"{self._says[mark]} You found the code!", done=True, success=True)
        return Reply(self._says[mark])

    def out_of_turns(self, state: MastermindState) -> str:
        return f"That was your last guess. The code was {self._show(state.secret)}."

    def privileged(self, state: MastermindState) -> Privileged:
        return Privileged(answer=self._show(state.secret))

    def hidden_key(self, state: MastermindState) -> str:
        return state.secret

    def secrets(self) -> float:
        number = 1
        for place in range(self.length):
            number *= self.params.colors - (0 if self.params.repeats else place)
        return number

    def known(self, state: MastermindState, role: str) -> Any:
        return sorted(map(list, set(self._told(state))))

    def view(self, state: MastermindState, role: str) -> Any:
        return [state.guesses[-1], state.marks[-1]] if state.guesses else []

    def _told(self, state: MastermindState) -> Told:
        return tuple(zip(state.guesses, state.marks, strict=True))

    def belief(self, state: MastermindState, role: str) -> Belief:
        return Belief(uniform_bits(len(self.search.consistent(self._told(state)))))

    def gain(self, state: MastermindState, action: Action) -> float:
        guess = np.array([self.search.number(action[1])])
        marks = self.search.marks(guess, self.search.consistent(self._told(state)))[0]
        return partition_gain(np.bincount(marks).tolist())

    def best_gain(self, state: MastermindState) -> tuple[Action, float]:
        code, gain = self.search.best(self._told(state))
        return ("guess", code), gain

    def resample(self, state: MastermindState, role: str, chance: Chance) -> MastermindState:
        new = state.copy()
        left = self.search.consistent(self._told(state))
        new.secret = self.search.code(left[chance.below(len(left))])
        return new

    def solver(self, state: MastermindState) -> list[str]:
        return [self._show(state.secret)]

    def expert(self, history: History, chance: Chance) -> str:
        told, left = [], self.max_turns
        for text, said in turns(history):
            left -= 1
            found = self._read(said)
            if found is None:
                continue
            exact, partial = int(found[1]), int(found[2])
            try:
                told.append((self._grammar.parse(text)[1], exact * (self.length + 1) + exact + partial))
            except BadAction:
                continue
        if left > 1:
            return self._show(self.search.best(tuple(told))[0])
        return self._show(self.search.code(self.search.consistent(tuple(told))[0]))

    def board(self, state: MastermindState) -> str:
        lines = []
        for turn, (guess, mark) in enumerate(self._told(state), 1):
            exact, common = divmod(mark, self.length + 1)
            lines.append(f"[dim]{turn:3d}[/]  {self._pegs(guess)}   {'●' * exact}{'○' * (common - exact)}")
        lines.append(f"[dim]     {' · ' * self.length}[/]   [dim]● exact  ○ partial[/]")
        lines.append(f"     {self._pegs(self.alphabet)}")
        return "\n".join(lines)

    def _pegs(self, code: str) -> str:
        pegs = [(PALETTE[self.alphabet.index(symbol) % len(PALETTE)], symbol) for symbol in code]
        return "".join(f"[black on {color}] {symbol} [/]" for color, symbol in pegs)


register(Mastermind)
