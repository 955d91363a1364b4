"""Mastermind: counts against a brute-force matching, Knuth's table, beliefs against enumeration, and the expert."""

from __future__ import annotations

import math
from collections import Counter
from itertools import permutations, product

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.chance import Chance
from scoutgym.envs.games.mastermind import Mastermind, MastermindState, count
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task, canonical

ID = "scoutgym/Mastermind-v0"
PRESETS = {"": {}, **Mastermind.spec.presets}


def world(**params) -> Mastermind:
    return world_for(Mastermind, params)


def make(preset: str = "", **params) -> TextEnv:
    return gymnasium.make(Mastermind.spec.preset_id(preset) if preset else ID, **params).unwrapped


def codes(length: int, colors: int) -> list[str]:
    return ["".join(code) for code in product("0123456789"[:colors], repeat=length)]


def matched(secret: str, guess: str) -> tuple[int, int]:
    """Exact and partial by definition: the pegs of the guess are moved until as many as possible match, and of those
    matches the ones that needed no move are exact.
    """
    exact = sum(a == b for a, b in zip(secret, guess, strict=True))
    most = max(sum(a == b for a, b in zip(secret, moved, strict=True)) for moved in set(permutations(guess)))
    return exact, most - exact


def told(state: MastermindState, secret: str, guesses: list[str]) -> MastermindState:
    """The state after these guesses, marked by the definition."""
    size = len(secret) + 1
    marks = [exact * size + exact + partial for exact, partial in (matched(secret, guess) for guess in guesses)]
    return MastermindState(secret, list(guesses), marks)


# The rules.


@pytest.mark.parametrize(("length", "colors"), [(3, 4), (4, 4), (2, 6)])
def test_counts_agree_with_the_best_matching_for_all_pairs(length: int, colors: int) -> None:
    search, every = world(length=length, colors=colors).search, codes(length, colors)
    numbers = np.arange(len(every))
    marks = search.marks(numbers, numbers)
    for g, guess in enumerate(every):
        assert search.code(g) == guess
        assert search.number(guess) == g
        for s, secret in enumerate(every):
            exact, partial = matched(secret, guess)
            assert count(secret, guess) == (exact, exact + partial), (secret, guess)
            assert marks[g, s] == exact * (length + 1) + exact + partial, (secret, guess)


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789", min_size=6, max_size=6), st.text("0123456789", min_size=6, max_size=6))
def test_counts_of_longer_codes(secret: str, guess: str) -> None:
    exact, partial = matched(secret, guess)
    assert count(secret, guess) == (exact, exact + partial)
    assert count(guess, secret) == count(secret, guess), "who asks whom makes no difference"
    search = world(length=6, colors=10).search
    mark = search.marks(np.array([int(guess)]), np.array([int(secret)]))[0, 0]
    assert divmod(int(mark), 7) == (exact, exact + partial)


def test_knuths_table_of_the_first_guess() -> None:
    """Knuth 1976: how many of the 1,296 codes give each answer to 1122."""
    table = {
        (0, 0): 256, (0, 1): 256, (0, 2): 96, (0, 3): 16, (0, 4): 1, (1, 0): 256, (1, 1): 208, (1, 2): 36,
        (2, 0): 114, (2, 1): 32, (2, 2): 4, (3, 0): 20, (4, 0): 1,
    }  # fmt: skip
    found: Counter = Counter()
    for secret in codes(4, 6):
        exact, common = count(secret, "1122")
        found[exact, common - exact] += 1
    assert found == table
    kind = world(length=4, colors=6)
    sizes = np.array(list(table.values()))
    gain = kind.gain(MastermindState("0000", [], []), ("guess", "1122"))
    assert gain == pytest.approx(-(sizes / 1296 * np.log2(sizes / 1296)).sum())


