"""Write tests/ax/: Chromium's own accessibility tree of small pages, one for each rule of `sites.subset`.

The trees are read over Chromium's DevTools protocol and written in the normal form of `Page.text`, by::

    python tests/make_ax.py

`test_web_dom` holds our own browser to these files, without Chromium; `test_web_chromium` holds them to Chromium.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from scoutgym.envs.web.browser.browser import Browser
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Response, Site
from scoutgym.envs.web.task import action_of

FOLDER = Path(__file__).parent / "ax"
TREE = "---- tree"
"""How the line begins before a tree; what was done before follows."""

PAGES = {
    "sections": """<header><p>Top</p></header><nav><p>Ways</p></nav><nav aria-label="Main"><p>More ways</p></nav>
<main><h1>Title</h1>
<section><p>No name, no region</p></section><section aria-label="Named"><p>A region</p></section>
<section aria-labelledby="by"><h2 id="by">By its heading</h2></section>
<article><header>Head of an article</header><p>Text</p><footer>Foot of an article</footer></article>
<aside>Beside</aside><aside aria-label="Hints">Named</aside></main><footer>Bottom</footer>""",
    "text": """<h1>One</h1><h2>Two</h2><h3>Three</h3><h4>Four</h4><h5>Five</h5><h6>Six <small>small</small></h6>
