"""Murder mystery: find the culprit among five people by questions, then accuse; the accusation ends the case.

The game master tells who was killed, where and when, five people, the motives of three, and the rules of the case. Each
text examines a room or a trace, questions a person or looks at something about one, or accuses. Two of the five lie
about where they were, the culprit and an innocent; rooms, traces and the witness do not. Motives are told for nothing:
the culprit is independent of them. By the rules of `scoutgym.envs.dialogue.murder.rules` all that can be found out
leaves exactly one culprit, and the first words leave all five.

The belief is the posterior of the culprit, exact by enumeration. The expert asks what tells the most about the culprit,
and accuses when one is left; the solver's proof is a shortest one.

PAPRIKA (arXiv 2502.17543) has this task with a language model as the game master; its scenarios are written, ours made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Privileged
from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState, Said
from scoutgym.envs.dialogue.murder.case import case_of
from scoutgym.envs.dialogue.murder.proof import shortest
from scoutgym.envs.dialogue.murder.reading import read
from scoutgym.envs.dialogue.murder.rules import PEOPLE, Question, entropy, whereabouts
from scoutgym.envs.dialogue.murder.telling import listed, opening, small
from scoutgym.envs.dialogue.murder.truth import CASES, drawn, number_of, secret_of, truth_of
from scoutgym.envs.grammar import Action
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

LISTED = 1_000
"""How many secrets are listed where some are wanted."""


@dataclass
class MurderState(DialogueState):
    """A dialogue; the secret is ``case.row.features``: the public part's number, the row of who was where, and for
    each feature the digits of the five people's values."""


