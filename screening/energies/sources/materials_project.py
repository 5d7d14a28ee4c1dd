"""The energies of the Materials Project, fetched by chemical system and kept on disk.

What is asked for is the thermo type GGA_GGA+U: PBE and PBE+U energies with MP2020 corrections. (The service's default
also mixes r2SCAN energies in, by corrections that depend on the chemical system; those cannot be joined.)

Each database version has its own file in the user's cache folder, or in the folder that ``COATSCREEN_CACHE`` names. It
lists the chemical systems that were asked for (Li, Li-O, O for Li2O in Li-O) and all their phases, so that a larger
system answers a smaller one and only what is missing is fetched. Nothing is asked of the network, not even for a key,
where all is there. Versions are never mixed: where the database has moved on, a new version is begun only when it is
named (``mp:2025.09.25``); then it is the one that ``mp`` means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.sources.fetched import FetchedPhaseSet, inside, largest
from screening.energies.sources.materials_project_release import THERMO_TYPE, VERSION
from screening.files.cache import CACHE_VARIABLE, cache_folder
from screening.files.content import parse_json, read_bytes, write_json
from screening.files.locks import file_lock
from screening.phases.entries import MP2020, PBE_AND_U
from screening.phases.files import table_of
from screening.phases.phase import Phase, PhaseColumns
from screening.phases.phase_table import PhaseTable

MATERIALS_PROJECT = "mp"
_MOST_SUBSYSTEMS = 2**16  # 16 elements, or some five hundred coatings: some hundred requests
_LONGEST_REQUEST = 4000  # characters of an address; servers take 8000


class Kept(NamedTuple):
    """What the cache holds of one database version."""

    version: str
    systems: frozenset[str]  # asked for, each by itself: Li-O has no elements among its phases
    columns: PhaseColumns


def materials_project_energies(systems: Iterable[Iterable[str]], version: str | None = None) -> FetchedPhaseSet:
    """Return all phases of some chemical systems, from the cache or the network.

    The live service was not at hand when this was written: it was tested with the client package against a local
    server that answers as the service does.

    Parameters
    ----------
    systems
        Sets of elements; the phases of each and of all its parts are wanted.
    version
        Of the database; None for the one fetched last, or the current one where there is none.

    Raises
    ------
    InputError
        If no system is named, one is too large, there is no key or a wrong one, the client package is not installed,
        or the version is not to be had any more.
    CalculationError
        If the service cannot be reached, or answers wrongly; what was fetched is kept.
    """
    wanted = largest(systems)
    if not wanted:
        raise InputError("the energies 'mp' are fetched by chemical system: name materials or elements")
    if version is not None and not VERSION.fullmatch(version):
        raise InputError(f"{version!r} is no version of the Materials Project's database; they are like 2025.09.25")
    parts = subsystems(wanted)
    kept = read_kept(version)
    if kept is None or not parts <= kept.systems:
        kept = _complete(parts, version)
    table = inside(PhaseTable.from_columns(kept.columns), wanted) if kept.columns.id else None
    if not table:
        names = ", ".join(sorted("-".join(sorted(system)) for system in wanted))
        raise InputError(f"the Materials Project holds no phase in {names}")
    return FetchedPhaseSet.complete_in(scale_of(kept.version), table, wanted)


def scale_of(version: str) -> EnergyScale:
    """Return the scale of a database version."""
    return EnergyScale(
        name="Materials Project",
        version=version,
        functional=PBE_AND_U,
        correction=MP2020,
        source=f"Materials Project, thermo type {THERMO_TYPE}, CC-BY 4.0",
    )


def subsystems(systems: Iterable[frozenset[str]]) -> frozenset[str]:
    """Name all parts of some chemical systems, as in ``Li-O``.

    Raises
    ------
    InputError
        If there are too many.
    """
    found: set[str] = set()
    for system in systems:
        if 2 ** len(system) - 1 <= _MOST_SUBSYSTEMS:
            found.update(
                "-".join(part) for size in range(1, len(system) + 1) for part in combinations(sorted(system), size)
            )
        if 2 ** len(system) - 1 > _MOST_SUBSYSTEMS or len(found) > _MOST_SUBSYSTEMS:
            raise InputError(
                f"too many chemical systems to ask the Materials Project for: more than {_MOST_SUBSYSTEMS}, with "
                f"{'-'.join(sorted(system))}"
            )
    return frozenset(found)


def kept_version() -> str | None:
    """Return the database version fetched last, None where there is none."""
    files = (cache_folder() / "materials-project").glob("*.json.gz")
    return max((file.name.removesuffix(".json.gz") for file in files), default=None)


def read_kept(version: str | None = None) -> Kept | None:
    """Read what is kept of a database version (None: of the last), None where there is nothing.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    version = version or kept_version()
    if version is None or not _path(version).exists():
        return None
    path = _path(version)
    try:
        data = parse_json(read_bytes(path), path)
        _, columns = table_of(data, path)
        return Kept(version, frozenset(map(str, data["fetched"])), columns)
    except (InputError, KeyError, TypeError) as error:
        raise InputError(f"{error}; delete the file to fetch the energies again") from None


