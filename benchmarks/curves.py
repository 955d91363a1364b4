"""Panels of labelled curves as one SVG file, light or dark as its reader prefers; the colors are the report's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

COLORS = {
    "light": ["#0072b2", "#d55e00", "#00916a", "#b85c94", "#b58100", "#3f9fd6", "#6a5acd", "#7f7f7f", "#8c4b2a"],
    "dark": ["#5ab0e8", "#f28c46", "#37c79b", "#e29cc6", "#e6b93c", "#9bd3f5", "#a99df2", "#a9a9a9", "#c98d6c"],
}
"""Okabe and Ito's; a curve is told by its label and its dashes, not by color alone."""

DASHES = ("none", "5 3", "1.5 2.5")

HEAD = 36
"""Height of the line above the panels."""

WIDTH, HEIGHT = 470, 290
LEFT, RIGHT, TOP, BOTTOM = 46, 104, 48, 40
"""Of a panel, and its margins; labels stand in the right one."""

LINE = 13.5
"""Least distance between two labels."""

STYLE = """text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--soft) }
.title { font-size: 14px; font-weight: 600; fill: var(--ink) } .name { font-size: 11.5px; fill: var(--c) }
.axis { stroke: var(--line) } .curve { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round }
.base { stroke-width: 2.8 } .name.base { font-weight: 600 }
.lead { fill: none; stroke: var(--c); stroke-width: .7; opacity: .6 }"""


def panels(
    charts: Mapping[str, Mapping[str, Sequence[float]]], about: Mapping[str, str], head: str, x: str, base: str
) -> str:
    """An SVG of two charts in a row.

    Args:
        charts: title to name to values, one for each whole number from 0. A name has the same color in all charts.
        about: a line under each title.
        head: what the whole picture shows.
        x: title of the horizontal axes.
        base: the name that the others are compared with.
    """
    names = list(dict.fromkeys(name for curves in charts.values() for name in curves if name != base))
    style = {name: (f"var(--c{number % 9})", DASHES[number // 9 % 3], "") for number, name in enumerate(names)}
    style[base] = ("var(--ink)", "none", " base")
    width, height = 2 * WIDTH, HEAD + math.ceil(len(charts) / 2) * HEIGHT
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(head)}">',
        f"<style>{STYLE}",
        _theme("light", "#fbfbf9", "#1d2329", "#5b6570", "#e2e4e1"),
        f"@media (prefers-color-scheme: dark) {{ {_theme('dark', '#14171a', '#e7e9ea', '#a0a9b1', '#30363c')} }}",
        "</style>",
        f'<rect width="{width}" height="{height}" rx="10" style="fill: var(--paper)"/>',
        f'<text x="{LEFT}" y="26">{escape(head)}</text>',
    ]
    for place, (title, curves) in enumerate(charts.items()):
        out.append(f'<g transform="translate({place % 2 * WIDTH} {HEAD + place // 2 * HEIGHT})">')
        out += _panel(title, about.get(title, ""), curves, style, x)
        out.append("</g>")
    return "\n".join([*out, "</svg>", ""])


def _theme(theme: str, paper: str, ink: str, soft: str, line: str) -> str:
    colors = " ".join(f"--c{number}: {color};" for number, color in enumerate(COLORS[theme]))
    return f"svg {{ --paper: {paper}; --ink: {ink}; --soft: {soft}; --line: {line}; {colors} }}"


def _panel(
    title: str,
    about: str,
    curves: Mapping[str, Sequence[float]],
    style: Mapping[str, tuple[str, str, str]],
    x_title: str,
) -> list[str]:
    last = max(len(values) for values in curves.values()) - 1
    low = min(0.0, *(min(values) for values in curves.values()))
    high = max(max(values) for values in curves.values())
    step = _tick(low, high)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(at: float) -> float:
        return LEFT + (right - LEFT) * at / last

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * (value - low) / (high - low)

    out = [f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>']
    out.append(f'<text x="{LEFT}" y="38">{escape(about)}</text>')
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        mark = number * step
        out.append(f'<path class="axis" d="M{LEFT} {y(mark):.1f}H{right}"/>')
        out.append(f'<text x="{LEFT - 7}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>')
    for number in range(5):
        at = round(last * number / 4)
        out.append(f'<text x="{x(at):.1f}" y="{bottom + 16}" text-anchor="middle">{at}</text>')
    out.append(f'<text x="{right}" y="{bottom + 32}" text-anchor="end">{escape(x_title)}</text>')
    order = sorted(curves, key=lambda name: -curves[name][-1])
    spots = spread([y(curves[name][-1]) for name in order], TOP, bottom)
    for name, spot in zip(order, spots, strict=True):
        color, dashes, kind = style[name]
        path = "".join(f"{'L' if at else 'M'}{x(at):.1f} {y(value):.1f}" for at, value in enumerate(curves[name]))
        end, named = y(curves[name][-1]), f"<title>{escape(name)}</title>"
        out += [
            f'<g style="--c: {color}">',
            f'<path class="curve{kind}" style="stroke-dasharray: {dashes}" d="{path}">{named}</path>',
            f'<path class="lead" d="M{right + 1} {end:.1f}L{right + 14} {spot:.1f}"/>',
            f'<text class="name{kind}" x="{right + 17}" y="{spot + 4:.1f}">{escape(name)}</text>',
            "</g>",
        ]
    return out


def spread(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Places for labels, from top to bottom, as near to their heights as they can be without touching each other.

    Neighbors that touch become a block around the mean of its heights, until none do.
    """
    blocks: list[list[float]] = []
    for height in heights:
        blocks.append([height])
        while len(blocks) > 1 and _ends(blocks[-2], top, bottom)[1] + LINE > _ends(blocks[-1], top, bottom)[0]:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    return [_ends(block, top, bottom)[0] + LINE * place for block in blocks for place in range(len(block))]


def _ends(block: Sequence[float], top: float, bottom: float) -> tuple[float, float]:
    half = LINE * (len(block) - 1) / 2
    middle = min(max(sum(block) / len(block), top + half), max(bottom - half, top + half))
    return middle - half, middle + half


def _tick(low: float, high: float) -> float:
    """1, 2 or 5 times a power of ten: about five steps from low to high."""
    rough = max(high - low, 1e-9) / 4
    unit = 10 ** math.floor(math.log10(rough))
    return float(min((unit * size for size in (1, 2, 5, 10)), key=lambda size: abs(size - rough)))