def test_an_episode_in_words() -> None:
    env = make()
    text, _ = env.reset(seed=3)
    assert "4 digits, each from 0 to 9" in text
    assert "at most 12 guesses" in text
    assert dict(env.world.counts) == {"train": 1000, "dev": 200, "test": 500}, "PAPRIKA's"
    secret = env.privileged().answer
    plain = secret.replace(" ", "")
    for guess in ("0 1 2 3", "4455", "6, 7, 8, 9", " 0  0 0,0 "):
        exact, partial = matched(plain, "".join(filter(str.isdigit, guess)))
        assert env.step(guess)[:4] == (f"{exact} exact, {partial} partial.", 0.0, False, False)
    for bad in ("1 2 3", "1 2 3 4 5", "1 2 3 a", "", "¹²³⁴", "one two three four"):
        text, reward, *_, info = env.step(bad)
        assert text.startswith("Invalid action: "), bad
        assert (reward, info["outcome"]) == (-0.1, "invalid_action")
    text, reward, terminated, truncated, info = env.step(secret)
    assert text == "4 exact, 0 partial. You found the code!"
    assert (reward, terminated, truncated, info["success"]) == (1.0, True, False, True)


def test_the_last_guess_ends_the_game_and_names_the_code() -> None:
    env = make("2x3")
    env.reset(seed=0)
    secret = env.privileged().answer
    wrong = next(f"{a} {b}" for a, b in product("012", repeat=2) if f"{a} {b}" != secret)
    for _ in range(3):
        assert env.step(wrong)[2:4] == (False, False)
    text, reward, terminated, truncated, info = env.step(wrong)
    assert text.endswith(f"The code was {secret}.")
    assert (reward, terminated, truncated, info["success"]) == (0.0, True, False, False)


