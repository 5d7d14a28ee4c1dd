"""Supercells that can hold the composition of a disordered crystal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.disorder import DisorderedCrystal, Parent
from screening.common.errors import InputError

if TYPE_CHECKING:
    from pymatgen.core import Structure

Matrix = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]

LEAST_ATOMS = 45
MOST_ATOMS = 130
TOLERANCE = 0.01  # by which an occupancy may be off: a cell of a hundred atoms holds no closer what the papers write
_SEARCHED = 64  # primitive cells up to which the nearest supercell is looked for


class CellSize(BaseModel):
    """The size of a supercell, and how close its composition must be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_atoms: int = Field(LEAST_ATOMS, ge=1, description="sites a supercell has at least, vacancies counted")
    most_atoms: int = Field(MOST_ATOMS, ge=1, description="sites it has at most")
    tolerance: float = Field(TOLERANCE, ge=0, le=0.5, description="by which each occupancy may be off")
    matrix: Matrix | None = Field(
        None, description="the supercell itself, in vectors of the primitive cell; null: the most compact that fits"
    )


class Supercell(BaseModel):
    """A supercell of a parent, the sites of which are still to be occupied."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crystal: DisorderedCrystal = Field(description="what it is a supercell of")
    matrix: Matrix = Field(description="its vectors in those of the primitive cell")

    @cached_property
    def sites(self) -> Structure:
        """All sites, each with the name of its group."""
        return self.crystal.parent.primitive_cell() * np.array(self.matrix)

    @cached_property
    def groups(self) -> dict[str, NDArray[np.intp]]:
        """Indices in :attr:`sites` of the sites of each group."""
        labels = np.array(self.sites.site_properties["group"])
        return {group: np.flatnonzero(labels == group) for group in self.crystal.occupancies}

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Number of atoms of each element in each group."""
        return {group: whole_counts(len(self.groups[group]), held) for group, held in self.crystal.occupancies.items()}

    @property
    def composition(self) -> dict[str, int]:
        """Number of atoms of each element in the cell."""
        total: dict[str, int] = {}
        for held in self.counts.values():
            for element, count in held.items():
                if count:
                    total[element] = total.get(element, 0) + count
        return total


def whole_counts(n_sites: int, occupancies: dict[str, float]) -> dict[str, int]:
    """Divide sites among elements in the whole numbers nearest to their shares (largest remainders first)."""
    exact = {element: share * n_sites for element, share in occupancies.items()}
    counts = {element: int(amount + 1e-9) for element, amount in exact.items()}
    occupied = round(sum(exact.values()))
    by_remainder = sorted(exact, key=lambda element: counts[element] - exact[element])
    for element in by_remainder[: occupied - sum(counts.values())]:
        counts[element] += 1
    return counts


def deviation(n_cells: int, crystal: DisorderedCrystal, group_sites: dict[str, int]) -> float:
    """Return the largest deviation of an occupancy in a supercell of n primitive cells."""
    worst = 0.0
    for group, held in crystal.occupancies.items():
        n_sites = n_cells * group_sites[group]
        counts = whole_counts(n_sites, held)
        worst = max(worst, *(abs(counts[element] / n_sites - share) for element, share in held.items()))
    return worst


