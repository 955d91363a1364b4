"""A run folder, read for its page: whatever is there, with a note on what is missing or torn."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import yaml

from scoutgym.report.episodes import Shown, read_episodes
from scoutgym.report.html import clean
from scoutgym.report.lines import json_lines

POINTS = 240
"""Points that a curve keeps; a longer one is averaged in blocks, which a screen could not tell apart."""

Series = dict[str, tuple[list[float], list[float]]]
"""Steps and values by the name of a scalar."""


@dataclass
class Run:
    """What a page shows of one run."""

    name: str
    config: str
    """The configuration as YAML text."""
    groups: list[str]
    finished: bool
    summary: dict[str, Any] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    """Curves by stage."""
    evals: list[dict[str, Any]] = field(default_factory=list)
    """The evaluations in the metrics: what there is to show before there is a summary."""
    seconds: float | None = None
    """Of the latest line of the metrics."""
    episodes: list[Shown] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """JSON values, without the episodes, which share one budget over all runs."""
        return {
            "config": self.config,
            "groups": self.groups,
            "finished": self.finished,
            "summary": self.summary,
            "series": self.series,
            "evals": self.evals,
            "seconds": self.seconds,
            "notes": self.notes,
        }


def read_run(folder: Path) -> Run:
    """Read a run folder.

    Raises:
        ValueError: it is no run folder; the message says what is missing.
    """
    config, text = _config(folder)
    notes: list[str] = []
    summary = _summary(folder, notes)
    found = summary.get("groups")
    groups = list(dict.fromkeys([*config["envs"], *(found if isinstance(found, dict) else ())]))
    name = summary.get("name") or config.get("name") or folder.resolve().name
    run = Run(str(name), text, groups, bool(summary), summary, notes=notes)
    _read_metrics(run, folder / "metrics.jsonl")
    run.episodes = read_episodes(folder / "episodes", config["envs"], notes)
    if not (folder / "tensorboard").is_dir():
        notes.append("There is no tensorboard folder.")
    run.notes = _few(notes)
    return run


def _config(folder: Path) -> tuple[dict[str, Any], str]:
    if not folder.exists():
        raise ValueError(f"there is no run folder {folder}")
    if not folder.is_dir():
        raise ValueError(f"{folder} is a file: a run is a folder, with config.yaml in it")
    path = folder / "config.yaml"
    if not path.is_file():
        raise ValueError(f"{folder} is no run folder: it has no config.yaml")
    try:
        text = path.read_text(encoding="utf-8")
        config = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        raise ValueError(f"{folder} is no run folder: its config.yaml cannot be read as YAML") from None
    if not isinstance(config, dict) or not isinstance(config.get("envs"), dict) or not config["envs"]:
        raise ValueError(f"{folder} is no run folder: its config.yaml has no groups under `envs:`")
    config["envs"] = {str(name): env for name, env in config["envs"].items()}
    return config, text


def _summary(folder: Path, notes: list[str]) -> dict[str, Any]:
    path = folder / "summary.json"
    if not path.is_file():
        notes.append(
            "There is no summary.json yet: the run is going on, or was stopped. This page shows what there is."
        )
        return {}
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        summary = None
    if not isinstance(summary, dict):
        notes.append("summary.json is not a JSON object; it was ignored.")
        return {}
    return dict(clean(summary))


def _read_metrics(run: Run, path: Path) -> None:
    """Curves and evaluations. Of lines with the same stage and step, as a killed and resumed run may leave, the last
    one counts.
    """
    if not path.is_file():
        run.notes.append("There is no metrics.jsonl: there are no curves to show.")
        return
    curves: dict[str, dict[str, dict[float, float]]] = {}
    lost = 0
    for record in json_lines(path, run.notes):
        stage, step, seconds = record.get("stage"), record.get("step"), record.get("seconds")
        if not isinstance(stage, str) or not _is_number(step):
            lost += 1
            continue
        if _is_number(seconds):
            run.seconds = max(run.seconds or 0.0, seconds)
        if stage == "eval":
            run.evals.append(clean(record))
            continue
        for name, value in record.items():
            if name in ("stage", "step", "seconds") or not isinstance(value, (int, float)):
                continue
            if math.isfinite(value):
                curves.setdefault(stage, {}).setdefault(name, {})[step] = value
            else:
                run.notes.append(f"{name} was {value} at step {step} of {stage}.")
    if lost:
        run.notes.append(f"metrics.jsonl: {lost} lines have no stage or step; they were ignored.")
    run.series = {stage: {name: _curve(points) for name, points in of.items()} for stage, of in curves.items()}


def _curve(points: Mapping[float, float]) -> tuple[list[float], list[float]]:
    """At most `POINTS` points in order, of five digits."""
    steps = sorted(points)
    block = -(-len(steps) // POINTS)
    blocks = [steps[start : start + block] for start in range(0, len(steps), block)]
    values = [sum(points[step] for step in part) / len(part) for part in blocks]
    return [part[-1] for part in blocks], [float(f"{value:.5g}") for value in values]


def _few(notes: Sequence[str], most: int = 12) -> list[str]:
    """No flood of notes: the first ones, and how many there were more."""
    if len(notes) <= most:
        return list(notes)
    return [*notes[:most], f"There were {len(notes) - most} more notes."]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
