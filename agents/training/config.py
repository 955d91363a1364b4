"""The configuration of a run: one YAML file, checked whole before anything starts.

Every key has a default but ``envs``; ``runs/<name>/config.yaml`` holds all of them as they were. On the command line
``a.b=c`` replaces one value, read as YAML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from scoutgym.agents.training.credit.core import check_rule
from scoutgym.agents.training.recipes import recipe
from scoutgym.envs.tasks import nearest
from scoutgym.llm.chat.named import ChatConfig

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class Part(BaseModel):
    """A section: unknown keys are errors, and so are infinities."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class LoraConfig(Part):
    """A low-rank adapter on every linear layer (Hu et al. 2021, arXiv 2106.09685), through `peft`."""

    rank: Count = 16
    alpha: Count = 32


class ModelConfig(Part):
    """A model from a directory, or a Llama-type model from scratch; see `scoutgym.llm.tiny`."""

    path: str | None = Field(
        default=None, description="a Hugging Face directory, or `builtin:NAME` for a start that comes with scoutgym"
    )
    width: Count = 96
    layers: Count = 3
    heads: Count = 4
    context: Count = Field(default=512, description="tokens of the longest conversation")
    least: Count = Field(default=2, description="from scratch: words that come less often are spelled by letters")
    dtype: Literal["float32", "bfloat16"] = Field(default="float32", description="of the weights")
    device: str = Field(default="auto", description="cpu, cuda, …; auto is a GPU where there is one")
    lora: LoraConfig | None = None
    checkpointing: bool = Field(default=False, description="recompute activations: less memory, a third more time")


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
    oversharing: Share = Field(default=0.0, description="in privacy worlds: who gives away all that there is")
    successes: bool = Field(
        default=False, description="keep only episodes that succeeded, and play until there are enough"
    )
    mask: Literal["none", "invalid", "random"] = Field(
        default="none",
        description="turns shown and not imitated: those refused, or those that the noisy expert drew at random",
    )


class SFTConfig(Part):
    """The supervised warm start; see `scoutgym.agents.training.warm_start`."""

    steps: Annotated[int, Field(ge=0)] = Field(default=1500, description="at most; 0: no warm start")
    tokens: Count = Field(default=2048, description="positions of a batch")
    lr: Positive = 2e-3
    warmup: Count = Field(default=50, description="steps until the learning rate is whole")
    fall: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.4, description="the last part of the steps, in which the learning rate falls to a tenth"
    )
    check: Count = Field(default=250, description="steps between examinations on dev tasks")
    patience: Count = Field(default=3, description="examinations without a better success until the rate falls")
    tasks: Count = Field(default=30, description="dev tasks of each group in an examination")
    dev: Share = Field(default=0.05, description="the part of the demonstrations that is held out for the dev loss")
    constrained: bool = Field(
        default=False, description="learn to choose among the allowed actions, and not how to write them"
    )


class RolloutConfig(Part):
    """How experience is collected."""

    iterations: Annotated[int, Field(ge=0)] = 40
    groups: Count = Field(default=32, description="tasks an iteration")
    size: Annotated[int, Field(ge=2)] = Field(default=8, description="episodes of one task")
    slots: Count = Field(default=128, description="episodes in play at once")
    max_tokens: Count = Field(default=12, description="tokens of one answer")
    temperature: Positive = 1.0
    constrained: bool = Field(default=False, description="sample only what can still become an allowed action")
    context: str = Field(default="error", description="error, window or summary: when a conversation outgrows its room")
    plan: dict[str, Any] = Field(default={"name": "group"}, description="see `scoutgym.agents.plans`")
    opponent: Literal["world", "self"] = Field(
        default="world", description="who plays the other roles of a world that has several; in training alone"
    )
    signal: Literal["keep", "drop", "refill", "demonstrate"] = Field(
        default="keep", description="what becomes of a group of equal returns; see `scoutgym.agents.training.signal`"
    )


class OverlongConfig(Part):
    """See `scoutgym.agents.training.objective.overlong`."""

    longest: Count = Field(default=20480, description="sampled tokens of an episode, from which the price is 1")
    margin: Count = Field(default=4096, description="tokens before it, in which the price rises")


class CreditConfig(Part):
    """See `scoutgym.agents.training.credit`."""

    name: Annotated[str, AfterValidator(check_rule)] = "grpo"
    gamma: Annotated[float, Field(gt=0, le=1)] = Field(default=1.0, description="discount of turns")
    options: dict[str, Any] = Field(default={}, description="the rule's own hyper-parameters")
    overlong: OverlongConfig | None = Field(default=None, description="DAPO's price of length; null: none")


class ObjectiveConfig(Part):
    """See `scoutgym.agents.training.objective`; ``options`` are the objective's fields."""

    name: str = "policy"
    options: dict[str, Any] = {}
    imitate: Literal["successes", "weighted"] = Field(
        default="successes", description="what `imitation` learns from: what succeeded, or all by exp(return / beta)"
    )
    beta: Positive = Field(default=0.5, description="temperature of the returns of `weighted`")
    mask_overlong: bool = Field(default=False, description="learn nothing from an episode with an answer cut off")
    mask_over_turn: bool = Field(default=False, description="learn nothing from an episode that ran out of turns")


