"""What the tracker's contents are made of: projects of many fields, each with words of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """What a project is about.

    Args:
        kind: what it is called, after its own name.
        about: one line.
        parts: what issues are about, in small letters.
        whens: when it goes wrong.
        wishes: what people want to have.
    """

    kind: str
    about: str
    parts: tuple[str, ...]
    whens: tuple[str, ...]
    wishes: tuple[str, ...]


def _themes(text: str) -> tuple[Theme, ...]:
    """Five lines a theme, and an empty one between them."""
    made = []
    for block in text.strip().split("\n\n"):
        kind, about, *lists = block.strip().split("\n")
        parts, whens, wishes = (tuple(line.split(", ")) for line in lists)
        made.append(Theme(kind, about, parts, whens, wishes))
    return tuple(made)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


THEMES = _themes("""
Weather
A weather app with radar, warnings and no tracking
radar overlay, hourly chart, storm warning, city picker, wind compass, widget, pollen report, tide table
after switching units, at midnight, without a network, for cities with accents, when the battery is low, in landscape
a snow forecast, a moon calendar, sunrise times, lightning strikes, air quality, a ten-day view

Maps
A vector map renderer for small devices
tile cache, label placement, route line, contour layer, zoom control, projection code, legend, offline download
at zoom level 18, near the poles, while panning fast, with a rotated map, on a slow card, across the date line
bicycle lanes, hill shading, a scale bar, custom markers, indoor plans, transit lines

Recipes
A cookbook that scales, shops and plans the week
shopping list, portion scaler, step timer, meal planner, import wizard, nutrition panel, pantry view, print layout
with fractions, for zero portions, with two timers at once, after an import, on a tablet, with long ingredient names
unit conversion, allergy warnings, a leftovers view, voice control, cost estimates, seasonal hints

Chess
A chess engine and the board to play it on
opening book, clock, move list, endgame table, analysis board, puzzle mode, search tree, rating graph
after castling, in a lost position, with ten seconds left, on promotion, after takeback, in a threefold repetition
a blunder check, handicap games, a tournament mode, sound for moves, variation arrows, clock presets

Library
Catalog and lending desk of public libraries
lending desk, hold queue, barcode scanner, reader card, overdue notice, catalog search, branch calendar, fine report
on holidays, for lost books, with two copies, for readers without e-mail, after the nightly run, in the branch view
reading lists, renewal by phone, a self-service kiosk, shelf maps, audio books, a waiting estimate

Greenhouse
Firmware that keeps plants warm, wet and alive
soil sensor, valve driver, night schedule, pump relay, frost alarm, status display, dosing unit, humidity log
after a power cut, below two degrees, with two pumps, during an update, on battery, when a sensor is unplugged
a vacation mode, leaf temperature, lamp dimming, a rain gauge, weekly reports, spare sensors

Payroll
Pay slips, leave and overtime for small companies
pay slip, leave calendar, overtime rule, tax table, bank export, time sheet, bonus run, year-end report
in leap years, for part-time staff, on the last day of a month, after a correction, with two contracts, in December
travel expenses, a sick leave form, hourly wages, approval by two people, pay slip mails, a cost center split

Bikes
Bike sharing for a city: docks, app and workshop
dock controller, unlock button, ride history, station map, repair ticket, pricing rule, helmet box, night shuttle plan
when a dock is full, after a ride of zero minutes, in the rain mode, with a flat phone, at two docks at once, in tunnels
cargo bikes, group rides, a winter tariff, parking photos, child seats, a reservation timer

Telescope
Control software for a small observatory
dome motor, guide camera, focus wheel, star catalog, weather guard, exposure queue, mount model, filter slider
after the meridian flip, in strong wind, at sunset, with binning on, during calibration, below the horizon
comet tracking, a flat field wizard, remote power, image stacking, a public log, satellite warnings

