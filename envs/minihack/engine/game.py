"""One NetHack that can be played again and again: built once, reset with seeds, driven key by key.

NLE's ``step`` clicks prompts and ``--More--`` away and loses what they said. So this presses keys on the `Nethack`
object inside, collects all that is said until the game waits for the next command, and asks the level itself
(``_is_episode_end``) whether it is over.

What makes an engine's episode a function of its seeds and keys:

- a reset loads NetHack's library anew, so nothing is left over of the episode before (a test compares);
- ``fix_moon_phase`` takes moon, Friday the 13th and night from the seed, not from the clock;
- the time of birth, which names shopkeepers and chooses ants, is not fixed by that: it is overwritten;
- levels that are drawn by minigrid are drawn from the same seed.
"""

from __future__ import annotations

import ctypes
import os
import random
import re
import subprocess
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scoutgym.envs.engines import Pool

ESCAPE, SPACE, ENTER = 27, 32, 13
NOISE = re.compile(r"Can't open '\w+' file\.|Program in disorder|\(it is recommended|Report the following")
"""What NetHack says where minihack leaves out a file of sayings that no level needs."""

MOST = 60
"""Keys that one press may need to get past what the game says; more, and it hangs."""

SHOWN = (
    "glyphs",
    "chars",
    "colors",
    "blstats",
    "message",
    "inv_letters",
    "inv_oclasses",
    "inv_strs",
    "tty_chars",
    "screen_descriptions",
)
"""What is read of the engine; MiniHack's levels always show all that there is."""

_LIVE: weakref.WeakSet[Game] = weakref.WeakSet()


def build(engine_id: str, des: str = "") -> Any:
    """The environment of one of MiniHack's or NLE's ids, without wrappers.

    Args:
        engine_id: for example ``MiniHack-Room-5x5-v0``.
        des: a level in NetHack's level language, for the ids that have none of their own.

    Raises:
        ValueError: the level does not compile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources, and ids that are older than minihack's maps
        import gymnasium
        import minihack.envs.minigrid as drawn

        options: dict[str, Any] = {"fix_moon_phase": True, "disable_env_checker": True}
        if des:
            options["des_file"] = des
        if engine_id.startswith("NetHack"):
            options["observation_keys"] = SHOWN
        usual = drawn.gym
        if "Crossing" in engine_id:  # minihack gives a width that minigrid's crossings no longer take
            drawn.gym = _Unsized
        try:
            env: Any = gymnasium.make(engine_id, **options).unwrapped
        finally:
            drawn.gym = usual
    if hasattr(
        env, "_levels"
    ):  # Boxoban's: read in the order of the disk, and a reset asks for the goals before it sets them
        env._levels.sort()
        env._goal_pos_set = None
    if des and not os.path.exists(os.path.join(env.nethack._vardir, "lib", "mylevel.lev")):
        env.close()
        raise ValueError("the level in `des` does not compile: the level compiler's words stand above")
    return env


class _Unsized:
    """Gymnasium's ``make`` without the size of the map."""

    @staticmethod
    def make(env_id: str, width: int = 0, height: int = 0) -> Any:
        import gymnasium

        return gymnasium.make(env_id)


