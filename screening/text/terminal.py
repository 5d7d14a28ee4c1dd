"""What is printed: it cannot clear a screen, change its title or turn its text around.

While a verb runs, what it prints goes through :class:`Shown`, so that a name out of a file is shown, and not obeyed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from screening.common.errors import CoatscreenError
from screening.text.visible_text import visible_lines

if TYPE_CHECKING:
    from rich.console import Console


class OutputError(CoatscreenError):
    """What was to be printed cannot be: the disk is full, say."""


class Shown:
    """A stream on which characters that a terminal would obey are shown in place of being sent.

    Parameters
    ----------
    stream
        Where it goes.
    commands
        Whether such characters are sent all the same.
    """

    def __init__(self, stream: Any, commands: bool = False) -> None:
        self.stream = stream
        self.commands = commands

    def write(self, text: str) -> int:
        """Write a text.

        Raises
        ------
        OutputError
            If it cannot be written; BrokenPipeError, if nobody reads any more.
        """
        with self._errors():
            self.stream.write(text if self.commands else visible_lines(text))
        return len(text)

    def write_bytes(self, content: bytes) -> None:
        """Write what is no text, for a file or another program; see :meth:`write`."""
        with self._errors():
            self.stream.flush()
            self.stream.buffer.write(content)
            self.stream.buffer.flush()

    def flush(self) -> None:
        """Send what was written; see :meth:`write`."""
        with self._errors():
            self.stream.flush()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def shown() -> Iterator[None]:
    """Send stdout and stderr through :class:`Shown`, to the end.

    Raises
    ------
    OutputError
        If what is left at the end cannot be written.
    """
    with redirect_stdout(Shown(sys.stdout)), redirect_stderr(Shown(sys.stderr)):
        yield
        sys.stdout.flush()


def say_no_more() -> None:
    """Let nothing of stdout be written when the program ends: nobody takes it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console(stderr: bool = False, width: int | None = None) -> Console:
    """Return a console for what is drawn with the terminal's own commands; names in it must be made visible first."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    drawn = Shown(stream.stream if isinstance(stream, Shown) else stream, commands=True)
    return Console(file=cast(TextIO, drawn), markup=False, highlight=False, width=width)
