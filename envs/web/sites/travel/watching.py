"""The watch list: offers and hotels that were saved."""

from __future__ import annotations

from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.journeys import read_offer, reference
from scoutgym.envs.web.sites.travel.site import SITE, Traveler


@SITE.page("/watchlist")
def watchlist(visit: Traveler) -> Response:
    """Offers and hotels that were saved."""
    if not visit.known:
        return visit.to_login()
    saved = visit.rows("SELECT * FROM watch WHERE person = ? ORDER BY id", visit.person)
    journeys = []
    for row in (one for one in saved if one["kind"] == "journey"):
        found = [visit.timetable.read(key) for key in row["ref"].split("~")]
        journeys.append((row, [one for one in found if one is not None]))
    hotels = visit.rows(
        "SELECT hotel.*, city.name AS place, watch.id AS watch FROM watch "
        "JOIN hotel ON hotel.id = CAST(ref AS INTEGER) JOIN city ON city.id = city "
        "WHERE person = ? AND kind = 'hotel' ORDER BY watch.id",
        visit.person,
    )
    return visit.show("watchlist.html", title="Your watch list", journeys=journeys, hotels=hotels)


@SITE.page("/watchlist/offer", post=True)
def offer_watched(visit: Traveler) -> Response:
    """Save an offer."""
    if not visit.known:
        return visit.go("/login")
    found, _ = read_offer(visit, visit.form)
    return watch(visit, "journey", reference(found))


def watch(visit: Traveler, kind: str, ref: str) -> Response:
    """Save something, once."""
    same = visit.maybe("SELECT id FROM watch WHERE person = ? AND kind = ? AND ref = ?", visit.person, kind, ref)
    if same is None:
        visit.do("INSERT INTO watch VALUES (NULL, ?, ?, ?, ?)", visit.person, kind, ref, visit.now)
    return visit.go("/watchlist", note="watched")


@SITE.page("/watchlist/<int:id>/remove", post=True)
def unwatched(visit: Traveler, id: int) -> Response:
    """Forget something that was saved."""
    visit.do("DELETE FROM watch WHERE id = ? AND person = ?", id, visit.person)
    return visit.go("/watchlist", note="unwatched")


@SITE.page("/hotels/<int:id>/watch", post=True)
def hotel_watched(visit: Traveler, id: int) -> Response:
    """Save a hotel."""
    if not visit.known:
        return visit.go("/login", next=f"/hotels/{id}")
    visit.one("SELECT id FROM hotel WHERE id = ?", id)
    return watch(visit, "hotel", str(id))
