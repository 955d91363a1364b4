"""The first steps of a booking: from an offer to travelers and options."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.booked import Booking
from scoutgym.envs.web.sites.travel.documents import CHOICES, GROUPS, read_person, unfit
from scoutgym.envs.web.sites.travel.fares import MOST_BAGS
from scoutgym.envs.web.sites.travel.journeys import read_offer
from scoutgym.envs.web.sites.travel.site import SITE, Traveler
from scoutgym.envs.web.sites.travel.timetable import Journey

STEPS = ("travelers", "options", "contact", "payment", "review")


@SITE.page("/book", post=True)
def begun(visit: Traveler) -> Response:
    """Begin: what was begun before is forgotten."""
    if not visit.known:
        return visit.go("/login")
    found, party = read_offer(visit, visit.form)
    fare = visit.fares.get(visit.form.get("fare", ""))
    if fare is None or fare.cabin != party.cabin:
        raise NotFound
    person = visit.person
    visit.do("DELETE FROM rider WHERE draft = ?", person)
    keys = [one.key for one in found]
    visit.do(
        "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, 'none', '', '', '')",
        *(person, keys[0], keys[1] if len(keys) > 1 else "", fare.code),
        *(party.adults, party.children, party.infants),
    )
    for kind in party.kinds:
        visit.do("INSERT INTO rider VALUES (NULL, ?, ?, '', '', '', '', '', '', ?, 'none')", person, kind, fare.bags)
    return visit.go("/book/travelers")


def _draft(visit: Traveler) -> Row | None:
    return visit.maybe("SELECT * FROM draft WHERE id = ?", visit.person) if visit.known else None


def _riders(visit: Traveler) -> list[Row]:
    return visit.rows("SELECT * FROM rider WHERE draft = ? ORDER BY id", visit.person)


def _journeys(visit: Traveler, draft: Row) -> list[Journey]:
    found = [visit.timetable.read(key) for key in (draft["out"], draft["back"]) if key]
    return [one for one in found if one is not None]


def booking_of(visit: Traveler, draft: Row) -> Booking:
    """All that was chosen so far; what was not costs nothing."""
    riders = [one | {"seat": one["seat"] or "any"} for one in _riders(visit)]
    fee = visit.desk["fee"]
    return Booking(
        _journeys(visit, draft), visit.fares[draft["fare"]], riders, visit.ages(), visit.extras, draft["insurance"], fee
    )


def turned_away(visit: Traveler, step: str) -> Response | None:
    """Where to send somebody who cannot be at this step yet."""
    if not visit.known:
        return visit.go("/login", next="/book/travelers")
    draft = _draft(visit)
    if draft is None:
        return visit.go("/")
    riders = _riders(visit)
    done = {
        "travelers": all(one["first"] for one in riders),
        "options": all(one["seat"] for one in riders),
        "contact": bool(draft["email"]),
        "payment": bool(draft["payment"]),
    }
    for one in STEPS[: STEPS.index(step)]:
        if not done[one]:
            return visit.go(f"/book/{one}")
    return None


def step(visit: Traveler, name: str, title: str, posted: Posted, **more: Any) -> Response:
    """The page of a step, with what is booked beside the form."""
    draft = _draft(visit)
    assert draft is not None  # whoever has none was turned away
    booking = booking_of(visit, draft)
    return visit.show(
        f"book_{name}.html",
        title=title,
        step=name,
        draft=draft,
        booking=booking,
        values=posted.values,
        errors=posted.errors,
        **more,
    )


# Travelers.


@SITE.page("/book/travelers")
def travelers(visit: Traveler) -> Response:
    """Who they are."""
    if away := turned_away(visit, "travelers"):
        return away
    values: dict[str, str] = {}
    for number, one in enumerate(_riders(visit), 1):
        values |= {f"{key}-{number}": one[key] for key in ("first", "last", "born", "document", "number")}
    return _travelers(visit, Posted(values))


def _travelers(visit: Traveler, posted: Posted) -> Response:
    saved = visit.rows("SELECT id, first, last, born FROM traveler WHERE person = ? ORDER BY id", visit.person)
    return step(
        visit,
        "travelers",
        "Who is traveling?",
        posted,
        groups=GROUPS,
        documents=CHOICES,
        saved=[("", "Somebody else"), *((str(one["id"]), f"{one['first']} {one['last']}") for one in saved)],
    )


@SITE.page("/book/travelers", post=True)
def travelers_posted(visit: Traveler) -> Response:
    """Saved travelers, or others whose fields are filled in."""
    if away := turned_away(visit, "travelers"):
        return away
    draft, posted = visit.one("SELECT * FROM draft WHERE id = ?", visit.person), Posted(visit.form)
    found: list[tuple[int, dict[str, str]]] = []
    departs = date.fromisoformat(draft["out"][:10])
    for number, rider in enumerate(_riders(visit), 1):
        chosen, end = posted.values.get(f"saved-{number}", ""), f"-{number}"
        if chosen:
            person = _saved(visit, chosen)
            if person is None:
                posted.errors[f"saved{end}"] = "Choose a traveler."
        else:
            before = set(posted.errors)
            person = read_person(posted, visit.today, end)
            person = None if set(posted.errors) - before else person
        if person:
            field, why = unfit(person, rider["kind"], departs)
            if why:
                posted.errors[f"saved{end}" if chosen else field + end] = why
            elif any(person["number"] == one["number"] for _, one in found):
                posted.errors[f"saved{end}" if chosen else f"number{end}"] = "This traveler is in the booking already."
            found.append((rider["id"], person))
    if posted.errors:
        return _travelers(visit, posted)
    for id, person in found:
        visit.do(
            "UPDATE rider SET first = ?, last = ?, born = ?, document = ?, number = ? WHERE id = ?",
            *person.values(),
            id,
        )
    return visit.go("/book/options")


def _saved(visit: Traveler, chosen: str) -> dict[str, str] | None:
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 10):
        return None
    return visit.maybe(
        "SELECT first, last, born, document, number FROM traveler WHERE id = ? AND person = ?",
        int(chosen),
        visit.person,
    )


# Options.


@SITE.page("/book/options")
def options(visit: Traveler) -> Response:
    """Seats, bags, meals and insurance."""
    if away := turned_away(visit, "options"):
        return away
    draft = visit.one("SELECT * FROM draft WHERE id = ?", visit.person)
    values = {"insurance": draft["insurance"]}
    for number, one in enumerate(_riders(visit), 1):
        values |= {f"{key}-{number}": str(one[key]) for key in ("seat", "bags", "meal")}
    return _options(visit, Posted(values))


def _bags(visit: Traveler, draft: Row) -> list[tuple[str, str]]:
    """How many bags one can take, those that are included among them."""
    included = visit.fares[draft["fare"]].bags
    names = {0: "No checked bag", 1: "1 checked bag"}
    shown = [names.get(count, f"{count} checked bags") for count in range(MOST_BAGS + 1)]
    return [(str(n), shown[n] + (" (included)" if 0 < n == included else "")) for n in range(included, MOST_BAGS + 1)]


def _options(visit: Traveler, posted: Posted) -> Response:
    draft = visit.one("SELECT * FROM draft WHERE id = ?", visit.person)
    return step(
        visit,
        "options",
        "Seats, bags and meals",
        posted,
        bags=_bags(visit, draft),
        seats=visit.offered("seat"),
        meals=visit.offered("meal"),
        insurances=visit.offered("insurance"),
    )


@SITE.page("/book/options", post=True)
def options_posted(visit: Traveler) -> Response:
    """Choose them."""
    if away := turned_away(visit, "options"):
        return away
    draft = visit.one("SELECT * FROM draft WHERE id = ?", visit.person)
    posted, found = Posted(visit.form), []
    for number, rider in enumerate(_riders(visit), 1):
        seat = posted.choice(f"seat-{number}", "a seat", visit.extras["seat"])
        bags = posted.choice(f"bags-{number}", "a number of bags", dict(_bags(visit, draft)))
        meal = posted.choice(f"meal-{number}", "a meal", visit.extras["meal"])
        if rider["kind"] == "infant" and seat not in ("any", ""):
            posted.errors[f"seat-{number}"] = "An infant has no seat: choose no preference."
        found.append((seat, bags, meal, rider["id"]))
    insurance = posted.choice("insurance", "an insurance, or none", visit.extras["insurance"])
    if posted.errors:
        return _options(visit, posted)
    for one in found:
        visit.do("UPDATE rider SET seat = ?, bags = CAST(? AS INTEGER), meal = ? WHERE id = ?", *one)
    visit.do("UPDATE draft SET insurance = ? WHERE id = ?", insurance, visit.person)
    return visit.go("/book/contact")
