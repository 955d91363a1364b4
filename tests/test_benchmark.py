"""The benchmark on worlds whose figures are known exactly, on a world that breaks, and on wrong words."""

import io
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from rich.console import Console

import scoutgym
from scoutgym.agents.core import Agent, Job, Move, Seat, rollout
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.benchmark import agent_from, bench_json, evaluate, page_data, print_table, run_bench
from scoutgym.benchmark.evaluate import luck
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Integer
from scoutgym.envs.names import env_ids
from scoutgym.envs.registry import WORLDS, register
from scoutgym.envs.spec import Spec
from scoutgym.stats import iqm, wilson
from scoutgym.types import Episode, Task

# The benchmark on worlds that are known exactly.


def depth(secret: int, high: int) -> int:
    """How many guesses bisection needs, by playing it."""
    low, count = 1, 1
    while (guess := (low + high) // 2) != secret:
        low, high, count = (guess + 1, high, count + 1) if guess < secret else (low, guess - 1, count + 1)
    return count


def secrets_of(env_id: str, n: int) -> list[int]:
    env: Any = gymnasium.make(env_id).unwrapped
    return [env.hidden_key(Task(env.world.spec.id, "test", index, env.params)) for index in range(n)]


def test_the_expert_of_number_15_is_exact() -> None:
    assert sum(depth(secret, 15) for secret in range(1, 16)) / 15 == 49 / 15
    (result,) = evaluate("expert", "scoutgym/Number-15-v0", n=120)
    secrets = secrets_of("scoutgym/Number-15-v0", 120)
    assert (result.success, result.episodes, result.scored) == (1.0, 120, 120)
    assert result.ci == pytest.approx([120 / (120 + 1.959964**2), 1.0])
    assert result.turns.mean == pytest.approx(sum(depth(secret, 15) for secret in secrets) / 120)
    assert result.turns.low < 49 / 15 < result.turns.high
    assert result.secrets == len(set(secrets)) == 15
    # Each episode ends with the secret known: log2(15) bits in as many turns as it took.
    assert result.figures["bits_per_turn"].mean == pytest.approx(math.log2(15) / result.turns.mean)
    assert result.figures["question_efficiency"].mean == pytest.approx(1.0)
    assert result.figures["repeated_questions"].mean == result.figures["contradictory_questions"].mean == 0
    assert result.curves["bits"][0] == pytest.approx(math.log2(15))
    assert result.curves["bits"][-1] == 0
    assert result.curves["solved"][-1] == 1.0


def test_random_is_the_floor_and_comparisons_are_paired() -> None:
    results = run_bench("scoutgym/Number-7-v0", ["random", "expert", "greedy-belief"], n=60, k=4)
    random, expert, greedy = results
    assert [result.agent for result in results] == ["random", "expert", "greedy-belief"]
    assert random.success < 0.6 < expert.success == greedy.success == 1.0
    assert random.against is None
    assert expert.against.baseline == "random"
    assert expert.against.pairs == 240
    assert expert.against.success.mean == pytest.approx(1.0 - random.success)
    assert expert.against.returns.low > 0
    assert (random.normalized, expert.normalized) == (0.0, 100.0)
    assert random.figures["gap_to_expert"].mean == pytest.approx(expert.returns.mean - random.returns.mean)
    assert "gap_to_expert" not in expert.figures
    # The expert does the same in every sample of a task, random does not.
    assert expert.figures["distinct_trajectories"].mean == 0.25
    assert random.figures["distinct_trajectories"].mean > 0.9
    assert random.figures["coverage"].mean > expert.figures["coverage"].mean
    tries = [random.figures[f"pass@{k}"].mean for k in (1, 2, 4)]
    assert tries[0] == pytest.approx(random.success)
    assert tries == sorted(tries)
    # Every failure is of one of the two kinds.
    split = random.figures["never_found_out"].mean + random.figures["knew_but_failed"].mean
    assert split == pytest.approx(1 - random.success)


def test_the_same_call_gives_the_same_numbers_and_another_seed_others() -> None:
    call = {"envs": ["scoutgym/Number-7-v0", "scoutgym/Number-15-v0"], "agents": ["random", "expert"], "n": 20, "k": 2}
    first, again = run_bench(**call), run_bench(**call, slots=3)
    assert bench_json(first) == bench_json(again)
    assert bench_json(run_bench(**call, seed=1)) != bench_json(first)
    assert luck(0, 3, 1) == luck(0, 3, 1)
    assert len({luck(seed, index, sample) for seed in range(3) for index in range(50) for sample in range(4)}) == 600


def test_what_is_written_is_plain_json() -> None:
    results = run_bench("scoutgym/Number-7-v0", ["random", "expert"], n=8)
    page = json.loads(json.dumps(page_data(results), allow_nan=False))
    assert {"env", "agent", "episodes", "success", "ci", "return", "turns", "figures"} <= set(page["results"][0])
    assert page["results"][1]["against"]["baseline"] == "random"
    one = evaluate("random", "scoutgym/Number-7-v0", n=1)[0]
    assert json.loads(json.dumps(one.to_json(), allow_nan=False))["return_ci"] is None
    assert one.ci[1] - one.ci[0] > 0.5


def test_summary_of_several_worlds() -> None:
    results = run_bench("scoutgym/Number-*", ["random", "expert", Slow(4)], n=40)
    summary = page_data(results)["summary"]
    improved = {row["agent"]: row for row in summary if row["improvement"]}
    assert set(improved) == {"expert", "slow-4"}
    assert improved["expert"]["improvement"]["ci"][0] > 0.5
    (row,) = [row for row in summary if row["iqm"]]
    assert (row["agent"], row["expert"], row["worlds"]) == ("slow-4", "optimal", len(env_ids("scoutgym/Number-*")))
    scores = [result.normalized for result in results if result.agent == "slow-4"]
    assert row["iqm"]["mean"] == pytest.approx(iqm(scores))


class Slow(Agent):
    """Counts upwards from 1 for some turns, and plays the expert's move then."""

    def __init__(self, turns: int) -> None:
        self.turns, self.name = turns, f"slow-{turns}"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        moves = []
        for seat in seats:
            at = len(seat.turns)
            moves.append(Move(str(at + 1)) if at < self.turns else ExpertAgent().act([seat])[0])
        return moves


# Bandits.


@pytest.mark.parametrize("preset", ["tiny", "contextual", "changing", "gaussian"])
def test_the_regret_of_a_played_bandit_is_the_gap_of_the_expected_rewards(preset: str) -> None:
    (result,) = run_bench(f"scoutgym/RegretBandit-{preset}-v0", ["random"], n=30, measure="nothing")
    # A uniform player loses (K - 1) / K of the gap in every round.
    params = gymnasium.make(f"scoutgym/RegretBandit-{preset}-v0").unwrapped.world.params
    exact = params.max_turns * params.gap * (params.arms - 1) / params.arms
    low, high = result.figures["cumulative_pseudo_regret"].ci
    assert low - 0.1 * exact < exact < high + 0.1 * exact
    assert result.curves["cumulative_pseudo_regret"][-1] == pytest.approx(
        result.figures["cumulative_pseudo_regret"].mean
    )
    assert len(result.curves["cumulative_pseudo_regret"]) == params.max_turns + 1


def test_best_arm_as_it_is_played() -> None:
    random, expert = run_bench("scoutgym/BestArm-3-v0", ["random", "expert"], n=40, measure="bits")
    assert expert.figures["simple_regret"].mean < random.figures["simple_regret"].mean
    # The gap is 0.4 to 0.6: who names a wrong arm loses at least 0.4.
    assert random.figures["simple_regret"].mean >= 0.4 * (1 - random.success)
    assert "cumulative_pseudo_regret" not in random.figures
    text = printed([random, expert])
    assert "K·MinFrac" in text


# A world that breaks, and one of another package.


class BreakParams(Params):
    """How long an episode may be."""

    max_turns: int = 3


@dataclass
class BreakState(State):
    """The number that breaks the world, the one that wins, and the guesses."""

    breaks: int
    wins: int
    guesses: int = 0


class Breaks(World[BreakState]):
    """Guess a number of 0 to 3; one wins, one raises."""

    spec = Spec(
        id="test-benchmark/Breaks-v0",
        family="tests",
        group="breaks",
        about="Breaks sometimes.",
        figures={"twice": "episodes of two guesses or more", "share_of_odds": "odd winners over guesses"},
    )
    Params, State = BreakParams, BreakState
    language = Grammar(Form("{number}", number=Integer(0, 3), name="guess"))

    def start(self, task: Task, chance: Chance) -> BreakState:
        return BreakState(task.index % 4, (task.index + 1) % 4)

    def intro(self, state: BreakState, role: str) -> str:
        return "Guess."

    def grammar(self, state: BreakState) -> Grammar:
        return self.language

    def play(self, state: BreakState, action: Action, chance: Chance) -> Reply:
        state.guesses += 1
        if action[1] == state.breaks:
            raise RuntimeError("the engine fell over")
        return Reply("No.", done=action[1] == state.wins, success=action[1] == state.wins or None)

    def figures(self, state: BreakState) -> dict[str, tuple[float, float]]:
        shares = {"twice": (float(state.guesses > 1), 1.0)}
        return shares | ({"share_of_odds": (1.0, state.guesses)} if state.wins % 2 else {})


class Constant(Agent):
    """Says the same always."""

    def __init__(self, word: str) -> None:
        self.word, self.name = word, f"says-{word}"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move(self.word) for _ in seats]


