"""What a language model sees of its episode when the whole of it no longer fits: nothing more, a window, or a memory.

A policy says how the first turns are told when they have to make room. They are dropped by halves, the older half of
those that are still shown at once, so that a conversation rarely begins anew and its cache is used in between.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from scoutgym.envs.tasks import nearest
from scoutgym.types import Message, Turn

GAP = "..."
"""Stands where turns were left out."""

Shorten = Callable[[Turn, str], str]
"""A turn and what the world said after it, to the words that remember it."""


def one_line(turn: Turn, reply: str) -> str:
    """The action and the first line of the world's reply."""
    return f"{turn.action} -> {reply.partition(chr(10))[0]}"


class View(NamedTuple):
    """How much is left out."""

    dropped: int = 0
    """How many of the first turns are not shown whole."""
    lines: int = 64
    """How many of these are remembered by a line, at most."""


class ContextPolicy(ABC):
    """What is shown of an episode that outgrows its context."""

    name: ClassVar[str]

    @abstractmethod
    def less(self, view: View, turns: int) -> View | None:
        """The next smaller view of an episode of so many turns; None where no more can be left out."""

    def older(self, turns: Sequence[Turn], replies: Sequence[str], lines: int) -> str:
        """The words that stand for the dropped turns."""
        return GAP

    def messages(
        self, first: str, turns: Sequence[Turn], observation: str, view: View = View(), reply: str = "user"
    ) -> list[Message]:
        """The conversation; the model speaks as ``assistant``. Under one view it only grows, by two messages a turn.

        Args:
            first: the first message, the task.
            turns: all that were played.
            observation: what the world says now.
            view: how much is left out.
            reply: the role in which the world answers; the first message is ``user``.
        """
        dropped = view.dropped
        said = [turn.obs for turn in turns[1:]] + [observation] if turns else []
        if dropped:
            first = f"{first}\n\n{self.older(turns[:dropped], said[:dropped], view.lines)}"
        shown = [Message("user", first)]
        if 0 < dropped == len(turns):
            shown.append(Message(reply, observation))
        for turn, heard in zip(turns[dropped:], said[dropped:], strict=True):
            shown += [Message("assistant", turn.text), Message(reply, heard)]
        return shown


class Error(ContextPolicy):
    """Nothing is left out: the episode goes on without the model (``Outcome.CONTEXT_OVERFLOW``)."""

    name = "error"

    def less(self, view: View, turns: int) -> View | None:
        """Never."""
        return None


class Window(ContextPolicy):
    """The task and the last turns."""

    name = "window"

    def less(self, view: View, turns: int) -> View | None:
        """Without the older half of the turns that are shown."""
        shown = turns - view.dropped
        return view._replace(dropped=turns - shown // 2) if shown else None


class Summary(Window):
    """The task, a memory of the first turns, and the last turns; when all turns are in the memory, that is halved too.

    Args:
        shorten: makes a turn's line of memory.
    """

    name = "summary"

    def __init__(self, shorten: Shorten = one_line) -> None:
        self.shorten = shorten

    def less(self, view: View, turns: int) -> View | None:
        """Without the older half of the turns that are shown, or else of the lines."""
        lines = min(view.lines, view.dropped)
        return super().less(view, turns) or (view._replace(lines=lines // 2) if lines else None)

    def older(self, turns: Sequence[Turn], replies: Sequence[str], lines: int) -> str:
        """A line for each turn, the oldest left out where they are too many."""
        kept = list(zip(turns, replies, strict=True))[max(len(turns) - lines, 0) :]
        return "\n".join([GAP] * (len(kept) < len(turns)) + [self.shorten(turn, reply) for turn, reply in kept])


POLICIES: Mapping[str, Callable[[], ContextPolicy]] = {kind.name: kind for kind in (Error, Window, Summary)}


def policy_named(name: str) -> ContextPolicy:
    """The policy of that name, with its usual options.

    Raises:
        ValueError: there is none.
    """
    if name not in POLICIES:
        raise ValueError(f"unknown context policy {name!r}{nearest(name, POLICIES)}; there are {', '.join(POLICIES)}")
    return POLICIES[name]()
