"""A small site of every kind of page and control, for the tests of the browsers."""

from __future__ import annotations

import json

from scoutgym.envs.web.sites.database import Database, watched
from scoutgym.envs.web.sites.site import Response, Site, Visit

SCHEMA = """
CREATE TABLE note (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE received (id INTEGER PRIMARY KEY, pairs TEXT NOT NULL);
"""
PLANT = Site("plant", "scoutgym.envs.web.sites", SCHEMA)
"""The site itself, ``plant.test``; `OTHER` is a second one, for going from site to site."""
OTHER = Site("other", "scoutgym.envs.web.sites", SCHEMA)


def image() -> bytes:
    """The database that a walk begins with."""
    database = PLANT.empty()
    database.execute("INSERT INTO clock VALUES (1, '2026-03-02')")
    for name, size in (("Fern", "small"), ("Ivy", "large"), ("Moss", "small")):
        database.execute("INSERT INTO note (name, size, text) VALUES (?, ?, ?)", (name, size, f"About {name}"))
    return watched(database)


def databases() -> dict[str, object]:
    """A fresh database for each of the two."""
    return {site.host: Database(image()) for site in (PLANT, OTHER)}


def escape(text: object) -> str:
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = str(text).replace(sign, written)
    return str(text)


def shown(title: str, main: str, status: int = 200) -> Response:
    """A page of the subset."""
    return Response(
        f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} – plants</title>
<link rel="stylesheet" href="/style.css"></head>
<body><header><a href="/">Home</a><nav aria-label="Main"><ul>
<li><a href="/controls">Controls</a></li><li><a href="/notes">Notes</a></li><li><a href="/far#low">Far</a></li>
<li><a href="http://other.test/">Other</a></li></ul></nav>
<form action="/search"><label for="q">Search</label><input id="q" name="q" type="search"><button>Go</button>
</form></header>
<main><h1>{title}</h1>
{main}
</main><footer><p>Grown by hand</p></footer></body></html>""",
        status,
    )


@PLANT.page("/")
@OTHER.page("/")
def home(visit: Visit) -> Response:
    return shown(
        "Start",
        """<p>All <em>kinds</em> of <strong>pages</strong>.</p><ul>
<li><a href="texts">Texts</a></li><li><a href="./tables">Tables</a></li><li><a href="/lists">Lists</a></li>
<li><a href="/old">Moved</a></li><li><a href="/round">In a circle</a></li><li><a href="/away">Away</a></li>
<li><a href="/none">Missing</a></li><li><a href="mailto:x@plant.test">Write</a></li><li>
<a href="https://plant.test/">Safe</a></li>
<li><a href="http://nowhere.example/x">Outside</a></li><li><a href="/cookie/taste/sweet">Cookie</a></li>
<li><a href="/cookie/taste/none">No cookie</a></li><li><a href="/cookies">Cookies</a></li><li>
<a href="/enter">Enter</a></li>
<li><a href="/search?q=a b&amp;q=ü">Ugly address</a></li><li><a href="http://plant.test/">This page</a></li>
<li><a href="/old?to=far#low">Moved to a part</a></li><li><a href="/sign">Sign</a></li><li>
<a href="/fields">Fields</a></li></ul>""",
    )


@PLANT.page("/search")
@OTHER.page("/search")
def search(visit: Visit) -> Response:
    found = visit.rows("SELECT * FROM note WHERE name LIKE ? ORDER BY id", f"%{visit.query.get('q', '')}%")
    items = "".join(f'<li><a href="/note/{row["id"]}">{escape(row["name"])}</a></li>' for row in found)
    said = escape(json.dumps(visit.query, ensure_ascii=False, sort_keys=True))
    return shown(
        "Found", f'<p role="status">{len(found)} notes for {said}</p>' + (f"<ul>{items}</ul>" if items else "")
    )


@PLANT.page("/controls")
def controls(visit: Visit) -> Response:
    return shown("Controls", form("post", "/controls") + form("get", "/asked", "b"))


@PLANT.page("/controls", post=True)
@PLANT.page("/enter", post=True)
def received(visit: Visit) -> Response:
    number = visit.do("INSERT INTO received (pairs) VALUES (?)", visit.request.body)
    return visit.go(f"/received/{number}")


@PLANT.page("/received/<int:number>")
def thanks(visit: Visit, number: int) -> Response:
    row = visit.one("SELECT * FROM received WHERE id = ?", number)
    return shown("Thanks", f'<p><code>{escape(row["pairs"])}</code></p><p><a href="/controls">Again</a></p>')


@PLANT.page("/asked")
def asked(visit: Visit) -> Response:
    return shown("Asked", f"<p>{escape(visit.request.query)}</p>")


def form(method: str, action: str, prefix: str = "a") -> str:
    """Every kind of control."""
    p = prefix
    texts = "".join(
        f'<label for="{p}-{kind}">{kind.title()}</label><input id="{p}-{kind}" name="{kind}" type="{kind}" {more}>'
        for kind, more in (
            ("text", 'value="given" maxlength="12"'),
            ("search", ""),
            ("email", "required"),
            ("tel", 'placeholder="a number"'),
            ("url", ""),
            ("password", ""),
            ("number", 'min="1" max="99" value="7"'),
            ("date", 'value="2026-02-03"'),
        )
    )
    return f"""<form action="{action}" method="{method}" novalidate>{texts}