@pytest.fixture
def breaks() -> Iterator[str]:
    register(Breaks)
    yield Breaks.spec.id
    del WORLDS[Breaks.spec.id]
    del gymnasium.registry[Breaks.spec.id]


def test_a_broken_world_is_masked_counted_and_bounded(breaks: str) -> None:
    # Of tasks 0 to 39 "2" breaks those with index % 4 == 2, wins those with 1, and runs out of turns in the others.
    two, three = run_bench(breaks, [Constant("2"), Constant("3")], n=40)
    assert (two.episodes, two.scored) == (40, 30)
    assert two.success == pytest.approx(10 / 30)
    assert two.bounds == [10 / 40, 20 / 40]
    assert two.outcomes == {"env_error": 0.25, "env_error_on_the_way": 0.0}
    assert two.turns.mean == pytest.approx((10 * 1 + 20 * 3) / 30)
    # Neither has the tasks that broke the other: 20 pairs are left; "3" wins those with 2, which "2" has not.
    assert three.against.pairs == 20
    assert three.against.success.mean == pytest.approx(-10 / 20)
    text = " ".join(printed([two, three]).split())
    assert "10 of 40 broke and are masked (env_error 25.0%)" in text
    assert "0.25 if all failed, 0.50 if all passed" in text
    # Nothing was measured that the world cannot say, and nothing is shown as zero that is not there.
    assert "bits_per_turn" not in two.figures
    assert "coverage" not in two.figures
    assert two.secrets is None


