"""The language of a world's actions: one object that parses, explains, lists, samples and describes them.

A grammar is a list of forms; a form is a template with typed fields::

    Grammar(Form("reveal {row} {column}", row=Integer(1, 5), column=Integer(1, 5)))

An action is the tuple ``(verb, value, …)``: here ``("reveal", 2, 3)``. The verb is the form's name, by default the
first literal word of its template. Parsing ignores case (unless a grammar is ``cased``), extra blanks and nothing else;
it evaluates nothing.
"""

from __future__ import annotations

import itertools
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from scoutgym.envs.chance import Chance

Action = tuple[Any, ...]
"""``(verb, value, …)``: what a world's ``play`` receives."""

REMEMBERED = 10_000
"""How many short texts a grammar remembers the actions of: players repeat themselves."""


class BadAction(ValueError):
    """The text is not an action of this grammar; the message tells the agent why."""


class Field(ABC):
    """One blank of a form."""

    pattern: str
    """A regular expression without groups that finds the field's text (ASCII, any case)."""

    size: int
    """How many values there are."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of a text that ``pattern`` matched; raises ``BadAction``."""

    def show(self, value: Any) -> str:
        """The text of a value; ``read`` gives the value back."""
        return str(value)

    def plain(self, value: Any) -> Any:
        """A value as JSON has it, in an answer that is an object or a call; by default its text."""
        return self.show(value)

    def literal(self, plain: Any) -> str:
        """The text of what ``plain`` gave, or of what a model wrote in its place."""
        return str(plain)

    @abstractmethod
    def value(self, number: int) -> Any:
        """Value ``number`` of ``size``."""

    @abstractmethod
    def explain(self) -> str:
        """What may stand here, as in "a whole number from 1 to 5"."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the field's text or number."""

    def example(self) -> str:
        """The text of one value, the same for every secret."""
        return self.show(self.value(self.size // 3))


class Integer(Field):
    """A whole number from ``low`` to ``high``, both included."""

    pattern = r"[+-]?[0-9]{1,18}"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.size = high - low + 1

    def read(self, text: str) -> int:
        """The number, if it lies in the range."""
        number = int(text)
        if self.low <= number <= self.high:
            return number
        raise BadAction(f"{number} is not {self.explain()}")

    def plain(self, value: int) -> int:
        """The number."""
        return value

    def value(self, number: int) -> int:
        """``low`` plus ``number``."""
        return self.low + number

    def explain(self) -> str:
        """The range in words."""
        return f"a whole number from {self.low} to {self.high}"

    def schema(self) -> dict[str, Any]:
        """An integer with its range."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Word(Field):
    """One of a list of words or phrases, whatever their case."""

    def __init__(self, words: Sequence[str], noun: str = "word") -> None:
        self.words = tuple(words)
        self.noun = noun
        self.size = len(self.words)
        self._canonical = {word.lower(): word for word in self.words}
        longest = max(len(word) for word in self.words)
        self.pattern = rf"[^\n]{{1,{longest + 20}}}"

    def read(self, text: str) -> str:
        """The word as it was given to the constructor."""
        word = self._canonical.get(text.lower()) or self._canonical.get(" ".join(text.lower().split()))
        if word is None:
            raise BadAction(f"'{text}' is not {self.explain()}")
        return word

    def value(self, number: int) -> str:
        """Word ``number``."""
        return self.words[number]

    def explain(self) -> str:
        """The words, or how many there are and the first few."""
        if self.size <= 16:
            return f"one of: {', '.join(self.words)}"
        return f"one of {self.size} {self.noun}s such as {', '.join(self.words[:3])}"

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.words)}


class Symbols(Field):
    """Exactly ``length`` symbols of an alphabet of single characters, repeats allowed; the value is a string.

    Blanks and commas between the symbols are ignored on reading; ``joiner`` stands between them in print.
    """

    def __init__(self, alphabet: str, length: int, joiner: str = "", noun: str = "symbol") -> None:
        self.alphabet, self.length, self.joiner, self.noun = alphabet, length, joiner, noun
        self.size = len(alphabet) ** length
        self.pattern = r"[^\n]+"
        self._exact = re.compile(f"[{re.escape(alphabet)}]{{{length}}}")
        self._fold = alphabet.lower() == alphabet

    def read(self, text: str) -> str:
        """The symbols alone, if they are of the alphabet and of the right number."""
        if self._fold:
            text = text.lower()
        plain = text.replace(" ", "").replace(",", "")
        if self._exact.fullmatch(plain):
            return plain
        wrong = next((symbol for symbol in plain if symbol not in self.alphabet), None)
        if wrong is not None:
            raise BadAction(f"'{wrong}' is not a {self.noun}; write {self.explain()}")
        raise BadAction(f"{len(plain)} {self.noun}s are not {self.length}; write {self.explain()}")

    def show(self, value: str) -> str:
        """The symbols with the joiner between them."""
        return self.joiner.join(value)

    def value(self, number: int) -> str:
        """The number written in base ``len(alphabet)``."""
        symbols = []
        for _ in range(self.length):
            number, place = divmod(number, len(self.alphabet))
            symbols.append(self.alphabet[place])
        return "".join(reversed(symbols))

    def explain(self) -> str:
        """Length and alphabet in words."""
        span = self.alphabet if len(self.alphabet) <= 3 else f"{self.alphabet[0]} to {self.alphabet[-1]}"
        apart = " separated by spaces" if self.joiner == " " else ""
        return f"{self.length} {self.noun}s ({span}){apart}"

    def schema(self) -> dict[str, Any]:
        """A string with its pattern."""
        joiner = re.escape(self.joiner)
        symbol = f"[{re.escape(self.alphabet)}]"
        return {"type": "string", "pattern": f"^{symbol}({joiner}{symbol}){{{self.length - 1}}}$"}


class Cell(Field):
    """A cell of a board, written as a column letter and a row number ("B3"); the value is ``(row, column)`` from 0."""

    pattern = r"[a-z] ?[0-9]{1,2}"

    def __init__(self, rows: int, columns: int) -> None:
        if not (1 <= rows <= 99 and 1 <= columns <= 26):
            raise ValueError(f"a board of {rows} rows and {columns} columns has no cell names: at most 99 by 26")
        self.rows, self.columns = rows, columns
        self.size = rows * columns

    def read(self, text: str) -> tuple[int, int]:
        """Row and column, if the board has them."""
        column, row = ord(text[0].upper()) - ord("A"), int(text[1:]) - 1
        if 0 <= row < self.rows and column < self.columns:
            return row, column
        raise BadAction(f"{text.upper()} is off the board: write {self.explain()}")

    def show(self, value: tuple[int, int]) -> str:
        """Letter and number."""
        return f"{chr(ord('A') + value[1])}{value[0] + 1}"

    def value(self, number: int) -> tuple[int, int]:
        """Cell ``number`` in reading order."""
        return divmod(number, self.columns)

    def explain(self) -> str:
        """The corners in words."""
        return f"a cell from A1 to {self.show((self.rows - 1, self.columns - 1))} (letter: column, number: row)"

    def schema(self) -> dict[str, Any]:
        """A string with its pattern."""
        return {"type": "string", "pattern": "^[A-Z][0-9]{1,2}$"}


class Saying(Field):
    """Any text but an empty one; the samples are a few of them."""

    pattern = r"[\s\S]+"

    def __init__(self, about: str, samples: Sequence[str]) -> None:
        self.about, self.samples = about, tuple(samples)
        self.size = len(self.samples)

    def read(self, text: str) -> str:
        """The text as it is."""
        return text

    def value(self, number: int) -> str:
        """Sample ``number``."""
        return self.samples[number]

    def explain(self) -> str:
        """What kind of text is expected."""
        return self.about

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "description": self.about}


class Form:
    """A template such as ``"reveal {row} {column}"`` with a field for each blank.

    Args:
        template: literal words and blanks, separated by single spaces.
        about: what the action does, for the help text; may be empty.
        name: the verb of the parsed action; by default the first literal word, or the first field's name.
        fields: a ``Field`` for each blank.

    Raises:
        ValueError: a blank has no field, or a field no blank.
    """

    def __init__(self, template: str, about: str = "", name: str = "", **fields: Field) -> None:
        words = template.split(" ")
        self.template, self.about = template, about
        self.slots = [word[1:-1] for word in words if word.startswith("{")]
        if sorted(self.slots) != sorted(fields):
            raise ValueError(f"the template {template!r} has the blanks {self.slots}, but the fields {list(fields)}")
        self.fields = [fields[slot] for slot in self.slots]
        self.name = name or next((word for word in words if not word.startswith("{")), words[0].strip("{}"))
        self.size = math.prod(field.size for field in self.fields)
        parts = [f"({fields[word[1:-1]].pattern})" if word.startswith("{") else re.escape(word) for word in words]
        self._match = re.compile(r"[ \t,]+".join(parts), re.IGNORECASE | re.ASCII).fullmatch
        self._only = self.fields[0].read if len(self.fields) == 1 else None

    def read(self, text: str) -> Action | None:
        """The action, or None where the text is of another form; raises ``BadAction`` where a field is wrong."""
        match = self._match(text)
        if match is None:
            return None
        if self._only is not None:
            return (self.name, self._only(match[1]))
        return (self.name, *[field.read(part) for field, part in zip(self.fields, match.groups(), strict=True)])

    def show(self, action: Action) -> str:
        """The canonical text of an action of this form."""
        shown = {slot: field.show(v) for slot, field, v in zip(self.slots, self.fields, action[1:], strict=True)}
        return self.template.format(**shown)

    def action(self, number: int) -> Action:
        """Action ``number`` of ``size``."""
        values = []
        for field in reversed(self.fields):
            number, place = divmod(number, field.size)
            values.append(field.value(place))
        return (self.name, *reversed(values))

    def help(self) -> str:
        """The form in words: template, meaning, fields and an example."""
        text = f"`{self.template.replace('{', '<').replace('}', '>')}`"
        if self.about:
            text += f" ({self.about})"
        blanks = [f"<{slot}> is {field.explain()}" for slot, field in zip(self.slots, self.fields, strict=True)]
        if blanks:
            example = self.template.format(**{s: f.example() for s, f in zip(self.slots, self.fields, strict=True)})
            text += f", where {' and '.join(blanks)}; for example `{example}`"
        return text


class Grammar:
    """All the actions of a world, in forms. Cheap to use, dear to build: build one for each set of parameters.

    Raises:
        ValueError: no form was given, or two have the same name.
    """

    longest: ClassVar[int] = 2_000
    """A text of more characters is no action: parsing megabytes would be a way to stall a world."""
    cased: ClassVar[bool] = False
    """Whether capital letters mean something else: where actions hold texts of their own."""

    def __init__(self, *forms: Form) -> None:
        if not forms or len({form.name for form in forms}) != len(forms):
            raise ValueError("a grammar needs at least one form, and each form a name of its own")
        self.forms = forms
        self._by_name = {form.name: form for form in forms}
        self.size = sum(form.size for form in forms)
        self._read: dict[str, Action] = {}
        self._help = ""

    def parse(self, text: str) -> Action:
        """The action that a text says.

        Raises:
            BadAction: it says none; the message tells why, and nothing else is ever raised for a string.
        """
        known = self._read.get(text)
        if known is not None:
            return known
        action = self._parse(text)
        if len(text) <= 40 and len(self._read) < REMEMBERED:
            self._read[text] = action
        return action

    def _parse(self, text: str) -> Action:
        if len(text) > self.longest:
            raise BadAction(f"{len(text)} characters are no action: write at most {self.longest}")
        text = text.strip()
        wrong: BadAction | None = None
        for form in self.forms:
            try:
                action = form.read(text)
            except BadAction as error:  # another form may still fit; if none does, this is the best explanation
                wrong = wrong or error
                continue
            if action is not None:
                return action
        if wrong is not None:
            raise wrong
        text = " ".join(text.split())  # a reason that repeats line breaks could be made to look like the world's words
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise BadAction(f"'{shown}' is not an action" if text else "an empty text is not an action")

    def format(self, action: Action) -> str:
        """The canonical text of an action: ``parse(format(action)) == action``."""
        return self._by_name[action[0]].show(action)

    def help(self) -> str:
        """The sentence that tells an agent what it may write."""
        if not self._help:
            lines = "\n".join(f"- {form.help()}" for form in self.forms)
            one = f"Reply with {self.forms[0].help()}."
            self._help = one if len(self.forms) == 1 else f"Reply with one of these:\n{lines}"
        return self._help

    def schema(self) -> dict[str, Any]:
        """A JSON schema whose instances are ``{"action": verb, field: value, …}``."""
        shapes = []
        for form in self.forms:
            properties: dict[str, Any] = {"action": {"const": form.name}}
            properties |= {slot: field.schema() for slot, field in zip(form.slots, form.fields, strict=True)}
            shapes.append({"type": "object", "properties": properties, "required": list(properties)})
        return shapes[0] if len(shapes) == 1 else {"oneOf": shapes}

    def sample(self, chance: Chance) -> Action:
        """A uniform form, then a uniform action of it."""
        form = chance.choice(self.forms)
        return form.action(chance.below(form.size))

    def actions(self) -> Iterator[Action]:
        """Every action, form by form; there are ``size`` of them, which may be many."""
        return itertools.chain.from_iterable(map(form.action, range(form.size)) for form in self.forms)
