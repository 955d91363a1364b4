"""Kuhn poker: the rules and the value by an independent game tree, the expert by best responses, both roles' texts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from typing import Any

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History
from scoutgym.envs.games.kuhn import ALPHA, Kuhn, KuhnParams, KuhnState
from scoutgym.envs.saved import Saved
from scoutgym.envs.session import Session
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task

LUCK = Chance(b"unused")
NAMES = ("jack", "queen", "king")
WORDS = {"p": "pass", "b": "bet"}
GAME = Kuhn(KuhnParams())


def env_of(preset: str = "1", **options: Any) -> TextEnv:
    env = gymnasium.make(f"scoutgym/Kuhn-{preset}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


# An independent game tree. Cards are 0, 1, 2; a line is the letters played; payoffs are the first player's.


def payoff(line: str, mine: int, other: int) -> int | None:
    """What the first player wins, or None where the hand goes on (Kuhn 1950, table of plays)."""
    winner = 1 if mine > other else -1
    return {"pp": winner, "bb": 2 * winner, "pbb": 2 * winner, "bp": 1, "pbp": -1}.get(line)


DEALS = list(permutations(range(3), 2))
Strategy = dict[tuple[int, str], float]
"""Probability of a bet with a card after a line; lines of even length are the first player's."""


def value(line: str, cards: tuple[int, int], strategy: Strategy) -> float:
    """The first player's expected chips."""
    ended = payoff(line, *cards)
    if ended is not None:
        return ended
    bet = strategy[cards[len(line) % 2], line]
    total = 0.0
    for move, likely in (("b", bet), ("p", 1 - bet)):
        if likely > 0:
            total += likely * value(line + move, cards, strategy)
    return total


def best_response(strategy: Strategy, player: int) -> float:
    """The most that ``player`` can win on average against a strategy: every pure answer is tried, card by card."""
    own = [line for line in ("", "p", "b", "pb") if len(line) % 2 == player]
    total = 0.0
    for card in range(3):
        best = -math.inf
        for number in range(2 ** len(own)):
            pure = strategy | {(card, line): float(number >> place & 1) for place, line in enumerate(own)}
            sign = 1 if player == 0 else -1
            best = max(best, sum(sign * value("", deal, pure) for deal in DEALS if deal[player] == card))
        total += best / 6
    return total


def expert_strategy() -> Strategy:
    """The expert's mixture, read off its texts: how many of evenly spread draws make it bet."""

    class Draw(Chance):
        """A chance whose one draw is given."""

        def __init__(self, number: float) -> None:
            super().__init__(b"draw")
            self.number = number

        def random(self) -> float:
            return self.number

    strategy: Strategy = {}
    for line in ("", "p", "b", "pb"):
        for mine in range(3):
            rest = (mine + 1) % 3
            cards = (mine, rest) if len(line) % 2 == 0 else (rest, mine)
            session = Session(GAME)
            session.begin(Task("scoutgym/Kuhn-v0", "train", deal_index(cards)))
            for move in line:
                session.act(WORDS[move])
            history = session.transcripts[session.role]
            draws = 3600
            bets = sum(GAME.expert(history, Draw((k + 0.5) / draws)) == "bet" for k in range(draws))
            strategy[mine, line] = bets / draws
    return strategy


def deal_index(cards: tuple[int, int]) -> int:
    """A training task with this deal."""
    wanted = "".join("JQK"[card] for card in cards)
    for index in range(1000):
        session = Session(GAME)
        session.begin(Task("scoutgym/Kuhn-v0", "train", index))
        if session.state.cards == wanted:
            return index
    raise AssertionError(wanted)


def test_the_expert_is_an_equilibrium() -> None:
    strategy = expert_strategy()
    assert strategy[0, ""] == ALPHA
    assert strategy[2, ""] == 3 * ALPHA
    mean = sum(value("", deal, strategy) for deal in DEALS) / 6
    assert mean == pytest.approx(-1 / 18, abs=1e-12)
    exploitability = best_response(strategy, 0) + best_response(strategy, 1)
    assert abs(exploitability) < 1e-9
    assert best_response(strategy, 0) == pytest.approx(-1 / 18, abs=1e-12)
    worse = strategy | {(1, "b"): 0.9}
    assert best_response(worse, 0) > -1 / 18 + 0.01  # the test can tell


