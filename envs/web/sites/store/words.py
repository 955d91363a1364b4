"""What the store's contents are made of: departments, goods, qualities, opinions."""

from __future__ import annotations

from dataclasses import dataclass

from scoutgym.envs.web.sites.people import listed

COLORS = {
    "Black": "#2b2d33",
    "White": "#f3f1ec",
    "Gray": "#8a9099",
    "Red": "#c8443f",
    "Orange": "#e08a3c",
    "Yellow": "#e6c34a",
    "Green": "#4f8f5b",
    "Teal": "#3d8f91",
    "Blue": "#3f6fb5",
    "Purple": "#7d5ba6",
    "Pink": "#d98aa4",
    "Brown": "#8a6244",
    "Beige": "#cdb898",
    "Silver": "#b9c0c8",
}
"""Names as people read them, and how they look."""

CLOTHES = ("XS", "S", "M", "L", "XL")
SHOES = ("38", "39", "40", "41", "42", "43", "44")
WAIST = ("28", "30", "32", "34", "36")
LITERS = ("0.5 L", "1 L", "1.5 L", "2 L")
WIDTHS = ("60 cm", "80 cm", "100 cm", "120 cm")
BEDS = ("90 x 200", "140 x 200", "160 x 200", "180 x 200")


@dataclass(frozen=True)
class Kind:
    """One kind of goods.

    Args:
        name: in small letters.
        shape: of its picture.
        low: the lowest price in dollars.
        high: the highest.
        grams: about what it weighs.
        stuff: what it is made of, one of these.
        sizes: the sizes that there may be.
    """

    name: str
    shape: str
    low: int
    high: int
    grams: int
    stuff: tuple[str, ...]
    sizes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    """A category: its goods, and what is said of them."""

    name: str
    about: str
    kinds: tuple[Kind, ...]
    qualities: tuple[str, ...]
    uses: tuple[str, ...]
    features: tuple[str, ...]


def _kinds(text: str) -> tuple[Kind, ...]:
    """One line a kind: name, shape, price span, grams, materials, sizes."""
    sizes = {"clothes": CLOTHES, "shoes": SHOES, "waist": WAIST, "liters": LITERS, "widths": WIDTHS, "beds": BEDS}
    made = []
    for line in text.strip().splitlines():
        name, shape, prices, grams, stuff, *size = (part.strip() for part in line.split("|"))
        low, high = prices.split("-")
        made.append(
            Kind(name, shape, int(low), int(high), int(grams), tuple(stuff.split(", ")), sizes[size[0]] if size else ())
        )
    return tuple(made)


