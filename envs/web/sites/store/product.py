"""A product's page, and the reviews that people write."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.basket import MOST
from scoutgym.envs.web.sites.store.search import CARD
from scoutgym.envs.web.sites.store.site import SITE, Shopper

REVIEWS = 20
"""The newest are shown."""


@SITE.page("/product/<int:id>")
def product(visit: Shopper, id: int) -> Response:
    """All that is known of a product."""
    return shown(visit, id, Posted({"quantity": "1"}))


def shown(visit: Shopper, id: int, posted: Posted) -> Response:
    """The page with its form filled in."""
    found = visit.one(
        "SELECT product.*, category.slug, category.name AS department, warranty "
        "FROM product JOIN category ON category.id = category WHERE product.id = ?",
        id,
    )
    reviews = visit.rows("SELECT * FROM review WHERE product = ? ORDER BY day DESC, id DESC LIMIT ?", id, REVIEWS)
    related = visit.rows(
        f"SELECT {CARD} FROM product WHERE category = ? AND id != ? ORDER BY abs(price - ?), id LIMIT 4",
        found["category"],
        id,
        found["price"],
    )
    return visit.show(
        "product.html",
        title=found["name"],
        product=found,
        reviews=reviews,
        related=related,
        mine=next((one for one in reviews if one["person"] and one["person"] == visit.person), None),
        most=max(1, min(MOST, found["stock"])),
        values=posted.values,
        errors=posted.errors,
    )


# Reviews.


def _own(visit: Shopper, id: int) -> Row | None:
    return visit.maybe("SELECT * FROM review WHERE product = ? AND person = ?", id, visit.person)


@SITE.page("/product/<int:id>/review")
def review(visit: Shopper, id: int) -> Response:
    """The form for a review, or for changing one's own."""
    if not visit.known:
        return visit.to_login()
    found = _own(visit, id)
    return _asked(visit, id, Posted({key: str(found[key]) for key in ("stars", "title", "text")} if found else {}))


def _asked(visit: Shopper, id: int, posted: Posted) -> Response:
    return visit.show(
        "review.html",
        title="Your review",
        product=visit.one("SELECT id, name FROM product WHERE id = ?", id),
        old=_own(visit, id),
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/product/<int:id>/review", post=True)
def review_posted(visit: Shopper, id: int) -> Response:
    """Store a review, in place of an older one of the same person."""
    if not visit.known:
        return visit.to_login()
    visit.one("SELECT id FROM product WHERE id = ?", id)
    posted = Posted(visit.form)
    stars = posted.choice("stars", "a number of stars", ("1", "2", "3", "4", "5"))
    title = posted.text("title", "a title", most=80)
    text = posted.text("text", "what you think of it", most=LONGEST)
    if posted.errors:
        return _asked(visit, id, posted)
    old = _own(visit, id)
    if old is None:
        visit.do(
            "INSERT INTO review (product, person, author, stars, title, text, day) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(id, visit.person, visit.known["name"], int(stars), title, text, visit.now),
        )
        visit.do("UPDATE product SET votes = votes + 1, points = points + ? WHERE id = ?", int(stars), id)
        return visit.go(f"/product/{id}", note="reviewed")
    visit.do(
        "UPDATE review SET stars = ?, title = ?, text = ?, day = ? WHERE id = ?",
        *(int(stars), title, text, visit.now, old["id"]),
    )
    visit.do("UPDATE product SET points = points + ? WHERE id = ?", int(stars) - old["stars"], id)
    return visit.go(f"/product/{id}", note="edited")


@SITE.page("/product/<int:id>/review/delete", post=True)
def review_deleted(visit: Shopper, id: int) -> Response:
    """Take one's own review back."""
    old = _own(visit, id) if visit.known else None
    if old is not None:
        visit.do("DELETE FROM review WHERE id = ?", old["id"])
        visit.do("UPDATE product SET votes = votes - 1, points = points - ? WHERE id = ?", old["stars"], id)
    return visit.go(f"/product/{id}", note="unreviewed")
