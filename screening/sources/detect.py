"""A file of energies: which of the known forms it has, told by its content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from screening.errors import InputError
from screening.phase import EnergyScale, PhaseColumns
from screening.sources.entries import entries_of
from screening.sources.files import parse_json, read_bytes
from screening.sources.formation_energies import read_formation_energies
from screening.sources.table import table_of


def read_energies(path: str | Path) -> tuple[EnergyScale, PhaseColumns]:
    """Read a file of energies, plain or gzipped.

    Parameters
    ----------
    path
        A table (JSON, by ``PhaseSet.to_file``), pymatgen entries (JSON, by ``dumpfn``: a list, or under the key
        ``entries``), or formation energies (CSV).

    Raises
    ------
    InputError
        If the file is missing or damaged, has none of these forms, or something in it is unfit.
    """
    path = Path(path)
    content = read_bytes(path)
    version = hashlib.sha256(content).hexdigest()[:12]
    if not content.strip():
        raise InputError(f"energies file {path} is empty")
    if content.lstrip()[:1] not in (b"{", b"["):
        return read_formation_energies(content, path, version)
    data = parse_json(content, path)
    if isinstance(data, list):
        return entries_of(data, path, version)
    if isinstance(data.get("entries"), list):
        return entries_of(data["entries"], path, version)
    if {"scale", "phases"} & data.keys():
        return table_of(data, path)
    keys = ", ".join(list(data)[:4]) or "nothing"
    raise InputError(f"energies file {path} holds neither a set of phases nor pymatgen entries, but {keys}")
