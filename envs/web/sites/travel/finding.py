"""Tasks that show a page, or find what fits best and put it on the watch list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.travel.drawing import (
    ALONE,
    USER,
    ends,
    one_way,
    only,
    row,
    searched,
    served,
    some_day,
    wanted,
)
from scoutgym.envs.web.sites.travel.hotels import Nights
from scoutgym.envs.web.sites.travel.search import Party
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.timetable import Journey, Timetable
from scoutgym.envs.web.world import WebTask

PLACES = (
    ("Baggage", "/help/baggage"),
    ("Check-in", "/help/checkin"),
    ("Refunds", "/help/refunds"),
    ("Contact", "/contact"),
    ("Timetable", "/timetable"),
    ("Destinations", "/destinations"),
    ("All offers", "/offers"),
    ("Hotels", "/hotels"),
    ("My trips", "/trips"),
    ("Watch list", "/watchlist"),
)
"""Pages, by the name of a link on the first page."""
MINE = (("Travelers", "/travelers"), ("Points", "/points"), ("Price alerts", "/alerts"), ("Profile", "/account"))
"""Pages of the account, by the name of a link in its menu."""
WORDS = {
    "cheapest": ("Lowest price", lambda one: one.price),
    "fastest": ("Shortest travel time", lambda one: one.minutes),
    "first to depart": ("Earliest departure", lambda one: one.departs),
    "first to arrive": ("Earliest arrival", lambda one: one.arrives),
}
"""What may be best, by the order of the results that shows it first."""


def reach(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Show a page: of the desk, the account, a city, a hotel, a trip."""
    database = databases[SITE.host]
    what = chance.below(6)
    if what == 0:
        name, path = chance.choice(PLACES)
        return WebTask(f"Open the page '{name}' of the travel desk.", {"at": {"path": path}}, [["click", "link", name]])
    if what == 1:
        name, path = chance.choice(MINE)
        steps = [["click", "link", "My trips"], ["click", "link", name]]
        return WebTask(f"Open the page '{name}' of my account.", {"at": {"path": path}}, steps)
    if what == 2:
        trip = chance.choice(database.rows("SELECT code FROM trip WHERE person = ?", USER))["code"]
        steps = [["click", "link", "My trips"], ["click", "link", trip]]
        return WebTask(f"Show me my trip '{trip}'.", {"at": {"path": f"/trips/{trip}"}}, steps)
    city = chance.choice(database.rows("SELECT * FROM city"))
    steps = [["click", "link", "Destinations"], ["click", "link", f"{city['name']} {city['code']}"]]
    if what == 3:
        return WebTask(
            f"Show me the page of the city '{city['name']}'.", {"at": {"path": f"/city/{city['slug']}"}}, steps
        )
    if what == 4:
        help_, path = chance.choice((("Children and documents", "/help/children"), ("The club", "/help/club")))
        return WebTask(
            f"Open the help page '{help_}'.",
            {"at": {"path": path}},
            [["click", "link", "Help"], ["click", "link", help_]],
        )
    hotel = chance.choice(database.rows("SELECT * FROM hotel WHERE city = ?", city["id"]))
    asked = f"Show me the page of the hotel '{hotel['name']}' in '{city['name']}'."
    return WebTask(asked, {"at": {"path": f"/hotels/{hotel['id']}"}}, [*steps, ["click", "link", hotel["name"]]])


