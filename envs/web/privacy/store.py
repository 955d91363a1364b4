"""Privacy tasks in the store: write to it, review something, keep the account."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.privacy.tasks import Draft, PrivacyTask, Steps, owned, sent
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.store.help import TOPICS
from scoutgym.envs.web.sites.store.site import SITE
from scoutgym.envs.web.sites.store.tasks import USER

HELD = ("name", "email")
"""What the account has: it stands in the forms already."""

CONTACT = {"plain": (), "callback": ("phone",), "resend": ("address",), "refund": ("iban",)}
REVIEW = {"plain": (), "condition": ("condition",)}
"""What somebody wants, and what that needs."""

STARS = ("4 stars: good", "3 stars: fair", "2 stars: poor")


def contact(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Write to the store with its form; to be called, sent or paid something, it must know where."""
    database, why = databases[SITE.host], chance.choice(list(CONTACT))
    draft = Draft(split, chance, brief, CONTACT[why], HELD)
    account = _own(database, draft)
    topic = chance.choice(("product", "other"))
    label, phrase = dict(TOPICS)[topic], draft.worded("phrase store")
    row = {"person": USER, "name": draft.person["name"], "email": draft.person["email"], "topic": topic}
    goals = [*sent(SITE.host, database, "message", "text", phrase, draft.needed, **row), account]
    steps: Steps = [["choose", "Topic", label], ["fill", "Message", draft.message(phrase, draft.needed)]]
    asked = draft.asked(draft.worded("store contact", topic=label, phrase=phrase), draft.worded(f"store contact {why}"))
    return PrivacyTask(
        asked,
        {"all": [*goals, _only("message", "person")]},
        [*([] if brief else [["click", "link", "Contact"]]), *steps, ["click", "button", "Send message"]],
        "/contact" if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Message",
        form="/contact",
    )


def review(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Review a product for everybody to read."""
    database, why = databases[SITE.host], chance.choice(list(REVIEW))
    draft = Draft(split, chance, brief, REVIEW[why])
    fresh = "SELECT * FROM product WHERE id NOT IN (SELECT product FROM review WHERE person = ?)"
    product = chance.choice(database.rows(fresh, USER))
    stars, title, phrase = chance.choice(STARS), draft.worded("title review"), draft.worded("phrase review")
    row = {"product": product["id"], "person": USER, "stars": int(stars[0]), "title": title}
    goals = sent(SITE.host, database, "review", "text", phrase, draft.needed, **row)
    way: Steps = [
        ["fill", "Search products", product["name"]],
        ["click", "button", "Search"],
        ["click", "link", product["name"]],
        ["click", "link", "Write a review"],
    ]
    steps: Steps = [
        ["check", stars],
        ["fill", "Title", title],
        ["fill", "Your review", draft.message(phrase, draft.needed)],
    ]
    wanted = draft.worded("store review", product=product["name"], stars=stars, title=title, phrase=phrase)
    asked, form = draft.asked(wanted, draft.worded(f"store review {why}")), f"/product/{product['id']}/review"
    return PrivacyTask(
        asked,
        {"all": [*goals, _only("review", "product")]},
        [*([] if brief else way), *steps, ["click", "button", "Send review"]],
        form if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Your review",
        form=form,
        near="" if brief else product["about"],
    )


def account(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Correct the e-mail address in the account's profile, which has room for a telephone number as well."""
    database = databases[SITE.host]
    draft = Draft(split, chance, brief, ["email"], ["name"], ["phone"])
    _own(database, draft, people.person(chance.stream("before")).email)
    me = database.rows("SELECT * FROM person WHERE id = ?", USER)[0] | {"email": draft.person["email"]}
    del me["phone"]
    held: Goal = {"rows": {"host": SITE.host, "table": "person", "where": me, "count": 1}}
    way: Steps = [["click", "link", draft.person["name"]], ["click", "link", "Profile"]]
    steps: Steps = [["fill", "E-mail address", draft.person["email"]], ["click", "button", "Save profile"]]
    form = "/account/profile"
    return PrivacyTask(
        draft.asked(draft.worded("store account")),
        {"all": [held, _only("person")]},
        steps if brief else [*way, *steps],
        form if brief else "/",
        items=draft.items,
        messages=draft.messages(""),
        form=form,
    )


def _own(database: Database, draft: Draft, email: str = "") -> Goal:
    """Let the account be that of whom the task is about; that it stays so."""
    return owned(SITE.host, database, USER, draft.person["name"], email or draft.person["email"])


def _only(*tables: str) -> Goal:
    return {"only": {SITE.host: list(tables)}}