def test_what_a_world_tells_of_its_episodes_is_summed_with_an_interval(breaks: str) -> None:
    (two,) = run_bench(breaks, [Constant("2")], n=40)
    # Of the 30 scored, 10 are won at once (index % 4 == 1), 20 take three guesses; odd winners are at 0 and 2 (mod 4),
    # of which those at 2 broke: 10 episodes of three guesses.
    assert two.figures["twice"].mean == pytest.approx(20 / 30)
    assert two.figures["twice"] == pytest.approx(wilson(20, 30))
    assert two.figures["share_of_odds"].mean == pytest.approx(10 / 30)
    assert two.to_json()["told"] == Breaks.spec.figures
    text = " ".join(printed([two]).split())
    assert "What their worlds tell" in text
    assert "share_of_odds: odd winners over guesses." in text


def test_figures_stand_in_info_at_the_end_alone_and_in_the_record(breaks: str) -> None:
    env = gymnasium.make(breaks)
    env.reset(options={"split": "test", "index": 0})
    infos = [env.step("3")[4] for _ in range(3)]
    assert [info.get("figures") for info in infos] == [None, None, {"twice": (1.0, 1.0), "share_of_odds": (1.0, 3)}]
    env.reset(options={"split": "test", "index": 3})
    assert env.step("3")[4]["figures"] == {}  # broken: nothing is told
    vector = gymnasium.make_vec(breaks, 2)
    vector.reset(options={"split": "test", "index": 2})
    assert vector.step(["3", "3"])[4]["figures"] == [{"twice": (0.0, 1.0), "share_of_odds": (1.0, 1)}] * 2
    (episode,) = rollout(Constant("3"), [Job(Task(breaks, "test", 0), 0)])
    again = Episode.from_json(json.loads(json.dumps(episode.to_json())))
    assert again.figures == {"twice": [1.0, 1.0], "share_of_odds": [1.0, 3]}


