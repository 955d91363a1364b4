"""What a run played, in the formats of others: conversations, supervised rows and preference pairs for TRL, a table.

The text is what was read and said; token ids stay behind, because another tokenizer has others.

* ``messages``: one conversation a line, with its task, return and success;
* ``trl-sft``: ``{"messages": […]}`` a line, the successful episodes (TRL's conversational format);
* ``trl-dpo``: ``{"prompt": […], "chosen": […], "rejected": […]}`` a line: of the episodes of one task under one luck,
  the best against a worse one, as in PAPRIKA (`scoutgym.agents.training.objective.preference_pairs`);
* ``parquet``: a table of all episodes, a row each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from scoutgym.agents.training.folder import write_text
from scoutgym.agents.training.objective.preference import preference_pairs
from scoutgym.envs.tasks import nearest
from scoutgym.types import Episode, Group, SchemaError


def read_episodes(path: Path) -> list[Episode]:
    """The episodes of a file that ``scoutgym collect`` wrote, or those that a run kept of its training.

    Raises:
        ValueError: there are none, or a line is no episode (the line is named).
    """
    files = sorted((path / "episodes").glob("train-*.jsonl")) if path.is_dir() else [path]
    episodes = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                episodes.append(Episode.from_json(json.loads(line)))
            except (ValueError, TypeError, AttributeError) as error:
                what = str(error) if isinstance(error, SchemaError) else "it is no episode"
                raise ValueError(f"{file}, line {number}: {what}") from None
    if not episodes:
        raise ValueError(f"{path} holds no episodes: give a run folder with episodes/train-*.jsonl, or a .jsonl file")
    return episodes


def messages(episode: Episode) -> list[dict[str, str]]:
    """The conversation as a chat: what the world said is the user's, what the agent said the assistant's."""
    said = []
    for turn in episode.turns:
        said.append({"role": "user", "content": turn.obs})
        said.append({"role": "assistant", "content": turn.text})
    return said


def export(episodes: Sequence[Episode], to: str, out: Path) -> int:
    """Write ``episodes`` and return how many rows there are.

    Raises:
        ValueError: an unknown format, nothing to write in it, or a library that it needs is missing.
    """
    if to == "parquet":
        return _parquet(list(_rows(episodes)), out)
    if to not in LINES:
        known = [*LINES, "parquet"]
        raise ValueError(f"unknown format {to!r}{nearest(to, known)}; there are {', '.join(known)}")
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in LINES[to](episodes)]
    if not lines:
        lacking = {"trl-sft": "no episode was successful", "trl-dpo": "no task was played both better and worse"}
        raise ValueError(f"nothing to write as {to}: {lacking.get(to, 'there are no episodes')}")
    write_text(out, "".join(lines))
    return len(lines)


def _rows(episodes: Sequence[Episode]) -> Iterator[dict[str, Any]]:
    for episode in episodes:
        yield {
            "task": episode.task.to_json(),
            "luck": episode.luck,
            "sample": episode.sample,
            "policy_version": episode.policy_version,
            "success": None if episode.success is None else float(episode.success),
            "return": episode.total,
            "turns": len(episode.turns),
            "outcomes": [str(turn.outcome) for turn in episode.turns],
            "messages": messages(episode),
        }


def _supervised(episodes: Sequence[Episode]) -> Iterator[dict[str, Any]]:
    for episode in episodes:
        if episode.success:
            yield {"messages": messages(episode)}


def _preferences(episodes: Sequence[Episode]) -> Iterator[dict[str, Any]]:
    def key(episode: Episode) -> tuple[str, int]:
        return episode.task.hash, episode.luck

    played = [list(found) for _, found in groupby(sorted(episodes, key=key), key)]
    groups = [Group(same[0].task, same) for same in played]
    for better, worse in preference_pairs(groups):
        chosen, rejected = messages(better), messages(worse)
        yield {"prompt": chosen[:1], "chosen": chosen[1:], "rejected": rejected[1:]}


LINES: dict[str, Callable[[Sequence[Episode]], Iterator[dict[str, Any]]]] = {
    "messages": _rows,
    "trl-sft": _supervised,
    "trl-dpo": _preferences,
}
"""Formats that are JSON, a row a line."""


def _parquet(rows: list[dict[str, Any]], out: Path) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise ValueError("parquet needs pyarrow: pip install 'scoutgym[parquet]'") from None
    flat = [{**row, "task": json.dumps(row["task"], ensure_ascii=False)} for row in rows]
    parquet.write_table(pyarrow.Table.from_pylist(flat), out)
    return len(flat)
