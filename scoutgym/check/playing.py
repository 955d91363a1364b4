"""The checks of play: determinism, isolation, rewards, limits, grammar, saving, forks, splits, vectors."""

from __future__ import annotations

import json
import math
import random
import warnings

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

from scoutgym.check.probe import GARBAGE, WRAPPERS, Broken, Play, Probe, fresh, read, same, short, some_action
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import World
from scoutgym.types import Outcome, canonical
from scoutgym.wrappers.core import restore, save, snapshot, world_env


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
    state = fresh(probe).session.state
    if spec.expert is not None and type(world).expert is World.expert:
        raise Broken(f"spec.expert is {spec.expert!r}, but expert() is not defined")
    if (spec.belief is not None) != (world.belief(state, spec.roles[0]) is not None):
        raise Broken(f"spec.belief is {spec.belief!r}, but belief() {'is missing' if spec.belief else 'answers'}")
    trained_on = world.counts["train"]
    if spec.hidden and world.holdout == "none" and 10_000 < world.secrets() < 100 * trained_on:
        raise Broken(
            f"{world.secrets():g} secrets, {trained_on} training tasks and nothing held out: "
            "the test split repeats training secrets"
        )
    if world.max_turns < 1:
        raise Broken(f"max_turns is {world.max_turns}")
    json.dumps(world.hidden_key(state))
    for role in spec.roles:
        json.dumps(world.known(state, role)), json.dumps(world.view(state, role))


def determinism(probe: Probe) -> None:
    """Equal task, luck and actions give equal observations, rewards and infos."""
    for index in probe.rounds(probe.episodes):
        first = probe.play(probe.make(), probe.task(index), index)
        again = probe.play(probe.make(), probe.task(index), index, first.actions)
        same(first.returned, again.returned, "the same episode played twice")


def isolation(probe: Probe) -> None:
    """Another instance, and the global random state, change nothing."""
    for index in probe.rounds(probe.episodes):
        alone = probe.play(probe.make(), probe.task(index), index)
        one, other = probe.make(), probe.make()
        play = probe.play(one, probe.task(index), index, stop=0)
        probe.play(other, probe.task(index + 1), index, stop=0)
        for action in alone.actions:
            random.seed(index)  # what a neighbor in the process might do
            np.random.seed(index)
            probe.go_on(one, play, [action])
            session = world_env(other).session
            if not session.over:
                other.step(some_action(world_env(other), Chance(b"neighbor", session.turn)))
        same(alone.returned, play.returned, "interleaved with another instance and global seeding")


def hygiene(probe: Probe) -> None:
    """No episode leaves a trace in the next."""
    used = probe.make()
    for index in probe.rounds(probe.episodes):
        fresh = probe.play(probe.make(), probe.task(index), index)
        after = probe.play(used, probe.task(index), index, fresh.actions)
        same(fresh.returned, after.returned, "after other episodes in the same environment")


def purity(probe: Probe) -> None:
    """A task is its address: the seed and the luck do not change what it says first."""
    env = probe.make()
    for index in probe.rounds(probe.episodes):
        said = {env.reset(seed=seed, options={"task": probe.task(index)})[0] for seed in range(3)}
        if len(said) > 1:
            raise Broken(
                f"task {index} began differently under different seeds: is start() using more than its chance?"
            )


def rewards(probe: Probe) -> None:
    """Parts are declared and in range, the scalar is their weighted sum, and the end says whether it was a success."""
    parts, env = probe.world.parts, probe.make()
    weights = world_env(env).weights
    for index in probe.rounds(probe.episodes):
        play = probe.play(env, probe.task(index), index)
        probe.end(env, play)
        for observation, reward, terminated, truncated, info in play.returned[1:]:
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
            for name, (above, below) in info.get("figures", {}).items():
                if name not in probe.world.told:
                    raise Broken(f"the figure {name!r} is not declared in the spec")
                if not (math.isfinite(above) and math.isfinite(below) and below >= 0):
                    raise Broken(
                        f"the figure {name!r} was {above} of {below}: expected numbers, the second not below 0"
                    )
            if not observation.strip():
                raise Broken("an observation was empty: the last one tells how it ended, none may be lost")
            if info["outcome"] not in (Outcome.OK, Outcome.INVALID_ACTION):
                raise Broken(f"the outcome was {info['outcome']} on ordinary play: {world_env(env).session.error!r}")


