"""ALP-GMM (Portelas et al. 2019, arXiv 1910.07224): where, in a world's numeric parameters, does the return move?

A task is a point in a box of parameters. Its absolute learning progress is the change since the nearest point before::

    ALP = abs(R - R of the nearest task so far)       nearest in the box scaled to [0, 1]; the latest where several are

Every ``every`` tasks, mixtures of 2 to ``most`` Gaussians are fitted to the last ``every`` points (parameters, ALP) and
one is chosen by AIC. A task is then drawn from a Gaussian of the mixture, itself drawn in proportion to its mean ALP,
and clipped to the box; a share ``explore`` of tasks, and all before the first fit, are uniform.

Where we differ: R is the mean return of a group, over the arm's `Scale`. A parameter whose bounds are whole numbers is
rounded, and a point of it spread over its cell for the fit, or Gaussians would collapse on single values. A point that
the world does not allow is drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.curricula.core import Arm, Curriculum, GroupStats
from scoutgym.curricula.gmm import Mixture, best_fit
from scoutgym.curricula.pick import pick
from scoutgym.curricula.scale import Scale
from scoutgym.envs.chance import Chance
from scoutgym.types import Task

TRIES = 100
"""Draws of a point after which the box is called empty."""


class ALPGMM(Curriculum):
    """See the module's docstring.

    Args:
        arms: one arm, whose parameters are varied.
        seed: of the choices.
        ranges: the lowest and highest value of each parameter that is varied.
        every: tasks between fits.
        most: the largest number of Gaussians.
        explore: share of uniform tasks.

    Raises:
        ValueError: there are several arms, a range is none that the world has, or an option is out of range.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        seed: int,
        ranges: Mapping[str, Sequence[float]],
        every: int = 250,
        most: int = 10,
        explore: float = 0.2,
    ) -> None:
        super().__init__(arms, seed)
        if len(arms) != 1:
            raise ValueError(f"alp-gmm varies the parameters of one environment; there are {len(arms)}")
        if not ranges or every < 2 or most < 2 or not 0 <= explore <= 1:
            raise ValueError(
                "alp-gmm needs ranges={parameter: [low, high]}, every >= 2, most >= 2 and 0 <= explore <= 1, not "
                f"ranges={dict(ranges)}, every={every}, most={most} and explore={explore:g}"
            )
        self.arm = arms[0]
        self.names = list(ranges)
        for name, bounds in ranges.items():
            if len(bounds) != 2 or not bounds[0] < bounds[1]:
                raise ValueError(f"alp-gmm: the range of {name} must be [low, high], not {bounds}")
            self.arm.varied(self.arm.task("train", 0), {name: bounds[0]})
            self.arm.varied(self.arm.task("train", 0), {name: bounds[1]})
        self.low = np.array([bounds[0] for bounds in ranges.values()], dtype=float)
        self.high = np.array([bounds[1] for bounds in ranges.values()], dtype=float)
        self.whole = np.array([all(isinstance(bound, int) for bound in bounds) for bounds in ranges.values()])
        self.every, self.most, self.explore = every, most, explore
        self.points: list[list[float]] = []
        """Parameters in [0, 1] of every task so far."""
        self.returns: list[float] = []
        self.progress: list[float] = []
        self.mixture: Mixture | None = None
        self.scale = Scale()

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """A task with parameters where there is progress, or anywhere."""
        arm, task = self.fresh(chance, self.arm)
        for _ in range(TRIES):
            point = self._point(chance)
            values = self.low + point * (self.high - self.low)
            params = {
                name: round(value) if whole else value
                for name, value, whole in zip(self.names, values.tolist(), self.whole, strict=True)
            }
            try:
                return arm, arm.varied(task, params)
            except ValueError as error:
                refused = error
        raise ValueError(f"alp-gmm drew {TRIES} points that {arm.name} does not allow; the last: {refused}")

    def _point(self, chance: Chance) -> NDArray[np.float64]:
        d = len(self.names)
        if self.mixture is None or chance.random() < self.explore:
            return np.array([chance.random() for _ in range(d)])
        means, covs = self.mixture.means, self.mixture.covs
        progress = np.maximum(means[:, d], 0.0)
        place = pick(progress.tolist() if progress.any() else [1.0] * len(means), chance)
        noise = np.array([chance.normal() for _ in range(d)])
        point: NDArray[np.float64] = means[place, :d] + np.linalg.cholesky(covs[place, :d, :d]) @ noise
        return point.clip(0.0, 1.0)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """The progress of each group's task; a fit where enough are new."""
        self.scale.observe(groups)
        for group in groups:
            params = self._params(group.task)
            point = (params - self.low) / (self.high - self.low)
            if self.points:
                gaps = ((np.array(self.points) - point) ** 2).sum(axis=1)
                nearest = len(gaps) - 1 - int(np.argmin(gaps[::-1]))
                moved = abs(group.mean_return - self.returns[nearest]) / self.scale[self.arm.name]
            else:
                moved = 0.0
            self.points.append(point.tolist())
            self.returns.append(group.mean_return)
            self.progress.append(moved)
            if len(self.points) % self.every == 0:
                self._fit()

    def _params(self, task: Task) -> NDArray[np.float64]:
        numbers = self.arm.numbers(task)
        return np.array([numbers[name] for name in self.names])

    def _fit(self) -> None:
        rng = np.random.default_rng([*self._key, len(self.points)])
        points = np.array(self.points[-self.every :])
        cells = np.where(self.whole, 1.0 / (self.high - self.low), 0.0)
        points = (points + cells * rng.uniform(-0.5, 0.5, points.shape)).clip(0.0, 1.0)
        self.mixture = best_fit(np.column_stack([points, self.progress[-self.every :]]), self.most, rng)

    def probabilities(self) -> list[float]:
        """One arm."""
        return [1.0]

    def metrics(self) -> dict[str, float]:
        """Mean progress of late and the number of Gaussians, for the log."""
        late = self.progress[-self.every :]
        found = 0 if self.mixture is None else len(self.mixture.weights)
        return {"curriculum/alp": sum(late) / max(1, len(late)), "curriculum/gaussians": float(found)}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        mixture = None
        if self.mixture is not None:
            mixture = [part.tolist() for part in (self.mixture.weights, self.mixture.means, self.mixture.covs)]
        own = {"points": [list(point) for point in self.points], "returns": list(self.returns)}
        return (
            super().state_dict() | own | {"progress": list(self.progress), "mixture": mixture} | self.scale.state_dict()
        )

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.points = [[float(x) for x in point] for point in state["points"]]
        self.returns = [float(value) for value in state["returns"]]
        self.progress = [float(value) for value in state["progress"]]
        self.mixture = None
        if state["mixture"] is not None:
            weights, means, covs = (np.array(part, dtype=float) for part in state["mixture"])
            self.mixture = Mixture(weights, means, covs)
        self.scale.load_state_dict(state)
