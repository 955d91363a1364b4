"""Demonstrations: episodes of training tasks by a mix of players, and the words that they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scoutgym.agents.core import Agent, Job, rollout
from scoutgym.agents.formats import Closed
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import RANDOM, ExpertAgent, Noisy, RandomAgent, SolverAgent
from scoutgym.agents.privacy import OversharingAgent
from scoutgym.agents.retold import retold
from scoutgym.agents.training.config import DemonstrationConfig
from scoutgym.curricula.core import Arm
from scoutgym.envs.grammar import Grammar
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.privacy.world import PrivacyWorld
from scoutgym.llm.trie import Trie
from scoutgym.types import Episode, Outcome, Turn

TRIES = 100
"""Where only successes are kept, so many episodes are played for each at most."""


def demonstrate(arms: Sequence[Arm], mix: DemonstrationConfig, seed: int) -> Iterator[Episode]:
    """Each arm has the same number of episodes, and of each player the same share.

    In a world without an expert its solver demonstrates, and where there is none either, a random player. Where only
    successes are kept, what a player does is filtered by what came of it: with random players alone, that is all that
    can be had where nobody knows how to play.

    Raises:
        ValueError: only successes are kept, and a player of an arm hardly ever has any.
    """
    for arm in arms:
        best = ExpertAgent() if arm.has_expert else SolverAgent() if arm.has_solver else None
        able: list[tuple[Agent, float]] = [(RandomAgent(), mix.random if best else 1.0)]
        able += [(Noisy(best, mix.noise), mix.noisy), (best, mix.expert)] if best else []
        if mix.oversharing and issubclass(WORLDS[arm.env_id], PrivacyWorld):
            able.append((OversharingAgent(), mix.oversharing))
        total = sum(share for _, share in able)
        first = seed * 1_000_003  # other seeds see other tasks
        for player, share in able:
            number = round(mix.episodes / len(arms) * share / total)
            tries = number * (TRIES if mix.successes else 1)
            jobs = (Job(arm.task("train", (first + place) % arm.count), luck=seed + place) for place in range(tries))
            first += tries
            for episode in rollout(player, jobs) if number else ():
                if mix.successes and not episode.success:
                    continue
                yield episode
                number -= 1
                if not number:
                    break
            if number:
                raise ValueError(
                    f"{player.name} hardly ever succeeds in {arm.name}: {number} successes are missing after {tries} "
                    "episodes; ask for fewer demonstrations, or leave demonstrations.successes out"
                )


def texts(arms: Sequence[Arm], episodes: Iterable[Episode]) -> Iterator[str]:
    """What a vocabulary is made of: the texts of the episodes, and how each world refuses what is no action."""
    for arm in arms:
        for action in ("", "?"):
            session = Session(arm.world())
            session.begin(arm.task("train", 0))
            yield session.act(action).text
            session.close()
    for episode in episodes:
        yield from dict.fromkeys(text for turn in episode.turns for text in (turn.obs, turn.action))


def written(episode: Episode, agent: LMAgent, constrained: bool = False, mask: str = "none") -> Episode:
    """The episode as ``agent`` would have had it: read and written in its tokens and its format.

    Args:
        episode: somebody's.
        agent: who is to learn from it.
        constrained: write down what the actions that were allowed left to choose from, at each token, or among them
            all where the format is closed; of an action that was not among them, nothing.
        mask: which turns are context alone, as `DemonstrationConfig` names them: all their tokens count as forced.
    """
    session = Session(world_for(WORLDS[episode.task.env_id], episode.task.params))
    session.begin(episode.task, episode.luck)
    grammar = session.world.grammar(session.state)
    session.close()
    retelling = retold(episode, agent.renderer, agent.format, grammar)
    if constrained:
        retelling = _constrained(retelling, episode, agent, grammar)
    return replace(retelling, turns=[_context(turn) if _masked(turn, mask) else turn for turn in retelling.turns])


def _masked(turn: Turn, mask: str) -> bool:
    return (mask == "invalid" and turn.outcome == Outcome.INVALID_ACTION) or (mask == "random" and RANDOM in turn.spans)


def _context(turn: Turn) -> Turn:
    """The turn without anything to learn from."""
    count = len(turn.ids)
    return replace(turn, choices=(), allowed=(), logp=[0.0] * count, forced=list(range(count)))


def _constrained(retelling: Episode, episode: Episode, agent: LMAgent, grammar: Grammar) -> Episode:
    turns = []
    for turn, actions in zip(retelling.turns, _offered(episode), strict=True):
        if isinstance(agent.format, Closed):
            choices = [agent.renderer.answer(action) for action in actions]
            turns.append(replace(turn, choices=choices, logp=[0.0]) if list(turn.ids) in choices else turn)
        else:
            turns.append(replace(turn, allowed=_left(turn.ids, agent.trie(actions, grammar))))
    return replace(retelling, turns=turns)


def _offered(episode: Episode) -> Iterator[Sequence[str]]:
    """The actions that were allowed before each turn: the episode is played again."""
    env = TextEnv(WORLDS[episode.task.env_id], **episode.task.params)
    env.reset(options={"task": episode.task, "luck": episode.luck})
    for turn in episode.turns:
        yield env.actions() or [env.grammar.format(action) for action in env.grammar.actions()]
        env.step(turn.action)
    env.close()


def _left(ids: Sequence[int], trie: Trie) -> list[list[int]]:
    allowed = [trie.allowed(ids[:place]) for place in range(len(ids))]
    return allowed if all(token in left for token, left in zip(ids, allowed, strict=True)) else []
