"""The observation of BrowserGym: what its own functions write of it, its shapes, and what it follows from."""

from __future__ import annotations

import json
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import make_browsergym
from web_pages import names, opened, pages

import scoutgym
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.html import parse
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.protocol import axtree, document, properties
from scoutgym.wrappers.browsergym import BrowserGym

pytestmark = pytest.mark.web

GOLDEN = json.loads(make_browsergym.PATH.read_text(encoding="utf-8"))
STORE = "scoutgym/WebStore-v0"


def begun(env_id: str = STORE, seed: int = 3, **options: Any) -> tuple[BrowserGym, dict[str, Any]]:
    env = BrowserGym(gymnasium.make(env_id, **options))
    return env, env.reset(seed=seed)[0]


# The objects.


@pytest.mark.parametrize("place", range(len(GOLDEN)))
def test_browsergyms_own_functions_write_what_our_agents_read(place: int) -> None:
    """Recorded with browsergym-core 0.14.3; the hashes say that it was given these objects."""
    found, golden = list(make_browsergym.objects())[place], GOLDEN[place]
    assert {name: make_browsergym.key(found[name]) for name in golden["keys"]} == golden["keys"]
    assert golden["axtree"] == found["text"]
    page = page_of(found["html"])
    marks = [line.partition("]")[0][1:] for line in golden["marked"].split("\n") if line.startswith("[")]
    assert [int(bid) for bid in marks] == [bid for bid in page.roles if bid in page.links or bid in page.controls]
    shown = parse(golden["dom"])
    assert [node.tag for node in shown] == [node.tag for node in page.elements]
    assert [int(node.get("bid")) for node in shown] == list(range(len(shown)))
    changed = {"bid", "value", "checked"}
    for mine, theirs in zip(page.elements, shown, strict=True):
        assert {name: value or "" for name, value in mine.attributes.items() if name not in changed} == {
            name: value or "" for name, value in theirs.attributes.items() if name not in changed
        }
        assert "".join(mine.own_text().split()) == "".join(theirs.own_text().split())
    controls = [control for control in page.controls.values() if control.kind in ("text", "search", "textarea")]
    assert all(shown[one.bid].get("value") == one.typed(make_browsergym.SAID) for one in controls)


def flattened(tree: dict[str, Any]) -> str:
    """A tree as text: of each node its role, name, value and properties, below those that hold it."""
    nodes, lines = {node["nodeId"]: node for node in tree["nodes"]}, []

    def walk(node: dict[str, Any], depth: int) -> None:
        said = [f"{one['name']}={one['value']['value']!r}" for one in node["properties"]]
        said = [
            one.removesuffix("=True") if one.split("=")[0] in ("focused", "required", "atomic") else one for one in said
        ]
        head = f"[{node['browsergym_id']}] " if "browsergym_id" in node else ""
        value = f" value={node['value']['value']!r}" if "value" in node else ""
        role, name = node["role"]["value"], node["name"]["value"]
        lines.append("\t" * depth + f"{head}{role} {name!r}{value}" + "".join(f", {one}" for one in said))
        for child in node["childIds"]:
            assert nodes[child]["parentId"] == node["nodeId"]
            walk(nodes[child], depth + 1)

    walk(tree["nodes"][0], 0)
    assert len(lines) == len(nodes)
    return "\n".join(lines)


@pytest.mark.parametrize("name", names())
def test_the_tree_of_every_page_is_its_text(name: str) -> None:
    for seen in pages(name, 1):
        url, page = seen.url, page_of(seen.html)
        texts = [one.bid for one in page.controls.values() if one.kind in ("text", "search", "textarea")]
        for fields in ({}, dict.fromkeys(texts, "a 'b' \"c\"\n\\d\u202e\x07")):
            for focus in (0, *list(page.links)[:1], *texts[:1]):
                assert flattened(axtree(page, fields, focus)) == page.text(fields, focus), url
        found = document(page, {}, url)
        nodes, strings = found["documents"][0]["nodes"], found["strings"]
        tags = [
            strings[name].lower() for name, kind in zip(nodes["nodeName"], nodes["nodeType"], strict=True) if kind == 1
        ]
        assert tags == [node.tag for node in page.elements]


def test_a_text_of_a_million_characters_is_a_node() -> None:
    browser = DomBrowser(*opened("plant"))
    browser.open("/fields")
    area = next(one for one in browser.page.controls.values() if one.kind == "textarea")
    text = "'\\\n\"ü" * 200_000
    tree = axtree(browser.page, {area.bid: text}, 0)
    assert [one["value"]["value"] for one in tree["nodes"] if one.get("browsergym_id") == str(area.bid)] == [text]


def test_hidden_elements_are_not_visible_and_boxes_are_what_is_drawn() -> None:
    page = page_of(
        "<!doctype html><title>x</title><div hidden><p>a</p></div><p>b</p><form><input type=hidden name=h>"
        "<label for=i>l</label><input id=i></form><a href=/>c</a>"
    )
    given = properties(page, None)
    visible = {page.elements[int(bid)].tag for bid, one in given.items() if one["visibility"] == 1.0}
    assert visible == {"html", "body", "p", "form", "label", "input", "a"}
    hidden = [page.elements[int(bid)].get("type") for bid, one in given.items() if not one["visibility"]]
    assert "hidden" in hidden
    assert all(one["bbox"] is None for one in given.values())
    link = next(iter(page.links))
    drawn = properties(page, {link: (1.0, 2.0, 3.0, 4.0)})
    assert [bid for bid, one in drawn.items() if one["visibility"]] == [str(link)]
    assert drawn[str(link)] == {
        "visibility": 1.0,
        "bbox": [1.0, 2.0, 3.0, 4.0],
        "clickable": True,
        "set_of_marks": True,
    }


