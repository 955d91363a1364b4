"""What acts: the agent's side of an episode, and the one loop that plays episodes.

An agent answers a batch of seats. A seat is one conversation: its environment, what was said so far, its own noise, and
a place for the agent's memory. `rollout` keeps a fixed number of seats filled and yields episodes as they end; its
order is a function of its arguments, never of a clock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import gymnasium

from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Episode, Outcome, Task, Turn, digest

Measure = Literal["nothing", "bits", "everything"]
"""How much of an episode's exploration is measured: ``bits`` costs one belief a turn; ``everything`` adds gains and
keys.
"""


class Job(NamedTuple):
    """One episode to play. Equal task and luck give the same world; ``sample`` numbers the agent's tries at it."""

    task: Task
    luck: int = 0
    sample: int = 0


@dataclass
class Move:
    """What an agent answers: the raw text, the action in it, and the tokens that were sampled, if it has any."""

    text: str
    action: str | None = None
    """The action alone; None where it is the whole text."""
    prompt_ids: Sequence[int] = ()
    ids: Sequence[int] = ()
    logp: Sequence[float] = ()
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    outcome: Outcome | None = None
    """``output_truncated`` or ``context_overflow`` where the agent knows that its answer is not whole."""


@dataclass
class Seat:
    """One conversation in play."""

    env: gymnasium.Env[str, str]
    world: TextEnv
    """The same environment without its wrappers."""
    job: Job
    noise: bytes
    observation: str = ""
    turns: list[Turn] = field(default_factory=list)
    memory: Any = None
    """Whatever the agent keeps between turns: a cache, a summary, a plan."""
    start_bits: float | None = None

    @property
    def history(self) -> list[str]:
        """Observation, action, observation, …: what the agent has seen and done."""
        return self.world.history

    def chance(self) -> Chance:
        """The agent's own luck of this turn, apart from the world's."""
        return Chance(self.noise, len(self.turns))


class Agent(ABC):
    """A player. ``name`` stands in tables; ``privileges`` say what it uses that an honest player has not."""

    name: str
    privileges: tuple[str, ...] = ()
    version: int = 0
    """Counts the updates of a policy that learns."""

    @abstractmethod
    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """One move for each seat, in order."""

    def leave(self, seat: Seat) -> None:  # noqa: B027 (most agents keep nothing)
        """The seat's episode is over: drop what was kept for it."""


def rollout(
    agent: Agent,
    jobs: Iterable[Job],
    slots: int = 64,
    measure: Measure = "nothing",
    make: Callable[..., gymnasium.Env[Any, Any]] = gymnasium.make,
    **make_options: Any,
) -> Iterator[Episode]:
    """Play ``jobs``, at most ``slots`` at a time, and yield each episode when it ends.

    Args:
        agent: who plays.
        jobs: what to play, in order; taken one by one as slots fall free.
        slots: how many episodes are in play at once.
        measure: what to record beyond the play itself.
        make: makes an environment from an id; environments are reused.
        make_options: further arguments of ``make``, for example ``weights``.

    Raises:
        ValueError: a task is wrong, or ``slots`` is not positive.
    """
    if slots < 1:
        raise ValueError(f"slots={slots}: at least one episode must be in play")
    todo, idle = iter(jobs), {}  # type: ignore[var-annotated]
    seats: list[Seat] = []
    try:
        while True:
            while len(seats) < slots and (job := next(todo, None)) is not None:
                free = idle.setdefault(job.task.env_id, [])
                env = free.pop() if free else make(job.task.env_id, **make_options)
                seats.append(_sit(env, job, measure))
            if not seats:
                return
            staying = []
            for seat, move in zip(seats, agent.act(seats), strict=True):
                episode = _turn(agent, seat, move, measure)
                if episode is None:
                    staying.append(seat)
                    continue
                agent.leave(seat)
                idle[seat.job.task.env_id].append(seat.env)
                yield episode
            seats = staying
    finally:
        for env in [seat.env for seat in seats] + [env for free in idle.values() for env in free]:
            env.close()


def _sit(env: gymnasium.Env[Any, Any], job: Job, measure: Measure) -> Seat:
    world = env.unwrapped
    if not isinstance(world, TextEnv):
        raise ValueError(f"{job.task.env_id} is not a scoutgym world: rollout needs task and luck options")
    observation, _ = env.reset(options={"task": job.task, "luck": job.luck})
    noise = digest("agent", job.task.hash, job.luck, job.sample)
    seat = Seat(env, world, job, noise, observation)
    if measure != "nothing" and (belief := world.belief()) is not None:
        seat.start_bits = belief.bits
    return seat


def _turn(agent: Agent, seat: Seat, move: Move, measure: Measure) -> Episode | None:
    """Play one move; the episode if it is now over."""
    action = move.text if move.action is None else move.action
    turn = Turn(
        role=seat.world.role,
        obs=seat.observation,
        text=move.text,
        action=action,
        prompt_ids=move.prompt_ids,
        ids=move.ids,
        logp=move.logp,
        spans=move.spans,
    )
    if measure == "everything":
        _measure_gain(seat.world, turn)
    seat.observation, reward, terminated, truncated, info = seat.env.step(action)
    turn.reward, turn.rewards, turn.outcome = float(reward), dict(info["rewards"]), str(info["outcome"])
    if move.outcome is not None and turn.outcome in (Outcome.OK, Outcome.INVALID_ACTION):
        turn.outcome = str(move.outcome)
    if measure != "nothing" and (belief := seat.world.belief()) is not None:
        turn.bits = belief.bits
    if measure == "everything":
        turn.key = seat.world.state_key()
    seat.turns.append(turn)
    if not (terminated or truncated):
        return None
    truth = seat.world.privileged()
    return Episode(
        task=seat.job.task,
        turns=seat.turns,
        final_observation=seat.observation,
        terminated=terminated,
        truncated=truncated,
        success=info.get("success"),
        policy_version=agent.version,
        luck=seat.job.luck,
        sample=seat.job.sample,
        start_bits=seat.start_bits,
        privileged={"answer": truth.answer, "achievements": list(truth.achievements), **truth.extra},
    )


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
