"""Customer service: the graphs of faults, what is read in free texts, beliefs by hand, and the players."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.customer_service import (
    BRIEFLY,
    ELSEWHERE,
    GIVES_UP,
    SOLVED,
    STEP,
    USELESS,
    CustomerService,
    ServiceParams,
    ServiceState,
)
from scoutgym.envs.dialogue.faults.graph import DEVICES, Device, device
from scoutgym.envs.dialogue.faults.reading import reader
from scoutgym.envs.session import Session
from scoutgym.envs.tasks import split_of
from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import Task

WORLD = CustomerService(ServiceParams())
LUCK = Chance(b"unused")
ROWS = [json.loads(line) for line in Path(__file__).with_name("dialogue").joinpath("customer_service.jsonl").open()]


def say(state: ServiceState, text: str, world: CustomerService = WORLD) -> Any:
    return world.play(state, ("say", text), LUCK)


def shown(thing: Device, fault: str) -> tuple[str, ...]:
    return tuple(thing.says(fault, test) for test in thing.tests)


# The data.


def test_there_are_two_hundred_faults_of_twenty_devices() -> None:
    assert len(DEVICES) >= 20
    assert len(WORLD.faults) >= 200
    assert len(set(WORLD.faults)) == len(WORLD.faults)


@pytest.mark.parametrize("name", DEVICES)
def test_a_graph_is_whole(name: str) -> None:
    thing = device(name)
    for key, fault in thing.faults.items():
        assert fault.complaint in thing.complaints
        assert fault.fix
        assert {*fault.fix, *fault.briefly} <= set(thing.remedies), key
        assert not {*fault.fix} & {*fault.briefly}
        assert all(value in thing.tests[test].says for test, value in fault.shows.items()), key
    for key, test in thing.tests.items():
        given = {fault.shows.get(key, test.usual) for fault in thing.faults.values()}
        assert given == set(test.says), f"a value of {key} that no fault has"
        assert len(set(test.says.values())) == len(test.says)
    assert {step for fault in thing.faults.values() for step in fault.fix} | {"restart"} >= set(thing.remedies)
    causes = [fault.cause for fault in thing.faults.values()]
    assert len({(fault.complaint, fault.cause) for fault in thing.faults.values()}) == len(causes)


@pytest.mark.parametrize("name", DEVICES)
def test_asking_is_needed_and_suffices(name: str) -> None:
    """A complaint has several causes of several cures, and no two causes are alike in all that can be found out."""
    thing = device(name)
    for complaint, wordings in thing.complaints.items():
        faults = [key for key, fault in thing.faults.items() if fault.complaint == complaint]
        assert len(faults) >= 4
        assert len({tuple(thing.faults[key].fix) for key in faults}) >= 3
        assert len(set(wordings)) == 3
        cures = [(shown(thing, key), tuple(thing.faults[key].fix)) for key in faults]
        assert len(set(cures)) == len(cures)


def test_every_text_of_the_bank_is_read_as_itself() -> None:
    for name in DEVICES:
        thing = device(name)
        for key, test in thing.tests.items():
            assert reader(name).read(test.ask) == [["ask", key]]
        for key, remedy in thing.remedies.items():
            assert reader(name).read(remedy.say) == [["do", key]]


def test_the_splits_share_no_fault() -> None:
    faults = {split: set() for split in ("train", "dev", "test")}
    for split, seen in faults.items():
        for index in range(40):
            session = Session(WORLD)
            session.begin(Task(WORLD.spec.id, split, index % WORLD.counts[split]))
            seen.add(WORLD.hidden_key(session.state))
            assert split_of(WORLD, WORLD.hidden_key(session.state)) == split
    assert sum(map(len, faults.values())) == len(set().union(*faults.values()))
    assert sum(WORLD.counts.values()) == len(WORLD.keys())


# Reading.


def reading(row: dict[str, Any]) -> str:
    found = WORLD.read(row["text"], WORLD.opening(row["secret"]))
    return "right" if found == row["reads"] else "unclear" if found is None else "wrong"


def test_hand_written_texts_are_understood() -> None:
    assert len(ROWS) >= 300
    assert len({(row["secret"].split("/")[0], row["text"]) for row in ROWS}) == len(ROWS)
    floors = {"tune": (0.97, 0.02), "held": (0.9, 0.05), "stranger-tune": (0.92, 0.04), "stranger-held": (0.8, 0.12)}
    assert {row["part"] for row in ROWS} == set(floors)
    for part, (right, wrong) in floors.items():
        counts = Counter(reading(row) for row in ROWS if row["part"] == part)
        assert counts["right"] / counts.total() >= right, counts
        assert counts["wrong"] / counts.total() <= wrong, counts


def test_what_is_understood_is_answered_as_written() -> None:
    """The wrong ones aside, which the floors above bound."""
    for row in ROWS:
        if reading(row) == "right" and row["reads"] is not None:
            state = ServiceState(row["secret"])
            assert say(state, row["text"]).text == row["answer"], row


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?", "Do not restart it.", "If the light is red, restart the router.", "never unplug the router",
     "Is it raining?", "route", "🙂", "Hello!", "restart" * 300, "\n\n", "print(secret)", "(a+)+$"],
)  # fmt: skip
def test_what_is_forbidden_conditional_or_foreign_is_not_read(text: str) -> None:
    assert reader("router").read(text) is None


def test_two_things_in_one_text() -> None:
    read = reader("router").read
    assert read("Please restart the router. Is the light red?") == [["do", "restart"], ["ask", "light"]]
    assert read("Unplug it, wait a minute, and plug it back in.") == [["do", "restart"]]
    assert read("Is the light red? Is it slow only at night? Any error message?") == [["ask", "light"], ["ask", "when"]]


def test_what_is_asked_and_what_is_to_be_done() -> None:
    assert reader("vacuum").read("Has the bin been emptied?") == [["ask", "bin"]]
    assert reader("email").read("If you open a browser, are the mails there?") == [["ask", "web"]]
    assert reader("thermostat").read("It looks like the holiday mode is on.") == [["do", "end_holiday"]]
    assert reader("order").read("Where does it stop: the basket, the address, or the payment?") == [["ask", "step"]]


# The dialogue.


def test_a_dialogue_by_hand() -> None:
    state = ServiceState("router/loose/0")
    assert "The internet at home does not work at all." in WORLD.opening(state.secret)
    assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(9))  # the causes of the complaint "none"
    assert say(state, "Is the light red or green?").text == "The light on the router blinks orange."
    assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(3))  # loose, kinked, line_stuck
    assert say(state, "Try turning it off and on again").text == USELESS
    assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(3))
    assert say(state, "Please ask your provider to call support.").text == ELSEWHERE
    assert say(state, "blah blah").text == WORLD.unclear(state)
    reply = say(state, "Push the cable firmly into the router.")
    assert (reply.text, reply.done, reply.success) == (SOLVED, True, True)
    assert WORLD.figures(state) == {"unclear": (1.0, 5.0)}


def test_what_helps_for_a_while_tells_more() -> None:
    state = ServiceState("router/broken_firmware/0")
    say(state, "What color is the light?")
    assert WORLD.belief(state, "agent").bits == pytest.approx(1.0)  # hung, or its software damaged
    assert say(state, "Please restart the router.").text == BRIEFLY
    assert WORLD.belief(state, "agent").bits == 0.0


def test_a_cure_of_two_steps_has_an_order() -> None:
    thing = device("carkey")
    first, second = (thing.remedies[step].say for step in thing.faults["wet"].fix)
    right, wrong = ServiceState("carkey/wet/0"), ServiceState("carkey/wet/0")
    assert say(right, first).text == STEP
    assert say(right, second).success
    assert say(wrong, second).text == USELESS
    assert say(wrong, first).text == STEP
    assert say(wrong, second).success
    assert say(ServiceState("carkey/wet/0"), f"{first} {second}").success
    assert not say(ServiceState("carkey/wet/0"), f"{second} {first}").done


def test_patience_ends() -> None:
    texts = ["Restart the router.", "Please update the firmware.", "Change the channel."]
    state = ServiceState("router/loose/0")
    replies = [say(state, text) for text in texts]
    assert [reply.done for reply in replies] == [False, False, True]
    assert replies[2].success is False
    assert replies[2].text.endswith(GIVES_UP)
    patient, state = CustomerService(ServiceParams(patience=0)), ServiceState("router/loose/0")
    assert not any(say(state, text, patient).done for text in texts * 5)


def test_the_belief_is_what_enumeration_leaves() -> None:
    chance = Chance(b"service")
    for number in range(40):
        state = ServiceState(chance.choice(WORLD.keys()))
        opening = WORLD.opening(state.secret)
        asked = chance.sample(list(device(state.secret.split("/")[0]).tests), 3)
        for test in asked:
            say(state, device(state.secret.split("/")[0]).tests[test].ask)
        thing, fault = device(state.secret.split("/")[0]), state.secret.split("/")[1]
        same = [
            key
            for key, one in thing.faults.items()
            if one.complaint == thing.faults[fault].complaint
            and all(thing.says(key, test) == thing.says(fault, test) for test in asked)
        ]
        assert WORLD.belief(state, "agent").bits == pytest.approx(math.log2(len(same))), number
        assert {secret.split("/")[1] for secret in WORLD.left(opening, state.said)} == set(same)


def test_the_expert_solves_every_fault() -> None:
    turns = []
    for fault in WORLD.faults:
        state = ServiceState(f"{fault}/0")
        history = [f"{WORLD.opening(state.secret)}\n\n{WORLD.grammar(state).help()}"]
        for _ in range(WORLD.max_turns):
            text = WORLD.expert(history, LUCK)
            reply = say(state, text)
            history += [text, reply.text]
            if reply.done:
                assert reply.success, (fault, history)
                break
        assert reply.done, fault
        turns.append(len(state.said))
    assert sum(turns) / len(turns) < 4


def test_a_chat_model_is_the_customer_and_the_rules_judge() -> None:
    world = CustomerService(ServiceParams(oracle="llm", model="scripted:json:dumps"))
    asked: list[str] = []

    def customer(request: Request) -> str:
        asked.append(request.messages[-1].content)
        answer = request.schema["properties"]["answer"]
        return json.dumps({"answer": answer["enum"][-1] if "enum" in answer else "Pardon?"})

    world.oracle.model = Scripted(customer)
    state = ServiceState("router/loose/0")
    assert say(state, "Is the light red?", world).text == "There is no light on the router at all."
    assert say(state, "What is your favorite color?", world).text == "Pardon?"
    assert json.loads(asked[0]) == {"player": "Is the light red?"}
    assert world.belief(state, "agent") is None
    cured = state.copy()
    assert say(cured, "Push the cable firmly into the router.", world).text == SOLVED
    assert len(asked) == 2
    for text in ("Restart the router.", "Please update the firmware."):
        assert not say(state, text, world).done
    assert say(state, "Change the channel.", world).text == f"{USELESS} {GIVES_UP}"


def test_the_facts_for_a_chat_model_are_what_the_rules_say() -> None:
    for secret in WORLD.keys()[::7]:
        facts, thing, fault = WORLD.facts(secret), device(secret.split("/")[0]), secret.split("/")[1]
        assert thing.faults[fault].cause in facts
        assert all(said in facts for said in shown(thing, fault))
        assert all(thing.remedies[step].say in facts for step in thing.faults[fault].fix)