def find(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Put the best journey, or the best hotel, on the watch list."""
    database = databases[SITE.host]
    database.execute("DELETE FROM watch WHERE person = ?", (USER,))
    return chance.choice((_journey, _journey, _return, _hotel))(database, chance)


def _party(chance: Chance) -> Party:
    """Some who may travel together."""
    adults = 1 + chance.below(3)
    return Party(adults, chance.choice((0, 0, 1, 2)), chance.choice((0, 0, 1)) if adults < 3 else 0)


def _journey(database: Database, chance: Chance) -> WebTask:
    word, party = chance.choice(list(WORDS)), _party(chance)
    shown, value = WORDS[word]
    direct, mode = chance.below(3) == 0, chance.choice(("", "", "flight", "train"))

    def fitting(found: list[Journey]) -> list[Journey]:
        kept = [one for one in found if mode in ("", one.carrier["mode"]) and one.left >= party.seats]
        return [one for one in kept if not direct or not one.stops]

    def fits(found: list[Journey]) -> bool:
        return len(found) > 2 and bool(fitting(found)) and len({value(one) for one in found}) > 1

    found = fitting(served(Timetable(database), chance, fits))
    best = min(map(value, found))
    lines = [row("watch", person=USER, kind="journey", ref=one.key) for one in found if value(one) == best]
    first = next(one for one in found if value(one) == best)
    what = f"{'direct ' if direct else ''}{mode or 'journey'}"
    which = f"the {word} {what}" if word in ("cheapest", "fastest") else f"the {what} that is the {word}"
    steps = [*searched(first, party), ["choose", "Sort by", shown]]
    steps += [["choose", "Stops", "Direct only"]] if direct else []
    steps += [["choose", "By", {"flight": "Flights", "train": "Trains"}[mode]]] if mode else []
    steps += [["click", "button", "Apply"], ["click", "link", f"Choose {first.numbers}"]]
    goal = {"all": [{"any": lines}, row("watch", person=USER), only("watch")]}
    asked = wanted(which, one_way(first), party)
    return WebTask(asked, goal, [*steps, ["click", "button", "Save to watch list"]])


def _return(database: Database, chance: Chance) -> WebTask:
    """The cheapest there and the cheapest back."""
    timetable = Timetable(database)
    back: list[Journey] = []
    while not back:
        out = served(timetable, chance)
        day = out[0].day + timedelta(2 + chance.below(6))
        back = timetable.journeys(out[0].target, out[0].origin, day) if day <= timetable.last else []
    best = [[one for one in some if one.price == min(other.price for other in some)] for some in (out, back)]
    lines = [
        row("watch", person=USER, kind="journey", ref=f"{one.key}~{two.key}") for one in best[0] for two in best[1]
    ]
    there, again = best[0][0], best[1][0]
    asked = wanted(
        "the cheapest return journey", f"{ends(there)}, there on '{there.day}' and back on '{again.day}'", ALONE
    )
    steps = [
        *(*searched(there, ALONE, again), ["click", "link", f"Choose {there.numbers}"]),
        *(["click", "link", f"Choose {again.numbers}"], ["click", "button", "Save to watch list"]),
    ]
    return WebTask(asked, {"all": [{"any": lines}, row("watch", person=USER), only("watch")]}, steps)


def _hotel(database: Database, chance: Chance) -> WebTask:
    timetable = Timetable(database)
    while True:
        city = chance.choice(list(timetable.cities.values()))
        arrives = some_day(timetable, chance)
        nights = Nights(arrives, arrives + timedelta(1 + chance.below(4)), 1 + chance.below(3), 1)
        stars, breakfast = chance.choice((0, 3, 4)), chance.below(3) == 0
        costs: dict[int, int] = {}
        for room in database.rows(
            "SELECT room.*, stars FROM room JOIN hotel ON hotel.id = hotel WHERE city = ?", city["id"]
        ):
            if nights.fits(room) and room["stars"] >= stars and (room["breakfast"] or not breakfast):
                costs[room["hotel"]] = min(nights.cost(room), costs.get(room["hotel"], 10**9))
        if len(costs) > 1:
            break
    best = [hotel for hotel, cost in costs.items() if cost == min(costs.values())]
    name = database.rows("SELECT name FROM hotel WHERE id = ?", best[0])[0]["name"]
    with_ = f" with at least {stars} stars" if stars else ""
    asked = (
        f"Find the hotel{with_} in '{city['name']}' that is the cheapest from '{nights.arrives}' to '{nights.leaves}' "
        f"for {nights.guests} {'guest' if nights.guests == 1 else 'guests'} in one room"
        f"{', with breakfast included' if breakfast else ''}. Save it to my watch list, and nothing else."
    )
    steps = [
        ["click", "link", "Hotels"],
        ["fill", "City", city["name"]],
        ["fill", "Arrival", str(nights.arrives)],
        ["fill", "Departure", str(nights.leaves)],
        *([["fill", "Guests", str(nights.guests)]] if nights.guests != 2 else []),
        *([["choose", "Stars", f"{stars} stars or more"]] if stars else []),
        *([["check", "Breakfast included"]] if breakfast else []),
        *(["click", "button", "Search hotels"], ["click", "link", name], ["click", "button", "Save to watch list"]),
    ]
    lines = [row("watch", person=USER, kind="hotel", ref=str(one)) for one in best]
    return WebTask(asked, {"all": [{"any": lines}, row("watch", person=USER), only("watch")]}, steps)
