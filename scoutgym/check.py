"""``scoutgym check ID``: does a world keep the contract? For authors, and for every registered world in our own tests.

Each check is a function that plays the world through ``gym.make`` and raises ``Broken`` with what it saw. The checks
are made to catch what was found broken in published suites: shared random state, secrets in ``info``, state left over
after a reset, lost last observations, rewards of the wrong sign, copies that share.
"""

from __future__ import annotations

import json
import math
import random
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import World
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import missing
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Outcome, Task, canonical, digest
from scoutgym.wrappers.core import restore, save, snapshot, world_env
from scoutgym.wrappers.history import History
from scoutgym.wrappers.judge import JudgeReward, Score, Transcript

GARBAGE = (
    "",
    " ",
    "\x00",
    "💥" * 50,
    "a" * 5_000,
    "<answer>",
    "{}{0}%s",
    "١٢٣",
    "-1",
    "9" * 400,
    "\u202e",
    "\n\n",
    "ſ",
)


class Broken(AssertionError):
    """The world breaks the contract; the message says what was seen."""


@dataclass(frozen=True)
class Finding:
    """The result of one check: ``problem`` is None where it passed."""

    check: str
    about: str
    problem: str | None


@dataclass
class Play:
    """A recorded episode: what was done, and everything that came back."""

    task: Task
    luck: int
    actions: list[str] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)
    """JSON of each (observation, reward, terminated, truncated, info)."""