def test_counterfactual_regret_minimisation_finds_the_same_value() -> None:
    """CFR+ (Tammelin 2014) on the same tree, which knows nothing of the expert."""
    regrets: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    sums: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0.0])

    def visit(line: str, cards: tuple[int, int], reach: list[float], player: int, weight: int) -> float:
        ended = payoff(line, *cards)
        if ended is not None:
            return ended if player == 0 else -ended
        turn = len(line) % 2
        key = (cards[turn], line)
        positive = [max(0.0, r) for r in regrets[key]]
        total = sum(positive)
        mix = [r / total for r in positive] if total else [0.5, 0.5]
        worth = []
        for place, move in enumerate("pb"):
            further = reach.copy()
            further[turn] *= mix[place]
            worth.append(visit(line + move, cards, further, player, weight))
        mean = sum(m * w for m, w in zip(mix, worth, strict=True))
        for place in range(2):
            if turn == player:
                regrets[key][place] = max(0.0, regrets[key][place] + reach[1 - turn] * (worth[place] - mean))
            else:
                sums[key][place] += weight * reach[turn] * mix[place]
        return mean

    for turn in range(1, 1500):
        for player in (0, 1):
            for deal in DEALS:
                visit("", deal, [1.0, 1.0], player, turn)
    average = {key: total[1] / sum(total) for key, total in sums.items()}
    assert sum(value("", deal, average) for deal in DEALS) / 6 == pytest.approx(-1 / 18, abs=2e-3)
    assert best_response(average, 0) + best_response(average, 1) < 5e-3
    expert = expert_strategy()
    for key in ((0, "p"), (2, "p"), (1, "b"), (0, "b"), (2, "b")):  # the second player's equilibrium is unique
        assert average[key] == pytest.approx(expert[key], abs=0.03)


# The rules, through the session: every deal and every line.


def test_every_line_pays_and_says_what_the_tree_says() -> None:
    for cards in DEALS:
        task = Task("scoutgym/Kuhn-v0", "train", deal_index(cards))
        for line in ("pp", "bb", "bp", "pbp", "pbb"):
            session = Session(GAME)
            session.begin(task)
            for place, move in enumerate(line):
                assert session.role == ("first", "second")[place % 2]
                reply = session.act(WORDS[move])
                assert reply.done == (place == len(line) - 1)
            won = payoff(line, *cards)
            assert won
            assert reply.rewards == {
                "first/chips": won,
                "second/chips": -won,
                ("first" if won > 0 else "second") + "/success": 1.0,
            }
            for me, role in enumerate(("first", "second")):
                lines, chips = session.transcripts[role], won if me == 0 else -won
                assert len(lines) % 2 == 1
                assert f"You hold the {NAMES[cards[me]]}." in lines[0]
                assert ("You act first." in lines[0]) == (me == 0)
                assert lines[1::2] == [WORDS[move] for move in line[me::2]]
                noun = "chip" if abs(won) == 1 else "chips"
                assert lines[-1].endswith(f"You {'win' if chips > 0 else 'lose'} {abs(won)} {noun}.")
                shown = f"Your opponent has the {NAMES[cards[1 - me]]}."
                assert (shown in lines[-1]) == (line in ("pp", "bb", "pbb"))
                if line not in ("pp", "bb", "pbb"):  # a folded card is never told
                    assert not any(f"has the {name}" in text for text in lines for name in NAMES)
            assert session.transcripts["second"][0].endswith(f"Your opponent {'passes' if line[0] == 'p' else 'bets'}.")


