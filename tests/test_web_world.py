"""Tasks on sites: goals, scripts, saving, splits; both kinds of end."""

from __future__ import annotations

import json
from statistics import fmean
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import Noisy, SolverAgent
from scoutgym.check import check
from scoutgym.envs.core import State
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.markdown import markdown
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.goals import holds
from scoutgym.envs.web.world import CONTENTS, SPOKEN, WebState, WebWorld, contents
from scoutgym.types import SchemaError, Task

pytestmark = pytest.mark.web

SITES = sorted(world.spec.id for world in WORLDS.values() if issubclass(world, WebWorld) and not world.spec.outside)
KINDS = [(env_id, kind) for env_id in SITES for kind in WORLDS[env_id].kinds]  # type: ignore[attr-defined]


def begun(env_id: str = "scoutgym/WebStore-v0", index: int = 0, **params: Any) -> TextEnv:
    env = gymnasium.make(env_id, **params).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"index": index})
    return env


def state_of(env: TextEnv) -> WebState:
    state: State | None = env.session.state
    assert isinstance(state, WebState)
    return state


def solved(env: TextEnv) -> dict[str, Any]:
    """The last info of an episode that is played by its script."""
    info: dict[str, Any] = {}
    for step in state_of(env).script:
        _, _, terminated, _, info = env.step(env.grammar.format(env.world.looked_up(state_of(env), step)))
        if terminated:
            break
    return info


def solved_from_here(env: TextEnv) -> dict[str, Any]:
    """The last info of an episode that is gone on with by its solver."""
    *_, info = [env.step(action)[4] for action in env.world.solver(env.session.state)]
    return info


# Tasks.


@pytest.mark.parametrize(("env_id", "kind"), KINDS)
def test_every_script_does_its_task_and_nothing_is_done_at_first(env_id: str, kind: str) -> None:
    env = gymnasium.make(env_id, kind=kind, max_turns=200).unwrapped
    assert isinstance(env, TextEnv)
    for split in SPLITS:
        env.reset(options={"split": split, "index": 0})
        assert not holds(state_of(env).goal, state_of(env)), state_of(env).asked
        info = solved(env)
        assert info["success"], (split, state_of(env).asked)
        assert info["rewards"]["success"] == 1


@pytest.mark.parametrize("env_id", SITES)
def test_the_contract_is_kept(env_id: str) -> None:
    assert [finding for finding in check(env_id, episodes=2, seconds=0.2) if finding.problem] == []


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("env_id", SITES)
def test_splits_share_neither_content_nor_task(env_id: str) -> None:
    world = world_for(WORLDS[env_id], {})
    assert isinstance(world, WebWorld)
    images = {split: [contents(",".join(world.sites), split, n) for n in range(3)] for split in SPLITS}
    every = [image for some in images.values() for one in some for image in one.values()]
    assert len(set(every)) == len(every)
    assert max(map(len, every)) < 200_000
    env = begun(env_id)
    asked = {}
    for split in ("train", "test"):
        for index in range(30):
            env.reset(options={"split": split, "index": index})
            asked.setdefault(split, set()).add((state_of(env).content, state_of(env).asked))
    assert not asked["train"] & asked["test"]
    assert len({content for content, _ in asked["train"]}) > 10


@pytest.mark.parametrize("kind", ["find", "contact", "answer"])
def test_a_script_is_gone_on_with_from_wherever_it_was_left(kind: str) -> None:
    """A solver that is disturbed makes up its mind anew; what was done already is not done again."""
    env = begun(kind=kind, index=1)
    whole = env.world.solver(env.session.state)
    env.step(whole[0])
    assert env.world.solver(env.session.state) == whole[1:]
    jobs = [Job(Task("scoutgym/WebStore-v0", "train", index, {"kind": kind})) for index in range(12)]
    found = {player.name: list(rollout(player, jobs)) for player in (SolverAgent(), Noisy(SolverAgent(), 0.2))}
    assert all(episode.success for episode in found["solver"])
    assert fmean(float(episode.success or 0) for episode in found["solver-0.2"]) > 0.3
    assert sum(len(one.turns) for one in found["solver-0.2"]) > sum(len(one.turns) for one in found["solver"])


