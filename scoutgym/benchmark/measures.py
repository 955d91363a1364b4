"""How an episode explored: one small function a measure, over the record of play alone.

A measure of one episode returns a `Share`: a numerator and a denominator. Over many episodes it is the ratio of the
sums, so that every turn (or bit, or episode) counts once, and its interval resamples whole tasks. None means that the
episode does not have what is measured: no belief was recorded, or success has no meaning.

Entropies and expected gains come from the world's belief oracle (`scoutgym.envs.core.Belief`). Myopic gain is not
optimal play: an agent can be right to ask less than the most informative question, for example to be able to act on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from scoutgym.stats import pass_at_k
from scoutgym.types import INFRASTRUCTURE, Episode, Outcome, Turn

KNOWN_BITS = 0.1
"""Below this entropy the answer counts as known: the likeliest answer then has a probability of at least 0.986."""

NO_GAIN = 1e-9
"""An expected gain up to this many bits is none."""


class Share(NamedTuple):
    """What a measure found in one episode, out of how much."""

    found: float
    of: float


def outcome(episode: Episode) -> str:
    """How an episode ended: the outcome of its last turn; without turns its world broke at the start."""
    return str(episode.turns[-1].outcome) if episode.turns else str(Outcome.ENV_ERROR)


def broken(episode: Episode) -> bool:
    """Whether the world or a judge failed before the episode had an end of its own."""
    return outcome(episode) in INFRASTRUCTURE


def solved(episode: Episode) -> bool:
    """Whether it succeeded in full."""
    return episode.success is not None and float(episode.success) >= 1.0


def plain(action: str) -> str:
    """An action's text without case and spare white space: what makes two questions the same."""
    return " ".join(action.casefold().split())


def bits_per_turn(episode: Episode) -> Share | None:
    """Total fall of the entropy over the turns taken, luck included."""
    if not episode.turns or episode.start_bits is None or (end := episode.turns[-1].bits) is None:
        return None
    return Share(episode.start_bits - end, len(episode.turns))


def luck_free_gain(episode: Episode) -> Share | None:
    """Expected fall of the entropy by the chosen actions over the turns taken: bits per turn without the luck."""
    asked = _asked(episode)
    return Share(sum(gain for gain, _ in asked.values()), len(asked)) if asked else None


def question_efficiency(episode: Episode) -> Share | None:
    """Expected gain of the chosen actions over that of the best ones, summed before dividing: a greedy asker has 1."""
    asked = _asked(episode)
    return Share(sum(g for g, _ in asked.values()), sum(best for _, best in asked.values())) if asked else None


def invalid_turns(episode: Episode) -> Share | None:
    """Actions that the world did not understand or allow, over the turns taken."""
    return Share(sum(turn.outcome == Outcome.INVALID_ACTION for turn in episode.turns), len(episode.turns))


def repeated_questions(episode: Episode) -> Share | None:
    """Turns that asked again what a valid turn had asked, and could learn nothing by it, over the turns taken.

    Pulling a noisy arm twice, or walking north twice, is no repeated question. So a repetition counts where its
    expected gain was measured as none though another action had some; and, in a world without a belief, where the agent
    knew exactly as much as when it asked first.
    """
    if not any(turn.gain is not None or turn.key is not None for turn in episode.turns):
        return None
    return Share(len(_repeats(episode)), len(episode.turns))


def contradictory_questions(episode: Episode) -> Share | None:
    """Valid turns, no repetitions, whose answer the agent's own history had already fixed, over the turns taken.

    Their expected gain is none while another action had some: a guess outside the range that is left, a code that an
    earlier answer excludes in every way.
    """
    asked = _asked(episode)
    if not asked:
        return None
    wasted = {place for place, (gain, best) in asked.items() if gain <= NO_GAIN < best} - _repeats(episode)
    valid = [place for place in wasted if episode.turns[place].outcome == Outcome.OK]
    return Share(len(valid), len(episode.turns))


def never_found_out(episode: Episode) -> Share | None:
    """1 where the episode failed and its entropy never fell below `KNOWN_BITS` while an action was left."""
    lowest = _lowest_bits(episode)
    return None if lowest is None else Share(float(not solved(episode) and lowest >= KNOWN_BITS), 1)


def knew_but_failed(episode: Episode) -> Share | None:
    """1 where the episode failed although its entropy had fallen below `KNOWN_BITS` with an action left."""
    lowest = _lowest_bits(episode)
    return None if lowest is None else Share(float(not solved(episode) and lowest < KNOWN_BITS), 1)


