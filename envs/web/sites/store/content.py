"""The store's contents: a shop, its goods and its people, all drawn from a `Chance`."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.store import words
from scoutgym.envs.web.sites.store.basket import Line, totals

GOODS = (140, 181)
"""How many there are, at least and below."""

FEATURED = 8
"""Goods on the first page."""


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database; equal chances give equal contents."""
    database.execute("BEGIN")
    today = date(2025, 1, 10) + timedelta(chance.below(900))
    database.execute("INSERT INTO clock VALUES (1, ?)", (today.isoformat(),))
    _shop(database, chance.stream("shop"), today)
    _goods(database, chance.stream("goods"), today)
    _user(database, chance.stream("user"), today)
    _orders(database, chance.stream("orders"), today)
    _reviews(database, chance.stream("reviews"), today)
    _vouchers(database, chance.stream("vouchers"), today)
    database.execute("COMMIT")


def _insert(database: Database, table: str, *values: object) -> int:
    """A new row, its id counted on."""
    marks = ", ".join("?" * len(values))
    return int(database.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values).lastrowid or 0)


def _shop(database: Database, chance: Chance, today: date) -> None:
    first, second = (chance.choice(part) for part in words.SHOPS)
    name = f"{first} {second}"
    host = f"{first}{second}".lower()
    open_from = 7 + chance.below(3)
    _insert(
        database,
        "shop",
        name,
        chance.choice(words.SLOGANS).format(year=today.year - 5 - chance.below(60)),
        first[0] + second[0],
        100 * chance.choice((30, 40, 50, 60, 75, 80)),
        1000 * chance.choice((10, 12, 15, 20)),
        100 * chance.choice((5, 6, 8, 9)) + 90,
        chance.choice((14, 21, 30, 45, 60)),
        chance.choice((1, 2, 3)),
        chance.choice((5, 7, 10, 14)),
        f"help@{host}.test",
        people.phone(chance),
        f"Monday to {chance.choice(('Friday', 'Saturday'))}, {open_from} am to {chance.choice((5, 6, 8))} pm",
        f"{people.street(chance)}, {people.postcode(chance)} {chance.choice(people.CITIES)}",
    )
    standard = 2 + chance.below(4)
    price = 295 + 100 * chance.below(4)
    _insert(database, "delivery", "standard", "Standard", price, standard, standard + 2 + chance.below(3))
    _insert(database, "delivery", "express", "Express", price + 500 + 100 * chance.below(6), 1, 2)
    _insert(database, "delivery", "pickup", "Pick up in the shop", 0, 1, 1)


def _goods(database: Database, chance: Chance, today: date) -> None:
    brands = [_brand(chance) for _ in range(22)]
    departments = chance.sample(words.DEPARTMENTS, 8 + chance.below(3))
    count, names = GOODS[0] + chance.below(GOODS[1] - GOODS[0]), set[str]()
    for department in departments:
        slug = department.name.lower()
        _insert(database, "category", slug, department.name, department.about, chance.choice((1, 2, 2, 3, 5)))
    for number in range(count):
        place = number % len(departments)
        department = departments[place]
        kind = chance.choice(department.kinds)
        while True:
            quality = chance.choice(department.qualities)
            name = f"{_coined(chance)} {quality} {titled(kind.name)}"
            if name not in names:
                break
        names.add(name)
        stuff = chance.choice(kind.stuff)
        price = _priced(chance, kind)
        was = _ended(int(price * chance.uniform(1.12, 1.45))) if chance.below(7) == 0 else 0
        use, feature = chance.choice(department.uses), chance.choice(department.features)
        colors = chance.sample(list(words.COLORS), 1 + chance.below(4))
        sizes = kind.sizes[chance.below(2) : len(kind.sizes) - chance.below(2)]
        _insert(
            database,
            "product",
            place + 1,
            name,
            chance.choice(brands),
            kind.name,
            f"{slug_of(department)}-{1000 + number * 7 + chance.below(7)}",
            f"Made for {use}. {feature}",
            price,
            was,
            0 if chance.below(12) == 0 else 1 + chance.below(chance.choice((5, 40))),
            stuff,
            int(kind.grams * chance.uniform(0.75, 1.3)) // 10 * 10,
            "|".join(colors),
            "|".join(sizes),
            0,
            0,
            (today - timedelta(5 + chance.below(700))).isoformat(),
            0,
        )
    featured: dict[str, int] = {}  # at most one of a kind
    for number in chance.sample(range(1, count + 1), count):
        kind_of = database.execute("SELECT kind FROM product WHERE id = ?", (number,)).fetchone()[0]
        featured.setdefault(kind_of, number)
    for number in list(featured.values())[:FEATURED]:
        database.execute("UPDATE product SET featured = 1, stock = max(stock, 5) WHERE id = ?", (number,))


