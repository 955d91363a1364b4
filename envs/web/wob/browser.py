"""The mouse and the keyboard on a page of MiniWoB++.

An action is done by trusted events (values of lists, dates and sliders are set, as no key writes them), then half a
second passes, and the page is read. What cannot be done changes nothing, takes no time, and says why. The clipboard is
the episode's own.
"""

from __future__ import annotations

from typing import Any

from playwright.async_api import Error

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.browser import ActionError
from scoutgym.envs.web.wob import inpage
from scoutgym.envs.web.wob.page import STEP, WobPage
from scoutgym.envs.web.wob.view import Element

LONGEST = 10_000
"""Milliseconds that can be waited for at once, and characters that can be typed key by key."""

CLIPBOARD = {"Control+C": "copy", "Control+X": "cut", "Control+V": "paste"}


class WobBrowser(WobPage):
    """A page with a mouse and a keyboard."""

    def act(self, action: Action) -> str:
        """Do an action of the grammar; what was wrong, empty where nothing was."""
        self.played.append(action)
        said, shown = self._lent.run(self._acted(action))
        if shown is not None:
            self._show(shown)
        return said

    def rewind(self, actions: int) -> None:
        """Go back to where only so many actions had been done: begin again, and do them."""
        if actions < len(self.played):
            again = self.played[:actions]
            self.begin(*self._task)
            for action in again:
                self.act(action)

    async def _acted(self, action: Action) -> tuple[str, tuple[Any, Any] | None]:
        said, wait = "", STEP
        try:
            if action[0] == "noop":
                wait = _waited(action[1])
            else:
                await getattr(self, f"_{action[0]}")(*action[1:])
        except ActionError as error:
            said, wait = str(error), 0
        except Error as error:
            if "Unknown key" not in str(error):
                raise
            said, wait = f"there is no such key as {action[-1][:40]!r}", 0
        if not said:
            self._note(await self._front.evaluated(f"scoutgym.pass({wait})"))
        if self.left:
            self.done, self.raw = True, 0.0
            return "the page of the task has been left", None
        return said, await self._read()

    # The actions, by their names in the grammar.

    def _element(self, bid: int) -> Element:
        if bid not in self.view.elements:
            raise ActionError(f"there is no element [{bid}] on this page")
        return self.view.elements[bid]

    async def _aim(self, bid: int) -> tuple[float, float]:
        """Where the mouse reaches an element."""
        element = self._element(bid)
        if element.tag == "option" and element.box is None:
            raise ActionError(f"element [{bid}] is in a closed list: use select_option on the list")
        found = await self._call(element, inpage.AIM)
        if found is None:
            raise ActionError(f"element [{bid}] is covered by another one, or is not shown")
        return found[0], found[1]

    async def _click(self, bid: int, count: int = 1) -> None:
        if self._element(bid).tag == "select" and not self._element(bid).get("size"):
            await self._focus(bid)  # a click would open its list, where nothing but a choice can be made
            return
        await self._mouse_click(*await self._aim(bid), count)

    async def _dblclick(self, bid: int) -> None:
        await self._click(bid, 2)

    async def _hover(self, bid: int) -> None:
        await self._mouse_move(*await self._aim(bid))

    async def _drag_and_drop(self, start: int, end: int) -> None:
        x, y = await self._aim(start)
        await self._mouse_drag_and_drop(x, y, *await self._aim(end))

    async def _fill(self, bid: int, text: str) -> None:
        element = self._element(bid)
        kind = await self._call(element, inpage.FIELD)
        if kind in ("", "off"):
            raise ActionError(f"element [{bid}] is {'read-only or disabled' if kind else 'no text field'}")
        if kind == "set":
            if not await self._call(element, inpage.SET, text):
                raise ActionError(f"element [{bid}] ({element.get('type')}) does not take {text[:40]!r}")
            return
        await self._call(element, inpage.SELECT_ALL)
        if text:
            await self._front.page.keyboard.insert_text(text)
        else:
            await self._front.page.keyboard.press("Backspace")

    async def _clear(self, bid: int) -> None:
        await self._fill(bid, "")

    async def _select_option(self, bid: int, options: tuple[str, ...]) -> None:
        element = self._element(bid)
        if element.tag != "select":
            raise ActionError(f"element [{bid}] is no list to choose from")
        if len(options) != 1 and "multiple" not in element.attributes:
            raise ActionError(f"element [{bid}] takes one choice, not {len(options)}")
        missing = await self._call(element, inpage.CHOOSE, list(options))
        if missing is not None:
            raise ActionError(f"element [{bid}] has no choice {missing[:40]!r}")

    async def _check(self, bid: int, on: bool = True) -> None:
        element = self._element(bid)
        if element.tag != "input" or element.get("type") not in ("checkbox", "radio"):
            raise ActionError(f"element [{bid}] is no checkbox and no radio button")
        if element.checked != on:
            await self._click(bid)

    async def _uncheck(self, bid: int) -> None:
        await self._check(bid, False)

    async def _focus(self, bid: int) -> None:
        await self._call(self._element(bid), inpage.FOCUS)

    async def _press(self, bid: int, key: str) -> None:
        await self._focus(bid)
        await self._keyboard_press(key)

    async def _scroll(self, dx: int, dy: int) -> None:
        await self._scroll_at(*self._sheet.mouse, dx, dy)

    async def _scroll_at(self, x: float, y: float, dx: int, dy: int) -> None:
        await self._front.evaluated(f"{inpage.SCROLL}({x}, {y}, {dx}, {dy})")

    async def _mouse_move(self, x: float, y: float) -> None:
        self._sheet.mouse = (x, y)
        await self._front.page.mouse.move(x, y)
        if self._hovers:
            await self._front.evaluated("scoutgym.settle()")

    async def _mouse_click(self, x: float, y: float, count: int = 1) -> None:
        if self._hovers:
            await self._mouse_move(x, y)
        self._sheet.mouse = (x, y)
        await self._front.page.mouse.click(x, y, click_count=count)

    async def _mouse_dblclick(self, x: float, y: float) -> None:
        await self._mouse_click(x, y, 2)

    async def _mouse_down(self, x: float, y: float) -> None:
        await self._mouse_move(x, y)
        await self._front.page.mouse.down()

    async def _mouse_up(self, x: float, y: float) -> None:
        await self._mouse_move(x, y)
        await self._front.page.mouse.up()

    async def _mouse_drag_and_drop(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Each move is waited for, so that none is merged with the next."""
        await self._mouse_down(x, y)
        await self._mouse_move((x + to_x) / 2, (y + to_y) / 2)
        await self._mouse_move(to_x, to_y)
        await self._mouse_up(to_x, to_y)

    async def _keyboard_press(self, key: str) -> None:
        keyboard = self._front.page.keyboard
        done = CLIPBOARD.get(key.replace("ControlOrMeta", "Control").replace("Meta", "Control").title())
        if done is None:
            await keyboard.press(key)
        elif done == "paste":
            await keyboard.insert_text(self._clipboard)
        else:
            self._clipboard = await self._front.evaluated(inpage.COPIED)
            if done == "cut":
                await keyboard.press("Backspace")

    async def _keyboard_type(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ActionError(f"a text of more than {LONGEST} characters is not typed key by key: use fill")
        await self._front.page.keyboard.type(text)

    async def _keyboard_insert_text(self, text: str) -> None:
        await self._front.page.keyboard.insert_text(text)

    async def _keyboard_down(self, key: str) -> None:
        await self._front.page.keyboard.down(key)
        self._sheet.held.add(key)

    async def _keyboard_up(self, key: str) -> None:
        await self._front.page.keyboard.up(key)
        self._sheet.held.discard(key)


def _waited(wait: int) -> int:
    if not 0 <= wait <= LONGEST:
        raise ActionError(f"from 0 to {LONGEST} milliseconds can be waited for at once, not {wait}")
    return wait
