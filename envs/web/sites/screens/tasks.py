"""The task of an instance, as pages: goal, and the taps of a shortest way."""

from __future__ import annotations

from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.screen_graph.errand import Instance
from scoutgym.envs.web.screen_graph.graph import HOME
from scoutgym.envs.web.sites.screens.site import SITE, path_of
from scoutgym.envs.web.world import WebTask


def task_of(found: Instance) -> WebTask:
    """What the instance asks for, in words of pages."""
    app, errand = found.app, found.errand
    screen = app.screens[errand.target]
    goal: Goal = {"at": {"path": path_of(app, errand.target), "host": SITE.host}}
    if errand.kind == "toggle":
        where = {"screen": errand.target + 1, "state": int(not screen.on)}
        row = {"host": SITE.host, "table": "setting", "where": where}
        goal = {"all": [{"rows": row}, {"only": {SITE.host: ["setting"]}}]}
    elif errand.kind == "answer":
        goal = {"all": [{"said": {"number": screen.number}}, {"only": {SITE.host: []}}]}
    return WebTask(f"{errand.asked} Change nothing else.", goal, way(found, HOME))


def way(found: Instance, here: int) -> list[list[str]]:
    """The steps from a screen, or from a page that is none (-1), by icons and the link to the first screen."""
    app, errand = found.app, found.errand
    steps: list[list[str]] = []
    if here < 0:
        steps.append(["goto", f"http://{SITE.host}/"])
        here = HOME
    while here != errand.target:
        icons = app.screens[here].icons
        near = min(icons, key=lambda one: errand.far[one.target], default=None)
        if near is not None and errand.far[near.target] < errand.far[here]:
            steps.append(["click", "link", near.label])
            here = near.target
        else:
            steps.append(["click", "link", app.name])
            here = HOME
    screen = app.screens[here]
    if errand.kind == "toggle":
        steps.append(["click", "button", f"{screen.setting}: {'on' if screen.on else 'off'}"])
    elif errand.kind == "answer":
        steps.append(["say", str(screen.number)])
    return steps
