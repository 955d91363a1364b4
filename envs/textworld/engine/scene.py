"""How things stand in a story, and what can be seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from scoutgym.envs.core import State
from scoutgym.envs.textworld.engine.prose import series, tell
from scoutgym.envs.textworld.engine.story import COOKINGS, CUTS, HANDS, LIDS, Story
from scoutgym.types import SchemaError

VOWELS = "aeiouAEIOU"


@dataclass
class Scene(State):
    """Everything that an episode changes; the story is shared and stays as it is.

    What lies inside of a thing, in a room or in the player's hands is listed as a compiled game lists it: what was put
    there last comes first.
    """

    story: Story
    address: list[Any]
    """What the story was made from, as its world finds it again."""
    place: str
    holder: dict[str, str]
    inside: dict[str, tuple[str, ...]]
    lids: dict[str, str]
    marks: set[tuple[str, str]]
    free: int
    visited: set[str]
    score: int = 0
    reached: list[bool] = field(default_factory=list)
    """By quest: whether it is done."""

    @classmethod
    def first(cls, story: Story, address: list[Any]) -> Self:
        """How a story begins."""
        return cls(
            story,
            address,
            story.start,
            dict(story.holder),
            dict(story.inside),
            dict(story.lids),
            set(story.marks),
            story.free,
            {story.start},
            0,
            [False] * len(story.quests),
        )

    def to_json(self) -> dict[str, Any]:
        """All but the story, which ``address`` and ``key`` stand for."""
        return {
            "key": self.story.key,
            "address": self.address,
            "place": self.place,
            "inside": {holder: list(things) for holder, things in self.inside.items()},
            "lids": self.lids,
            "marks": sorted(map(list, self.marks)),
            "free": self.free,
            "visited": sorted(self.visited),
            "score": self.score,
            "reached": self.reached,
        }

    @classmethod
    def read(cls, record: Any, found: Callable[[list[Any]], Story]) -> Self:
        """The state that ``to_json`` wrote, of the story that is ``found`` at its address.

        Raises:
            SchemaError: it is of another story, or names what the story does not have.
        """
        try:
            story = found(list(record["address"]))
            if record["key"] != story.key:
                raise SchemaError("this state is of another game: it was made by another version, or the file changed")
            inside = {str(holder): tuple(map(str, things)) for holder, things in record["inside"].items()}
            marks = {(str(mark), str(thing)) for mark, thing in record["marks"]}
            scene = cls(
                story,
                list(record["address"]),
                str(record["place"]),
                {thing: holder for holder, things in inside.items() for thing in things},
                inside,
                {str(thing): str(lid) for thing, lid in record["lids"].items()},
                marks,
                int(record["free"]),
                set(map(str, record["visited"])),
                int(record["score"]),
                [bool(one) for one in record["reached"]],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"the state of a TextWorld game is wrong: {error!r}") from None
        things = {*scene.holder, *(thing for _, thing in marks)}
        known = (
            scene.place in story.exits
            and scene.visited <= set(story.exits)
            and things <= set(story.kind)
            and set(inside) <= {*story.kind, HANDS}
            and set(scene.lids) == set(story.lids)
            and set(scene.lids.values()) <= set(LIDS)
            and len(scene.reached) == len(story.quests)
            and sum(map(len, inside.values())) == len(scene.holder)
        )
        if not known:
            raise SchemaError("the state of a TextWorld game is wrong: it names what the game does not have")
        return scene

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """Only its world knows the story: see ``World.load_state``."""
        raise SchemaError("the state of a TextWorld game is read by its world")

    # What is told of it.

    def lid(self, thing: str) -> str:
        """``open``, ``closed`` or ``locked``."""
        return self.lids.get(thing, "closed" if self.story.kind[thing] == "container" else "open")

    def contents(self, holder: str) -> tuple[str, ...]:
        """What lies in or on a thing, in a room, or in the player's hands."""
        return self.inside.get(holder, ())

    def seen(self, room: str) -> bool:
        """Whether the player has been in a room before."""
        return room in self.visited

    def named(self, thing: str, article: str, full: bool = True) -> str:
        """The name of a thing with ``a``, ``the`` or no article; ``full`` with how it is cooked and cut."""
        story = self.story
        name = story.name[thing]
        if full and story.recipe and story.kind[thing] == "food":
            name = self._prepared(thing) + name
        if article == "the":
            return name if story.kind[thing] == "door" else f"the {name}"
        if article.strip() != "a" and not article.startswith("is-are"):
            return name
        if own := story.article[thing]:
            return f"{own} {name}"
        return f"an {name}" if name[0] in VOWELS else f"a {name}"

    def _prepared(self, food: str) -> str:
        cut = next((f"{way} " for way in CUTS[1:] if (way, food) in self.marks), "")
        if ("needs_cooking", food) in self.marks:
            return f"{cut}raw "
        if ("burned", food) in self.marks:
            return f"{cut}burned "
        return cut + next((f"{way} " for way in COOKINGS[1:] if (way, food) in self.marks), "")

    def look(self) -> str:
        """The room that the player is in."""
        story = self.story
        floor = [thing for thing in self.contents(self.place) if story.kind[thing] not in ("container", "supporter")]
        text = paragraphs(tell(story.prose[self.place], self.place, self))
        lying = f"\nThere is {series([self.named(thing, 'a') for thing in floor])} on the floor." if floor else ""
        return f"-= {story.name[self.place].title()} =-\n{text}{lying}"

    def examine(self, thing: str) -> str:
        """What is seen of a thing."""
        story, told = self.story, [paragraphs(tell(self.story.prose[thing], thing, self))]
        kind, things = story.kind[thing], self.contents(thing)
        if things and (kind == "supporter" or (kind == "container" and self.lid(thing) == "open")):
            where = "On" if kind == "supporter" else "In"
            names = series([self.named(one, "a") for one in things])
            told.append(f"{where} the {story.name[thing]} {'is' if len(things) == 1 else 'are'} {names}.")
        return "\n".join(filter(None, told)) or f"You see nothing special about {self.named(thing, 'the')}."

    def hands(self) -> str:
        """What the player carries."""
        held = self.contents(HANDS)
        return (
            f"You are carrying: {series([self.named(one, 'a') for one in held])}."
            if held
            else ("You are carrying nothing.")
        )

    def visible(self) -> Iterator[str]:
        """What can be seen from here, nearest first."""
        yield from self.contents(HANDS)
        yield from self.around(self.place)

    def around(self, room: str) -> Iterator[str]:
        """What can be seen in a room."""
        for thing in self.contents(room):
            yield thing
            if self.story.kind[thing] == "supporter" or self.lids.get(thing) == "open":
                yield from self.contents(thing)
        yield from self.story.doors[room]

    # What changes it.

    def move(self, thing: str, to: str) -> None:
        """Put a thing somewhere; nowhere where ``to`` is empty."""
        here = self.holder.pop(thing, "")
        if here:
            self.inside[here] = tuple(one for one in self.inside[here] if one != thing)
        if to:
            self.holder[thing] = to
            self.inside[to] = (thing, *self.inside.get(to, ()))
        if self.free >= 0:
            self.free += (here == HANDS) - (to == HANDS)


def paragraphs(text: str) -> str:
    """A text without blank lines and blanks at the ends of lines."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def joined(names: Sequence[str]) -> str:
    """``a, b or c``."""
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
