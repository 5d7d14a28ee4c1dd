"""Python's account of an error, shortened to the line that a user reads."""

from __future__ import annotations

import re

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
    lines = traceback.strip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith(" ")]
    message = lines[frames[-1] + 1 :] if frames else lines
    first = message[0].strip() if message else "it gave no reason"
    first = re.sub(r"^screening\.[\w.]+\.(?=\w+: )", "", first)
    if any(words in first for words in _FOREIGN):
        return f"the Python environment of the worker{f' on {host}' if host else ''} has no coatscreen ({first})"
    for name in _OURS:
        first = first.removeprefix(name)
    return first
