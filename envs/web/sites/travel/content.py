"""The desk's contents: its terms, hotels, and a user with trips, all drawn from a `Chance`."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.travel import network, words
from scoutgym.envs.web.sites.travel.booked import Booking, code_of
from scoutgym.envs.web.sites.travel.documents import some_number
from scoutgym.envs.web.sites.travel.fares import Fare, night_price
from scoutgym.envs.web.sites.travel.timetable import Journey, Timetable, leads_back

OFFERS = 12


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database; equal chances give equal contents."""
    database.execute("BEGIN")
    today = date(2025, 1, 10) + timedelta(chance.below(900))
    database.execute("INSERT INTO clock VALUES (1, ?)", (today.isoformat(),))
    _desk(database, chance.stream("desk"), today)
    network.fill(database, chance.stream("network"))
    _offers(database, today)
    _hotels(database, chance.stream("hotels"))
    _user(database, chance.stream("user"), today)
    _trips(database, chance.stream("trips"), today)
    _stays(database, chance.stream("stays"), today)
    _wishes(database, chance.stream("wishes"), today)
    database.execute("COMMIT")


def _offers(database: Database, today: date) -> None:
    """The cheapest direct journeys of the next two weeks, one for each destination, by a sample of the days."""
    timetable = Timetable(database)
    found: list[Journey] = []
    for ahead in (5, 8, 11, 14):
        day = today + timedelta(ahead)
        found += [Journey(day, (line,), timetable.carriers[line["carrier"]], today) for line in timetable.lines(day)]
    best: dict[int, Journey] = {}
    for one in sorted(found, key=lambda one: (one.price - one.minutes * 40, one.key)):
        best.setdefault(one.target, one)
    for one in list(best.values())[:OFFERS]:
        _insert(database, "offer", one.key)


def _insert(database: Database, table: str, *values: object) -> int:
    """A new row, its id counted on."""
    marks = ", ".join("?" * len(values))
    return int(database.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values).lastrowid or 0)


def _desk(database: Database, chance: Chance, today: date) -> None:
    first, second = (chance.choice(part) for part in words.DESKS)
    opens = 7 + chance.below(3)
    _insert(
        database,
        "desk",
        f"{first} {second}",
        chance.choice(words.SLOGANS).format(year=today.year - 5 - chance.below(50)),
        100 * chance.choice((0, 3, 4, 5, 6)) + 90,
        chance.choice((50, 60, 67, 75)),
        chance.choice((0, 10)),
        *(chance.choice((5, 7, 10, 14)), chance.choice((7, 10, 14)), chance.choice((12, 24, 48))),
        f"help@{first}{second}.test".lower(),
        people.phone(chance),
        f"Monday to {chance.choice(('Friday', 'Saturday'))}, {opens} am to {chance.choice((6, 8, 9))} pm",
        f"{people.street(chance)}, {people.postcode(chance)} {chance.choice(people.CITIES)}",
    )
    change, keep = 100 * chance.choice((15, 20, 25, 30, 35, 40)), chance.choice((20, 25, 30, 40, 50))
    flex = chance.choice((5, 10))
    for row in (
        ("light", "Light", "economy", 100, 0, -1, 100),
        ("standard", "Standard", "economy", 120 + chance.below(4) * 5, 1, change, keep),
        ("flex", "Flex", "economy", 155 + chance.below(5) * 5, 1 + chance.below(2), 0, flex),
        ("business", "Business", "business", 210 + chance.below(5) * 10, 2, 0, chance.choice((0, flex))),
    ):
        _insert(database, "fare", *row)
    window, plan = 50 * (6 + chance.below(7)), 100 * (6 + chance.below(6))
    for kind, code, name, price in (
        ("seat", "any", "No preference", 0),
        ("seat", "window", "Window", window),
        ("seat", "aisle", "Aisle", window),
        ("seat", "legroom", "Extra legroom", window * 3),
        ("meal", "none", "No meal", 0),
        ("meal", "classic", "Classic meal", 50 * (16 + chance.below(6))),
        ("meal", "vegetarian", "Vegetarian meal", 50 * (15 + chance.below(6))),
        ("meal", "vegan", "Vegan meal", 50 * (15 + chance.below(6))),
        ("meal", "kids", "Kids' meal", 50 * (11 + chance.below(4))),
        ("insurance", "none", "No insurance", 0),
        ("insurance", "medical", "Medical insurance", plan),
        ("insurance", "full", "Medical and cancellation insurance", plan * 2 + 100 * chance.below(5)),
    ):
        _insert(database, "extra", kind, code, name, price)


