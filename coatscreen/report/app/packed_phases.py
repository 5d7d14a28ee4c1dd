"""A set of energies as bytes for a page: the lowest phase of each composition, and the ordered cells of cathodes.

Phases of higher energy are in no lowest-energy mixture, so that only who asks for one by its id misses them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.elements import ELEMENTS
from screening.phases.phase import CELL
from screening.phases.phase_set import PhaseSet

ENERGY_UNIT = 1_000_000  # energies are kept as whole micro-electronvolts per atom


class PackedLayout(BaseModel):
    """Where the columns of the phases stand among the bytes, and how they are read."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[str, tuple[int, int]] = Field(description="first byte of each column, and the byte behind its last")
    symbols: list[str] = Field(description="the elements that the entries number")
    energy_unit: int = Field(description="energies in whole fractions of so many of an eV/atom")
    cell_prefix: str = Field(description="what the ids of ordered cells begin with")


class PackedPhases(NamedTuple):
    """The phases as bytes, with their layout."""

    layout: PackedLayout
    content: bytes


def packed_phases(phases: PhaseSet) -> PackedPhases:
    """Pack the phases that can take part in a reaction.

    Parameters
    ----------
    phases
        The energies. They are rounded to 1e-6 eV/atom, which the packaged ones are already.

    Returns
    -------
    PackedPhases
        Columns of numbers stand plane by plane: first the lowest byte of all, then the next. In this form they are
        compressed best.
    """
    lowest = phases.lowest_among(np.arange(len(phases)))
    kept = np.union1d(lowest, np.array(phases.cells, dtype=np.intp))
    table = phases.table.take(kept)
    symbols = list(phases.elements)
    number = np.zeros(len(ELEMENTS), dtype=np.uint8)
    for place, symbol in enumerate(symbols):
        number[ELEMENTS.index(symbol)] = place
    parts = {
        "lengths": _planes(np.diff(table.starts).astype(np.uint8)),
        "numbers": _planes(number[table.numbers]),
        "amounts": _planes(table.amounts.astype("<f8")),
        "energies": _planes(np.rint(phases.energies[kept] * ENERGY_UNIT).astype("<i4")),
        "lowest": _planes(np.isin(kept, lowest).astype(np.uint8)),
        "ids": b"\n".join(table.ids.tolist()),
    }
    columns, end = {}, 0
    for name, part in parts.items():
        columns[name] = (end, end + len(part))
        end += len(part)
    layout = PackedLayout(columns=columns, symbols=symbols, energy_unit=ENERGY_UNIT, cell_prefix=CELL)
    return PackedPhases(layout, b"".join(parts.values()))


def _planes(column: NDArray[np.generic]) -> bytes:
    return column.view(np.uint8).reshape(-1, column.itemsize).T.tobytes()
