"""BrowserGym's calls, as agents write them: literals, arguments that do nothing or cannot be done, several at once."""

from __future__ import annotations

import ast
import time
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from hypothesis import given, settings
from hypothesis import strategies as st

import scoutgym
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.web.browser.actions import BRIEF, GRAMMAR, calls
from scoutgym.envs.web.browser.browser import KEYS
from scoutgym.envs.web.wob.actions import GRAMMAR as WOB
from scoutgym.wrappers.browsergym import BrowserGym

pytestmark = pytest.mark.web

STORE = "scoutgym/WebStore-v0"


# Literals.


def filled(literal: str) -> str:
    text = GRAMMAR.parse(f"fill('3', {literal})")[2]
    assert isinstance(text, str)
    return text


LITERALS = [
    r"'\u00fc \x41 \101 \N{SNOWMAN} \U0001F600'",
    r"'\a\b\f\v\0 \\ \' \" \n\r\t'",
    r"'\d \( \! C:\Windows'",
    "'one\\\ntwo'",
    "'it is \"so\"'",
    '''"it's"''',
    "'''three 'quotes'\nand lines'''",
    '"""a "b" c"""',
    "'side ' 'by'  \" side\"",
    "''",
    '""',
    "''''''",
    "'a''b'",
    "'''a'''  'b'",
]


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.filterwarnings("ignore:.*invalid escape")  # of Python's own reader
def test_a_text_is_read_as_python_reads_it(literal: str) -> None:
    assert filled(literal) == ast.literal_eval(literal)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=300)
def test_any_text_is_read_from_what_python_writes(text: str) -> None:
    assert filled(repr(text)) == text
    assert filled(ascii(text)) == text
    assert GRAMMAR.parse(GRAMMAR.format(("fill", 3, text))) == ("fill", 3, text)


@pytest.mark.parametrize("literal", [r"'\x4'", r"'\u00f'", r"'\U00110000'", r"'\N{no such thing}'", r"'\N'"])
def test_a_broken_escape_is_an_error_and_not_another_text(literal: str) -> None:
    with pytest.raises(BadAction, match=r"escape|no character"):
        filled(literal)


def test_a_long_text_is_read_or_refused_at_once() -> None:
    """No text makes the reader try the same thing again and again."""
    for text in (
        "'" * 90_000,
        f"click({chr(39) * 90_000}",
        "a(" * 45_000,
        "a('" * 30_000,
        f"fill('1',{chr(39) * 2} " + "'a' " * 20_000,
        "a([' '," * 12_000,
        f"click({' ' * 90_000}]",
        'a("""' * 18_000,
        "fill('1', '" + "\\'" * 40_000,
        "a(1," * 22_000,
    ):
        began = time.process_time()
        with pytest.raises(BadAction):
            GRAMMAR.parse(text)
        calls(text)
        assert time.process_time() - began < 5  # each takes milliseconds


# Arguments.


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("fill('11', 'lamp', True)", ("fill", 11, "lamp")),
        ("fill('11', 'lamp', enable_autocomplete_menu=False)", ("fill", 11, "lamp")),
        ("click('18', 'left', [])", ("click", 18)),
        ("click('18', button=\"left\", modifiers=[])", ("click", 18)),
        ("select_option('3', options=['a' 'b', \"c\",])", ("select_option", 3, ("ab", "c"))),
        ("scroll(0, 200.0)", ("scroll", 0, 200)),
        ("noop(wait_ms=500)", ("noop", 500)),
    ],
)
def test_arguments_that_change_nothing_may_be_given(text: str, action: tuple[Any, ...]) -> None:
    assert GRAMMAR.parse(text) == action


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("click('18', button='right')", "button='left' alone"),
        ("click('18', 'middle')", "button='left' alone"),
        ("click('18', modifiers=['Control'])", r"modifiers=\[\]"),
        ("click('18', 'left', ['Shift'])", r"modifiers=\[\]"),
        ("fill('3', 'x', enable_autocomplete_menu='yes')", "enable_autocomplete_menu=False"),
        ("fill('3', True)", "no text"),
        ("noop(True)", "no number"),
        ("click(True)", "no element"),
        ("click('1', extra=1)", "no argument extra"),
    ],
)
def test_what_cannot_be_done_is_an_error(text: str, said: str) -> None:
    with pytest.raises(BadAction, match=said):
        GRAMMAR.parse(text)


def test_another_mouse_button_is_none_of_miniwobs_either() -> None:
    assert WOB.parse("mouse_click(3, 4, 'left')") == ("mouse_click", 3, 4)
    for text in ("mouse_click(3, 4, 'right')", "dblclick('3', button='middle')", "click('3', modifiers=['Alt'])"):
        with pytest.raises(BadAction, match="alone"):
            WOB.parse(text)


