"""The episodes that a page shows: a sample of each stage and group, without tokens, inside a budget of bytes.

The sample is every n-th episode in the order of the files, so that it prefers nothing: neither successes nor failures.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from scoutgym.envs.registry import WORLDS, check_params
from scoutgym.report.html import clean
from scoutgym.report.lines import json_lines
from scoutgym.types import Episode, SchemaError, Task, canonical

MOST = 40
"""Episodes of one stage and group."""

FILES = 200
"""Files of training episodes that are read; of more, every n-th."""

BYTES = 1_400_000
"""Of all episodes on a page, as JSON."""

TEXT, TURNS = 4000, 200
"""Characters of one text, and turns of one episode, that are shown; the page says what was left out."""

T = TypeVar("T")


@dataclass
class Shown:
    """An episode of a stage (``before``, ``after``, ``train``, or a file's own name) and a group."""

    stage: str
    group: str
    step: int | None
    """The iteration of training."""
    episode: Episode


class Fitted(NamedTuple):
    """Episodes as JSON, run by run, and the observations that they refer to by number."""

    runs: list[dict[str, Any]]
    texts: list[str]


def read_episodes(folder: Path, envs: Mapping[str, Any], notes: list[str]) -> list[Shown]:
    """All episodes of a run's folder.

    Args:
        folder: ``episodes/``.
        envs: the configuration's groups.
        notes: where to say what is missing or torn.
    """
    paths = sorted(folder.glob("[!.]*.jsonl"), key=_order) if folder.is_dir() else []
    if not paths:
        notes.append("There are no episodes to step through yet.")
        return []
    training = _every([path for path in paths if path.name.startswith("train-")], FILES)
    groups, found, refused = _Groups(envs), [], 0
    for path in [path for path in paths if not path.name.startswith("train-")] + training:
        stage, step = _stage(path.stem)
        for record in json_lines(path, notes):
            try:
                episode = Episode.from_json(record)
            except (SchemaError, AttributeError, ValueError):
                refused += 1
                continue
            found.append(Shown(stage, groups.of(episode.task), step, episode))
    if refused:
        notes.append(f"{refused} lines under episodes/ are no episodes, or of a newer schema; they were ignored.")
    return found


def fit(runs: Sequence[Sequence[Shown]], budget: int = BYTES) -> Fitted:
    """Sample until the JSON fits: at most `MOST` of each stage and group, then ever fewer, then shorter texts."""
    most, text = MOST, TEXT
    while True:
        texts: dict[str, int] = {}
        sampled = [_sample(shown, most, text, texts) for shown in runs]
        if len(json.dumps([sampled, list(texts)])) <= budget or text < 50:
            return Fitted(sampled, list(texts))
        most, text = (max(1, most * 2 // 3), text) if most > 1 else (1, text // 2)


class _Groups:
    """Finds the group of a task: the configuration's name for its world and parameters."""

    def __init__(self, envs: Mapping[str, Any]) -> None:
        presets = {
            env_id: (kind.spec.id, params) for kind in WORLDS.values() for env_id, params in kind.spec.ids.items()
        }
        self._by_world: dict[str, dict[str, str]] = {}
        for name, env in envs.items():
            entry = env if isinstance(env, Mapping) else {"id": env}
            env_id = str(entry.get("id", "")).rpartition(":")[2]
            world, preset = presets.get(env_id, (env_id, {}))
            params = entry.get("params")
            filled = {**preset, **(params if isinstance(params, Mapping) else {})}
            self._by_world.setdefault(world, {})[_key(world, filled)] = name

    def of(self, task: Task) -> str:
        """The group's name; a world that the configuration has not is its own group."""
        world = task.env_id.rpartition(":")[2]
        names = self._by_world.get(world, {})
        if len(names) == 1:
            return next(iter(names.values()))
        return names.get(_key(world, task.params), world)


def _key(world: str, params: Mapping[str, Any]) -> str:
    """Equal for equal parameters, written out or left at their defaults."""
    if world in WORLDS:
        try:
            return canonical(check_params(WORLDS[world], params).model_dump(mode="json"))
        except ValueError:
            pass  # of an older world: compare what is written
    return canonical(clean(params))


def _order(path: Path) -> tuple[int, str]:
    return _stage(path.stem)[1] or 0, path.name


def _stage(stem: str) -> tuple[str, int | None]:
    if number := re.fullmatch(r"train-(\d+)", stem):
        return "train", int(number[1])
    return stem.removeprefix("eval-"), None


def _sample(shown: Sequence[Shown], most: int, text: int, texts: dict[str, int]) -> dict[str, Any]:
    cells: dict[tuple[str, str], list[Shown]] = {}
    for one in shown:
        cells.setdefault((one.stage, one.group), []).append(one)
    return {
        "counts": [[stage, group, len(cell)] for (stage, group), cell in cells.items()],
        "list": [_slim(one, text, texts) for cell in cells.values() for one in _every(cell, most)],
    }


def _slim(shown: Shown, text: int, texts: dict[str, int]) -> dict[str, Any]:
    """What the viewer shows, by short names. Observations are numbers into ``texts``: many are the same."""
    episode = shown.episode

    def said(value: Any) -> int:
        return texts.setdefault(_cut(value, text), len(texts))

    turns, leaks = [], _leaks(episode.privileged)
    for place, turn in enumerate(episode.turns[:TURNS]):
        slim: dict[str, Any] = {"o": said(turn.obs), "a": _cut(turn.action, text), "r": _number(turn.reward)}
        if turn.text != turn.action:
            slim["x"] = _cut(turn.text, text)
        slim |= {"k": str(turn.outcome), "b": _number(turn.bits), "g": _number(turn.gain), "m": _number(turn.best_gain)}
        if isinstance(turn.rewards, Mapping) and turn.rewards:
            slim["p"] = {_cut(name, 80): _number(value) for name, value in turn.rewards.items()}
        if place + 1 in leaks:
            slim["l"] = leaks[place + 1]
        turns.append({name: value for name, value in slim.items() if value is not None})
    return {
        "stage": shown.stage,
        "group": _cut(shown.group, 80),
        "step": shown.step,
        "task": [_cut(episode.task.env_id, 80), _cut(episode.task.split, 80), episode.task.index],
        "params": _cut(canonical(clean(dict(episode.task.params))), 400),
        "success": None if episode.success is None else _number(float(episode.success)),
        "total": _number(sum(_number(turn.reward) or 0.0 for turn in episode.turns)),
        "length": len(episode.turns),
        "bits": _number(episode.start_bits),
        "end": said(episode.final_observation),
        "ended": "cut off by a limit" if episode.truncated else "ended",
        "answer": _answer(episode.privileged, text),
        "turns": turns,
    }


def _leaks(privileged: Any) -> dict[int, list[str]]:
    """By the number of the turn, from 1, what left in it that nobody needed there, where a leak ledger was kept.

    Episodes of before places were kept have no ``leak``: there a needed item never leaks. An episode may be a
    stranger's: what does not look like a ledger is none.
    """
    found: dict[int, list[str]] = {}
    known = privileged if isinstance(privileged, Mapping) else {}
    items, log = (
        [one for one in known[name] if isinstance(one, Mapping)] if isinstance(known.get(name), list) else []
        for name in ("items", "disclosures")
    )
    spare = {str(one.get("key")) for one in items if not one.get("necessary")}
    for one in log:
        step, item = one.get("step"), str(one.get("item"))
        if isinstance(step, int) and one.get("leak", item in spare) and one.get("channel") != "typed":
            place = " · ".join(_cut(one[name], 80) for name in ("channel", "field") if one.get(name))
            found.setdefault(step, []).append(f"leaked: {_cut(item, 80)} ({_cut(one.get('how'), 20)}; {place})")
    return found


def _answer(privileged: Any, text: int) -> str | None:
    """What was hidden: the answer, and what else the world keeps for judges and trainers."""
    if not isinstance(privileged, Mapping) or not privileged:
        return None
    rest = {name: value for name, value in privileged.items() if name != "answer" and value not in ([], {}, None)}
    lines = [str(privileged["answer"])] if privileged.get("answer") is not None else []
    lines += [f"{name}: {json.dumps(clean(value), ensure_ascii=False)}" for name, value in rest.items()]
    return _cut("\n".join(lines), text) if lines else None


def _cut(value: Any, most: int) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most:,} more characters)"


def _number(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(f"{float(value):.4g}")


def _every(items: Sequence[T], most: int) -> list[T]:
    """At most ``most`` of the items, evenly spaced, the first one always."""
    return [items[place * len(items) // most] for place in range(most)] if len(items) > most else list(items)
