"""What kind of thing a glyph of NetHack is: the few kinds that matter to who walks and to who describes."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

(
    UNSEEN,
    FLOOR,
    WALL,
    DOORWAY,
    OPEN_DOOR,
    CLOSED_DOOR,
    STAIRS,
    FEATURE,
    ICE,
    WATER,
    LAVA,
    BARRIER,
    TRAP,
    OBJECT,
    BOULDER,
    MONSTER,
    PET,
    EFFECT,
) = range(18)

MASSED = frozenset({ICE, WATER, LAVA, BARRIER, EFFECT})
"""What comes in many places at once."""

FREE = frozenset({FLOOR, DOORWAY, OPEN_DOOR, STAIRS, FEATURE, ICE, OBJECT})
"""What can be walked on without harm."""

TOLD = frozenset(range(18)) - {UNSEEN, FLOOR, WALL}
"""What is worth a word of its own."""

_CMAP = {
    0: UNSEEN,
    **dict.fromkeys(range(1, 12), WALL),
    12: DOORWAY,  # no door, or a broken one
    **dict.fromkeys((13, 14), OPEN_DOOR),
    **dict.fromkeys((15, 16), CLOSED_DOOR),
    **dict.fromkeys((17, 18), BARRIER),  # iron bars, tree
    **dict.fromkeys((19, 20, 21, 22), FLOOR),  # room, dark room, corridor, lit corridor
    **dict.fromkeys((23, 24, 25, 26), STAIRS),  # and ladders
    **dict.fromkeys((27, 28, 29, 30, 31), FEATURE),  # altar, grave, throne, sink, fountain
    **dict.fromkeys((32, 41), WATER),
    33: ICE,
    34: LAVA,
    **dict.fromkeys((35, 36), DOORWAY),  # a lowered drawbridge
    **dict.fromkeys((37, 38), BARRIER),
    **dict.fromkeys((39, 40), FLOOR),  # air, cloud
    **dict.fromkeys(range(42, 65), TRAP),
}
"""Kinds by the order of NetHack's ``defsyms``."""


@cache
def kinds() -> NDArray[np.uint8]:
    """The kind of every glyph."""
    from nle import nethack

    table = np.full(nethack.MAX_GLYPH + 2, EFFECT, np.uint8)
    for start, end, kind in (
        (nethack.GLYPH_MON_OFF, nethack.GLYPH_PET_OFF, MONSTER),
        (nethack.GLYPH_PET_OFF, nethack.GLYPH_INVIS_OFF, PET),
        (nethack.GLYPH_INVIS_OFF, nethack.GLYPH_BODY_OFF, MONSTER),  # an unseen one, and detected ones
        (nethack.GLYPH_BODY_OFF, nethack.GLYPH_RIDDEN_OFF, OBJECT),
        (nethack.GLYPH_RIDDEN_OFF, nethack.GLYPH_OBJ_OFF, MONSTER),
        (nethack.GLYPH_OBJ_OFF, nethack.GLYPH_CMAP_OFF, OBJECT),
        (nethack.GLYPH_WARNING_OFF, nethack.GLYPH_STATUE_OFF, MONSTER),
        (nethack.GLYPH_STATUE_OFF, nethack.MAX_GLYPH, BARRIER),
    ):
        table[start:end] = kind
    for place, kind in _CMAP.items():
        table[nethack.GLYPH_CMAP_OFF + place] = kind
    boulder = next(
        number for number in range(nethack.NUM_OBJECTS) if nethack.OBJ_NAME(nethack.objclass(number)) == "boulder"
    )
    table[nethack.GLYPH_OBJ_OFF + boulder] = BOULDER
    return table


@cache
def told() -> NDArray[np.bool_]:
    """Whether a glyph is worth a word of its own."""
    return np.isin(kinds(), list(TOLD))


@cache
def moving() -> NDArray[np.bool_]:
    """Whether a glyph hides what lies below it and will go away: monsters, pets, effects."""
    return np.isin(kinds(), (MONSTER, PET, EFFECT))


@cache
def walkable() -> NDArray[np.bool_]:
    """Whether a kind can be walked on."""
    return np.isin(np.arange(256), list(FREE))
