"""Cells of a cathode from which lithium atoms, and then one oxygen atom, are taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.ordered_cell import OrderedCell, RelaxedOrdering
from screening.cathodes.ordering.orderings import VACANT
from screening.cathodes.ordering.supercell import Supercell
from screening.cathodes.vacancies.sites import LITHIUM, Environment, environments, occupied, sites_alike
from screening.common.errors import CalculationError
from screening.common.ties import first_lowest, ranks
from screening.files.plain_data import structure_of
from screening.structures.records import PlainStructure

if TYPE_CHECKING:
    from pymatgen.core import Structure

_SAME_ENERGY_EV = 1e-4  # energies of a hundred atoms in single precision that differ by less are equal


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CathodeCell(_Document):
    """A relaxed cell of a cathode, from which some of the lithium was taken out."""

    cell: Supercell = Field(description="the parent's supercell")
    ordering: list[str] = Field(description="the element on every site of it, '' where it is vacant")
    structure: PlainStructure = Field(description="relaxed, pymatgen's form; its sites are those not vacant, in order")
    energy_ev: float = Field(description="of the cell, eV")

    @property
    def lithium_vacancies(self) -> int:
        """Number of vacant lithium sites."""
        return sum(self.ordering[int(place)] == VACANT for place in self.cell.groups[LITHIUM])

    def without(self, place: int) -> Structure:
        """Build the cell without the atom on one site of the parent, before relaxation."""
        structure = structure_of(self.structure)
        structure.remove_sites([occupied(self.ordering)[place]])
        return structure

    def distinct(self, places: Sequence[int]) -> dict[int, int]:
        """Return, for each of some sites of the parent, the first of them that is equivalent by symmetry."""
        index = occupied(self.ordering)
        back = {i: place for place, i in index.items()}
        alike = sites_alike(structure_of(self.structure), [index[place] for place in places])
        return {back[i]: back[first] for i, first in alike.items()}


class Removal(_Document):
    """The lithium atom to take out next: the one whose removal gives the lowest cell before relaxation."""

    place: int = Field(description="its site in the parent's supercell")
    ordering: list[str] = Field(description="the element on every site without it")
    structure: PlainStructure = Field(description="the cell without it, before relaxing, pymatgen's form")
    n_compared: int = Field(description="lithium atoms compared: those not alike by symmetry")


class OxygenCandidate(_Document):
    """The oxygen sites of one environment, and the one of them whose vacancy is relaxed."""

    environment: Environment = Field(description="what stands around them")
    n_sites: int = Field(description="oxygen atoms in the cell with this environment")
    place: int = Field(description="site in the parent's supercell whose vacancy is lowest before relaxing")
    single_point_ev: float = Field(description="energy of the cell without that atom, before relaxing, eV")
    highest_single_point_ev: float = Field(description="the same without the atom whose vacancy is highest, eV")


def lithiated_cell(ordered: OrderedCell, cell: Supercell) -> CathodeCell:
    """Return the lowest ordering with all its lithium, as the cell that atoms are taken from.

    Raises
    ------
    CalculationError
        If its structure was not kept.
    """
    structure = ordered.sites_filled()
    return CathodeCell(
        cell=cell,
        ordering=ordered.ordering,
        structure=structure.as_dict(),
        energy_ev=ordered.energy_ev_per_atom * len(structure),
    )


def lithium_candidates(cell: CathodeCell) -> list[int]:
    """Return the lithium sites that are not equivalent by symmetry.

    Raises
    ------
    CalculationError
        If there is no lithium left.
    """
    filled = [int(place) for place in cell.cell.groups[LITHIUM] if cell.ordering[int(place)] != VACANT]
    if not filled:
        raise CalculationError(f"no lithium is left after {cell.lithium_vacancies} vacancies")
    return sorted(set(cell.distinct(filled).values()))


def lowest_removal(cell: CathodeCell, places: Sequence[int], energies_ev: Sequence[float]) -> Removal:
    """Choose the lithium atom without which a cell is lowest, of equal ones the first.

    Parameters
    ----------
    cell
        The cell before the removal.
    places
        Sites of the parent, from :func:`lithium_candidates`.
    energies_ev
        Energy of the cell without the atom on each of these sites, eV.
    """
    place = places[first_lowest(energies_ev, _SAME_ENERGY_EV)]
    ordering = list(cell.ordering)
    ordering[place] = VACANT
    return Removal(place=place, ordering=ordering, structure=cell.without(place).as_dict(), n_compared=len(places))


def delithiated_cell(cell: CathodeCell, removal: Removal, relaxed: RelaxedOrdering) -> CathodeCell:
    """Return the relaxed cell after one lithium atom was taken out.

    Raises
    ------
    CalculationError
        If the relaxation failed.
    """
    if relaxed.structure is None or relaxed.energy_ev_per_atom is None:
        raise CalculationError(
            f"the cell with {cell.lithium_vacancies + 1} lithium vacancies could not be relaxed: {relaxed.why_missing}"
        )
    n_atoms = sum(symbol != VACANT for symbol in removal.ordering)
    return CathodeCell(
        cell=cell.cell,
        ordering=removal.ordering,
        structure=relaxed.structure,
        energy_ev=relaxed.energy_ev_per_atom * n_atoms,
    )


def oxygen_sites(cell: CathodeCell) -> list[int]:
    """Return the oxygen sites that are not equivalent by symmetry."""
    return sorted(set(cell.distinct(list(environments(cell.cell, cell.ordering))).values()))


def oxygen_candidates(cell: CathodeCell, places: Sequence[int], energies_ev: Sequence[float]) -> list[OxygenCandidate]:
    """Group the oxygen sites by environment, and choose the lowest vacancy of each.

    Parameters
    ----------
    cell
        The cell with all its oxygen atoms.
    places
        Sites of the parent, from :func:`oxygen_sites`.
    energies_ev
        Energy of the cell without the atom on each of these sites, eV.

    Returns
    -------
    list of OxygenCandidate
        The lowest before relaxing first, equal ones by name.
    """
    known = dict(zip(places, energies_ev, strict=True))
    around = environments(cell.cell, cell.ordering)
    alike = cell.distinct(list(around))
    grouped: dict[str, list[int]] = {}
    for place, environment in around.items():
        grouped.setdefault(environment.name, []).append(alike[place])
    candidates = []
    for members in grouped.values():
        energies = [known[place] for place in members]
        lowest = members[first_lowest(energies, _SAME_ENERGY_EV)]
        candidates.append(
            OxygenCandidate(
                environment=around[lowest],
                n_sites=len(members),
                place=lowest,
                single_point_ev=min(energies),
                highest_single_point_ev=max(energies),
            )
        )
    order = ranks([candidate.single_point_ev for candidate in candidates], _SAME_ENERGY_EV).tolist()
    return [found for *_, found in sorted(zip(order, grouped, candidates, strict=True), key=lambda item: item[:2])]