Podcast
Hosting, feeds and statistics for podcasts
feed writer, episode editor, chapter marks, download counter, cover uploader, embed player, transcript view, ad slots
with private feeds, for episodes over two hours, after a time zone change, with missing covers, on old phones, twice
guest credits, a teaser cut, loudness checks, season pages, listener polls, scheduled publishing

Museum
An audio guide and tour planner for museums
audio player, floor plan, tour builder, ticket check, exhibit page, language menu, beacon scan, headset desk
in the basement, with two languages, after closing time, without headphones, for school groups, near the elevator
sign language videos, a children tour, donation buttons, easy language, a quiet route, object close-ups

Spreadsheet
A spreadsheet library for large tables
formula parser, cell cache, chart export, pivot view, date format, undo stack, column filter, file reader
with empty cells, past one million rows, with circular references, after sorting, for dates before 1900, when frozen
array formulas, named ranges, cell comments, a dark theme, conditional colors, sheet locking

Choir
Scores, rehearsals and concerts of choirs
score viewer, rehearsal plan, attendance list, voice split, pitch pipe, concert program, uniform list, seating chart
for double choirs, with guests, after a page turn, in summer break, with five flats, when offline
a practice metronome, part recordings, carpool lists, lyrics in two languages, a fee reminder, a stage plan

Ferry
Timetables and tickets of a ferry line
timetable, boarding scanner, vehicle deck plan, delay board, season ticket, crew roster, harbor camera, freight form
in fog, on public holidays, for trailers, after a cancelled trip, at low tide, with group tickets
dog tickets, a queue forecast, text messages for delays, island passes, cabin upgrades, a lost property form

Translator
A tool for translators: memory, terms and checks
translation memory, term base, segment editor, spell check, word count, bilingual export, project splitter, tag guard
with right-to-left text, for empty segments, after merging, with nested tags, in Finnish, past ten thousand segments
machine suggestions, reviewer notes, deadline colors, invoice lines, glossary import, context pictures

Compost
Sensors and routes for city compost bins
fill sensor, pickup route, smell report, bin map, truck tablet, weekly digest, moisture probe, citizen form
in frost, with two trucks, after a missed pickup, for shared bins, without coordinates, on Mondays
school bins, a worm counter, photo reports, reward points, bin reservations, a soil calendar
""")

NAMES = _words("""
Amber Anvil Aspen Basalt Beacon Birch Bramble Cinder Clover Cobalt Comet Coral Dapple Delta Ember Falcon Fennel Flint
Garnet Harbor Heron Indigo Iris Juniper Kestrel Lantern Larch Linden Lumen Marble Meadow Mica Nimbus Nutmeg Ochre Onyx
Orchid Otter Pebble Pepper Quartz Raven Saffron Sparrow Tamarack Thistle Tundra Velvet Walnut Willow
""")
"""What projects are named, before their kind."""

HOSTS = _words("""
Ticketwell Corkboard Worklane Openbench Buglight Taskfield Stackyard Notchboard Trailhead Workbench Pinwheel Backlogger
""")
"""What the tracker itself is called."""

FAULTS = (
    *("crashes", "freezes", "shows old data", "stays blank", "flickers", "forgets its settings", "is very slow"),
    *("reports an error", "ignores the first tap", "counts twice", "runs out of memory", "shows the wrong total"),
)
CHORES = ("Rewrite the tests of the", "Translate the", "Remove dead code from the", "Clean up the", "Measure the")
PAPERS = ("Document the", "Describe the limits of the", "Add screenshots of the", "Write a tutorial for the")

LABELS = {
    "bug": ("red", "Something does not work"),
    "feature": ("blue", "Something new"),
    "documentation": ("teal", "Texts and pictures that explain"),
    "cleanup": ("gray", "Nothing that users see"),
    "regression": ("orange", "It worked in an older version"),
    "performance": ("purple", "Too slow or too large"),
    "security": ("pink", "Please read the security page first"),
    "design": ("yellow", "Needs a decision on how it looks"),
    "good first issue": ("green", "Well suited to begin with"),
    "needs info": ("brown", "We wait for the reporter"),
    "blocked": ("red", "Waits for something else"),
    "accessibility": ("teal", "For everybody"),
    "translation": ("green", "Words in other languages"),
    "hardware": ("gray", "Only on real devices"),
}
"""By name the color and the meaning; the first four are in every project."""

NEW_LABELS = tuple(
    """
