"""The packaged energies: single points of potentials at Materials Project geometries.

A table for each model, each on its own scale, and beside it a JSON document that says where the table comes
from and holds its hash. The table lists every structure that was asked for: those used, those the guard excludes and
those whose energy could not be computed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from screening.common.errors import InputError, nearest
from screening.common.provenance import EnergyScale
from screening.energies.packaged.rows import PackagedTable, Row, unpack
from screening.energies.sources.union import concatenated, require_agreement
from screening.files.content import DATA, parse_json, read_bytes
from screening.files.validation import explained
from screening.phases.files import read_table
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable

if TYPE_CHECKING:
    from screening.energies.packaged.packaged_documents import PackagedInfo, UnusedStructure

PACKAGED = DATA / "reference"
PACKAGED_CELLS = DATA / "cells"  # see screening.cathodes.ordering.cell_table
PACKAGED_MODEL = "chgnet-0.3.0"


def packaged_energies(model: str = PACKAGED_MODEL) -> PhaseSet:
    """Load the packaged energies of a model, once a process.

    With the model ``"chgnet-0.3.0"`` they hold the ordered cells of cathodes and solid solutions too.

    Parameters
    ----------
    model
        One of :data:`screening.energies.potentials.models.MODELS`.

    Raises
    ------
    InputError
        If the installed table is missing, damaged or edited.
    """
    return _packaged_energies(model)


@cache
def _packaged_energies(model: str) -> PhaseSet:
    document = _document(PACKAGED, model)
    table = _read(table_path(PACKAGED, model), document).used()
    scale = EnergyScale.model_validate(document["scale"])
    path = cells_path(model)
    if not path.exists():
        return PhaseSet.from_table(scale, table)
    cells, columns = read_table(path)
    require_agreement(scale, cells)
    scale = scale.model_copy(update={"source": f"{scale.source}; {cells.source}"})
    # their formulas are made when asked for, as those of the large table
    return PhaseSet.from_table(scale, concatenated([table, replace(PhaseTable.from_columns(columns), formulas=None)]))


def read_packaged(folder: str | Path, model: str = PACKAGED_MODEL) -> PhaseSet:
    """Read the usable phases of a table.

    Parameters
    ----------
    folder
        Where ``MODEL.npz`` and ``MODEL.json`` lie.
    model
        One of :data:`screening.energies.potentials.models.MODELS`.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the table is not the one its document describes.
    """
    document = _document(Path(folder), model)
    table = _read(table_path(folder, model), document)
    return PhaseSet.from_table(EnergyScale.model_validate(document["scale"]), table.used())


def packaged_info(folder: str | Path = PACKAGED, model: str = PACKAGED_MODEL) -> PackagedInfo:
    """Say where a table of energies comes from.

    Raises
    ------
    InputError
        If its document is missing or damaged.
    """
    from screening.energies.packaged.packaged_documents import PackagedInfo

    try:
        return PackagedInfo.model_validate(_document(Path(folder), model))
    except ValidationError as error:
        raise InputError(f"{document_path(folder, model)} is damaged: {explained(error)}") from None


def unused_structures(folder: str | Path = PACKAGED, model: str = PACKAGED_MODEL) -> list[UnusedStructure]:
    """List the structures of a table that are not used, with the reason.

    Raises
    ------
    InputError
        As :func:`read_packaged`.
    """
    from screening.energies.packaged.packaged_documents import UnusedStructure

    table = _read(table_path(folder, model), _document(Path(folder), model))
    rows = [table.row(i) for i in table.unused]
    return [
        UnusedStructure(
            id=row.id,
            formula=row.formula,
            space_group=row.space_group,
            energy_ev_per_atom=row.energy_ev_per_atom,
            status=row.status,
        )
        for row in rows
    ]


def packaged_rows(folder: str | Path = PACKAGED, model: str = PACKAGED_MODEL) -> Iterator[Row]:
    """Yield every row of a table: what is used, and what is not.

    Raises
    ------
    InputError
        As :func:`read_packaged`.
    """
    table = _read(table_path(folder, model), _document(Path(folder), model))
    return map(table.row, range(len(table.phases)))


def cells_path(model: str) -> Path:
    """Return the path of the packaged table of ordered cells, which there need not be."""
    return PACKAGED_CELLS / document_path(PACKAGED, model).name


def table_path(folder: str | Path, model: str) -> Path:
    """Return the table's path in a folder; see :func:`document_path`."""
    return document_path(folder, model).with_suffix(".npz")


def document_path(folder: str | Path, model: str) -> Path:
    """Return the path of the document beside it.

    Raises
    ------
    InputError
        If the model's name would lead elsewhere.
    """
    if not re.fullmatch(r"[\w.-]+", model, re.ASCII):
        raise InputError(f"{model!r} is no name of a model, such as {PACKAGED_MODEL}")
    return Path(folder) / f"{model}.json"


def _document(folder: Path, model: str) -> dict[str, Any]:
    """Read a document as far as reading its table needs: scale and hash are there."""
    path = document_path(folder, model)
    if Path(folder) == PACKAGED and not path.exists():
        there = sorted(file.stem for file in PACKAGED.glob("*.npz"))
        raise InputError(f"no packaged energies of {model}{nearest(model, there)}; there are {', '.join(there)}")
    try:
        content = read_bytes(path)
    except InputError as error:
        raise InputError(f"no energies of {model}: {error}") from None
    try:
        document = parse_json(content, path)
        EnergyScale.model_validate(document["scale"])
        str(document["table_sha256"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from None
    return dict(document)


def _read(path: Path, document: dict[str, Any]) -> PackagedTable:
    content = read_bytes(path)
    if hashlib.sha256(content).hexdigest() != document["table_sha256"]:
        raise InputError(f"{path} is not the table its document describes (another hash): damaged or edited")
    try:
        return unpack(content)
    except ValueError as error:
        raise InputError(f"{path} is {error}") from None
