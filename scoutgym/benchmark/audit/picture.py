"""The picture of an audit: what judges say against what is true, and what they pass of each kind of episode."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from scoutgym.benchmark.audit.measure import Audit

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58100", "#56b4e9", "#7a7a7a")
"""Okabe and Ito's, and a gray."""
SIDE, LEFT, TOP = 300, 60, 70
"""Of a panel, and its margins."""
STYLE = """text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #444 } .t { font-weight: 600; font-size: 14px }
.axis { stroke: #ccc } .even { stroke: #999; stroke-dasharray: 4 4 } .curve { fill: none; stroke-width: 2 }
.true { stroke: #222; stroke-width: 2 }"""


def picture(audits: Mapping[str, Audit]) -> str:
    """An SVG of two panels.

    Args:
        audits: by the name in the legend.
    """
    height = TOP + SIDE + 60 + 18 * len(audits)
    width = 2 * (LEFT + SIDE) + 160
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-label="Verdicts against the truth, and by kind of episode">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#fff"/>',
        *_reliability(audits),
        *_kinds(audits),
    ]
    for place, name in enumerate(audits):
        y = TOP + SIDE + 56 + 18 * place
        out.append(f'<rect x="{LEFT}" y="{y - 10}" width="12" height="12" fill="{COLORS[place % len(COLORS)]}"/>')
        out.append(f'<text x="{LEFT + 20}" y="{y}">{escape(name)}</text>')
    return "\n".join([*out, "</svg>", ""])


def _x(value: float, panel: int) -> float:
    return LEFT + panel * (SIDE + LEFT + 90) + SIDE * value


def _y(value: float) -> float:
    return TOP + SIDE * (1 - value)


def _frame(panel: int, title: str, x: str) -> list[str]:
    out = [f'<text class="t" x="{_x(0, panel)}" y="{TOP - 40}">{escape(title)}</text>']
    out.append(f'<text x="{_x(1, panel)}" y="{TOP + SIDE + 34}" text-anchor="end">{escape(x)}</text>')
    for fifth in range(6):
        mark = fifth / 5
        out.append(f'<path class="axis" d="M{_x(mark, panel)} {_y(0)}V{_y(1)}"/>')
        out.append(f'<text x="{_x(mark, panel)}" y="{_y(0) + 17}" text-anchor="middle">{mark:g}</text>')
    return out


def _reliability(audits: Mapping[str, Audit]) -> list[str]:
    """Dots as large as their bins are full; on the dashed line verdicts would be probabilities."""
    out = _frame(0, "True successes by verdict (dashed: as it says)", "mean verdict")
    for fifth in range(6):
        mark = fifth / 5
        out.append(f'<path class="axis" d="M{_x(0, 0)} {_y(mark)}H{_x(1, 0)}"/>')
        out.append(f'<text x="{_x(0, 0) - 8}" y="{_y(mark) + 4}" text-anchor="end">{mark:g}</text>')
    out.append(f'<path class="even" d="M{_x(0, 0)} {_y(0)}L{_x(1, 0)} {_y(1)}"/>')
    for place, (name, one) in enumerate(audits.items()):
        color, total = COLORS[place % len(COLORS)], sum(number for _, _, number in one.reliability) or 1
        points = [(_x(said, 0), _y(true), number) for said, true, number in one.reliability]
        path = "".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y, _) in enumerate(points))
        out.append(f'<path class="curve" stroke="{color}" d="{path}"><title>{escape(name)}</title></path>')
        for x, y, number in points:
            size = 2.5 + 9 * (number / total) ** 0.5
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{color}" fill-opacity=".5"/>')
    return out


def _kinds(audits: Mapping[str, Audit]) -> list[str]:
    """A bar for each judge; the black mark is the share of true successes."""
    kinds = list(dict.fromkeys(kind for one in audits.values() for kind in one.by_kind))
    out = _frame(1, "Passed, by kind (black: true successes)", "share of episodes")
    row = SIDE / max(1, len(kinds))
    bar = row * 0.7 / len(audits)
    for number, kind in enumerate(kinds):
        top = TOP + row * number + row * 0.15
        out.append(f'<text x="{_x(0, 1) - 8}" y="{top + row * 0.35 + 4:.1f}" text-anchor="end">{escape(kind)}</text>')
        for place, one in enumerate(audits.values()):
            if kind in one.by_kind:
                color, passed = COLORS[place % len(COLORS)], one.by_kind[kind]["passed"]
                out.append(
                    f'<rect x="{_x(0, 1)}" y="{top + bar * place:.1f}" width="{max(1.0, SIDE * passed):.1f}" '
                    f'height="{bar - 1:.1f}" fill="{color}"/>'
                )
        won = next(one.by_kind[kind]["won"] for one in audits.values() if kind in one.by_kind)
        out.append(f'<path class="true" d="M{_x(won, 1):.1f} {top - 3:.1f}v{row * 0.7 + 6:.1f}"/>')
    return out
