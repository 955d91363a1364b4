"""Values of facts, and the words that they are made of.

The words are cut in three: no name, street or phrase of one split is in another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.people import CITIES, FIRST, LAST, MAILS, STREETS, WAYS, listed

T = TypeVar("T")

MONTHS = listed("January February March April May June July August September October November December")


def _listed(text: str) -> tuple[str, ...]:
    """The phrases of a text, with strokes between them."""
    return tuple(text.replace("\n", "").split("/"))


PARTIES = _listed("""
the Harvest League/the Blue Compass/the Commons Alliance/the Lantern Front/the River Union/the Civic Anchor/
the Meadow Movement/the Granite Bloc/the Orchard Greens/the Copper Wing/the Northern Voice/the Open Hand/
the Thistle Pact/the Harbor Liberals/the Saffron Guild/the Marigold Circle/the Iron Ballot/the Willow Democrats/
the Beacon Reform/the Plain Deal/the Tidewater Caucus/the Golden Acorn/the Signal Radicals/the Homestead Slate/
the Violet Platform/the Eastgate Workers/the Quiet Majority/the Falcon Assembly/the Bridge Moderates/
the Sunrise Ticket
""")

FAITHS = _listed("""
Quaker/Sikh/Zoroastrian/Mennonite/Baha'i/Shinto/Jain/Methodist/Lutheran/Druze/Taoist/Anglican/Unitarian/Buddhist/
Coptic/Presbyterian/Ismaili/Rastafari/Moravian/Maronite/Alevi/Baptist/Hutterite/Yazidi/Pentecostal/Mandaean/
Wiccan/Adventist/Waldensian/Hindu
""")

REASONS = _listed("""
falsified receipts/unpunctual arrivals/quarrel with the foreman/stolen laptops/drunken driving/leaked blueprints/
unpaid overtime/insulted customers/forged signatures/expired licence/gambling on duty/damaged forklift/
missed deadlines/invented references/sleeping on shift/threatened a colleague/sold company tools/
ignored safety rules/copied client lists/smoked in the depot/lost the vault keys/misused the fuel card/
bullied apprentices/deleted invoices/bribed inspectors/skipped inventory/rigged the tender/harassed a temp/
lied about a diploma/embezzled petty cash
""")

COURSES = _listed("""
organic chemistry/medieval Latin/linear algebra/fluid mechanics/contract law/microeconomics/phonetics/
thermodynamics/numerical analysis/developmental psychology/art history/soil physics/compiler construction/
constitutional law/comparative anatomy/quantum optics/music theory/plant genetics/moral philosophy/
stochastic processes/tax accounting/landscape drawing/reinforced concrete/graph theory/veterinary surgery/
Byzantine archaeology/signal processing/labor economics/galvanic cells/speech therapy/maritime logistics
""")

ILLNESSES = _listed("""
bipolar disorder/epilepsy/psoriasis/hepatitis/endometriosis/glaucoma/anorexia nervosa/multiple sclerosis/
sarcoidosis/tuberculosis/narcolepsy/schizophrenia/lymphoma/fibromyalgia/celiac disease/Parkinson's disease/
gonorrhea/panic attacks/kidney stones/alcohol dependence/Crohn's disease/osteoporosis/angina pectoris/
post-traumatic stress/macular degeneration/ovarian cysts/leukemia/myasthenia gravis/hemophilia/
rheumatoid arthritis
""")

DRUGS = _listed("""
lithium carbonate/methotrexate/prednisolone/levothyroxine/risperidone/warfarin/isotretinoin/metformin/gabapentin/
naltrexone/adalimumab/carbamazepine/oxycodone/tamoxifen/fluoxetine/clozapine/azathioprine/buprenorphine/
donepezil/levodopa/ribavirin/sildenafil/tacrolimus/topiramate/zidovudine/colchicine/disulfiram/finasteride/
hydroxyurea/mesalazine/phenobarbital/salbutamol
""")


def mine(words: Sequence[T], split: str) -> Sequence[T]:
    """The words of a split: three fifths train, the fourth dev, the last test."""
    if split == "train":
        return [word for place, word in enumerate(words) if place % 5 < 3]
    return words[3::5] if split == "dev" else words[4::5]


@dataclass(frozen=True)
class Value:
    """What a fact is: as an item of personal data has it, and as it is said."""

    plain: str
    said: str


Draw = Callable[[Chance, str], Value]
"""A value of a split."""


def _same(text: str) -> Value:
    return Value(text, text)


def code(pattern: str) -> Draw:
    """Random digits for ``#``."""

    def draw(chance: Chance, split: str) -> Value:
        return _same("".join(str(chance.below(10)) if sign == "#" else sign for sign in pattern))

    return draw


def amount(low: int, high: int, step: int) -> Draw:
    """Money, in steps."""

    def draw(chance: Chance, split: str) -> Value:
        return _same(f"{low + step * chance.below((high - low) // step):,} EUR")

    return draw


def day(first: int, last: int) -> Draw:
    """A day of some years; it is said in another order in the test split."""

    def draw(chance: Chance, split: str) -> Value:
        year, month, day = first + chance.below(last - first + 1), 1 + chance.below(12), 1 + chance.below(28)
        name = MONTHS[month - 1]
        said = f"{name} {day}, {year}" if split == "test" else f"{day} {name} {year}"
        return Value(f"{year}-{month:02}-{day:02}", said)

    return draw


def one_of(phrases: Sequence[str]) -> Draw:
    """One of some phrases, those of the split."""

    def draw(chance: Chance, split: str) -> Value:
        return _same(chance.choice(mine(phrases, split)))

    return draw


def name(chance: Chance, split: str) -> str:
    """First and last name of somebody of a split."""
    return f"{chance.choice(mine(FIRST, split))} {chance.choice(mine(LAST, split))}"


def person(chance: Chance, split: str) -> Value:
    """Somebody's name."""
    return _same(name(chance, split))


def doctor(chance: Chance, split: str) -> Value:
    """Somebody with a title."""
    return _same(f"Dr. {name(chance, split)}")


def email(chance: Chance, split: str) -> Value:
    """An address that nobody has."""
    return _same(f"{name(chance, split).lower().replace(' ', '.')}{10 + chance.below(90)}@{chance.choice(MAILS)}")


def phone(chance: Chance, split: str) -> Value:
    """A number that no telephone has (the exchange 555)."""
    return _same(f"+1 {202 + chance.below(7)} 555 {chance.below(10_000):04}")


def address(chance: Chance, split: str) -> Value:
    """Street, house, town and postcode."""
    street = f"{1 + chance.below(240)} {chance.choice(mine(STREETS, split))} {chance.choice(WAYS)}"
    return _same(f"{street}, {chance.choice(mine(CITIES, split))} {10000 + chance.below(89_999)}")