def _hotels(database: Database, chance: Chance) -> None:
    """Some in every city."""
    names = set[str]()
    for city in range(1, network.CITIES + 1):
        for district in chance.sample(words.DISTRICTS, 3 + chance.below(3)):
            while True:
                name = " ".join(chance.choice(part) for part in words.HOTELS)
                if name not in names:
                    break
            names.add(name)
            stars = 2 + chance.below(4)
            about = chance.choice(words.ABOUT).format(rooms=14 + chance.below(120), year=1870 + chance.below(110))
            hotel = _insert(
                database,
                "hotel",
                *(city, name, stars, 55 + 6 * stars + chance.below(16), 12 + chance.below(900), district, about),
                "|".join(one for one in words.PERKS if chance.below(5) < 2),
                *(12 + chance.below(5), 10 + chance.below(3), 50 * (2 + chance.below(60)), 50 * chance.below(7)),
            )
            level = 100 * (22 + stars * stars * 6 + chance.below(30))
            for kind, sleeps, percent, size in sorted(chance.sample(words.ROOMS, 3), key=lambda one: one[2]):
                breakfast, free = chance.below(2), chance.choice((-1, 1, 2, 3, 7))
                price = level * percent // 100 + 900 * sleeps * breakfast + (600 if free >= 0 else 0)
                size += chance.below(5)
                _insert(database, "room", hotel, kind, sleeps, size, price // 100 * 100, breakfast, free)


def _user(database: Database, chance: Chance, today: date) -> None:
    """Who is logged in, and the travelers that the account knows."""
    user = people.person(chance)
    password = f"{chance.choice(people.CITIES).lower()}{100 + chance.below(900)}"
    since = today - timedelta(500 + chance.below(1500))
    _insert(database, "person", user.name, user.email, user.phone, password, since.isoformat())
    _insert(database, "session", f"{chance.bits():016x}{chance.bits() & 0xFFFFFFFF:08x}", 1)
    first, last = user.name.split(" ", 1)
    country = chance.choice(words.COUNTRIES)
    _insert(database, "point", 1, since.isoformat(), "Welcome to the club", 200)
    others = chance.sample([one for one in people.FIRST if one != first], 2)
    for number, called in enumerate((first, *others)):
        years = 26 + chance.below(40) if number < 2 else 4 + chance.below(6)
        born = today - timedelta(years * 365 + 20 + chance.below(250))
        document = chance.choice(("passport", "identity")) if number < 2 else "birth"
        _insert(
            database,
            "traveler",
            *(1, called, last, born.isoformat(), country, document, some_number(document, chance)),
            chance.choice(("none", "classic", "vegetarian")),
            chance.choice(("any", "window", "aisle")),
        )


def _journey(database: Database, chance: Chance, day: date, placed: date) -> Journey:
    """A random one on a day."""
    timetable = Timetable(database, placed)
    while True:
        origin, target = chance.sample(range(1, network.CITIES), 2)
        found = timetable.journeys(origin, target, day)
        if found:
            return chance.choice(found)


def _trips(database: Database, chance: Chance, today: date) -> None:
    """Of each kind that asks for other rules: departed, never paid back, with a fee, free to change, cancelled."""
    fares = {
        row["code"]: Fare(**row)
        for row in database.rows("SELECT code, name, cabin, percent, bags, change, keep FROM fare ORDER BY id")
    }
    extras: dict[str, dict[str, dict[str, object]]] = {}
    for row in database.rows("SELECT * FROM extra"):
        extras.setdefault(row["kind"], {})[row["code"]] = row
    desk = database.rows("SELECT * FROM desk")[0]
    ages = {"adult": 100, "child": desk["child"], "infant": desk["infant"]}
    known = database.rows("SELECT * FROM traveler ORDER BY id")
    email, phone = database.execute("SELECT email, phone FROM person WHERE id = 1").fetchone()
    ahead = chance.sample(range(4, 26), 5)
    plans = [
        (-150 - chance.below(90), "standard", "booked"),
        (-12 - chance.below(30), chance.choice(("flex", "standard")), "booked"),
        (ahead[0], "light", "booked"),
        (ahead[1], "standard", "booked"),
        (ahead[2], "flex", "booked"),
        (ahead[3], chance.choice(("standard", "business")), "booked"),
        (ahead[4], "flex", "cancelled"),
    ]
    for place, (days, fare, state) in enumerate(sorted(plans, key=lambda plan: plan[0])):
        day = today + timedelta(days)
        placed = min(day, today) - timedelta(3 + (len(plans) - place) * 4 + chance.below(4))
        journeys = [_journey(database, chance, day, placed)]
        if chance.below(2) and days < 26:
            there, timetable = journeys[0], Timetable(database, placed)
            for later in range(1, 5):
                found = timetable.journeys(there.target, there.origin, day + timedelta(later))
                back = [one for one in found if leads_back(there, one)]
                if back:
                    journeys.append(chance.choice(back))
                    break
        riders = [
            {key: one[key] for key in ("first", "last", "born", "document", "number")}
            | {"kind": "child" if one["document"] == "birth" else "adult"}
            | {"seat": chance.choice(("any", "window", "aisle")), "bags": fares[fare].bags, "meal": "none"}
            for one in (known[:1], known[:2], (known[0], known[2]))[chance.below(3)]
        ]
        insurance = chance.choice(("none", "none", "medical", "full")) if fare != "light" else "none"
        booking = Booking(journeys, fares[fare], riders, ages, extras, insurance, desk["fee"])
        pay = chance.choice((f"card {1000 + chance.below(9000)}", "invoice"))
        code = booking.store(database, 1, placed, email, phone, pay)
        if state == "cancelled":
            database.execute(
                "UPDATE trip SET state = 'cancelled', refund = out_fares + back_fares WHERE code = ?", (code,)
            )


def _stays(database: Database, chance: Chance, today: date) -> None:
    """Hotels: long ago, one that can be cancelled, one that cannot."""
    name, email, phone = database.execute("SELECT name, email, phone FROM person WHERE id = 1").fetchone()
    for days, free in ((-60 - chance.below(60), None), (12 + chance.below(12), 1), (6 + chance.below(20), 0)):
        where = {None: "1", 1: "free >= 0", 0: "free < 0"}[free]
        every = database.rows(f"SELECT room.*, tax FROM room JOIN hotel ON hotel.id = hotel WHERE {where}")
        room = chance.choice(every)
        guests = min(2, room["sleeps"])
        arrives, nights = today + timedelta(days), 1 + chance.below(4)
        leaves = arrives + timedelta(nights)
        total = sum(night_price(room["price"], room["id"], arrives + timedelta(n)) for n in range(nights))
        total += room["tax"] * guests * nights
        placed = min(today, arrives) - timedelta(2 + chance.below(9))
        number = database.execute("SELECT count(*) FROM stay").fetchone()[0] + 1
        _insert(
            database,
            "stay",
            *(code_of("stay", number, placed, arrives.isoformat()), 1, "booked", placed.isoformat(), room["id"]),
            *(arrives.isoformat(), leaves.isoformat(), guests, 1, name, email, phone, ""),
            *("invoice", total),
        )


def _wishes(database: Database, chance: Chance, today: date) -> None:
    """A watch list and a price alert."""
    if chance.below(2):
        day = today + timedelta(5 + chance.below(20))
        _insert(database, "watch", 1, "journey", _journey(database, chance, day, today).key, today.isoformat())
    if chance.below(2):
        hotel = 1 + chance.below(database.execute("SELECT max(id) FROM hotel").fetchone()[0])
        _insert(database, "watch", 1, "hotel", str(hotel), today.isoformat())
    origin, target = chance.sample(range(1, network.CITIES), 2)
    price = 100 * (30 + chance.below(100))
    _insert(database, "alert", 1, origin, target, price, (today + timedelta(20)).isoformat(), "weekly")