def test_the_help_names_the_keys_that_there_are() -> None:
    line = next(line for line in GRAMMAR.help().split("\n") if "`press(" in line)
    assert all(key in line for key in KEYS)
    assert "Tab" not in line
    assert "+" not in line
    env = gymnasium.make(STORE)
    text, _ = env.reset(seed=3)
    assert line in text
    bid = next(line for line in text.split("\n") if "searchbox" in line).partition("]")[0].strip("\t[")
    for key in ("Tab", "Control+a", "ArrowDown"):
        seen, *_ = env.step(f"press('{bid}', '{key}')")
        assert seen.startswith(f"Error: the key '{key}' is not one of {', '.join(KEYS)}, or a single character")


# Several calls.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("click('1')\nclick('2')", "these are 2: write one"),
        ("```\nfill('1', 'a')\nclick('2')\nnoop()\n```", "these are 3: write one"),
        ("I click it: click('1')", "write it alone"),
        ("```python\nclick('1')\n```", "write it alone"),
        ("click('1')  # the first", "write it alone"),
    ],
)
@pytest.mark.parametrize("grammar", [GRAMMAR, BRIEF])
def test_one_call_is_an_action(text: str, said: str, grammar: Any) -> None:
    with pytest.raises(BadAction, match=said):
        grammar.parse(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("click('1')", ["click('1')"]),
        ("click('1')\nfill('2', 'a (b) #c')", ["click('1')", "fill('2', 'a (b) #c')"]),
        (
            "First:\n```python\n# click('9')\nclick( '1' ) # then click('8')\n```\ngo_back()",
            ["click( '1' )", "go_back()"],
        ),
        ("click('1'); click('2')", ["click('1')", "click('2')"]),
        ("I use fill (the field) and send_msg_to_user(that).", []),
        ("fill('1', 'it''s')\n", ["fill('1', 'it''s')"]),
        ("send_msg_to_user('''click('1')\nclick('2')''')", ["send_msg_to_user('''click('1')\nclick('2')''')"]),
        ("scroll(0, -2.5) noop() x", ["scroll(0, -2.5)", "noop()"]),
        ("click('1'", []),
        ("", []),
    ],
)
def test_calls_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert calls(text) == found


def begun() -> tuple[BrowserGym, str]:
    """The wrapper, and the number of the search box."""
    env = BrowserGym(gymnasium.make(STORE, kind="buy"))
    env.reset(seed=3)
    page = env.unwrapped.session.state.page  # type: ignore[attr-defined]
    return env, str(page.find("searchbox", "Search products")[0])


def test_the_wrapper_does_all_calls_of_a_text() -> None:
    env, search = begun()
    seen, reward, _, _, info = env.step(f"I search.\n```\nfill('{search}', 'lamp')\npress('{search}', 'Enter')\n```")
    assert seen["url"] == "http://store.test/search?q=lamp"
    assert (seen["elapsed_time"].tolist(), seen["last_action"]) == ([2.0], f"press('{search}', 'Enter')")
    assert (reward, info["outcome"], seen["last_action_error"]) == (0, "ok", "")


def test_the_first_error_ends_a_text() -> None:
    env, search = begun()
    seen, _, _, _, info = env.step(f"fill('{search}', 'lamp')\nclick('99999')\npress('{search}', 'Enter')")
    assert seen["url"] == "http://store.test/"
    assert seen["last_action"] == "click('99999')"
    assert seen["last_action_error"] == "there is no element [99999] on this page"
    assert info["outcome"] == "invalid_action"
    seen, *_ = env.step("noop()\ndance('1')\ngo_back()")
    assert "dance('1')" in seen["last_action_error"]
    assert seen["elapsed_time"].tolist() == [4.0]


def test_the_end_of_an_episode_ends_a_text_and_rewards_add_up() -> None:
    env, _ = begun()
    world = env.unwrapped.world  # type: ignore[attr-defined]
    text = "\n".join([*world.solver(env.unwrapped.session.state), "noop()"])  # type: ignore[attr-defined]
    seen, reward, terminated, _, info = env.step(text)
    assert (reward, terminated, info["success"], info["rewards"]["success"]) == (1, True, True, 1)
    assert seen["last_action"] != "noop()"
    short = BrowserGym(gymnasium.make(STORE, max_turns=2))
    short.reset(seed=3)
    seen, _, _, truncated, _ = short.step("noop()\nnoop()\nnoop()")
    assert (truncated, seen["elapsed_time"].tolist()) == (True, [2.0])


def test_a_text_of_several_calls_is_replayed() -> None:
    env, search = begun()
    env.step(f"fill('{search}', 'lamp')\npress('{search}', 'Enter')")
    point = scoutgym.save(env)
    before, *_ = env.step("noop()")
    again, _ = scoutgym.restore(env, point)
    assert again["url"] == before["url"]
