"""Lists of common English words, made from SCOWL by `make_lists`; licence notice in NOTICE.txt beside them.

A word's size says how common it is: 10 the most common words, 20 more, 35 more still. A larger size includes the
smaller ones.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SIZES = (10, 20, 35)
LENGTHS = range(4, 11)


@cache
def words(length: int, size: int = 35) -> tuple[str, ...]:
    """The words of ``length`` letters (a to z, lower case) up to ``size``, in alphabetical order.

    Raises:
        ValueError: there is no list of this length or size.
    """
    if length not in LENGTHS:
        raise ValueError(f"there is no list of words of {length} letters: lists have {LENGTHS[0]} to {LENGTHS[-1]}")
    if size not in SIZES:
        raise ValueError(f"there is no word list of size {size}: the sizes are {', '.join(map(str, SIZES))}")
    found: list[str] = []
    for line in (files(__name__) / f"{length}.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            wanted = int(line.split()[-1]) <= size
        elif wanted:
            found += line.split()
    return tuple(sorted(found))
