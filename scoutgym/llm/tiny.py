"""A Llama-type model from scratch, small enough for two CPU cores, in the format that every Hugging Face tool reads.

Weights are drawn with a standard deviation of 1/sqrt(fan-in), and those that write to the residual stream with a
further 1/sqrt(2 layers) (Radford et al. 2019). The library's default, 0.02 everywhere, is made for wide models: at
width 96 a short warm start does not get off the ground with it.
"""

from __future__ import annotations

import math

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from scoutgym.llm.words import Words


def tiny_llama(words: Words, width: int, layers: int, heads: int, context: int, seed: int) -> PreTrainedModel:
    """A new model of this vocabulary.

    Args:
        words: the vocabulary.
        width: of the residual stream; the feed-forward part is 8/3 as wide.
        layers: how many.
        heads: of attention; they divide ``width`` into even parts.
        context: the longest conversation, in tokens.
        seed: of the weights.

    Raises:
        ValueError: the heads do not divide the width into even parts.
    """
    if width % (2 * heads):
        raise ValueError(f"model.width={width} is no multiple of 2 x model.heads={heads}: rotary positions need pairs")
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=width,
        intermediate_size=8 * round(width / 3),
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=context,
        tie_word_embeddings=False,
        pad_token_id=words.pad,
        bos_token_id=words.bos,
        eos_token_id=words.end,
    )
    with torch.random.fork_rng(devices=[]):  # the library's own start is drawn, and thrown away
        model = LlamaForCausalLM(config)
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() < 2:
                continue  # the norms' gains stay 1
            scale = 1.0 if "embed_tokens" in name else 1.0 / math.sqrt(weight.shape[1])
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                scale /= math.sqrt(2 * layers)
            weight.normal_(0.0, scale, generator=draw)
    model.eval()
    return model


def parameters(model: torch.nn.Module) -> int:
    """How many numbers are learned."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
