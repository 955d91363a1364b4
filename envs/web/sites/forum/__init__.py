"""The forum: communities, posts, comments, votes, people, private messages, reports, help.

``SITE`` is the site, ``fill`` makes its contents; a handler's file is named for the part of the forum that it is.
"""

from scoutgym.envs.web.sites.forum import comments, communities, feeds, messages, posts, profiles, settings
from scoutgym.envs.web.sites.forum.content import fill
from scoutgym.envs.web.sites.forum.site import SITE

HANDLERS = (comments, communities, feeds, messages, posts, profiles, settings)
"""Imported, they have registered their pages."""

__all__ = ["HANDLERS", "SITE", "fill"]
