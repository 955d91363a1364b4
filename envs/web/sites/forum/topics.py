"""What people in the communities talk about: a vocabulary for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """The vocabulary of one community.

    Args:
        name: of the community.
        about: a sentence.
        flairs: of its posts.
        things: what one owns, each countable and without an article.
        acts: what one does, each a gerund.
        places: where, each with its preposition.
        troubles: what goes wrong, each a clause.
        tips: advice, each a sentence.
    """

    name: str
    about: str
    flairs: tuple[str, ...]
    things: tuple[str, ...]
    acts: tuple[str, ...]
    places: tuple[str, ...]
    troubles: tuple[str, ...]
    tips: tuple[str, ...]

    @property
    def slug(self) -> str:
        """In addresses."""
        return self.name.lower().replace(" ", "-")


def _topics(text: str) -> tuple[Topic, ...]:
    """Blocks with a line ``name | about``, and one a list: ``- key: item; item``."""
    made = []
    for block in text.strip().split("\n\n"):
        head, *lists = block.replace("\n  ", " ").split("\n- ")
        name, about = head.split(" | ")
        parts = dict(line.split(": ", 1) for line in lists)
        made.append(Topic(name, about, **{key: tuple(part.split("; ")) for key, part in parts.items()}))
    return tuple(made)


TOPICS = _topics("""
Bread Baking | Flour, water, salt and patience.
- flairs: Recipe; Question; Showing; Equipment
- things: sourdough starter; rye loaf; proofing basket; baking stone; bread knife; Dutch oven; kitchen scale; spelt
  roll
- acts: shaping a loaf; feeding a starter; scoring the crust; kneading by hand; baking with steam; milling flour
- places: in a small oven; at the village oven; on a cold kitchen table; in a rented flat
- troubles: the crumb stays gummy; the loaf spreads flat; the crust turns pale; the dough sticks to everything; the
  starter smells of acetone; the bottom burns first
- tips: Let the dough rest for twenty minutes before you shape it.; Weigh the water, never guess it.; Bake ten
  minutes longer than you dare.; Use half the yeast and twice the time.; Dust the basket with rice flour.; Wait two
  hours before you cut it.; Keep the oven door shut for the first fifteen minutes.

Bicycle Repair | For everybody who would rather fix it than replace it.
- flairs: Question; How-to; Bargain; Showing
- things: touring bike; cargo bike; chain tool; hub dynamo; saddle; bottom bracket; repair stand; rear derailleur
- acts: truing a wheel; patching a tube; bleeding the brakes; indexing the gears; greasing a hub; building a wheel
- places: in the cellar; on the canal path; at the repair café; in the back yard
- troubles: the chain slips under load; the brakes squeal in the rain; the rim wobbles; the headset creaks; the tire
  loses air overnight; the lamp flickers
- tips: Clean the chain before you oil it.; Turn each spoke a quarter, not more.; Check the limit screws first.;
  Warm the bolt and try again.; Put the valve opposite the patch.; Replace cable and housing together.; Measure
  chain wear every month.

Balcony Gardens | Much green on few square meters.
- flairs: Question; Harvest; Seeds; Showing
- things: tomato pot; herb box; climbing bean; watering can; rain barrel; strawberry tower; compost bin; chili plant
- acts: sowing lettuce; pruning tomatoes; mixing soil; overwintering herbs; growing from cuttings; harvesting beans
- places: on a north balcony; on the window sill; on the fifth floor; by a windy corner
- troubles: the leaves turn yellow; aphids come back each week; the pot dries out by noon; the seedlings fall over;
  the basil sulks; nothing wants to flower
- tips: Water early in the morning.; Add a handful of compost every month.; Put a saucer under each pot.; Pinch out
  the side shoots.; Turn the box around once a week.; Choose dwarf varieties.; Let the top of the soil dry first.

Bird Watching | Who sings there?
- flairs: Sighting; Question; Gear; Trip
- things: spotting scope; field guide; nesting box; feeder; pair of binoculars; tripod; sound recorder; bird bath
- acts: counting geese; watching swifts; recording songs; feeding in winter; ringing owls; walking at dawn
- places: by the gravel pit; in the reed beds; along the estuary; in the cemetery park
- troubles: magpies empty the feeder; the scope fogs up; two warblers look the same; the box stays empty; everything
  flies off at once; the song stops when I move
- tips: Sit still for ten minutes before you look.; Hang the box facing east.; Learn five songs a week, not fifty.;
  Keep the sun behind you.; Clean the feeder every other week.; Note the time and the wind.; Look at the shape
  before the colors.

