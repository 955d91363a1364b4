"""What both browsers are: an action is checked against the page, then done by the one or the other.

The checks stand here alone, so that both refuse the same actions with the same words. An action that cannot be done
leaves everything as it is and says why: an error is observed, never raised. What is raised is no mistake of an agent: a
site that fails, or a Chromium that is gone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.address import encoded, resolved, unicode, with_query
from scoutgym.envs.web.browser.controls import BUTTONS, TEXTS, Control, Form
from scoutgym.envs.web.browser.page import Page, page_of
from scoutgym.envs.web.browser.state import BLANK, BrowserState, Entry
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Site

TABS = 8
"""There are never more."""

KEYS = ("Enter", "Space", "Backspace", "Escape")
ALIASES = {"NumpadEnter": "Enter", " ": "Space"}

LONGEST = 1_000_000
"""Characters of an address."""

TOO_LONG = f"an address of more than {LONGEST} characters cannot be asked for: write less"

REDIRECTS = 20
"""As many in a row are an error, as in Chromium."""


class ActionError(ValueError):
    """The action cannot be done here; the message tells the agent why."""


class Browser(ABC):
    """A browser in a network of sites.

    Args:
        sites: by host; there is nothing else in the world.
        databases: of each host.
        state: where it stands; changed in place.
    """

    def __init__(self, sites: Mapping[str, Site], databases: Mapping[str, Database], state: BrowserState) -> None:
        self.sites, self.databases, self.state = sites, databases, state

    @property
    def here(self) -> Entry:
        """What is shown."""
        return self.state.tab.here

    @property
    def page(self) -> Page:
        """It, compiled."""
        return page_of(self.here.html)

    def act(self, action: Action) -> str:
        """Do an action of the grammar; what was wrong, empty where nothing was."""
        try:
            getattr(self, f"_{action[0]}")(*action[1:])
        except ActionError as error:
            return str(error)
        return ""

    def open(self, url: str) -> None:
        """Go to an address in this tab, as typed into the address bar.

        Raises:
            ActionError: no site has it.
        """
        base = self.here.url if self.here.url != BLANK else f"http://{next(iter(self.sites))}/"
        self.visit(self.reachable(base, url))

    @abstractmethod
    def close(self) -> None:
        """Give back what it holds."""

    # What a browser does with what was found to be possible.

    @abstractmethod
    def click(self, bid: int, target: int) -> None:
        """Click an element, which reaches a link, a control, an option of an open list, or nothing (``target`` 0)."""

    @abstractmethod
    def write(self, control: Control, text: str) -> None:
        """Replace what stands in a text field by what it takes of a text."""

    @abstractmethod
    def choose(self, control: Control, places: tuple[int, ...]) -> None:
        """Choose these options of a select, and no others."""

    @abstractmethod
    def focus(self, bid: int) -> None:
        """Give the focus to a link or a control."""

    @abstractmethod
    def hover(self, bid: int) -> None:
        """Move the mouse there."""

    @abstractmethod
    def type(self, bid: int, key: str) -> None:
        """Press one of ``KEYS``, or a character's key, in a link or a control."""

    @abstractmethod
    def visit(self, url: str) -> None:
        """Go to an address of a site."""

    @abstractmethod
    def step(self, by: int) -> None:
        """Go back or forward in the tab's history."""

    @abstractmethod
    def add_tab(self) -> None:
        """Open an empty tab."""

    @abstractmethod
    def drop_tab(self) -> None:
        """Close the tab in front."""

    @abstractmethod
    def turn_to(self, index: int) -> None:
        """Bring a tab to the front."""

    # The actions.

    def _click(self, bid: int) -> None:
        target = self._target(bid)
        page, control = self.page, self.page.controls.get(target)
        if target in page.options:
            self._listed(target)
        elif target in page.links:
            self._link(target)
        elif control is not None:
            self._operable(control)
            if control.kind == "select":  # a click would open its list, where nothing but a choice can be made
                self.focus(target)
                return
        else:
            target = 0
        self.click(bid, target)

    def _fill(self, bid: int, value: str) -> None:
        control = self._text_field(bid)
        value = unicode(value)
        if control.typed(value) is None:
            what = "a number" if control.kind == "number" else "a date like 2026-01-31"
            raise ActionError(f"element [{bid}] takes {what} alone, and this is none: {value[:40]!r}")
        self.write(control, value)

    def _clear(self, bid: int) -> None:
        self.write(self._text_field(bid), "")

    def _select_option(self, bid: int, options: tuple[str, ...]) -> None:
        control = self.page.controls.get(self._target(bid))
        if control is None or control.kind != "select":
            raise ActionError(f"element [{bid}] is no list to choose from")
        if control.disabled:
            raise ActionError(f"element [{bid}] is disabled")
        if len(options) != 1 and not control.multiple:
            raise ActionError(f"element [{bid}] takes one choice, not {len(options)}")
        places = []
        for wanted in options:
            found = [n for n, one in enumerate(control.options) if wanted in (one.value, one.label)]
            if not found:
                raise ActionError(f"element [{bid}] has no choice {wanted[:40]!r}")
            if control.options[found[0]].disabled:
                raise ActionError(f"the choice {wanted[:40]!r} of element [{bid}] is disabled")
            places.append(found[0])
        self.choose(control, tuple(sorted(set(places))))

    def _check(self, bid: int) -> None:
        self._tick(bid, True)

    def _uncheck(self, bid: int) -> None:
        self._tick(bid, False)

    def _tick(self, bid: int, on: bool) -> None:
        target = self._target(bid)
        control = self.page.controls.get(target)
        if control is None or control.kind not in ("checkbox", "radio"):
            raise ActionError(f"element [{bid}] is no checkbox and no radio button")
        if control.kind == "radio" and not on:
            raise ActionError(f"element [{bid}] is a radio button: choose another one instead")
        if control.on(self.here.fields) != on:
            self._operable(control)
            self.click(bid, target)

    def _focus(self, bid: int) -> None:
        self._element(bid)
        if self._takes_focus(bid):
            self.focus(bid)

    def _hover(self, bid: int) -> None:
        self._element(bid)
        self.hover(bid)

    def _press(self, bid: int, key_comb: str) -> None:
        self._element(bid)
        key = ALIASES.get(key_comb, key_comb)
        if key not in KEYS and not (len(key) == 1 and key.isascii() and key.isprintable()):
            raise ActionError(f"the key {key_comb[:40]!r} is not one of {', '.join(KEYS)}, or a single character")
        control = self.page.controls.get(bid)
        if control is not None and control.disabled:
            raise ActionError(f"element [{bid}] is disabled")
        if not self._takes_focus(bid):
            raise ActionError(f"element [{bid}] takes no keys: it is no link, no button and no field")
        if control is not None and control.kind == "select" and key != "Escape":
            raise ActionError(f"element [{bid}] is a list: use select_option")
        if control is not None and control.kind in ("number", "date") and key not in ("Enter", "Escape"):
            raise ActionError(f"element [{bid}] is written as a whole: use fill")
        if key == "Enter" and bid in self.page.links:
            self._link(bid)
        elif control is not None and control.kind in BUTTONS and key in ("Enter", "Space"):
            self._operable(control)
        elif control is not None and key == "Enter" and control.form in self.page.forms:
            form = self.page.forms[control.form]
            submits, by = form.implied(control)
            if submits:
                self._sendable(form, by)
        self.type(bid, key)

    def _scroll(self, delta_x: int, delta_y: int) -> None:
        return  # all of a page is read at once; there is nothing to scroll to

    def _noop(self, wait_ms: int) -> None:
        return  # pages do nothing by themselves

    def _goto(self, url: str) -> None:
        self.open(url)

    def _go_back(self) -> None:
        self._step(-1)

    def _go_forward(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        if not 0 <= self.state.tab.place + by < len(self.state.tab.entries):
            raise ActionError(f"there is no page to go {'back' if by < 0 else 'forward'} to")
        self.step(by)

    def _new_tab(self) -> None:
        if len(self.state.tabs) >= TABS:
            raise ActionError(f"there are {TABS} tabs, and there can be no more: close one")
        self.add_tab()

    def _tab_close(self) -> None:
        if len(self.state.tabs) == 1:
            raise ActionError("this is the only tab")
        self.drop_tab()

    def _tab_focus(self, index: int) -> None:
        if not 0 <= index < len(self.state.tabs):
            raise ActionError(f"there is no tab {index}: there are {len(self.state.tabs)}, counted from 0")
        self.turn_to(index)

    # The checks.

    def reachable(self, base: str, reference: str) -> str:
        """The address of a site that a reference means on the page ``base``.

        Raises:
            ActionError: no site has it.
        """
        url = resolved(base, reference)
        if url is None or not url.startswith("http://") or url[7:].partition("/")[0] not in self.sites:
            raise ActionError(f"{(url or unicode(reference))[:80]} cannot be reached from here")
        return url

    def _element(self, bid: int) -> None:
        if bid not in self.page.roles:
            raise ActionError(f"there is no element [{bid}] on this page")

    def _target(self, bid: int) -> int:
        """What a click on an element reaches: the link, control or option that it is, labels or lies in; or itself."""
        self._element(bid)
        page, at = self.page, bid
        while at >= 0:
            if at in page.labels:
                return page.labels[at]
            if at in page.controls or at in page.links or at in page.options:
                return at
            at = page.above(at)
        return bid

    def _takes_focus(self, bid: int) -> bool:
        control = self.page.controls.get(bid)
        return not control.disabled if control is not None else bid in self.page.links

    def _text_field(self, bid: int) -> Control:
        control = self.page.controls.get(self._target(bid))
        if control is None or control.kind not in TEXTS:
            raise ActionError(f"element [{bid}] is no text field")
        if control.disabled or control.readonly:
            raise ActionError(f"element [{bid}] is {'disabled' if control.disabled else 'read-only'}")
        return control

    def _operable(self, control: Control) -> None:
        """A disabled control does nothing, and a form must go to a site."""
        if control.disabled:
            raise ActionError(f"element [{control.bid}] is disabled")
        if control.form in self.page.forms and control.kind == "submit":
            self._sendable(self.page.forms[control.form], control)

    def _sendable(self, form: Form, by: Control | None) -> None:
        """A form must go to a site, and not make an address that Chromium would not ask for."""
        url, fields = self.reachable(self.here.url, form.action), self.here.fields
        long = sum(len(one) for one in fields.values() if isinstance(one, str)) > LONGEST // 12
        if long and not form.post and len(with_query(url, encoded(form.entries(fields, by)))) > LONGEST:
            raise ActionError(TOO_LONG)

    def _link(self, bid: int) -> None:
        """A link must go to a site; one of another kind (``mailto:``) goes nowhere."""
        href = self.page.links[bid]
        url = resolved(self.here.url, href)
        if url is None or url.startswith(("http:", "https:")):
            self.reachable(self.here.url, href)

    def _listed(self, bid: int) -> None:
        control, place = self.page.options[bid]
        if self.page.roles.get(control.bid) == "combobox":
            raise ActionError(f"element [{bid}] is in a closed list: use select_option on [{control.bid}]")
        if control.disabled or control.options[place].disabled:
            raise ActionError(f"element [{bid}] is disabled")
