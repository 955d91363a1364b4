"""Guess my city: ask anything about a city, then say which it is.

The rules of PAPRIKA (arXiv 2502.17543): 20 turns; questions are open ("What do they eat?") or not ("Is it north of
Paris?"); the answers tell as much as they can, but never the name of the city or of its country, and whoever asks for
the name is refused. A guess is "Is the city Paris, France?", in any common spelling. Here a wrong guess costs its turn
and no more. A country or state may be asked for by its name ("Is it in Japan?"), and the language is told, whatever
it is called.

LMRL-Gym's game (arXiv 2311.18232) is the preset ``lmrl``: 100 well-known cities, and a price of 1
for each text: with the success of 1 that is -1 for every turn that does not find the city.

There are 409 cities of 160 countries and territories (`scoutgym.envs.dialogue.cities`), each equally likely; the splits
share them out. Whoever knows them all and asks for the landmarks needs two turns, as the expert does: what is
hard in this game is to know the world, and to ask for what one knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field as Parameter

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Reply
from scoutgym.envs.dialogue.cities.answers import answer
from scoutgym.envs.dialogue.cities.atlas import cities, named_in
from scoutgym.envs.dialogue.cities.facts import facts
from scoutgym.envs.dialogue.cities.geography import continents
from scoutgym.envs.dialogue.cities.hearing import heard
from scoutgym.envs.dialogue.cities.reading import read
from scoutgym.envs.dialogue.cities.topics import TELL
from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState
from scoutgym.envs.dialogue.oracle import OracleError
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import canonical

BANK = (
    "Which continent is it on?",
    "What language do they speak there?",
    "What is the climate like?",
    "How many people live there?",
    "Is it by the sea?",
    "Which river does it lie on?",
    "Is it on a lake?",
    "Is it the capital of its country?",
    "Is it north of Paris?",
    "Is it east of Istanbul?",
    "Is it closer to London or to Tokyo?",
    "How far is it from Cairo?",
    "How far is it from Chicago?",
    "How far is it from Singapore?",
    "Is it in the northern hemisphere?",
    "Which latitude does it have?",
    "What is the time zone?",
    "How high above sea level is it?",
    "How warm is it in January?",
    "How warm is it in July?",
    "Does it snow there?",
    "When was it founded?",
    "Who ruled it in colonial times?",
    "What is the main religion?",
    "What currency do they use?",
    "On which side of the road do they drive?",
    "Is its country a monarchy?",
    "What does the flag of the country look like?",
    "Which countries does it border?",
    "Is its country in the European Union?",
    "Is it a rich country?",
    "What is the most popular sport?",
    "Has it hosted the Olympic Games?",
    "What is the food like?",
    "What are its landmarks?",
    "What is it known for?",
    "What is its main industry?",
    "Does it have a metro?",
    "Does it have a port?",
    "Is it on an island?",
    "Are there mountains nearby?",
    "Are there beaches?",
    "Does it have skyscrapers?",
    "Does it have a famous university?",
    "Does it have a historic old town?",
    "Is it popular with tourists?",
    "Is it a holy city?",
    "Is it the largest city in its country?",
    "Does it have more than a million inhabitants?",
)


class CityParams(DialogueParams):
    """Which cities there are."""

    cities: Literal["all", "famous"] = Parameter("all", description="which cities may be the secret: all, or 100")


class GuessCity(Dialogue[DialogueState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/GuessCity-v0",
        family="dialogue",
        group="guess_city",
        about="Find out a city by open questions, and name it.",
        presets={"lmrl": {"cities": "famous", "price": 1.0}},
        rewards=REWARDS,
        figures=FIGURES,
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="arXiv 2502.17543",
    )
    Params, State = CityParams, DialogueState
    about = 'one question about the city, or a guess ("Is the city Paris, France?")'
    samples = (*BANK, "Is the city Paris, France?")

    def keys(self) -> Sequence[str]:
        """Every city, or the famous ones."""
        return [key for key, city in cities().items() if city.famous or self.params.cities == "all"]

    def opening(self, secret: str) -> str:
        """The same for all."""
        return (
            "I am thinking of a city somewhere in the world. Find out which: ask about it what you like, and I tell "
            "what I know, but neither its name nor that of its country, so do not ask for them. Then guess: Is the "
            f"city X, Country? You have {self.max_turns} turns, guesses included."
        )

    def questions(self, opening: str) -> Sequence[str]:
        """The same for all."""
        return BANK

    def guess(self, secret: str) -> str:
        """In full."""
        return f"Is the city {secret}?"

    def read(self, text: str, opening: str) -> Any:
        """By the rules of `scoutgym.envs.dialogue.cities.reading`."""
        return read(text)

    def reply(self, secret: str, meaning: Any) -> str:
        """By the rules of `scoutgym.envs.dialogue.cities.answers`."""
        return answer(cities()[secret], meaning)

    def unclear(self, state: DialogueState) -> str:
        """With examples of what can be asked."""
        return (
            "I did not understand that. Ask one thing in plain words: where it is, its size, language, climate, "
            "waters, history, religion, currency, food, sights, sports, what it is known for, or how it compares with "
            "a city; "
            'or guess: "Is the city Paris, France?"'
        )

    def won(self, secret: str, meaning: Any) -> bool | None:
        """A right guess ends it."""
        return True if meaning.get("guess") == secret else None

    def asked(self, state: DialogueState, text: str, chance: Chance) -> Reply:
        """The chat model's answer; one that tells a name which the player has not said is none.

        A continent may be told, also where a country is called like it (America).
        """
        assert self.oracle is not None
        city = cities()[state.secret]
        free = " ".join((text, *(one.text for one in state.said), *continents(city)))
        names = tuple(name for name in city.names if not named_in(free, (name,)))

        def silent(record: Mapping[str, Any]) -> None:
            if told := named_in(record["answer"], names):
                raise OracleError(f"it tells the name {told}")

        before = [(one.text, one.answer) for one in state.said]
        record = self.oracle.ask(self.facts(state.secret), before, text, None, chance, fits=silent)
        return Reply(record["answer"])

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        """A chat model may say it in words of its own."""
        reply = self.reply(secret, meaning)
        return reply == answer or (
            self.oracle is not None and reply in heard(answer, canonical(meaning), tuple(self.keys()))
        )

    def facts(self, secret: str) -> str:
        """All topics."""
        city = cities()[secret]
        told = dict.fromkeys(tell(city) for topic, tell in TELL.items() if topic not in ("name", "country"))
        told.update(dict.fromkeys(f"{fact.said}." for fact in facts().values() if fact.holds(city)))
        return (
            f"The secret city is {secret}. The player asks about it and guesses. Answer truly and tell as much as "
            "helps, in one or two sentences, and where it can be answered so, begin with yes or no. But never write "
            "the name of the city or of its country, in any spelling, and refuse to tell them. Answer a wrong guess "
            "with a no.\n\n" + "\n".join(told)
        )


register(GuessCity)
