"""The store: catalogue, search, cart, checkout, orders, account, reviews, help.

``SITE`` is the site, ``fill`` makes its contents; a handler's file is named for the part of the store that it is.
"""

from scoutgym.envs.web.sites.store import account, catalog, checkout, help, login, orders, pictures, product, shopping
from scoutgym.envs.web.sites.store.content import fill
from scoutgym.envs.web.sites.store.site import SITE

HANDLERS = (account, catalog, checkout, help, login, orders, pictures, product, shopping)
"""Imported, they have registered their pages."""

__all__ = ["HANDLERS", "SITE", "fill"]
