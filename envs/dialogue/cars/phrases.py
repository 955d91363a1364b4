"""The phrases that a buyer knows, apart by bars; the forms of a word count as one."""

from __future__ import annotations

TOPICS = {
    "brand": "brand|make of car|car maker|car company|manufacturer|maker|marque|whose car|what make|which make|"
    "any make|our make|the make|automaker|auto maker|company car|name should be on|car make|favorite make|"
    "favourite make|and make|particular make|make in mind|favorite car make|certain make|special make|"
    "preferred make|make do you|nameplate|badge|who make",
    "type": "type|kind of car|kind of vehicle|sort of car|sort of vehicle|body style|body type|class of car|"
    "class of vehicle|style of car|kind of a car|kind of automobile|kind of ride|sort of ride|shape of car|"
    "category of vehicle|category of car|ideal vehicle|ideal car",
    "feature": "feature|equipment|extra|option|amenity|must have|gadget|car have|it have|vehicle have|car come with|"
    "it come with|need it to have|car to have|it to have|car should have|it should have|wish list|tech|"
    "technology|has to have|have to have|it need|creature comfort|comfort|equipped|should be in it|"
    "bell and whistle|current car lack|your car lack|live without|do without|be without|not go without|"
    "non negotiable|deal breaker|essential|insist on|nice to have|it must have|must it have|car must have|on board",
    "budget": "budget|afford|price wise|upper limit|spend|willing to pay|want to pay|like to pay|you pay|"
    "planning to pay|hoping to pay|able to pay|how much money|deep are your pocket|price limit|to pay|could pay|"
    "can pay|money wise|how much cash|ceiling|number did you have in mind|number do you have in mind|"
    "how high can you go|comfortable paying|invest|top dollar|have a limit|figure did you have in mind|rough figure|"
    "the most you|would pay|will pay|maximum you|your maximum|your max|your limit|money do you have|spending limit|"
    "lay out|shell out|fork out|price in mind|price do you have|price did you have|price range|price bracket",
}
"""What is asked for by a noun."""

MATTERS = (
    "matter most|most important|more important|important to you|top priority|priority|care about|care most|"
    "care more|value most|value the most|convince you|deciding factor|main thing|that count|count most|"
    "make you say yes|matter the most|most to you|number one thing|make you tick|how important|better price or|"
    "most of all|biggest concern|main concern|factor|tip the scale|all about the|first and foremost|above all"
)
OPEN = (
    "what are you looking for|what can i do for you|how can i help|how may i help|what brings you|"
    "what do you need|what do you have in mind|what did you have in mind|help you today|what are you after|"
    "what do you want|what would you like|can i help you|picture yourself driving|in the market for|"
    "get you into today|looking to buy|looking to drive|what you are looking for|are you shopping for"
)
OPINION = (
    "do you like it|what do you think|interested in|suit you|appeal to you|yourself in it|how about it|like this|"
    "like that|sound good|your opinion|more like it|getting warmer|be something for you|sound like you|"
    "work for you|good fit|this could be the one|this be the one|impression of it|impression of this"
)
SPENDING = (
    "budget|afford|spend|price range|stretch|go up to|go as high|to pay as much|able to pay|willing to pay|"
    "pay up to|pay as much|within your range|too much for you|be too much|be that too much|too high for you|"
    "in your range|within your limit|within your mean|doable|wallet|too rich|you could manage|you manage"
)
"""What makes a price without a car a question about the budget."""

LISTED = (
    "list|listed|list price|sticker|sticker price|msrp|normally|usually|originally|regular|regularly|retail|"
    "worth|instead of|rather than|down from|market|asking price|original price|budget|budget of"
)
"""What before a price says that it is not what is asked now."""

ATLIST = (
    "at list price|for list price|for the list price|at the list price|for the full price|at full price|"
    "for full price|at the full price|for the asking price|at the asking price|at sticker price|"
    "for the sticker price"
)
CUTS = "less|come down|go down|knock|take|took|taking|drop|reduce|lower|cut|off|discount|rebate|cheaper|shave"
"""What makes a sum or a percentage one that is taken off the last price."""

