"""The control: every arm is as likely as any other, whatever was learned."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.curricula.core import ArmCurriculum, GroupStats


class Uniform(ArmCurriculum):
    """See the module's docstring."""

    def probabilities(self) -> list[float]:
        """``1 / arms``."""
        return [1.0 / len(self.arms)] * len(self.arms)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Nothing is learned."""
