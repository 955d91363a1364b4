"""Forms told by somebody: other words, dates, times and sums than the form's, and the same thing to be done."""

from __future__ import annotations

import re

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.office import WebOffice
from scoutgym.envs.web.privacy.world import PrivacyState
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office.forms_care import PRACTICE, REPEAT
from scoutgym.envs.web.sites.office.forms_money import BLOCK, DAMAGE
from scoutgym.envs.web.sites.office.forms_work import COURSE, EXPENSE, LEAVE, SICK
from scoutgym.envs.web.sites.office.telling import FormTask, _wordings, clock, day, told
from scoutgym.envs.web.world import WebState, contents

pytestmark = pytest.mark.web

SHEETS = (LEAVE, SICK, COURSE, BLOCK, REPEAT, PRACTICE, EXPENSE, DAMAGE)
ISO = re.compile(r"\d{4}-\d\d-\d\d")


def begun(env_id: str) -> TextEnv:
    env = gymnasium.make(env_id).unwrapped
    assert isinstance(env, TextEnv)
    return env


def state_of(env: TextEnv, split: str, index: int) -> WebState:
    env.reset(options={"split": split, "index": index})
    assert isinstance(env.session.state, WebState)
    return env.session.state


def made(told: str, kind: str, split: str, number: int) -> FormTask:
    databases = {host: Database(image) for host, image in contents("office", split, number % 8).items()}
    world = WebOffice(WebOffice.Params.model_validate({"told": told}))
    task = world.made(kind, split, databases, Chance(f"{number}".encode()))
    assert isinstance(task, FormTask)
    return task


@pytest.mark.parametrize("kind", ["request", "claim"])
def test_a_told_form_is_the_same_task_in_other_words(kind: str) -> None:
    labels = {one.label for sheet in SHEETS for one in sheet.fields}
    for number in range(60):
        before, after = (made(told, kind, SPLITS[number % 3], number) for told in ("labels", "words"))
        assert (before.goal, before.script) == (after.goal, after.script)
        assert any(f"{label}:" in before.asked or f"'{label}'" in before.asked for label in labels)
        assert not any(f"{label}:" in after.asked or f"'{label}'" in after.asked for label in labels)
        assert not ISO.search(after.asked)


@pytest.mark.parametrize("kind", ["request", "claim"])
def test_a_told_form_can_be_done_from_the_closed_set(kind: str) -> None:
    env = begun(f"scoutgym/WebOffice-{kind}-told-v0")
    for number in range(6):
        for action in env.world.solver(state_of(env, SPLITS[number % 3], number)):
            allowed = {env.grammar.format(one) for one in env.world.actions(env.session.state)}
            assert action.replace("check(", "click(") in allowed
            info = env.step(action)[4]
        assert info["success"]


def test_no_wording_is_in_two_splits_and_every_heading_has_all() -> None:
    headings = {heading for heading, _ in _wordings()}
    assert _wordings().keys() == {(heading, split) for heading in headings for split in SPLITS}
    every = [line for lines in _wordings().values() for line in lines]
    assert len(every) == len(set(every))
    names = {f"{sheet.name} {one.name.rstrip('1234')}" for sheet in SHEETS for one in sheet.fields}
    names |= {f"{sheet.name} {one.name} {option}" for sheet in SHEETS for one in sheet.fields for option in one.options}
    names |= {f"expense kind {option}" for option in next(f for f in EXPENSE.fields if f.name == "kind1").options}
    assert headings - names == {"damage amount all"}


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ("train", {"3 August 2026", "August 3, 2026"}),
        ("dev", {"the 3rd of August, 2026"}),
        ("test", {"Monday, August the 3rd, 2026", "Mon 3 Aug 2026"}),
    ],
)
def test_dates_by_hand(split: str, said: set[str]) -> None:
    assert {day("2026-08-03", split, Chance(f"{number}".encode())) for number in range(20)} == said
    ends = [day(f"2026-08-{n:02}", "dev", Chance(b"x")).split()[1] for n in (1, 2, 11, 12, 13, 21, 22, 30)]
    assert ends == ["1st", "2nd", "11th", "12th", "13th", "21st", "22nd", "30th"]


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("08:00", ("8:00 a.m.", "8 a.m.", "8 o'clock in the morning")),
        ("12:45", ("12:45 p.m.", "45 minutes past 12 p.m.", "a quarter to 1 in the afternoon")),
        ("14:30", ("2:30 p.m.", "30 minutes past 2 p.m.", "half past 2 in the afternoon")),
        ("19:15", ("7:15 p.m.", "15 minutes past 7 p.m.", "a quarter past 7 in the evening")),
    ],
)
def test_times_by_hand(time: str, said: tuple[str, ...]) -> None:
    assert tuple(clock(time, split) for split in SPLITS) == said


def test_sums_numbers_people_and_the_rest_by_hand() -> None:
    chance = Chance(b"x")
    assert told(DAMAGE, "amount2", "12.50", "dev", chance) == "The second loss is put at USD 12.50."
    assert told(DAMAGE, "amount", "12.50", "test", chance) in (
        "Everything added up makes 12 dollars 50.",
        "Everything added up makes US$ 12.50.",
    )
    assert told(REPEAT, "packs", "2", "test", chance) == "Let me have two."
    assert told(LEAVE, "substitute", "Ana Ruiz", "test", chance) == "Ruiz, Ana stands in for me."
    assert told(SICK, "accident", "No", "dev", chance) == "It did not come from working."
    assert told(PRACTICE, "subject", "A question", "dev", chance) == "Title it 'A question'."
    with pytest.raises(KeyError):
        told(LEAVE, "kind", "Parental leave", "dev", chance) and told(SICK, "comment", "x", "dev", chance)


@pytest.mark.parametrize("kind", ["leave", "event", "practice", "claim", "mail"])
def test_the_privacy_office_speaks_otherwise_than_its_forms(kind: str) -> None:
    env = begun(f"scoutgym/PrivacyOffice-{kind}-v0")
    for split in SPLITS:
        state = state_of(env, split, 3)
        assert isinstance(state, PrivacyState)
        assert not ISO.search(state.asked)
        chosen = [step[2] for step in state.script if step[0] == "choose"]
        assert not any(f"'{value}'" in state.asked for value in chosen)
        assert env.world.solver(state)


def test_a_damage_needs_the_address_and_not_the_telephone() -> None:
    state = state_of(begun("scoutgym/PrivacyOffice-claim-v0"), "train", 0)
    assert isinstance(state, PrivacyState)
    items = state.ledger.items
    assert items["address"].necessary
    assert not items["phone"].necessary
    assert {key for key, one in items.items() if one.necessary} == {"address"}
