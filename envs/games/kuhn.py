"""Kuhn poker: the smallest poker, for two roles (Kuhn 1950, "A simplified two-person poker").

Three cards, jack below queen below king. Both players pay a chip and get a card. As in Kuhn's paper there are two
actions, ``pass`` and ``bet``: a bet is one more chip; to pass a bet is to fold, to bet on a bet is to call. Who acts
first changes from hand to hand; the role ``first`` begins. A showdown is told to both, a folded hand stays unknown.

The game is zero-sum and pays in chips: ``success`` (more chips won than lost) has weight 0. The first hand belongs to
the task, later deals to the luck. A text that is no action is refused once in a decision; the next one counts as a
pass, so that nobody gains by stalling.

The expert is a Nash equilibrium: Kuhn's family for whoever acts first (bet the jack with probability ``ALPHA``, the
king with 3 ``ALPHA``, call with the queen with ``ALPHA`` + 1/3), with the one best answer. Its value is −1/18 a hand
for who acts first. It is optimal in the sense of minimax: no opponent wins more than the value from it.

The belief is about the opponent's card, exact for an opponent that plays that equilibrium. What an action tells is
heard when the opponent has answered: `gain` looks as far as the next thing that who acts now will read of this hand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, model_validator

from scoutgym.envs.belief import entropy
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

FIRST, SECOND = ROLES = ("first", "second")
CARDS = ("jack", "queen", "king")
DEALS = tuple(one + other for one in "JQK" for other in "JQK" if one != other)

ALPHA = 1 / 6
"""Which equilibrium of Kuhn's family (0 to 1/3): in the middle, every action of the king and the jack is mixed."""

BETS = {
    "": (ALPHA, 0.0, 3 * ALPHA),
    "p": (1 / 3, 0.0, 1.0),
    "b": (0.0, 1 / 3, 1.0),
    "pb": (0.0, ALPHA + 1 / 3, 1.0),
}
"""The equilibrium: after these actions, how likely a bet is with the jack, the queen and the king."""

SHOWDOWNS = {"pp": 1, "bb": 2, "pbb": 2}
"""Ends of a hand where the higher card wins so many chips."""
FOLDS = {"bp": 1, "pbp": -1}
"""Ends where who acted first wins (or loses) a chip."""

OPENING = re.compile(
    r"^(?:Hand \d+ of \d+\. )?You hold the (\w+)\. (You act|Your opponent acts) first\.$", re.MULTILINE
)
MOVE = re.compile(r"^Your opponent (passes|bets)\.$", re.MULTILINE)


class KuhnParams(Params):
    """How many hands are played."""

    hands: int = Field(1, ge=1, le=100, description="hands of an episode")
    max_turns: int = Field(
        6, ge=6, le=600, description="actions of both roles: at least 6 a hand, refused ones included"
    )

    @model_validator(mode="after")
    def _enough(self) -> KuhnParams:
        if self.max_turns < 6 * self.hands:
            raise ValueError(f"{self.hands} hands take up to {6 * self.hands} turns: set max_turns to that")
        return self


@dataclass
class KuhnState(State):
    """``cards`` of first and second, the actions of this hand (``p`` and ``b``), what ``first`` has won, past hands."""

    cards: str
    bets: str = ""
    hand: int = 1
    total: int = 0
    warned: bool = False
    past: list[str] = field(default_factory=list)
    """Of each hand the cards and the actions, as in ``QKpbb``."""


