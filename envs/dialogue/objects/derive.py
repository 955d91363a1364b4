"""What follows from the codes of an object: sums of other attributes, limits of quantities, what nobody can say.

Where a code was not written the answer is no, except where the rules below say that it depends: a hammer may be of any
color, a mouse is found in many countries.
"""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.dialogue.objects import DEPENDS, NO, YES

ANIMALS = ("mammal", "bird", "sea animal", "reptile, amphibian or bug")
THINGS = (
    "vehicle",
    "musical instrument",
    "tool",
    "kitchen item",
    "furniture or household item",
    "clothing or accessory",
    "sports equipment",
    "electronic device",
    "building or place",
    "toy or game",
    "school or office item",
)
WORN = ("clothing or accessory", "sports equipment", "electronic device")

COLORS = ("black", "white", "red", "green", "yellow", "brown", "blue", "orange", "pink", "purple", "gray")

FAMILIES = {
    "feline": "cat lion tiger leopard cheetah",
    "canine": "dog fox wolf",
    "primate": "monkey gorilla chimpanzee",
    "rodent": "mouse rat hamster squirrel beaver",
    "game": "chess checkers monopoly",
    "woodwind": "flute piccolo recorder clarinet oboe bassoon saxophone",
    "art": "paintbrush paint crayon",
    "medical": "thermometer wheelchair ambulance hospital",
}
"""Who belongs to them; names of one word."""

UNKNOWN: dict[str, tuple[str, ...]] = {
    "city": THINGS,
    "supermarket": (
        "tool",
        "kitchen item",
        "furniture or household item",
        "clothing or accessory",
        "sports equipment",
        "electronic device",
        "toy or game",
        "school or office item",
        "plant or tree",
    ),
    "restaurant": ("fruit", "vegetable", "furniture or household item"),
    "outdoors": ("musical instrument", "clothing or accessory", "tool", "body part", "toy or game"),
    "indoors": ("building or place", "body part"),
    "house": ("body part", "tool", "food", "musical instrument", "sports equipment"),
    "zoo": ("mammal", "bird", "sea animal", "reptile, amphibian or bug", "plant or tree"),
    "smells": ("food", "drink", "plant or tree", "mammal", "fruit", "vegetable", "body part"),
    "protects": ("clothing or accessory", "building or place"),
    "dangerous": ("vehicle", "tool"),
    "learn": ("electronic device", "school or office item", "toy or game", "musical instrument"),
    "noisy": ("building or place", "vehicle"),
    "sit": ("vehicle",),
    "fur": ("body part",),
    "hunts": ANIMALS,
    "garden": ("reptile, amphibian or bug", "furniture or household item"),
    "climbs": ("bird", "reptile, amphibian or bug"),
    "seeds": ("plant or tree",),
    "beach": ("bird", "clothing or accessory", "sea animal", "drink"),
    "forest": ("bird", "reptile, amphibian or bug", "mammal"),
    "africa": (*ANIMALS, *THINGS, "plant or tree", "thing of nature", "body part"),
    "asia": (*ANIMALS, *THINGS, "plant or tree", "thing of nature", "body part", "food", "fruit", "vegetable", "drink"),
    "hot": ("furniture or household item",),
    "handle": ("building or place",),
    "women": ("clothing or accessory",),
    "men": ("clothing or accessory",),
    "formal": ("clothing or accessory",),
    "fun": ("vehicle", "electronic device", "building or place", "school or office item"),
    "live": ("building or place",),
    "decorate": ("plant or tree", "toy or game"),
    "jumps": ANIMALS,
    "burrows": ANIMALS,
    "art": ("school or office item",),
    "snack": ("fruit", "vegetable", "food"),
    "hard": ("fruit", "vegetable", "food", "plant or tree", *ANIMALS, "body part"),
    "breakable": THINGS,
    "store": ("building or place",),
    "emergency": ("building or place", "vehicle"),
    "work": ("building or place",),
}
"""Where an attribute was not written, it depends in these categories."""

