"""Solvers of forms: what belongs in each field, and then the button that submits.

The fields of a form, each with its value and an instruction that tells that part of the task, are what QWeb's curricula
are made of (Gur et al. 2019, arXiv 1812.09195, section 4: goals are broken into instructions for single fields).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.solvers.common import SOLVERS, asked, click, first, near, nth
from scoutgym.envs.web.wob.view import Element

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """A field of a form: a text, a choice of a list (a tuple of labels), or whether a box is ticked."""

    name: str
    element: Element
    value: Value

    @property
    def done(self) -> bool:
        """Whether it has its value."""
        if isinstance(self.value, bool):
            return self.element.checked == self.value
        if isinstance(self.value, tuple):
            return {one.all_text() for one in self.element.children if one.selected} == set(self.value)
        return self.element.value == self.value

    @property
    def action(self) -> Action:
        """What gives it its value."""
        if isinstance(self.value, bool):
            return click(self.element)
        return ("select_option" if isinstance(self.value, tuple) else "fill", self.element.bid, self.value)

    @property
    def instruction(self) -> str:
        """That in words."""
        if isinstance(self.value, bool):
            return f'{"Tick" if self.value else "Do not tick"} "{self.name}".'
        if isinstance(self.value, tuple):
            return f'Choose {", ".join(self.value)} from "{self.name}".'
        return f'Enter "{self.value}" into "{self.name}".'


Reader = Callable[[WobBrowser], list[Field]]

FORMS: dict[str, Reader] = {}
"""By the name of the page, the fields of its form; a reader raises ValueError where the form is not shown."""


def form(*pages: str, submit: str | Callable[[WobBrowser], Element] = "#subbtn") -> Callable[[Reader], Reader]:
    """Register the fields of pages, and a solver that fills them in and clicks what ``submit`` selects or finds."""

    def add(reader: Reader) -> Reader:
        def solver(page: WobBrowser) -> Iterator[Action]:
            for _ in range(60):
                popup = [one for one in page.view.all("#popup-cancel") if one.box is not None]
                open_ = [one for one in reader(page) if not one.done]
                if popup:
                    yield click(popup[0])
                elif open_:
                    yield open_[0].action
                else:
                    yield click(page.view.one(submit) if isinstance(submit, str) else submit(page))

        FORMS.update(dict.fromkeys(pages, reader))
        SOLVERS.update({page: [solver] for page in pages})
        return reader

    return add


@form("login-user", "login-user-popup")
def login(page: WobBrowser) -> list[Field]:
    """A user's name and password."""
    user, password = asked(page, r'username "(.*)" and the password "(.*)" into')
    one = page.view.one
    return [Field("username", one("#username"), user), Field("password", one("#password"), password)]


@form("enter-password")
def password(page: WobBrowser) -> list[Field]:
    """A password, twice."""
    (word,) = asked(page, r'password "(.*)" into')
    return [Field(name, page.view.one(f"#{name}"), word) for name in ("password", "verify")]


@form("enter-text", "enter-text-dynamic")
def text(page: WobBrowser) -> list[Field]:
    """A given text."""
    return [Field("text", page.view.one("#tt"), asked(page, r'Enter "(.*)" into')[0])]


@form("enter-text-2")
def cased(page: WobBrowser) -> list[Field]:
    """A given text, in upper or lower case."""
    word, case = asked(page, r'Type "(.*)" in all (\w+) case')
    return [Field("text", page.view.one("#tt"), word.upper() if case == "upper" else word.lower())]


@form("enter-date")
def date(page: WobBrowser) -> list[Field]:
    """A date, as the browser takes it."""
    month, day, year = asked(page, r"(\d+)/(\d+)/(\d+)")
    return [Field("date", page.view.one("#tt"), f"{year}-{month}-{day}")]


@form("enter-time")
def time(page: WobBrowser) -> list[Field]:
    """A time of day, as the browser takes it."""
    hour, minute, half = asked(page, r"(\d+):(\d+)\s*([AP])M")
    return [Field("time", page.view.one("#tt"), f"{int(hour) % 12 + 12 * (half == 'P'):02}:{minute}")]


@form("text-transform")
def captcha(page: WobBrowser) -> list[Field]:
    """Letters that stand askew."""
    return [Field("text", page.view.one("#tt"), "".join(one.text for one in page.view.all("#captcha span")))]


@form("simple-arithmetic", "simple-algebra", "visual-addition")
def number(page: WobBrowser) -> list[Field]:
    """A number that has to be computed."""
    problem = page.view.one("#math-problem").all_text().replace(" ", "")
    if found := re.fullmatch(r"(\d+)([-+x])(\d+)=", problem):
        a, b = int(found[1]), int(found[3])
        answer = {"+": a + b, "-": a - b, "x": a * b}[found[2]]
    elif found := re.fullmatch(r"x([-+])(\d+)=(-?\d+)", problem):
        answer = int(found[3]) + (1 if found[1] == "-" else -1) * int(found[2])
    elif found := re.fullmatch(r"(\d+)([-+])x=(-?\d+)", problem):
        answer = (int(found[3]) - int(found[1])) * (1 if found[2] == "+" else -1)
    else:
        answer = len(page.view.all(".addition-block"))
    return [Field("answer", page.view.one("#math-answer"), str(answer))]


