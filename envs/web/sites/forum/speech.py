"""How people of the forum speak: the templates of `words`, filled with the vocabulary of a topic."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.forum import words
from scoutgym.envs.web.sites.forum.topics import Topic


class Speech:
    """Sentences about one topic."""

    def __init__(self, chance: Chance, topic: Topic) -> None:
        self.chance, self.topic = chance, topic
        self._tips = list(topic.tips)

    def say(self, templates: Sequence[str]) -> str:
        """A sentence of one of these templates."""
        return self.filled(self.chance.choice(templates))

    def filled(self, template: str) -> str:
        """A template with words in its gaps."""
        return template.format_map(Gaps(self.chance, self.topic))

    def title(self) -> str:
        """Of a post."""
        return self.say(words.TITLES)

    def text(self) -> str:
        """Of a post: two or three sentences."""
        parts = [self.say(words.OPENINGS), self.say(words.MIDDLES)]
        return " ".join([*parts, self.say(words.ENDINGS)] if self.chance.below(4) else parts)

    def comment(self) -> str:
        """One to three sentences, with or without advice."""
        if self._tips and self.chance.below(5) < 3:  # nobody gives the same advice twice
            parts = [self._tips.pop(self.chance.below(len(self._tips)))]
        else:
            parts = [self.say(words.COMMENT_CORES)]
        if self.chance.below(2):
            parts.insert(0, self.say(words.COMMENT_STARTS))
        if self.chance.below(3) == 0:
            parts.append(self.say(words.COMMENT_ENDS))
        return " ".join(parts)


class Gaps(dict[str, str]):
    """The words of one sentence, drawn when they are needed; a name with a capital letter gives them one."""

    def __init__(self, chance: Chance, topic: Topic) -> None:
        super().__init__()
        self.chance, self.topic = chance, topic

    def __missing__(self, name: str) -> str:
        small = name[0].lower() + name[1:]
        self[name] = capital(self[small]) if small != name else self.drawn(name)
        return self[name]

    def drawn(self, name: str) -> str:
        """What stands in a gap."""
        chance, topic = self.chance, self.topic
        if name in LISTS:
            return chance.choice(LISTS[name])
        if name in NUMBERS:
            first, step, count = NUMBERS[name]
            return str(first + step * chance.below(count))
        if name == "act":
            return chance.choice(topic.acts)
        if name == "place":
            return chance.choice(topic.places)
        if name in ("thing", "other"):
            return chance.choice([one for one in topic.things if one not in self.values()])
        if name in ("trouble", "trouble2"):
            return chance.choice([one for one in topic.troubles if one not in self.values()])
        if name == "a_thing":
            return f"{article(self['thing'])} {self['thing']}"
        if name == "a":
            return article(self["quality"])
        if name == "job_small":
            return self["job"].lower()
        raise KeyError(name)


LISTS = {
    "quality": words.QUALITIES,
    "who": words.WHO,
    "city": people.CITIES,
    "day": words.DAYS,
    "month": words.MONTHS,
    "job": words.JOBS,
}
NUMBERS = {"n": (2, 1, 11), "price": (10, 5, 60), "year": (2008, 1, 15)}
"""The first, the step between two, and how many there are."""


def article(word: str) -> str:
    """The indefinite article before a word."""
    return "an" if word[0] in "aeiou" else "a"


def capital(text: str) -> str:
    """With a capital letter at the beginning."""
    return text[0].upper() + text[1:]


def handle(chance: Chance) -> str:
    """The name that somebody goes by."""
    first, second = (chance.choice(part) for part in words.HANDLES)
    ends = ("", "", str(2 + chance.below(97)))
    return f"{first}{chance.choice(('_', ''))}{second}{chance.choice(ends)}"
