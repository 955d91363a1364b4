"""Apps of screens: what is drawn, what is asked, how walks are measured, and that pages and text are one world."""

from __future__ import annotations

import math
import random
from itertools import pairwise, product
from typing import Any

import gymnasium
import pytest

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.screen_graph.errand import KINDS, instance
from scoutgym.envs.web.screen_graph.graph import HOME, MOST, App, AppParams, draw, remaining, shaped
from scoutgym.envs.web.screen_graph.walk import K, figures
from scoutgym.envs.web.screen_graph.words import WORDS, Words
from scoutgym.types import SchemaError

TEXT, PAGES = "scoutgym/WebScreensText-v0", "scoutgym/WebScreens-v0"
SHAPES: list[dict[str, Any]] = [
    {},
    {"screens": 8, "branching": 3, "depth": 2},
    {"screens": 80, "branching": 5, "depth": 4, "shortcuts": 1.0},
    {"screens": 43, "branching": 6, "depth": 2, "shortcuts": 2, "distractors": 2, "dead_ends": 1, "back_links": 1},
    {"screens": 5, "branching": 1, "depth": 4, "shortcuts": 0.5, "distance": 4},
    {"screens": 30, "shortcuts": 2.0, "distance": 3},
]


def begun(env_id: str = TEXT, index: int = 0, split: str = "train", **params: Any) -> TextEnv:
    env = gymnasium.make(env_id, **params).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"index": index, "split": split})
    return env


def apps(**shape: Any) -> list[App]:
    return [draw(AppParams(**shape), WORDS[split], Chance(b"%d" % key)) for split in SPLITS for key in range(8)]


def matrix(app: App) -> list[list[float]]:
    """Steps between all pairs of screens, by Floyd and Warshall."""
    count = range(len(app.screens))
    far = [[math.inf] * len(count) for _ in count]
    for a, screen in enumerate(app.screens):
        far[a][HOME] = 1
        for icon in screen.icons:
            far[a][icon.target] = 1
        far[a][a] = 0
    for k, i, j in product(count, count, count):
        far[i][j] = min(far[i][j], far[i][k] + far[k][j])
    return far


# Words.


def phrases(words: Words) -> list[str]:
    found = [one for topic in words.topics for one in (topic.name, topic.alias, *sum(topic.subjects, ()))]
    found += [one for facet in words.facets for one in facet]
    found += [*words.apps, *words.codes, *words.moments, *words.settings, *words.idle, *sum(words.notices, ())]
    return found


def test_no_phrase_is_there_twice_in_a_split_or_in_two() -> None:
    every = [phrase.lower() for words in WORDS.values() for phrase in phrases(words)]
    assert len(set(every)) == len(every), sorted({one for one in every if every.count(one) > 1})
    assert all(letter.isalpha() or letter in " {}" for phrase in every for letter in phrase)
    assert WORDS.keys() == set(SPLITS)


# Apps.


@pytest.mark.parametrize("shape", SHAPES)
def test_an_app_has_its_shape(shape: dict[str, Any]) -> None:
    params = AppParams(**shape)
    for app in apps(**shape):
        plain = [screen for screen in app.screens if not screen.notice]
        assert len(plain) == params.screens
        assert max(screen.level for screen in plain) == params.depth
        below = [sum(one.up == number for one in plain[1:]) for number in range(len(plain))]
        assert max(below) <= params.branching
        for unique in ("name", "number", "code"):
            assert len({getattr(screen, unique) for screen in app.screens}) == len(app.screens)
        for number, screen in enumerate(app.screens):
            labels = [icon.label for icon in screen.icons]
            assert len(set(labels)) == len(labels) <= MOST
            assert app.name not in labels
            assert all(
                icon.label in (app.screens[icon.target].name, app.screens[icon.target].alias) or icon.target == number
                for icon in screen.icons
            )
            assert not (screen.notice and (screen.icons or screen.setting))
        assert list(app.away) == _taps(app)
        assert params.distance in app.away


def _taps(app: App) -> list[float]:
    """Taps from the first screen to each, by Bellman and Ford: the way home is of no use there."""
    far = [0.0] + [math.inf] * (len(app.screens) - 1)
    for _ in app.screens:
        for number, screen in enumerate(app.screens):
            for icon in screen.icons:
                far[icon.target] = min(far[icon.target], far[number] + 1)
    return far


