"""The words of a case: names, rooms and things as they may be called, and the words of detectives."""

from __future__ import annotations

from functools import lru_cache

from scoutgym.envs.dialogue.english import Words, stem, words
from scoutgym.envs.dialogue.murder.case import MurderCase, case_of, cast


def stems_of(line: str) -> frozenset[str]:
    """The stems of the words of a line."""
    return frozenset(stem(word) for word in line.split())


GUILT = stems_of("culprit murderer killer murderess guilty perpetrator assassin criminal offender")
DEED = stems_of("murdered killed kill murder committed slew stabbed poisoned")
ACCUSE = stems_of("accuse arrest charge convict accusing arresting")
BETWEEN = stems_of(
    "the a an our one party person clearly definitely certainly obviously therefore indeed surely really against must "
    "none other than actually"
)
BLAMES: tuple[Words, ...] = tuple(
    tuple(line.split())
    for line in (
        "guilt be name", "guilt name", "name be guilt", "name guilt", "accuse name", "accusation be name", "name deed",
        "name do it", "it be name", "be it name", "deed by name", "name be under accuse", "name do deed",
    )
)  # fmt: skip
"""How a name and the guilt stand together, without the words of ``BETWEEN``."""
HEDGES = stems_of(
    "maybe perhaps might may could possibly probably suspect if whether likely either should would seems wonder "
    "suspicious unless say claim rumor tell think hear everyone everybody "
    "suppose supposing imagine assume assuming pretend"
)
DENIALS = stems_of("not never no neither innocent nobody none")
MOTIVE = stems_of(
    "motive reason quarrel argue argument hate inherit inheritance benefit gain grudge debt owe enemy jealous relation "
    "relationship conflict money testament feelings feel blackmail revenge dispute profit dislike friend hated love "
    "quarrelling quarrelled quarreled fight row lover affair romance rival envy envious anger angry furious resent "
    "bequeath creditor indebted heir fallout jealousy hatred envied loathe despise sue lawsuit "
    "financial finance finances"
)
DEATH = stems_of("kill murder murdered dead death want die harm")
"""What makes a "why" a question of motive."""
KEY = stems_of("key access unlock unlocked locked open opened lock")
WHERE = stems_of(
    "where alibi whereabouts alone company together time evening night witness confirm prove claim story statement "
    "account vouch back movement swear corroborate sight true"
)
ALIBI = stems_of("where alibi whereabouts movement vouch")
"""Words that mean whereabouts whatever stands beside them."""
WEAK = stems_of("be do go with see notice spend say spot meet have")
"""Words about where somebody was, if the sentence asks."""
SEEN = WEAK - stems_of("be do go have say")
ASK = stems_of(
    "ask question interview interrogate talk speak tell confront grill quiz interrogation hear call statement "
    "word fetch summon bring"
)
LOOK = stems_of(
    "examine inspect look search check investigate study visit go see observe analyze analyse view scan explore enter "
    "find test sniff measure show describe compare verify return walk sweep watch"
)
CORROBORATE = stems_of("confirm verify check corroborate back support validate")
EVERYONE = stems_of(
    "everyone everybody suspects suspect people guests witnesses persons others them each anyone anybody"
)
OTHERS = stems_of("everyone everybody anyone anybody besides except else")
BODY = stems_of("body corpse victim deceased")
SCENE = stems_of("scene crime")
CLUES = stems_of("evidence clue clues trace traces forensic")
SEES = stems_of("see notice spot know recognize observe")
WISHES = (("i", "will"), ("let", "me"), ("let", "us"), ("i", "want"), ("i", "would"), ("we", "should"), ("we", "will"))
"""How a wish begins, also after a reason."""
SPOKEN = tuple(
    (first, "you") for first in ("did", "were", "are", "have", "had", "was", "that", "of", "mean", "when", "swear")
)
"""Before "you" these speak to one of the five; "can you" and "would you" may speak to the game master."""
COMMANDS = ASK.union(
    LOOK,
    CORROBORATE,
    stems_of("request get learn determine i we let can could may please what which how did take have give make list"),
    stems_of("name establish conduct perform send bring summon recap summarize summarise remind account explain walk"),
)
OPENERS = stems_of("please ok okay so well now then first next also and but hello hi hey sir finally")
BEGINS = stems_of("who whose when where why")


class Lexicon:
    """The words of one case."""

    def __init__(self, case: MurderCase) -> None:
        self.case = case
        self.names: dict[Words, int] = {}
        for number, person in enumerate(case.people):
            for name in (person.name, person.first, person.last, person.role, person.role.split()[-1]):
                self.names[_key(name)] = number
        self.rooms: dict[Words, int] = {}
        for number, room in enumerate((case.scene, *case.rooms)):
            self.rooms[_key(room)] = number
        self.witness = {_key(case.witness), _key(case.witness.split()[-1])}
        self.weapon = {word for word in _key(case.weapon)[1:] if len(word) > 3} | {"weapon"}
        self.locked = {word for word in _key(case.locked)[1:] if len(word) > 3}
        self.traits = [stems_of(" ".join(cast()["traits"][trait]["words"])) for trait in case.traits]
        taken = self.locked.union(*self.traits)
        for number, room in enumerate((case.scene, *case.rooms)):
            head = _key(room)[0]  # "the billiard table" is in the billiard room
            if len(head) > 4 and head not in taken and sum(head in name for name in self.rooms) == 1:
                self.rooms[(head,)] = number
        self.victim = set(_key(case.victim)) - {"old", "mr", "mrs", "sir", "lady", "madame"}

    def people(self, of: Words) -> list[int]:
        """Who is named, in order, each once."""
        return taken(self.names, of)[0]


def _key(phrase: str) -> Words:
    """A phrase as it is looked up."""
    return tuple(map(stem, words(phrase)))


def taken(known: dict[Words, int], of: Words, mark: str = "") -> tuple[list[int], Words]:
    """The values of the phrases in some stems, the longest first at each place, each once; and the other stems.

    ``mark`` stands where a phrase was; nothing does if it is empty.
    """
    longest, place = max(map(len, known)), 0
    found: list[int] = []
    rest: list[str] = []
    while place < len(of):
        for size in range(min(longest, len(of) - place), 0, -1):
            value = known.get(of[place : place + size])
            if value is not None:
                found.append(value)
                rest += [mark] * bool(mark)
                place += size
                break
        else:
            rest.append(of[place])
            place += 1
    return list(dict.fromkeys(found)), tuple(rest)


@lru_cache(maxsize=256)
def lexicon(number: int) -> Lexicon:
    """The lexicon of a case, made once."""
    return Lexicon(case_of(number))


def within(phrase: Words, of: Words) -> bool:
    """Whether the words of a phrase follow each other in some words."""
    return any(of[place : place + len(phrase)] == phrase for place in range(len(of)))
