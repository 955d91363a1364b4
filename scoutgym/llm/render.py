"""From messages to token ids: one interface for a word vocabulary and for any tokenizer with a chat template.

A conversation is tokenised once. What was sampled stays as it was sampled; what is new is found by difference: the
template is applied to all messages, and what it writes behind the last answer is tokenised and put behind the sampled
ids, the separator after the end sign included. Where the template has edited what is already held (Qwen3 and R1 take
old thinking out), there is no such suffix: the conversation begins anew from a whole prompt, and the row forks.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from scoutgym.llm.words import SPECIALS, Words
from scoutgym.types import Message

Tool = Mapping[str, Any]
"""The JSON schema of a function that the model may call, as the chat templates take it."""

OPEN, CLOSE = "<think>", "</think>"
"""Signs around a thought."""
THOUGHT = "reasoning_content"
"""What a message calls its thought where that stands apart from its words."""

WRITTEN = (OPEN, CLOSE, "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|python_tag|>")
"""Signs that a model writes as part of its answer; some tokenizers call them special."""

TODAY = {"%Y": "2024", "%m": "07", "%d": "26", "%b": "Jul", "%B": "July"}
"""What a template is told when it asks for the date: a rerun tomorrow must give the same prompt."""


class Renderer(ABC):
    """Turns messages into token ids and token ids into text."""

    ends: frozenset[int]
    """The ids that end an answer."""
    tools = False
    """Whether `prompt` can show the model functions that it may call."""

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """The ids of a part of an answer."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """The text of an answer, without the signs that structure a conversation."""

    @abstractmethod
    def prompt(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> list[int]:
        """The whole conversation up to where an answer is due."""

    @abstractmethod
    def suffix(self, messages: Sequence[Message], said: Sequence[int], tools: Sequence[Tool] = ()) -> list[int] | None:
        """What comes between the last answer and the next.

        Args:
            messages: the whole conversation; its last ``assistant`` message is the last answer.
            said: that answer's ids, as they were sampled.
            tools: as they were given to `prompt`.

        Returns:
            The ids to put behind ``said``; None where the template has edited what came before.
        """

    @abstractmethod
    def answer(self, text: str) -> list[int]:
        """The ids of an answer as the model should write it, the end sign included: for demonstrations."""


class Shown(NamedTuple):
    """What a model reads before an answer: the new ids, or, where the history was edited, all of them."""

    ids: list[int]
    fork: bool


class Conversation:
    """The ids that a model has read and written so far, and the messages that they stand for."""

    def __init__(self, renderer: Renderer, tools: Sequence[Tool] = ()) -> None:
        self.renderer, self.tools = renderer, tools
        self.ids: list[int] = []
        self._messages: list[Message] = []
        self._said: list[int] = []

    def next(self, messages: Sequence[Message]) -> Shown:
        """What is to be read so that ``messages`` have been read; nothing is taken down until `add`."""
        if not self.ids:
            return Shown(self.renderer.prompt(messages, self.tools), False)
        held = len(self._messages)
        mine = [place for place in range(held, len(messages)) if messages[place].role == "assistant"]
        if mine == [held] and list(messages[:held]) == self._messages:
            suffix = self.renderer.suffix(messages, self._said, self.tools)
            if suffix is not None:
                return Shown(suffix, False)
        return Shown(self.renderer.prompt(messages, self.tools), True)

    def add(self, messages: Sequence[Message], shown: Shown, said: Sequence[int]) -> None:
        """Take down what was read, and what was answered to it."""
        self.ids = [*([] if shown.fork else self.ids), *shown.ids, *said]
        self._messages, self._said = list(messages), list(said)


def told(
    renderer: Renderer,
    observations: Sequence[str],
    answers: Sequence[str],
    tools: Sequence[Tool] = (),
    reply: str = "user",
) -> Iterator[tuple[Shown, list[int]]]:
    """A conversation that somebody else had, as the model would have had it: what it reads and writes in each turn.

    Args:
        renderer: of the model.
        observations: what was said to it, one before each answer.
        answers: what it should write.
        tools: as in `Renderer.prompt`.
        reply: the role of all observations but the first, which is the ``user``'s.
    """
    talk = Conversation(renderer, tools)
    messages: list[Message] = []
    for observation, text in zip(observations, answers, strict=True):
        messages.append(Message(reply if messages else "user", observation))
        shown, said = talk.next(messages), renderer.answer(text)
        yield shown, said
        talk.add(messages, shown, said)
        messages.append(Message("assistant", renderer.decode(said)))


class WordChat(Renderer):
    """The conversation of a word vocabulary: ``<bos> <obs> observation <act> action <end> <obs> …``."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.ends = frozenset({words.end})

    def encode(self, text: str) -> list[int]:
        """The text's tokens."""
        return self.words.encode(text)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens; special ones are left out."""
        return self.words.decode(ids)

    def prompt(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> list[int]:
        """All messages; an ``assistant`` message is an action, any other an observation."""
        return [self.words.bos, *self._turns(messages)]

    def suffix(self, messages: Sequence[Message], said: Sequence[int], tools: Sequence[Tool] = ()) -> list[int]:
        """What was heard since; this layout edits nothing."""
        return self._turns(messages[_last_answer(messages) + 1 :])

    def answer(self, text: str) -> list[int]:
        """The action and the end sign."""
        return self.words.answer(text)

    def _turns(self, messages: Sequence[Message]) -> list[int]:
        ids: list[int] = []
        heard = [Message("assistant" if m.role == "assistant" else "user", m.content) for m in messages]
        for message in _merged(heard):
            acted = message.role == "assistant"
            ids += self.words.answer(message.content) if acted else self.words.prompt(message.content, first=False)
        return ids


class ChatTemplate(Renderer):
    """The conversation of any Hugging Face tokenizer that has a chat template.

    What the template can do is found out by trying it: where it refuses a system message, that is put before the
    first message of the user; where it refuses neighbours of one role, they are put together. What the world and the
    model say cannot be mistaken for the signs between the messages: a blank is put into them.

    Where the prompt opens a thought, the sign is no part of what the model says; the template, which may look for the
    pair, gets it back. A template that does not look for thoughts in the words gets them apart, if it takes them.

    Args:
        tokenizer: of the model.
        options: what the template takes, for example ``enable_thinking=False``.

    Raises:
        ValueError: the tokenizer has no template, or its template ends an answer with no token of its own.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, **options: Any) -> None:
        if not tokenizer.chat_template:
            raise ValueError("this tokenizer has no chat template: take the one of an instruction-tuned model")
        self.tokenizer = tokenizer
        self.options = options
        added = tokenizer.added_tokens_decoder
        signs = {token.content: number for number, token in added.items() if token.special}
        signs |= dict(zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True))
        own = {text: number for text, number in signs.items() if text not in WRITTEN}
        self._hidden = frozenset(own.values())
        self._forbidden = {"assistant": _any_of(own), "user": _any_of(signs)}

        self._opened, self._apart = "", False
        self._takes_system = self._takes(Message("system", _MARK), _HELLO)
        self._takes_neighbours = self._takes(_HELLO, Message("user", _MARK))
        self._takes_tool = self._takes(_HELLO, Message("assistant", "x"), Message("tool", _MARK))
        self.tools = self._takes(_HELLO, tools=[_TOOL])
        self._asked = self._text([_HELLO])
        if self._asked.rstrip().endswith(OPEN):
            self._opened = self._asked[self._asked.rindex(OPEN) :]
        self._apart = self._takes_apart()
        heard = self._text([_HELLO, Message("assistant", _MARK), _HELLO])
        lead, _, rest = heard.removeprefix(self._asked).partition(_MARK)
        self._lead = lead if heard.startswith(self._asked) else ""
        tokens = {token.content: number for number, token in added.items()}
        found = max((text for text in tokens if rest.lstrip().startswith(text)), key=len, default=None)
        if found is None:
            raise ValueError(f"this template ends an answer with {rest[:20]!r}, which is no token of the vocabulary")
        self._end, self._end_id = found, tokens[found]
        self.ends = frozenset({self._end_id} | {tokenizer.eos_token_id} - {None})

    @property
    def opens_thought(self) -> bool:
        """Whether a prompt ends with the sign that opens a thought."""
        return bool(self._opened)

    def encode(self, text: str) -> list[int]:
        """The ids of a part of an answer."""
        return self._behind(text)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of an answer; the signs between messages are left out, those of thoughts and calls are not."""
        shown = [token for token in ids if token not in self._hidden]
        return str(self.tokenizer.decode(shown, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    def prompt(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> list[int]:
        """The template's text for all messages, with the sign that an answer is due."""
        return self._ids(self._text(messages, tools))

    def suffix(self, messages: Sequence[Message], said: Sequence[int], tools: Sequence[Tool] = ()) -> list[int] | None:
        """What the template writes behind the last answer, if it leaves all before it as it was.

        Blanks around the answer and behind its thought do not count as an edit: many templates trim them, and the
        sampled ones stay.
        """
        last = _last_answer(messages)
        content = messages[last].content
        before, now = self._text(messages[:last], tools), self._text(messages, tools)
        if not now.startswith(before) or self.decode(said).strip() != content.strip():
            return None
        rest, answer = now[len(before) :].lstrip(), self._inert(messages[last])
        parts = [re.escape(part.strip()) for part in answer.split(CLOSE)]
        shown = re.match(rf"\s*{CLOSE}\s*".join(parts), rest)
        if shown is None:
            return None
        rest = rest[shown.end() :]
        rest = rest.removeprefix(answer[len(answer.rstrip()) :])
        ended = rest.lstrip()
        if not ended.startswith(self._end) and self._forbidden["assistant"].match(ended) is None:
            return None  # words that the model did not say: a thought that the template closes, of an empty answer
        return self._behind(ended.removeprefix(self._end)) if said and said[-1] == self._end_id else self._ids(rest)

    def answer(self, text: str) -> list[int]:
        """The answer as the template writes it, with its end sign; an empty thought where it writes one."""
        lead = self._lead
        if CLOSE in text:
            lead = "" if "think>" in lead else lead
            text = text.removeprefix(OPEN).lstrip() if self._opened else text
        before, whole = self._ids(self._asked), self._ids(self._asked + lead + text + self._end)
        if whole[: len(before)] == before:
            return whole[len(before) :]
        return [*self._behind(lead + text), self._end_id]  # its first letters would melt into the template's last

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _behind(self, text: str) -> list[int]:
        """The ids of a text that stands behind an end sign: some tokenizers begin a text otherwise, or eat a blank."""
        return self._ids(self._end + text)[1:]

    def _inert(self, message: Message) -> str:
        """What a message says, with a blank in what looks like a sign that its author may not write."""
        signs = self._forbidden["assistant" if message.role == "assistant" else "user"]
        return signs.sub(lambda sign: f"{sign[0][0]} {sign[0][1:]}", message.content)

    def _paired(self, message: Message) -> str:
        """What a message says, with the sign that opened its thought in the prompt."""
        text = self._inert(message)
        lacks = message.role == "assistant" and CLOSE in text and OPEN not in text
        return self._opened + text if lacks else text

    def _text(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> str:
        """The template's text, up to where an answer is due."""
        shown = [Message(self._role(m.role), self._paired(m)) for m in messages]
        if shown[0].role == "system" and not self._takes_system:
            shown[0] = Message("user", shown[0].content)
            shown[:2] = _merged(shown[:2])
        if not self._takes_neighbours:
            shown = _merged(shown)
        return self._apply(shown, tools)

    def _role(self, role: str) -> str:
        if role == "tool" and self._takes_tool:
            return role
        return role if role in ("system", "assistant") else "user"

    def _apply(self, messages: Sequence[Message], tools: Sequence[Tool]) -> str:
        plain = [{"role": message.role, "content": message.content} for message in messages]
        for message in plain:
            if message["role"] == "tool":
                message |= {"name": "act", "tool_call_id": "0" * 9}
            if message["role"] == "assistant" and self._apart and CLOSE in message["content"]:
                thought, _, words = message["content"].rpartition(CLOSE)
                message |= {THOUGHT: thought.strip().removeprefix(OPEN).strip(), "content": words.strip()}
        shown: list[Any] | None = [dict(tool) for tool in tools] or None
        template = _CLOCK + self.tokenizer.get_chat_template(None, shown)
        return str(
            self.tokenizer.apply_chat_template(
                plain,
                tools=shown,
                chat_template=template,
                add_generation_prompt=True,
                tokenize=False,
                **self.options,
            )
        )

    def _takes_apart(self) -> bool:
        """Whether the template shows a thought that it is given apart, and does not find one in the words."""
        messages = [_HELLO, Message("assistant", f"{OPEN}\n{_MARK}\n{CLOSE}\n\nx")]
        whole = self._apply(messages, [])
        self._apart = True
        apart = self._apply(messages, [])
        return _MARK in apart and whole.count(CLOSE) > apart.count(CLOSE) > 0

    def _takes(self, *messages: Message, tools: Sequence[Tool] = ()) -> bool:
        try:
            return _MARK in self._apply(messages, tools)
        except Exception:  # a template refuses in any way that Jinja and its own words allow
            return False


_CLOCK = (
    "{%- macro strftime_now(format) -%}{{ format"
    + "".join(f" | replace('{sign}', '{text}')" for sign, text in TODAY.items())
    + " }}{%- endmacro -%}"
)
_MARK = "ScoutGym"
_HELLO = Message("user", "x")
_TOOL = {"type": "function", "function": {"name": _MARK, "description": "x", "parameters": {"type": "object"}}}


def _any_of(signs: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(signs, key=len, reverse=True))) or "(?!)")


def _last_answer(messages: Sequence[Message]) -> int:
    return max(place for place, message in enumerate(messages) if message.role == "assistant")


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Neighbours of one role as one message."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(message.role, f"{merged[-1].content}\n\n{message.content}")
        else:
            merged.append(message)
    return merged


def renderer_of(folder: Path) -> Renderer:
    """How the conversations of a saved model are written: by our word vocabulary, or by its chat template."""
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if isinstance(tokenizer, PreTrainedTokenizerFast) and set(SPECIALS) <= set(tokenizer.get_vocab()):
        return WordChat(Words(tokenizer))
    return ChatTemplate(tokenizer)
