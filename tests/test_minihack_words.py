"""NetHack in words: what is told, how commands are read, prompts answered in the same turn, walks that stop."""

from __future__ import annotations

import re

import minihack_tools as tools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.grammar import BadAction
from scoutgym.envs.minihack.engine.forms import COMMANDS, grammar
from scoutgym.envs.minihack.engine.seen import STEPS
from scoutgym.envs.minihack.engine.sight import offset, read
from scoutgym.envs.minihack.engine.words import where

pytestmark = pytest.mark.worlds

ALL = grammar("all")


# What is told.


def test_a_place_is_told_relative_to_the_player() -> None:
    env = tools.hall("DOOR:locked,(6,4)\nOBJECT:('(',\"skeleton key\"),(4,3)\nMONSTER:('F',\"lichen\"),(9,2),asleep")
    text = env.session.observation.split("\n\nReply with")[0]
    assert "Free: east 10 (then wall), southeast 3 (then wall), south 3 (then wall)." in text
    assert "Blocked: wall north, northeast, southwest, west, northwest." in text
    assert "In view: hostile lichen 8 east, 1 south; closed door 5 east, 3 south; a key 3 east, 2 south." in text
    assert re.search(r"You are at column \d+, row \d+\. HP 16 of 16\. Experience level 1", text)
    assert "Inventory: a - a +1 club (weapon in hand); b - a +2 sling" in text
    text = tools.say(env, "go east")
    assert "Free: east 9 (then wall), southeast 3 (then wall), south 3 (then wall), southwest 1 (then wall), " in text
    assert "hostile lichen 7 east, 1 south" in text
    assert "a key 2 east, 2 south" in text
    assert "staircase up 1 west" in text  # that the player stood on
    assert "Changed: 3 new squares seen." in text  # and neither things nor what one stood on
    env.close()


def test_what_has_changed_is_told() -> None:
    env = tools.hall("OBJECT:('/',\"digging\"),(2,1)\nMONSTER:('G',\"gnome lord\"),(8,1),hostile")
    text = tools.say(env, "go east", "pick up")
    assert re.search(r"Changed: .*inventory \+ \w - an? [\w ]*wand", text)
    env.session.state.game.said.clear()
    while "HP" not in (changed := text.partition("Changed: ")[2]) and not env.session.over:
        text = tools.say(env, "wait for 3 turns")
    assert re.match(r".*HP \d+ to \d+", changed)
    env.close()


def test_water_is_told_as_one_mass_and_the_map_on_request() -> None:
    env = tools.hall("TERRAIN:fillrect (3,1,4,2),'W'", map=True)
    text = env.session.observation
    assert "water (2 squares, nearest 2 east)"  # one cannot look over it in text
    assert "east 1 (then water)" in text
    assert "Map:\n----\n|@.}\n|..}\n|...\n" in text
    env.close()


def test_the_edge_of_what_was_seen_is_told() -> None:
    env = tools.level("Room-Dark-15x15")
    text = env.reset(options={"index": 3})[0]
    for place in re.search(r"Unexplored beyond: (.*)\.", text)[1].split("; "):
        assert max(map(abs, offset(place))) == 1, "only what is next to one is seen in the dark"
    tools.say(env, "go far east")
    seen = env.session.state.seen
    for x, y in seen.edges:
        assert seen.free(x, y)
        around = [(x + dx, y + dy) for dx, dy in STEPS.values()]
        assert any(seen.kind(*cell) == 0 and not seen.near[cell[1], cell[0]] for cell in around)
    env.close()


@given(st.integers(-40, 40), st.integers(-20, 20))
def test_a_place_that_is_told_can_be_said_again(dx: int, dy: int) -> None:
    text = where(dx, dy)
    if dx or dy:
        assert offset(text) == (dx, dy)
        assert ALL.parse(f"travel to {text}") == ("travel to target", text)
        assert ALL.parse(f"TRAVEL TO {text.upper().replace(',', '')}") == ("travel to target", text)


# What can be said.


