"""Luck is a function of its key; a grammar reads what it writes and nothing else."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoutgym.envs.belief import entropy, partition_gain, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction, Cell, Form, Grammar, Integer, Symbols, Word

GRAMMAR = Grammar(
    Form("reveal {row} {column}", about="open a cell", row=Integer(1, 5), column=Integer(-2, 7)),
    Form("shoot at {cell}", cell=Cell(8, 10)),
    Form("try {code}", code=Symbols("0123456789", 4, " ", "digit")),
    Form("{arm}", name="pull", arm=Word(("Red", "dark blue", "ask"))),
    Form("stop"),
)


def chi_square(counts: list[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 / mean for count in counts)


def test_draws_depend_on_key_turn_and_place_alone() -> None:
    draws = [Chance(b"key", turn).random() for turn in range(200)]
    assert draws == [Chance(b"key").at(turn).random() for turn in range(200)]
    assert len(set(draws)) == 200
    assert Chance(b"key", 3).random() != Chance(b"yek", 3).random()
    one = Chance(b"key", 5)
    first = one.random(), one.random()
    assert first == (one.at(5).random(), one.random())


def test_draws_are_uniform_and_independent_between_neighboring_turns() -> None:
    numbers = [Chance(b"uniform", turn).below(10) for turn in range(20_000)]
    assert chi_square([Counter(numbers)[digit] for digit in range(10)]) < 27.9  # 0.1 % point at 9 degrees of freedom
    pairs = Counter(zip(numbers[::2], numbers[1::2], strict=True))
    assert chi_square([pairs[a, b] for a in range(10) for b in range(10)]) < 148.2  # the same at 99


def test_shuffles_and_samples_are_uniform() -> None:
    orders: Counter[tuple[int, ...]] = Counter()
    pairs: Counter[tuple[int, ...]] = Counter()
    for turn in range(12_000):
        cards = [0, 1, 2, 3]
        Chance(b"shuffle", turn).shuffle(cards)
        orders[tuple(cards)] += 1
        pairs[tuple(Chance(b"sample", turn).sample((0, 1, 2, 3), 2))] += 1
    assert len(orders) == 24
    assert chi_square(list(orders.values())) < 49.7
    assert len(pairs) == 12
    assert chi_square(list(pairs.values())) < 31.3


def test_normal_has_its_moments() -> None:
    draws = [Chance(b"normal", turn).normal(2.0, 3.0) for turn in range(20_000)]
    mean = sum(draws) / len(draws)
    sd = math.sqrt(sum((draw - mean) ** 2 for draw in draws) / len(draws))
    assert abs(mean - 2.0) < 4 * 3.0 / math.sqrt(20_000)
    assert abs(sd - 3.0) < 0.08


def test_streams_are_apart() -> None:
    assert Chance(b"k").stream("a").random() != Chance(b"k").stream("b").random() != Chance(b"k").random()


def test_impossible_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot draw below 0"):
        Chance(b"k").below(0)
    with pytest.raises(ValueError, match="cannot sample 3 of 2"):
        Chance(b"k").sample((1, 2), 3)


@given(st.integers(0, GRAMMAR.size - 1), st.integers(0, 2**32))
def test_an_action_survives_printing_and_parsing(number: int, noise: int) -> None:
    for form in GRAMMAR.forms:
        action = form.action(number % form.size)
        text = GRAMMAR.format(action)
        assert GRAMMAR.parse(text) == action
        assert GRAMMAR.parse(f" \t{text.upper()}\n") == action
    action = GRAMMAR.sample(Chance(noise.to_bytes(5, "big")))
    assert GRAMMAR.parse(GRAMMAR.format(action)) == action


@given(st.text(max_size=60))
def test_any_text_is_an_action_or_a_reason(text: str) -> None:
    try:
        action = GRAMMAR.parse(text)
    except BadAction as refused:
        reason = str(refused)
        assert reason
    else:
        assert GRAMMAR.parse(GRAMMAR.format(action)) == action


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reveal 6 1", "6 is not a whole number from 1 to 5"),
        ("reveal 1", "is not one of"),
        ("reveal ١ ٢", "is not one of"),
        ("shoot at K1", "not an action|off the board"),
        ("shoot at a9", "A9 is off the board"),
        ("try 1 2 x 4", "'x' is not a digit"),
        ("try 1 2 3", "3 digits are not 4"),
        ("green", "'green' is not one of: Red, dark blue, ask"),
        ("", "an empty text"),
        ("x" * (Grammar.longest + 1), "characters are no action"),
        ("reveal 1 1 " + "9" * 400, "not an action"),
    ],
)
def test_bad_actions_are_told_why(text: str, reason: str) -> None:
    with pytest.raises(BadAction, match=reason):
        GRAMMAR.parse(text)


def test_reading_is_tolerant_where_nothing_is_ambiguous() -> None:
    assert GRAMMAR.parse("reveal 2,  3") == ("reveal", 2, 3)
    assert GRAMMAR.parse("try 1234") == ("try", "1234")
    assert GRAMMAR.parse("try 1, 2, 3, 4") == ("try", "1234")
    assert GRAMMAR.parse("DARK   blue") == ("pull", "dark blue")
    assert GRAMMAR.parse("shoot at c 4") == ("shoot", (3, 2))


def test_listing_is_complete() -> None:
    small = Grammar(Form("go {x} {y}", x=Integer(0, 2), y=Word(("a", "b"))), Form("stop"))
    assert list(small.actions()) == [("go", x, y) for x in range(3) for y in "ab"] + [("stop",)]
    assert small.size == 7


def test_the_help_names_every_form_and_field() -> None:
    text = GRAMMAR.help()
    for part in ("reveal <row> <column>", "open a cell", "from -2 to 7", "A1 to J8", "4 digits", "dark blue", "`stop`"):
        assert part in text


def test_the_schema_describes_every_form() -> None:
    shapes = GRAMMAR.schema()["oneOf"]
    assert [shape["properties"]["action"]["const"] for shape in shapes] == ["reveal", "shoot", "try", "pull", "stop"]
    assert shapes[0]["properties"]["row"] == {"type": "integer", "minimum": 1, "maximum": 5}


def test_a_wrong_template_is_refused() -> None:
    with pytest.raises(ValueError, match="has the blanks"):
        Form("go {x}", y=Integer(0, 1))
    with pytest.raises(ValueError, match="a name of its own"):
        Grammar(Form("go"), Form("go {x}", x=Integer(0, 1)))
    with pytest.raises(ValueError, match="no cell names"):
        Cell(3, 27)


def test_entropies() -> None:
    assert entropy([1, 1, 1, 1]) == pytest.approx(2.0)
    assert entropy([0.5, 0.25, 0.25, 0.0]) == pytest.approx(1.5)
    assert entropy([3.0]) == entropy([]) == 0.0
    assert partition_gain([4, 4]) == pytest.approx(1.0)
    assert uniform_bits(8) == 3.0
    with pytest.raises(ValueError, match="no probability"):
        entropy([1, -1])
    with pytest.raises(ValueError, match="no hypothesis"):
        uniform_bits(0)
