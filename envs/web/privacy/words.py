"""The words that values are written with: numbers, months, streets, titles, currencies, and words that anybody uses."""

from __future__ import annotations

import re
from pathlib import Path

_UNITS = "zero one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_FIRST = "first second third fourth fifth sixth seventh eighth ninth"
_TENTH = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
_SPANISH = "cero uno dos tres cuatro cinco seis siete ocho nueve"
_GERMAN = "null eins zwei drei vier funf sechs sieben acht neun"
_FRENCH = "zero - deux trois quatre cinq - sept huit neuf"  # un and six are other words too


def _numbered(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(words.split()) if word != "-"}


UNITS = _numbered(_UNITS, 0)
TENS = _numbered(_TENS, 20, 10)
SMALL = UNITS | _numbered(_TEENS, 10)
FIRST = _numbered(_FIRST, 1)
ORDINALS = FIRST | _numbered(_TENTH, 10) | {"twentieth": 20, "thirtieth": 30}
FOREIGN = _numbered(_SPANISH, 0) | _numbered(_GERMAN, 0) | _numbered(_FRENCH, 0)
"""Digits in Spanish, German and French, without accents."""
SPOKEN = frozenset(SMALL | TENS | ORDINALS | FOREIGN) | {"double", "triple"}
"""A text with none of these has no number written in words."""
BETWEEN = frozenset({"dash", "hyphen", "minus", "slash", "guion", "point", "space"})
"""Words for the signs between spoken digits."""

_MONTHS = """
january janvier enero januar gennaio janeiro jan ene janv
february fevrier febrero februar febbraio fevereiro feb fevr
march mars marzo marz marco mar
april avril abril aprile apr abr avr
may mai mayo maggio maio
june juin junio juni giugno junho jun
july juillet julio juli luglio julho jul juil
august aout agosto aug ago
september septembre septiembre settembre setembro sept sep
october octobre octubre oktober ottobre outubro oct okt
november novembre noviembre novembro nov
december decembre diciembre dezember dicembre dezembro dec dic dez
"""
MONTHS = {word: place for place, line in enumerate(_MONTHS.strip().splitlines(), 1) for word in line.split()}
"""Months in English, French, Spanish, German, Italian and Portuguese, without accents."""

_STREETS = """
st street saint
ave avenue av avda avenida
rd road
blvd boulevard
ln lane
dr drive
ct court
pl place plaza
sq square
ter terrace
hwy highway
pkwy parkway
cres crescent
cl close
str strasse
c calle
apt apartment unit flat
n north
s south
e east
w west
mt mount
"""
STREETS = {word: line.split()[0] for line in _STREETS.strip().splitlines() for word in line.split()}
"""A word of an address to its short form; ``St.`` may be a street or a saint."""

_TITLES = "mr mrs ms miss mx dr prof professor sir madam sr sra srta herr frau monsieur madame mme signor signora"
TITLES = frozenset(_TITLES.split())
_PARTICLES = "van von der den de del della di da dos das la le el al bin ibn ter ten zu zur du st o d"
PARTICLES = frozenset(_PARTICLES.split())
"""Words that belong to the surname after them."""

_CURRENCIES = """
usd $ us$ dollar dollars bucks
eur € euro euros
gbp £ pound pounds quid
chf franc francs franken sfr fr
jpy ¥ yen
inr ₹ rupee rupees rs
sek kr krona kronor crowns
"""
CURRENCIES = {word: line.split()[0] for line in _CURRENCIES.strip().splitlines() for word in line.split()}

COMMON = frozenset((Path(__file__).parent / "common.txt").read_text(encoding="utf-8").split())
"""Words that say nothing of anybody by themselves."""

_ENDING = re.compile(r"(?:ically|ations?|ings?|ied|ies|ness|ment|ic|ed|es|ers?|ist|ism|al|ly|ia|s|y|e)$")


def stem(word: str) -> str:
    """A word without its ending, of three letters at least."""
    cut = _ENDING.sub("", word)
    if len(cut) < 3:
        return word
    return cut[:-1] if cut[-1] == cut[-2] and cut[-1] not in "aeiou" else cut


COMMON_STEMS = frozenset(map(stem, COMMON))