def slug_of(department: words.Department) -> str:
    """The letters that article numbers of a department begin with."""
    return department.name[:3].upper()


def titled(text: str) -> str:
    """With capitals, as in the names of goods."""
    return " ".join(word[0].upper() + word[1:] for word in text.split())


def _coined(chance: Chance) -> str:
    """A word that nothing is called."""
    first, middle, last = (chance.choice(part) for part in words.SYLLABLES)
    return first + (middle if chance.below(2) else "") + last


def _brand(chance: Chance) -> str:
    return _coined(chance) + chance.choice(words.BRAND_ENDS)


def _priced(chance: Chance, kind: words.Kind) -> int:
    """Cents; low prices are more common than high ones."""
    return _ended(int(100 * (kind.low + (kind.high - kind.low) * chance.random() ** 1.8)))


def _ended(cents: int) -> int:
    """A price with the end that shops like."""
    return cents // 100 * 100 + (99 if cents % 3 == 0 else 50 if cents % 3 == 1 else 95)


def _user(database: Database, chance: Chance, today: date) -> None:
    user = people.person(chance)
    since = (today - timedelta(200 + chance.below(1500))).isoformat()
    password = f"{chance.choice(people.CITIES).lower()}{100 + chance.below(900)}"
    letter = chance.below(2)
    _insert(database, "person", user.name, user.email, user.phone, password, letter, "weekly", "", since)
    sid = f"{chance.bits():016x}{chance.bits() & 0xFFFFFFFF:08x}"
    _insert(database, "session", sid, 1)
    home = (user.name, user.street, user.city, user.postcode, user.country)
    _insert(database, "address", 1, "Home", *home, 1)
    for label in chance.sample(("Work", "Parents", "Holiday home"), 1 + chance.below(2)):
        place = (people.street(chance), chance.choice(people.CITIES), people.postcode(chance), user.country)
        _insert(database, "address", 1, label, user.name, *place, 0)
    for product in chance.sample(range(1, GOODS[0]), chance.below(4)):
        _insert(database, "wish", 1, product, (today - timedelta(chance.below(60))).isoformat())
    for product in chance.sample(_stocked(database), chance.below(3)):
        options = _options(database, product, chance)
        _insert(database, "cart", 1, product, *options, 1 + chance.below(2))


def _stocked(database: Database) -> list[int]:
    return [row[0] for row in database.execute("SELECT id FROM product WHERE stock > 1 ORDER BY id")]


def _options(database: Database, product: int, chance: Chance) -> list[str]:
    """A color and a size of a product; empty where there is nothing to choose."""
    row = database.execute("SELECT colors, sizes FROM product WHERE id = ?", (product,)).fetchone()
    found = []
    for listed in row:
        choices = listed.split("|")
        found.append(chance.choice(choices) if len(choices) > 1 else "")
    return found


