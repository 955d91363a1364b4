"""What the office's contents are made of: firms, jobs, courses, policies, doctors, medicines, events."""

from __future__ import annotations


def _table(text: str) -> tuple[tuple[str, ...], ...]:
    """Rows of a text, cells apart by a bar."""
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())


FIRMS = _table("""
Northlight  | Instruments   | maker of measuring instruments
Bluestone   | Logistics     | carrier of goods by road and rail
Fernwood    | Publishing    | publisher of school books
Harborview  | Engineering   | builder of bridges and locks
Silverleaf  | Foods         | maker of bread and noodles
Kestrel     | Software      | maker of software for libraries
Ambergate   | Textiles      | weaver of cloth for boats and tents
Millstone   | Energy        | operator of wind and water power
Greyfriars  | Consulting    | adviser of towns and counties
Oakhurst    | Optics        | maker of lenses and microscopes
Tidewater   | Shipping      | owner of ferries and barges
Larkspur    | Pharma        | maker of medicines for animals
""")

DEPARTMENTS = {
    "Sales": ("Account manager", "Sales assistant", "Key account manager", "Sales analyst"),
    "Finance": ("Accountant", "Controller", "Payroll clerk", "Auditor"),
    "Engineering": ("Engineer", "Test engineer", "Draftsperson", "Systems engineer"),
    "People and Culture": ("HR adviser", "Recruiter", "Training coordinator", "HR assistant"),
    "Purchasing": ("Buyer", "Contract manager", "Supply planner", "Warehouse planner"),
    "IT": ("System administrator", "Developer", "Support specialist", "Data analyst"),
    "Communications": ("Editor", "Press officer", "Designer", "Event manager"),
    "Legal": ("Lawyer", "Paralegal", "Privacy officer", "Contracts clerk"),
}
HOLIDAYS = _table("""
01-01 | New Year
05-01 | Labor Day
06-19 | Founders Day
08-15 | Summer Holiday
10-03 | Harvest Holiday
11-01 | Remembrance Day
12-25 | Christmas Day
12-26 | Second Christmas Day
""")

COURSES = _table("""
Negotiating with suppliers      | How to prepare, ask and agree.
Writing that people read        | Short letters, clear reports.
Spreadsheets for everybody      | From a list to a chart in a day.
First aid at work               | What to do until help comes.
Fire safety                     | With a real fire in the yard.
Leading small teams             | For those who lead for the first time.
Project planning                | Goals, steps, risks.
Talking to the press            | With a camera, and without.
Reading a balance sheet         | Numbers without fear.
Data protection in practice     | What may be kept, and for how long.
Presenting with calm            | Voice, posture, slides.
Driving safely in winter        | On ice, with your own car.
Spanish for beginners           | Ten hours, ten people.
Handling difficult calls        | Staying friendly under pressure.
Databases in plain words        | Tables, keys and questions.
Moderating meetings             | Ending on time, with a result.
""")

POLICIES = _table("""
Household | 12-28 | 200 | 25000 | Your belongings at home | fire and lightning, water from pipes, storm from force 8, \
burglary | glass, bicycles, floods, wear
Liability | 5-12 | 150 | 50000 | You and your family | damage to things of others, injuries of others, lost keys \
| damage on purpose, borrowed cars, your own things, fines
Car | 35-90 | 500 | 30000 | Your car | collisions, theft of the car, hail and storm, broken windows \
| races, flat tires, wear, things left in the car
Travel | 4-11 | 100 | 5000 | Your travels | cancelled trips, lost baggage, doctors abroad, missed connections \
| trips over 60 days, known illnesses, jewelry, cash
Bicycle | 6-14 | 50 | 3000 | Your bicycle | theft with the lock broken, falls, vandalism, worn brakes \
| races, rust, theft without a lock, batteries over five years
Legal | 15-29 | 250 | 20000 | Disputes | disputes at work, disputes about rent, traffic cases \
| divorces, building, shares, cases begun before
Pet | 18-39 | 80 | 4000 | Your dog | operations, medicine after accidents, injuries of others \
| vaccinations, breeding, food, check-ups
Phone | 5-9 | 40 | 1200 | Your mobile phone | broken screens, water damage, theft by force \
| lost phones, scratches, software, cables
""")
"""Kind, premium a month, deductible, most, insured, covers, excludes."""

