"""Where energies come from: one name for every verb and every job."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from screening.errors import InputError, nearest
from screening.phase_set import PhaseSet
from screening.sources.detect import read_energies
from screening.sources.fetched import FetchedPhaseSet, Systems, largest
from screening.sources.materials_project import (
    MATERIALS_PROJECT,
    cache_folder,
    kept_version,
    materials_project_energies,
)
from screening.sources.union import Table, union

REFERENCE = "reference"
R2SCAN = "reference:r2scan"


def open_energies(source: str, sha256: str | None = None, systems: Iterable[Iterable[str]] = ()) -> PhaseSet:
    """Open a set of energies, once per process.

    Parameters
    ----------
    source
        ``"reference"`` for the packaged energies, ``"reference:r2scan"`` for those of the other weights; ``"mp"`` for
        the Materials Project's, ``"mp:VERSION"`` for those of a database version; a file (see
        :func:`screening.sources.detect.read_energies`); a folder with one table written by ``coatscreen reference
        build``; or several of these joined by ``+``.
    sha256
        The content the caller counts on, if any.
    systems
        The chemical systems that will be asked about, each a set of elements. Only the Materials Project needs them,
        whose energies are fetched by system: the set holds no phase outside of them.

    Raises
    ------
    InputError
        If there is no such source, it cannot be read, two are not on one scale, or the content is another than counted
        on.
    CalculationError
        If the Materials Project cannot be reached.
    """
    parts = _parts(source)
    if len(set(map(_fixed, parts))) < len(parts):
        raise InputError(f"the energies {source!r} name one source twice")
    if any(_is_fetched(part) for part in parts):
        asked = largest(systems)
        phases = union(
            [_fetched(part, asked) if _is_fetched(part) else _table(_stamped(part)) for part in parts]
        ).as_set()
    else:
        phases = _opened(tuple(_stamped(part) for part in parts))
    if sha256 is not None and phases.sha256 != sha256:
        raise InputError(f"the energies {source!r} have changed since this work was planned")
    return phases


def fixed_source(source: str) -> str:
    """Write a source so that it means the same from any folder and later: absolute paths, a version of the database.

    Parameters
    ----------
    source
        One that was opened.
    """
    return "+".join(_fixed(part) for part in _parts(source))


def source_for_jobs(source: str, phases: PhaseSet) -> str:
    """Return a source that any process of this user opens as the same phases, without network.

    Parameters
    ----------
    source
        As given.
    phases
        What it was opened as. Fetched ones are put in a file of the cache, named by their content.
    """
    if not isinstance(phases, FetchedPhaseSet):
        return fixed_source(source)
    path = cache_folder() / "sets" / f"{phases.sha256}.json.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        phases.to_file(path)
    return str(path)


def _parts(source: str) -> list[str]:
    """Divide a source at each ``+``, except within the name of a file that exists."""
    words = source.split("+")
    parts = []
    while words:
        ends = range(len(words), 0, -1)
        end = next((n for n in ends if (name := "+".join(words[:n])) and Path(name).exists()), 1)
        parts.append("+".join(words[:end]).strip())
        words = words[end:]
    return parts


def _is_fetched(part: str) -> bool:
    return part.partition(":")[0] == MATERIALS_PROJECT and not Path(part).exists()


def _fetched(part: str, systems: Systems) -> Table:
    return Table.of(materials_project_energies(systems, part.partition(":")[2] or None))


def _fixed(part: str) -> str:
    if _is_fetched(part):
        version = part.partition(":")[2] or kept_version()
        return f"{MATERIALS_PROJECT}:{version}" if version else MATERIALS_PROJECT
    return _stamped(part).name


class _Stamped(NamedTuple):
    """A source on this machine, and when it was written."""

    name: str
    written_ns: int


def _stamped(part: str) -> _Stamped:
    if part in (REFERENCE, R2SCAN):
        return _Stamped(part, 0)
    path = Path(part)
    if part and path.is_file():
        return _Stamped(str(path.resolve()), path.stat().st_mtime_ns)
    tables = list(path.glob("chgnet-*.json")) if part and path.is_dir() else []
    if len(tables) != 1:
        names = [REFERENCE, R2SCAN, MATERIALS_PROJECT]
        raise InputError(
            f"unknown energies {part!r}{nearest(part, names)}: neither {', '.join(map(repr, names))} nor a file nor a "
            "folder with one table"
        )
    return _Stamped(str(path.resolve()), tables[0].stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _opened(sources: tuple[_Stamped, ...]) -> PhaseSet:
    return _set(sources[0]) if len(sources) == 1 else union([_table(source) for source in sources]).as_set()


def _set(source: _Stamped) -> PhaseSet:
    from screening.reference import load_reference, read_reference

    if source.name == REFERENCE:
        return load_reference()
    if source.name == R2SCAN:
        return load_reference("r2scan")
    if Path(source.name).is_dir():
        [document] = Path(source.name).glob("chgnet-*.json")
        return read_reference(source.name, document.stem.removeprefix("chgnet-"))
    return read_energies(source.name).as_set()


def _table(source: _Stamped) -> Table:
    """Read a source that need not be a whole set."""
    return read_energies(source.name) if Path(source.name).is_file() else Table.of(_set(source))
