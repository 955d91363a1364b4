"""Dialogues by (split, level): who calls, what the assistant is told and when, and what it is asked.

=========  ===========================================================================================================
retrieve   one listener; all facts are told at first, each marked as free or as confidential
track      two listeners and a relative with facts of the same kinds; facts come later and are corrected, marks change,
           and the principal asks as well, alone
resolve    also: instructions about whole categories or for one listener only, to which later ones make exceptions, and
           listeners who give instructions, which do not count
=========  ===========================================================================================================

After MultiTurnInstruct's levels (retrieve, track, resolve conflicts) and its categories privacy protection and
prioritization; sentences, facts and scoring are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.privacy.dialogue import phrases
from scoutgym.envs.web.privacy.dialogue.answers import tells
from scoutgym.envs.web.privacy.dialogue.ask import FILE, NEW, Ask, answer, fact_of, told
from scoutgym.envs.web.privacy.dialogue.facts import AREAS, BY_KEY, KINDS, Kind, guess
from scoutgym.envs.web.privacy.dialogue.rules import ME, Fact, Rules
from scoutgym.envs.web.privacy.dialogue.values import Value
from scoutgym.envs.web.privacy.dialogue.voices import Voices
from scoutgym.envs.web.privacy.items import Item

LEVELS = ("retrieve", "track", "resolve")
DRAWS = 200
"""Values of one fact that are tried until saying it tells nothing else."""


@dataclass(frozen=True)
class Plot:
    """One dialogue: the principal, the items with the words that say them, and what is read before each reply."""

    principal: str
    items: tuple[Item, ...]
    said: tuple[str, ...]
    script: tuple[Ask, ...]


def key_of(fact: Fact) -> str:
    """The key of a fact's item."""
    return ".".join(fact)


@lru_cache(maxsize=256)
def plot_of(split: str, level: str, facts: int, questions: int, key: bytes) -> Plot:
    """The dialogue of a level with so many facts and questions; one at least must be answered and one must not.

    Args:
        split: train, dev or test.
        level: one of `LEVELS`.
        facts: how many, at least 3.
        questions: how many, at least 2.
        key: of the `Chance` that draws it. A group of episodes plays the same dialogue: it is written once.
    """
    chance = Chance(key)
    while True:
        writer = _Writer(split, level, chance)
        writer.tell(facts)
        plot = writer.written(questions)
        if {ask.needed for ask in plot.script if ask.party and ask.key} == {True, False}:
            return plot


