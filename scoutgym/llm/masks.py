"""Which token sees which, for every kind of layer with keys and values: all before it, a window, or its chunk.

The kinds are the library's ``layer_types``; where a configuration names none, a window or a chunk size holds for all
layers (as in the library's `create_masks_for_generate`, which hands masks to a model in the same form).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

Mask = Callable[[Tensor, Tensor], Tensor]
"""Whether a token at one position sees another: (own positions, the other's positions) -> bool, with broadcasting."""


def masks(config: Any) -> dict[str, Mask] | Mask:
    """The masks that a model of this configuration wants, causality aside.

    Raises:
        ValueError: it has layers of another kind.
    """

    def full(own: Tensor, other: Tensor) -> Tensor:
        return other <= own

    def sliding(own: Tensor, other: Tensor) -> Tensor:
        return (other <= own) & (other > own - int(config.sliding_window))

    def chunked(own: Tensor, other: Tensor) -> Tensor:
        size = int(config.attention_chunk_size)
        return (other <= own) & (other // size == own // size)

    kinds = {"full_attention": full, "sliding_attention": sliding, "chunked_attention": chunked}
    if getattr(config, "layer_types", None) is not None:
        wanted = sorted(set(config.layer_types) - {"moe", "mlp"})
        if set(wanted) - set(kinds):
            raise ValueError(f"layers of the kinds {wanted}")
        return {kind: kinds[kind] for kind in wanted}
    if getattr(config, "sliding_window", None) is not None:
        return sliding
    return chunked if getattr(config, "attention_chunk_size", None) is not None else full