def test_many_colors_are_letters_and_codes_without_repeats_have_none() -> None:
    env = make(length=3, colors=12)
    assert "3 letters, each from a to l" in env.reset(seed=0)[0]
    assert env.step("a b l")[4]["outcome"] == "ok"
    assert env.step("a b m")[4]["outcome"] == "invalid_action"
    bulls = make("bulls")
    assert "No repeats in the code." in bulls.reset(seed=0)[0]
    for index in range(300):
        bulls.reset(options={"index": index})
        assert len(set(bulls.session.state.secret)) == 4
    assert bulls.step("1 1 1 1")[4]["outcome"] == "ok", "a guess may repeat a digit"
    assert bulls.world.secrets() == 5040 == len(bulls.world.search.possible)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"length": 7}, "10\\^7 codes are too many"),
        ({"length": 5, "colors": 4, "repeats": False}, "need at least as many colors"),
        ({"colors": 1}, "colors=1 is wrong"),
        ({"colours": 6}, "did you mean 'colors'"),
    ],
)
def test_impossible_parameters(params: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(**params)


# Tasks.


def test_tasks_of_a_split_differ_and_splits_share_no_code() -> None:
    env, seen = make(), {}
    for split in ("train", "dev", "test"):
        keys = [env.hidden_key(Task(ID, split, index)) for index in range(min(300, env.world.counts[split]))]
        seen[split] = set(keys)
        assert len(seen[split]) == len(keys), "no code comes twice"
    assert not seen["train"] & seen["test"]
    assert not seen["dev"] & (seen["train"] | seen["test"])
    sealed = {env.hidden_key(Task(ID, "sealed:salt", index)) for index in range(300)}
    assert not sealed & (seen["train"] | seen["dev"])
    assert sealed != seen["test"]


def test_codes_of_a_small_world_are_uniform_and_not_held_out() -> None:
    env = make("3x4")
    assert env.world.holdout == "none"
    assert make("4x6").world.holdout == "secret"
    task = Task(ID, "train", 0)
    drawn = Counter(env.world.start(task, Chance(b"%d" % key)).secret for key in range(6400))
    assert len(drawn) == 64
    chi = sum((n - 100) ** 2 / 100 for n in drawn.values())
    assert chi < 63 + 5 * math.sqrt(2 * 63)
    assert {env.hidden_key(Task(ID, "test", i, env.params)) for i in range(500)} == set(codes(3, 4))


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_task_and_actions_give_the_same_texts(preset: str) -> None:
    episodes = []
    for _ in range(2):
        env = make(preset)
        env.reset(seed=11)
        chance = Chance(b"tape")
        while env.session.turn < 3 and not env.session.over:
            env.step(env.grammar.format(env.grammar.sample(chance)))
        episodes.append(list(env.history))
    assert episodes[0] == episodes[1]


def test_a_snapshot_goes_on_like_the_original() -> None:
    env = make("4x6")
    env.reset(seed=5)
    for guess in ("0 1 2 3", "nonsense", "4 4 5 5"):
        env.step(guess)
    data = env.snapshot()
    rest = ["1 1 2 2", "3 4 5 0", env.privileged().answer]
    went_on = [env.step(guess)[:4] for guess in rest]
    other = make("4x6")
    other.restore(data)
    assert [other.step(guess)[:4] for guess in rest] == went_on
    state = env.session.state
    assert MastermindState.from_json(state.to_json()) == state


# What a perfect reasoner knows.


@pytest.mark.parametrize(("length", "colors", "repeats"), [(3, 4, True), (2, 7, True), (3, 5, False)])
def test_belief_and_gains_agree_with_enumeration(length: int, colors: int, repeats: bool) -> None:
    kind, chance = world(length=length, colors=colors, repeats=repeats), Chance(b"histories")
    every = codes(length, colors)
    secrets = [code for code in every if repeats or len(set(code)) == length]
    for _ in range(25):
        secret = chance.choice(secrets)
        guesses = [chance.choice(every) for _ in range(chance.below(4))]
        state = told(kind.State, secret, guesses)
        left = [s for s in secrets if all(matched(s, g) == matched(secret, g) for g in guesses)]
        assert kind.belief(state, "agent").bits == pytest.approx(math.log2(len(left)))
        gains = {}
        for guess in every:
            sizes = Counter(matched(s, guess) for s in left)
            gains[guess] = sum(n / len(left) * math.log2(len(left) / n) for n in sizes.values())
            assert kind.gain(state, ("guess", guess)) == pytest.approx(gains[guess], abs=1e-9)
        action, best = kind.best_gain(state)
        assert best == pytest.approx(max(gains.values()), abs=1e-9), "no guess of all tells more"
        assert gains[action[1]] == pytest.approx(best, abs=1e-9)


def test_where_guesses_are_too_many_the_best_one_found_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    state = told(MastermindState, "3141", ["0011", "2345"])
    exact = world(length=4, colors=6).best_gain(state)[1]
    monkeypatch.setattr("scoutgym.envs.games.mastermind.CELLS", 3_000)
    thinned = Mastermind(Mastermind.Params(length=4, colors=6))
    action, gain = thinned.best_gain(state)
    assert gain == pytest.approx(thinned.gain(state, action)), "the gain is that of the guess, not of a sample"
    assert 0.9 * exact < gain <= exact + 1e-9


def test_a_redrawn_code_is_uniform_on_what_is_left() -> None:
    kind = world(length=3, colors=4)
    state = told(kind.State, "123", ["001"])
    left = [s for s in codes(3, 4) if all(matched(s, g) == matched("123", g) for g in ("001",))]
    assert len(left) > 2
    drawn = Counter(kind.resample(state, "agent", Chance(b"%d" % key)).secret for key in range(400 * len(left)))
    assert set(drawn) == set(left)
    chi = sum((n - 400) ** 2 / 400 for n in drawn.values())
    assert chi < len(left) - 1 + 5 * math.sqrt(2 * len(left))
    assert state.secret == "123", "the original keeps its own"


def test_what_is_known_does_not_depend_on_the_order_or_on_the_code() -> None:
    kind = world(length=3, colors=4)
    one, other = told(kind.State, "123", ["001", "231"]), told(kind.State, "123", ["231", "001", "231"])
    assert canonical(kind.known(one, "agent")) == canonical(kind.known(other, "agent"))
    twin = kind.resample(one, "agent", Chance(b"twin"))
    assert canonical(kind.known(one, "agent")) == canonical(kind.known(twin, "agent"))
    assert kind.intro(one, "agent") == kind.intro(twin, "agent")


# The players.


def solve(kind: Mastermind, secret: str) -> int:
    """Turns of the expert, answered by the definition."""
    history = ["begin"]
    while True:
        text = kind.expert(history, Chance(b"unused"))
        exact, partial = matched(secret, text.replace(" ", ""))
        history += [text, f"{exact} exact, {partial} partial."]
        if exact == len(secret) or len(history) > 2 * kind.max_turns:
            return len(history) // 2


def test_the_expert_plays_knuths_game_about_as_well_as_it_can_be_played() -> None:
    """Knuth's own strategy needs 4.476 guesses on average, the best possible one 4.340 (Koyama and Lai 1993)."""
    kind = world(length=4, colors=6)
    taken = Counter(solve(kind, secret) for secret in codes(4, 6))
    assert max(taken) <= 6
    assert sum(turns * n for turns, n in taken.items()) / 1296 < 4.42


@pytest.mark.parametrize(
    ("preset", "n", "most", "mean"),
    [
        ("2x3", 200, 3, 2.6),
        ("3x4", 200, 4, 3.4),
        ("3x6", 200, 5, 4.1),
        ("", 200, 8, 5.8),
        ("bulls", 200, 7, 5.4),
        ("5x10", 20, 8, 6.6),
        ("6x10", 20, 9, 7.2),
    ],
)
def test_the_expert_wins(preset: str, n: int, most: int, mean: float) -> None:
    env, turns = make(preset), []
    for index in range(n):
        env.reset(options={"split": "test", "index": index, "luck": 0})
        over = False
        while not over:
            *_, over, _, info = env.step(env.world.expert(env.history, Chance(b"unused")))
        assert info["success"]
        turns.append(env.session.turn)
    assert max(turns) <= most
    assert sum(turns) / n < mean


@pytest.mark.parametrize(("preset", "most"), [("3x4", 4), ("4x6", 6), ("", 8)])
def test_the_expert_goes_on_from_the_middle_of_a_bad_game(preset: str, most: int) -> None:
    """After random and invalid moves it needs no more turns than from the start."""
    env, chance = make(preset, max_turns=20), Chance(b"middle")
    for index in range(70):
        env.reset(options={"index": index})
        for _ in range(1 + chance.below(4)):
            text = env.grammar.format(env.grammar.sample(chance))
            if text != env.privileged().answer:
                env.step(text)
            env.step(chance.choice(("what is it?", "3 exact, 0 partial.", "", "9" * 50)))
        before = env.session.turn
        while not env.session.over:
            info = env.step(env.world.expert(env.history, chance))[4]
        assert info["success"]
        assert env.session.turn - before <= most


def test_on_its_last_turn_the_expert_guesses_a_possible_code() -> None:
    kind = world(length=4, colors=6, max_turns=2)
    guess = kind.expert(["begin", "0 1 2 3", "1 exact, 1 partial."], Chance(b"unused")).replace(" ", "")
    assert matched(guess, "0123") == (1, 1)


def test_the_solver_solves_and_the_board_shows_the_guesses_only() -> None:
    env = gymnasium.make("scoutgym/Mastermind-4x6-v0", render_mode="ansi").unwrapped
    env.reset(seed=2)
    env.step("0 1 2 3")
    assert "0" in env.render()
    twin = env.world.resample(env.session.state, "agent", Chance(b"other"))
    assert env.world.board(twin) == env.world.board(env.session.state)
    (answer,) = env.world.solver(env.session.state)
    assert env.step(answer)[4]["success"]


# Actions.


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**4 - 1), st.sampled_from(["", " ", ",", ", ", "  ", " , "]), st.sampled_from(["", " ", "\n"]))
def test_every_code_is_read_however_it_is_spaced(number: int, joiner: str, around: str) -> None:
    grammar = world().grammar(MastermindState("0000", [], []))
    code = f"{number:04d}"
    action = grammar.parse(around + joiner.join(code) + around)
    assert action == ("guess", code)
    assert grammar.parse(grammar.format(action)) == action
    assert grammar.format(action) == " ".join(code)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_an_action_or_refused(text: str) -> None:
    try:
        verb, code = world().grammar(MastermindState("0000", [], [])).parse(text)
    except BadAction:
        return
    assert verb == "guess"
    assert len(code) == 4
    assert code.isascii()
    assert code.isdigit()


def test_two_thousand_pieces_of_garbage_never_raise() -> None:
    env, chance = make(max_turns=1000), Chance(b"garbage")
    env.reset(seed=0)
    alphabet = "0123 ,٣³①\u200b\u202e\x00\n-+[]{}()exactpartial🎲"
    for number in range(2000):
        if env.session.over:
            env.reset(seed=number)
        text = "".join(chance.choice(alphabet) for _ in range(chance.below(12)))
        *_, info = env.step(text * (100_000 if number % 400 == 0 else 1))
        assert info["outcome"] in ("ok", "invalid_action"), (text, env.session.error)
