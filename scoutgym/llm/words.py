"""A word-level vocabulary for models that learn from scratch: one token a word, a digit, a sign.

A text is cut into words that the vocabulary knows, else into single characters; a blank before a token is part of it,
as in byte-pair vocabularies, and one blank is put before the whole text, so that ``12`` is the same two tokens as an
action and in the middle of a sentence. Nothing is thrown away: decoding gives the text back to the letter, as long as
its characters are known; an unknown character is ``<unk>``.

A conversation is ``<bos> <obs> observation <act> action <end> <obs> …``. The special tokens are never read from text:
a world or a model that writes "<end>" gets plain characters.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

SPECIALS = ("<pad>", "<unk>", "<bos>", "<obs>", "<act>", "<end>")

_WORD = re.compile("[A-Za-z]+")


class Words:
    """A saved or new vocabulary.

    Args:
        tokenizer: a Hugging Face tokenizer whose vocabulary has `SPECIALS`.

    Raises:
        ValueError: a special token is missing.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self._backend = tokenizer.backend_tokenizer
        self._backend.encode_special_tokens = True
        self.unknown: Counter[str] = Counter()
        """Characters that had no token, and how often they came."""
        vocabulary = self._backend.get_vocab()
        missing = [token for token in SPECIALS if token not in vocabulary]
        if missing:
            raise ValueError(f"this tokenizer has no token {missing[0]}: it is not a word vocabulary")
        self.pad, self.unk, self.bos, self.obs, self.act, self.end = (vocabulary[token] for token in SPECIALS)

    @classmethod
    def of(cls, texts: Iterable[str], least: int = 2) -> Words:
        """The vocabulary of the words that come at least ``least`` times in ``texts``, of all their characters, and of
        those of ASCII, which formats and later texts may need.

        Raises:
            ValueError: the texts have no characters.
        """
        words: Counter[str] = Counter()
        characters: set[str] = set()
        for text in texts:
            words.update(_WORD.findall(text))
            characters.update(text)
        if not characters:
            raise ValueError("a vocabulary needs texts, and these are empty")
        whole = sorted(word for word, count in words.items() if count >= least and len(word) > 1)
        single = sorted((characters | set(string.printable)) - set(string.whitespace))
        blank = sorted(characters & set(string.whitespace) | {" "})
        tokens = [*SPECIALS, *blank, *(lead + token for token in [*single, *whole] for lead in ("", " "))]
        return cls(_wrap({token: number for number, token in enumerate(tokens)}, whole))

    @classmethod
    def load(cls, folder: Path) -> Words:
        """Read what `save` wrote.

        Raises:
            ValueError: the folder holds another kind of tokenizer.
        """
        tokenizer = AutoTokenizer.from_pretrained(folder)
        if not isinstance(tokenizer, PreTrainedTokenizerFast):
            raise ValueError(f"{folder} holds no word vocabulary but a {type(tokenizer).__name__}")
        return cls(tokenizer)

    def save(self, folder: Path) -> None:
        """Write a Hugging Face tokenizer directory."""
        self.tokenizer.save_pretrained(folder)

    def __len__(self) -> int:
        return int(self._backend.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without special ones."""
        encoding = self._backend.encode(text, add_special_tokens=False)
        ids: list[int] = encoding.ids
        if self.unk in ids:
            spans = (span for span, token in zip(encoding.offsets, ids, strict=True) if token == self.unk)
            self.unknown.update(text[start:stop].strip() for start, stop in spans)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens; special ones are left out."""
        text: str = self._backend.decode(list(ids), skip_special_tokens=True)
        return text

    def prompt(self, observation: str, first: bool) -> list[int]:
        """The tokens between two actions: what the world said, and the sign that an action is due."""
        return [*([self.bos] if first else []), self.obs, *self.encode(observation), self.act]

    def answer(self, action: str) -> list[int]:
        """The tokens of an action as an agent writes them, the end sign included."""
        return [*self.encode(action), self.end]


def _wrap(vocabulary: dict[str, int], whole: Sequence[str]) -> PreTrainedTokenizerFast:
    # The longest alternative first is not needed: a known word must be a whole run of letters.
    known = f"(?<![A-Za-z])(?:{'|'.join(whole)})(?![A-Za-z])" if whole else "(?!)"
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    core.normalizer = normalizers.Prepend(" ")
    core.pre_tokenizer = pre_tokenizers.Split(Regex(rf" ?{known}| ?[^\s]|\s"), "isolated")
    core.decoder = decoders.Sequence([decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<bos>",
        eos_token="<end>",
        additional_special_tokens=["<obs>", "<act>"],
        clean_up_tokenization_spaces=False,
    )
