"""Compositions as sparse rows for the compiled core, and the phases of a set in the form in which it picks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.elements import ELEMENTS
from screening.hull.compiled.core import Core, core
from screening.hull.compiled.lines import Field, Rows, Shelves, compute_lines
from screening.phases.kept_hull import KeptHull
from screening.phases.phase_table import PhaseTable

ROW = {element: number for number, element in enumerate(sorted(ELEMENTS))}  # rows of a system are in this order
_ROW_OF: NDArray[np.int64] = np.array([ROW[element] for element in ELEMENTS], dtype=np.int64)
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


class ShelvedPhases:
    """The phases of a set in the form in which the compiled core picks them.

    Parameters
    ----------
    table
        All phases.
    lowest
        Positions of the lowest-energy phase of each composition, in order.
    formation_energies
        Formation energies of all phases, (n,), eV/atom; None if they are those of a sample, whose hull is not found.
    sha256
        Returns the hash of the set, under which its hull is kept on disk.
    """

    def __init__(
        self,
        table: PhaseTable,
        lowest: NDArray[np.intp],
        formation_energies: NDArray[np.float64] | None,
        sha256: Callable[[], str],
    ) -> None:
        self._table = table
        self._lowest = lowest
        self._formation_energies = formation_energies
        self._sha256 = sha256

    @cached_property
    def lowest(self) -> tuple[NDArray[np.intp], Shelves]:
        """The lowest-energy phase of each composition: positions, and their compositions."""
        return self._lowest, Shelves.of(rows_of_table(self._table.take(self._lowest)))

    @cached_property
    def on_hull(self) -> tuple[NDArray[np.intp], Shelves]:
        """Those of :attr:`lowest` that may be part of a lowest-energy mixture, with these energies and no others.

        Raises
        ------
        ValueError
            If the energies are those of a sample, or there is no compiled core.
        """
        compiled = core()
        if self._formation_energies is None or compiled is None:
            raise ValueError("the phases on the hull are found of the energies as they are, with the compiled core")
        near = self._kept_hull.read()
        if near is None:
            found = near_hull(compiled, self._table.take(self._lowest), self._formation_energies[self._lowest])
            near = np.zeros(len(self._table), dtype=bool)
            near[self._lowest[found]] = True
            self._kept_hull.write(near)
        positions = np.flatnonzero(near)
        return positions, Shelves.of(rows_of_table(self._table.take(positions)))

    @property
    def knows_hull(self) -> bool:
        """Whether :attr:`on_hull` has been found in this process."""
        return "on_hull" in self.__dict__

    @property
    def keeps_hull(self) -> bool:
        """Whether :attr:`on_hull` has been found on this machine, and need only be read."""
        return self._formation_energies is not None and self._kept_hull.is_there()

    @cached_property
    def _kept_hull(self) -> KeptHull:
        return KeptHull(self._sha256(), self._table.ids)

    def of_sample(self) -> ShelvedPhases:
        """Return the same phases with the energies of a sample, which are shifted alike within a composition."""
        sample = ShelvedPhases(self._table, self._lowest, None, self._sha256)
        sample.__dict__["lowest"] = self.lowest
        return sample


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
