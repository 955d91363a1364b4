"""People who do not exist, for the contents of all sites: names, addresses, ways to reach them."""

from __future__ import annotations

from dataclasses import dataclass

from scoutgym.envs.chance import Chance


def listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


FIRST = listed("""
Ada Adrian Aisha Alba Amara Amir Anders Anika Anton Ariana Beatrix Benedict Bianca Boris Camille Carlo Cecilia Chidi
Clara Cormac Daniela Darius Delia Dmitri Edith Elias Elena Emeka Esther Fabian Farah Felix Fiona Frida Gareth Gemma
Goran Greta Hannah Hassan Helga Hugo Ibrahim Ida Imogen Ingrid Isaac Ivana Jasper Joanna Jonas Judith Kamal Karin
Kenji Klara Lars Leila Leon Linnea Lorenzo Lucia Magnus Malika Marcus Marta Mateo Mei Milan Miriam Nadia Nathan Nina
Noor Olga Oscar Otto Paloma Pavel Petra Priya Quentin Rafael Ramona Rashid Renata Rosa Ruben Sabine Samir Selma
Simon Sofia Stefan Tamar Tariq Teresa Theo Tilda Tomas Ursula Valentin Vera Viktor Wanda Willem Yara Yusuf Zara
Zoran
""")

LAST = listed("""
Abbott Adeyemi Ahlgren Alvarez Amsel Andersen Baptiste Barlow Becker Bellamy Bianchi Borg Brandt Calloway Castillo
Cheng Clement Dahl Dawson Delgado Dietrich Dubois Eastwood Eriksen Escobar Fairchild Falk Ferrari Fischer Fontaine
Garner Gallo Grahn Guerrero Haddad Halvorsen Hartley Hayashi Hoffman Holloway Ibarra Iversen Jansen Jennings Kaplan
Kessler Kimura Kowalski Laurent Lindqvist Lombardi Lorimer Maddox Marchetti Mbeki Mercer Moreau Nakamura Navarro
Nilsen Novak Oakley Obi Okafor Olsen Osborne Pacheco Palmer Pereira Petrov Quigley Ramirez Rasmussen Reyes Romano
Rossi Salazar Sandoval Santos Schreiber Shah Sinclair Solberg Sorensen Steiner Tanaka Thorne Tiwari Ueda Underwood
Valdez Vance Varga Vogel Wagner Walsh Weber Whitaker Winters Yamada Young Zeller Zimmer
""")

STREETS = listed("""
Alder Ash Beech Birch Bridge Canal Castle Cedar Chapel Cherry Church Clover College Copper Crescent Elm Fern Foundry
Garden Granary Harbor Hazel Heron Hill Juniper King Lake Larch Linden Maple Market Meadow Mill Oak Orchard Park Pine
Poplar Quarry Queen Ridge River Rowan Saddler School Spring Station Sycamore Tanner Thistle Vine Walnut Willow
""")
WAYS = ("Street", "Road", "Lane", "Avenue", "Drive", "Court", "Way", "Square")

CITIES = listed("""
Ashford Bramley Brookfield Calder Clearwater Colby Dunmore Eastbrook Edgewater Fairhaven Fallbrook Glenwood
Greenport Hadley Harrow Hartwell Kelso Kingsbury Lakemont Langley Linwood Marlow Merrow Millbrook Newbury Northfield
Oakdale Penrose Ravenna Redcliff Rockport Rosedale Selby Silverton Stanmore Thornbury Wakefield Westbrook Whitby
Winslow
""")

COUNTRIES = ("United States", "Canada", "United Kingdom", "Germany", "Ireland")
MAILS = ("mail.test", "post.test", "inbox.test", "letter.test")


@dataclass(frozen=True)
class Person:
    """Somebody, and where to find them."""

    name: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    country: str


def name(chance: Chance) -> str:
    """First and last name."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def street(chance: Chance) -> str:
    """Street and house number."""
    return f"{1 + chance.below(240)} {chance.choice(STREETS)} {chance.choice(WAYS)}"


def postcode(chance: Chance) -> str:
    """Five digits, in every country alike."""
    return f"{10000 + chance.below(89999)}"


def phone(chance: Chance) -> str:
    """A number that no telephone has (the exchange 555)."""
    return f"{201 + chance.below(780)}-555-{chance.below(10000):04}"


def person(chance: Chance) -> Person:
    """Somebody."""
    called = name(chance)
    mail = (
        f"{called.lower().replace(' ', chance.choice(('.', '_', '-')))}{chance.below(90) + 10}@{chance.choice(MAILS)}"
    )
    place = street(chance), chance.choice(CITIES), postcode(chance), chance.choice(COUNTRIES)
    return Person(called, mail, phone(chance), *place)
