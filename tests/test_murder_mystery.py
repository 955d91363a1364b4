"""Murder mystery: the logic against worlds built one by one from the rules, readings, beliefs, proofs and players."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.core import DialogueParams
from scoutgym.envs.dialogue.murder.case import case_of, cast
from scoutgym.envs.dialogue.murder.lexicon import lexicon
from scoutgym.envs.dialogue.murder.reading import read
from scoutgym.envs.dialogue.murder.rules import (
    NOBODY,
    PEOPLE,
    ROOMS,
    Feature,
    Logic,
    Question,
    claim,
    sight,
    whereabouts,
)
from scoutgym.envs.dialogue.murder.truth import secret_of, truth_of
from scoutgym.envs.dialogue.murder_mystery import MurderMystery, MurderState
from scoutgym.envs.session import Session
from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import Task

WORLD = MurderMystery(DialogueParams())
LUCK = Chance(b"unused")
ROWS = [json.loads(line) for line in Path(__file__).with_name("dialogue").joinpath("murder_mystery.jsonl").open()]

Answers = dict[Question, int]


def state_of(index: int, split: str = "test") -> MurderState:
    session = Session(WORLD)
    session.begin(Task(WORLD.spec.id, split, index))
    return session.state


def say(state: MurderState, text: str) -> Any:
    return WORLD.play(state, ("say", text), LUCK)


def number_of(state: MurderState) -> int:
    return int(state.secret.split(".")[0], 16)


ORDER: list[Question] = [("where", p) for p in range(PEOPLE)] + [("room", r) for r in range(1, ROOMS + 1)]
ORDER.append(("witness",))


def worlds() -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every culprit with the answers to ``ORDER``, straight from the rules as the agent reads them."""
    rooms = range(1, ROOMS + 1)
    for culprit in range(PEOPLE):
        innocent = [person for person in range(PEOPLE) if person != culprit]
        for places in product(rooms, repeat=len(innocent)):
            inside = tuple(map(places.count, rooms))
            if max(inside) > 2:
                continue
            where = dict(zip(innocent, places, strict=True))
            true = [0] * PEOPLE
            for person in innocent:
                mates = [other for other in innocent if other != person and where[other] == where[person]]
                true[person] = claim(where[person], mates[0] if mates else NOBODY)
            for liar, lie, other_lie in product(innocent, rooms, rooms):
                if other_lie != where[liar]:
                    said = true.copy()
                    said[culprit], said[liar] = claim(lie, NOBODY), claim(other_lie, NOBODY)
                    known = (*said, *inside)
                    for seen in innocent:
                        yield culprit, (*known, sight(seen, where[seen]))


@pytest.fixture(scope="module")
def solvable() -> list[tuple[int, tuple[int, ...]]]:
    """The worlds whose answers together leave one culprit."""
    suspects: dict[tuple[int, ...], set[int]] = defaultdict(set)
    every = list(worlds())
    for culprit, answers in every:
        suspects[answers].add(culprit)
    return [one for one in every if len(suspects[one[1]]) == 1]


# The logic.


def test_the_table_holds_the_worlds_of_the_rules(solvable: Any) -> None:
    table = whereabouts()
    assert len(table.culprit) == len(solvable) > 50_000
    assert Counter(table.culprit.tolist()) == Counter(culprit for culprit, _ in solvable)
    rows = zip(table.culprit.tolist(), *(table.answers[one].tolist() for one in ORDER), strict=True)
    assert Counter(rows) == Counter((culprit, *answers) for culprit, answers in solvable)


