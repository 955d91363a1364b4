"""A moment of NetHack as a person likes to see it: colored signs in a terminal, tiles in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.markup import escape

from scoutgym.envs.minihack.engine.seen import Seen
from scoutgym.envs.minihack.engine.words import health

if TYPE_CHECKING:
    from scoutgym.envs.minihack.engine.game import Game

COLORS = (
    "bright_black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "white",
    "bright_red",
    "bright_green",
    "bright_yellow",
    "bright_blue",
    "bright_magenta",
    "bright_cyan",
    "bright_white",
)
"""NetHack's colors; black is drawn gray, or nobody would see it."""

_TILES: list[NDArray[np.uint8]] = []


def board(seen: Seen) -> str:
    """The map in rich markup, without empty rows and columns, and the player's health."""
    used = np.argwhere(seen.chars != 32)
    if not len(used):
        return ""
    (top, left), (bottom, right) = used.min(axis=0), used.max(axis=0)
    lines = []
    for y in range(top, bottom + 1):
        line = ""
        for x in range(left, right + 1):
            sign = escape(chr(seen.chars[y, x])).replace("\\", "\\\\")
            style = "bold reverse" if (x, y) == (seen.x, seen.y) else COLORS[seen.colors[y, x] & 15]
            line += sign if sign == " " else f"[{style}]{sign}[/]"
        lines.append(line)
    return "\n".join([*lines, health(seen)])


def picture(seen: Seen, game: Game) -> NDArray[np.uint8]:
    """The map in NetHack's own tiles of 16 by 16 pixels."""
    from nle import _pynethack, nethack

    numbers: NDArray[Any] = np.asarray(_pynethack.nethack.glyph2tile)
    if not _TILES:
        game.nethack.setup_tiles()
        tiles = np.zeros(((int(numbers.max()) + 1) * 16, 16, 3), np.uint8)
        game.nethack.get_tileset(tiles)
        _TILES.append(tiles.reshape(-1, 16, 16, 3))
    drawn = _TILES[0][numbers[np.minimum(seen.glyphs, len(numbers) - 1)]]
    return np.ascontiguousarray(drawn.transpose(0, 2, 1, 3, 4)).reshape(nethack.TILE_RENDER_SHAPE)