Board Games | Rules, dice, and long evenings.
- flairs: Review; Rules question; Players wanted; Strategy
- things: card game; dice tower; cooperative game; chess clock; game shelf; two-player game; legacy box; party game
- acts: teaching a new game; sorting the pieces; painting figures; playing alone; hosting a game night; sleeving
  cards
- places: at the library; in the train; at my kitchen table; at the club
- troubles: one player decides for all; a game takes four hours; the rules contradict the card; the last round never
  ends; someone always wins; the box no longer closes
- tips: Explain how one wins before anything else.; Play the first round with open cards.; Set a timer for each
  turn.; Put each color in its own bag.; Let the youngest begin.; Read the example turns aloud.; Stop when half of
  you yawn.

Coffee Corner | From bean to cup, without hurry.
- flairs: Question; Beans; Gear; Method
- things: hand grinder; moka pot; milk pitcher; gooseneck kettle; paper filter; espresso machine; cupping spoon;
  roaster
- acts: dialing in a grinder; steaming milk; roasting at home; brewing for six; descaling; tasting blind
- places: in the office kitchen; on a camping stove; at the roastery; before sunrise
- troubles: the cup tastes sour; the shot runs too fast; the foam has bubbles; the grinder jams; the filter clogs;
  the beans go stale in a week
- tips: Grind a little finer and change nothing else.; Rinse the filter with hot water.; Use water below the boil.;
  Freeze the beans in small jars.; Weigh what goes in and what comes out.; Wait for a week after roasting.; Warm the
  cup first.

Home Repair | Walls, pipes and brave amateurs.
- flairs: Question; How-to; Before and after; Tools
- things: cordless drill; spirit level; radiator; bathroom tap; wall plug; step ladder; sanding block; door hinge
- acts: patching plaster; hanging shelves; sealing a window; tiling a corner; sanding a floor; bleeding radiators
- places: in an old flat; under the sink; in the stairwell; in the attic
- troubles: the tap drips at night; the door sticks in summer; the plug turns in the wall; paint peels off; the
  drain gurgles; one radiator stays cold
- tips: Switch the water off first, then breathe.; Drill a small hole before a big one.; Vacuum the dust out of the
  hole.; Tape the edge before you paint.; Let the filler dry for a full day.; Photograph it before you take it
  apart.; Buy one tile more than you need.

Houseplants | Green friends for dark corners and bright ones.
- flairs: Question; Showing; Swap; Sick plant
- things: rubber plant; fern; cactus; hanging basket; grow lamp; moss pole; orchid; peace lily
- acts: repotting; taking cuttings; misting leaves; fighting gnats; rooting in water; moving plants for winter
- places: in the bathroom; behind the curtain; in the hallway; over the radiator
- troubles: the tips go brown; gnats are everywhere; it drops a leaf a day; the soil grows mold; it leans to the
  window; the roots come out below
- tips: Water less than you think.; Wipe the leaves with a damp cloth.; Use a pot with a hole.; Mix a third of bark
  into the soil.; Keep it away from the draft.; Wait for spring to repot it.; Group the thirsty ones together.

Knitting Circle | Wool, needles, and one more row.
- flairs: Pattern; Question; Finished; Yarn
- things: striped scarf; cable sweater; sock needle; yarn bowl; baby blanket; lace shawl; row counter; mitten
- acts: turning a heel; blocking a shawl; reading charts; joining in the round; weaving in ends; dyeing wool
- places: in the tram; at the Tuesday circle; in front of the film; by the stove
- troubles: the stitches twist; one sleeve is longer; the edge curls; the yarn splits; I lose count at row forty;
  the thumb has a hole
- tips: Knit a swatch and wash it.; Use a lifeline every ten rows.; Go up one needle size for the cast-off.; Count
  after every row, not after ten.; Slip the first stitch.; Try it on while you knit.; Write the changes on the
  pattern.

Night Sky | Stars, planets, and cold feet.
- flairs: Observation; Question; Gear; Picture
- things: small telescope; star chart; red lamp; wide eyepiece; equatorial mount; camera adapter; folding chair; dew
  heater
- acts: finding Saturn; aligning a mount; stacking pictures; sketching craters; hunting galaxies; watching meteors
- places: from the roof; on the sports field; at the dark site; behind the village
- troubles: the mirror dews over; the mount drifts; street lamps ruin it; the picture has stripes; I cannot find
  anything; clouds come at nine