class Game:
    """A NetHack engine and what it last showed.

    The arrays (``glyphs``, ``chars``, ``colors``, ``stats``, …) are NLE's own buffers, which every key overwrites: copy
    what must last.

    Args:
        engine_id: an id of MiniHack or NLE.
        des: a level of one's own.
    """

    def __init__(self, engine_id: str, des: str = "") -> None:
        self.owner = os.getpid()
        self.env = build(engine_id, des)
        self.nethack = self.env.nethack
        buffers = self.nethack._obs_buffers
        self.glyphs, self.chars, self.colors = buffers["glyphs"], buffers["chars"], buffers["colors"]
        self.stats, self.message = buffers["blstats"], buffers["message"]
        self.letters, self.classes, self.items = (
            buffers["inv_letters"],
            buffers["inv_oclasses"],
            buffers["inv_strs"],
        )
        self.described, self.screen = buffers["screen_descriptions"], buffers["tty_chars"]
        self.inside, self.program = buffers["internal"], buffers["program_state"]
        if hasattr(self.env, "minigrid_env"):
            self.env._patch_nhdat = self._compile
        self._places = {int(action): place for place, action in reversed(list(enumerate(self.env.actions)))}
        self.is_level = hasattr(self.env, "reward_manager")
        self.said: list[str] = []
        self.over, self.won, self.broken, self.paid = False, False, False, 0.0
        _LIVE.add(self)

    def reset(self, core: int, display: int) -> None:
        """Start a game from two seeds."""
        self._mine()
        self._seeds(core, display)
        outer = random.getstate()
        random.seed(core)  # Boxoban's levels are drawn with the global generator
        try:
            self.env.reset()
        finally:
            random.setstate(outer)
        self._forget_birth()
        self.said = []
        self.over, self.won, self.paid = False, False, 0.0
        self._pits = self._count_pits()
        self._hear()
        self._settle()

    def _compile(self, des: str) -> None:
        """Put a level into the game's data, as minihack does it, but without its shell, in less time."""
        from nle.nethack.nethack import HACKDIR

        folder = Path(self.nethack._vardir)
        level = folder / "lib" / "mylevel.des"
        level.write_text(des)
        subprocess.run([f"{HACKDIR}/lev_comp", level.name], cwd=level.parent, check=True, capture_output=True)
        level.unlink()
        files = sorted(file.name for file in level.parent.iterdir() if file.name != "nhdat")
        subprocess.run([f"{HACKDIR}/dlb", "cf", "nhdat", *files], cwd=level.parent, check=True, capture_output=True)
        (level.parent / "nhdat").replace(folder / "nhdat")

    def _seeds(self, core: int, display: int) -> None:
        drawn = getattr(self.env, "minigrid_env", None)
        if drawn is not None:
            drawn.reset(seed=core)
        # The challenge's environment forbids seeds on the instance: an episode that nobody can repeat cannot be saved.
        type(self.nethack).set_initial_seeds(self.nethack, core, display, False, None)

    def _forget_birth(self) -> None:
        """Overwrite the time of birth in the library that the reset has loaded; the handle must not outlive this."""
        library = ctypes.CDLL(self.nethack.dlpath, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
        try:
            ctypes.c_long.in_dll(library, "ubirthday").value = 0
        finally:
            _closer()(library._handle)

    def press(self, key: int) -> None:
        """Press one key, and get past what the game says to it.

        Raises:
            RuntimeError: the game is over, belongs to another process, or waits for ever.
        """
        if self.over:
            raise RuntimeError("the game is over")
        self._mine()
        self.broken = True  # unless it comes back
        self._step(key)
        self._settle()
        self.broken = False

    def _step(self, key: int) -> None:
        _, over = self.nethack.step(key)
        self.over = bool(over)
        if not self.over:
            self._hear()
            if self.is_level and not self.program[0]:
                self._judge(key)

    def _hear(self) -> None:
        text = self.message.tobytes().split(b"\0", 1)[0]
        if text:
            self.say(text.decode("latin-1"))

    def say(self, text: str) -> None:
        """Note what was said."""
        text = " ".join(text.split())
        if text and not NOISE.match(text):
            self.said.append(text)

    def _judge(self, key: int) -> None:
        """Ask the level whether it is over, and what it paid."""
        env = self.env
        env.last_observation = observation = self.nethack._obs
        env._previous_obs, env._previous_action = observation, self._places.get(key)
        env._steps = 0
        status = env._is_episode_end(observation)
        manager = env.reward_manager
        if manager is not None:
            self.paid += manager.collect_reward()
        elif hasattr(env, "_reward_shaping_coefficient"):
            pits = self._count_pits()
            self.paid += env._reward_shaping_coefficient * (self._pits - pits)
            self._pits = pits
        if status:
            self.over = True
            self.won = int(status) == 2 and (manager is None or self.paid > 0)

    def _count_pits(self) -> int:
        return int((self.chars == 94).sum()) if hasattr(self.env, "_reward_shaping_coefficient") else 0

    def _settle(self) -> None:
        """Read on while the game says ``--More--`` or shows a text; stop at a menu or a question."""
        for _ in range(MOST):
            if self.over or not self.inside[3]:
                return
            if not self.program[0]:  # the windows after a death tell of the dead, with today's date
                lines, menu = self.window()
                if menu:
                    return
                colon = next((place for place, line in enumerate(lines) if line.endswith(":")), len(lines))
                self.say(f"{' '.join(lines[: colon + 1])} {', '.join(lines[colon + 1 :])}")
            self._step(SPACE)
        raise RuntimeError("NetHack does not stop talking")

    def window(self) -> tuple[list[str], bool]:
        """The window over the map, if there is one: its lines, and whether it is a menu to choose from."""
        rows = [row.tobytes().decode("latin-1") for row in self.screen]
        for number, row in enumerate(rows):
            for mark, menu in (("(end)", True), ("--More--", False)):
                place = row.find(mark)
                if place >= 0 and (menu or (number and row[place - 1 : place] in ("", " "))):
                    lines = [above[place:].strip() for above in rows[:number]]
                    return [line for line in lines if line], menu
            if " of " in row and (place := row.find("(")) >= 0 and row.rstrip().endswith(")"):
                pages = row[place + 1 :].split(")")[0].split(" of ")
                if len(pages) == 2 and all(page.isdigit() for page in pages):
                    lines = [above[place:].strip() for above in rows[:number]]
                    return [line for line in lines if line], True
        return [], False

    @property
    def question(self) -> str:
        """What the game asks, if it waits for one letter."""
        return self.said[-1] if self.inside[1] and self.said else ""

    @property
    def wants_text(self) -> bool:
        """Whether the game waits for a line of text."""
        return bool(self.inside[2])

    @property
    def shows_menu(self) -> bool:
        """Whether a menu waits for a choice."""
        return bool(self.inside[3])

    @property
    def ascended(self) -> bool:
        """Whether the game has been won for good."""
        from nle import nethack

        return self.over and bool(self.nethack.how_done() == nethack.ASCENDED)

    @property
    def usable(self) -> bool:
        """Whether another episode can be played with it, by this process."""
        return not self.broken and self.owner == os.getpid()

    def close(self) -> None:
        """End the engine and remove its folder; one of a parent process is left alone."""
        if os.getpid() == self.owner:
            _LIVE.discard(self)
            self.env.close()

    def _mine(self) -> None:
        if os.getpid() != self.owner:
            raise RuntimeError("a NetHack engine does not survive a fork: reset the environment in the new process")


def _closer() -> Callable[[int], None]:
    import _ctypes

    close: Callable[[int], None] = _ctypes.dlclose
    return close


def _disown() -> None:
    """In a forked process: its copies of the parent's engines must not remove the parent's folders when they go."""
    for game in list(_LIVE):
        nethack = game.nethack
        for finalizer in (game.env._close_nethack, nethack._finalizer, nethack._tempdir._finalizer):
            finalizer.detach()


os.register_at_fork(after_in_child=_disown)

POOL: Pool[Game] = Pool(Game.close)
"""Engines between two episodes, by level."""