def test_a_wrong_answer_a_wrong_refusal_and_too_many_turns_fail() -> None:
    env = begun(kind="answer")
    _, reward, terminated, _, info = env.step("send_msg_to_user('I do not know')")
    assert (reward, terminated, info["success"]) == (0.0, True, False)
    env = begun(kind="answer")
    assert env.step("report_infeasible('no')")[4]["success"] is False
    env = begun(kind="contact", max_turns=2)
    env.step("noop()")
    _, _, terminated, truncated, info = env.step("noop()")
    assert (terminated, truncated, info["success"]) == (False, True, False)


def test_what_was_not_asked_for_spoils_a_task() -> None:
    env = begun(kind="contact", index=3)
    world = env.world
    assert isinstance(world, WebWorld)
    plan = [["fill", "Search products", "lamp"], ["click", "button", "Search"]]
    state = state_of(env)
    product = (
        state.databases["store.test"]
        .execute("SELECT name FROM product WHERE stock > 0 AND instr(colors, '|') = 0 AND instr(sizes, '|') = 0")
        .fetchone()[0]
    )
    plan = [
        ["fill", "Search products", product],
        ["click", "button", "Search"],
        ["click", "link", product],
        ["click", "button", "Add to cart"],
    ]
    for step in plan:
        env.step(env.grammar.format(world.looked_up(state, step)))
    assert "Added to your cart" in env.history[-1]
    with pytest.raises(ValueError, match="the goal does not hold"):
        env.world.solver(state)
    for step in state.script:
        _, _, terminated, _, _ = env.step(env.grammar.format(world.looked_up(state, step)))
        assert not terminated  # the message is there, and so is something in the cart


def test_errors_are_observed() -> None:
    env = begun()
    text, reward, _, _, info = env.step("click('9999')")
    assert text.startswith("Error: ")
    assert "[9999]" in text.partition("\n")[0]
    assert (info["outcome"], info["rewards"]) == ("invalid_action", {"invalid": -1.0})
    assert reward < 0
    text, *_ = env.step("dance()")
    assert "click('12')" in text.partition("\n")[0]
    text, *_ = env.step("noop()")
    assert text.startswith("URL: http://store.test/")


def test_what_a_page_offers_can_be_done() -> None:
    env = begun(kind="contact")
    state = state_of(env)
    offered = env.actions()
    assert offered is not None
    assert all(env.grammar.format(env.grammar.parse(text)) == text for text in offered)
    assert len(offered) == len(set(offered))
    for text in offered:
        copy = env.fork(1)[0]
        said, *_ = copy.step(text)
        assert not said.startswith("Error"), text
    assert {f"'{word}'" for word in SPOKEN.findall(state.asked)} <= {text.partition(", ")[2][:-1] for text in offered}


def test_words_in_quotes_are_found_whatever_is_in_them() -> None:
    asked = "Order the 'Chef's Knife' of 'Dall & Sons', named 'O'Neil'."
    assert SPOKEN.findall(asked) == ["Chef's Knife", "Dall & Sons", "O'Neil"]


# Goals.


def test_goals_say_what_they_say() -> None:
    env = begun(kind="contact")
    state = state_of(env)
    shop = state.databases["store.test"].execute("SELECT name, return_days FROM shop").fetchone()
    host = "store.test"
    true: list[dict[str, Any]] = [
        {"at": {"path": "/"}},
        {"at": {"host": host}},
        {"not": {"at": {"path": "/cart"}}},
        {"rows": {"host": host, "table": "shop", "where": {"name": shop[0]}}},
        {"rows": {"host": host, "table": "shop", "where": {"name": {"has": shop[0][2:-2].upper()}}}},
        {"rows": {"host": host, "table": "shop", "where": {"return_days": shop[1]}, "count": 1}},
        {"rows": {"host": host, "table": "shop", "where": {"name": "Nowhere"}, "count": 0}},
        {"only": {host: []}},
        {"refused": False},
        {"all": [{"at": {"path": "/"}}, {"refused": False}]},
        {"any": [{"refused": True}, {"at": {"path": "/"}}]},
        {"all": []},
    ]
    for goal in true:
        assert holds(goal, state), goal
        assert not holds({"not": goal}, state)
    assert not holds({"any": []}, state)
    assert not holds({"said": {"text": ""}}, state)
    state.said = ["no", "It is\n 1,234.50 Dollars"]
    assert holds({"said": {"number": 1234.5}}, state)
    assert not holds({"said": {"number": 234.5}}, state)
    assert holds({"said": {"text": "1,234.50 DOLLARS"}}, state)
    assert not holds({"said": {"text": "no dollars"}}, state)
    state.databases[host].execute("UPDATE shop SET name = 'X'")
    assert not holds({"only": {host: ["cart"]}}, state)
    assert holds({"only": {host: ["shop"]}}, state)