class EngineParams(BreakParams):
    """And who counts."""

    engine = ("counter",)

    counter: str = "abacus"


class Counted(Breaks):
    """Breaks, with an engine that says its name."""

    spec = replace(Breaks.spec, id="test-benchmark/Counted-v0", figures={"fingers": "episodes counted by fingers"})
    Params = EngineParams

    def __init__(self, params: EngineParams) -> None:
        super().__init__(params)
        if params.counter == "fingers":
            self.spec = replace(self.spec, expert="heuristic")  # type: ignore[misc]

    def figures(self, state: BreakState) -> dict[str, tuple[float, float]]:
        return {"fingers": (float(self.params.counter == "fingers"), 1.0)}


def test_an_engine_is_handed_to_the_worlds_that_have_it(breaks: str) -> None:
    register(Counted)
    try:
        engine = {"counter": "fingers"}
        plain, counted = run_bench([breaks, Counted.spec.id], [Constant("3")], n=8, engine=engine)
        assert (plain.engine, counted.engine) == ({}, engine)
        assert counted.expert == "heuristic", "what a world is, is told of the one that was played"
        assert counted.figures["fingers"].mean == 1.0
        assert evaluate(Constant("3"), Counted.spec.id, n=8)[0].figures["fingers"].mean == 0.0
        with pytest.raises(ValueError, match=r"none of .*Breaks-v0 has counter"):
            run_bench(breaks, [Constant("3")], n=8, engine=engine)
    finally:
        del WORLDS[Counted.spec.id], gymnasium.registry[Counted.spec.id]


def test_a_world_in_which_everything_breaks(breaks: str) -> None:
    (result,) = run_bench(breaks, [Constant("0")], n=1)
    assert (result.success, result.ci, result.bounds, result.scored) == (None, None, [0.0, 1.0], 0)
    json.dumps(result.to_json(), allow_nan=False)
    assert "1 of 1 broke" in printed([result])


def test_no_reference_player_is_asked_of_a_world_that_has_none(breaks: str) -> None:
    results = run_bench([breaks, "scoutgym/Number-7-v0"], ["random", "expert", "greedy-belief"], n=4)
    assert [(r.env, r.agent) for r in results][:2] == [(breaks, "random"), ("scoutgym/Number-7-v0", "random")]
    assert len(results) == 4
    with pytest.raises(ValueError, match="none of expert can play"):
        run_bench(breaks, ["expert"], n=4)