class Kuhn(World[KuhnState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Kuhn-v0",
        family="games",
        group="kuhn",
        about="Kuhn poker: bluff and call with one of three cards.",
        presets={"1": {}, "10": {"hands": 10, "max_turns": 60}},
        rewards={"chips": Part("chips won or lost, at the end of each hand", -2.0, 2.0, 1.0)},
        success=Part("1 at the end for the role that has won chips", weight=0.0),
        hidden=True,
        expert="optimal",
        belief="exact",
        roles=ROLES,
        paper="Kuhn 1950, A simplified two-person poker, Contributions to the Theory of Games 1",
    )
    Params, State = KuhnParams, KuhnState

    def __init__(self, params: KuhnParams) -> None:
        super().__init__(params)
        self.hands = params.hands
        self._grammar = Grammar(Form("pass", "check, or fold when there is a bet"), Form("bet", "or call a bet"))

    def start(self, task: Task, chance: Chance) -> KuhnState:
        return KuhnState(cards=chance.choice(DEALS))

    def intro(self, state: KuhnState, role: str) -> str:
        many = "one hand" if self.hands == 1 else f"{self.hands} hands"
        return (
            f"You play {many} of Kuhn poker against one opponent. The deck is a jack, a queen and a king. Each of you "
            "pays one chip and gets one card. Who acts may pass or bet one more chip. When there is a bet, to pass is "
            "to fold, and to bet is to call. If nobody folds, the higher card wins.\n" + self._opening(state, role)
        )

    def _opening(self, state: KuhnState, role: str) -> str:
        number = f"Hand {state.hand} of {self.hands}. " if self.hands > 1 else ""
        who = "You act" if self._starter(state) == role else "Your opponent acts"
        return f"{number}You hold the {self._card(state, role)}. {who} first."

    def _starter(self, state: KuhnState) -> str:
        return ROLES[(state.hand - 1) % 2]

    def _card(self, state: KuhnState, role: str) -> str:
        return CARDS["JQK".index(state.cards[ROLES.index(role)])]

    def mover(self, state: KuhnState) -> str:
        return ROLES[(state.hand - 1 + len(state.bets)) % 2]

    def grammar(self, state: KuhnState) -> Grammar:
        return self._grammar

    def play(self, state: KuhnState, action: Action, chance: Chance) -> Reply:
        actor = self.mover(state)
        other = SECOND if actor == FIRST else FIRST
        facing = state.bets.endswith("b")
        state.bets += action[0][0]
        state.warned = False
        if action[0] == "pass":
            said = "Your opponent folds." if facing else "Your opponent passes."
        else:
            said = "Your opponent calls." if facing else "Your opponent bets."
        if state.bets in BETS:
            return Reply(said, to=other)
        won = self._won(state)
        state.total += won
        state.past.append(state.cards + state.bets)
        told = {other: f"{said} {self._result(state, other, won)}", actor: self._result(state, actor, won)}
        rewards = {f"{FIRST}/chips": float(won), f"{SECOND}/chips": float(-won)}
        if state.hand == self.hands:
            if state.total:
                rewards[f"{FIRST if state.total > 0 else SECOND}/success"] = 1.0
            for role in told if self.hands > 1 else ():
                total = state.total if role == FIRST else -state.total
                told[role] += f" After {self.hands} hands you are {_chips(total)} {'up' if total >= 0 else 'down'}."
            return Reply(told[other], rewards, to=other, done=True, others={actor: told[actor]})
        state.hand += 1
        state.bets, state.cards = "", chance.choice(DEALS)
        starter = self._starter(state)
        for role in ROLES:
            told[role] += "\n" + self._opening(state, role)
        waits = SECOND if starter == FIRST else FIRST
        return Reply(told[starter], rewards, to=starter, others={waits: told[waits]})

    def refuse(self, state: KuhnState, reason: str, chance: Chance) -> Reply:
        reason = " ".join(reason.split())  # it may repeat the agent's text, which must not look like the dealer's lines
        actor = self.mover(state)
        if not state.warned:
            state.warned = True
            return Reply(f"Invalid action: {reason}. {self._grammar.help()}", to=actor, invalid=True)
        reply = self.play(state, ("pass",), chance)
        reply.invalid = True
        said = f"Invalid action: {reason}. It counts as a pass."
        if reply.to == actor:
            reply.text = f"{said}\n{reply.text}"
        else:
            reply.others = {actor: f"{said}\n{reply.others.get(actor, '')}".strip()}
        return reply

    def _won(self, state: KuhnState) -> int:
        """What the role ``first`` wins in a hand that is over."""
        if state.bets in FOLDS:
            return FOLDS[state.bets] if self._starter(state) == FIRST else -FOLDS[state.bets]
        higher = "JQK".index(state.cards[0]) > "JQK".index(state.cards[1])
        return SHOWDOWNS[state.bets] if higher else -SHOWDOWNS[state.bets]

    def _result(self, state: KuhnState, role: str, won: int) -> str:
        chips = won if role == FIRST else -won
        shown = ""
        if state.bets in SHOWDOWNS:
            shown = f"Your opponent has the {self._card(state, SECOND if role == FIRST else FIRST)}. "
        return f"{shown}You {'win' if chips > 0 else 'lose'} {_chips(chips)}."

    # What a role knows.

    def privileged(self, state: KuhnState) -> Privileged:
        return Privileged(extra={role: self._card(state, role) for role in ROLES})

    def hidden_key(self, state: KuhnState) -> str:
        return state.cards

    def secrets(self) -> float:
        return float(len(DEALS))

    def known(self, state: KuhnState, role: str) -> Any:
        me = ROLES.index(role)
        past = [hand if hand[2:] in SHOWDOWNS else hand[me] + hand[2:] for hand in state.past]
        return [role, state.hand, state.cards[me], state.bets, past]

    def view(self, state: KuhnState, role: str) -> Any:
        opening = len(state.bets) < 2  # later only the opponent's answer is said
        return [state.bets, [state.hand, self._card(state, role)] if opening else None]

    def posterior(self, state: KuhnState, role: str) -> dict[str, float]:
        """How likely each card of the opponent is to ``role``, if the opponent plays the equilibrium."""
        me = ROLES.index(role)
        if state.bets in SHOWDOWNS:
            return {state.cards[1 - me]: 1.0}
        weights = {card: 1.0 for card in "JQK" if card != state.cards[me]}
        for turn, move in enumerate(state.bets):
            if ROLES[(state.hand - 1 + turn) % 2] != role:
                for card in weights:
                    weights[card] *= _likely(state.bets[:turn], move, card)
        total = sum(weights.values())
        return {card: weight / total for card, weight in weights.items()}

    def belief(self, state: KuhnState, role: str) -> Belief:
        return Belief(entropy(self.posterior(state, role).values()))

    def gain(self, state: KuhnState, action: Action) -> float:
        prior = self.posterior(state, self.mover(state))
        bets = state.bets + action[0][0]
        heard: dict[str, dict[str, float]] = defaultdict(dict)
        for card, weight in prior.items():
            for answer in "pb" if bets in BETS else ("",):
                end = bets + answer
                likely = _likely(bets, answer, card) if answer else 1.0
                heard[end + card if end in SHOWDOWNS else end][card] = weight * likely
        left = sum(sum(weights.values()) * entropy(weights.values()) for weights in heard.values())
        return max(0.0, entropy(prior.values()) - left)

    def best_gain(self, state: KuhnState) -> tuple[Action, float]:
        gains = [((move,), self.gain(state, (move,))) for move in ("pass", "bet")]
        return max(gains, key=lambda one: one[1])

    def resample(self, state: KuhnState, role: str, chance: Chance) -> KuhnState:
        new = state.copy()
        cards = self.posterior(state, role)
        draw, card = chance.random(), next(iter(cards))
        for other, weight in cards.items():
            if weight > 0.0 and draw >= 0.0:
                card = other
            draw -= weight
        new.cards = state.cards[0] + card if role == FIRST else card + state.cards[1]
        return new

    def retell(self, state: KuhnState, role: str, lines: list[str]) -> list[str]:
        last = max(place for place, line in enumerate(lines) if OPENING.search(line))
        deal = list(OPENING.finditer(lines[last]))[-1]
        line = lines[last][: deal.start(1)] + self._card(state, role) + lines[last][deal.end(1) :]
        return [*lines[:last], line, *lines[last + 1 :]]

    # Players.

    def expert(self, history: History, chance: Chance) -> str:
        heard = ""
        for text in reversed(history[::2]):
            heard = f"{text}\n{heard}"
            deals = list(OPENING.finditer(heard))
            if deals:
                break
        moves = "".join(move[0] for move in MOVE.findall(heard[deals[-1].end() :]))
        bets = moves if deals[-1][2] == "Your opponent acts" else "p" + moves if moves else ""
        return "bet" if chance.random() < BETS[bets][CARDS.index(deals[-1][1])] else "pass"

    def board(self, state: KuhnState) -> str:
        ended = bool(state.past) and state.past[-1] == state.cards + state.bets and state.bets not in BETS
        role, lines = self.mover(state), []
        stakes = [1 + state.bets[place::2].count("b") for place in (0, 1)]
        for me, name in enumerate(ROLES):
            hidden = name != role and not (ended and state.bets in SHOWDOWNS)
            card = "[dim]│ ? │[/]" if hidden else f"[bold]│ {state.cards[me]} │[/]"
            chips = stakes[0 if name == self._starter(state) else 1]
            mark = "[green]▶[/]" if name == role and not ended else " "
            total = state.total if name == FIRST else -state.total
            lines.append(f"{mark} {name:<7} {card}   [yellow]{'●' * chips:<3}[/]  {total:+d} chips")
        said = " · ".join({"p": "pass", "b": "bet"}[move] for move in state.bets) or "no action yet"
        return "\n".join([*lines, f"  [dim]hand {state.hand} of {self.hands}: {said}[/]"])


def _chips(number: int) -> str:
    return "1 chip" if abs(number) == 1 else f"{abs(number)} chips"


def _likely(bets: str, move: str, card: str) -> float:
    """How likely the equilibrium makes this move after these actions with this card."""
    bet = BETS[bets]["JQK".index(card)]
    return bet if move == "b" else 1.0 - bet


register(Kuhn)