def test_each_parameter_does_what_it_says() -> None:
    bare = {"shortcuts": 0, "back_links": 0, "dead_ends": 0, "distractors": 0, "renamed": 0, "settings": 0}

    def links(**more: Any) -> list[tuple[App, int, Any]]:
        found = apps(**{**bare, **more})
        return [(app, number, icon) for app in found for number, one in enumerate(app.screens) for icon in one.icons]

    tree = links()
    assert len(tree) == 24 * 23
    assert all(
        app.screens[icon.target].up == here and icon.label == app.screens[icon.target].name for app, here, icon in tree
    )
    assert all(icon.label == app.screens[icon.target].alias for app, _, icon in links(renamed=1))
    up = [(app, here) for app, here, icon in links(back_links=1) if icon.target == app.screens[here].up]
    assert len(up) == sum(screen.level > 1 for app in apps(**bare) for screen in app.screens)
    assert sum(icon.target == here for _, here, icon in links(distractors=1)) > 24 * 20
    assert sum(app.screens[icon.target].notice for app, _, icon in links(dead_ends=1)) > 24 * 20
    assert sum(app.screens[icon.target].up != here for app, here, icon in links(shortcuts=1)) > 24 * 20
    assert all(screen.setting for app in apps(settings=1) for screen in app.screens[1:] if not screen.notice)


def test_a_shape_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="has 4 to 40 screens"):
        gymnasium.make(TEXT, screens=41, branching=3, depth=3)
    with pytest.raises(ValueError, match="distance is at most depth"):
        gymnasium.make(TEXT, distance=4, depth=3)
    with pytest.raises(ValueError, match="names no app"):
        instance("train||reach|")
    assert shaped(AppParams(**SHAPES[3]).shape()) == AppParams(**SHAPES[3])


# Errands.


@pytest.mark.parametrize(("kind", "split"), list(product(KINDS, SPLITS)))
def test_a_shortest_way_is_as_long_as_is_said(kind: str, split: str) -> None:
    for index in range(12):
        env = begun(index=index, split=split, kind=kind, distance=index % 4, settings=0.1)
        found = instance(env.session.state.name)
        far, errand = matrix(found.app), found.errand
        assert list(errand.far) == [row[errand.target] for row in far]
        assert errand.target != HOME
        assert not found.app.screens[errand.target].notice
        assert index % 4 in (0, found.app.away[errand.target])
        plan = env.world.solver(env.session.state)
        assert len(plan) == far[HOME][errand.target] + (kind in ("toggle", "answer"))
        *_, info = [env.step(action)[4] for action in plan]
        assert info["success"]
        assert info["figures"]["path_optimality"] == (len(plan), len(plan))
        assert info["figures"]["detours"] == (0, len(plan))
        assert "recovery" not in info["figures"]


def test_test_tasks_are_in_other_words() -> None:
    said = {split: [begun(index=index, split=split).history[0] for index in range(40)] for split in SPLITS}
    common = set(" ".join(said["train"]).split()) & set(" ".join(said["test"]).split())
    known = {word for words in WORDS.values() for topic in words.topics for word in topic.name.split()}
    assert len(known & set(" ".join(said["train"]).split())) > 8
    assert common & known <= {"Tickets"}


# Play.


def test_what_is_not_asked_for_fails() -> None:
    for index in range(30):
        env = begun(index=index, kind="any", settings=1.0)
        found = instance(env.session.state.name)
        target = env.world.solver(env.session.state)[0]
        env.step(target)
        here = env.session.state.shown[-1]
        if here == found.errand.target:
            continue
        entries = len(found.app.screens[here].icons)
        if not found.app.screens[here].notice:
            switched = env.fork(1)[0].step(f"tap {entries + 1}")
            assert switched[2]
            assert not switched[4]["success"]
            assert "Nobody has asked for that" in switched[0]
        said = env.fork(1)[0].step(f"say {found.app.screens[here].number}")
        assert (said[2], said[4]["success"]) == (True, False)


def test_icons_that_do_nothing_and_ways_that_are_none() -> None:
    env = begun(kind="reach", distractors=2.0, screens=8, branching=3, depth=2, index=5)
    assert env.step("back")[0].startswith("There is nothing to go back to.\nScreen: Home")
    assert env.step("tap 13")[4]["outcome"] == "invalid_action"
    found = instance(env.session.state.name)
    idle = next(n for n, icon in enumerate(found.app.screens[HOME].icons) if icon.target == HOME)
    assert env.step(f"tap {idle + 1}")[0].startswith("Nothing opens.\nScreen: Home")
    assert env.session.state.shown == [HOME]
    env.step("tap there")
    assert env.session.state.left == [env.session.state.left[0]] * 5


