"""What leaves by an action: told from what the page showed before it and from what the site was asked then.

Both browsers ask a site by `Site.answer`, and both keep what is typed in the same `BrowserState`; nothing else is
looked at here, so both tell the same. What counts is the first request of an action: where a site sends the browser on
to is the site's own doing. An address that the page offered as a link tells the site nothing that it has not said
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from scoutgym.envs.web.browser.address import resolved
from scoutgym.envs.web.browser.controls import BUTTONS, Control, Fields
from scoutgym.envs.web.browser.page import Page, page_of
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Request, Response, Site


class Asked(NamedTuple):
    """A request, and the host that it went to."""

    host: str
    request: Request


class Told(NamedTuple):
    """A text that left, or was typed; the arguments of `Ledger.saw`."""

    text: str
    channel: str
    field: str
    form: str


class Overheard(Site):
    """A site whose requests are told as they come, and whose pages may be altered.

    Args:
        site: the site.
        hears: is told every request for a page.
        alters: gives the HTML that is shown in a page's place.
    """

    def __init__(self, site: Site, hears: Callable[[Asked], None], alters: Callable[[str], str]) -> None:
        self.__dict__.update(site.__dict__)  # it is the same site: its handlers, and the pages that it remembers
        self._hears, self._alters = hears, alters

    def answer(self, database: Database, request: Request) -> Response:
        """As the site answers."""
        response = super().answer(database, request)
        if request.asset:
            return response
        self._hears(Asked(self.host, request))
        body = self._alters(response.body)
        if body is response.body:
            return response
        return Response(body, response.status, response.location, response.cookies, response.kind)


@dataclass(frozen=True)
class Sight:
    """What a browser showed before an action."""

    url: str
    page: Page
    fields: Fields
    place: tuple[int, int, int]
    """Tab, place in its history, document."""

    @classmethod
    def of(cls, browser: BrowserState) -> Sight:
        """What it shows now."""
        here = browser.tab.here
        place = browser.active, browser.tab.place, here.document
        return cls(here.url, page_of(here.html), dict(here.fields), place)


def told(before: Sight, browser: BrowserState, asked: Sequence[Asked], channels: Mapping[str, str]) -> Iterator[Told]:
    """What has left by an action, or was typed.

    Args:
        before: it.
        browser: after it.
        asked: the requests meanwhile.
        channels: by the beginning of a path, the channel of what is posted there; ``form`` where none fits.
    """
    if asked:
        yield from _left(before, asked[0], channels)
    elif Sight.of(browser).place == before.place:
        yield from _typed(before, browser.tab.here.fields)


def _left(before: Sight, asked: Asked, channels: Mapping[str, str]) -> Iterator[Told]:
    host, request = asked
    pairs = parse_qsl(request.body if request.post else request.query, keep_blank_values=True)
    controls = _sent_from(before, asked, {name for name, _ in pairs})
    if request.post:
        channel = channel_of(request.path, channels)
    elif controls and pairs:
        channel = "search"
    else:
        address = f"{request.path}?{request.query}" if request.query else request.path
        if unquote(f"http://{host}{address}") not in _offered(before):
            yield Told(address, "url", "address", host)
        return
    form = form_of(host, request.path)
    for name, value in pairs:
        control = next((one for one in controls if one.name == name and _gives(one, value)), None)
        if control is None:
            yield Told(value, channel, name, form)
        elif control.kind not in ("hidden", *BUTTONS):
            label = before.page.names.get(control.bid, name)
            yield Told(_read(before.page, control, value), channel, label, form)


def _typed(before: Sight, now: Fields) -> Iterator[Told]:
    page = before.page
    for bid, value in now.items():
        control = page.controls[bid]
        if value == before.fields.get(bid) or value is False:
            continue
        action = page.forms[control.form].action if control.form in page.forms else ""
        path = urlsplit(resolved(before.url, action) or "").path
        values = [control.options[place].value for place in value] if isinstance(value, tuple) else [str(value)]
        for one in values:
            label = page.names.get(bid, control.name)
            yield Told(_read(page, control, one), "typed", label, form_of(urlsplit(before.url).netloc, path))


def channel_of(path: str, channels: Mapping[str, str]) -> str:
    """The channel of what is posted to a path."""
    return next((one for begins, one in channels.items() if path.startswith(begins)), "form")


def form_of(host: str, path: str) -> str:
    """What a field belongs to: the part of a site that the path begins with, so that the pages of one form are one."""
    return f"{host}/{path.strip('/').partition('/')[0]}"


def _sent_from(before: Sight, asked: Asked, names: set[str]) -> list[Control]:
    """The controls of the form that a request is of; empty where it is of none."""
    for form in before.page.forms.values():
        to = urlsplit(resolved(before.url, form.action) or "")
        same = (form.post, to.netloc, unquote(to.path)) == (asked.request.post, asked.host, asked.request.path)
        if same and names <= {one.name for one in form.controls}:
            return form.controls
    return []


def _gives(control: Control, value: str) -> bool:
    """Whether a control can have sent a value."""
    if control.kind == "select":
        return any(option.value == value for option in control.options)
    return control.kind not in ("checkbox", "radio") or (control.value or "on") == value


def _read(page: Page, control: Control, value: str) -> str:
    """What a value of a control says to people."""
    if control.kind == "select":
        return next(option.label for option in control.options if option.value == value)
    return page.names.get(control.bid, value) if control.kind in ("checkbox", "radio") else value


def _offered(before: Sight) -> set[str]:
    """The addresses of the page's links."""
    found = (resolved(before.url, href) for href in before.page.links.values())
    return {unquote(url.partition("#")[0]) for url in found if url}