def limits(probe: Probe) -> None:
    """Episodes end within ``max_turns``, and an ended one must be reset."""
    env = probe.make()
    for index in probe.rounds(probe.episodes):
        play = probe.play(env, probe.task(index), index)
        probe.end(env, play)
        if len(play.actions) > probe.world.max_turns:
            raise Broken(f"an episode had {len(play.actions)} turns, more than max_turns={probe.world.max_turns}")
        try:
            env.step(play.actions[-1])
        except gymnasium.error.ResetNeeded:
            continue
        raise Broken("step() after the end must raise ResetNeeded")


def grammar(probe: Probe) -> None:
    """Actions survive printing and parsing, allowed ones parse, and garbage is refused with a reason."""
    env = fresh(probe)
    chance = Chance(b"grammar")
    for index in probe.rounds(probe.episodes):
        env.reset(options={"task": probe.task(index), "luck": index})
        language, state = env.grammar, env.session.state
        sampled = [language.sample(chance) for _ in range(50)] + list((env.world.actions(state) or [])[:200])
        for action in sampled:
            text = language.format(action)
            for variant in (text, f"  {text}\n", *(() if language.cased else (text.upper(), text.lower()))):
                if (heard := read(language, variant)) != action:
                    raise Broken(f"{action!r} is printed as {text!r}, but {variant!r} is read as {heard!r}")
        for garbage in GARBAGE:
            read(language, garbage)
        if not language.help().strip():
            raise Broken("the grammar has no help")
        json.dumps(language.schema())


def fuzz(probe: Probe) -> None:
    """No text makes a step raise or breaks the engine."""
    env = fresh(probe)
    chance = Chance(b"fuzz")
    env.reset(options={"task": probe.task(0)})
    for number in probe.rounds(40 * probe.episodes):
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
    for index in probe.rounds(max(2, probe.episodes // 4)):
        for name, wrap in WRAPPERS.items():
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
                    raise Broken(f"under {name}, restore() of a {where} showed {short(observation)}")
                resumed = Play(task, index)
                probe.go_on(target, resumed, tail)
                same(whole.returned[cut + 1 :], resumed.returned, f"under {name}, played on from a {where}")
            env.close()
            other.close()


def forks(probe: Probe) -> None:
    """Forks share no state with each other or with what they came from."""
    for index in probe.rounds(max(2, probe.episodes // 4)):
        env = fresh(probe)
        whole = probe.play(env, probe.task(index), index)
        cut = Chance(b"fork", index).below(len(whole.actions))
        probe.play(env, probe.task(index), index, whole.actions[:cut])
        left, right = env.fork(2, chance="same")
        probe.go_on(left, Play(probe.task(index), index + 1))  # plays something else
        for target in (right, env):
            resumed = Play(probe.task(index), index)
            probe.go_on(target, resumed, whole.actions[cut:])
            same(whole.returned[cut + 1 :], resumed.returned, "a fork, after its sibling was played on")
        env.fork(1, chance="fresh")


def vector(probe: Probe) -> None:
    """The vector environment gives what single ones give, and loses no last observation."""
    count = 3
    name = probe.env_id
    venv = gymnasium.make_vec(name, count, vectorization_mode="vector_entry_point", **probe.options)
    plays = []
    for place in range(count):
        env = probe.make()
        plays.append(probe.play(env, probe.task(place), place))
        probe.end(env, plays[-1])
    tasks = [probe.task(place) for place in range(count)]
    seen, _ = venv.reset(options={"tasks": tasks, "lucks": list(range(count))})
    same([play.returned[0][0] for play in plays], list(seen), "the vector environment's first observations")
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
            same(wanted[:2], [text, float(reward[place])], "the vector environment (its last observation included)")
            if over:
                ended.add(place)
    venv.close()


def splits(probe: Probe) -> None:
    """Where secrets are held out, no secret of one split is in another."""
    if probe.world.holdout != "secret":
        return
    env = fresh(probe)
    seen: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        for index in range(min(3 * probe.episodes, probe.world.counts[split])):
            env.reset(options={"task": probe.task(index, split)})
            secret = canonical(env.world.hidden_key(env.session.state))
            if seen.setdefault(secret, split) != split:
                raise Broken(f"the secret {short(secret)} is in both {seen[secret]} and {split}")
