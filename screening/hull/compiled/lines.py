"""Many lines at once with the compiled core: arrays in, arrays out (``lines.c``)."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.hull.compiled.core import Core

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NOT_A_LINE = -20  # numbers down to here say that a path failed, below it that there is nothing to follow
MOST_ELEMENTS = 128  # elements there are, at most: two words of bits


class Field(IntEnum):
    """What comes out of a line, in eV per (closed) atom; x is counted from the beginning of the line to its end."""

    AT_FROM = 0  # energy of the lowest-energy mixture at the beginning
    AT_TO = 1
    MUTUAL = 2  # lowest mutual energy
    X_MUTUAL = 3
    TOTAL = 4  # lowest total energy; NaN without energies of the ends' own
    X_TOTAL = 5
    SELF_FROM = 6
    SELF_TO = 7
    POTENTIAL = 8  # of the element asked for, at the beginning
    KINKS = 9  # how many; negative if the line could not be computed


@dataclass(frozen=True)
class Rows:
    """Sparse rows, the compositions of phases or points: row i has the entries ``starts[i]:starts[i + 1]``.

    Elements are numbers below :data:`MOST_ELEMENTS`, and those of a system are its rows in the order of the numbers.
    """

    starts: Integers
    elements: Integers
    fractions: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Shelves:
    """Phases, ready to be picked: every phase stands on the shelf of its rarest element."""

    rows: Rows
    bits: NDArray[np.uint64]  # (n, 2) the elements of each phase
    shelf_starts: Integers  # (MOST_ELEMENTS + 1,)
    shelves: Integers  # (n,)

    @classmethod
    def of(cls, rows: Rows) -> Shelves:
        """Sort phases by their elements."""
        commonness = np.bincount(rows.elements, minlength=MOST_ELEMENTS)
        place = np.empty(MOST_ELEMENTS, dtype=np.int64)
        order = np.lexsort((np.arange(MOST_ELEMENTS), commonness))
        place[order] = np.arange(MOST_ELEMENTS)
        rarest = order[np.minimum.reduceat(place[rows.elements], rows.starts[:-1])]
        one = np.uint64(1) << (rows.elements % 64).astype(np.uint64)
        nothing = np.uint64(0)
        halves = [np.where(rows.elements // 64 == half, one, nothing) for half in (0, 1)]
        bits = np.stack([np.bitwise_or.reduceat(half, rows.starts[:-1]) for half in halves], axis=1)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rarest, minlength=MOST_ELEMENTS))])
        return cls(rows, np.ascontiguousarray(bits), starts.astype(np.int64), np.argsort(rarest, kind="stable"))


class _Phases(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("count", "samples")),
        *(
            (name, ctypes.c_void_p)
            for name in ("starts", "elements", "fractions", "bits", "shelf_starts", "shelves", "energies")
        ),
    )


class _Lines(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("count", "points", "potentials_each")),
        *(
            (name, ctypes.c_void_p)
            for name in ("point_starts", "point_elements", "point_fractions", "own", "from_", "to", "reservoirs")
        ),
        *((name, ctypes.c_void_p) for name in ("open_starts", "open_elements", "potentials")),
        ("asked", ctypes.c_int64),
    )


class _Mixtures(ctypes.Structure):
    _fields_ = (
        ("room", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("phases", "amounts", "phases_total", "amounts_total")),
    )


class LineResults(NamedTuple):
    """What came out of k lines in s samples."""

    records: Floats  # (k, s, len(Field)); NaN where a line could not be computed
    phases: NDArray[np.int32]  # (k, s, room) those present at the lowest mutual energy, then -1
    amounts: Floats  # (k, s, room) their shares of the (closed) atoms
    phases_total: NDArray[np.int32]  # the same at the lowest total energy; without room if that was not asked for
    amounts_total: Floats

    def taken(self, lines: NDArray[np.intp]) -> LineResults:
        """Return the results of some lines, in their order."""
        records, phases, amounts, phases_total, amounts_total = self
        return LineResults(records[lines], phases[lines], amounts[lines], phases_total[lines], amounts_total[lines])


def compute_lines(
    core: Core,
    shelves: Shelves,
    energies: Floats,
    points: Rows,
    own: Floats,
    ends: Integers,
    reservoirs: Integers,
    open_starts: Integers,
    open_elements: Integers,
    potentials: Floats,
    asked: int = -1,
    room: int = 0,
    at_total: bool = False,
) -> LineResults:
    """Compute lines between points, each in the system of the elements of its ends, in every sample of the energies.

    Parameters
    ----------
    core
        The compiled core.
    shelves
        The phases.
    energies
        Their formation energies in each sample, (s, n), eV/atom.
    points
        Compositions.
    own
        Formation energies of the materials there, (s, len(points)), eV/atom; NaN where none is wanted.
    ends
        The two points of each line, (k, 2). A line from -1 begins beside its end, as
        :meth:`screening.hull.phase_system.PhaseSystem.mixture` does.
    reservoirs
        The reservoir of each line, (k,); -1 for a closed one.
    open_starts, open_elements, potentials
        Open elements of the reservoirs, as sparse rows, and their potentials in each sample, (s, len(open_elements)),
        eV.
    asked
        An element whose chemical potential at the beginning of each line comes out.
    room
        For the phases of each line at its lowest mutual energy, of which a system of m closed elements has at most m;
        0 if they are not wanted. A line that has too little room is not computed.
    at_total
        Whether the phases at the lowest total energy are wanted too.
    """
    given = {
        "starts": shelves.rows.starts,
        "elements": shelves.rows.elements,
        "fractions": shelves.rows.fractions,
        "bits": shelves.bits,
        "shelf_starts": shelves.shelf_starts,
        "shelves": shelves.shelves.astype(np.int64),
        "energies": np.ascontiguousarray(energies, dtype=np.float64),
    }
    wanted = {
        "point_starts": points.starts,
        "point_elements": points.elements,
        "point_fractions": points.fractions,
        "own": np.ascontiguousarray(own, dtype=np.float64),
        "from_": np.ascontiguousarray(ends[:, 0], dtype=np.int64),
        "to": np.ascontiguousarray(ends[:, 1], dtype=np.int64),
        "reservoirs": np.ascontiguousarray(reservoirs, dtype=np.int64),
        "open_starts": np.ascontiguousarray(open_starts, dtype=np.int64),
        "open_elements": np.ascontiguousarray(open_elements, dtype=np.int64),
        "potentials": np.ascontiguousarray(potentials, dtype=np.float64),
    }
    n_samples, n_lines = len(energies), len(ends)
    if given["energies"].shape != (n_samples, len(shelves.rows)) or wanted["own"].shape != (n_samples, len(points)):
        raise ValueError("energies must be given for each sample and phase, and for each sample and point")
    if wanted["potentials"].shape != (n_samples, len(open_elements)) or len(reservoirs) != n_lines:
        raise ValueError("potentials must be given for each sample and open element, and a reservoir for each line")
    if n_lines and not (ends[:, 1].min() >= 0 and ends.min() >= -1 and ends.max() < len(points)):
        raise ValueError("a line ends at no point")
    if n_lines and not (reservoirs.min() >= -1 and reservoirs.max() < len(open_starts) - 1):
        raise ValueError("a line has no reservoir")
    records = np.empty((n_lines, n_samples, len(Field)))
    phases = _Phases(count=len(shelves.rows), samples=n_samples, **{k: v.ctypes.data for k, v in given.items()})
    lines = _Lines(
        count=n_lines,
        points=len(points),
        potentials_each=len(open_elements),
        asked=asked,
        **{name: array.ctypes.data for name, array in wanted.items()},
    )
    present, amounts = np.full((n_lines, n_samples, room), -1, dtype=np.int32), np.zeros((n_lines, n_samples, room))
    beside = room if at_total else 0
    present_total = np.full((n_lines, n_samples, beside), -1, dtype=np.int32)
    amounts_total = np.zeros((n_lines, n_samples, beside))
    wanted_mixtures = _Mixtures(
        room=room,
        phases=present.ctypes.data,
        amounts=amounts.ctypes.data,
        phases_total=present_total.ctypes.data if at_total else None,
        amounts_total=amounts_total.ctypes.data if at_total else None,
    )
    mixtures = ctypes.byref(wanted_mixtures) if room else None
    failures = core.lines(ctypes.byref(phases), ctypes.byref(lines), records.ctypes.data, mixtures)
    if failures < 0:
        raise MemoryError
    kinks = records[:, :, Field.KINKS]
    core.failures += int(((kinks < 0) & (kinks > _NOT_A_LINE)).sum())
    return LineResults(records, present, amounts, present_total, amounts_total)
