"""Files of wordings: lines by what they say and by split.

A file has headings (``# say phone``) and below each one wording a line, after the split that has it.
"""

from __future__ import annotations

from pathlib import Path


def read_wordings(path: Path) -> dict[tuple[str, str], list[str]]:
    """The wordings of a file, by heading and split."""
    found: dict[tuple[str, str], list[str]] = {}
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            heading = line[2:]
        else:
            split, _, words = line.partition(" ")
            found.setdefault((heading, split), []).append(words)
    return found
