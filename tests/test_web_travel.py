"""The travel desk: every page, money by hand, the timetable against brute force, every form, and hostile text."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from web_hand import Hand

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.goals import holds
from scoutgym.envs.web.sites.database import Database, changes, cookies, tables, watched
from scoutgym.envs.web.sites.site import Request, Response
from scoutgym.envs.web.sites.travel import SITE, fill, tasks
from scoutgym.envs.web.sites.travel.fares import (
    Fare,
    Rider,
    age_on,
    bag_fee,
    bill,
    cancelled,
    change_cost,
    day_price,
    earned,
    journey_price,
    money,
    night_price,
    share,
)
from scoutgym.envs.web.sites.travel.hotels import Nights
from scoutgym.envs.web.sites.travel.site import clock, lasting
from scoutgym.envs.web.sites.travel.tasks import answer, refuse
from scoutgym.envs.web.sites.travel.timetable import CHANGE, HORIZON, Journey, Timetable
from scoutgym.envs.web.travel import WebTravel

pytestmark = pytest.mark.web

SEEDS = range(3)
LIGHT = Fare("light", "Light", "economy", 100, 0, -1, 100)
STANDARD = Fare("standard", "Standard", "economy", 125, 1, 2500, 30)


def image(seed: int) -> bytes:
    database = SITE.empty()
    fill(database, Chance(b"travel %d" % seed))
    return watched(database)


IMAGES = {seed: image(seed) for seed in SEEDS}


@pytest.fixture
def hand() -> Hand:
    return desk(1)


def desk(seed: int) -> Hand:
    return Hand(SITE, Database(IMAGES[seed]))


def ask(hand: Hand, address: str, asset: bool = False) -> Response:
    path, _, query = address.partition("#")[0].partition("?")
    return SITE.answer(hand.database, Request(path, query, cookies=cookies(hand.database), asset=asset))


def post(hand: Hand, path: str, **fields: Any) -> Response:
    return SITE.answer(hand.database, Request(path, "", True, urlencode(fields), cookies(hand.database)))


def a_trip(hand: Hand, where: str) -> dict[str, Any]:
    """One of the user's that is still to come."""
    sql = f"SELECT * FROM trip WHERE state = 'booked' AND substr(out, 1, 10) > (SELECT today FROM clock) AND {where}"
    return hand.database.rows(sql)[0]


def busy(hand: Hand, seats: int = 3, there_and_back: bool = False) -> list[Journey]:
    """Journeys of a pair of cities that has several, one with a stop among them, a week from now."""
    timetable = Timetable(hand.database)
    for ahead in range(7, 25):
        day = timetable.today + timedelta(ahead)
        for origin in range(1, 20):
            for target in range(1, 20):
                found = timetable.journeys(origin, target, day) if origin != target else []
                found = [one for one in found if one.left >= seats]
                if len(found) > 2 and len({one.stops for one in found}) > 1:
                    back = timetable.journeys(target, origin, day + timedelta(3))
                    if not there_and_back or any(one.left >= seats for one in back):
                        return found
    raise AssertionError("no pair of cities is well served")


def searched(hand: Hand, journey: Journey, **more: str) -> Hand:
    ends = {"from": journey.legs[0]["origin_name"], "to": journey.legs[-1]["target_name"]}
    return hand.goto("/").fill(**ends, date=str(journey.day), **more).click("button", "Search")


# Contents


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_that_is_linked_answers(seed: int) -> None:
    hand = desk(seed)
    seen, todo = set[str](), ["/"]
    while todo:
        address = todo.pop()
        answer = ask(hand, address)
        while answer.location:
            answer = ask(hand, answer.location)
        assert answer.status == 200, address
        page = page_of(answer.body)
        assert page.title.endswith(hand.row("SELECT name FROM desk")[0])
        assert 30 < len(page.elements) < 300, address
        assert len({node.get("id") for node in page.elements if node.get("id")}) == answer.body.count(' id="')
        for bid in page.links:
            assert page.names[bid], f"a link without a name on {address}"
        for bid, control in page.controls.items():
            assert control.kind == "hidden" or page.names[bid], f"a control without a name on {address}"
        for node in page.elements:
            if node.tag == "img":
                assert ask(hand, node.get("src"), asset=True).body.startswith("<svg ")
        found = [link for link in page.links.values() if link not in seen]
        seen.update(found)
        todo += found
    for path in ("/hotels", "/timetable", "/trips", "/travelers", "/points", "/alerts", "/help/club", "/watchlist"):
        assert path in seen
    for start, table in (("/city/", "city"), ("/hotels/", "hotel"), ("/trips/", "trip"), ("/stays/", "stay")):
        known = sum(path.startswith(start) and path.count("/") == 2 and "?" not in path for path in seen)
        assert known == hand.row(f"SELECT count(*) FROM {table}")[0]
    assert changes(hand.database) == {}, "looking changes nothing"


