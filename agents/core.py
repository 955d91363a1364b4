"""What acts: the agent's side of an episode, and the one loop that plays episodes.

An agent answers a batch of seats. A seat is one conversation: its environment, what was said so far, its own noise, and
a place for the agent's memory. `rollout` keeps a fixed number of episodes in play and yields each as it ends; its order
is a function of its arguments, never of a clock. An episode that is over is neither stepped nor prompted again.

A world of several roles has one seat a role where nobody else plays the others (``opponent=None``), and gives one
episode a role: what that role read, did and was paid.

What fails stays with the one that failed. A world that breaks or hangs ends its own episode, with that outcome; so does
an agent that answers a seat with one (``Move("", outcome=Outcome.TIMEOUT)``, where a server did not answer). An agent
that raises has failed as a whole: the error goes through to the caller, naming what was asked, after every episode that
had ended was handed out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import gymnasium

from scoutgym.agents.match import Match
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Episode, Outcome, Task, Turn, digest

Measure = Literal["nothing", "bits", "everything"]
"""How much of an episode's exploration is measured: ``bits`` costs one belief and one key a turn; ``everything`` adds
the gains.
"""


class Job(NamedTuple):
    """One episode to play. Equal task and luck give the same world; ``sample`` numbers the agent's tries at it."""

    task: Task
    luck: int = 0
    sample: int = 0
    said: Sequence[Turn] = ()
    """The turns in which ``task.history`` was played, where the agent shall go on with that conversation as its own.
    They are context: they are not in the episode, whose first turn has their tokens in ``prompt_ids``.
    """
    limit: int | None = None
    """Turns after which the episode is cut off; None for the world's own limit alone."""
    demand: str = ""
    """Stands behind the first observation."""


@dataclass
class Move:
    """What an agent answers: the raw text, the action in it, and its tokens, if it has any (the fields of `Turn`)."""

    text: str
    action: str | None = None
    """The action alone; None where it is the whole text."""
    prompt_ids: Sequence[int] = ()
    ids: Sequence[int] = ()
    logp: Sequence[float] = ()
    fork: bool = False
    forced: Sequence[int] = ()
    allowed: Sequence[Sequence[int]] = ()
    choices: Sequence[Sequence[int]] = ()
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    outcome: Outcome | None = None
    """``output_truncated`` or ``context_overflow`` where the agent knows that its answer is not whole; ``timeout`` or
    ``env_error`` where it has none through no fault of its own: nothing is played then, and the episode is over.
    """


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
    """What this role has done, ``job.said`` included."""
    memory: Any = None
    """Whatever the agent keeps between turns: a cache, a summary, a plan."""
    start_bits: float | None = None
    role: str = ""
    """Whose conversation it is; by default the environment's role."""

    def __post_init__(self) -> None:
        self.role = self.role or self.world.role

    @property
    def history(self) -> list[str]:
        """Observation, action, observation, …: what the role has seen and done."""
        return self.world.session.transcripts[self.role]

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

    def record(self) -> dict[str, Any]:
        """How it plays, for every result: a language model's format and sampling; empty where there is no choice."""
        return {}

    def leave(self, seat: Seat) -> None:  # noqa: B027 (most agents keep nothing)
        """The seat's episode is over: drop what was kept for it."""


Players = Agent | Mapping[str, Agent]
"""One agent for every role, or an agent for each."""


def rollout(
    agent: Players,
    jobs: Iterable[Job | None],
    slots: int = 64,
    measure: Measure = "nothing",
    make: Callable[..., gymnasium.Env[Any, Any]] = gymnasium.make,
    **make_options: Any,
) -> Iterator[Episode]:
    """Play ``jobs``, at most ``slots`` at a time, and yield each episode when it ends.

    Args:
        agent: who plays; for worlds of several roles also an agent for each role, by name.
        jobs: what to play, in order; taken one by one as slots fall free. None says that there is nothing to play
            until another episode has ended; with none in play it is the end.
        slots: how many episodes are in play at once.
        measure: what to record beyond the play itself.
        make: makes an environment from an id; environments are reused.
        make_options: further arguments of ``make``, for example ``weights``; with ``opponent=None`` all roles of a
            world are played here, and each has its own episode, in the order of the world's roles.

    Raises:
        ValueError: a task is wrong, ``slots`` is not positive, or a role has no agent.
    """
    with closing(play(agent, jobs, slots, measure, make, **make_options)) as matches:
        for match in matches:
            yield from match.episodes


