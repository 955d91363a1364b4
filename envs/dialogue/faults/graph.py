"""Faults as causal graphs: a cause shows itself in what a customer sees and in what happens when a remedy is tried.

A device or account has complaints (first words, each shared by several causes), tests (a question, and what a customer
says for each of its values) and remedies (a suggestion). A fault is a cause with its complaint, the values that it
gives to the tests where they differ from the first one, the remedies that cure it in their order, and those that help
for a while only. The files beside this one hold them; what they say was written for this package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

DEVICES = (
    "router", "printer", "laptop", "phone", "tv", "washer", "dishwasher", "oven", "thermostat", "email", "bank",
    "streaming", "order", "parcel", "subscription", "carkey", "ebike", "headphones", "camera", "lock", "vacuum",
)  # fmt: skip

HERE = files(__package__)


@dataclass(frozen=True)
class Test:
    """Something to look at: how it is asked, patterns of wordings, and what is said for each value."""

    ask: str
    keys: Sequence[str]
    says: Mapping[str, str]

    @property
    def usual(self) -> str:
        """The value that a fault gives where it does not tell another."""
        return next(iter(self.says))


@dataclass(frozen=True)
class Remedy:
    """Something to do: how it is suggested, and patterns of wordings."""

    say: str
    keys: Sequence[str]


@dataclass(frozen=True)
class Fault:
    """A cause, and what follows from it.

    Args:
        complaint: what the customer says at first, by name.
        cause: in words.
        shows: values of tests that are not the usual ones.
        fix: the remedies that cure it, in this order.
        briefly: remedies after which it is gone for a while.
    """

    complaint: str
    cause: str
    shows: Mapping[str, str]
    fix: Sequence[str]
    briefly: Sequence[str] = ()


@dataclass(frozen=True)
class Device:
    """A device or account with all that can be wrong with it."""

    name: str
    title: str
    called: Sequence[str]
    complaints: Mapping[str, Sequence[str]]
    tests: Mapping[str, Test]
    remedies: Mapping[str, Remedy]
    faults: Mapping[str, Fault]

    def says(self, fault: str, test: str) -> str:
        """What the customer answers to a test."""
        one = self.tests[test]
        return one.says[self.faults[fault].shows.get(test, one.usual)]


@cache
def common() -> dict[str, Any]:
    """What is worded alike for every device: usual remedies, sending the customer elsewhere, small talk."""
    found: dict[str, Any] = json.loads(HERE.joinpath("common.json").read_text("utf-8"))
    return found


@cache
def device(name: str) -> Device:
    """The device of this name, from its file."""
    raw = json.loads(HERE.joinpath(f"{name}.json").read_text("utf-8"))
    shared = common()["remedies"]
    return Device(
        name,
        raw["title"],
        raw["called"],
        raw["complaints"],
        {key: Test(**one) for key, one in raw["tests"].items()},
        {key: Remedy(one["say"], [*one["keys"], *shared.get(key, ())]) for key, one in raw["remedies"].items()},
        {key: Fault(**one) for key, one in raw["faults"].items()},
    )
