"""One episode being played: a world, its state, whose turn it is, and the record that can bring it back.

`TextEnv`, `TextVectorEnv`, two-role rollouts and searches all drive a `Session`; none has another way to play.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Any

from pydantic_core import to_json

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Reply, State, World
from scoutgym.envs.grammar import BadAction, Grammar
from scoutgym.envs.tasks import begin, luck_key
from scoutgym.llm.chat.core import ChatError
from scoutgym.types import SCHEMA, Outcome, SchemaError, Task, canonical, digest

log = logging.getLogger("scoutgym")

OK, INVALID = Outcome.OK, Outcome.INVALID_ACTION


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
    behind = "".join(texts.found).encode()
    data = b'"texts":%s,"body":%s}%s%s' % (
        to_json([len(one) for one in texts.found]),
        text,
        b"\n"[: len(behind)],
        behind,
    )
    return b'{"scoutgym":"snapshot","schema":%d,"check":"%s",%s' % (SCHEMA, _checksum(data), data)


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
        if isinstance(value, list):
            return [self.parted(one) if type(one) is str else one for one in value]
        if type(value) is str and (len(value) >= LONG or value[:1] == "\0"):
            return f"\0{self._place(value)}"
        return value

    def _place(self, text: str) -> int:
        alike = self._by_length.setdefault(len(text), [])
        for place in alike:
            if self.found[place] == text:
                return place
        alike.append(len(self.found))
        self.found.append(text)
        return alike[-1]


def _joined(value: Any, texts: Sequence[str]) -> Any:
    """What was parted."""
    if isinstance(value, list):
        return [_joined(one, texts) if type(one) is str else one for one in value]
    return texts[int(value[1:])] if type(value) is str and value[:1] == "\0" else value


def _checksum(data: bytes) -> bytes:
    return sha256(data).hexdigest()[:32].encode()


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


@dataclass(slots=True)
class Session:
    """One episode. ``begin`` or ``load`` first, then ``act`` until ``over``.

    After each call ``outcome``, ``terminated``, ``truncated`` and ``success`` describe the last step, ``role`` is who
    acts next, and ``transcripts[role]`` is what that role has seen and done.
    """

    world: World[Any]
    task: Task = field(init=False)
    luck: int = field(init=False, default=0)
    state: Any = field(init=False, default=None)
    chance: Chance = field(init=False)
    keys: list[tuple[int, bytes]] = field(init=False, default_factory=list)
    turn: int = field(init=False, default=0)
    role: str = field(init=False, default="")
    actions: list[str] = field(init=False, default_factory=list)
    transcripts: dict[str, list[str]] = field(init=False, default_factory=dict)
    mail: dict[str, str] = field(init=False, default_factory=dict)
    outcome: str = field(init=False, default=OK)
    terminated: bool = field(init=False, default=False)
    truncated: bool = field(init=False, default=False)
    success: float | bool | None = field(init=False, default=None)
    error: BaseException | None = field(init=False, default=None)
    """What broke the world, where the outcome is ``env_error``."""

    @property
    def over(self) -> bool:
        """Whether the episode has ended."""
        return self.terminated or self.truncated

    @property
    def observation(self) -> str:
        """What the role that acts next reads: the last line of its transcript."""
        return self.transcripts[self.role][-1]

    def begin(self, task: Task, luck: int = 0) -> str:
        """Start a task and play its history; returns the first observation of the role that acts.

        Raises:
            ValueError: the task is not one of this world, or its history ends the episode.
        """
        self._clear(task, luck)
        self._start([])
        for action in task.history:
            if self.over:
                raise ValueError(f"the history of this task ends the episode before its action {action!r}")
            self.act(action)
        if self.over:
            raise ValueError("the history of this task ends the episode: leave its last action out")
        if task.history:
            return "\n".join(
                f"> {line}" if place % 2 else line for place, line in enumerate(self.transcripts[self.role])
            )
        return self.observation

    def act(self, text: str, failed: str | None = None) -> Reply:
        """Play one turn: parse, play, count. Never raises for any text.

        Args:
            text: an action of the grammar.
            failed: why ``text`` is known to be no action (no answer could be found in the model's words).

        Raises:
            RuntimeError: the episode is over.
            ChatError: a chat model that the world asks cannot be used at all.
        """
        if self.terminated or self.truncated:
            raise RuntimeError("the episode is over: call reset() before the next step()")
        world, state = self.world, self.state
        self.turn += 1
        if len(text) > Grammar.longest:
            text = text[: self.world.grammar(self.state).longest + 1]  # still too long, and the record stays small
        self.actions.append(text)
        self.transcripts[self.role].append(text)
        chance = self.chance.at(self.turn)
        self.outcome = OK
        try:
            if world.spec.deadline is None:
                reply = _play(world, state, text, failed, chance)
            else:
                reply = _within(world.spec.deadline, lambda: _play(world, state, text, failed, chance))
        except TimeoutError as error:
            reply = self._broken(Outcome.TIMEOUT, error)
        except ChatError:
            raise
        except Exception as error:
            reply = self._broken(Outcome.ENV_ERROR, error)
        if reply.invalid:
            self.outcome = INVALID
            part = "invalid" if len(self.transcripts) == 1 else f"{self.role}/invalid"
            reply.rewards = {part: -1.0, **reply.rewards}
        if reply.done:
            self.terminated = True
            self.success = reply.success
            if reply.success:
                reply.rewards = {"success": float(reply.success), **reply.rewards}
        elif self.turn >= world.max_turns and not self.truncated:
            self.success = False
            self.terminated = world.spec.limit == "end"
            self.truncated = not self.terminated
            reply.text = f"{reply.text}\n{world.out_of_turns(state)}".strip()
        if len(self.transcripts) > 1:
            self._deliver(reply)
        else:
            self.transcripts[self.role].append(reply.text)
        return reply

    def save(self) -> Saved:
        """A handle on this point; the episode may go on, the handle stays.

        Raises:
            NotImplementedError: the world lies outside of this machine: nobody can bring it back to a point.
        """
        return self._saved(copy=True)

    def snapshot(self) -> bytes:
        """This point as a portable record.

        Raises:
            NotImplementedError: as `save`.
        """
        return self._saved(copy=False).to_bytes()

    def _saved(self, copy: bool) -> Saved:
        if self.world.spec.outside:
            raise NotImplementedError(f"{self.world.spec.id} cannot be saved, copied or played again")
        state = self.state if self.world.spec.copies == "state" else None
        return Saved(
            env_id=self.world.spec.id,
            params=self.task.params,
            task=self.task,
            luck=self.luck,
            keys=self.keys.copy(),
            turn=self.turn,
            role=self.role,
            actions=self.actions.copy(),
            transcripts={role: lines.copy() for role, lines in self.transcripts.items()},
            mail=self.mail.copy(),
            outside=self.chance.outside.copy(),
            flags=(self.terminated, self.truncated, self.outcome, self.success),
            state=state.copy() if copy and state is not None else state,
        )

    def load(self, saved: Saved, chance: int | str = "same") -> None:
        """Go to a saved point, with the same luck ahead or, for a number, with fresh luck of that number.

        Raises:
            SchemaError: playing the record again did not give the recorded observations: the engine is not
            deterministic. ValueError: ``chance`` is neither "same" nor a number.
        """
        if chance != "same" and not isinstance(chance, int):
            raise ValueError(f"chance must be 'same' or a whole number, not {chance!r}")
        self._clear(saved.task, saved.luck)
        if saved.state is None:
            self._replay(saved)
        else:
            self.state = saved.state.copy()
            self.chance = Chance(saved.keys[-1][1], saved.turn)
            self.chance.outside = saved.outside.copy()
            self.turn, self.role = saved.turn, saved.role
            self.actions = saved.actions.copy()
            self.transcripts = {role: lines.copy() for role, lines in saved.transcripts.items()}
            self.mail = saved.mail.copy()
        self.keys = saved.keys.copy()
        self.chance.key = self.keys[-1][1]
        self.terminated, self.truncated, self.outcome, self.success = saved.flags
        if chance != "same":
            key = digest(self.keys[-1][1].hex(), "fresh", chance)
            self.keys.append((self.turn + 1, key))
            self.chance.key = key

    def redraw(self, luck: int) -> None:
        """Replace the secret by a draw from the posterior: what an agent that cannot see it may search with.

        The other roles then remember the new secret, not the old one.
        """
        self.state = self.world.resample(self.state, self.role, Chance(digest("redraw", luck), self.turn))
        for role, lines in self.transcripts.items():
            if role != self.role:
                self.transcripts[role] = self.world.retell(self.state, role, lines)

    def close(self) -> None:
        """Give back what the engine holds."""
        if self.state is not None:
            self.world.close(self.state)
            self.state = None

    # Inside.

    def _clear(self, task: Task, luck: int) -> None:
        self.close()
        self.task, self.luck = task, luck
        self.turn, self.actions, self.mail, self.error = 0, [], {}, None
        self.outcome, self.terminated, self.truncated, self.success = OK, False, False, None

    def _start(self, recorded: list[str]) -> None:
        world = self.world
        self.state, self.chance = begin(world, self.task, recorded)
        key = luck_key(self.task, self.luck)
        self.keys = [(1, key)]
        self.chance.key = key
        help_text = world.grammar(self.state).help()
        self.transcripts = {role: [f"{world.intro(self.state, role)}\n\n{help_text}"] for role in world.spec.roles}
        self.role = world.mover(self.state)

    def _broken(self, outcome: Outcome, error: Exception) -> Reply:
        """A broken engine pays nothing and truncates; its siblings go on."""
        log.warning("%s: %s after %r: %r", self.task.env_id, outcome, self.actions[-1][:80], error)
        self.outcome, self.error, self.truncated = outcome, error, True
        return Reply("The world has stopped working; this episode does not count.", to=self.role)

    def _deliver(self, reply: Reply) -> None:
        """Several roles: each reads on its own turn what was said to it since its last one."""
        for role, text in {**reply.others, reply.to: reply.text}.items():
            self.mail[role] = f"{self.mail[role]}\n{text}" if self.mail.get(role) else text
        self.role = reply.to
        for role in self.transcripts if self.over else (reply.to,):
            lines, text = self.transcripts[role], self.mail.pop(role, "")
            if len(lines) % 2:  # nothing was done since the last observation: they are one
                lines[-1] = f"{lines[-1]}\n{text}" if text else lines[-1]
            else:
                lines.append(text)

    def _replay(self, saved: Saved) -> None:
        self._start(saved.outside)
        keys = saved.keys
        for text in saved.actions:
            self.chance.key = [key for turn, key in keys if turn <= self.turn + 1][-1]
            self.act(text)
        if canonical(self.transcripts) != canonical(saved.transcripts):
            raise SchemaError(
                f"{saved.env_id} did not replay to the recorded observations: is its engine deterministic?"
            )


def _play(world: World[Any], state: Any, text: str, failed: str | None, chance: Chance) -> Reply:
    if failed is not None:
        return world.refuse(state, failed, chance)
    try:
        action = world.grammar(state).parse(text)
    except BadAction as error:
        return world.refuse(state, str(error), chance)
    return world.play(state, action, chance)


def _within(seconds: float, work: Callable[[], Reply]) -> Reply:
    """Run ``work`` under a wall-clock deadline. A thread that does not come back is left behind with its state."""
    done: list[Reply] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # carried over to the caller's thread, where it is handled or raised
            failed.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError(f"a step took longer than {seconds} s")
    return done[0]
