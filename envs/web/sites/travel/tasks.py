"""Tasks at the travel desk: each kind draws one from what the database holds, with a goal and a script that does it."""

from scoutgym.envs.web.sites.travel.asking import answer
from scoutgym.envs.web.sites.travel.buying import book, stay
from scoutgym.envs.web.sites.travel.finding import find, reach
from scoutgym.envs.web.sites.travel.forming import form
from scoutgym.envs.web.sites.travel.managing import manage
from scoutgym.envs.web.sites.travel.refusing import refuse

__all__ = ["answer", "book", "find", "form", "manage", "reach", "refuse", "stay"]
