"""Cells from which atoms are taken: the atom on a site, equivalent sites, and what cannot go on."""

import pytest
from fixtures_cells import cell as ordered
from pymatgen.core import Structure

from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.cathodes.ordering.orderings import ordered_structure
from screening.cathodes.ordering.supercell import Supercell, conventional_matrix
from screening.cathodes.vacancies.cell import (
    CathodeCell,
    lithiated_cell,
    lithium_candidates,
    lowest_removal,
    oxygen_candidates,
    oxygen_sites,
)
from screening.common.errors import CalculationError
from screening.materials.catalogue import Catalogue


@pytest.fixture(scope="module")
def supercell():
    """LiCoO2 in its conventional cell: three of each cation, six oxygen atoms."""
    crystal = lithiated_cathode(Catalogue.load().cathode("LiCoO2"), 1.0)
    return Supercell(crystal=crystal, matrix=conventional_matrix(crystal.parent, (1, 1, 1)))


def filled(supercell):
    symbol = {"Li": "Li", "M": "Co", "O": "O"}
    return [symbol[group] for group in supercell.sites.site_properties["group"]]


def cathode(supercell, ordering):
    structure = ordered_structure(supercell, ordering)
    return CathodeCell(cell=supercell, ordering=ordering, structure=structure.as_dict(), energy_ev=-60.0)


def test_the_lithiated_cell_has_the_energy_of_all_its_atoms(supercell):
    ordering = filled(supercell)
    kept = ordered("LiCoO2", "Li3Co3O6", -5.0, 1.0).model_copy(
        update={"ordering": ordering, "structure": ordered_structure(supercell, ordering).as_dict()}
    )
    found = lithiated_cell(kept, supercell)
    assert (found.energy_ev, found.lithium_vacancies) == (-60.0, 0)
    with pytest.raises(CalculationError, match="no relaxed cell"):
        lithiated_cell(kept.model_copy(update={"structure": None}), supercell)


def test_the_atom_of_the_site_is_taken_also_behind_vacant_sites(supercell):
    ordering = filled(supercell)
    first, second, third = (int(place) for place in supercell.groups["Li"])
    ordering[first] = ""
    cell = cathode(supercell, ordering)
    assert cell.lithium_vacancies == 1
    left = cell.without(third)
    sites = {place: supercell.sites[place].frac_coords for place in (second, third)}

    def holds(structure, place):
        return any(site.specie.symbol == "Li" and _near(site, sites[place]) for site in structure)

    assert holds(left, second)
    assert not holds(left, third)
    assert left.composition.as_dict() == {"Li": 1, "Co": 3, "O": 6}


def _near(site, place):
    return max(abs((site.frac_coords - place + 0.5) % 1.0 - 0.5)) < 1e-6


def test_without_lithium_there_is_none_to_take(supercell):
    ordering = ["" if symbol == "Li" else symbol for symbol in filled(supercell)]
    with pytest.raises(CalculationError, match="no lithium is left after 3 vacancies"):
        lithium_candidates(cathode(supercell, ordering))


def test_the_removal_says_how_many_atoms_were_compared(supercell):
    cell = cathode(supercell, filled(supercell))
    places = [int(place) for place in supercell.groups["Li"]]
    removal = lowest_removal(cell, places, [-55.0, -55.5, -54.0])
    assert (removal.place, removal.n_compared) == (places[1], 3)
    assert [i for i, symbol in enumerate(removal.ordering) if not symbol] == [places[1]]
    assert Structure.from_dict(removal.structure).composition.as_dict() == {"Li": 2, "Co": 3, "O": 6}


def test_each_environment_has_its_lowest_and_its_highest_vacancy(supercell):
    ordering = filled(supercell)
    ordering[int(supercell.groups["Li"][0])] = ""
    cell = cathode(supercell, ordering)
    places = oxygen_sites(cell)
    energies = [-50.0 - place for place in places]
    found = oxygen_candidates(cell, places, energies)
    assert {one.environment.name for one in found} == {"Co3 + 3 Li", "Co3 + 0 Li"}
    assert sum(one.n_sites for one in found) == 6
    for one in found:
        assert one.single_point_ev == -50.0 - one.place
        assert one.highest_single_point_ev >= one.single_point_ev
    assert found[0].single_point_ev < found[1].single_point_ev
