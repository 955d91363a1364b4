"""Tasks in which the user writes, changes, sends, sets or joins something."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.forum.comments import REASONS
from scoutgym.envs.web.sites.forum.facts import (
    MINE,
    USER,
    Steps,
    bound,
    communities,
    database,
    grown,
    has,
    kept,
    lone_comments,
    new_text,
    new_title,
    only,
    others_post,
    person,
    posts,
    say,
    submit,
    to_community,
    to_person,
    to_post,
)
from scoutgym.envs.web.sites.forum.settings import DIGEST, INBOX, SORTING
from scoutgym.envs.web.sites.forum.speech import Speech
from scoutgym.envs.web.sites.forum.topics import TOPICS
from scoutgym.envs.web.sites.forum.words import ABOUTS, LETTERS
from scoutgym.envs.web.world import WebTask

COMPLAINTS = {
    "spam": ("The same text stands in three other posts.", "This sells something.", "The shop is the author's own."),
    "rude": ("This insults a beginner.", "The tone is not acceptable.", "There are swear words in it."),
    "topic": ("This belongs to another community.", "It has nothing to do with us.", "Please move it."),
    "private": ("A phone number is in it.", "It names somebody who did not want that.", "My address is in it."),
    "danger": ("Somebody could get hurt.", "This can start a fire.", "Please do not let anybody try this."),
    "other": ("The picture is mine.", "I think this is a joke.", "It says the same twice."),
}
"""What people write to moderators, by reason."""


# Words that feasible tasks and those to refuse share.


def ask_post(community: str, title: str, text: str, flair: str) -> str:
    """To write a post."""
    flair = f"Flair: '{flair}'. " if flair else "It needs no flair. "
    return f"Write a post in the community '{community}'. Title: '{title}'. {flair}Text: '{text}'"


def ask_comment(title: str, text: str) -> str:
    """To comment on a post."""
    return f"Comment on the post '{title}': '{text}'"


def ask_edit(title: str, text: str) -> str:
    """To change a post."""
    return f"Replace the text of the post '{title}' with: '{text}'"


def ask_delete(title: str, author: str) -> str:
    """To delete a comment."""
    return f"Delete the comment by '{author}' on the post '{title}'."


def ask_letter(name: str, text: str) -> str:
    """To send a private message."""
    return f"Send a private message to '{name}': '{text}'"


# Kinds.


def write(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Write a post, a comment or a reply, from instructions."""
    db = database(databases)
    what = chance.below(3)
    if what == 0:
        place = chance.choice(communities(db, f"open AND {MINE}"))
        title, text = new_title(db, chance, place["name"]), new_text(chance, place["name"])
        flair = chance.choice((*place["flairs"].split("|"), ""))
        new = has("post", community=place["id"], person=USER, title=title, text=text, flair=flair, gone=0)
        goal = {"all": [new, grown(db, "post", person=USER, gone=0), *kept(db, "post"), only("post")]}
        steps = [*to_community(place["name"]), *submit(title, text, flair)]
        return WebTask(ask_post(place["name"], title, text, flair), goal, steps)
    if what == 1:
        post = others_post(db, chance, "NOT locked")
        text = new_text(chance, post["place"], comment=True)
        new = has("comment", post=post["id"], parent=0, person=USER, text=text, gone=0)
        asked, steps = ask_comment(post["title"], text), [*to_post(post["title"]), *say(text)]
    else:
        above = chance.choice(lone_comments(db, f"comment.person != {USER} AND NOT locked"))
        text = new_text(chance, "", comment=True)
        new = has("comment", post=above["post"], parent=above["id"], person=USER, text=text, gone=0)
        asked = f"Reply to the comment by '{above['author']}' on the post '{above['title']}': '{text}'"
        steps = [*to_post(above["title"]), ["click", "link", f"Reply to {above['author']}"]]
        steps += [["fill", "Your reply", text], ["click", "button", "Send reply"]]
    goal = {"all": [new, grown(db, "comment", person=USER, gone=0), *kept(db, "comment"), only("comment")]}
    return WebTask(asked, goal, steps)


