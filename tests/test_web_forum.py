"""The forum: every page and form, lists against other ways to get them, hostile text, and what its tasks hold to."""

from __future__ import annotations

from datetime import date

import gymnasium
import pytest
from web_hand import Hand

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.forum import WebForum
from scoutgym.envs.web.goals import holds
from scoutgym.envs.web.sites.database import Database, changes, cookies, watched
from scoutgym.envs.web.sites.forum import SITE, facts, fill
from scoutgym.envs.web.sites.forum.listing import PAGE, SORTS
from scoutgym.envs.web.sites.forum.posts import tree
from scoutgym.envs.web.sites.forum.site import short
from scoutgym.envs.web.sites.forum.speech import Speech
from scoutgym.envs.web.sites.forum.topics import TOPICS
from scoutgym.envs.web.sites.forum.words import TITLES
from scoutgym.envs.web.sites.site import Request, Response
from scoutgym.envs.web.sites.subset import lint
from scoutgym.envs.web.world import SPOKEN, WebState

pytestmark = pytest.mark.web

SEEDS = range(4)
TABLES = ("post", "comment", "message", "person", "bond", "member", "vote", "saved", "report", "notice")


def image(seed: int) -> bytes:
    database = SITE.empty()
    fill(database, Chance(b"forum %d" % seed))
    return watched(database)


IMAGES = {seed: image(seed) for seed in SEEDS}


@pytest.fixture
def hand() -> Hand:
    return forum(1)


def forum(seed: int) -> Hand:
    return Hand(SITE, Database(IMAGES[seed]))


def ask(hand: Hand, address: str, post: bool = False, body: str = "") -> Response:
    path, _, query = address.partition("#")[0].partition("?")
    return SITE.answer(hand.database, Request(path, query, post, body, cookies(hand.database)))


def others(hand: Hand, where: str = "1") -> tuple[int, str]:
    """The id and the title of a post of somebody else."""
    found: tuple[int, str] = hand.row(f"SELECT id, title FROM post WHERE person != 1 AND NOT locked AND {where}")
    return found


# Contents


def test_every_page_that_is_linked_answers() -> None:
    hand = forum(0)
    seen, todo = set[str](), ["/"]
    for place in facts.communities(hand.database):
        todo += [f"/c/{place['slug']}?page={number}" for number in (2, 3)]  # of all orders and filters of lists a few
    while todo:
        address = todo.pop()
        answer = ask(hand, address)
        assert answer.status == 200, address
        page = page_of(answer.body)
        assert page.title.endswith(hand.row("SELECT name FROM board")[0])
        assert 30 < len(page.elements) < 400, address
        assert lint(answer.body) == [], address
        found = [one for one in page.links.values() if one not in seen]
        todo += [one for one in found if "?" not in one]
        seen.update(found)
    count = hand.row("SELECT count(*) FROM post")[0]
    assert sum(path.startswith("/post/") and path.count("/") == 2 and "?" not in path for path in seen) == count
    for path in ("/settings/password", "/messages/new", "/following", "/submit", "/saved", "/help/voting"):
        assert path in seen
    assert changes(hand.database) == {}, "looking changes nothing"


