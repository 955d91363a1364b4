"""Rows and batches: what is a decision and what is context, forks, branches, and how rows are split."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from rows_fixture import EVERYTHING, TASK, made_up, rows_of

from scoutgym.agents.training.batches import Batch, bundles, micro_batches
from scoutgym.agents.training.rows import Decision, Row, episode_rows
from scoutgym.types import Episode, Turn

pytestmark = pytest.mark.llm


def turn(prompt: list[int], ids: list[int], logp: list[float], **fields: object) -> Turn:
    return Turn("agent", "o", "a", "a", prompt_ids=prompt, ids=ids, logp=logp, **fields)  # type: ignore[arg-type]


def played(*turns: Turn) -> Episode:
    return Episode(TASK, list(turns), "", True, False)


# From the record to rows.


def test_a_row_is_the_conversation_and_its_decisions_are_what_was_sampled() -> None:
    one = played(turn([1, 2], [7, 8], [-0.1, -0.2]), turn([3], [9], [-0.3]), turn([4, 5], [6], [-0.4]))
    (row,) = episode_rows(one, 5, [1.0, [2.0], 3.0], weights=[1.0, 0.0, 0.5])
    assert row.ids == [1, 2, 7, 8, 3, 9, 4, 5, 6]
    assert row.decisions == [
        Decision(2, 1, 0, -0.1, 1.0, 1.0),
        Decision(3, 1, 0, -0.2, 1.0, 1.0),
        Decision(5, 1, 1, -0.3, 2.0, 0.0),
        Decision(8, 1, 2, -0.4, 3.0, 0.5),
    ]
    assert (row.episode, row.decided) == (5, 4)


def test_forced_tokens_are_read_and_not_decided() -> None:
    one = played(turn([1], [7, 8, 9], [-0.1, float("nan"), -0.3], forced=[1]))
    (row,) = episode_rows(one, 0, [[1.0, 99.0, 3.0]])
    assert row.ids == [1, 7, 8, 9]
    assert [(one.at, one.logp, one.advantage) for one in row.decisions] == [(1, -0.1, 1.0), (3, -0.3, 3.0)]


def test_a_pad_among_the_sampled_tokens_is_a_decision_like_any_other() -> None:
    (row,) = episode_rows(played(turn([0, 0], [0, 0], [-0.1, -0.2])), 0, [1.0])
    assert [one.at for one in row.decisions] == [2, 3]


def test_a_fork_begins_a_row_and_its_prompt_is_context() -> None:
    one = played(
        turn([1, 2], [7], [-0.1]),
        turn([3], [8], [-0.2]),
        turn([1, 7, 8], [9], [-0.3], fork=True),  # 7 and 8 were sampled once, in the first row
        turn([4], [6], [-0.4]),
    )
    first, second = episode_rows(one, 3, [1.0, 2.0, 3.0, 4.0])
    assert (first.ids, second.ids) == ([1, 2, 7, 3, 8], [1, 7, 8, 9, 4, 6])
    assert [(one.at, one.turn, one.logp) for one in first.decisions] == [(2, 0, -0.1), (4, 1, -0.2)]
    assert [(one.at, one.turn, one.logp) for one in second.decisions] == [(3, 2, -0.3), (5, 3, -0.4)]
    assert (first.episode, second.episode, first.decided, second.decided) == (3, 3, 4, 4)
    marked = replace(one, turns=[replace(one.turns[0], fork=True), *one.turns[1:]])
    assert len(episode_rows(marked, 3, [1.0, 2.0, 3.0, 4.0])) == 2  # the first turn's mark says nothing


def test_every_sampled_token_is_trained_once() -> None:
    one = made_up(EVERYTHING)
    rows = rows_of([one])
    assert len(rows) == 3
    said = [turn.logp[j] for turn in one.turns for j in range(len(turn.logp)) if j not in turn.forced]
    assert [decision.logp for row in rows for decision in row.decisions] == said
    assert {row.decided for row in rows} == {len(said)}


def test_a_choice_is_one_decision() -> None:
    one = played(turn([1], [7, 8], [-0.5], choices=[[5], [7, 8], [6, 9, 4]]))
    (row,) = episode_rows(one, 0, [2.0])
    assert row.decisions == [Decision(1, 2, 0, -0.5, 2.0, 1.0, (), [[5], [6, 9, 4]])]
    assert row.read == 3 + 2  # the last token of a candidate is never read


def test_a_row_without_decisions_is_left_out() -> None:
    assert episode_rows(played(turn([1], [], [])), 0, [1.0]) == []
    assert episode_rows(played(), 0, []) == []
    assert len(episode_rows(played(turn([1], [], []), turn([2], [3], [-1.0], fork=True)), 0, [1.0, 1.0])) == 1


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (turn([1], [7, 8], [-0.1]), "must have 2 entries"),
        (turn([1], [7], [-0.1], allowed=[[7], [8]]), "allowed none or 1"),
        (turn([1], [7], [-0.1, -0.2], choices=[[7], [8]]), "must have 1 entries"),
        (turn([1], [7], [-0.1], choices=[[8], [9]]), "none of its choices"),
        (turn([1], [7], [-0.1], choices=[[7], []]), "a choice is empty"),
        (turn([], [7], [-0.1]), "does not fit"),
    ],
)
def test_a_record_that_is_not_sound_is_refused(broken: Turn, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        episode_rows(played(broken), 0, [1.0])


def test_lists_of_other_lengths_are_refused() -> None:
    one = played(turn([1], [7, 8], [-0.1, -0.2]))
    for advantages, weights in (([1.0, 1.0], None), ([1.0], [1.0, 1.0]), ([[1.0]], None)):
        with pytest.raises(ValueError, match=r"turns needs as many|must have 2 entries"):
            episode_rows(one, 0, advantages, weights)
    for decisions in ([Decision(2, 2, 0)], [Decision(2, 1, 0), Decision(2, 1, 0)], [Decision(4, 1, 0)]):
        with pytest.raises(ValueError, match="does not fit"):
            Row([1, 2, 3, 4], decisions)


# From rows to batches.


def test_a_batch_by_hand() -> None:
    rows = [
        Row([5, 6, 7, 8], [Decision(1, 1, 0, -1.0, 2.0), Decision(3, 1, 2, -2.0, 3.0, 0.5)], 9, 3),
        Row([4, 3], [Decision(1, 1, 3, -3.0, 4.0)], 9, 3),
        Row([2, 1, 1], [Decision(2, 1, 0, -4.0, 5.0)], 11, 1),
    ]
    batch = Batch.of(rows)
    assert batch.ids.tolist() == [[5, 6, 7], [4, 0, 0], [2, 1, 0]]  # the last token is only predicted
    assert batch.source.tolist() == [0, 2, 3, 7]
    assert batch.target.tolist() == [6, 8, 3, 1]
    assert batch.logp.tolist() == [-1, -2, -3, -4]
    assert batch.advantage.tolist() == [2, 3, 4, 5]
    assert batch.weight.tolist() == [1, 0.5, 1, 1]
    assert batch.turn.tolist() == [0, 1, 2, 3]
    assert batch.episode.tolist() == [0, 0, 0, 1]
    assert batch.position.tolist() == [0, 2, 3, 0]
    assert batch.turn_length.tolist() == [1, 1, 1, 1]
    assert batch.episode_length.tolist() == [3, 3, 3, 1]
    assert batch.sees is None


def test_branches_by_hand() -> None:
    """Row 5 6 | 7 8 | 9 with the choice 7 8 over 1 2 3 and 4: the row, then 1 2."""
    row = Row([5, 6, 7, 8, 9], [Decision(2, 2, 0, others=[[1, 2, 3], [4]]), Decision(4, 1, 1)], 0, 2)
    batch = Batch.of([row])
    assert batch.ids.tolist() == [[5, 6, 7, 8, 1, 2]]
    assert batch.positions is not None
    assert batch.positions.tolist() == [[0, 1, 2, 3, 2, 3]]
    assert batch.sees is not None
    assert batch.sees[0, 0].int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 1, 1],
    ]
    assert batch.source.tolist() == [1, 2, 3, 1, 4, 5, 1]
    assert batch.target.tolist() == [7, 8, 9, 1, 2, 3, 4]
    assert batch.string is not None
    assert batch.string.tolist() == [0, 0, 1, 2, 2, 2, 3]
    assert batch.closed is not None
    assert batch.closed.tolist() == [0]
    assert batch.candidates is not None
    assert batch.candidates.tolist() == [[0, 2, 3]]


@pytest.mark.parametrize("together", ["row", "episode", "pair"])
def test_every_row_is_in_one_micro_batch_and_what_belongs_together_stays(together: str) -> None:
    rows = rows_of([made_up(EVERYTHING, seed) for seed in range(6)])
    rows = [replace(row, pair=row.episode // 2, side=1 - 2 * (row.episode % 2)) for row in rows]
    sizes = {"row": 18, "episode": 6, "pair": 3}
    assert len(bundles(rows, together)) == sizes[together]  # type: ignore[arg-type]
    if together != "pair":
        rows = [replace(row, pair=None) for row in rows]
    for tokens in (1, 150, 10_000):
        batches = list(micro_batches(rows, tokens, together))  # type: ignore[arg-type]
        assert sum(len(batch.logp) for batch in batches) == sum(len(row.decisions) for row in rows)
        assert sorted(one for batch in batches for one in batch.logp.tolist()) == pytest.approx(
            sorted(decision.logp for row in rows for decision in row.decisions)
        )
        parts = {"row": 1, "episode": 3, "pair": 6}[together]
        assert all(batch.ids.numel() <= tokens or len(batch.ids) == parts for batch in batches)
    if together != "row":
        whole = list(micro_batches(rows, 1, together))  # type: ignore[arg-type]
        assert len(whole) == sizes[together]
        assert all(int(batch.episode.max()) + 1 == (1 if together == "episode" else 2) for batch in whole)


def test_rows_of_like_length_share_a_batch() -> None:
    """In the order of play each short row would be filled up to the long one beside it: 120 positions for 68."""

    def row(length: int) -> Row:
        return Row([1] * (length + 1), [Decision(length, 1, 0)])

    rows = [row(length) for _ in range(4) for length in (2, 15)]
    batches = list(micro_batches(rows, 64))
    assert sorted(tuple(batch.ids.shape) for batch in batches) == [(4, 2), (4, 15)]
    assert sum(batch.ids.numel() for batch in batches) == 4 * 2 + 4 * 15


def test_half_a_pair_is_refused() -> None:
    rows = rows_of([made_up(["free"])])
    with pytest.raises(ValueError, match="pair 0 is not whole"):
        Batch.of([replace(rows[0], pair=0, side=1)])


def test_a_batch_moves_as_a_whole() -> None:
    batch = Batch.of(rows_of([made_up(EVERYTHING)])).to("meta")
    assert {one.device.type for one in vars(batch).values() if isinstance(one, torch.Tensor)} == {"meta"}


def test_what_a_constraint_leaves_no_choice_about_is_no_decision() -> None:
    turn = Turn("agent", "o", "a", "a", prompt_ids=[1, 2], ids=[5, 9, 3], logp=[-0.7, 0.0, 0.0])
    turn.allowed = [[5, 6], [9], [3]]
    (row,) = episode_rows(played(turn), 0, [0.5])
    assert row.ids == [1, 2, 5, 9, 3]
    assert [(one.at, one.allowed) for one in row.decisions] == [(2, [5, 6])]
