"""The file a table of energies is kept in: compressed arrays, small in a repository and quick to load.

Integers in the units of the last digit kept (1e-6 eV/atom, 1e-4 cubic angstrom per atom), the amounts of the reduced
formulas, and why a row is not used, where it is not. ``coatscreen reference info --csv`` writes it all as text.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.formulas import parse_formula
from screening.files.content import LARGEST_VARIABLE, largest_file_mb
from screening.phases.phase_table import PhaseTable, element_numbers

_MICRO = 1e6
_VOLUME = 1e4
_NONE = np.iinfo(np.int32).min  # in place of a number that could not be computed


class Row(NamedTuple):
    """One structure that was asked for."""

    id: str
    formula: str  # reduced, whole amounts
    sites: int
    space_group: int
    energy_ev_per_atom: float | None
    volume_a3_per_atom: float | None
    status: str  # empty: used; else 'excluded: rule: reason', 'failed: why' or 'not computed'


class PackagedTable(NamedTuple):
    """All structures that were asked for, with their energies or why there are none."""

    phases: PhaseTable  # NaN energies where they could not be computed
    sites: NDArray[np.int32]
    unused: dict[int, str]  # why, by row

    def used(self) -> PhaseTable:
        """Return the phases that are used."""
        kept = np.ones(len(self.phases), dtype=bool)
        kept[list(self.unused)] = False
        return self.phases.take(np.flatnonzero(kept))

    def row(self, i: int) -> Row:
        """Return a row."""
        energy = float(self.phases.energies[i])
        return Row(
            id=self.phases.id(i),
            formula=self.phases.formula(i),
            sites=int(self.sites[i]),
            space_group=self.phases.space_group(i) or 0,
            energy_ev_per_atom=None if np.isnan(energy) else energy,
            volume_a3_per_atom=self.phases.volume(i),
            status=self.unused.get(i, ""),
        )


def pack(rows: Sequence[Row]) -> bytes:
    """Write rows as the content of a file; the same rows give the same bytes."""
    compositions = [parse_formula(row.formula) for row in rows]
    unused = [i for i, row in enumerate(rows) if row.status]
    columns = {
        "ids": np.array([row.id.encode() for row in rows], dtype=np.bytes_),
        "lengths": np.array([len(c) for c in compositions], dtype=np.uint8),
        "numbers": element_numbers([element for c in compositions for element in c]).astype(np.uint8),
        "amounts": np.array([round(amount) for c in compositions for amount in c.values()], dtype=np.int32),
        "sites": np.array([row.sites for row in rows], dtype=np.int32),
        "space_groups": np.array([row.space_group for row in rows], dtype=np.int16),
        "energies": _whole([row.energy_ev_per_atom for row in rows], _MICRO),
        "volumes": _whole([row.volume_a3_per_atom for row in rows], _VOLUME),
        "unused": np.array(unused, dtype=np.int32),
        "reasons": np.array([rows[i].status.encode() for i in unused], dtype=np.bytes_),
    }
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **columns)
    return file.getvalue()


def unpack(content: bytes) -> PackagedTable:
    """Read the content of a file.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    try:
        _check_sizes(content)
        with np.lib.npyio.NpzFile(io.BytesIO(content), allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        phases = PhaseTable(
            ids=columns["ids"],
            starts=np.concatenate([[0], np.cumsum(columns["lengths"], dtype=np.intp)]),
            numbers=columns["numbers"],
            amounts=columns["amounts"].astype(np.float64),
            energies=_numbers(columns["energies"], _MICRO),
            space_groups=columns["space_groups"],
            volumes=_numbers(columns["volumes"], _VOLUME),
        )
        reasons = [bytes(reason).decode() for reason in columns["reasons"]]
        unused = dict(zip(columns["unused"].tolist(), reasons, strict=True))
        return PackagedTable(phases, columns["sites"], unused)
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
        *(RuntimeError, LookupError, TypeError, ValueError),
    ) as error:
        raise ValueError(f"not a table of energies: {error}") from None


def _check_sizes(content: bytes) -> None:
    """Refuse columns that are larger than they say, or than a file may be, before anything is unzipped."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > 1e6 * largest_file_mb():
            raise ValueError(f"larger than {largest_file_mb():g} MB unzipped: set {LARGEST_VARIABLE} to more")
        for member in members:
            with archive.open(member) as column:
                version = np.lib.format.read_magic(column)
                if version != (1, 0):
                    raise ValueError(f"columns of version {version}")
                shape, _, dtype = np.lib.format.read_array_header_1_0(column)
                if math.prod(shape) * dtype.itemsize > member.file_size:
                    raise ValueError(f"half of {member.filename}")


def _whole(values: Sequence[float | None], unit: float) -> NDArray[np.int32]:
    return np.array([_NONE if value is None else round(value * unit) for value in values], dtype=np.int32)


def _numbers(whole: NDArray[np.int32], unit: float) -> NDArray[np.float64]:
    return np.where(whole == _NONE, np.nan, whole / unit)
