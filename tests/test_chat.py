"""Chat models without a server and without torch: requests, cache, ledger, budget, names."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from scoutgym.llm.chat.budget import UNIT, Budget, BudgetSpent, Meter, Metered, Price
from scoutgym.llm.chat.cached import Cached
from scoutgym.llm.chat.core import ANSWER, Answer, ChatError, ChatModel, Request
from scoutgym.llm.chat.ledger import Counted, Ledger
from scoutgym.llm.chat.named import ChatConfig, made, named
from scoutgym.llm.chat.retry import Retry, asked_to_wait
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message

HOT = Sampling(temperature=1.0, max_tokens=8)


def ask(text: str, **how: Any) -> Request:
    return Request((Message("user", text),), **how)


class Counting(ChatModel):
    """Answers each request otherwise than all others, and counts."""

    def __init__(self, fingerprint: str = "counting") -> None:
        self.name, self.fingerprint, self.asked = "counting", fingerprint, list[Request]()

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        self.asked += requests
        start = len(self.asked) - len(requests)
        return [Answer(f"{start + n}", prompt_tokens=3, tokens=2, seconds=1.0) for n in range(len(requests))]


# Requests and scripted models.


def test_a_key_tells_all_that_decides_the_answer() -> None:
    one = ask("hello")
    others = [
        ask("hello "),
        Request((Message("system", "hello"),)),
        Request((Message("user", "hel"), Message("user", "lo"))),
        replace(one, sample=1),
        replace(one, sampling=HOT),
        replace(one, schema={"type": "array"}),
        ask("half a pair: \ud800"),
        ask("half a pair: \ud801"),
    ]
    assert len({request.key for request in [one, *others]}) == 9
    assert ask("hello").key == one.key
    assert replace(one, sampling=replace(ANSWER, temperature=0)).key == one.key


def test_a_script_that_breaks_is_an_answer_s_error_and_a_chat_error_is_passed_on() -> None:
    def reply(request: Request) -> str:
        if request.messages[-1].content == "break":
            raise ValueError("broken")
        if request.messages[-1].content == "stop":
            raise ChatError("no more")
        return "well"

    model = Scripted(reply)
    assert [one.error for one in model.complete([ask("go"), ask("break")])] == ["", "ValueError: broken"]
    with pytest.raises(ChatError, match="no more") as stopped:
        model.complete([ask("go"), ask("stop"), ask("go")])
    assert [one and one.text for one in stopped.value.answers] == ["well", None, None]


# The cache.


def test_what_is_kept_is_not_asked_again(tmp_path: Path) -> None:
    within = Counting()
    model = Cached(within, tmp_path / "sub" / "answers.sqlite")
    first = model.complete([ask("a"), ask("b"), ask("a")])
    assert [one.text for one in first] == ["0", "1", "0"]
    assert [one.cached for one in first] == [False, False, True], "equal requests are asked once"
    again = Cached(within, model.path).complete([ask("b"), ask("c"), ask("a")])
    assert [one.text for one in again] == ["1", "2", "0"]
    assert again[0] == Answer("1", prompt_tokens=3, tokens=2, cost=0.0, seconds=0.0, tries=0, cached=True)
    assert [one.messages[0].content for one in within.asked] == ["a", "b", "c"]


def test_samples_models_and_ways_of_sampling_have_entries_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    model = Cached(Counting(), path)
    votes = model.complete([ask("a", sampling=HOT, sample=sample) for sample in range(3)])
    assert [one.text for one in votes] == ["0", "1", "2"]
    assert model.complete([ask("a", sampling=replace(HOT, top_p=0.9))])[0].text == "3"
    assert Cached(Counting("other weights"), path).complete([ask("a", sampling=HOT)])[0].text == "0"
    assert model.complete([ask("a", sampling=HOT, sample=1)])[0].text == "1"


def test_an_error_is_never_kept(tmp_path: Path) -> None:
    answers = ["", "good"]
    model = Cached(Scripted(lambda _: Answer(error="lost") if not answers.pop(0) else "good"), tmp_path / "answers")
    first = model.complete([ask("a"), ask("a")])
    assert [(one.text, one.error, one.cached) for one in first] == [("", "lost", False), ("", "lost", True)]
    assert model.complete([ask("a")])[0].text == "good"
    assert model.complete([ask("a")])[0].cached


def test_what_was_answered_before_a_stop_is_kept(tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        if request.messages[0].content == "stop":
            raise ChatError("no more")
        return "paid for"

    ledger = Ledger()
    model = Counted(Cached(Scripted(reply), tmp_path / "answers"), ledger)
    with pytest.raises(ChatError):
        model.complete([ask("a"), ask("stop"), ask("b")])
    assert ledger.rows()["scripted"].requests == 1
    assert model.complete([ask("a")])[0].cached


@pytest.mark.parametrize("name", ["folder", "words.txt", "file/below"])
def test_a_file_that_cannot_be_a_cache_is_told_before_anything_is_asked(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "words.txt").write_text("These are my words, and no database of answers at all.\n" * 40)
    (tmp_path / "file").write_text("")
    with pytest.raises(ChatError, match="cannot be a cache"):
        Cached(Counting(), tmp_path / name)


def test_a_cache_that_breaks_on_the_way_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = Cached(Counting(), tmp_path / "answers")
    with sqlite3.connect(model.path) as file:
        file.execute("DROP TABLE answers")
    assert model.complete([ask("a")])[0].text == "0"
    assert "cannot be written" in caplog.text


def _fill(path: Path, process: int) -> None:
    model = Cached(Scripted(lambda request: f"{process}: {request.messages[0].content}"), path)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda n: model.complete([ask(f"{n % 50}")])[0].text, range(100)))
    path.with_suffix(f".{process}").write_text(json.dumps(said))


def test_processes_and_threads_share_a_cache(tmp_path: Path) -> None:
    """All that was written first is what everybody saw, and stays."""
    path = tmp_path / "answers"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_fill, args=(path, number)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    model = Cached(Counting(Scripted(lambda _: "").fingerprint), path)
    found = model.complete([ask(f"{n}") for n in range(50)])
    assert all(one.cached for one in found)
    kept = [one.text for one in found]
    assert [text[3:] for text in kept] == [f"{n}" for n in range(50)]
    assert [json.loads(path.with_suffix(f".{number}").read_text()) for number in range(2)] == [kept * 2] * 2
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM answers").fetchone() == (50,)
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_cache_goes_over_a_fork(tmp_path: Path) -> None:
    model = Cached(Counting(), tmp_path / "answers")
    model.complete([ask("before")])
    child = os.fork()
    if child == 0:
        there = model.complete([ask("before"), ask("child")])
        os._exit(0 if [one.cached for one in there] == [True, False] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [one.cached for one in model.complete([ask("before"), ask("child")])] == [True, True]
    model.close()
    assert model.complete([ask("child")])[0].cached, "who closed it may open it again"


def test_who_comes_second_is_told_what_came_first(tmp_path: Path) -> None:
    path = tmp_path / "answers"

    def slower(_: Request) -> str:
        Cached(Scripted(lambda _: "first"), path).complete([ask("a")])
        return "second"

    answer = Cached(Scripted(slower), path).complete([ask("a")])[0]
    assert (answer.text, answer.cached) == ("first", False)


# Ledger and prices.


def test_a_ledger_sums_what_was_answered(tmp_path: Path) -> None:
    ledger = Ledger()
    price = Price(prompt=2.0, completion=10.0)
    model = Counted(Cached(Metered(Counting(), Meter(price)), tmp_path / "answers"), ledger)
    model.complete([ask("a"), ask("b")])
    model.complete([ask("a"), ask("c")])
    Counted(Scripted(lambda _: 1 / 0, name="broken"), ledger).say(Message("user", "x"))
    row = {"requests": 4, "cached": 1, "calls": 3, "failed": 0, "truncated": 0, "prompt_tokens": 9, "tokens": 6}
    # 9 tokens read at 2 a million and 6 written at 10 a million
    record = ledger.to_json()
    assert record["counting"] == pytest.approx({**row, "cost": (9 * 2 + 6 * 10) / 1e6, "seconds": 3.0})
    assert record["broken"]["failed"] == record["broken"]["requests"] == 1
    assert json.loads(json.dumps(record)) == record


def test_a_ledger_is_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger()
    ledger.add("judge", [Answer("x", prompt_tokens=123456, tokens=7, cost=1.5, seconds=2.0), None])
    Console(width=120).print(ledger.table())
    shown = capsys.readouterr().out
    assert "judge" in shown
    assert "123,456" in shown
    assert "1.5000" in shown


def test_threads_write_to_one_ledger() -> None:
    model = Counted(Counting(), Ledger())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: model.complete([ask(f"{n}")] * 3), range(200)))
    row = model.ledger.rows()["counting"]
    assert (row.requests, row.calls, row.tokens) == (600, 600, 1200)


# Budgets.


def priced(budget: Budget, tokens: int = 8, seconds: float = 0.0) -> tuple[Metered, list[int]]:
    """A model whose calls cost one unit of money for eight tokens, which is their worst; and how often it was asked."""
    lock, calls = threading.Lock(), [0]

    def reply(_: Request) -> Answer:
        with lock:
            calls[0] += 1
        time.sleep(seconds)
        return Answer("word", tokens=tokens)

    return Metered(Scripted(reply), Meter(Price(prompt=0.0, completion=125_000.0), budget)), calls


def test_a_budget_is_spent_to_its_edge_by_eight_threads_and_not_beyond() -> None:
    budget = Budget(300.0)
    model, calls = priced(budget, seconds=0.001)

    def work(_: int) -> int:
        refused = 0
        for _ in range(100):
            try:
                model.complete([ask("x", sampling=HOT)])
            except BudgetSpent:
                refused += 1
        return refused

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 500
    assert calls == [300]
    assert budget.spent == 300.0


def test_money_is_counted_without_rounding() -> None:
    budget = Budget(0.3)
    model = Metered(Scripted(lambda _: Answer("w", tokens=1)), Meter(Price(prompt=0, completion=100_000), budget))
    one = Sampling(max_tokens=1)  # 0.1; three of these are 0.3, and in floating-point numbers a little more
    assert sum([0.1] * 3) > 0.3
    model.complete([ask("x", sampling=one)] * 3)
    with pytest.raises(BudgetSpent, match=r"the budget of 0\.3 is spent: 0\.3 went, and the next call may cost 0\.1"):
        model.complete([ask("x", sampling=one)])


def test_calls_that_cost_less_than_their_worst_leave_the_rest_to_others() -> None:
    """Of 3.5, each call may take 1 and takes 1/8: nobody is refused because others run."""
    budget = Budget(3.5)
    model, calls = priced(budget, tokens=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: model.complete([ask("x", sampling=HOT)]), range(16)))
    answers = model.complete([ask("x", sampling=HOT)] * 4)  # more than fit at once, in one batch
    assert [one.cost for one in answers] == [0.125] * 4
    assert calls == [20]
    assert budget.spent == 2.5
    with pytest.raises(BudgetSpent) as spent:
        model.complete([ask("x", sampling=HOT)] * 10)
    assert [one is not None for one in spent.value.answers] == [True] + [False] * 9
    assert budget.spent == 2.625, "0.875 is left, and a call may cost 1"


def test_the_worst_case_is_never_less_than_any_tokenizer_makes() -> None:
    price = Price(prompt=1.0, completion=0.0)
    for text in ("", "plain words", "éèüß", "汉字" * 50, "🙂" * 50, "\ud800"):
        worst = price.worst(ask(text)) / 10**6
        assert worst >= len(text.encode("utf-8", "replace")) + 16
    schema = {"type": "object", "properties": {"a" * 500: {"type": "string"}}}
    assert price.worst(ask("", schema=schema)) >= price.worst(ask("")) + 500 * 10**6
    assert Price(prompt=0.0, completion=3.0).worst(ask("x")) == 3 * ANSWER.max_tokens * 10**6
    assert Price(prompt=0.15, completion=0.6).cost(10**6, 10**6) == 0.75 * UNIT


def test_a_budget_goes_on_where_another_run_ended() -> None:
    model, calls = priced(Budget(3.0, spent=2.0))
    with pytest.raises(BudgetSpent) as spent:
        model.complete([ask("x", sampling=HOT)] * 2)
    assert calls == [1]
    assert spent.value.answers[1] is None


def test_what_was_answered_before_a_stop_is_paid_for() -> None:
    def reply(request: Request) -> Answer:
        if request.messages[0].content == "stop":
            raise ChatError("no more")
        return Answer("word", tokens=4)

    budget = Budget(10.0)
    model = Metered(Scripted(reply), Meter(Price(prompt=0.0, completion=125_000.0), budget))
    with pytest.raises(ChatError, match="no more") as stopped:
        model.complete([ask(text, sampling=HOT) for text in ("a", "stop", "b")])
    assert [one and one.cost for one in stopped.value.answers] == [0.5, None, None]
    assert budget.spent == 0.5


def test_a_broken_call_gives_back_what_was_put_aside() -> None:
    def broken(_: Request) -> str:
        raise ChatError("down")

    budget = Budget(1.0)
    model = Metered(Scripted(broken), Meter(Price(prompt=0.0, completion=125_000.0), budget))
    for _ in range(3):  # a second call would wait for ever
        with pytest.raises(ChatError, match="down"):
            model.complete([ask("x", sampling=HOT)])
    assert budget.spent == 0.0


@pytest.mark.parametrize("amounts", [(-1.0, 0.0), (1.0, -1.0), (float("nan"), 0.0)])
def test_an_amount_that_is_none_is_refused(amounts: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Budget(*amounts)


# Waits.


def test_waits_double_and_are_drawn_from_the_upper_half() -> None:
    retry = Retry(first=1.0, longest=10.0)
    for failures, most in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 10.0), (4000, 10.0)):
        drawn = {retry.wait(failures) for _ in range(50)}
        assert len(drawn) > 10, "those who were refused together would come back together"
        assert most / 2 <= min(drawn) <= max(drawn) <= most
    assert 60.5 <= retry.wait(1, asked=60.0) <= 61.0, "never sooner than the server asks for"


def test_what_a_server_asks_to_wait() -> None:
    assert asked_to_wait({"retry-after": "7"}) == 7.0
    assert asked_to_wait({"retry-after-ms": "250", "retry-after": "7"}) == 0.25
    assert asked_to_wait({"retry-after": "Fri, 31 Dec 2199 23:59:59 GMT"}) > 10**6
    for none in ("", "soon", "-3", "nan", "inf", "Fri, 31 Dec 1999 23:59:59 GMT"):
        assert asked_to_wait({"retry-after": none}) == 0.0
    assert asked_to_wait({}) == 0.0


# Names.


def shout(request: Request) -> str:
    return f"{request.messages[-1].content.upper()} {request.sampling.temperature}"


def test_a_scripted_model_by_name_with_all_that_belongs_around_it(tmp_path: Path) -> None:
    name = "scripted:test_chat:shout"
    prices = {name: {"prompt": 1.0, "completion": 2.0}}
    model = named(name, cache=tmp_path / "answers", prices=prices, budget=1.0, temperature=0.5)
    assert [model.say(Message("user", "hi")).text for _ in range(2)] == ["HI 0.5", "HI 0.5"]
    (row,) = model.ledger.rows().values()
    assert (row.requests, row.calls, row.cached, row.prompt_tokens, row.tokens) == (2, 1, 1, 1, 2)
    assert row.cost == pytest.approx(5e-6)
    assert named(name, cache=tmp_path / "answers").say(Message("user", "hi")).text == "HI 0.0", "its own entry"
    assert model.ready().tries == 0


def length(request: Request) -> str:
    return f"{request.sampling.max_tokens} {request.sampling.temperature}"


def test_a_configuration_says_how_long_answers_may_be(tmp_path: Path) -> None:
    name = "scripted:test_chat:length"
    model = named(name, max_tokens=4096, cache=tmp_path / "answers")
    assert model.say(Message("user", "think")).text == "4096 0.0"
    assert named(name, cache=tmp_path / "answers").say(Message("user", "think")).text == "512 0.0", "its own entry"
    assert named(name, max_tokens=9, temperature=1.0).complete([ask("x", sampling=HOT)])[0].text == "9 1.0"
    assert model.sampled(HOT) == replace(HOT, max_tokens=4096), "who asked can tell"
    assert named(name).sampled(HOT) == HOT
    priced = named(name, max_tokens=1000, prices={name: {"prompt": 0.0, "completion": 1000.0}}, budget=0.5)
    with pytest.raises(BudgetSpent):
        priced.say(Message("user", "x"))


def test_models_share_a_ledger_and_a_budget() -> None:
    name = "scripted:test_chat:shout"
    config = ChatConfig(model=name, prices={name: Price(prompt=0, completion=1000.0)})
    ledger, budget = Ledger(), Budget(0.6)
    judge, customer = (made(config, ledger, budget) for _ in range(2))
    judge.say(Message("user", "hi"))
    customer.say(Message("user", "hi"))
    assert ledger.rows()["test_chat:shout"].requests == 2
    assert budget.spent == pytest.approx(0.004)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("gpt-4o", {}, "openai:MODEL, local:DIRECTORY or scripted:MODULE:FUNCTION"),
        ("openai:", {}, "openai:MODEL"),
        ("scripted:no_such_module:f", {}, "No module named 'no_such_module'"),
        ("scripted:test_chat:no_such", {}, "no_such"),
        ("scripted:test_chat", {}, "Name a module and a function"),
        ("scripted:test_chat:shout", {"budget": 1.0}, "a budget needs the model's price"),
        ("scripted:test_chat:shout", {"budgets": 1.0}, "budgets: Extra inputs"),
        ("scripted:test_chat:shout", {"key": "sk-1"}, "key: Extra inputs"),
        ("scripted:test_chat:shout", {"prices": {"x": {"prompt": -1, "completion": 1}}}, "prices.x.prompt"),
        ("scripted:test_chat:shout", {"timeout": 0}, "timeout"),
        ("scripted:test_chat:shout", {"max_tokens": 0}, "max_tokens"),
    ],
)
def test_what_is_wrong_is_told_before_a_run(name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ChatError) as told:
        named(name, **options)
    assert words in str(told.value)
    assert "sk-1" not in str(told.value)


def test_the_section_that_the_docs_show_is_one() -> None:
    page = (Path(__file__).parent.parent / "docs" / "chat.md").read_text()
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    record = yaml.safe_load(shown)
    config = ChatConfig(**record)
    assert set(record) == set(ChatConfig.model_fields), "every field is shown, and no other"
    assert config.prices[config.model] == Price(prompt=0.15, completion=0.6)
    for name in ("concurrency", "timeout", "deadline", "tries"):
        assert record[name] == ChatConfig.model_fields[name].default


def test_nothing_heavy_is_imported() -> None:
    code = "import scoutgym.llm.chat.named, sys; print({'torch', 'openai', 'transformers'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