class JudgeConfig(Part):
    """Who pays the policy in place of the world; see `scoutgym.agents.training.scoring`."""

    name: str = Field(default="success", description="see `scoutgym.wrappers.judges.make`")
    model: ChatConfig | None = Field(
        default=None, description="who is asked: openai:NAME, local:DIRECTORY, scripted:MODULE:FUNCTION, or a section"
    )
    options: dict[str, Any] = Field(default={}, description="the judge's own options")
    guard: dict[str, Any] | list[dict[str, Any]] = Field(
        default={"name": "none"}, description="see `scoutgym.wrappers.judges.guards`; of a list, one after the other"
    )
    weight: Positive = Field(default=1.0, description="of the guarded verdict")
    world: Annotated[float, Field(ge=0)] = Field(default=0.0, description="weight of the world's own rewards")
    deadline: Positive = Field(
        default=1200.0, description="seconds without any verdict until those that are waited for are given up"
    )

    @field_validator("model", mode="before")
    @classmethod
    def _a_name_is_enough(cls, model: Any) -> Any:
        return {"model": model} if isinstance(model, str) else model


class OptimConfig(Part):
    """AdamW, for reinforcement learning."""

    lr: Positive = 5e-4
    warmup: Count = Field(default=1, description="steps until the learning rate is whole")
    decay: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0, description="the part of itself to which the learning rate falls in a straight line until the end"
    )
    epochs: Count = Field(default=1, description="passes over the episodes of an iteration")
    minibatches: Count = Field(default=4, description="optimizer steps of a pass; each episode is in one of them")
    tokens: Count = Field(default=8192, description="positions of a micro-batch: memory and speed, not the result")
    max_norm: Positive = 1.0
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="of products, in training; with bfloat16 the objective `policy` needs its option `tis`",
    )
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
    temperatures: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1)] = Field(
        default=[0.0, 0.25, 0.5, 0.75, 1.0], description="of which the best on dev is taken; 0 is greedy"
    )


class LogConfig(Part):
    """What a run leaves."""

    folder: str = "runs"
    episodes: Annotated[int, Field(ge=0)] = Field(default=16, description="episodes kept of each iteration")
    keep: Annotated[int, Field(ge=0)] = Field(default=50, description="episodes kept of each group and evaluation")
    checkpoint: Count = Field(default=10, description="iterations between checkpoints")
    wandb: str | None = Field(default=None, description="a project of Weights & Biases that gets the same scalars")


class TrainConfig(Part):
    """A run. Equal configurations give equal bits on one machine."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    seed: int = 0
    threads: Count = 2
    recipe: str | None = Field(default=None, description="a named composition; keys that are given win over its own")
    model: ModelConfig = ModelConfig()
    format: dict[str, Any] = Field(default={"name": "bare"}, description="see `scoutgym.agents.formats`")
    envs: Annotated[dict[str, EnvConfig], Field(min_length=1)]
    demonstrations: DemonstrationConfig = DemonstrationConfig()
    sft: SFTConfig = SFTConfig()
    rollout: RolloutConfig = RolloutConfig()
    judge: JudgeConfig | None = Field(default=None, description="null: the world alone pays")
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
    """Check a configuration; what it does not say, its recipe says, and then the defaults.

    Raises:
        ValueError: in one line, as `load_config`.
    """
    if data.get("recipe") is not None:
        data = _merged(recipe(str(data["recipe"])), data)
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
    if config.model.lora is not None and config.model.path is None:
        raise ValueError("model.lora adapts a model that there is: give model.path, or leave model.lora out")
    if config.rollout.opponent == "self" and config.rollout.signal == "demonstrate":
        raise ValueError(
            "rollout.signal=demonstrate shows how an expert plays against the world's own opponent, which "
            "rollout.opponent=self does not have: choose keep, drop or refill"
        )
    if config.judge is not None and config.rollout.signal == "demonstrate":
        raise ValueError(
            "rollout.signal=demonstrate puts an expert, paid by the world, among members that a judge pays: choose "
            "keep, drop or refill"
        )
    mix = config.demonstrations
    if mix.random + mix.noisy + mix.expert + mix.oversharing <= 0:
        raise ValueError("demonstrations: at least one of random, noisy, expert and oversharing must be above 0")
    return config


def dump_config(config: TrainConfig) -> str:
    """The whole configuration as YAML; `parse_config` reads it back."""
    text: str = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return text


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the keys of ``over``, section by section. Parts of another name take nothing of each other."""
    if "name" in base and over.get("name", base["name"]) != base["name"]:
        return dict(over)
    merged = {**base, **over}
    for key in base.keys() & over.keys():
        if isinstance(base[key], Mapping) and isinstance(over[key], Mapping):
            merged[key] = _merged(base[key], over[key])
    return merged


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