def test_a_level_allows_the_commands_that_minihack_allows() -> None:
    def verbs(name: str) -> set[str]:
        return {form.name for form in tools.level(name).world.language.forms}

    walking = {"go direction", "go far direction", "travel to target", "look", "inventory", "statistics"}
    assert verbs("MazeWalk-9x9") == walking
    assert verbs("KeyRoom-S5") == walking | {"pick up", "pick up item", "apply item", "apply item at aim"}
    assert verbs("Freeze-Wand-Restricted") - walking == {
        "pick up",
        "pick up item",
        "zap item",
        "zap item at aim",
        "fire direction",
    }
    assert len(verbs("Eat")) == len(COMMANDS)
    assert len(ALL.help()) < 3_000


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("go far east", ("go far direction", "east")),
        ("Go  East", ("go direction", "east")),
        ("zap wand a at west", ("zap item at aim", "a", "west")),
        ("zap A at self", ("zap item at aim", "A", "self")),
        ("put on h", ("put on item", "h")),
        ("put on Brass Ring", ("put on item", "brass ring")),
        ("travel to the Staircase  down", ("travel to target", "staircase down")),
        ("travel to 2 north, 3 east", ("travel to target", "3 east, 2 north")),
        ("search for 5 turns", ("search for turns", 5)),
        ("go down", ("go down",)),
        ("dip a into potion", ("dip item into other", "a", "potion")),
        ("engrave Elbereth", ("engrave words", "Elbereth")),
    ],
)
def test_commands_are_read(text: str, action: tuple[object, ...]) -> None:
    assert ALL.parse(text) == action
    assert ALL.parse(ALL.format(action)) == action


@pytest.mark.parametrize(
    "text", ["go", "go 3", "zap a at nowhere", "travel to 3 east, 2 west", "search for 99 turns", "x"]
)
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(BadAction):
        ALL.parse(text)


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_target_of_any_text_is_read_as_it_is_printed(text: str) -> None:
    try:
        action = ALL.parse(f"travel to {text}")
    except BadAction:
        return
    assert ALL.parse(ALL.format(action)) == action


# Prompts are answered in the same turn.

PILE = "OBJECT:('=',\"levitation\"),(1,1),blessed\nOBJECT:('/',\"digging\"),(1,1),blessed\nOBJECT:('%',\"apple\"),(1,1)"


def test_items_directions_fingers_and_piles() -> None:
    env = tools.hall(PILE)

    def asks_nothing() -> bool:
        game = env.session.state.game
        return not (game.inside[1] or game.inside[2] or game.inside[3])

    assert "Things that are here: an apple, a" in tools.say(env, "look")
    assert re.search(r"(Core dumped|delicious|Macintosh)", tools.say(env, "eat apple"))
    assert "wand" in tools.say(env, "pick up wand")
    assert "Changed: inventory + " in tools.say(env, "pick up")
    assert "You start to float in the air" in tools.say(env, "put on ring")
    assert "levitating." in env.session.observation
    assert "You float gently to the floor" in tools.say(env, "remove ring")
    assert "The wall glows then fades" in tools.say(env, "zap wand at east")
    assert "It needs a direction" in tools.say(env, "zap wand")
    assert "You carry no z." in tools.say(env, "drop z")
    assert "You carry no sword." in tools.say(env, "wield sword")
    assert "You begin praying" in tools.say(env, "pray")
    tools.say(env, "engrave Elbereth")
    assert "Elbereth" in tools.say(env, "look")
    assert asks_nothing()
    env.close()


def test_a_count_is_a_count_of_turns() -> None:
    env = tools.hall()
    for action, turns in (("search for 7 turns", 7), ("wait for 20 turns", 20), ("search", 1), ("inventory", 0)):
        before = env.session.state.seen.stats[20]
        tools.say(env, action)
        assert env.session.state.seen.stats[20] - before == turns
    env.close()


def test_a_peaceful_one_is_attacked_only_by_fight() -> None:
    env = tools.hall("MONSTER:('G',\"gnome\"),(2,1),peaceful,asleep")
    text = tools.say(env, "go east")
    assert "(Really attack the gnome? You do not; `fight` does.)" in text
    assert "peaceful gnome 1 east" in text
    assert "Really attack" not in tools.say(env, "fight east")
    env.close()


