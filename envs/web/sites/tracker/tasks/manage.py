"""Looking after projects: who is in them, and what they are."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.site import ROLES, SITE, VISIBILITIES
from scoutgym.envs.web.sites.tracker.tasks import common
from scoutgym.envs.web.sites.tracker.tasks.common import USER, Steps, count, has, only, projects, to_project
from scoutgym.envs.web.sites.tracker.words import NAMES
from scoutgym.envs.web.world import WebTask

ABOUT = (
    "A place for experiments that need not last",
    "Everything about the move to the new office",
    "Small tools that we all use",
    "Notes and tasks of the summer school",
    "What we owe our oldest customers",
    "A list of lists, kept by everybody",
)
FIELDS = ("Toolbox", "Archive", "Workshop", "Notes", "Reports", "Sandbox")
SEEN = {"public": "everybody", "internal": "who is logged in", "private": "members only"}


def _roles(database: Database, **more: int) -> list[Goal]:
    """That there are as many members of each role as at first, but for these."""
    return [count(database, "member", more.get(name.lower(), 0), role=role) for role, name in ROLES.items()]


def members(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Invite somebody, change a role, remove somebody."""
    database = databases[SITE.host]
    project = chance.choice(projects(database, 4))
    team = common.members(database, project["id"])
    what, name = chance.below(5), project["name"]
    way = [*to_project(name), ["click", "link", "Members"]]
    others = [one for one in team if one["role"] < 5]
    if what < 3:
        inside = {one["id"] for one in team}
        people = [row for row in database.rows("SELECT * FROM person WHERE id != ?", USER) if row["id"] not in inside]
        person, role = chance.choice(people), 1 + chance.below(4)
        rank = ROLES[role]
        goal = [has("member", project=project["id"], person=person["id"], role=role)]
        goal += _roles(database, **{rank.lower(): 1})
        who = f"the user '{person['username']}'" if what else f"'{person['name']}'"
        asked = f"Invite {who} to the project '{name}' with the role '{rank}'."
        steps = [["fill", "User name", person["username"]], ["choose", "Role", rank], ["click", "button", "Invite"]]
        look: Steps = [] if what else [["fill", "Search everything", person["name"]], ["click", "button", "Search"]]
        return WebTask(asked, {"all": [*goal, only("member")]}, [*look, *way, *steps])
    one = chance.choice(others)
    if what == 3:
        role = chance.choice([role for role in ROLES if role < 5 and role != one["role"]])
        goal = [has("member", id=one["member"], project=project["id"], person=one["id"], role=role)]
        goal += _roles(database, **{ROLES[role].lower(): 1, ROLES[one["role"]].lower(): -1})
        asked = f"Change the role of '{one['name']}' in the project '{name}' to '{ROLES[role]}'."
        steps = [
            ["choose", f"Role of {one['name']}", ROLES[role]],
            ["click", "button", f"Save role of {one['name']}"],
        ]
        return WebTask(asked, {"all": [*goal, only("member")]}, [*way, *steps])
    goal = [{"not": has("member", project=project["id"], person=one["id"])}]
    goal += _roles(database, **{ROLES[one["role"]].lower(): -1})
    asked = f"Remove '{one['name']}' from the project '{name}'."
    return WebTask(asked, {"all": [*goal, only("member")]}, [*way, ["click", "button", f"Remove {one['name']}"]])


def project(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Create one, change one, keep one in mind, archive one."""
    database = databases[SITE.host]
    what = chance.below(4)
    if what == 0:
        return _new(database, chance)
    if what == 1:
        starred = {row["project"] for row in database.rows("SELECT project FROM star WHERE person = ?", USER)}
        free = [row for row in projects(database, 1) if row["id"] not in starred]
        one = chance.choice(free)
        goal = [has("star", project=one["id"], person=USER), count(database, "star", 1), only("star")]
        asked = f"Star the project '{one['name']}'."
        return WebTask(asked, {"all": goal}, [*to_project(one["name"]), ["click", "button", "Star"]])
    way = ["click", "link", "Project settings"]
    if what == 2:
        one, about = chance.choice(projects(database, 4)), chance.choice(ABOUT)
        asked = f"Change the description of the project '{one['name']}' to '{about}'."
        steps = [*to_project(one["name"]), way, ["fill", "Description", about], ["click", "button", "Save settings"]]
        return WebTask(asked, _as(database, one, about=about), steps)
    one = projects(database, 5)[0]
    if chance.below(2):
        asked = f"Archive the project '{one['name']}'."
        steps = [*to_project(one["name"]), way, ["click", "button", "Archive project"]]
        return WebTask(asked, _as(database, one, archived=1), steps)
    seen = chance.choice([name for name in VISIBILITIES if name != one["visibility"]])
    asked = f"Change the visibility of the project '{one['name']}' to '{VISIBILITIES[seen]}'."
    box = ["check", f"{VISIBILITIES[seen]}: {SEEN[seen]}"]
    steps = [*to_project(one["name"]), way, box, ["click", "button", "Save settings"]]
    return WebTask(asked, _as(database, one, visibility=seen), steps)


def _as(database: Database, one: Row, **changes: object) -> Goal:
    """That a project is as it was but for these changes, and all others are still there."""
    columns = ("id", "slug", "name", "about", "visibility", "archived", "readme", "created")
    wanted = has("project", **{name: one[name] for name in columns} | changes)
    moved = [count(database, "project", int("archived" in changes), archived=1)]
    for seen in VISIBILITIES:
        more = (changes.get("visibility", one["visibility"]) == seen) - (one["visibility"] == seen)
        moved.append(count(database, "project", more, visibility=seen))
    return {"all": [wanted, *moved, only("project")]}


def _new(database: Database, chance: Chance) -> WebTask:
    taken = {row["name"] for row in database.rows("SELECT name FROM project")}
    free = [f"{first} {second}" for first in NAMES for second in FIELDS if f"{first} {second}" not in taken]
    name, about, seen = chance.choice(free), chance.choice(ABOUT), chance.choice(list(VISIBILITIES))
    new = common.number(database, "SELECT max(id) FROM project") + 1
    goal = [
        has("project", id=new, name=name, about=about, visibility=seen, archived=0, readme=""),
        count(database, "project", 1),
        has("member", project=new, person=USER, role=5),
        count(database, "member", 1),
        count(database, "label", 4),
        only("project", "member", "label"),
    ]
    asked = (
        f"Create a project with the name '{name}' and the description '{about}'. Its visibility is "
        f"'{VISIBILITIES[seen]}'. It begins with the usual labels and without a readme."
    )
    steps: Steps = [
        ["click", "link", "New project"],
        ["fill", "Project name", name],
        ["fill", "Description", about],
        ["check", f"{VISIBILITIES[seen]}: {SEEN[seen]}"],
        ["click", "button", "Create project"],
    ]
    return WebTask(asked, {"all": goal}, steps)
