"""The words that reading takes away or joins: frames of questions, pronouns, purposes, places, guesses."""

from __future__ import annotations

from scoutgym.envs.dialogue.english import Indexed, indexed

MODALS = frozenset(["can", "could", "will", "would", "may", "might", "must", "should", "shall", "do", "does", "did"])
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am"])
HAVE = frozenset(["has", "have", "had", "having"])
ARTICLES = frozenset(["a", "an", "the"])
WHOSE = frozenset(["some", "any", "its", "own", "your", "my", "our", "their"])
_PEOPLE = """
    most people|the average person|an average person|a person|a human|a human being|human beings|people|persons|
    person|
    humans|human|someone|somebody|anyone|anybody|everyone|everybody|folks|i|we|us|me|one|myself|yourself|oneself|
    an adult|adults|a normal person|an ordinary person|a regular person|a typical person|a grown up|grown ups|
    each of us|all of us|
        any of us|many of us|a lot of people|many people|some people|few people|
    a single person|a random person|an individual|
    individuals|my family|a family|the average family|average people|ordinary people|most folks|a guy|somebody like me|
them selves|most humans|other people|another person|a man or woman|mankind|most of us
"""
_THING = """
    the secret object|the mystery object|the hidden object|the object|the thing|the item|the secret item|this object|
    this thing|this item|your object|your item|your thing|your word|the secret word|the word|the answer|the secret|
    they|
    them|these|those|what you are thinking of|the thing you are thinking of|the object you are thinking of|
    what you have in mind|this animal|the animal|this food|the food|this place|the place|the instrument|
    this instrument|
    the tool|the plant|this plant|the drink|this drink|the vehicle|this vehicle|the fruit|this fruit|the vegetable|
    the toy|the creature|this creature|he|she|the device|this device|the building|the bird|the body part|the product
"""
_DROPPED = """
    usually|typically|normally|often|commonly|generally|mostly|mainly|primarily|really|very|quite|fairly|rather|ever|
    also|just|too|actually|probably|likely|possibly|potentially|definitely|basically|essentially|either|both|even|
    especially|regularly|frequently|traditionally|sometimes|kind of|kinds of|type of|types of|sort of|form of|
    variety of|
    a lot of time|all of|most of the time|considered to be|considered as|considered|classified as|classed as|
    regarded as|
    seen as|thought of as|thought of|categorized as|categorised as|described as|known to be|known to|piece of|
    item of|article of|when ripe|on the outside|from the outside|on the surface|by any chance|when fully ripe|
    supposed to be|
    supposed to|able to|capable of|said to be|on average|in general|in some way|in any way|more or less|commonly|
    in order to|naturally found|such as a|would you say|mainly|so called|everyday|ordinary|specifically|typical|
    average|
    normal|most people would say|by most people|these days|nowadays|like to|want to|get to|tend to|tends to|
    scientifically|technically|strictly speaking|botanically|biologically|generally speaking|by definition|say|
    known for being|well known for being|famous for being|supposedly|honestly|truly|usually speaking|happen to|
    happens to|meant to be|said to|thought to be|believed to be|reputed to be|super|extremely|incredibly|
    by nature|ordinarily|mostly just|for the most part|as a rule|day to day|one of those|
    like hell|like crazy|barefoot|badly|a good deal|in stories|in fairy tales|in cartoons|
    purely|entirely|completely|totally|exclusively|physically|particularly|certain|in real life|around the world|
    in the world|at all|in any form|usual|overall|a bit|a little bit|somewhat|relatively|always|largely|example of|
    of any kind
"""
NOUNS = frozenset(["something", "thing", "object", "item", "anything", "stuff", "things", "objects", "items"])
PLACES = frozenset(["in", "on", "at", "inside", "around", "within", "near", "into", "onto", "under"])
FOUND = frozenset(
    [
        "found",
        "located",
        "kept",
        "seen",
        "stored",
        "placed",
        "situated",
        "present",
        "common",
        "available",
        "encountered",
    ]
)
FIND = frozenset(["find", "see", "keep", "encounter", "put", "place", "spot", "have", "locate", "meet"])
_PURPOSE = """
    used for the purpose of|used to help|used to|used for|for the purpose of|meant for|meant to|designed for|
    designed to|
    intended for|intended to|made for|made to|useful for|good for|necessary for|needed for|needed to|helpful for|
    utilized to|utilized for|purpose is to|purpose to|main purpose is to|main purpose to|main use is for|
    primary use is|
    for|there to|built to|built for|use to|use for|created to|created for|required for|used when|used while|
    used in order to|used in the process of|serve to|serves to|function is to|main function to|main function is to
"""
_SUBSTANCE = """
    made out of|made up of|made of|made from|made with|made mostly of|made mainly of|made primarily of|made partly of|
    composed of|constructed of|constructed from|constructed out of|built of|built out of|built from|manufactured from|
    manufactured out of|manufactured of|produced from|consist of|consists of|crafted from|formed of|created from|
    fashioned from
"""
RELATIVE = frozenset(
    ["that", "which", "who", "with", "you", "used", "found", "made", "worn", "played", "in", "on", "for"]
)
_GUESSING = """
    my guess is|my final guess is|my final guess|my last guess is|my last guess|my answer is|my answer|my guess|
    final guess|guess|is the answer|the answer is|is your answer|is your word|
    is it called|is it named|is the word|is the secret object|is the object|is your object|is the secret|is the thing|
    you are thinking of|would you be thinking of|is it possible that it is|could you be thinking of|
    are you thinking of|are you thinking about|do you have in mind|is it possibly|is it maybe|
    it has to be|it must be|it got to be|i am guessing|i am going to guess|i will guess|i say|could it be|might it be|
    would it be|can it be|i bet it is|surely it is|is it by chance|is it perhaps|is it|are they|it is|they are|
    is this|this is|that is|is that|it could be|it might be|is the item|i am thinking of|is what you are thinking of|
    is it a kind of|is it a type of|is it a sort of|is it some kind of|is it a form of|is it some sort of|
    it would be|must it be|has it to be|i guess it is|let me guess|is the mystery object|is it simply|is it just|
    is it actually
"""


def listed(text: str) -> Indexed:
    """The phrases of a list with ``|`` between them."""
    return indexed(filter(None, {tuple(one.split()) for one in text.replace("\n", " ").split("|")}))


PEOPLE, THING, DROPPED = listed(_PEOPLE), listed(_THING), listed(_DROPPED)
PURPOSE, SUBSTANCE, GUESSING = listed(_PURPOSE), listed(_SUBSTANCE), listed(_GUESSING)
