"""A chat model from a directory of the transformers library, read and written in this process.

Any causal model with a chat template will do, or one with the word vocabulary of `scoutgym.llm.words`. Requests are
answered in batches (`scoutgym.llm.engine`); each draws from noise of its own, seeded by its key, so that an answer does
not depend on when and beside what it was asked for (but by the last bits of the logits).

An answer is held to its schema while it is written (`scoutgym.llm.held`), so that it can be read whatever the model
knows of JSON. Where that cannot be done, with a word vocabulary or an old tokenizer, the words alone ask for it; who
asked reads strictly anyway.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

from scoutgym.llm.chat.core import Answer, ChatError, ChatModel, Request, sendable
from scoutgym.llm.engine import Ask, Engine
from scoutgym.llm.held import Following, Holder
from scoutgym.llm.render import CLOSE, OPEN, ChatTemplate, renderer_of
from scoutgym.types import Message

log = logging.getLogger("scoutgym")

WEIGHTS = ("config.json", "*.safetensors", "*.safetensors.index.json")
TOKENIZER = ("token*", "special*", "added*", "vocab*", "merges*", "chat_template*", "*.model", "*.tiktoken")
"""Names of the files that decide an answer."""


class Local(ChatModel):
    """The model of a directory.

    Args:
        folder: with ``config.json``, weights as safetensors, and a tokenizer.
        batch: how many requests are answered at once.
        device: cpu, cuda, …; auto is a GPU where there is one.

    Raises:
        ChatError: the folder holds no such model.
    """

    def __init__(self, folder: Path, batch: int = 16, device: str = "auto") -> None:
        if not (folder / "config.json").is_file():
            raise ChatError(f"{folder} holds no model: it has no config.json. Name a directory of transformers")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._renderer = renderer_of(folder)
            # Weights as pickles would run what is in them.
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype="auto", use_safetensors=True, local_files_only=True, output_loading_info=True
            )
        except Exception as problem:  # what can be wrong with files is told by five libraries in as many ways
            raise ChatError(f"the model in {folder} cannot be used: {problem}") from None
        model, info = loaded
        if missing := sorted(info["missing_keys"]):
            raise ChatError(
                f"the model in {folder} cannot be used: {len(missing)} weights are missing, as {missing[0]}"
            )
        model.to(torch.device(device)).eval()
        self.name, self.fingerprint = f"local:{folder.name}", f"local:{_content(folder)}"
        self._context: int | None = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._engine = Engine(model, self._renderer.ends, batch)
        self._size: int = (model.get_output_embeddings() or model.get_input_embeddings()).weight.shape[0]
        self._lock = threading.Lock()

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """Batches of those that are sampled alike, the longest together; threads wait for each other."""
        prompts = [self._prompt(request) for request in requests]
        answers: dict[int, Answer] = {}
        alike: dict[object, list[int]] = {}
        for place in sorted(range(len(requests)), key=lambda place: -len(prompts[place])):
            how, length = requests[place].sampling, len(prompts[place])
            if self._context is not None and length + how.max_tokens > self._context:
                error = f"{length} tokens and an answer of {how.max_tokens} do not fit {self.name}'s {self._context}"
                answers[place] = Answer(error=error, tries=0)
            else:
                alike.setdefault(how, []).append(place)
        with self._lock:
            for some in alike.values():
                for start in range(0, len(some), self._engine.slots):
                    answers |= self._batch(some[start : start + self._engine.slots], requests, prompts)
        return [answers[place] for place in range(len(requests))]

    def _batch(
        self, places: Sequence[int], requests: Sequence[Request], prompts: Sequence[list[int]]
    ) -> dict[int, Answer]:
        """Answers by place. They are ready together, so the time of each is its part of the batch's."""
        began = time.monotonic()
        slots = [self._engine.open() for _ in places]
        try:
            asks = [
                Ask(slot, prompts[place], Random(requests[place].key).random, self._following(requests[place]))
                for slot, place in zip(slots, places, strict=True)
            ]
            said = self._engine.generate(asks, requests[places[0]].sampling)
        except FloatingPointError as problem:
            raise ChatError(f"{self.name}: {problem}") from None
        finally:
            for slot in slots:
                self._engine.close(slot)
        seconds = (time.monotonic() - began) / len(places)
        return {
            place: Answer(
                self._renderer.decode(one.ids),
                truncated=one.truncated,
                prompt_tokens=len(prompts[place]),
                tokens=len(one.ids),
                seconds=seconds,
            )
            for place, one in zip(places, said, strict=True)
        }

    def _prompt(self, request: Request) -> list[int]:
        return self._renderer.prompt([Message(one.role, sendable(one.content)) for one in request.messages])

    def _following(self, request: Request) -> Following | None:
        if request.schema is None or self._holder is None:
            return None
        return self._holder.following(request.schema, request.sampling.max_tokens)

    @cached_property
    def _holder(self) -> Holder | None:
        """Made when a schema is first asked for: it takes a second where a vocabulary is large."""
        renderer = self._renderer
        if not isinstance(renderer, ChatTemplate) or not isinstance(renderer.tokenizer, PreTrainedTokenizerFast):
            return None
        try:
            return Holder(renderer.tokenizer, renderer.ends, self._size, (OPEN, CLOSE), renderer.opens_thought)
        except ValueError as problem:
            log.warning("%s is asked for JSON by the words alone: %s", self.name, problem)
            return None


def _content(folder: Path) -> str:
    """Hash of what is in the files that decide an answer, and of their names."""
    whole = blake2b(digest_size=16)
    for path in sorted({path for pattern in WEIGHTS + TOKENIZER for path in folder.glob(pattern) if path.is_file()}):
        part = blake2b(digest_size=16)
        with path.open("rb") as file:
            while block := file.read(2**24):
                part.update(block)
        whole.update(path.name.encode() + b"\0" + part.digest())
    return whole.hexdigest()
