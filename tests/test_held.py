"""Answers that are held to a JSON schema while they are written, by models that know nothing of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from chat_templates import FAMILIES, small_model, tokenizer

from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.local import Local
from scoutgym.llm.held import Following, Holder
from scoutgym.llm.reading import json_object
from scoutgym.llm.render import CLOSE, OPEN, ChatTemplate
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message
from scoutgym.wrappers.judges.asking import OneOf, Share, Shares, Text, read, schema

pytestmark = pytest.mark.llm

FIELDS = {"analysis": Text(), "success": Share(), "word": OneOf(("yes", "no")), "all": Shares(3)}
BYTES = [name for name, family in FAMILIES.items() if family.blanks == "bytes"]
"""Families whose tokens are of bytes. The others' small tokenizers here lack the decoder of bytes that theirs have."""


def holder(name: str, opened: bool = False) -> Holder:
    found = tokenizer(name)
    return Holder(found, [found.eos_token_id], len(found) + 3, (OPEN, CLOSE), opened)


def written(following: Following, name: str, chance: Random, limit: int, begin: Sequence[int] = ()) -> str:
    """What somebody writes who takes any token that may follow.

    Args:
        following: says which.
        name: of the tokenizer's family.
        chance: chooses.
        limit: of tokens.
        begin: how the answer begins.
    """
    found, ids = tokenizer(name), list[int]()
    thought = found.get_vocab()[OPEN]
    for place in range(limit):
        left = following(ids)
        listed = left.nonzero()[:, 0].tolist() if isinstance(left, torch.Tensor) else list(left)
        wordless = [token for token in listed if token != thought]
        token = begin[place] if place < len(begin) else chance.choice(wordless)
        assert token in listed
        if token == found.eos_token_id:
            return str(found.decode(ids))
        ids.append(token)
    raise AssertionError(f"no end: {found.decode(ids)!r}")


@pytest.mark.parametrize("name", BYTES)
def test_whatever_follows_can_be_read(name: str) -> None:
    held = holder(name)
    for seed, limit in enumerate([200, 200, 300, 300, 500, 500]):
        following = held.following(schema(FIELDS), limit)
        assert following is not None
        assert set(read(written(following, name, Random(seed), limit), FIELDS)) == set(FIELDS)


def test_names_of_fields_are_forced_and_values_are_free() -> None:
    following, found = holder("qwen2.5").following(schema({"word": OneOf(("yes", "no"))}), 99), tokenizer("qwen2.5")
    assert following is not None
    ids, free = list[int](), list[str]()
    while (left := following(ids)) != [found.eos_token_id]:
        if isinstance(left, torch.Tensor):
            if ids:  # at the beginning, a thought would be free too
                free = [found.decode([token]) for token in left.nonzero()[:, 0].tolist()]
            ids.append(next(token for token in left.nonzero()[:, 0].tolist() if token != found.get_vocab()[OPEN]))
        else:
            ids.append(left[0])
    assert json.loads(found.decode(ids))["word"] in ("yes", "no")
    assert set(free) == {"y", "n"}


def wished(asked: Mapping[str, Any], limit: int, wish: str) -> str:
    """What somebody writes who wants to say ``wish``: as much of it as he may, and then the end."""
    following, found = holder("qwen2.5").following(asked, limit), tokenizer("qwen2.5")
    assert following is not None
    ids, kept = list[int](), list[int]()
    while found.eos_token_id not in kept[-1:]:
        left = following(ids)
        listed = left.nonzero()[:, 0].tolist() if isinstance(left, torch.Tensor) else list(left)
        fits = [one for one in listed if one < len(found) and wish.startswith(str(found.decode([*ids, one])))]
        kept.append(fits[0] if fits else listed[0])
        ids = [*ids, kept[-1]]
    return str(found.decode(ids[:-1]))


