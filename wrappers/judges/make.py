"""Judges and guards by name, as configurations name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any, TypeVar

from scoutgym.envs.tasks import nearest
from scoutgym.llm.chat.core import ChatModel
from scoutgym.llm.chat.ledger import Counted
from scoutgym.llm.chat.named import ChatConfig, made, named
from scoutgym.wrappers.judges.consistency import ConsistencyJudge
from scoutgym.wrappers.judges.core import EpisodeJudge, Judge
from scoutgym.wrappers.judges.guards import GUARDS, Guard
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


def chat(model: ChatConfig | str | Mapping[str, Any]) -> Counted:
    """A chat model that has been found to be usable.

    Args:
        model: a name, or the keys of a `ChatConfig`.

    Raises:
        ChatError: there is none of this name, or it cannot be used.
    """
    if not isinstance(model, ChatConfig):
        keys = {"model": model} if isinstance(model, str) else dict(model)
        made_of = named(str(keys.pop("model", "")), **keys)
    else:
        made_of = made(model)
    made_of.ready()
    return made_of


def make_judge(record: Mapping[str, Any], model: Callable[[Any], ChatModel] = chat) -> Judge:
    """The judge of a record: its ``name``, its ``model`` where it asks one, its ``judges`` where it is a panel, and its
    own options.

    Args:
        record: as in ``{"name": "rubric", "model": "openai:NAME", "rubric": {"The answer is right.": 1}}``.
        model: makes a chat model of what stands under ``model``.

    Raises:
        ValueError: there is no such judge, an option is unknown or wrong, or a model is missing or not wanted.
    """
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


def make_guard(record: Mapping[str, Any]) -> Guard:
    """The guard of a record: its ``name`` and its options.

    Raises:
        ValueError: there is no such guard, or an option is unknown or wrong.
    """
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
