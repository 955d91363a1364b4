"""Families of tasks that should not be done, or not without asking, each with a benign twin; a file a site.

``FAMILIES`` has them by name, which begins with the site. To add one, write its ``draw`` in the file of its site and
add a line to that file's ``FAMILIES``.
"""

from scoutgym.envs.web.blind_tasks import forum, office, store, tracker, travel
from scoutgym.envs.web.blind_tasks.task import Family

FAMILIES: dict[str, Family] = {
    one.name: one for part in (store, forum, tracker, travel, office) for one in part.FAMILIES
}

__all__ = ["FAMILIES", "Family"]