DEPARTMENTS = (
    Department(
        "Lighting",
        "Lamps for desks, corners and evenings",
        _kinds("""
desk lamp        | lamp  | 19-95   | 1300 | steel, oak, brass
floor lamp       | lamp  | 49-240  | 5200 | steel, walnut, brass
table lamp       | lamp  | 24-130  | 1800 | ceramic, glass, linen
pendant light    | lamp  | 35-190  | 2100 | glass, rattan, aluminum
wall light       | lamp  | 22-90   | 900  | steel, brass
lantern          | lamp  | 12-60   | 700  | steel, glass
string lights    | bulb  | 9-35    | 400  | copper, plastic
light bulb set   | bulb  | 6-28    | 250  | glass
"""),
        ("Dimmable", "Slim", "Adjustable", "Warm", "Compact", "Clip-on", "Rechargeable", "Classic"),
        ("reading corners", "long evenings", "a tidy desk", "hallways", "the bedside"),
        (
            "Three levels of brightness.",
            "The cable is two meters long.",
            "The shade turns by ninety degrees.",
            "A bulb is included.",
            "Runs ten hours on one charge.",
        ),
    ),
    Department(
        "Kitchen",
        "Pots, knives and small helpers",
        _kinds("""
frying pan       | pan   | 18-110  | 1400 | cast iron, steel, aluminum
saucepan         | pan   | 16-90   | 1200 | steel, copper | liters
chef's knife     | knife | 15-140  | 260  | steel
cutting board    | board | 9-70    | 1500 | oak, bamboo, walnut
kettle           | kettle| 20-120  | 1100 | steel, glass | liters
coffee grinder   | jar   | 25-160  | 1300 | steel, beech
mixing bowl set  | bowl  | 14-60   | 1600 | steel, ceramic
storage jar      | jar   | 5-30    | 500  | glass, ceramic | liters
baking tray      | board | 9-40    | 900  | steel, aluminum
"""),
        ("Non-stick", "Stackable", "Everyday", "Professional", "Heavy", "Compact", "Rustic", "Balanced"),
        ("daily cooking", "small kitchens", "large families", "slow breakfasts", "baking"),
        (
            "Safe in the dishwasher.",
            "Works on induction.",
            "The handle stays cool.",
            "Comes with a lid.",
            "Packed without plastic.",
        ),
    ),
    Department(
        "Tableware",
        "Plates, mugs and glasses",
        _kinds("""
mug              | mug   | 6-28    | 350  | stoneware, porcelain, enamel
tea cup set      | mug   | 18-75   | 1100 | porcelain, glass
dinner plate set | plate | 22-120  | 2800 | stoneware, porcelain
cereal bowl      | bowl  | 5-24    | 420  | stoneware, bamboo
water glass set  | glass | 12-55   | 1300 | glass
wine glass set   | glass | 16-90   | 1000 | glass, crystal
cutlery set      | knife | 25-160  | 1400 | steel
carafe           | jar   | 14-60   | 700  | glass | liters
"""),
        ("Hand-glazed", "Speckled", "Tall", "Stackable", "Matte", "Thin", "Ribbed", "Family"),
        ("every table", "guests", "cold mornings", "a set that grows", "picnics"),
        (
            "Safe in the dishwasher.",
            "No two pieces are quite alike.",
            "Fit for the microwave.",
            "Packed in a gift box.",
            "Spare pieces can be ordered.",
        ),
    ),
    Department(
        "Bags",
        "For work, school and the weekend",
        _kinds("""
backpack         | bag   | 29-180  | 900  | canvas, recycled polyester, leather
tote bag         | tote  | 12-85   | 400  | canvas, cotton, leather
messenger bag    | tote  | 35-190  | 950  | canvas, leather
weekend bag      | tote  | 45-230  | 1200 | canvas, leather, nylon
suitcase         | case  | 69-320  | 3200 | polycarbonate, aluminum
wallet           | case  | 14-80   | 110  | leather, cork
toiletry bag     | tote  | 12-45   | 220  | nylon, canvas
laptop sleeve    | case  | 15-60   | 250  | felt, neoprene
"""),
        ("Foldable", "Waterproof", "Slim", "Roomy", "Urban", "Light", "Padded", "Expandable"),
        ("the way to work", "short trips", "rainy days", "students", "cabin luggage"),
        (
            "A padded pocket fits a 15 inch laptop.",
            "The zips lock.",
            "The straps can be taken off.",
            "Two side pockets hold bottles.",
            "The lining can be washed.",
        ),
    ),
    Department(
        "Clothing",
        "Plain clothes that last",
        _kinds("""
T-shirt          | shirt | 12-45   | 180  | cotton, linen, merino wool | clothes
shirt            | shirt | 29-110  | 260  | cotton, linen, flannel | clothes
sweater          | shirt | 39-160  | 480  | merino wool, cotton, cashmere | clothes
rain jacket      | shirt | 59-240  | 620  | recycled polyester, nylon | clothes
hoodie           | shirt | 34-95   | 560  | cotton, fleece | clothes
jeans            | legs  | 45-140  | 700  | denim | waist
trousers         | legs  | 39-130  | 520  | cotton, wool, linen | waist
scarf            | cloth | 15-85   | 160  | wool, cashmere, cotton
"""),
        ("Relaxed", "Slim", "Brushed", "Striped", "Heavy", "Everyday", "Quilted", "Cropped"),
        ("cool evenings", "layers", "long walks", "the office", "travel"),
        (
            "Wash at 30 degrees.",
            "The seams are double.",
            "It shrinks by less than two percent.",
            "Two inside pockets.",
            "Spare buttons are sewn in.",
        ),
    ),
    Department(
        "Shoes",
        "From the trail to the sofa",
        _kinds("""
running shoes    | shoe  | 59-180  | 560  | mesh, recycled polyester | shoes
hiking boots     | boot  | 89-260  | 1200 | leather, suede | shoes
sneakers         | shoe  | 45-150  | 700  | canvas, leather | shoes
loafers          | shoe  | 59-190  | 640  | leather, suede | shoes
rain boots       | boot  | 29-95   | 1300 | rubber | shoes
sandals          | shoe  | 25-110  | 420  | leather, cork | shoes
slippers         | shoe  | 15-60   | 300  | felt, wool | shoes
"""),
        ("Light", "Waterproof", "Soft", "Trail", "City", "Wide", "Cushioned", "Winter"),
        ("long days", "wet paths", "the first ten kilometers", "home", "summer"),
        (
            "The insole can be taken out.",
            "They run half a size small.",
            "The soles can be replaced.",
            "Laces in two colors are included.",
            "Tested on wet stone.",
        ),
    ),
    Department(
        "Audio",
        "Headphones, speakers and records",
        _kinds("""
headphones       | phones| 29-340  | 260  | aluminum, plastic
earbuds          | buds  | 19-210  | 60   | plastic
Bluetooth speaker| speaker| 25-220 | 800  | plastic, bamboo, aluminum
bookshelf speaker| speaker| 89-480 | 4500 | walnut, MDF
soundbar         | board | 99-420  | 3100 | aluminum, plastic
turntable        | disc  | 99-520  | 5400 | walnut, aluminum
radio            | speaker| 29-180 | 1100 | walnut, plastic
microphone       | mic   | 35-210  | 450  | steel, aluminum
"""),
        ("Wireless", "Noise-canceling", "Portable", "Studio", "Compact", "Open-back", "Vintage", "Waterproof"),
        ("trains", "small rooms", "the kitchen", "calls", "vinyl evenings"),
        (
            "Plays 24 hours on one charge.",
            "Connects to two devices at once.",
            "The cable can be replaced.",
            "Charges by USB-C.",
            "The ear pads can be changed.",
        ),
    ),
    Department(
        "Office",
        "Paper, pens and good order",
        _kinds("""
notebook         | book  | 4-32    | 320  | paper, recycled paper
fountain pen     | pen   | 15-160  | 30   | brass, resin, steel
ballpoint pen set| pen   | 5-30    | 90   | plastic, aluminum
desk organizer   | box   | 12-65   | 900  | bamboo, steel, felt
office chair     | chair | 99-460  | 14500| mesh, leather
monitor stand    | board | 19-95   | 2200 | bamboo, steel, oak
wireless keyboard| board | 25-170  | 620  | aluminum, plastic
document box     | box   | 6-35    | 700  | recycled paper, steel
desk pad         | cloth | 12-70   | 480  | felt, leather, cork
"""),
        ("Dotted", "Ergonomic", "Refillable", "Silent", "Slim", "Classic", "Modular", "Recycled"),
        ("busy desks", "long meetings", "students", "a home office", "left-handed people"),
        (
            "Two refills are included.",
            "The pages lie flat.",
            "Assembled in five minutes.",
            "Ink does not bleed through.",
            "The height can be set in six steps.",
        ),
    ),
    Department(
        "Garden",
        "Tools, pots and things to sit on",
        _kinds("""
garden spade     | tool  | 19-75   | 1900 | ash, steel
pruning shears   | tool  | 12-65   | 260  | steel
watering can     | can   | 12-60   | 900  | zinc, plastic | liters
plant pot        | pot   | 6-70    | 1800 | terracotta, ceramic, zinc
raised bed       | box   | 49-210  | 16500| larch, cedar
garden chair     | chair | 39-190  | 5200 | acacia, steel, rattan
bird feeder      | house | 12-55   | 800  | cedar, steel
hose reel        | disc  | 29-130  | 4300 | plastic, steel
seed set         | book  | 4-25    | 90   | paper
"""),
        ("Sturdy", "Self-watering", "Folding", "Weatherproof", "Balcony", "Traditional", "Light", "Rustproof"),
        ("balconies", "heavy soil", "small gardens", "herbs", "late summer"),
        (
            "Stays outside all winter.",
            "The handle is waxed.",
            "Drainage holes are drilled.",
            "Spare blades can be ordered.",
            "Treated with linseed oil.",
        ),
    ),
    Department(
        "Toys",
        "To build, roll and puzzle",
        _kinds("""
building blocks  | blocks| 12-80   | 1400 | beech, maple
jigsaw puzzle    | blocks| 9-40    | 600  | cardboard, plywood
wooden train     | train | 19-95   | 1100 | beech, birch
plush bear       | bear  | 12-60   | 350  | cotton, plush
board game       | box   | 15-70   | 1200 | cardboard
kite             | kite  | 12-55   | 300  | nylon, recycled polyester
ball             | ball  | 6-30    | 280  | rubber, leather
doll's house     | house | 39-190  | 4800 | plywood, birch
"""),
        ("Colorful", "Giant", "First", "Magnetic", "Classic", "Travel", "Musical", "Soft"),
        ("rainy afternoons", "small hands", "two to six players", "grandparents", "the park"),
        (
            "For children from three years.",
            "Painted with water-based colors.",
            "All parts fit in the bag.",
            "Rules in four languages.",
            "Can be washed by hand.",
        ),
    ),
    Department(
        "Camping",
        "Nights outside, well prepared",
        _kinds("""
tent             | tent  | 79-480  | 3600 | nylon, polyester
sleeping bag     | roll  | 45-260  | 1300 | down, recycled polyester
camping stove    | kettle| 25-140  | 480  | steel, titanium
sleeping mat     | roll  | 19-130  | 560  | foam, nylon
headlamp         | bulb  | 15-85   | 90   | aluminum, plastic
water bottle     | bottle| 9-45    | 250  | steel, plastic, titanium | liters
trekking poles   | tool  | 29-140  | 480  | aluminum, carbon
cool box         | box   | 29-170  | 3900 | plastic, aluminum
"""),
        ("Ultralight", "Two-person", "Insulated", "Compact", "Four-season", "Rugged", "Packable", "Family"),
        ("long trails", "cold nights", "festivals", "car trips", "the first night out"),
        (
            "Packs down to the size of a bread.",
            "Tested at minus ten degrees.",
            "Repair kit included.",
            "Set up in three minutes.",
            "Holds warmth for twelve hours.",
        ),
    ),
    Department(
        "Bedroom",
        "Linen, pillows and quiet",
        _kinds("""
duvet            | pillow| 39-240  | 1900 | down, cotton, wool | beds
pillow           | pillow| 15-95   | 800  | down, latex, buckwheat
bed linen set    | cloth | 29-170  | 1500 | linen, cotton, flannel | beds
wool blanket     | cloth | 39-180  | 1600 | wool, alpaca, cotton
alarm clock      | clock | 12-75   | 260  | plastic, beech, steel
bedside table    | table | 45-210  | 7800 | oak, pine, steel
laundry basket   | basket| 19-80   | 1300 | rattan, cotton, bamboo
"""),
        ("Soft", "Cool", "Heavy", "Washed", "Quilted", "Hypoallergenic", "Light", "Nordic"),
        ("cold rooms", "light sleepers", "guests", "all seasons", "side sleepers"),
        (
            "Wash at 60 degrees.",
            "The cover can be taken off.",
            "Filled by hand.",
            "Certified free of harmful substances.",
            "Dries within a day.",
        ),
    ),
    Department(
        "Furniture",
        "Tables, shelves and chairs",
        _kinds("""
bookshelf        | shelf | 59-340  | 18500| oak, pine, steel | widths
side table       | table | 35-190  | 5600 | oak, marble, steel
dining chair     | chair | 49-230  | 5400 | beech, oak, ash
bench            | table | 69-290  | 11500| oak, pine | widths
stool            | chair | 25-120  | 3300 | beech, oak, cork
coat rack        | tool  | 25-140  | 4200 | beech, steel
wall shelf       | shelf | 19-110  | 3100 | oak, walnut, steel | widths
shoe cabinet     | box   | 59-240  | 15500| pine, steel
"""),
        ("Narrow", "Solid", "Stackable", "Round", "Modular", "Low", "Oiled", "Scandinavian"),
        ("narrow halls", "large rooms", "children's rooms", "small flats", "the window seat"),
        (
            "Comes in two parcels.",
            "All screws are included.",
            "Carries up to 120 kg.",
            "The wood is from managed forests.",
            "Felt pads protect the floor.",
        ),
    ),
)