# The observation.


def test_keys_and_values_are_browsergyms() -> None:
    env, seen = begun()
    assert list(seen) == [
        *("chat_messages", "goal", "goal_object", "open_pages_urls", "open_pages_titles", "active_page_index", "url"),
        *("screenshot", "dom_object", "axtree_object", "extra_element_properties", "focused_element_bid"),
        *("last_action", "last_action_error", "elapsed_time"),
    ]
    text, _ = gymnasium.make(STORE).reset(seed=3)
    assert flattened(seen["axtree_object"]) in text
    assert seen["goal"] in text.partition("\n")[0]
    assert seen["goal_object"] == ({"type": "text", "text": seen["goal"]},)
    assert [one["role"] for one in seen["chat_messages"]] == ["assistant", "user"]
    assert seen["chat_messages"][1]["message"] == seen["goal"]
    assert (seen["url"], seen["open_pages_urls"]) == ("http://store.test/", ("http://store.test/",))
    assert seen["open_pages_titles"][0] in text
    assert (seen["last_action"], seen["last_action_error"], seen["screenshot"]) == ("", "", None)
    body = seen["focused_element_bid"]  # as in a browser, where nothing else has the focus
    strings, nodes = seen["dom_object"]["strings"], seen["dom_object"]["documents"][0]["nodes"]
    at = next(n for n, kind in enumerate(nodes["nodeName"]) if strings[kind] == "BODY")
    attributes = [strings[one] for one in nodes["attributes"][at]]
    assert attributes[attributes.index("bid") + 1] == body
    assert env.observation_space.contains(seen)
    assert env.observation_space["goal"].contains(env.observation_space.sample()["goal"])


def test_actions_pass_unchanged_and_are_told() -> None:
    env, _ = begun()
    seen, _, _, _, info = env.step("click('99999')")
    assert seen["last_action"] == "click('99999')"
    assert seen["last_action_error"] == "there is no element [99999] on this page"
    assert info["outcome"] == "invalid_action"
    seen, *_ = env.step("dance()")
    assert "click('12')" in seen["last_action_error"]
    seen, *_ = env.step("new_tab()")
    assert (seen["last_action_error"], int(seen["active_page_index"][0]), seen["url"]) == ("", 1, "about:blank")
    assert seen["open_pages_urls"] == ("http://store.test/", "about:blank")
    assert seen["elapsed_time"].tolist() == [3.0]
    assert env.observation_space.contains(seen)
    seen, _, terminated, _, info = env.step("send_msg_to_user('it\\'s done')")
    assert (terminated, info["success"]) == (True, False)
    assert seen["chat_messages"][2:] == ({"role": "assistant", "timestamp": 4.0, "message": "it's done"},)
    assert env.observation_space.contains(seen)


def test_the_chat_has_refusals_questions_and_answers() -> None:
    env, _ = begun()
    env.unwrapped.session.state.answer = "The blue one."  # type: ignore[attr-defined]
    env.step("noop()")
    seen, *_ = env.step("send_msg_to_user('Which one?')")
    seen, *_ = env.step("report_infeasible('There is none.')")
    said = [(one["role"], one["timestamp"], one["message"]) for one in seen["chat_messages"][2:]]
    assert said == [
        ("assistant", 2.0, "Which one?"),
        ("user", 2.0, "The blue one."),
        ("infeasible", 3.0, "There is none."),
    ]


def test_the_observation_follows_from_the_episode_alone() -> None:
    """So a point that is restored is observed as it was."""
    env, _ = begun()
    seen, *_ = env.step("click('99999')")
    point = scoutgym.save(env)
    env.step("goto('/cart')")
    again, _ = scoutgym.restore(env, point)
    assert list(again) == list(seen)
    for name, value in seen.items():
        assert np.array_equal(again[name], value) if isinstance(value, np.ndarray) else again[name] == value, name


def test_gymnasiums_checks_pass() -> None:
    check_env(BrowserGym(gymnasium.make(STORE)), skip_render_check=True)


def test_a_world_without_a_browser_is_refused() -> None:
    with pytest.raises(TypeError, match="Number-v0 is no web world"):
        BrowserGym(gymnasium.make("scoutgym/Number-v0"))


@pytest.mark.browser
def test_on_chromium_there_are_pictures_and_boxes_and_the_rest_is_equal() -> None:
    plain, _ = begun()
    drawn, _ = begun(backend="chromium")
    blind = BrowserGym(gymnasium.make(STORE, backend="chromium"), screenshots=False)
    blind.reset(seed=3)
    for action in ("click('9')", "fill('11', 'lamp')", "click('99999')"):
        seen = [env.step(action)[0] for env in (plain, drawn, blind)]
        for name in seen[0]:
            if name in ("screenshot", "extra_element_properties", "dom_object"):
                continue
            one, two = seen[0][name], seen[1][name]
            assert np.array_equal(one, two) if isinstance(one, np.ndarray) else one == two, name
        assert seen[2]["screenshot"] is None
    picture, boxes = seen[1]["screenshot"], seen[1]["extra_element_properties"]
    assert picture.dtype == np.uint8
    assert picture.shape[1:] == (1280, 3)
    assert boxes.keys() == seen[0]["extra_element_properties"].keys()
    left, top, width, height = map(round, boxes["11"]["bbox"])
    inside = picture[top : top + height, left : left + width]
    assert inside.size == width * height * 3
    assert boxes["3"] == {"visibility": 0.0, "bbox": None, "clickable": False, "set_of_marks": False}
    assert drawn.observation_space.contains(seen[1])
    for env in (drawn, blind):
        env.close()