@given(st.lists(st.sampled_from(["pass", "bet", "?", "PASS ", ""]), min_size=60, max_size=60), st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_ten_hands_alternate_and_sum_to_zero(moves: list[str], index: int) -> None:
    session = Session(Kuhn(KuhnParams(hands=10, max_turns=60)))
    session.begin(Task("scoutgym/Kuhn-v0", "train", index, {"hands": 10, "max_turns": 60}), luck=index)
    paid: Counter[str] = Counter()
    for text in moves:
        for part, amount in session.act(text).rewards.items():
            paid[part] += amount
        if session.over:
            break
    assert session.terminated  # sixty turns are always enough
    assert paid["first/chips"] == -paid["second/chips"] == session.state.total
    assert paid["first/success"] == (session.state.total > 0)
    assert paid["second/success"] == (session.state.total < 0)
    for me, role in enumerate(("first", "second")):
        text = "\n".join(session.transcripts[role])
        for hand in range(1, 11):
            who = "You act" if (hand - 1) % 2 == me else "Your opponent acts"
            card = NAMES["JQK".index(session.state.past[hand - 1][me])]
            assert f"Hand {hand} of 10. You hold the {card}. {who} first." in text
        total = session.state.total * (1 if me == 0 else -1)
        assert f"After 10 hands you are {abs(total)} chip" in text
        assert text.count("You win") + text.count("You lose") == 10


def test_deals_are_uniform_and_later_ones_are_luck() -> None:
    starts = Counter(GAME.start(Task("x", "train", 0), Chance(b"%d" % number)).cards for number in range(6000))
    assert len(starts) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in starts.values()) < 5 + 5 * math.sqrt(10)
    later: Counter[str] = Counter()
    world = Kuhn(KuhnParams(hands=10, max_turns=60))
    for luck in range(300):
        session = Session(world)
        session.begin(Task("scoutgym/Kuhn-v0", "train", 0, {"hands": 10, "max_turns": 60}), luck=luck)
        first = session.state.cards
        while not session.over:
            session.act("pass")
        assert session.state.past[0][:2] == first
        later.update(hand[:2] for hand in session.state.past[1:])
    assert len(later) == 6
    assert sum((count - 450) ** 2 / 450 for count in later.values()) < 5 + 5 * math.sqrt(10)


# Through TextEnv: one role, the other driven.


def always(word: str) -> Callable[[History, Chance], str]:
    return lambda history, chance: word


@pytest.mark.parametrize("role", ["first", "second"])
@pytest.mark.parametrize("opponent", ["expert", "random", always("bet"), always("nonsense")])
def test_one_role_through_gymnasium(role: str, opponent: Any) -> None:
    env = env_of("10", role=role, opponent=opponent)
    for index in range(30):
        said, _ = env.reset(options={"index": index, "luck": index})
        assert said == env.history[-1]
        assert env.session.role == role
        chips, over = 0.0, False
        while not over:
            text = Chance(b"me", env.session.turn + 100 * index).choice(["pass", "bet", "what"])
            said, reward, over, cut, info = env.step(text)
            assert said == env.history[-1]
            assert info["outcome"] == ("invalid_action" if text == "what" else "ok")
            parts = info["rewards"]
            assert set(parts) <= {"chips", "success", "invalid"}
            assert reward == pytest.approx(parts.get("chips", 0) + 0.1 * parts.get("invalid", 0))
            assert abs(parts.get("chips", 0)) <= 2
            chips += parts.get("chips", 0)
            assert over or not cut
        assert chips == (1 if role == "first" else -1) * env.session.state.total
        assert info["success"] == (chips > 0)


def test_the_expert_wins_the_value_against_itself_and_more_against_chance() -> None:
    """4,000 hands a row: the standard error of a hand is about 1.3 / 63 = 0.02 chips."""
    means = {}
    for role in ("first", "second"):
        for opponent in ("expert", "random"):
            env, total = env_of("1", role=role, opponent=opponent), 0.0
            for index in range(4000):
                env.reset(options={"index": index, "luck": index})
                while not env.session.over:
                    total += env.step(env.world.expert(env.history, Chance(b"hero%d" % index, env.session.turn)))[1]
            means[role, opponent] = total / 4000
    assert abs(means["first", "expert"] + 1 / 18) < 0.08
    assert abs(means["second", "expert"] - 1 / 18) < 0.08
    expert, chance = expert_strategy(), {(card, line): 0.5 for card in range(3) for line in ("", "p", "b", "pb")}
    for player, role in enumerate(("first", "second")):
        mixed = {key: (expert if len(key[1]) % 2 == player else chance)[key] for key in expert}
        wanted = sum(value("", deal, mixed) for deal in DEALS) / 6 * (1 if player == 0 else -1)
        assert abs(means[role, "random"] - wanted) < 0.1
        assert wanted > 0.1


def test_nobody_gains_by_stalling() -> None:
    env = env_of("1", opponent=always("bet"))
    env.reset(options={"index": deal_index((0, 2)), "luck": 0})
    assert env.step("pass")[1] == 0
    said, reward, over, _, info = env.step("no way")
    assert not over
    assert reward == pytest.approx(-0.1)
    assert "Invalid action" in said
    said, reward, over, _, info = env.step("no way\nYour opponent passes.\n")
    assert over
    assert reward == pytest.approx(-1.1)
    assert said.startswith("Invalid action: ")
    assert "It counts as a pass.\nYou lose 1 chip." in said
    assert info["outcome"] == "invalid_action"


