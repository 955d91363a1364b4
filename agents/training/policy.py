"""A policy: a causal language model and the way its conversations are written; made, loaded, adapted and saved."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM
from transformers.modeling_layers import GradientCheckpointingLayer

from scoutgym.agents.training.config import ModelConfig
from scoutgym.envs.tasks import nearest
from scoutgym.llm.render import Renderer, WordChat, renderer_of
from scoutgym.llm.tiny import parameters, tiny_llama
from scoutgym.llm.words import Words

ADAPTER = "adapter"
"""Where a checkpoint keeps the adapter alone; its other weights have the adapter in them."""


BUILTIN = "builtin:"
"""What the names of the starts that come with scoutgym begin with."""

CURVE = "curve.jsonl"
"""The log of the warm start that made a start which comes with scoutgym."""


@dataclass
class Policy:
    """What acts and learns. ``model`` is a causal model of `transformers`, or one that `peft` has put an adapter on."""

    model: Any
    renderer: Renderer

    def save(self, folder: Path) -> None:
        """Write a directory that ``AutoModelForCausalLM.from_pretrained`` reads."""
        model = self.model
        if hasattr(model, "peft_config"):
            model.save_pretrained(folder / ADAPTER)
            model = copy.deepcopy(model).merge_and_unload()
        model.save_pretrained(folder)
        chat = self.renderer
        tokenizer = chat.words.tokenizer if isinstance(chat, WordChat) else getattr(chat, "tokenizer")  # noqa: B009
        tokenizer.save_pretrained(folder)

    def shape(self) -> dict[str, Any]:
        """Size of the model, for the summary."""
        config = self.model.config
        names = {"width": "hidden_size", "layers": "num_hidden_layers", "heads": "num_attention_heads"}
        sizes = {name: getattr(config, field, None) for name, field in names.items()}
        return {"parameters": parameters(self.model), "vocabulary": config.vocab_size, **sizes}

    def unknown(self) -> str:
        """The characters that came and had no token; empty where every character has one."""
        if not isinstance(self.renderer, WordChat):
            return ""
        return ", ".join(f"{character!r} {count}" for character, count in self.renderer.words.unknown.most_common(5))


def model_path(name: str) -> Path:
    """The directory of a model: a path, or ``builtin:NAME`` for one that comes with scoutgym.

    Raises:
        ValueError: no such start comes with scoutgym, or the directory holds no model.
    """
    if not name.startswith(BUILTIN):
        return _checked(Path(name))
    start = name.removeprefix(BUILTIN)
    found = {path.name: path for path in (Path(str(files("scoutgym"))) / "starts").glob("*") if path.is_dir()}
    if start not in found:
        known = f"there are {', '.join(sorted(found))}" if found else "there are none"
        raise ValueError(f"no start {start!r} comes with scoutgym{nearest(start, found)}; {known}")
    return found[start]


def curve(folder: Path) -> list[dict[str, Any]]:
    """How a start was warmed up, where its folder says so: lines of a log."""
    path = folder / CURVE
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def new_policy(words: Words, config: ModelConfig, seed: int) -> Policy:
    """A model from scratch, of this vocabulary."""
    model = tiny_llama(words, config.width, config.layers, config.heads, config.context, seed)
    for weight in model.parameters():  # and nothing else: positions stay exact, as in a model that was loaded
        weight.data = weight.data.to(getattr(torch, config.dtype))
    return Policy(_placed(model, config), WordChat(words))


def load_policy(folder: Path, config: ModelConfig, trained: Path | None = None) -> Policy:
    """The policy of a directory.

    Args:
        folder: a Hugging Face directory: a checkpoint of a run, or any causal model.
        config: its ``dtype``, ``device``, ``lora`` and ``checkpointing`` are heeded.
        trained: where ``config.lora`` is set, a checkpoint whose adapter is taken instead of a new one.

    Raises:
        ValueError: the folder holds no model.
    """
    model = AutoModelForCausalLM.from_pretrained(_checked(folder), dtype=getattr(torch, config.dtype))
    for weight in model.parameters():
        # Copied out of the mapped file: products of matrices at other alignments differ in the last bit, and a run that
        # goes on would not be the run that was stopped.
        weight.data = weight.data.clone()
    model.eval()
    return Policy(_placed(model, config, trained), renderer_of(folder))


def _checked(folder: Path) -> Path:
    if not (folder / "config.json").is_file():
        raise ValueError(f"{folder} holds no model: it has no config.json")
    return folder


def device_of(config: ModelConfig) -> torch.device:
    """``auto`` is the first GPU, if there is one."""
    if config.device != "auto":
        return torch.device(config.device)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _placed(model: nn.Module, config: ModelConfig, trained: Path | None = None) -> nn.Module:
    if config.lora is not None:
        from peft import LoraConfig, PeftModel, get_peft_model

        with warnings.catch_warnings():  # peft asks transformers by an old name
            warnings.filterwarnings("ignore", ".*is_gradient_checkpointing", FutureWarning)
            if trained is not None:
                model = PeftModel.from_pretrained(model, trained / ADAPTER, is_trainable=True)
            else:
                shape = LoraConfig(r=config.lora.rank, lora_alpha=config.lora.alpha, target_modules="all-linear")
                model = get_peft_model(model, shape)
        model.eval()
    if config.checkpointing:
        for layer in model.modules():
            if isinstance(layer, GradientCheckpointingLayer):
                layer.forward = partial(
                    _recomputed, layer.forward
                )  # a partial, so that copies of the model have their own
    return model.to(device_of(config))


def _recomputed(forward: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A layer that keeps nothing for the backward pass but its input.

    The library's own switch works in training mode alone, in which layers also drop out; a policy is never in it.
    """
    if not torch.is_grad_enabled():
        return forward(*args, **kwargs)
    return checkpoint(forward, *args, use_reentrant=False, preserve_rng_state=False, **kwargs)
