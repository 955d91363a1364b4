"""Trees, controls and forms of a page, by the HTML standard; and the grammar of actions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.grammar import BadAction
from scoutgym.envs.web.browser.actions import GRAMMAR
from scoutgym.envs.web.browser.address import encoded, resolved, with_query
from scoutgym.envs.web.browser.html import parse
from scoutgym.envs.web.browser.page import Page
from scoutgym.envs.web.sites.subset import lint

pytestmark = pytest.mark.web


def page(body: str) -> Page:
    return Page(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>")


def control(body: str):
    return next(iter(page(body).controls.values()))


# Elements.


def test_an_element_is_named_by_its_place_in_the_document() -> None:
    made = page("<p>a</p><!-- no --><ul><li><a href='/x'>b</a></li></ul>")
    assert [node.tag for node in made.elements] == ["html", "head", "title", "body", "p", "ul", "li", "a"]
    assert [node.bid for node in made.elements] == list(range(8))
    assert made.find("link", "b") == [7]


@given(st.text())
@settings(max_examples=300)
def test_any_text_is_a_document(text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert parse(text)[0].tag == "html"
    Page(text).text({})


def test_the_text_of_a_page() -> None:
    made = page(
        '<h1>Lamps</h1><p>Two <strong>bright</strong> ones</p><label for="q">Find</label>'
        '<input id="q" required value="x">'
    )
    assert made.text({}).split("\n") == [
        "RootWebArea 'T', focused",
        "\t[4] heading 'Lamps'",
        "\t[5] paragraph ''",
        "\t\tStaticText 'Two'",
        "\t\t[6] strong ''",
        "\t\t\tStaticText 'bright'",
        "\t\tStaticText 'ones'",
        "\t[7] LabelText ''",
        "\t\tStaticText 'Find'",
        "\t[8] textbox 'Find' value='x', required",
    ]
    assert made.text({8: "it's"}, 8).split("\n")[-1] == "\t[8] textbox 'Find' value=\"it's\", focused, required"
    assert made.text({}) == Page.text(made, {}), "what was changed is not kept in the page"


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("a<br>b", "a b"),
        ("<strong>a</strong><em>b</em>", "ab"),
        ("<p>p</p><p>q</p>", "p q"),
        ("<img src='x' alt='pic'> t", "pic t"),
        ("<a href='/x' aria-label='Name'>l</a>", "Name"),
        ("<form action='/a'><button>B</button></form>", ""),
        ("<button aria-label='L'>B</button>", "L"),
        ("<nav>n</nav>x<blockquote>q</blockquote>", "x"),
        ("<p hidden>no</p><span aria-hidden='true'>no</span>\u00a0y", "\u00a0y"),
    ],
)
def test_names_from_content(inside: str, name: str) -> None:
    made = page(f"<table><caption>c</caption><tr><td>{inside}</td></tr></table>")
    assert [made.names[bid] for bid, role in made.roles.items() if role == "cell"] == [name]


# Controls.


@pytest.mark.parametrize(
    ("markup", "typed", "left"),
    [
        ("<input>", "a\r\nb\nc\rd\n\r\n", "a b c d"),
        ("<textarea></textarea>", "a\r\nb\rc", "a\nb\nc"),
        ('<input maxlength="3">', "abcdef", "abc"),
        ('<input maxlength="3">', "a😀b", "a😀"),
        ('<input maxlength="2">', "a😀b", "a"),
        ('<input type="number">', " 7 ", "7"),
        ('<input type="number">', "1e2", "1e2"),
        ('<input type="number">', "-.5", "-.5"),
        ('<input type="number">', "abc", None),
        ('<input type="number">', "", ""),
        ('<input type="date">', "2024-02-29", "2024-02-29"),
        ('<input type="date">', "2023-02-29", None),
        ('<input type="date">', "29.2.2024", None),
        ('<input type="date">', "20240229", None),
        ('<input type="email">', " a@b.c ", "a@b.c"),
    ],
)
def test_what_is_left_of_a_text(markup: str, typed: str, left: str | None) -> None:
    assert control(markup).typed(typed) == left


def test_the_values_that_the_markup_gives() -> None:
    assert control("<textarea>\n\n a\n</textarea>").value == "\n a\n"
    assert control('<input type="number" value="x">').value == ""
    assert control('<input type="date" value="2026-02-30">').value == ""
    assert control('<input type="nonsense" value="x">').kind == "text"
    assert control("<select><option disabled>a<option>b<option>c</select>").given() == (1,)
    assert control("<select><option selected>a<option>b<option selected>c</select>").given() == (2,)
    assert control("<select multiple><option selected>a<option>b<option selected>c</select>").given() == (0, 2)
    assert control("<select multiple><option>a</select>").given() == ()
    assert control("<select></select>").given() == ()


def test_what_is_disabled() -> None:
    made = page(
        "<fieldset disabled><legend><input id=a></legend><input id=b><div><fieldset>"
        "<input id=c></fieldset></div></fieldset>"
        "<input id=d disabled><select id=e><optgroup disabled label=g><option>x</optgroup><option>y</select>"
    )
    off = {made.elements[bid].get("id"): one.disabled for bid, one in made.controls.items()}
    assert off == {"a": False, "b": True, "c": True, "d": True, "e": False}
    assert [one.disabled for one in list(made.controls.values())[-1].options] == [True, False]


# What a form sends.

FORM = """<form action="/to"><input name="text" value="a b"><input value="no name"><input name="off" disabled value="x">
<input type="hidden" name="hid" value="h"><input type="checkbox" name="box" checked>
<input type="checkbox" name="box" value="two">
<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
<textarea name="area">
x
y</textarea><select name="one"><option value="v">a</option></select>
<select name="many" multiple><option selected>m1</option><option selected disabled>m2</option>
<option selected>m3</option></select>
<select name="none"></select><input type="reset" name="re" value="r">
<button name="b1" value="1">B</button><input type="submit" name="b2" value="2"></form>"""


def test_the_entry_list() -> None:
    made = page(FORM)
    form = next(iter(made.forms.values()))
    sent = [
        ("text", "a b"),
        ("hid", "h"),
        ("box", "on"),
        ("r", "2"),
        ("area", "x\ny"),
        ("one", "v"),
        ("many", "m1"),
        ("many", "m3"),
    ]
    assert form.entries({}, None) == sent
    first, second = (one for one in form.controls if one.kind == "submit")
    assert form.entries({}, first) == [*sent, ("b1", "1")]
    assert form.entries({}, second) == [*sent, ("b2", "2")]
    radios = [one for one in form.controls if one.kind == "radio"]
    assert ("r", "1") in form.entries({radios[0].bid: True, radios[1].bid: False}, None)


def test_pairs_are_sent_as_the_standard_says() -> None:
    assert (
        encoded([("a b", "ä&=+~*-._"), ("area", "x\ny\r\nz\r")])
        == "a+b=%C3%A4%26%3D%2B%7E*-._&area=x%0D%0Ay%0D%0Az%0D%0A"
    )
    assert with_query("http://a.test/p?old=1#f", "new=2") == "http://a.test/p?new=2"


@pytest.mark.parametrize(
    ("markup", "kind", "submits", "by"),
    [
        ("<input><button name=one></button><button name=two></button>", "text", True, "one"),
        ("<input><button disabled></button><button name=two></button>", "text", False, None),
        ("<input><input>", "text", False, None),
        ("<input><textarea></textarea><input type=checkbox>", "text", True, None),
        ("<input><input type=checkbox>", "checkbox", False, None),
        ("<textarea></textarea><button></button>", "textarea", False, None),
        ("<input type=date><button type=button></button><input type=reset>", "date", True, None),
    ],
)
def test_implicit_submission(markup: str, kind: str, submits: bool, by: str | None) -> None:
    form = next(iter(page(f"<form action=/a>{markup}</form>").forms.values()))
    found = form.implied(next(one for one in form.controls if one.kind == kind))
    assert (found[0], found[1] and found[1].name) == (submits, by)


def test_a_control_belongs_to_the_form_that_it_names() -> None:
    made = page(
        "<form id=f action=/a></form><form action=/b><input name=x form=f><input name=y></form><input name=z form=none>"
    )
    assert [[one.name for one in form.controls] for form in made.forms.values()] == [["x"], ["y"]]


# Addresses.


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("", "http://a.test/d/p?q=1"),
        ("x y", "http://a.test/d/x%20y"),
        ("?r=ä b'", "http://a.test/d/p?r=%C3%A4%20b%27"),
        ("#f g", "http://a.test/d/p?q=1#f%20g"),
        ("../../up/./x/..", "http://a.test/up/"),
        ("\\back", "http://a.test/back"),
        (" /t\nrim ", "http://a.test/trim"),
        ("//B.test:80", "http://b.test/"),
        ("HTTP://b.test:081/x", "http://b.test:81/x"),
        ("http:same", "http://a.test/d/same"),
        ("mailto:x", "mailto:x"),
        ("http://a b/", None),
        ("http://a.test:99999/", None),
    ],
)
def test_addresses(reference: str, address: str | None) -> None:
    assert resolved("http://a.test/d/p?q=1#old", reference) == address


# The subset.


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<video></video>", "no element of the subset"),
        ("<table><tbody><tr><th>x</th></tr></tbody></table>", "is written"),
        ("<table><tr><td>x</td></tr></table>", "neither a caption nor a header cell"),
        ("<p id=a></p><p id=a></p>", "twice"),
        ("<a href=/x target=_blank>x</a>", "target="),
        ("<p onclick='x()'>x</p>", "onclick="),
        ("<a href=/x></a>", "without an address or a name"),
        ("<a>x</a>", "without an address or a name"),
        ("<form><button>x</button></form>", "no action="),
        ("<form action=/a><label for=i>I</label><input id=i required></form>", "novalidate"),
        ("<label>I<input id=i></label>", "stands around"),
        ("<label>I</label>", "no for="),
        ("<input>", "has no name"),
        ("<input type=color aria-label=c>", "the type 'color'"),
        ("<input id=c type=checkbox><label for=c>a <strong>b</strong></label>", "plain text"),
        ("<table><tr><th>x</th><td><input aria-label=i></td></tr></table>", "part of the name"),
        ("<div role=button>x</div>", "the role 'button'"),
        ("<img src=x>", "no alt"),
        ("<li>x</li>", "stands in none of"),
        ("<p tabindex=0>x</p>", "tabindex="),
    ],
)
def test_the_lint_finds(body: str, said: str) -> None:
    found = lint(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>")
    assert any(said in one for one in found), found


# The grammar.

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
actions = st.one_of(
    st.tuples(st.just("click"), st.integers(0, 999_999_999)),
    st.tuples(st.just("fill"), st.integers(0, 9999), texts),
    st.tuples(st.just("select_option"), st.integers(0, 9999), st.lists(texts, min_size=1, max_size=4).map(tuple)),
    st.tuples(st.just("press"), st.integers(0, 9999), texts),
    st.tuples(st.just("goto"), texts),
    st.tuples(st.just("scroll"), st.integers(-9999, 9999), st.integers(-9999, 9999)),
    st.tuples(st.just("tab_focus"), st.integers(-5, 50)),
    st.tuples(st.just("send_msg_to_user"), texts),
    st.sampled_from([("go_back",), ("go_forward",), ("new_tab",), ("tab_close",)]),
)


@given(actions)
@settings(max_examples=400)
def test_an_action_is_read_as_it_was_written(action: tuple) -> None:
    assert GRAMMAR.parse(GRAMMAR.format(action)) == action


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("click('12')", ("click", 12)),
        ('click(bid="12", button="left")', ("click", 12)),
        ("click(12)", ("click", 12)),
        ("fill('3', 'it\\'s\\n\"so\"')", ("fill", 3, 'it\'s\n"so"')),
        ("fill(value='v', bid='3')", ("fill", 3, "v")),
        ("select_option('3', ['a', 'b'])", ("select_option", 3, ("a", "b"))),
        ("scroll(0, -200.5)", ("scroll", 0, -200)),
        ("noop()", ("noop", 1000)),
    ],
)
def test_calls_are_read(text: str, action: tuple) -> None:
    assert GRAMMAR.parse(text) == action


def test_no_text_breaks_the_grammar() -> None:
    chance = random.Random(1)
    pieces = [
        "click",
        "fill",
        "(",
        ")",
        "'",
        '"',
        "\\",
        ",",
        "12",
        "[",
        "]",
        "=",
        "bid",
        " ",
        "\n",
        "\x00",
        "é",
        "None",
        "__import__('os')",
        "-",
        "1e9",
        "\ud800",
        "select_option",
    ]
    read = 0
    for _ in range(10_000):
        text = "".join(chance.choices(pieces, k=chance.randrange(12)))
        if chance.random() < 0.5:
            text = f"{chance.choice(['click', 'fill', 'press', 'goto', 'scroll'])}({text})"
        try:
            GRAMMAR.parse(text)
            read += 1
        except BadAction:
            pass
    assert read > 3
