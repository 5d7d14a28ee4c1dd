"""Compositions as sparse rows for the compiled core, and the phases of a set in the form in which it picks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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


def lowest_of_compositions(
    keys: NDArray[np.float64],
    words: NDArray[np.uint64],
    place: NDArray[np.intp],
    distance: Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Return whether each of n phases is the first of its composition.

    Parameters
    ----------
    keys
        Their fractions summed with the weights :data:`WEIGHTS`, (n,).
    words
        Their elements as bits, (2, n).
    place
        The place of each in the order in which the first of a composition is chosen, (n,).
    distance
        Returns by how much the fractions of some phases differ from those of others, in the element where they differ
        most.
    """
    order = np.lexsort((keys, *words))  # of the same elements, side by side are those of nearly the same key
    one, other = order[:-1], order[1:]
    same = np.zeros(len(order), dtype=bool)
    near = np.flatnonzero(
        (keys[other] - keys[one] <= SAME_FRACTION * len(ELEMENTS)) & (words[:, one] == words[:, other]).all(axis=0)
    )
    same[near + 1] = distance(one[near], other[near]) <= SAME_FRACTION
    chosen = np.zeros(len(order), dtype=bool)
    chosen[np.minimum.reduceat(place[order], np.flatnonzero(~same))] = True
    return chosen[place]


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
