"""A long world: errands for a town whose people come, move and change their minds, over 200 to 1,000 turns.

Twelve places are one walk from each other; goods are sold at some of them, people live at others. Errands come one
after another: bring somebody what they like. The errand names the person only. Where that person lives, what they like
and where it is sold was told when it became so, perhaps hundreds of turns ago, and may have been changed since: with
each errand comes a piece of news, and every sixth errand a newcomer, so what must be remembered (three facts an errand,
out of a growing number) grows with the length of the episode. Looking around shows what is sold and who lives at a
place, so that who forgets can find out again, at a price in turns.

Who knows everything needs at most four turns an errand (to the shop, take, to the home, give), and there is an errand
for every four turns: success is the part of them that was done. An errand not done within eight turns is withdrawn.
All errands and all news are functions of the task. The expert looks facts up in all that it has read: it forgets
nothing and goes straight, which is as good as can be done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

PLACES = ("mill", "harbor", "tower", "well", "market", "chapel", "forge", "garden", "bridge", "library", "inn", "farm")
GOODS = ("tea", "bread", "rope", "soap", "honey", "paper", "flour", "wax", "wool", "cheese")
PEOPLE = """
Ada Bruno Carla Dario Edda Felix Gerda Hanno Ilse Jonas Klara Linus Mona Nils Olga Paul Rosa Simon Tilda Ulf Vera
Walter Xenia Yann Zora Anton Berta Conrad Doris Erwin Frieda Georg Helga Ivo Jutta Kuno Lotte Moritz Nelly Otto
""".split()  # noqa: SIM905 (a word a line would fill the page)
FOUNDERS, PATIENCE, EACH, NEWCOMER = 3, 8, 4, 6

HERE = re.compile(r"You are at the (\w+)(?: with (\w+))?\.")
ERRAND = re.compile(r"Errand \d+ of \d+: bring (\w+) what")


class LongErrandsParams(Params):
    """How long it goes on."""

    turns: int = Field(200, ge=20, le=1000, description="turns of the episode; a fourth of them is the errands")
    max_turns: int = Field(0, ge=0, le=1000, description="0: as many as turns")


@dataclass
class LongErrandsState(State):
    """The town as it is, what is still to come, and how far the agent has got."""

    plan: tuple[tuple[str, ...], ...]
    """Of each errand: its person; and its news: ``home``, ``taste`` or ``shop``, of whom or what, and the new value;
    for a newcomer all of ``new``, the name, home and taste."""
    homes: dict[str, str]
    tastes: dict[str, str]
    shops: dict[str, str]
    place: str = PLACES[0]
    hand: str = ""
    errand: int = 0
    since: int = 0
    turn: int = 0
    done: int = 0
    last: str = ""


class LongErrands(World[LongErrandsState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/LongErrands-v0",
        family="probes",
        group="long_errands",
        about="Run errands for a town for hundreds of turns, and remember who lives where and likes what.",
        presets={"100": {"turns": 100}, "200": {}, "500": {"turns": 500}, "1000": {"turns": 1000}},
        rewards={"errand": Part("for every errand done its part of all; on request", weight=0.0)},
        figures={"done": "errands done, over all errands"},
        expert="strong",
    )
    Params, State = LongErrandsParams, LongErrandsState
    counts: ClassVar = {"train": 2_000, "dev": 200, "test": 200}

    def __init__(self, params: LongErrandsParams) -> None:
        super().__init__(params)
        self.max_turns = min(params.max_turns or params.turns, params.turns)
        self.errands = params.turns // EACH
        place = Word(PLACES, "place")
        self._grammar = Grammar(
            Form("go {place}", place=place),
            Form("take {good}", "what is sold here; you carry one thing at a time", good=Word(GOODS)),
            Form("give {person}", "what you carry, at home", person=Word(PEOPLE, "person")),
            Form("look", "who lives here, what they like, and what is sold here"),
        )

    def start(self, task: Task, chance: Chance) -> LongErrandsState:
        people = chance.sample(PEOPLE, len(PEOPLE))
        homes = {person: chance.choice(PLACES) for person in people[:FOUNDERS]}
        tastes = {person: chance.choice(GOODS) for person in people[:FOUNDERS]}
        shops = {good: chance.choice(PLACES) for good in GOODS}
        known, plan = FOUNDERS, []
        for number in range(self.errands):
            news: tuple[str, ...] = ("home", chance.choice(people[:known]), chance.choice(PLACES))
            if number % NEWCOMER == NEWCOMER - 1 and known < len(people):
                news = ("new", people[known], chance.choice(PLACES), chance.choice(GOODS))
                known += 1
            elif number % 3 == 1:
                news = ("taste", chance.choice(people[:known]), chance.choice(GOODS))
            elif number % 3 == 2:
                news = ("shop", chance.choice(GOODS), chance.choice(PLACES))
            plan.append((chance.choice(people[:known]), *news))
        return LongErrandsState(tuple(plan), homes, tastes, shops)

    def intro(self, state: LongErrandsState, role: str) -> str:
        sold = " ".join(f"{good.capitalize()} is sold at the {place}." for good, place in state.shops.items())
        live = " ".join(
            f"{person} lives at the {home} and likes {state.tastes[person]}." for person, home in state.homes.items()
        )
        return (
            f"You run errands in a town, for {self.max_turns} turns: bring people what they like, at home. There are "
            f"{self.errands} errands, one after another; one that is not done within {PATIENCE} turns is withdrawn. "
            "From every place you get to every other one in one turn. With each errand comes news, which is told only "
            f"once.\n{sold}\n{live}\n{self._errand(state)} {self._here(state)}"
        )

    def _errand(self, state: LongErrandsState) -> str:
        person = state.plan[state.errand][0]
        return f"Errand {state.errand + 1} of {self.errands}: bring {person} what {person} likes."

    def _here(self, state: LongErrandsState) -> str:
        return f"You are at the {state.place}{f' with {state.hand}' if state.hand else ''}."

    def grammar(self, state: LongErrandsState) -> Grammar:
        return self._grammar

    def refuse(self, state: LongErrandsState, reason: str, chance: Chance) -> Reply:
        reply = self._after(state, f"Invalid action: {reason}. {self._grammar.help()}\n")
        reply.invalid = True
        return reply

    def play(self, state: LongErrandsState, action: Action, chance: Chance) -> Reply:
        if action[0] == "go":
            state.place = action[1]
            return self._after(state, "")
        if action[0] == "look":
            return self._after(state, self._look(state))
        if action[0] == "take":
            if state.shops[action[1]] != state.place:
                return self._after(state, f"There is no {action[1]} here. ")
            state.hand = action[1]
            return self._after(state, "")
        person = action[1]
        if state.homes.get(person) != state.place:
            return self._after(state, f"{person} does not live here. ")
        if not state.hand:
            return self._after(state, "You carry nothing. ")
        if person != state.plan[state.errand][0] or state.hand != state.tastes[person]:
            return self._after(state, f"{person} does not want {state.hand} now. ")
        state.hand = ""
        state.done += 1
        reply = self._after(state, f"{person} thanks you. ", following=True)
        reply.rewards = {"errand": 1 / self.errands}
        return reply

    def _look(self, state: LongErrandsState) -> str:
        told = [
            f"{who} lives here and likes {state.tastes[who]}. " for who, at in state.homes.items() if at == state.place
        ]
        told += [f"{good.capitalize()} is sold here. " for good, at in state.shops.items() if at == state.place]
        return "".join(told) or "Nobody lives here and nothing is sold here. "

    def _after(self, state: LongErrandsState, said: str, following: bool = False) -> Reply:
        """A turn has passed: the next errand where this one is over, the end where all are, or the time is."""
        state.turn += 1
        if not following and state.turn - state.since >= PATIENCE:
            said, following = f"{said}The errand is withdrawn. ", True
        if following:
            state.errand, state.since = state.errand + 1, state.turn
        if state.errand == self.errands or state.turn == self.max_turns:
            told = f"{said}The day is over: you have done {state.done} of {self.errands} errands."
            return Reply(told, done=True, success=state.done / self.errands)
        if following:
            said = f"{said}{self._news(state)}\n{self._errand(state)} "
        state.last = said
        return Reply(f"{said}{self._here(state)}")

    def _news(self, state: LongErrandsState) -> str:
        """What has changed since the last errand was given."""
        _, kind, what, *values = state.plan[state.errand]
        if kind == "new":
            state.homes[what], state.tastes[what] = values
            return f"News: {what} is new in town, lives at the {values[0]} and likes {values[1]}."
        if kind == "home":
            state.homes[what] = values[0]
            return f"News: {what} now lives at the {values[0]}."
        if kind == "taste":
            state.tastes[what] = values[0]
            return f"News: {what} now likes {values[0]}."
        state.shops[what] = values[0]
        return f"News: {what.capitalize()} is now sold at the {values[0]}."

    def figures(self, state: LongErrandsState) -> Mapping[str, tuple[float, float]]:
        return {"done": (state.done, self.errands)}

    def hidden_key(self, state: LongErrandsState) -> Any:
        return state.plan

    def known(self, state: LongErrandsState, role: str) -> Any:
        now = [state.place, state.hand, state.errand, state.since, state.turn, state.done]
        return [*now, state.homes, state.tastes, state.shops]

    def view(self, state: LongErrandsState, role: str) -> Any:
        return [state.last, state.place, state.hand]

    # Players.

    def solver(self, state: LongErrandsState) -> list[str]:
        """Straight to the end: it knows what the news will be."""
        town, actions = state.copy(), []
        while True:
            person = town.plan[town.errand][0]
            action = self._straight(town.place, town.hand, person, town.homes[person], town.tastes[person], town.shops)
            actions.append(action)
            if self.play(town, self._grammar.parse(action), _NO_CHANCE).done:
                return actions

    def _straight(self, place: str, hand: str, person: str, home: str, taste: str, shops: Mapping[str, str]) -> str:
        if hand == taste:
            return f"give {person}" if place == home else f"go {home}"
        return f"take {taste}" if place == shops[taste] else f"go {shops[taste]}"

    def expert(self, history: History, chance: Chance) -> str:
        """Reads back from the end until it has found what it needs."""
        place, hand = HERE.findall(history[-1])[-1]
        person = _latest(history, "Errand ", ERRAND.pattern)
        home = _latest(history, f"{person} ", rf"{person} (?:now |is new in town, )?lives at the (\w+)")
        taste = _latest(history, f"{person} ", rf"{person} (?:[^.]*and |now )?likes (\w+)")
        shop = _latest(history, f"{taste.capitalize()} is ", rf"{taste.capitalize()} is (?:now )?sold at the (\w+)")
        return self._straight(place, hand, person, home, taste, {taste: shop})

    def board(self, state: LongErrandsState) -> str:
        bar = int(40 * state.turn / self.max_turns)
        return (
            f"[green]{'█' * bar}[/][dim]{'·' * (40 - bar)}[/] turn {state.turn}, {state.done} of {self.errands} done\n"
            f"{self._errand(state) if state.errand < self.errands else ''} {self._here(state)}"
        )


_NO_CHANCE = Chance(b"nothing is drawn while an episode is under way")


def _latest(history: History, mark: str, pattern: str) -> str:
    """What the last text says that has ``mark`` in it and matches."""
    for place in range(len(history) - 1, -1, -2):
        text = history[place]
        if mark in text and not text.startswith("Invalid action"):
            found = re.findall(pattern, text)
            if found:
                return str(found[-1])
    raise ValueError(f"nothing in this history says {pattern}")


register(LongErrands)
