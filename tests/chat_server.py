"""A server on loopback that speaks OpenAI's chat completions, and misbehaves on demand.

It answers with the words it was asked for last, in capitals; so an answer tells whose it is. What it does instead is
put into ``next``: one behavior for each call to come, in order.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behavior = Callable[["Handler", dict[str, Any]], None]


class ChatServer(ThreadingHTTPServer):
    """One model behind one key."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, key: str = "sk-secret", model: str = "tiny", port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.key, self.known = key, model
        self.next: deque[Behavior] = deque()
        self.always: Behavior | None = None
        self.calls: list[dict[str, Any]] = []
        """The bodies that came with the right key."""
        self.times: list[float] = []
        self.prompt_tokens = self.tokens = self.answered = self.running = self.most = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our business."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: ChatServer
    protocol_version = "HTTP/1.1"
    counted = False

    def do_GET(self) -> None:
        self.say(500, {"error": {"message": "no list of models here"}})  # as `transformers serve` has it

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sent = self.headers["Authorization"]
        if sent != f"Bearer {self.server.key}":
            self.say(401, {"error": {"message": f"no such key: {sent}", "code": "invalid_api_key"}})
            return
        with self.server.lock:
            self.server.calls.append(body)
            self.server.times.append(time.monotonic())
            self.server.running += 1
            self.server.most = max(self.server.most, self.server.running)
            self.counted = True
            behavior = self.server.next.popleft() if self.server.next else self.server.always or good
        try:
            behavior(self, body)
        finally:
            self.leave()

    def leave(self) -> None:
        """The call runs no more. Said before the answer is sent: the client may be back before this thread goes on."""
        with self.server.lock:
            self.server.running -= self.counted
            self.counted = False

    def say(self, status: int, record: Any, **headers: str) -> None:
        self.raw(status, json.dumps(record).encode(), **headers)

    def raw(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.leave()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def completion(handler: Handler, body: dict[str, Any], text: str | None = None, **message: Any) -> dict[str, Any]:
    """A whole answer, counted by the server: a token is a word."""
    words = (body["messages"][-1]["content"].upper() if text is None else text).split()
    limit = body.get("max_tokens") or body.get("max_completion_tokens")
    said = words[:limit]
    asked = sum(len(one["content"].split()) for one in body["messages"])
    with handler.server.lock:
        handler.server.answered += 1
        handler.server.prompt_tokens += asked
        handler.server.tokens += len(said)
    end = "stop" if len(said) == len(words) else "length"
    return {
        "id": "1",
        "object": "chat.completion",
        "model": "tiny-0",
        "choices": [
            {"index": 0, "finish_reason": end, "message": {"role": "assistant", "content": " ".join(said), **message}}
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": len(said), "total_tokens": asked + len(said)},
    }


def good(handler: Handler, body: dict[str, Any]) -> None:
    if body["model"] != handler.server.known:
        handler.say(404, {"error": {"message": f"The model `{body['model']}` does not exist."}})
        return
    handler.say(200, completion(handler, body))


def saying(text: str, **message: Any) -> Behavior:
    return lambda handler, body: handler.say(200, completion(handler, body, text, **message))


def status(code: int, message: str = "not now", **headers: str) -> Behavior:
    return lambda handler, _: handler.say(code, {"error": {"message": message}}, **headers)


def raw(body: bytes) -> Behavior:
    return lambda handler, _: handler.raw(200, body)


def cut(handler: Handler, body: dict[str, Any]) -> None:
    """Half an answer, and the connection is gone."""
    whole = json.dumps(completion(handler, body)).encode()
    handler.raw(200, whole[: len(whole) // 2], length=len(whole))
    handler.close_connection = True


def slow(seconds: float) -> Behavior:
    def behavior(handler: Handler, body: dict[str, Any]) -> None:
        time.sleep(seconds)
        good(handler, body)

    return behavior


def drip(handler: Handler, body: dict[str, Any]) -> None:
    """A byte now and then: no single step takes long, and the answer never ends."""
    handler.raw(200, b" ", length=1000)
    for _ in range(100):
        time.sleep(0.05)
        handler.wfile.write(b" ")
        handler.wfile.flush()


def without(field: str, message: str, code: int = 400) -> Behavior:
    """Refuses a field."""

    def behavior(handler: Handler, body: dict[str, Any]) -> None:
        if field in body:
            handler.say(code, {"error": {"message": message}})
        else:
            good(handler, body)

    return behavior