<p>Some <em>em</em>, <strong>strong</strong>, <code>code</code>, <small>small</small>, <span>span</span>.<br>After</p>
<p></p><p> </p><p><span></span></p><p><em></em></p><p><br></p><p><span hidden>x</span></p>
<p><a href="/">only a link</a></p><div>In a div <span>and</span> on</div><div></div>
<blockquote>A quote</blockquote><blockquote><p>Another</p></blockquote><hr>
<p>At <time>10:30</time>, on <time datetime="2026-01-02">2 January</time></p>""",
    "signs": """<p>It's "quoted" \\ and &lt;b&gt; &amp;amp;</p><p>7&nbsp;8   many
   lines</p><p>שלום <span>naïve 😀</span> e\u0301</p><h2>It's "a" \\ heading</h2>""",
    "lists": """<ul><li>x<ul><li>y</li><li>z <em>z</em></li></ul></li><li><p>para</p></li><li></li></ul>
<ol><li>one</li><li><a href="/">two</a></li></ol><ul aria-label="Named"><li>a</li></ul>
<dl><dt>Term</dt><dd>Definition</dd><dt>Other <strong>term</strong></dt><dd><a href="/">Link</a></dd><dd></dd></dl>""",
    "tables": """<table><caption>Caption</caption><tr><th>A</th><th scope="col">B</th></tr>
<tr><th scope="row">r</th><td>1</td></tr><tr><td><a href="/">l</a></td><td></td></tr></table>
<table><tr><th>a</th><td>b</td></tr><tr><td>c <strong>d</strong></td><td><a href="/">z</a> y</td></tr></table>
<table aria-label="Named"><tr><th>1</th><td colspan="2">2<br>3</td></tr></table>""",
    "links": """<p><a href="/">Plain</a> <a href="/a"><strong>Bold</strong> and not</a>
<a href="/b" aria-label="Named">x</a>
<a href="/c"><img src="/x.png" alt="Icon"></a> <a href="/d"><img src="/x.png" alt="Icon"> with text</a></p>
<p>Write to <a href="mailto:x@y.test">x@y.test</a>, or not.</p>
<a href="/e"><h3>Card</h3><p>of text</p></a><h2><a href="/f">In a heading</a></h2>
<h2>Partly <a href="/g">a link</a></h2>""",
    "images": """<img src="/x.png" alt="A picture"><img src="/x.png" alt=""><p><img src="/x.png" alt="In"> text</p>
<img src="/x.png" alt="Other" aria-label="Named"><h2><img src="/x.png" alt="Sign"> Heading</h2>""",
    "fields": """<form action="/" novalidate><label for="a">Text</label><input id="a" name="a" value="given">
<label for="b">Search</label><input id="b" type="search"><label for="c">Mail</label><input id="c" type="email" required>
<label for="d">Phone</label><input id="d" type="tel" placeholder="a number">
<label for="e">Address</label><input id="e" type="url"><label for="f">Secret</label><input id="f" type="password">
<label for="g">Count</label><input id="g" type="number" min="1" max="99" value="7">
<label for="h">Any count</label><input id="h" type="number" step="0.5">
<label for="i">Day</label><input id="i" type="date" value="2026-02-03">
<label for="j">No day</label><input id="j" type="date">
<label for="k">Area</label><textarea id="k">
 first
second</textarea><label for="l">Empty area</label><textarea id="l" required></textarea>
<label for="m">Read</label><input id="m" value="only" readonly><label for="n">Off</label><input id="n" disabled>
<input type="hidden" name="o" value="p"></form>""",
    "names": """<form action="/" aria-label="Named form" novalidate><input title="By title" placeholder="Hint">
<input placeholder="By placeholder"><input aria-label="By label"><h2 id="by">By <em>another</em></h2>
<input aria-labelledby="by"><label for="a">By <strong>its</strong> label</label><input id="a">
<label for="b">Far</label></form><form action="/"><input id="b"></form>""",
    "boxes": """<form action="/" novalidate><fieldset><legend>Boxes</legend>
<input id="a" type="checkbox"><label for="a">One</label><input id="b" type="checkbox" checked><label for="b">Two</label>
<input id="c" type="checkbox" disabled><label for="c">Three</label>
<input id="d" type="checkbox" required aria-label="Four"></fieldset><fieldset><legend>Circles</legend>
<input id="e" name="e" type="radio" value="1"><label for="e">Red</label>
<input id="f" name="e" type="radio" value="2" checked><label for="f">Blue</label>
<input id="g" name="e" type="radio" value="3" disabled><label for="g">Gray</label></fieldset>
<fieldset><input id="h" type="checkbox"><label for="h">No legend</label></fieldset>
<fieldset disabled><legend>Closed</legend><label for="i">Inside</label><input id="i" value="x"></fieldset></form>""",
    "selects": """<form action="/" novalidate><label for="a">Menu</label><select id="a" required>
<option value="">Choose</option><option value="t">Tea</option><option selected>Coffee</option>
<optgroup label="Cold"><option>Milk</option><option disabled>Ice</option></optgroup></select>
<label for="b">List</label><select id="b" size="3"><option>North</option><option selected>South</option>
<option disabled>West</option></select><label for="c">Many</label><select id="c" multiple><option value="1">Uno</option>
<option value="2" selected>Due</option></select>
<label for="d">Off</label><select id="d" disabled><option>x</option></select>
<fieldset disabled><select aria-label="Closed" multiple><option selected>x</option></select></fieldset>
<select aria-label="Gone"><optgroup label="Old" disabled><option>1</option></optgroup><option>2</option></select>
<label for="e">None</label><select id="e"></select></form>""",
    "buttons": """<form action="/"><button>Send</button><button><strong>Bold</strong> and not</button>
<button type="button">Nothing</button><button type="reset">Back</button><button disabled>Not now</button>
<button aria-label="Drop fern">Drop</button><button><img src="/x.png" alt="Cart"></button>
<input type="submit"><input type="submit" value="Go"><input type="reset"></form><button>Of no form</button>""",
    "hidden": """<p hidden>No</p><div hidden><p>No</p></div><p>Yes <span hidden>no</span></p>
<p>Shown <span aria-hidden="true">★</span> stars</p><a href="/">Link <span aria-hidden="true">→</span></a>
<h2>Heading <span hidden>no</span></h2>""",
    "roles": """<div role="alert">Careful!</div><div role="status"><p>Fine</p></div><p role="status">Saved</p>
<p role="alert">Wrong</p><form action="/" role="search">
<input type="search" aria-label="Find"><button>Go</button></form>
<form action="/" role="search" aria-label="Whole shop"><button>Go on</button></form><div role="status"></div>""",
    "inside": """<table><tr><th>Name</th><th>Do</th></tr><tr><th scope="row"><a href="/">Fern</a></th>
<td><form action="/" method="post"><button aria-label="Drop Fern">Drop</button></form></td></tr></table>
<ul><li><input id="a" type="checkbox"><label for="a">Keep</label></li>
<li><h3>Head</h3><p>Text <a href="/">more</a></p></li></ul>
<h2>With <code>code</code> and <time>2026</time></h2><dl><dt>Of <a href="/">a link</a></dt><dd>Plain</dd></dl>""",
}
"""By name, what stands in a page's body."""