def edit(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Change or delete what the user wrote."""
    db = database(databases)
    what = chance.below(5)
    if what < 3:
        post = chance.choice(posts(db, f"post.person = {USER}"))
        steps: Steps = to_post(post["title"])
        row = {key: post[key] for key in ("id", "title", "text", "flair")} | {"gone": 0}
        if what == 0:
            row["text"] = new_text(chance, post["place"])
            asked = ask_edit(post["title"], row["text"])
            steps += [
                ["click", "link", "Edit post"],
                ["fill", "Text", row["text"]],
                ["click", "button", "Save changes"],
            ]
        elif what == 1:
            flairs = db.rows("SELECT flairs FROM community WHERE slug = ?", post["slug"])[0]["flairs"].split("|")
            row["flair"] = chance.choice([flair for flair in flairs if flair != post["flair"]])
            asked = f"Give the post '{post['title']}' the flair '{row['flair']}', and leave the rest of it as it is."
            steps += [["click", "link", "Edit post"], ["choose", "Flair", row["flair"]]]
            steps += [["click", "button", "Save changes"]]
        else:
            row["gone"] = 1
            asked = f"Delete the post '{post['title']}'."
            steps += [["click", "button", "Delete post"]]
        return WebTask(asked, {"all": [has("post", **row), *kept(db, "post", post["id"]), only("post")]}, steps)
    said = chance.choice(lone_comments(db, f"comment.person = {USER}"))
    row, steps = {"id": said["id"], "text": said["text"], "gone": 0}, to_post(said["title"])
    if what == 3:
        row["text"] = new_text(chance, "", comment=True)
        asked = f"Replace the comment by '{said['author']}' on the post '{said['title']}' with: '{row['text']}'"
        steps += [["click", "link", "Edit your comment"], ["fill", "Your comment", row["text"]]]
        steps += [["click", "button", "Save changes"]]
    else:
        row["gone"] = 1
        asked = ask_delete(said["title"], said["author"])
        steps += [["click", "button", "Delete your comment"]]
    return WebTask(asked, {"all": [has("comment", **row), *kept(db, "comment", said["id"]), only("comment")]}, steps)


def message(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Write to somebody, or report something to the moderators."""
    db = database(databases)
    what = chance.below(4)
    if what < 2:
        other = person(db, chance, f"inbox = 'everyone' AND NOT {bound('block')}")
        text = Speech(chance, chance.choice(TOPICS)).say(LETTERS)
        new = has("message", sender=USER, receiver=other["id"], text=text)
        goal = {"all": [new, *(grown(db, "message", 0, receiver=USER, seen=n) for n in (0, 1)), only("message")]}
        goal["all"].append(grown(db, "message", sender=USER))
        steps: Steps = [["goto", "/messages"], ["click", "link", "New message"], ["fill", "To", other["name"]]]
        steps += [["fill", "Message", text], ["click", "button", "Send message"]]
        return WebTask(ask_letter(other["name"], text), goal, steps)
    reason, shown = chance.choice(REASONS)
    text = chance.choice(COMPLAINTS[reason])
    end = f"Reason: '{shown}'. What is wrong: '{text}'"
    if what == 2:
        post = others_post(db, chance)
        row = {"post": post["id"], "comment": 0}
        asked, steps = f"Report the post '{post['title']}'. {end}", to_post(post["title"])
        steps.append(["click", "link", "Report post"])
    else:
        said = chance.choice(lone_comments(db, f"comment.person != {USER}"))
        row = {"post": 0, "comment": said["id"]}
        asked = f"Report the comment by '{said['author']}' on the post '{said['title']}'. {end}"
        steps = [*to_post(said["title"]), ["click", "link", f"Report comment by {said['author']}"]]
    steps += [["check", shown], ["fill", "What is wrong", text], ["click", "button", "Send report"]]
    new = has("report", person=USER, **row, reason=reason, text=text)
    return WebTask(asked, {"all": [new, has("report"), only("report")]}, steps)


def settings(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Change the profile, the preferences, or whom the user follows and blocks."""
    db = database(databases)
    what = chance.below(4)
    if what == 0:
        return _bond(db, chance)
    me = db.rows("SELECT * FROM person WHERE id = ?", USER)[0]
    steps: Steps = [["click", "link", "Settings"]]
    if what == 1:
        new = {"city": chance.choice([city for city in people.CITIES if city != me["city"]])}
        asked = f"Change the city on my profile to '{new['city']}'."
        steps.append(["fill", "City", new["city"]])
        if chance.below(2):
            while (about := Speech(chance, chance.choice(TOPICS)).say(ABOUTS)) == me["about"]:
                pass
            new["about"] = about
            asked += f" What it says about me shall be: '{about}'"
            steps.append(["fill", "About you", about])
        steps.append(["click", "button", "Save profile"])
    elif what == 2:
        new = {key: chance.choice([one for one, _ in listed if one != me[key]]) for key, listed in CHOICES.items()}
        for key in chance.sample(list(new), chance.below(3)):
            del new[key]
        said = {key: dict(CHOICES[key])[value] for key, value in new.items()}
        asked = f"Set my preferences: {', '.join(f'{NAMED[key]}: {value!r}' for key, value in said.items())}. "
        asked += "Leave the others as they are."
        steps.append(["click", "link", "Preferences"])
        steps += [["check", value] if key == "inbox" else ["choose", NAMED[key], value] for key, value in said.items()]
        steps.append(["click", "button", "Save preferences"])
    else:
        new = {"password": f"{chance.choice(people.CITIES).lower()}-{1000 + chance.below(9000)}"}
        asked = f"Change my password from '{me['password']}' to '{new['password']}'."
        steps += [["click", "link", "Password"], ["fill", "Current password", me["password"]]]
        steps += [["fill", name, new["password"]] for name in ("New password", "New password once more")]
        steps.append(["click", "button", "Change password"])
    return WebTask(asked, {"all": [has("person", **(me | new)), only("person")]}, steps)


CHOICES = {"sort": SORTING, "inbox": INBOX, "digest": DIGEST}
NAMED = {"sort": "Sort posts by", "inbox": "Who may send you messages", "digest": "News by e-mail"}


def _bond(db: Database, chance: Chance) -> WebTask:
    """Follow, block, or neither any longer."""
    act = chance.choice(("Follow", "Block", "Unfollow", "Unblock"))
    kind = act.lower().removeprefix("un")
    new = act.lower() == kind
    neither = f"NOT {bound('follow')} AND NOT {bound('block')}"
    other = chance.choice(db.rows(f"SELECT * FROM person WHERE id != {USER} AND {neither if new else bound(kind)}"))
    rest = "block" if kind == "follow" else "follow"
    goal = [has("bond", int(new), person=USER, other=other["id"], kind=kind), grown(db, "bond", 0, kind=rest)]
    goal += [grown(db, "bond", 1 if new else -1, kind=kind), only("bond")]
    steps = to_person(other["name"]) if posts(db, "post.person = ?", other["id"]) else [["goto", f"/u/{other['name']}"]]
    return WebTask(f"{act} the user '{other['name']}'.", {"all": goal}, [*steps, ["click", "button", act]])


def join(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Join a community, post there, and comment on that post."""
    db = database(databases)
    place = chance.choice(communities(db, f"open AND NOT {MINE}"))
    title, text = new_title(db, chance, place["name"]), new_text(chance, place["name"])
    flair, said = chance.choice(place["flairs"].split("|")), new_text(chance, place["name"], comment=True)
    number = db.rows("SELECT max(id) + 1 AS n FROM post")[0]["n"]
    goals: list[Goal] = [
        has("member", community=place["id"], person=USER),
        grown(db, "member"),
        has("post", id=number, community=place["id"], person=USER, title=title, text=text, flair=flair, gone=0),
        grown(db, "post", person=USER, gone=0),
        has("comment", post=number, parent=0, person=USER, text=said, gone=0),
        grown(db, "comment", person=USER, gone=0),
        *kept(db, "post"),
        *kept(db, "comment"),
        only("member", "post", "comment"),
    ]
    asked = (
        f"Join the community '{place['name']}' and write a post there. Title: '{title}'. Flair: '{flair}'. "
        f"Text: '{text}' Then comment on your own post: '{said}'"
    )
    steps = [*to_community(place["name"]), ["click", "button", "Join"], *submit(title, text, flair), *say(said)]
    return WebTask(asked, {"all": goals}, steps)
