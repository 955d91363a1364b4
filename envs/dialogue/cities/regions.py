"""Regions and seas that a city may be asked about, beside its own: which of them hold it."""

from __future__ import annotations

from scoutgym.envs.dialogue.cities.atlas import City

MEMBERS = {
    "Scandinavia": "DK NO SE",
    "the Nordic countries": "DK NO SE FI IS",
    "the Baltic states": "EE LV LT",
    "the Iberian Peninsula": "ES PT",
    "the British Isles": "GB IE",
    "Benelux": "NL BE",
    "the Arabian Peninsula": "SA AE QA BH OM YE",
    "the Maghreb": "MA DZ TN LY MR",
    "Latin America": "MX SV HN NI CR PA CU DO PR HT BR AR CL UY PY BO PE EC CO VE",
    "Central America": "SV HN NI CR PA",
    "Australasia": "AU NZ",
    "the former Yugoslavia": "RS HR SI BA MK",
}
"""Regions that are lists of countries."""

UNSURE = {
    "Western Europe": "GB IE AT CH ES PT IT DK",
    "Eastern Europe": "PL CZ SK HU BG RS HR SI BA MK AL EE LV LT GR GE AM AZ",
    "Northern Europe": "NL DE",
    "Southern Europe": "FR BG RS HR SI BA MK AL GR CY TR RO",
    "Central Europe": "DE RO LT HR RS UA",
    "the Balkans": "RO SI TR",
    "the Middle East": "EG CY AF GE AM AZ",
    "the Arabian Peninsula": "JO IQ",
    "Central Asia": "AF MN IR",
    "South Asia": "IR MM",
    "East Asia": "VN RU",
    "Southeast Asia": "BD",
    "North Africa": "MR ML NE TD",
    "West Africa": "CM TD",
    "East Africa": "SD MW ZM ZW MZ",
    "Central Africa": "RW BI AO ZM",
    "Southern Africa": "MG MU",
    "sub-Saharan Africa": "SD MR",
    "Latin America": "JM BS BB TT GY SR",
    "Central America": "MX",
    "the Caribbean": "CO VE GY SR",
    "the Andean countries": "CL AR",
    "Australasia": "PG FJ",
    "the Pacific islands": "NZ",
}
"""Countries of which not everybody would say the same."""

COASTS = {
    "the West Coast": "Los Angeles|San Francisco|Seattle|San Diego|Portland",
    "the East Coast": "New York|Boston|Washington|Philadelphia|Baltimore|Miami",
}
"""Of the United States."""

WITHIN = {
    "Bristol Channel": "Atlantic Ocean",
    "Irish Sea": "Atlantic Ocean",
    "North Sea": "Atlantic Ocean",
    "Baltic Sea": "Atlantic Ocean",
    "Kattegat": "Baltic Sea",
    "Mediterranean Sea": "Atlantic Ocean",
    "Adriatic Sea": "Mediterranean Sea",
    "Aegean Sea": "Mediterranean Sea",
    "Sea of Marmara": "Mediterranean Sea",
    "Strait of Gibraltar": "Mediterranean Sea",
    "Black Sea": "Mediterranean Sea",
    "Caribbean Sea": "Atlantic Ocean",
    "Gulf of Guinea": "Atlantic Ocean",
    "Persian Gulf": "Indian Ocean",
    "Red Sea": "Indian Ocean",
    "Arabian Sea": "Indian Ocean",
    "Bay of Bengal": "Indian Ocean",
    "Andaman Sea": "Indian Ocean",
    "Timor Sea": "Indian Ocean",
    "South China Sea": "Pacific Ocean",
    "Yellow Sea": "Pacific Ocean",
    "Java Sea": "Pacific Ocean",
    "Coral Sea": "Pacific Ocean",
    "Strait of Malacca": "Indian Ocean",
    "Beagle Channel": "Atlantic Ocean",
}
"""Seas and what they are parts of: a question about the larger one has no plain answer."""


def lies_in(city: City, group: str) -> bool | None:
    """Whether a city lies in a region; None where that can be disputed, or where no region is asked for."""
    if not group:
        return None
    if group in COASTS:
        return city.name in COASTS[group].split("|") if city.country == "US" else None
    if group == "Siberia":
        return city.region == group or (None if city.country == "RU" and city.longitude > 60 else False)
    if city.country in UNSURE.get(group, "").split():
        return None
    if group in MEMBERS:
        return city.country in MEMBERS[group].split()
    if group == "sub-Saharan Africa":
        return "Africa" in city.land.continents and city.land.region != "North Africa"
    return (city.region or city.land.region) == group


def lies_on(city: City, sea: str) -> bool | None:
    """Whether a city lies on a sea, or on any; None where it lies on a part of it."""
    if sea == "inland":
        return city.sea is None
    if not sea or city.sea is None:
        return city.sea is not None
    if city.sea == sea:
        return True
    around = WITHIN.get(city.sea)
    while around is not None:
        if around == sea:
            return None
        around = WITHIN.get(around)
    return False
