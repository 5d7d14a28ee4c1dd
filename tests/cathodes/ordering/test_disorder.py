"""Disordered crystals: occupancies that fit their parent, and charges that balance."""

import pytest

from screening.cathodes.ordering.disorder import (
    DisorderedCrystal,
    composition_of,
    lithiated_cathode,
    mean_charges,
    same_crystals,
    solid_solution,
    structure_type,
)
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode

LAYERED = lithiated_cathode(Catalogue.load().cathode("LiCoO2"), 1.0).parent


def crystal(**occupancies):
    return DisorderedCrystal(name="x", parent=LAYERED, occupancies={"Li": {"Li": 1}, "O": {"O": 1}, **occupancies})


def host(metals, oxygen=2.0):
    return Cathode(name="mine", host={**metals, "O": oxygen}, lithiations={"full": 1.0})


@pytest.mark.parametrize(
    ("occupancies", "reason"),
    [
        ({}, "occupancies are given for Li, O; groups: Li, M, O"),
        ({"M": {"Co": 1}, "P": {"P": 1}}, "groups: Li, M, O"),
        ({"M": {"Co": 0.6, "Ni": 0.5}}, "the occupancies of M sum to 1.1, more than 1"),
        ({"M": {"Xx": 1.0}}, "no element Xx"),
        ({"M": {"Co": -0.1}}, "greater than or equal to 0"),
    ],
)
def test_occupancies_that_do_not_fit_are_refused(occupancies, reason):
    with pytest.raises(ValueError, match=reason):
        crystal(**occupancies)


@pytest.mark.parametrize(
    ("held", "mixed"),
    [({"Co": 1.0}, []), ({"Co": 0.5, "Ni": 0.5}, ["M"]), ({"Co": 0.9}, ["M"]), ({"Co": 0.0}, [])],
)
def test_a_group_is_mixed_if_elements_or_vacancies_share_it(held, mixed):
    assert crystal(M=held).mixed_groups == mixed


def test_a_cathode_is_its_host_with_partly_filled_lithium_sites():
    quarter = lithiated_cathode(Catalogue.load().cathode("NCM83"), 0.25)
    assert quarter.name == "NCM83 with 0.25 Li"
    assert quarter.mixed_groups == ["Li", "M"]
    # Li0.25 Ni0.83 Co0.12 Mn0.05 O2 has 3.25 atoms
    expected = {"Li": 0.25, "Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2.0}
    assert composition_of(quarter) == pytest.approx({element: n / 3.25 for element, n in expected.items()})


@pytest.mark.parametrize(
    ("cathode", "lithium", "reason"),
    [
        (host({"Co": 1.1}), 1.0, "its metals sum to 1.1 in a formula unit"),
        (host({"Mn": 1.0}, 4.0), 1.0, "the host MnO4 is neither layered MO2 nor olivine MPO4"),
        (host({"Fe": 1.0, "P": 0.9}, 4.0), 1.0, "is neither"),
        (host({"Co": 1.0}), 1.2, "holds 0 to 1 lithium"),
    ],
)
def test_what_is_of_no_known_structure_is_refused(cathode, lithium, reason):
    with pytest.raises(InputError, match=reason):
        lithiated_cathode(cathode, lithium)


def test_an_unknown_solution_names_the_nearest():
    with pytest.raises(InputError, match=r"no structure of a solid solution 'LiNbO4' \(did you mean LiNbO3\?\)"):
        solid_solution("LiNbO4")


@pytest.mark.parametrize(
    ("composition", "charges"),
    [
        ({"Li": 1, "Ni": 1, "O": 2}, {"Li": 1, "Ni": 3, "O": -2}),
        ({"Ni": 1, "O": 2}, {"Ni": 4, "O": -2}),  # without lithium nickel makes up the balance
        ({"Li": 0.5, "Co": 1, "O": 2}, {"Li": 1, "Co": 3.5, "O": -2}),
        ({"Li": 1, "Ni": 0.5, "Mn": 0.5, "O": 2}, {"Li": 1, "Ni": 2, "Mn": 4, "O": -2}),
    ],
)
def test_the_first_balancing_metal_makes_up_the_charge(composition, charges):
    assert mean_charges(composition) == pytest.approx(charges)


@pytest.mark.parametrize(
    ("composition", "reason"),
    [
        ({"Li": 1, "Zn": 1, "O": 2}, "no charge of Zn to rank orderings by"),
        ({"Li": 2, "P": 1, "O": 4}, "the charges of Li2PO4 do not balance"),
    ],
)
def test_charges_that_are_unknown_or_do_not_balance_are_refused(composition, reason):
    with pytest.raises(InputError, match=f"{reason}.* use the ranking 'random'"):
        mean_charges(composition)


def test_pure_crystals_are_those_of_the_structure_type():
    assert same_crystals("NCM83") == same_crystals("LiCoO2") == {"LiCoO2": "mp-22526", "LiNiO2": "mp-25411"}
    assert same_crystals("LiNb0.5Ta0.5O3").keys() == {"LiNbO3", "LiTaO3"}
    assert same_crystals().keys() > {"LiCoO2", "LiNbO3", "LiTi2(PO4)3"}


@pytest.mark.parametrize(("name", "identifier"), same_crystals().items())
def test_pure_crystals_are_among_the_packaged_phases(reference, name, identifier):
    composition = composition_of(solid_solution(name)) if name in ("LiNbO3", "LiTaO3", "LiTi2(PO4)3") else None
    composition = composition or composition_of(lithiated_cathode(Catalogue.load().cathode(name), 1.0))
    assert identifier in [reference.table.id(i) for i in reference.polymorphs(composition)]


def test_structure_types_of_the_catalogue():
    found = {cathode.name: structure_type(cathode) for cathode in Catalogue.load().cathodes}
    layered = {name for name, host in found.items() if host == "layered"}
    assert {"NCM83", "NCM111", "LiCoO2", "NCA", "NCM90"} <= layered
    assert {name for name, host in found.items() if host == "olivine"} == {"LiFePO4", "LiCoPO4", "LiMn0.8Fe0.2PO4"}
    assert found["LiMn2O4"] is found["Li2S"] is found["Li1.2Ni0.13Co0.13Mn0.54O2"] is found["LiNi0.5Mn1.5O4"] is None


def test_an_olivine_has_four_formula_units_of_distances_as_measured():
    """In LiFePO4 P-O is 1.52 to 1.56 angstrom and Fe-O 2.06 to 2.25 (Streltsov et al. 1993)."""
    crystal = lithiated_cathode(Catalogue.load().cathode("LiMn0.8Fe0.2PO4"), 0.5)
    assert composition_of(crystal) == pytest.approx(
        {"Li": 0.5 / 6.5, "Mn": 0.8 / 6.5, "Fe": 0.2 / 6.5, "P": 1 / 6.5, "O": 4 / 6.5}
    )
    cell = crystal.parent.primitive_cell()
    assert len(cell) == 28
    for group, n_neighbours, shortest, longest in (("P", 4, 1.51, 1.57), ("M", 6, 2.05, 2.26)):
        for centre in (site for site in cell if site.properties["group"] == group):
            near = [site for site in cell.get_neighbors(centre, 2.4) if site.properties["group"] == "O"]
            to_oxygen = sorted(site.nn_distance for site in near)
            assert len(to_oxygen) == n_neighbours
            assert shortest < to_oxygen[0] <= to_oxygen[-1] < longest