<input type="hidden" name="hid" value="den">
<label for="{p}-area">Area</label><textarea id="{p}-area" name="area" rows="3">
 first
second</textarea>
<label for="{p}-read">Read</label><input id="{p}-read" name="read" value="only" readonly>
<label for="{p}-off">Off</label><input id="{p}-off" name="off" value="off" disabled>
<fieldset><legend>Boxes</legend>
<input id="{p}-one" name="box" type="checkbox" value="one"><label for="{p}-one">One</label>
<input id="{p}-two" name="box" type="checkbox" value="two" checked><label for="{p}-two">Two</label>
<input id="{p}-three" name="box" type="checkbox" disabled><label for="{p}-three">Three</label></fieldset>
<fieldset><legend>Buttons</legend>
<input id="{p}-red" name="color" type="radio" value="red"><label for="{p}-red">Red</label>
<input id="{p}-blue" name="color" type="radio" value="blue" checked><label for="{p}-blue">Blue</label>
<input id="{p}-gray" name="color" type="radio" value="gray" disabled><label for="{p}-gray">Gray</label></fieldset>
<label for="{p}-menu">Menu</label><select id="{p}-menu" name="menu"><option value="">Choose</option>
<option value="t">Tea</option>
<option>Coffee</option><optgroup label="Cold"><option>Milk</option><option disabled>Ice</option></optgroup></select>
<label for="{p}-list">List</label><select id="{p}-list" name="list" size="3"><option>North</option>
<option selected>South</option><option disabled>West</option></select>
<label for="{p}-many">Many</label><select id="{p}-many" name="many" multiple><option value="1">Uno</option>
<option value="2" selected>Due</option><option value="3">Tre</option></select>
<fieldset disabled><legend>Closed</legend><label for="{p}-in">Inside</label>
<input id="{p}-in" name="in" value="x"></fieldset>
<button type="button">Nothing</button> <button name="by" value="first"><strong>Send</strong> it</button>
<input type="submit" name="by" value="Second"> <input type="reset"> <button disabled>Not now</button></form>"""


@PLANT.page("/enter")
def enter(visit: Visit) -> Response:
    return shown(
        "Enter",
        """<form action="/asked"><label for="w">Alone</label><input id="w" name="w">
<input id="c" name="c" type="checkbox"><label for="c">With</label></form>
<form action="/asked"><label for="x">One</label><input id="x" name="x">
<label for="y">Two</label><input id="y" name="y"></form>
<form action="/enter" method="post"><label for="z">Three</label><input id="z" name="z"><button disabled>Off</button>
<button name="b" value="on">On</button></form>
<form action="http://nowhere.example/" method="post"><label for="o">Out</label><input id="o" name="o">
<button>Send out</button></form>
<label for="l">Loose</label><input id="l" name="l" value="no form"> <button>Loose button</button>
<form action="" id="own"><label for="m">Mine</label><input id="m" name="m" value="1"></form>
<button form="own" name="b" value="2">From outside</button>""",
    )


@PLANT.page("/fields")
def fields(visit: Visit) -> Response:
    """What going back restores: the markup depends on the database."""
    rows = visit.rows("SELECT * FROM note ORDER BY id DESC")
    items = ""
    for row in rows:
        number, name, size = row["id"], escape(row["name"]), escape(row["size"])
        items += f"""<div><label for="n{number}">{name}</label><input id="n{number}" name="n" value="{size}">
