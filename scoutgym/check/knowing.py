"""The checks of knowledge: no secret is told, beliefs and gains are right, reference players keep their word."""

from __future__ import annotations

import math
import time

import numpy as np

from scoutgym.check.probe import Broken, Probe, as_json, fresh, read, short, some_action
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import World
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import digest


def twins(probe: Probe) -> None:
    """Two episodes that differ only in the secret look alike until an action tells them apart."""
    world = probe.world
    if not world.spec.hidden or type(world).resample is World.resample:
        return
    for index in probe.rounds(probe.episodes):
        env, twin = fresh(probe), fresh(probe)
        first = env.reset(options={"task": probe.task(index), "luck": index})
        twin.reset(options={"task": probe.task(index), "luck": index})
        twin.session.redraw(index)
        role, help_text = env.role, env.grammar.help()
        if env.world.intro(twin.session.state, role) != env.world.intro(env.session.state, role):
            raise Broken(f"the task text depends on the secret: {short(first[0])}")
        if twin.grammar.help() != help_text or twin.actions() != env.actions():
            raise Broken("the grammar or the list of allowed actions depends on the secret")
        if env.world.known(twin.session.state, role) != env.world.known(env.session.state, role):
            raise Broken("known() depends on a secret that nobody has been told")
        if world.spec.expert is not None:
            moves = set()
            for one_of_them in (env, twin):
                env.world.privileged(
                    one_of_them.session.state
                )  # a world object that remembers this would tell the expert
                env.world.known(one_of_them.session.state, role)
                moves.add(env.world.expert(one_of_them.history, Chance(b"twin")))
            if len(moves) > 1:
                raise Broken(f"the expert sees the secret: it plays {sorted(moves)} on equal histories")
        nonsense = "\x00 no action \x00"
        one, other = env.step(nonsense), twin.step(nonsense)
        if as_json(one)[:4] != as_json(other)[:4] or as_json(one)[4] != as_json(other)[4]:
            raise Broken(f"an invalid action tells the secret: {short(as_json(one))} against {short(as_json(other))}")


def beliefs(probe: Probe) -> None:
    """Entropies are sane, and the expected gain of an action is what redrawn secrets lose on average."""
    world = probe.world
    if world.spec.belief is None:
        return
    env, surprises = fresh(probe), []
    deadline = time.monotonic() + probe.seconds
    for index in probe.rounds(max(2, probe.episodes // 4)):
        env.reset(options={"task": probe.task(index), "luck": index})
        chance = Chance(b"beliefs", index)
        bits = env.belief()
        if bits is not None and bits.kind == "exact" and bits.bits > math.log2(world.secrets()) + 1e-6:
            raise Broken(f"the belief starts at {bits.bits} bits, but there are only {world.secrets():g} secrets")
        for turn in range(3):
            surprises += _one_belief(env, chance.at(turn), deadline)
            env.step(some_action(env, chance.at(1000 + turn)))
            if env.session.over:
                break
    unseen = (
        7.0 * math.log2(max(2.0, min(world.secrets(), 2.0**60))) / max(1, len(surprises))
    )  # rare answers, not drawn
    if surprises and abs(np.mean(surprises)) > 5 * np.std(surprises) / len(surprises) ** 0.5 + unseen:
        raise Broken(f"over redrawn secrets, actions gained {np.mean(surprises):+.3f} bits more than gain() expected")


def _one_belief(env: TextEnv, chance: Chance, deadline: float) -> list[float]:
    """Check the belief of this point; how much more than expected an action told, for redrawn secrets."""
    world, state = env.world, env.session.state
    before = env.belief()
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
    saved = env.save()
    for _ in range(150):
        if time.monotonic() > deadline:
            break
        luck = chance.below(2**40)
        env.restore(saved, chance=luck)
        env.session.redraw(luck)
        secret = world.hidden_key(env.session.state)
        env.step(language.format(action))
        after = env.belief()
        falls.append(before.bits - (after.bits if after else 0.0))
        if (
            world.hidden_key(env.session.state) != secret
        ):  # a new secret to find out: what was told of the old one is past
            falls.clear()
            break
    env.restore(saved)
    return [fall - gain for fall in falls]


def reference_players(probe: Probe) -> None:
    """The expert plays legal actions, is not worse than random play, and takes over in mid-episode."""
    world = probe.world
    if world.spec.expert is None:
        return
    env = fresh(probe)
    totals: dict[str, list[float]] = {"expert": [], "random": []}
    ended: list[tuple[float, float | bool | None]] = []
    for index in probe.rounds(4 * probe.episodes):
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
            if read(env.grammar, action) is None:
                raise Broken(f"the expert played {action!r}, which the grammar refuses")
        else:
            action = some_action(env, chance.at(turn))
        total += float(env.step(action)[1])
    return total


def feasible(probe: Probe) -> None:
    """The solver's actions succeed, where it finds any."""
    if type(probe.world).solver is World.solver:
        return
    env = fresh(probe)
    for index in probe.rounds(probe.episodes):
        env.reset(options={"task": probe.task(index), "luck": index})
        try:
            actions = env.world.solver(env.session.state)
        except ValueError:
            continue  # the solver says that nothing leads on from here
        if len(actions) > env.world.max_turns:
            continue  # the instance cannot be solved within its limit, and the solver says so
        for action in actions:
            if env.session.over:
                raise Broken(f"the episode ended before the solver's action {action!r}")
            env.step(action)
        if not env.session.success:
            raise Broken(f"the solver's {len(actions)} actions did not succeed on task {index}")
