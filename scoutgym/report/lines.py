"""JSON Lines as a run leaves them: growing, and perhaps torn at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def json_lines(path: Path, notes: list[str]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file. A torn last line, which a run leaves that is going on or was killed, and any
    other line that is no object are passed over with a note.
    """
    where = f"{path.parent.name}/{path.name}" if path.parent.name == "episodes" else path.name
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            torn = number == len(lines)
            notes.append(
                f"{where}: {'the last line is torn' if torn else f'line {number} is not JSON'}; it was ignored."
            )
            continue
        if isinstance(record, dict):
            yield record
        else:
            notes.append(f"{where}: line {number} is not an object; it was ignored.")
