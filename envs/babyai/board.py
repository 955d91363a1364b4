"""A map for people: what the agent has seen, north up, in rich markup."""

from __future__ import annotations

from collections.abc import Mapping

SIGNS = {"ball": "●", "box": "■", "key": "⚷", "goal": "★"}
DOORS = {"open": "/", "closed": "+", "locked": "✕"}
COLORS = {"purple": "magenta", "grey": "bright_black"}
AGENT = "▶▼◀▲"


def drawn(seen: Mapping[int, str], width: int, pose: tuple[int, int, int]) -> str:
    """The cells that have been seen.

    Args:
        seen: names of what they hold, by place.
        width: columns of the grid.
        pose: column, row and way of the agent.
    """
    rows = [place // width for place in seen]
    columns = [place % width for place in seen]
    lines = []
    for row in range(min(rows), max(rows) + 1):
        cells = [_sign(seen.get(row * width + column)) for column in range(min(columns), max(columns) + 1)]
        if row == pose[1]:
            cells[pose[0] - min(columns)] = f"[bold red]{AGENT[pose[2]]}[/]"
        lines.append(" ".join(cells))
    return "\n".join(lines)


def _sign(thing: str | None) -> str:
    if thing is None:
        return " "
    if thing in ("", "wall", "lava"):
        return {"": "[dim]·[/]", "wall": "█", "lava": "[orange1]~[/]"}[thing]
    words = thing.split()
    sign = DOORS[words[0]] if words[-1] == "door" else SIGNS[words[-1]]
    color = words[-2]
    return f"[{COLORS.get(color, color)}]{sign}[/]"
