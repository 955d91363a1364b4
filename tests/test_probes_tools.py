"""The toolbox and the search: the belief against enumeration, BM25 against its formula, corpora against themselves."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import permutations
from typing import Any

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.probes import fiction
from scoutgym.envs.probes.bm25 import BM25
from scoutgym.envs.probes.fiction import COUNTS, OF, RELATIONS, corpus, told
from scoutgym.envs.probes.search import WORLDS, Search, SearchParams
from scoutgym.envs.probes.toolbox import EFFECTS, RULES, STARTS, Toolbox, ToolboxParams, ToolboxState
from scoutgym.types import Task

LUCK = Chance(b"unused")

# The toolbox.

BY_HAND = {
    "add 1": (98, 99, 0),
    "add 10": (7, 17, 27),
    "add 25": (80, 5, 30),
    "subtract 4": (6, 2, 98),
    "multiply by 3": (34, 2, 6),
    "multiply by 7": (15, 5, 35),
    "swap the two digits": (40, 4, 40),
    "subtract from 99": (0, 99, 0),
}


def test_the_rules_do_what_they_say() -> None:
    assert list(BY_HAND) == list(RULES)
    for effect, (first, second, third) in zip(EFFECTS, BY_HAND.values(), strict=True):
        assert (effect[first], effect[second]) == (second, third)
        assert sorted(effect) == list(range(100))


def distances(rules: tuple[int, ...], start: int) -> dict[int, int]:
    """How many uses every number takes, by relaxing until nothing changes."""
    far = {start: 0}
    for _ in range(100):
        for number, steps in list(far.items()):
            for rule in rules:
                after = EFFECTS[rule][number]
                far[after] = min(far.get(after, 999), steps + 1)
    return far


def chance_of(rules: tuple[int, ...], start: int, target: int, depth: int) -> float:
    """How likely this target is, with these rules: by the definition."""
    far = distances(rules, start)
    wanted = min(depth, max(far.values()))
    drawn = [number for number, steps in far.items() if steps == wanted]
    return 1 / len(drawn) if target in drawn else 0.0


def bits(weights: dict[Any, float]) -> float:
    total = sum(weights.values())
    return -sum(w / total * math.log2(w / total) for w in weights.values() if w)


@pytest.mark.parametrize(("tools", "index"), [(2, 0), (2, 1), (2, 2), (3, 0), (3, 1)])
def test_what_is_believed_of_tools_is_what_enumeration_leaves(tools: int, index: int) -> None:
    game, chance = Toolbox(ToolboxParams(tools=tools)), Chance(b"box", index)
    state = game.start(Task("x", "train", 0), chance)
    weights: dict[Any, float] = {}
    of_set: dict[tuple[int, ...], float] = {}
    for rules in permutations(range(len(EFFECTS)), tools):
        key = tuple(sorted(rules))
        if key not in of_set:
            of_set[key] = chance_of(key, state.first, state.target, game.depth)
        if of_set[key]:
            weights[rules] = of_set[key]
    for _ in range(4):
        assert game.belief(state, "agent").bits == pytest.approx(bits(weights))
        for place, tool in enumerate(game.tools):
            cells: dict[int, dict[Any, float]] = {}
            for rules, weight in weights.items():
                cells.setdefault(EFFECTS[rules[place]][state.number], {})[rules] = weight
            after = sum(sum(cell.values()) * bits(cell) for cell in cells.values()) / sum(weights.values())
            assert game.gain(state, ("use", tool)) == pytest.approx(bits(weights) - after, abs=1e-9)
        drawn = Counter(tuple(game.resample(state, "agent", chance).rules) for _ in range(400))
        assert set(drawn) <= set(weights)
        likely, weight = max(weights.items(), key=lambda pair: pair[1])
        p = weight / sum(weights.values())
        assert abs(drawn[likely] - 400 * p) <= 5 * math.sqrt(400 * p * (1 - p)) + 1
        place, before = chance.below(tools), state.number
        game.play(state, ("use", game.tools[place]), LUCK)
        weights = {rules: w for rules, w in weights.items() if EFFECTS[rules[place]][before] == state.number}
        if state.number == state.target:
            break


def test_every_start_leads_to_a_target_that_takes_as_many_uses_as_it_should() -> None:
    game, depths = Toolbox(ToolboxParams(tools=2, depth=3)), Counter()
    for index in range(150):
        state = game.start(Task("x", "train", 0), Chance(b"target", index))
        assert state.first in STARTS
        far = distances(tuple(state.rules), state.first)
        assert far[state.target] == min(3, max(far.values())) > 0
        depths[far[state.target]] += 1
        assert len(game.solver(state)) == far[state.target]
    assert depths[3] > 100


def test_starting_over_brings_back_the_first_number() -> None:
    game = Toolbox(ToolboxParams(tools=2))
    state = ToolboxState([0, 1], first=5, target=27, number=5, possible=[255, 255])
    assert game.play(state, ("use", "hammer"), LUCK).text == "The hammer turns 05 into 06."
    assert game.play(state, ("use", "hammer"), LUCK).text == "The hammer turns 06 into 07."
    assert game.solver(state) == ["use saw", "use saw"]
    assert game.play(state, ("again",), LUCK).text == "You start over with 05."
    assert state.number == 5


@pytest.mark.parametrize("preset", ["2", "3", "4"])
def test_the_expert_finds_the_tools_and_uses_them(preset: str) -> None:
    env = gymnasium.make(f"scoutgym/Toolbox-{preset}-v0").unwrapped
    turns = []
    for index in range(30):
        env.reset(options={"split": "test", "index": index, "luck": 0})
        while not env.session.over:
            env.step(env.world.expert(env.history, LUCK))
        assert env.session.success
        turns.append(env.session.turn)
    assert env.world.depth <= sum(turns) / 30 < env.world.depth + 2 * int(preset)


# The search engine.


def test_scores_are_those_of_the_formula() -> None:
    documents = ["a cat and a dog", "The cat sat.", "dogs: many, many dogs", "rain"]
    lengths, mean = (5, 3, 4, 1), 13 / 4

    def score(place: int, often: int, holders: int) -> float:
        rare = math.log(1 + (4 - holders + 0.5) / (holders + 0.5))
        return rare * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * lengths[place] / mean))

    index = BM25(documents)
    assert dict(index.search("CAT", 4)) == pytest.approx({0: score(0, 1, 2), 1: score(1, 1, 2)})
    assert [place for place, _ in index.search("cat", 4)] == [1, 0]  # the shorter one first
    both = dict(index.search("a cat", 4))
    assert both[0] == pytest.approx(score(0, 2, 1) + score(0, 1, 2))
    assert index.search("cat rain", 1) == [(3, pytest.approx(score(3, 1, 1)))]
    assert index.search("fish", 4) == []


def test_a_document_tells_every_fact_of_its_entity_and_no_other() -> None:
    for key in ("train/0", "test/49"):
        world = corpus(key)
        assert Counter(world.kinds.values()) == COUNTS
        assert len(world.documents) == sum(COUNTS.values()) == 72
        for name, kind in world.kinds.items():
            for relation in OF[kind]:
                document = world.documents[name]
                said = [
                    s for s in relation.sayings if re.search(re.escape(s.partition("{y}")[0].format(x=name)), document)
                ]
                assert len(said) == 1
                assert told(document, name, relation.noun) == world.facts[name, relation.noun]


def test_corpora_are_functions_of_their_key() -> None:
    fiction.corpus.cache_clear()
    first = corpus("train/3").documents
    fiction.corpus.cache_clear()
    assert corpus("train/3").documents == first
    facts = [corpus(f"{split}/{number}").facts for split in ("train", "test") for number in range(10)]
    for place, one in enumerate(facts):
        for other in facts[:place]:
            assert sum(other.get(fact) == value for fact, value in one.items()) < 12  # of 174; one or two by chance


def test_questions_lead_where_their_hops_lead() -> None:
    nouns = Counter()
    for hops in (1, 2, 3, 4):
        env = gymnasium.make(f"scoutgym/Search-{hops}-v0").unwrapped
        assert env.world.max_turns == 4 * hops + 4
        for index in range(60):
            text, _ = env.reset(options={"split": "test", "index": index})
            asked = re.search(r"What is (.*)\?", text)[1]
            world = corpus(f"test/{index % WORLDS}")
            *chain, name = asked.split(" of ")
            for noun in reversed(chain):
                name = world.facts[name, noun.removeprefix("the ")]
            assert len(chain) == hops
            assert env.privileged().answer == f"answer {name.lower()}"
            nouns.update(chain)
            env.step(f"answer The {name.upper()}!")
            assert env.session.success
    assert {noun.removeprefix("the ") for noun in nouns} == {relation.noun for relation in RELATIONS}


@pytest.mark.parametrize("hops", [1, 2, 3, 4])
def test_the_expert_reads_its_way_to_the_answer(hops: int) -> None:
    env = gymnasium.make(f"scoutgym/Search-{hops}-v0").unwrapped
    for index in range(25):
        env.reset(options={"split": "test", "index": index})
        while not env.session.over:
            env.step(env.world.expert(env.history, LUCK))
        assert env.session.success
        assert env.figures() == {"read": (hops, hops)}
        assert env.session.turn == 2 * hops + 1


def test_results_are_opened_by_number_and_only_those_there_are() -> None:
    game = Search(SearchParams())
    state = game.start(Task("scoutgym/Search-v0", "train", 0), Chance(b"question"))
    assert game.play(state, ("open", 1), LUCK).invalid
    said = game.play(state, ("search", state.entity.lower()), LUCK).text
    assert said.startswith(f"1. {state.entity}: {state.entity} is a ")
    assert game.play(state, ("open", 1), LUCK).text.startswith(f"{state.entity}\n")
    assert game.play(state, ("search", "xyzzy"), LUCK).text == "No document has any of these words."
    assert game.play(state, ("open", 1), LUCK).invalid
    assert not game.play(state, ("answer", state.entity), LUCK).success