def test_all_that_can_be_found_out_leaves_one_culprit_and_the_first_words_all(solvable: Any) -> None:
    logic = Logic([3, 2, 3])
    assert logic.culprits({}) == pytest.approx(np.full(PEOPLE, 0.2))
    for culprit, answers in solvable[:: len(solvable) // 50]:
        shares = logic.culprits(dict(zip(ORDER, answers, strict=True)))
        assert shares.argmax() == culprit
        assert shares.max() == pytest.approx(1)


def features_by_definition(feature: Feature, told: Answers) -> list[int]:
    """For each culprit the number of ways to give everybody a value."""
    ways = [0] * PEOPLE
    for values in product(range(feature.values), repeat=PEOPLE):
        if all(told.get(("trait", p, feature.number), value) == value for p, value in enumerate(values)):
            for culprit in range(PEOPLE):
                trace = told.get(("trace", feature.number), feature.trace)
                ways[culprit] += trace is None or values[culprit] == trace
    return ways


def test_features_are_counted_as_enumeration_counts_them() -> None:
    chance = Chance(b"features")
    for number in range(60):
        feature = chance.choice([Feature(0, 3), Feature(0, 2), Feature(0, 2, trace=1)])
        told: Answers = {("trait", p, 0): chance.below(feature.values) for p in range(PEOPLE) if chance.below(2)}
        if feature.trace is None and chance.below(2):
            told["trace", 0] = chance.below(feature.values)
        assert feature.ways(told).tolist() == features_by_definition(feature, told), number


def test_posterior_and_gain_by_definition(solvable: Any) -> None:
    logic, chance = Logic([3, 2, 3]), Chance(b"posterior")

    def weights(places: Any, told: Answers) -> list[float]:
        found = [float(sum(c == culprit for c, _ in places)) for culprit in range(PEOPLE)]
        for feature in logic.features:
            found = [w * n for w, n in zip(found, features_by_definition(feature, told), strict=True)]
        return found

    def bits(some: list[float]) -> float:
        return -sum(w / sum(some) * math.log2(w / sum(some)) for w in some if w)

    for number in range(6):
        culprit, answers = chance.choice(solvable)
        values = {(p, k): chance.below(2) for p in range(PEOPLE) for k in range(4)} | {(culprit, 3): 1}
        truth = dict(zip(ORDER, answers, strict=True)) | {("trait", *one): value for one, value in values.items()}
        truth |= {("trace", k): values[culprit, k] for k in range(3)}
        told = {question: truth[question] for question in chance.sample(logic.questions(), 5)}
        fits = [(place, told[question]) for place, question in enumerate(ORDER) if question in told]
        left = [one for one in solvable if all(one[1][place] == answer for place, answer in fits)]
        now = weights(left, told)
        assert logic.culprits(told) == pytest.approx([w / sum(now) for w in now]), number
        for question in (("where", chance.below(5)), ("witness",), ("trait", chance.below(5), 1), ("trace", 1)):
            if question in told:
                assert logic.gain(told, question) == (0.0, 0.0)
                continue
            cells: dict[int, Any] = defaultdict(list)
            if question in ORDER:
                for one in left:
                    cells[one[1][ORDER.index(question)]].append(one)
            else:
                cells = dict.fromkeys(range(2), left)
            after = [weights(cell, {**told, question: code}) for code, cell in cells.items()]
            after = [some for some in after if sum(some)]
            mean = sum(sum(some) / sum(now) * bits(some) for some in after)
            assert logic.gain(told, question)[0] == pytest.approx(bits(now) - mean, abs=1e-9), question
            assert logic.gain(told, question)[1] == pytest.approx(bits([sum(some) for some in after]), abs=1e-9)


def test_who_lies() -> None:
    for index in range(60):
        truth = truth_of(state_of(index).secret)
        rooms = [truth.answer(("room", room)) for room in range(1, ROOMS + 1)]
        assert sum(rooms) == PEOPLE - 1
        assert truth.features[3][truth.culprit] == 1
        assert all(truth.answer(("trace", k)) == truth.features[k][truth.culprit] for k in range(3))
        seen, room = divmod(truth.answer(("witness",)), 6)
        assert seen != truth.culprit
        assert truth.answer(("room", room)) >= 1
        said = truth.answer(("where", truth.culprit))
        assert said % 6 == NOBODY
        assert 1 <= said // 6 <= ROOMS


# The cases.


def test_motives_say_nothing() -> None:
    states = [state_of(index, "train") for index in range(500)]
    loudest = sum(case_of(number_of(s)).suspects[0] == truth_of(s.secret).culprit for s in states)
    suspected = sum(truth_of(s.secret).culprit in case_of(number_of(s)).suspects for s in states)
    assert 60 < loudest < 140  # a fifth, and 3 standard deviations are 27
    assert 250 < suspected < 350  # three fifths
    assert len({s.secret for s in states}) == 500
    assert len({WORLD.opening(s.secret) for s in states}) == 500


def test_what_is_public_does_not_depend_on_what_happened() -> None:
    one = secret_of(7, 5, [[0] * 5, [1] * 5, [0] * 5, [1] * 5])
    other = secret_of(7, 90_000, [[2] * 5, [0] * 5, [1] * 5, [1] * 5])
    assert WORLD.opening(one) == WORLD.opening(other)


def test_names_and_rooms_cannot_be_confused() -> None:
    for number in range(80):
        case, known = case_of(number), lexicon(number)
        assert len({*case.rooms, case.scene}) == ROOMS + 1
        assert set(known.names.values()) == set(range(PEOPLE))
        assert all(known.names[(person.role.split()[-1],)] == p for p, person in enumerate(case.people))
        assert not {word for name in known.names for word in name} & known.locked
        for question in case.logic.questions():
            assert read(number, case.ask(question)) == ["ask", list(question)]
            assert len(case.answers(question)) == len(set(case.answers(question).values()))
        for person in range(PEOPLE):
            assert read(number, WORLD.accusation(number, person)) == ["accuse", person]
        for p, person in enumerate(case.people):
            assert read(number, f"What motive did {person.name} have?") == ["say", "motive", p]
    assert set(cast()["traits"]) == {trait for number in range(30) for trait in case_of(number).traits}


# Reading.


def test_hand_written_texts_are_understood() -> None:
    assert len(ROWS) >= 300
    assert len({(row["secret"], row["text"]) for row in ROWS}) == len(ROWS)
    assert all(row["reads"] is None or WORLD.reply(row["secret"], row["reads"]) == row["answer"] for row in ROWS)
    floors = {"tune": (0.98, 0.02), "held": (0.95, 0.02), "stranger-tune": (0.97, 0.02), "stranger-held": (0.75, 0.13)}
    assert {row["part"] for row in ROWS} == set(floors)
    for part, (floor, ceiling) in floors.items():
        rows = [row for row in ROWS if row["part"] == part]
        found = [WORLD.read(row["text"], WORLD.opening(row["secret"])) for row in rows]
        right = sum(one == row["reads"] for one, row in zip(found, rows, strict=True))
        wrong = sum(one is not None and one != row["reads"] for one, row in zip(found, rows, strict=True))
        assert right / len(rows) >= floor, part
        assert wrong / len(rows) <= ceiling, part


@pytest.mark.parametrize(
    "text",
    [
        "The culprit left a footprint like Gideon's.",
        "Gideon says the culprit is Ulrich.",
        "I want to know whether the culprit is Gideon.",
        "Is it Gideon?",
        "If Gideon has a key, the culprit is Gideon.",
        "The culprit is not Gideon.",
        "The culprit is Gideon or Noemi.",
        "Ask Gideon who the culprit is.",
        "Who is the culprit, Gideon or Noemi?",
        "Maybe Gideon did it.",
        "The culprit is Gideon. The culprit is Noemi.",
        "",
        "🙂",
        "Gideon " * 200,
        "Everyone thinks it was Gideon.",
        "I heard Gideon killed him.",
        "The maid said Gideon did it.",
        "Suppose Gideon did it; how did he get the key?",
        "Was it Gideon who was in the archive?",
        "Noemi, I know Gideon did it.",
        "Gideon, did you do it?",
        "You are lying, Gideon. Noemi saw you in the archive.",
        "You had every reason to kill him, Gideon.",
        "Noemi did it, didn't she?",
    ],
)
def test_what_is_no_accusation(text: str) -> None:
    meaning = read(2, text)
    assert meaning is None or meaning[0] != "accuse"


def test_a_command_counts_before_a_thought() -> None:
    assert read(2, "Gideon seems nervous. The bursar is rich. Examine the archive.") == ["ask", ["room", 1]]
    assert read(2, "Gideon was not alone; examine the archive.") == ["ask", ["room", 1]]
    assert read(2, "Where was Gideon? The culprit is Noemi Osei.") == ["accuse", 4]


def test_an_accusation_to_the_face() -> None:
    for text in (
        "Gideon, you did it.",
        "You killed him, Gideon!",
        "I put it to you, Gideon, that you did the deed.",
        "I accuse you, Gideon.",
        "Mr Ellsworth, you are under arrest.",
    ):
        assert read(2, text) == ["accuse", 0], text


def test_who_is_spoken_to() -> None:
    where = ["ask", ["where", 0]]
    for text in (
        "Gideon, where were you?",
        "so what did you do that evening gideon",
        "What were you doing then? I mean you, Mr Ellsworth.",
        "Noemi claims that you were with her. True, Gideon?",
        "Gideon, did you see Noemi?",
    ):
        assert read(2, text) == where, text
    for text in (
        "Were you alone in the archive?",
        "Did you see Gideon leave?",
        "Which one of you left the archive last?",
    ):
        assert read(2, text) == ["say", "one"], text


def test_what_a_case_knows_nothing_of_tells_nothing() -> None:
    state = state_of(2)
    number = number_of(state)
    first = case_of(number).people[0].name
    meanings = {
        f"{first}, did you hear a scream?": ["say", "nothing"],
        f"Whom do you suspect, {first}?": ["say", "nothing"],
        f"Is {first} hiding something?": ["say", "nothing"],
        f"Had {first} been drinking?": ["say", "nothing"],
        f"{first}, did you take the weapon?": ["say", "nothing"],
        f"What do you do for a living, {first}?": ["say", "job", 0],
        f"Why did you hate the victim, {first}?": ["say", "motive", 0],
        f"{first}, did you owe him money?": ["say", "motive", 0],
        "Which rooms are there?": ["say", "rooms"],
        "What have we found so far?": ["say", "case"],
        "How did the victim die?": ["say", "weapon"],
        "Who found the body?": ["say", "nothing"],
    }
    before = WORLD.belief(state, "agent").bits
    others = [WORLD.resample(state, "agent", Chance(b"%d" % place)).secret for place in range(30)]
    assert len({truth_of(secret).culprit for secret in others}) == PEOPLE
    for text, meaning in meanings.items():
        assert read(number, text) == meaning, text
        assert WORLD.gain(state, ("say", text)) == 0.0
        assert len({WORLD.reply(secret, meaning) for secret in others}) == 1
        say(state, text)
    assert WORLD.belief(state, "agent").bits == before


@pytest.mark.parametrize(
    "text",
    [
        "You're lying, Gideon.",
        "If you were in the archive, Gideon, then you saw Noemi. Did you?",
        "Gideon, tell me about the victim.",
        "Gideon, were you ever in Venice?",
    ],
)
def test_confrontations_conditions_and_unknown_words_are_not_read(text: str) -> None:
    assert read(2, text) is None


# The dialogue.


def test_a_right_and_a_wrong_accusation_end_the_case() -> None:
    state = state_of(3)
    culprit = truth_of(state.secret).culprit
    wrong = say(state.copy(), WORLD.accusation(number_of(state), (culprit + 1) % PEOPLE))
    right = say(state, WORLD.accusation(number_of(state), culprit))
    assert (right.done, right.success) == (True, True)
    assert (wrong.done, wrong.success) == (True, False)


def test_beliefs_follow_the_answers_and_redrawn_secrets_agree_with_them() -> None:
    chance = Chance(b"redrawn")
    for index in range(8):
        state = state_of(index)
        assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(PEOPLE))
        bank = [case_of(number_of(state)).ask(one) for one in case_of(number_of(state)).logic.questions()]
        for text in chance.sample(bank, 5):
            say(state, text)
        said = [(one.text, one.answer) for one in state.said]
        culprits = Counter()
        for _ in range(200):
            new = WORLD.resample(state, "agent", chance)
            culprits[truth_of(new.secret).culprit] += 1
            for one in state.said:
                assert WORLD.reply(new.secret, one.meaning) == one.answer, said
        shares = case_of(number_of(state)).logic.culprits(WORLD.heard(number_of(state), state.said))
        for person, share in enumerate(shares):
            assert abs(culprits[person] / 200 - share) < 0.16, (index, shares, culprits)
        say(state, "nonsense")
        assert WORLD.belief(state, "agent").bits == pytest.approx(-sum(p * math.log2(p) for p in shares if p))


