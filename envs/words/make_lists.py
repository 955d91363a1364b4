"""Makes the word lists of this folder from SCOWL's, the Debian package ``scowl``: one file a length, one part a size.

    python -m scoutgym.envs.words.make_lists /usr/share/dict/scowl

Kept are the English and American words of sizes 10, 20 and 35 that are written in lower-case letters a to z alone, so
no names, abbreviations and apostrophes, and have 4 to 10 letters. Insults and vulgar words are left out: a game should
not make anybody guess them.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

from scoutgym.envs.words import LENGTHS, SIZES

CATEGORIES = ("english", "american")
LEFT_OUT = re.compile(
    r"(bitch|bugger|faggot|slut|whore)\w*|asses|bastards?|cocks?|crap|cripple|harlot|hoes|lesbian|org(y|ies)|penis|"
    r"pricks?|pussy|queers?|rap(e|ed|es|ing|ists?)|retard(ed|s)?|sodomy|tits|vagina"
)


def read(folder: Path, size: int) -> set[str]:
    """The words of one size that are kept, of any of our lengths.

    Raises:
        FileNotFoundError: the folder does not hold SCOWL's lists.
    """
    kept = set()
    for category in CATEGORIES:
        for word in (folder / f"{category}-words.{size}").read_text(encoding="latin-1").split():
            plain = word.isascii() and word.isalpha() and word.islower()
            if plain and len(word) in LENGTHS and not LEFT_OUT.fullmatch(word):
                kept.add(word)
    return kept


def make(folder: Path, out: Path) -> dict[int, int]:
    """Write the lists; returns how many words each length has.

    Raises:
        FileNotFoundError: the folder does not hold SCOWL's lists.
    """
    parts: list[set[str]] = []
    for size in SIZES:
        parts.append(read(folder, size).difference(*parts))
    counts: dict[int, int] = {}
    for length in LENGTHS:
        lines = []
        for size, part in zip(SIZES, parts, strict=True):
            chosen = sorted(word for word in part if len(word) == length)
            counts[length] = counts.get(length, 0) + len(chosen)
            lines += [f"# SCOWL size {size}", *textwrap.wrap(" ".join(chosen), 120)]
        (out / f"{length}.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    return counts


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the word lists from SCOWL's.")
    parser.add_argument("folder", type=Path, help="SCOWL's lists; `dpkg -L scowl` says where the package put them")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where to write; default: %(default)s")
    options = parser.parse_args()
    try:
        counts = make(options.folder, options.out)
    except FileNotFoundError as error:
        parser.error(f"{error.filename} is not there: install the Debian package scowl, or give its folder")
    for length, count in counts.items():
        print(f"{length} letters: {count} words")


if __name__ == "__main__":
    main()
