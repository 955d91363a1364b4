"""Lists of issues: what is wanted, as SQL, and how the results are sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PAGE = 10
"""Issues on a page."""

SORTS = {
    "new": ("Newest first", "issue.created DESC, issue.id DESC"),
    "old": ("Oldest first", "issue.created, issue.id"),
    "updated": ("Recently updated", "issue.updated DESC, issue.id DESC"),
    "due": ("Due date", "issue.due = '', issue.due, issue.id"),
    "priority": ("Priority", "issue.priority DESC, issue.id DESC"),
    "comments": ("Most comments", "comments DESC, issue.id DESC"),
}
STATES = (("open", "Open"), ("closed", "Closed"), ("all", "All"))

CARD = """
issue.id, issue.number, issue.title, issue.state, issue.due, issue.priority, issue.created, project.slug,
project.name AS project, author.name AS author, worker.name AS assignee, milestone.title AS milestone,
(SELECT count(*) FROM comment WHERE comment.issue = issue.id) AS comments
"""
"""The columns that a line of a list shows."""

FROM = """
issue JOIN project ON project.id = issue.project JOIN person AS author ON author.id = issue.author
LEFT JOIN person AS worker ON worker.id = issue.assignee LEFT JOIN milestone ON milestone.id = issue.milestone
"""

TERMS, LETTERS = 8, 100
"""Words of a search that count, and letters of it."""


@dataclass(frozen=True)
class Asked:
    """What is searched for; an empty field asks for nothing.

    Args:
        q: words that all stand in the title or the description.
        state: open, closed or all.
        label: its name.
        assignee: a user name, or ``none``.
        milestone: its title, or ``none``.
        author: a user name.
        priority: a number of ``PRIORITIES``.
        sort: one of ``SORTS``.
    """

    q: str = ""
    state: str = "open"
    label: str = ""
    assignee: str = ""
    milestone: str = ""
    author: str = ""
    priority: str = ""
    sort: str = "new"

    def where(self) -> tuple[str, list[Any]]:
        """The condition and its values."""
        parts, values = ["1"], list[Any]()
        for word in self.q.lower().split()[:TERMS]:
            parts.append("instr(lower(issue.title || ' ' || issue.text), ?)")
            values.append(word)
        if self.state != "all":
            parts.append("issue.state = ?")
            values.append(self.state)
        if self.label:
            parts.append("issue.id IN (SELECT issue FROM labeled JOIN label ON label.id = label WHERE label.name = ?)")
            values.append(self.label)
        if self.assignee == "none":
            parts.append("issue.assignee = 0")
        elif self.assignee:
            parts.append("worker.username = ?")
            values.append(self.assignee)
        if self.milestone == "none":
            parts.append("issue.milestone = 0")
        elif self.milestone:
            parts.append("milestone.title = ?")
            values.append(self.milestone)
        if self.author:
            parts.append("author.username = ?")
            values.append(self.author)
        if self.priority:
            parts.append("issue.priority = ?")
            values.append(int(self.priority))
        return " AND ".join(parts), values

    def order(self) -> str:
        """The order of the results."""
        return SORTS[self.sort][1]


def asked(query: Mapping[str, str]) -> Asked:
    """What the pairs of an address ask for; what makes no sense asks for nothing."""
    state, sort, priority = (query.get(name, "") for name in ("state", "sort", "priority"))
    texts = {name: query.get(name, "").strip()[:LETTERS] for name in ("q", "label", "assignee", "milestone", "author")}
    return Asked(
        **texts,
        state=state if state in dict(STATES) else "open",
        priority=priority if priority in ("1", "2", "3", "4") else "",
        sort=sort if sort in SORTS else "new",
    )