@pytest.mark.parametrize(
    "goal",
    [
        {},
        {"at": {}, "refused": True},
        {"dance": 1},
        {"rows": {"host": "store.test", "table": "shop; DROP TABLE shop", "where": {}}},
        {"rows": {"host": "store.test", "table": "shop", "where": {'name" = 1 OR "name': "x"}}},
    ],
)
def test_a_goal_that_is_none_is_refused(goal: dict[str, Any]) -> None:
    state = state_of(begun())
    with pytest.raises(ValueError, match="goal"):
        holds(goal, state)
    assert state.databases["store.test"].execute("SELECT count(*) FROM shop").fetchone()[0] == 1


# Saving.


def test_a_saved_point_is_played_on_as_if_nothing_had_been(monkeypatch: pytest.MonkeyPatch) -> None:
    env = begun(kind="buy", index=2)
    plan = env.world.solver(env.session.state)
    for action in plan[:7]:
        env.step(action)
    handle, record = env.save(), env.snapshot()
    rest = [env.step(action) for action in plan[7:]]
    assert rest[-1][4]["success"]
    for point in (handle, record):
        other = env.blank()
        seen, _ = other.restore(point)
        assert seen == env.history[2 * 7]
        assert [other.step(action) for action in plan[7:]] == rest
    assert len(record) < 120_000
    state = json.loads(record.partition(b"\n")[0])["body"]["state"]
    assert set(state["changes"]["store.test"]) == {"cart", "checkout"}  # rows, not images


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content", "store|train|4000"),
        ("content", "os|train|0"),
        ("content", "store|secret|0"),
        ("changes", {"store.test": {"shop": [["x"]]}}),
        ("changes", {"store.test": {"sqlite_master": [[1]]}}),
        ("changes", {}),
        ("browser", {"tabs": []}),
        ("browser", {"tabs": [{"entries": [{"url": "http://store.test/"}], "place": -1}]}),
        ("said", 7),
        ("goal", "all"),
    ],
)
def test_a_state_from_a_stranger_is_checked(name: str, value: Any) -> None:
    record = state_of(begun()).to_json()
    assert WebState.from_json(record).asked
    with pytest.raises(SchemaError):
        WebState.from_json(record | {name: value})


# Parameters.


def test_the_browser_is_no_part_of_a_task() -> None:
    dom, real = gymnasium.make("scoutgym/WebStore-v0"), gymnasium.make("scoutgym/WebStore-v0", backend="chromium")
    assert isinstance(real.unwrapped, TextEnv)
    assert real.unwrapped.params == {}
    assert real.unwrapped.world is not dom.unwrapped.world  # type: ignore[attr-defined]
    assert real.unwrapped.blank().world is real.unwrapped.world
    task = Task("scoutgym/WebStore-v0", "train", 0)
    assert real.unwrapped.world_like(task.env_id, task.params) is real.unwrapped.world
    assert "backend" not in json.dumps(task.to_json())


def test_a_wrong_choice_is_one_clear_line() -> None:
    with pytest.raises(ValueError, match="has no kind 'bye'"):
        gymnasium.make("scoutgym/WebStore-v0", kind="bye")
    with pytest.raises(ValueError, match="backend='firefox' is wrong"):
        gymnasium.make("scoutgym/WebStore-v0", backend="firefox")
    assert CONTENTS.keys() == set(SPLITS)


# Views.