- tips: Let the tube cool for half an hour.; Begin with the moon.; Look beside it, not at it.; Cover the lamp with
  red foil.; Take forty short pictures, not one long one.; Polish nothing, blow the dust off.; Bring a second pair
  of socks.

Running Club | Slow kilometers are kilometers too.
- flairs: Question; Race; Training; Gear
- things: trail shoe; running watch; rain jacket; head lamp; foam roller; hydration vest; race number; training plan
- acts: running intervals; running uphill; training for a half marathon; stretching; running before breakfast;
  pacing
- places: around the lake; in the city forest; on the old railway; on the treadmill
- troubles: my knee hurts after five kilometers; the shins complain; I start too fast; a stitch comes at every third
  kilometer; the laces open; the watch loses the signal
- tips: Run so slowly that you can talk.; Add one kilometer a week.; Sleep before the long run.; Change shoes after
  seven hundred kilometers.; Eat something two hours before.; Walk the first hill.; Take a week off, it will not
  hurt you.

Train Travel | Windows, timetables, and sandwiches.
- flairs: Trip report; Question; Tickets; Picture
- things: night train; rail pass; window seat; folding map; sleeping car; regional ticket; reservation; luggage
  strap
- acts: changing in ten minutes; booking sleepers; crossing borders; traveling with a bicycle; riding branch lines;
  planning a loop
- places: over the pass; along the coast; through three countries; at the border station
- troubles: the connection is cancelled; the dining car stays shut; the booking page gives up; the heating sticks;
  nobody knows the platform; my seat does not exist
- tips: Sit on the left for the lake.; Book the return first.; Keep the paper ticket until you are home.; Take the
  slower train, it has windows that open.; Bring a pillow of your own.; Ask the guard, not the screen.; Plan an hour
  for each change.

Film Cameras | Thirty-six pictures and no screen.
- flairs: Showing; Question; Film stock; Repair
- things: rangefinder; light meter; folding camera; developing tank; roll of film; pinhole camera; enlarger; lens
  hood
- acts: developing at home; metering by eye; loading film; scanning negatives; printing in the bathroom; cleaning
  lenses
- places: at the flea market; in the fog; in the darkroom; on a gray street
- troubles: the shutter sticks; light leaks on every frame; the negatives are thin; the meter is dead; the film
  tears; dust is on every scan
- tips: Meter for the shadows.; Replace the seals, it takes an hour.; Keep the film in the fridge.; Write down every
  exposure.; Agitate gently.; Test the shutter without film.; Wait a week before you judge the pictures.

Aquariums | Small waters, many opinions.
- flairs: Question; Showing; Plants; Health
- things: shrimp tank; canister filter; carpet plant; heater; tetra shoal; air pump; test kit; driftwood root
- acts: cycling a tank; changing water; breeding shrimp; planting a carpet; moving a tank; feeding snails
- places: on the sideboard; in the classroom; in a ten-gallon tank; next to the desk
- troubles: algae cover the glass; the water is cloudy; the snails climb out; the filter hums; one fish hides all
  day; the plants melt
- tips: Change a fifth of the water each week.; Feed half as much.; Shorten the light to seven hours.; Test before
  you add anything.; Let it run for a month without fish.; Rinse the sponge in tank water.; Add plants first.

Choir Singing | For voices of all ages.
- flairs: Concert; Question; Sheet music; Singers wanted
- things: tuning fork; folder; alto part; music stand; warm-up; round; carol; rehearsal plan
- acts: singing at sight; warming up; learning a part; breathing low; conducting; singing without notes
- places: in the old church; at the school hall; in the shower; on the market square
- troubles: the tenors rush; we go flat by the second page; the high note cracks; nobody watches the beat; the echo
  confuses us; half of us forget the folder
- tips: Hum it before you sing it.; Mark every breath.; Stand with soft knees.; Practice the ending first.; Listen
  to the basses.; Record the rehearsal.; Drink water an hour before.

Pottery | Clay under the nails.
- flairs: Showing; Question; Glaze; Kiln
- things: teapot; kick wheel; glaze bucket; trimming tool; slab roller; kiln shelf; tall vase; bowl
- acts: centering clay; pulling handles; mixing glaze; trimming a foot; firing raku; wedging
- places: in the shed; at the open studio; on the kitchen floor; in the school kiln
- troubles: the handle cracks; the glaze crawls; the rim warps; bubbles stay in the wall; the clay tears; the lid no
  longer fits
- tips: Dry it slowly under plastic.; Compress the bottom twice.; Use less water at the end.; Score both sides and
  wet them.; Sieve the glaze again.; Test on a tile first.; Make ten and keep one.
""")
