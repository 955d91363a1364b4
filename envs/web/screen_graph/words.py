"""What screens and icons are called. No word list of one split has a phrase of another's.

A screen of the first level is a topic, one of the second a subject of its topic, one of the third a facet of its
subject ("Charging history"), and one of the fourth that at some place or time ("Charging history at home"). Whatever is
called something has a second name, under which an icon may hide it, and which descriptions use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic, its second name, and its subjects with theirs."""

    name: str
    alias: str
    subjects: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Words:
    """The words of one split.

    Args:
        apps: names of apps.
        codes: what the number on each screen of an app is called.
        topics: of the first and the second level.
        facets: name, second name, and what such a screen is about, with ``{it}`` for the subject.
        moments: places and times.
        settings: what can be on or off.
        idle: icons that do nothing.
        notices: icons that lead to a screen which leads nowhere, and what stands there.
    """

    apps: tuple[str, ...]
    codes: tuple[str, ...]
    topics: tuple[Topic, ...]
    facets: tuple[tuple[str, str, str], ...]
    moments: tuple[str, ...]
    settings: tuple[str, ...]
    idle: tuple[str, ...]
    notices: tuple[tuple[str, str], ...]


def _topics(text: str) -> tuple[Topic, ...]:
    """A line a topic: ``Name/Second name: Subject/Second name, …``; an indented line belongs to the one above."""
    made = []
    for line in text.strip().replace("\n    ", " ").splitlines():
        head, _, rest = line.partition(": ")
        name, _, alias = head.partition("/")
        pairs = [subject.partition("/") for subject in rest.split(", ")]
        made.append(Topic(name, alias, tuple((one, other) for one, _, other in pairs)))
    return tuple(made)


_TRAIN = """
Battery/Power: Charging/Plug and cable, Saver mode/Low power, Drain/Consumption, Cells/Wear, Heat/Warmth, Solar
    pad/Sun
Display/Picture: Brightness/Light level, Wallpaper/Background, Letters/Fonts, Night colors/Warm tint, Timeout/Sleep,
    Zoom/Size
Sound/Audio: Ringtone/Call melody, Volume/Loudness, Alarm clock/Wake up, Headset/Earphones, Recorder/Dictation,
    Silence/Mute
Network/Connection: Wireless/Radio link, Hotspot/Sharing point, Roaming/Foreign networks, Proxy/Relay, Airplane
    mode/Flight, Cable port/Wired line
Messages/Post: Inbox/Received, Drafts/Unfinished, Spam/Junk, Signature/Closing words, Groups/Lists,
    Receipts/Confirmations
Photos/Pictures: Albums/Collections, Filters/Effects, Trash/Deleted pictures, Faces/People, Slides/Show, Prints/Paper
    copies
Calendar/Dates: Meetings/Appointments, Birthdays/Anniversaries, Reminders/Memos, Holidays/Free days,
    Invitations/Requests, Time zones/Regions
Wallet/Money: Cards/Payment means, Coupons/Vouchers, Tickets/Passes, Receipts drawer/Proofs, Savings/Deposits,
    Currency/Exchange
Health/Fitness: Steps/Walking, Pulse/Heartbeat, Nights/Rest, Water/Drinks, Meals/Food, Weight/Scale
Storage/Space: Downloads/Fetched files, Cache/Leftovers, Memory card/Extra chip, Duplicates/Twins, Large files/Heavy
    items, Cloud/Remote disk
Security/Protection: Screen lock/Code word, Fingerprint/Touch, Lost phone/Finder, Permissions/Rights,
    Firewall/Barrier, Passwords/Secrets
Maps/Places: Routes/Ways, Favorites/Pins, Traffic/Jams, Offline areas/Saved regions, Transit/Buses and trains,
    Compass/North
"""

_DEV = """
Printer/Copier: Ink/Cartridges, Trays/Paper, Queue/Waiting jobs, Scanner/Reader, Duplex/Both sides, Cleaning/Care
Garden/Yard: Sprinklers/Irrigation, Lawn/Grass, Greenhouse/Glass house, Compost/Soil, Seeds/Sowing, Fence/Border
Kitchen/Cooking: Oven/Baking, Fridge/Cold, Recipes/Instructions, Dishwasher/Dishes, Pantry/Supplies, Kettle/Boiling
Library/Books: Loans/Borrowed, Shelves/Stacks, Authors/Writers, Fines/Late fees, Reading room/Seats, Audiobooks/Spoken
    titles
Fleet/Vehicles: Drivers/Crew, Fuel/Tank, Tires/Wheels, Garage/Depot, Tolls/Road fees, Mileage/Distance
School/Classes: Homework/Exercises, Grades/Marks, Teachers/Staff, Cafeteria/Lunch, Excursions/Trips out,
    Lockers/Cabinets
"""

