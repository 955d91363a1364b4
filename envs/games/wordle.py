"""Wordle: find a secret word from a color for each letter of a guess; duplicate letters count as in the true game.

Green is a letter in its right place. Each letter of the secret answers for one letter of the guess: greens first, then
from left to right yellow (the letter is in the word, in another place); what is left is gray. PAPRIKA (arXiv
2502.17543) does not count: there one letter of the secret colors every copy in the guess. Its turn limit and task
counts are kept: 5 letters, 6 guesses, any letters may be guessed; other lengths, out of distribution, have 10 guesses.
``dictionary`` allows words of the list only.

The words are SCOWL's (`scoutgym.envs.words`). Where ``listed`` is 0, the secret may be any of them (prior: uniform),
and the splits share them out: the test split of 5 letters has 339 words, so its tasks repeat. Where it is positive, a
task draws so many candidates, lists them in its text, and hides one of them (prior: uniform on the list). The splits
then share out the pairs of list and secret, not the words, so that no word is known never to be a secret; ``pool``
keeps the vocabulary small.

The expert guesses what tells the most bits; `Search` says how. With two guesses left it makes most likely to win.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from scoutgym.envs.belief import partition_gain, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Symbols, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import dealt
from scoutgym.envs.words import words
from scoutgym.types import Task, digest

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
COLORS = ("gray", "yellow", "green")
"""A mark is a string with the place of each letter's color in here: "00210"."""

HOLD_OUT_FROM = 1_000
"""A list of fewer words is not shared out among the splits."""

CELLS = 2_000_000
"""Pairs of guess and candidate that one search looks at: about 80 ms."""

SAMPLE = 300
"""Candidates that stand for all when the finalists are chosen among too many guesses."""

FINALISTS = 50

Numbers = NDArray[np.intp]
"""Words by their place in the list."""

Told = tuple[tuple[str, str], ...]
"""Guesses and their marks."""


class WordleParams(Params):
    """Which words there are, how they may be guessed, and how often."""

    length: int = Field(5, ge=4, le=10, description="letters of a word")
    size: Literal[10, 20, 35] = Field(35, description="how rare words may be: SCOWL's size")
    dictionary: bool = Field(False, description="whether only words of the list may be guessed, or any letters")
    listed: int = Field(0, ge=0, le=500, description="candidates that a task draws and lists; 0: all words, unlisted")
    pool: int = Field(0, ge=0, description="how many words there are, drawn from SCOWL's once and for all; 0: all")
    max_turns: int = Field(6, ge=1, le=1000, description="how many guesses there are")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        there = len(words(self.length, self.size))
        if max(self.listed, self.pool) > there:
            raise ValueError(f"SCOWL's size {self.size} has only {there} words of {self.length} letters")
        if self.listed == 1 or (self.pool and not self.listed):
            raise ValueError(f"listed={self.listed}: list at least 2 candidates, or all words with listed=0 and pool=0")
        if self.pool and self.listed > self.pool:
            raise ValueError(f"listed={self.listed} candidates cannot be drawn from a pool of {self.pool} words")
        return self


@dataclass
class WordleState(State):
    """The secret, the candidates where they are listed, and what has been guessed."""

    secret: str
    listed: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def mark(secret: str, guess: str) -> str:
    """The mark of a guess."""
    free = []
    for ours, theirs in zip(secret, guess):  # noqa: B905 -- strict costs a tenth of a step
        if ours != theirs:
            free.append(ours)
    colors = ""
    for ours, theirs in zip(secret, guess):  # noqa: B905
        if ours == theirs:
            colors += "2"
        elif theirs in free:
            free.remove(theirs)
            colors += "1"
        else:
            colors += "0"
    return colors