def _orders(database: Database, chance: Chance, today: date) -> None:
    """Orders of the last year: the oldest delivered long ago, the newest just placed."""
    prefix, free_from, heavy_from, heavy_fee, term = database.execute(
        "SELECT prefix, free_from, heavy_from, heavy_fee, return_days FROM shop"
    ).fetchone()
    number = 10000 + chance.below(60000)
    home = database.execute("SELECT name, street, city, postcode, country FROM address WHERE id = 1").fetchone()
    ways = {row[0]: row[1:] for row in database.execute("SELECT code, price, name FROM delivery")}
    ages = [340 - chance.below(100), term + 20 + chance.below(40), 5 + chance.below(6), chance.below(2)]
    if chance.below(2):
        ages.insert(1, 150 + chance.below(60))
    states = {0: "delivered", 1: "delivered", 2: "delivered", 3: "processing"}
    for place, age in enumerate(sorted(ages, reverse=True)):
        last = len(ages) - 1 - place
        state = states[3 - last] if last < 3 else chance.choice(("delivered", "cancelled"))
        placed = today - timedelta(age)
        arrived = (placed + timedelta(3)).isoformat() if state == "delivered" else ""
        number += 1 + chance.below(400)
        way = chance.choice(("standard", "standard", "express"))
        lines = []
        for product in chance.sample(_stocked(database), 1 + chance.below(3)):
            options = _options(database, product, chance)
            price, grams = database.execute("SELECT price, grams FROM product WHERE id = ?", (product,)).fetchone()
            lines.append((product, options, Line(product, price, 1 + chance.below(2), grams, 0)))
        sums = totals([line for _, _, line in lines], None, ways[way][0], free_from, heavy_from, heavy_fee, way)
        pay = chance.choice((f"card {1000 + chance.below(9000)}", "invoice"))
        order = _insert(
            database,
            "orders",
            f"{prefix}-{number}",
            1,
            placed.isoformat(),
            state,
            arrived,
            *home,
            way,
            pay,
            "",
            sums.goods,
            sums.discount,
            sums.shipping,
            sums.total,
        )
        for product, options, line in lines:
            _insert(database, "item", order, product, *options, line.price, line.quantity)


def _reviews(database: Database, chance: Chance, today: date) -> None:
    """Ratings, some with words. A product has its level, and single opinions lie around it."""
    opinions = (words.BLAME, words.BLAME, words.MIXED, words.PRAISE, words.PRAISE)
    for product, stuff in database.execute("SELECT id, material FROM product ORDER BY id").fetchall():
        level, votes = chance.uniform(2.6, 4.9), chance.below(4) and 1 + chance.below(chance.choice((12, 90)))
        points = 0
        for number in range(votes):
            stars = max(1, min(5, round(chance.normal(level, 0.9))))
            points += stars
            if number < 3 and chance.below(5) < 3:
                titles, texts = opinions[stars - 1]
                text = chance.choice(texts).format(who=chance.choice(words.WHO), stuff=stuff)
                day = (today - timedelta(2 + chance.below(500))).isoformat()
                _insert(database, "review", product, 0, people.name(chance), stars, chance.choice(titles), text, day)
        database.execute("UPDATE product SET votes = ?, points = ? WHERE id = ?", (votes, points, product))


def _vouchers(database: Database, chance: Chance, today: date) -> None:
    """A percentage for all, one for a department, an amount, and one that is over."""
    count = database.execute("SELECT count(*) FROM category").fetchone()[0]
    soon, past = ((today + timedelta(days)).isoformat() for days in (10 + chance.below(60), -3 - chance.below(90)))
    words_ = chance.sample(("HELLO", "SPRING", "THANKS", "BRIGHT", "COZY", "FRESH", "LUCKY", "EXTRA", "GOLD"), 4)
    percent = chance.choice((5, 10, 15))
    _insert(database, "voucher", f"{words_[0]}{percent}", percent, 0, 100 * chance.choice((0, 20, 40)), 0, soon, 1)
    percent = chance.choice((20, 25))
    part = 1 + chance.below(count)
    _insert(database, "voucher", f"{words_[1]}{percent}", percent, 0, 0, part, soon, 0)
    amount = chance.choice((5, 8, 12))
    _insert(database, "voucher", f"{words_[2]}{amount}", 0, 100 * amount, 100 * chance.choice((50, 60)), 0, soon, 0)
    _insert(database, "voucher", f"{words_[3]}30", 30, 0, 0, 0, past, 0)
