"""Long texts of a snapshot stand behind its JSON, and are checked with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoutgym.envs.saved import LONG, _body, _packed
from scoutgym.types import SchemaError

TEXT = st.text() | st.sampled_from(["\0", "\0" + "0", "\0-1", "a" * LONG, "\n\té" * LONG, "b\n" * LONG])
STATE = st.none() | st.dictionaries(st.text(), TEXT | st.integers() | st.lists(TEXT | st.none()))


def body(lines: list[str], state: Any = None) -> dict[str, Any]:
    return {"turn": 3, "transcripts": {"agent": lines}, "state": state}


@given(st.lists(TEXT), STATE)
def test_what_is_packed_is_read_again(lines: list[str], state: Any) -> None:
    try:
        data = _packed(body(lines, state))
    except UnicodeEncodeError:
        return  # halves of surrogate pairs are no text
    assert _body(data) == body(lines, state)


def test_long_texts_are_written_once_as_they_are() -> None:
    long = "a\tb\n" * LONG
    data = _packed(body([long, "c", long], {"shown": long, "deep": {"kept": "d"}}))
    assert data.count(long.encode()) == 1
    assert len(data) < 5 * LONG
    assert b"\n" not in _packed(body(["short"]))


def test_every_change_is_found() -> None:
    data = _packed(body(["x" * LONG, "y" * LONG]))
    for place in range(0, len(data), 7):
        with pytest.raises(SchemaError):
            _body(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    for cut in (1, LONG, LONG + 1, 2 * LONG + 1):
        with pytest.raises(SchemaError):
            _body(data[:-cut])


@pytest.mark.parametrize(
    ("line", "behind"),
    [("\0" + "5", "x"), ("\0x", "x"), ("\0", "x"), ("\0" + "0", None)],
)
def test_a_text_that_is_not_there(line: str, behind: str | None) -> None:
    record = json.loads(_packed(body([])))
    record["body"]["transcripts"]["agent"] = [line]
    record["texts"] = [] if behind is None else [len(behind)]
    with pytest.raises(SchemaError):
        _body(json.dumps(record).encode() + (f"\n{behind}".encode() if behind else b""))
