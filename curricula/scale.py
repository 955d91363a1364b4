"""How large the returns of an arm are, so that arms which pay in different numbers can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.curricula.groups import GroupStats


class Scale:
    """The span of the returns that an arm has ever given, but at least 1, what a success pays.

    An arm that pays every turn is then not preferred for its larger numbers, and one whose returns differ by a trifle
    is not preferred for its smaller ones.
    """

    def __init__(self) -> None:
        self.spans: dict[str, tuple[float, float]] = {}
        """The lowest and the highest return of each arm."""

    def observe(self, groups: Sequence[GroupStats]) -> None:
        """Widen the spans by these groups."""
        for group in groups:
            low, high = self.spans.get(group.arm, (group.returns[0], group.returns[0]))
            self.spans[group.arm] = min(low, *group.returns), max(high, *group.returns)

    def __getitem__(self, arm: str) -> float:
        low, high = self.spans[arm]
        return max(1.0, high - low)

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        return {"spans": dict(self.spans)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.spans = {arm: (float(low), float(high)) for arm, (low, high) in state["spans"].items()}
