"""Home, categories, offers and search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.search import CARD, PAGE, RATINGS, SORTS, Wanted, wanted
from scoutgym.envs.web.sites.store.site import SITE, Shopper


@SITE.page("/")
def home(visit: Shopper) -> Response:
    """Featured goods, categories, and the code of the day."""
    cards = visit.rows(f"SELECT {CARD} FROM product WHERE featured ORDER BY id")
    offers = visit.rows(f"SELECT {CARD} FROM product WHERE was AND stock ORDER BY 1.0 * price / was LIMIT 4")
    code = visit.maybe("SELECT * FROM voucher WHERE announced AND until >= ?", visit.now)
    return visit.show("home.html", title="Home", cards=cards, offers=offers, code=code)


@SITE.page("/category/<slug>")
def category(visit: Shopper, slug: str) -> Response:
    """The goods of a category."""
    found = visit.one("SELECT * FROM category WHERE slug = ?", slug)
    asked, errors = wanted(visit.query | {"category": slug, "q": ""})
    return _listed(visit, "category.html", asked, errors, found["name"], category=found)


@SITE.page("/offers")
def offers(visit: Shopper) -> Response:
    """All that costs less than before."""
    cards = visit.rows(f"SELECT {CARD} FROM product WHERE was ORDER BY 1.0 * price / was, name")
    return visit.show("offers.html", title="Offers", cards=cards)


@SITE.page("/search")
def search(visit: Shopper) -> Response:
    """What fits the words and filters of a form."""
    asked, errors = wanted(visit.query)
    departments = [(one["slug"], one["name"]) for one in visit.categories]
    title = f"Search: {asked.q}" if asked.q else "All products"
    return _listed(visit, "search.html", asked, errors, title, departments=departments)


def _listed(visit: Shopper, template: str, asked: Wanted, errors: dict[str, str], title: str, **more: Any) -> Response:
    """A page of results, with links to the others."""
    text = visit.query.get("page", "1")
    page = max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    cards = _page(visit, asked, page)
    if not cards and page > 1:
        page, cards = 1, _page(visit, asked, 1)
    count = cards[0]["count"] if cards else 0
    last = max(1, -(-count // PAGE))
    kept = {name: value for name, value in visit.query.items() if value and name != "page"}

    def to(number: int) -> str:
        return f"{visit.request.path}?{urlencode(kept | {'page': number})}"

    return visit.show(
        template,
        title=title,
        cards=cards,
        count=count,
        page=page,
        last=last,
        to=to,
        sorts=[(name, shown) for name, (shown, _) in SORTS.items()],
        ratings=RATINGS,
        values=visit.query | {"sort": asked.sort},
        errors=errors,
        **more,
    )


def _page(visit: Shopper, asked: Wanted, page: int) -> list[Row]:
    """A page of results, each with the count of all: the words are looked for once."""
    where, values = asked.where()
    return visit.rows(
        f"WITH hit AS MATERIALIZED (SELECT id AS found FROM product WHERE {where}) "
        f"SELECT {CARD}, (SELECT count(*) FROM hit) AS count "
        f"FROM hit JOIN product ON product.id = found ORDER BY {asked.order()} LIMIT ? OFFSET ?",
        *values,
        PAGE,
        (page - 1) * PAGE,
    )