CAUSES = {
    "Household": ("Water", "Storm", "Fire"),
    "Liability": ("Mistake of mine", "Accident"),
    "Car": ("Accident", "Storm", "Theft"),
    "Travel": ("Theft", "Other"),
    "Bicycle": ("Theft", "Accident"),
    "Legal": ("Other",),
    "Pet": ("Accident", "Other"),
    "Phone": ("Breakage", "Water"),
}
DAMAGES = {
    "Household": _table("""
The hose of the washing machine burst and the floor is wet | laminate floor | carpet
A pipe leaked behind the kitchen wall                      | kitchen cabinet | dishwasher
"""),
    "Liability": _table("""
I knocked over a vase at the house of friends      | porcelain vase | side table
My ball went through a window of the neighbors     | window pane    | flower pot
"""),
    "Car": _table("""
Another car hit mine in the parking lot            | rear bumper    | tail light
A branch fell on the car in the storm              | windshield     | hood
"""),
    "Travel": _table("""
My suitcase did not arrive                         | suitcase       | winter coat
My backpack was taken on the train                 | backpack       | camera
"""),
    "Bicycle": _table("""
The lock was cut in front of the station           | city bicycle   | bicycle lock
I fell on wet leaves and the wheel is bent         | front wheel    | handlebar
"""),
    "Legal": _table("""
My landlord keeps the deposit                      | deposit        | letter of a lawyer
"""),
    "Pet": _table("""
My dog swallowed a sock and had to be operated on  | operation      | medicine
"""),
    "Phone": _table("""
The phone fell on the pavement                     | screen         | back cover
"""),
}
"""What happened, and two things that were damaged."""

PAYEES = _table("""
Rent               | Rent {month}
Greenfield Market  | Groceries
City Power         | Electricity {month}
Blue Line Telecom  | Phone and internet {month}
Riverside Gym      | Membership {month}
Corner Bakery      | Bread and coffee
Station Books      | Books
Lantern Cinema     | Tickets
Hollow Tree Garage | Inspection
Public Transport   | Monthly ticket {month}
Quick Pharmacy     | Pharmacy
Open Air Outfitter | Boots
""")

FIELDS = _table("""
General medicine | The first address for everything that hurts.
Eye care         | Glasses, screens and everything that is seen.
Dermatology      | Skin, hair and moles.
Cardiology       | Heart and circulation, with stress tests.
Orthopedics      | Back, knees and shoulders.
Dentistry        | Check-ups, fillings and night guards.
Ear, nose and throat | Hearing tests, sinuses and voices.
Physiotherapy    | Exercises for necks that look at screens.
Psychotherapy    | Talks, in the evening as well.
""")
LANGUAGES = ("Spanish", "German", "French", "Polish", "Arabic", "Turkish", "Italian", "Japanese")
REASONS = (
    "yearly check-up",
    "pain in the left knee",
    "new glasses",
    "a mole that has grown",
    "headaches in the evening",
    "blood test",
    "cough for two weeks",
    "back pain after lifting",
    "vaccination",
    "follow-up of the last visit",
    "sleep problems",
    "ringing in the ears",
    "sore throat",
    "stiff neck",
    "itching skin",
)
DRUGS = _table("""
Lorazine  | 10 mg, once a day
Amivent   | two puffs, morning and evening
Cardoprin | 75 mg, once a day
Thyralex  | 50 micrograms before breakfast
Dermacort | a thin layer at night
Metaforin | 500 mg with dinner
Migralon  | 5 mg when needed
Oculan    | one drop in each eye
""")

EVENTS = _table("""
Team meeting        | 09:30 | 60
Budget review       | 14:00 | 90
Lunch with {name}   | 12:00 | 60
Interview: {job}    | 10:00 | 45
Project status      | 15:00 | 30
Customer call       | 11:00 | 30
Safety briefing     | 08:30 | 45
Talk with {name}    | 16:00 | 30
Planning workshop   | 13:00 | 180
Farewell of {name}  | 17:00 | 90
""")
ROOMS = ("Room Alder", "Room Birch", "Room Cedar", "Room Dune", "Room Elm", "Cafeteria", "Online", "Reception")

NOTICES = _table("""
New menu in the cafeteria      | From Monday on there are two dishes without meat every day. The soup of the week \
costs $4.
Elevator out of service        | The elevator of the north wing is repaired until Friday. Please take the stairs or \
the south wing.
Summer party                   | We meet at the river at 5 pm. Families are welcome. Please tell {name} by \
Wednesday who comes.
Flu shots at the clinic        | Everybody can get a flu shot without an appointment between 8 and 10 am.
Parking lot closed             | The parking lot is paved anew. Places at the station are paid for: keep the ticket.
New door badges                | Old badges stop working at the end of the month. {name} gives out new ones in room \
{room}.
Bicycle leasing                | You can lease a bicycle through the payroll. The form is with {name}.
Server maintenance             | Mail and calendar are down on Saturday from 6 to 9 am.
Blood donation                 | The Red Circle comes to the cafeteria on Thursday from 10 am.
Lost and found                 | A gray umbrella and two gloves are at the reception, both left.
""")
