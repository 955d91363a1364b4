"""The tracker: projects, issues, comments, labels, milestones, members, wiki pages, people, help.

``SITE`` is the site, ``fill`` makes its contents; a handler's file is named for the part of the tracker that it is.
"""

from scoutgym.envs.web.sites.tracker import (
    acts,
    comments,
    help,
    home,
    issue,
    issues,
    labels,
    login,
    members,
    milestones,
    projects,
    settings,
    users,
    wikis,
)
from scoutgym.envs.web.sites.tracker.content import fill
from scoutgym.envs.web.sites.tracker.site import SITE

HANDLERS = (
    *(acts, comments, help, home, issue, issues, labels, login, members, milestones, projects, settings, users, wikis),
)
"""Imported, they have registered their pages."""

__all__ = ["HANDLERS", "SITE", "fill"]
