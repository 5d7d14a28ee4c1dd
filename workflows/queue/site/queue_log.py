"""The log of a queue job, which the scheduler writes into the folder of its script."""

from __future__ import annotations

import re
from pathlib import Path

from screening.text.passwords import masked

_NO_LOGS = (".sh", ".script", ".part")


def last_line(folder: Path) -> str | None:
    """Return the last line of the log in a folder, empty if nothing was written; None where no log is seen there."""
    lines = _lines(folder)
    return None if lines is None else next(filter(None, reversed(lines)), "")


def word_of_slurm(folder: Path) -> str | None:
    """Return what Slurm's daemon on the node wrote last into the log in a folder, such as why it killed it."""
    said = [re.match(r"slurmstepd\S*: error: (?!\*\*\*)(.*)", line) for line in _lines(folder) or []]
    return next((found[1] for found in reversed(said) if found), None)


def _lines(folder: Path) -> list[str] | None:
    """Return the lines of the logs in a folder, without passwords."""
    try:
        logs = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix not in _NO_LOGS]
        lines = [masked(line.strip()) for log in logs for line in log.read_text(errors="replace").splitlines()]
    except OSError:
        return None
    return lines if logs else None
