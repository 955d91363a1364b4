"""Lines that a person types, with history and editing; or the lines of a pipe, shown as if they had been typed."""

from __future__ import annotations

import contextlib
import sys
from typing import TextIO

from rich.console import Console
from rich.text import Text


class Lines:
    """Asks for one line after another.

    Args:
        console: where prompts go.
        source: where lines come from.
    """

    def __init__(self, console: Console, source: TextIO) -> None:
        self.console, self.source = console, source
        self.typed = source.isatty() and sys.stdout.isatty()
        if self.typed:
            with contextlib.suppress(ImportError):  # arrow keys and history; not every Python has it
                import readline  # noqa: F401

    def ask(self, prompt: str) -> str | None:
        """The next line without its end, or None where there are no more."""
        if self.typed:
            # \x01 and \x02 tell readline which characters have no width; without them it redraws a line wrongly.
            colors = self.console.color_system is not None
            try:
                return input(f"\x01\x1b[1;36m\x02{prompt}\x01\x1b[0m\x02" if colors else prompt)
            except EOFError:
                self.console.print()
                return None
            except KeyboardInterrupt:
                self.console.print()
                raise
        line = self.source.readline()
        self.console.print(Text(prompt, style="bold cyan"), end="")
        self.console.print(Text(line.rstrip("\r\n")), soft_wrap=True)
        return line.rstrip("\r\n") if line else None
