"""What the databases of the sites hold when an episode begins: contents by split and number."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from scoutgym.envs.chance import Chance
from scoutgym.types import digest

if TYPE_CHECKING:
    from scoutgym.envs.web.sites.site import Site

CONTENTS = {"train": 64, "dev": 8, "test": 16}
"""How many contents of each site a split has; no two splits share one."""

SITES = "scoutgym.envs.web.sites"


@cache
def site_of(name: str) -> Site:
    """The site of a folder."""
    found: Site = import_module(f"{SITES}.{name}").SITE
    return found


@lru_cache(maxsize=256)
def contents(names: str, split: str, number: int) -> dict[str, bytes]:
    """By host, the image of the database that a content of a split begins with.

    Args:
        names: of the sites, joined by commas.
        split: train, dev or test.
        number: of the content.

    Raises:
        ValueError: there is no such site or content.
    """
    from scoutgym.envs.web.sites.database import watched

    if not 0 <= number < CONTENTS.get(split, 0):
        raise ValueError(f"there is no content {number} of the split {split!r}")
    images = {}
    for name in names.split(","):
        if not re.fullmatch(r"[a-z]+", name):
            raise ValueError(f"{name!r} is no site")
        site = site_of(name)
        database = site.empty()
        import_module(f"{SITES}.{name}").fill(database, Chance(digest("web", name, split, number)))
        images[site.host] = watched(database)
    return images
