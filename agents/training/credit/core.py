"""The contract of a credit rule: all groups of a training step in, an advantage for every turn (or token) out.

A rule works on the record of turns and episodes; the advantages are spread over rows and batches afterwards. So nothing
depends on how episodes became rows or rows became batches. What a rule must ask the policy itself (a probability, a
hidden state) it asks through its `Context`.

An episode without turns broke before the agent could act: it is no member of its group, and its list of advantages is
empty. ``gamma`` discounts turns, never tokens.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from scoutgym.envs.tasks import nearest
from scoutgym.types import Episode, Group

if TYPE_CHECKING:
    from torch import Tensor


class Features(NamedTuple):
    """What the policy's last layer holds along one episode of T turns; zeros where nothing was read yet.

    In float32, without a gradient, and on the CPU, where the critics are: they are small.
    """

    before: Tensor
    """``[T + 1, d]``: at the last token before each turn, and after the final observation."""
    after: Tensor
    """``[T, d]``: at the last token of each action."""
    tokens: Sequence[Tensor] = ()
    """``[L_t, d]`` for each turn: at the token before each token of the action, from which it was predicted."""


class Context(Protocol):
    """The policy as a rule may use it. `scoutgym.agents.training.context.PolicyContext` is the real one."""

    @property
    def gamma(self) -> float:
        """Discount of turns."""

    def prompt(self, observation: str, first: bool) -> list[int]:
        """The tokens between two actions, made of an observation."""

    def answer(self, text: str) -> list[int]:
        """The tokens of an action as the policy would write it, the end sign included."""

    def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
        """Of each (conversation, continuation): the log-probability of every token of the continuation.

        It is the policy's own at the sampling temperature, without any constraint that sampling was under.
        """

    def generate(self, conversations: Sequence[Sequence[int]], key: object) -> list[list[int]]:
        """A sampled action after each conversation; equal keys draw equal noise."""

    def features(self, episodes: Sequence[Episode], tokens: bool = False) -> list[Features]:
        """Hidden states along each episode; of every token of its actions only where asked."""


@dataclass(frozen=True)
class Credited:
    """What a rule returns. ``g``, ``e`` and ``t`` number groups, their episodes and the turns of these.

    Args:
        turns: ``turns[g][e][t]`` is an advantage; None for a group that is left out of the gradient.
        metrics: for the log.
        tokens: ``tokens[g][e][t][j]``, where a rule credits every decision by itself; it wins over ``turns`` then.
    """

    turns: list[list[list[float]] | None]
    metrics: Mapping[str, float] = field(default_factory=dict)
    tokens: list[list[list[list[float]]] | None] | None = None


class Credit(ABC):
    """A rule. Its constructor's arguments are its hyper-parameters."""

    name: ClassVar[str]

    @abstractmethod
    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        """The advantages of one training step.

        Raises:
            ValueError: an episode lacks what the rule needs (an answer, a probe).
        """

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        """Learn from the groups that were just credited: critics and estimators. Metrics for the log."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """All that changes: JSON values and tensors, by flat names."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027 (most rules keep nothing)
        """Go on where ``state_dict`` was written."""


RULES = {
    "archer": "archer:ArCHer",
    "dr_grpo": "dr_grpo:DrGRPO",
    "gigpo": "gigpo:GiGPO",
    "grpo": "grpo:GRPO",
    "igpo": "igpo:IGPO",
    "info_state": "info_state:InfoState",
    "infopo": "infopo:InfoPO",
    "mrt": "mrt:MRT",
    "rebn": "rebn:ReBN",
    "reinforce": "reinforce:REINFORCE",
    "rloo": "rloo:RLOO",
    "spa": "spa:SPA",
    "spiral": "spiral:SPIRAL",
    "token_gae": "token_gae:TokenGAE",
    "trloo": "trloo:TRLOO",
    "turn_gae": "turn_gae:TurnGAE",
}
"""Where each rule lives; only the one that is used is imported."""


def check_rule(name: str) -> str:
    """The name itself.

    Raises:
        ValueError: there is no rule of this name.
    """
    if name not in RULES:
        raise ValueError(f"unknown credit rule {name!r}{nearest(name, RULES)}; there are {', '.join(RULES)}")
    return name


def credit_rule(name: str, options: Mapping[str, Any] | None = None) -> Credit:
    """A rule by its name and hyper-parameters.

    Raises:
        ValueError: there is no such rule or option, or a value is wrong.
    """
    module, kind = RULES[check_rule(name)].split(":")
    rule: type[Credit] = getattr(import_module(f"scoutgym.agents.training.credit.{module}"), kind)
    known = list(signature(rule).parameters)
    for option in options or {}:
        if option not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"the credit rule {name!r} has no option {option!r}{nearest(option, known)}; {has}")
    return rule(**(options or {}))