def choose_matrix(crystals: Sequence[DisorderedCrystal], size: CellSize) -> Matrix:
    """Choose one supercell that can hold several compositions on one parent, such as states of charge of a cathode.

    It has the smallest number of primitive cells that holds all compositions within the tolerance, in the shape whose
    periodic images are furthest apart.

    Raises
    ------
    InputError
        If no supercell of the allowed size does; the message names the nearest that does.
    """
    primitive = crystals[0].parent.primitive_cell()
    labels = primitive.site_properties["group"]
    group_sites = {group: labels.count(group) for group in crystals[0].occupancies}

    def worst(n_cells: int) -> float:
        return max(deviation(n_cells, crystal, group_sites) for crystal in crystals)

    names = ", ".join(crystal.name for crystal in crystals)
    fitting = [n for n in range(1, _SEARCHED + 1) if worst(n) <= size.tolerance + 1e-9]
    if size.matrix is not None:
        n_cells = round(abs(float(np.linalg.det(np.array(size.matrix)))))
        if np.linalg.det(np.array(size.matrix) @ primitive.lattice.matrix) <= 0:
            raise InputError(f"the supercell {size.matrix} is left-handed or flat: exchange two of its vectors")
        if worst(n_cells) > size.tolerance + 1e-9:
            raise InputError(f"{names}: {_refusal(n_cells, worst(n_cells), fitting, len(primitive), size)}")
        return size.matrix
    least, most = -(-size.least_atoms // len(primitive)), size.most_atoms // len(primitive)
    chosen = [n for n in fitting if least <= n <= most]
    if not chosen:
        best = min(range(max(1, min(least, most)), max(1, most) + 1), key=worst)
        raise InputError(f"{names}: {_refusal(best, worst(best), fitting, len(primitive), size)}")
    return most_compact(primitive.lattice.matrix, chosen[0])


def _refusal(n_cells: int, off: float, fitting: list[int], n_sites: int, size: CellSize) -> str:
    text = f"a supercell of {n_cells * n_sites} sites is off by {off:.3g} in an occupancy (allowed {size.tolerance:g})"
    if not fitting:
        return f"{text}; none of up to {_SEARCHED * n_sites} sites comes nearer than allowed: raise the tolerance"
    near = min(fitting, key=lambda n: (abs(n - n_cells), n))
    return f"{text}; the nearest that can hold it has {near * n_sites} sites"


def most_compact(lattice: NDArray[np.float64], n_cells: int) -> Matrix:
    """Return the superlattice of n cells whose shortest vector is longest, in reduced vectors of the lattice.

    Parameters
    ----------
    lattice
        Vectors as rows, (3, 3), angstrom.
    n_cells
        Number of cells in the superlattice.
    """
    from pymatgen.core import Lattice

    best: tuple[tuple[float, float], NDArray[np.float64]] | None = None
    for candidate in _superlattices(n_cells):
        reduced = Lattice(candidate @ lattice).get_lll_reduced_lattice().matrix
        lengths = np.linalg.norm(reduced, axis=1)
        merit = (round(float(lengths.min()), 6), -round(float((lengths**2).sum()), 6))
        if best is None or merit > best[0]:
            best = (merit, reduced)
    assert best is not None  # there is a superlattice of every volume
    matrix = np.rint(best[1] @ np.linalg.inv(lattice)).astype(int)
    if np.linalg.det(matrix @ lattice) < 0:  # right-handed: of other cells CHGNet's stress has the wrong sign
        matrix = -matrix
    rows = [tuple(int(entry) for entry in row) for row in matrix]
    return (rows[0], rows[1], rows[2])  # type: ignore[return-value]


def conventional_matrix(parent: Parent, repeats: tuple[int, int, int]) -> Matrix:
    """Return a supercell of the conventional cell, in vectors of the primitive cell.

    Parameters
    ----------
    parent
        The crystal.
    repeats
        Numbers of conventional cells along a, b and c.
    """
    from pymatgen.core import Lattice

    mapping = parent.primitive_cell().lattice.find_mapping(Lattice.from_parameters(*parent.lattice))
    assert mapping is not None  # a conventional cell is made of primitive ones
    rows = [tuple(int(n) * int(entry) for entry in row) for n, row in zip(repeats, mapping[2], strict=True)]
    return (rows[0], rows[1], rows[2])  # type: ignore[return-value]


def _superlattices(n_cells: int) -> Iterator[NDArray[np.float64]]:
    """Yield every superlattice of n cells once, as a matrix in Hermite normal form."""
    for a in range(1, n_cells + 1):
        if n_cells % a:
            continue
        for c in range(1, n_cells // a + 1):
            if (n_cells // a) % c:
                continue
            f = n_cells // a // c
            for b in range(c):
                for d in range(f):
                    for e in range(f):
                        yield np.array([[a, b, d], [0, c, e], [0, 0, f]], dtype=float)
