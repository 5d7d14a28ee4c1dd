"""Where energies come from: one name for every verb and every job."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import InputError, nearest
from screening.energies.doubtful import without_doubtful
from screening.energies.measured.anchored_table import SOURCE as ANCHORED
from screening.energies.measured.anchored_table import anchored_energies
from screening.energies.packaged.packaged_table import document_path, packaged_energies, read_packaged
from screening.energies.plugins import plugin_energies, plugin_names
from screening.energies.potentials.models import MODELS, SOURCES
from screening.energies.sources.detect import read_energies
from screening.energies.sources.fetched import FetchedPhaseSet, Systems, largest
from screening.energies.sources.materials_project import (
    MATERIALS_PROJECT,
    kept_version,
    materials_project_energies,
)
from screening.energies.sources.union import Table, union
from screening.files.cache import cache_folder
from screening.files.content import write_json
from screening.phases.phase_set import PhaseSet

REFERENCE = "reference"
ALL_PHASES = "~all"  # at the end of a source
PACKAGED_SOURCES = (*SOURCES, ANCHORED)


class EnergySource(BaseModel):
    """Where a job takes its energies from, and the content it counts on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(description="of energies, by which any process opens the same")
    sha256: str = Field(description="hash of the phases")

    def open(self) -> PhaseSet:
        """Open the energies; see :func:`open_energies`."""
        return open_energies(self.source, self.sha256)