def test_coming_closer_can_be_paid() -> None:
    assert begun(closer=0.0).step("tap 1")[4]["rewards"] == {}
    chance = random.Random(3)
    for index in range(10):
        free, env = begun(index=index), begun(index=index, closer=0.25)
        assert free.history == env.history, "the app is the same"
        while not env.session.over:
            action = chance.choice(env.actions() or [])
            _, reward, *_, info = env.step(action)
            before, after = env.session.state.left[-2:]
            wanted = 0.25 if before > after else -0.25
            assert info["rewards"]["closer"] == wanted
            assert reward == pytest.approx(wanted + bool(env.session.success))


# Measures.


def test_what_is_left_counts_going_back() -> None:
    """Against a search over all that can be done, with what was shown before as part of the state."""
    chance = random.Random(1)
    for app in apps(screens=12, branching=2, depth=3, shortcuts=0.5):
        target = 1 + chance.randrange(len(app.screens) - 1)
        far = [int(row[target]) if row[target] < math.inf else None for row in matrix(app)]
        if None in far:
            continue
        shown = [HOME]
        for _ in range(8):
            icons = app.screens[shown[-1]].icons
            shown.append(chance.choice(icons).target if icons else HOME)
            assert remaining(far, shown) == _searched(app, tuple(shown), target)  # type: ignore[arg-type]
    assert remaining([2, 1, 0], [HOME, 1, -1]) == 2, "back, and one more"
    assert remaining([2, 1, 0], [HOME, -1, -1]) == 3, "to the first screen, and two more"


def _searched(app: App, shown: tuple[int, ...], target: int) -> int:
    """The least number of actions."""
    steps, edge, seen = 0, {shown}, {shown}
    while not any(one[-1] == target for one in edge):
        steps += 1
        following = set()
        for one in edge:
            following |= {(*one, icon.target) for icon in app.screens[one[-1]].icons} | {(*one, HOME)}
            following |= {one[:-1]} if len(one) > 1 else set()
        edge = following - seen
        seen |= edge
    return steps


@pytest.mark.parametrize(
    ("left", "wanted"),
    [
        ([3, 2, 1, 0], {"path_optimality": (3, 3), "detours": (0, 3)}),
        ([3, 2, 3, 2, 1, 0], {"path_optimality": (3, 5), "detours": (1, 5), "recovery": (1, 1)}),
        ([2, 2, 1, 1], {"detours": (2, 3)}),
        ([2, 3, 4, 5, 4, 4, 3], {"detours": (4, 6), "recovery": (1, 3)}),
        ([1, 2, 2, 2, 1, 0], {"path_optimality": (1, 5), "detours": (3, 5), "recovery": (1, 1)}),
        ([1, 2, 2, 2, 2, 1, 0], {"path_optimality": (1, 6), "detours": (4, 6), "recovery": (0, 1)}),
        ([4], {}),
    ],
)
def test_figures_by_hand(left: list[int], wanted: dict[str, tuple[float, float]]) -> None:
    assert K == 3
    assert figures(left, 2, 7) == {**wanted, "screens_seen": (2, 7)}


def test_figures_of_a_walk_are_those_of_its_record() -> None:
    """From the actions alone, with distances by Floyd and Warshall."""
    chance = random.Random(7)
    for index in range(25):
        env = begun(index=index, kind="reach")
        found = instance(env.session.state.name)
        far = [row[found.errand.target] for row in matrix(found.app)]
        shown, r, seen = [HOME], [far[HOME]], {HOME}
        info: dict[str, Any] = {}
        while not env.session.over:
            action = chance.choice([one for one in env.actions() or [] if one != "home"] + ["nonsense"])
            icons = found.app.screens[shown[-1]].icons
            if action.startswith("tap") and int(action[4:]) > len(icons):
                continue
            if action.startswith("tap") and icons[int(action[4:]) - 1].target != shown[-1]:
                shown.append(icons[int(action[4:]) - 1].target)
            elif action == "back":
                shown.pop()
            seen.add(shown[-1])
            r.append(min(k + far[one] for k, one in enumerate(reversed(shown))))
            info = env.step(action)[4]
        wrong = [t for t in range(1, len(r)) if r[t] > r[t - 1]]
        again = [t for t in wrong if min(r[t + 1 : t + 4], default=math.inf) <= r[t - 1]]
        told = info["figures"]
        assert told["screens_seen"] == (len(seen), len(found.app.screens))
        assert told["detours"] == (sum(b >= a for a, b in pairwise(r)), len(r) - 1)
        assert told.get("recovery", (0, 0)) == (len(again), len(wrong))
        assert ("path_optimality" in told) == info["success"]


