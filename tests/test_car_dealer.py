"""Car Dealer: what a car is worth by hand, what is read in free texts, beliefs by enumeration, prices, and sales."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.car_dealer import OVER, UNSOLD, CarDealer, DealerParams, DealerState
from scoutgym.envs.dialogue.cars.buyers import LEAVES, SHAPE, SMALL, Buyers, everybody
from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, MODELS, TYPES, Car, Lot, catalogue, lot_of
from scoutgym.envs.dialogue.cars.pricing import best_offer
from scoutgym.envs.dialogue.cars.reading import read
from scoutgym.envs.dialogue.cars.telling import ASKED
from scoutgym.envs.dialogue.persona import instructions, persona_of
from scoutgym.envs.session import Session
from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import Task

WORLD = CarDealer(DealerParams())
LUCK = Chance(b"unused")
LOT = lot_of(7)
ROWS = [json.loads(line) for line in Path(__file__).with_name("dialogue").joinpath("car_dealer.jsonl").open()]
BARGAIN, FEATURE, BRAND = range(3)


def secret(brand: str, kind: str, feature: str, budget: int, manner: int, lot: int = 7) -> str:
    place = (BRANDS.index(brand), TYPES.index(kind), FEATURES.index(feature), (budget - 15_000) // 500, manner)
    return f"{lot:08x}.{np.ravel_multi_index(place, SHAPE)}"


FALK_SUV = secret("Falk", "SUV", "a rear camera", 30_000, FEATURE)
"""Wishes for all that the Falk Terra has (list price 28 600), and would pay 104 %: 29 700."""


def say(state: DealerState, text: str, world: CarDealer = WORLD) -> Any:
    return world.play(state, ("say", text), LUCK)


# The cars and the buyers.


def test_the_models_fill_the_table_of_brands_and_types() -> None:
    assert len(MODELS) == len(set(MODELS.values())) == len(BRANDS) * len(TYPES) == 36
    words = [word for line in catalogue()["features"].values() for word in line]
    assert len(words) == len(set(words))


def test_lots_differ_and_are_functions_of_their_number() -> None:
    for number in range(30):
        lot = lot_of(number)
        assert len(lot.cars) == 30
        for car in lot.cars.values():
            assert MODELS[car.model] == (BRANDS[car.brand], TYPES[car.kind])
            assert len(set(car.features)) in (2, 3)
            assert car.price % 100 == 0
            assert 14_000 < car.price < 42_000
            assert 0.7 * car.price <= car.floor < 0.7 * car.price + 1
    assert lot_of(3).told != lot_of(4).told


def test_what_a_car_is_worth_by_hand() -> None:
    car = Car("X", 0, 1, (2, 3), 20_000)
    cases = {
        # (brand, type, feature, budget, manner): worth
        (0, 1, 2, 40_000, BARGAIN): 18_800,
        (0, 1, 3, 40_000, FEATURE): 20_800,
        (0, 1, 2, 40_000, BRAND): 21_600,
        (5, 1, 2, 40_000, BARGAIN): 18_000,
        (0, 4, 2, 40_000, FEATURE): 18_400,
        (0, 1, 7, 40_000, FEATURE): 15_000,
        (1, 1, 2, 40_000, BRAND): 15_200,
        (0, 1, 2, 17_500, BRAND): 17_500,
        (1, 2, 2, 40_000, BRAND): 0,
        (1, 1, 0, 40_000, BARGAIN): 0,
        (0, 3, 0, 15_000, FEATURE): 0,
    }
    buyers = Buyers(*(np.array(column) for column in zip(*cases, strict=True)))
    assert buyers.worth(car).tolist() == list(cases.values())


def test_every_task_has_a_car_to_sell() -> None:
    for index in range(30):
        session = Session(WORLD)
        session.begin(Task(WORLD.spec.id, "train", index))
        hidden = WORLD.privileged(session.state).extra
        assert 0 < hidden["best"] <= hidden["budget"]
        assert WORLD.won(
            session.state.secret, WORLD.read(hidden_offer(session.state), WORLD.opening(session.state.secret))
        )


def hidden_offer(state: DealerState) -> str:
    (text,) = WORLD.solver(state)
    return text


# Reading.


def reading(row: dict[str, Any]) -> str:
    found = [
        ["offer", act[1], LOT.cars[act[1]].price] if act[0] == "offer" and act[2] == "list" else act
        for act in read(LOT, row["text"]) or ()
    ]
    return "right" if (found or None) == row["reads"] else "wrong" if found else "unclear"


def test_hand_written_texts_are_understood() -> None:
    assert len(ROWS) >= 300
    assert len({(row["text"], row["part"].startswith("stranger")) for row in ROWS}) == len(ROWS)
    floors = {"tune": (0.97, 0.01), "held": (0.85, 0.07), "stranger-tune": (0.97, 0.02), "stranger-held": (0.75, 0.18)}
    assert {row["part"] for row in ROWS} == set(floors)
    for part, (right, wrong) in floors.items():
        counts = Counter(reading(row) for row in ROWS if row["part"] == part)
        assert counts["right"] / counts.total() >= right, counts
        assert counts["wrong"] / counts.total() <= wrong, counts


def test_the_answers_of_the_hand_written_texts_are_those_of_their_buyers() -> None:
    """Each row is about a buyer of the lot whose cars it names, and says what that buyer answers to what it means."""
    assert {row["secret"].partition(".")[0] for row in ROWS} == {f"{LOT.number:08x}"}
    assert len({row["secret"] for row in ROWS}) == 40
    assert all((row["answer"] is None) == (row["reads"] is None) for row in ROWS)
    for row in ROWS:
        if reading(row) == "right":
            state = DealerState(row["secret"])
            assert say(state, row["text"]).text == (row["answer"] or WORLD.unclear(state)), row


def test_every_text_of_the_bank_is_read_as_one_act() -> None:
    opening = WORLD.opening(FALK_SUV)
    kinds = Counter()
    for text in WORLD.questions(opening):
        (act,) = WORLD.read(text, opening)
        kinds[act[0]] += 1
    assert kinds == {"ask": 5, "show": 30, "offer": 60}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?", "🙂", "9" * 80, "1e999 dollars", "(a+)+$", "\n\n", "and and or which", "what", "$" * 300, "$$$ 5"],
)
def test_what_is_foreign_is_not_read(text: str) -> None:
    assert read(LOT, text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What color would you like?", "any"),
        ("Automatic or stick shift?", "any"),
        ("It only has 30,000 miles on it.", "any"),
        ("Is safety your main concern?", "any"),
        ("We could do 299 a month.", "no"),
        ("I'd give you 3,000 for your old car.", "no"),
        ("Care for a test drive?", "no"),
        ("How would you like to pay, cash or card?", "no"),
        ("What brand is your current car?", "me"),
        ("Do you have children?", "me"),
        ("I have a lovely Toyota for 14,900.", "foreign"),
        ("Shall we shake hands on it?", "deal"),
        ("Let's meet in the middle.", "bid"),
    ],
)
def test_what_a_buyer_has_no_wishes_about_tells_nothing(text: str, name: str) -> None:
    assert read(LOT, text) == [["small", name]]
    assert not everybody().codes(LOT, ["small", name]).any()
    state = DealerState(FALK_SUV)
    say(state, "What brand do you prefer?")
    before = WORLD.belief(state, "agent").bits
    assert WORLD.gain(state, ("say", text)) == 0.0
    assert say(state, text).text == SMALL[name]
    assert WORLD.belief(state, "agent").bits == before


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Thirteen five, take it or leave it.", 13_500),
        ("Twenty-three nine fifty.", 23_950),
        ("Sixteen thousand two hundred.", 16_200),
        ("How about 20k?", 20_000),
        ("The list price is 27,000, but for you I would make it 24.", 24_000),
        ("17,300 and not a penny less.", 17_300),
    ],
)
def test_prices_as_they_are_said(text: str, price: int) -> None:
    assert read(LOT, text) == [["offer", None, price]]


@pytest.mark.parametrize(
    "text",
    ["It does 400 kilometres.", "The Terra has 30,000 miles on it.", "0 % interest", "The list price is 27,000.",
     "You'd be getting 5,000 off the list price.", "That is 3,000 less than others ask.", "50 percent off"],
)  # fmt: skip
def test_what_is_no_offer(text: str) -> None:
    assert not any(act[0] in ("offer", "cut") for act in read(LOT, text) or ())


# The dialogue.


def test_a_dialogue_by_hand() -> None:
    state = DealerState(FALK_SUV)
    assert say(state, "What brand do you prefer?").text == "I would like one by Falk."
    assert say(state, "Which type? And what features?").text == (
        "I am looking for an SUV. I would like it to have a rear camera."
    )
    assert say(state, "What's your budget?").text == "I want to spend about $30,000."
    assert say(state, "Could you go up to 31,000?").text == "$31,000 is more than I want to spend."
    assert say(state, "What matters most to you?").text == "Most of all it must have what I need in it."
    assert say(state, "Do you want an SUV with a sunroof?").text == "Yes, I want an SUV. I can do without a sunroof."
    assert say(state, "How about the Umi?").text == "The Yamori Umi is not the kind of car that I need."
    assert say(state, "What about the Yuki?").text == "The Yamori Yuki comes close to what I have in mind."
    assert say(state, "Do you like the Terra?").text == "The Falk Terra is just what I have in mind."
    assert say(state, "blah").text == WORLD.unclear(state)
    reply = say(state, "It is yours for $29,700.")
    assert (reply.done, reply.success) == (True, True)
    assert reply.text == "Yes, I take the Falk Terra for $29,700. It is a deal!"
    assert reply.rewards == {"fancy": pytest.approx(29_700 / ((30_000 + 28_600) / 2)), "revenue": pytest.approx(0.594)}
    figures = WORLD.figures(state)
    assert figures["sold_price"] == (29_700.0, 1.0)
    assert figures["best_share"] == (0.99, 1.0)  # 30 000 would have been paid for the Orsen Fjell
    assert figures["unclear"] == (1.0, 11.0)


def test_refusals_say_how_far_off_an_offer_is_and_end() -> None:
    patient, state = CarDealer(DealerParams(patience=0)), DealerState(FALK_SUV)  # it is worth 29 700
    assert "little more" in say(state, "The Terra for 29,800?", patient).text
    assert "little more" in say(state, "The Terra for 31,185?", patient).text  # 105 %
    assert " is too much" in say(state, "The Terra for 31,186?", patient).text
    assert " is too much" in say(state, "The Terra for 34,155?", patient).text  # 115 %
    assert "far too much" in say(state, "The Terra for 34,156?", patient).text
    assert "at any price" in say(state, "The Umi for 25,000?", patient).text
    state = DealerState(FALK_SUV)
    for price in (40_000, 39_000, 38_000):
        assert not say(state, f"How about the Terra for {price}?").done
    assert not say(state, "The Terra for $12,000?").done  # below the house's floor: no offer
    assert state.said[-1].answer == SMALL["floor"]
    reply = say(state, "Then 30,000.")
    assert (reply.done, reply.success) == (True, False)
    assert reply.text.endswith(LEAVES)
    assert reply.rewards["revenue"] == 0.0
    left = WORLD.left(WORLD.opening(FALK_SUV), state.said)
    assert FALK_SUV in left
    assert all(WORLD.reply(one, turn.meaning) == turn.answer for one in left[::97] for turn in state.said[:-1])
    best = LOT.cars["Fjell"].price
    assert reply.rewards["fancy"] == pytest.approx(-(30_000 - best) / best)


def test_a_price_alone_is_for_the_car_spoken_of_last() -> None:
    state = DealerState(FALK_SUV)
    assert say(state, "How about $22,000?").text == SMALL["which"]
    assert say(state, "What do you think of it?").text == SMALL["which"]
    say(state, "Do you like the Terra?")
    say(state, "What is your budget?")
    say(state, "What do you think of it?")
    assert state.said[-1].meaning == [["show", "Terra"]]
    say(state, "I can do 34,000.")
    assert state.said[-1].meaning == [["offer", "Terra", 34_000]]
    say(state, "Or the Yuki?")
    say(state, "33,000?")
    assert state.said[-1].meaning == [["offer", "Yuki", 33_000]]
    say(state, "You can have it at list price.")
    assert state.said[-1].meaning == [["offer", "Yuki", LOT.cars["Yuki"].price]]


def test_what_is_taken_off_is_off_the_last_price_of_the_car() -> None:
    patient, state = CarDealer(DealerParams(patience=0)), DealerState(FALK_SUV)
    assert say(state, "Knock five percent off?", patient).text == SMALL["which"]
    say(state, "Do you like the Terra?", patient)
    assert patient.understand("I'll take 100 off.", WORLD.opening(FALK_SUV), state.said) == [["offer", "Terra", 28_500]]
    said = {
        "The Terra for 34,000?": ["offer", "Terra", 34_000],
        "What if I took off 1,500?": ["offer", "Terra", 32_500],
        "The Yuki for 40,000?": ["offer", "Yuki", 40_000],
        "I can give you a 10 percent discount.": ["offer", "Yuki", 36_000],
        "Or the Terra, 2 percent off?": ["offer", "Terra", 31_850],
        "The Terra for 30,000?": ["offer", "Terra", 30_000],
        "10,000 off?": ["small", "floor"],
    }
    for text, act in said.items():
        before = patient.known(state, "agent")
        assert not say(state, text, patient).done
        assert state.said[-1].meaning == [act], text
        assert patient.known(state, "agent") != before


def test_the_last_turn_ends_it_and_pays() -> None:
    world, state = CarDealer(DealerParams(max_turns=3)), DealerState(FALK_SUV)
    assert not say(state, "Hello!", world).done
    assert not world.refuse(state, "it is empty", LUCK).done
    reply = say(state, "What is your budget?", world)
    assert reply.done
    assert reply.success is False
    assert reply.text.endswith(OVER)
    assert set(reply.rewards) == {"fancy", "revenue"}


# What is known.


def test_the_belief_is_what_enumeration_of_the_answers_leaves() -> None:
    chance = Chance(b"cars")
    texts = ["What is your budget?", "An SUV or a sedan?", "What do you think of the Terra?", "What is your priority?",
             "The Terra for 27,000?", "Could you spend 24,000?", "Do you like Falk? And a sunroof?"]  # fmt: skip
    some = [f"{7:08x}.{chance.below(int(np.prod(SHAPE)))}" for _ in range(300)]
    some = [one for one in some if everybody().of(np.array([int(one.split(".")[1])])).best(LOT)[0]]
    for true in some[:6]:
        state = DealerState(true)
        for text in chance.sample(texts, 3):
            if not say(state, text).done:
                continue
            break
        left = set(WORLD.left(WORLD.opening(true), state.said))
        alike = {one for one in some if all(WORLD.reply(one, turn.meaning) == turn.answer for turn in state.said)}
        assert {one for one in some if one in left} == alike
        assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(len(left)))


def test_a_question_tells_what_its_answers_divide() -> None:
    state = DealerState(FALK_SUV)
    for text in ("What is your budget?", "What brand do you prefer?", "What type of car are you looking for?"):
        say(state, text)
    left = WORLD.left(WORLD.opening(FALK_SUV), state.said)
    sizes = Counter(WORLD.reply(one, [["offer", "Terra", 29_000]]) for one in left)
    expected = -sum(n / len(left) * math.log2(n / len(left)) for n in sizes.values())
    assert WORLD.gain(state, ("say", "The Terra for 29,000?")) == pytest.approx(expected)
    say(state, "How about the Terra?")
    assert WORLD.gain(state, ("say", "29,000?")) == pytest.approx(
        WORLD.gain(state, ("say", "I offer you the Terra for $29,000."))
    )


def test_the_best_first_price_is_that_of_all_plans() -> None:
    car = Car("X", 0, 0, (0, 1), 20_000)
    lot = Lot(0, {"X": car})
    budgets = np.array([15_000, 15_500, 17_000, 17_000, 19_000, 20_000])
    same = np.zeros(6, np.int64)
    buyers = Buyers(same, same, same, budgets, same + BRAND)
    worth = buyers.worth(car).tolist()
    assert worth == budgets.tolist()

    def value(left: list[int], offers: int) -> tuple[float, int]:
        if not offers or not left:
            return 0.0, 0
        plans = []
        for price in set(left):
            rest = [one for one in left if one < price]
            plans.append((price * (len(left) - len(rest)) + value(rest, offers - 1)[0], price))
        return max(plans)

    for offers in (1, 2, 3, 4, 5):
        price = best_offer(lot, buyers, offers)[1]
        rest = [one for one in worth if one < price]
        found = price * (len(worth) - len(rest)) + value(rest, offers - 1)[0]
        assert found == value(worth, offers)[0]
    assert best_offer(lot, buyers, 1)[1] == 15_000
    assert best_offer(lot, buyers, 5)[1] == 20_000


def test_the_expert_sells_near_the_best_price_and_random_does_not() -> None:
    shares, sold = [], 0
    for index in range(25):
        state = WORLD.start(Task(WORLD.spec.id, "train", index), Chance(b"%d" % index))
        other = state.copy()
        history = [f"{WORLD.opening(state.secret)}\n\n{WORLD.grammar(state).help()}"]
        for _ in range(WORLD.max_turns):
            text = WORLD.expert(history, LUCK)
            reply = say(state, text)
            history += [text, reply.text]
            if reply.done:
                break
        shares.append(WORLD.figures(state)["best_share"][0])
        chance = Chance(b"random %d" % index)
        while not (reply := say(other, chance.choice(WORLD.actions(other))[1])).done:
            pass
        sold += bool(reply.success)
    assert sum(shares) / len(shares) > 0.97
    assert sold <= 10


# A chat model as the buyer.


def buyer_world(*said: dict[str, Any]) -> tuple[CarDealer, list[Request]]:
    world, asked, replies = CarDealer(DealerParams(oracle="llm", model="scripted:json:dumps")), [], iter(said)

    def reply(request: Request) -> str:
        asked.append(request)
        return json.dumps({"answer": "Well.", "decision": "continue", "car": "none", "price": 0, **next(replies)})

    assert world.oracle is not None
    world.oracle.model = Scripted(reply)
    return world, asked


def test_a_chat_model_buys_only_what_was_offered_within_its_budget() -> None:
    buy = {"decision": "buy", "car": "Terra"}
    world, asked = buyer_world(
        {},
        {**buy, "price": 20_500},
        {**buy, "price": 31_000},
        {**buy, "car": "Yuki", "price": 29_000},
        {**buy, "price": 29_000},
    )
    state = DealerState(FALK_SUV)
    assert say(state, "I offer you the Terra for $29,000.", world).text == "Well."  # the rules would have sold it
    assert say(state, "Please pay something.", world).text == f"Well. {UNSOLD}"  # never offered
    assert not say(state, "The Terra for $31,000?", world).done  # above the budget
    assert not say(state, "What about the Yuki?", world).done  # not for that car
    reply = say(state, "So?", world)
    assert (reply.text, reply.done, reply.success) == ("Well.", True, True)
    assert (state.car, state.price) == ("Terra", 29_000)
    assert reply.rewards["revenue"] == pytest.approx(0.58)
    assert world.belief(state, "agent") is None
    told = asked[0].messages[0].content
    person = persona_of(FALK_SUV)
    for fact in (
        person.name,
        person.manner,
        person.household,
        "$30,000 at the very most",
        "Falk",
        "SUV",
        "rear camera",
    ):
        assert fact in told
    assert set(asked[0].schema["properties"]) == {"answer", "decision", "car", "price"}


def test_a_chat_model_leaves() -> None:
    world, _ = buyer_world({"decision": "leave"})
    reply = say(DealerState(FALK_SUV), "Buy or go.", world)
    assert (reply.done, reply.success) == (True, False)


def test_the_expert_understands_a_buyer_who_talks_freely() -> None:
    world, _ = buyer_world()
    opening = WORLD.opening(FALK_SUV)
    history = [f"{opening}\n\n{world._grammar.help()}"]
    free = ("An SUV, please!", "I have always driven a Falk.", "It should have a backup camera, I think.",
            "That I get what I need.", "Maybe 31k.")  # fmt: skip
    for text, answer in zip(ASKED, free, strict=True):
        history += [text, answer]
    ((kind, model, _),) = world.read(world.expert(history, LUCK), opening)
    car = LOT.cars[model]
    assert kind == "offer"
    assert (car.brand == 0) + (TYPES[car.kind] == "SUV") + (FEATURES.index("a rear camera") in car.features) >= 2
    assert world.consistent(FALK_SUV, [["ask", "brand"]], "I have always driven a Falk.")
    assert not world.consistent(FALK_SUV, [["ask", "brand"]], "A Lumo.")
    assert not WORLD.consistent(FALK_SUV, [["ask", "brand"]], "I have always driven a Falk.")


def test_a_persona_is_a_function_of_its_key() -> None:
    assert persona_of("a") == persona_of("a")
    assert len({persona_of(str(number)) for number in range(50)}) > 40
    text = instructions(persona_of("a"), "A scene.", "a goal", ("one secret", "another"), ("a rule",))
    assert all(part in text for part in ("A scene.", "a goal", "- one secret", "- another", "- a rule"))
