"""What the worlds of TextWorld share: a story is told, commands change it, points and an end come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Privileged, Reply, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.spec import Part
from scoutgym.envs.textworld.engine import acts
from scoutgym.envs.textworld.engine.commands import commands_of
from scoutgym.envs.textworld.engine.planning import plan
from scoutgym.envs.textworld.engine.scene import Scene
from scoutgym.envs.textworld.engine.story import HANDS, Fact, Story
from scoutgym.types import Task

SCORE = {"score": Part("the game's points of this turn, as a share of all there are", low=-1.0, weight=0.0)}
FIGURES = {"points": "the game's points that were made, of all there are"}
PAPER = "Côté et al. 2018, TextWorld, arXiv 1806.11532"


class StoryWorld(World[Scene]):
    """See the module's docstring. A world gives its ``spec`` and its stories."""

    State = Scene
    patience: ClassVar[str] = "You can give at most {turns} commands."

    def story(self, task: Task, chance: Chance) -> tuple[Story, list[Any]]:
        """The story of a task, and the address at which ``found`` finds it again."""
        raise NotImplementedError

    def found(self, address: Sequence[Any]) -> Story:
        """The story at an address."""
        raise NotImplementedError

    def start(self, task: Task, chance: Chance) -> Scene:
        return Scene.first(*self.story(task, chance))

    def load_state(self, record: Any) -> Scene:
        return Scene.read(record, self.found)

    def intro(self, state: Scene, role: str) -> str:
        said = [state.story.objective.strip(), self.patience.format(turns=self.max_turns), "", state.look()]
        return "\n".join(said).strip()

    def grammar(self, state: Scene) -> Grammar:
        return commands_of(state.story)

    def play(self, state: Scene, action: Action, chance: Chance) -> Reply:
        before = state.score
        try:
            said = acts.do(state, action)
        except acts.Cannot as refusal:
            return Reply(str(refusal), invalid=action not in acts.allowed(state))
        more, won = acts.after(state)
        gained = state.score - before
        rewards = {"score": gained / state.story.most} if gained and state.story.most else {}
        return Reply(f"{said}\n{more}" if more else said, rewards, done=won is not None, success=won)

    def out_of_turns(self, state: Scene) -> str:
        return "You have run out of turns."

    # What is known of it.

    def actions(self, state: Scene) -> Sequence[Action]:
        """The commands that TextWorld calls admissible."""
        return acts.allowed(state)

    def privileged(self, state: Scene) -> Privileged:
        """The goals that have been reached, and what would end the game well from here."""
        goals = [
            " and ".join(_said(state.story, fact) for fact in quest.wins[0])
            for quest in state.story.quests
            if quest.wins
        ]
        reached = [one for one, quest in zip(state.reached, state.story.quests, strict=True) if quest.wins]
        done = tuple(goal for goal, one in zip(goals, reached, strict=True) if one)
        return Privileged(achievements=done, extra={"goals": goals, "walkthrough": plan(state)})

    def figures(self, state: Scene) -> Mapping[str, tuple[float, float]]:
        return {"points": (state.score, state.story.most)} if state.story.most else {}

    def hidden_key(self, state: Scene) -> Any:
        return [state.story.key, *state.address]

    def known(self, state: Scene, role: str) -> Any:
        """How things stand where the player has been; what lies under a lid is known while it is open."""
        seen = list(state.contents(HANDS))
        for room in sorted(state.visited):
            seen += state.around(room)
        where = [[thing, state.holder.get(thing), state.lids.get(thing)] for thing in sorted(set(seen))]
        marks = sorted(mark for mark in state.marks if mark[1] in seen)
        return [state.place, sorted(state.visited), where, marks, state.score, state.free]

    def view(self, state: Scene, role: str) -> Any:
        return [state.look(), state.hands()]

    def solver(self, state: Scene) -> list[str]:
        """What ends the game well from here, found with everything in sight; nothing where it is lost."""
        return plan(state)

    def board(self, state: Scene) -> str:
        from rich.markup import escape

        title, _, text = state.look().partition("\n")
        points = f"   [yellow]{state.score}[/] of {state.story.most} points" if state.story.most else ""
        return f"[bold green]{escape(title)}[/]{points}\n{escape(text)}\n[cyan]{escape(state.hands())}[/]"


def _said(story: Story, fact: Fact) -> str:
    """A fact in the player's names: ``in(old key, I)``."""
    return f"{fact[0]}({', '.join(story.name.get(one, one) for one in fact[1:])})"