def test_contents_follow_from_the_chance() -> None:
    assert image(2) == IMAGES[2]
    for what in (
        "SELECT email FROM desk",
        "SELECT name FROM person",
        "SELECT number FROM line",
        "SELECT name FROM hotel",
    ):
        assert len({desk(seed).row(what)[0] for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_image_is_small_and_contents_are_plausible(seed: int) -> None:
    assert len(IMAGES[seed]) < 150_000
    hand = desk(seed)
    timetable = Timetable(hand.database)
    lines = hand.database.rows("SELECT * FROM line")
    assert 250 < len(lines) < 600
    assert len({line["number"] for line in lines}) == len(lines)
    assert all(300 <= line["departs"] < 1440 and 15 < line["minutes"] < 600 and line["days"] for line in lines)
    assert 20 not in {line[end] for line in lines for end in ("origin", "target")}
    assert len({line["origin"] for line in lines}) > 14
    for table in tables(hand.database):
        assert not hand.row(f"SELECT count(*) FROM {table} WHERE id < 1")[0]
    for trip in hand.database.rows("SELECT * FROM trip"):
        journeys = [timetable.read(key) for key in (trip["out"], trip["back"]) if key]
        assert all(journeys)
        assert trip["placed"] <= str(timetable.today)
        assert trip["out"][:10] <= str(timetable.last)
    fares = {trip["fare"] for trip in hand.database.rows("SELECT fare FROM trip")}
    assert {"light", "standard", "flex"} <= fares


# Money, by hand


def test_prices_of_a_day() -> None:
    today, wednesday = date(2026, 3, 2), date(2026, 3, 25)
    far = [day_price(10_000, line, wednesday, today) for line in range(400)]
    assert all(price % 100 == 0 for price in far)
    assert min(far) == 7700  # 100 dollars, 90 % on a Wednesday, 15 % less: 76.50, in whole dollars
    assert max(far) == 10400  # 15 % more: 103.50
    assert len(set(far)) > 20
    for ahead, percent in ((1, 150), (2, 150), (3, 125), (6, 125), (7, 108), (13, 108), (14, 100)):
        near = day_price(1_000_000, 5, wednesday, wednesday - timedelta(ahead))
        assert near == pytest.approx(day_price(1_000_000, 5, wednesday, today) * percent / 100, abs=100)
    assert journey_price([8_300]) == 8_300
    assert journey_price([8_300, 4_700]) == 11_100  # 85 % of 130.00 is 110.50
    friday, sunday = date(2026, 3, 27), date(2026, 3, 29)
    nights = (
        [night_price(10_000, room, friday) for room in range(300)],
        [night_price(10_000, room, sunday) for room in range(300)],
    )
    assert (min(nights[0]), max(nights[0])) == (10_600, 12_400)  # 115 % times 92 to 108 %
    assert (min(nights[1]), max(nights[1])) == (9_200, 10_800)


def test_a_bill() -> None:
    assert share(1_001, 50) == 501  # half a cent is rounded up
    assert STANDARD.price(8_300) == 10_375
    assert STANDARD.price(8_300, 67) == 6_951  # 69.5125
    there_and_back = [(8_300, 3_000), (6_000, 2_500)]
    riders = [Rider(100, 450, 2), Rider(67, 0, 1), Rider(10, 800, 0)]
    sums = bill(STANDARD, there_and_back, riders, 900, 590)
    assert sums.fares == 10_375 + 6_951 + 1_038 + 7_500 + 5_025 + 750
    assert sums.extras == 2 * (450 + 800)
    assert sums.bags == 3_000 + 2_500  # one bag is included, of none nothing is paid back
    assert (sums.insurance, sums.fee) == (2_700, 590)
    assert sums.total == 31_639 + 2_500 + 5_500 + 2_700 + 590
    assert bag_fee(LIGHT, 3, 1_000) == 3_000
    assert bag_fee(STANDARD, 0, 1_000) == 0
    assert money(123_456_7) == "$12,345.67"
    assert money(-5) == "-$0.05"


def test_changes_cancellations_points_and_ages() -> None:
    assert change_cost(STANDARD, 3, 10_000, 12_345) == (7_500, 2_345)
    assert change_cost(STANDARD, 1, 12_345, 10_000) == (2_500, 0)
    assert cancelled(30, 20_001, 1_500, False) == (6_000, 15_501)  # 6000.3
    assert cancelled(30, 20_001, 1_500, True) == (1_200, 20_301)  # a fifth of it
    assert cancelled(0, 20_001, 0, False) == (0, 20_001)
    assert earned(20_099, 0) == 200
    assert earned(20_099, 1_499) == 200
    assert earned(20_099, 1_500) == 250
    assert earned(20_199, 4_000) == 301  # 201.5 and a half: parts are dropped
    assert age_on(date(2020, 2, 29), date(2022, 2, 28)) == 1
    assert age_on(date(2020, 2, 29), date(2022, 3, 1)) == 2
    assert age_on(date(2014, 5, 7), date(2026, 5, 7)) == 12
    assert (clock(485), clock(1500), lasting(59), lasting(125)) == ("08:05", "01:00 (+1)", "59 min", "2 h 05 min")


# The timetable


def brute(timetable: Timetable, origin: int, target: int, day: date) -> set[str]:
    """The keys of all journeys by trying every chain of lines, without those that another is as good as."""
    lines = [line for line in timetable.database.rows("SELECT * FROM line") if line["days"] >> day.weekday() & 1]
    chains = [(line,) for line in lines if line["origin"] == origin]
    found: list[tuple[dict[str, Any], ...]] = []
    for _ in range(3):
        found += [chain for chain in chains if chain[-1]["target"] == target]
        longer = []
        for chain in chains:
            last, been = chain[-1], {line["origin"] for line in chain}
            low, high = CHANGE[timetable.carriers[last["carrier"]]["mode"]]
            for line in lines:
                wait = line["departs"] - last["departs"] - last["minutes"]
                same = line["carrier"] == last["carrier"] and line["origin"] == last["target"] != target
                if same and line["target"] not in been and low <= wait <= high:
                    longer.append((*chain, line))
        chains = longer

    def worth(chain: tuple[dict[str, Any], ...]) -> tuple[int, int, int]:
        return -chain[0]["departs"], chain[-1]["departs"] + chain[-1]["minutes"], len(chain)

    kept = set()
    for chain in found:
        rivals = [worth(other) for other in found if other[0]["carrier"] == chain[0]["carrier"]]
        mine = worth(chain)
        if not any(rival != mine and all(a <= b for a, b in zip(rival, mine, strict=True)) for rival in rivals):
            kept.add(f"{day}.{'-'.join(str(line['id']) for line in chain)}")
    return kept


@pytest.mark.parametrize("seed", SEEDS)
def test_journeys_are_those_of_brute_force(seed: int) -> None:
    timetable, chance = Timetable(desk(seed).database), Chance(b"pairs", seed)
    sizes = []
    for _ in range(60):
        origin, target = chance.sample(range(1, 21), 2)
        day = timetable.today + timedelta(chance.below(30))
        found = timetable.journeys(origin, target, day)
        assert {one.key for one in found} == brute(timetable, origin, target, day)
        assert [(one.departs, one.arrives) for one in found] == sorted((one.departs, one.arrives) for one in found)
        for one in found:
            again = timetable.read(one.key)
            assert again is not None
            assert (again.price, again.minutes, again.layovers) == (one.price, one.minutes, one.layovers)
            assert (one.origin, one.target, one.carrier["id"]) == (origin, target, one.legs[0]["carrier"])
            assert one.minutes == sum(leg["minutes"] for leg in one.legs) + sum(wait for _, wait in one.layovers)
            assert 1 <= one.left <= 9
        sizes.append(len(found))
    assert max(sizes) > 4
    assert min(sizes) == 0


def test_a_key_that_is_none_is_refused(hand: Hand) -> None:
    timetable = Timetable(hand.database)
    one = next(one for one in busy(hand) if one.stops)
    numbers = one.key.partition(".")[2]
    rarely = next(line for line in hand.database.rows("SELECT * FROM line") if line["days"] != 127)
    off = next(day for n in range(7) if not rarely["days"] >> (day := timetable.today + timedelta(n)).weekday() & 1)
    first, *_ = numbers.split("-")
    for key in ("", "x", one.key + "-", f"{one.day}.0", f"2026-13-01.{first}", f"{off}.{rarely['id']}"):
        assert timetable.read(key) is None
    assert timetable.read(f"{one.day}.{first}-{first}") is None
    assert timetable.read(f"{one.day}.{'-'.join(reversed(numbers.split('-')))}") is None
    for address in (
        "/offer",
        "/offer?out=x",
        f"/offer?out={one.key}&adults=0",
        f"/offer?out={one.key}&adults=2&infants=3",
    ):
        assert ask(hand, address).status == 404
    assert ask(hand, f"/offer?out={one.key}&back={one.key}").status == 404
    assert ask(hand, f"/offer?out={one.key}&adults=1").status == 200


def test_the_timetable_says_on_which_days_a_line_runs(hand: Hand) -> None:
    line = next(one for one in hand.database.rows("SELECT * FROM line WHERE days = 106"))  # bits 1, 3, 5 and 6
    names = [hand.row("SELECT name FROM city WHERE id = ?", line[end])[0] for end in ("origin", "target")]
    hand.goto("/timetable").fill(**{"from": names[0], "to": names[1]}).click("button", "Show timetable")
    text = hand.text
    assert f"'{line['number']}'" in text
    assert "'Tue, Thu, Sat, Sun'" in text[text.index(line["number"]) :]
    hand.fill(to="Nowhere").click("button", "Show timetable")
    assert "We do not know Nowhere." in hand.text
    assert hand.value("from") == names[0]


# Search


def listed(hand: Hand) -> list[str]:
    """The numbers of the journeys on a page of results."""
    page = hand.browser.page
    names = [page.names[bid] for bid in page.links if page.names.get(bid, "").startswith("Choose ")]
    return [name.removeprefix("Choose ") for name in names if name != "Choose another"]


def test_results_are_filtered_and_sorted(hand: Hand) -> None:
    every = busy(hand, seats=1)
    searched(hand, every[0])
    assert listed(hand) == [one.numbers for one in sorted(every, key=lambda one: (one.price, one.departs, one.key))]
    keys = {
        "Shortest travel time": lambda one: (one.minutes, one.price),
        "Earliest departure": lambda one: (one.departs, one.price),
        "Earliest arrival": lambda one: (one.arrives, one.price),
    }
    for shown, key in keys.items():
        hand.fill(sort=shown).click("button", "Apply")
        assert listed(hand) == [one.numbers for one in sorted(every, key=key)]
    hand.fill(stops="Direct only").click("button", "Apply")
    assert set(listed(hand)) == {one.numbers for one in every if not one.stops}
    hand.fill(stops="Any", time="Before 12:00").click("button", "Apply")
    assert set(listed(hand)) == {one.numbers for one in every if one.departs < 720}
    carrier = every[0].carrier
    hand.fill(time="Any time", carrier=carrier["name"]).click("button", "Apply")
    assert set(listed(hand)) == {one.numbers for one in every if one.carrier["id"] == carrier["id"]}
    middle = sorted(one.price for one in every)[1]
    hand.fill(carrier="All", most=str(middle // 100)).click("button", "Apply")
    assert set(listed(hand)) == {one.numbers for one in every if one.price <= middle}
    hand.fill(most="cheap").click("button", "Apply")
    assert "Enter whole dollars" in hand.text
    assert hand.value("most") == "cheap"
    hand.click("link", "Change search")
    assert hand.value("from") == every[0].legs[0]["origin_name"]
    searched(hand, every[0], direct="yes")
    assert set(listed(hand)) == {one.numbers for one in every if not one.stops}


def test_there_and_back(hand: Hand) -> None:
    there = busy(hand, there_and_back=True)[0]
    returns = str(there.day + timedelta(3))
    searched(hand, there, way="return", back=returns, adults="2", children="1").click("link", f"Choose {there.numbers}")
    back = listed(hand)[0]
    hand.click("link", f"Choose {back}")
    both = [Timetable(hand.database).read(key) for key in re.findall(r"(?:out|back)=([\d.-]+)", hand.path)]
    child = hand.row("SELECT child FROM desk")[0]
    total = sum(2 * one.price + share(one.price, child) for one in both if one)
    assert f"'Light, {money(total)}'" in hand.text
    hand.click("button", "Save to watch list")
    assert hand.row("SELECT ref FROM watch ORDER BY id DESC")[0] == "~".join(one.key for one in both if one)
    assert f"and back on {both[1].day:%A}" in hand.text if both[1] else False
    hand.click("button", f"Remove {there.numbers}")
    assert there.key not in str(hand.database.execute("SELECT ref FROM watch").fetchall())


def test_what_is_wrong_with_a_search_is_named_and_kept(hand: Hand) -> None:
    journey = busy(hand)[0]
    today = Timetable(hand.database).today
    for values, said in (
        ({"date": str(today - timedelta(1))}, "This date is in the past."),
        ({"date": str(today)}, "Bookings close the day before departure."),
        ({"date": str(today + timedelta(HORIZON + 1))}, "Our timetable ends on"),
        ({"to": "Nowhere"}, "We do not know Nowhere."),
        ({"to": journey.legs[0]["origin_name"].upper()}, "Start and destination are the same."),
        ({"from": ""}, "Enter where you start."),
        ({"way": "return"}, "Enter a date of return."),
        ({"way": "return", "back": str(journey.day - timedelta(1))}, "The return is before the departure."),
        ({"adults": "0", "children": "1"}, "children cannot travel alone"),
        ({"infants": "2"}, "Each infant needs an adult"),
        ({"adults": "5", "children": "2"}, "At most 6 travelers"),
        ({"adults": "x" * 0}, "Enter a number of adults."),
    ):
        ends = {"from": journey.legs[0]["origin_name"], "to": journey.legs[-1]["target_name"], "date": str(journey.day)}
        hand.goto("/").fill(**(ends | values)).click("button", "Search")
        assert said in hand.text, values
        assert "Please correct one field." in hand.text
        for name, value in values.items():
            assert name == "way" or hand.value(name) == value
    assert changes(hand.database) == {}
    unserved = hand.row("SELECT name FROM city WHERE id = 20")[0]
    hand.goto("/").fill(**(ends | {"to": unserved})).click("button", "Search")
    assert "There is no journey on this day." in hand.text


# Booking


def begun(hand: Hand, fare: str = "Standard") -> Journey:
    """A booking for an adult and a child is begun."""
    journey = busy(hand)[0]
    searched(hand, journey, children="1").click("link", f"Choose {journey.numbers}")
    page = hand.browser.page
    hand.act("click", next(bid for bid, name in page.names.items() if name.startswith(f"{fare}, ")))
    hand.click("button", "Book this trip")
    assert hand.path == "/book/travelers"
    return journey


def test_a_booking_from_the_first_page_to_the_code(hand: Hand) -> None:
    journey = begun(hand)
    desk_ = hand.database.rows("SELECT * FROM desk")[0]
    born = journey.day.replace(year=journey.day.year - 12) + timedelta(1)  # twelve on the day after departure
    hand.click("button", "Continue to options")
    assert "Please correct 10 fields." in hand.text
    first = {"first-1": "Ada", "last-1": "O'Neil", "born-1": "1990-02-03", "number-1": "ab 1234567"}
    second = {"first-2": "Bo", "last-2": "O'Neil", "born-2": "1990-02-03", "number-2": "C1234567"}
    hand.fill(**first, **second, **{"document-1": "Passport", "document-2": "Birth certificate"})
    hand.click("button", "Continue to options")
    assert "Birth certificate: the number has four digits, a hyphen and five digits" in hand.text
    assert hand.value("number-1") == "ab 1234567"
    hand.fill(**{"number-2": "2019-00001"}).click("button", "Continue to options")
    assert "This traveler must be 2 to 11 years old on the day of departure." in hand.text
    hand.fill(**{"born-2": str(born), "born-1": str(born)}).click("button", "Continue to options")
    assert "must be 12 years or older" in hand.text
    hand.fill(**{"born-1": "1990-02-03", "document-1": "Birth certificate", "number-1": "1990-00001"})
    hand.click("button", "Continue to options")
    assert "An adult cannot travel with this document." in hand.text
    hand.fill(**{"document-1": "Passport", "number-1": "AB1234567", "document-2": "Passport", "number-2": "AB1234567"})
    hand.click("button", "Continue to options")
    assert "This traveler is in the booking already." in hand.text
    hand.fill(**{"number-2": "AB1234568"}).click("button", "Continue to options")
    assert hand.path == "/book/options"
    assert hand.goto("/book/review").path == "/book/options", "no step is left out"
    prices = {(row["kind"], row["code"]): row for row in hand.database.rows("SELECT * FROM extra")}
    window, vegan, full = (prices[one] for one in (("seat", "window"), ("meal", "vegan"), ("insurance", "full")))
    hand.fill(**{"seat-1": f"Window ({money(window['price'])})", "bags-1": "3 checked bags"})
    hand.fill(**{"meal-2": f"Vegan meal ({money(vegan['price'])})"}, insurance="full")
    hand.click("button", "Continue to contact").fill(email="no", phone="1").click("button", "Continue to payment")
    assert "Please correct 2 fields." in hand.text
    hand.fill(email="ada@mail.test", phone="212-555-0100").click("button", "Continue to payment")
    card = {"card": "4111 1111 1111 1112", "expires": "01/20", "code": "12"}
    hand.fill(**card).click("button", "Continue to review")
    for said in ("This is not a valid card number", "This card has expired.", "security code of 3 or 4 digits"):
        assert said in hand.text
    hand.fill(card="4111 1111 1111 1111", expires="12/39", code="123").click("button", "Continue to review")
    fare = Fare(
        **hand.database.rows("SELECT code, name, cabin, percent, bags, change, keep FROM fare LIMIT 1 OFFSET 1")[0]
    )
    fares = share(journey.price, fare.percent) + share(share(journey.price, fare.percent), desk_["child"])
    bags = (3 - fare.bags) * journey.carrier["bag"]
    total = fares + window["price"] + vegan["price"] + bags + 2 * full["price"] + desk_["fee"]
    assert f"'{money(total)}'" in hand.text
    hand.click("button", "Book and pay")
    assert "Accept the terms" in hand.text
    before = hand.row("SELECT sum(points) FROM point")[0]
    hand.fill(terms="yes").click("button", "Book and pay")
    trip = hand.database.rows("SELECT * FROM trip ORDER BY id DESC")[0]
    assert hand.path == f"/book/done/{trip['code']}"
    assert re.fullmatch(r"[2-9B-DF-HJ-NP-TV-XZ]{6}", trip["code"])
    assert money(total) in hand.text
    assert (trip["out"], trip["back"], trip["fare"], trip["payment"]) == (journey.key, "", "standard", "card 1111")
    assert (trip["out_fares"], trip["bags"], trip["cover"]) == (fares, bags, 2 * full["price"])
    sql = "SELECT kind, first, last, born, document, number, seat, bags, meal FROM passenger WHERE trip = ? ORDER BY id"
    assert hand.database.execute(sql, (trip["id"],)).fetchall() == [
        ("adult", "Ada", "O'Neil", "1990-02-03", "passport", "AB1234567", "window", 3, "none"),
        ("child", "Bo", "O'Neil", str(born), "passport", "AB1234568", "any", fare.bags, "vegan"),
    ]
    assert hand.row("SELECT sum(points) FROM point")[0] == before + earned(fares, before)
    assert hand.row("SELECT count(*) FROM draft")[0] == hand.row("SELECT count(*) FROM rider")[0] == 0
    assert hand.click("link", "See your trip").path == f"/trips/{trip['code']}"
    assert hand.goto("/book/review").path == "/", "what is booked is not booked again"


def test_saved_travelers_are_taken_as_they_are(hand: Hand) -> None:
    begun(hand, "Light")
    names = [" ".join(row) for row in hand.database.execute("SELECT first, last FROM traveler ORDER BY id")]
    hand.fill(**{"saved-1": names[2], "saved-2": names[0]}).click("button", "Continue to options")
    assert hand.text.count("This traveler must be") == 2
    hand.fill(**{"saved-1": names[0], "saved-2": names[2]}).click("button", "Continue to options")
    assert hand.browser.page.find("combobox", f"Seat for {names[2]}")
    assert hand.row("SELECT count(*) FROM rider JOIN traveler USING (first, last, born, document, number)")[0] == 2
    assert post(hand, "/book/travelers", **{"saved-1": "99", "saved-2": "x"}).body.count("Choose a traveler.") == 2
    assert post(hand, "/book", out="x").status == 404


# What was booked


def test_a_trip_is_cancelled_by_its_rule(hand: Hand) -> None:
    trip = a_trip(hand, "fare = 'standard'")
    keep = hand.row("SELECT keep FROM fare WHERE code = 'standard'")[0]
    hand.database.execute("UPDATE trip SET insurance = 'full', bags = 1700 WHERE id = ?", (trip["id"],))
    kept = share(share(trip["out_fares"] + trip["back_fares"], keep), 20)
    back = trip["out_fares"] + trip["back_fares"] + trip["extras"] + 1700 - kept
    hand.goto(f"/trips/{trip['code']}").click("link", "Cancel trip")
    assert f"'{money(kept)}'" in hand.text
    assert f"'{money(back)}'" in hand.text
    hand.click("button", "Cancel this trip")
    assert "Confirm that you want to cancel." in hand.text
    points = hand.row("SELECT sum(points) FROM point")[0]
    earned_ = hand.row("SELECT points FROM point WHERE what = ?", f"Trip {trip['code']}")[0]
    hand.fill(sure="yes").click("button", "Cancel this trip")
    assert hand.row("SELECT state, refund FROM trip WHERE id = ?", trip["id"]) == ("cancelled", back)
    assert hand.row("SELECT sum(points) FROM point")[0] == points - earned_
    post(hand, f"/trips/{trip['code']}/cancel", sure="yes")
    assert hand.row("SELECT sum(points) FROM point")[0] == points - earned_, "once is enough"


def test_what_cannot_be_cancelled_or_changed_is_not(hand: Hand) -> None:
    light = a_trip(hand, "fare = 'light'")
    gone = hand.database.rows("SELECT * FROM trip WHERE substr(out, 1, 10) <= (SELECT today FROM clock)")[0]
    assert "not refundable" in hand.goto(f"/trips/{light['code']}/cancel").text
    assert "cannot be changed" in hand.goto(f"/trips/{light['code']}/change").text
    assert "has departed" in hand.goto(f"/trips/{gone['code']}/cancel").text
    assert "has departed" in hand.goto(f"/trips/{gone['code']}/change").text
    assert "No bags can be added" in hand.goto(f"/trips/{gone['code']}/bags").text
    assert "Cancel trip" not in hand.goto(f"/trips/{gone['code']}").text
    bags = {
        f"bags-{row['id']}": "3" for row in hand.database.rows("SELECT id FROM passenger WHERE trip = ?", gone["id"])
    }
    for trip in (light, gone):
        post(hand, f"/trips/{trip['code']}/cancel", sure="yes")
        post(hand, f"/trips/{trip['code']}/change", way="out", date=light["out"][:10], journey=light["out"])
    post(hand, f"/trips/{gone['code']}/bags", **bags)
    assert changes(hand.database) == {}
    hand.database.execute("UPDATE trip SET person = 2")
    assert ask(hand, f"/trips/{light['code']}").status == 404
    assert post(hand, f"/trips/{light['code']}/cancel", sure="yes").status == 404


def test_another_date_costs_fee_and_difference(hand: Hand) -> None:
    trip = a_trip(hand, "fare = 'standard'")
    timetable, fare = Timetable(hand.database), hand.row("SELECT percent, change FROM fare WHERE code = 'standard'")
    old = timetable.read(trip["out"])
    assert old is not None
    riders = [row["kind"] for row in hand.database.rows("SELECT kind FROM passenger WHERE trip = ?", trip["id"])]
    ages = {"adult": 100, "child": hand.row("SELECT child FROM desk")[0]}
    hand.goto(f"/trips/{trip['code']}/change").fill(date=str(timetable.today)).click("button", "Show journeys")
    assert "Bookings close the day before departure." in hand.text
    hand.database.execute("UPDATE trip SET out_fares = 3000 WHERE id = ?", (trip["id"],))
    for ahead in range(1, 20):
        day = timetable.today + timedelta(ahead)
        same = [
            one for one in timetable.journeys(old.origin, old.target, day) if one.carrier["id"] == old.carrier["id"]
        ]
        same = [one for one in same if one.left >= len(riders) and one.key != old.key]
        if same and (not trip["back"] or str(day) < trip["back"][:10]):
            break
    new = same[-1]
    cost = sum(share(share(new.price, fare[0]), ages[kind]) for kind in riders) - 3000
    hand.fill(date=str(day)).click("button", "Show journeys").click("button", "Change trip")
    assert "Choose a journey." in hand.text
    label = f"{new.numbers}, {clock(new.departs)} to {clock(new.arrives)}"
    names = hand.browser.page.names
    bid = next(bid for bid, name in names.items() if name.startswith(label))
    assert names[bid].endswith(f"{money(fare[1] * len(riders) + max(0, cost))} to pay")
    hand.act("click", bid).click("button", "Change trip")
    found = hand.row("SELECT out, out_fares, changes FROM trip WHERE id = ?", trip["id"])
    assert found == (new.key, 3000 + max(0, cost), fare[1] * len(riders))


def test_bags_are_added_and_charged(hand: Hand) -> None:
    trip = a_trip(hand, "fare = 'light'")
    one = hand.database.rows("SELECT * FROM passenger WHERE trip = ?", trip["id"])[0]
    each = sum(Timetable(hand.database).read(key).carrier["bag"] for key in (trip["out"], trip["back"]) if key)  # type: ignore[union-attr]
    hand.goto(f"/trips/{trip['code']}").click("link", "Add bags").click("button", "Add bags")
    assert "Choose more bags for at least one traveler." in hand.text
    hand.fill(**{f"bags-{one['id']}": "2 checked bags"}).click("button", "Add bags")
    assert hand.row("SELECT bags FROM trip WHERE id = ?", trip["id"])[0] == trip["bags"] + 2 * each
    assert hand.row("SELECT bags FROM passenger WHERE id = ?", one["id"])[0] == 2
    assert "Choose a number of bags." in post(hand, f"/trips/{trip['code']}/bags", **{f"bags-{one['id']}": "1"}).body


# Hotels


def test_hotels_are_those_of_brute_force(hand: Hand) -> None:
    today, chance = Timetable(hand.database).today, Chance(b"hotels")
    sizes = []
    for _ in range(25):
        city = 1 + chance.below(20)
        arrives = today + timedelta(1 + chance.below(20))
        nights = Nights(arrives, arrives + timedelta(1 + chance.below(5)), 1 + chance.below(4), 1)
        breakfast, free, stars = chance.below(2), chance.below(2), chance.choice(("", "3", "4"))
        costs: dict[int, int] = {}
        for row in hand.database.rows(
            "SELECT room.*, stars FROM room JOIN hotel ON hotel.id = hotel WHERE city = ?", city
        ):
            days = [arrives + timedelta(n) for n in range(nights.count)]
            cost = sum(night_price(row["price"], row["id"], day) for day in days)
            fits = row["sleeps"] >= nights.guests and nights.left(row) > 0 and row["stars"] >= int(stars or 0)
            if fits and (row["breakfast"] or not breakfast) and (row["free"] >= 0 or not free):
                costs[row["hotel"]] = min(cost, costs.get(row["hotel"], 10**9))
        name = hand.row("SELECT name FROM city WHERE id = ?", city)[0]
        more = {"breakfast": "yes" * breakfast, "free": "yes" * free, "stars": stars}
        query = {"city": name, "arrives": arrives, "leaves": nights.leaves, "guests": nights.guests, "rooms": 1} | more
        hand.goto(f"/hotels?{urlencode(query)}")
        found = [int(m) for link in hand.browser.page.links.values() for m in re.findall(r"^/hotels/(\d+)\?", link)]
        assert found == sorted(costs, key=lambda id: (costs[id], id))
        assert all(f"'{money(cost)}'" in hand.text for cost in costs.values())
        sizes.append(len(found))
    assert max(sizes) > 2


def test_a_stay_is_booked_and_cancelled(hand: Hand) -> None:
    timetable = Timetable(hand.database)
    arrives = timetable.today + timedelta(10)
    nights = Nights(arrives, arrives + timedelta(3), 2, 1)
    room = next(
        row
        for row in hand.database.rows(
            "SELECT room.*, hotel.name AS house, tax, city.name AS place FROM room JOIN hotel "
            "ON hotel.id = hotel JOIN city ON city.id = city WHERE free >= 0 AND tax > 0",
        )
        if nights.fits(row)
    )
    hand.goto("/hotels").fill(city=room["place"], arrives=str(arrives), leaves=str(arrives)).click(
        "button", "Search hotels"
    )
    assert "must be after the day of arrival" in hand.text
    assert hand.value("city") == room["place"]
    hand.fill(leaves=str(nights.leaves)).click("button", "Search hotels")
    hand.click("link", room["house"]).click("link", f"Book {room['name']}").fill(name="", wish="A cot & <b>toys</b>")
    hand.click("button", "Book and pay")
    assert "Enter the guest's name." in hand.text
    assert hand.value("wish") == "A cot & <b>toys</b>"
    total = nights.cost(room) + room["tax"] * 6
    assert f"'{money(total)}'" in hand.text
    hand.fill(name="Ada", payment="invoice", terms="yes").click("button", "Book and pay")
    stay = hand.database.rows("SELECT * FROM stay ORDER BY id DESC")[0]
    assert hand.path == f"/stays/{stay['code']}?note=booked"
    assert (stay["room"], stay["guests"], stay["total"], stay["payment"]) == (room["id"], 2, total, "invoice")
    hand.click("button", "Cancel this stay")
    assert "Your booking was cancelled." in hand.text
    assert hand.row("SELECT state FROM stay WHERE id = ?", stay["id"])[0] == "cancelled"
    bound = hand.database.rows("SELECT stay.* FROM stay JOIN room ON room.id = room WHERE free < 0")[0]
    assert "This room cannot be cancelled" in hand.goto(f"/stays/{bound['code']}").text
    post(hand, f"/stays/{bound['code']}/cancel")
    assert hand.row("SELECT state FROM stay WHERE id = ?", bound["id"])[0] == "booked"


# The account


def test_travelers_are_saved_changed_and_deleted(hand: Hand) -> None:
    hand.goto("/travelers").click("link", "Add a traveler").fill(first="Ada").click("button", "Save traveler")
    assert "Please correct 5 fields." in hand.text
    assert hand.value("first") == "Ada"
    later = str(Timetable(hand.database).today + timedelta(1))
    hand.fill(last="Lee", born=later, country="Peru", document="Identity card", number="AB123456")
    hand.click("button", "Save traveler")
    assert "This date of birth cannot be right." in hand.text
    assert "Identity card: the number has one letter and eight digits" in hand.text
    hand.fill(born="1980-05-06", number="c12345678", seat="Aisle", meal="Vegan meal").click("button", "Save traveler")
    sql = "SELECT first, last, born, country, document, number, meal, seat, person FROM traveler ORDER BY id DESC"
    assert hand.row(sql) == ("Ada", "Lee", "1980-05-06", "Peru", "identity", "C12345678", "vegan", "aisle", 1)
    hand.click("link", "Change Ada Lee").fill(last="Ray").click("button", "Save traveler")
    assert hand.row(sql)[:2] == ("Ada", "Ray")
    hand.click("button", "Delete Ada Ray")
    assert hand.row("SELECT count(*) FROM traveler WHERE first = 'Ada' AND last = 'Ray'")[0] == 0
    hand.database.execute("UPDATE traveler SET person = 2 WHERE id = 1")
    assert ask(hand, "/travelers/1").status == 404
    assert post(hand, "/travelers/1", first="x").status == 404


def test_alerts_messages_profile(hand: Hand) -> None:
    one, two = (row["name"] for row in hand.database.rows("SELECT name FROM city LIMIT 2"))
    until = str(Timetable(hand.database).today + timedelta(9))
    hand.goto("/alerts").fill(**{"from": one, "to": one}, price="0").click("button", "Set alert")
    for said in (
        "Start and destination are the same.",
        "Enter a price in whole dollars from 1 to 5000.",
        "Enter a last day",
    ):
        assert said in hand.text
    hand.fill(to=two, price="80", until=until, often="weekly").click("button", "Set alert")
    assert hand.row("SELECT origin, target, price, until, often FROM alert ORDER BY id DESC") == (
        1,
        2,
        8000,
        until,
        "weekly",
    )
    hand.click("button", f"Delete alert {one} to {two}")
    assert hand.row("SELECT count(*) FROM alert WHERE price = 8000")[0] == 0
    code = hand.row("SELECT code FROM stay")[0]
    hand.goto("/contact").fill(topic="A refund", text="Hi").click("button", "Send message")
    assert "Enter the booking code." in hand.text
    hand.fill(code="XXXXXX").click("button", "Send message")
    assert "You have no booking of this code." in hand.text
    hand.fill(code=code.lower()).click("button", "Send message")
    assert hand.row("SELECT topic, code, text, person FROM message") == ("refund", code, "Hi", 1)
    hand.goto("/account").fill(phone="x").click("button", "Save profile")
    assert hand.value("phone") == "x"
    hand.fill(phone="212-555-0177").click("button", "Save profile")
    assert hand.row("SELECT phone FROM person")[0] == "212-555-0177"


def test_log_out_register_and_log_in(hand: Hand) -> None:
    email, password = hand.row("SELECT email, password FROM person")
    hand.goto("/trips").click("button", "Log out").goto("/trips")
    assert hand.path == "/login?next=%2Ftrips"
    hand.fill(email=email, password="wrong").click("button", "Log in")
    assert "E-mail address or password is wrong." in hand.text
    hand.fill(password=password).click("button", "Log in")
    assert hand.path == "/trips?note=welcome"
    hand.click("button", "Log out").click("link", "Register").fill(name="Ada", email=email, password="short")
    hand.click("button", "Create account")
    for said in ("There is an account", "at least 8 characters", "Enter a phone number", "Accept the terms"):
        assert said in hand.text
    hand.fill(
        email="ada@mail.test", phone="212-555-0100", password="long enough 1", repeated="long enough 1", terms="yes"
    )
    hand.click("button", "Create account")
    assert hand.path == "/account?note=welcome"
    assert "You have not booked a trip yet." in hand.goto("/trips").text


# Tasks


@pytest.mark.parametrize("kind", WebTravel.kinds)
def test_thirty_tasks_are_done_by_their_scripts(kind: str) -> None:
    env = gymnasium.make("scoutgym/WebTravel-v0", kind=kind).unwrapped
    assert isinstance(env, TextEnv)
    asked = set()
    for index in range(30):
        env.reset(options={"index": index})
        state: Any = env.session.state
        asked.add(state.asked)
        assert not holds(state.goal, state), state.asked
        for step in state.script:
            _, _, terminated, _, info = env.step(env.grammar.format(env.world.looked_up(env.session.state, step)))
        assert terminated
        assert info["success"], state.asked
    assert len(asked) > 26 or kind == "reach"


def test_what_is_asked_for_stands_on_the_page_where_the_script_ends() -> None:
    for index in range(40):
        hand = desk(index % len(SEEDS)).goto("/")
        task = answer({SITE.host: hand.database}, Chance(b"answers", index))
        for kind, *words in task.script[:-1]:
            if kind == "click":
                hand.act("click", hand.browser.page.find(*words)[0])
            else:
                control = next(
                    one
                    for one in hand.browser.page.controls.values()
                    if hand.browser.page.names.get(one.bid) == words[0]
                )
                hand.act("fill", control.bid, words[1])
        said = [next(iter(one["said"].values())) for one in task.goal["all"][0]["any"]]
        shown = [
            money(round(100 * one)) if isinstance(one, float) else f"{one:,}" if isinstance(one, int) else one
            for one in said
        ]
        text = hand.text
        if "days of the week" in task.asked:
            number = re.search(r"the (?:flight|train) '(.+?)'", task.asked)
            assert number
            line = text[text.index(f"'{number[1]}'") :]
            shown = [next(days for days in re.findall(r"cell '((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun).*?)'", line))]
            assert shown[0].count(",") + 1 == said[0]
        elif any(isinstance(one, float) for one in said):
            shown.append(money(round(100 * float(said[0]))))
        assert any(one.lower() in text.lower() for one in shown), (task.asked, shown)
        assert changes(hand.database) == {}


def test_what_is_refused_cannot_be_done() -> None:
    """Each is proved by brute force over the database, or by what the pages say when it is tried."""
    proved: dict[str, int] = {}
    for index in range(90):
        hand = desk(index % len(SEEDS)).goto("/")
        asked = refuse({SITE.host: hand.database}, Chance(b"refusals", index)).asked
        words = re.findall(r"'(.+?)'", asked)
        timetable = Timetable(hand.database)
        if asked.startswith("Find"):
            known = {city["name"]: city["id"] for city in timetable.cities.values()}
            days = [date.fromisoformat(word) for word in words[2:]]
            found = brute(timetable, known.get(words[0], 0), known.get(words[1], 0), days[0])
            modes = {one.carrier["mode"] for key in found if (one := timetable.read(key))}
            counts = re.search(
                r"for (?:(\d+) adults?)?(?: and )?(?:(\d+) child\w*)?(?: and )?(?:(\d+) infants?)? in", asked
            )
            assert counts
            adults, children, infants = (int(one or 0) for one in counts.groups())
            why = {
                "day": not all(timetable.today < day <= timetable.last for day in days),
                "back": len(days) > 1 and days[1] < days[0],
                "party": not adults or infants > adults or adults + children + infants > 6,
                "route": not found,
                "mode": any(f"cheapest {mode}" in asked and mode not in modes for mode in ("train", "flight")),
            }
        else:
            kind = "stays" if "stay" in asked else "trips"
            hand.goto(f"/{kind}/{words[0]}")
            tried = "cancel" if asked.startswith("Cancel") else "change" if asked.startswith("Move") else "bags"
            if kind == "trips":
                hand.goto(f"/{kind}/{words[0]}/{tried}")
            labels = [option.label for one in hand.browser.page.controls.values() for option in one.options]
            why = {tried: tried == "bags" and words[2] not in labels, f"{kind} {tried}": "cannot be" in hand.text}
        assert any(why.values()), asked
        for name, so in why.items():
            proved[name] = proved.get(name, 0) + so
    for name in ("day", "back", "party", "route", "mode", "bags", "trips cancel", "trips change", "stays cancel"):
        assert proved[name], name


@pytest.mark.parametrize("kind", ["find", "manage"])
def test_what_can_be_done_is_asked_for_in_the_same_words(kind: str) -> None:
    """No wording tells tasks to refuse from others: only places, days and numbers do."""

    def shape(text: str) -> str:
        return re.sub(r"'.+?'|\d+ (?:adults?|child|children|infants?)|(?: and X)+", "X", text)

    draw = getattr(tasks, kind)
    asked = {shape(draw({SITE.host: desk(n % 3).database}, Chance(b"asked", n)).asked) for n in range(150)}
    refused = {shape(refuse({SITE.host: desk(n % 3).database}, Chance(b"asked", n)).asked) for n in range(60)}
    mine = {one for one in refused if one.startswith("Find") == (kind == "find")}
    assert len({re.sub(r"X+|and| ", "", one) for one in mine} - {re.sub(r"X+|and| ", "", one) for one in asked}) == 0


# Hostile text, and what is not there

HOSTILE = "<script>alert(1)</script> '); DROP TABLE trip; -- \" & \u202eabc {{ 7 * 7 }} %s \U0001f600"


def test_script_and_sql_stay_text(hand: Hand) -> None:
    code = hand.row("SELECT code FROM trip")[0]
    hand.goto("/contact").fill(topic="A refund", code=code, text=f"{HOSTILE}\nline two").click("button", "Send message")
    assert hand.row("SELECT text FROM message")[0] == f"{HOSTILE}\nline two"
    name = HOSTILE[:40]
    hand.goto("/travelers/new").fill(first=name, last="O'Neil", born="1990-01-01", country="Peru", document="Passport")
    hand.fill(number="AB1234567").click("button", "Save traveler")
    assert hand.row("SELECT first FROM traveler ORDER BY id DESC")[0] == name
    assert hand.browser.page.find("heading", f"{name} O'Neil")
    for path in ("/", "/timetable"):
        button = "Search" if path == "/" else "Show timetable"
        hand.goto(path).fill(**{"from": HOSTILE[:50]}).click("button", button)
        assert hand.value("from") == HOSTILE[:50]
        assert "We do not know <script>" in hand.text
    assert "<script" not in hand.browser.here.html
    assert hand.row("SELECT count(*) FROM trip")[0] == 7


def test_odd_and_huge_requests(hand: Hand) -> None:
    for path in (
        "/nothing",
        "/hotels/0",
        "/hotels/99999999999999999999",
        "/city/x",
        "/help/x",
        "/trips/x",
        "/stays/x",
        "/ü",
    ):
        answer = ask(hand, path)
        assert answer.status == 404
        assert page_of(answer.body).find("link", "Back to the start")
    assert ask(hand, "/hotels/1/book?room=1").status == 404
    assert ask(hand, "/logout").status == 405
    assert ask(hand, "/picture/city/0.svg", asset=True).status == 404
    long = "x" * 1_000_000
    for address in (
        f"/search?from={long}&date={long}",
        f"/hotels?city={long}&most={long}&guests={long}",
        f"/offer?out={long}",
    ):
        assert len(ask(hand, address).body) < 4_000_000
    trip = a_trip(hand, "fare = 'standard'")["code"]
    for path in ("/contact", "/account", "/travelers/new", "/login", "/register", "/alerts", f"/trips/{trip}/bags"):
        fields = "&".join(f"{name}={long}%00%08%0D%0A" for name in ("name", "email", "text", "code", "first", "from"))
        answer = SITE.answer(hand.database, Request(path, "", True, fields, cookies(hand.database)))
        assert answer.status == 200
        assert "\0" not in answer.body
    assert changes(hand.database) == {}


def test_layovers_are_the_time_between_two_lines(hand: Hand) -> None:
    journey = next(one for one in busy(hand) if one.stops)
    text = searched(hand, journey).click("link", f"Choose {journey.numbers}").text
    for one, two in pairwise(journey.legs):
        wait = two["departs"] - one["departs"] - one["minutes"]
        assert f"Layover in {one['target_name']}: {lasting(wait)}" in text