def test_when_it_is_late_texts_end_and_numbers_are_whole() -> None:
    asked = schema(FIELDS)
    limit = 16 * (1 + json.dumps(asked).count('"type"'))
    whole = '{"analysis":"","success":0.85,"word":"no","all":[0.25,1,0.75]}'
    assert wished(asked, limit, whole) == whole, "late from the beginning on"
    assert wished(asked, limit, '{"analysis":"It is so.","success":0.85').startswith('{"analysis":"",')
    assert wished(asked, limit, '{"analysis":"","success":0.123456789').startswith('{"analysis":"","success":0.1234,')
    some = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 30}}
    both = {"type": "object", "properties": {"some": some, "one": some["items"]}, "required": ["some", "one"]}
    assert wished(both, 200, '{"some":[12,7],"one":23}') == '{"some":[12,7],"one":23}'
    assert wished(both, 64, '{"some":[],"one":23}') == '{"some":[],"one":23}'
    assert wished(both, 64, '{"some":[12').startswith('{"some":[],')
    for limit in range(65, 100, 5):
        assert wished(both, limit, '{"some":[12,7],"one').startswith(
            ('{"some":[12],', '{"some":[12,7],', '{"some":[],')
        )


@pytest.mark.parametrize("opened", [True, False])
def test_a_thought_comes_first_and_is_free(opened: bool) -> None:
    found = tokenizer("qwen3")
    following = holder("qwen3", opened).following(schema({"success": Share()}), 99)
    assert following is not None
    thought = [*([] if opened else [found.get_vocab()[OPEN]]), *found.encode("well: {7 </"), found.get_vocab()[CLOSE]]
    text = written(following, "qwen3", Random(0), 99, thought)
    assert text.startswith("well: {7 </</think>{" if opened else "<think>well: {7 </</think>{")
    assert 0 <= json_object(text)["success"] <= 1


def test_a_thought_that_does_not_end_is_ended() -> None:
    found, endless = tokenizer("qwen3"), tokenizer("qwen3").encode("x " * 200)
    following = holder("qwen3", opened=True).following(schema({"success": Share()}), 99)
    assert following is not None
    for count in range(99):
        if not isinstance(left := following(endless[:count]), torch.Tensor):
            break
        assert not left[found.eos_token_id], "who has not answered has not ended"
    assert left == (found.get_vocab()[CLOSE],)
    thought, _, answer = written(following, "qwen3", Random(0), 99, [*endless[:count], *left]).partition(CLOSE)
    assert thought.startswith("x x x")
    assert json_object(answer)


@pytest.mark.parametrize("bad", [{"type": "nothing"}, {"type": "string", "pattern": "(?=a)b"}, {"$ref": "#/none"}])
def test_a_schema_that_nobody_can_be_held_to_is_none(bad: Mapping[str, Any]) -> None:
    assert holder("qwen2.5").following(bad, 99) is None


@pytest.mark.parametrize("name", ["qwen2.5", "llama3.2"])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_model_that_knows_nothing_answers_in_form(name: str, temperature: float, tmp_path: Path) -> None:
    model = Local(small_model(tmp_path, name), batch=4, device="cpu")
    how = Sampling(temperature=temperature, max_tokens=200)
    request = Request((Message("user", "Judge this."),), how, schema=schema(FIELDS))
    held = [Request(request.messages, how, sample, request.schema) for sample in range(6)]
    free = Request(request.messages, how)
    *answers, other = model.complete([*held, free])
    for answer in answers:
        assert set(read(answer.text, FIELDS)) == set(FIELDS)
        assert not answer.truncated
        assert answer.tokens <= 200
    assert len({answer.text for answer in answers}) == (1 if temperature == 0 else 6)
    with pytest.raises(ValueError, match="JSON"):
        json_object(other.text)


def test_where_a_tokenizer_cannot_be_read_the_words_alone_ask(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = Local(small_model(tmp_path, "gemma2"), device="cpu")
    how = Sampling(temperature=1.0, max_tokens=20)
    requests = [Request((Message("user", "Judge this."),), how, sample, schema(FIELDS)) for sample in range(2)]
    assert [one.error for one in model.complete(requests)] == ["", ""]
    assert caplog.text.count("by the words alone") == 1
    assert ChatTemplate(tokenizer("gemma2")).ends
