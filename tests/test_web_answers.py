"""Answers in words: the value alone or in a plain sentence is right, a page or several values never are."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.web.answers import AROUND, PLAIN, gives_number, gives_text
from scoutgym.envs.web.browser.markdown import markdown
from scoutgym.envs.web.goals import Goal, holds
from scoutgym.envs.web.sites.forum.topics import TOPICS
from scoutgym.envs.web.sites.tracker.site import PRIORITIES, ROLES
from scoutgym.envs.web.sites.tracker.words import WEEKDAYS
from scoutgym.envs.web.sites.travel.fares import LEVELS
from scoutgym.envs.web.state import WebState

pytestmark = pytest.mark.web

SITES = ("WebStore", "WebForum", "WebTracker", "WebTravel", "WebOffice")


def said(goal: Goal) -> list[dict[str, Any]]:
    """What a goal wants to be said: any of it."""
    found = []
    for kind, what in goal.items():
        if kind in ("all", "any"):
            found += [one for each in what for one in said(each)]
        elif kind == "said":
            found.append(what)
    return found


@cache
def ended(name: str) -> tuple[tuple[WebState, str], ...]:
    """Tasks that ask for an answer, at the page where it is found, and the answer that the script gives."""
    env: Any = gymnasium.make(f"scoutgym/{name}-v0", kind="answer")
    found = []
    for index in range(60):
        env.reset(options={"split": ("train", "test")[index % 2], "index": index})
        state, world = env.unwrapped.session.state, env.unwrapped.world
        if not said(state.goal):
            continue
        *way, (verb, text) = state.script
        assert verb == "say"
        for step in way:
            world.play(state, world.looked_up(state, step), Chance(b"way"))
            assert not state.error
        found.append((state, text))
    assert len(found) >= 10
    return tuple(found)


def wins(state: WebState, message: str) -> bool:
    """Whether a message would do the task."""
    copy = state.copy()
    copy.said = [message]
    return holds(copy.goal, copy)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", SITES)
def test_the_answer_wins_alone_and_in_a_sentence(name: str) -> None:
    for state, text in ended(name):
        for message in (
            text,
            f"{text}.",
            f"It is {text}.",
            f"The answer is: {text}",
            f"I found it on the page: {text}!",
            f"{text} is what the page says.",
            f"{state.asked} {text}",
        ):
            assert wins(state, message), (state.asked, message)


@pytest.mark.parametrize("name", SITES)
def test_a_pasted_page_never_wins(name: str) -> None:
    for state, text in ended(name):
        here = state.browser.tab.here
        for page in (
            state.page.text(here.fields, here.focus),
            markdown(state.page, here.fields, "body"),
            markdown(state.page, here.fields, "main"),
        ):
            plain = re.sub(r"\[\d+\]", "", page)
            for message in (page, plain, f"{page}\n{text}", f"{plain} The answer is {text}."):
                assert not wins(state, message), (state.asked, message)


def in_digits(text: str) -> bool:
    """Whether an answer is a number, a date, a time or a code: nobody hedges a day with a material."""
    words = re.findall(r"[^\W\d]+", text)
    return any(map(str.isdigit, text)) and all(
        len(word) <= 3 or word in (*calendar.month_name, *calendar.day_name) for word in words
    )


def several(state: WebState, text: str, others: Iterator[str]) -> Iterator[str]:
    for other in others:
        for one, two in ((text, other), (other, text)):
            yield from (
                f"{one} {two}",
                f"{one}, {two}",
                f"{one} or {two}",
                f"{one} and {two}",
                f"either {one} or {two}",
                f"{one}\n{two}",
                f"It is {one}. It is {two}.",
                f"{state.asked} {one}/{two}",
                f"It is not {one} but {two}.",
            )


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", SITES)
def test_several_values_never_win(name: str) -> None:
    tried = 0
    for state, text in ended(name):
        number = "number" in said(state.goal)[0]
        right = [one.get("text", one.get("number")) for one in said(state.goal)]
        others = [
            other
            for two, other in ended(name)
            if in_digits(other) == in_digits(text)
            and ("number" in said(two.goal)[0]) == number
            and not any(one.get("text", one.get("number")) in right for one in said(two.goal))
            and other not in state.asked
        ]
        if number:
            others += [f"{said(state.goal)[0]['number'] + 1:g}", "$99.98"]
        for message in several(state, text, iter(dict.fromkeys(others))):
            assert not wins(state, message), (state.asked, message)
            tried += 1
    assert tried > 300


def test_kinds_of_choices_are_no_answer_together() -> None:
    """All roles, priorities or materials at once, whatever stands around them."""
    asked = "Which role does 'Ida Iversen' have in the project 'Heron Recipes'?"
    assert gives_text("Ida Iversen has the role Developer in Heron Recipes.", "Developer", asked)
    for message in (
        "Guest Reporter Developer Maintainer Owner",
        "Developer, Owner",
        "Developer (or Owner)",
        "I do not know if it is Developer",
        "not Developer",
        "Owner? Developer?",
    ):
        assert not gives_text(message, "Developer", asked), message


def test_no_plain_word_is_a_choice_of_any_site() -> None:
    choices = {*ROLES.values(), *PRIORITIES.values(), *(name for name, *_ in LEVELS), *WEEKDAYS}
    choices |= {flair for topic in TOPICS for flair in topic.flairs}
    for name in ("WebStore", "WebOffice"):
        for state, _ in ended(name):
            for database in state.databases.values():
                if "material" in database.columns("product"):
                    choices |= {row["material"] for row in database.rows("SELECT material FROM product")}
                if "excludes" in database.columns("policy"):
                    choices |= {
                        one
                        for row in database.rows("SELECT excludes FROM policy")
                        for one in row["excludes"].split("|")
                    }
    assert len(choices) > 80
    assert [choice for choice in choices if {*choice.lower().split()} <= PLAIN] == []


@pytest.mark.parametrize(
    ("message", "answer", "right"),
    [
        ("71.06 kg", "1.06 kg", False),
        ("1.06 kg", "1.06 kg", True),
        ("It weighs 1.06 kg.", "1.06 kg", True),
        ("1.06 kg, not 2 kg", "1.06 kg", False),
        ("OFF-18091", "OFF-1809", False),
        ("KOFF-1809", "OFF-1809", False),
        ("off-1809", "OFF-1809", True),
        ("November 13, 2023", "November 13, 2023", True),
        ("November 13, 20234", "November 13, 2023", False),
        ("Edith Abbott's", "Edith Abbott", True),
        ("jolly_pickle490", "jolly_pickle49", False),
        ("jolly_pickle49 quietotter", "jolly_pickle49", False),
        ("steel-blue", "steel", False),
        ("recycled polyester", "polyester", False),
        ("", "steel", False),
        ("The free cancellation deadline falls on November 9, 2026.", "November 9, 2026", True),
        ("November or December 9, 2026", "December 9, 2026", False),
        ("November, December 9, 2026", "December 9, 2026", False),
        ("The room is down the hall: C303", "C303", True),
        ("C D 303", "D303", False),
        ("OFF CAM-1809", "CAM-1809", False),
        ("It says OFF-1809, near the top of the page", "OFF-1809", True),
        ("word " * (AROUND + 1) + "OFF-1809", "OFF-1809", False),
        ("The doctor responsible is Dr. Anders Young", "Anders Young", True),
    ],
)
def test_a_text_stands_for_itself(message: str, answer: str, right: bool) -> None:
    asked = "How much does the 'Solanda Lamp' weigh, as its page has it?"
    assert gives_text(message, answer, asked) == right


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ("4", True),
        ("The train 'WE 461' runs on 4 days of the week.", True),
        ("WE 461: 4", True),
        ("4.0", True),
        ("4, on 4 days", True),
        ("WE 461", False),
        ("14", False),
        ("-4", False),
        ("4 or 5", False),
        ("4 or so", False),
        ("4-5", False),
        ("nan 4 inf", True),
        ("four", False),
        ("1 2 3 4", False),
        ("4 " + "thing " * AROUND, True),
        ("4 " + "thing " * (AROUND + 1), False),
    ],
)
def test_a_number_is_the_only_one(message: str, right: bool) -> None:
    asked = "On how many days of the week does the train 'WE 461' run, from 'Corvale' to 'Estrella'?"
    assert gives_number(message, 4, asked) == right


def test_a_long_message_is_no_answer_and_costs_nothing() -> None:
    asked = "Which flair has the post 'a b c d e f g h'?"
    began = time.process_time()
    assert not gives_text("a b c d " * 25_000 + "Trip", "Trip", asked)
    assert not gives_number("a b c d " * 25_000 + "4", 4, asked)
    assert gives_number("the " * 40 + "4", 4, asked)
    assert time.process_time() - began < 5


def test_a_number_that_the_task_names_may_be_the_answer() -> None:
    asked = "How many comments has the post '2'?"
    assert gives_number("2", 2, asked)
    assert gives_number("The post '2' has 2 comments", 2, asked)
    assert not gives_number("The post '2' has 3 comments", 2, asked)


def test_a_report_that_it_cannot_be_done_is_no_answer() -> None:
    state, text = ended("WebStore")[0]
    copy = state.copy()
    copy.said, copy.refused = [text], True
    assert not holds(copy.goal, copy)
