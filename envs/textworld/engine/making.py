"""Games made by TextWorld's own generators, without the Inform 7 compiler.

TextWorld compiles a game twice to make it: to follow its own walkthrough, and to play it. Here the walkthrough is
followed in TextWorld's logic, which gives the same game, and nothing is compiled to play.

TextWorld keeps a generator of random numbers for the whole process, and its logic is read from files again for each
game. Both are looked after here: one game is made at a time, from its four seeds alone, and what was changed for it
is put back.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

MAKING = threading.RLock()
SEEDS = ("map", "objects", "quest", "grammar")
_LOGICS: dict[Any, Any] = {}


class NoGame(ValueError):
    """TextWorld found no game with these settings and seeds."""


def make(kind: str, settings: Mapping[str, Any], seeds: Mapping[str, int]) -> dict[str, Any]:
    """A game's record, from its settings and seeds alone.

    Raises:
        NoGame: TextWorld found none; other seeds may do.
    """
    with MAKING, _changed():
        from textworld import GameOptions
        from textworld.generator.chaining import QuestGenerationError

        options = GameOptions()
        options.seeds = dict(seeds)
        options.grammar.only_last_action = settings.get("goal") != "detailed"
        try:
            game = _MAKERS[kind](settings, options)
        except QuestGenerationError as error:
            raise NoGame(str(error)) from None
        record: dict[str, Any] = game.serialize()
    return record


def _simple(settings: Mapping[str, Any], options: Any) -> Any:
    from textworld.challenges.tw_simple.simple import make as simple

    return simple({**settings, "test": settings["split"] == "test"}, options)


def _coin(settings: Mapping[str, Any], options: Any) -> Any:
    from textworld.challenges.tw_coin_collector.coin_collector import make as coin

    return coin(settings, options)


def _treasure(settings: Mapping[str, Any], options: Any) -> Any:
    from textworld.challenges.tw_treasure_hunter.treasure_hunter import make as treasure

    return treasure(settings, options)


def _cooking(settings: Mapping[str, Any], options: Any) -> Any:
    from textworld.challenges.tw_cooking.cooking import make as cooking

    split = {"dev": "valid"}.get(settings["split"], settings["split"])
    return cooking({**settings, "split": split, "recipe_seed": 0}, options)


def _custom(settings: Mapping[str, Any], options: Any) -> Any:
    from textworld.generator import make_game

    options.nb_rooms, options.nb_objects = settings["rooms"], settings["objects"]
    options.quest_length, options.nb_parallel_quests = settings["length"], settings["quests"]
    options.quest_breadth = settings["breadth"]
    return make_game(options)


_MAKERS = {
    "simple": _simple,
    "coin_collector": _coin,
    "treasure_hunter": _treasure,
    "cooking": _cooking,
    "custom": _custom,
}


@contextmanager
def _changed() -> Iterator[None]:
    """TextWorld with a known generator of random numbers, logics that are read once, and no compiler."""
    from textworld import g_rng
    from textworld.generator.data import KnowledgeBase
    from textworld.generator.maker import GameMaker

    load, follow, seed = KnowledgeBase.__dict__["load"], GameMaker.set_walkthrough, g_rng.seed

    def read_once(cls: Any, *args: Any, **named: Any) -> Any:
        key = (cls, args, tuple(sorted(named.items())))
        if key not in _LOGICS:
            _LOGICS[key] = load.__func__(cls, *args, **named)
        return _LOGICS[key]

    KnowledgeBase.load = classmethod(read_once)
    GameMaker.set_walkthrough = _follow
    g_rng.set_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that its grammar has too few words, and the like
            yield
    finally:
        KnowledgeBase.load, GameMaker.set_walkthrough = load, follow
        g_rng.set_seed(seed)


def _follow(maker: Any, commands: list[str]) -> None:
    """Note for each goal which actions of the walkthrough reach it, as ``GameMaker.set_walkthrough`` does."""
    from textworld.generator.game import GameProgression
    from textworld.generator.inform7 import Inform7Game

    game = maker.build()
    printer, progress = Inform7Game(game), GameProgression(game)
    goals = [event for quest in progress.quest_progressions for event in quest.win_events]
    done, reached = [], {}
    for number, command in enumerate(commands, 1):
        actions = progress.valid_actions
        found = [
            one
            for one, said in zip(actions, printer.gen_commands_from_actions(actions), strict=True)
            if said == command
        ]
        if not found:
            continue  # a walkthrough of the cooking game opens again what is open
        action = max(found, key=lambda one: len(one.preconditions))
        before = [goal.triggered for goal in goals]
        progress.update(action)
        done.append(action)
        for goal, was in zip(goals, before, strict=True):
            if goal.triggered and not was:
                reached[id(goal.event)] = (goal.event, list(done), commands[:number])
    for event, followed, said in reached.values():
        event.actions, event.commands = followed, said