def test_the_short_view_says_what_can_be_operated_and_what_fields_hold() -> None:
    html = """<body><nav><ul><li><a href="/">Home</a></li><li><a href="/b">Big <b>box</b></a></li></ul></nav>
    <main><h1>Hello  <em>you</em></h1><p>One <a href="/x">two</a>, three.</p><p hidden>no</p>
    <table><tr><th>Name</th><td>7 &lt; 8</td></tr></table><dl><dt>Phone</dt><dd>12</dd></dl>
    <ul><li>a</li><li>b</li></ul>
    <form action="/"><label for="n">Name</label><input id="n" required value="Al"><input type="hidden" name="h">
    <input type="checkbox" id="c"><label for="c">I agree</label><input type="password" aria-label="Word" value="abc">
    <label for="s">Size</label><select id="s"><option>S<option selected>M<option disabled>L</select>
    <textarea aria-label="Text" readonly>x
y</textarea><button>Go</button><button disabled>No</button></form></main></body>"""
    page = page_of(html)
    bids = {page.names[bid]: bid for bid in page.roles if page.names[bid]}
    lines = markdown(page, {bids["I agree"]: True, bids["Name"]: "Bo"}).split("\n")
    assert lines == [
        "Title: ",
        f"[{bids['Home']}] Home | [{bids['Big box']}] Big box",
        "# Hello you",
        f"One [{bids['two']}] two , three.",
        "Name | 7 < 8",
        "Phone: 12",
        "- a",
        "- b",
        f"[{bids['Name']}] Name (required): Bo",
        f"[{bids['I agree']}] I agree: yes",
        f"[{bids['Word']}] Word: •••",
        f"[{bids['Size']}] Size: M (or: S)",
        f"[{bids['Text']}] Text (read-only): x / y",
        f"[{bids['Go']}] <Go> [{bids['No']}] <No> (disabled)",
    ]


def test_markdown_is_short_and_has_every_link() -> None:
    env = begun(kind="buy")
    brief = world_for(type(env.world), {"kind": "buy", "view": "markdown"})
    for action in env.world.solver(env.session.state)[:-1]:
        text, *_ = env.step(action)
        state = state_of(env)
        said = brief._text(state)  # type: ignore[attr-defined]
        assert len(said) < 0.6 * len(text)
        assert all(f"[{bid}]" in said for bid in env.world.browser(state).page.links)  # type: ignore[attr-defined]


def test_the_short_view_says_what_is_new() -> None:
    env = begun("scoutgym/WebStore-form-v0")
    first, page = env.history[0], env.world.browser(env.session.state).page  # type: ignore[attr-defined]
    assert "# Contact us" in first
    assert "Search products" not in first
    offered = env.world.actions(env.session.state) or []
    assert all(page.elements[action[1]].within("main") for action in offered if len(action) > 2)
    (name,) = page.find("textbox", "Your name")
    assert env.step(f"fill('{name}', 'Ann Example')")[0] == f"[{name}] Your name (required): Ann Example"
    point = env.save()
    assert env.step(f"fill('{name}', 'Ann Example')")[0] == "Nothing has changed."
    assert env.step("click('99999')")[0].endswith("\nNothing has changed.")
    assert env.step("goto('/help/returns')")[0].startswith("URL: http://store.test/help/returns\n")
    env.restore(point)
    assert env.step(f"fill('{name}', 'Bob')")[0] == f"[{name}] Your name (required): Bob"


def test_a_part_of_a_task_may_be_done_already() -> None:
    for prefill, left in ((0.0, 7), (0.2, 6), (0.5, 4), (0.9, 1)):
        for index in range(20):
            env = begun(kind="contact", prefill=prefill, index=index)
            if len(state_of(env).script) == 7:
                assert len(env.world.solver(env.session.state)) == left
                break
        assert solved_from_here(env)["success"]


@pytest.mark.browser
def test_a_snapshot_of_one_browser_goes_on_in_the_other() -> None:
    here, real = begun(kind="buy", index=5), begun(kind="buy", index=5, backend="chromium")
    assert real.history == here.history
    plan = here.world.solver(here.session.state)
    for action in plan[:6]:
        here.step(action)
    assert real.restore(here.snapshot())[0] == here.history[-1]
    for action in plan[6:9]:
        assert real.step(action) == here.step(action)
    back = here.blank()
    assert back.restore(real.snapshot())[0] == real.history[-1] == here.history[-1]
    real.close()
    *_, info = [back.step(action)[4] for action in plan[9:]]
    assert info["success"]