def open_energies(
    source: str = REFERENCE, sha256: str | None = None, systems: Iterable[Iterable[str]] = ()
) -> PhaseSet:
    """Open a set of energies, once per process.

    Parameters
    ----------
    source
        ``"reference"`` for the packaged energies, ``"reference:sevennet"`` and ``"reference:r2scan"``
        for those of other models, ``"reference:measured"`` for those anchored on measured enthalpies; ``"mp"`` for
        the Materials Project's, ``"mp:VERSION"`` for those of a database version; a file (see
        :func:`screening.energies.sources.detect.read_energies`); a folder written by ``coatscreen reference build``,
        with ``:MODEL`` where it holds several tables; a name that another package brings (see
        :mod:`screening.energies.plugins`); or several of these joined by ``+``. Phases of doubtful energy are left out
        (see :mod:`screening.energies.doubtful`), unless ``~all`` stands at the end.
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
    bare = without_doubtful_phases(source)
    kept, parts = bare != source, _distinct_parts(bare)
    if any(_is_fetched(part) for part in parts):
        every = open_table(bare, systems).as_set()
        phases = every if kept else without_doubtful(every)
    else:
        phases = _opened(tuple(_stamped(part) for part in parts), kept)
    if sha256 is not None and phases.sha256 != sha256:
        raise InputError(f"the energies {source!r} have changed since this work was planned")
    return phases


def without_doubtful_phases(source: str) -> str:
    """Return the source of the same energies without doubtful phases."""
    return source.removesuffix(ALL_PHASES)


def with_doubtful_phases(source: str) -> str:
    """Return the source of the same energies with all phases."""
    return without_doubtful_phases(source) + ALL_PHASES


def is_packaged(source: str) -> bool:
    """Return whether a source is one of the package, with or without doubtful phases, and so no path."""
    return without_doubtful_phases(source) in PACKAGED_SOURCES


def is_fetched(source: str) -> bool:
    """Return whether energies are fetched by chemical system, so that there is no whole set of them at hand."""
    return any(map(_is_fetched, _parts(without_doubtful_phases(source))))


def open_table(source: str, systems: Iterable[Iterable[str]] = ()) -> Table:
    """Open energies that need not be a whole set: they may lack elements.

    Parameters
    ----------
    source, systems
        As for :func:`open_energies`.

    Raises
    ------
    InputError
        If there is no such source, it cannot be read, two are not on one scale, or ``~all`` stands at its end: a table
        holds all it is given.
    CalculationError
        If the Materials Project cannot be reached.
    """
    if source.endswith(ALL_PHASES):
        raise InputError(f"the energies {source!r} are wanted whole here in any case: write them without {ALL_PHASES}")
    asked = largest(systems)
    parts = _distinct_parts(source)
    return union([_fetched(part, asked) if _is_fetched(part) else _table(_stamped(part)) for part in parts])


def fixed_source(source: str) -> str:
    """Write a source so that it means the same from any folder and later: absolute paths, a version of the database.

    Parameters
    ----------
    source
        One that was opened.
    """
    bare = without_doubtful_phases(source)
    return "+".join(_fixed(part) for part in _parts(bare)) + source[len(bare) :]


def source_for_jobs(source: str, phases: PhaseSet) -> str:
    """Return a source that any process of this user opens as the same phases, without network.

    Parameters
    ----------
    source
        As given.
    phases
        What it was opened as. Fetched ones are put in a file of the cache, named by their content and by the systems
        they are whole in: a larger system may hold no further phase.
    """
    if not isinstance(phases, FetchedPhaseSet):
        return fixed_source(source)
    systems = " ".join(sorted("-".join(sorted(system)) for system in phases.systems))
    name = f"{phases.sha256}-{hashlib.sha256(systems.encode()).hexdigest()[:16]}.json.gz"
    path = (cache_folder() / "sets" / name).resolve()
    if not path.exists():
        write_json(path, phases.as_dict())
    return str(path)


def energy_source(energies: str, systems: Iterable[Iterable[str]] = ()) -> EnergySource:
    """Open energies and say where they are, so that any process can open the same.

    Parameters
    ----------
    energies, systems
        As for :func:`open_energies`.

    Raises
    ------
    InputError
        If there are none.
    """
    phases = open_energies(energies, systems=systems)
    return EnergySource(source=source_for_jobs(energies, phases), sha256=phases.sha256)


def _distinct_parts(source: str) -> list[str]:
    """Divide a source into its parts, and refuse one that is named twice."""
    parts = _parts(source)
    if len(set(map(_fixed, parts))) < len(parts):
        raise InputError(f"the energies {source!r} name one source twice")
    return parts


def _parts(source: str) -> list[str]:
    """Divide a source at each ``+``, except within the name of a file that exists."""
    words = source.split("+")
    parts = []
    while words:
        end = next((n for n in range(len(words), 0, -1) if _exists("+".join(words[:n]))), 1)
        parts.append("+".join(words[:end]).strip())
        words = words[end:]
    return parts


def _exists(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except OSError:  # a name longer than any file's
        return False


def _is_fetched(part: str) -> bool:
    return part.partition(":")[0] == MATERIALS_PROJECT and not _exists(part)


def _is_plugin(part: str) -> bool:
    return not _exists(part) and part.partition(":")[0] in plugin_names()


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
    if part in PACKAGED_SOURCES:
        return _Stamped(part, 0)
    path = Path(part)
    if _exists(part) and not path.is_dir():
        return _Stamped(str(path.resolve()), path.stat().st_mtime_ns)
    if _is_plugin(part):
        return _Stamped(part, 0)
    folder, model = _folder(part)
    return _Stamped(f"{folder}:{model}", document_path(folder, model).stat().st_mtime_ns)


def _folder(part: str) -> tuple[Path, str]:
    """Return a folder of tables and the model of one, which need not be named where there is but one."""
    head, _, model = part.rpartition(":")
    name, model = (part, "") if _exists(part) else (head, model)
    folder = Path(name).resolve()
    models = sorted(file.stem for file in folder.glob("*.json") if file.stem in MODELS) if _exists(name) else []
    if model in models:
        return folder, model
    if not models:
        names = [*PACKAGED_SOURCES, MATERIALS_PROJECT, *plugin_names()]
        raise InputError(
            f"unknown energies {part!r}{nearest(part, names)}: neither {', '.join(map(repr, names))} nor a file nor a "
            "folder with a table"
        )
    if model or len(models) > 1:
        raise InputError(
            f"unknown energies {part!r}{nearest(model, models)}: the folder holds tables of {', '.join(models)}: write "
            f"{name}:{models[0]}"
        )
    return folder, models[0]


@lru_cache(maxsize=8)
def _opened(sources: tuple[_Stamped, ...], kept: bool) -> PhaseSet:
    """Open sources that are on this machine, with their doubtful phases or without."""
    if not kept:
        return without_doubtful(_opened(sources, True))
    return _set(sources[0]) if len(sources) == 1 else union([_table(source) for source in sources]).as_set()


def _set(source: _Stamped) -> PhaseSet:
    name, _, model = source.name.rpartition(":")
    if source.name == ANCHORED:
        return anchored_energies()
    if source.name in SOURCES:
        return packaged_energies(SOURCES[source.name])
    if _exists(source.name):
        return read_energies(source.name).as_set()
    return plugin_energies(source.name) if _is_plugin(source.name) else read_packaged(name, model)


def _table(source: _Stamped) -> Table:
    """Read a source that need not be a whole set."""
    return read_energies(source.name) if _exists(source.name) else Table.of(_set(source))