class MurderMystery(Dialogue[MurderState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/MurderMystery-v0",
        family="dialogue",
        group="murder mystery",
        about="Find the culprit among five people by questions, then accuse.",
        rewards=REWARDS,
        figures=FIGURES,
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="PAPRIKA, arXiv 2502.17543; cases of our own",
    )
    Params, State = DialogueParams, MurderState
    about = "one thing to examine, one question to one person, or your accusation: 'The culprit is …' with a name"
    samples = (
        "Examine the room next door.",
        "Examine the scene of the crime.",
        "Where was the first suspect at that time, and with whom?",
        "What is there to look at?",
        "Ask the witness who was seen.",
        "Who are the suspects?",
    )

    # The secret.

    def keys(self) -> Sequence[str]:
        """The secrets of a thousand cases: all are too many to list."""
        chance = Chance(b"murder mysteries")
        return [drawn(chance.at(number)) for number in range(LISTED)]

    def _sizes(self) -> dict[str, int]:
        return {"train": 1_000_000, "dev": 10_000, "test": 10_000}

    def secrets(self) -> float:
        return float(CASES) * len(whereabouts().culprit)

    def start(self, task: Task, chance: Chance) -> MurderState:
        return MurderState(drawn(chance))

    def opening(self, secret: str) -> str:
        return opening(case_of(number_of(secret)), self.max_turns)

    def guess(self, secret: str) -> str:
        return self.accusation(number_of(secret), truth_of(secret).culprit)

    @staticmethod
    def accusation(number: int, person: int) -> str:
        """The text that accuses somebody."""
        return f"The culprit is {case_of(number).people[person].name}."

    # The dialogue.

    def questions(self, opening: str) -> Sequence[str]:
        case = case_of(_told_number(opening))
        motives = [f"What motive did {person.name} have?" for person in case.people]
        return [*map(case.ask, case.logic.questions()), *motives]

    def possible(self, opening: str) -> Sequence[str]:
        raise NotImplementedError("the hypotheses of a case are counted by factors, not listed: see rules.py")

    def read(self, text: str, opening: str) -> list[Any] | None:
        return read(_told_number(opening), text)

    def won(self, secret: str, meaning: Any) -> bool | None:
        return meaning[1] == truth_of(secret).culprit if meaning[0] == "accuse" else None

    def reply(self, secret: str, meaning: Any) -> str:
        case, truth = case_of(number_of(secret)), truth_of(secret)
        if meaning[0] == "accuse":
            name = case.people[truth.culprit].name
            right = meaning[1] == truth.culprit
            return f"You are right: {name} did it." if right else f"You are wrong: it was {name}."
        if meaning[0] == "ask":
            question: Question = tuple(meaning[1])
            return case.tell(question, truth.answer(question))
        return small(case, meaning[1], meaning[2] if len(meaning) > 2 else 0)

    def unclear(self, state: MurderState) -> str:
        case = case_of(number_of(state.secret))
        return (
            f"That is not clear. Examine one room ({listed(case.rooms, 'or')}) or one trace, ask one person of the "
            f"five or the {case.witness}, or accuse: 'The culprit is …', with a name."
        )

    def choices(self, state: MurderState, text: str) -> Sequence[str] | None:
        """To a question of the rules, every answer that there can be."""
        number = number_of(state.secret)
        meaning = read(number, text)
        return list(case_of(number).answers(tuple(meaning[1]))) if meaning and meaning[0] == "ask" else None

    def out_of_turns(self, state: MurderState) -> str:
        name = case_of(number_of(state.secret)).people[truth_of(state.secret).culprit].name
        return f"The time is over, and nobody was accused. It was {name}."

    def privileged(self, state: MurderState) -> Privileged:
        return Privileged(self.guess(state.secret), extra={"secret": state.secret})

    def facts(self, secret: str) -> str:
        case, truth = case_of(number_of(secret)), truth_of(secret)
        told = "\n".join(
            f"- {case.ask(question)} {case.tell(question, truth.answer(question))}"
            for question in case.logic.questions()
        )
        return (
            f"You are the game master of a murder mystery, told to the player so: {self.opening(secret)}\nThe culprit "
            f"is {case.people[truth.culprit].name}, which you never say. To what is asked you answer by this list, in "
            f"these words, one item a message; what is not in it is of no importance, and you say so:\n{told}"
        )

    # What is known.

    def heard(self, number: int, said: Sequence[Said]) -> dict[Question, int]:
        """The answers so far, as numbers."""
        found: dict[Question, int] = {}
        for one in said:
            if one.meaning is not None and one.meaning[0] == "ask":
                question: Question = tuple(one.meaning[1])
                code = case_of(number).answers(question).get(one.answer)
                if code is not None:
                    found[question] = code
        return found

    def actions(self, state: MurderState) -> Sequence[Action]:
        number = number_of(state.secret)
        accusations = [self.accusation(number, person) for person in range(PEOPLE)]
        return [("say", text) for text in (*self.questions(self.opening(state.secret)), *accusations)]

    def belief(self, state: MurderState, role: str) -> Belief | None:
        if self.oracle is not None:
            return None
        number = number_of(state.secret)
        return Belief(entropy(case_of(number).logic.culprits(self.heard(number, state.said))))

    def gain(self, state: MurderState, action: Action) -> float | None:
        if self.oracle is not None:
            return None
        number = number_of(state.secret)
        meaning = read(number, action[1])
        if meaning is None or meaning[0] != "ask":
            return 0.0  # what an accusation tells is of no use any more
        return case_of(number).logic.gain(self.heard(number, state.said), tuple(meaning[1]))[0]

    def best_gain(self, state: MurderState) -> tuple[Action, float] | None:
        if self.oracle is not None:
            return None
        case = case_of(number_of(state.secret))
        told = self.heard(case.number, state.said)
        gains = {question: round(case.logic.gain(told, question)[0], 9) for question in case.logic.questions()}
        best = max(gains, key=gains.__getitem__)
        return ("say", case.ask(best)), gains[best]

    def resample(self, state: MurderState, role: str, chance: Chance) -> MurderState:
        number = number_of(state.secret)
        logic, told = case_of(number).logic, self.heard(number, state.said)
        shares = logic.culprits(told)
        if not shares.any():  # a chat model has contradicted the rules
            told, shares = {}, logic.culprits({})
        culprit = min(int(np.searchsorted(np.cumsum(shares), chance.random(), side="right")), PEOPLE - 1)
        rows = whereabouts().rows(told)
        rows = rows[whereabouts().culprit[rows] == culprit]
        features = []
        for one in logic.features:
            trace = told.get(("trace", one.number), one.trace)
            values = [told.get(("trait", person, one.number), chance.below(one.values)) for person in range(PEOPLE)]
            if trace is not None:
                values[culprit] = trace
            features.append(values)
        new = state.copy()
        new.secret = secret_of(number, int(rows[chance.below(len(rows))]), features)
        return new

    def solver(self, state: MurderState) -> list[str]:
        """A shortest proof by what is not known yet, and the accusation."""
        case, truth = case_of(number_of(state.secret)), truth_of(state.secret)
        proof = shortest(case.logic, truth, self.heard(case.number, state.said))
        return [*map(case.ask, proof), self.guess(state.secret)]

    def expert(self, history: History, chance: Chance) -> str:
        """What tells the most about the culprit, of equals what tells the most of all; accuses when one is left."""
        number = _told_number(history[0])
        logic = case_of(number).logic
        said = [Said(text, read(number, text), answer) for text, answer in turns(history)]
        told = self.heard(number, said)
        shares = logic.culprits(told)
        asked = {tuple(one.meaning[1]) for one in said if one.meaning is not None and one.meaning[0] == "ask"}
        open_ = [question for question in logic.questions() if question not in asked]
        if shares.max() > 1 - 1e-9 or len(said) + 1 >= self.max_turns or not open_ or not shares.any():
            return self.accusation(number, int(shares.argmax()))
        gains = {question: logic.gain(told, question) for question in open_}
        best = max(open_, key=lambda question: (round(gains[question][0], 6), gains[question][1]))
        return case_of(number).ask(best)


def _told_number(opening: str) -> int:
    """The number of the case of an opening.

    Raises:
        ValueError: no case begins like that.
    """
    word = opening.removeprefix("Case ")[:8]
    try:
        return int(word, 16)
    except ValueError:
        raise ValueError(f"no case begins with {opening[:80]!r}") from None


register(MurderMystery)
