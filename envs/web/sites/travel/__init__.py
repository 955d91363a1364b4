"""The travel desk: flights, trains and hotels; search, booking, trips, travelers, points, help.

``SITE`` is the site, ``fill`` makes its contents; a handler's file is named for the part of the desk that it is.
"""

from scoutgym.envs.web.sites.travel import (
    account,
    booking,
    closing,
    help,
    hotels,
    journeys,
    pictures,
    places,
    stays,
    trips,
    watching,
)
from scoutgym.envs.web.sites.travel.content import fill
from scoutgym.envs.web.sites.travel.site import SITE

HANDLERS = (account, booking, closing, help, hotels, journeys, pictures, places, stays, trips, watching)
"""Imported, they have registered their pages."""

__all__ = ["HANDLERS", "SITE", "fill"]
