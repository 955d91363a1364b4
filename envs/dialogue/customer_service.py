"""Customer service: find out by questions what is wrong with a customer's device or account, and suggest the remedy.

The customer is no expert and says one sentence, which fits several causes. Each text of the agent asks for something to
be looked at, or suggests something to be done; the customer says what is seen, or does it and says what became of it.
What is said follows from the causal graph of the device (`scoutgym.envs.dialogue.faults.graph`), so the belief is
exact: the causes that fit all that was said. The dialogue is won when what cures the fault has been done, all of it and
in its order where it takes more than one step. The agent speaks for the company that made the thing: sending the
customer elsewhere helps nobody. After ``patience`` useless suggestions the customer gives up.

PAPRIKA (arXiv 2502.17543) has this task with a language model as the customer, and without an end of patience: that is
the preset ``patient``. The faults are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from pydantic import Field as Parameter

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Privileged, Reply
from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState
from scoutgym.envs.dialogue.faults.graph import DEVICES, Device, Fault, common, device
from scoutgym.envs.dialogue.faults.reading import reader
from scoutgym.envs.dialogue.persona import instructions, persona_of
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import SPLITS, dealt, split_of
from scoutgym.types import Task

SOLVED = "That was it, now everything is as it should be. Thank you, goodbye!"
STEP = "I have done that. Something is different now, but it is not solved yet."
BRIEFLY = "I have done that, and it helped for a little while. Then it was just as before."
USELESS = "I have done that, but it is just as before."
ELSEWHERE = "But you are the company that made it! I hoped that you would help me yourself."
GIVES_UP = "That is enough: nothing that you tell me helps. I give up. Goodbye."
DEAR = ("exchange", "new_disk", "new_battery", "new_element", "new_latch")
REFUSED = "I will not wait for a new part before we know what is wrong. So we are as far as before."


class ServiceParams(DialogueParams):
    """How patient the customer is."""

    patience: int = Parameter(
        3, ge=0, le=1000, description="after how many suggestions that do not help the customer gives up; 0: never"
    )


@dataclass
class ServiceState(DialogueState):
    """A dialogue; the secret is device, fault and wording of the complaint, as in ``router/hung/1``."""


class CustomerService(Dialogue[ServiceState]):
    """See the module's docstring. A meaning is a list of one or two (kind, name): what to look at, what to do."""

    spec = Spec(
        id="scoutgym/CustomerService-v0",
        family="dialogue",
        group="customer service",
        about="Find out by questions what is wrong with a customer's device, and suggest the remedy.",
        presets={"patient": {"patience": 0}},
        rewards=REWARDS,
        figures=FIGURES,
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="PAPRIKA, arXiv 2502.17543; data of our own",
    )
    Params, State = ServiceParams, ServiceState
    about = "one question about what the customer can see, hear or tell, or one thing that the customer should do"
    samples = (
        "Do you see an error message?",
        "Is the light red or green?",
        "Have you tried turning it off and on again?",
        "Please install the latest update.",
        "Since when has it been like that?",
        "We will send you a new one.",
    )

    @cached_property
    def faults(self) -> list[str]:
        """Every fault as ``device/fault``."""
        return [f"{name}/{fault}" for name in DEVICES for fault in device(name).faults]

    def keys(self) -> Sequence[str]:
        return [f"{fault}/{wording}" for fault in self.faults for wording in range(len(_complaints(fault)))]

    def _sizes(self) -> dict[str, int]:
        of = [split_of(self, fault) for fault in self.faults for _ in _complaints(fault)]
        return {split: of.count(split) for split in SPLITS}

    def start(self, task: Task, chance: Chance) -> ServiceState:
        fault = dealt(self, task, lambda: self.faults)
        return ServiceState(f"{fault}/{chance.below(len(_complaints(fault)))}")

    def hidden_key(self, state: ServiceState) -> str:
        return state.secret.rpartition("/")[0]

    def secrets(self) -> float:
        return len(self.faults)

    def opening(self, secret: str) -> str:
        fault, _, wording = secret.rpartition("/")
        thing = device(fault.partition("/")[0])
        patience = self.params.patience
        end = f" After {patience} suggestions that do not help, the customer gives up." if patience else ""
        return (
            f"You work in the customer service of the company behind a customer's {thing.title}. The customer knows "
            "nothing of technology. Find out by questions what is wrong, and say what to do about it; your company "
            "can also do things itself. Sending the customer to somebody else does not help. You have "
            f"{self.max_turns} messages.{end}\n\nCustomer: {_complaints(fault)[int(wording)]}"
        )

    def questions(self, opening: str) -> Sequence[str]:
        thing = self._device(opening)
        return [*(test.ask for test in thing.tests.values()), *(one.say for one in thing.remedies.values())]

    def guess(self, secret: str) -> str:
        thing, fault = _of(secret)
        return " ".join(thing.remedies[step].say for step in fault.fix)

    def read(self, text: str, opening: str) -> list[list[str]] | None:
        return reader(self._device(opening).name).read(text)

    def reply(self, secret: str, meaning: Any) -> str:
        if self.won(secret, meaning):
            return SOLVED
        return " ".join([self._said(secret, kind, name) for kind, name in meaning])

    def _said(self, secret: str, kind: str, name: str) -> str:
        """The answer to one thing that does not solve it."""
        thing, fault = _of(secret)
        if kind == "ask":
            return thing.says(secret.split("/")[1], name)
        if kind == "small":
            complaint = thing.complaints[fault.complaint][int(secret.rpartition("/")[2])]
            text: str = common()["small"][name][1]
            return text.replace("{complaint}", complaint)
        if kind == "elsewhere":
            return ELSEWHERE
        if name == fault.fix[0]:
            return STEP
        if name in fault.briefly:
            return BRIEFLY
        return REFUSED if name in DEAR else USELESS

    def won(self, secret: str, meaning: Any) -> bool | None:
        """True where the meaning holds the whole cure."""
        return _cured(_of(secret)[1], [meaning]) or None

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        if answer == SOLVED and len(fix := _of(secret)[1].fix) > 1:
            return ["do", fix[-1]] in meaning
        return answer.removesuffix(f" {GIVES_UP}") == self.reply(secret, meaning)

    def answer(self, state: ServiceState, meaning: Any, chance: Chance) -> Reply:
        if _cured(_of(state.secret)[1], [*(one.meaning for one in state.said), meaning]):
            return Reply(SOLVED, done=True, success=True)
        return self._patient(state, meaning, self.reply(state.secret, meaning))

    def asked(self, state: ServiceState, text: str, chance: Chance) -> Reply:
        meaning = self.read(text, self.opening(state.secret))
        if meaning and _cured(_of(state.secret)[1], [*(one.meaning for one in state.said), meaning]):
            return Reply(SOLVED, done=True, success=True)
        return self._patient(state, meaning or [], super().asked(state, text, chance).text)

    def _patient(self, state: ServiceState, meaning: Any, said: str) -> Reply:
        """The answer, unless this was one useless suggestion too many."""
        fix = _of(state.secret)[1].fix
        tried = sum(
            any(kind == "do" and name not in fix for kind, name in one)
            for one in (*(one.meaning or [] for one in state.said), meaning)
        )
        if meaning and self.params.patience and tried >= self.params.patience:
            return Reply(f"{said} {GIVES_UP}", done=True, success=False)
        return Reply(said)

    def choices(self, state: ServiceState, text: str) -> Sequence[str] | None:
        """To what the rules read, every answer that there can be; whether it is cured is not the model's to say."""
        meaning = self.read(text, self.opening(state.secret))
        if meaning is None:
            return None
        tests = _of(state.secret)[0].tests
        sides = []
        for kind, name in meaning:
            if kind == "ask":
                sides.append(list(tests[name].says.values()))
            elif kind == "do":
                sides.append([STEP, BRIEFLY, REFUSED if name in DEAR else USELESS])
            else:
                sides.append([self._said(state.secret, kind, name)])
        return [" ".join(one) for one in product(*sides)]

    def unclear(self, state: ServiceState) -> str:
        return (
            "I am sorry, I do not know what you mean. You can ask me one thing about what I see, hear or have, or tell "
            "me one thing to do."
        )

    def out_of_turns(self, state: ServiceState) -> str:
        return f"I have no more time. Later I heard what it was: {_of(state.secret)[1].cause}."

    def privileged(self, state: ServiceState) -> Privileged:
        return Privileged(self.guess(state.secret), extra={"fault": state.secret, "cause": _of(state.secret)[1].cause})

    def solver(self, state: ServiceState) -> list[str]:
        thing, fault = _of(state.secret)
        return [thing.remedies[step].say for step in fault.fix]

    def facts(self, secret: str) -> str:
        thing, fault = _of(secret)
        seen = " ".join(thing.says(secret.split("/")[1], test) for test in thing.tests)
        steps = " Then: ".join(thing.remedies[step].say for step in fault.fix)
        brief = "".join(f" For a little while this helps: {thing.remedies[one].say}" for one in fault.briefly)
        return instructions(
            persona_of(secret),
            f"You know nothing of technology and talk to the support of the company behind your {thing.title}. You "
            f"said: {thing.complaints[fault.complaint][int(secret.rpartition('/')[2])]}",
            "to have it work again, without being sent to somebody else",
            (f"The cause, which you could not name: {fault.cause}.", f"The only cure: {steps}{brief}"),
            (
                f"What you can see if you are asked: {seen} Answer only what was asked.",
                "Anything else that you are told to do, you do, and nothing changes.",
            ),
        )

    def _device(self, opening: str) -> Device:
        """The device that an opening is about."""
        possible = self.possible(opening)
        if not possible:
            raise ValueError(f"no task begins with {opening[:80]!r}")
        return device(possible[0].partition("/")[0])


def _of(secret: str) -> tuple[Device, Fault]:
    name, fault, _ = secret.split("/")
    return device(name), device(name).faults[fault]


def _complaints(fault: str) -> Sequence[str]:
    """The wordings of a fault's complaint."""
    name, _, key = fault.partition("/")
    return device(name).complaints[device(name).faults[key].complaint]


def _cured(fault: Fault, meanings: Sequence[Any]) -> bool:
    """Whether the steps of the cure were all suggested, in their order."""
    steps = list(fault.fix)
    for meaning in meanings:
        for kind, name in meaning or ():
            if kind == "do" and steps and name == steps[0]:
                steps.pop(0)
    return not steps


register(CustomerService)