# Players.


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_expert_explores(split: str) -> None:
    won, steps = 0, 0
    for index in range(40):
        env = begun(index=index, split=split, kind="any", max_turns=100)
        while not env.session.over:
            action = env.world.expert(env.history, Chance(b"x"))
            assert not env.step(action)[4]["rewards"].get("invalid")
        won += bool(env.session.success)
        steps += env.session.turn
    assert won == 40
    assert steps / 40 < 24 * 0.75, "it need not see every screen"


def test_the_expert_knows_its_way_back() -> None:
    """Set down anywhere, a target that was seen is gone to by a shortest way that is known."""
    env = begun(kind="toggle", screens=8, branching=3, depth=2, shortcuts=0, distractors=0, dead_ends=0, index=3)
    plan = env.world.solver(env.session.state)
    for action in [*plan[:-1], "home"]:
        env.step(action)
    left = env.session.state.left[-1]
    while not env.session.over:
        env.step(env.world.expert(env.history, Chance(b"x")))
    assert env.session.success
    assert env.session.turn == len(plan) + left


# Pages.


def page_action(env: TextEnv, words: list[str]) -> str:
    return env.grammar.format(env.world.looked_up(env.session.state, words))  # type: ignore[attr-defined]


@pytest.mark.web
@pytest.mark.parametrize(("kind", "split"), list(product(("any", *KINDS), ("train", "test"))))
def test_pages_and_text_are_one_world(kind: str, split: str) -> None:
    chance = random.Random(f"{kind} {split}")
    for index in range(4):
        text = begun(index=index, split=split, kind=kind, closer=0.5)
        pages = begun(PAGES, index=index, split=split, kind=kind, closer=0.5)
        found = instance(text.session.state.name)
        assert pages.session.state.name == text.session.state.name
        assert found.errand.asked in text.history[0]
        assert found.errand.asked in pages.history[0]
        while not text.session.over:
            screen = found.app.screens[text.session.state.shown[-1]]
            action = chance.choice(text.actions() or [])
            verb, _, number = action.partition(" ")
            if verb == "tap" and int(number) <= len(screen.icons):
                other = page_action(pages, ["click", "link", screen.icons[int(number) - 1].label])
            elif verb == "tap":
                state = "on" if screen.on else "off"
                other = page_action(pages, ["click", "button", f"{screen.setting}: {state}"])
            elif verb == "home":
                other = page_action(pages, ["click", "link", found.app.name])
            else:
                other = "go_back()" if verb == "back" else f"send_msg_to_user('{number}')"
            one, two = text.step(action), pages.step(other)
            assert one[1:] == two[1:], (action, other)
            assert text.session.state.left == pages.session.state.left
            if not text.session.over:
                assert f"{found.app.screens[text.session.state.shown[-1]].name} - {found.app.name}" in two[0]


@pytest.mark.web
@pytest.mark.parametrize("view", ["axtree", "markdown", "short"])
def test_the_expert_explores_pages_as_it_does_text(view: str) -> None:
    for index in range(8):
        text, pages = begun(index=index, kind="any"), begun(PAGES, index=index, kind="any", view=view)
        for env in (text, pages):
            while not env.session.over:
                env.step(env.world.expert(env.history, Chance(b"x")))
        assert pages.session.state.left == text.session.state.left
        assert pages.session.success == text.session.success


@pytest.mark.web
def test_whoever_is_lost_on_pages_finds_home() -> None:
    env = begun(PAGES, kind="answer", index=2)
    start = env.session.state.left[0]
    for action in ("goto('/nowhere')", "go_back()", "goto('/screen/0123456789ab')", "new_tab()"):
        env.step(action)
    assert env.session.state.left == [start, start + 1, start, start + 1, start + 1]
    while not env.session.over:
        env.step(env.world.expert(env.history, Chance(b"x")))
    assert env.session.success


