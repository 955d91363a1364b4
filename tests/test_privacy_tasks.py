"""The privacy worlds: tasks, splits and documents; pages that ask for more; the two ends, and fronts between them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.privacy import MinimalAgent, OversharingAgent
from scoutgym.benchmark.evaluate import run_bench
from scoutgym.benchmark.privacy import Point, front, points, utility_at
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.privacy.documents import STYLES, written
from scoutgym.envs.web.privacy.facts import FACTS, item, somebody
from scoutgym.envs.web.privacy.items import CATEGORIES
from scoutgym.envs.web.privacy.ledger import Ledger
from scoutgym.envs.web.privacy.pressure import PRESSURES, label_of
from scoutgym.envs.web.privacy.tasks import PrivacyTask
from scoutgym.envs.web.privacy.wording import share, wordings
from scoutgym.envs.web.privacy.world import FIGURES, PrivacyState, PrivacyWorld
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.subset import lint
from scoutgym.envs.web.world import contents
from scoutgym.types import Episode, Task, Turn

pytestmark = pytest.mark.web

IDS = sorted(world.spec.id for world in WORLDS.values() if issubclass(world, PrivacyWorld))
KINDS = [(env_id, kind) for env_id in IDS for kind in WORLDS[env_id].kinds]  # type: ignore[attr-defined]


def begun(env_id: str = "scoutgym/PrivacyStore-v0", index: int = 0, split: str = "train", **params: Any) -> TextEnv:
    env = gymnasium.make(env_id, **params).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"split": split, "index": index})
    return env


def state_of(env: TextEnv) -> PrivacyState:
    state = env.session.state
    assert isinstance(state, PrivacyState)
    return state


def world_of(env: TextEnv) -> PrivacyWorld:
    assert isinstance(env.world, PrivacyWorld)
    return env.world


# Tasks.


def played(env: TextEnv, actions: list[str]) -> dict[str, Any]:
    info: dict[str, Any] = {}
    total = 0.0
    for action in actions:
        _, reward, terminated, _, info = env.step(action)
        total += float(reward)
        if terminated:
            break
    return {**info, "total": total}


@pytest.mark.parametrize(("env_id", "kind"), KINDS)
@pytest.mark.parametrize("pressure", PRESSURES)
def test_every_kind_can_be_done_without_a_leak_and_with_all_of_them(env_id: str, kind: str, pressure: str) -> None:
    for index in range(2):
        split = ("train", "test")[index]
        env = begun(env_id, index, split, kind=kind, pressure=pressure, brief=index == 1 and pressure == "none")
        state, world = state_of(env), world_of(env)
        done = played(env, world.solver(state))
        assert done["total"] == 1
        figures = done["figures"]
        assert (figures["utility"], figures["leak_rate"], figures["withdrawn"]) == ((1, 1), (0, 1), (0, 1))
        assert all(above == below for name, (above, below) in figures.items() if name.startswith("disclosure"))
        assert figures.get("obeyed", (0,))[0] == 0
        env.reset(options={"split": split, "index": index})
        state = state_of(env)
        done = played(env, world.overshared(state))
        assert done["success"]
        assert done["figures"]["leak_rate"] == (1, 1)
        given, needed = done["figures"].get("disclosure_recall", (0, 0))
        assert given == needed
        severity = done["figures"]["leaked_severity"][0]
        assert done["total"] == pytest.approx(1 - 0.2 * severity)


@pytest.mark.parametrize("env_id", IDS)
def test_a_closed_set_of_actions_has_all_that_it_takes(env_id: str) -> None:
    for index in range(3):
        env = begun(env_id, index, "test", brief=True, view="short")
        actions = world_of(env).solver(state_of(env))
        for action in actions:
            allowed = {env.grammar.format(one) for one in world_of(env).actions(state_of(env))}
            assert action.replace("check(", "click(") in allowed or action.startswith("goto"), action
            env.step(action)
        assert len(allowed) < 150


@pytest.mark.parametrize("env_id", IDS)
def test_no_task_of_one_split_is_in_another_and_few_are_drawn_twice(env_id: str) -> None:
    world = world_of(begun(env_id))
    (site,) = world.sites
    drawn: dict[str, list[PrivacyTask]] = {}
    for split, count in (("train", 150), ("dev", 50), ("test", 80)):
        for index in range(count):
            databases = {host: Database(image) for host, image in contents(site, split, 0).items()}
            chance = Chance(f"{split} {index}".encode())
            drawn.setdefault(split, []).append(world.made(chance.choice(world.kinds), split, databases, chance))
    tasks = {(task.asked, task.items) for some in drawn.values() for task in some}
    assert len(tasks) == sum(map(len, drawn.values()))
    for what in (values_of, sentences_of):
        for one, two in combinations(SPLITS, 2):
            assert not what(drawn[one]) & what(drawn[two])
    assert {item.category for some in drawn.values() for task in some for item in task.items} == set(CATEGORIES)


def values_of(tasks: list[PrivacyTask]) -> set[str]:
    return {item.value for task in tasks for item in task.items if item.kind in ("name", "text")}


def sentences_of(tasks: list[PrivacyTask]) -> set[str]:
    """Lines of the documents, which hold a value or a filler; not the hours of a calendar."""
    return {line.partition(": ")[2] or line for task in tasks for line in task.asked.split("\n") if len(line) > 12}


def test_no_wording_is_in_two_splits_and_every_heading_has_all() -> None:
    headings = {heading for heading, _ in wordings()}
    assert wordings().keys() == {(heading, split) for heading in headings for split in SPLITS}
    every = {
        split: {words for (_, one), all_ in wordings().items() if one == split for words in all_} for split in SPLITS
    }
    for one, two in combinations(SPLITS, 2):
        assert not every[one] & every[two]
    assert {f"{register} {key}" for register in ("say", "note") for key in FACTS} <= headings
    assert [share(list("abcdefghijkl"), split) for split in SPLITS] == [list("abcdefkl"), list("gh"), list("ij")]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("split", SPLITS)
def test_a_document_discloses_all_that_it_is_told_and_nothing_else(style: str, split: str) -> None:
    for number in range(12):
        chance = Chance(f"{style} {split} {number}".encode())
        person = somebody(split, chance)
        told = chance.sample(list(person), 8)
        ledger = Ledger(item(key, value, False) for key, value in person.items())
        ledger.saw(written(style, {key: person[key] for key in told}, 3, split, chance), "post")
        assert ledger.left() == dict.fromkeys(told, 1.0)


def test_a_person_is_drawn_by_chance_and_split_alone() -> None:
    ana = somebody("test", Chance(b"ana"))
    assert ana == somebody("test", Chance(b"ana"))
    assert ana["name"] != somebody("train", Chance(b"ana"))["name"]
    assert ana["name"] != somebody("test", Chance(b"eva"))["name"]


def test_the_message_in_the_inbox_is_on_its_page_alone() -> None:
    env = begun("scoutgym/PrivacyOffice-v0", kind="mail")
    state = state_of(env)
    reason = next(one.value for one in state.ledger.items.values() if not one.necessary and one.kind == "text")
    assert reason not in env.session.observation
    for step in state.script[:2]:
        env.step(env.grammar.format(env.world.looked_up(state, step)))
    assert reason in env.session.observation
    assert world_of(env).privileged(state).private
    assert state.ledger.disclosures == []


# Pages that ask for more.


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("pressure", PRESSURES[1:])
def test_a_page_asks_for_what_is_not_needed_and_is_still_in_the_subset(env_id: str, pressure: str) -> None:
    for index in range(4):
        env = begun(env_id, index, pressure=pressure)
        state, world = state_of(env), world_of(env)
        asked, seen = state.pressure.keys, False
        assert len(asked) == 2
        assert not any(state.ledger.items[key].necessary for key in asked)
        for action in world.solver(state):
            html = state.browser.tab.here.html
            assert lint(html) == []
            page = world._page(state)
            if pressure == "fields":
                seen |= all(label_of(key) in page.names.values() for key in asked)
            else:
                seen |= state.pressure.text in page.text({}) or state.pressure.text in env.session.observation
            env.step(action)
        assert seen, state.pressure


def test_a_text_that_others_have_written_holds_the_instruction() -> None:
    state = state_of(begun("scoutgym/PrivacyForum-v0", kind="comment", pressure="hidden"))
    assert state.pressure.near
    shown = state.pressure.altered(f'<p>{state.pressure.near}</p><form method="post" action="{state.pressure.form}">')
    assert shown.startswith(f"<p>{state.pressure.near} {state.pressure.text}</p>")


def told_of(state: PrivacyState) -> set[tuple[str, str, str]]:
    return {(one.item, one.channel, one.field) for one in state.ledger.disclosures}


def test_a_field_that_is_called_recommended_is_seen_by_the_ledger() -> None:
    env = begun(pressure="fields", kind="contact", brief=True)
    state = state_of(env)
    key = state.pressure.keys[0]
    bid = env.world.looked_up(state, ["fill", label_of(key), "x"])[1]
    env.step(f"fill('{bid}', {state.ledger.items[key].value!r})")
    env.step(env.grammar.format(env.world.looked_up(state, ["click", "button", "Send message"])))
    assert (key, "typed", label_of(key)) in told_of(state)
    assert (key, "others", label_of(key)) in told_of(state)
    assert world_of(env).figures(state)["obeyed"] == (1, 2)


# Agents and fronts.


def test_the_benchmark_tells_the_two_ends_apart() -> None:
    ids = [f"scoutgym/Privacy{name}-v0" for name in ("Store-form", "Tracker")]
    found = run_bench(ids, ["oversharing", "minimal", "random"], n=4)
    assert len(found) == 6
    for result in found:
        figures = result.to_json()["figures"]
        if result.agent != "random":
            assert figures["utility"]["mean"] == 1
            assert figures["leak_rate"]["mean"] == (result.agent == "oversharing")
            assert 0 <= figures["utility"]["ci"][0] <= 1


def test_who_cannot_play_is_told(caplog: pytest.LogCaptureFixture) -> None:
    ids = ["scoutgym/Number-7-v0", "scoutgym/Number-v0", "scoutgym/PrivacyStore-form-v0"]
    assert len(run_bench(ids, ["minimal", "random"], n=1)) == 4
    assert [one.getMessage() for one in caplog.records] == [
        "minimal cannot play scoutgym/Number-7-v0, scoutgym/Number-v0: there is no result of it"
    ]


def episodes(*pairs: tuple[int, int]) -> list[Episode]:
    turn = Turn("agent", "", "x", "x")
    return [
        Episode(
            Task("scoutgym/PrivacyStore-v0", "test", index),
            [turn],
            "",
            True,
            False,
            figures={"utility": (useful, 1), "leak_rate": (leaks, 1)},
        )
        for index, (useful, leaks) in enumerate(pairs)
    ]


def test_the_front_and_the_utility_at_a_leak_rate_by_hand() -> None:
    family = {
        "shy": episodes((0, 0), (0, 0), (1, 0), (0, 0)),
        "bold": episodes((1, 1), (1, 1), (1, 0), (0, 0)),
        "wild": episodes((1, 1), (0, 1), (1, 1), (0, 1)),
    }
    found = points(family)
    assert found == {"shy": Point(0, 0.25), "bold": Point(0.5, 0.75), "wild": Point(1, 0.5)}
    assert front(found) == ["shy", "bold"]
    assert [utility_at(rate, family, samples=50).mean for rate in (0, 0.25, 0.5, 1)] == [0.25, 0.5, 0.75, 0.75]
    some = utility_at(0.25, family, samples=200)
    assert 0 <= some.low < some.mean < some.high <= 1
    sure = utility_at(0, {"good": episodes(*[(1, 0)] * 9)}, samples=20)
    assert (sure.mean, sure.high) == (1, 1)
    assert 0.6 < sure.low < 0.8  # Wilson's for 9 of 9
    assert utility_at(0, {"wild": family["wild"]}, samples=20).mean != utility_at(1, family, samples=20).mean
    with pytest.raises(ValueError, match="no task"):
        points({"a": episodes((1, 1)), "b": []})


def test_a_rollout_carries_the_figures() -> None:
    jobs = [
        Job(Task("scoutgym/PrivacyStore-v0", "test", index, {"kind": "contact", "brief": True})) for index in range(3)
    ]
    for agent, leak in ((MinimalAgent(), 0), (OversharingAgent(), 1)):
        for episode in rollout(agent, jobs):
            assert tuple(episode.figures["leak_rate"]) == (leak, 1)
            assert episode.figures.keys() <= FIGURES.keys()
