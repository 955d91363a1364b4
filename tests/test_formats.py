"""Formats: what is written is read back for every action of every world, and no text hurts the reader."""

from __future__ import annotations

import json
import time

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.formats import CLOSE, FORMATS, OPEN, Bare, Closed, Format, Json, Tags, Tool, format_of
from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import Cell, Form, Grammar, Integer, Symbols, Word
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.text_env import extract

IDS = [
    *sorted(
        env_id
        for world in WORLDS.values()
        if world.spec.id.startswith("scoutgym/") and not world.spec.needs
        for env_id in world.spec.ids
    ),
    pytest.param("scoutgym/WebStore-v0", marks=pytest.mark.web),  # the worlds that need the web have one language
]
GRAMMAR = Grammar(
    Form("guess {number}", number=Integer(1, 20)),
    Form("mark {cell} as {what}", cell=Cell(5, 5), what=Word(["mine", "not sure"])),
    Form("{code}", name="code", code=Symbols("0123", 3, " ")),
    Form("go up", name="up"),
    Form("stop"),
)
OPEN_FORMATS = [
    Bare(),
    Tags(),
    Json(),
    Json(schema=True),
    Tool(),
    Tool(family="llama"),
    Tool(family="mistral"),
]
ALL = [*OPEN_FORMATS, Closed()]
EVERY = pytest.mark.parametrize("form", ALL, ids=lambda form: "-".join(str(v) for v in form.record().values()))


@EVERY
@pytest.mark.parametrize("env_id", IDS)
def test_every_action_of_every_world_is_read_back(form: Format, env_id: str) -> None:
    env = gymnasium.make(env_id)
    env.reset(seed=0)
    grammar = env.unwrapped.grammar
    for draw in range(20):
        action = grammar.format(grammar.sample(Chance(b"formats", draw)))
        reading = form.read(form.write(action, grammar), grammar)
        assert reading.action == action


@EVERY
@given(st.data())
def test_every_action_of_every_form_is_read_back_from_between_words(form: Format, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, GRAMMAR.size - 1))
    action = next(one for place, one in enumerate(map(GRAMMAR.format, GRAMMAR.actions())) if place == number)
    text = form.write(action, GRAMMAR)
    assert form.read(text, GRAMMAR).action == action
    if isinstance(form, (Tags, Json)) or form == Tool():
        first = form.write("stop", GRAMMAR)
        around = f"It is {{not}} {first}, no:\n{text}\nThat is <all>."
        reading = form.read(around, GRAMMAR)
        assert reading.action == action
        start, stop = reading.spans["answer"]
        assert around.rindex(text) <= start < stop <= around.rindex(text) + len(text)


@pytest.mark.parametrize("form", OPEN_FORMATS)
@given(thought=st.text(alphabet='ab<>/answer{}"5 \n', max_size=40), number=st.integers(1, 20))
def test_thoughts_are_no_part_of_the_action(form: Format, thought: str, number: int) -> None:
    thinking = format_of({**form.record(), "thinking": 50})
    action = f"guess {number}"
    for text in (f"{OPEN}{thought}{CLOSE}\n\n", f"{thought}{CLOSE}"):  # the prompt may have opened the thought
        whole = text + form.write(action, GRAMMAR)
        reading = thinking.read(whole, GRAMMAR)
        assert reading.action == action
        start, stop = reading.spans["think"]
        assert thought == whole[start:stop]
        if "answer" in reading.spans:
            assert reading.spans["answer"][0] >= stop + len(CLOSE)
    unfinished = thinking.read(f"{OPEN}{thought} {form.write(action, GRAMMAR)}", GRAMMAR)
    assert unfinished.action is None


def test_the_last_one_counts() -> None:
    assert Tags().read("<answer>1</answer> or <ANSWER> 2 </ANSWER> <answer>", GRAMMAR).action == "2"
    assert Json().read('{"action": "1"} {"action": "2"} {"reason": "3"}', GRAMMAR).action == "2"
    assert Bare(thinking=9).read(f"{OPEN}a{CLOSE} 5 {CLOSE}guess 6", GRAMMAR).action == "guess 6"
    two = "\n".join(Tool().write(f"guess {number}", GRAMMAR) for number in (1, 2))
    assert Tool().read(two, GRAMMAR).action == "guess 2"


@pytest.mark.parametrize(
    ("form", "text", "action"),
    [
        (Bare(), "<think>\n\n</think>\n\nguess 5", "guess 5"),
        (Bare(), "\n</think>\n\nguess 5", "guess 5"),  # the prompt opened the thought
        (Tags(), "guess 5", None),
        (Tags(), "<answer></answer>", ""),
        (Json(), '{"action": "guess 5"', None),
        (Json(), '{"action": 5}', None),
        (Json(), '["action"]', None),
        (Json(), '{"action": "guess", "number": 5}', "guess 5"),
        (Json(), '{"action": "guess", "number": "5"}', "guess 5"),
        (Json(), '{"action": "guess", "number": [5]}', None),
        (Json(), '{"action": "guess"}', None),
        (Json(), '{"action": "guess", "number": 5, "sure": true}', None),
        (Json(), '{"action": "\\ud800"}', "?"),
        (Json(), '{"action": "{0.__class__}"}', "{0.__class__}"),
        (Tool(), '<tool_call>{"name": "guess", "arguments": {"number": 5}}</tool_call>', "guess 5"),
        (Tool(), '<tool_call>{"name": "guess", "arguments": "{\\"number\\": 5}"}</tool_call>', "guess 5"),
        (Tool(), '<tool_call>{"name": "shoot", "arguments": {}}</tool_call>', None),
        (Tool(), '{"name": "guess", "arguments": {"number": 5}}', None),
        (Tool(), "<tool_call>[]</tool_call>", None),
        (Tool(family="llama"), '<|python_tag|>{"name": "guess", "parameters": {"number": 5}}', "guess 5"),
        (Tool(family="llama"), '{"name": "guess", "parameters": {"number": 5}} is my call', None),
        (Tool(family="mistral"), '[TOOL_CALLS][{"name": "guess", "arguments": {"number": 5}, "id": "x"}]', "guess 5"),
        (Tool(family="mistral"), '[{"name": "guess", "arguments": {"number": 5}}]', None),
    ],
)
def test_what_is_read_from_words_that_a_model_may_write(form: Format, text: str, action: str | None) -> None:
    assert form.read(text, GRAMMAR).action == action


