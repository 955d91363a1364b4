"""Whether a sentence to a customer asks for something, suggests something, or forbids it: by its first words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from scoutgym.envs.dialogue.english import AUXILIARIES, Words, stem

Act = Literal["ask", "do", "either"]


def _listed(line: str) -> tuple[str, ...]:
    """The phrases of a line that are apart by bars."""
    return tuple(" ".join(one.split()) for one in line.split("|"))


POLITE = frozenset(
    _listed(
        "please|ok|okay|so|well|now|then|first|next|also|and|but|hi|hello|hey|sorry|thanks|alright|just|maybe|perhaps|"
        "great|good|right|kindly|oh|yes|no|actually|simply|quickly|finally|lastly|again"
    )
)
LOOK = frozenset(
    _listed(
        "check|see|look|tell|say|describe|confirm|verify|notice|inspect|read|know|observe|find|examine|hear|feel|"
        "explain|double|give"
    )
)
"""Verbs after which something is asked for, not changed; "double" is that of "double-check"."""
WH = frozenset(_listed("what|which|who|whom|whose|when|where|why|how|any|anything|something|is"))
TRYING = frozenset(
    _listed("sure|ensure|try|connect|use|test|press|open|dial|stand|shine|measure|push|print|copy|make|type|play")
)
"""Words of suggestions that may only be made to see what happens."""
PREPARED = _listed("make sure|ensure|be sure|making sure")
FORBIDS = _listed("do not|you should not|you must not|there is no need|you do not need|never|avoid|if")
TRIED = _listed("have you tried|did you try|have you already tried|tried")
BETWEEN = POLITE | set(_listed("be|able|to|mind|like|kind|enough|already|ever|yet|recently|at|least|by|any|chance|you"))
"""Words between "could you" or "have you" and the verb."""
OFFERS = _listed(
    "i will|we will|i can|we can|i could|we could|i would|let me|let us|i am going to|we are going to|you should|"
    "you could|you need|you have to|you must|you may|you can|you will need|you might|how about|what about|what if you|"
    "why do not|i suggest|i recommend|we suggest|we recommend|i advise|my advice|i want you|i need you|"
    "i would like you|the solution|the fix|it would help|it may help|it might help|try|i have|we have|i am|we should|"
    "what happens if you|what happens when you|does it help|would it help|would it work|it is time"
)
"""How suggestions begin that are no commands."""
SEEMS = _listed(
    "looks like|looks to me|looks as if|it looks like|it looks to me|it looks as if|seems like|it seems|sounds like"
)
"""How guesses begin, which ask for nothing."""
ABOUT = _listed(
    "what happens|does anything|do you|can you see|can you hear|tell me|let me know|see if|see whether|check if|"
    "check whether"
)
"""What makes a command a question."""


def act_of(of: Words, asks: bool) -> Act | None:
    """Whether a sentence asks, suggests, or may do either; None where it forbids or depends on a condition."""
    while of and of[0] in POLITE:
        of = of[1:]
    if not of:
        return None
    if asks and of[:2] == ("if", "you") and AUXILIARIES.intersection(of[3:]):
        return "ask"  # "if you open it in a browser, are they there?"
    if _begins(of, FORBIDS):
        return None
    if not asks and _begins(of, SEEMS):
        return "do"
    if of[0] == "do" and of[1:2] and of[1] in ("a", "an", "another"):
        return "do"
    if any(_begins(of[place:], PREPARED) for place in range(len(of))) or _begins(of, TRIED):
        return "do"
    if of[0] in ("can", "could", "would", "will", "may", "might") and of[1:2] in (("you",), ("we",)):
        if _verb(of[2:]) in LOOK | {""}:
            return "ask"
        return "either" if of[0] == "can" or looks(of) else "do"
    if of[0] in ("have", "did", "has") and len(of) > 2:
        return "ask" if _verb(of[2:]) in LOOK or "been" in of or {"recently", "lately", "last"} & set(of) else "either"
    offer = _begins(of, OFFERS)
    if offer:
        ours = of[0] in ("i", "we") and "you" not in of[:offer]  # "I will tell them", but "I need you to tell me"
        return "ask" if _verb(of[offer:]) in LOOK and not ours else "do"
    asking = asks or of[0] in AUXILIARIES or of[0] in WH or stem(of[0]) in LOOK or looks(of)
    return "ask" if asking else "do"


def act_after(act: Act, joint: str, after: Words, asks: bool) -> Act:
    """What the words after an "and", "then" or "or" are, where those before it are an ``act``."""
    if joint == "or":
        return act
    if act == "ask":
        return act_of(after, asks) or act
    return "ask" if act == "do" and (looks(after) or after[0] in WH) else act


def _begins(of: Words, phrases: Sequence[str]) -> int:
    """How many words of the beginning are one of some phrases."""
    line = f"{' '.join(of)} "
    return next((len(one.split()) for one in phrases if line.startswith(f"{one} ")), 0)


def _verb(of: Words) -> str:
    """The first word that says what to do, by its stem; empty where there is none."""
    return next((stem(word) for word in of if word not in BETWEEN), "")


def looks(of: Words) -> bool:
    """Whether a command asks to be told what is seen."""
    line = f" {' '.join(of)} "
    return any(f" {one} " in line for one in ABOUT)
