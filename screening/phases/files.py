"""Files of energies: a scale and the columns of its phases, in the JSON form of a set of phases.

A table need not be a complete set: it may hold a single compound and no element, to be joined to another table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.files.content import parse_json, read_bytes, write_json
from screening.files.validation import explained
from screening.phases.phase import PhaseColumns
from screening.phases.phase_table import PhaseTable, sha256_of


def read_table(path: str | Path) -> tuple[EnergyScale, PhaseColumns]:
    """Read a table written by :func:`write_table` or :meth:`screening.phases.phase_set.PhaseSet.to_file`.

    Parameters
    ----------
    path
        JSON, plain or gzipped.

    Raises
    ------
    InputError
        If the file is missing, truncated, damaged or edited, or does not hold a table of energies.
    """
    return table_of(parse_json(read_bytes(path), path), path)


def write_table(path: str | Path, scale: EnergyScale, columns: PhaseColumns) -> None:
    """Write a table, gzipped if the name ends in ``.gz``. The file is written completely or not at all.

    Raises
    ------
    InputError
        If a formula cannot be read, or the file cannot be written.
    """
    write_json(path, content_of(scale, columns))


def content_of(scale: EnergyScale, columns: PhaseColumns) -> dict[str, Any]:
    """Return the content of a table's file as a dictionary, to which further keys may be added."""
    return {
        "@module": "screening",  # a name that does not change when a file of the package moves
        "@class": "PhaseSet",
        "scale": scale.model_dump(),
        "sha256": sha256_of(scale, PhaseTable.from_columns(columns)),
        "phases": columns.model_dump(),
    }


def table_of(data: Any, name: str | Path) -> tuple[EnergyScale, PhaseColumns]:
    """Check the decoded content of a file of energies and return its scale and columns.

    Parameters
    ----------
    data
        Content in the form that :func:`content_of` makes.
    name
        Name of the file in error messages.

    Raises
    ------
    InputError
        If a field is missing or invalid, there is no phase, or the content does not match its hash.
    """
    try:
        scale, columns = EnergyScale.model_validate(data["scale"]), PhaseColumns.model_validate(data["phases"])
    except ValidationError as error:
        raise InputError(f"the energies in {name} is no table of energies: {explained(error)}") from None
    except (KeyError, TypeError) as error:
        raise InputError(f"the energies in {name} is no table of energies: lacks {error}") from None
    if not columns.id:
        raise InputError(f"the energies in {name} holds no phase")
    if data.get("sha256") not in (None, sha256_of(scale, PhaseTable.from_columns(columns))):
        raise InputError(f"the phases in {name} do not match their hash: damaged or edited")
    return scale, columns