@pytest.mark.parametrize("form", [*ALL, *[format_of({**one.record(), "thinking": 9}) for one in OPEN_FORMATS]])
@settings(max_examples=60)
@given(st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([
        "<answer>", "</answer>", "<tool_call>", "</tool_call>", "[TOOL_CALLS]", OPEN, CLOSE, "{", "}", '"', "\\", ":",
        '{"action"', '"name"', '"arguments": ', "[", "]", "guess", " ", "\ud800", "1e999", "NaN", "\0", "é",
    ])).map("".join),
))  # fmt: skip
def test_no_text_is_an_error(form: Format, text: str) -> None:
    reading = form.read(text, GRAMMAR)
    assert reading.action is None or isinstance(reading.action, str)
    assert all(0 <= start <= stop <= len(text) for start, stop in reading.spans.values())


PIECES = [
    "<answer>", "</answer>", "<tool_call>", "<tool_call> ", "</tool_call>", "[TOOL_CALLS]", " ", "\n", "{", "}", "{}",
    '"',
    '{"', "\\", '{"\\"', '{"a":', "[", "[[", "{{}", "<think>", "</think>", "é", '{"action":"', "<answer> ",
]  # fmt: skip


@pytest.mark.parametrize("form", [*OPEN_FORMATS, Tags(thinking=9), Tool(thinking=9)])
def test_megabytes_are_read_in_no_time(form: Format) -> None:
    for piece in PIECES:
        for text in (piece * (2_000_000 // len(piece)), "<tool_call>[TOOL_CALLS]<answer>{" + piece * 20_000):
            start = time.process_time()
            form.read(text, GRAMMAR)
            assert time.process_time() - start < 5, piece  # linear time takes tenths of a second
    assert form.read("[" * 9_000 + "]" * 900, GRAMMAR).action in (None, "[" * 9_000 + "]" * 900)


@given(st.lists(st.sampled_from(["<answer>", "</answer>", "<ANSWER>", "5", " ", "\n", "<"]), max_size=12).map("".join))
def test_tags_are_the_worlds_own_rule(text: str) -> None:
    action, wrong = extract("answer", text)
    assert Tags().read(text, GRAMMAR).action == (None if wrong else action)


# What is told, and what is recorded.


def test_help_shows_what_is_read() -> None:
    for form in ALL:
        said = form.help(GRAMMAR)
        assert (OPEN in said) is False
    assert OPEN in Tags(thinking=5).help(GRAMMAR)
    assert "<answer>" in Tags().help(GRAMMAR)
    assert json.dumps(GRAMMAR.schema()) in Json(schema=True).help(GRAMMAR)
    tools = Tool().tools(GRAMMAR)
    assert [tool["function"]["name"] for tool in tools] == [form.name for form in GRAMMAR.forms]
    assert tools[0]["function"]["parameters"]["properties"]["number"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 20,
    }
    assert "tool_call" in Tool().spell(GRAMMAR)
    assert '"parameters": {"…"' in Tool(family="llama").spell(GRAMMAR)


def test_the_schema_form_obeys_the_schema() -> None:
    for action in ("guess 7", "mark B3 as not sure", "0 1 2", "go up"):
        written = json.loads(Json(schema=True).write(action, GRAMMAR))
        shapes = {shape["properties"]["action"]["const"]: shape for shape in GRAMMAR.schema()["oneOf"]}
        assert set(written) == set(shapes[written["action"]]["required"])
    assert json.loads(Json(schema=True).write("guess 7", GRAMMAR)) == {"action": "guess", "number": 7}


@pytest.mark.parametrize("form", [*ALL, Tags(thinking=7)])
def test_a_record_makes_the_format_again(form: Format) -> None:
    assert format_of(json.loads(json.dumps(form.record()))) == form
    assert format_of({"name": form.name}) == type(form)()


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"name": "tag"}, "did you mean 'tags'"),
        ({"name": "json", "shema": True}, "no option 'shema'.*schema"),
        ({"name": "tool", "family": "herms"}, "unknown tool family.*hermes"),
        ({"name": "tags", "thinking": 0}, "from 1"),
        ({"name": "closed", "thinking": 5}, "no place for thoughts"),
    ],
)
def test_a_wrong_format_is_named(record: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        format_of(record)


def test_all_names_are_listed() -> None:
    assert sorted(FORMATS) == ["bare", "closed", "json", "tags", "tool"]
