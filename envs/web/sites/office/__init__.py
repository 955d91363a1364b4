"""The office: HR, bank, insurance, clinic, messages, calendar, colleagues, documents, help.

``SITE`` is the site, ``fill`` makes its contents; a handler's file is named for the part of the office that it is.
"""

from scoutgym.envs.web.sites.office import (
    bank,
    calendar,
    clinic,
    directory,
    expenses,
    hr,
    insurance,
    leave,
    login,
    messages,
    registration,
    transfers,
)
from scoutgym.envs.web.sites.office.content import fill
from scoutgym.envs.web.sites.office.site import SITE

HANDLERS = (bank, calendar, clinic, directory, expenses, hr, insurance, leave, login, messages, registration, transfers)
"""Imported, they have registered their pages."""

__all__ = ["HANDLERS", "SITE", "fill"]
