"""Any server that speaks OpenAI's chat completions: vLLM, SGLang, `transformers serve`, and those that are hosted.

What passes by itself (429, 5xx, a broken or an unreadable answer, no answer in time) is tried again, after a wait that
doubles each time and is drawn from its upper half, or as long as the server says (Retry-After). What no second try
mends is a `ChatError`: a wrong key, an unknown model, an address where nobody is. What lies with one request (too long,
say) is that answer's error, and so is what did not pass within the deadline.

A schema is sent as ``response_format``. A server that refuses it is asked by the words alone from then on; what it says
then may be of any form, as with every model: who asked reads it strictly. All that a server may not know is sent only
where it is needed, and given up where it is refused by name: the seed (from the request's key, so that a server that
heeds it answers the same again), and ``max_tokens`` for its newer name.

The key is held in memory alone: it is taken out of whatever a server says.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import openai
from pydantic import SecretStr

from scoutgym.llm.chat.budget import UNIT, WAIT, Meter
from scoutgym.llm.chat.core import PROBE, Answer, ChatError, ChatModel, Request, sendable
from scoutgym.llm.chat.retry import Retry, asked_to_wait
from scoutgym.types import digest

log = logging.getLogger("scoutgym")

HOSTED = "https://api.openai.com/v1"
CONNECT = 10.0
"""Seconds until somebody must have taken the connection."""
LEAST = 1.0
"""Seconds that a call has, however late it is."""
PASSING = frozenset({408, 409, 425, 429})
"""States of HTTP, beside all from 500, after which the same request may well be answered."""
WRONG = frozenset({400, 413, 422})
"""States of HTTP that lie with one request."""

_KEY = re.compile("[!-~]*")


class _Again(Exception):
    """There was no answer, and there may be one next time."""

    def __init__(self, reason: str, wait: float = 0.0, lost: bool = False, unreached: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        """Seconds that the server asks for."""
        self.lost = lost
        """The server may have answered, and may want money for it."""
        self.unreached = unreached
        """Nobody took the connection."""


class _Refused(Exception):
    """A part of the request was refused; it is sent again without."""


@dataclass
class _Took:
    """What a request has taken so far."""

    calls: int = 0
    spent: int = 0
    """As a `Budget` counts."""


class _Batch:
    """Requests that were made together. One that shows that the model cannot be used stops the others."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.problems: list[ChatError] = []

    def stop(self, problem: ChatError) -> None:
        self.problems.append(problem)
        self.stopped.set()

    async def sleep(self, seconds: float) -> None:
        """Until then, or until the batch is stopped."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), seconds)


@dataclass
class _Line:
    """The loop that a process talks to the server from."""

    process: int
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    client: openai.AsyncOpenAI
    slots: asyncio.Semaphore
    end: Callable[[], object]
    """Close the connections and end the loop, once; done by itself when the model is forgotten."""


class Server(ChatModel):
    """A model that a server answers for.

    Args:
        model: its name there.
        base_url: mostly ends in ``/v1``; None for that of the environment (``OPENAI_BASE_URL``), or OpenAI's own.
        key: None for that of the environment, where ``key_env`` names it.
        key_env: name of the variable that holds the key; None for ``OPENAI_API_KEY``, which may be missing where
            ``base_url`` is not OpenAI's own.
        concurrency: how many calls may run at once.
        timeout: seconds that one call may take.
        retry: how often and how long a request is tried.
        meter: prices and budget; every call is paid for.

    Raises:
        ChatError: there is no key, or the address is none.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        key: str | None = None,
        key_env: str | None = None,
        concurrency: int = 16,
        timeout: float = 120.0,
        retry: Retry = Retry(),
        meter: Meter | None = None,
    ) -> None:
        self.model = model
        self.url = base_url or os.environ.get("OPENAI_BASE_URL") or HOSTED
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or "@" in parts.netloc:
            raise ChatError("base_url must be as http://localhost:8000/v1: no user, no password, no query in it")
        self._key_env = key_env or "OPENAI_API_KEY"
        self._key = SecretStr((key or os.environ.get(self._key_env) or "").strip())
        if not _KEY.fullmatch(self._key.get_secret_value()):  # the errors of those who would refuse it below show it
            raise ChatError(f"the key in {self._key_env} has blanks or characters that no key has")
        if not self._key and (key_env or self.url == HOSTED):
            raise ChatError(f"no key for {self.url}: set the environment variable {self._key_env}")
        self.name, self.fingerprint = f"openai:{model}", f"openai:{self.url}:{model}"
        self.concurrency, self.timeout, self.retry, self.meter = concurrency, timeout, retry, meter or Meter()
        self._answered = False
        self._given_up: set[str] = set()
        """Names of fields, and hashes of schemas, that the server refuses."""
        self._line: _Line | None = None
        self._lock = threading.Lock()

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """All at once, as many as ``concurrency`` allows; the threads that ask share it."""
        line = self._here()
        future = asyncio.run_coroutine_threadsafe(self._all(requests, line), line.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # of Ctrl-C: nobody waits for the answers any more
            raise

    def ready(self, probe: Request = PROBE) -> Answer:
        """Ask for a few words: what a server lists as its models tells too little."""
        answer = self.complete([probe])[0]
        if answer.error:
            raise ChatError(f"{self.name} cannot be used: {answer.error}", [answer])
        return answer

    def close(self) -> None:
        """End the connections."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None and line.process == os.getpid():
            line.end()
            line.thread.join()

    def _here(self) -> _Line:
        """This process's line to the server: a fork has no threads of its parent's."""
        with self._lock:
            if self._line is None or self._line.process != os.getpid():
                loop = asyncio.new_event_loop()
                client = openai.AsyncOpenAI(
                    api_key=self._key.get_secret_value() or "none",
                    base_url=self.url,
                    timeout=openai.Timeout(self.timeout, connect=min(CONNECT, self.timeout)),
                    max_retries=0,
                )
                thread = threading.Thread(target=_run, args=(loop,), name=self.name, daemon=True)
                slots, end = (
                    asyncio.Semaphore(self.concurrency),
                    weakref.finalize(self, _end, os.getpid(), loop, client),
                )
                self._line = _Line(os.getpid(), loop, thread, client, slots, end)
                thread.start()
            return self._line

    async def _all(self, requests: Sequence[Request], line: _Line) -> list[Answer]:
        """Raises the first `ChatError`, after the calls that run have ended; no other begins."""
        batch = _Batch()

        async def one(request: Request) -> Answer | None:
            async with line.slots:
                return await self._one(request, line.client, batch)

        answers = await asyncio.gather(*map(one, requests))
        if batch.problems:
            batch.problems[0].answers = answers
            raise batch.problems[0]
        return [answer for answer in answers if answer is not None]

    async def _one(self, request: Request, client: openai.AsyncOpenAI, batch: _Batch) -> Answer | None:
        """The answer, with what it took; None where no call was made."""
        began, took = time.monotonic(), _Took()
        try:
            answer = await self._tried(request, client, batch, took)
        except ChatError as problem:
            batch.stop(problem)
            answer = Answer(error=str(problem))
        seconds = time.monotonic() - began
        return replace(answer, tries=took.calls, cost=took.spent / UNIT, seconds=seconds) if took.calls else None

    async def _tried(self, request: Request, client: openai.AsyncOpenAI, batch: _Batch, took: _Took) -> Answer:
        """Try until there is an answer, or there will be none."""
        end, failures = time.monotonic() + self.retry.deadline, 0
        without: set[str] = set()
        while not batch.problems:
            held = self.meter.hold(request)
            if held is None:
                await batch.sleep(WAIT)
                continue
            spent, wait = 0, 0.0
            took.calls += 1
            try:
                answer, spent = await self._call(request, client, without, end, held)
                self._answered = True
                return answer
            except _Refused:
                continue
            except _Again as problem:
                spent, failures = held if problem.lost else 0, failures + 1
                if problem.unreached and not self._answered:
                    raise ChatError(f"{problem}: is the server started, and base_url right?") from None
                wait = self.retry.wait(failures, problem.wait)
                if failures >= self.retry.tries or time.monotonic() + wait > end:
                    asked = f"; it asks to wait {problem.wait:g} s" if problem.wait else ""
                    return Answer(error=f"{problem} (given up after {took.calls} calls{asked})")
            finally:
                self.meter.settle(held, spent)
                took.spent += spent
            await batch.sleep(wait)
        return Answer(error="given up: another request showed that the model cannot be used")

    async def _call(
        self, request: Request, client: openai.AsyncOpenAI, without: set[str], end: float, held: int
    ) -> tuple[Answer, int]:
        """One call: its answer, and what it cost."""
        fields = self._fields(request, without)
        seconds = min(self.timeout, max(end - time.monotonic(), LEAST))
        try:
            # The timeout of the package is for each step; a server that sends a byte now and then never meets it.
            got = await asyncio.wait_for(client.chat.completions.with_raw_response.create(**fields), seconds)
        except (TimeoutError, openai.APITimeoutError) as problem:
            unreached = type(problem.__cause__).__name__ == "ConnectTimeout"
            words = "nobody takes the connection" if unreached else f"no answer within {seconds:.3g} s"
            raise _Again(f"{self.url}: {words}", lost=not unreached, unreached=unreached) from None
        except openai.APIConnectionError as problem:
            unreached = type(problem.__cause__).__name__ == "ConnectError"  # of httpx, or of httpx2
            cause = self._clean(str(problem.__cause__ or problem))
            raise _Again(f"{self.url}: {cause}", lost=not unreached, unreached=unreached) from None
        except openai.APIStatusError as problem:
            return self._failed(problem, fields, without), 0
        except openai.OpenAIError as problem:
            raise _Again(f"{self.url}: {self._clean(str(problem))}", lost=True) from None
        if "response_format" in without:
            self._give_up(_hash(request), f"{self.url} takes no schema of this kind; it is asked by the words alone")
        answer, counted = self._read(got.http_response.content)
        return answer, self.meter.price.cost(answer.prompt_tokens, answer.tokens) if counted else held

    def _fields(self, request: Request, without: set[str]) -> dict[str, Any]:
        """What is sent."""
        how = request.sampling
        known = ("system", "user", "assistant")
        fields: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": one.role if one.role in known else "user", "content": sendable(one.content)}
                for one in request.messages
            ],
            "temperature": how.temperature,
            "max_completion_tokens" if "max_tokens" in self._given_up else "max_tokens": how.max_tokens,
        }
        if how.top_p < 1:
            fields["top_p"] = how.top_p
        if how.min_p > 0:
            fields["extra_body"] = {"min_p": how.min_p}  # vLLM's and SGLang's
        if how.temperature > 0 and "seed" not in self._given_up:
            fields["seed"] = int.from_bytes(request.key[:4]) >> 1
        if request.schema is not None and "response_format" not in without and _hash(request) not in self._given_up:
            schema = {"name": "answer", "schema": request.schema, "strict": True}
            fields["response_format"] = {"type": "json_schema", "json_schema": schema}
        return fields

    def _failed(self, problem: openai.APIStatusError, fields: dict[str, Any], without: set[str]) -> Answer:
        """What a state of HTTP means: an answer's error, or an exception."""
        status, said = problem.status_code, _message(problem)
        text = f"{self.url}: HTTP {status}: {self._clean(said)}"
        if status == 429 and problem.code == "insufficient_quota":
            raise ChatError(f"{text}. The account has no money left") from None
        if status in PASSING or status >= 500:
            raise _Again(text, wait=asked_to_wait(problem.response.headers)) from None
        if status == 403 and self._answered:  # some who moderate say so of a text that they will not read
            return Answer(error=text)
        if status in (401, 403):
            raise ChatError(f"{text}. The key is refused: set {self._key_env} to one that is valid there") from None
        if status == 404:
            raise ChatError(f"{text}. Look at the model's name, {self.model!r}, and at base_url") from None
        if status not in WRONG:
            raise ChatError(text) from None
        if "max_tokens" in fields and "max_completion_tokens" in said:
            self._give_up("max_tokens", f"{self.url} takes max_completion_tokens")
            raise _Refused from None
        if "seed" in fields and "seed" in said:
            self._give_up("seed", f"{self.url} takes no seed: its answers cannot be had again but from a cache")
            raise _Refused from None
        if "response_format" in fields:
            without.add("response_format")  # for good, once it is seen that this was the reason
            raise _Refused from None
        return Answer(error=text)

    def _give_up(self, what: str, message: str) -> None:
        if what not in self._given_up:
            self._given_up.add(what)
            log.warning("%s", message)

    def _read(self, body: bytes) -> tuple[Answer, bool]:
        """The answer in a body, and whether it tells its tokens."""
        try:
            record = json.loads(body)
            choice = record["choices"][0]
            message, end, usage = choice["message"], choice.get("finish_reason"), record.get("usage") or {}
            text, refusal = message.get("content") or "", message.get("refusal") or ""
            prompt_tokens, tokens = (max(int(usage.get(f"{of}_tokens") or 0), 0) for of in ("prompt", "completion"))
            if not isinstance(text, str):
                raise TypeError("its content is no text")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as problem:
            shown = self._clean(body[:80].decode("utf-8", "replace"))
            raise _Again(f"{self.url}: no chat completion but {shown!r} ({problem})", lost=True) from None
        error = ""
        if refusal or end == "content_filter":
            error = f"{self.name} will not answer: {self._clean(str(refusal)) or end}"
        elif not text and end != "length":
            error = f"{self.name} said nothing (finish_reason={end})"
        extra = {"model": str(record.get("model")), "end": end}
        answer = Answer("" if error else sendable(text), error, end == "length", prompt_tokens, tokens, extra=extra)
        return answer, usage.get("completion_tokens") is not None

    def _clean(self, text: str) -> str:
        """Short, and without the key."""
        if key := self._key.get_secret_value():
            text = text.replace(key, "(the key)")
        return " ".join(text.split())[:300]


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _end(process: int, loop: asyncio.AbstractEventLoop, client: openai.AsyncOpenAI) -> None:
    """Waits for nothing: whoever forgets the last reference may be the loop's own thread."""

    async def end() -> None:
        try:
            await client.close()
        finally:
            loop.stop()

    if process == os.getpid() and not loop.is_closed():
        asyncio.run_coroutine_threadsafe(end(), loop)


def _hash(request: Request) -> str:
    return digest("schema", request.schema).hex()


def _message(problem: openai.APIStatusError) -> str:
    """What the server says of an error."""
    body = problem.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = inner.get("message") or inner.get("detail") or inner if isinstance(inner, dict) else inner
    return str(body or problem.message)
