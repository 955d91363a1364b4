"""The state of an episode on web sites: databases, browser, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from scoutgym.envs.core import State
from scoutgym.envs.web.content import contents
from scoutgym.types import SchemaError

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.page import Page
    from scoutgym.envs.web.browser.state import BrowserState
    from scoutgym.envs.web.sites.database import Database


@dataclass
class WebState(State):
    """Databases, browser, and what was said. ``content`` names what the databases began with."""

    content: str
    databases: dict[str, Database]
    browser: BrowserState
    asked: str
    goal: dict[str, Any]
    script: list[list[str]]
    answer: str = ""
    """What the user says when asked."""
    said: list[str] = field(default_factory=list)
    refused: bool = False
    seen: set[str] = field(default_factory=set)
    """Hashes of the pages that were read."""
    shown: str = ""
    """What was read last."""
    filled: set[int] = field(default_factory=set)
    """The fields that have held what is asked."""
    error: str = ""
    live: Any = None
    """A real browser that stands where ``browser`` says; a copy has none."""
    camera: Any = None
    """What takes pictures of it; a copy has none."""

    @property
    def page(self) -> Page:
        """What is shown in front, compiled."""
        from scoutgym.envs.web.browser.page import page_of

        return page_of(self.browser.tab.here.html)

    @property
    def heard(self) -> str:
        """What the user has answered."""
        return self.answer if any("?" in text for text in self.said) else ""

    def copy(self) -> Self:
        """An independent copy; its real browser is opened when it is needed."""
        new = super().copy()
        new.databases = {host: one.copy() for host, one in self.databases.items()}
        new.live = new.camera = None
        return new

    def to_json(self) -> dict[str, Any]:
        """The rows that differ from the first content, the browser, and what was said."""
        from scoutgym.envs.web.sites.database import changes

        browser, pages = _apart(self.browser)
        return {
            "content": self.content,
            "changes": {host: changes(one) for host, one in self.databases.items()},
            "browser": browser,
            "pages": pages,
            "asked": self.asked,
            "goal": self.goal,
            "script": self.script,
            "answer": self.answer,
            "said": self.said,
            "refused": self.refused,
            "seen": sorted(self.seen),
            "shown": self.shown,
            "filled": sorted(self.filled),
            "error": self.error,
        }

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """The state that ``to_json`` wrote.

        Raises:
            SchemaError: a field is missing or wrong, or the content is one that there is not.
        """
        from scoutgym.envs.web.sites.database import changed

        try:
            hosts, split, number = record["content"].split("|")
            images = contents(hosts, split, int(number))
            browser = _together(record["browser"], record["pages"])
            places = [(browser.active, len(browser.tabs)), *((tab.place, len(tab.entries)) for tab in browser.tabs)]
            if not all(0 <= place < number for place, number in places):
                raise ValueError("the browser stands nowhere")
            return cls(
                **cls.more(record),
                content=record["content"],
                databases={
                    host: changed(image, record["changes"][host], f"{host} {split} {number}")
                    for host, image in images.items()
                },
                browser=browser,
                asked=str(record["asked"]),
                goal=dict(record["goal"]),
                script=[[str(word) for word in step] for step in record["script"]],
                answer=str(record["answer"]),
                said=[str(text) for text in record["said"]],
                refused=bool(record["refused"]),
                seen={str(one) for one in record["seen"]},
                shown=str(record["shown"]),
                filled={int(place) for place in record["filled"]},
                error=str(record["error"]),
            )
        except (LookupError, TypeError, ValueError, AttributeError, ModuleNotFoundError) as error:
            raise SchemaError(f"the state of a web world is wrong: {error}") from None

    @classmethod
    def more(cls, record: Any) -> dict[str, Any]:
        """The fields of a subclass, from what its ``to_json`` wrote."""
        return {}

    def gives(self, text: str, item: str) -> bool:
        """Whether a text gives an item of personal data whole."""
        raise ValueError(f"this task has no item {item!r}")


def _apart(browser: BrowserState) -> tuple[dict[str, Any], list[str]]:
    """A browser as JSON values, and its pages, which are long: what is written there is their number."""
    record, pages = browser.to_json(), list[str]()
    for tab in record["tabs"]:
        for entry in tab["entries"]:
            if "html" in entry:
                pages.append(entry["html"])
                entry["html"] = len(pages) - 1
    return record, pages


def _together(record: Any, pages: Any) -> BrowserState:
    """The browser that they are of."""
    from scoutgym.envs.web.browser.state import BrowserState

    def whole(entry: Any) -> Any:
        return {**entry, "html": pages[entry["html"]]} if "html" in entry else entry

    tabs = [{**tab, "entries": [whole(entry) for entry in tab["entries"]]} for tab in record["tabs"]]
    return BrowserState.from_json({**record, "tabs": tabs})
