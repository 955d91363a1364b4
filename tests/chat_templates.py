"""Twelve families of chat templates as data, and small tokenizers for them.

The layouts are those that the families published (what stands between the messages, what is taken out of old ones,
what is refused), written anew and without what no test here needs: pictures, documents, several calls at once. The
tokenizers are byte-pair vocabularies trained here on a few sentences, with the family's special tokens and its way of
treating blanks.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

HERMES_TOOLS = """
{%- macro signatures() -%}
# Tools

You are provided with function signatures within <tools></tools> XML tags:
<tools>
{%- for tool in tools %}{{ "\n" + (tool | tojson) }}{% endfor %}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>
{%- endmacro -%}
"""

QWEN25 = (
    HERMES_TOOLS
    + """
{%- set own = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant." -%}
{{- "<|im_start|>system\n" + (messages[0].content if messages[0].role == "system" else own) -}}
{{- ("\n\n" + signatures() if tools else "") + "<|im_end|>\n" -}}
{%- for message in messages -%}
{%- if message.role == "tool" -%}
{{- "<|im_start|>user\n<tool_response>\n" + message.content + "\n</tool_response><|im_end|>\n" -}}
{%- elif not (loop.first and message.role == "system") -%}
{{- "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n" -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<|im_start|>assistant\n" }}{% endif -%}
"""
)

# Thoughts stay only behind the last message of the user; without thinking, an empty thought opens the answer.
QWEN3 = (
    HERMES_TOOLS
    + """
{%- set lead = messages[0].content if messages[0].role == "system" else "" -%}
{%- if tools -%}
{{- "<|im_start|>system\n" + (lead + "\n\n" if lead else "") + signatures() + "<|im_end|>\n" -}}
{%- elif lead -%}
{{- "<|im_start|>system\n" + lead + "<|im_end|>\n" -}}
{%- endif -%}
{%- set seen = namespace(last=-1) -%}
{%- for message in messages -%}{%- if message.role == "user" -%}{%- set seen.last = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- if message.role == "tool" -%}
{{- "<|im_start|>user\n<tool_response>\n" + message.content + "\n</tool_response><|im_end|>\n" -}}
{%- elif message.role == "assistant" -%}
{%- set thought = message.content.split("</think>")[0].split("<think>")[-1].strip("\n")
    if "</think>" in message.content else "" -%}
{%- set words = message.content.split("</think>")[-1].lstrip("\n") -%}
{{- "<|im_start|>assistant\n" -}}
{%- if loop.index0 > seen.last and (loop.last or thought) -%}
{{- "<think>\n" + thought + "\n</think>\n\n" -}}
{%- endif -%}
{{- words + "<|im_end|>\n" -}}
{%- elif not (loop.first and message.role == "system") -%}
{{- "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n" -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- "<|im_start|>assistant\n" -}}
{%- if enable_thinking is defined and enable_thinking is false %}{{ "<think>\n\n</think>\n\n" }}{% endif -%}
{%- endif -%}
"""
)

# Always a system message, with today's date; contents are trimmed.
LLAMA3 = """
{%- set date = date_string if date_string is defined else strftime_now("%d %b %Y") -%}
{{- bos_token + "<|start_header_id|>system<|end_header_id|>\n\n" -}}
{{- "Cutting Knowledge Date: December 2023\nToday Date: " + date + "\n\n" -}}
{%- if messages[0].role == "system" -%}
{{- messages[0].content | trim -}}
{%- set messages = messages[1:] -%}
{%- endif -%}
{{- "<|eot_id|>" -}}
{%- for message in messages -%}
{{- "<|start_header_id|>" + ("ipython" if message.role == "tool" else message.role) + "<|end_header_id|>\n\n" -}}
{%- if loop.first and tools -%}
{{- 'Respond in the format {"name": function name, "parameters": dictionary}.\n\n' -}}
{%- for tool in tools %}{{ (tool | tojson(indent=4)) + "\n\n" }}{% endfor -%}
{%- endif -%}
{{- (message.content | tojson if message.role == "tool" else message.content | trim) + "<|eot_id|>" -}}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<|start_header_id|>assistant<|end_header_id|>\n\n" }}{% endif -%}
"""

# Roles must alternate and there is no system message; [INST] is plain text, a blank stands before an answer.
MIXTRAL = """
{{- bos_token -}}
{%- for message in messages -%}
{%- if (message.role == "user") != (loop.index0 % 2 == 0) -%}
{{- raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") -}}
{%- endif -%}
{%- if message.role == "user" %}{{ "[INST] " + message.content + " [/INST]" }}
{%- elif message.role == "assistant" %}{{ " " + message.content + eos_token }}
{%- else %}{{ raise_exception("Only user and assistant roles are supported!") }}{% endif -%}
{%- endfor -%}
"""

# Functions stand before the last message of the user, and move there.
MISTRAL = """
{{- bos_token -}}
{%- if messages[0].role == "system" -%}
{%- set lead = messages[0].content -%}
{%- set messages = messages[1:] -%}
{%- endif -%}
{%- for message in messages -%}
{%- if message.role == "tool" %}{{ raise_exception("Tool call IDs should be alphanumeric strings!") }}{% endif -%}
{%- if (message.role == "user") != (loop.index0 % 2 == 0) -%}
{{- raise_exception("After the optional system message, conversation roles must alternate user/assistant") -}}
{%- endif -%}
{%- if message.role == "user" -%}
{%- if tools and loop.last -%}
{{- "[AVAILABLE_TOOLS] " + (tools | tojson) + "[/AVAILABLE_TOOLS]" -}}
{%- endif -%}
{{- "[INST] " + (lead + "\n\n" if loop.last and lead is defined else "") + message.content + "[/INST]" -}}
{%- else -%}
{{- " " + message.content + eos_token -}}
{%- endif -%}
{%- endfor -%}
"""

GEMMA2 = """
{{- bos_token -}}
{%- if messages[0].role == "system" %}{{ raise_exception("System role not supported") }}{% endif -%}
{%- for message in messages -%}
{%- if (message.role == "user") != (loop.index0 % 2 == 0) -%}
{{- raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") -}}
{%- endif -%}
{%- set role = "model" if message.role == "assistant" else message.role -%}
{{- "<start_of_turn>" + role + "\n" + (message.content | trim) + "<end_of_turn>\n" -}}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<start_of_turn>model\n" }}{% endif -%}
"""

# Its special tokens swallow the blanks behind them.
PHI3 = """
{%- for message in messages -%}
{%- if message.role in ("system", "user", "assistant") -%}
{{- "<|" + message.role + "|>\n" + message.content + "<|end|>\n" -}}
{%- endif -%}
{%- endfor -%}
{{- "<|assistant|>\n" if add_generation_prompt else eos_token -}}
"""

# A thought is opened in the prompt, and taken out of what was said before.
R1 = """
{{- bos_token -}}
{%- for message in messages %}{% if message.role == "system" %}{{ message.content }}{% endif %}{% endfor -%}
{%- for message in messages -%}
{%- if message.role == "user" %}{{ "<｜User｜>" + message.content }}
{%- elif message.role == "assistant" -%}
{{- "<｜Assistant｜>" + message.content.split("</think>")[-1] + "<｜end▁of▁sentence｜>" -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<｜Assistant｜><think>\n" }}{% endif -%}
"""

# The same for training: thoughts stay.
R1_TRAINING = R1.replace('message.content.split("</think>")[-1]', "message.content")

# A thought is opened in the prompt. What stands between the signs of an old one is taken out, where both signs are
# there; the pair stays, and is put where there was none.
NEMOTRON3 = """
{{- "<|im_start|>system\n" + (messages[0].content if messages[0].role == "system" else "") + "<|im_end|>\n" -}}
{%- set seen = namespace(last=-1) -%}
{%- for message in messages -%}{%- if message.role == "user" -%}{%- set seen.last = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- if message.role == "tool" -%}
{{- "<|im_start|>user\n<tool_response>\n" + message.content + "\n</tool_response>\n<|im_end|>\n" -}}
{%- elif message.role == "assistant" -%}
{%- set words = message.content -%}
{%- if "<think>" not in words and "</think>" not in words %}{% set words = "<think></think>" + words %}{% endif -%}
{%- if loop.index0 < seen.last and "<think>" in words and "</think>" in words -%}
{%- set words = "<think></think>" + words.split("</think>")[-1] -%}
{%- endif -%}
{{- "<|im_start|>assistant\n" + words | trim + "<|im_end|>\n" -}}
{%- elif not (loop.first and message.role == "system") -%}
{{- "<|im_start|>" + message.role + "\n" + message.content + "<|im_end|>\n" -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<|im_start|>assistant\n<think>\n" }}{% endif -%}
"""

# A thought is opened in the prompt, stays, and is looked for beside the words alone.
QWEN38 = """
{%- for message in messages -%}
{%- if message.role == "tool" -%}
{{- "<|im_start|>user\n<tool_response>\n" + message.content | trim + "\n</tool_response><|im_end|>\n" -}}
{%- elif message.role == "assistant" -%}
{%- set thought = message.reasoning_content | trim if message.reasoning_content is string else "" -%}
{{- "<|im_start|>assistant\n<think>\n" + thought + "\n</think>\n\n" + message.content | trim + "<|im_end|>\n" -}}
{%- else -%}
{{- "<|im_start|>" + message.role + "\n" + message.content | trim + "<|im_end|>\n" -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<|im_start|>assistant\n<think>\n" }}{% endif -%}
"""

# No sign ends an answer but that of the next speaker; an empty thought stands where none was written.
GLM = (
    HERMES_TOOLS
    + """
{{- "[gMASK]<sop>" -}}
{%- if tools %}{{ "<|system|>\n" + signatures() }}{% endif -%}
{%- set seen = namespace(last=-1) -%}
{%- for message in messages -%}{%- if message.role == "user" -%}{%- set seen.last = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- if message.role == "tool" -%}
{{- "<|observation|>\n<tool_response>\n" + message.content + "\n</tool_response>" -}}
{%- elif message.role == "assistant" -%}
{%- set thought = message.content.split("</think>")[0].split("<think>")[-1].strip()
    if "</think>" in message.content and loop.index0 > seen.last else "" -%}
{{- "<|assistant|>\n<think>" + thought + "</think>" -}}
{%- set words = message.content.split("</think>")[-1].strip() -%}
{{- "\n" + words if words else "" -}}
{%- else -%}
{{- "<|" + message.role + "|>\n" + message.content -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ "<|assistant|>" }}{% endif -%}
"""
)


@dataclass(frozen=True)
class Family:
    """A template and what its tokenizer is like.

    ``edits`` says which answers are edited by the template once they are history: those with ``thoughts``, the
    ``plain`` ones without (where the prompt had opened one), ``all``, or none.
    """

    name: str
    template: str
    bos: str
    eos: str
    end: str
    special: tuple[str, ...]
    plain: tuple[str, ...] = ("<think>", "</think>", "<tool_call>", "</tool_call>")
    blanks: Literal["bytes", "prefixed", "plain"] = "bytes"
    swallows: bool = False
    system: bool = True
    edits: Literal["", "thoughts", "plain", "all"] = ""
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    """What makes the template independent of the clock, where it is called directly."""


HEADER = ("<|start_header_id|>", "<|end_header_id|>", "<|python_tag|>")
MISTRAL_SIGNS = ("[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]")
FAMILIES = {
    one.name: one
    for one in (
        Family("qwen2.5", QWEN25, "", "<|im_end|>", "<|im_end|>", ("<|im_start|>", "<|endoftext|>")),
        Family("qwen3", QWEN3, "", "<|im_end|>", "<|im_end|>", ("<|im_start|>", "<|endoftext|>"), edits="thoughts"),
        Family(
            "llama3.2", LLAMA3, "<|begin_of_text|>", "<|eot_id|>", "<|eot_id|>", HEADER,
            options={"date_string": "26 Jul 2024"},
        ),
        Family("mixtral", MIXTRAL, "<s>", "</s>", "</s>", (), blanks="prefixed", system=False),
        Family("mistral", MISTRAL, "<s>", "</s>", "</s>", MISTRAL_SIGNS, blanks="prefixed"),
        Family(
            "gemma2", GEMMA2, "<bos>", "<eos>", "<end_of_turn>", ("<start_of_turn>",), blanks="plain", system=False
        ),
        Family(
            "phi3", PHI3, "<s>", "<|endoftext|>", "<|end|>", ("<|system|>", "<|user|>", "<|assistant|>"),
            blanks="prefixed", swallows=True,
        ),
        Family(
            "r1", R1, "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
            ("<｜User｜>", "<｜Assistant｜>"), edits="all",
        ),
        Family(
            "r1-training", R1_TRAINING, "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
            ("<｜User｜>", "<｜Assistant｜>"), edits="plain",
        ),
        Family("nemotron3", NEMOTRON3, "", "<|im_end|>", "<|im_end|>", ("<|im_start|>", "<|endoftext|>"), edits="all"),
        Family("qwen3.8", QWEN38, "", "<|im_end|>", "<|im_end|>", ("<|im_start|>", "<|endoftext|>")),
        Family(
            "glm4.5", GLM, "", "<|endoftext|>", "<|user|>",
            ("[gMASK]", "<sop>", "<|system|>", "<|assistant|>", "<|observation|>"), edits="thoughts",
        ),
    )
}  # fmt: skip

SENTENCES = [
    "You are a helpful assistant. Guess a whole number from 1 to 15: the secret is higher or lower.",
    "Write your action between <answer> and </answer>. Reply with `<guess>`, for example `6`.",
    "system user assistant model function name arguments type object properties action reply",
    string.printable,
]


@cache
def tokenizer(name: str, merges: int = 120) -> PreTrainedTokenizerFast:
    """A small tokenizer of this family."""
    family = FAMILIES[name]
    core = Tokenizer(models.BPE(unk_token=None if family.blanks == "bytes" else "<unk>"))
    if family.blanks == "bytes":
        core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        core.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
    else:
        blank = [normalizers.Replace(" ", "▁")]
        front = [normalizers.Prepend("▁")] if family.blanks == "prefixed" else []
        core.normalizer = normalizers.Sequence(front + blank)
        strip = [decoders.Strip(" ", 1, 0)] if front else []
        core.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse(), *strip])
        alphabet = list(string.printable)
    trainer = trainers.BpeTrainer(
        vocab_size=len(alphabet) + merges,
        initial_alphabet=alphabet,
        special_tokens=[] if family.blanks == "bytes" else ["<unk>"],
        show_progress=False,
    )
    core.train_from_iterator(SENTENCES * 3, trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=family.bos or None,
        eos_token=family.eos,
        unk_token=None if family.blanks == "bytes" else "<unk>",
        clean_up_tokenization_spaces=False,
    )
    swallows = family.swallows
    signs = dict.fromkeys((*family.special, family.end))
    made.add_tokens([AddedToken(sign, special=True, normalized=False, rstrip=swallows) for sign in signs])
    made.add_tokens([AddedToken(sign, special=False, normalized=False) for sign in family.plain])
    made.chat_template = family.template
    return made


def small_model(path: Path, name: str, context: int = 2048) -> Path:
    """A directory with a model of random weights and the small tokenizer of a family.

    Args:
        path: where it is made, in a folder of its own.
        name: of the family.
        context: the longest conversation, in tokens.
    """
    found = tokenizer(name)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(found) + 3,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=context,
        eos_token_id=found.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(path / name)
    found.save_pretrained(path / name)
    return path / name
