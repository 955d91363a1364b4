"""Answers that are kept: who asks the same model the same question again gets the same answer, and pays nothing.

The key is the model's fingerprint and the request's key: messages, sampling, sample index and schema. So votes and
groups are never one answer seen twice. Answers that failed are not kept; they are asked for again. All others are,
whatever their words: who cannot read one asks for another sample. Policies never use it: what they learn from has to be
sampled.

One SQLite file (https://sqlite.org/wal.html), for any number of threads and processes on one machine; not on a network
drive, where its locks do not hold.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from scoutgym.llm.chat.core import Answer, Around, ChatError, ChatModel, Request
from scoutgym.types import SCHEMA, digest

log = logging.getLogger("scoutgym")

BUSY = 30.0
"""Seconds to wait for another process that writes."""
MANY = 500
"""Keys that are looked up at once."""


class Cached(Around):
    """A chat model behind a cache.

    Args:
        model: who is asked what is not in it.
        path: of the file; made where there is none. Several models can share it.

    Raises:
        ChatError: the file cannot be made, or holds something else.
    """

    def __init__(self, model: ChatModel, path: Path) -> None:
        super().__init__(model)
        self.path = path
        self._files: dict[int, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as file:
                file.execute("PRAGMA journal_mode=WAL")
                file.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer TEXT) WITHOUT ROWID")
                file.execute("SELECT key, answer FROM answers LIMIT 1")
        except (sqlite3.Error, OSError) as problem:
            self._shut()
            raise ChatError(f"{path} cannot be a cache of answers ({problem}): name another file") from None

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """What is kept, and the rest from the model; equal requests are asked once."""
        keys = [digest(SCHEMA, self.fingerprint, request.key.hex()) for request in requests]
        found = self._kept(keys)
        places: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            if key not in found:
                places.setdefault(key, []).append(place)
        answers: list[Answer | None] = [found.get(key) for key in keys]
        if places:
            try:
                new: Sequence[Answer | None] = self.model.complete([requests[some[0]] for some in places.values()])
            except ChatError as problem:
                self._take(dict(zip(places, problem.answers, strict=False)), places, answers)
                problem.answers = answers
                raise
            self._take(dict(zip(places, new, strict=True)), places, answers)
        return [answer for answer in answers if answer is not None]

    def close(self) -> None:
        """The file, and the model within."""
        self._shut()
        super().close()

    def _shut(self) -> None:
        with self._lock:
            if (file := self._files.pop(os.getpid(), None)) is not None:
                file.close()

    def _take(
        self, new: dict[bytes, Answer | None], places: dict[bytes, list[int]], answers: list[Answer | None]
    ) -> None:
        """Keep what was answered, and put it where it was asked for."""
        good = {key: one for key, one in new.items() if one is not None and not one.error}
        first = self._keep(good)
        for key, one in new.items():
            if one is None:
                continue
            if key in first:  # another process may have been quicker: a later run will see its words, so this one does
                one = replace(one, text=first[key].text, truncated=first[key].truncated)
            again = replace(one, cost=0.0, seconds=0.0, tries=0, cached=True)
            for place in places[key]:
                answers[place] = one if place == places[key][0] else again

    def _kept(self, keys: Iterable[bytes]) -> dict[bytes, Answer]:
        """What is in the file."""
        wanted, found = list(set(keys)), dict[bytes, Answer]()
        try:
            with self._open() as file:
                for start in range(0, len(wanted), MANY):
                    some = wanted[start : start + MANY]
                    marks = ",".join("?" * len(some))
                    rows = file.execute(f"SELECT key, answer FROM answers WHERE key IN ({marks})", some)
                    found |= {key: Answer(**json.loads(text), cached=True, tries=0) for key, text in rows}
        except (sqlite3.Error, ValueError, TypeError) as problem:
            log.warning("the cache %s cannot be read, so the model is asked: %s", self.path, problem)
        return found

    def _keep(self, answers: dict[bytes, Answer]) -> dict[bytes, Answer]:
        """Write them down where they are new; what is in the file now."""
        names = ("text", "truncated", "prompt_tokens", "tokens", "extra")
        rows = [(key, json.dumps({name: asdict(one)[name] for name in names})) for key, one in answers.items()]
        try:
            with self._open() as file, file:
                file.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", rows)
        except sqlite3.Error as problem:  # what was paid for is not lost for that
            log.warning("the cache %s cannot be written: %s", self.path, problem)
            return {}
        return self._kept(answers)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """This process's connection: it may not be used by two threads at once, nor carried over a fork."""
        with self._lock:
            if os.getpid() not in self._files:
                # The parent's connection stays where it is: to close it here would be to use it.
                file = sqlite3.connect(self.path, timeout=BUSY, check_same_thread=False)
                file.execute("PRAGMA synchronous=NORMAL")
                self._files[os.getpid()] = file
            yield self._files[os.getpid()]
