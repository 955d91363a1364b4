"""What the game master says of a case beside the answers: the opening, and what tells nothing of the culprit."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.dialogue.murder.case import MurderCase, cast


def opening(case: MurderCase, turns: int) -> str:
    """All that is told at first."""
    people = "; ".join(f"{person.name}, the {person.role}" for person in case.people)
    loud, *others = case.suspects
    motives = [
        f"Everybody points at {case.people[loud].name}, who {case.motives[loud]}.",
        *(f"{case.people[one].name} {case.motives[one]}." for one in others),
    ]
    found = [cast()["traits"][trait]["found"] for trait in case.traits]
    return (
        f"Case {case.number:08x}. {case.victim} was killed in {case.place}: in the {case.scene}, at {case.hour} "
        f"o'clock with {case.weapon}. Five people were there: {people}. {' '.join(motives)}\n"
        f"Exactly one of the five is the culprit and was in the {case.scene} at {case.hour}. Each of the "
        f"others was in the {listed(case.rooms, 'or')} then, at most two in a room. Asked where they were "
        "and with whom, three of the innocent tell the truth. The culprit lies, and so does one of the "
        "innocent, who hides something else: each of these two names a room where they were not, and says "
        "that they were alone there. Things do not lie: the state of a room shows how many were in it at "
        f"{case.hour}. The {case.witness} saw one of the innocent at {case.hour} and tells the truth. The "
        f"culprit left behind {listed(found, 'and')}, and had to have a key, for {case.weapon} had been "
        f"locked in {case.locked}. All that can be found out leaves one culprit.\n"
        f"You are the detective and have {turns} messages, each for one thing: examine a room or a "
        "trace, question one person, look at something about one person, or accuse. An accusation ends the "
        "case, right or wrong: 'The culprit is …', with one name."
    )


def small(case: MurderCase, topic: str, person: int) -> str:
    """The answers that tell nothing new of the culprit."""
    name = case.people[person].name
    of = [cast()["traits"][trait]["of"].format(name=name) for trait in case.traits]
    found = [cast()["traits"][trait]["found"] for trait in case.traits]
    roles = listed([f"{one.name}, the {one.role}" for one in case.people], "and")
    return {
        "motive": f"{name} {case.motives[person]}.",
        "sure": "If you accuse somebody, say plainly: 'The culprit is …', with one name. That ends the case.",
        "job": f"{name} is the {case.people[person].role}.",
        "nothing": "You learn nothing about that.",
        "rooms": f"It happened in the {case.scene}; the other rooms are the {listed(case.rooms, 'and')}.",
        "case": (
            f"{case.victim} was killed in the {case.scene} at {case.hour} with {case.weapon}. "
            f"There are {listed(found, 'and')}, "
            f"the {case.witness} saw one of the innocent, and the five are {roles}. "
            "What you were told besides stands in your notes."
        ),
        "people": f"The five are {roles}.",
        "one": "One at a time: say whom you mean.",
        "which": f"What do you want to look at: {listed(of, 'or')}? Or ask where {name} was, or about a key.",
        "scene": f"In the {case.scene} there are {listed(found, 'and')}. Examine one of them.",
        "weapon": f"It was {case.weapon}, wiped clean. It had been locked in {case.locked} and taken out with a key.",
    }[topic]


def listed(items: Sequence[str], word: str) -> str:
    """Items with commas, and a word before the last."""
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
