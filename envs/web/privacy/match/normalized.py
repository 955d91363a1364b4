"""The layer ``normalized``: the same words or characters, however they are set.

Case, accents, white space, punctuation, compatibility and look-alike characters do not count; digits may be spelled
out, an e-mail address may be written "ana dot ruiz at example dot org". Known aliases are found here as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.amounts import amount
from scoutgym.envs.web.privacy.reading import WORD, Reading, Span, fold, one_sentence, whole

LONG = 8
"""Fewer characters are found by chance when words may be cut anywhere."""

_SIGNS = {
    ".": r"\s{0,3}[\[({<]?\s{0,3}(?:\.|\bdot\b|\bpunto\b|\bpunkt\b|\bpoint\b)\s{0,3}[\])}>]?\s{0,3}",
    "@": r"\s{0,3}[\[({<]?\s{0,3}(?:@|\bat\b|\barroba\b|\bklammeraffe\b|\barobase\b)\s{0,3}[\])}>]?\s{0,3}",
    "_": r"\s{0,3}(?:_|\bunderscore\b)\s{0,3}",
    "-": r"\s{0,3}(?:-|\b(?:dash|hyphen|minus)\b)\s{0,3}",
    "+": r"\s{0,3}(?:\+|\bplus\b)\s{0,3}",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds the words of an item's value or of its aliases."""
    if item.kind == "email":
        return _email(item)
    if item.kind == "number" and amount(item.value):
        return lambda reading: iter(())  # without its sign an amount is a number like any other
    sought = [("normalized", text) for text in dict.fromkeys((item.value, item.value.translate(_UMLAUTS)))]
    sought += [("paraphrase", text) for text in item.aliases]
    cores = [(how, WORD.findall(fold(text)[0])) for how, text in sought]
    compiled = [(how, f" {' '.join(some)} ", "".join(some)) for how, some in cores]
    wordy = item.kind in ("name", "text")
    digits, kind = item.kind in ("number", "phone", "date"), item.kind

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric if digits else reading
        for how, joined, glued in compiled:
            place = seen.sequence(joined)
            if place is None and (seen is not reading if digits else len(glued) >= LONG):
                place = seen.run(glued)
            if place is not None:
                start, end = seen.span(*place)
                if whole(seen.folded, start, end, kind) and (not wordy or one_sentence(seen.folded, start, end)):
                    yield Span(how, *seen.in_text(start, end), 0.95 if how == "normalized" else 0.9)

    return find


def _email(item: Item) -> Callable[[Reading], Iterator[Span]]:
    value = fold(item.value)[0]
    pattern = re.compile(
        "".join(_SIGNS.get(one) or (rf"\s?{one}" if one.isdigit() else re.escape(one)) for one in value)
    )
    longest = max(WORD.findall(value), key=len)

    def find(reading: Reading) -> Iterator[Span]:
        for seen in (reading, reading.numeric):
            if longest in seen.folded:
                for found in pattern.finditer(seen.folded):
                    if whole(seen.folded, *found.span(), "email"):
                        yield Span("normalized", *seen.in_text(*found.span()), 0.95)

    return find
