"""What detectives ask that has nothing to do with who was where: it is understood, and its answer tells nothing.

A case knows of no noises, secrets, illnesses or families. To such a question the answer is that nothing is learned of
it, whoever the culprit is, so that beliefs stay exact. What is public (the five, the rooms, the case, what somebody
does for a living) is told again.
"""

from __future__ import annotations

from functools import cache

from scoutgym.envs.dialogue.english import Phrasebook, Words
from scoutgym.envs.dialogue.murder.lexicon import DEED, GUILT, WHERE, stems_of

TOPICS = {
    "job": "what be role|role here|position here|job here|for a living|occupation|profession|job|"
    "trade|career|livelihood|what do you do here|"
    "what be your position|what be your role|employ|employment|what do you work|who do you work for|"
    "how do you earn|line of work|who be you|about yourself|introduce yourself",
    "rooms": "which room|what room|list room|name room|list of room|all room|how many room|where can i look|"
    "where can i search|where can i go|which place|what place|other room|what location|which location|"
    "layout|floor plan",
    "people": "who be suspect|which suspect|list of suspect|list suspect|under suspicion|how many suspect|"
    "who else be there|who else be here|who be present|who all be there|who all be here|who be in house|"
    "people involve|people present|person of interest|who be five|who can i question|who can i talk to|"
    "who can i ask|who can i interview|name suspect",
    "case": "so far|what do we know|what do i know|what have we learn|what have we get|about case|recap|"
    "summarize|summary|summarise|sum up|case file|my note|our note|fact|what happen|"
    "what have happen|when be victim kill|when do victim die|when do it happen|when do kill happen|"
    "when be kill|time of death|hour of death|time of kill|hour of kill|time do victim die|time be kill|"
    "time be victim kill|hour be victim kill|time do it happen|when do kill take place|"
    "where be victim kill|where do victim die|where do it happen|where do kill happen|"
    "where be victim find|about victim|who be victim|who be kill|who die|what be situation|remind me",
    "weapon": "what kill|cause of death|how do victim die|how be victim kill|how do it happen|"
    "what be victim kill with|what be use|what be kill weapon|how do victim come to death",
    "motive": "know victim|close to victim|get along with victim|get on with victim|think of victim|fond of victim|"
    "on good term|bad term|like victim|involve with victim|connect to victim",
    "culprit": "who be culprit|who kill|who do it|who do this|who do kill|who culprit be|who might have do it|"
    "who could have do it",
    "nothing": "body find|find body|discover body|body be find|you hear|"
    "victim hear|they hear|do hear|hear anything|hear something|overhear|you suspect|do suspect|"
    "victim suspect|they suspect|who find|who discover|who first see|be find by|last person to see|"
    "never leave your side|see anything|see something|notice anything|notice something|last see|"
    "see victim|speak to victim|speak with victim|talk to victim|talk with victim|meet victim|"
    "how long have you work|how long have you know|kind of person be victim|sort of person be victim|"
    "what be victim like|you think do it|you think be",
}
"""What phrases ask for, apart by bars: stems, "victim" for whoever was killed, "kill" for the
deed, and "culprit".

All but the last three are public and told again; of the culprit nobody tells anything.
"""

NOTHING = stems_of(
    "noise sound scream shout shouting voice cry shot bang thud footsteps secret secrets hide hiding conceal trust "
    "honest honesty truth lie lying lied liar upset afraid scared calm sweat tremble nervous worried shake drink "
    "drinking drunk alcohol drug drugs sick ill illness health sleep asleep awake tired strong strength strongest "
    "married marry marriage wife husband spouse child children family brother sister son daughter parent mother "
    "father blood bloody stain scratch bruise mud fingerprint fingerprints dna poison poisoned autopsy police phone "
    "telephone letter diary dog unusual strange odd ordinary peculiar discover discovered glove gloves hobby habit "
    "temper character past record stranger visitor intruder opinion guess think believe suppose reckon behave "
    "behavior behaviour act mood seem remember threat threaten plan lend borrow steal stole hurt pain regret sorry "
    "ashamed religion politics window insurance why age medicine injured injury capable physically struggle army "
    "door acquainted"
)
"""Words of what a case knows nothing of."""

TAKES = stems_of(
    "take took touch handle use hold held wield own grab remove borrow carry recognize belong your yours see"
)
"""What may be done with a weapon."""

FILLERS = stems_of(
    "the a an at in on of to for by with from and or i you he she it they we me him her them his their my our your "
    "us that this there then so what who whom when how exactly precisely actually really just please about around "
    "between during before after while o clock hour minute past half one two three four five six seven eight nine "
    "ten eleven twelve anyone anybody somebody someone anything else other others still also already last yesterday "
    "tonight afternoon day late early can could would will may might must shall should if whether as not no mean "
    "sir madam crime murder deed death die kill killed happen victim deceased mr mrs ms miss dr doctor whole entire "
    "all back home house garden corridor hall hallway stairs room outside inside upstairs downstairs building want "
    "like need saw suspicious know let tell ask say hear next again more first now question walk stay stand sit "
    "wait come play card cards eat true right correct happened up round through into leave get here kind enough "
    "specifically particular spend person"
)
"""Words beside which those of whereabouts mean whereabouts; any other word may mean anything."""

HIM = frozenset(("he", "she", "him", "her", "deceased"))
LEFT_OUT = frozenset(("the", "poor", "old", "mr", "mrs", "sir", "lady", "madame", "man", "woman", "tell"))
"""Words that no phrase has."""

ABOUT = FILLERS | {"describe", "do", "be", "have", "we"}
"""Words of "tell me about X" that ask for nothing yet."""
YOU = frozenset(("you", "your", "yours", "yourself"))


@cache
def _topics() -> Phrasebook[str]:
    return Phrasebook((phrase, topic) for topic, line in TOPICS.items() for phrase in line.split("|"))


def topic_of(of: Words, victim: set[str]) -> str | None:
    """The one thing of `TOPICS` that some stems ask for; None where they ask for none, or for two."""
    line: list[str] = []
    for word in of:
        word = "victim" if word in victim | HIM else "kill" if word in DEED else "culprit" if word in GUILT else word
        if word not in LEFT_OUT and word not in line[-1:]:
            line.append(word)
    found = {one.concept for one in _topics().find(line)}
    return found.pop() if len(found) == 1 else None


def covered(of: Words, more: frozenset[str]) -> bool:
    """Whether every one of some stems is of whereabouts, of ``more``, or says nothing."""
    return set(of) <= FILLERS | WHERE | DEED | more