SYLLABLES = (
    listed("Al Bel Cor Dal El Fen Gar Hal Il Jor Kel Lor Mar Nor Or Pel Quil Ros Sol Tal Ul Ver Wil Yar Zen"),
    listed("a an bra da dri en fi gra i ka la li mo na o ra ri sta ta the u va ve"),
    listed("ck da dell don en field fors gard ham lin lo ma mere nia nova ra ris ro sen ta via ton vik wyn"),
)
"""Beginnings, middles and ends of brands and series."""

BRAND_ENDS = ("", "", "", " & Co", " Works", " Studio", " Goods", " Brothers", " Supply")
SHOPS = (
    listed("""
Maple Finch Copper Harbor Clover Lantern Willow Pebble Juniper Anchor Thistle Otter Saffron Quarry
Heron
"""),
    listed("Lane Row House Market Store Yard Corner Mill Hall Goods Trading Cellar Arcade Depot Works"),
)
SLOGANS = (
    "Good things for everyday life",
    "Well made, fairly priced",
    "Fewer things, better things",
    "Everything for house and journey",
    "Chosen with care since {year}",
    "Made to be used",
)

PRAISE = (
    ("Better than expected", "Love it", "Exactly right", "Worth every cent", "Would buy again", "A small joy"),
    (
        "I use it every day and it still looks new.",
        "Arrived two days early and well packed.",
        "My {who} asked where to get one.",
        "The {stuff} feels solid and the finish is clean.",
        "Fits perfectly, no complaints.",
        "I compared five others; this one won.",
    ),
)
MIXED = (
    ("It is all right", "Good with small flaws", "Does its job", "Decent for the price"),
    (
        "The color is a little darker than in the picture.",
        "Good quality, but delivery took more than a week.",
        "Works well, though the instructions are thin.",
        "I had hoped for better {stuff}.",
        "Fine for my {who}, too small for me.",
    ),
)
BLAME = (
    ("Disappointed", "Not for me", "Broke too soon", "I sent it back"),
    (
        "A part came loose after three weeks.",
        "The {stuff} scratches easily.",
        "It does not look like the picture.",
        "Too heavy for what it does.",
        "My {who} returned it after a day.",
    ),
)
WHO = ("sister", "neighbor", "father", "daughter", "partner", "colleague", "brother", "aunt")
