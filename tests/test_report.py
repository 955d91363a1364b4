"""The report: what it reads from a run folder, that hostile text stays text, and the page in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_fixture import (
    GROUPS,
    HOSTILE,
    bench_results,
    hostile_episode,
    leaking_episode,
    make_run,
    play,
    write_episodes,
)

from scoutgym.agents.players import ExpertAgent
from scoutgym.benchmark.audit import Audit, page_data
from scoutgym.benchmark.audit.page import FIGURES
from scoutgym.report import write_bench, write_judges, write_report
from scoutgym.report.data import POINTS, read_run
from scoutgym.report.episodes import MOST, Shown, fit
from scoutgym.report.html import safe_json

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
LIMIT = 2_000_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with one hostile episode and a torn last line of metrics."""
    run = make_run(tmp_path_factory.mktemp("runs") / "demo")
    write_episodes(run / "episodes" / "hostile.jsonl", [hostile_episode()])
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"stage": "rl", "step": 40, "succ')
    return run


def data_of(page: Path) -> Any:
    """What a browser would parse: the text between the data element's tags."""
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


# What is read


def test_curves_summary_and_notes(demo: Path) -> None:
    run = read_run(demo)
    assert run.finished
    assert run.groups == list(GROUPS)
    lines = [json.loads(line) for line in (demo / "metrics.jsonl").read_text().splitlines()[:-1]]
    steps, values = run.series["rl"]["success/maze"]
    expected = {line["step"]: line["success/maze"] for line in lines if "success/maze" in line}
    assert dict(zip(steps, values, strict=True)) == pytest.approx(expected, rel=1e-4)
    assert run.notes == ["metrics.jsonl: the last line is torn; it was ignored."]


def test_two_presets_of_one_world_are_two_groups(demo: Path) -> None:
    """The files hold tasks, not groups: they are told apart by parameters, written as presets or written out."""
    found = {(one.stage, one.group) for one in read_run(demo).episodes}
    assert found == {(stage, group) for stage in ("before", "after", "train") for group in GROUPS} | {
        ("hostile", "number")
    }
    assert {one.episode.task.params["high"] for one in read_run(demo).episodes if one.group == "number_large"} == {63}
    assert {one.step for one in read_run(demo).episodes if one.stage == "train"} == {0, 10, 20, 30}


def test_a_step_written_twice_counts_once(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=1, steps=3)
    with (run / "metrics.jsonl").open("a") as file:
        file.write(
            '{"stage":"rl","step":2,"seconds":999,"grad_norm":7.5}\n{"stage":"rl","step":3,"grad_norm":NaN}\n[1]\n'
        )
    read = read_run(run)
    assert read.series["rl"]["grad_norm"][0] == [0, 1, 2]
    assert read.series["rl"]["grad_norm"][1][-1] == 7.5
    assert read.seconds == 999
    assert any("grad_norm was nan at step 3" in note for note in read.notes)
    assert any("is not an object" in note for note in read.notes)


def test_long_curves_are_averaged_in_blocks(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=1, steps=1)
    lines = [{"stage": "rl", "step": step, "grad_norm": float(step)} for step in range(5000)]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    steps, values = read_run(run).series["rl"]["grad_norm"]
    assert len(steps) <= POINTS
    assert steps[-1] == 4999
    assert values == pytest.approx(
        [(low + high) / 2 for low, high in zip([0, *(s + 1 for s in steps)], steps, strict=False)], rel=1e-4
    )


