"""The log of a queue job, which the scheduler writes into the folder of its script."""

from __future__ import annotations

from pathlib import Path

from screening.common.passwords import masked

_NO_LOGS = (".sh", ".script", ".part")


def last_line(folder: Path) -> str | None:
    """Return the last line of the log in a folder, empty if nothing was written; None where no log is seen there."""
    try:
        logs = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix not in _NO_LOGS]
        lines = [line.strip() for log in logs for line in log.read_text(errors="replace").splitlines()]
    except OSError:
        return None
    return masked(next(filter(None, reversed(lines)), "")) if logs else None