def test_the_expert_reads_the_dealer_only() -> None:
    env = env_of("1")
    env.reset(options={"index": deal_index((0, 2)), "luck": 0})
    env.step("x\nYou hold the king. You act first.\n")
    for number in range(20):
        chance = Chance(b"reads", number)
        assert env.world.expert(env.history, chance) == env.world.expert(env.history[:1], Chance(b"reads", number))


# Belief: by Bayes over the independent tree.


def bits(weights: list[float]) -> float:
    total = sum(weights)
    return -sum(w / total * math.log2(w / total) for w in weights if w > 0)


def reach(line: str, player: int, card: int, strategy: Strategy) -> float:
    """How likely ``player`` with ``card`` plays its part of a line."""
    likely = 1.0
    for place, move in enumerate(line):
        if place % 2 == player:
            bet = strategy[card, line[:place]]
            likely *= bet if move == "b" else 1 - bet
    return likely


def test_belief_gain_and_resample_are_bayes() -> None:
    strategy = expert_strategy()
    for cards in DEALS:
        for line in ("", "p", "b", "pb"):
            state = KuhnState(cards="".join("JQK"[card] for card in cards), bets=line)
            me = len(line) % 2
            others = [card for card in range(3) if card != cards[me]]
            weights = [reach(line, 1 - me, card, strategy) for card in others]
            assert GAME.belief(state, GAME.mover(state)).bits == pytest.approx(bits(weights))
            drawn = Counter(GAME.resample(state, GAME.mover(state), Chance(b"%d" % n)).cards for n in range(400))
            for card, weight in zip(others, weights, strict=True):
                pair = (cards[me], card) if me == 0 else (card, cards[me])
                share = weight / sum(weights)
                spread = 5 * math.sqrt(share * (1 - share) / 400)
                assert abs(drawn["".join("JQK"[c] for c in pair)] / 400 - share) <= spread
            for move in "pb":
                told: dict[Any, list[float]] = defaultdict(list)
                for card, weight in zip(others, weights, strict=True):
                    pair = (cards[me], card) if me == 0 else (card, cards[me])
                    nexts = [(line + move, 1.0)]
                    if payoff(line + move, *pair) is None:
                        bet = strategy[card, line + move]
                        nexts = [(line + move + "b", bet), (line + move + "p", 1 - bet)]
                    for end, likely in nexts:
                        showdown = end in ("pp", "bb", "pbb")
                        told[end, card if showdown else None].append(weight * likely)
                left = sum(sum(ws) / sum(weights) * bits(ws) for ws in told.values() if sum(ws) > 0)
                wanted = bits(weights) - left
                assert GAME.gain(state, (WORDS[move],)) == pytest.approx(wanted, abs=1e-9)


def test_a_showdown_ends_all_doubt_and_a_fold_does_not() -> None:
    state = KuhnState(cards="QK")
    for word in ("pass", "bet"):
        GAME.play(state, (word,), LUCK)
    call, fold = state.copy(), state.copy()
    assert GAME.play(call, ("bet",), LUCK).done
    assert GAME.play(fold, ("pass",), LUCK).done
    assert GAME.belief(call, GAME.mover(call)).bits == 0
    jack, queen = (1 - ALPHA) * 1.0, 1.0 * (1 - ALPHA - 1 / 3)  # passes, then folds
    assert GAME.belief(fold, GAME.mover(fold)).bits == pytest.approx(bits([jack, queen]))


def test_what_a_role_knows_and_believes_is_its_own() -> None:
    state = KuhnState(cards="QK", bets="p")
    assert GAME.known(state, "first") != GAME.known(state, "second")
    assert GAME.known(state, "first") == GAME.known(KuhnState(cards="QJ", bets="p"), "first")
    assert GAME.belief(state, "first").bits == 1.0  # it has passed and heard nothing: the king or the jack
    assert GAME.belief(state, "second").bits == pytest.approx(bits([1 - ALPHA, 1.0]))  # the jack bets at times
    new = GAME.resample(state, "second", LUCK)
    assert new.cards[1] == "K"


def test_the_best_question_is_the_larger_gain() -> None:
    state = KuhnState(cards="KQ", bets="")
    action, gain = GAME.best_gain(state)
    gains = {move: GAME.gain(state, (move,)) for move in ("pass", "bet")}
    assert gain == max(gains.values()) == gains[action[0]] > 0
    # Bet with the king: the queen calls with 1/3, the jack never; a call shows the card, a fold leaves 2/3 against 1.
    call = 1 / 2 * 1 / 3
    assert gains["bet"] == pytest.approx(1 - (1 - call) * bits([2 / 3, 1]))


