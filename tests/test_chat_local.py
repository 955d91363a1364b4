"""Chat models from directories, and the same directory behind `transformers serve`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from scoutgym.llm.chat.core import ChatError, Request
from scoutgym.llm.chat.local import Local
from scoutgym.llm.chat.named import named
from scoutgym.llm.chat.retry import Retry
from scoutgym.llm.chat.server import Server
from scoutgym.llm.sampling import Sampling
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Message

pytestmark = [pytest.mark.llm, pytest.mark.openai]

TEXTS = ["the cat sat on the mat", "a dog ran", "the dog and the cat ran and sat", "a mat"]
GREEDY, HOT = Sampling(temperature=0.0, max_tokens=9), Sampling(temperature=1.0, max_tokens=9)
TEMPLATE = (
    "<bos>{% for m in messages %}{{ '<act>' + m.content + '<end>' if m.role == 'assistant' else '<obs>' + m.content }}"
    "{% endfor %}{% if add_generation_prompt %}<act>{% endif %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny"
    words = Words.of(TEXTS, least=1)
    tiny_llama(words, width=32, layers=2, heads=2, context=64, seed=0).save_pretrained(path)
    words.tokenizer.chat_template = TEMPLATE
    words.save(path)
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> Local:
    return Local(folder, batch=3, device="cpu")


def ask(text: str, sampling: Sampling = HOT, sample: int = 0) -> Request:
    return Request((Message("user", text),), sampling, sample)


def test_an_answer_is_what_a_plain_forward_pass_says(model: Local, folder: Path) -> None:
    plain = AutoModelForCausalLM.from_pretrained(folder).eval()
    words = Words.load(folder)
    ids = words.prompt("the cat", first=True)
    said: list[int] = []
    with torch.no_grad():
        while len(said) < GREEDY.max_tokens and (not said or said[-1] != words.end):
            said.append(int(plain(torch.tensor([ids + said])).logits[0, -1].argmax()))
    answer = model.complete([ask("the cat", GREEDY)])[0]
    assert answer.text == words.decode(said)
    assert (answer.prompt_tokens, answer.tokens) == (len(ids), len(said))
    assert answer.truncated == (said[-1] != words.end)
    assert (answer.error, answer.tries, answer.cached) == ("", 1, False)


def test_an_answer_does_not_depend_on_when_and_beside_what_it_is_asked(model: Local) -> None:
    requests = [ask(text, how, sample) for text in TEXTS for how in (GREEDY, HOT) for sample in range(2)]
    together = model.complete(requests)
    alone = [model.complete([request])[0] for request in reversed(requests)][::-1]
    assert [one.text for one in together] == [one.text for one in alone]
    with ThreadPoolExecutor(4) as pool:
        threads = list(pool.map(lambda request: model.complete([request])[0], requests))
    assert [one.text for one in together] == [one.text for one in threads]
    greedy = [one.text for one, request in zip(together, requests, strict=True) if request.sampling is GREEDY]
    assert greedy[0::2] == greedy[1::2]
    hot = {one.text for one, request in zip(together, requests, strict=True) if request.sampling is HOT}
    assert len(hot) == 8, "each sample has its own noise"


def test_what_does_not_fit_is_one_answer_s_error(model: Local) -> None:
    fits, too_long = model.complete([ask("a mat"), ask("a mat " * 30)])
    assert fits.text
    assert "tokens and an answer of 9 do not fit local:tiny's 64" in too_long.error
    assert model.complete([ask("half a pair \ud800")])[0].error == ""


def test_a_fingerprint_tells_weights_and_tokenizer_from_others(model: Local, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    (copy / "README.md").write_text("words that decide nothing")
    assert Local(copy).fingerprint == model.fingerprint
    with (copy / "tokenizer_config.json").open("a") as file:
        file.write(" ")
    other = Local(copy).fingerprint
    assert other != model.fingerprint
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert len({model.fingerprint, other, Local(copy).fingerprint}) == 3


def test_what_is_no_model_is_told_when_it_is_made(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ChatError, match=r"has no config\.json"):
        named(f"local:{tmp_path}/none")
    bare = shutil.copytree(folder, tmp_path / "bare")
    (bare / "model.safetensors").unlink()
    with pytest.raises(ChatError, match="cannot be used"):
        Local(bare)
    torch.save({}, bare / "pytorch_model.bin")  # a pickle
    with pytest.raises(ChatError, match="cannot be used"):
        Local(bare)
    config = (bare / "config.json").read_text()
    (bare / "config.json").write_text(config.replace('"num_hidden_layers": 2', '"num_hidden_layers": 3'))
    shutil.copy(folder / "model.safetensors", bare)
    with pytest.raises(ChatError, match=r"9 weights are missing, as model\.layers\.2"):
        Local(bare)
    torn = shutil.copytree(folder, tmp_path / "torn")
    weights = torn / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ChatError, match="cannot be used"):
        Local(torn)
    (torn / "config.json").write_text("{")
    with pytest.raises(ChatError, match="cannot be used"):
        Local(torn)


def test_by_name_with_cache_and_prices(folder: Path, tmp_path: Path) -> None:
    name = f"local:{folder}"
    model = named(name, cache=tmp_path / "answers", prices={name: {"prompt": 0.0, "completion": 1.0}}, budget=1.0)
    first, again = (model.complete([ask("a dog", GREEDY)])[0] for _ in range(2))
    assert (first.text, first.cached, again.cached) == (again.text, False, True)
    assert first.cost == first.tokens / 1e6


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of `transformers serve`, once it answers; its whole group of processes ends with the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    transformers = Path(sys.executable).with_name("transformers")
    command = [str(transformers), "serve", str(folder), "--port", str(port), "--device", "cpu"]
    surroundings = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    log = folder.parent / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=surroundings, start_new_session=True)
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@pytest.mark.slow
@pytest.mark.ci
def test_transformers_serve_answers(served: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    server = Server(str(folder), served, timeout=60.0, retry=Retry(tries=3))
    assert server.ready().tokens > 0
    requests = [ask(text, GREEDY) for text in TEXTS]
    there, here = server.complete(requests), Local(folder).complete(requests)
    assert [one.error for one in there] == [""] * 4
    assert [one.text.strip() for one in there] == [one.text for one in here]
    assert [one.prompt_tokens for one in there] == [one.prompt_tokens for one in here]
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    formed = server.complete([Request(requests[0].messages, GREEDY, schema=schema)])[0]
    assert (formed.text, formed.error) == (there[0].text, ""), "this server heeds no schema, and does not say so"
    server.close()