EATEN = ("fruit", "vegetable", "food", "drink")
ONLY: dict[str, tuple[str, ...]] = {
    "fish": ANIMALS,
    "plants": ANIMALS,
    "meat": ANIMALS,
    "bird": ANIMALS,
    "tree": ("plant or tree",),
    "road": ("vehicle", "toy or game"),
    "rails": ("vehicle", "toy or game"),
    "alcohol": EATEN,
    "fruity": EATEN,
    "drink": EATEN,
    "food": (*EATEN, "plant or tree"),
    "ball": ("sports equipment", "toy or game"),
    "money": (),
    "weather": ("thing of nature",),
    "space": ("vehicle", "electronic device", "thing of nature"),
    "work": ("building or place",),
    "live": ("building or place",),
    "public": ("vehicle",),
}
"""Codes that are about the object itself in these categories alone; elsewhere they say what it has to do with."""

NOT_PLACES = ("read", "write", "cook", "food", "store")
"""What is done in a place is not what the place is for."""

Values = dict[str, int]


def derived(name: str, category: str, codes: Mapping[str, int], amounts: Mapping[str, float]) -> Values:
    """All values of an object, from its codes and its quantities."""
    told = dict(codes)
    if told.pop("anycolor", NO):
        told |= {color: DEPENDS for color in (*COLORS, "colorful") if color not in codes}
    values = _renamed(told, category)
    for family, members in FAMILIES.items():
        if name in members.split():
            values[family] = YES
    _sums(values, category)
    _animals(values, category)
    for code, categories in UNKNOWN.items():
        if category in categories:
            values.setdefault(code, DEPENDS)
    if category in THINGS and not any(values.get(color) == YES for color in COLORS):
        for color in (*COLORS, "colorful"):
            values.setdefault(color, DEPENDS)
    _measured(values, category, amounts)
    return values


def _renamed(told: Values, category: str) -> Values:
    """Codes that mean another thing in another category."""
    values = dict(told)

    def move(code: str, into: str, where: bool) -> None:
        value = values.pop(code, None)
        if where and value is not None:
            values[into] = max(value, values.get(into, NO))

    move("stone", "pit" if category == "fruit" else "rock", True)
    move("home", "house", True)
    move("water", "afloat", category == "vehicle")
    body, worn = category == "body part", category in WORN
    move("hands", "onhands", worn)
    move("neck", "onneck", worn)
    for code in ("head", "face"):
        value = values.pop(code, None)
        if value is not None and (body or worn):
            into = "ofhead" if body else f"on{code}"
            values[into] = max(value, values.get(into, NO))
    for code in ("arm", "hand", "leg", "foot"):
        if code in ("leg", "foot") and body and code in told:
            values["legpart"] = max(told[code], values.get("legpart", NO))
        move(code, "oflimb", body)
    if category == "musical instrument":
        values.pop("sit", None)  # it tells how one plays it
    for code in list(values):
        if category not in ONLY.get(code, (category,)):
            del values[code]
    if category == "building or place":
        for code in NOT_PLACES:
            values.pop(code, None)
        values["shop"] = values.pop("buy", NO)
    if "buy" in values:
        values["money"] = values.pop("buy")
    return values


def _most(values: Values, *codes: str) -> int:
    return max(values.get(code, NO) for code in codes)


def _sums(values: Values, category: str) -> None:
    """Attributes that are made of others."""
    values["eaten"] = max(_most(values, "eaten", "food"), values.get("eaten", NO))
    values["fun"] = max(_most(values, "play", "toy", "sport", "music", "entertainment", "game"), values.get("fun", NO))
    if values["fun"] == NO:
        del values["fun"]
        if values.get("read", NO) or values.get("pet", NO) or values.get("alcohol", NO):
            values["fun"] = DEPENDS
    values["cut"] = _most(values, "cut")
    values["draw"] = _most(values, "draw", "paint")
    values["art"] = max(values.get("art", NO), NO)
    if values["art"] == NO:
        del values["art"]
    for code in ("container", "store"):
        if values.get(code, NO) == YES:
            for other in ("container", "store"):
                values.setdefault(other, DEPENDS)
    values["listen"] = _most(values, "listen", "speaker")
    values["repair"] = _most(values, "repair", "build")
    values["venom"] = _most(values, "venom", "poison", "sting")
    values["sleep"] = _most(values, "sleep")
    values["ofhead"] = _most(values, "ofhead")
    if values.get("weapon", NO) == YES:
        values["dangerous"] = YES
    if values.get("sharp", NO) or values.get("alcohol", NO) == YES:
        values.setdefault("dangerous", DEPENDS)
    if values.get("hotserved", NO) == YES:
        values.setdefault("hot", DEPENDS)
    if values.get("afloat", NO):
        values.setdefault("swims", DEPENDS)
        values.setdefault("inwater", DEPENDS)
    if values.get("liquid", NO) == YES and category not in ("food", "drink"):
        values.setdefault("cold", DEPENDS)
    if values.get("bodypart", NO) == YES:
        values.setdefault("warm", DEPENDS)
    solid = _most(values, "wood", "metal", "rock", "glass", "ceramic")
    if values.get("soft", NO) == YES or values.get("liquid", NO) == YES:
        values.setdefault("hard", NO)
    elif solid == YES or values.get("shell", NO) == YES:
        values.setdefault("hard", YES)
    elif values.get("plastic", NO) or solid or values.get("soft", NO):
        values.setdefault("hard", DEPENDS)
    if values.get("flies", NO) == YES:
        values.setdefault("sky", DEPENDS)
    if values.get("lens", NO):
        values.setdefault("see", DEPENDS)
    if values.get("internet", NO) or values.get("screen", NO) == YES:
        for code in ("communicate", "read", "listen", "music", "see", "numbers"):
            values.setdefault(code, DEPENDS)