def test_known_is_the_movers_view() -> None:
    state = KuhnState(cards="QK", past=["JKbp", "KQbb"], hand=3)
    other = KuhnState(cards="QJ", past=["JQbp", "KQbb"], hand=3)
    assert GAME.known(state, GAME.mover(state)) == GAME.known(other, GAME.mover(other))
    assert GAME.known(state, GAME.mover(state)) != GAME.known(
        KuhnState(cards="KJ", past=["JQbp", "KQbb"], hand=3), "first"
    )
    GAME.play(state, ("bet",), LUCK)
    GAME.play(other, ("bet",), LUCK)
    assert GAME.known(state, GAME.mover(state)) != GAME.known(
        other, GAME.mover(other)
    )  # now it is the other role's view
    assert GAME.board(state) != GAME.board(other)


# The contract.


@pytest.mark.parametrize("role", ["first", "second"])
def test_saved_hands_go_on_the_same(role: str) -> None:
    env, other = env_of("10", role=role), env_of("10", role=role)
    for index in range(20):
        env.reset(options={"index": index, "luck": index})
        tape = [Chance(b"tape", 40 * index + k).choice(["pass", "bet", "?"]) for k in range(60)]
        for text in tape[: 1 + index % 7]:
            env.step(text)
        handle, portable = env.save(), env.snapshot()
        assert Saved.from_bytes(portable, env.world_like).state == env.session.state
        seen = []
        for target, point in ((env, None), (env, handle), (other, portable)):
            if point is not None:
                assert target.restore(point)[0] == handle.transcripts[role][-1]
            lines = []
            for text in tape:
                if not target.session.over:
                    lines.append(target.step(text)[:4])
            seen.append((lines, target.history.copy()))
        assert seen[0] == seen[1] == seen[2]
        env.restore(handle, chance=1)
        for text in tape:
            if not env.session.over:
                env.step(text)
        assert env.history != seen[0][1] or index % 7 == 6  # fresh luck deals other cards


@given(st.lists(st.text(max_size=50), min_size=50, max_size=50))
@settings(max_examples=40, deadline=None)
def test_garbage_never_breaks_a_hand(garbage: list[str]) -> None:
    env = env_of("10", role="second")
    env.reset(options={"index": 0})
    for text in [*garbage, "bet pass", "passes", "b" * 9999]:
        assert env.step(text)[4]["outcome"] in ("ok", "invalid_action")
        if env.session.over:
            env.reset(options={"index": 1})


@given(st.sampled_from(["pass", "bet"]), st.sampled_from(["{}", " {}\n", "\t{} "]))
def test_the_grammar_reads_what_it_prints(word: str, frame: str) -> None:
    grammar = GAME.grammar(KuhnState(cards="JQ"))
    assert grammar.parse(frame.format(word.upper())) == (word,)
    assert grammar.format((word,)) == word


def test_boards_hide_the_other_card() -> None:
    env = env_of("1", render_mode="ansi")
    env.reset(options={"index": 0})
    assert "?" in (env.render() or "")
    state = env.session.state
    assert env.world.board(env.world.resample(state, "first", LUCK)) == env.world.board(state)
    showdown = KuhnState(cards="QK", bets="bb", past=["QKbb"], total=-2)
    assert "?" not in GAME.board(showdown)


def test_wrong_parameters_are_one_clear_line() -> None:
    with pytest.raises(ValueError, match="max_turns"):
        gymnasium.make("scoutgym/Kuhn-v0", hands=2)
    with pytest.raises(ValueError, match="no role 'third'"):
        env_of("1", role="third")


def test_alpha_is_in_kuhns_family() -> None:
    assert Fraction(0) <= Fraction(ALPHA).limit_denominator(100) <= Fraction(1, 3)


def test_a_redrawn_fork_tells_the_opponent_its_new_card() -> None:
    env = gymnasium.make("scoutgym/Kuhn-10-v0", opponent="expert").unwrapped
    for seed in range(6):
        env.reset(seed=seed)
        env.step("pass")
        cards = set()
        for fork in env.fork(30, resample=True):
            state = fork.session.state
            cards.add(state.cards)
            told = "\n".join(fork.session.transcripts["second"]).split("You hold the ")[-1]
            assert told.startswith(dict(zip("JQK", ("jack", "queen", "king"), strict=True))[state.cards[1]])
            assert fork.history == env.history
        assert 1 <= len(cards) <= 2
