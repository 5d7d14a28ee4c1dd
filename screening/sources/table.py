"""A table of energies: a scale and columns of phases, in the JSON form of a set of phases.

A table need not be a whole set: it may hold a single compound and no element, to be joined to another table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from screening.errors import InputError
from screening.phase import EnergyScale, PhaseColumns
from screening.sources.files import read_bytes, write_json


def read_table(path: str | Path) -> tuple[EnergyScale, PhaseColumns]:
    """Read a table written by :func:`write_table` or :meth:`screening.phase_set.PhaseSet.to_file`.

    Parameters
    ----------
    path
        JSON, plain or gzipped.

    Raises
    ------
    InputError
        If the file is missing, truncated, or no table of energies.
    """
    try:
        data = orjson.loads(read_bytes(path))
    except orjson.JSONDecodeError as error:
        raise InputError(f"energies file {path} is not JSON, or truncated: {error}") from None
    return table_of(data, str(path))


def write_table(path: str | Path, scale: EnergyScale, columns: PhaseColumns) -> None:
    """Write a table; gzipped if the name ends in ``.gz``, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    write_json(
        path,
        {
            "@module": "screening.phase_set",
            "@class": "PhaseSet",
            "scale": scale.model_dump(),
            "phases": columns.model_dump(),
        },
    )


def table_of(data: Any, name: str) -> tuple[EnergyScale, PhaseColumns]:
    """Read the decoded content of a table.

    Raises
    ------
    InputError
        If a field is missing or unfit; the message begins with the name.
    """
    try:
        return EnergyScale.model_validate(data["scale"]), PhaseColumns.model_validate(data["phases"])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"energies file {name} is no table of energies: {where}: {first['msg']}") from None
    except (KeyError, TypeError) as error:
        raise InputError(f"energies file {name} is no table of energies: lacks {error}") from None
