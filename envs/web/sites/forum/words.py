"""What the forum's contents are made of beside the topics: names, titles, sentences, rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleText:
    """A rule that a community may have.

    Args:
        topic: its key.
        title: above it.
        text: with ``{value}`` where they differ.
        values: one of these.
        question: what may be asked of it; its answer is the value.
    """

    topic: str
    title: str
    text: str
    values: tuple[str, ...]
    question: str


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.strip().split("\n") if line)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

RULES = (
    RuleText(
        "often",
        "Not too much at once",
        "Write at most {value} posts a week.",
        ("2", "3", "4", "5", "6", "8"),
        "how many posts may a member write in a week, at most?",
    ),
    RuleText(
        "sales",
        "Buying and selling",
        "Offer things for sale on {value} only, with a price.",
        DAYS,
        "on which day of the week may things be offered for sale?",
    ),
    RuleText(
        "events",
        "Events",
        "Announce a meeting at least {value} days before it takes place.",
        ("3", "4", "5", "7", "10", "14"),
        "how many days before a meeting must it be announced?",
    ),
    RuleText(
        "questions",
        "Questions",
        "Search first. You may ask the same question again after {value} weeks.",
        ("2", "3", "4", "6", "8", "12"),
        "after how many weeks may the same question be asked again?",
    ),
    RuleText(
        "links",
        "Links",
        "At most {value} links in a post, and say where they lead.",
        ("1", "2", "3", "4", "5"),
        "how many links may a post have, at most?",
    ),
    RuleText(
        "pictures",
        "Pictures",
        "Describe every picture in at least {value} words, for those who cannot see it.",
        ("5", "8", "10", "15", "20"),
        "in how many words, at least, must a picture be described?",
    ),
    RuleText(
        "newcomers",
        "Newcomers",
        "Introduce yourself in the {value} thread before your first question.",
        DAYS,
        "in the thread of which day of the week do newcomers introduce themselves?",
    ),
    RuleText(
        "old",
        "Old posts",
        "Do not comment on posts that are older than {value} months.",
        ("3", "6", "9", "12", "18"),
        "how old, in months, may a post be at most to be commented on?",
    ),
)
"""A community has some of these."""

PLAIN_RULES = (
    ("Be kind", "Everybody was a beginner once."),
    ("Stay with the topic", "What belongs elsewhere is moved there."),
    ("No advertising", "Your own shop has its own place, and that is not here."),
    ("Say thanks", "Tell those who helped you how it went."),
)

BOARDS = (
    ("Common", "Open", "Green", "Corner", "Round", "Village", "Lantern", "Harbor", "Pebble", "Quiet"),
    ("Table", "Square", "Bench", "Porch", "Well", "Kettle", "Ground", "Yard"),
)
SLOGANS = (
    "Talk about what you love",
    "Ask, answer, show",
    "Where hobbies meet",
    "Good questions, patient answers",
    "A place for people who make things",
    "Come in, sit down, tell us",
)

STAFF = (
    ("Announcements", "What the team has to tell you."),
    ("Site News", "Changes, plans and repairs."),
    ("From The Team", "News of this forum, by those who run it."),
    ("Notice Board", "What everybody should know."),
)
"""A community in which only moderators post."""
STAFF_FLAIRS = ("News", "Maintenance", "Vote")
STAFF_TITLES = _lines("""
Maintenance on {day} morning
The search is faster now
Elections of moderators begin on {day}
{n} new communities have opened
What we did about spam in {month}
Results of the survey on {month}
Thank you for {n} thousand posts
New colors for tired eyes
""")
STAFF_TEXTS = _lines("""
Everything will be back after about {n} minutes. Nothing that you have written is lost.
Please tell us below what you think of it. We read every comment.
It took us {n} weeks, and it was worth it. Thank you for your patience.
Nothing changes for you. Your settings stay as they are.
""")

HANDLES = (
    _words("""
    amber brisk calm cedar clever copper dusty early gentle golden hazel humble idle jolly keen lucky mellow misty
    nimble patient plum quiet rapid rusty silver sleepy sly small spry steady sunny tidy velvet wild windy witty
    """),
    _words("""
    acorn anchor badger beacon beetle biscuit comet cricket falcon fern finch fox gecko heron kettle lark lemon
    lynx magpie maple marten moth otter owl pebble pepper pickle pine puffin raven robin rook sparrow teapot thistle
    turtle walnut weasel wren yak
    """),
)

ABOUTS = _lines("""
{job} by day, {act} by night.
Started with {act} in {year} and never looked back.
{job} from {city}. Ask me about my {thing}.
I read more than I write. Mostly here for {place}.
Two children, one {thing}, no time.
Learning {act}. Slowly.
I have {a_thing} and too many opinions.
Retired {job_small}. Happy to help beginners with {act}.
""")
JOBS = (
    *("Teacher", "Nurse", "Carpenter", "Librarian", "Bus driver", "Translator", "Gardener", "Student", "Programmer"),
    *("Bookkeeper", "Postman", "Physicist", "Cook", "Baker", "Surveyor", "Electrician"),
)

QUALITIES = ("quiet", "light", "cheap", "solid", "small", "simple", "second-hand", "good-looking", "heavy", "reliable")
MONTHS = _lines("""
January\nFebruary\nMarch\nApril\nMay\nJune\nJuly\nAugust\nSeptember\nOctober\nNovember\nDecember
""")
WHO = (
    *(
        "my sister",
        "my neighbor",
        "a friend",
        "my grandfather",
        "a colleague",
        "my partner",
        "an old man at the market",
    ),
    *("my daughter", "our teacher", "somebody here"),
)

TITLES = _lines("""
{Trouble}: what can I do?
Why is it that {trouble}?
Which {thing} would you buy again?
{Thing} or {other}: which one first?
{n} weeks of {act}: what I learned
My first {thing} after {n} tries
Is {act} worth the time for a beginner?
Looking for {a} {quality} {thing} under {price} dollars
Anyone near {city} for {act}?
{Act} {place}, a report
Found {a_thing} in the attic of {who}
Plan for {day}: {act} {place}
What I should have known before {act}
Small victory: {act} without help
I lent my {thing} to {who}, and now {trouble}
{Thing}, {other} or something else?
A short guide to {act}
How do you store your {thing}?
{Who} gave me {a_thing}
The best {n} dollars I spent on {act}
{Act} in {month}: too early?
Please talk me out of {a} {quality} {thing}
How long did {act} take you to learn?
{City} meeting in {month}: who brings {a_thing}?
""")

OPENINGS = _lines("""
I have been {act} {place} for {n} months now.
{Who} told me that this is the right place to ask.
Yesterday I tried {act} {place}.
After a long week I finally had time for {act}.
My {thing} is {n} years old and was never expensive.
This may be a silly question.
I have read the old posts and am still not sure.
Last {day} I was {place} with my {thing}.
For {n} years I did without {a_thing}.
It began with {a} {quality} {thing} from {who}.
""")
MIDDLES = _lines("""
The trouble is always the same: {trouble}.
I paid {price} dollars for my {thing}, and it was worth every cent.
First {trouble}, then {trouble2}.
I tried {act} twice, and twice it went wrong.
The {thing} helps, the {other} does not.
{Who} swears by {act}, but I have my doubts.
It works well enough, only that {trouble}.
I would spend up to {price} dollars, not more.
By the third day I had got used to it, and then {trouble}.
What I like best is {act} {place}.
""")
ENDINGS = _lines("""
What would you do?
Any advice is welcome.
Pictures will follow on {day}.
Thanks for reading so far.
I will report back in {n} weeks.
Am I the only one?
Has anybody tried {act} instead?
Please be gentle, it is my first post here.
Next time I take the {other}.
How did you begin?
""")

COMMENT_STARTS = _lines("""
Same here.
I know this well.
Good question.
Not quite.
It took me {n} tries.
{Who} showed me this:
Congratulations!
From {n} years of {act}:
I disagree.
Short answer:
Do not give up.
What worked for me:
""")
COMMENT_CORES = _lines("""
My {thing} did the same until I gave up on it.
I would rather buy a {quality} {thing}.
It gets easier after {n} weeks.
With {a_thing} this does not happen.
Try {act} first.
Ask in {city}, they know all about it.
Mine cost {price} dollars and lasted {n} years.
When {trouble}, I stop for the day.
{A_thing} is all you need.
That depends on where you are. I am usually {place}.
""")
COMMENT_ENDS = _lines("""
Good luck!
Tell us how it went.
It is not magic.
I hope this helps.
But that is only me.
You will see.
Do you have a picture?
Then try again on {day}.
""")
THANKS = _lines("""
Thank you, I will try that on {day}.
That worked at once, thanks!
I had not thought of that.
Now {trouble}, but I am not giving up.
Which {thing} do you use?
How long did that take you?
I think so too.
Not in my case, sadly.
""")

LETTERS = _lines("""
Hello! Is your {thing} still for sale?
Thank you for your answer about {act}.
Are you coming on {day}? We meet {place}.
I have {a_thing} that I no longer need. Do you want it?
Could you send me the name of the shop in {city}?
Sorry for the late answer. {Day} works for me.
Your post about {act} made me laugh.
Would you join us for {act} in {month}?
""")
