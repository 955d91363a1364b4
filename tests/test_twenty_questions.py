"""Twenty questions: the objects, what the rules read (a set of questions by hand), the players."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.objects import DEPENDS, NO, YES, attributes, broader, facts, objects
from scoutgym.envs.dialogue.objects.choosing import Choice
from scoutgym.envs.dialogue.objects.naming import names, others
from scoutgym.envs.dialogue.objects.reading import read
from scoutgym.envs.dialogue.twenty_questions import TwentyQuestions, TwentyQuestionsParams, value
from scoutgym.wrappers.core import world_env

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "dialogue/twenty_questions.jsonl").read_text(encoding="utf-8").splitlines()
]
KINDS = {"Yes": "yes", "No": "no", "It": "depends", "Goal": "goal"}


@cache
def world() -> TwentyQuestions:
    return TwentyQuestions(TwentyQuestionsParams())


def said(secret: str, text: str) -> str:
    """The kind of the answer."""
    meaning = read(text)
    return "unclear" if meaning is None else KINDS[world().reply(secret, meaning).split()[0].strip(".,:")]


# The objects.


def test_there_are_many_objects_each_with_every_attribute() -> None:
    table, codes = objects(), {attribute.code for attribute in attributes()}
    assert len(table) >= 400
    assert len(codes) == len(attributes()) >= 60
    assert len({one.category for one in table.values()}) >= 15
    for one in table.values():
        assert codes <= one.values.keys()
        assert set(one.values.values()) <= {YES, NO, DEPENDS}
    for code in codes:
        assert len({one.values[code] for one in table.values()}) > 1, code


def test_no_name_is_of_two_objects_and_every_object_can_be_guessed() -> None:
    names()  # raises where a name is of two
    for name, one in objects().items():
        assert read(world().guess(name)) == ["guess", name]
        for other in one.others:
            assert read(f"Is it the {other}?") == ["guess", name]
    assert set(broader()) <= set(objects())
    assert {name for fact in facts() for name in fact.values} <= set(objects())


def test_only_violin_and_viola_have_the_same_attributes() -> None:
    codes = [attribute.code for attribute in attributes()]
    seen: dict[Any, list[str]] = {}
    for one in objects().values():
        seen.setdefault(tuple(one.values[code] for code in codes), []).append(one.name)
    assert [alike for alike in seen.values() if len(alike) > 1] == [["violin", "viola"]]


def test_the_splits_share_the_objects_among_them() -> None:
    assert sum(world().counts.values()) == len(objects())
    assert min(world().counts.values()) >= 40


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [("mammal", "whale", YES), ("fish", "whale", NO), ("flies", "penguin", NO), ("flies", "bat", YES),
     ("insect", "spider", NO), ("strings", "violin", YES), ("heavy", "piano", YES), ("eaten", "carrot", YES),
     ("pocket", "key", YES), ("alcohol", "wine", YES), ("wheels", "bicycle", YES), ("fourlegs", "chair", YES),
     ("living", "rock", NO), ("electric", "toaster", YES), ("modern", "smartphone", YES), ("old", "violin", YES),
     ("worn", "hat", YES), ("inside", "heart", YES), ("afloat", "ship", YES), ("bird", "penguin", YES),
     ("red", "car", DEPENDS), ("pit", "peach", YES), ("portable", "house", NO), ("domestic", "wolf", NO)],
)  # fmt: skip
def test_facts_that_everybody_knows(code: str, name: str, expected: int) -> None:
    assert objects()[name].values[code] == expected


def test_kinds_imply_kinds() -> None:
    for one in objects().values():
        values = one.values
        for narrow, wide in (("mammal", "animal"), ("bird", "animal"), ("fish", "animal"), ("insect", "animal"),
                             ("feline", "mammal"), ("tree", "plant"), ("fourlegs", "legs"), ("mammal", "warmblood"),
                             ("building", "manmade"), ("alcohol", "liquid"), ("woodwind", "blown")):  # fmt: skip
            assert values[narrow] != YES or values[wide] != NO, (one.name, narrow, wide)
        for first, second in (("mammal", "bird"), ("big", "small"), ("heavy", "light"), ("expensive", "cheap"),
                              ("old", "modern"), ("animal", "plant"), ("vehicle", "eaten")):  # fmt: skip
            assert YES not in (values[first],) or values[second] != YES, (one.name, first, second)


# Reading.


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Is it something you can eat?", ["is", "eaten"]),
        ("can it be eaten", ["is", "eaten"]),
        ("It's not edible, is it?", ["not", ["is", "eaten"]]),
        ("Is it an orange?", ["guess", "orange"]),
        ("Is it orange?", ["is", "orange"]),
        ("Would you find it in the kitchen?", ["is", "kitchen"]),
        ("is it red or blue", ["any", [["is", "red"], ["is", "blue"]]]),
        ("Can you eat or drink it?", ["any", [["is", "eaten"], ["is", "drink"]]]),
        ("Is it an animal that can fly?", ["all", [["is", "animal"], ["is", "flies"]]]),
        ("Is it a red fruit?", ["all", [["is", "red"], ["is", "fruit"]]]),
        ("Is it bigger than a breadbox?", ["than", "size", ">", 40.0]),
        ("does it weigh less than 2 kg", ["than", "weight", "<", 2.0]),
        ("Does it cost more than $100?", ["than", "price", ">", 100.0]),
        ("was it invented before 1900?", ["than", "year", "<", 1900.0]),
        ("Does it have legs but isn't alive?", ["all", [["is", "legs"], ["not", ["is", "living"]]]]),
        (
            "Is it heavier than a car but lighter than an elephant?",
            ["all", [["than", "weight", ">", 1500.0], ["than", "weight", "<", 5000.0]]],
        ),
        ("Is it softer than a rock?", ["more", "soft", ">", NO]),
        ("Is it faster than a car?", ["than", "speed", ">", 130.0]),
        ("Has it been around for less than 100 years?", ["than", "year", ">", 1925.0]),
        ("Is it small enough for a shoebox?", ["than", "size", "<", 35.0]),
        ("What about its color, is it red?", ["is", "red"]),
        ("What about its inside, is it red?", None),
        ("Honey, is it alive?", ["is", "living"]),
        ("It is alive. Correct?", ["is", "living"]),
        ("Is its neck long?", ["is", "longneck"]),
        ("Is its skin green?", ["is", "green"]),
        ("Are there numbers printed on it?", ["is", "numbers"]),
        ("Is it made of plasctic?", ["is", "plastic"]),
        ("Is it an elehpant?", ["guess", "elephant"]),
        ("Is it a unicorn?", ["guess", "unicorn"]),
        ("Is it a beaker?", None),
        ("Is it a painter?", None),
        ("Is it useful and frobnicated?", None),
        ("Does it have legs but no frobs?", None),
        ("Is it softer than a frob?", None),
        ("What is it?", None),
        ("Is it frobnicated?", None),
        ("Is it an animal that frobnicates?", None),
        ("Is it red or frobnicated?", None),
        ("Is it very very", None),
    ],
)
def test_what_is_read(text: str, meaning: Any) -> None:
    assert read(text) == meaning


def test_the_values_of_what_is_put_together() -> None:
    dog = objects()["dog"]
    yes, no, depends = ["is", "animal"], ["is", "plant"], ["is", "dangerous"]
    assert [value(dog, one) for one in (yes, no, depends)] == [YES, NO, DEPENDS]
    assert [value(dog, ["not", one]) for one in (yes, no, depends)] == [NO, YES, DEPENDS]
    assert value(dog, ["any", [no, depends]]) == DEPENDS == value(dog, ["all", [yes, depends]])
    assert value(dog, ["any", [yes, depends]]) == YES
    assert value(dog, ["all", [no, depends]]) == NO
    assert value(objects()["wine glass"], ["guess", "glass"]) == YES
    assert value(objects()["glass"], ["guess", "wine glass"]) == NO
    assert value(objects()["elephant"], ["than", "weight", ">", 1500.0]) == YES
    assert value(objects()["car"], ["than", "weight", ">", 1500.0]) == DEPENDS
    assert value(objects()["wind"], ["than", "weight", ">", 1.0]) == DEPENDS


def test_a_guess_of_what_is_not_in_the_table_is_answered_by_no() -> None:
    assert len(others()) >= 500
    assert {value(one, ["guess", name]) for one in objects().values() for name in ("unicorn", "sword")} == {NO}
    for name in others().values():
        assert names().meaning(name.split()) is None, name


def test_comparisons_by_an_attribute_and_by_speed() -> None:
    pillow, rock, cat = (objects()[name] for name in ("pillow", "rock", "cat"))
    softer, faster = ["more", "soft", ">", rock.values["soft"]], ["than", "speed", ">", 130.0]
    assert [value(one, softer) for one in (pillow, rock)] == [YES, DEPENDS]
    assert [value(one, faster) for one in (objects()["airplane"], cat, rock)] == [YES, NO, NO]
    assert value(rock, ["than", "speed", "<", 130.0]) == DEPENDS


def test_a_list_of_objects_is_read_from_left_to_right() -> None:
    choice = Choice({"dog": "mammal", "oak": "plant"}, {"dog": {"size": 80.0}, "oak": {}}, {"tall": {"oak": DEPENDS}})
    assert choice.chosen(["*"]) == {"dog", "oak"}
    assert choice.chosen(["*", "-dog", "[mammal]", "-*tall?"]) == {"dog"}
    assert choice.chosen(["*size<90"]) == choice.chosen(["*!tall"]) == {"dog"}
    assert choice.chosen(["*tall", "*size>90"]) == choice.chosen(["*tall?&size<90"]) == set()
    choice.learn("barks", {"dog": YES})
    assert choice.chosen(["*barks"]) == {"dog"}
    for item in ("cat", "[bird]", "*small"):
        with pytest.raises(ValueError, match=r"expected the name|there is no attribute"):
            choice.chosen([item])


def test_narrow_facts_that_everybody_knows() -> None:
    asked = {
        "Does it have layers?": ("onion", "marble"),
        "Is it made of denim?": ("jeans", "tie"),
        "Would I find it in a hardware store?": ("hammer", "banana"),
        "Is it rectangular?": ("credit card", "orange"),
        "Is it shiny?": ("mirror", "soil"),
        "Does it have a lid?": ("pot", "violin"),
        "Can you fold it?": ("napkin", "anvil"),
        "Was it around in the Middle Ages?": ("bread", "laptop"),
        "Does it need plumbing?": ("toilet", "chair"),
        "Would a carpenter use it?": ("saw", "lipstick"),
    }
    for text, (yes, no) in asked.items():
        assert (said(yes, text), said(no, text)) == ("yes", "no"), text


def test_every_question_of_the_bank_is_understood_as_what_it_asks() -> None:
    for attribute in attributes():
        assert read(attribute.question) == ["is", attribute.code]


def test_the_questions_by_hand_are_many_and_of_several_parts() -> None:
    assert len(ROWS) >= 300
    assert sum(row["part"] == "held" for row in ROWS) >= 100
    assert len({(row["part"], row["secret"], row["text"]) for row in ROWS}) == len(ROWS)
    assert {row["secret"] for row in ROWS} <= set(objects())


@pytest.mark.parametrize(
    ("part", "right", "wrong"),
    [("tune", 0.94, 0.01), ("held", 0.74, 0.02), ("stranger-tune", 0.74, 0.02), ("stranger-held", 0.29, 0.045)],
)
def test_the_rules_answer_questions_by_hand(part: str, right: float, wrong: float) -> None:
    rows = [row for row in ROWS if row["part"] == part]
    found: Counter[str] = Counter()
    for row in rows:
        got = said(row["secret"], row["text"])
        found["right" if got in row["answer"].split("|") else "unclear" if got == "unclear" else "wrong"] += 1
    assert found["right"] >= right * len(rows), found
    assert found["wrong"] <= wrong * len(rows), found


# The game.


def play(env_id: str, player: str, count: int) -> list[float]:
    """The return of each of some test episodes, and minus 100 where it failed."""
    env = gymnasium.make(env_id)
    inner = world_env(env)
    returns = []
    for index in range(count):
        env.reset(options={"split": "test", "index": index})
        total = 0.0
        while not inner.session.over:
            chance = Chance(b"%d" % index, inner.session.turn)
            if player == "expert":
                text = inner.world.expert(inner.history, chance)
            else:
                text = chance.choice(inner.world.actions(inner.session.state))[1]
            total += float(env.step(text)[1])
        returns.append(total if inner.session.success else -100.0)
    return returns


def test_the_expert_wins_and_random_play_loses() -> None:
    assert sum(one > 0 for one in play("scoutgym/TwentyQuestions-v0", "expert", 40)) >= 38
    assert sum(one > 0 for one in play("scoutgym/TwentyQuestions-v0", "random", 40)) <= 8


def test_in_the_variant_of_lmrl_gym_nothing_is_told_and_each_question_costs_one() -> None:
    returns = play("scoutgym/TwentyQuestions-lmrl-v0", "expert", 4)
    assert all(-19 <= one <= -5 and one == int(one) for one in returns)
    env = gymnasium.make("scoutgym/TwentyQuestions-lmrl-v0")
    first, _ = env.reset(options={"split": "test", "index": 0})
    assert "category" not in first.lower()
    told, _ = gymnasium.make("scoutgym/TwentyQuestions-v0").reset(options={"split": "test", "index": 0})
    assert "Its category: " in told


def test_a_right_guess_ends_the_game_whatever_it_is_called() -> None:
    for text in ("Is it a fiddle?", "I think it's the violin", "violin?", "Violins", "My final guess: a VIOLIN!"):
        assert world().won("violin", read(text)) is True, text
    assert world().won("viola", read("violin?")) is None
    assert world().reply("viola", read("violin?")) == "No."


def test_a_denial_is_answered_without_doubt() -> None:
    assert world().reply("rock", read("It's not alive?")) == "Yes, you are right."
    assert world().reply("dog", read("It's not alive, is it?")) == "No, you are wrong."
    assert world().reply("dog", read("Isn't it alive?")) == "Yes."


def test_the_facts_for_a_chat_model_tell_the_object_and_all_its_attributes() -> None:
    told = world().facts("violin")
    assert "It is: violin (also: fiddle)" in told
    assert "Is it played with a bow?" in told.split("Not true")[0]
    assert all(attribute.question in told for attribute in attributes())
