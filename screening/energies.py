"""Where energies come from: one name, or a file, for every verb and every job."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from screening.errors import InputError, nearest
from screening.phase_set import PhaseSet

REFERENCE = "reference"


def open_energies(source: str, sha256: str | None = None) -> PhaseSet:
    """Open a set of energies, once per process.

    Parameters
    ----------
    source
        ``"reference"`` for the packaged energies, a file written by :meth:`PhaseSet.to_file`, or a folder with one
        table written by ``coatscreen reference build``.
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
        tables = sorted(path.glob("chgnet-*.json"))
        if not path.is_file() and len(tables) != 1:
            guess = nearest(source, [REFERENCE])
            raise InputError(
                f"unknown energies {source!r}{guess}: neither '{REFERENCE}' nor a file nor a folder with a table"
            )
        written = (tables or [path])[0].stat().st_mtime_ns
        phases = _open_file(str(path.resolve()), written)
    if sha256 is not None and phases.sha256 != sha256:
        raise InputError(f"the energies {source!r} have changed since this work was planned")
    return phases


@lru_cache(maxsize=4)
def _open_file(path: str, mtime_ns: int) -> PhaseSet:
    if not Path(path).is_dir():
        return PhaseSet.from_file(path)
    from screening.reference import read_reference

    [document] = Path(path).glob("chgnet-*.json")
    return read_reference(path, document.stem.removeprefix("chgnet-"))
