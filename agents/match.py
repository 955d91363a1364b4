"""One episode in play: an environment, and a seat for every role that is played here.

With one seat the environment is stepped as any caller would, through its wrappers; where a world has other roles, the
environment's opponent plays them. With a seat for every role nobody stands between: the world's `Session` is played,
and each role is paid and told what is its own. What a role earns while another acts belongs to its last turn, or to its
first where it has not acted yet; its belief is measured when it reads again, which is when it knows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gymnasium

from scoutgym.envs.composite import TrialState
from scoutgym.envs.core import World
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.text_env import TextEnv, extract
from scoutgym.llm.chat.core import ChatError
from scoutgym.types import Episode, Outcome, Turn, digest

if TYPE_CHECKING:
    from scoutgym.agents.core import Agent, Job, Measure, Move, Seat

log = logging.getLogger("scoutgym")

BROKEN = (Outcome.TIMEOUT, Outcome.ENV_ERROR)
"""After these there is no world left to ask."""


@dataclass(eq=False)
class Match:
    """See the module's docstring. ``begin`` first, then ``play`` until it is over; then there are ``episodes``."""

    env: gymnasium.Env[Any, Any]
    world: TextEnv
    job: Job
    measure: Measure
    seats: Mapping[str, Seat]
    players: Mapping[str, Agent]
    """Who sits where."""
    episodes: list[Episode] = field(default_factory=list)
    """One a seat, when it is over; without turns where the world broke before anything was done."""
    seat: Seat = field(init=False)
    """Whose turn it is."""
    opening: Any = None
    """What every role reads first, and the secret: the members of a group must agree in it."""
    turns: int = 0
    paid: dict[str, dict[str, float]] = field(default_factory=dict)
    """The rewards of each role's last turn, or of the time before its first."""
    success: dict[str, Any] = field(default_factory=dict)
    terminated: bool = False
    truncated: bool = False

    def begin(self) -> bool:
        """Start the task; False where the world breaks instead, and all is over.

        Raises:
            ValueError: the task is wrong.
            ChatError: a chat model that the world asks cannot be used at all.
        """
        try:
            observation, _ = self.env.reset(options={"task": self.job.task, "luck": self.job.luck})
        except (ValueError, ChatError):
            raise
        except Exception as error:
            log.warning("%s: %s at its start: %r", self.job.task.env_id, Outcome.ENV_ERROR, error)
            self.truncated = True
            self._end({}, {})
            return False
        for role, seat in self.seats.items():
            seat.turns = list(self.job.said)
            seat.start_bits = self._bits(seat)
            self.paid[role] = {}
        session = self.world.session
        secret = session.world.hidden_key(session.state) if session.world.spec.hidden else None
        self.opening = observation, [line for lines in session.transcripts.values() for line in lines], secret
        seat = self.seat = self._mover()
        seat.observation = observation
        if len(self.seats) > 1 or seat.turns:
            self._hear(seat)
        if self.job.demand:
            seat.observation += f"\n{self.job.demand}"
        return True

    def play(self, move: Move) -> bool:
        """Play a move of who acts; whether the episode is now over."""
        seat, world = self.seat, self.world
        state = world.session.state
        turn = Turn(
            role=seat.role,
            obs=seat.observation,
            text=move.text,
            action=move.text if move.action is None else move.action,
            trial=state.place if isinstance(state, TrialState) else 0,
            prompt_ids=move.prompt_ids,
            ids=move.ids,
            logp=move.logp,
            fork=move.fork,
            forced=move.forced,
            allowed=move.allowed,
            choices=move.choices,
            spans=move.spans,
        )
        if self.measure == "everything":
            _measure_gain(world, turn)
        seat.turns.append(turn)
        self.turns += 1
        if move.outcome is not None and move.outcome in BROKEN:
            turn.outcome, self.truncated = str(move.outcome), True
        else:
            play = self._step if len(self.seats) == 1 else self._act
            play(seat, turn)
            if move.outcome is not None and turn.outcome in (Outcome.OK, Outcome.INVALID_ACTION):
                turn.outcome = str(move.outcome)
        over = self.terminated or self.truncated
        if over and turn.outcome in BROKEN:
            self._break(turn.outcome)
            return True
        if self.measure != "nothing":
            for reader in self.seats.values() if over else (self.seat,):
                self._measured(reader)
        if self.turns == self.job.limit and not over:
            self.truncated = over = True
        if over:
            self._end(self._truth(), self.world.figures())
        return over

    def leave(self) -> None:
        """Let every agent drop what it kept."""
        for role, seat in self.seats.items():
            self.players[role].leave(seat)

    # Inside.

    def _mover(self) -> Seat:
        return self.seats[self.world.session.role if len(self.seats) > 1 else self.world.role]

    def _step(self, seat: Seat, turn: Turn) -> None:
        """One seat: the environment does the rest."""
        seat.observation, reward, self.terminated, self.truncated, info = self.env.step(turn.action)
        turn.reward, turn.rewards, turn.outcome = float(reward), dict(info["rewards"]), str(info["outcome"])
        self.success = {seat.role: info.get("success")}

    def _act(self, seat: Seat, turn: Turn) -> None:
        """All seats: share out what the world pays and says."""
        session = self.world.session
        if len(seat.turns) > 1:
            self.paid[seat.role] = {}
        turn.rewards = self.paid[seat.role]
        reply = session.act(*extract(self.world.strip, turn.action))
        turn.outcome, self.terminated, self.truncated = str(session.outcome), session.terminated, session.truncated
        for role, other in self.seats.items():
            mine, prefix = self.paid[role], f"{role}/"
            for name, value in reply.rewards.items():
                if name.startswith(prefix):
                    part = name.removeprefix(prefix)
                    mine[part] = mine.get(part, 0.0) + value
            if other.turns:
                other.turns[-1].reward = self.world.weigh(mine)
            if session.over:
                self.success[role] = mine.get("success", 0.0) > 0
        self.seat = self._mover()
        for reader in self.seats.values() if session.over else (self.seat,):
            self._hear(reader)

    def _break(self, outcome: str) -> None:
        """The world is gone, for every role."""
        self.success = {}
        for seat in self.seats.values():
            if seat.turns:
                seat.turns[-1].outcome = outcome
        self._end({}, {})

    def _hear(self, seat: Seat) -> None:
        """What the role reads now: all that it has seen and done, where it has done nothing here yet."""
        lines = seat.history
        seat.observation = lines[-1]
        if not seat.turns and len(lines) > 1:
            seat.observation = "\n".join(f"> {line}" if place % 2 else line for place, line in enumerate(lines))

    def _bits(self, seat: Seat) -> float | None:
        if self.measure == "nothing":
            return None
        belief = self.world.world.belief(self.world.session.state, seat.role)
        return None if belief is None else belief.bits

    def _measured(self, seat: Seat) -> None:
        """Write down what the role knows now."""
        if not seat.turns:
            seat.start_bits = self._bits(seat)
            return
        seat.turns[-1].bits = self._bits(seat)
        if self.measure != "nothing" and type(self.world.world).known is not World.known:
            seat.turns[-1].key = digest(self.world.world.known(self.world.session.state, seat.role)).hex()

    def _end(self, truth: Mapping[str, Any], figures: Mapping[str, Sequence[float]]) -> None:
        job = self.job
        self.episodes = [
            Episode(
                task=job.task,
                turns=seat.turns[len(job.said) :],
                final_observation=seat.observation,
                terminated=self.terminated,
                truncated=self.truncated,
                success=self.success.get(role),
                policy_version=self.players[role].version,
                luck=job.luck,
                sample=job.sample,
                role=role,
                start_bits=seat.start_bits,
                privileged=truth,
                figures=figures,
            )
            for role, seat in self.seats.items()
        ]

    def _truth(self) -> dict[str, Any]:
        truth = self.world.privileged()
        return {"answer": truth.answer, "achievements": list(truth.achievements), **truth.extra}


def _measure_gain(env: TextEnv, turn: Turn) -> None:
    world, state = env.world, env.session.state
    best = world.best_gain(state)
    if best is None:
        return
    turn.best_gain = best[1]
    try:
        turn.gain = world.gain(state, world.grammar(state).parse(turn.action))
    except BadAction:
        turn.gain = 0.0
