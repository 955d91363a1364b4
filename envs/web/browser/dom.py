"""A browser without a screen, in this process: links, forms, cookies, redirects and history by the HTML standard.

It does what Chromium does on the pages that `scoutgym.envs.web.sites.subset` allows; a differential test walks both.
"""

from __future__ import annotations

from urllib.parse import unquote, urldefrag, urlsplit

from scoutgym.envs.web.browser.address import encoded, resolved, with_query
from scoutgym.envs.web.browser.browser import LONGEST, REDIRECTS, TOO_LONG, ActionError, Browser
from scoutgym.envs.web.browser.controls import BUTTONS, TEXTS, Control, Value
from scoutgym.envs.web.browser.kept import given_back, leave
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.state import BLANK, BLANK_HTML, LONGEST_HISTORY, Entry, Tab
from scoutgym.envs.web.sites.site import Request


class DomBrowser(Browser):
    """See the module's docstring."""

    def close(self) -> None:
        """It holds nothing."""

    # Elements.

    def click(self, bid: int, target: int) -> None:
        """On a link, go there; on a control, do what it does; on nothing, take the focus away."""
        page, control = self.page, self.page.controls.get(target)
        if target in page.options:
            listed, place = page.options[target]
            self.here.focus = listed.bid
            self._change(listed, (place,))
        else:
            self.here.focus = target
            if control is not None:
                self._operate(control)
            elif target in page.links:
                self._follow(page.links[target])

    def write(self, control: Control, text: str) -> None:
        """Focus and value."""
        self.here.focus = control.bid
        self._change(control, control.typed(text) or "")

    def choose(self, control: Control, places: tuple[int, ...]) -> None:
        """The focus stays."""
        self._change(control, places)

    def focus(self, bid: int) -> None:
        """That is all."""
        self.here.focus = bid

    def hover(self, bid: int) -> None:
        """Nothing shows on hovering."""

    def type(self, bid: int, key: str) -> None:
        """Enter follows and submits, Space presses and ticks; the rest is text."""
        self.here.focus = bid
        control = self.page.controls.get(bid)
        if control is None:
            if key == "Enter":
                self._follow(self.page.links[bid])
        elif key == "Enter":
            self._enter(control)
        elif control.kind in (*BUTTONS, "checkbox", "radio"):
            if key == "Space":
                self._operate(control)
        elif control.kind in TEXTS and not control.readonly:
            text = control.text(self.here.fields)
            if key == "Backspace":
                self._change(control, text[:-1])
            elif key == "Escape":
                self._change(control, "" if control.kind == "search" else text)
            else:
                self._change(control, control.typed(text + (" " if key == "Space" else key)) or "")

    def _enter(self, control: Control) -> None:
        if control.kind in BUTTONS:
            self._operate(control)
        elif control.kind == "textarea":
            if not control.readonly:
                self._change(control, control.typed(control.text(self.here.fields) + "\n") or "")
        elif control.form in self.page.forms:
            submits, by = self.page.forms[control.form].implied(control)
            if submits:
                self._submit(control.form, by)

    def _operate(self, control: Control) -> None:
        """What a control does when it is activated."""
        fields = self.here.fields
        if control.kind == "checkbox":
            self._change(control, not control.on(fields))
        elif control.kind == "radio":
            for one in self.page.controls.values():
                if one is control or (
                    one.kind == "radio" and one.name and (one.form, one.name) == (control.form, control.name)
                ):
                    self._change(one, one is control)
        elif control.kind == "submit" and control.form in self.page.forms:
            self._submit(control.form, control)
        elif control.kind == "reset" and control.form in self.page.forms:
            for one in self.page.forms[control.form].controls:
                fields.pop(one.bid, None)

    def _change(self, control: Control, value: Value) -> None:
        """What the markup gives is not kept."""
        if value == control.given():
            self.here.fields.pop(control.bid, None)
        else:
            self.here.fields[control.bid] = value

    def _submit(self, bid: int, by: Control | None) -> None:
        form = self.page.forms[bid]
        url = self.reachable(self.here.url, form.action)
        body = encoded(form.entries(self.here.fields, by))
        if form.post:
            self._go(url, body)
        else:
            self._go(with_query(url, body))

    # Going about.

    def visit(self, url: str) -> None:
        """As typed into the address bar: the address that is shown is asked for again."""
        self._go(url, replace=url == self.here.url and "#" not in url)

    def step(self, by: int) -> None:
        """A page is asked for again, unless it is the same document or the answer to a POST."""
        tab = self.state.tab
        old, new = tab.here, tab.entries[tab.place + by]
        if old.document == new.document:
            new.html, new.fields, new.focus = old.html, old.fields.copy(), 0
        else:
            if not new.posted:
                found = self._asked(new.url)
                if found.url != new.url:  # it leads elsewhere now
                    new.url, new.document = found.url, self._new_document()
                new.html = found.html
            new.fields, new.focus = given_back(page_of(new.html), new.url, new.kept), 0
        leave(old)
        tab.place += by

    def add_tab(self) -> None:
        """At the end, and in front."""
        self.state.tabs.append(Tab([Entry(BLANK, BLANK_HTML)]))
        self.state.active = len(self.state.tabs) - 1

    def drop_tab(self) -> None:
        """The next one comes to the front."""
        del self.state.tabs[self.state.active]
        self.state.active = min(self.state.active, len(self.state.tabs) - 1)

    def turn_to(self, index: int) -> None:
        """That is all."""
        self.state.active = index

    def _follow(self, href: str) -> None:
        url = resolved(self.here.url, href)
        if url is not None and url.startswith("http:"):
            self._go(url, replace=url == self.here.url)

    def _go(self, url: str, body: str | None = None, replace: bool = False) -> None:
        """Go to an address, or send a form there; ``replace``: in the place of this page in the history."""
        if body is None and "#" in url and urldefrag(url)[0] == urldefrag(self.here.url)[0]:
            here = self.here
            fields, document = here.fields.copy(), here.document
            self._push(Entry(url, here.html, fields, focus=here.focus, posted=here.posted, document=document), replace)
        else:
            entry = self._asked(url, body)
            entry.document = self._new_document()
            self._push(entry, replace)
        self._anchor()

    def _new_document(self) -> int:
        return 1 + max(one.document for one in self.state.tab.entries)

    def _anchor(self) -> None:
        """The element that the address points at takes the focus; one that cannot have it takes it away."""
        bid = self.page.anchor(urldefrag(self.here.url)[1])
        if bid:
            self.here.focus = bid if self._takes_focus(bid) else 0

    def _push(self, entry: Entry, replace: bool) -> None:
        tab = self.state.tab
        if replace or tab.here.url == BLANK:  # an empty tab leaves nothing to go back to
            tab.entries[tab.place] = entry
            return
        leave(tab.here)
        tab.entries = [*tab.entries[: tab.place + 1], entry][-LONGEST_HISTORY:]
        tab.place = len(tab.entries) - 1

    def _asked(self, url: str, body: str | None = None) -> Entry:
        """The page of an address, after its redirects.

        Raises:
            ActionError: no site has it, or they send in a circle.
        """
        for _ in range(REDIRECTS):
            if len(url) > LONGEST:
                raise ActionError(TOO_LONG)
            parts = urlsplit(url)
            cookies = self.state.cookies.get(parts.netloc, {})
            path = unquote(parts.path, errors="replace")
            asked = Request(path, parts.query, body is not None, body or "", cookies)
            answer = self.sites[parts.netloc].answer(self.databases[parts.netloc], asked)
            for name, value in (answer.cookies or {}).items():
                cookies.pop(name, None) if not value else cookies.update({name: value})
            if answer.cookies:
                self.state.cookies.pop(parts.netloc, None)
                self.state.cookies |= {parts.netloc: cookies} if cookies else {}
            if not answer.location:
                return Entry(url, answer.body, posted=body is not None)
            fragment = parts.fragment
            url, body = self.reachable(url, answer.location), None
            if fragment and "#" not in url:
                url = f"{url}#{fragment}"
        raise ActionError(f"{url[:80]} redirects too often")
