"""Pictures of a page: what a person would see of what an agent reads.

They are taken in a Chromium of their own, which loads the pictures of a page and shows it as it stands: its HTML, what
was typed, the focus. So the browser that acts need not wait for pictures, and looking changes nothing. The whole page
is taken, as all of it is read at once; a mouse that hovers is not seen.

Marks are boxes with the numbers of elements, around all that can be operated ("set-of-mark": Yang et al. 2023, arXiv
2310.11441).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.engine import VIEWPORT, Look
from scoutgym.envs.web.browser.page import Page
from scoutgym.envs.web.browser.state import BrowserState, Entry, Tab
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Site

TALLEST = 8192
"""Pixels of a page that are shown, from its top: twice what Chromium draws in one piece on every machine."""

BOXES = """(tallest => {
    const boxes = Array.from(document.getElementsByTagName('*'), one => {
        const box = one.getBoundingClientRect();
        return one.checkVisibility({visibilityProperty: true}) && box.width && box.height
            ? [box.left + scrollX, box.top + scrollY, box.width, box.height] : null;
    });
    return {boxes, height: Math.min(tallest, Math.max(innerHeight, document.documentElement.scrollHeight))};
})"""
"""Where elements are drawn, and how high the page is."""

STILL = """(async () => {
    if (document.activeElement) document.activeElement.style.caretColor = 'transparent';
    await Promise.all(Array.from(document.images, one => one.decode().catch(() => null)));
})()"""
"""Done when all images are there; the cursor in a field, which blinks, is not drawn."""

MARK = """(marks => {
    const sheet = document.createElement('div');
    sheet.id = 'scoutgym-marks';
    sheet.style.cssText = 'position: absolute; left: 0; top: 0; z-index: 2147483647; font: bold 11px/13px monospace';
    marks.forEach(([bid, [left, top, width, height]], n) => {
        const box = document.createElement('div'), tag = document.createElement('div');
        const color = `hsl(${n * 137 % 360} 90% 30%)`;
        box.style.cssText = `position: absolute; left: ${left}px; top: ${top}px; width: ${width}px;
            height: ${height}px; outline: 2px solid ${color}`;
        tag.style.cssText = `position: absolute; right: -2px; bottom: 100%; padding: 0 2px; color: white;
            background: ${color}`;
        tag.textContent = bid;
        box.append(tag);
        sheet.append(box);
    });
    document.body.append(sheet);
})"""
"""Draw boxes with numbers over a page."""

UNMARK = "document.getElementById('scoutgym-marks').remove()"

Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels of the page."""


@dataclass(frozen=True)
class Picture:
    """A page as it is drawn."""

    png: bytes
    boxes: Mapping[int, Box]
    """Of the elements that are drawn, by ``bid``."""

    def pixels(self) -> NDArray[np.uint8]:
        """Height by width by red, green and blue."""
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(self.png)).convert("RGB"))


class Drawn(ChromiumBrowser):
    """A browser whose page can be photographed."""

    def picture(self, marks: bool) -> Picture:
        """What is shown; with ``marks``, all that can be operated is marked with its number."""
        return self._lent.run(self._taken(marked(self.page) if marks else ()))

    async def _taken(self, marks: Iterable[int]) -> Picture:
        await self._front.evaluated(STILL)
        found = await self._call(BOXES, TALLEST)
        boxes: dict[int, Box] = {bid: tuple(box) for bid, box in enumerate(found["boxes"]) if box is not None}
        await self._call(MARK, [(bid, boxes[bid]) for bid in marks if bid in boxes])
        clip = {"x": 0, "y": 0, "width": VIEWPORT["width"], "height": found["height"], "scale": 1}
        how = {"clip": clip, "captureBeyondViewport": True, "optimizeForSpeed": True}  # of the PNG, in half the time
        answer = await self._front.cdp.send("Page.captureScreenshot", how)
        await self._front.evaluated(UNMARK)
        return Picture(base64.b64decode(answer["data"]), boxes)


class Camera(Drawn):
    """Takes pictures of pages.

    Args:
        sites: by host, as of a browser: they have what a page refers to.
        databases: of each host.

    Raises:
        BrowserFailed: here and in ``take``: Chromium is missing or fails.
    """

    def __init__(self, sites: Mapping[str, Site], databases: Mapping[str, Database]) -> None:
        super().__init__(sites, databases, BrowserState(), Look(pictures=True))

    def take(self, entry: Entry, marks: bool = False) -> Picture:
        """The page of an entry of a tab's history."""
        shown = Entry(entry.url, entry.html, dict(entry.fields), focus=entry.focus, document=1)
        self.load(BrowserState([Tab([shown])]))
        return self.picture(marks)


def marked(page: Page) -> list[int]:
    """The elements that can be operated, in document order: those that marks stand at."""
    return [bid for bid in page.roles if bid in page.links or bid in page.controls]
