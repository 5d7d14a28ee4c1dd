"""Supercells that can hold the composition of a disordered crystal."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.disorder import PLACE, DisorderedCrystal, Parent
from screening.cathodes.ordering.lattices import (
    Matrix,
    adjugate,
    alike,
    combined,
    determinant,
    in_cell,
    most_compact,
    points_inside,
)
from screening.common.errors import InputError

if TYPE_CHECKING:
    from pymatgen.core import Structure

LEAST_ATOMS = 45
MOST_ATOMS = 130
TOLERANCE = 0.01  # by which an occupancy may be off: a cell of a hundred atoms holds no closer what the papers write
_SHARES = 10**6  # occupancies are fractions of no larger denominator, however many digits of 1/3 are written
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
        """All sites, with the name of each one's group."""
        from pymatgen.core import Lattice, Structure

        primitive = self.crystal.parent.primitive_cell()
        points = np.array(points_inside(self.matrix))
        inverse = np.array(adjugate(self.matrix)) / determinant(self.matrix)
        places = (primitive.frac_coords[:, None, :] + points).reshape(-1, 3) @ inverse
        groups = [group for group in primitive.site_properties[PLACE] for _ in points]
        return Structure(
            Lattice(combined(self.matrix, primitive.lattice.matrix)),
            ["H"] * len(places),
            in_cell(places),
            site_properties={PLACE: groups},
        )

    @cached_property
    def groups(self) -> dict[str, NDArray[np.intp]]:
        """Places of each group's sites."""
        labels = np.array(self.sites.site_properties[PLACE])
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
    """Divide sites among elements in whole numbers nearest their shares (largest remainders first)."""
    exact = {element: _share(share) * n_sites for element, share in occupancies.items()}
    counts = {element: int(amount) for element, amount in exact.items()}
    occupied = round(sum(exact.values()))
    by_remainder = sorted(exact, key=lambda element: counts[element] - exact[element])
    for element in by_remainder[: occupied - sum(counts.values())]:
        counts[element] += 1
    return counts


def _share(occupancy: float) -> Fraction:
    return Fraction(occupancy).limit_denominator(_SHARES)


def deviation(n_cells: int, crystal: DisorderedCrystal, group_sites: dict[str, int]) -> Fraction:
    """Return by how much an occupancy is off at most in a supercell of n primitive cells."""
    worst = Fraction()
    for group, held in crystal.occupancies.items():
        n_sites = n_cells * group_sites[group]
        counts = whole_counts(n_sites, held)
        off = (abs(Fraction(counts[element], n_sites) - _share(share)) for element, share in held.items())
        worst = max(worst, *off)
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
    parent = crystals[0].parent
    labels = parent.primitive_cell().site_properties[PLACE]
    group_sites = {group: labels.count(group) for group in crystals[0].occupancies}

    def worst(n_cells: int) -> Fraction:
        return max(deviation(n_cells, crystal, group_sites) for crystal in crystals)

    names = ", ".join(crystal.name for crystal in crystals)
    tolerance = Fraction(str(size.tolerance))  # as it was written
    fitting = [n for n in range(1, _SEARCHED + 1) if worst(n) <= tolerance]
    if size.matrix is not None:
        n_cells = determinant(size.matrix)
        if n_cells <= 0:
            raise InputError(f"the supercell {size.matrix} is left-handed or flat: exchange two of its vectors")
        if worst(n_cells) > tolerance:
            raise InputError(f"{names}: {_refusal(n_cells, worst(n_cells), fitting, len(labels), size)}")
        return size.matrix
    least, most = -(-size.least_atoms // len(labels)), size.most_atoms // len(labels)
    chosen = [n for n in fitting if least <= n <= most]
    if not chosen:
        best = min(range(max(1, min(least, most)), max(1, most) + 1), key=worst)
        raise InputError(f"{names}: {_refusal(best, worst(best), fitting, len(labels), size)}")
    return most_compact(parent.metric, chosen[0])


def _refusal(n_cells: int, off: Fraction, fitting: list[int], n_sites: int, size: CellSize) -> str:
    allowed = f"allowed {size.tolerance:g}"
    text = f"a supercell of {n_cells * n_sites} sites is off by {float(off):.3g} in an occupancy ({allowed})"
    if not fitting:
        return f"{text}; none of up to {_SEARCHED * n_sites} sites comes nearer than allowed: raise the tolerance"
    near = min(fitting, key=lambda n: (abs(n - n_cells), n))
    return f"{text}; the nearest that can hold it has {near * n_sites} sites"


def conventional_matrix(parent: Parent, repeats: tuple[int, int, int]) -> Matrix:
    """Return a supercell of the conventional cell, in vectors of the primitive cell.

    Of the vectors that are alike by the symmetry of the lattice those are taken that turn the primitive ones least.

    Parameters
    ----------
    parent
        The crystal.
    repeats
        Numbers of conventional cells along a, b and c.
    """
    found = max(alike(parent.metric, parent.conventional), key=lambda m: (m[0][0] + m[1][1] + m[2][2], m))
    rows = [(n * a, n * b, n * c) for n, (a, b, c) in zip(repeats, found, strict=True)]
    return (rows[0], rows[1], rows[2])
