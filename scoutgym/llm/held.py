"""Holding an answer to a JSON schema while it is written, for any fast tokenizer.

Which tokens may follow is said by `llguidance` (Rust; the same as in vLLM and llama.cpp). Where what follows is forced,
the names of fields and all between them, it is written without asking the model. An answer must also come to its end
within its limit: when few tokens are left, what is open is closed wherever it stands, so that the fields behind it are
still written. A thought may come first, and its words are free; where the prompt has opened one, it does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor
from transformers import PreTrainedTokenizerFast

log = logging.getLogger("scoutgym")

FIELD = 16
"""Tokens that are kept for the rest of a field: its name, a number, a word of a list, the signs between."""
CLOSING = (b'"', b"]}", b",")
"""How tokens begin that close something, in the order in which they are taken when it is late: the end of a text, of a
list or an object, of a number.
"""

Following = Callable[[Sequence[int]], Sequence[int] | Tensor]
"""From the ids of an answer so far, those that may follow, or a mask over the vocabulary."""


class Holder:
    """Holds answers to schemas.

    Args:
        tokenizer: of the model.
        ends: the ids that end an answer.
        size: of the vocabulary, as the model's logits have it.
        thought: the signs around a thought.
        opened: whether the prompt opens one.

    Raises:
        ValueError: the tokenizer is of a kind that `llguidance` does not read.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        ends: Collection[int],
        size: int,
        thought: tuple[str, str],
        opened: bool,
    ) -> None:
        self._tokens = LLTokenizer(tokenizer.backend_tokenizer.to_str(), n_vocab=size, eos_token=sorted(ends))
        self._size, self._opened, self._end_of_thought = size, opened, thought[1]
        self._open, self._close = (tokenizer.get_vocab().get(sign) for sign in thought)
        self._words = torch.ones(size, dtype=torch.bool).index_fill_(0, torch.tensor(sorted(ends)), False)
        first = [self._tokens.decode_bytes([token])[:1] for token in range(size)]
        self._closing = [torch.tensor([bool(one) and one in signs for one in first]) for signs in CLOSING]

    def following(self, schema: Mapping[str, Any], limit: int) -> Following | None:
        """What may follow in one answer; None where the schema is of a kind that nobody can be held to.

        Args:
            schema: of the answer.
            limit: the tokens that it may have at most.
        """
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides={"whitespace_flexible": False})
        matcher = LLMatcher(self._tokens, grammar, log_level=0)
        if matcher.is_error():
            log.warning("a local model is asked by the words alone: %s", matcher.get_error().partition("\n")[0])
            return None
        late, read, thinks = limit - FIELD * (1 + json.dumps(schema).count('"type"')), 0, self._opened

        def after(said: Sequence[int]) -> Sequence[int] | Tensor:
            nonlocal read, thinks
            if len(said) == 1 and said[0] == self._open:
                thinks = True
            if thinks:
                if self._end_of_thought not in self._tokens.decode_str(list(said)):
                    return self._words if len(said) < late or self._close is None else (self._close,)
                read, thinks = len(said), False
            matcher.consume_tokens(list(said[read:]))
            read = len(said)
            if not said and self._open is not None:
                return self._mask(matcher).index_fill_(0, torch.tensor(self._open), True)
            if forced := matcher.compute_ff_tokens():
                return forced[:1]
            mask = self._mask(matcher)
            closing = (mask & one for one in self._closing) if read >= late else ()
            mask = next((one for one in closing if bool(one.any())), mask)
            return mask.nonzero()[:, 0].tolist() if int(mask.sum()) == 1 else mask

        return after

    def _mask(self, matcher: LLMatcher) -> Tensor:
        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return torch.from_numpy(np.unpackbits(bits, count=self._size, bitorder="little")).bool()