@form("copy-paste", "copy-paste-2")
def copied(page: WobBrowser) -> list[Field]:
    """What stands in one of the text areas."""
    wanted = re.search(r"\d\w\w", page.asked)
    source = page.view.all("textarea")[nth(wanted[0]) if wanted else 0]
    return [Field("answer", page.view.one("#answer-input"), source.value)]


@form("find-word")
def found_word(page: WobBrowser) -> list[Field]:
    """A word of a paragraph."""
    word = page.view.one("#area p").all_text().split()[nth(asked(page, r"(\d+)\w\w word")[0])]
    return [Field("answer", page.view.one("#answer-input"), re.sub(r"\W", "", word))]


@form("scroll-text")
def last_word(page: WobBrowser) -> list[Field]:
    """The last word of a long text."""
    word = page.view.one("#text-area").value.split()[-1]
    return [Field("answer", page.view.one("#answer-input"), re.sub(r"\W", "", word))]


@form("read-table")
def cell(page: WobBrowser) -> list[Field]:
    """What a table says of one thing."""
    (key,) = asked(page, r"value of (.*) into")
    return [Field(key, page.view.one("#tt"), _table(page)[key])]


@form("read-table-2")
def cells(page: WobBrowser) -> list[Field]:
    """What a table says of two things."""
    names = {n: page.view.one(f"#ll{n}").all_text().rstrip(":") for n in (1, 2)}
    return [Field(name, page.view.one(f"#tt{n}"), _table(page)[name]) for n, name in names.items()]


def _table(page: WobBrowser) -> dict[str, str]:
    cells = [one.all_text() for one in page.view.all("#tab td")]
    return dict(zip(cells[::2], cells[1::2], strict=True))


@form("choose-list", submit="#area button")
def chosen(page: WobBrowser) -> list[Field]:
    """One choice of a list."""
    return [Field("list", page.view.one("#options"), (asked(page, r"Select (.*) from the list")[0],))]


@form("click-scroll-list", submit="#area button")
def several(page: WobBrowser) -> list[Field]:
    """Some choices of a list."""
    (names,) = asked(page, r"Select (.*) from the scroll list")
    options = [one.all_text() for one in page.view.all("#options option")]
    return [Field("list", page.view.one("#options"), tuple(one for one in options if one in names.split(", ")))]


@form("click-option")
def option(page: WobBrowser) -> list[Field]:
    """One of several radio buttons."""
    (name,) = asked(page, r"Select (.*) and click")
    return [Field(name, one.children[0], True) for one in page.view.all("#boxes label", name)]


@form("click-checkboxes", "click-checkboxes-large", "click-checkboxes-transfer")
def boxes(page: WobBrowser) -> list[Field]:
    """Some of several boxes."""
    names = asked(page, r"Select (.*) and click")[0].split(", ")
    return [Field(one.all_text(), one.children[0], one.all_text() in names) for one in page.view.all("#area label")]


@form("click-checkboxes-soft")
def alike(page: WobBrowser) -> list[Field]:
    """Boxes of words that mean the same; which do, the page's own script says."""
    names = asked(page, r"similar to (.*) and click")[0].split(", ")
    script = first(one.text for one in page.view.elements.values() if "var SYNONYMS" in one.text)
    groups = [re.findall(r"'([^']+)'", line) for line in re.findall(r"^  \[(.*)\],$", script, re.MULTILINE)]
    like = {word for group in groups if set(group) & set(names) for word in group}
    return [Field(one.all_text(), one.children[0], one.all_text() in like) for one in page.view.all("#boxes label")]


@form("form-sequence-2")
def sequence(page: WobBrowser) -> list[Field]:
    """A radio button and a number."""
    radio, word, place = asked(page, r'the (\w+) radio button and enter the number "(.*)" into the (\w+) textbox')
    return [
        Field(f"{radio} radio button", page.view.all("#area input")[nth(radio)], True),
        Field(f"{place} textbox", page.view.one(f"#input-{nth(place) + 1}"), word),
    ]


def _go(page: WobBrowser) -> Element:
    return first(
        one for one in page.view.elements.values() if one.clickable and one.text in ("Submit", "Search", "Go!")
    )


@form("multi-orderings", "multi-layouts", submit=_go)
def movie(page: WobBrowser) -> list[Field]:
    """Genre, director and year, in fields of any order and names."""
    genre, name, year = asked(page, r"for (.*) movies directed by (.*) from year (\d+)")
    wanted = {"Genre": genre, "Director": name, "Year": year, "Movie Genre": genre, "Director Name": name}
    wanted["Released Date"] = year
    labels = [one for one in page.view.elements.values() if one.text.rstrip(":") in wanted and one.tag != "option"]
    return [Field(one.text.rstrip(":"), near(one, "input"), wanted[one.text.rstrip(":")]) for one in labels]
