"""Several questions in one text, and what is said around one: a text is taken apart into texts that are read alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoutgym.envs.dialogue.english import AUXILIARIES, SUBJECTS, words

MOST = 3
"""How many questions of one text are answered."""

BEFORE = (
    r"(?:and|but|or|so|well|ok|okay|oh|hmm?|now|also|then|say|hey|please|anyway)\b[,. ]*",
    r"if (?:not|so|yes|it is|it isn't)[,: ]+",
    r"(?:do|did) i (?:remember|recall|hear|understand) (?:it )?(?:right|correctly|rightly)?,? ?that ",
    r"(?:do|did) i remember (?:right|correctly),? ",
    r"(?:i've|i have)(?: got)? (?:a|the) (?:hunch|feeling|suspicion|notion|idea)(?: that)? ",
    r"i (?:seem to )?(?:remember|recall|suspect|bet|reckon|presume|gather|understand)(?: that)? ",
    r"(?:i've|i have)? ?(?:i )?(?:read|heard)(?: somewhere)?(?: that)? ",
    r"am i (?:right|wrong|correct) (?:that|to think|in thinking|in assuming)(?: that)? ",
    r"would (?:i|one|you) be right (?:to say|in saying|to think) (?:that )?",
    r"(?:i'm|i am) (?:thinking|guessing)(?: that)? ",
    r"correct me if i(?:'m| am) wrong,? but ",
    r"my (?:next |first |last )?question(?: is)?[:,]? ",
    r"(?:just )?out of curiosity,? ",
    r"let me guess[:,]? ",
)
"""What may stand before a question and adds nothing to it."""

AFTER = (
    r"but (?:not any ?more|no longer|not any longer|not now)",
    r"or (?:not|so|anything|what|isn't it|doesn't it|something(?: like that)?)",
    r"roughly|approximately|more or less|a long way|at all|at least|perhaps|maybe|please",
    r"by any chance|would you say|do you know|if i may ask|if you know|if any|i wonder",
)
"""What may stand behind one."""

WITHIN = (
    r"(?<=\bwhich) of the (?:two|three|four|several)(?= [a-z])",
    r",? ?\b(?:rather than|instead of) [a-z ]+(?=[?.!]|$)",
    r",? ?\b(?:let's|let us) say,?(?= )",
)
"""What may be left out in the middle."""

ASKING = "is|are|was|were|does|do|did|has|have|had|can|could|would|will|what|which|who|how|where|when|if|since"
"""Words that begin a second question after "and" or a comma."""

LEADS = re.compile(f"^(?:{'|'.join(BEFORE)})", re.IGNORECASE)
TAILS = re.compile(rf"[,. ]+(?:{'|'.join(AFTER)})(?=[?.! ]*$)", re.IGNORECASE)
INNER = re.compile("|".join(WITHIN), re.IGNORECASE)
BREAK = re.compile(
    rf"(?<=[?!.;])\s+|,?\s+(?:and|but)(?: also)?,?\s+(?=(?:{ASKING})\b)|,\s+(?=(?:{ASKING})\b)", re.IGNORECASE
)
"""Where a text may be taken apart."""

ECHOES = frozenset(
    (
        "which one", "which", "which ones", "which is it", "what one", "tell me which", "if so which",
        "if so which one", "what is it called", "how is it called", "what is that called", "what are they called",
        "what are they", "what is its name", "what is the name", "what is it name",
    )
)  # fmt: skip
"""Second questions that ask for what the answer to the first one tells."""

ECHOING = AUXILIARIES | SUBJECTS | {"not", "right", "correct", "true", "so", "or", "no", "yes", "if"}
LAYERS = 4
"""How many things that are said around a question are taken away, one after the other."""


def bare(text: str) -> str:
    """A text without what is said around the question."""
    text = INNER.sub("", text)
    for _ in range(LAYERS):
        text = TAILS.sub("", LEADS.sub("", text.strip()))
    return text


def pieces(text: str) -> list[str]:
    """The questions of a text, each to be read alone; none where there are too many."""
    found = [piece for piece in _pieces(text) if not _echo(piece)]
    return found if len(found) <= MOST else []


def _pieces(text: str) -> Iterator[str]:
    for piece in BREAK.split(text):
        short = bare(piece)
        if words(short):
            yield short


def _echo(piece: str) -> bool:
    """Whether a piece asks for nothing more: "does it?", "and which one?"."""
    said = words(piece)
    return " ".join(said) in ECHOES or (len(said) <= 3 and set(said) <= ECHOING)