def test_locked_doors_keys_and_kicks() -> None:
    env = tools.hall("DOOR:locked,(6,4)\nOBJECT:('(',\"skeleton key\"),(1,1)")
    tools.say(env, "pick up", "travel to 4 east, 3 south")
    assert "closed door 1 east" in env.session.observation
    assert "This door is locked" in tools.say(env, "open east")
    text = ""
    for _ in range(30):
        text = tools.say(env, "apply key at east")
        if "succeed in unlocking" in text:
            break
    assert "succeed in unlocking" in text
    text = ""
    for _ in range(10):
        text = tools.say(env, "open east")
        if "door opens" in text:
            break
    assert "new: open door; gone: closed door" in text
    text = tools.say(env, "go east")
    assert "no diagonal step through a door" in text
    assert "You stand on: open door." in text
    assert "You stand on" not in tools.say(env, "go east")
    env.close()


# Walks.


def test_a_walk_takes_the_shortest_way_and_avoids_what_kills() -> None:
    env = tools.hall("TERRAIN:fillrect (3,1,3,3),'L'\nSTAIR:(5,1),down", level="Navigation-Custom")
    *_, info = env.step("travel to staircase down")
    text = env.session.observation
    assert info["success"] is True
    assert text.startswith("You walk 6 steps.")  # down to the gap, through it, and up again
    env.close()


def test_a_walk_stops_when_something_comes_into_view() -> None:
    env = tools.hall("MONSTER:('F',\"lichen\"),(7,3),asleep")
    assert "lichen" not in env.session.observation, "it is behind the wall"
    assert "You are there" not in (text := tools.say(env, "travel to 9 east, 1 south"))
    assert re.match(r"You walk [2-7] steps\. Something comes into view; you stop\.", text)
    assert "new: hostile lichen" in text
    text = tools.say(env, "travel to staircase up")
    assert "You are there." in text, "what is known is no reason to stop"
    env.close()


def test_a_walk_that_is_not_possible_says_so_and_takes_no_time() -> None:
    env = tools.hall("TERRAIN:fillrect (3,1,3,4),'L'\nSTAIR:(5,1),down", level="Navigation-Custom")
    turn = env.session.state.seen.stats[20]
    for target, words in (("staircase down", "no way there is known"), ("unicorn", "there is no unicorn in view")):
        text, _, _, _, info = env.step(f"travel to {target}")
        assert words in text
        assert info["outcome"] == "invalid_action"
    assert env.session.state.seen.stats[20] == turn
    assert "travel to staircase down" not in env.actions()
    assert "travel to staircase up" not in env.actions()
    env.close()


def test_a_walk_to_a_door_ends_before_it_in_a_straight_line() -> None:
    env = tools.hall("DOOR:locked,(6,4)")
    text = tools.say(env, "travel to 4 east, 3 south")
    assert "Blocked: " in text
    assert "closed door east" in text
    tools.say(env, "go far west")
    text = tools.say(env, "travel to closed door")
    assert "You stand before the door." in text
    assert "closed door 1 east" in text
    assert "It is next to you already" in tools.say(env, "travel to the closed door")
    env.close()


def test_the_scripted_player_reads_what_is_told() -> None:
    env = tools.hall("DOOR:locked,(6,4)\nOBJECT:('(',\"skeleton key\"),(4,3)\nTERRAIN:fillrect (8,1,9,2),'W'")
    text = tools.say(env, "go southeast")
    sight, seen = read(text), env.session.state.seen
    assert sight is not None
    assert sight.at == (seen.x, seen.y)
    told = {(thing.name, *thing.at) for thing in sight.things}
    shown = {(thing.name, thing.x, thing.y) for thing in seen.things}
    assert told <= shown
    assert {"a key", "water", "staircase up"} <= {name for name, _, _ in told}
    assert read("That is not possible now: no way there is known: x.") is None
    env.close()