STEPS: dict[str, list[list[str]]] = {
    "fields": [
        ["fill", "Text", 'it\'s "so" \\ ü'],
        ["fill", "Secret", "word"],
        ["fill", "Count", "12"],
        ["fill", "Any count", "1.5"],
        ["fill", "No day", "2026-05-17"],
        ["fill", "Empty area", "one\ntwo"],
    ],
    "boxes": [["check", "One"], ["click", "radio", "Red"], ["click", "checkbox", "Two"]],
    "selects": [["choose", "Menu", "Milk"], ["choose", "List", "North"], ["choose", "Many", "Uno"]],
    "buttons": [["click", "button", "Nothing"]],
}
"""What is done on a page before its tree is read once more; each step as in the script of a task."""


def html_of(name: str) -> str:
    """A page."""
    head = f'<head><meta charset="utf-8"><title>{name}</title></head>'
    return f'<!doctype html>\n<html lang="en">{head}<body>\n{PAGES[name]}\n</body></html>'


def opened() -> tuple[dict[str, Site], dict[str, Database], BrowserState]:
    """A site that has all pages, as a browser takes it."""
    site = Site("ax", "scoutgym.envs.web.sites", "")
    site.page("/<name>")(lambda visit, name: Response(html_of(name)))
    return {site.host: site}, {site.host: site.empty()}, BrowserState()


def stages(browser: Browser, name: str) -> Iterator[list[str]]:
    """Open a page and do its steps; what was done, whenever its tree is to be read."""
    browser.open(f"http://ax.test/{name}")
    yield []
    for step in STEPS.get(name, []):
        action = action_of(browser.page, step)
        assert action is not None, step
        error = browser.act(action)
        assert not error, error
        yield step


def written(browser: Browser, name: str, tree: Callable[[], str]) -> str:
    """What a file holds but for its first line, which is the version of Chromium; ``tree`` reads what is shown."""
    parts = [html_of(name)]
    for step in stages(browser, name):
        parts += [f"{TREE}{' after ' * bool(step)}{' '.join(map(repr, step))}", tree()]
    return "\n".join(parts) + "\n"


def kept(name: str) -> tuple[str, str]:
    """The version of Chromium that a file was written with, and the rest of the file."""
    version, _, rest = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
    return version, rest


def main() -> None:
    """Write all files anew."""
    from chromium_tree import lines_of

    from scoutgym.envs.web.browser.chromium import ChromiumBrowser
    from scoutgym.envs.web.browser.engine import shut

    browser = ChromiumBrowser(*opened())
    version = browser._lent.run(browser._front.cdp.send("Browser.getVersion"))["product"]
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name in PAGES:
        text = written(browser, name, lambda: "\n".join(lines_of(browser)))
        (FOLDER / f"{name}.txt").write_text(f"{version}\n{text}", encoding="utf-8")
    browser.close()
    shut()
    print(f"{len(PAGES)} files of {version} in {FOLDER.name}/", file=sys.stderr)


if __name__ == "__main__":
    main()
