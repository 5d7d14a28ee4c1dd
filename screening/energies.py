"""Where energies come from: one name, or a file, for every verb and every job."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from screening.errors import InputError
from screening.phase_set import PhaseSet

REFERENCE = "reference"


def open_energies(source: str, sha256: str | None = None) -> PhaseSet:
    """Open a set of energies, once per process.

    Parameters
    ----------
    source
        ``"reference"`` for the packaged energies, or a file written by :meth:`PhaseSet.to_file`.
    sha256
        The content the caller counts on, if any.

    Raises
    ------
    InputError
        If there is no such source, it cannot be read, or its content is another than counted on.
    """
    if source == REFERENCE:
        phases = PhaseSet.reference()
    else:
        path = Path(source)
        if not path.is_file():
            raise InputError(f"unknown energies {source!r}: neither '{REFERENCE}' nor a file")
        phases = _open_file(str(path.resolve()), path.stat().st_mtime_ns)
    if sha256 is not None and phases.sha256 != sha256:
        raise InputError(f"the energies {source!r} have changed since this work was planned")
    return phases


@lru_cache(maxsize=4)
def _open_file(path: str, mtime_ns: int) -> PhaseSet:
    return PhaseSet.from_file(path)
