"""The configuration of a run: one YAML file, checked whole before anything starts.

Every key has a default but ``envs``; ``runs/<name>/config.yaml`` holds all of them as they were. On the command line
``a.b=c`` replaces one value, read as YAML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scoutgym.envs.tasks import nearest

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """A section: unknown keys are errors, and so are infinities."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ModelConfig(Part):
    """A Llama-type model from scratch; see `scoutgym.llm.tiny`."""

    width: Count = 96
    layers: Count = 3
    heads: Count = 4
    context: Count = Field(default=512, description="tokens of the longest conversation")


class EnvConfig(Part):
    """One group of tasks."""

    id: str
    params: dict[str, Any] = {}


class DemonstrationConfig(Part):
    """What the warm start learns from: a mix of players, the same for every group.

    The weaker the mix, the more is left for reinforcement learning.
    """

    episodes: Count = Field(default=6000, description="in all, over all groups")
    random: Share = 0.2
    noisy: Share = 0.5
    expert: Share = 0.3
    noise: Share = Field(default=0.5, description="how often the noisy expert acts at random")


class SFTConfig(Part):
    """The supervised warm start."""

    steps: Count = 1500
    tokens: Count = Field(default=2048, description="positions of a batch")
    lr: Positive = 2e-3
    warmup: Count = Field(
        default=50, description="steps until the learning rate is whole; it falls to a tenth afterwards"
    )
    dev: Share = Field(default=0.05, description="the part of the demonstrations that is held out for the dev loss")


class RolloutConfig(Part):
    """How experience is collected."""

    iterations: Annotated[int, Field(ge=0)] = 40
    groups: Count = Field(default=32, description="tasks an iteration")
    size: Annotated[int, Field(ge=2)] = Field(default=8, description="episodes of one task")
    slots: Count = Field(default=128, description="episodes in play at once")
    max_tokens: Count = Field(default=12, description="tokens of one action")
    temperature: Positive = 1.0


class CreditConfig(Part):
    """See `scoutgym.agents.training.credit`."""

    name: Literal["grpo", "rebn"] = "grpo"
    gamma: Annotated[float, Field(gt=0, le=1)] = 1.0


class ObjectiveConfig(Part):
    """See `scoutgym.agents.training.objective`."""

    clip_low: Positive = 0.2
    clip_high: Positive = 0.28


class OptimConfig(Part):
    """AdamW, for reinforcement learning."""

    lr: Positive = 5e-4
    minibatches: Count = Field(default=4, description="optimizer steps an iteration; each episode is in one of them")
    tokens: Count = Field(default=8192, description="positions of a micro-batch: memory and speed, not the result")
    max_norm: Positive = 1.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.0


class CurriculumConfig(Part):
    """See `scoutgym.curricula`."""

    name: str = "sec"
    options: dict[str, Any] = {}


class EvalConfig(Part):
    """Before and after: the same held-out tasks and the same luck, for every player and decoding."""

    episodes: Count = Field(default=150, description="test tasks of each group")
    dev_episodes: Count = Field(
        default=50, description="dev tasks of each group, on which the best temperature is chosen"
    )
    temperatures: Annotated[list[Positive], Field(min_length=1)] = [0.25, 0.5, 0.75, 1.0]


class LogConfig(Part):
    """What a run leaves."""

    folder: str = "runs"
    episodes: Annotated[int, Field(ge=0)] = Field(default=16, description="episodes kept of each iteration")
    keep: Annotated[int, Field(ge=0)] = Field(default=50, description="episodes kept of each group and evaluation")
    checkpoint: Count = Field(default=10, description="iterations between checkpoints")


class TrainConfig(Part):
    """A run. Equal configurations give equal bits on one machine."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    seed: int = 0
    threads: Count = 2
    model: ModelConfig = ModelConfig()
    envs: Annotated[dict[str, EnvConfig], Field(min_length=1)]
    demonstrations: DemonstrationConfig = DemonstrationConfig()
    sft: SFTConfig = SFTConfig()
    rollout: RolloutConfig = RolloutConfig()
    credit: CreditConfig = CreditConfig()
    objective: ObjectiveConfig = ObjectiveConfig()
    optim: OptimConfig = OptimConfig()
    curriculum: CurriculumConfig = CurriculumConfig()
    eval: EvalConfig = EvalConfig()
    log: LogConfig = LogConfig()

    @field_validator("envs", mode="before")
    @classmethod
    def _an_id_is_enough(cls, envs: Any) -> Any:
        if not isinstance(envs, Mapping):
            return envs
        return {name: {"id": env} if isinstance(env, str) else env for name, env in envs.items()}


def load_config(path: Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """Read a configuration; ``name`` is the file's where it has none.

    Args:
        path: a YAML file.
        overrides: ``a.b=c`` each.

    Raises:
        ValueError: in one line: no such file, no YAML, an unknown key (with the nearest right one) or a wrong value.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"cannot read the configuration {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise ValueError(f"{path} holds no keys: a configuration needs at least `envs:`")
    data = {"name": path.stem, **data}
    for override in overrides:
        _override(data, override)
    return parse_config(data)


def parse_config(data: Mapping[str, Any]) -> TrainConfig:
    """Check a configuration.

    Raises:
        ValueError: in one line, as `load_config`.
    """
    try:
        config = TrainConfig.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            known = _keys(TrainConfig, place[:-1])
            raise ValueError(
                f"unknown key {'.'.join(place)!r}{nearest(place[-1], known)}; there are {', '.join(known)}"
            ) from None
        if first["type"] == "missing":
            raise ValueError(f"the configuration needs the key {'.'.join(place)!r}") from None
        raise ValueError(f"{'.'.join(place)}={first['input']!r} is wrong: {first['msg']}") from None
    if config.model.width % (2 * config.model.heads):
        width, heads = config.model.width, config.model.heads
        raise ValueError(f"model.width={width} must be a multiple of 2 x model.heads={heads}")
    mix = config.demonstrations
    if mix.random + mix.noisy + mix.expert <= 0:
        raise ValueError("demonstrations: at least one of random, noisy and expert must be above 0")
    return config


def dump_config(config: TrainConfig) -> str:
    """The whole configuration as YAML; `parse_config` reads it back."""
    text: str = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return text


def _override(data: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    path = key.split(".")
    if not equals or not all(path):
        raise ValueError(f"{override!r} is no override: write key=value, for example optim.lr=0.001")
    place = data
    for number, part in enumerate(path[:-1]):
        inner = place.get(part)
        if inner is None:
            inner = place[part] = {}
        elif isinstance(inner, str) and path[0] == "envs" and number == 1:
            inner = place[part] = {"id": inner}
        if not isinstance(inner, dict):
            raise ValueError(f"{override!r}: {'.'.join(path[: number + 1])} is a value and has no keys")
        place = inner
    try:
        place[path[-1]] = yaml.safe_load(value)
    except yaml.YAMLError:
        raise ValueError(f"{override!r}: {value!r} is not YAML") from None


def _keys(section: type[BaseModel], place: Sequence[str]) -> list[str]:
    """The keys that a section of the configuration has."""
    for part in place:
        field = section.model_fields.get(part)
        if field is None:
            return list(EnvConfig.model_fields)  # below envs stand names, not keys
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            section = kind
    return list(section.model_fields)
