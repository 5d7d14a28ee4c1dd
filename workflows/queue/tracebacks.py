"""Python's account of an error, shortened to the line that a user reads."""

from __future__ import annotations

import re

from screening.text.passwords import masked

_DATABASE = re.compile(
    r"(pymongo\.errors\.(?!DocumentTooLarge|Invalid|Configuration)|screening\.common\.errors\.StoreError|StoreError)"
)
_FOREIGN = ("No module named 'workflows'", "No module named 'screening'")
_OURS = ("CalculationError: ", "InputError: ", "StoreError: ")


def error_line(traceback: str, host: str | None) -> str:
    """Return the first line of an error's message, and what to do about it where that is known.

    Parameters
    ----------
    traceback
        What Python printed of the error.
    host
        Where the error happened; None where that is not known.
    """
    first = _message(traceback) or "it gave no reason"
    first = re.sub(r"^screening\.[\w.]+\.(?=\w+: )", "", first)
    if any(words in first for words in _FOREIGN):
        return f"the Python environment of the worker{f' on {host}' if host else ''} has no coatscreen ({first})"
    for name in _OURS:
        first = first.removeprefix(name)
    return first


def database_fault(traceback: str) -> str | None:
    """Return the first line of an error that came from the database and not from the job; None of any other error.

    The same job may succeed once the database answers again. An output that no database could take is not meant.
    """
    first = _message(traceback)
    return error_line(traceback, None) if _DATABASE.match(first) else None


def _message(traceback: str) -> str:
    """Return the first line of an error's message, with the name of the error."""
    lines = traceback.strip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith(" ")]
    message = lines[frames[-1] + 1 :] if frames else lines
    return masked(message[0].strip()) if message else ""
