"""A file of energies: which of the known forms it has, told by its content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.sources.entries import entries_of
from screening.energies.sources.fetched import Systems, largest
from screening.energies.sources.formation_energies import read_formation_energies
from screening.energies.sources.union import Table
from screening.files.content import parse_json, read_bytes
from screening.phases.files import table_of
from screening.phases.phase import PhaseColumns
from screening.phases.phase_table import PhaseTable
from screening.phases.plausibility import require_plausible


def read_energies(path: str | Path) -> Table:
    """Read a file of energies, plain or gzipped.

    Parameters
    ----------
    path
        A table (JSON, by ``PhaseSet.to_file``); pymatgen entries (JSON, by ``dumpfn``: a list, or under the key
        ``entries``, or a whole PhaseDiagram); or formation energies (CSV, also with the Materials Project's headings).

    Raises
    ------
    InputError
        If the file is missing or damaged, has none of these forms, or something in it is unfit.
    """
    path = Path(path)
    content = read_bytes(path)
    if not content.strip():
        raise InputError(f"energies file {path} is empty")
    version = hashlib.sha256(content).hexdigest()[:12]
    systems = None
    if content.lstrip()[:1] in (b"{", b"["):
        data = parse_json(content, path)
        scale, columns = _from_json(data, path, version)
        if isinstance(data, dict) and "systems" in data:
            systems = _systems(data["systems"], path)
    else:
        scale, columns = _plausible(path, *read_formation_energies(content, path, version))
    return Table(scale, PhaseTable.from_columns(columns), systems)


def _from_json(data: Any, path: Path, version: str) -> tuple[EnergyScale, PhaseColumns]:
    if isinstance(data, list):
        return _plausible(path, *entries_of(data, path, version))
    if isinstance(data.get("entries"), list):
        return _plausible(path, *entries_of(data["entries"], path, version))
    if isinstance(data.get("computed_data"), dict):
        return _plausible(path, *entries_of(_entries_of_diagram(data["computed_data"], path), path, version))
    if {"scale", "phases"} & data.keys():
        return table_of(data, path)
    keys = ", ".join(list(data)[:4]) or "nothing"
    raise InputError(f"energies file {path} holds neither a set of phases nor pymatgen entries, but {keys}")


def _plausible(path: Path, scale: EnergyScale, columns: PhaseColumns) -> tuple[EnergyScale, PhaseColumns]:
    """Refuse energies from elsewhere that no compound has; a table of this program was judged when it was made."""
    try:
        require_plausible(PhaseTable.from_columns(columns))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return scale, columns


def _entries_of_diagram(computed: dict[str, Any], path: Path) -> list[Any]:
    """Return the entries that a dumped PhaseDiagram was made of."""
    entries = computed.get("all_entries")
    if not isinstance(entries, list):
        raise InputError(f"{path} is no whole PhaseDiagram: its computed_data lack the list all_entries")
    return entries


def _systems(names: Any, path: Path) -> Systems:
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise InputError(f"energies file {path}: its chemical systems are not a list of names such as Li-O")
    return largest(name.split("-") for name in names)
