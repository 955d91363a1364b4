"""Chat models behind a server: a real one on loopback, which misbehaves on demand."""

from __future__ import annotations

import logging
import os
import re
import socket
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from typing import Any

import chat_server as behaving
import pytest
from chat_server import ChatServer

from scoutgym.llm.chat.budget import Budget, BudgetSpent, Meter, Price
from scoutgym.llm.chat.core import Answer, ChatError, Request
from scoutgym.llm.chat.ledger import Ledger
from scoutgym.llm.chat.named import ChatConfig, made, named
from scoutgym.llm.chat.retry import Retry
from scoutgym.llm.chat.server import Server
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message

pytestmark = pytest.mark.openai

QUICK = Retry(tries=4, deadline=20.0, first=0.02, longest=0.04)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
KEY = "sk-secret-0123456789"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    running = ChatServer(KEY)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def asking(server: ChatServer, **options: Any) -> Server:
    return Server("tiny", server.url, KEY, **{"retry": QUICK, "timeout": 10.0, **options})


def ask(text: str, **how: Any) -> Request:
    return Request((Message("user", text),), **how)


def one(model: Server, text: str = "hello", **how: Any) -> Answer:
    return model.complete([ask(text, **how)])[0]


def proven(server: ChatServer, **options: Any) -> Server:
    """One that has answered before: what goes wrong then is an answer's error."""
    model = asking(server, **options)
    model.ready()
    server.calls.clear()
    server.times.clear()
    return model


# What is sent, and what is read.


def test_an_answer_and_what_it_took(server: ChatServer) -> None:
    model = asking(server)
    messages = (Message("system", "be loud"), Message("user", "one two"), Message("assistant", "x"))
    answer = model.complete([Request((*messages, Message("customer", "three \ud800")))])[0]
    assert (answer.text, answer.error, answer.truncated) == ("THREE ?", "", False)
    assert (answer.prompt_tokens, answer.tokens, answer.tries, answer.cached) == (7, 2, 1, False)
    assert answer.extra == {"model": "tiny-0", "end": "stop"}
    assert 0 < answer.seconds < 30
    (sent,) = server.calls
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert {**sent, "messages": []} == {"model": "tiny", "messages": [], "temperature": 0.0, "max_tokens": 512}


def test_sampling_is_sent_and_samples_have_seeds_of_their_own(server: ChatServer) -> None:
    model = asking(server)
    hot = Sampling(temperature=0.7, top_p=0.9, min_p=0.1, max_tokens=2)
    answers = model.complete([ask("a b c", sampling=hot, sample=sample) for sample in (0, 1, 0)])
    assert [(answer.text, answer.truncated) for answer in answers] == [("A B", True)] * 3
    sent = server.calls[0]
    assert (sent["temperature"], sent["top_p"], sent["min_p"], sent["max_tokens"]) == (0.7, 0.9, 0.1, 2)
    seeds = [call["seed"] for call in server.calls]
    assert len(set(seeds)) == 2, "the same sample has the same seed, another one another"
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_answers_come_in_the_order_of_their_requests(server: ChatServer) -> None:
    server.next.extend([behaving.slow(0.3), behaving.slow(0.1), behaving.status(500)])
    texts = [f"w{number}" for number in range(12)]
    answers = asking(server).complete([ask(text) for text in texts])
    assert [answer.text for answer in answers] == [text.upper() for text in texts]


@pytest.mark.parametrize(
    ("behavior", "words"),
    [
        (behaving.saying("", refusal="I will not."), "will not answer: I will not."),
        (behaving.saying(""), r"said nothing \(finish_reason=stop\)"),
        (behaving.status(400, "the context is 512 tokens"), "HTTP 400: the context is 512 tokens"),
        (behaving.status(413, "too long"), "HTTP 413: too long"),
    ],
)
def test_what_lies_with_one_request_is_its_answer_s_error(
    server: ChatServer, behavior: behaving.Behavior, words: str
) -> None:
    server.next.append(behavior)
    answer = one(asking(server))
    assert re.search(words, answer.error)
    assert (answer.text, answer.tries, len(server.calls)) == ("", 1, 1)


