"""Text-Nav: the map, what is told in either view, and the players. It needs no package."""

from __future__ import annotations

import re

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Privileged
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.textworld.house import FURNITURE, ROOMS, house

VIEWS = {"full": "scoutgym/TextNav-v0", "partial": "scoutgym/TextNav-partial-v0"}
MAP = {  # LMRL-Gym's, drawn: backyard - kitchen - dining room - living room - bedroom, and so on
    "backyard": {"east": "kitchen"},
    "kitchen": {"east": "dining room", "north": "garden", "west": "backyard"},
    "garden": {"south": "kitchen"},
    "dining room": {"east": "living room", "west": "kitchen"},
    "living room": {"east": "bedroom", "south": "office", "west": "dining room"},
    "bedroom": {"south": "bathroom", "west": "living room"},
    "office": {"east": "bathroom", "north": "living room"},
    "bathroom": {"north": "bedroom", "west": "office"},
}


def env_of(view: str, **options: object) -> TextEnv:
    env = gymnasium.make(VIEWS[view], **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def by_start(env: TextEnv) -> dict[str, int]:
    """A task for each room to start in."""
    found: dict[str, int] = {}
    for index in range(200):
        env.reset(options={"index": index})
        found.setdefault(env.session.state.address[0], index)
    assert set(found) == set(ROOMS)
    return found


def test_the_map_and_its_things() -> None:
    story = house("garden", True)
    rooms = {story.name[room]: room for room in story.exits}
    assert {
        name: {way: story.name[to] for way, (to, _) in sorted(story.exits[room].items())}
        for name, room in rooms.items()
    } == MAP
    for kind, name, room, things in FURNITURE:
        (holder,) = (one for one in story.inside[rooms[room]] if story.name[one] == name)
        assert story.lids.get(holder) == ("closed" if kind == "c" else None)
        assert {story.name[thing] for thing in story.inside[holder]} == {thing for _, thing in things}


@pytest.mark.parametrize("view", VIEWS)
def test_from_every_room_it_is_solved_and_the_expert_does_it(view: str) -> None:
    env = env_of(view)
    for start, index in by_start(env).items():
        env.reset(options={"index": index})
        commands = env.world.solver(env.session.state)
        for number, command in enumerate(commands, 1):
            assert env.step(command)[2] == (number == len(commands)), start
        assert env.session.success
        assert commands[-3:] == ["open fridge", "insert stale food into fridge", "close fridge"]
        env.reset(options={"index": index})
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"luck", env.session.turn)))
        assert env.session.success, start


def test_only_the_full_view_tells_where_one_is_and_what_one_has() -> None:
    full, partial = env_of("full"), env_of("partial")
    for start, index in by_start(full).items():
        told, hidden = full.reset(options={"index": index})[0], partial.reset(options={"index": index})[0]
        here = told.split("\n\n")[1]
        assert f"-= {start.title()} =-" in here
        assert "You are carrying nothing." in here
        for way, to in MAP[start].items():
            assert f"{way} to the {to}" in here
        view = hidden.split("\n\n")[1]
        assert not any(room in view.lower() for room in ROOMS)
        assert "carrying" not in view


def test_the_commands_told_are_those_that_can_be_given() -> None:
    env = env_of("partial", list_actions=True)
    text, info = env.reset(options={"index": 0})
    chance = Chance(b"walk")
    for turn in range(30):
        told = re.findall(r"^Commands: (.+)\.$", text, re.MULTILINE)[-1].split(", ")
        assert told == info["actions"] == env.actions()
        assert not any(command.startswith(("look", "inventory", "examine")) for command in told)
        wise = [command for command in told if not command.startswith("eat")]
        text, _, done, _, info = env.step(chance.at(turn).choice(wise))
        assert info["outcome"] == "ok"
        if done:
            break
    assert env.step("look")[4]["outcome"] == "ok" if not env.session.over else True


def test_what_is_eaten_is_lost() -> None:
    env = env_of("full")
    env.reset(options={"index": by_start(env)["living room"]})
    env.step("take stale food from table")
    result = env.step("eat stale food")
    assert result[2]
    assert result[4]["success"] is False
    env.reset(options={"index": by_start(env)["living room"]})
    env.step("take fresh food from table")
    assert not env.step("eat fresh food")[2]


def test_an_open_fridge_does_not_do() -> None:
    env = env_of("full")
    env.reset(options={"index": by_start(env)["kitchen"]})
    for command in env.world.solver(env.session.state)[:-1]:
        assert not env.step(command)[2]
    known = env.privileged()
    assert isinstance(known, Privileged)
    assert known.achievements == ()
    assert known.extra["walkthrough"] == ["close fridge"]