<input id="k{number}" name="k" type="checkbox" value="{number}"{" checked" if size == "small" else ""}>
<label for="k{number}">Keep {number}</label></div>"""
    size = rows[0]["size"] if rows else ""
    options = "".join(
        f"<option{' selected' if one == size else ''}>{one}</option>" for one in ("small", "middle", "large")
    )
    return shown(
        "Fields",
        f"""<form action="/fields" method="post">{items}<label for="s">Size</label>
<select id="s" name="s">{options}</select>
<label for="t">Text</label><textarea id="t" name="t">{len(rows)}</textarea><button>Save</button></form>""",
    )


@PLANT.page("/fields", post=True)
def saved(visit: Visit) -> Response:
    visit.do(
        "INSERT INTO note (name, size, text) VALUES (?, ?, ?)", f"New {len(visit.form)}", visit.form.get("s", ""), ""
    )
    return visit.go("/fields")


@PLANT.page("/notes")
def notes(visit: Visit) -> Response:
    return shown("Notes", _notes(visit) + _sign({}, {}))


@PLANT.page("/sign")
def sign(visit: Visit) -> Response:
    return shown("Sign", _sign({}, {}))


@PLANT.page("/sign", post=True)
def signed(visit: Visit) -> Response:
    given, wrong = visit.form, {}
    if not given.get("name", "").strip():
        wrong["name"] = "Enter a name."
    if given.get("size") not in ("small", "large"):
        wrong["size"] = "Choose a size."
    if wrong:
        return shown("Sign", _sign(given, wrong))
    visit.do(
        "INSERT INTO note (name, size, text) VALUES (?, ?, ?)", given["name"], given["size"], given.get("text", "")
    )
    return visit.go("/notes", {"signed": "yes"})


def _sign(given: dict[str, str], wrong: dict[str, str]) -> str:
    said = {name: f'<p class="mistake">{text}</p>' for name, text in wrong.items()}
    chosen = given.get("size", "")
    options = "".join(
        f'<option value="{one}"{" selected" if one == chosen else ""}>{one or "Choose"}</option>'
        for one in ("", "small", "large")
    )
    alert = f'<div role="alert"><p>{len(wrong)} mistakes</p></div>' if wrong else ""
    return f"""{alert}<form action="/sign" method="post" novalidate><label for="name">Name</label>
<input id="name" name="name" required value="{escape(given.get("name", ""))}">{said.get("name", "")}
<label for="size">Size</label><select id="size" name="size" required>{options}</select>{said.get("size", "")}
<label for="text">Text</label><textarea id="text" name="text">
{escape(given.get("text", ""))}</textarea><button>Sign</button></form>"""


def _notes(visit: Visit) -> str:
    rows = visit.rows("SELECT * FROM note ORDER BY id")
    lines = ""
    for row in rows:
        number, name = row["id"], escape(row["name"])
        lines += f"""<tr><th scope="row"><a href="/note/{number}">{name}</a></th><td>{escape(row["size"])}</td>
