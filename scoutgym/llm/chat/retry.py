"""When to try again: waits that double, each drawn from its upper half (exponential backoff with jitter, so that those
who were refused together do not come back together), and what a server asks for by Retry-After (RFC 9110, 10.2.3).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retry:
    """How often and how long a request is tried.

    Args:
        tries: the most.
        deadline: seconds for all of them, waits included.
        first: seconds; the longest that the first wait may be.
        longest: seconds; the longest that any wait may be, if the server asks for no longer one.
    """

    tries: int = 6
    deadline: float = 600.0
    first: float = 0.5
    longest: float = 30.0

    def wait(self, failures: int, asked: float = 0.0) -> float:
        """Seconds until the next try.

        Args:
            failures: tries so far, 1 at least.
            asked: seconds that the server asks for; it is not asked sooner.
        """
        most = min(self.longest, self.first * 2 ** min(failures - 1, 30))
        return asked + random.uniform(most / 2, most)


def asked_to_wait(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to wait, as a number or as a date; 0 where it asks for nothing that can be read."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        else:
            seconds = _seconds(headers.get("retry-after", "0"))
    except (ValueError, TypeError):
        return 0.0
    return seconds if 0 <= seconds < float("inf") else 0.0


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return parsedate_to_datetime(text).timestamp() - time.time()
