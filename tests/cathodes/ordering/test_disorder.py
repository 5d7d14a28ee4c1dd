"""Disordered crystals: occupancies that fit their parent, and charges that balance."""

import pytest

from screening.cathodes.ordering.disorder import (
    DisorderedCrystal,
    composition_of,
    is_layered,
    lithiated_cathode,
    mean_charges,
    same_crystals,
    solid_solution,
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
        (host({"Co": 1.1}), 1.0, "its metals sum to 1.1"),
        (host({"Mn": 1.0}, 4.0), 1.0, "its oxygen to 4"),
        (host({"Co": 1.0}), 1.2, "holds 0 to 1 lithium"),
    ],
)
def test_what_is_no_layered_oxide_is_refused(cathode, lithium, reason):
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
        ({"Li": 1, "Fe": 1, "O": 2}, "no charge of Fe to rank orderings by"),
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


def test_which_cathodes_are_layered_oxides_of_one_metal():
    layered = {cathode.name for cathode in Catalogue.load().cathodes if is_layered(cathode)}
    assert {"NCM83", "NCM111", "LiCoO2", "NCA", "NCM90"} <= layered
    assert not layered & {"LiMn2O4", "LiFePO4", "Li2S", "Li1.2Ni0.13Co0.13Mn0.54O2", "LiNi0.5Mn1.5O4"}
