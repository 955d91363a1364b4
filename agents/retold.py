"""How a conversation with a model begins, and demonstrations: somebody's episode as the model would have played it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scoutgym.agents.formats import Format, Tool
from scoutgym.envs.grammar import Grammar
from scoutgym.llm.render import Renderer, told
from scoutgym.types import Episode


def opening(
    observation: str, form: Format, grammar: Grammar, renderer: Renderer
) -> tuple[str, Sequence[dict[str, Any]]]:
    """The first message of a conversation, and the functions that the template shows.

    Args:
        observation: what the world says first.
        form: adds what the model must know to write its actions.
        grammar: of these actions.
        renderer: where its template has no place for functions, they are put in words.
    """
    rule, tools = form.help(grammar), form.tools(grammar)
    if isinstance(form, Tool) and not renderer.tools:
        rule, tools = f"{rule}\n{form.spell(grammar)}", []
    return (f"{observation}\n\n{rule}" if rule else observation), tools


def retold(episode: Episode, renderer: Renderer, form: Format, grammar: Grammar) -> Episode:
    """An episode that somebody else played, as this model would have played it: for demonstrations.

    The turns have the text and the ids that the model should have written, with log-probabilities of 0, and the prompts
    that `LMAgent` would have shown it.
    """
    if not episode.turns:
        return episode
    texts = [form.write(turn.action, grammar) for turn in episode.turns]
    task, tools = opening(episode.turns[0].obs, form, grammar, renderer)
    observations = [task] + [turn.obs for turn in episode.turns[1:]]
    turns = [
        replace(turn, text=text, prompt_ids=shown.ids, ids=said, logp=[0.0] * len(said), fork=shown.fork)
        for turn, text, (shown, said) in zip(
            episode.turns, texts, told(renderer, observations, texts, tools, reply_role(tools)), strict=True
        )
    ]
    return replace(episode, turns=turns)


def reply_role(tools: Sequence[object]) -> str:
    """The role in which the world answers: a function's, where the template shows functions."""
    return "tool" if tools else "user"
