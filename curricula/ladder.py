"""The difficulty ladder: arms in the order in which they stand, from easy to hard, one at a time.

On a rung the success of its groups is averaged; once there are enough of them, the learner moves up where the mean is
at least ``up``, down where it is below ``down``, and the count begins anew. It is the curriculum that people write by
hand: it needs the right order, and never returns to what has been learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from scoutgym.curricula.core import Arm, ArmCurriculum, GroupStats


class Ladder(ArmCurriculum):
    """See the module's docstring.

    Args:
        arms: from easy to hard.
        seed: of the tasks.
        up: the mean success at which the next arm follows.
        down: the mean success below which the arm before is next.
        groups: how many groups of an arm decide.

    Raises:
        ValueError: not ``0 <= down < up <= 1``, or ``groups`` is below 1.
    """

    def __init__(self, arms: Sequence[Arm], seed: int, up: float = 0.8, down: float = 0.1, groups: int = 16) -> None:
        super().__init__(arms, seed)
        if not 0 <= down < up <= 1 or groups < 1:
            raise ValueError(
                f"ladder needs 0 <= down < up <= 1 and groups >= 1, not down={down:g}, up={up:g} and groups={groups}"
            )
        self.up, self.down, self.groups = up, down, groups
        self.rung = 0
        self.heard: list[float] = []
        """Mean success of the groups on this rung."""

    def probabilities(self) -> list[float]:
        """All on the rung."""
        return [float(place == self.rung) for place in range(len(self.arms))]

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Climb or descend, at most one rung a step."""
        name = self.arms[self.rung].name
        self.heard += [group.success for group in groups if group.arm == name]
        if len(self.heard) < self.groups:
            return
        mean = fmean(self.heard)
        self.heard = []
        self.rung += (mean >= self.up) - (mean < self.down)
        self.rung = min(max(self.rung, 0), len(self.arms) - 1)

    def metrics(self) -> dict[str, float]:
        """Probabilities and the rung, for the log."""
        return super().metrics() | {"curriculum/rung": float(self.rung)}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        return super().state_dict() | {"rung": self.rung, "heard": list(self.heard)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.rung, self.heard = int(state["rung"]), [float(mean) for mean in state["heard"]]
