"""Policy gradients: likelier what had an advantage, as far as the samples can be trusted.

::

    clip        f_j = min(s_j A_j, clip(s_j, 1 - clip_low, 1 + clip_high) A_j)
                    PPO (Schulman et al. 2017, eq. 7); asymmetric as in DAPO (Yu et al. 2025, eq. 8)
    cispo       f_j = sg[min(s_j, 1 + clip_high)] A_j log pi(y_j)
                    MiniMax-M1 (2025, arXiv 2506.13585, eq. 4-5): no decision loses its gradient
    reinforce   f_j = A_j log pi(y_j)
                    Williams 1992

    L = sum_j c_j w_j (-m_j f_j + kl KL_j - entropy (H_j - corridor S_j))

``s_j`` is one of `ratio`; with ``sequence_mean``, clip is GSPO. ``c_j`` is 1/N, or what else `Per` says, and ``w_j``
the decision's weight. ``KL_j`` is against a reference model and ``S_j`` EPO's corridor (`regularise`); EPO's loss is
L_PG - lambda (H - beta S), with lambda = ``entropy`` and beta = ``corridor``. With ``k1`` the KL is taken off the
reward instead: ``A_j - kl K_j`` stands for ``A_j``, and there is no ``KL_j``. K is undiscounted, and credit rules do
not see it: it has no baseline.

Where the sampler was another policy than that at the start of the step (an older one, or other numerics), ``pi_old`` is
the latter, ``Batch.prox``, and the difference is a truncated importance weight (TIS; Yao et al. 2025)::

    m_j = sg[min(pi_old(y_j) / pi_sampler(y_j), tis)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from scoutgym.agents.training.batches import Batch, Together
from scoutgym.agents.training.objective.core import Losses, Objective, Per, counted, reference_of, shares
from scoutgym.agents.training.objective.likelihood import Likelihood
from scoutgym.agents.training.objective.ratio import Ratio, ratios
from scoutgym.agents.training.objective.regularise import KL, corridor, kl_penalty, kl_to_go
from scoutgym.agents.training.rows import Row
from scoutgym.envs.tasks import nearest

Form = Literal["clip", "cispo", "reinforce"]


@dataclass(frozen=True)
class PolicyGradient(Objective):
    """A policy gradient.

    Args:
        form: of the surrogate.
        ratio: what one importance ratio is over; without a use in ``reinforce``.
        clip_low: how far a ratio may fall below 1.
        clip_high: how far it may rise above 1.
        per: what counts alike in the mean.
        longest: L of Dr. GRPO's constant, in decisions of an episode.
        kl: weight of the penalty against the reference.
        kl_form: k3 in the loss, or k1 in the reward.
        entropy: weight of the entropy bonus (EPO's lambda).
        corridor: weight of EPO's corridor within the entropy term (beta).
        corridor_low: kappa_l, its lower bound as a part of the mean entropy so far.
        corridor_high: kappa_r, its upper bound.
        tis: cap of the importance weight for samplers that are not the policy; None: there is no weight.

    Raises:
        ValueError: a name is unknown, or a number makes no sense.
    """

    form: Form = "clip"
    ratio: Ratio = "token"
    clip_low: float = 0.2
    clip_high: float = 0.28
    per: Per = "decision"
    longest: int = 0
    kl: float = 0.0
    kl_form: KL = "k3"
    entropy: float = 0.0
    corridor: float = 0.0
    corridor_low: float = 0.5
    corridor_high: float = 1.5
    tis: float | None = None

    name = "policy"

    def __post_init__(self) -> None:
        for field, known in (("form", Form), ("ratio", Ratio), ("per", Per), ("kl_form", KL)):
            value = getattr(self, field)
            if value not in get_args(known):
                raise ValueError(
                    f"{field}={value!r} is unknown{nearest(value, get_args(known))}; "
                    f"there are {', '.join(get_args(known))}"
                )
        for field in ("clip_low", "clip_high", "kl", "entropy", "corridor"):
            if getattr(self, field) < 0:
                raise ValueError(f"{field}={getattr(self, field)}: it must be 0 or more")
        if self.per == "constant" and self.longest < 1:
            raise ValueError("per='constant' divides by a length: set longest to the most decisions of an episode")
        if self.corridor and not (self.entropy and self.corridor_low <= self.corridor_high):
            raise ValueError(
                "corridor is a part of the entropy term: set entropy above 0, and corridor_low at most high"
            )
        if self.tis is not None and self.tis <= 0:
            raise ValueError(f"tis={self.tis}: a cap of importance weights is above 0")

    @property
    def together(self) -> Together:
        """An episode, where one ratio is over all of it, or the KL of its later decisions counts."""
        whole = self.ratio.startswith("sequence") and self.form != "reinforce"
        return "episode" if whole or (self.kl > 0 and self.kl_form == "k1") else "row"

    @property
    def reference(self) -> bool:
        """For the penalty."""
        return self.kl > 0

    @property
    def samplers(self) -> bool:
        """Without the weight that corrects for it."""
        return self.tis is None

    @property
    def open_entropy(self) -> bool:
        """For the bonus."""
        return self.entropy > 0

    def normaliser(self, rows: Sequence[Row]) -> float:
        """N of the chosen mean."""
        return counted(rows, self.per, self.longest)

    def loss(self, given: Likelihood, batch: Batch, normaliser: float, history: Sequence[float] = ()) -> Losses:
        """The loss of one batch, and sums over its decisions.

        ``kl_old`` is the sum of ``rho - 1 - log rho`` with each decision's own ratio, an estimate of KL(old, new).
        """
        logp, A = given.logp, batch.advantage
        old = batch.logp if batch.prox is None else batch.prox
        share = shares(batch, self.per, normaliser)
        if self.kl and self.kl_form == "k1":
            A = A - self.kl * kl_to_go(logp, reference_of(batch), batch)
        s = ratios(logp, old, batch, self.ratio)
        f, clipped = self._surrogate(s, logp, A)
        sums = {"count": torch.ones_like(A).sum(), "clipped": clipped.sum(), "entropy": given.entropy.detach().sum()}
        if self.tis is not None:
            m = self._trusted(batch)
            f = m * f
            sums |= {"tis": m.sum(), "tis_capped": (m >= self.tis).sum()}
        loss = -(share * f).sum()
        if self.kl and self.kl_form == "k1":
            sums["kl_ref"] = (logp - reference_of(batch)).detach().sum()
        elif self.kl:
            penalty = kl_penalty(logp, reference_of(batch))
            loss = loss + self.kl * (share * penalty).sum()
            sums["kl_ref"] = penalty.detach().sum()
        if self.entropy:
            if logp.requires_grad and not given.entropy.requires_grad:
                raise ValueError("the entropy bonus needs gradients through the entropy: likelihood(open_entropy=True)")
            bonus = given.entropy
            if self.corridor:
                S = corridor(given.entropy, batch, history, self.corridor_low, self.corridor_high)
                bonus = bonus - self.corridor * S
                sums["corridor"] = S.detach().sum()
            loss = loss - self.entropy * (share * bonus).sum()
        with torch.no_grad():
            own = logp - old
            sums["kl_old"] = (own.exp() - 1.0 - own).sum()
            largest = torch.cat([s, s.new_zeros(1)]).max()  # of a batch without decisions too
        return Losses(loss, sums, {"ratio": largest})

    def _surrogate(self, s: Tensor, logp: Tensor, A: Tensor) -> tuple[Tensor, Tensor]:
        """``f_j``, and whether the ratio was cut off."""
        if self.form == "reinforce":
            return A * logp, torch.zeros_like(A, dtype=torch.bool)
        if self.form == "cispo":
            return s.detach().clamp(max=1.0 + self.clip_high) * A * logp, s.detach() > 1.0 + self.clip_high
        held = s.clamp(1.0 - self.clip_low, 1.0 + self.clip_high) * A
        return torch.minimum(s * A, held), (held < s * A).detach()

    def _trusted(self, batch: Batch) -> Tensor:
        """``m_j``."""
        if batch.prox is None:
            raise ValueError("tis needs Batch.prox: compute it with frozen_logp before the first optimizer step")
        assert self.tis is not None
        return (batch.prox - batch.logp).exp().clamp(max=self.tis)
