"""Holding an answer to a JSON schema while it is written, for any fast tokenizer.

Which tokens may follow is said by `llguidance` (Rust; the same as in vLLM and llama.cpp). Where what follows is forced,
the names of fields and all between them, it is written without asking the model. An answer must also come to its end
within its limit: when few tokens are left, texts, lists and objects are closed wherever they stand, so that the fields
behind them are still written. Numbers are not cut, for that would make other numbers of them, but where they have no
end. A thought may come first, and its words are free; where the prompt has opened one, it does.
"""

from __future__ import annotations

import json
import logging
import re
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
LONG = 6
"""Signs of a number after which it is closed when it is late."""
CLOSING = (b'"', b"]", b"}", b",")
"""How tokens begin that close something: a text; a list; an object; whatever stands before the next one."""
_ESCAPED, _NUMBER = re.compile(r"\\."), re.compile(r"[-+.eE0-9]+\Z")

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
        late = limit - FIELD * (1 + json.dumps(schema).count('"type"'))
        start, read, thinks = 0, 0, self._opened

        def after(said: Sequence[int]) -> Sequence[int] | Tensor:
            nonlocal start, read, thinks
            if len(said) == 1 and said[0] == self._open:
                thinks = True
            if thinks:
                if self._end_of_thought not in self._tokens.decode_str(list(said)):
                    return self._words if len(said) < late or self._close is None else (self._close,)
                start, read, thinks = len(said), len(said), False
            matcher.consume_tokens(list(said[read:]))
            read = len(said)
            if not said and self._open is not None:
                return self._mask(matcher).index_fill_(0, torch.tensor(self._open), True)
            if forced := matcher.compute_ff_tokens():
                return forced[:1]
            mask = self._mask(matcher)
            if read >= late:
                mask = self._closed(mask, self._tokens.decode_str(list(said[start:])))
            return mask.nonzero()[:, 0].tolist() if int(mask.sum()) == 1 else mask

        return after

    def _closed(self, mask: Tensor, answer: str) -> Tensor:
        """Of what may follow, what closes something, where it can be closed without making another value of it."""
        text, bracket, brace, comma = (mask & one for one in self._closing)
        inside = _ESCAPED.sub("", answer).count('"') % 2
        number = None if inside else _NUMBER.search(answer)
        if number is not None and len(number[0]) < LONG:
            return mask & ~comma if bool(bracket.any()) else mask
        order = (text,) if inside else (bracket, brace, comma)
        return next((one for one in order if bool(one.any())), mask)

    def _mask(self, matcher: LLMatcher) -> Tensor:
        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return torch.from_numpy(np.unpackbits(bits, count=self._size, bitorder="little")).bool()