# What passes by itself.


@pytest.mark.parametrize(
    ("bad", "timeout"),
    [
        ([behaving.status(500), behaving.status(503)], 10.0),
        ([behaving.status(429)], 10.0),
        ([behaving.status(408), behaving.status(409)], 10.0),
        ([behaving.cut], 10.0),
        ([behaving.raw(b'{"choices": [{"mess')], 10.0),
        ([behaving.raw(b"<html>Bad gateway</html>"), behaving.raw(b"")], 10.0),
        (
            [behaving.raw(b"[]"), behaving.raw(b'{"choices": []}'), behaving.raw(b'{"choices": [{"message": null}]}')],
            10.0,
        ),
        ([behaving.raw(b'{"choices": [{"message": {"content": [1]}}]}'), behaving.raw(b"\xff\xfe")], 10.0),
        ([behaving.raw(b"[" * 100_000)], 10.0),
        ([behaving.slow(3.0)], 1.0),
        ([behaving.drip], 1.0),
    ],
    ids=["500 twice", "429", "408 and 409", "cut", "half", "no JSON", "other JSON", "no text", "deep", "slow", "drip"],
)
def test_what_passes_is_tried_again(server: ChatServer, bad: list[behaving.Behavior], timeout: float) -> None:
    server.next.extend(bad)
    answer = one(asking(server, timeout=timeout))
    assert (answer.text, answer.error) == ("HELLO", "")
    assert answer.tries == len(server.calls) == len(bad) + 1


@pytest.mark.parametrize(
    ("behavior", "timeout", "words"),
    [
        (behaving.status(500, "on fire"), 10.0, "HTTP 500: on fire"),
        (behaving.cut, 10.0, "peer closed connection|incomplete"),
        (behaving.raw(b"{"), 10.0, "no chat completion but '{'"),
        (behaving.slow(2.0), 0.3, r"no answer within 0\.3 s"),
    ],
    ids=["500", "cut", "half", "slow"],
)
def test_what_does_not_pass_is_the_answer_s_error(
    server: ChatServer, behavior: behaving.Behavior, timeout: float, words: str
) -> None:
    server.always = behavior
    answer = one(asking(server, timeout=timeout))
    assert re.search(words, answer.error)
    assert "given up after 4 calls" in answer.error
    assert answer.tries == len(server.calls) == 4


@pytest.mark.parametrize("date", [False, True])
def test_retry_after_is_honored(server: ChatServer, date: bool) -> None:
    asked = formatdate(time.time() + 2, usegmt=True) if date else "0.7"
    server.next.append(behaving.status(429, Retry_After=asked))
    answer = one(asking(server))
    assert answer.text == "HELLO"
    first, second = server.times
    assert 0.7 <= second - first < 10  # a date has whole seconds: from 1 to 2, and then a busy machine


def test_nobody_waits_beyond_the_deadline(server: ChatServer) -> None:
    server.next.append(behaving.status(429, Retry_After="3600"))
    began = time.monotonic()
    answer = one(asking(server))
    assert time.monotonic() - began < 10
    assert "it asks to wait 3600 s" in answer.error
    server.always = behaving.slow(2.0)
    began = time.monotonic()
    assert one(asking(server, retry=Retry(tries=10**6, deadline=1.0, first=0.01))).error  # one call may take ten
    server.always = behaving.status(500)
    assert one(asking(server, retry=Retry(tries=10**6, deadline=1.0, first=0.01))).error
    assert time.monotonic() - began < 9


# What no second try mends.


@pytest.mark.parametrize(
    ("code", "words"),
    [(401, "set OPENAI_API_KEY"), (404, "Look at the model's name"), (402, "HTTP 402")],
)
def test_what_nothing_mends_stops_the_run(server: ChatServer, code: int, words: str) -> None:
    model = proven(server, concurrency=1)
    server.next.extend([behaving.good, behaving.status(code)])
    with pytest.raises(ChatError, match=words) as stopped:
        model.complete([ask(f"w{number}") for number in range(5)])
    assert len(server.calls) == 2, "neither again, nor the others"
    assert [said and (said.text, bool(said.error)) for said in stopped.value.answers] == [
        ("W0", False),
        ("", True),
        None,
        None,
        None,
    ]


