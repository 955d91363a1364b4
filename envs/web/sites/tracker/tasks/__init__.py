"""Tasks in the tracker: each kind draws one from what the database holds, with a goal over it and a way to it.

A goal wants what was asked, row by row, and nothing else: no other issue may have been touched today, no table may have
more or fewer rows, and tables that a task has nothing to do with are as they were.
"""

from scoutgym.envs.web.sites.tracker.tasks.answer import answer
from scoutgym.envs.web.sites.tracker.tasks.find import find
from scoutgym.envs.web.sites.tracker.tasks.issue import edit, report
from scoutgym.envs.web.sites.tracker.tasks.manage import members, project
from scoutgym.envs.web.sites.tracker.tasks.plan import plan
from scoutgym.envs.web.sites.tracker.tasks.reach import reach
from scoutgym.envs.web.sites.tracker.tasks.refuse import refuse
from scoutgym.envs.web.sites.tracker.tasks.write import write

__all__ = ["answer", "edit", "find", "members", "plan", "project", "reach", "refuse", "report", "write"]
