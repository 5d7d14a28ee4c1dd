"""Oxygen sites: names of environments, and which sites are equivalent."""

from collections import Counter

import pytest
from pymatgen.core import Lattice, Structure

from screening.cathodes.vacancies.sites import Environment, occupied, sites_alike


@pytest.mark.parametrize(
    ("metals", "lithium", "name"),
    [
        ({"Ni": 3}, 3, "Ni3 + 3 Li"),
        ({"Mn": 1, "Ni": 2}, 0, "Ni2Mn + 0 Li"),
        ({"Ni": 1, "Co": 1, "Mn": 1}, 2, "CoMnNi + 2 Li"),  # as many of each: in alphabetical order
    ],
)
def test_an_environment_is_named_by_its_metals_largest_number_first(metals, lithium, name):
    assert Environment(metals=metals, n_lithium=lithium).name == name


@pytest.fixture
def fluorite():
    """CaF2 in its conventional cell: all calcium sites are equivalent, and all fluorine sites."""
    return Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.46), ["Ca", "F"], [[0, 0, 0], [0.25, 0.25, 0.25]])


def test_sites_of_one_orbit_are_alike_and_the_first_asked_for_stands_for_them(fluorite):
    calcium = [i for i, site in enumerate(fluorite) if site.specie.symbol == "Ca"]
    fluorine = [i for i, site in enumerate(fluorite) if site.specie.symbol == "F"]
    asked = [fluorine[3], *calcium[1:3], fluorine[0]]
    assert sites_alike(fluorite, asked) == {
        fluorine[3]: fluorine[3],
        calcium[1]: calcium[1],
        calcium[2]: calcium[1],
        fluorine[0]: fluorine[3],
    }


def test_a_vacancy_breaks_the_symmetry(fluorite):
    fluorine = [i for i, site in enumerate(fluorite) if site.specie.symbol == "F"]
    broken = fluorite.copy()
    broken.remove_sites([fluorine[0]])
    left = [i for i, site in enumerate(broken) if site.specie.symbol == "F"]
    # of the cube of eight fluorine sites three lie along an edge from the vacancy, three along a face, one across
    assert sorted(Counter(sites_alike(broken, left).values()).values()) == [1, 3, 3]


def test_vacant_sites_have_no_atom():
    assert occupied(["Li", "", "Co", "", "O"]) == {0: 0, 2: 1, 4: 2}
