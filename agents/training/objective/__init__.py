"""Objectives: from what a model gives to decisions to a loss. One kind a file, each with its equation."""

from scoutgym.agents.training.objective.core import Losses, Objective
from scoutgym.agents.training.objective.imitation import Imitation
from scoutgym.agents.training.objective.likelihood import Likelihood, frozen_logp, likelihood, reference_logp
from scoutgym.agents.training.objective.named import make_objective
from scoutgym.agents.training.objective.policy import PolicyGradient
from scoutgym.agents.training.objective.preference import Preference
from scoutgym.agents.training.objective.refuel import Refuel

__all__ = [
    "Imitation",
    "Likelihood",
    "Losses",
    "Objective",
    "PolicyGradient",
    "Preference",
    "Refuel",
    "frozen_logp",
    "likelihood",
    "make_objective",
    "reference_logp",
]