@pytest.mark.web
def test_a_solver_goes_on_from_anywhere_on_pages() -> None:
    for index, kind in enumerate(KINDS):
        env = begun(PAGES, kind=kind, index=index)
        chance = random.Random(index)
        for _ in range(4):
            links = [one for one in env.actions() or [] if one.startswith("click")]
            copy = env.fork(1)[0]
            copy.step(action := chance.choice(links))
            if not copy.session.over:
                env.step(action)
        env.step("goto('/nowhere')")
        for action in env.world.solver(env.session.state):
            env.step(action)
        assert env.session.success


@pytest.mark.web
def test_a_part_of_the_way_may_be_gone_already() -> None:
    env = begun(PAGES, distance=3, prefill=0.7)
    assert env.session.state.left == [1]
    assert "URL: http://screens.test/screen/" in env.history[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "train|x|reach|1,2"), ("name", "x"), ("shown", []), ("shown", [999]), ("left", []), ("seen", "all")],
)
def test_a_state_from_a_stranger_is_checked(name: str, value: Any) -> None:
    env = begun()
    record = env.session.state.to_json()
    assert env.world.load_state(record) == env.session.state
    with pytest.raises(SchemaError):
        env.world.load_state(record | {name: value})


@pytest.mark.web
@pytest.mark.parametrize(
    ("name", "value"),
    [("content", "screens|train|0"), ("content", "store|train|0"), ("left", []), ("visited", "all"), ("changes", {})],
)
def test_a_state_of_pages_from_a_stranger_is_checked(name: str, value: Any) -> None:
    env = begun(PAGES)
    record = env.session.state.to_json()
    assert env.world.load_state(record).to_json() == record
    with pytest.raises(SchemaError):
        env.world.load_state(record | {name: value})


# HTML and browsers.


def opened() -> tuple[Any, Any, Any]:
    """The site, an app with settings everywhere, and a browser that is logged in."""
    from scoutgym.envs.web.browser.state import BrowserState
    from scoutgym.envs.web.sites.database import Database, cookies, watched
    from scoutgym.envs.web.sites.screens.site import SITE, write

    database = SITE.empty()
    write(database, draw(AppParams(settings=1.0), WORDS["test"], Chance(b"browsers")))
    database = Database(watched(database))
    return {SITE.host: SITE}, {SITE.host: database}, BrowserState(cookies={SITE.host: cookies(database)})


def addresses() -> list[str]:
    _, (database,), _ = (list(one.values()) if isinstance(one, dict) else one for one in opened())
    return [path for (path,) in database.execute("SELECT path FROM screen")]


@pytest.mark.web
def test_pages_are_of_the_subset() -> None:
    from scoutgym.envs.web.browser.dom import DomBrowser
    from scoutgym.envs.web.sites.subset import lint

    browser = DomBrowser(*opened())
    for path in addresses():
        assert browser.act(("goto", f"http://screens.test{path}")) == ""
        assert lint(browser.here.html) == []


@pytest.mark.web
@pytest.mark.browser
def test_both_browsers_show_the_same() -> None:
    from chromium_tree import lines_of
    from web_walk import compare, differences, walk

    from scoutgym.envs.web.browser.chromium import ChromiumBrowser
    from scoutgym.envs.web.browser.dom import DomBrowser
    from scoutgym.envs.web.sites.database import changes

    dom, real = DomBrowser(*opened()), ChromiumBrowser(*opened())
    try:
        for path in addresses()[::3]:
            for browser in (dom, real):
                browser.act(("goto", f"http://screens.test{path}"))
            assert lines_of(real) == real.page.text(real.here.fields, real.here.focus).split("\n")
            assert differences(dom, real) == []
        compare(dom, real, walk(dom, 1, [*addresses(), "/none", "/switch/1"]), 80)
        assert len(changes(dom.databases["screens.test"])["setting"]) > 2
    finally:
        real.close()


@pytest.mark.web
@pytest.mark.browser
def test_a_real_browser_shows_and_measures_the_same() -> None:
    dom, real = begun(PAGES, kind="any", index=3), begun(PAGES, kind="any", index=3, backend="chromium")
    assert real.history == dom.history
    while not dom.session.over:
        action = dom.world.expert(dom.history, Chance(b"x"))
        assert real.step(action) == dom.step(action)
    real.close()
