"""One episode being played: a world, its state, whose turn it is, and the record that can bring it back.

`TextEnv`, `TextVectorEnv`, two-role rollouts and searches all drive a `Session`; none has another way to play.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Reply, World
from scoutgym.envs.grammar import BadAction, Grammar
from scoutgym.envs.saved import Saved
from scoutgym.envs.tasks import begin, luck_key
from scoutgym.llm.chat.core import ChatError
from scoutgym.types import Outcome, SchemaError, Task, canonical, digest

log = logging.getLogger("scoutgym")

T = TypeVar("T")

OK, INVALID = Outcome.OK, Outcome.INVALID_ACTION


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
            TimeoutError: the world did not begin within its deadline.
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
        if world.spec.deadline is None:
            self.state, self.chance = begin(world, self.task, recorded)
        else:
            task = self.task
            self.state, self.chance = _within(
                world.spec.deadline, lambda: begin(world, task, recorded), lambda begun: world.close(begun[0])
            )
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


def _within(seconds: float, work: Callable[[], T], late: Callable[[T], None] = lambda result: None) -> T:
    """Run ``work`` under a wall-clock deadline. A thread that does not come back is left behind with its state.

    Args:
        seconds: of the deadline.
        work: what may hang.
        late: is given what came of it after the deadline, when nobody waits for it any more.
    """
    done: list[T] = []
    failed: list[BaseException] = []
    lock, over = threading.Lock(), threading.Event()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # carried over to the caller's thread, where it is handled or raised
            failed.append(error)
            return
        with lock:
            if not over.is_set():
                done.append(result)
                return
        late(result)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    worker.join(seconds)
    with lock:
        over.set()
    if failed:
        raise failed[0]
    if not done:
        raise TimeoutError(f"a step or start took longer than {seconds} s")
    return done[0]