def test_contents_follow_from_the_chance() -> None:
    assert image(3) == IMAGES[3]
    titles = [{row["title"] for row in facts.posts(Database(one))} for one in IMAGES.values()]
    for place, mine in enumerate(titles):
        for other in titles[:place]:
            assert len(mine & other) < 15
    assert len({forum(seed).row("SELECT name FROM person")[0] for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_contents_are_small_and_plausible(seed: int) -> None:
    hand = forum(seed)
    assert len(IMAGES[seed]) < 152_000
    posts = facts.posts(hand.database)
    assert 140 < len(posts) < 200
    assert len({row["title"] for row in posts}) == len(posts)
    assert 380 < hand.row("SELECT count(*) FROM comment")[0] < 700
    assert 12 <= len(facts.communities(hand.database)) <= 15
    assert sum(row["person"] == 1 for row in posts) >= 5
    assert facts.lone_comments(hand.database, "comment.person = 1")
    names = [row[0] for row in hand.database.execute("SELECT name FROM person")]
    assert not any(one != other and one in other for one in names for other in names)
    early = "SELECT count(*) FROM comment JOIN post ON post.id = post WHERE comment.day < post.day"
    assert hand.row(early) == (0,)
    above = "SELECT count(*) FROM comment JOIN comment AS up ON up.id = comment.parent WHERE up.post != comment.post"
    assert hand.row(above) == (0,)
    outside = (
        "SELECT count(*) FROM post JOIN community ON community.id = community WHERE NOT open AND person NOT IN "
        "(SELECT person FROM moderator WHERE moderator.community = post.community)"
    )
    assert hand.row(outside) == (0,)
    flairs = "SELECT count(*) FROM post JOIN community ON community.id = community WHERE instr(flairs, flair) = 0"
    assert hand.row(flairs) == (0,)


def test_speech_fills_every_gap() -> None:
    for topic in TOPICS:
        speech = Speech(Chance(topic.slug.encode()), topic)
        for text in [speech.filled(template) for template in TITLES] + [speech.text() + speech.comment()]:
            assert "{" not in text
            assert "'" not in text
            assert text[0] == text[0].upper()
        assert all(tip.endswith(".") for tip in topic.tips)


# Lists


def ids(hand: Hand, start: str = "/post/") -> list[int]:
    """The posts on all pages of a list."""
    found: list[int] = []
    while True:
        main = hand.browser.page
        headings = [bid for bid in main.links if main.links[bid].startswith(start) and main.elements[bid].within("h2")]
        found += [int(main.links[bid].rpartition("/")[2]) for bid in headings]
        if not main.find("link", "Next"):
            return found
        hand.click("link", "Next")


@pytest.mark.parametrize("sort", ["new", "top", "comments"])
def test_lists_are_sorted_and_whole(hand: Hand, sort: str) -> None:
    slug = hand.row(
        "SELECT slug FROM post JOIN community ON community.id = community GROUP BY slug ORDER BY count(*) DESC"
    )[0]
    rows = [row for row in facts.posts(hand.database) if row["slug"] == slug]
    key = {"new": "day", "top": "score", "comments": "comments"}[sort]
    expected = [row["id"] for row in sorted(rows, key=lambda row: (row[key], row["id"]), reverse=True)]
    assert len(expected) > PAGE
    hand.goto(f"/c/{slug}")
    if sort != "new":
        hand.click("link", SORTS[sort][0])
    assert ids(hand) == expected


def test_searches_find_what_python_finds(hand: Hand) -> None:
    posts, today = facts.posts(hand.database), hand.row("SELECT today FROM clock")[0]
    chance, sizes = Chance(b"searches"), []
    names = {row["slug"]: row["place"] for row in posts}
    for _ in range(25):
        one = chance.choice(posts)
        q = chance.choice(["", one["title"], one["title"].split()[-1].upper(), "%", "the a"])
        slug, author = chance.choice(["", one["slug"]]), chance.choice(["", "", one["author"].upper()])
        period, days = chance.choice([("Any time", 999), ("Past week", 7), ("Past month", 30), ("Past year", 365)])
        expected = [
            row["id"]
            for row in reversed(posts)
            if all(word in f"{row['title']} {row['text']}".lower() for word in q.lower().split())
            and slug in ("", row["slug"])
            and author.lower() in ("", row["author"])
            and (date_of(today) - date_of(row["day"])) <= days
        ]
        hand.goto("/search")
        form = next(form for form in hand.browser.page.forms.values() if len(form.controls) > 3)
        by = {control.name: control.bid for control in form.controls}
        hand.act("fill", by["q"], q).act("fill", by["author"], author)
        hand.act("select_option", by["community"], (names.get(slug, "All"),))
        hand.act("select_option", by["period"], (period,)).click("button", "Apply")
        assert f"'{len(expected)} post" in hand.text
        assert ids(hand) == expected
        sizes.append(len(expected))
    assert max(sizes) > PAGE
    assert 0 in sizes


def date_of(iso: str) -> int:
    return date.fromisoformat(iso).toordinal()


def test_comments_are_searched_and_a_wrong_author_is_named(hand: Hand) -> None:
    text = hand.row("SELECT text FROM comment")[0]
    hand.goto("/search").fill(**{"in": "Comments"})
    form = next(form for form in hand.browser.page.forms.values() if len(form.controls) > 3)
    by = {control.name: control.bid for control in form.controls}
    hand.act("fill", by["q"], text).act("fill", by["author"], "nobody here").click("button", "Apply")
    assert "There is nobody called nobody here." in hand.text
    assert "0 comments found" in hand.text
    hand.fill(author="").click("button", "Apply")
    assert short(text, 300) in hand.browser.page.text({})
    for query in ("page=99999999999&sort=x&period=x&community=x", "in=comments&sort=comments", "page=-1"):
        assert ask(hand, f"/search?{query}").status == 200


def test_comments_form_a_tree_without_dead_leaves() -> None:
    def row(id: int, parent: int, gone: int = 0) -> dict[str, int]:
        return {"id": id, "parent": parent, "gone": gone}

    made = tree([row(1, 0), row(2, 1, 1), row(3, 2), row(4, 1, 1), row(5, 0, 1), row(6, 5, 1)])
    assert [one["id"] for one in made] == [1]
    assert [one["id"] for one in made[0]["replies"]] == [2]
    assert [one["id"] for one in made[0]["replies"][0]["replies"]] == [3]


# Writing


def test_joining_posting_and_commenting(hand: Hand) -> None:
    place = facts.communities(hand.database, f"open AND NOT {facts.MINE}")[0]
    hand.goto(f"/c/{place['slug']}/submit")
    assert "Only members post in this community." in hand.text
    assert ask(hand, f"/c/{place['slug']}/submit", True, "title=a&text=b&flair=").status == 200
    assert changes(hand.database) == {}
    hand.goto(f"/c/{place['slug']}").click("button", "Join")
    assert f"'{place['others'] + 1:,}'" in hand.text
    flair = place["flairs"].split("|")[1]
    hand.click("link", "Write here").fill(title="x" * 121, text="Some  text", flair=flair).click("button", "Publish")
    assert "at most 120 characters" in hand.text
    assert (len(hand.value("title")), hand.value("text")) == (121, "Some  text")
    hand.fill(title="A  new title").click("button", "Publish")
    assert "Your post is published." in hand.text
    assert hand.row("SELECT title, text, flair, person FROM post ORDER BY id DESC") == (
        *("A new title", "Some  text", flair, 1),
    )
    hand.click("button", "Comment")
    assert "Enter a comment." in hand.text
    hand.fill(text="First\nsecond").click("button", "Comment")
    assert hand.row("SELECT text, parent, person FROM comment ORDER BY id DESC") == ("First\nsecond", 0, 1)
    assert "heading '1 comment'" in hand.text
    assert set(changes(hand.database)) == {"member", "post", "comment"}
    hand.goto(f"/c/{place['slug']}").click("button", "Leave")
    assert hand.browser.page.find("button", "Join")
    assert not hand.browser.page.find("link", "Write here")


def test_editing_and_deleting_ones_own(hand: Hand) -> None:
    id, title = hand.row("SELECT id, title FROM post WHERE person = 1")
    hand.goto(f"/post/{id}").click("link", "Edit post")
    assert hand.value("title") == title
    hand.fill(text="").click("button", "Save changes")
    assert "Enter what you want to say." in hand.text
    hand.fill(text="Changed").click("button", "Save changes")
    assert "Changed" in hand.text
    assert "edited" in hand.text
    hand.click("button", "Delete post")
    assert "Your post was deleted." in hand.text
    assert ask(hand, f"/post/{id}").status == 404
    assert title not in hand.goto(f"/u/{hand.row('SELECT name FROM person')[0]}/posts").text
    said = facts.lone_comments(hand.database, "comment.person = 1")[0]
    hand.goto(f"/post/{said['post']}").click("link", "Edit your comment").fill(text="Better").click(
        "button", "Save changes"
    )
    assert hand.row("SELECT text FROM comment WHERE id = ?", said["id"]) == ("Better",)
    hand.click("button", "Delete your comment")
    assert "Better" not in hand.text


def test_nobody_changes_what_others_wrote(hand: Hand) -> None:
    id, _ = others(hand)
    said = hand.row("SELECT id FROM comment WHERE person != 1")[0]
    place = facts.communities(hand.database, "NOT open")[0]
    locked, reply = hand.row("SELECT post.id, max(comment.id) FROM post JOIN comment ON post = post.id WHERE locked")
    for address in (f"/post/{id}/edit", f"/comment/{said}/edit"):
        assert ask(hand, address).status == 403
        assert ask(hand, address, True, "title=a&text=b&flair=").status == 403
    for address in (f"/post/{id}/delete", f"/comment/{said}/delete"):
        assert ask(hand, address, True).status == 403
    assert "closed" in ask(hand, f"/post/{locked}/comment", True, "text=b").body
    assert "closed" in ask(hand, f"/comment/{reply}/reply", True, "text=b").body
    hand.database.execute("INSERT INTO member VALUES (NULL, ?, 1, '2025-01-01')", (place["id"],))
    assert "Only moderators post" in ask(hand, f"/c/{place['slug']}/submit", True, "title=a&text=b&flair=").body
    own = hand.row("SELECT id FROM post WHERE person = 1")[0]
    assert ask(hand, f"/post/{own}/vote/up", True).status == 403
    assert set(changes(hand.database)) == {"member"}


def test_replies_stand_below(hand: Hand) -> None:
    above = facts.lone_comments(hand.database, "comment.person != 1 AND NOT locked")[0]
    hand.goto(f"/post/{above['post']}").click("link", f"Reply to {above['author']}").click("button", "Send reply")
    assert "Enter a comment." in hand.text
    hand.fill(text="So it is").click("button", "Send reply")
    assert hand.row("SELECT parent, post, text FROM comment ORDER BY id DESC") == (
        *(above["id"], above["post"], "So it is"),
    )
    assert "So it is" in hand.text


def test_votes_count_once_and_can_be_taken_back(hand: Hand) -> None:
    id, _ = others(hand, "id NOT IN (SELECT post FROM vote)")
    points = hand.row("SELECT points FROM post WHERE id = ?", id)[0]

    def score() -> int:
        return int(next(row["score"] for row in facts.posts(hand.database) if row["id"] == id))

    hand.goto(f"/post/{id}").click("button", "Upvote post")
    assert score() == points + 1
    hand.click("button", "Downvote post")
    assert score() == points - 1
    hand.click("button", "Undo downvote of post")
    assert score() == points
    said = facts.lone_comments(hand.database, "comment.person != 1")[0]
    hand.goto(f"/post/{said['post']}").click("button", f"Upvote comment by {said['author']}")
    assert hand.row("SELECT post, comment, value FROM vote ORDER BY id DESC") == (0, said["id"], 1)
    assert set(changes(hand.database)) == {"vote"}


def test_saving_and_reporting(hand: Hand) -> None:
    id, title = others(hand, "id NOT IN (SELECT post FROM saved)")
    hand.goto(f"/post/{id}").click("button", "Save post")
    assert hand.goto("/saved").browser.page.find("link", title)
    hand.goto(f"/post/{id}").click("button", "Remove from saved").click("link", "Report post").click(
        "button", "Send report"
    )
    assert "Choose a reason." in hand.text
    hand.fill(reason="other").click("button", "Send report")
    assert "Enter what is wrong." in hand.text
    hand.fill(text="Odd").click("button", "Send report")
    assert hand.row("SELECT person, post, comment, reason, text FROM report") == (1, id, 0, "other", "Odd")
    assert not hand.goto("/saved").browser.page.find("link", title)


# People


def test_following_blocking_and_writing(hand: Hand) -> None:
    other = facts.person(hand.database, Chance(b"x"), f"inbox = 'everyone' AND NOT {facts.bound('block')}")["name"]
    hand.database.execute("DELETE FROM bond")
    hand.goto(f"/u/{other}").click("button", "Follow")
    mine = len(facts.posts(hand.database, "person.name = ?", other))
    hand.goto("/following")
    assert len(ids(hand)) == mine
    hand.goto(f"/u/{other}").click("link", "Send a message").fill(text="Hello").click("button", "Send message")
    assert "Your message was sent." in hand.text
    hand.goto(f"/u/{other}").click("button", "Block")
    assert hand.row("SELECT kind FROM bond") == ("block",)
    assert other not in hand.goto("/all").text.replace(f"link '{hand.row('SELECT name FROM person')[0]}'", "")
    hand.goto("/messages/new").fill(to=other.upper(), text="Again").click("button", "Send message")
    assert f"You have blocked {other}." in hand.text
    assert hand.value("text") == "Again"
    hand.goto("/settings/blocked").click("button", f"Unblock {other}")
    shy = hand.row("SELECT name FROM person WHERE inbox = 'nobody'")[0]
    for name, said in (("nobody at all", "There is nobody"), (shy, "does not accept"), ("", "Enter a user name.")):
        hand.goto("/messages/new").fill(to=name, text="x").click("button", "Send message")
        assert said in hand.text
    assert hand.row("SELECT count(*) FROM message WHERE text IN ('Hello', 'Again', 'x')") == (1,)


def test_what_is_read_is_marked_with_a_button(hand: Hand) -> None:
    hand.database.execute("INSERT INTO message VALUES (NULL, 2, 1, 'New one', '2025-01-01', 0)")
    name = hand.row("SELECT name FROM person WHERE id = 2")[0]
    count = hand.row("SELECT count(*) FROM message WHERE receiver = 1 AND NOT seen")[0]
    assert hand.goto("/messages").browser.page.find("link", f"Messages ({count})")
    hand.click("link", name).click("button", "Mark as read")
    assert hand.row("SELECT count(*) FROM message WHERE receiver = 1 AND NOT seen") == (count - 1,)
    hand.goto("/notifications").click("button", "Mark all as read")
    assert hand.browser.page.find("link", "Notifications")
    assert not hand.browser.page.find("button", "Mark all as read")


def test_settings(hand: Hand) -> None:
    hand.goto("/settings").fill(email="no", city="x" * 61).click("button", "Save profile")
    assert "Please correct 2 fields." in hand.text
    assert hand.value("email") == "no"
    hand.fill(email="a@mail.test", city="Kelso", about="Me").click("button", "Save profile")
    assert hand.row("SELECT email, city, about FROM person") == ("a@mail.test", "Kelso", "Me")
    hand.goto("/settings/preferences").fill(sort="Top", inbox="nobody", digest="Never").click(
        "button", "Save preferences"
    )
    assert hand.row("SELECT sort, inbox, digest FROM person") == ("top", "nobody", "never")
    scores = {row["id"]: row["score"] for row in facts.posts(hand.database)}
    hand.goto("/all")
    shown = [scores[id] for id in ids(hand)]
    assert shown == sorted(shown, reverse=True)
    old = hand.row("SELECT password FROM person")[0]
    hand.goto("/settings/password").fill(old="x", new="short", repeated="other").click("button", "Change password")
    for said in ("not your current password", "at least 8 characters", "The two passwords differ"):
        assert said in hand.text
    hand.fill(old=old, new="long enough", repeated="long enough").click("button", "Change password")
    assert hand.row("SELECT password FROM person") == ("long enough",)


def test_logging_out_and_in(hand: Hand) -> None:
    name, password = hand.row("SELECT name, password FROM person")
    id, _ = others(hand)
    hand.goto("/settings").click("button", "Log out")
    assert hand.goto("/saved").path == "/login?next=%2Fsaved"
    hand.fill(name=name.upper(), password="wrong").click("button", "Log in")
    assert "Name or password is wrong." in hand.text
    assert (hand.value("name"), hand.value("password")) == (name.upper(), "")
    hand.goto(f"/post/{id}").click("button", "Save post").fill(name=name, password=password).click("button", "Log in")
    assert hand.path == f"/post/{id}?note=welcome"
    shy = hand.row("SELECT name FROM person WHERE id = 2")[0]
    assert ask(hand, "/login", True, f"name={shy}&password=").status == 200
    for wrong in ("//evil.test/", "http://evil.test/", "/\\evil.test"):
        body = f"name={name}&password={password}&next={wrong}"
        assert ask(hand, "/login", True, body).location == "/?note=welcome"


def test_guests_read_and_change_nothing(hand: Hand) -> None:
    hand.goto("/settings").click("button", "Log out")
    kept = changes(hand.database)
    for path in (
        "/",
        "/all",
        "/communities",
        "/search",
        f"/post/{others(hand)[0]}",
        f"/u/{hand.row('SELECT name FROM person')[0]}",
    ):
        assert SITE.answer(hand.database, Request(path)).status == 200
    slug, id, said = (
        hand.row(f"SELECT {one}")[0] for one in ("slug FROM community", "id FROM post", "id FROM comment")
    )
    for path in (
        *(f"/c/{slug}/join", f"/c/{slug}/submit", f"/post/{id}/comment", f"/comment/{said}/reply", f"/post/{id}/save"),
        *(f"/post/{id}/vote/up", f"/comment/{said}/vote/up", f"/post/{id}/report", "/messages/new", "/settings"),
        *("/settings/preferences", "/settings/password", "/notifications/read"),
    ):
        answer = SITE.answer(hand.database, Request(path, "", True, "text=x&title=x&reason=spam&to=x"))
        assert answer.status == 303, path
    for path in (f"/post/{id}/edit", f"/post/{id}/delete", f"/comment/{said}/delete", f"/comment/{said}/edit"):
        assert SITE.answer(hand.database, Request(path, "", True)).status == 403
    assert changes(hand.database) == kept


# Hostile text, and what is not there

HOSTILE = "<script>alert(1)</script> '); DROP TABLE post; -- \" & \u202eabc {{ 7 * 7 }} %s \U0001f600"


def test_script_and_sql_stay_text(hand: Hand) -> None:
    slug = facts.communities(hand.database, f"open AND {facts.MINE}")[0]["slug"]
    hand.goto(f"/c/{slug}/submit").fill(title=HOSTILE, text=HOSTILE).click("button", "Publish")
    hand.fill(text=HOSTILE).click("button", "Comment")
    hand.goto("/settings").fill(about=HOSTILE).click("button", "Save profile")
    name = hand.row("SELECT name FROM person")[0]
    for path in (f"/c/{slug}", f"/u/{name}", f"/u/{name}/comments", "/all", "/search?q=%3Cscript%3E"):
        hand.goto(path)
        assert "<script" not in hand.browser.here.html
        assert "alert(1)" in hand.text
    assert hand.row("SELECT title, text FROM post ORDER BY id DESC") == (HOSTILE, HOSTILE)
    assert f"heading {HOSTILE!r}" in hand.goto(f"/post/{hand.row('SELECT max(id) FROM post')[0]}").text


def test_odd_and_huge_requests(hand: Hand) -> None:
    for path in (
        "/nothing",
        "/post/0",
        "/c/x",
        "/c/x/rules",
        "/u/x",
        "/help/x",
        "/messages/x",
        "/comment/0/reply",
        "/ü",
    ):
        assert ask(hand, path).status == 404
        assert page_of(ask(hand, path).body).find("link", "Back to the start")
    assert ask(hand, "/logout").status == 405
    slug = facts.communities(hand.database, f"open AND {facts.MINE}")[0]["slug"]
    long, id = "x" * 200_000, others(hand)[0]
    fields = "&".join(
        f"{name}={long}%00%08" for name in ("title", "text", "to", "email", "name", "city", "old", "flair")
    )
    for path in (
        f"/c/{slug}/submit",
        f"/post/{id}/comment",
        "/messages/new",
        "/settings",
        "/login",
        "/settings/password",
    ):
        answer = ask(hand, path, True, fields)
        assert answer.status == 200
        assert "\0" not in answer.body
    assert ask(hand, f"/search?q={long}&author={long}").status == 200
    assert changes(hand.database) == {}


# Tasks


def begun(kind: str, index: int) -> tuple[TextEnv, WebState]:
    env = gymnasium.make("scoutgym/WebForum-v0", kind=kind).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"split": "train", "index": index})
    state = env.session.state
    assert isinstance(state, WebState)
    return env, state