EPISODE_MEASURES: Mapping[str, Callable[[Episode], Share | None]] = {
    "bits_per_turn": bits_per_turn,
    "luck_free_gain": luck_free_gain,
    "question_efficiency": question_efficiency,
    "invalid_turns": invalid_turns,
    "repeated_questions": repeated_questions,
    "contradictory_questions": contradictory_questions,
    "never_found_out": never_found_out,
    "knew_but_failed": knew_but_failed,
}
"""The measures of any world, by the name they have in tables and in JSON."""

RATES = frozenset({"never_found_out", "knew_but_failed", "suffix_failure"})
"""The measures that are 0 or 1 in an episode: their intervals are those of proportions."""


def distinct_trajectories(episodes: Sequence[Episode]) -> Share:
    """Different sequences of actions over the samples of one task: 1/k where an agent always does the same."""
    return Share(len({tuple(plain(turn.action) for turn in episode.turns) for episode in episodes}), len(episodes))


def coverage(episodes: Sequence[Episode], steps: int) -> Share | None:
    """Different states of knowledge in the first ``steps`` environment steps of one task's samples, in sample order.

    Agents are compared at equal ``steps`` (`common_steps`): one that needs fewer turns has not covered less. None where
    states were not recorded.
    """
    turns = [turn for episode in episodes for turn in episode.turns][:steps]
    if not turns or any(turn.key is None for turn in turns):
        return None
    return Share(len({turn.key for turn in turns}), len(turns))


def common_steps(*agents: Sequence[Episode]) -> int:
    """The step budget at which the coverage of several agents on one task can be compared: the least that one took."""
    return min(sum(len(episode.turns) for episode in episodes) for episodes in agents)


def pass_at(episodes: Sequence[Episode], k: int) -> float:
    """Unbiased chance that at least one of ``k`` samples of this task succeeds in full.

    Raises:
        ValueError: there are fewer than ``k`` samples.
    """
    return pass_at_k(len(episodes), sum(solved(episode) for episode in episodes), k)


def bits_curve(episodes: Sequence[Episode]) -> list[float]:
    """Mean entropy before the first turn, after it, after the second, …; an episode that ended keeps its last value."""
    lines = [_entropies(episode) for episode in episodes]
    return _mean_lines([line for line in lines if line is not None])


def solved_curve(episodes: Sequence[Episode]) -> list[float]:
    """Share of the episodes that had succeeded after 0, 1, 2, … turns."""
    return _mean_lines([[0.0] * len(episode.turns) + [float(solved(episode))] for episode in episodes])


def _mean_lines(lines: Sequence[Sequence[float]]) -> list[float]:
    length = max((len(line) for line in lines), default=0)
    return [sum(line[min(at, len(line) - 1)] for line in lines) / len(lines) for at in range(length)]


def _asked(episode: Episode) -> dict[int, tuple[float, float]]:
    """Expected gain and best expected gain of the turns where both were measured."""
    found = {}
    for place, turn in enumerate(episode.turns):
        if turn.gain is not None and turn.best_gain is not None:
            found[place] = (turn.gain, turn.best_gain)
    return found


def _entropies(episode: Episode) -> list[float] | None:
    line = [episode.start_bits, *(turn.bits for turn in episode.turns)]
    found = [bits for bits in line if bits is not None]
    return found if len(found) == len(line) else None


def _lowest_bits(episode: Episode) -> float | None:
    """The lowest entropy that the agent could still act on; None where success or belief is not there."""
    line = _entropies(episode)
    if episode.success is None or line is None or len(line) < 2:
        return None
    return min(line[:-1])


def _repeats(episode: Episode) -> set[int]:
    seen: dict[str, set[str | None]] = {}
    found: set[int] = set()
    knew: str | None = "start"
    for place, turn in enumerate(episode.turns):
        text = plain(turn.action)
        if text in seen and _useless(turn, knew, seen[text]):
            found.add(place)
        if turn.outcome == Outcome.OK:
            seen.setdefault(text, set()).add(knew)
        knew = turn.key
    return found


def _useless(turn: Turn, knew: str | None, before: set[str | None]) -> bool:
    if turn.gain is not None and turn.best_gain is not None:
        return turn.gain <= NO_GAIN < turn.best_gain
    return knew is not None and knew in before