def test_the_proof_is_a_shortest_one() -> None:
    shortest = 0
    for index in range(8):
        state = state_of(index)
        case, truth = case_of(number_of(state)), truth_of(state.secret)
        *proof, accusation = WORLD.solver(state)
        questions = [tuple(read(case.number, text)[1]) for text in proof]
        told = {question: truth.answer(question) for question in questions}
        assert case.logic.culprits(told).max() == pytest.approx(1)
        assert accusation == WORLD.guess(state.secret)
        if len(proof) == 3:
            shortest += 1
            for pair in combinations(case.logic.questions(), 2):
                assert case.logic.culprits({one: truth.answer(one) for one in pair}).max() < 1 - 1e-9
        say(state, proof[0])
        assert len(WORLD.solver(state)) == len(proof)
    assert shortest > 0


def test_the_expert_proves_before_it_accuses() -> None:
    turns = []
    for index in range(20):
        state = state_of(index)
        history = [f"{WORLD.opening(state.secret)}\n\n{WORLD.grammar(state).help()}"]
        for _ in range(WORLD.max_turns):
            text = WORLD.expert(history, LUCK)
            if text.startswith("The culprit"):
                assert WORLD.belief(state, "agent").bits == pytest.approx(0, abs=1e-6)
            reply = say(state, text)
            history += [text, reply.text]
            if reply.done:
                break
        assert reply.success
        turns.append(len(state.said))
    assert sum(turns) / len(turns) < 8


