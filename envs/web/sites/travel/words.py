"""What the travel desk's contents are made of: cities, carriers, hotels, and what is said of them."""

from __future__ import annotations


def _listed(text: str, by: str | None = None) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(one.strip() for one in text.split(by))


CITIES = _listed("""
Aldermoor Ambry Arvenne Bellhaven Brackwell Calvera Candlow Carrow Corvale Cressida Dovemere Dunvale Elmira Estrella
Farrowby Fenwick Galloway Garnet Grantley Halden Havenport Hollins Ilverton Islay Jarrow Kelmscott Kestrel Lanmere
Larkhill Lindale Lorvane Maribor Marrow Merrin Montclair Morwen Norhaven Oakhurst Ormonde Ostara Palmetto Pinehurst
Quarley Ravelin Redwater Rivermouth Rosmere Saltash Seabrook Selwick Solvang Stourhead Tamsin Tarrow Thornwick
Umberleigh Valdris Veredon Wexcombe Whitsand Windrush Yarrow Zennor
""")

SIGHTS = (
    "an old harbor with fishing boats and seafood bars",
    "a market hall of glass and iron from 1888",
    "wide river banks for walking and cycling",
    "a hill with a castle above red roofs",
    "a long sandy beach ten minutes from the center",
    "gardens with more than 400 kinds of roses",
    "a museum of clocks and maps",
    "a cable car up to the lookout tower",
    "narrow lanes full of small workshops",
    "a lake with boats for hire",
    "an opera house known for its open-air summer",
    "hot springs in the middle of the town",
)

AIR, AIR_ENDS = (
    _listed("""
    Larkspur Tamarind Quillon Brambling Solmere Petrella Vantry Saffron Fennimore Gannet Hollin Wrenfield Marrable
    Osprin Calloway Tindal
    """),
    ("Air", "Airways", "Wings"),
)
RAIL, RAIL_ENDS = (
    _listed("Ironvale Redbank Millrace Copperline Northmoor Westering Dalesway Greyfell Bridgeton Harrowgate Longmere"),
    ("Rail", "Railways", "Trains"),
)

DESKS = (
    _listed("Lantern Pebble Harbor Anchor Clover Willow Saddle Marble Feather Copper Juniper Ribbon Meadow Orchard"),
    _listed("Travel Trips Journeys Voyages Tickets"),
)
SLOGANS = (
    "Trains, planes and a bed for the night",
    "Everywhere from here, since {year}",
    "The short way to a long weekend",
    "Go far, sleep well",
    "Your trip in one place",
    "Journeys made simple since {year}",
)

HOTELS = (
    _listed("Old New Grand Little Royal Silver Golden Blue Green White Red Quiet Sunny Upper"),
    _listed("Anchor Bridge Garden Mill Station Harbor Orchard Crown Swan Lantern Terrace Palace Court Fountain Tower"),
    _listed("Hotel Inn House Lodge Rooms Residence"),
)
DISTRICTS = _listed(
    "Old Town|Station Quarter|Harbor District|Riverside|University Quarter|Castle Hill|Garden District|Market Square",
    "|",
)

PERKS = _listed(
    """
Free Wi-Fi|Pool|Gym|Sauna|Parking|Restaurant|Bar|Airport shuttle|Pets welcome|Family rooms|Step-free access|Bicycle hire
""",
    "|",
)

ABOUT = (
    "A family house with {rooms} rooms around a green courtyard.",
    "A modern house of {rooms} rooms with wide windows and good beds.",
    "A calm place of {rooms} rooms in a building from {year}.",
    "{rooms} bright rooms, a long breakfast and people who know the town.",
    "A restored warehouse from {year} with {rooms} rooms on five floors.",
)

ROOMS = (
    ("Single room", 1, 72, 14),
    ("Double room", 2, 100, 20),
    ("Twin room", 2, 96, 21),
    ("Superior double room", 2, 128, 27),
    ("Family room", 4, 158, 34),
    ("Suite", 3, 205, 46),
)
"""Name, how many sleep in it, its price as a percentage of the house's, square meters."""

COUNTRIES = _listed(
    """
Canada|Chile|Denmark|Egypt|France|Germany|Greece|India|Ireland|Italy|Japan|Kenya|Mexico|Netherlands|New Zealand|Norway|
Peru|Poland|Portugal|Spain|Sweden|Turkey|United Kingdom|United States
""",
    "|",
)
"""Of citizenship."""

WISHES = ("A quiet room, please.", "We arrive by bicycle.", "A cot for the baby, please.", "A room on a high floor.")
