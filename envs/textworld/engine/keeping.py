"""Games that were made once, kept on disk by the hash of what they were made from, and in memory as stories.

Several processes may want one game at the same time: the first makes it under a lock of the file system, the others
wait and read it. A record is written beside its place and renamed, so nobody reads half of one; one that is damaged is
made again. The folder is ``$SCOUTGYM_CACHE/textworld``, or ``scoutgym/textworld`` in the user's cache folder; it can be
deleted at any time. Where it cannot be written, games are made again in each process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scoutgym.envs.textworld.engine.story import Story, read_story, slim
from scoutgym.types import canonical, digest

log = logging.getLogger("scoutgym")

STORIES = 256
"""How many are kept in memory; the one that has not been asked for longest goes first."""

LOCKS = 64
"""Files that processes lock, by a hash of the game: two games seldom share one."""

_stories: OrderedDict[str, Story] = OrderedDict()
_guard = threading.Lock()


def folder() -> Path:
    """Where games are kept."""
    own = os.environ.get("SCOUTGYM_CACHE")
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(own) if own else Path(cache).expanduser() / "scoutgym") / "textworld"


def story_of(made_from: Any, make: Callable[[], dict[str, Any]]) -> Story:
    """The story of what it is made from (JSON values), from memory, from disk, or made now."""
    key = digest("textworld game", made_from).hex()
    with _guard:
        story = _stories.get(key)
        if story is not None:
            _stories.move_to_end(key)
            return story
    story = read_story(_record(key, make), key)
    with _guard:
        _stories[key] = story
        if len(_stories) > STORIES:
            _stories.popitem(last=False)
    return story


def forget() -> None:
    """Forget what is in memory."""
    with _guard:
        _stories.clear()


def _record(key: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    path = folder() / key[:2] / f"{key}.json"
    kept = _kept(path)
    if kept is not None:
        return kept
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(folder() / f"lock-{int(key[:8], 16) % LOCKS}")
    except OSError as error:
        log.warning("%s cannot be written (%s): TextWorld games are made anew in each process", path.parent, error)
        return slim(make())
    with lock:
        kept = _kept(path)
        if kept is None:
            kept = slim(make())
            with contextlib.suppress(OSError):  # a full disk: the game is there all the same
                _write(path, kept)
    return kept


def _kept(path: Path) -> dict[str, Any] | None:
    """What is on disk, where it is whole."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        record: dict[str, Any] = saved["game"]
        if saved["check"] == digest(canonical(record)).hex():
            return record
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    log.warning("%s is damaged: the game is made again", path)
    return None


def _write(path: Path, record: dict[str, Any]) -> None:
    text = canonical(record)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"check": digest(text).hex(), "game": json.loads(text)}, file, separators=(",", ":"))
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def _holding(file: Any) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # not on this system: two processes may then make the same game, which does no harm
        with file:
            yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _locked(path: Path) -> contextlib.AbstractContextManager[None]:
    """One process at a time; the lock goes with the process that holds it."""
    return _holding(path.open("w"))
