"""The end of a run in one record and one table: floor, ceiling, before, after, and the paired difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table

from scoutgym.agents.training.evaluation import DECODINGS, Evaluation, Score, numbers
from scoutgym.stats import paired_proportion, paired_ratio


def summarize(
    players: Mapping[str, Mapping[str, Score]], before: Evaluation, after: Evaluation
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The groups and the pool, as ``summary.json`` has them.

    Args:
        players: scores of ``random`` and ``expert`` by group; a world without an expert has none.
        before: the policy after the warm start.
        after: the policy after reinforcement learning, on the same tasks.
    """
    groups = {}
    for name in before.scores["t1"]:
        groups[name] = _row(
            {player: scores[name] for player, scores in players.items() if name in scores},
            {decoding: before.scores[decoding][name] for decoding in DECODINGS},
            {decoding: after.scores[decoding][name] for decoding in DECODINGS},
            (before.temperature, after.temperature),
        )
    pooled = _row(
        {player: Score.pool(list(scores.values())) for player, scores in players.items()},
        {decoding: Score.pool(list(before.scores[decoding].values())) for decoding in DECODINGS},
        {decoding: Score.pool(list(after.scores[decoding].values())) for decoding in DECODINGS},
        (before.temperature, after.temperature),
    )
    return groups, pooled


def table(summary: Mapping[str, Any]) -> Table:
    """The summary for a terminal of 100 columns."""
    title = f"{summary['name']}: success on held-out tasks, with 95 % intervals"
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("group", min_width=5, max_width=20, no_wrap=True, overflow="ellipsis")
    for column in ("secrets", "random", "expert", "sampled at T=1", "at best T", "difference at best T"):
        shown.add_column(column, justify="right", no_wrap=True)
    rows = [*summary["groups"].items(), ("all", summary["pooled"])]
    for number, (name, row) in enumerate(rows):
        gain = row["paired_difference"]["best"]
        low, high = gain["ci"]
        color = "green" if low > 0 else "red" if high < 0 else "yellow"
        shown.add_row(
            name,
            str(row["before"]["secrets"]),
            f"{row['random']['success']:.2f}",
            f"{row['expert']['success']:.2f}" if "expert" in row else "–",
            f"{row['before']['success']:.2f} → {row['after']['success']:.2f}",
            f"{row['before']['best']['success']:.2f} → {row['after']['best']['success']:.2f}",
            f"[{color}]{gain['mean']:+.2f}[/] [dim]{low:+.2f} to {high:+.2f}[/]",
            end_section=number == len(rows) - 2,
        )
    shown.caption = (
        "Before reinforcement learning → after it. Best T: each at its own best temperature, chosen on dev tasks: what "
        "a policy gains there is no sharpening. The difference is paired on the same tasks and the same luck. Secrets: "
        "how many different ones the test tasks have."
    )
    shown.caption_justify = "left"
    return shown


def told_table(summary: Mapping[str, Any]) -> Table | None:
    """What worlds, and a judge, tell of the episodes, before and after; None where they tell nothing."""
    shown = Table(title="What is told of them beside success", title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("group", min_width=5, max_width=20, no_wrap=True, overflow="ellipsis")
    for column in ("", "sampled at T=1", "at best T", "difference at best T"):
        shown.add_column(column, justify="right", no_wrap=True)
    for group, row in summary["groups"].items():
        before, after = row["before"], row["after"]
        for name, gain in row["paired_difference"]["best"].get("figures", {}).items():
            pairs = [
                f"{one['figures'][name]['mean']:.2f} → {two['figures'][name]['mean']:.2f}"
                for one, two in ((before, after), (before["best"], after["best"]))
            ]
            low, high = gain["ci"]
            shown.add_row(group, words(name), *pairs, f"{gain['mean']:+.2f} [dim]{low:+.2f} to {high:+.2f}[/]")
            group = ""
    return shown if shown.row_count else None


def words(name: str) -> str:
    """A name for people."""
    return name.replace("_", " ")


def _row(
    players: Mapping[str, Score],
    before: Mapping[str, Score],
    after: Mapping[str, Score],
    best: tuple[float, float],
) -> dict[str, Any]:
    row: dict[str, Any] = {player: score.figures() for player, score in players.items()}
    row["before"], row["after"] = _policy(before, best[0]), _policy(after, best[1])
    row["paired_difference"] = _difference(after["t1"], before["t1"])
    for decoding in DECODINGS[1:]:
        row["paired_difference"][decoding] = _difference(after[decoding], before[decoding])
    return row


def _policy(scores: Mapping[str, Score], best: float) -> dict[str, Any]:
    figures = {**scores["t1"].figures(), "temperature": 1.0}
    figures["greedy"] = scores["greedy"].figures()
    figures["best"] = {**scores["best"].figures(), "temperature": best}
    return figures


def _difference(after: Score, before: Score) -> dict[str, Any]:
    figures = {
        name: numbers(paired_ratio(after.told[name], before.told[name], before.instances))
        for name in before.told
        if name in after.told
    }
    gain = numbers(paired_proportion(after.successes, before.successes, before.instances))
    return gain | ({"figures": figures} if figures else {})
