"""The packaged energies: CHGNet single points at Materials Project geometries.

A table and, beside it, a JSON document that says where the table comes from and holds its hash. The table lists every
structure that was asked for: those used, those the guard excludes and those whose energy could not be computed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from screening.errors import InputError
from screening.phase import EnergyScale, PhaseColumns
from screening.phase_set import PhaseSet

if TYPE_CHECKING:
    from screening.reference_documents import ReferenceInfo, UnusedStructure

PACKAGED = Path(__file__).parent / "data" / "reference"
PACKAGED_MODEL = "0.3.0"


class Row(NamedTuple):
    """A line of the table; what is unknown is empty."""

    id: str
    formula: str  # reduced
    sites: str
    space_group: str
    energy_ev_per_atom: str
    volume_a3_per_atom: str
    status: str  # empty: used; else 'excluded: rule: reason' or 'failed: why'


@cache
def load_reference() -> PhaseSet:
    """Load the packaged energies, once a process.

    Raises
    ------
    InputError
        If the installed table is missing, damaged or edited.
    """
    return read_reference(PACKAGED)


def read_reference(folder: str | Path, model: str = PACKAGED_MODEL) -> PhaseSet:
    """Read the usable phases of a table.

    Parameters
    ----------
    folder
        Where ``chgnet-MODEL.csv.gz`` and ``chgnet-MODEL.json`` lie.
    model
        CHGNet weights, ``"0.3.0"`` or ``"r2scan"``.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the table is not the one its document describes.
    """
    document = _document(Path(folder), model)
    used = [row for row in _rows(Path(folder), model, document) if not row.status]
    columns = PhaseColumns(
        id=[row.id for row in used],
        formula=[row.formula for row in used],
        energy_ev_per_atom=[float(row.energy_ev_per_atom) for row in used],
        space_group=[int(row.space_group) for row in used],
        volume_a3_per_atom=[float(row.volume_a3_per_atom) for row in used],
        origin=[None] * len(used),
    )
    return PhaseSet.from_columns(EnergyScale.model_validate(document["scale"]), columns)


def reference_info(folder: str | Path = PACKAGED, model: str = PACKAGED_MODEL) -> ReferenceInfo:
    """Say where a table of energies comes from.

    Raises
    ------
    InputError
        If its document is missing or damaged.
    """
    from screening.reference_documents import ReferenceInfo

    try:
        return ReferenceInfo.model_validate(_document(Path(folder), model))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{document_path(folder, model)} is damaged: {where}: {first['msg']}") from None


def unused_structures(folder: str | Path = PACKAGED, model: str = PACKAGED_MODEL) -> list[UnusedStructure]:
    """List the structures of a table that are not used, with the reason.

    Raises
    ------
    InputError
        As :func:`read_reference`.
    """
    from screening.reference_documents import UnusedStructure

    return [
        UnusedStructure(
            id=row.id,
            formula=row.formula,
            space_group=int(row.space_group),
            energy_ev_per_atom=float(row.energy_ev_per_atom) if row.energy_ev_per_atom else None,
            status=row.status,
        )
        for row in _rows(Path(folder), model, _document(Path(folder), model))
        if row.status
    ]


def table_path(folder: str | Path, model: str) -> Path:
    """Return the table's path in a folder."""
    return Path(folder) / f"chgnet-{model}.csv.gz"


def document_path(folder: str | Path, model: str) -> Path:
    """Return the path of the document beside it."""
    return Path(folder) / f"chgnet-{model}.json"


def _document(folder: Path, model: str) -> dict[str, Any]:
    """Read a document as far as reading its table needs: scale and hash are there."""
    path = document_path(folder, model)
    try:
        document = json.loads(path.read_bytes())
        EnergyScale.model_validate(document["scale"])
        str(document["table_sha256"])
    except OSError as error:
        raise InputError(f"no energies of CHGNet {model}: {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from None
    return dict(document)


def _rows(folder: Path, model: str, document: dict[str, Any]) -> list[Row]:
    path = table_path(folder, model)
    try:
        table = gzip.decompress(path.read_bytes())
    except OSError as error:  # a bad checksum is one too
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"{path} is damaged: {error}") from None
    if hashlib.sha256(table).hexdigest() != document["table_sha256"]:
        raise InputError(f"{path} is not the table its document describes (another hash): damaged or edited")
    lines = csv.reader(io.StringIO(table.decode()))
    next(lines)
    return [Row._make(line) for line in lines]
