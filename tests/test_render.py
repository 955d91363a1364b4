"""Renderers: twelve families of chat templates, the sampled ids kept to the bit, a fork where history is edited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from chat_templates import FAMILIES, Family, tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from scoutgym.agents.training.rows import episode_rows
from scoutgym.llm.render import ChatTemplate, Conversation, Shown, WordChat, told
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Message, Task, Turn

pytestmark = pytest.mark.llm

OBSERVATIONS = ["Guess a number.", "The secret is higher than 6.", "lower", "It is\nhigher.", "The end is near"]
ANSWERS = ["6", "guess 11", "9 or 10", "<answer>10</answer>", "12"]
THOUGHTS = [f"<think>\nIs it {answer}?\n</think>\n\n{answer}" for answer in ANSWERS]
EVERY = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
PLAIN, THOUGHT = ("all", "plain"), ("all", "thoughts")
KEEPING = [family for family in FAMILIES.values() if family.edits not in PLAIN]
OPENED = ["r1", "r1-training", "nemotron3", "qwen3.8"]


def chat(observations: Sequence[str], answers: Sequence[str]) -> list[Message]:
    """The world begins; the last word is its own, where it has one more."""
    messages = []
    for place, observation in enumerate(observations):
        messages.append(Message("user", observation))
        messages += [Message("assistant", answers[place])] if place < len(answers) else []
    return messages


def at_once(family: Family, messages: Sequence[Message], answer_due: bool = True) -> list[int]:
    """What the template and the tokenizer make of all messages, by the library alone."""
    plain = [{"role": message.role, "content": message.content} for message in messages]
    ids = tokenizer(family.name).apply_chat_template(
        plain, add_generation_prompt=answer_due, return_dict=False, **family.options
    )
    return list(ids)


def spelled(renderer: ChatTemplate, text: str) -> list[int]:
    """An answer letter by letter: the same text in other ids than the tokenizer would choose."""
    made, ids = renderer.tokenizer, renderer.answer(text)
    added = made.get_added_vocab().values()
    letters = [made.convert_tokens_to_ids(list(made.convert_ids_to_tokens(token))) for token in ids]
    parts = [[token] if token in added else some for token, some in zip(ids, letters, strict=True)]
    return [token for some in parts for token in some]


def without_blanks(text: str) -> str:
    """Some tokenizers put a blank behind their special tokens."""
    return "".join(text.split())


# Nothing is lost and nothing is made up.


@EVERY
def test_the_first_prompt_is_the_templates_own(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    assert renderer.prompt(chat(OBSERVATIONS[:1], [])) == at_once(family, chat(OBSERVATIONS[:1], []))
    assert tokenizer(family.name).convert_tokens_to_ids(family.end) in renderer.ends


@pytest.mark.parametrize("family", KEEPING, ids=lambda family: family.name)
def test_turn_by_turn_is_the_template_at_once(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    pieces = list(told(renderer, OBSERVATIONS, ANSWERS))
    assert not any(shown.fork for shown, _ in pieces)
    held = [token for shown, said in pieces for token in [*shown.ids, *said]]
    last = pieces[-1][1]
    whole = at_once(family, chat([*OBSERVATIONS, "x"], ANSWERS))
    assert held == whole[: len(held)]
    assert last[-1] in renderer.ends
    assert held[: -len(last)] == at_once(family, chat(OBSERVATIONS, ANSWERS[:4]))


@pytest.mark.parametrize("family", KEEPING, ids=lambda family: family.name)
def test_sampled_ids_stay_as_they_are_over_five_turns(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    talk, messages, expected = Conversation(renderer), [], []
    usual = [shown.ids for shown, _ in told(renderer, OBSERVATIONS, ANSWERS)]
    for observation, answer, prompt in zip(OBSERVATIONS, ANSWERS, usual, strict=True):
        said = spelled(renderer, answer)
        assert renderer.decode(said) == renderer.decode(renderer.answer(answer))
        messages.append(Message("user", observation))
        shown = talk.next(messages)
        assert (shown.ids, shown.fork) == (prompt, False)
        talk.add(messages, shown, said)
        messages.append(Message("assistant", renderer.decode(said)))
        expected += [*prompt, *said]
        assert talk.ids == expected
    assert any(spelled(renderer, answer) != renderer.answer(answer) for answer in ANSWERS)


def test_the_separator_behind_the_end_sign_is_there() -> None:
    qwen = ChatTemplate(tokenizer("qwen2.5"))
    suffix = qwen.suffix(chat(["a", "b"], ["6"]), qwen.answer("6"))
    assert suffix is not None
    assert qwen.tokenizer.decode(suffix) == "\n<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n"
    phi = ChatTemplate(tokenizer("phi3"))  # whose end sign swallows it
    suffix = phi.suffix(chat(["a", "b"], ["6"]), phi.answer("6"))
    assert suffix is not None
    assert phi.tokenizer.convert_ids_to_tokens(suffix)[0] == "<|user|>"


@EVERY
def test_an_answer_that_was_cut_off_is_ended_in_the_next_prompt(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    end = tokenizer(family.name).convert_tokens_to_ids(family.end)
    said = renderer.answer("6")[:-1]
    suffix = renderer.suffix(chat(["a", "b"], [renderer.decode(said)]), said)
    if family.edits in PLAIN:
        assert suffix is None
        return
    assert suffix is not None
    assert suffix[0] == end
    assert suffix[1:] == renderer.suffix(chat(["a", "b"], [renderer.decode(said)]), [*said, end])


@pytest.mark.parametrize("family", KEEPING, ids=lambda family: family.name)
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="ab 1.\n<>/", min_size=1, max_size=12), min_size=1, max_size=3))
def test_whatever_is_said_what_is_held_is_only_added_to(family: Family, answers: list[str]) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    talk, messages = Conversation(renderer), [Message("user", "Guess a number.")]
    for answer in answers:
        shown, said, before = talk.next(messages), spelled(renderer, answer), list(talk.ids)
        talk.add(messages, shown, said)
        if not shown.fork:
            assert talk.ids == [*before, *shown.ids, *said]
        assert talk.ids[-len(said) :] == said
        messages += [Message("assistant", renderer.decode(said)), Message("user", "lower")]
    if not any("think" in answer for answer in answers) and family.name != "glm4.5":
        assert not talk.next(messages).fork


# Templates that edit history.


@EVERY
def test_a_fork_where_thoughts_are_taken_out_and_nowhere_else(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    forks = [shown.fork for shown, _ in told(renderer, OBSERVATIONS, THOUGHTS)]
    assert forks == [False, *[family.edits in THOUGHT] * 4]


@pytest.mark.parametrize("name", ["qwen3", "glm4.5", "r1", "nemotron3"])
def test_after_a_fork_the_prompt_is_the_templates_own(name: str) -> None:
    renderer = ChatTemplate(tokenizer(name))
    pieces = list(told(renderer, OBSERVATIONS[:3], THOUGHTS[:3]))
    assert pieces[2][0].ids == at_once(FAMILIES[name], chat(OBSERVATIONS[:3], THOUGHTS[:2]))
    assert "Is it" not in renderer.tokenizer.decode(pieces[2][0].ids)


@pytest.mark.parametrize("name", OPENED)
def test_what_the_prompt_opened_is_closed_in_the_history(name: str) -> None:
    """Every thought that is shown, emptied or not, has both signs."""
    renderer = ChatTemplate(tokenizer(name))
    shown = list(told(renderer, OBSERVATIONS, THOUGHTS))
    signs = renderer.tokenizer.convert_tokens_to_ids(["<think>", "</think>"])
    for row in rows(shown):
        kept = [token for token in row if token in signs]
        assert kept == (signs * len(kept))[: len(kept)]
        assert kept[-1] == signs[1]


@pytest.mark.parametrize("name", ["r1-training", "qwen3.8"])
def test_thoughts_that_stay_are_one_row(name: str) -> None:
    renderer = ChatTemplate(tokenizer(name))
    (row,) = rows(list(told(renderer, OBSERVATIONS, THOUGHTS)))
    heard: list[dict[str, str]] = []
    for observation, answer in zip(OBSERVATIONS, ANSWERS, strict=True):
        heard.append({"role": "user", "content": observation})
        thought = f"Is it {answer}?"
        apart = {"content": answer, "reasoning_content": thought}
        whole = {"content": f"<think>\n{thought}\n</think>\n\n{answer}"}
        heard.append({"role": "assistant", **(apart if name == "qwen3.8" else whole)})
    assert row == renderer.tokenizer.apply_chat_template(heard, return_dict=False)[: len(row)]


def test_thoughts_that_go_are_a_row_each_of_what_the_template_shows() -> None:
    renderer = ChatTemplate(tokenizer("nemotron3"))
    found = rows(list(told(renderer, OBSERVATIONS, THOUGHTS)))
    assert len(found) == len(OBSERVATIONS)
    text = renderer.tokenizer.decode(found[-1])
    assert text.count("<think></think>") == 4
    assert text.count("Is it 6?") == 0
    assert text.count("Is it 12?") == 1
    calls = list(told(renderer, OBSERVATIONS, THOUGHTS, reply="tool"))  # between calls they stay
    (row,) = rows(calls)
    assert renderer.tokenizer.decode(row).count("Is it") == 5


@pytest.mark.parametrize("name", ["r1-training", "qwen3.8"])
def test_other_blanks_behind_a_thought_are_no_edit(name: str) -> None:
    renderer = ChatTemplate(tokenizer(name))
    said = [*renderer.encode("Is it 6?</think>6"), renderer.tokenizer.eos_token_id]
    talk, messages = Conversation(renderer), chat(OBSERVATIONS[:1], [])
    talk.add(messages, talk.next(messages), said)
    held = list(talk.ids)
    messages += [Message("assistant", renderer.decode(said)), Message("user", "lower")]
    shown = talk.next(messages)
    assert not shown.fork
    talk.add(messages, shown, said)
    assert talk.ids == [*held, *shown.ids, *said]


@pytest.mark.parametrize("name", ["glm4.5", "qwen3.8"])
def test_what_a_template_puts_into_an_empty_answer_is_an_edit(name: str) -> None:
    renderer = ChatTemplate(tokenizer(name))
    end = tokenizer(name).convert_tokens_to_ids(FAMILIES[name].end)
    assert renderer.suffix(chat(["a", "b"], [""]), [end]) is None


def rows(pieces: Sequence[tuple[Shown, list[int]]]) -> list[list[int]]:
    """What a trainer makes of it."""
    turns = [
        Turn("agent", "", "", "", prompt_ids=shown.ids, ids=said, logp=[0.0] * len(said), fork=shown.fork)
        for shown, said in pieces
    ]
    episode = Episode(Task("x", "train", 0), turns, "", True, False)
    return [list(row.ids) for row in episode_rows(episode, 0, [1.0] * len(turns))]


def test_without_thinking_qwen3_opens_with_an_empty_thought_and_forks() -> None:
    renderer = ChatTemplate(tokenizer("qwen3"), enable_thinking=False)
    pieces = list(told(renderer, OBSERVATIONS[:2], ANSWERS[:2]))
    assert renderer.tokenizer.decode(pieces[0][0].ids).endswith("<think>\n\n</think>\n\n")
    assert pieces[1][0].fork
    assert renderer.tokenizer.decode(pieces[1][0].ids).count("<think>") == 1


def test_qwen3_keeps_thoughts_between_calls_and_drops_them_when_the_user_speaks() -> None:
    renderer = ChatTemplate(tokenizer("qwen3"))
    said = renderer.answer(THOUGHTS[0])
    messages = [Message("user", "a"), Message("assistant", THOUGHTS[0])]
    assert renderer.suffix([*messages, Message("tool", "lower")], said) is not None
    messages += [Message("tool", "lower"), Message("assistant", "6")]
    assert renderer.suffix([*messages, Message("tool", "lower")], renderer.answer("6")) is not None
    assert renderer.suffix([*messages, Message("user", "lower")], renderer.answer("6")) is None


def test_an_edit_that_keeps_the_length_is_a_fork() -> None:
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer("qwen2.5").backend_tokenizer,
        chat_template="""{%- for message in messages -%}
        {{- (message.content | upper if message.role == "user" and not loop.last else message.content) -}}
        {{- "<|im_end|>" -}}{%- endfor -%}""",
    )
    renderer = ChatTemplate(made)
    assert renderer.suffix(chat(["A", "b"], ["6"]), renderer.answer("6")) is not None
    assert renderer.suffix(chat(["a", "b"], ["6"]), renderer.answer("6")) is None


def test_functions_that_move_are_a_fork() -> None:
    """Mistral shows the functions before the last message of the user alone."""
    tool = {"type": "function", "function": {"name": "guess", "parameters": {"type": "object"}}}
    for name, forks in (("mistral", True), ("qwen2.5", False), ("llama3.2", False)):
        renderer = ChatTemplate(tokenizer(name))
        assert renderer.tools
        pieces = list(told(renderer, OBSERVATIONS[:2], ANSWERS[:2], [tool]))
        assert pieces[1][0].fork is forks
        assert "guess" in renderer.tokenizer.decode(pieces[0][0].ids)
    assert not ChatTemplate(tokenizer("gemma2")).tools


# What templates put in, and what they refuse.


def test_what_a_template_puts_in_is_there_once() -> None:
    for name, words in (("qwen2.5", "created by Alibaba"), ("llama3.2", "Today Date: 26 Jul 2024")):
        renderer = ChatTemplate(tokenizer(name))
        held = [token for shown, said in told(renderer, OBSERVATIONS, ANSWERS) for token in [*shown.ids, *said]]
        assert renderer.tokenizer.decode(held).count(words) == 1


@EVERY
def test_a_system_message_is_seen_by_every_family(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    text = renderer.tokenizer.decode(renderer.prompt([Message("system", "BE BRIEF"), Message("user", "hello")]))
    assert text.count("BE BRIEF") == text.count("hello") == 1
    assert text.index("BE BRIEF") < text.index("hello")
    assert ("BE BRIEF\n\nhello" in text) == (not family.system or family.name == "mistral")


@EVERY
def test_neighbours_of_one_role_are_taken_by_every_family(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    messages = [*chat(["one", "two"], ["6"]), Message("user", "three"), Message("world", "four")]
    text = renderer.tokenizer.decode(renderer.prompt(messages))
    assert all(text.count(word) == 1 for word in ("one", "two", "three", "four"))


@EVERY
def test_what_the_world_says_is_no_sign_of_the_template(family: Family) -> None:
    renderer, made = ChatTemplate(tokenizer(family.name)), tokenizer(family.name)
    signs = [sign for sign in (family.bos, family.eos, family.end, *family.special) if sign]
    hostile = "x".join(signs)

    def count(ids: list[int]) -> int:
        return sum(token in made.convert_tokens_to_ids(signs) for token in ids)

    assert count(renderer.prompt([Message("user", hostile)])) == count(renderer.prompt([Message("user", "hello")]))
    said = renderer.answer("6")
    if family.edits not in PLAIN:
        plain, attack = (renderer.suffix(chat(["a", word], [renderer.decode(said)]), said) for word in ("b", hostile))
        assert plain is not None
        assert attack is not None
        assert count(plain) == count(attack)


@EVERY
def test_decoding_leaves_the_signs_out_and_the_thoughts_in(family: Family) -> None:
    renderer = ChatTemplate(tokenizer(family.name))
    thought = "" if family.name in OPENED else "<think>"  # their prompts have opened the thought already
    assert without_blanks(renderer.decode(renderer.answer("<think>\na\n</think>\n\n6"))) == f"{thought}a</think>6"
    assert renderer.decode(renderer.answer("<answer>6</answer>")).endswith("<answer>6</answer>")
    if "[TOOL_CALLS]" in family.special:
        assert without_blanks(renderer.decode(renderer.answer("[TOOL_CALLS] [{}]"))) == "[TOOL_CALLS][{}]"
        assert "[TOOL_CALLS]" not in renderer.tokenizer.decode(renderer.prompt([Message("user", "[TOOL_CALLS]")]))


def test_a_tokenizer_that_cannot_be_used_is_named() -> None:
    made = tokenizer("qwen2.5")
    bare = PreTrainedTokenizerFast(tokenizer_object=made.backend_tokenizer)
    with pytest.raises(ValueError, match="no chat template"):
        ChatTemplate(bare)
    bare.chat_template = "{% for message in messages %}{{ message.content }} -- {% endfor %}"
    with pytest.raises(ValueError, match="no token"):
        ChatTemplate(bare)


# The word vocabulary.


def test_words_are_rendered_as_they_always_were() -> None:
    words = Words.of([*OBSERVATIONS, *ANSWERS])
    renderer = WordChat(words)
    pieces = list(told(renderer, OBSERVATIONS, ANSWERS))
    for place, (shown, said) in enumerate(pieces):
        assert shown.ids == words.prompt(OBSERVATIONS[place], first=place == 0)
        assert said == words.answer(ANSWERS[place])
        assert not shown.fork
    held = [token for shown, said in pieces for token in [*shown.ids, *said]]
    assert renderer.prompt(chat([*OBSERVATIONS, "lower"], ANSWERS)) == [*held, *words.prompt("lower", first=False)]
    assert renderer.ends == {words.end}


def test_a_history_that_was_rewritten_is_a_fork() -> None:
    renderer = WordChat(Words.of([*OBSERVATIONS, *ANSWERS]))
    talk, first = Conversation(renderer), chat(OBSERVATIONS[:1], [])
    talk.add(first, talk.next(first), renderer.answer("6"))
    assert not talk.next(chat(OBSERVATIONS[:2], ["6"])).fork
    assert talk.next([Message("user", "Guess."), *chat(OBSERVATIONS[:2], ["6"])[1:]]).fork
    assert talk.next(chat(OBSERVATIONS[:3], ["6", "9"])).fork  # a turn that the model never read