needs review, customer request, quick win, legal, on hold, infrastructure, research, release notes, flaky test, billing,
third party, mobile, telemetry, workshop, privacy
""".replace("\n", " ")
    .strip()
    .split(", ")
)
"""Labels that no project has at first."""

COLORS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "gray")

SYSTEMS = (
    "Debian 13",
    "Fedora 42",
    "Windows 11",
    "macOS 15",
    "Android 15",
    "iOS 18",
    "a Raspberry Pi",
    "the test server",
)

DETAILS = (
    "It happens about one time in three.",
    "A restart helps for an hour or so.",
    "The log has nothing about it.",
    "The version before was fine.",
    "Two users have reported it this week.",
    "I can give access to a test account.",
    "It makes no difference which language is set.",
    "Nothing is lost, but it looks bad.",
)
REASONS = (
    "Several users have asked for it.",
    "Today people keep a second list by hand.",
    "It would save us a phone call a day.",
    "The competition has had it for years.",
    "It came up in the last two meetings.",
    "A first version can be small.",
    "It need not be pretty to be useful.",
)

TALK = (
    "I can reproduce this with version {version} on {system}.",
    "I cannot reproduce this. Which version do you use?",
    "Same here on {system}, since the last update.",
    "The {part} is the right place to look, I think.",
    "This is not the {part} itself but the code that calls it.",
    "Thanks for the report. I will look at it this week.",
    "I have a fix, tests are still missing.",
    "Could somebody review my branch?",
    "Reviewed, two small remarks, otherwise fine.",
    "Let us talk about it in the next meeting.",
    "Please add the log file.",
    "The log file is attached to my mail.",
    "I would rather not change the {part} before the release.",
    "We had this before. See the older issues about the {part}.",
    "How urgent is it? I have time next month.",
    "A customer called about this today.",
    "It works for me after clearing the cache.",
    "Clearing the cache did not help.",
    "I measured it: {number} ms before, {less} ms after.",
    "It takes {number} seconds on my machine.",
    "I vote for the simple solution.",
    "The simple solution breaks the {part}.",
    "Should this be two issues?",
    "One issue is enough, I will split the commits.",
    "Merged. It will be in {version}.",
    "Still there in {version}.",
    "The texts need a second look before we ship.",
    "I asked the design team. They prefer the second draft.",
    "Is this still wanted?",
    "Yes, very much so.",
    "Waiting for an answer from the vendor.",
    "The vendor says it is our side.",
    "I will write the documentation when the code is in.",
    "Good find!",
    "My estimate is {number} hours, tests included.",
    "Tested on {system}, looks good.",
)

JOBS = (
    *("Developer", "Designer", "Product manager", "Tester", "Technical writer", "Support engineer", "Data analyst"),
    *("Release manager", "Site reliability engineer", "Translator", "Student", "Volunteer"),
)
BIOS = (
    "I like small pull requests.",
    "Ask me about tests.",
    "Mostly here on weekdays.",
    "Coffee first, then code review.",
    "I read every issue, sooner or later.",
    "Slow answers on Fridays.",
    "Collector of old keyboards.",
    "Working from a very small island.",
)

SEASONS = (
    "Spring release",
    "Summer release",
    "Autumn release",
    "Winter release",
    "Field test",
    "Public beta",
    "Cleanup",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
ROOMS = ("Attic", "Greenroom", "Harbor", "Library", "Lighthouse", "Orchard", "Studio")
LICENSES = ("Apache 2.0", "MIT", "BSD 3-Clause", "MPL 2.0", "EUPL 1.2")
LANGUAGES = ("Python", "Rust", "Go", "Kotlin", "TypeScript", "C++")
