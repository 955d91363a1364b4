"""Whether a model's conversations can live in slots: tried, not listed."""

from __future__ import annotations

import logging
from weakref import WeakKeyDictionary

import torch
from transformers import PreTrainedModel

from scoutgym.llm.slots import Slots

log = logging.getLogger(__name__)

_TRIED: WeakKeyDictionary[PreTrainedModel, dict[tuple[str, torch.dtype], bool]] = WeakKeyDictionary()


@torch.inference_mode()
def fits(model: PreTrainedModel) -> bool:
    """Whether the model's conversations can live in slots: tried once, on short ones, against plain forward passes."""
    config = model.config.get_text_config(decoder=True)
    key = (config._attn_implementation, model.dtype)
    tried = _TRIED.setdefault(model, {})
    if key not in tried:
        reason = ""
        try:
            error = _difference(model)
            if not error < (1e-3 if model.dtype == torch.float32 else 0.1):
                reason = f"its logits are off by {error:.1e}"
        except Exception as problem:  # whatever a model that was never thought of may raise
            reason = f"{type(problem).__name__}: {problem}"
        if reason:
            name = type(model).__name__
            log.warning("%s keeps no keys and values in slots (%s): conversations are read anew", name, reason[:200])
        tried[key] = not reason
    return tried[key]


def _difference(model: PreTrainedModel) -> float:
    """The relative error of logits from slots."""
    size = model.config.get_text_config(decoder=True).vocab_size
    ids: list[list[int]] = [[] for _ in range(3)]
    slots = Slots(model, ids)
    worst = 0.0
    for lengths in ((6, 1, 3), (1, 5, 2), (1, 1, 1)):
        for slot, length in enumerate(lengths):
            ids[slot] += [(5 * len(ids[slot]) + 7 * slot + 3 * place + 1) % size for place in range(length)]
        for got, line in zip(slots.after(range(3)), ids, strict=True):
            exact = model(input_ids=torch.tensor([line], device=model.device), use_cache=False).logits[0, -1].double()
            worst = max(worst, float((got.double() - exact).norm() / exact.norm()))
    return worst
