"""The base of the dialogues: reading English, quantities, beliefs against enumeration."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from dialogue_tools import bits_world

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.core import DialogueState, Said
from scoutgym.envs.dialogue.english import Phrasebook, clause, sentences, split, stem, stems, words
from scoutgym.envs.dialogue.quantities import bounds, graded, numbers
from scoutgym.envs.session import Session
from scoutgym.types import Task

# English.


@pytest.mark.parametrize(
    ("text", "bare", "negated"),
    [
        ("Is it alive?", "is it alive", False),
        ("Hmm ok, could you please tell me whether it isn't alive?", "it is alive", True),
        ("It's alive, isn't it?", "it is alive", False),
        ("Isn't it alive?", "is it alive", False),
        ("is it not alive", "is it alive", True),
        ("Would it be wrong to say that it's an animal?", "it is an animal", True),
        ("Would it be wrong to say that it's not an animal?", None, False),
        ("It can\u2019t fly, can it?", "it can fly", True),
        ("Does it have no legs?", "does it have legs", True),
        ("So it's an animal. Does it bark?", "does it bark", False),
        ("Is it red? Is it blue?", None, False),
        ("Thanks! Next question: is it big", "is it big", False),
        ("yes or no: is it big", "is it big", False),
        ("Is it alive or not?", "is it alive", False),
        ("Is it a non-alcoholic drink?", "is it a alcoholic drink", True),
        ("is that edible", "is that edible", False),
        ("", None, False),
        ("!!! ...", None, False),
    ],
)
def test_a_clause_is_what_is_said_without_what_is_said_around_it(text: str, bare: str | None, negated: bool) -> None:
    found = clause(text)
    assert (found and " ".join(found.words)) == bare
    assert bare is None or (found is not None and found.negated is negated)


def test_words_know_short_forms_signs_and_thousands() -> None:
    assert " ".join(words("I'm sure THEY'RE John's, it's $1,500!")) == "i am sure they are john it is 1500 dollar"
    assert words("caf\u00e9 \uff21\uff22") == ("cafe", "ab")
    assert [one.asks for one in sentences("One. Two? Three")] == [False, True, False]


@pytest.mark.parametrize(
    "forms",
    ["make makes making made", "swim swimming swims", "use used using uses", "cook cooked cooking cooks", "box boxes",
     "battery batteries", "store stored storing", "eat eating eaten ate", "open opened opening", "knife knives",
     "be is are was were been", "carry carried carries carrying", "wolf wolves", "decorate decorated decorating"],
)  # fmt: skip
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_words_that_only_look_alike_keep_their_own_stems() -> None:
    alike = words("ring ear earring bed bus bar bare car care king wing red need glass glasses thing wedding hop hope")
    assert len(set(stems(alike))) == len(alike) == 19


def test_a_phrasebook_takes_the_longest_phrase_and_leaves_no_word_out() -> None:
    book = Phrasebook([("ice", 1), ("ice cream", 2), ("tall buildings", 3)])
    assert [(one.start, one.end, one.concept) for one in book.find(words("two ice creams, a tall building"))] == [
        (1, 3, 2),
        (4, 6, 3),
    ]
    assert book.cover(words("some ice"), frozenset(["some"])) is not None
    assert book.cover(words("hot ice"), frozenset(["some"])) is None
    assert book.meaning(words("ices")) == 1
    with pytest.raises(ValueError, match="means 1 already"):
        book.add("ice", 4)
    assert split(words("red or dark blue"), "or") == [("red",), ("dark", "blue")]


# Quantities.


@pytest.mark.parametrize(
    ("text", "value"),
    [("two million", 2e6), ("2 million people", 2e6), ("a hundred and fifty", 150), ("half a million", 5e5),
     ("1,500", 1500), ("twenty-five", 25), ("2k", 2000), ("three hundred thousand and five", 300_005), ("a dozen", 12),
     ("one thousand two hundred", 1200), ("1.5 million", 1.5e6), ("nineteen", 19)],
)  # fmt: skip
def test_numbers_in_words_and_figures(text: str, value: float) -> None:
    assert [one.value for one in numbers(words(text))] == [value]


def test_words_that_are_no_numbers() -> None:
    assert numbers(words("a dog and an ant")) == []
    assert [one.value for one in numbers(words("one or two"))] == [1, 2]


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [("more than 5", 5.1, 5), ("at least 5", 5, 4.9), ("5 or more", 5, 4), ("under a million", 999_999, 1e6),
     ("between one and five million", 2e6, 6e6), ("from 3 to 10", 3, 11), ("not over 7", 7, 8), ("around 100", 95, 80),
     ("exactly 4", 4, 5), ("5 metres or more", 6, 4), ("up to 3", 3, 4)],
)  # fmt: skip
def test_bounds_hold_where_they_say(text: str, yes: float, no: float) -> None:
    (found,) = bounds(words(text), frozenset(["metres"]))
    assert found.holds(yes)
    assert not found.holds(no)


def test_comparisons_by_adjectives() -> None:
    one, two, three = (
        next(iter(graded(words(text)))) for text in ("is it bigger than a car", "less heavy than x", "as big as a car")
    )
    assert (one.adjective, one.op) == ("big", ">")
    assert words("is it bigger than a car")[one.end :] == ("a", "car")
    assert (two.adjective, two.op, three.adjective, three.op) == ("heavy", "<", "big", "about")


# The base.


def test_beliefs_and_gains_are_those_of_enumeration() -> None:
    world = bits_world()
    state = DialogueState("13")
    odd = [number for number in range(24) if number % 2]
    assert world.belief(state, "agent").bits == pytest.approx(math.log2(len(odd)))  # type: ignore[union-attr]
    for text in ("bit 3", "nonsense", "bit 2"):
        left = [n for n in odd if all(_bit(n, one.text) == _bit(13, one.text) for one in state.said)]
        assert world.belief(state, "agent").bits == pytest.approx(math.log2(len(left)))  # type: ignore[union-attr]
        cells = Counter(_bit(number, text) for number in left).values()
        fall = math.log2(len(left)) - sum(n / len(left) * math.log2(n) for n in cells)
        assert world.gain(state, ("say", text)) == pytest.approx(fall)
        world.play(state, ("say", text), Chance(b"x"))
    assert world.known(state, "agent")[1] == [[["bit", "2"], "Yes."], [["bit", "3"], "Yes."]]
    assert world.figures(state)["unclear"] == (1.0, 3.0)
    assert {world.resample(state, "agent", Chance(b"%d" % n)).secret for n in range(40)} == {"13", "15"}


def _bit(number: int, text: str) -> object:
    return number >> int(text.split()[1]) & 1 if text.startswith("bit") else None


def test_the_expert_finds_every_secret_and_the_splits_share_none() -> None:
    world = bits_world(max_turns=6)
    found: dict[str, set[str]] = {}
    for part, count in world.counts.items():
        for index in range(count):
            session = Session(world)
            session.begin(Task("test/Bits-v0", part, index, {"max_turns": 6}))
            found.setdefault(part, set()).add(session.state.secret)
            while not session.over:
                session.act(world.expert(session.transcripts["agent"], Chance(b"x")))
            assert session.success
    assert sum(world.counts.values()) == 24 == len(set.union(*found.values())) == sum(map(len, found.values()))


def test_a_price_makes_the_return_that_of_lmrl_gym() -> None:
    session = Session(bits_world(price=1.0, max_turns=4))
    session.begin(Task("test/Bits-v0", "train", 0, {"price": 1.0, "max_turns": 4}))
    secret = session.state.secret
    paid = [sum(session.act(text).rewards.values()) for text in ("bit 1", "what?", f"guess {secret}")]
    assert paid == [-1.0, -1.0, 0.0]


def test_the_text_of_an_agent_is_only_data() -> None:
    world, state = bits_world(), DialogueState("5")
    for text in ("__import__('os').abort()", "(a+)+$", "{0.__class__}", "%s%n", "guess 5; bit 1", "\x00"):
        assert world.play(state, ("say", text), Chance(b"x")).text.startswith("I did not understand")
    assert len({one.answer for one in state.said}) == 1


def test_the_counts_of_the_page_are_those_of_the_worlds() -> None:
    from scoutgym.envs.names import known_ids
    from scoutgym.envs.registry import world_for

    text = (Path(__file__).parent.parent / "docs" / "dialogue.md").read_text()
    told = dict(re.findall(r"^\| `(\w+(?:-\w+)?-v0)` \| ([\d,]+ / [\d,]+ / [\d,]*\d)", text, re.MULTILINE))
    assert len(told) == 6
    for name, counts in told.items():
        kind, preset = known_ids()[f"scoutgym/{name}"]
        sizes = world_for(kind, kind.spec.presets[preset] if preset else {}).counts
        assert counts == " / ".join(f"{sizes[split]:,}" for split in ("train", "dev", "test")), name


def test_said_is_json() -> None:
    state = DialogueState("3", [Said("a", ["bit", "1"], "b"), Said("c", None, "d")])
    assert DialogueState.from_json(json.loads(json.dumps(state.to_json()))) == state
    copy = state.copy()
    copy.said.append(Said("e", None, "f"))
    assert len(state.said) == 2
