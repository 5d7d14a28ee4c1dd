"""Compositions as sparse rows for the compiled core, and the phases of a set in the form in which it picks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import SAME_FRACTION
from screening.chemistry.elements import ELEMENTS
from screening.hull.compiled.core import Core
from screening.hull.compiled.lines import Field, Rows, Shelves, compute_lines
from screening.phases.phase_table import PhaseTable

ROW = {element: number for number, element in enumerate(sorted(ELEMENTS))}  # rows of a system are in this order
_ROW_OF: NDArray[np.int64] = np.array([ROW[element] for element in ELEMENTS], dtype=np.int64)
# Linearly independent over the rationals, so that no two compositions have the same weighted sum of their fractions.
WEIGHTS: NDArray[np.float64] = np.exp(np.linspace(0.0, 1.0, len(ELEMENTS)))
_NEAR_HULL = 1e-7  # eV/atom; phases no further above the hull are kept: more than needed does no harm


def rows_of(compositions: Sequence[Mapping[str, float]]) -> Rows:
    """Return compositions, amounts in any unit, as rows of atomic fractions."""
    totals = [sum(composition.values()) for composition in compositions]
    return Rows(
        np.cumsum([0, *map(len, compositions)], dtype=np.int64),
        np.array([ROW[element] for composition in compositions for element in composition], dtype=np.int64),
        np.array([n / total for c, total in zip(compositions, totals, strict=True) for n in c.values()], dtype=float),
    )


def rows_of_table(table: PhaseTable) -> Rows:
    """Return the compositions of phases as rows."""
    return Rows(table.starts.astype(np.int64), _ROW_OF[table.numbers], table.fractions)


def shelves_of(table: PhaseTable, positions: NDArray[np.intp]) -> tuple[NDArray[np.intp], Shelves]:
    """Return some phases, in their order, in the form in which the compiled core picks them."""
    return positions, Shelves.of(rows_of_table(table.take(positions)))


def lowest_of_compositions(table: PhaseTable, lowest_first: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return whether each phase is the first of its composition.

    Parameters
    ----------
    table
        The phases.
    lowest_first
        All of them in the order in which the first of a composition is chosen.
    """
    # of phases of the same elements, those are neighbours whose fractions have nearly the same weighted sum
    keys = table.sum_by_phase(table.fractions * WEIGHTS[table.numbers])
    order = np.lexsort((keys, *table.words))
    one, other = order[:-1], order[1:]
    near = keys[other] - keys[one] <= SAME_FRACTION * len(ELEMENTS)
    near[near] = (table.words[:, one[near]] == table.words[:, other[near]]).all(axis=0)
    same = np.zeros(len(table), dtype=bool)
    for some in np.array_split(np.flatnonzero(near), 1 + len(table) // 4096):  # in cache
        dense = [table.dense(places[some], ELEMENTS) for places in (one, other)]
        same[some + 1] = np.abs(dense[0] - dense[1]).max(axis=1, initial=0.0) <= SAME_FRACTION
    place = np.empty(len(table), dtype=np.intp)
    place[lowest_first] = np.arange(len(table))
    first = np.minimum.reduceat(place[order], np.flatnonzero(~same))
    lowest = np.zeros(len(table), dtype=bool)
    lowest[lowest_first[first]] = True
    return lowest


def near_hull(core: Core, table: PhaseTable, formation_energies: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find the phases that may be part of a lowest-energy mixture: those on the hull of their own chemical system.

    A phase above the hull of its own system decomposes into phases of that system, in any larger system and with any
    reservoirs too, so no mixture that holds it is the lowest.
    """
    rows = rows_of_table(table)
    shelves = Shelves.of(rows)
    order = np.lexsort((shelves.bits[:, 1], shelves.bits[:, 0]))
    nothing = np.zeros(0, dtype=np.int64)
    found = compute_lines(
        core,
        shelves,
        formation_energies[None],
        rows,
        formation_energies[None],
        np.stack([np.full(len(table), -1), order], axis=1),
        np.full(len(table), -1),
        np.zeros(1, dtype=np.int64),
        nothing,
        np.zeros((1, 0)),
    )
    hull = np.empty(len(table))
    hull[order] = found.records[:, 0, Field.AT_TO]
    return np.flatnonzero(~(formation_energies - hull > _NEAR_HULL))  # what could not be computed is kept