def test_a_chat_model_tells_and_the_rules_judge() -> None:
    world = MurderMystery(DialogueParams(oracle="llm", model="scripted:json:dumps"))

    def master(request: Request) -> str:
        choices = request.schema["properties"]["answer"].get("enum", ["That is of no importance."])
        return json.dumps({"answer": choices[-1]})

    world.oracle.model = Scripted(master)
    state = state_of(3)
    case = case_of(number_of(state))
    for question in (("witness",), ("room", 2), ("trait", 1, 3)):
        reply = world.play(state, ("say", case.ask(question)), Chance(b"one"))
        assert reply.text == list(case.answers(question))[-1]
    assert world.play(state, ("say", "What is the weather like?"), Chance(b"one")).text == "That is of no importance."
    assert world.belief(state, "agent") is None
    assert set(world.heard(case.number, state.said)) == {("witness",), ("room", 2), ("trait", 1, 3)}
    assert world.play(state, ("say", world.guess(state.secret)), LUCK).success


def test_the_facts_for_a_chat_model_are_the_answers_of_the_rules() -> None:
    secret = state_of(1).secret
    case, truth = case_of(int(secret.split(".")[0], 16)), truth_of(secret)
    facts = WORLD.facts(secret)
    assert all(case.tell(question, truth.answer(question)) in facts for question in case.logic.questions())
    assert case.people[truth.culprit].name in facts


def test_listed_secrets_are_cases_like_any_other() -> None:
    keys = WORLD.keys()
    assert len(set(keys)) == len(keys) == 1_000
    for secret in keys[:20]:
        truth = truth_of(secret)
        assert truth.features[3][truth.culprit] == 1
        assert say(MurderState(secret), WORLD.guess(secret)).success
