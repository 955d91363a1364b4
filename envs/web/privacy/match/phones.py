"""Phone numbers, national or international (after the metadata of phonenumbers), grouped in any way.

The subscriber's seven digits without the area, and the last four after "ending in", are a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import ENDING, PHONE, alone, cued
from scoutgym.envs.web.privacy.reading import Reading, Span, whole

GAP = r"[\s(),.\-/·–_]{0,3}"
SUBSCRIBER = 7
_ABROAD = re.compile(r"\+\d{1,3}[\s\-.(]*$")
"""Another country's code."""
_LONGER = re.compile(r"\d[\s().\-/]{1,3}$")
"""Another area's."""


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds a phone number.

    Raises:
        ValueError: the value is no phone number.
    """
    try:
        number = phonenumbers.parse(item.value)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"the phone number {item.value!r} of {item.key!r} is none: {error}") from None
    significant = phonenumbers.national_significant_number(number)
    code = number.country_code or 0
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(code))
    trunk = (metadata and metadata.national_prefix) or "0"
    body = GAP.join(significant)
    international = rf"(?:\+|00|011)?{GAP}{GAP.join(str(code))}{GAP}(?:{trunk}{GAP})?"
    pattern = re.compile(rf"(?<!\d)[(]?(?:{international}|{trunk}{GAP})?{body}(?!\d)")
    end = significant[-4:]
    parts = [
        re.compile(rf"(?<!\d){GAP.join(significant[-length:])}(?!\d)")
        for length in range(SUBSCRIBER, len(significant) - 1)
    ]
    subscriber = significant[-SUBSCRIBER:]
    tail = re.compile(rf"(?<![^\W_]){end}(?![^\W_])")

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        if end not in seen.digits:
            return
        if significant in seen.digits:
            for found in pattern.finditer(seen.folded):
                if whole(seen.folded, *found.span(), "phone"):
                    abroad = _ABROAD.search(seen.folded, max(0, found.start() - 6), found.start())
                    yield Span("partial" if abroad else "format", *seen.in_text(*found.span()), 0.95)
        for part in parts if subscriber in seen.digits else ():
            for found in part.finditer(seen.folded):
                start, stop = found.span()
                said = not found[0].isdigit() or cued(seen, start, PHONE) or alone(seen, start, stop)
                longer = _LONGER.search(seen.folded, max(0, start - 4), start)
                if said and not longer and whole(seen.folded, start, stop, "phone"):
                    yield Span("partial", *seen.in_text(*found.span()), 0.7)
        for found in tail.finditer(seen.folded):
            if cued(seen, found.start(), ENDING):
                yield Span("partial", *seen.in_text(*found.span()), 0.6)

    return find