@pytest.mark.parametrize("kind", WebForum.kinds)
def test_tasks_are_done_by_their_scripts_and_spoiled_by_more(kind: str) -> None:
    world = gymnasium.make("scoutgym/WebForum-v0", kind=kind).unwrapped.world  # type: ignore[attr-defined]
    for index in range(30):
        _, state = begun(kind, index)
        assert not holds(state.goal, state)
        typed = {step[-1] for step in state.script if step[0] in ("fill", "choose")}
        assert kind == "answer" or typed <= set(SPOKEN.findall(state.asked)), state.asked
        copy = state.copy()
        world._played(copy, state.script)
        assert holds(state.goal, copy), state.asked
        if kind in ("reach", "refuse") or index > 1:
            continue
        database = copy.databases[SITE.host]
        database.execute(
            "UPDATE post SET gone = 1, edited = 'x' WHERE id = (SELECT min(id) FROM post WHERE person = 1)"
        )
        database.execute("INSERT INTO saved VALUES (NULL, 1, 1, '2025-01-01')")
        assert not holds(state.goal, copy), state.asked
        other = state.copy()
        other.databases[SITE.host].execute("UPDATE person SET about = 'x' WHERE id = 1")
        world._played(other, state.script)
        assert not holds(state.goal, other) or kind == "settings", state.asked


def test_what_is_to_be_refused_sounds_like_what_can_be_done() -> None:
    """The first words of what cannot be done are those of tasks that can be: only the pages tell."""
    feasible = {
        " ".join(begun(kind, index)[1].asked.split()[:2])
        for kind in ("find", "write", "edit", "message")
        for index in range(25)
    }
    refused = {" ".join(begun("refuse", index)[1].asked.split()[:2]) for index in range(25)}
    assert len(refused) > 5
    assert refused <= feasible


def test_undone_work_is_no_harm() -> None:
    """A wrong post that its author takes back does not spoil a task; one that stays does."""
    env, state = next(one for one in (begun("write", index) for index in range(9)) if one[1].asked.startswith("Write"))
    database = state.databases[SITE.host]
    place = facts.communities(database, f"open AND {facts.MINE}")[0]["id"]
    values = (place, 1, "Wrong", "text", "", "2025-01-01", "", 0, 0, 0)
    database.execute("INSERT INTO post VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    world = env.world
    copy = state.copy()
    world._played(copy, state.script)  # type: ignore[attr-defined]
    assert not holds(state.goal, copy)
    copy.databases[SITE.host].execute("UPDATE post SET gone = 1 WHERE title = 'Wrong'")
    assert holds(state.goal, copy)
