"""What a run played, in the formats of others: conversations, supervised rows and preference pairs for TRL, a table.

The text is what was read and said, with the rule that a run's format puts behind the world's first words; functions
that the chat template showed stand beside it (``tools``, as TRL takes them). Token ids stay behind, because another
tokenizer has others. A conversation that outgrew its context stands whole. A file of episodes does not say in which
format they were played: there, the first words are the world's alone.

* ``messages``: one conversation a line, with its task, role, return and success;
* ``trl-sft``: ``{"messages": […]}`` a line, the successful episodes (TRL's conversational format);
* ``trl-dpo``: ``{"prompt": […], "chosen": […], "rejected": […]}`` a line: of the episodes that one role began alike,
  in one task under one luck, the best against a worse one, as in PAPRIKA
  (`scoutgym.agents.training.objective.preference_pairs`);
* ``parquet``: a table of all episodes, a row each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from scoutgym.agents.formats import Bare, Format, format_of
from scoutgym.agents.retold import opening, reply_role
from scoutgym.agents.training.config import load_config
from scoutgym.agents.training.folder import checkpoints, write_text
from scoutgym.agents.training.objective.preference import preference_pairs
from scoutgym.envs.names import env_ids
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.envs.tasks import nearest
from scoutgym.llm.render import Renderer, renderer_of
from scoutgym.types import Episode, Group, SchemaError


class Writing(NamedTuple):
    """How the player of the episodes wrote its actions, and what its template can show."""

    form: Format
    renderer: Renderer


class Conversation(NamedTuple):
    """An episode as a chat: what was read before its first answer, all that came then, and the functions shown."""

    prompt: list[dict[str, str]]
    rest: list[dict[str, str]]
    tools: Sequence[dict[str, Any]] = ()


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


def writing(run: Path) -> Writing | None:
    """How the policy of a run wrote; None for a file of episodes, and where its actions were its bare words.

    Raises:
        ValueError: the run has no checkpoint, or a world of it is not to be had.
    """
    if not (run / "config.yaml").is_file():
        return None
    config = load_config(run / "config.yaml")
    env_ids([env.id for env in config.envs.values()])  # registers those of other packages
    form = format_of(config.format)
    if form == Bare():
        return None
    found = checkpoints(run)
    if not found:
        raise ValueError(f"{run} has no checkpoint: what its template showed of the format {form.name} is not known")
    return Writing(form, renderer_of(found[-1]))


def conversation(episode: Episode, wrote: Writing | None = None) -> Conversation:
    """The episode as a chat: what the world said is the user's (or a function's), what the agent said the assistant's.

    An episode that went on with a conversation (`Job.said`) begins with it, its actions in their shortest words.
    """
    texts, tools = [turn.obs for turn in episode.turns[:1]], list[dict[str, Any]]()
    if episode.turns and (wrote is not None or episode.task.history):
        session = Session(world_for(WORLDS[episode.task.env_id], episode.task.params))
        session.begin(episode.task, episode.luck)
        grammar, lines = session.world.grammar(session.state), session.transcripts[episode.role]
        session.close()
        if texts == lines[-1:]:  # else all that went before is told in it
            texts = list(lines)
        if wrote is not None:
            texts = [wrote.form.write(text, grammar) if place % 2 else text for place, text in enumerate(texts)]
            texts[0], shown = opening(texts[0], wrote.form, grammar, wrote.renderer)
            tools = list(shown)
    read = len(texts)
    for turn in episode.turns:
        texts += [turn.obs, turn.text]
    del texts[read : read + 1]  # the first observation: it stands there already
    heard = ["user", *[reply_role(tools)] * len(texts)]
    chat = [{"role": "assistant" if place % 2 else heard[place], "content": text} for place, text in enumerate(texts)]
    return Conversation(chat[:read], chat[read:], tools)


def export(episodes: Sequence[Episode], to: str, out: Path, wrote: Writing | None = None) -> int:
    """Write ``episodes`` and return how many rows there are.

    Args:
        episodes: what was played.
        to: the format.
        out: the file.
        wrote: how their player wrote, see `writing`.

    Raises:
        ValueError: an unknown format, nothing to write in it, or a library that it needs is missing.
    """
    if to == "parquet":
        return _parquet(list(_rows(episodes, wrote)), out)
    if to not in LINES:
        known = [*LINES, "parquet"]
        raise ValueError(f"unknown format {to!r}{nearest(to, known)}; there are {', '.join(known)}")
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in LINES[to](episodes, wrote)]
    if not lines:
        lacking = {"trl-sft": "no episode was successful", "trl-dpo": "no task was played both better and worse"}
        raise ValueError(f"nothing to write as {to}: {lacking.get(to, 'there are no episodes')}")
    write_text(out, "".join(lines))
    return len(lines)


def _rows(episodes: Sequence[Episode], wrote: Writing | None) -> Iterator[dict[str, Any]]:
    for episode in episodes:
        yield {
            "task": episode.task.to_json(),
            "luck": episode.luck,
            "sample": episode.sample,
            "role": episode.role,
            "policy_version": episode.policy_version,
            "success": None if episode.success is None else float(episode.success),
            "return": episode.total,
            "turns": len(episode.turns),
            "outcomes": [str(turn.outcome) for turn in episode.turns],
            **_whole(episode, wrote),
        }


def _supervised(episodes: Sequence[Episode], wrote: Writing | None) -> Iterator[dict[str, Any]]:
    for episode in episodes:
        if episode.success:
            yield _whole(episode, wrote)


def _preferences(episodes: Sequence[Episode], wrote: Writing | None) -> Iterator[dict[str, Any]]:
    def key(episode: Episode) -> tuple[str, int, str, str]:
        first = episode.turns[0].obs if episode.turns else ""  # of a second player: what the first has done
        return episode.task.hash, episode.luck, episode.role, first

    played = [list(found) for _, found in groupby(sorted(episodes, key=key), key)]
    groups = [Group(same[0].task, same, same[0].role) for same in played]
    for better, worse in preference_pairs(groups):
        chosen, rejected = conversation(better, wrote), conversation(worse, wrote)
        yield {"prompt": chosen.prompt, "chosen": chosen.rest, "rejected": rejected.rest, **_tools(chosen)}


def _whole(episode: Episode, wrote: Writing | None) -> dict[str, Any]:
    chat = conversation(episode, wrote)
    return {"messages": [*chat.prompt, *chat.rest], **_tools(chat)}


def _tools(chat: Conversation) -> dict[str, Any]:
    return {"tools": chat.tools} if chat.tools else {}


LINES: dict[str, Callable[[Sequence[Episode], Writing | None], Iterator[dict[str, Any]]]] = {
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
    flat = [
        {**row, **{name: json.dumps(row[name], ensure_ascii=False) for name in ("task", "tools") if name in row}}
        for row in rows
    ]
    parquet.write_table(pyarrow.Table.from_pylist(flat), out)
    return len(flat)