def _path(version: str) -> Path:
    return cache_folder() / "materials-project" / f"{version}.json.gz"


def _complete(parts: frozenset[str], version: str | None) -> Kept:
    """Fetch what is missing; of several processes one does, while the others wait for as long as it takes."""
    folder = cache_folder() / "materials-project"
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(file_lock(folder / "lock", -1.0))
        except OSError as error:
            raise InputError(
                f"the cache folder {folder} cannot be written: {error.strerror}; name another by {CACHE_VARIABLE}"
            ) from None
        kept = read_kept(version)
        missing = parts - (kept.systems if kept else frozenset())
        return kept if kept and not missing else _fetched(kept, missing, version)


def _fetched(kept: Kept | None, missing: frozenset[str], version: str | None) -> Kept:
    from screening.energies.sources.materials_project_client import MaterialsProjectClient

    client = MaterialsProjectClient()
    current = client.database_version()
    if version is not None and version != current:
        beyond = " beyond what is in the cache" if kept else ""
        raise InputError(f"the Materials Project now serves version {current}; {version} is not to be had{beyond}")
    if kept is not None and kept.version != current:
        raise InputError(
            f"the cached energies are those of version {kept.version} of the Materials Project and lack "
            f"{len(missing)} chemical systems, and it now serves version {current}; versions are never mixed: begin "
            f"anew with --energies {MATERIALS_PROJECT}:{current}"
        )
    kept = kept or Kept(current, frozenset(), PhaseColumns(**{name: [] for name in Phase.model_fields}))
    for batch in batches(missing):
        phases = client.phases(batch, current)
        kept = Kept(current, kept.systems | set(batch), _with(kept.columns, phases))
        _write(kept)
    return kept


def batches(systems: Iterable[str]) -> list[list[str]]:
    """Divide chemical systems into lists short enough for the address of a request, small systems first."""
    found: list[list[str]] = [[]]
    length = 0
    for system in sorted(systems, key=lambda name: (name.count("-"), name)):
        size = len(system) + len("%2C")
        if length + size > _LONGEST_REQUEST:
            found.append([])
            length = 0
        found[-1].append(system)
        length += size
    return found


def _with(columns: PhaseColumns, phases: Sequence[Phase]) -> PhaseColumns:
    return PhaseColumns(**{name: [*values, *(getattr(phase, name) for phase in phases)] for name, values in columns})


def _write(kept: Kept) -> None:
    if not kept.columns.id:
        return
    write_json(
        _path(kept.version),
        {
            "scale": scale_of(kept.version).model_dump(),
            "phases": kept.columns.model_dump(),
            "fetched": sorted(kept.systems),
        },
    )
