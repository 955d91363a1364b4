"""Help pages: what the tracker can do, who may do what, and where its limits are."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import RIGHTS, ROLES, SITE, Tracker

PAGES = {
    "roles": ("Roles and rights", "Who may do what in a project"),
    "issues": ("Working with issues", "From the first report to the last comment"),
    "projects": ("Owning a project", "Visibility, archiving, deleting"),
    "limits": ("Limits", "How much, how large, how often"),
    "contact": ("Contact", "Where to ask"),
}


@SITE.page("/help")
def help(visit: Tracker) -> Response:
    """All help pages."""
    return visit.show("help.html", title="Help", pages=PAGES)


@SITE.page("/help/<name>")
def page(visit: Tracker, name: str) -> Response:
    """One of them."""
    if name not in PAGES:
        raise NotFound
    rights = [(what, [role >= least for role in ROLES]) for least, what in RIGHTS.values()]
    return visit.show(f"help_{name}.html", title=PAGES[name][0], rights=rights)
