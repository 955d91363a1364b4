"""What sellers talk of that a buyer has no wishes about: it is understood, and the answer is alike for every buyer.

A wish is a brand, a type or a feature, and money is a price for a car of the lot. Of colors, engines and ages a buyer
says that they do not matter, of services that they are not wanted, of the own life that this is about the car, and of
cars that are not in the lot that only those are of interest.
"""

from __future__ import annotations

from functools import cache

from scoutgym.envs.dialogue.english import Phrasebook, Words

ASIDES = {
    "any": "color|colour|red|blue|green|white|black|silver|gray|grey|yellow|paint|metallic|automatic|manual|"
    "stick shift|gearbox|gear|transmission|shift|clutch|fuel|gas|petrol|gasoline|diesel|electric|hybrid|"
    "fuel consumption|mpg|gallon|economical|battery|engine|horsepower|motor|cylinder|horse power|or used|used or|"
    "a used|used car|second hand|pre owned|brand new|new or|secondhand|mileage|mile|kilometre|kilometer|km|odometer|"
    "on the clock|previous owner|owner|how old|age|what year|which year|model year|built in|year old|vintage|seat|"
    "seater|seating|passenger|legroom|door|three door|five door|two door|trunk|boot|cargo|luggage|storage|space|"
    "spacious|roomy|how big|how large|what size|big car|large car|size|safety|safe|airbag|crash|abs|speed|fast|"
    "acceleration|power|powerful|sporty|sound system|stereo|radio|speaker|audio|bluetooth|usb|music|"
    "air conditioning|air con|ac|climate control|aircon|tire|tyre|wheel|rim|alloy|scratch|dent|damage|accident|"
    "repaired|repair|service history|reliable|reliability|rust|environment|emission|maintenance|resale|resale value|"
    "design|look of|roof rack|bike rack|parking sensor|touchscreen|carplay|headlight|interior|exterior|upholstery|"
    "window|mirror",
    "no": "test drive|like to drive it|want to drive it|take it out|spin|try it out|take it for|financing|finance|"
    "loan|lease|leasing|on credit|installment|instalment|down payment|monthly|a month|per month|interest rate|"
    "percent interest|pay cash|cash or|in cash|insurance|insure|warranty|guarantee|service contract|service plan|"
    "trade in|trade|your old car|old car|your current car in|delivery|deliver|coffee|drink|brochure|catalog|"
    "business card|call you|phone number|your number|email|deposit|registration|license plate|number plate|"
    "winter tire|floor mat|accessory|service package|inspection|mechanic",
    "me": "how many people|how many passenger|your family|family|child|kid|baby|wife|husband|partner|spouse|dog|pet|"
    "who will drive|who else|who will be driving|who is going to drive|who is it for|who is the car for|"
    "for yourself|a gift|gift|present car|do you drive|you drive|drive at present|drive now|driving now|"
    "currently drive|current car|your last car|about the last one|your last|current vehicle|you have now|commute|"
    "commuting|your job|for a living|where do you live|you live|live far|your work|to work|city or|highway|motorway|"
    "long distance|long trip|weekend|vacation|holiday|hobby|sport|how often|how much do you drive|how far do you|"
    "use it for|use the car for|use your car|be using it|using the car|need it for|need the car for|need a car for|"
    "what for|your name|first car|how long have you|driving license|licence|license|garage|park it|how soon|"
    "when do you need|by when|in a hurry|need it by|married|how many of you|how tall|your wife|anybody else|"
    "anyone else|someone else|your age|are you from|commuter|off road|in the city|in town|in the mountain|"
    "about yourself|heard of us|find us|been here before|other dealer|been to|shop around|look around|how are you|"
    "your day",
    "foreign": "japanese|german|american|korean|italian|french|swedish|european|imported|import|toyota|honda|nissan|"
    "subaru|mazda|ford|chevrolet|chevy|vw|volkswagen|bmw|mercedes|benz|audi|porsche|fiat|skoda|opel|renault|peugeot|"
    "citroen|volvo|saab|hyundai|kia|tesla|jeep|dodge|lexus|jaguar|land rover|range rover|suzuki|mitsubishi|dacia|"
    "alfa romeo|ferrari|buick|cadillac|gmc|lincoln|chrysler|acura|infiniti|vauxhall|rover|corolla|camry|civic|"
    "passat|mustang|prius|corsa|clio|beetle|station wagon|estate car|wagon|coupe|sports car|sport car|limousine|"
    "limo|motorcycle|motorbike|scooter|camper|campervan|motor home|motorhome|rv|bicycle|boat",
}
"""What a buyer says of these is in `scoutgym.envs.dialogue.cars.buyers.SMALL`."""

BODIES = frozenset(("wagon", "estate", "coupe", "limousine", "limo"))
"""Types of cars that no lot has, by a word of theirs."""


@cache
def _asides() -> Phrasebook[str]:
    return Phrasebook((phrase, name) for name, line in ASIDES.items() for phrase in line.split("|"))


def asides(of: Words) -> list[str]:
    """The kinds of asides in some words, in their order."""
    return list(dict.fromkeys(one.concept for one in _asides().find(of)))