PRESENT = (
    "current car|present car|last car|old car|drive now|driving now|drive at present|drive at the moment|"
    "drive currently|currently drive|current vehicle|do you drive|did you drive|are you driving"
)
"""Of the car that a buyer has: its brand and type are no wishes."""
UNCUT = "month|save|saving|list|worth|accessory|cash back|back|both|competition|competitor|year|value|commission|week"
"""What makes a sum none that is taken off."""
SET = frozenset(("it", "for", "at", "to"))
"""Words before a price in thousands: "I would make it 24"."""

BARRED = (
    "off|discount|percent|month|monthly|week|rebate|cash back|trade|trade in|lease|leasing|finance|financing|"
    "interest rate|down payment|instalment|installment|mile|mileage|kilometre|km|euro|pound|below|both|"
    "competition|competitor|elsewhere|anywhere|somebody|someone|similar car|other dealer|less than the list|"
    "below the list|under the list|compared to the list|worth of|save|saving|commission|insurance|a year|"
    "per year|accessory|warranty|deposit|money back|back when"
)
"""What a buyer does not go into."""

BID = (
    "make me an offer|name your price|name a price|what price would you|what price do you|what price did you|"
    "fair price for you|your offer|what would you pay for|what will you pay for|how much would you pay for|"
    "what are you willing to pay for|what would you offer|get you to say yes|give me a number|give me a price|"
    "price need to be|how much would you offer|what price work|which price work|meet your price|meet me in the middle|"
    "meet in the middle|meet you halfway|meet me halfway|meet halfway|split the difference|take your price|"
    "match your price|accept your offer|take your offer|accept your price|your price it is"
)
DEAL = (
    "deal|paperwork|get the paper|sign|write it up|are we good|shake on|will you buy|would you buy|will you take it|"
    "ready to buy|want to buy it|buy it|agreed|agree|agreement|best price|better than that|do any better|shake hand|"
    "congratulation|congratulate|final offer|last word|final price|last price|best i can do|go any lower|go lower|"
    "lowest i can go|my final|take it or leave it|key be yours|welcome to your new car|yours now|wrap it up|"
    "close the deal|call it a deal"
)
HELLO = "hello|hi|hey|good morning|good afternoon|good evening|welcome|good day"
THANKS = "thank|thanks|thank you"
INVITING = (
    "why not|would not you|do not you|why do not you|could not you|is not it|are not you|will not you|would not an|"
    "would not a|would not the|is not the|should not it|does not that|can you not live|would not that|not a penny|"
    "not a cent|not a dollar|not one dollar|not one cent|not a buck|can not go lower|can not go any lower|"
    "will not go lower|can not do better|no less"
)
"""Denials that ask."""

ASKS = (
    "what do|what is your|what are|what would|what kind|what type|what brand|what feature|which|let me know|"
    "show you|suit you|tell me|like to know|love to know|need to know|do you|would you|are you|"
    "how much|can you|how about"
)
"""What makes a question of a sentence without a question mark."""

DENIALS = frozenset(("not", "never", "no", "nor", "nobody", "neither"))
PAST = frozenset(("paid", "sold", "bought"))
"""Of what has happened elsewhere."""

COMMANDS = frozenset(("ignore", "say", "pretend", "repeat", "forget"))
"""Words that begin what is no talk about cars."""

MEASURED = frozenset(
    """
    mile kilometre kilometer km gallon mpg horsepower hp cc month monthly week year euro pound people person passenger
    day owner buyer customer reason kg litre liter percent
    """.split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Stems after a number that say that it is no price in dollars."""

PRICE = "price|cost|bargain|money|value|deal"
FEATURES_FIRST = "what feature|which feature|specific feature|feature be important"
"""After these it is asked for features, whatever is said of importance."""

SECOND = frozenset(("what", "which", "how", "who", "do", "would", "are"))
"""Words with which a second question begins after "and"."""

FIRST = frozenset(("what", "which", "how", "who", "whose", "any", "tell", "name"))
"""Words with which a question begins, beside the auxiliaries."""