def _animals(values: Values, category: str) -> None:
    """What follows for an animal."""
    if values.get("fourlegs", NO) == YES or values.get("sixlegs", NO) == YES or values.get("eightlegs", NO) == YES:
        values["legs"] = max(values.get("legs", NO), YES)
    if category not in ANIMALS:
        return
    values["walks"] = values.get("legs", NO)
    if values.get("bird", NO) == YES:
        values["twolegs"] = YES
    elif values.get("fourlegs", NO) != YES and values.get("legs", NO) == YES:
        many = _most(values, "sixlegs", "eightlegs", "shell")
        values["twolegs"] = NO if many == YES else DEPENDS
    values["domestic"] = _most(values, "pet", "farm")
    if category == "sea animal":
        values["inwater"] = YES
    elif _most(values, "sea", "freshwater") == YES:
        values["inwater"] = DEPENDS
    if values.get("primate", NO) == YES:
        values["arms"] = YES
    if values.get("meat", NO) == NO:
        values.setdefault("hunts", NO)
    tied = _most(values, "africa", "asia", "australia", "arctic") == YES
    for place in ("africa", "asia"):
        if tied:
            values.setdefault(place, NO)
    if values.get("wild", NO) != YES or values.get("sea", NO) == YES:
        values.setdefault("forest", NO)
    if values.get("farm", NO) == YES:
        values.setdefault("zoo", DEPENDS)


def _between(value: float, low: float, high: float) -> int:
    """No up to ``low``, yes from ``high`` on."""
    return NO if value <= low else YES if value >= high else DEPENDS


def _measured(values: Values, category: str, amounts: Mapping[str, float]) -> None:
    """Attributes that are limits of quantities; without a quantity it depends."""
    size, weight = amounts.get("size"), amounts.get("weight")
    for code in ("big", "small", "heavy", "light", "palm", "expensive", "cheap", "old", "modern"):
        if values.get(code, NO) != YES:
            values[code] = DEPENDS
    if size is not None:
        values["big"] = max(_between(size, 120, 180), _between(weight or 0.0, 60, 150))
        values["small"] = YES - _between(size, 20, 41)
        values["palm"] = YES - _between(size, 12, 25)
        if values.get("pocket", NO) != YES:
            values["pocket"] = YES - _between(size, 7, 21)
    if weight is not None:
        values["heavy"] = _between(weight, 5, 25)
        values["light"] = YES - _between(weight, 1, 8)
    if size is None or weight is None or (category in ("building or place", "thing of nature") and size > 100):
        values["portable"] = values["handheld"] = values["pocket"] = NO
    else:
        carried = min(YES - _between(size, 120, 250), YES - _between(weight, 8, 25))
        alive = category in ANIMALS or category in ("body part", "plant or tree")
        values["portable"] = min(DEPENDS, carried) if alive else max(carried, values.get("portable", NO))
        if size <= 40 and weight <= 2:
            values.setdefault("handheld", DEPENDS)
    price, year = amounts.get("price"), amounts.get("year")
    if price is not None:
        values["expensive"] = _between(price, 60, 400)
        values["cheap"] = YES - _between(price, 20, 150)
    if year is not None:
        values["old"] = YES if year < 1800 else NO
        values["modern"] = YES if year >= 1900 else NO
