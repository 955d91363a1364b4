"""How a language model played stands in every result: in the JSON and on the page; of other agents there is nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_report import browser, opened  # noqa: F401 (a fixture)

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.formats import Tags
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import RandomAgent
from scoutgym.benchmark import Result, bench_json, page_data, run_bench
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.report import write_bench

pytestmark = pytest.mark.llm


@pytest.fixture(scope="module")
def results() -> list[Result]:
    words = Words.of(["Guess a number from 1 to 7. Write your action between <answer> and </answer>."] * 2)
    model = LMAgent(tiny_llama(words, 16, 1, 2, 256, 0), words, 0.5, max_tokens=4, format=Tags())
    return run_bench("scoutgym/Number-7-v0", [RandomAgent(), model], n=2)


def test_the_json_says_how_a_model_played(results: list[Result]) -> None:
    plain, model = json.loads(json.dumps(bench_json(results), allow_nan=False))
    assert "settings" not in plain
    assert model["settings"]["format"] == Tags().record()
    assert (model["settings"]["sampling"]["temperature"], model["settings"]["sampling"]["max_tokens"]) == (0.5, 4)
    assert model["settings"]["context"] == {"max_tokens": 256, "policy": "error"}


@pytest.mark.browser
def test_the_page_says_how_a_model_played(browser: Any, results: list[Result], tmp_path: Path) -> None:  # noqa: F811
    with opened(browser, write_bench(page_data(results), tmp_path / "bench.html")) as page:
        said = page.locator("#top").text_content()
    assert "model: format (name tags), sampling (temperature 0.5" in said
    assert "random: " not in said
