"""The settings in which bandits are told: a sentence, what the arms are called, and the arms' names.

Like PAPRIKA (arXiv 2502.17543) there are 81 settings to train on, with 3 to 7 arms in its proportions (47, 9, 11, 8,
6), and the test is on others: the room with colored buttons of Krishnamurthy et al. (arXiv 2403.15371), which is also
PAPRIKA's only test setting, their advertisements, and three more of five arms. The development split has eight of its
own. The wording is ours throughout. ``PLAIN`` arms have one-letter names, for small models; they are the same in every
split.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import part
from scoutgym.types import Task


@dataclass(frozen=True, slots=True)
class Story:
    """One setting: a sentence, a noun for the arms, and their names."""

    setting: str
    noun: str
    arms: tuple[str, ...]


def _read(lines: str) -> tuple[Story, ...]:
    fields = [line.split(" | ") for line in lines.strip().splitlines()]
    return tuple(Story(setting, noun, tuple(arms.split(", "))) for setting, noun, arms in fields)


TRAIN = _read("""
A bakery tries out what to put in its window. | display | bread, cakes, flowers
You cast a line from the pier and look for the spot where fish bite. | spot | ladder, lamp, far end
A gardener tries ways to keep snails off the lettuce. | method | ash, eggshells, copper tape
You turn the dial of an old radio and hope for a clear voice. | station | north, coast, valley
A juggler tests which opening trick makes children laugh. | trick | plates, hats, torches
A lighthouse keeper tries lamp oils on foggy nights. | oil | palm, olive, colza
You train a parrot and test which treat makes it speak. | treat | walnut, grape, corn
A clinic compares reminders that bring patients back in time. | reminder | letter, call, message
A beekeeper tries places for a new hive. | place | orchard, meadow, roof
You ring doorbells to sell cookies and choose how to begin. | greeting | joke, song, smile
A chess club tests plans against a strong computer. | plan | gambit, fortress, fork
A potter tests glazes on pots that may crack in the kiln. | glaze | salt, celadon, shino
You commute by water and want the ferry that is on time. | ferry | Swallow, Heron, Tern
A teacher tries ways to begin a lesson so that pupils join in. | opener | riddle, story, quiz
A miner taps the rock in search of silver. | wall | east, west, south
You test which bait the mice in the barn take. | bait | cheese, bacon, peanut butter
A drummer tries rhythms that get a shy crowd to dance. | rhythm | samba, waltz, shuffle
A farmer compares grains in pots that sprout or stay bare. | grain | barley, millet, sorghum
You throw darts with borrowed sets and aim for the middle. | set | brass, steel, nylon
A courier tries ways through the old town at rush hour. | route | bridge, tunnel, riverside
A museum tests which poster makes people come in. | poster | mummy, meteor, mammoth
You wake at night and test which tea lets you sleep again. | tea | lemon balm, valerian, chamomile
A sailor tries knots on a slippery mooring post. | knot | bowline, clove hitch, figure eight
A cook tests thickeners for a sauce that holds or splits. | thickener | flour, egg yolk, arrowroot
You bargain at a market and see whether the price drops. | phrase | too dear, my last coin, next stall
A ranger checks hidden cameras for a rare lynx. | camera | ridge, ford, clearing
A printer feeds an old press that jams or does not. | paper | linen, rag, glossy
You drop coins into toy cranes at a fair. | crane | bear, robot, dragon
A nurse tries stories that calm children before a needle. | story | fox, moon, train
A tailor compares threads under the strain of a fitting. | thread | silk, cotton, polyester
You look for mushrooms in the woods after rain. | slope | beech, birch, spruce
A radio host tests jingles that keep listeners tuned in. | jingle | piano, whistle, choir
A smith cools blades that come out hard or brittle. | quench | water, brine, tallow
You want a window seat and try the ticket counters. | counter | left, middle, right
A charity tests envelopes that people may or may not open. | envelope | plain, striped, handwritten
A diver looks for pearls along a warm coast. | bay | Mango, Coral, Turtle
You play a hand game against a robot with habits. | hand | rock, paper, scissors
A brewer fills barrels that turn out clear or cloudy. | yeast | lager, ale, wild
A coach tests warm-ups before a sprint against the clock. | warm-up | ropes, stairs, stretching
You look for lucky clovers behind the school. | patch | gate, pond, swing
A detective asks about details that may bring a memory back. | topic | weather, music, smell
A botanist tries lamps that make a moonflower open. | lamp | amber, violet, white
A balloonist looks for the hour of calm air. | hour | dawn, noon, dusk
A shepherd tries calls that bring the flock home. | call | horn, bell, yodel
A librarian tests where a book gets borrowed. | shelf | entrance, stairs, window
You knock on trunks and listen for a woodpecker's answer. | tree | oak, elm, pine
A puppet theater tests which hero gets applause. | hero | knight, baker, ghost
A taxi driver chooses where to wait for the next fare. | stand | airport, opera, harbor, hospital
You carry umbrellas through storms that may turn them inside out. | umbrella | tartan, clear, golf, folding
A florist tries tricks to keep tulips fresh for a week. | trick | sugar, coin, ice, aspirin
A hotel asks each guest whether the pillow was right. | pillow | down, wool, foam, buckwheat
You get stuck in crosswords and phone the family for help. | helper | aunt, uncle, cousin, neighbor
A kiosk tests small gifts that bring customers back. | gift | badge, balloon, mint, postcard
A geologist drills for water in a dry valley. | site | fault, bend, terrace, fan
You skip stones across a lake and hope for the far shore. | stone | slate, flint, quartz, basalt
A street singer tests songs, and someone tosses a coin or nobody does. | song | ballad, march, lullaby, polka
You play the slot machines of a small seaside casino. | machine | cherry, anchor, crown, clover, star
A web shop tests which headline sells its lamp. | headline | cozy, bright, thrifty, modern, handmade
A vet tries flavors that make cats swallow a pill. | flavor | tuna, chicken, liver, shrimp, catnip
You ask market sellers for a ripe melon. | seller | Ana, Boris, Chen, Dalia, Emre
A post office compares sorting robots that may misread a label. | robot | Dot, Bolt, Gizmo, Piston, Sprocket
A ski team tests waxes on cold mornings. | wax | pine tar, glacier, cedar, comet, polar
You explore a cave and feel for fresh air. | passage | crooked, narrow, dripping, sloping, echoing
A club tries evenings for its open stage. | evening | Monday, Tuesday, Wednesday, Thursday, Friday
A chemist mixes batches that react or stay inert. | catalyst | nickel, platinum, zeolite, cobalt, titania
You plant a porch box to bring hummingbirds. | flower | fuchsia, salvia, trumpet vine, bee balm, petunia
A night guard tests music that keeps her awake until six. | music | jazz, techno, tango, fado, bluegrass
A magic shop lets you test wands that spark or fizzle. | wand | holly, yew, hazel, rowan, willow, ebony
You guess under which cup the pea lies, and the dealer has habits. | cup | sun, moon, comet, leaf, wave, key
A game studio tests first levels that players finish or quit. | level | jungle, tundra, desert, reef, castle, orbit
A farm tries scarecrows against hungry crows. | scarecrow | pirate, clown, chef, judge, diver, king
You queue at food stalls and hope the dumpling is still hot. | stall | dragon, lotus, lantern, bamboo, phoenix, jade
A crew tests valves that should open at the first try. | valve | alpha, beta, gamma, delta, epsilon, zeta
A doctor compares exercises for stiff knees. | exercise | squat, bridge, lunge, step, curl, kick
You sit in a concert hall and listen for the quiet notes. | seat | stalls, circle, balcony, box, gallery, aisle
A cafe cooks a special that sells out or does not. | special | goulash, ramen, paella, curry, risotto, tagine, chowder
You send pigeons with letters and see which ones return. | pigeon | Pepper, Cloud, Biscuit, Arrow, Misty, Copper, Juno
A space agency sends probes that report back or fall silent. | moon | Io, Europa, Titan, Rhea, Triton, Ariel, Phoebe
An orchestra plays encores to a tired hall. | encore | gavotte, tarantella, minuet, csardas, bolero, mazurka, reel
A locksmith works on a stubborn safe. | pick | hook, rake, diamond, ball, snake, half moon, jag
A marine lab plays sounds that whales may answer. | sound | click, hum, chirp, moan, pulse, knock, trill
""")

DEV = _read("""
A campsite tests what keeps mosquitoes away. | remedy | citronella, smoke, garlic
You call a help line and hope to reach a person. | option | billing, repairs, returns
A magician has boxes from which the rabbit may not come out. | box | oak chest, hatbox, trunk
A night market tests lanterns that draw visitors. | lantern | fish, tiger, peach, boat
You toss rings at bottles at a village fair. | bottle | green, brown, clear, frosted, tall
A team points dishes at the sky for a faint signal. | dish | Vega, Altair, Deneb, Rigel, Sirius
A perfumer lets strangers smell samples and nod or not. | scent | amber, cedar, iris, musk, neroli, vetiver
You look for the center of a hedge maze. | path | rose, laurel, yew, box, ivy, holly, privet
""")

TEST = _read("""
Colored buttons are set into the wall of a bare room. | button | blue, green, red, yellow, purple
A news site shows an advertisement to each visitor. | advertisement | shoes, travel, coffee, books, bicycles
A zoo tests toys that get the otters to play. | toy | ball, hoop, barrel, rope, puzzle
You flip strange coins from a drawer and hope for heads. | coin | ducat, florin, thaler, guilder, rupee
A glider pilot looks for rising air over the hills. | hill | Raven, Badger, Marten, Osprey, Weasel
""")

PLAIN = Story("There are arms to pull.", "arm", tuple("abcdefghij"))

STORIES = (*TRAIN, *DEV, *TEST, PLAIN)
"""All of them: a state names its story by its place here."""

PLACES: Mapping[str, range] = MappingProxyType(
    {
        "train": range(len(TRAIN)),
        "dev": range(len(TRAIN), len(TRAIN) + len(DEV)),
        "test": range(len(TRAIN) + len(DEV), len(TRAIN) + len(DEV) + len(TEST)),
    }
)
"""Which of them are a split's own."""

MOST_NAMED = min(max(len(STORIES[place].arms) for place in places) for places in PLACES.values())
"""How many arms a setting of any split can have."""


def check_arms(arms: int, plain: bool) -> None:
    """Refuse a number of arms for which there are no names; 0 stands for as many as the story has.

    Raises:
        ValueError: too many for a story, or plain arms without a number.
    """
    if plain and not arms:
        raise ValueError(f"plain arms need a number: give arms, from 2 to {len(PLAIN.arms)}")
    if not plain and arms > MOST_NAMED:
        raise ValueError(f"stories have at most {MOST_NAMED} arms in every split: give plain=True for more")


def cast(task: Task, arms: int, plain: bool, chance: Chance) -> tuple[int, tuple[str, ...]]:
    """The place of a task's story, and the names of its arms in random order.

    A split's stories with enough arms take turns by the task's index, so that each is as frequent as any other.
    """
    if plain:
        return len(STORIES) - 1, tuple(chance.sample(PLAIN.arms[:arms], arms))
    fitting = [place for place in PLACES[part(task.split)] if len(STORIES[place].arms) >= arms]
    place = fitting[task.index % len(fitting)]
    names = STORIES[place].arms
    return place, tuple(chance.sample(names, arms or len(names)))
