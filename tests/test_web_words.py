"""Forms are asked for in other words than their labels, and in the test split in words that were not met before."""

from __future__ import annotations

from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.web.sites.store.tasks import TOLD

pytestmark = pytest.mark.web


def asked(split: str, index: int) -> str:
    env: Any = gymnasium.make("scoutgym/WebStore-contact-v0").unwrapped
    env.reset(options={"split": split, "index": index})
    text: str = env.session.state.asked
    return text


def test_no_words_are_in_both_splits() -> None:
    for train, test in TOLD.values():
        assert len(set(train)) == 4
        assert len(set(test)) == 2
        assert not set(train) & set(test)
        assert all(one.count("'{}'") == 1 for one in (*train, *test))


def test_a_task_is_told_in_the_words_of_its_split() -> None:
    train, test = ({way.partition("'")[0] for ways in TOLD.values() for way in ways[place]} for place in (0, 1))
    for split in SPLITS:
        own, others = (test, train) if split == "test" else (train, test)
        found = set()
        for index in range(12):
            text = asked(split, index)
            found |= {begin for begin in own if f" {begin}'" in text}
            assert not any(f" {begin}'" in text for begin in others), text
        assert len(found) > len(own) / 2