class Search:
    """Arithmetic on sets of words: which are consistent with what was told, and which guess tells the most.

    Guesses that are looked at are the words of the list. Where that makes more than ``CELLS`` pairs of guess and
    candidate, a sample of the candidates chooses finalists among the guesses.
    """

    def __init__(self, listed: tuple[str, ...]) -> None:
        self.words = listed
        self.place = {word: place for place, word in enumerate(listed)}
        self.all = np.arange(len(listed))
        self.letters = self.read(listed)
        self.counts = np.stack([(self.letters == letter).sum(0, dtype=np.uint8) for letter in range(len(ALPHABET))])
        self.best = lru_cache(maxsize=4096)(self._best)

    @staticmethod
    def read(guesses: tuple[str, ...]) -> NDArray[np.uint8]:
        """The letter in each place of each word, from 0: (length, words)."""
        text = np.frombuffer("".join(guesses).encode("ascii"), np.uint8).reshape(len(guesses), -1)
        return np.ascontiguousarray(text.T) - np.uint8(ord("a"))

    def marks(self, guesses: NDArray[np.uint8], candidates: Numbers) -> NDArray[np.uint16]:
        """The mark of each guess (letters by place) against each candidate, read in base 3: (guesses, candidates).

        A letter in place ``i`` that is not green is yellow if the candidate has more of it than answer for the same
        letter elsewhere in the guess: for each one before ``i``, green or not, and for each green one after ``i``.
        """
        greens = [ours[:, None] == theirs[candidates] for ours, theirs in zip(guesses, self.letters, strict=True)]
        total = np.zeros(greens[0].shape, np.uint16)
        counts = self.counts[:, candidates]
        for i, letters in enumerate(guesses):
            have = counts[letters]
            for j, others in enumerate(guesses):
                same = np.flatnonzero(letters == others)
                if j != i and len(same):
                    have[same] -= np.minimum(have[same], 1 if j < i else greens[j][same])
            total *= 3
            total += np.where(greens[i], 2, have > 0).astype(np.uint16)
        return total

    def left(self, told: Told, listed: tuple[str, ...]) -> Numbers:
        """The candidates that fit all that was told; they are the ``listed`` words, or all if none is."""
        left = np.array([self.place[word] for word in listed]) if listed else self.all
        for guess, colors in told:
            left = left[self.marks(self.read((guess,)), left)[0] == int(colors, 3)]
        return left

    def cells(self, guesses: Numbers, candidates: Numbers) -> tuple[NDArray[np.float64], Numbers]:
        """For each guess the expected bits, and the number of different marks, where candidates are equally likely."""
        marks = np.sort(self.marks(self.letters[:, guesses], candidates), axis=1, kind="stable")
        first = np.ones(marks.shape, bool)
        first[:, 1:] = marks[:, 1:] != marks[:, :-1]
        starts = np.flatnonzero(first)
        sizes = np.diff(starts, append=first.size)
        weighted = np.bincount(starts // len(candidates), sizes * np.log2(sizes), len(guesses))
        return np.log2(len(candidates)) - weighted / len(candidates), first.sum(1)

    def _best(self, told: Told, listed: tuple[str, ...], two_left: bool) -> tuple[str, float]:
        """The guess that tells the most bits, a candidate where it makes no difference, and the bits.

        With two guesses left: that of the most different marks, each of which one candidate survives.
        """
        left = self.left(told, listed)
        if len(left) <= 2:
            return self.words[left[0]], uniform_bits(len(left))
        guesses = self.all
        if len(guesses) * len(left) > CELLS:
            guesses = self._finalists(left)
        gains, marks = self.cells(guesses, left)
        score = marks + 1e-3 * gains if two_left else gains
        best = int(np.argmax(score + 1e-9 * np.isin(guesses, left)))
        return self.words[guesses[best]], float(gains[best])

    def _finalists(self, left: Numbers) -> Numbers:
        sample = left[:: 1 + len(left) // SAMPLE]
        order = np.argsort(-self.cells(self.all, sample)[0], kind="stable")
        return self.all[order[:FINALISTS]]


class Letters(Symbols):
    """Any letters; the example is a word."""

    def __init__(self, example: str) -> None:
        super().__init__(ALPHABET, len(example), noun="letter")
        self._example = example

    def example(self) -> str:
        """The word that was given to the constructor."""
        return self._example


class Wordle(World[WordleState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Wordle-v0",
        family="games",
        group="wordle",
        about="Find a word from a color for each letter of a guess.",
        presets={
            "trivial": {"length": 4, "dictionary": True, "listed": 4, "pool": 16, "max_turns": 3},
            "tiny": {"length": 4, "dictionary": True, "listed": 16, "pool": 64, "max_turns": 4},
            "small": {"dictionary": True, "listed": 64, "pool": 256},
            "strict": {"dictionary": True},
            **{str(length): {"length": length, "max_turns": 10} for length in (4, 6, 7, 8, 9, 10)},
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="arXiv 2502.17543",
    )
    Params, State = WordleParams, WordleState
    counts = {"train": 1515, "dev": 200, "test": 800}

    def __init__(self, params: WordleParams) -> None:
        super().__init__(params)
        chosen = words(params.length, params.size)
        if params.pool:
            chosen = tuple(sorted(Chance(digest("pool", params.length, params.size)).sample(chosen, params.pool)))
        self.words = chosen
        self.search = Search(chosen)
        word = Word(chosen) if params.dictionary else Letters(chosen[len(chosen) // 3])
        self._grammar = Grammar(Form("{word}", word=word, name="guess"))
        self._intro = (
            f"I have a secret word of {params.length} letters. Find it in at most {params.max_turns} guesses. After "
            "each guess I name a color for each of its letters: green if it is in the right place, yellow if it is in "
            "the word but in another place, gray if the word has no such letter left."
        )
        says = {(letter, str(n)): f"{letter} {color}" for letter in ALPHABET for n, color in enumerate(COLORS)}
        self._says = says.__getitem__
        self._won = "2" * params.length
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"

    def start(self, task: Task, chance: Chance) -> WordleState:
        if self.params.listed:
            listed = sorted(chance.sample(self.words, self.params.listed))
            return WordleState(chance.choice(listed), listed)
        if self.holdout == "none":
            return WordleState(chance.choice(self.words))
        return WordleState(dealt(self, task, lambda: self.words))

    def intro(self, state: WordleState, role: str) -> str:
        if not state.listed:
            return self._intro
        return f"{self._intro} The word is one of these {len(state.listed)}: {', '.join(state.listed)}."

    def grammar(self, state: WordleState) -> Grammar:
        return self._grammar

    def play(self, state: WordleState, action: Action, chance: Chance) -> Reply:
        guess = action[1]
        colors = mark(state.secret, guess)
        state.guesses.append(guess)
        state.marks.append(colors)
        text = ", ".join(map(self._says, zip(guess, colors)))  # noqa: B905
        if colors == self._won:
            return Reply(f"{text}. You found the word!", done=True, success=True)
        return Reply(f"{text}.")

    def out_of_turns(self, state: WordleState) -> str:
        return f"That was your last guess. The word was {state.secret}."

    def privileged(self, state: WordleState) -> Privileged:
        return Privileged(answer=state.secret)

    def hidden_key(self, state: WordleState) -> str:
        return f"{state.secret} of {' '.join(state.listed)}" if state.listed else state.secret

    def secrets(self) -> float:
        listed = self.params.listed
        return math.comb(len(self.words), listed) * listed if listed else len(self.words)

    def known(self, state: WordleState, role: str) -> Any:
        return [state.listed, sorted(map(list, set(self._told(state))))]

    def view(self, state: WordleState, role: str) -> Any:
        return [state.guesses[-1], state.marks[-1]] if state.guesses else state.listed

    def _told(self, state: WordleState) -> Told:
        return tuple(zip(state.guesses, state.marks, strict=True))

    def belief(self, state: WordleState, role: str) -> Belief:
        return Belief(uniform_bits(len(self.search.left(self._told(state), tuple(state.listed)))))

    def gain(self, state: WordleState, action: Action) -> float:
        left = self.search.left(self._told(state), tuple(state.listed))
        marks = self.search.marks(self.search.read((action[1],)), left)[0]
        return partition_gain(np.unique(marks, return_counts=True)[1].tolist())

    def best_gain(self, state: WordleState) -> tuple[Action, float]:
        word, gain = self.search.best(self._told(state), tuple(state.listed), False)
        return ("guess", word), gain

    def resample(self, state: WordleState, role: str, chance: Chance) -> WordleState:
        new = state.copy()
        left = self.search.left(self._told(state), tuple(state.listed))
        new.secret = self.words[left[chance.below(len(left))]]
        return new

    def solver(self, state: WordleState) -> list[str]:
        return [state.secret]

    def expert(self, history: History, chance: Chance) -> str:
        found = re.search(r"The word is one of these \d+: ([a-z, ]+)\.", history[0])
        listed = tuple(found[1].split(", ")) if found else ()
        told, left = [], self.max_turns
        for _, said in turns(history):
            left -= 1
            colors = re.match(r"(?:[a-z] (?:gray|yellow|green)[,.] ?)+", said)
            if colors is not None:
                pairs = re.findall(r"([a-z]) (\w+)", colors[0])
                told.append(("".join(x for x, _ in pairs), "".join(str(COLORS.index(y)) for _, y in pairs)))
        if left > 1:
            return self.search.best(tuple(told), listed, left == 2)[0]
        return self.words[int(self.search.left(tuple(told), listed)[0])]

    def board(self, state: WordleState) -> str:
        paint = {"0": "white on grey30", "1": "black on yellow3", "2": "black on green3", " ": "black on grey78"}
        keys = dict.fromkeys(ALPHABET, " ")
        lines = []
        for guess, colors in self._told(state):
            lines.append("  " + " ".join(f"[{paint[c]}] {x.upper()} [/]" for x, c in zip(guess, colors, strict=True)))
            for letter, color in zip(guess, colors, strict=True):
                keys[letter] = max(keys[letter], color)
        lines += ["  " + " ".join(["[dim] · [/]"] * self.params.length)] * (self.max_turns - len(lines))
        for place, row in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm")):
            lines.append(" " * place + " ".join(f"[{paint[keys[letter]]}] {letter} [/]" for letter in row))
        return "\n\n".join(lines)


register(Wordle)
