"""A point of an episode that one can come back to, in process or as bytes that are safe to load from a stranger."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import accumulate, pairwise
from typing import Any
from zlib import crc32

from pydantic_core import to_json

from scoutgym.envs.core import State, World
from scoutgym.types import SCHEMA, Outcome, SchemaError, Task


@dataclass(slots=True)
class Saved:
    """A point of an episode. In process it is a cheap handle; ``to_bytes`` makes it portable.

    ``state`` is None where the world cannot copy its engine: the point is then reached by playing ``actions`` again,
    with the recorded replies of whatever stands ``outside``.
    """

    env_id: str
    params: Mapping[str, Any]
    task: Task
    luck: int
    keys: list[tuple[int, bytes]]
    """``(turn, key)``: from that turn on, luck was drawn with that key."""
    turn: int
    role: str
    actions: list[str]
    transcripts: dict[str, list[str]]
    mail: dict[str, str]
    outside: list[str]
    flags: tuple[bool, bool, str, float | bool | None]
    """Terminated, truncated, outcome, success."""
    state: State | None

    def to_bytes(self) -> bytes:
        """A portable record: JSON and texts with a checksum, no code, safe to load from a stranger."""
        body = {
            "env_id": self.env_id,
            "params": dict(self.params),
            "task": self.task.to_json(),
            "luck": self.luck,
            "keys": [(turn, key.hex()) for turn, key in self.keys],
            "turn": self.turn,
            "role": self.role,
            "actions": self.actions,
            "transcripts": self.transcripts,
            "mail": self.mail,
            "outside": self.outside,
            "flags": self.flags,
            "state": None if self.state is None else self.state.to_json(),
        }
        return _packed(body)

    @classmethod
    def from_bytes(cls, data: bytes, world_of: Callable[[str, Mapping[str, Any]], World[Any]]) -> Saved:
        """Read a snapshot; ``world_of(env_id, params)`` finds the world whose state it holds.

        Raises:
            SchemaError: it is torn, changed, of a newer schema, of another world, or no snapshot at all.
        """
        body = _body(data)
        try:
            env_id, params = body["env_id"], body["params"]
            world = world_of(env_id, params)
            state = None if body["state"] is None else world.load_state(body["state"])
            if (state is None) != (world.spec.copies == "replay"):
                raise SchemaError(f"a snapshot of {env_id} must {'not ' if state else ''}hold a state")
            terminated, truncated, outcome, success = body["flags"]
            return cls(
                env_id=env_id,
                params=params,
                task=Task.from_json(body["task"]),
                luck=int(body["luck"]),
                keys=[(int(turn), bytes.fromhex(key)) for turn, key in body["keys"]],
                turn=int(body["turn"]),
                role=str(body["role"]),
                actions=[str(action) for action in body["actions"]],
                transcripts={role: [str(line) for line in lines] for role, lines in body["transcripts"].items()},
                mail={str(role): str(text) for role, text in body["mail"].items()},
                outside=[str(reply) for reply in body["outside"]],
                flags=(bool(terminated), bool(truncated), str(Outcome(outcome)), success),
                state=state,
            )
        except SchemaError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"this snapshot is damaged: {error}") from None


CHECKED = b'"texts":'
"""Stands before the part of a snapshot that the checksum is of, which is everything from there to the end."""

LONG = 512
"""Characters from which a text stands behind the JSON, as it is: observations are most of a snapshot, and in JSON each
of their tabs and line ends is written and read by itself."""


def _packed(body: Mapping[str, Any]) -> bytes:
    """A line of JSON, and the long texts one after the other."""
    texts = _Texts()
    text = to_json({**body, **_each(body, texts.parted)})
    lengths = to_json([len(one) for one in texts.found])
    behind = [_encoded(one) for one in texts.found]  # each by itself: large blocks are slow to get
    parts = [CHECKED, lengths, b',"body":', text, b"}\n" if behind else b"}", *behind]
    return b"".join([b'{"scoutgym":"snapshot","schema":%d,"check":"%s",' % (SCHEMA, _checksum(*parts)), *parts])


def _encoded(text: str) -> bytes:
    """ASCII is only copied; of other texts, as of the pages of an episode, the next snapshot has most again."""
    return text.encode() if text.isascii() else _utf8(text)


_utf8 = lru_cache(256)(str.encode)


def _each(body: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Where long texts may be: in transcripts, and right in a state or in a list of it."""
    return {
        name: {key: change(value) for key, value in body[name].items()}
        for name in ("transcripts", "state")
        if isinstance(body[name], dict)
    }


class _Texts:
    """The long texts of a record, each once. They are found again by their lengths: to hash them all takes longer."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._by_length: dict[int, list[int]] = {}

    def parted(self, value: Any) -> Any:
        """A text or a list, with ``\\0n`` for the n-th of the long texts; those that begin like that go with them."""
        if type(value) is str:
            return value if len(value) < LONG and value[:1] != "\0" else self._place(value)
        if type(value) is list:
            return [
                one if type(one) is not str or (len(one) < LONG and one[:1] != "\0") else self._place(one)
                for one in value
            ]
        return value

    def _place(self, text: str) -> str:
        alike = self._by_length.setdefault(len(text), [])
        for place in alike:
            if self.found[place] == text:
                return f"\0{place}"
        alike.append(len(self.found))
        self.found.append(text)
        return f"\0{alike[-1]}"


def _joined(value: Any, texts: Sequence[str]) -> Any:
    """What was parted."""
    if isinstance(value, list):
        return [_joined(one, texts) if type(one) is str else one for one in value]
    return texts[int(value[1:])] if type(value) is str and value[:1] == "\0" else value


def _checksum(*parts: bytes) -> bytes:
    """A guard against damage, not against forgers: who can write a snapshot can write its checksum."""
    return b"%08x" % reduce(lambda check, part: crc32(part, check), parts, 0)


def _body(data: bytes) -> dict[str, Any]:
    line, _, behind = data.partition(b"\n")
    try:
        record = json.loads(line)
        schema, check, body = record["schema"], str(record["check"]).encode(), record["body"]
        if record["scoutgym"] != "snapshot":
            raise KeyError("scoutgym")
        if schema == SCHEMA:
            texts, ends = behind.decode(), accumulate(record["texts"], initial=0)
            long = [texts[start:end] for start, end in pairwise(ends)]
            body |= _each(body, lambda value: _joined(value, long))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise SchemaError(
            "this is not a snapshot, or it is torn: expected the bytes that snapshot() returned"
        ) from None
    if schema != SCHEMA:
        raise SchemaError(f"this snapshot has schema {schema}, this scoutgym reads {SCHEMA}")
    if not isinstance(body, dict) or check != _checksum(data[data.find(CHECKED) :]):
        raise SchemaError("this snapshot is damaged: its checksum does not match its content")
    return body