def test_a_text_that_a_server_will_not_read_is_one_answer_s_error(server: ChatServer) -> None:
    server.next.append(behaving.status(403, "flagged"))
    with pytest.raises(ChatError, match="set OPENAI_API_KEY"):
        one(asking(server))
    model = proven(server)
    server.next.append(behaving.status(403, "flagged"))
    assert "flagged" in one(model).error


def test_who_waits_for_a_second_try_is_stopped_too(server: ChatServer) -> None:
    server.next.extend([behaving.status(429, Retry_After="15"), behaving.status(401)])
    began = time.monotonic()
    with pytest.raises(ChatError, match="The key is refused") as stopped:
        asking(server, concurrency=2).complete([ask("a"), ask("b")])
    assert time.monotonic() - began < 10
    assert all(answer and answer.error and answer.tries == 1 for answer in stopped.value.answers)


def test_an_account_without_money_stops_the_run(server: ChatServer) -> None:
    said = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    server.next.append(lambda handler, _: handler.say(429, said))
    with pytest.raises(ChatError, match="no money left"):
        one(asking(server))
    assert len(server.calls) == 1


def test_a_wrong_key_is_told_before_a_run_and_never_shown(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "sk-wrong-9876543210"
    monkeypatch.setenv("MY_KEY", wrong)
    model = named("openai:tiny", base_url=server.url, key_env="MY_KEY")
    with pytest.raises(ChatError, match=r"401: no such key: Bearer \(the key\).*set MY_KEY") as told:
        model.ready()
    assert not server.calls, "the server counts only those with the right key"
    shown = "".join(traceback.format_exception(told.value)) + caplog.text + repr(model) + repr(vars(model.model))
    assert wrong not in shown


def test_the_key_is_in_no_text(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    path = tmp_path / "answers"
    config = ChatConfig(model="openai:tiny", base_url=server.url, cache=path, tries=2)
    model = made(config)
    model.ready()
    server.next.extend([behaving.status(500, f"your key {KEY} broke me")] * 2)
    server.next.append(behaving.raw(KEY.encode()))
    server.next.append(behaving.status(400, f"{KEY} {KEY}"))
    answers = [model.say(Message("user", text)) for text in "abc"]
    assert [bool(answer.error) for answer in answers] == [True, True, False]
    texts = [repr(answers), repr(config), config.model_dump_json(), repr(model), caplog.text, repr(server.calls)]
    texts += [model.fingerprint, str(model.ledger.to_json()), path.read_bytes().decode("latin-1")]
    assert not any(KEY in text for text in texts)


def test_there_is_no_key(monkeypatch: pytest.MonkeyPatch, server: ChatServer) -> None:
    with pytest.raises(ChatError, match="set the environment variable OPENAI_API_KEY"):
        named("openai:gpt-4o-mini")
    with pytest.raises(ChatError, match="set the environment variable MY_KEY"):
        named("openai:tiny", base_url=server.url, key_env="MY_KEY")
    Server("tiny", server.url).close()  # a server of one's own may want none
    for bad in ("sk 1", "sk-é", "sk-1\nX-Header: 1"):
        with pytest.raises(ChatError, match="characters that no key has") as told:
            Server("tiny", server.url, bad)
        assert bad not in str(told.value)


def test_address_and_key_come_from_the_environment(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\n")
    assert named("openai:tiny").say(Message("user", "hello")).text == "HELLO"


@pytest.mark.parametrize(
    "address",
    ["localhost:8000/v1", "http://", "http://user:hunter2@127.0.0.1:9/v1", "http://127.0.0.1/v1?token=hunter2"],
)
def test_an_address_that_is_none_or_holds_a_secret_is_refused(address: str) -> None:
    with pytest.raises(ChatError, match="base_url must be as http://localhost:8000/v1") as told:
        Server("tiny", address, KEY)
    assert "hunter2" not in str(told.value)


def test_an_unknown_model_is_told_before_a_run(server: ChatServer) -> None:
    with pytest.raises(ChatError, match=r"The model `large` does not exist.*'large'"):
        Server("large", server.url, KEY).ready()


def test_a_server_that_answers_badly_is_told_before_a_run(server: ChatServer) -> None:
    server.always = behaving.status(503, "loading")
    with pytest.raises(ChatError, match=r"cannot be used: .*503: loading"):
        asking(server).ready()


def test_a_server_that_is_down_is_told_before_a_run(server: ChatServer) -> None:
    model = asking(server)
    server.stop()
    began = time.monotonic()
    with pytest.raises(ChatError, match="is the server started"):
        model.ready()
    assert time.monotonic() - began < 10


def test_a_server_that_goes_down_is_an_answer_s_error_and_may_come_back(server: ChatServer) -> None:
    model = proven(server)
    port = server.server_port
    server.stop()
    model.close()  # its open connection would still be served
    answer = one(model)
    assert "given up after 4 calls" in answer.error
    again = ChatServer(KEY, port=port)
    assert one(model).text == "HELLO"
    again.stop()


def test_nobody_takes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoutgym.llm.chat.server.CONNECT", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = []
        for _ in range(4):  # fill the queue of those who wait to be taken
            other = socket.socket()
            other.setblocking(False)
            other.connect_ex(deaf.getsockname())
            waiting.append(other)
        budget = Budget(1.0)
        meter = Meter(Price(prompt=1.0, completion=1.0), budget)
        model = Server("tiny", f"http://127.0.0.1:{deaf.getsockname()[1]}/v1", KEY, retry=QUICK, meter=meter)
        began = time.monotonic()
        with pytest.raises(ChatError, match="nobody takes the connection"):
            model.ready()
        assert time.monotonic() - began < 10
        assert budget.spent == 0, "nothing was sent"
        for other in waiting:
            other.close()


# What a server may not know.


def test_a_schema_is_sent(server: ChatServer) -> None:
    one(asking(server), schema=SCHEMA)
    form = server.calls[0]["response_format"]
    assert form == {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}


@pytest.mark.parametrize("code", [400, 422])
def test_a_refused_schema_is_given_up_and_remembered(
    server: ChatServer, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    server.always = behaving.without("response_format", "Unknown field", code)
    model = asking(server)
    first = one(model, schema=SCHEMA)
    assert (first.text, first.tries) == ("HELLO", 2)
    assert "by the words alone" in caplog.text
    again = one(model, "again", schema=SCHEMA)
    assert (again.text, again.tries) == ("AGAIN", 1)
    assert one(model, schema={"type": "array"}).tries == 2, "another schema may be of a kind that it takes"


def test_a_schema_is_not_given_up_for_what_lies_elsewhere(server: ChatServer) -> None:
    server.next.extend([behaving.status(400, "too long")] * 2)
    model = asking(server)
    assert "too long" in one(model, schema=SCHEMA).error
    assert one(model, schema=SCHEMA).tries == 1
    assert "response_format" in server.calls[-1]


def test_seeds_and_max_tokens_are_given_up_where_they_are_refused(server: ChatServer) -> None:
    server.always = behaving.without("seed", "extra_forbidden: seed", 422)
    model = asking(server)
    hot = Sampling(temperature=1.0, max_tokens=3)
    assert [one(model, sampling=hot).tries for _ in range(2)] == [2, 1]
    server.always = behaving.without("max_tokens", "Unsupported: 'max_tokens'. Use 'max_completion_tokens' instead.")
    assert [one(model, sampling=hot).tries for _ in range(2)] == [2, 1]
    assert server.calls[-1]["max_completion_tokens"] == 3


def test_a_model_of_one_temperature(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = named("openai:tiny", base_url=server.url, temperature=1.0, max_tokens=4096)
    model.ready()
    assert (server.calls[0]["temperature"], server.calls[0]["max_tokens"]) == (1.0, 16), "a probe stays short"
    model.say(Message("user", "hi"))
    assert (server.calls[1]["temperature"], server.calls[1]["max_tokens"]) == (1.0, 4096)


# Many at once.


def test_no_more_calls_run_than_allowed(server: ChatServer) -> None:
    server.always = behaving.slow(0.05)
    model = asking(server, concurrency=3)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda batch: model.complete([ask(f"w{batch} {n}") for n in range(5)]), range(4)))
    assert [answer.text for answers in found for answer in answers] == [f"W{b} {n}" for b in range(4) for n in range(5)]
    assert server.most == 3, "the threads share the limit, and use it"


def test_a_ledger_agrees_with_the_server(server: ChatServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    prices = {"openai:tiny": Price(prompt=3.0, completion=7.0)}
    config = ChatConfig(model="openai:tiny", base_url=server.url, prices=prices, cache=tmp_path / "answers")
    budget = Budget(1.0)
    model = made(config, Ledger(), budget)
    model.ready()
    server.next.extend([behaving.status(429), behaving.status(500)])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: model.complete([ask(f"some words {n % 20}"), ask(f"{n}")]), range(40)))
    (row,) = model.ledger.rows().values()
    assert row.calls == len(server.calls)
    assert row.tokens == server.tokens
    assert row.prompt_tokens == server.prompt_tokens
    assert row.cost == pytest.approx((3 * server.prompt_tokens + 7 * server.tokens) / 1e6)
    assert row.cost == pytest.approx(budget.spent)
    assert row.requests == 81
    assert row.calls - 2 == row.requests - row.cached
    assert row.failed == 0


def test_a_budget_holds_for_calls_at_once_and_stops_the_run(server: ChatServer) -> None:
    """Each answer is 8 words at 1/8; what is asked costs nothing. There is money for 20."""
    server.always = behaving.slow(0.01)
    budget = Budget(20.0)
    meter = Meter(Price(prompt=0.0, completion=125_000.0), budget)
    model = asking(server, concurrency=8, meter=meter)
    words, sampling = "a b c d e f g h", Sampling(temperature=0.0, max_tokens=8)
    with pytest.raises(BudgetSpent) as spent:
        model.complete([ask(words, sampling=sampling) for _ in range(50)])
    assert sum(answer is not None for answer in spent.value.answers) == 20
    assert server.answered == 20
    assert budget.spent == 20.0


def test_a_call_that_may_have_been_answered_is_paid_for(server: ChatServer) -> None:
    """The worst case of each lost call: 8 tokens at 1/8. What was refused cost nothing."""
    server.next.extend([behaving.status(500), behaving.cut, behaving.slow(3.0), behaving.raw(b"{")])
    budget = Budget(10.0)
    meter = Meter(Price(prompt=0.0, completion=125_000.0), budget)
    model = asking(server, meter=meter, timeout=1.0, retry=Retry(tries=9, deadline=9.0, first=0.01))
    answer = one(model, "a b c d", sampling=Sampling(temperature=0.0, max_tokens=8))
    assert (answer.text, answer.cost) == ("A B C D", 3.5)
    assert budget.spent == 3.5


def test_an_answer_that_does_not_tell_its_tokens_costs_the_most(server: ChatServer) -> None:
    server.next.append(behaving.raw(b'{"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}'))
    meter = Meter(Price(prompt=0.0, completion=125_000.0), Budget(10.0))
    answer = one(asking(server, meter=meter), sampling=Sampling(temperature=0.0, max_tokens=8))
    assert (answer.text, answer.tokens, answer.cost) == ("hi", 0, 1.0)


def test_a_fork_has_a_line_of_its_own(server: ChatServer) -> None:
    model = proven(server)
    child = os.fork()
    if child == 0:  # pragma: no cover
        os._exit(0 if one(model, "child").text == "CHILD" else 1)
    for _ in range(100):
        ended, state = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.1)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended
    assert os.waitstatus_to_exitcode(state) == 0
    assert one(model).text == "HELLO"
    model.close()
    model.close()
