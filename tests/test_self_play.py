"""Worlds of two roles with an agent in each: every role has its own conversation, rewards and episode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

import gymnasium
import pytest
from rollout_worlds import Duel, Script

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Agent, Job, Move, Seat, rollout
from scoutgym.agents.players import ExpertAgent, GreedyBeliefAgent, RandomAgent
from scoutgym.envs.chance import Chance
from scoutgym.envs.games.kuhn import Kuhn
from scoutgym.envs.session import Session
from scoutgym.types import Episode, Outcome, Task
from scoutgym.wrappers.history import History

HANDS = {"hands": 3, "max_turns": 18}


def kuhn(n: int, samples: int = 1) -> list[Job]:
    return [Job(Task("scoutgym/Kuhn-v0", "train", i, HANDS), i, sample) for i in range(n) for sample in range(samples)]


def pairs(agent, jobs: Sequence[Job], **options) -> dict[tuple[int, int], dict[str, Episode]]:
    """By task and sample: the episode of each role."""
    found: dict[tuple[int, int], dict[str, Episode]] = defaultdict(dict)
    for episode in rollout(agent, jobs, opponent=None, **options):
        assert episode.role not in found[episode.task.index, episode.sample]
        found[episode.task.index, episode.sample][episode.role] = episode
    return found


def duel(*lines: str, n: int = 1) -> dict[str, Episode]:
    """One duel: what left and right say."""
    both = {"left": Script(lines[0]), "right": Script(lines[1])}
    (found,) = pairs(both, [Job(Task(Duel.spec.id, "train", 0))]).values()
    return found


@pytest.mark.parametrize("agent", [RandomAgent(), ExpertAgent(), GreedyBeliefAgent()], ids=lambda agent: agent.name)
def test_each_role_has_its_own_episode_and_the_chips_sum_to_zero(agent: Agent) -> None:
    found = pairs(agent, kuhn(30))
    assert len(found) == 30
    for both in found.values():
        first, second = both["first"], both["second"]
        assert first.total + second.total == 0
        assert not (first.success and second.success)
        assert all(turn.role == e.role for e in (first, second) for turn in e.turns)
        assert first.privileged == second.privileged
        assert first.terminated
        assert second.terminated
    assert any(both["first"].total for both in found.values())


def test_the_bits_depend_on_nothing_but_the_job() -> None:
    def record(**options):
        found = pairs(RandomAgent(), kuhn(12, 2), measure="everything", **options)
        return {key: {role: e.to_json() for role, e in both.items()} for key, both in sorted(found.items())}

    assert record(slots=1) == record(slots=5) == record(slots=64)
    orders = [[(e.task.index, e.role) for e in rollout(RandomAgent(), kuhn(12), 5, opponent=None)] for _ in range(2)]
    assert orders[0] == orders[1]
    assert [role for _, role in orders[0]] == ["first", "second"] * 12


def cautious(history: Sequence[str], chance: Chance | None = None) -> str:
    """Bets with a king, else as the length of what was heard has it: a player without luck."""
    return "bet" if "the king" in history[-1] or len("".join(history)) % 3 == 0 else "pass"


class Cautious(Agent):
    """The same as an agent."""

    name = "cautious"

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        return [Move(cautious(seat.history)) for seat in seats]


@pytest.mark.parametrize("role", ["first", "second"])
def test_an_agent_in_a_role_plays_as_in_the_single_agent_view(role: str) -> None:
    agent = Cautious()
    together = {key: both[role].to_json() for key, both in pairs(agent, kuhn(40), measure="everything").items()}
    alone = rollout(agent, kuhn(40), measure="everything", role=role, opponent=cautious)
    view = {(e.task.index, e.sample): e.to_json() for e in alone}
    assert together == view
    assert any(len(record["turns"]) > 3 for record in view.values())


def test_a_role_sees_nothing_of_the_others_card() -> None:
    cards = {}
    for index in range(40):
        session = Session(Kuhn(Kuhn.Params()))
        session.begin(Task("scoutgym/Kuhn-v0", "train", index))
        cards[index] = session.state.cards
    twins = [(i, j) for i in cards for j in cards if cards[i][0] == cards[j][0] and cards[i][1] < cards[j][1]]
    assert len({cards[i][0] for i, _ in twins}) == 3
    for line in ("pass pass", "pass bet", "bet bet"):
        agent = {"first": Script(line), "second": Script("bet")}
        found = pairs(agent, [Job(Task("scoutgym/Kuhn-v0", "train", i)) for i in cards], measure="everything")
        for i, j in twins:
            one, other = (found[index, 0]["first"].turns for index in (i, j))
            assert [turn.obs for turn in one] == [turn.obs for turn in other]
            seen = [(turn.best_gain, turn.gain, turn.bits) for turn in one[:-1]]
            assert seen == [(turn.best_gain, turn.gain, turn.bits) for turn in other[:-1]]
            names = {"J": "jack", "Q": "queen", "K": "king"}
            assert f"You hold the {names[cards[i][1]]}." in found[i, 0]["second"].turns[0].obs
            assert f"You hold the {names[cards[j][1]]}." in found[j, 0]["second"].turns[0].obs


def test_the_expert_beats_a_random_player_from_both_chairs() -> None:
    for role, other in (("first", "second"), ("second", "first")):
        found = pairs({role: ExpertAgent(), other: RandomAgent()}, kuhn(400))
        assert fmean(both[role].total for both in found.values()) > 0.2


def test_what_is_earned_while_another_acts_belongs_to_the_turn_before_or_to_the_first() -> None:
    both = duel("hit miss kill", "hit miss")
    left, right = both["left"], both["right"]
    # left hits (right has no turn yet), right hits, left misses, right misses, left kills.
    assert [turn.rewards for turn in left.turns] == [{"hits": 0.0}, {}, {"hits": 1.0, "success": 1.0}]
    assert [turn.rewards for turn in right.turns] == [{"hits": 0.0}, {"hits": -1.0}]
    assert [turn.reward for turn in left.turns] == [0, 0, 1]
    assert [turn.reward for turn in right.turns] == [0, -1]
    assert (left.success, right.success) == (True, False)
    assert [turn.obs for turn in left.turns[1:]] == ["They hit.", "They miss."]
    assert right.turns[0].obs.endswith("\nThey hit.")
    assert (left.final_observation, right.final_observation) == ("Won.", "You are dead.")


def test_a_role_that_never_acted_has_no_turns() -> None:
    both = duel("kill", "hit")
    assert [len(both[role].turns) for role in ("left", "right")] == [1, 0]
    assert both["right"].final_observation.startswith("You are right.")


def test_an_invalid_action_is_paid_by_who_made_it() -> None:
    both = duel("sing kill", "hit")
    assert [turn.outcome for turn in both["left"].turns] == [Outcome.INVALID_ACTION, Outcome.OK]
    assert both["left"].turns[0].rewards == {"invalid": -1.0}
    assert both["right"].turns == []


def test_what_breaks_breaks_for_all_roles() -> None:
    both = duel("hit miss", "miss crash")
    assert [turn.outcome for turn in both["right"].turns] == [Outcome.OK, Outcome.ENV_ERROR]
    assert [turn.outcome for turn in both["left"].turns] == [Outcome.OK, Outcome.ENV_ERROR]
    assert {(e.success, e.truncated, e.terminated) for e in both.values()} == {(None, True, False)}


def test_a_resumed_role_reads_all_that_it_did() -> None:
    (both,) = pairs(Script("kill"), [Job(Task(Duel.spec.id, "train", 0, history=("hit", "miss", "miss")))]).values()
    assert len(both["left"].turns) == 0
    (turn,) = both["right"].turns
    assert turn.obs.startswith("You are right.")
    assert turn.obs.endswith("They hit.\n> miss\nThey miss.")


def test_an_agent_is_asked_once_about_all_its_seats() -> None:
    agent = Script("hit miss miss kill")
    jobs = [Job(Task(Duel.spec.id, "train", 0), 0, sample) for sample in range(5)]
    assert len(pairs(agent, jobs)) == 5
    assert [len(asked) for asked in agent.asked] == [5] * 7  # four turns of left, three of right
    assert len(agent.left) == 10


def test_roles_do_not_share_their_noise() -> None:
    noise = []

    class Noisy(Script):
        def act(self, seats: list[Seat]) -> list[Move]:
            noise.extend((seat.role, seat.noise) for seat in seats)
            return super().act(seats)

    pairs(Noisy("hit miss kill"), [Job(Task(Duel.spec.id, "train", 0), 0, sample) for sample in range(2)])
    assert len({key for _, key in noise}) == len(set(noise)) == 4


def test_what_cannot_be_played_in_all_roles_is_refused() -> None:
    task = Task(Duel.spec.id, "train", 0)
    with pytest.raises(ValueError, match="no agent plays the role 'right' of proof/Duel-v0: there are left"):
        pairs({"left": Script("hit")}, [Job(task)])
    with pytest.raises(ValueError, match="stands under wrappers"):
        pairs(Script("hit"), [Job(task)], make=lambda *a, **o: History(gymnasium.make(*a, **o)))
    said = duel("hit miss kill", "hit miss")["left"].turns
    with pytest.raises(ValueError, match="goes on with one role's conversation"):
        pairs(Script("hit"), [Job(task, said=said)])
    env = gymnasium.make(Duel.spec.id, opponent=None)
    env.reset(options={"task": task})
    with pytest.raises(ValueError, match="nobody plays the other roles here"):
        env.step("hit")


def test_a_world_of_one_role_is_played_as_ever() -> None:
    jobs = [Job(Task("scoutgym/Number-v0", "train", i), i) for i in range(5)]
    one, other = ([e.to_json() for e in rollout(RandomAgent(), jobs, **o)] for o in ({}, {"opponent": None}))
    assert one == other
    assert {e.role for e in rollout({"agent": RandomAgent()}, jobs)} == {"agent"}
