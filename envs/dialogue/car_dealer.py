"""Car Dealer: find out what a buyer wishes and would pay, and sell a car for as much as you can.

The agent is the seller and has a list of thirty cars. The buyer has a brand, a type and a feature in mind, a budget,
and one of three manners: a bargain hunter, one who wants features, one loyal to a brand. Asked, the buyer tells the
wishes, and the budget in a round figure; of each offer the buyer says whether it is taken, or how far it is off. What a
car is worth to the buyer is the r of `scoutgym.envs.dialogue.cars.buyers`, so the belief over the buyers is exact. The
success is a sale. After ``patience`` refused offers the buyer leaves; the house sells nothing below 70 % of the list
price.

LMRL-Gym (arXiv 2311.18232) has this task with a language model as the buyer, and two rewards beside the sale, which
are named parts of weight 0 here: pass ``weights={"fancy": 1.0, "success": 0.0}`` to use one. With p the price of the
sale, b the budget and m the list price,

    fancy    p / ((b + m) / 2) if a car is sold, else -(b - m) / m with the m of the buyer's best car,
    revenue  p / 50 000 dollars.

That an unsold car dearer than the budget pays a positive ``fancy`` is so in the paper. The best car is the one that
the buyer would pay most for.

With ``oracle="llm"`` the buyer is a chat model with a persona and a private goal, which decides itself. A sale counts
only at a price that the agent has offered for that car, and within the budget: the rules see to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field as Parameter

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING, History, Privileged, Reply
from scoutgym.envs.dialogue.cars import telling
from scoutgym.envs.dialogue.cars.buyers import LEAVES, SHAPE, Buyers, everybody, one, tell
from scoutgym.envs.dialogue.cars.hearing import alike
from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, TYPES, Lot, lot_of
from scoutgym.envs.dialogue.cars.market import Market
from scoutgym.envs.dialogue.cars.pricing import best_offer
from scoutgym.envs.dialogue.cars.reading import read
from scoutgym.envs.dialogue.cars.telling import ASKED
from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState, Said
from scoutgym.envs.grammar import Action
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

LOTS = 1 << 32
"""How many lots there are."""

UNIT = 50_000
"""Dollars that pay 1 of the part ``revenue``."""

UNLIMITED = 6
"""How many offers the expert plans ahead with a buyer who never leaves."""

ENOUGH = 0.05
"""Bits below which the expert asks no more."""

OVER = "I am sorry, I have to go now."
UNSOLD = "(That is no sale: it takes a car and a price that you have offered.)"


class DealerParams(DialogueParams):
    """How patient the buyer is."""

    patience: int = Parameter(4, ge=0, le=1000, description="after how many refused offers the buyer leaves; 0: never")
    max_turns: int = Parameter(50, ge=1, le=1000, description="how many texts may be said")


@dataclass
class DealerState(DialogueState):
    """A dialogue; the secret is ``lot.buyer``, two numbers. ``car`` and ``price`` are those of the sale, if there was
    one; ``lost`` counts the turns in which nothing was said."""

    car: str = ""
    price: int = 0
    lost: int = 0


class CarDealer(Dialogue[DealerState]):
    """See the module's docstring. A meaning is a list of the acts of `scoutgym.envs.dialogue.cars.reading`."""

    spec = Spec(
        id="scoutgym/CarDealer-v0",
        family="dialogue",
        group="car dealer",
        about="Find out what a buyer wishes and would pay, and sell a car.",
        presets={"patient": {"patience": 0}},
        rewards={
            **REWARDS,
            "fancy": Part(
                "price over the mean of budget and list price, or what is lost", low=-3.0, high=2.0, weight=0.0
            ),
            "revenue": Part(f"price of the sale in units of {UNIT} dollars", weight=0.0),
        },
        figures={
            **FIGURES,
            "best_share": "price of the sale as a share of the best price that the buyer would have paid for any car",
            "sold_price": "mean price of the sales in dollars",
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="LMRL-Gym, arXiv 2311.18232; cars and buyers of our own",
    )
    Params, State = DealerParams, DealerState
    about = "what you say to the buyer: a question, a car, or an offer of one car with its price"
    samples = (
        "What type of car are you looking for?",
        "What do you think of the Falk Terra?",
        "I offer you the Falk Terra for $23,500.",
        "What is your budget?",
        "Do you need a sunroof?",
        "How about $22,000?",
    )

    # The secret.

    def keys(self) -> Sequence[str]:
        raise NotImplementedError("the buyers of all lots are too many to list: draw one with start()")

    def possible(self, opening: str) -> Sequence[str]:
        return self._market(opening).secrets

    def _sizes(self) -> dict[str, int]:
        return {"train": 1_000_000, "dev": 10_000, "test": 10_000}

    def secrets(self) -> float:
        return float(LOTS) * float(np.prod(SHAPE))

    def start(self, task: Task, chance: Chance) -> DealerState:
        number, buyers = chance.below(LOTS), int(np.prod(SHAPE))
        while True:
            buyer = chance.below(buyers)
            if one(buyer).best(lot_of(number))[0]:
                return DealerState(f"{number:08x}.{buyer}")

    def case(self, opening: str) -> Market:
        return Market(self, opening, _told_lot(opening))

    def opening(self, secret: str) -> str:
        return telling.opening(int(secret.partition(".")[0], 16), self.max_turns, self.params.patience)

    def questions(self, opening: str) -> Sequence[str]:
        return telling.bank(_told_lot(opening).number)

    def guess(self, secret: str) -> str:
        lot, buyer = _of(secret)
        return telling.offer(*telling.best_of(lot, buyer))

    # The dialogue.

    def read(self, text: str, opening: str) -> Any:
        return self.understand(text, opening, ())

    def understand(self, text: str, opening: str, said: Sequence[Said]) -> Any:
        """The acts of a text; an offer or "it" without a car is about the car spoken of last."""
        lot = _told_lot(opening)
        acts = [_resolved(lot, act, said) for act in read(lot, text) or ()]
        return [act for place, act in enumerate(acts) if act not in acts[:place]] or None

    def reply(self, secret: str, meaning: Any) -> str:
        lot, buyer = _of(secret)
        return " ".join(tell(lot, act, int(buyer.codes(lot, act)[0])) for act in meaning)

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        """A chat model may say it in words of its own."""
        if self.reply(secret, meaning) == answer.removesuffix(f" {LEAVES}"):
            return True
        lot, buyer = _of(secret)
        return self.oracle is not None and alike(lot, buyer, meaning, answer)

    def won(self, secret: str, meaning: Any) -> bool | None:
        """True where an offer is accepted; a chat model decides that itself."""
        lot, buyer = _of(secret)
        taken = any(act[0] == "offer" and buyer.worth(lot.cars[act[1]])[0] >= act[2] for act in meaning)
        return True if taken and self.oracle is None else None

    def answer(self, state: DealerState, meaning: Any, chance: Chance) -> Reply:
        reply = super().answer(state, meaning, chance)
        offers = _offers(meaning)
        if reply.success:
            (state.car, state.price), *_ = offers
        elif offers and self.params.patience and _refused(state) + len(offers) >= self.params.patience:
            return Reply(f"{reply.text} {LEAVES}", done=True, success=False)
        return reply

    def asked(self, state: DealerState, text: str, chance: Chance) -> Reply:
        """What the chat model says and decides; see the module's docstring on what is a sale."""
        assert self.oracle is not None
        lot, buyer = _of(state.secret)
        before = [(one.text, one.answer) for one in state.said]
        more = {
            "decision": {"type": "string", "enum": ["continue", "buy", "leave"]},
            "car": {"type": "string", "enum": ["none", *lot.cars]},
            "price": {"type": "number"},
        }
        record = self.oracle.ask(self.facts(state.secret), before, text, None, chance, more)
        if record["decision"] == "leave":
            return Reply(record["answer"], done=True, success=False)
        if record["decision"] == "continue":
            return Reply(record["answer"])
        meaning = self.understand(text, self.opening(state.secret), state.said)
        offered = [pair for one in (*(said.meaning for said in state.said), meaning) for pair in _offers(one)]
        if (record["car"], record["price"]) not in offered or record["price"] > buyer.budget[0]:
            return Reply(f"{record['answer']} {UNSOLD}")
        state.car, state.price = record["car"], int(record["price"])
        return Reply(record["answer"], done=True, success=True)

    def unclear(self, state: DealerState) -> str:
        return "I do not know what you mean. Ask me what I am looking for, or offer me a car at a price."

    def play(self, state: DealerState, action: Action, chance: Chance) -> Reply:
        return self._ended(state, super().play(state, action, chance))

    def refuse(self, state: DealerState, reason: str, chance: Chance) -> Reply:
        state.lost += 1
        return self._ended(state, super().refuse(state, reason, chance))

    def _ended(self, state: DealerState, reply: Reply) -> Reply:
        """The reply, with the rewards of the end if this is the end, as the last turn is."""
        if not reply.done and len(state.said) + state.lost >= self.max_turns:
            reply.text, reply.done, reply.success = f"{reply.text} {OVER}", True, False
        if reply.done:
            reply.rewards = {**reply.rewards, **_paid(state)}
        return reply

    # What is known.

    def privileged(self, state: DealerState) -> Privileged:
        lot, buyer = _of(state.secret)
        extra = {
            "secret": state.secret,
            "brand": BRANDS[buyer.brand[0]],
            "type": TYPES[buyer.kind[0]],
            "feature": FEATURES[buyer.feature[0]],
            "budget": int(buyer.budget[0]),
            "manner": telling.MATTERS[buyer.manner[0]],
            "best": int(buyer.best(lot)[0]),
        }
        return Privileged(self.guess(state.secret), extra=extra)

    def figures(self, state: DealerState) -> Mapping[str, tuple[float, float]]:
        if not state.said:
            return NOTHING
        lot, buyer = _of(state.secret)
        found = {**super().figures(state), "best_share": (state.price / float(buyer.best(lot)[0]), 1.0)}
        return {**found, "sold_price": (float(state.price), 1.0)} if state.price else found

    def known(self, state: DealerState, role: str) -> Any:
        return [super().known(state, role), _refused(state), _spoken_of(state.said), _named(state.said)]

    def gain(self, state: DealerState, action: Action) -> float | None:
        if self.oracle is not None:
            return None
        opening = self.opening(state.secret)
        market, meaning = self._market(opening), self.understand(action[1], opening, state.said)
        return 0.0 if meaning is None else market.told(market.left(state.said), meaning)

    def resample(self, state: DealerState, role: str, chance: Chance) -> DealerState:
        market, new = self._market(self.opening(state.secret)), state.copy()
        new.secret = market.secrets[int(chance.choice(market.left(state.said)))]  # type: ignore[arg-type]  # an array
        return new

    def expert(self, history: History, chance: Chance) -> str:
        """What tells the most of the questions, while one tells anything; then the best offer."""
        opening = history[0].removesuffix(f"\n\n{self._grammar.help()}")
        market = self._market(opening)
        said: list[Said] = []
        for text, answer in turns(history):
            said.append(Said(text, self.understand(text, opening, said), answer))
        left = market.left(said)
        asked = {one.text for one in said}
        gains = {text: market.gain(left, text) for text in ASKED if text not in asked}
        best = max(gains, key=gains.__getitem__, default="")
        if best and gains[best] > ENOUGH and len(said) + self._plan(said) < self.max_turns:
            return best
        offers = min(self._plan(said), self.max_turns - len(said))
        return telling.offer(*best_offer(market.lot, everybody().of(market.numbers[left]), max(1, offers)))

    def _plan(self, said: Sequence[Said]) -> int:
        """How many offers there are to go."""
        refused = sum(len(_offers(one.meaning)) for one in said)
        return max(1, self.params.patience - refused) if self.params.patience else UNLIMITED

    def _market(self, opening: str) -> Market:
        market = self._case(opening)
        assert isinstance(market, Market)
        return market

    def facts(self, secret: str) -> str:
        return telling.facts(secret, *_of(secret))


def _told_lot(opening: str) -> Lot:
    """The lot of an opening.

    Raises:
        ValueError: no task begins like that.
    """
    found = re.match(r"Lot ([0-9a-f]{8})\.", opening)
    if found is None:
        raise ValueError(f"no task begins with {opening[:80]!r}")
    return lot_of(int(found[1], 16))


def _of(secret: str) -> tuple[Lot, Buyers]:
    """The lot and the buyer of a secret."""
    number, _, buyer = secret.partition(".")
    return lot_of(int(number, 16)), one(int(buyer))


def _resolved(lot: Lot, act: Any, said: Sequence[Said]) -> list[Any]:
    """An act with the car that it is about; what is cut is cut off the last price named for it, or the list price."""
    if act[0] not in ("show", "offer", "cut"):
        return list(act)
    name = act[1] or _spoken_of(said)
    if name is None:
        return ["small", "which"]
    if act[0] == "show":
        return ["show", name]
    listed = lot.cars[name].price
    price = listed if act[2] == "list" else act[2]
    if act[0] == "cut":
        last = _named(said).get(name, listed)
        price = last - (last * act[2] // 100 if act[3] == "percent" else act[2])
    return ["offer", name, price] if price >= lot.cars[name].floor else ["small", "floor"]


def _spoken_of(said: Sequence[Said]) -> str | None:
    """The car that was shown or offered last."""
    acts = (act for one in reversed(said) for act in reversed(one.meaning or ()))
    return next((act[1] for act in acts if act[0] in ("show", "offer")), None)


def _named(said: Sequence[Said]) -> dict[str, int]:
    """The last price that was named for each car."""
    return {car: price for one in said for car, price in _offers(one.meaning)}


def _offers(meaning: Any) -> list[tuple[str, int]]:
    return [(act[1], act[2]) for act in meaning or () if act[0] == "offer"]


def _refused(state: DealerState) -> int:
    """How many offers were made and not taken."""
    return sum(len(_offers(one.meaning)) for one in state.said) - bool(state.price)


def _paid(state: DealerState) -> dict[str, float]:
    """LMRL-Gym's rewards, and the price in its unit."""
    lot, buyer = _of(state.secret)
    budget = int(buyer.budget[0])
    if state.price:
        listed = lot.cars[state.car].price
        return {"fancy": state.price / ((budget + listed) / 2), "revenue": state.price / UNIT}
    listed = telling.best_of(lot, buyer)[0].price
    return {"fancy": -(budget - listed) / listed, "revenue": 0.0}


register(CarDealer)