def play(
    agent: Players,
    jobs: Iterable[Job | None],
    slots: int = 64,
    measure: Measure = "nothing",
    make: Callable[..., gymnasium.Env[Any, Any]] = gymnasium.make,
    **make_options: Any,
) -> Generator[Match]:
    """`rollout`, with the job that each episode came from, and the episodes of all roles together."""
    if slots < 1:
        raise ValueError(f"slots={slots}: at least one episode must be in play")
    todo = iter(jobs)
    made: list[gymnasium.Env[Any, Any]] = []
    idle: dict[str, list[gymnasium.Env[Any, Any]]] = {}
    live: list[Match] = []
    try:
        while True:
            while len(live) < slots and (job := next(todo, None)) is not None:
                free = idle.setdefault(job.task.env_id, [])
                if not free:
                    made.append(make(job.task.env_id, **make_options))
                match = _seated(agent, free.pop() if free else made[-1], job, measure)
                if match.begin():
                    live.append(match)
                else:  # what is left of its environment is not used again
                    yield match
            if not live:
                return
            moves = _asked(agent, [match.seat for match in live])
            for match, move in zip(live.copy(), moves, strict=True):
                if match.play(move):
                    live.remove(match)
                    match.leave()
                    idle[match.job.task.env_id].append(match.env)
                    yield match
    finally:
        for match in live:
            match.leave()
        for env in made:
            env.close()


def _seated(agent: Players, env: gymnasium.Env[Any, Any], job: Job, measure: Measure) -> Match:
    """A match at an environment, not yet begun.

    Raises:
        ValueError: it is no world, or cannot be played as asked.
    """
    world = env.unwrapped
    if not isinstance(world, TextEnv):
        raise ValueError(f"{job.task.env_id} is not a scoutgym world: rollout needs task and luck options")
    roles = world.world.spec.roles if world.opponent is None else (world.role,)
    if len(roles) > 1 and (env is not world or job.said):
        what = "goes on with one role's conversation" if job.said else "stands under wrappers, which see one role"
        raise ValueError(f"all roles of {job.task.env_id} are to be played, but it {what}: name an opponent")
    seats, players = {}, {}
    for role in roles:
        if not isinstance(agent, Agent) and role not in agent:
            raise ValueError(f"no agent plays the role {role!r} of {job.task.env_id}: there are {', '.join(agent)}")
        players[role] = agent if isinstance(agent, Agent) else agent[role]
        of_role = (role,) if len(roles) > 1 else ()
        noise = digest("agent", job.task.hash, job.luck, job.sample, *of_role)
        seats[role] = Seat(env, world, job, noise, role=role)
    return Match(env, world, job, measure, seats, players)


def _asked(agent: Players, seats: Sequence[Seat]) -> list[Move]:
    """The moves of all seats: every agent is asked once, about all of its own."""
    if isinstance(agent, Agent):
        try:
            return agent.act(seats)
        except Exception as error:
            asked = [f"{seat.job.task.env_id} {seat.job.task.split} {seat.job.task.index}" for seat in seats[:3]]
            more = f" and {len(seats) - 3} more" if len(seats) > 3 else ""
            error.add_note(f"{agent.name} was asked about {', '.join(asked)}{more}; what had ended was handed out")
            raise
    moves: dict[int, Move] = {}
    for player in {id(player): player for player in agent.values()}.values():
        places = [place for place, seat in enumerate(seats) if agent[seat.role] is player]
        if places:
            moves |= zip(places, _asked(player, [seats[place] for place in places]), strict=True)
    return [moves[place] for place in range(len(seats))]
