"""The errors a caller is meant to catch, each with a message that stands on its own line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from screening.text.passwords import masked

_LONGEST = 4000  # characters of a message


class CoatscreenError(Exception):
    """Base of every error raised on purpose by this project.

    No password of an address is in its message, and of one that quotes a long input the middle is left out.
    """

    def __init__(self, message: str = "") -> None:
        said = masked(message)
        super().__init__(said if len(said) <= _LONGEST else f"{said[: _LONGEST // 2]} [...] {said[-_LONGEST // 2 :]}")


class InputError(CoatscreenError, ValueError):
    """The request is wrong: an unknown name, an unphysical composition, a bad file or option."""


class InputWarning(UserWarning):
    """Something about the input that the user should look at; the program prints it in one line and goes on."""


class CalculationError(CoatscreenError, RuntimeError):
    """The request was fine but the calculation could not be finished or certified."""


class StoreError(CoatscreenError, RuntimeError):
    """A database cannot be opened, read or written."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean X?)`` for the known name closest to `word`, or an empty string."""
    by_key = {name.casefold(): name for name in known}
    match = difflib.get_close_matches(word.casefold(), by_key, n=1, cutoff=0.5)
    return f" (did you mean {by_key[match[0]]}?)" if match else ""


def shown(text: str) -> str:
    """Return a text shortened to 60 characters, with unprintable characters escaped, for a one-line message."""
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return short if short.isprintable() and short.strip() else repr(short)