def test_a_run_that_goes_on(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", finished=False, episodes=2)
    (run / "tensorboard").rmdir()
    with (run / "episodes" / "eval-before.jsonl").open("a") as file:
        file.write('{"task": {"env_id": "scoutg')
    data = data_of(write_report([run]))["runs"][0]
    assert not data["finished"]
    assert data["seconds"] == 334
    notes = " ".join(data["notes"])
    assert "no summary.json" in notes
    assert "no tensorboard" in notes
    assert "episodes/eval-before.jsonl: the last line is torn" in notes
    assert len(data["episodes"]["list"]) == 2 * len(GROUPS) + 4 * 2 * len(GROUPS)


def test_only_a_configuration_is_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("envs: {number: scoutgym/Number-15-v0}\n")
    data = data_of(write_report([tmp_path]))["runs"][0]
    assert data["groups"] == ["number"]
    assert len(data["notes"]) == 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no run folder"),
        (lambda path: path.write_text("x"), "is a file: a run is a folder"),
        (lambda path: path.mkdir(), "it has no config.yaml"),
        (lambda path: (path.mkdir(), (path / "config.yaml").write_text("a: [")), "cannot be read as YAML"),
        (lambda path: (path.mkdir(), (path / "config.yaml").write_text("site_name: x\n")), "no groups under `envs:`"),
    ],
)
def test_what_is_no_run(tmp_path: Path, make: Any, message: str) -> None:
    folder = tmp_path / "thing"
    make(folder)
    with pytest.raises(ValueError, match=message) as error:
        write_report([folder])
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_other_bad_input(demo: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one run folder"):
        write_report([])
    with pytest.raises(ValueError, match="is a folder: name the page"):
        write_report([demo], tmp_path)
    with pytest.raises(ValueError, match="cannot write the page"):
        write_report([demo], demo / "config.yaml" / "page.html")
    with pytest.raises(ValueError, match="at least one result"):
        write_bench([], tmp_path / "bench.html")
    with pytest.raises(ValueError, match="result 0 is no benchmark result: it has no 'agent'"):
        write_bench([{"env": "x"}], tmp_path / "bench.html")


def test_records_that_are_no_episodes_are_counted(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=1, steps=1)
    wrong = [{"schema": 99}, {"task": 3, "turns": []}, {"task": {}, "turns": 5}, {}]
    (run / "episodes" / "eval-after.jsonl").write_text("".join(json.dumps(record) + "\n" for record in wrong))
    read = read_run(run)
    assert "4 lines under episodes/ are no episodes, or of a newer schema; they were ignored." in read.notes
    assert "after" not in {one.stage for one in read.episodes}


# What is kept of many episodes


def test_the_sample_is_even_and_bounded() -> None:
    one = play(ExpertAgent(), "number", "test", 1)[0]
    many = [
        Shown("after", "number", None, replace(one, sample=i, luck=i, task=replace(one.task, index=i)))
        for i in range(1000)
    ]
    few = fit([[*many, Shown("before", "maze", None, one)]]).runs[0]
    indices = [e["task"][2] for e in few["list"] if e["stage"] == "after"]
    assert indices == list(range(0, 1000, 1000 // MOST))
    assert few["counts"] == [["after", "number", 1000], ["before", "maze", 1]]


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("size", [50, 500_000])
def test_the_page_stays_small(tmp_path: Path, size: int) -> None:
    """Ten thousand episodes, or texts of half a megabyte: below two megabytes, and it says what was left out."""
    one = play(ExpertAgent(), "number", "test", 1)[0]
    count = 10_000 if size < 100 else 3
    shown = []
    for i in range(count):
        turns = [replace(turn, text=f"{i} " + "x" * size, action="y" * size, obs="é" * size) for turn in one.turns * 3]
        shown.append(Shown(f"stage{i % 50}", f"group{i % 7}", None, replace(one, turns=turns)))
    fitted = fit([shown])
    assert len(safe_json(fitted._asdict())) < 1_500_000
    assert len({(e["stage"], e["group"]) for e in fitted.runs[0]["list"]}) == len({(s.stage, s.group) for s in shown})
    if size > 100:
        assert "more characters)" in fitted.runs[0]["list"][0]["turns"][0]["a"]


# Hostile text


def test_json_cannot_leave_its_element() -> None:
    text = safe_json({HOSTILE: [HOSTILE]})
    assert text.isascii()
    assert not set("<>&") & set(text)
    assert json.loads(text) == {HOSTILE: [HOSTILE]}


def test_the_page_has_its_own_two_scripts_and_no_address(demo: Path) -> None:
    page = write_report([demo]).read_text("utf-8")
    assert page.count("<script") == page.count("</script") == 2
    assert HOSTILE not in page
    script = page.rsplit("<script>", 1)[1]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|fetch\(|XMLHttp", script
    )
    addresses = set(re.findall(r"https?://[^\"'\s]+", page)) - {"http://www.w3.org/2000/svg"}
    assert addresses == set()
    assert len(page) < LIMIT


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    assert chromium, "the tests of the report need Chromium: make system"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@contextmanager
def opened(browser: Any, path: Path, width: int = 1280, scheme: str = "light") -> Iterator[Any]:
    """A page, watched: nothing but the file itself is asked for, no error, no dialog, no script from text."""
    asked: list[str] = []
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.continue_() if route.request.url == path.as_uri() else route.abort()

    page.route("**/*", answer)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    page.wait_for_selector("section")
    # The charts are drawn when the first layout is known.
    page.wait_for_function("[...document.querySelectorAll('.chart svg')].every((svg) => svg.childElementCount > 0)")
    yield page
    assert page.evaluate("window.hacked") is None
    assert asked == [path.as_uri()]
    assert wrong == []
    page.close()


def wide(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.browser
def test_click_through_an_episode(browser: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=6, steps=12)
    with opened(browser, write_report([run])) as page:
        viewer = page.locator("#viewer")
        viewer.get_by_label("Stage").select_option("before")
        viewer.get_by_label("Group").select_option("mastermind")
        stored = [json.loads(line) for line in (run / "episodes" / "eval-before.jsonl").read_text().splitlines()]
        mine = [episode for episode in stored if episode["task"]["env_id"] == "scoutgym/Mastermind-v0"]
        assert len(mine) == 6
        place = max(range(6), key=lambda i: len(mine[i]["turns"]))
        episode = mine[place]
        assert len(episode["turns"]) >= 3
        viewer.get_by_label("Episode", exact=True).select_option(str(place))

        def reads(turn: int) -> None:
            expected = [*(t["obs"] for t in episode["turns"]), episode["final_observation"]]
            said = viewer.locator(".bubble .said").all_text_contents()
            assert said[0] == expected[turn]
            assert said[1] == episode["turns"][turn]["action"]
            assert said[3] == expected[turn + 1]
            assert viewer.locator("strong").text_content() == f"Turn {turn + 1} of {len(episode['turns'])}"
            assert f"reward {episode['turns'][turn]['reward']:g}" in viewer.text_content()
            assert viewer.locator("[aria-current=true] span").first.text_content() == str(turn + 1)

        reads(0)
        page.get_by_role("button", name="Turn →").click()
        reads(1)
        page.keyboard.press("ArrowRight")
        reads(2)
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        reads(0)
        page.keyboard.press("ArrowLeft")
        reads(0)
        viewer.locator(".turns button").last.click()
        reads(len(episode["turns"]) - 1)
        page.keyboard.press("ArrowRight")
        reads(len(episode["turns"]) - 1)

        hidden = viewer.get_by_text("What was hidden")
        assert not hidden.is_visible()
        viewer.get_by_role("button", name="Reveal the hidden answer").click()
        assert hidden.is_visible()
        assert viewer.locator(".said").last.text_content() == episode["privileged"]["answer"]
        viewer.get_by_role("button", name="Hide the answer").click()
        assert not hidden.is_visible()

        lost = sum(not episode["success"] for episode in mine)
        viewer.get_by_label("End").select_option("failed")
        assert viewer.get_by_label("Episode", exact=True).locator("option").count() == lost
        viewer.get_by_label("End").select_option("all")
        viewer.get_by_label("Episode", exact=True).select_option("0")
        viewer.get_by_role("button", name="Episode ›").click()
        assert viewer.get_by_label("Episode", exact=True).input_value() == "1"
        page.keyboard.press("Shift+ArrowLeft")
        assert viewer.get_by_label("Episode", exact=True).input_value() == "0"


@pytest.mark.browser
def test_a_film_strip_has_a_frame_a_turn_and_says_what_leaked(browser: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=2, steps=12)
    episode = leaking_episode()
    assert len(episode.turns) >= 3
    write_episodes(run / "episodes" / "leaks.jsonl", [episode])
    with opened(browser, write_report([run])) as page:
        viewer = page.locator("#viewer")
        viewer.get_by_label("Stage").select_option("leaks")
        frames = viewer.locator(".frame")
        assert frames.count() == len(episode.turns) + 1
        assert [frames.nth(i).locator(".did").text_content() for i in range(2)] == [t.action for t in episode.turns[:2]]
        assert frames.nth(1).locator(".seen").text_content() == episode.turns[1].obs
        assert frames.last.locator(".seen").text_content() == episode.final_observation
        assert viewer.locator(".leaky").count() == 1
        assert frames.nth(1).locator(".leak").all_text_contents() == ["leaked: phone (exact; form · Message)"]
        frames.nth(1).get_by_role("button").click()
        assert viewer.locator("strong").text_content() == f"Turn 2 of {len(episode.turns)}"
        assert frames.nth(1).get_attribute("aria-current") == "true"


@pytest.mark.browser
def test_what_a_world_tells_stands_in_a_table_of_its_own(browser: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", episodes=2, steps=12)
    with opened(browser, write_report([run])) as page:
        assert page.locator("#told").count() == 0
    found = json.loads((run / "summary.json").read_text())
    row = found["groups"]["maze"]
    for side, mean in (("before", 0.625), ("after", 0.125)):
        row[side]["best"]["figures"] = {"leak_rate": {"mean": mean, "ci": [mean - 0.1, mean + 0.1]}}
    row["paired_difference"]["best"]["figures"] = {"leak_rate": {"mean": -0.5, "ci": [-0.625, -0.375]}}
    (run / "summary.json").write_text(json.dumps(found))
    with opened(browser, write_report([run])) as page:
        table = page.locator("#told table")
        assert [table.locator("tbody tr").nth(place).locator("th").text_content() for place in (0, 1)] == [
            "maze",
            "leak rate",
        ]
        cells = table.locator("tbody tr").nth(1).locator("td span").all_text_contents()
        assert cells == ["0.63", "0.13", "−0.50"]
        assert table.locator("small").last.text_content() == "−0.63 to −0.38"


@pytest.mark.browser
def test_hostile_text_is_only_text(browser: Any, demo: Path) -> None:
    with opened(browser, write_report([demo])) as page:
        elements = "document.querySelectorAll('img, b, script, iframe').length"
        before = page.evaluate(elements)
        viewer = page.locator("#viewer")
        viewer.get_by_label("Stage").select_option("hostile")
        viewer.get_by_role("button", name="Reveal the hidden answer").click()
        said = viewer.locator(".bubble .said").all_text_contents()
        shown = HOSTILE.replace("\ud800", "\ufffd")  # half a surrogate pair reaches us as the sign for a broken one
        *rest, hidden = [text.replace("\ud800", "\ufffd") for text in said if text]
        assert rest == [shown] * 3
        assert hidden.startswith(f"{shown}\nitems:")
        assert viewer.locator(".leak").first.text_content().startswith("leaked: <script>alert(1)</script>")
        assert page.evaluate(elements) == before == 2
        page.wait_for_timeout(200)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (360, "light"), (1600, "dark")])
def test_every_width_and_both_schemes(browser: Any, demo: Path, width: int, scheme: str) -> None:
    with opened(browser, write_report([demo]), width, scheme) as page:
        assert wide(page) <= width
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(map(int, re.findall(r"\d+", background)[:3])) > 384
        assert light == (scheme == "light")
        page.locator("summary").click()
        page.locator("#viewer").get_by_label("Stage").select_option("hostile")
        assert wide(page) <= width


@pytest.mark.browser
def test_the_numbers_are_those_of_the_summary(browser: Any, demo: Path) -> None:
    summary = json.loads((demo / "summary.json").read_text())
    with opened(browser, write_report([demo])) as page:
        text = page.text_content("header").replace("\u00a0", " ")
        assert "each policy at its best temperature, went from 49.0 % to 81.3 %" in text
        assert "412,320 parameters" in text
        assert "6 min 52 s" in text
        assert "+32.4 percentage points (95 % interval +28.2 to +36.7)" in text
        assert "Sampled at temperature 1: 44.0 % → 76.3 %" in text
        assert "Greedy decoding: 48.0 % → 80.3 %" in text
        assert "Best temperature: 49.0 % at 0.5 → 81.3 % at 0.5" in text
        rows = page.locator("#groups tbody tr").all_text_contents()
        assert len(rows) == len(GROUPS) + 1
        for row, (name, group) in zip(rows, summary["groups"].items(), strict=False):
            assert row.startswith(name.replace("_", " "))
            for side in ("random", "before", "after", "expert"):
                shown = group[side].get("best", group[side])
                assert f"{100 * shown['success']:.1f}" in row
            assert f"{100 * group['before']['success']:.1f} → {100 * group['after']['success']:.1f}" in row
            assert f"+{100 * group['paired_difference']['best']['mean']:.1f}" in row
        titles = page.locator("#groups svg title").all_text_contents()
        assert any(t.replace("\u00a0", " ").startswith("after: 81.3 %\n95 % interval 78.5 % to 84.1 %") for t in titles)
        for section in ("learning", "bits", "curriculum", "outcomes"):
            assert page.locator(f"#{section} svg[role=img]").count() >= 2
        assert page.locator(".notes").text_content().endswith("the last line is torn; it was ignored.")
        assert not page.locator("#config pre").is_visible()


@pytest.mark.browser
def test_a_curve_is_read_with_the_keyboard(browser: Any, demo: Path) -> None:
    run = read_run(demo)
    with opened(browser, write_report([demo])) as page:
        figure = page.locator("#learning figure", has_text="Gradient norm")
        figure.locator("svg[role=img]").focus()
        page.keyboard.press("ArrowLeft")
        assert figure.locator(".at").text_content() == "step 38"
        assert float(figure.locator("output").text_content()) == pytest.approx(
            run.series["rl"]["grad_norm"][1][38], rel=0.01
        )


@pytest.mark.browser
def test_several_runs_and_one_that_goes_on(browser: Any, demo: Path, tmp_path: Path) -> None:
    other = make_run(tmp_path / "b", "demo", 1, episodes=2, steps=8)
    going = make_run(tmp_path / "c", "going", 2, finished=False, episodes=2, steps=8)
    out = write_report([demo, other, going], tmp_path / "pages" / "three.html")
    assert out == tmp_path / "pages" / "three.html"
    for width in (1280, 360):
        with opened(browser, out, width) as page:
            assert wide(page) <= width
            names = page.locator("#compare tbody th").all_text_contents()
            assert names == ["demo", "demo (2)", "going"]
            assert page.locator("#compare figure").first.locator("button").count() == 3
            page.locator("#run").select_option("2")
            assert "no summary.json" in page.locator(".notes").text_content()
            assert "has been training for" in page.text_content("main")
            assert page.locator("#viewer").get_by_label("Stage").locator("option").count() == 2


@pytest.mark.browser
def test_the_page_of_a_benchmark(browser: Any, tmp_path: Path) -> None:
    results = bench_results()
    results.append({**results[0], "env": f"scoutgym/{HOSTILE}", "agent": HOSTILE, "success": None, "ci": None})
    out = write_bench(results, tmp_path / "bench.html")
    assert out.stat().st_size < LIMIT
    for width in (1280, 360):
        with opened(browser, out, width) as page:
            assert wide(page) <= width
            text = page.text_content("main").replace("\u00a0", " ")
            for row in results[:-1]:
                assert f"{100 * row['success']:.1f} %" in text
            bars = page.locator("#bits svg title").all_text_contents()
            for row in results[:-1]:
                assert any(
                    bar.startswith(f"{row['agent']}: {row['figures']['bits_per_turn']['mean']:.2f}") for bar in bars
                )
            parts = page.locator("#failures svg title").all_text_contents()
            assert any("never found out" in part for part in parts)
            assert page.locator("#figures details").count() == 4
            page.locator("#figures summary").first.click()
            assert page.locator("#figures table").first.is_visible()


NOTHING = (float("nan"),) * 3


def judged(name: str, told: int, **more: Any) -> Audit:
    """An audit with a verdict on so many episodes of one kind."""
    shares = (0.5, 0.4, 0.6) if told else NOTHING
    row = {"episodes": told, "won": 0.0, "verdict": 0.6, "passed": 0.5, "low": 0.4, "high": 0.6, "right": 0.5}
    kind = {"near miss": row} if told else {}
    moved = {"any": {"passed": (0.25, 0.1, 0.4), "silenced": (0.0, 0.0, 0.1)}} if told else {}
    figures = dict.fromkeys(FIGURES, shares)
    confusion = {"tp": told // 4, "fp": told // 4, "fn": 0, "tn": told // 2}
    bins = [(0.25, 0.0, told // 2), (0.95, 0.5, told // 2)] if told else []
    errors = dict.fromkeys(("all", "won", "lost"), float(not told))
    return Audit(name, 8, 1, confusion, figures, errors, kind, {}, moved, bins, 0.0, 1.0, **more)


@pytest.mark.browser
def test_judges_are_drawn_and_what_they_wrote_stays_text(browser: Any, tmp_path: Path) -> None:
    example = {"kind": HOSTILE, "world": HOSTILE, "task": "test/0", "turns": 3, "verdict": 0.9, "reason": HOSTILE}
    audits = {HOSTILE: judged("one", 8, examples=[example]), "silent": judged("silent", 0)}
    with opened(browser, write_judges(page_data(audits, "here"), tmp_path / "audit.html"), 390) as page:
        assert wide(page) <= 390
        assert page.locator("#calibration circle").count() == 2
        cells = page.locator("#confusion .card").first.locator("text.strong").all_text_contents()
        assert cells == ["pass", "2", "2", "fail", "0", "4"]
        assert page.locator("#table-0 tbody tr").first.locator("td").all_text_contents() == ["0.50 [.40, .60]", "–"]
        assert "moved by an attack: 25 %, silenced: 0 %" in page.text_content("#top").replace("\u00a0", " ")
        page.locator("#wrong summary").click()
        assert "<script>alert(1)</script>" in page.locator("#wrong .said").inner_text()
    with pytest.raises(ValueError, match="at least one judge"):
        write_judges(page_data({}, "here"), tmp_path / "none.html")
