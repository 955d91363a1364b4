"""The policy as a credit rule may use it: likelihoods, hidden states and further samples, in batches.

Conversations are built from the token ids of the record (``Turn.prompt_ids``, ``Turn.ids``, anew at a fork), never from
text. Conversations of like length share a forward pass, up to a number of positions; padding stands on the right, where
causal attention does not see it. A conversation longer than the model's context is read as far as it goes: hidden
states behind its end are the last one's, and likelihoods are taken after its last tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import PreTrainedModel

from scoutgym.agents.training.credit.core import Features
from scoutgym.envs.chance import Chance
from scoutgym.llm.engine import Ask, Engine
from scoutgym.llm.render import Renderer
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Episode, Message, digest


class PolicyContext:
    """A causal model of `transformers` and how its conversations are written, seen by a credit rule.

    Args:
        model: in evaluation mode.
        renderer: writes prompts and answers in its tokens.
        gamma: discount of turns.
        temperature: that actions are sampled with; likelihoods are under it.
        max_tokens: of a sampled action.
        tokens: positions of one forward pass (a longer conversation stands alone).
    """

    def __init__(
        self,
        model: PreTrainedModel,
        renderer: Renderer,
        gamma: float,
        temperature: float = 1.0,
        max_tokens: int = 16,
        tokens: int = 8192,
    ) -> None:
        self.model, self.renderer, self.gamma = model, renderer, gamma
        self.temperature, self.max_tokens, self.tokens = temperature, max_tokens, tokens
        self.context = int(model.config.max_position_embeddings)

    def prompt(self, observation: str, first: bool) -> list[int]:
        """The tokens between two actions: what a chat template writes between any answer and this observation."""
        heard = Message("user", observation)
        if first:
            return self.renderer.prompt([heard])
        before = [Message("user", "."), Message("assistant", ".")]
        suffix = self.renderer.suffix([*before, heard], self.renderer.answer("."))
        return self.renderer.prompt([heard]) if suffix is None else suffix

    def answer(self, text: str) -> list[int]:
        """The tokens of an action, the end sign included."""
        return self.renderer.answer(text)

    def generate(self, conversations: Sequence[Sequence[int]], key: object) -> list[list[int]]:
        """A sampled action after each conversation; its noise is keyed by ``key`` and its place in the list."""
        if not conversations:
            return []
        engine = Engine(self.model, self.renderer.ends, len(conversations))
        noise = [Chance(digest("context", key), place) for place in range(len(conversations))]
        asks = [Ask(engine.open(), ids, one.random) for ids, one in zip(conversations, noise, strict=True)]
        said = engine.generate(asks, Sampling(self.temperature, max_tokens=self.max_tokens))
        return [answer.ids for answer in said]

    @torch.no_grad()
    def logprob(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[float]]:
        """Of each (conversation, continuation): the log-probability of every token of the continuation.

        Raises:
            ValueError: a conversation or a continuation is empty.
        """
        if any(not before or not after for before, after in pairs):
            raise ValueError("a likelihood needs at least one token before and one token in the continuation")
        rows = [[*before, *after][-self.context :] for before, after in pairs]
        found: list[list[float]] = [[] for _ in pairs]
        for chosen in self._batches(rows):
            ids = _padded([rows[n] for n in chosen], self.model.device)
            starts = [len(rows[n]) - min(len(pairs[n][1]), len(rows[n]) - 1) - 1 for n in chosen]
            first = min(starts)
            logits = self.model(input_ids=ids, use_cache=False, logits_to_keep=ids.shape[1] - first).logits
            for place, (n, start) in enumerate(zip(chosen, starts, strict=True)):
                target = ids[place, start + 1 : len(rows[n])]
                own = logits[place, start - first :][: len(target)].float() / self.temperature
                logp = own.log_softmax(-1).gather(-1, target[:, None])[:, 0].tolist()
                found[n] = [0.0] * (len(pairs[n][1]) - len(logp)) + logp
        return found

    @torch.no_grad()
    def features(self, episodes: Sequence[Episode], tokens: bool = False) -> list[Features]:
        """Hidden states of the last layer along each episode.

        After a fork the conversation is the new one; the final observation is put behind the last conversation.
        """
        paths = [self._path(episode) for episode in episodes]
        rows = [row for path in paths for row in path.rows]
        for chosen in self._batches([row.ids[: self.context] for row in rows]):
            ids = _padded([rows[n].ids[: self.context] for n in chosen], self.model.device)
            hidden = self.model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
            for place, n in enumerate(chosen):
                last = min(len(rows[n].ids), self.context) - 1
                wanted = [min(at, last) for at in rows[n].wanted]
                read = hidden[place, [max(at, 0) for at in wanted]].float().cpu()
                nothing = torch.tensor([at < 0 for at in wanted])
                rows[n].hidden = read.masked_fill(nothing[:, None], 0.0)
        return [path.features(tokens) for path in paths]

    def _path(self, episode: Episode) -> _Path:
        path = _Path()
        for turn in episode.turns:
            if turn.fork and path.row.ids:
                path.rows.append(_Row())
            path.row.ids += turn.prompt_ids
            path.before.append(path.here())
            start = len(path.row.ids)
            path.row.ids += turn.ids
            path.tokens.append(path.places(range(start - 1, start - 1 + len(turn.ids))))
            path.after.append(path.here())
        path.row.ids += self.prompt(episode.final_observation, first=not path.row.ids)
        path.before.append(path.here())
        return path

    def _batches(self, rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Numbers of rows of like length that go through the model together."""
        waiting: list[int] = []
        for n in sorted(range(len(rows)), key=lambda n: len(rows[n])):
            if waiting and (len(waiting) + 1) * len(rows[n]) > self.tokens:
                yield waiting
                waiting = []
            waiting.append(n)
        if waiting:
            yield waiting


@dataclass
class _Row:
    """One conversation, and the positions of it that are wanted (-1: before everything)."""

    ids: list[int] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    hidden: Tensor = field(default_factory=lambda: torch.zeros(0))


_Places = tuple[int, int, int]
"""Row, and from where to where in its ``wanted``."""


@dataclass
class _Path:
    """Where an episode's features stand in its rows."""

    rows: list[_Row] = field(default_factory=lambda: [_Row()])
    before: list[_Places] = field(default_factory=list)
    tokens: list[_Places] = field(default_factory=list)
    after: list[_Places] = field(default_factory=list)

    @property
    def row(self) -> _Row:
        return self.rows[-1]

    def places(self, positions: Sequence[int]) -> _Places:
        start = len(self.row.wanted)
        self.row.wanted += positions
        return len(self.rows) - 1, start, len(self.row.wanted)

    def here(self) -> _Places:
        return self.places([len(self.row.ids) - 1])

    def features(self, tokens: bool) -> Features:
        def read(places: _Places) -> Tensor:
            row, start, stop = places
            return self.rows[row].hidden[start:stop]

        before = torch.cat([read(places) for places in self.before])
        after = torch.cat([before[:0], *(read(places) for places in self.after)])
        return Features(before, after, [read(places) for places in self.tokens] if tokens else ())


def _padded(rows: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
    return ids.to(device)
