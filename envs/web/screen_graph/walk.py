"""What a walk through an app is worth: how near the shortest way, how many detours, whether the agent recovered.

r_t is how many actions were left after action t on a shortest way, from what was shown and what could be gone back to::

    path_optimality = r_0 / n                                     of episodes that succeeded; n actions were taken
    detours         = #{t: r_t >= r_{t-1}} / n
    recovery        = #{t: r_t > r_{t-1}, r_{t+j} <= r_{t-1} for some j <= K} / #{t: r_t > r_{t-1}}
    screens_seen    = different screens that were shown / screens

Over episodes numerators and denominators are summed. An action of any kind counts, also one that was refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

K = 3
"""Actions within which a wrong turn can be made good."""

FIGURES = {
    "path_optimality": "actions of a shortest way over actions taken, in episodes that succeeded",
    "detours": "share of the actions after which the way to the goal was no shorter",
    "recovery": f"share of the wrong turns after which, within {K} actions, the way was as short as before",
    "screens_seen": "share of the screens that were shown",
}


def figures(left: Sequence[int], seen: int, screens: int) -> Mapping[str, tuple[float, float]]:
    """The figures of an episode: numerators and denominators.

    Args:
        left: r_0, r_1, … r_n; 0 at the end is success.
        seen: how many different screens were shown.
        screens: how many there are.
    """
    n = len(left) - 1
    wrong = [t for t in range(1, n + 1) if left[t] > left[t - 1]]
    right = sum(any(later <= left[t - 1] for later in left[t + 1 : t + 1 + K]) for t in wrong)
    found = {"screens_seen": (float(seen), float(screens))}
    if n:
        found["detours"] = (float(sum(left[t] >= left[t - 1] for t in range(1, n + 1))), float(n))
    if n and not left[-1]:
        found["path_optimality"] = (float(left[0]), float(n))
    if wrong:
        found["recovery"] = (float(right), float(len(wrong)))
    return found


def paid(closer: float, before: int, after: int) -> dict[str, float]:
    """The reward part of a step. One that changes nothing costs as much as one that leads away: whoever were to answer
    for single steps alone, and does not know the way, would otherwise do best to stand still.
    """
    return {"closer": closer if after < before else -closer} if closer else {}