_TEST = """
Lighting/Lamps: Hallway/Corridor, Dimmer/Softening, Scenes/Moods, Sensors/Detectors, Bulbs/Fixtures, Candle
    effect/Flicker
Heating/Climate: Boiler/Furnace, Radiators/Panels, Thermostat/Target warmth, Vents/Air flow, Floor/Underfoot, Frost
    guard/Ice watch
Payroll/Wages: Bonuses/Extras, Overtime/Long hours, Taxes/Levies, Pension/Retirement, Slips/Statements,
    Advances/Prepayments
Warehouse/Stockroom: Pallets/Loads, Docks/Gates, Labels/Stickers, Forklifts/Trucks, Returns/Sent back,
    Counting/Inventory
Music/Tunes: Playlists/Mixes, Artists/Performers, Equalizer/Tone, Lyrics/Song texts, Concerts/Gigs, Radio/Stations
Visitors/Guests: Badges/Tags, Parking/Car places, Reception/Front desk, Escorts/Companions, Waivers/Consents,
    Arrivals/Entries
Weather/Forecast: Rain/Showers, Wind/Gusts, Pollen/Allergens, Tides/Sea level, Storms/Thunder, Ultraviolet/Sunburn
Tickets desk/Support: Incidents/Outages, Agents/Helpers, Surveys/Opinions, Macros/Canned replies, Escalations/Urgent
    cases, Knowledge base/Answers
"""

WORDS: Mapping[str, Words] = {
    "train": Words(
        apps=("Harbor", "Pocketmate", "Juniper", "Handyman", "Palmtop", "Orbit", "Sidekick", "Marble"),
        codes=("Reference", "Page code", "Help number"),
        topics=_topics(_TRAIN),
        facets=(
            ("history", "log", "What happened earlier to {it}"),
            ("schedule", "timetable", "When it is the turn of {it}"),
            ("limits", "caps", "The most that is allowed of {it}"),
            ("alerts", "warnings", "What to be told about {it}"),
            ("exceptions", "exclusions", "What does not count for {it}"),
            ("backup", "spare copy", "Where to get {it} back from"),
            ("rules", "policies", "What holds for {it}"),
            ("defaults", "presets", "The first state of {it}"),
        ),
        moments=("at home", "at work", "at night", "on weekends", "this week", "last week", "by day", "on the road"),
        settings=("Ask every time", "Show on the lock screen", "Send reports", "Use less data", "Keep a copy"),
        idle=("Refresh", "Rate this app", "Send feedback", "Take a tour", "Invite a friend", "Shake to undo"),
        notices=(
            ("Smart watch", "No watch is paired with this phone"),
            ("Car kit", "There is no car in reach"),
            ("Beta features", "Nobody has invited you yet"),
            ("Family plan", "Your contract has none"),
            ("Developer corner", "Locked by the maker"),
            ("Premium lounge", "A subscription is needed"),
        ),
    ),
    "dev": Words(
        apps=("Clipboard", "Steward", "Fieldbook", "Beacon"),
        codes=("Form number", "Index"),
        topics=_topics(_DEV),
        facets=(
            ("costs", "expenses", "What has to be paid for {it}"),
            ("members", "participants", "Who takes part in {it}"),
            ("archive", "old stock", "What is left of former {it}"),
            ("orders", "purchases", "What was bought for {it}"),
            ("quality", "ratings", "How good people find {it}"),
            ("manual", "guide", "How to handle {it}"),
        ),
        moments=("in spring", "in summer", "in autumn", "in winter", "before noon", "after noon"),
        settings=("Double check", "Round up", "Notify the owner", "Lock after use"),
        idle=("Share", "Pin", "Mark as read", "Follow", "Translate", "Highlight"),
        notices=(
            ("Partner portal", "Out of service until further notice"),
            ("Kiosk view", "Only on wall screens"),
            ("Import", "No file was chosen"),
            ("Remote hands", "Nobody is on duty"),
            ("Experiments", "Closed for this site"),
            ("Statistics pack", "Not part of your license"),
        ),
    ),
    "test": Words(
        apps=("Keystone", "Lookout", "Turnkey", "Foreman", "Signpost", "Workbench"),
        codes=("Sheet number", "Catalog code", "Entry mark"),
        topics=_topics(_TEST),
        facets=(
            ("plans", "projects", "What is meant to become of {it}"),
            ("faults", "defects", "What is broken of {it}"),
            ("owners", "responsible staff", "Who answers for {it}"),
            ("totals", "sums", "What it comes to with all {it}"),
            ("contracts", "agreements", "What was signed about {it}"),
            ("tests", "trials", "How to try out {it}"),
        ),
        moments=("upstairs", "downstairs", "outdoors", "this quarter", "next quarter", "per head"),
        settings=("Dim slowly", "Require approval", "Hide from others", "Repeat daily"),
        idle=("Bookmark", "Export", "Print", "Mute thread", "Star", "Copy link"),
        notices=(
            ("Voice control", "The microphone is off"),
            ("Guest mode", "Ask an administrator"),
            ("Video wall", "No signal"),
            ("Night shift", "Staffed from ten in the evening"),
            ("Old version", "Shut down last year"),
            ("Pilot program", "All places are taken"),
        ),
    ),
}
"""By split."""
