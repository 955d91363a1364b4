"""Judges and guards by name, as configurations name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any, TypeVar

from pydantic import ValidationError

from scoutgym.envs.tasks import nearest
from scoutgym.llm.chat.budget import Budget
from scoutgym.llm.chat.core import ChatError, ChatModel
from scoutgym.llm.chat.ledger import Counted, Ledger
from scoutgym.llm.chat.named import ChatConfig, made
from scoutgym.wrappers.judges.consistency import ConsistencyJudge
from scoutgym.wrappers.judges.core import EpisodeJudge, Judge
from scoutgym.wrappers.judges.guards import GUARDS, Chain, Guard
from scoutgym.wrappers.judges.hindsight import HindsightJudge
from scoutgym.wrappers.judges.panel import Cascade, Ensemble
from scoutgym.wrappers.judges.rethink import RethinkJudge
from scoutgym.wrappers.judges.rubric import RubricJudge
from scoutgym.wrappers.judges.success import SuccessJudge
from scoutgym.wrappers.judges.turns import TurnJudge
from scoutgym.wrappers.judges.win_rate import WinRateJudge

T = TypeVar("T")

ASKING: dict[str, Callable[..., Judge]] = {
    kind.name: kind for kind in (SuccessJudge, RubricJudge, RethinkJudge, TurnJudge, WinRateJudge, HindsightJudge)
}
"""Judges that ask a chat model."""
PANELS: dict[str, Callable[..., Judge]] = {kind.name: kind for kind in (Cascade, Ensemble)}
"""Judges made of judges, listed under ``judges``."""
JUDGES = (*ASKING, *PANELS, ConsistencyJudge.name)


class Models:
    """The chat models of one judge: one ledger tells what they took, and one budget pays for all that have a price.

    Args:
        record: of the judge, as in `make_judge`.
        share: of the budget that is named there, for one of several processes.

    Raises:
        ChatError: a model's keys are wrong.
        ValueError: its models name different budgets.
    """

    def __init__(self, record: Mapping[str, Any], share: float = 1.0) -> None:
        limits = {one.budget for one in map(_config, _models(record)) if one.budget is not None}
        if len(limits) > 1:
            named_so = ", ".join(f"{limit:g}" for limit in sorted(limits))
            raise ValueError(f"the models of one judge are paid from one budget, and these name {named_so}: name one")
        self.ledger = Ledger()
        self.budget = Budget(limits.pop() * share) if limits else None

    def __call__(self, model: ChatConfig | str | Mapping[str, Any]) -> Counted:
        """A chat model that has been found to be usable.

        Args:
            model: a name, or the keys of a `ChatConfig`.

        Raises:
            ChatError: there is none of this name, or it cannot be used.
        """
        config = _config(model)
        paid = config.budget is not None or config.model in config.prices
        found = made(config, self.ledger, self.budget if paid else None)
        found.ready()
        return found


def _models(record: Mapping[str, Any]) -> Iterator[Any]:
    """What stands under ``model`` in a record and in those of its members."""
    if record.get("model") is not None:
        yield record["model"]
    for member in record.get("judges") or ():
        if isinstance(member, Mapping):
            yield from _models(member)


def _config(model: ChatConfig | str | Mapping[str, Any]) -> ChatConfig:
    if isinstance(model, ChatConfig):
        return model
    keys = {"model": model} if isinstance(model, str) else dict(model)
    try:
        return ChatConfig(**keys)
    except ValidationError as problem:
        lines = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problem.errors())
        raise ChatError(f"a chat model cannot be set up so: {'; '.join(lines)}") from None


def make_judge(record: Mapping[str, Any], model: Callable[[Any], ChatModel] | None = None) -> Judge:
    """The judge of a record: its ``name``, its ``model`` where it asks one, its ``judges`` where it is a panel, and its
    own options.

    Args:
        record: as in ``{"name": "rubric", "model": "openai:NAME", "rubric": {"The answer is right.": 1}}``.
        model: makes a chat model of what stands under ``model``; by default the `Models` of the record.

    Raises:
        ChatError: a model cannot be used.
        ValueError: there is no such judge, an option is unknown or wrong, or a model is missing or not wanted.
    """
    model = model or Models(record)
    options = dict(record)
    name = str(options.pop("name", SuccessJudge.name))
    if name not in JUDGES:
        raise ValueError(f"unknown judge {name!r}{nearest(name, JUDGES)}; there are {', '.join(JUDGES)}")
    given, members = options.pop("model", None), options.pop("judges", None)
    if (given is not None) != (name in ASKING):
        need = "needs a model, as in model=openai:NAME" if name in ASKING else "asks no model of its own: leave it out"
        raise ValueError(f"the judge {name} {need}")
    if (members is not None) != (name in PANELS):
        need = "needs a list of judges" if name in PANELS else "is not made of judges: leave them out"
        raise ValueError(f"the judge {name} {need}")
    if name in ASKING:
        return _with(name, ASKING[name], options, model(given))
    if name not in PANELS:
        return _with(name, ConsistencyJudge, options)
    judges = [make_judge(member, model) for member in members or []]
    if name == Cascade.name and (other := next((one for one in judges if not isinstance(one, EpisodeJudge)), None)):
        raise ValueError(f"a cascade is made of judges that look at one episode at a time, and {other.name} does not")
    return _with(name, PANELS[name], options, judges)


def make_guard(record: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Guard:
    """The guard of a record: its ``name`` and its options. Of several, each gets the verdict that the one before it
    has made, and the last one pays.

    Raises:
        ValueError: there is no such guard, an option is unknown or wrong, or the list is empty.
    """
    if not isinstance(record, Mapping):
        return Chain([make_guard(one) for one in record])
    options = dict(record)
    name = str(options.pop("name", "none"))
    if name not in GUARDS:
        raise ValueError(f"unknown guard {name!r}{nearest(name, GUARDS)}; there are {', '.join(GUARDS)}")
    return _with(name, GUARDS[name], options)


def _with(name: str, kind: Callable[..., T], options: Mapping[str, Any], *first: Any) -> T:
    known = list(signature(kind).parameters)[len(first) :]
    for option in options:
        if option not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{name} has no option {option!r}{nearest(option, known)}; {has}")
    for option, parameter in list(signature(kind).parameters.items())[len(first) :]:
        if parameter.default is Parameter.empty and option not in options:
            raise ValueError(f"{name} needs the option {option!r}")
    try:
        return kind(*first, **options)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"an option of {name} is of the wrong kind: {error}") from None
