"""Supercells: whole numbers of atoms, and the smallest cell that holds a composition."""

import pytest

from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.cathodes.ordering.supercell import CellSize, Supercell, choose_matrix, deviation, whole_counts
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue


def cathode(name, lithium=1.0):
    return lithiated_cathode(Catalogue.load().cathode(name), lithium)


@pytest.mark.parametrize(
    ("n_sites", "shares", "counts"),
    [
        (24, {"Ni": 0.83, "Co": 0.12, "Mn": 0.05}, {"Ni": 20, "Co": 3, "Mn": 1}),  # 19.92, 2.88, 1.2
        (10, {"Ni": 0.5, "Co": 0.2, "Mn": 0.3}, {"Ni": 5, "Co": 2, "Mn": 3}),
        (3, {"Ni": 1 / 3, "Co": 1 / 3, "Mn": 1 / 3}, {"Ni": 1, "Co": 1, "Mn": 1}),
        (10, {"Li": 0.3}, {"Li": 3}),  # seven sites stay vacant
        (2, {"Ni": 0.8, "Co": 0.2}, {"Ni": 2, "Co": 0}),
        (7, {"Li": 0.0}, {"Li": 0}),
    ],
)
def test_sites_are_divided_by_the_largest_remainders(n_sites, shares, counts):
    assert whole_counts(n_sites, shares) == counts


def test_the_deviation_is_that_of_the_worst_occupancy():
    sites = {"Li": 1, "M": 1, "O": 2}
    assert float(deviation(10, cathode("NMC532"), sites)) == pytest.approx(0.0)
    assert float(deviation(24, cathode("NCM83"), sites)) == pytest.approx(0.05 - 1 / 24)
    assert float(deviation(2, cathode("LiNiO2", 0.25), sites)) == pytest.approx(0.25)


def test_the_smallest_cell_that_holds_all_states_is_chosen():
    states = [cathode("NMC532", lithium) for lithium in (1.0, 0.5)]
    exact = CellSize(least_atoms=1, tolerance=0.0)
    cell = Supercell(crystal=states[0], matrix=choose_matrix(states, exact))
    assert cell.composition == {"Li": 10, "Ni": 5, "Mn": 3, "Co": 2, "O": 20}
    assert Supercell(crystal=states[1], matrix=cell.matrix).composition["Li"] == 5
    # a quarter of the lithium is a whole number only in twenty formula units
    quarter = choose_matrix([states[0], cathode("NMC532", 0.25)], exact)
    assert len(Supercell(crystal=states[0], matrix=quarter).sites) == 80
    # the least number of atoms makes it larger
    larger = choose_matrix(states, CellSize(least_atoms=41, tolerance=0.0))
    assert len(Supercell(crystal=states[0], matrix=larger).sites) == 80


def test_every_site_belongs_to_one_group():
    cell = Supercell(crystal=cathode("NMC532"), matrix=choose_matrix([cathode("NMC532")], CellSize()))
    places = sorted(int(place) for group in cell.groups.values() for place in group)
    assert places == list(range(len(cell.sites)))
    assert [len(cell.groups[group]) for group in ("Li", "M", "O")] == [n * len(places) // 4 for n in (1, 1, 2)]
    assert {group: sum(held.values()) for group, held in cell.counts.items()} == {
        group: len(places) for group, places in cell.groups.items()
    }


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (CellSize(least_atoms=8, most_atoms=12, tolerance=0.0), "nearest that can hold it has 40 sites"),
        (CellSize(matrix=((3, 0, 0), (0, 1, 0), (0, 0, 1)), tolerance=0.0), "supercell of 12 sites is off by"),
        (CellSize(matrix=((0, 1, 0), (1, 0, 0), (0, 0, 1))), "left-handed or flat"),
    ],
)
def test_a_size_that_does_not_fit_is_refused(size, reason):
    with pytest.raises(InputError, match=reason):
        choose_matrix([cathode("NMC532")], size)


def test_a_given_matrix_that_fits_is_taken():
    given = ((10, 0, 0), (0, 1, 0), (0, 0, 1))
    assert choose_matrix([cathode("NMC532")], CellSize(matrix=given, tolerance=0.0)) == given