def test_a_world_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(sys.modules["scoutgym.envs.games.number"].__file__).read_text(encoding="utf-8")
    (tmp_path / "my_number.py").write_text(source.replace("scoutgym/Number-v0", "mine/Number-v0"), encoding="utf-8")
    (tmp_path / "lacking.py").write_text("import a_package_that_is_not_there\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        (result,) = evaluate("expert", "my_number:mine/Number-7-v0", n=10)
        assert (result.env, result.success) == ("mine/Number-7-v0", 1.0)
        with pytest.raises(ValueError, match=r"'mine/Numbr-v0' of 'my_number'; did you mean 'mine/Number-v0'"):
            env_ids("my_number:mine/Numbr-v0")
        with pytest.raises(ValueError, match="there is no module 'not_there'"):
            env_ids("not_there:mine/Number-v0")
        with pytest.raises(ModuleNotFoundError, match="a_package_that_is_not_there"):
            env_ids("lacking:mine/Number-v0")
    finally:
        WORLDS.pop("mine/Number-v0", None)
        for env_id in [env_id for env_id in gymnasium.registry if env_id.startswith("mine/")]:
            del gymnasium.registry[env_id]


# Names.


def test_ids_and_patterns() -> None:
    assert env_ids("scoutgym/Number-15-v0") == ["scoutgym/Number-15-v0"]
    numbers = env_ids("scoutgym/Number*")
    assert numbers[0] == "scoutgym/Number-v0"
    assert set(numbers) == {"scoutgym/Number-v0", *(f"scoutgym/Number-{p}-v0" for p in WORLDS[numbers[0]].spec.presets)}
    assert env_ids(["scoutgym/Number-7-v0", "scoutgym/Number*"])[0] == "scoutgym/Number-7-v0"
    assert len(env_ids(["scoutgym/Number*", "scoutgym/Number*"])) == len(numbers)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: env_ids("scoutgym/Nunber-v0"),
            "unknown environment 'scoutgym/Nunber-v0'; did you mean 'scoutgym/Number",
        ),
        (
            lambda: env_ids("scoutgym/Nunber*"),
            "no environment fits 'scoutgym/Nunber[*]'; did you mean 'scoutgym/Number",
        ),
        (lambda: env_ids([]), "no environment to play"),
        (lambda: env_ids("gymnasium.envs:CartPole-v1"), "no scoutgym world"),
        (lambda: agent_from("expret"), "unknown agent 'expret' .did you mean 'expert'"),
        (lambda: agent_from("run:/nowhere/at/all"), "/nowhere/at/all is no run folder: it has no config.yaml"),
        (lambda: evaluate("random", "scoutgym/Number-v0", n=0), "n=0"),
        (lambda: evaluate("random", "scoutgym/Number-v0", split="tset"), "unknown split 'tset' .did you mean 'test'"),
        (lambda: run_bench("scoutgym/Number-v0", []), "at least one"),
        (lambda: run_bench("scoutgym/Number-v0", ["random", RandomAgent()]), "no name twice"),
        (lambda: run_bench("scoutgym/Number-v0", ["random"], baseline="expert"), "baseline 'expert' does not play"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_split_with_fewer_tasks_is_played_whole_and_a_sealed_one_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLDS["scoutgym/Number-v0"], "counts", {"train": 5, "dev": 5, "test": 5})
    assert evaluate("expert", "scoutgym/Number-v0", n=50)[0].episodes == 5
    monkeypatch.undo()
    sealed = evaluate("expert", "scoutgym/Number-v0", n=30, split="sealed:salt")[0]
    assert sealed.split == "sealed:salt"
    assert sealed.turns != evaluate("expert", "scoutgym/Number-v0", n=30)[0].turns


# What is printed.


def printed(results: Any, width: int = 100) -> str:
    out = io.StringIO()
    print_table(results, Console(file=out, width=width))
    return out.getvalue()


def test_the_table_fits_a_terminal_of_100_columns() -> None:
    results = run_bench("scoutgym/Number*", ["random", "expert", Slow(3)], n=12, k=2)
    text = printed(results)
    assert max(map(len, text.splitlines())) <= 100
    for word in ("success [95 %]", "Number-1000-v0", "slow-3", "vs random", "effic.", "pass@2", "Over all worlds"):
        assert word in text
    few = results[3]
    assert few.env == "scoutgym/Number-7-v0"
    assert f"Number-7-v0 {few.secrets}" in " ".join(text.split())  # fewer secrets than tasks: said
    assert "1.00 [.76, 1.00]" in text  # 12 tasks of 12: Wilson's interval, not a point


def test_privileges_are_named_and_progress_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = run_bench("scoutgym/Number-7-v0", ["random", "greedy-belief"], n=10)
    assert capsys.readouterr().out == ""
    loud = run_bench("scoutgym/Number-7-v0", ["random", "greedy-belief"], n=10, progress=True)
    assert "20/20" in capsys.readouterr().out
    assert bench_json(quiet) == bench_json(loud)
    assert "* greedy-belief uses rules, belief." in printed(quiet)


def test_the_face_of_the_package() -> None:
    assert scoutgym.evaluate is evaluate
