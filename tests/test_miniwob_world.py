"""MiniWoB++ as a world: rewards, splits, forms, solvers that succeed, replays that are equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest
from miniwob_tools import ID, begun

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from scoutgym.check import check
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.engine import shut
from scoutgym.envs.web.wob.actions import GRAMMAR
from scoutgym.envs.web.wob.pages import PAGES
from scoutgym.envs.web.wob.solvers import SOLVERS, fields
from scoutgym.types import Outcome, Task

pytestmark = pytest.mark.browser

SOME = (
    "login-user-popup",
    "click-menu",
    "drag-items-grid",
    "simon-says",
    "email-inbox-nl-turk",
    "use-slider",
    "terminal",
)


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


def test_rewards_are_the_pages_own() -> None:
    env = begun("click-test-2")
    one, two = (found.bid for found in env.session.state.live.view.all("button"))
    _, reward, terminated, _, info = env.step(f"click('{two}')")
    assert (reward, terminated, info["success"]) == (0.0, True, False)
    assert info["rewards"] == {"raw": -1.0}
    env = begun("click-test-2", weights={"raw": 0.5})
    assert env.step(f"click('{one}')")[1:3] == (1.5, True)
    env = begun("click-test-2", max_turns=2)
    env.step("noop()")
    assert env.step("click('999')")[3]


def test_a_task_is_its_split_and_index() -> None:
    env = begun("click-test-transfer")
    said = dict[str, str]()
    for split in ("train", "dev", "test"):
        env.reset(options={"split": split, "index": 0})
        said[split] = env.session.state.asked
    assert said == {"train": "Click button ONE.", "dev": "Click button ONE.", "test": "Click button TWO."}
    assert env.world.holdout == "surface"
    assert world_for(WORLDS[ID], {"task": "click-test"}).holdout == "none"
    seeds = set()
    for split in ("train", "test"):
        for index in range(20):
            task = Task(ID, split, index, {"task": "click-test"})
            state = env.world.start(task, Chance(task.instance))
            seeds.add(state.seed)
            env.world.close(state)
    assert len(seeds) == 40


@pytest.mark.slow
@pytest.mark.ci
def test_the_contract_is_kept() -> None:
    assert [finding for finding in check(ID, episodes=1, seconds=0.1, max_turns=8) if finding.problem] == []


def test_a_form_tells_its_fields_and_begins_part_filled() -> None:
    env = begun("login-user")
    user, password = env.privileged().extra["fields"]
    assert (user["name"], user["done"], password["done"]) == ("username", False, False)
    assert user["instruction"] == f'Enter "{user["value"]}" into "username".'
    assert env.reset(options={"index": 0, "params": {"task": "login-user", "prefill": 0.4}})
    user, password = env.privileged().extra["fields"]
    assert (user["done"], password["done"]) == (True, False)
    assert len(env.world.solver(env.session.state)) == 2
    assert env.step(f"fill('{password['bid']}', '{password['value']}')")[2] is False
    assert env.step(env.world.solver(env.session.state)[0])[4]["success"]
    assert fields("click-test", env.session.state.live) == []


@pytest.mark.parametrize("page", SOME)
def test_a_solver_succeeds_and_is_replayed(page: str) -> None:
    solved_and_replayed(page)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("page", sorted(SOLVERS))
def test_every_solver_succeeds_and_is_replayed(page: str) -> None:
    solved_and_replayed(page)


def solved_and_replayed(page: str) -> None:
    """Under the eyes of an environment, whose record another one plays again."""
    env = begun(page, index=1)
    actions = env.world.solver(env.session.state)
    assert len(actions) <= env.world.max_turns
    for action in actions[: len(actions) // 2]:
        env.step(action)
    other = gymnasium.make(f"scoutgym/MiniWoB-{page}-v0").unwrapped
    assert isinstance(other, TextEnv)
    observation, _ = other.restore(env.snapshot())  # a difference raises SchemaError
    assert observation == env.history[-1]
    rest = [(env.step(action), other.step(action)) for action in actions[len(actions) // 2 :]]
    assert all(one == again for one, again in rest)
    assert rest[-1][0][4]["success"]
    env.close()
    other.close()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_played_at_random_and_replayed(page: str) -> None:
    """Also by coordinates and keys; afterwards in another context, which has had other episodes."""
    env, chance = begun(page, index=2), Chance(page.encode())
    for turn in range(12):
        if any(env.step(GRAMMAR.format(_some(env, chance.at(turn))))[2:4]):
            break
    assert env.session.outcome in (Outcome.OK, Outcome.INVALID_ACTION), env.session.error
    other = gymnasium.make(ID).unwrapped
    assert isinstance(other, TextEnv)
    other.reset(seed=0)
    assert other.restore(env.snapshot())[0] == env.history[-1]
    env.close()
    other.close()


ORDERED = ("click-test", "drag-items-grid", "email-inbox", "simon-says", "use-slider", "use-autocomplete")


@pytest.mark.parametrize("page", ORDERED)
def test_an_episode_does_not_depend_on_those_before_it(page: str) -> None:
    orders_are_equal(page)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("page", PAGES)
def test_no_episode_depends_on_those_before_it(page: str) -> None:
    orders_are_equal(page)


def orders_are_equal(page: str) -> None:
    """First; after others of its page, in a document that was loaded ahead; after one of another page."""
    one, two = begun("click-button"), begun("click-button")
    plain = played(one, page, 5, 8)
    played(two, page, 1, 3)
    played(two, page, 2, 3)
    front = two.session.state.live._front
    ahead = played(two, page, 5, 8)
    assert two.session.state.live._front is not front
    played(two, "enter-text", 3, 2)
    after = played(two, page, 5, 8)
    one.close()
    two.close()
    assert ahead == plain
    assert after == plain


def played(env: TextEnv, page: str, index: int, turns: int) -> list[Any]:
    """What is read of an episode at random: its texts, rewards and ends."""
    found: list[Any] = [env.reset(options={"index": index, "luck": 0, "params": {"task": page}})[0]]
    chance = Chance(f"{page} {index}".encode())
    for turn in range(turns):
        action = GRAMMAR.format(_some(env, chance.at(turn)))
        found.append((action, *env.step(action)))
        if found[-1][3] or found[-1][4]:
            break
    return found


def _some(env: TextEnv, chance: Chance) -> Any:
    x, y = 20 + chance.below(120), 55 + chance.below(140)
    wild = (
        ("mouse_move", x, y),
        ("mouse_click", x, y),
        ("mouse_drag_and_drop", x, y, 20 + chance.below(120), 55 + chance.below(140)),
        ("scroll_at", 80, 120, 0, 100),
        ("keyboard_press", chance.choice(("Tab", "Enter", "ArrowDown", "Control+A", "Control+C", "Control+V"))),
        ("keyboard_type", "ab 1"),
        ("noop", 100 + chance.below(900)),
    )
    return chance.choice(wild if chance.random() < 0.4 else env.world.actions(env.session.state) or wild)