<td><form action="/note/{number}/drop" method="post"><button aria-label="Drop {name}">Drop</button></form></td></tr>"""
    return f"<table><caption>Notes</caption><tr><th>Name</th><th>Size</th><th>Do</th></tr>{lines}</table>"


@PLANT.page("/note/<int:number>")
@OTHER.page("/note/<int:number>")
def note(visit: Visit, number: int) -> Response:
    row = visit.one("SELECT * FROM note WHERE id = ?", number)
    return shown(escape(row["name"]), f'<p>{escape(row["text"])}</p><p><a href="/notes">All notes</a></p>')


@PLANT.page("/note/<int:number>/drop", post=True)
def drop(visit: Visit, number: int) -> Response:
    visit.do("DELETE FROM note WHERE id = ?", number)
    return visit.go("/notes")


@PLANT.page("/old")
def old(visit: Visit) -> Response:
    return visit.go("/older", **visit.query)


@PLANT.page("/older")
def older(visit: Visit) -> Response:
    return visit.go(f"/{visit.query.get('to', 'texts')}")


@PLANT.page("/round")
def around(visit: Visit) -> Response:
    return visit.go("/round")


@PLANT.page("/away")
def away(visit: Visit) -> Response:
    return Response("", 303, "http://nowhere.example/y")


@PLANT.page("/cookie/<name>/<value>")
def cookie(visit: Visit, name: str, value: str) -> Response:
    return visit.go("/cookies", {name: "" if value == "none" else value})


@PLANT.page("/cookies")
@OTHER.page("/cookies")
def cookies(visit: Visit) -> Response:
    said = ", ".join(f"{name} is {value}" for name, value in sorted(visit.cookies.items()))
    return shown("Cookies", f"<p>{escape(said) or 'none'}</p>")


@PLANT.page("/far")
def far(visit: Visit) -> Response:
    fill = "".join(f'<p>Line {n} with <a href="#part{n}" id="part{n}">a link</a></p>' for n in range(60))
    return shown(
        "Far",
        f"""<p><a href="#low">Down</a> <a href="#field">To the field</a>
<a href="#">Top</a> <a href="#gone">Gone</a></p>
{fill}
<h2 id="low">Low</h2><label for="field">Field</label><input id="field" name="field"><p>
<a href="/far">Far again</a></p>""",
    )


@PLANT.page("/texts")
def texts(visit: Visit) -> Response:
    return shown(
        "Texts &amp; more",
        """<p>Some <em>em</em> <strong>strong</strong> <code>code</code> <small>small</small> text.<br>second line</p>
<blockquote>A quote</blockquote><hr><p>It's "quoted" \\ and <time>2026-01-02</time></p><p></p>
<div>div <span>span</span> tail</div>
<article><header><h2>Part <small>one</small></h2></header><p>Text</p><footer>End</footer></article>
<aside>Aside</aside>
<section><h2>No name</h2><p>x</p></section><section aria-label="Named"><p>y</p></section>
<section aria-labelledby="by"><h2 id="by">By heading</h2></section>
<img src="/x.png" alt="A picture"><img src="/y.png" alt=""><p hidden>hidden</p>
<a href="/lists"><h3>Card</h3><p>of text</p></a><a href="/tables"><img src="/z.png" alt="Icon"> with text</a>
<div role="alert">Careful!</div><div role="status">Fine</div><form action="/s" aria-label="Named form">
<input name="s" title="By title" placeholder="Hint"></form>
<p>Email: <a href="/m">x@y</a>, or <a href="/n" aria-label="Name">not</a>.</p>
<strong>7&nbsp;8 &lt; 9</strong> שלום <span>naïve 😀</span>""",
    )


@PLANT.page("/tables")
def tables(visit: Visit) -> Response:
    return shown(
        "Tables",
        """<table><caption>Cap</caption><tr><th>H1</th><th scope="col">H2</th></tr><tr><th scope="row">r</th>
<td>1</td></tr>
<tr><td><a href="#x">l</a></td><td></td></tr></table>
<table><tr><th>a</th><td>b</td></tr><tr><td>c <strong>d</strong></td><td><a href="/lists">z</a> y</td></tr></table>
<table aria-label="Named"><tr><th>1</th><td>2</td></tr></table>""",
    )


@PLANT.page("/lists")
def lists(visit: Visit) -> Response:
    return shown(
        "Lists",
        """<ul><li>x<ul><li>y</li></ul></li><li><p>para</p></li></ul><ol><li>one</li><li>
<a href="/texts">two</a></li></ol>
<dl><dt>Term</dt><dd>Definition</dd><dt>Other <strong>term</strong></dt><dd><a href="/">Link</a></dd></dl>""",
    )