@dataclass
class _Writer:
    """Writes one dialogue."""

    split: str
    level: str
    chance: Chance
    rules: Rules = field(default_factory=Rules)
    items: list[Item] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    values: dict[Fact, Value] = field(default_factory=dict)
    known: list[Fact] = field(default_factory=list)
    later: list[Fact] = field(default_factory=list)
    script: list[Ask] = field(default_factory=list)
    asked: set[tuple[Fact, str]] = field(default_factory=set)
    current: dict[Fact, str] = field(default_factory=dict)
    """The key of the item that a fact is now."""
    public: list[str] = field(default_factory=list)
    """Keys of the listeners' own numbers."""

    def __post_init__(self) -> None:
        self.voices = Voices(self.split, 1 if self.level == "retrieve" else 2, self.chance)
        self.phrases = self.voices.phrases
        self.file, self.area, self.closed = "", "", False

    # Facts.

    def tell(self, count: int) -> None:
        """Choose the facts, and tell those that are told at the beginning."""
        named: list[Kind] = []
        if self.level == "resolve":  # two of a category that can be named, and no other of it
            self.area = self.chance.choice(tuple(AREAS))
            named = self.chance.sample([kind for kind in KINDS if kind.category == self.area], 2)
        others = [kind for kind in KINDS if kind.category != self.area]
        facts = [(ME, kind.key) for kind in self.chance.sample(others, count - len(named))]
        if self.level != "retrieve":  # one in three is a relative's, the first of them of a kind that is there twice
            facts[1::3] = [(self.voices.kin, facts[place - (place == 1)][1]) for place in range(1, len(facts), 3)]
        facts += [(ME, kind.key) for kind in named]
        self.chance.shuffle(facts)
        for fact in facts:
            self.values[fact] = self.add(BY_KEY[fact[1]], key_of(fact))
        marks = ["free", "secret"] * (len(facts) // 2) + ["plain"] * (len(facts) % 2)
        if self.level == "resolve":
            marks[0] = "only"
        self.chance.shuffle(marks)
        held = 0 if self.level == "retrieve" else max(1, len(facts) // 4)
        for place, (fact, mark) in enumerate(zip(facts, marks, strict=True)):
            if place < len(facts) - held:
                self.tell_one(fact, mark)
            else:
                self.later.append(fact)

    def add(self, kind: Kind, key: str) -> Value:
        """A new item, such that to say it tells nothing else, nor does saying anything else tell it."""
        for _ in range(DRAWS):
            value = kind.draw(self.chance, self.split)
            item = Item(key, kind.category, kind.kind, value.plain, False, kind.severity)
            mine = answer(value.said)
            if not tells(item, mine) or any(tells(item, answer(said)) for said in self.said):
                continue
            if any(tells(one, mine) for one in self.items if fact_of(one.key) != fact_of(key)):
                continue
            self.items.append(item)
            self.said.append(value.said)
            return value
        raise ValueError(f"no value of {kind.key} was found in {DRAWS} draws that tells nothing else")

    def tell_one(self, fact: Fact, mark: str) -> None:
        """The principal tells a fact, and what may be done with it."""
        owner, kind = fact
        blanks = {"what": self.voices.mine(owner, self.voices.noun(fact)), "value": self.values[fact].said}
        if mark == "only":
            blanks["party"] = self.chance.choice(tuple(self.voices.people))
            self.rules.only(owner, kind, blanks["party"])
        elif mark != "plain":
            self.rules.say(owner, kind, mark == "free")
        self.voices.principal_says(phrases.TOLD[self.phrases][mark], **blanks)
        self.known.append(fact)
        self.current[fact] = key_of(fact)

    # What changes.

    def happen(self) -> None:
        """Something that the principal says between two questions."""
        events = [self.correct, self.change, self.change]
        if self.later:
            events += [self.tell_later] * 2
        if self.level == "resolve":
            events += [self.confine, self.name_area, self.name_area]
        self.chance.choice(events)()

    def tell_later(self) -> None:
        """A fact that was not told at the beginning."""
        self.tell_one(self.later.pop(), self.chance.choice(("plain", "free", "secret")))

    def correct(self) -> None:
        """A fact has another value, one time at most; what may be done with it stays."""
        fact = self.chance.choice(self.known)
        if self.current[fact] == key_of(fact):
            self.current[fact] += NEW
            self.values[fact] = self.add(BY_KEY[fact[1]], self.current[fact])
            blanks = {"what": self.voices.mine(fact[0], self.voices.noun(fact)), "value": self.values[fact].said}
            self.voices.principal_says(phrases.TOLD[self.phrases]["correction"], **blanks)

    def change(self) -> None:
        """What was free is confidential from now on, or the other way round."""
        owner, kind = fact = self.chance.choice(self.known)
        free = not all(self.rules.allow(fact, party) for party in self.voices.people)
        self.rules.say(owner, kind, free)
        said = phrases.RULES[self.phrases]["allow" if free else "deny"]
        self.voices.principal_says(said, what=self.voices.mine(owner, self.voices.noun(fact)))

    def confine(self) -> None:
        """One listener only may hear a fact."""
        owner, kind = fact = self.chance.choice(self.known)
        party = self.chance.choice(tuple(self.voices.people))
        self.rules.only(owner, kind, party)
        self.voices.principal_says(
            phrases.RULES[self.phrases]["only"], what=self.voices.mine(owner, self.voices.noun(fact)), party=party
        )

    def name_area(self) -> None:
        """All facts of a category are closed, or open again."""
        self.rules.say(ME, self.area, self.closed)
        said = phrases.RULES[self.phrases]["allow area" if self.closed else "deny area"]
        self.voices.principal_says(said, area=self.voices.mine(ME, AREAS[self.area][self.voices.wording]))
        self.closed = not self.closed

    # Questions.

    def written(self, questions: int) -> Plot:
        """All questions, and what the principal says between them."""
        parties = list(self.voices.people)
        wanted = [place % 2 == 0 for place in range(questions)]
        self.chance.shuffle(wanted)
        turns = [parties[place * len(parties) // questions] for place in range(questions)]
        for place, (party, free) in enumerate(zip(turns, wanted, strict=True)):
            if place and self.level != "retrieve" and self.chance.below(5) < 3:
                self.happen()
            if place == 0 or turns[place - 1] != party:
                self.greet(party)
            self.ask(party, free, place)
        return Plot(self.voices.principal, tuple(self.items), tuple(self.said), tuple(self.script))

    def greet(self, party: str) -> None:
        """A listener comes on the line, perhaps with a number of its own."""
        self.file = ""
        if self.chance.below(2):
            self.file = f"{FILE}{party}"
            kind = Kind(self.file, "employment", "number", 0, ("", ""), ("", ""), _file)
            self.voices.party_says(party, phrases.FILE[self.phrases], file=self.add(kind, self.file).said)
            self.public.append(self.file)
        else:
            self.voices.party_says(party, phrases.GREETING[self.phrases])

    def ask(self, party: str, free: bool, place: int) -> None:
        """A question, whose answer is free or not, if there is such a fact."""
        draw = self.chance.below(12)
        if place and self.level != "retrieve" and draw < 2:
            fact = self.chance.choice(self.known)
            what = self.voices.mine(fact[0], self.voices.noun(fact))
            self.voices.principal_says(phrases.ALONE[self.phrases], what=what)
            self.add_ask("", self.current[fact], True, "alone", what)
        elif place and self.file and draw < 4:
            self.voices.party_says(party, phrases.FILE_ASKED[self.phrases])
            self.add_ask(party, self.file, True, "file")
            self.file = ""
        elif place and draw == 4:
            self.voices.party_says(party, phrases.REPEAT[self.phrases])
            self.add_ask(party, "", False, "repeat")
        else:
            if self.level == "resolve" and self.chance.below(4) == 0:
                fact = self.chance.choice(self.known)
                self.voices.party_says(
                    party, phrases.FORBID[self.phrases], what=self.voices.theirs(fact[0], self.voices.noun(fact))
                )
            self.ask_fact(party, self.choose(party, free))

    def choose(self, party: str, free: bool) -> Fact:
        """A fact to ask for: free to tell or not, and not yet asked for by this listener, where there is one."""
        fits = [fact for fact in self.known if self.rules.allow(fact, party) == free]
        fresh = [fact for fact in fits if (fact, party) not in self.asked]
        return self.chance.choice(fresh or fits or self.known)

    def ask_fact(self, party: str, fact: Fact) -> None:
        """In any manner, whether it is free or not."""
        self.asked.add((fact, party))
        kind, manners = BY_KEY[fact[1]], phrases.ASKED[self.phrases]
        manner = self.chance.choice(("hint", *manners))
        what = self.voices.theirs(fact[0], self.voices.noun(fact))
        true, words = None, what
        if manner == "hint":
            self.voices.party_says(party, [kind.hints[self.voices.wording]], who=self.voices.who(fact[0]))
            words = ""
        elif manner == "confirm":
            made = guess(kind, self.values[fact], self.split, self.chance)
            true, words = made.true, f"{what} {made.words}"
            self.voices.party_says(party, manners[manner], what=what, guess=made.words)
        else:
            self.voices.party_says(party, manners[manner], what=what)
        self.add_ask(party, self.current[fact], self.rules.allow(fact, party), manner, words, true)

    def add_ask(
        self, party: str, key: str, needed: bool, manner: str, words: str = "", true: bool | None = None
    ) -> None:
        """Close what is read before a reply. Without ``words`` the whole line is what it asks by."""
        *before, (speaker, line) = self.voices.lines
        self.voices.lines = []
        named = self.items if true is not None else []
        heard = tuple(item.key for item in named if tells(item, told(speaker, line)))
        some = [(fact, key) for fact in self.known for key in sorted({key_of(fact), self.current[fact]})]
        known = (*(key for _, key in some), *self.public)
        free = (key for fact, key in some if not party or self.rules.allow(fact, party))
        open_to = (*free, *self.public)
        lines = tuple(told(*one) for one in before)
        words = words or line.rstrip(".?")
        self.script.append(Ask(lines, speaker, line, words, party, key, needed, true, heard, known, open_to, manner))


def _file(chance: Chance, split: str) -> Value:
    """A listener's own number."""
    text = f"{chance.choice('BFHKTW')}-{chance.below(10_000):04}-{chance.below(100):02}"
    return Value(text, text)