class _LengthJudge:
    """A judge for the checks: pays the number of turns, so that its part is a function of the episode."""

    parts: tuple[str, ...] = ("judged",)

    def score(self, transcript: Transcript) -> Score:
        return Score({"judged": float(len(transcript.lines) // 2)})


WRAPPERS: dict[str, Callable[[gymnasium.Env[Any, Any]], gymnasium.Env[Any, Any]]] = {
    "no wrapper": lambda env: env,
    "TimeLimit": lambda env: TimeLimit(env, 10_000),
    "History": History,
    "RecordEpisodeStatistics": RecordEpisodeStatistics,
    "JudgeReward": lambda env: JudgeReward(env, _LengthJudge()),
    "all of them": lambda env: RecordEpisodeStatistics(History(JudgeReward(TimeLimit(env, 10_000), _LengthJudge()))),
}


class Probe:
    """The world under test, and the ways in which the checks play it.

    Args:
        env_id: a registered id, or ``module:id``.
        episodes: how many episodes the sampling checks play.
        seconds: how long gains are compared with redrawn secrets; a belief oracle may be slow.
        options: arguments of ``gym.make``.
    """

    def __init__(self, env_id: str, episodes: int = 20, seconds: float = 5.0, **options: Any) -> None:
        self.env_id, self.episodes, self.seconds, self.options = env_id, episodes, seconds, options
        env = self.make()
        self.inner = world_env(env)
        self.world: World[Any] = self.inner.world
        self.params = self.inner.params
        self.id = self.world.spec.id

    def make(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment."""
        return gymnasium.make(self.env_id, **(self.options | options))

    def task(self, index: int, split: str = "train") -> Task:
        """A task of the world's own parameters."""
        return Task(self.id, split, index % self.world.counts[split], self.params)

    def play(
        self,
        env: gymnasium.Env[Any, Any],
        task: Task,
        luck: int,
        actions: Sequence[str] | None = None,
        stop: int | None = None,
    ) -> Play:
        """Play a tape, or (without one) a mixture of allowed actions and some garbage; the tape is recorded."""
        play = Play(task, luck)
        observation, info = env.reset(options={"task": task, "luck": luck})
        play.returned.append(_json((observation, 0.0, False, False, info)))
        self.go_on(env, play, actions, stop)
        return play

    def go_on(
        self, env: gymnasium.Env[Any, Any], play: Play, actions: Sequence[str] | None = None, stop: int | None = None
    ) -> None:
        """Continue an episode that is under way, to its end or for ``stop`` turns."""
        chance = Chance(digest("probe", play.task.hash, play.luck), len(play.actions))
        for turn in range(stop if stop is not None else 100_000):
            if actions is not None:
                if turn >= len(actions):
                    return
                action = actions[turn]
            else:
                action = some_action(world_env(env), chance.at(len(play.actions)))
            result = env.step(action)
            play.actions.append(action)
            play.returned.append(_json(result))
            if result[2] or result[3]:
                return


def some_action(env: TextEnv, chance: Chance) -> str:
    """An allowed action, or one time in ten something else."""
    if chance.random() < 0.1:
        return GARBAGE[chance.below(len(GARBAGE))]
    world, state = env.world, env.session.state
    allowed = world.actions(state)
    grammar = world.grammar(state)
    return grammar.format(chance.choice(allowed) if allowed else grammar.sample(chance))


def _json(result: tuple[Any, ...]) -> Any:
    observation, reward, terminated, truncated, info = result
    shown = {name: value for name, value in info.items() if name not in ("task", "episode", "score")}
    return json.loads(canonical([observation, float(reward), bool(terminated), bool(truncated), shown]))


def _same(left: Sequence[Any], right: Sequence[Any], what: str) -> None:
    for turn, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            raise Broken(f"{what}: turn {turn} gave {_short(other)}, not {_short(one)}")
    if len(left) != len(right):
        raise Broken(f"{what}: {len(right)} turns, not {len(left)}")


def _short(value: Any) -> str:
    text = canonical(value)
    return text if len(text) <= 160 else text[:160] + "…"


# The checks, in the order in which they run.


def gymnasium_api(probe: Probe) -> None:
    """Gymnasium's own checker passes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check_env(probe.make(), skip_render_check=True)
        except (AssertionError, gymnasium.error.Error, TypeError) as error:
            raise Broken(f"gymnasium.utils.env_checker.check_env: {error}") from None


def declaration(probe: Probe) -> None:
    """What the spec declares exists, and what it does not declare is not needed."""
    world, spec = probe.world, probe.world.spec
    state = _fresh(probe).session.state
    if spec.expert is not None and type(world).expert is World.expert:
        raise Broken(f"spec.expert is {spec.expert!r}, but expert() is not defined")
    if (spec.belief is not None) != (world.belief(state) is not None):
        raise Broken(f"spec.belief is {spec.belief!r}, but belief() {'is missing' if spec.belief else 'answers'}")
    trained_on = world.counts["train"]
    if spec.hidden and world.holdout == "none" and 10_000 < world.secrets() < 100 * trained_on:
        raise Broken(
            f"{world.secrets():g} secrets, {trained_on} training tasks and nothing held out: "
            "the test split repeats training secrets"
        )
    if world.max_turns < 1:
        raise Broken(f"max_turns is {world.max_turns}")
    json.dumps(world.known(state)), json.dumps(world.hidden_key(state)), json.dumps(world.view(state))


def determinism(probe: Probe) -> None:
    """Equal task, luck and actions give equal observations, rewards and infos."""
    for index in range(probe.episodes):
        first = probe.play(probe.make(), probe.task(index), index)
        again = probe.play(probe.make(), probe.task(index), index, first.actions)
        _same(first.returned, again.returned, "the same episode played twice")


def isolation(probe: Probe) -> None:
    """Another instance, and the global random state, change nothing."""
    for index in range(probe.episodes):
        alone = probe.play(probe.make(), probe.task(index), index)
        one, other = probe.make(), probe.make()
        play = probe.play(one, probe.task(index), index, stop=0)
        probe.play(other, probe.task(index + 1), index, stop=0)
        for action in alone.actions:
            random.seed(index), np.random.seed(index)  # what a neighbor in the process might do
            probe.go_on(one, play, [action])
            session = world_env(other).session
            if not session.over:
                other.step(some_action(world_env(other), Chance(b"neighbor", session.turn)))
        _same(alone.returned, play.returned, "interleaved with another instance and global seeding")


def hygiene(probe: Probe) -> None:
    """No episode leaves a trace in the next."""
    used = probe.make()
    for index in range(probe.episodes):
        fresh = probe.play(probe.make(), probe.task(index), index)
        after = probe.play(used, probe.task(index), index, fresh.actions)
        _same(fresh.returned, after.returned, "after other episodes in the same environment")


def purity(probe: Probe) -> None:
    """A task is its address: the seed and the luck do not change what it says first."""
    env = probe.make()
    for index in range(probe.episodes):
        said = {env.reset(seed=seed, options={"task": probe.task(index)})[0] for seed in range(3)}
        if len(said) > 1:
            raise Broken(
                f"task {index} began differently under different seeds: is start() using more than its chance?"
            )


def rewards(probe: Probe) -> None:
    """Parts are declared and in range, the scalar is their weighted sum, and the end says whether it was a success."""
    parts, env = probe.world.parts, probe.make()
    weights = world_env(env).weights
    for index in range(probe.episodes):
        for observation, reward, terminated, truncated, info in probe.play(env, probe.task(index), index).returned[1:]:
            for name, value in info["rewards"].items():
                if name not in parts:
                    raise Broken(f"the reward part {name!r} is not declared in the spec")
                if not parts[name].low - 1e-9 <= value <= parts[name].high + 1e-9:
                    raise Broken(f"the part {name!r} paid {value}, outside {parts[name].low} to {parts[name].high}")
            total = sum(weights[name] * value for name, value in info["rewards"].items())
            if abs(total - reward) > 1e-9:
                raise Broken(f"the reward was {reward}, but its weighted parts sum to {total}")
            if terminated and truncated:
                raise Broken("a step was both terminated and truncated")
            if (terminated or truncated) != ("success" in info):
                raise Broken("info must have 'success' at the end of an episode, and only there")
            if not observation.strip():
                raise Broken("an observation was empty: the last one tells how it ended, none may be lost")
            if info["outcome"] not in (Outcome.OK, Outcome.INVALID_ACTION):
                raise Broken(f"the outcome was {info['outcome']} on ordinary play: {world_env(env).session.error!r}")


def limits(probe: Probe) -> None:
    """Episodes end within ``max_turns``, and an ended one must be reset."""
    env = probe.make()
    for index in range(probe.episodes):
        play = probe.play(env, probe.task(index), index)
        if len(play.actions) > probe.world.max_turns:
            raise Broken(f"an episode had {len(play.actions)} turns, more than max_turns={probe.world.max_turns}")
        try:
            env.step(play.actions[-1])
        except gymnasium.error.ResetNeeded:
            continue
        raise Broken("step() after the end must raise ResetNeeded")


def grammar(probe: Probe) -> None:
    """Actions survive printing and parsing, allowed ones parse, and garbage is refused with a reason."""
    env = _fresh(probe)
    chance = Chance(b"grammar")
    for index in range(probe.episodes):
        env.reset(options={"task": probe.task(index), "luck": index})
        language, state = env.grammar, env.session.state
        sampled = [language.sample(chance) for _ in range(50)] + list((env.world.actions(state) or [])[:200])
        for action in sampled:
            text = language.format(action)
            for variant in (text, f"  {text}\n", text.upper(), text.lower()):
                if (read := _parse(language, variant)) != action:
                    raise Broken(f"{action!r} is printed as {text!r}, but {variant!r} is read as {read!r}")
        for garbage in GARBAGE:
            _parse(language, garbage)
        if not language.help().strip():
            raise Broken("the grammar has no help")
        json.dumps(language.schema())


def _parse(language: Any, text: str) -> Any:
    try:
        return language.parse(text)
    except BadAction as error:
        if not str(error).strip():
            raise Broken(f"{text!r} was refused without a reason") from None
        return None
    except Exception as error:
        raise Broken(f"parsing {text!r} raised {error!r}: only BadAction may be raised") from None


def fuzz(probe: Probe) -> None:
    """No text makes a step raise or breaks the engine."""
    env = _fresh(probe)
    chance = Chance(b"fuzz")
    env.reset(options={"task": probe.task(0)})
    for number in range(40 * probe.episodes):
        letters = "".join(chr(chance.below(0x24F if chance.below(2) else 0xD7FF)) for _ in range(chance.below(30)))
        good = some_action(env, chance)
        text = (letters, GARBAGE[chance.below(len(GARBAGE))], good[:-1] + letters, good)[chance.below(4)]
        result = env.step(text)
        if result[4]["outcome"] not in (Outcome.OK, Outcome.INVALID_ACTION):
            raise Broken(f"{text!r} broke the world: {env.session.error!r}")
        if result[2] or result[3]:
            env.reset(options={"task": probe.task(number)})


def saving(probe: Probe) -> None:
    """A saved point, played on, gives what was seen: by handle and by snapshot, under every wrapper."""
    for name, wrap in WRAPPERS.items():
        for index in range(max(2, probe.episodes // 4)):
            env, other = wrap(probe.make()), wrap(probe.make())
            task = probe.task(index)
            whole = probe.play(env, task, index)
            cut = Chance(b"cut", index).below(len(whole.actions))
            head, tail = whole.actions[:cut], whole.actions[cut:]
            probe.play(env, task, index, head)
            handle, portable = save(env), snapshot(env)
            probe.play(env, probe.task(index + 7), index)  # the handle must not follow what happens next
            for where, target, point in (("save", env, handle), ("snapshot", other, portable), ("save", env, handle)):
                observation, _ = restore(target, point)
                if observation != whole.returned[cut][0]:
                    raise Broken(f"under {name}, restore() of a {where} showed {_short(observation)}")
                resumed = Play(task, index)
                probe.go_on(target, resumed, tail)
                _same(whole.returned[cut + 1 :], resumed.returned, f"under {name}, played on from a {where}")
            env.close()
            other.close()


def forks(probe: Probe) -> None:
    """Forks share no state with each other or with what they came from."""
    for index in range(max(2, probe.episodes // 4)):
        env = _fresh(probe)
        whole = probe.play(env, probe.task(index), index)
        cut = Chance(b"fork", index).below(len(whole.actions))
        probe.play(env, probe.task(index), index, whole.actions[:cut])
        left, right = env.fork(2, chance="same")
        probe.go_on(left, Play(probe.task(index), index + 1))  # plays something else to the end
        for target in (right, env):
            resumed = Play(probe.task(index), index)
            probe.go_on(target, resumed, whole.actions[cut:])
            _same(whole.returned[cut + 1 :], resumed.returned, "a fork, after its sibling was played to the end")
        env.fork(1, chance="fresh")


def twins(probe: Probe) -> None:
    """Two episodes that differ only in the secret look alike until an action tells them apart."""
    world = probe.world
    if not world.spec.hidden or type(world).resample is World.resample:
        return
    for index in range(probe.episodes):
        env, twin = _fresh(probe), _fresh(probe)
        first = env.reset(options={"task": probe.task(index), "luck": index})
        twin.reset(options={"task": probe.task(index), "luck": index})
        twin.session.redraw(index)
        role, help_text = env.role, env.grammar.help()
        if env.world.intro(twin.session.state, role) != env.world.intro(env.session.state, role):
            raise Broken(f"the task text depends on the secret: {_short(first[0])}")
        if twin.grammar.help() != help_text or twin.actions() != env.actions():
            raise Broken("the grammar or the list of allowed actions depends on the secret")
        if env.world.known(twin.session.state) != env.world.known(env.session.state):
            raise Broken("known() depends on a secret that nobody has been told")
        if world.spec.expert is not None:
            moves = set()
            for one_of_them in (env, twin):
                env.world.privileged(
                    one_of_them.session.state
                )  # a world object that remembers this would tell the expert
                env.world.known(one_of_them.session.state)
                moves.add(env.world.expert(one_of_them.history, Chance(b"twin")))
            if len(moves) > 1:
                raise Broken(f"the expert sees the secret: it plays {sorted(moves)} on equal histories")
        nonsense = "\x00 no action \x00"
        one, other = env.step(nonsense), twin.step(nonsense)
        if _json(one)[:4] != _json(other)[:4] or _json(one)[4] != _json(other)[4]:
            raise Broken(f"an invalid action tells the secret: {_short(_json(one))} against {_short(_json(other))}")


def beliefs(probe: Probe) -> None:
    """Entropies are sane, and the expected gain of an action is what redrawn secrets lose on average."""
    world = probe.world
    if world.spec.belief is None:
        return
    env, surprises = _fresh(probe), []
    deadline = time.monotonic() + probe.seconds
    for index in range(max(2, probe.episodes // 4)):
        env.reset(options={"task": probe.task(index), "luck": index})
        chance = Chance(b"beliefs", index)
        bits = env.belief()
        if bits is not None and bits.kind == "exact" and bits.bits > math.log2(world.secrets()) + 1e-6:
            raise Broken(f"the belief starts at {bits.bits} bits, but there are only {world.secrets():g} secrets")
        for turn in range(3):
            surprises += _one_belief(env, chance.at(turn), deadline, (index, turn))
            env.step(some_action(env, chance.at(1000 + turn)))
            if env.session.over:
                break
    unseen = (
        7.0 * math.log2(max(2.0, min(world.secrets(), 2.0**60))) / max(1, len(surprises))
    )  # rare answers, not drawn
    if surprises and abs(np.mean(surprises)) > 5 * np.std(surprises) / len(surprises) ** 0.5 + unseen:
        raise Broken(f"over redrawn secrets, actions gained {np.mean(surprises):+.3f} bits more than gain() expected")


def _one_belief(env: TextEnv, chance: Chance, deadline: float, point: tuple[int, int]) -> list[float]:
    """Check the belief of this point; how much more than expected an action told, for redrawn secrets."""
    world, state = env.world, env.session.state
    before = world.belief(state)
    if before is None or before.bits < -1e-9:
        raise Broken(f"belief() gave {before}")
    best = world.best_gain(state)
    if best is None:
        return []
    allowed = world.actions(state)
    language = world.grammar(state)
    action = chance.choice(allowed) if allowed else language.sample(chance)
    gain = world.gain(state, action)
    if gain is None or gain < -1e-9 or gain > before.bits + 1e-6:
        raise Broken(f"the gain of {action!r} is {gain}, with {before.bits} bits open")
    if gain > best[1] + 0.05:
        raise Broken(f"best_gain() is {best[1]}, but {action!r} gains {gain}")
    if before.kind != "exact" or type(world).resample is World.resample:
        return []
    action, gain = best
    falls = []
    for number in range(150):
        if time.monotonic() > deadline:
            break
        copy = world.resample(state, Chance(digest("falls", number, point)))
        world.play(copy, action, Chance(digest("luck", number, point), 1))
        after = world.belief(copy)
        falls.append(before.bits - (after.bits if after else 0.0))
    return [fall - gain for fall in falls]


def reference_players(probe: Probe) -> None:
    """The expert plays legal actions, is not worse than random play, and takes over in mid-episode."""
    world = probe.world
    if world.spec.expert is None:
        return
    env = _fresh(probe)
    totals: dict[str, list[float]] = {"expert": [], "random": []}
    ended: list[tuple[float, float | bool | None]] = []
    for index in range(4 * probe.episodes):
        task = probe.task(index)
        for player, taken in (("expert", 0), ("random", None)):
            env.reset(options={"task": task, "luck": index})
            totals[player].append(_finish(env, Chance(digest(player, index)), taken))
            ended.append((totals[player][-1], env.session.success))
        env.reset(options={"task": task, "luck": index})
        _finish(env, Chance(digest("late", index)), 2)
    difference = np.subtract(totals["expert"], totals["random"])
    error = float(difference.std()) / len(difference) ** 0.5
    if float(difference.mean()) < -2 * error - 1e-9:
        expert, random_play = np.mean(totals["expert"]), np.mean(totals["random"])
        raise Broken(
            f"the expert's mean return is {expert:.3f}, random play's {random_play:.3f}: a reward's sign is wrong"
        )
    won, lost = ([total for total, success in ended if bool(success) is wanted] for wanted in (True, False))
    if len(won) > 4 and len(lost) > 4:
        spread = (np.var(won) / len(won) + np.var(lost) / len(lost)) ** 0.5
        if np.mean(won) < np.mean(lost) - 3 * spread - 1e-9:
            raise Broken(f"successes return {np.mean(won):.3f}, failures {np.mean(lost):.3f}: a reward's sign is wrong")


def _finish(env: TextEnv, chance: Chance, expert_from: int | None) -> float:
    """Play to the end, by the expert from a turn on (None: never), otherwise at random; the return."""
    total = 0.0
    while not env.session.over:
        turn = env.session.turn
        expert = expert_from is not None and turn >= expert_from
        if expert:
            action = env.world.expert(env.history, chance.at(turn))
            if _parse(env.grammar, action) is None:
                raise Broken(f"the expert played {action!r}, which the grammar refuses")
        else:
            action = some_action(env, chance.at(turn))
        total += float(env.step(action)[1])
    return total


def feasible(probe: Probe) -> None:
    """The solver's actions succeed, where there is a solver."""
    if type(probe.world).solver is World.solver:
        return
    env = _fresh(probe)
    for index in range(probe.episodes):
        env.reset(options={"task": probe.task(index), "luck": index})
        actions = env.world.solver(env.session.state)
        if len(actions) > env.world.max_turns:
            continue  # the instance cannot be solved within its limit, and the solver says so
        for action in actions:
            if env.session.over:
                raise Broken(f"the episode ended before the solver's action {action!r}")
            env.step(action)
        if not env.session.success:
            raise Broken(f"the solver's {len(actions)} actions did not succeed on task {index}")


def vector(probe: Probe) -> None:
    """The vector environment gives what single ones give, and loses no last observation."""
    count = 3
    name = probe.env_id
    venv = gymnasium.make_vec(name, count, vectorization_mode="vector_entry_point", **probe.options)
    plays = [probe.play(probe.make(), probe.task(place), place) for place in range(count)]
    tasks = [probe.task(place) for place in range(count)]
    seen, _ = venv.reset(options={"tasks": tasks, "lucks": list(range(count))})
    _same([play.returned[0][0] for play in plays], list(seen), "the vector environment's first observations")
    ended: set[int] = set()
    for turn in range(max(len(play.actions) for play in plays)):
        actions = [play.actions[turn] if turn < len(play.actions) else "" for play in plays]
        seen, reward, terminated, truncated, infos = venv.step(actions)
        for place, play in enumerate(plays):
            if place in ended:
                continue
            over = bool(terminated[place] or truncated[place])
            text = infos["final_obs"][place] if over else seen[place]
            wanted = play.returned[turn + 1]
            _same(wanted[:2], [text, float(reward[place])], "the vector environment (its last observation included)")
            if over:
                ended.add(place)
    venv.close()


def splits(probe: Probe) -> None:
    """Where secrets are held out, no secret of one split is in another."""
    if probe.world.holdout != "secret":
        return
    env = _fresh(probe)
    seen: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        for index in range(min(3 * probe.episodes, probe.world.counts[split])):
            env.reset(options={"task": probe.task(index, split)})
            secret = canonical(env.world.hidden_key(env.session.state))
            if seen.setdefault(secret, split) != split:
                raise Broken(f"the secret {_short(secret)} is in both {seen[secret]} and {split}")


def _fresh(probe: Probe) -> TextEnv:
    env = world_env(probe.make())
    env.reset(options={"task": probe.task(0), "luck": 0})
    return env


CHECKS: tuple[Callable[[Probe], None], ...] = (
    gymnasium_api,
    declaration,
    determinism,
    isolation,
    hygiene,
    purity,
    rewards,
    limits,
    grammar,
    fuzz,
    saving,
    forks,
    splits,
    twins,
    beliefs,
    reference_players,
    feasible,
    vector,
)


def check(env_id: str, episodes: int = 20, seconds: float = 5.0, **options: Any) -> list[Finding]:
    """Run every check on an environment.

    Args:
        env_id: a registered id, or ``module:id``.
        episodes: how many episodes the sampling checks play; more finds rarer faults.
        seconds: how long gains are compared with redrawn secrets.
        options: arguments of ``gym.make``.

    Raises:
        gymnasium.error.Error: there is no such id.
        ModuleNotFoundError: the world needs an extra that is not installed.
    """
    probe = Probe(env_id, episodes, seconds, **options)
    assert not missing(type(probe.world))
    findings = []
    for run in CHECKS:
        about = (run.__doc__ or "").splitlines()[0]
        try:
            run(probe)
            problem = None
        except Broken as broken:
            problem = str(broken)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        findings.append(Finding(run.__name__, about, problem))
    return findings
