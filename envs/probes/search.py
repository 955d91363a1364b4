"""Multi-hop search in a local corpus: an engine, 72 short documents, and a question that no single one answers.

The corpus is a fictional world (`fiction`): a function of the split and of a number, ``WORLDS`` of them a split, so
that nothing can be known by heart and the worlds of test are not those of training. A question follows ``hops`` facts,
as in "What is the river of the birthplace of the author of The Salt Clock?". The engine is BM25 (`bm25`) and shows
three titles with the first sentence of each; a result is opened by its number. The answer is compared exactly, but for
case, punctuation and a leading "the"; there is one.

The expert takes a fact at a time: it searches for the entity by name, opens its document, and reads on. It knows how
documents word their facts; an agent must recognize them. No belief is given: the prior is over all fictional worlds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import Field as PydanticField

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Field, Form, Grammar, Integer
from scoutgym.envs.probes.bm25 import words
from scoutgym.envs.probes.fiction import COUNTS, DISH, FIRST, LAST, MOUNTAIN, OF, RIVER, Corpus, corpus, told
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

WORLDS = 50
RESULTS = 3
SAMPLES = [*(f"{first} {last}" for first, last in zip(FIRST, LAST, strict=False)), *RIVER, *DISH, *MOUNTAIN]

QUESTION = re.compile(r"What is ((?:the \w+ of )+)(.+)\?")


class Phrase(Field):
    """Some words on one line, read in small letters; samples are given."""

    pattern = r"[^\n]+"

    def __init__(self, about: str, samples: list[str]) -> None:
        self.about, self.samples, self.size = about, [sample.lower() for sample in samples], len(samples)

    def read(self, text: str) -> str:
        """The text in small letters, with single blanks."""
        if not words(text):
            raise BadAction(f"write {self.about}")
        return " ".join(text.lower().split())

    def value(self, number: int) -> str:
        """A sample: there is no end of phrases."""
        return self.samples[number]

    def explain(self) -> str:
        """What the words are."""
        return self.about

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "description": self.about}


GRAMMAR = Grammar(
    Form("search {words}", words=Phrase("what to look for", SAMPLES)),
    Form("open {result}", "read a result of the last search", result=Integer(1, RESULTS)),
    Form("answer {words}", "ends the task", words=Phrase("the answer alone", SAMPLES)),
)


class SearchParams(Params):
    """How far the answer is."""

    hops: int = PydanticField(2, ge=1, le=4, description="facts that lead to the answer")
    max_turns: int = PydanticField(0, ge=0, le=1000, description="0: four a hop, and four")


@dataclass
class SearchState(State):
    """The corpus, the question as its entity and the relations in the order of the hops, and what was found."""

    world: str
    entity: str
    nouns: list[str]
    results: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    shown: str = ""


class Search(World[SearchState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Search-v0",
        family="probes",
        group="search",
        about="Answer a question of several hops with a search engine over a small fictional corpus.",
        presets={"1": {"hops": 1}, "2": {}, "3": {"hops": 3}, "4": {"hops": 4}},
        figures={"read": "documents of the question's chain that were opened, over the hops"},
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="strong",
        paper="Yang et al. 2018, HotpotQA, arXiv 1809.09600",
    )
    Params, State = SearchParams, SearchState
    counts: ClassVar = {"train": 10_000, "dev": 1_000, "test": 1_000}

    def __init__(self, params: SearchParams) -> None:
        super().__init__(params)
        self.hops = params.hops
        self.max_turns = params.max_turns or 4 * params.hops + 4

    def start(self, task: Task, chance: Chance) -> SearchState:
        name = f"{task.split}/{task.index % WORLDS}"
        world = corpus(name)
        while True:
            chain = [chance.choice(world.titles)]
            nouns: list[str] = []
            while len(nouns) < self.hops and chain[-1] in world.kinds:
                relation = chance.choice(OF[world.kinds[chain[-1]]])
                nouns.append(relation.noun)
                chain.append(world.facts[chain[-1], relation.noun])
            if len(nouns) == self.hops and len(set(chain)) == len(chain):
                return SearchState(name, chain[0], nouns)

    def _chain(self, state: SearchState) -> list[str]:
        """The entity of the question and what each hop leads to; the answer is the last."""
        chain, world = [state.entity], corpus(state.world)
        for noun in state.nouns:
            chain.append(world.facts[chain[-1], noun])
        return chain

    def intro(self, state: SearchState, role: str) -> str:
        asked = "".join([f"the {noun} of " for noun in reversed(state.nouns)])
        return (
            "Answer a question about a fictional world by searching its documents. A search shows the "
            f"{RESULTS} best results; opening one shows the whole document. You may answer once, and have "
            f"{self.max_turns} turns.\nWhat is {asked}{state.entity}?"
        )

    def grammar(self, state: SearchState) -> Grammar:
        return GRAMMAR

    def play(self, state: SearchState, action: Action, chance: Chance) -> Reply:
        verb, what = action
        world = corpus(state.world)
        if verb == "answer":
            right = self._chain(state)[-1]
            won = _plain(what) == _plain(right)
            said = "That is right." if won else f"That is wrong: the answer is {right}."
            return Reply(said, done=True, success=won)
        if verb == "search":
            state.results = [world.titles[place] for place, _ in world.index.search(what, RESULTS)]
            state.shown = _shown(world, state.results)
            return Reply(state.shown)
        if what > len(state.results):
            return Reply(f"There is no result {what}: search first.", invalid=True)
        title = state.results[what - 1]
        if title not in state.opened:
            state.opened.append(title)
        state.shown = f"{title}\n{world.documents[title]}"
        return Reply(state.shown)

    def out_of_turns(self, state: SearchState) -> str:
        return f"You have run out of turns. The answer is {self._chain(state)[-1]}."

    def privileged(self, state: SearchState) -> Privileged:
        chain = self._chain(state)
        found = tuple(title for title in chain[:-1] if title in state.opened)
        return Privileged(answer=f"answer {chain[-1].lower()}", achievements=found, extra={"chain": chain})

    def figures(self, state: SearchState) -> Mapping[str, tuple[float, float]]:
        return {"read": (len(set(self._chain(state)[:-1]) & set(state.opened)), self.hops)}

    def hidden_key(self, state: SearchState) -> Any:
        return [state.world, state.entity, state.nouns]

    def secrets(self) -> float:
        """Ways through the relations, in all worlds: at most, for a question never comes back to an entity."""
        ends = dict.fromkeys(("dish", "mountain"), 0)
        ways = dict.fromkeys((*COUNTS, *ends), 1)
        for _ in range(self.hops):
            ways = ends | {kind: sum(ways[relation.target] for relation in OF[kind]) for kind in COUNTS}
        return float(3 * WORLDS * sum(count * ways[kind] for kind, count in COUNTS.items()))

    def known(self, state: SearchState, role: str) -> Any:
        return [state.entity, state.nouns, sorted(state.opened), state.results]

    def view(self, state: SearchState, role: str) -> Any:
        return state.shown

    # Players.

    def solver(self, state: SearchState) -> list[str]:
        return [f"answer {self._chain(state)[-1].lower()}"]

    def expert(self, history: History, chance: Chance) -> str:
        asked = QUESTION.search(history[0])
        assert asked
        name, nouns = asked[2], re.findall(r"the (\w+) of ", asked[1])[::-1]
        opened: dict[str, str] = {}
        for text, said in turns(history):
            title, _, document = said.partition("\n")
            if text.strip().lower().startswith("open"):
                opened[title] = document
        for noun in nouns:
            found = told(opened[name], name, noun) if name in opened else None
            if found is None:
                listed = re.findall(r"^(\d)\. (.+?): ", history[-1], re.MULTILINE)
                place = next((number for number, title in listed if title == name), None)
                return f"open {place}" if place else f"search {name.lower()}"
            name = found
        return f"answer {name.lower()}"

    def board(self, state: SearchState) -> str:
        return f"opened: {', '.join(state.opened) or 'nothing yet'}\n\n{state.shown}"


def _shown(world: Corpus, results: list[str]) -> str:
    if not results:
        return "No document has any of these words."
    lines = []
    for number, title in enumerate(results, 1):
        lines.append(f"{number}. {title}: {world.documents[title].partition('. ')[0]}.")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return " ".join(words(text)).removeprefix("the ")


register(Search)
