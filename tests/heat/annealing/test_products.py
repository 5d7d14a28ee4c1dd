"""Products of annealing: amounts, masses and equations, by hand."""

import pytest
from fixtures_anneal import small_set

from screening.heat.annealing.annealing_documents import Product
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.heating import Heater
from screening.heat.annealing.products import atoms_of, equation, mass_of, named_moles, solid_mass
from screening.hull.phase_system import Mixture


def product(name, moles, state="solid"):
    return Product(name=name, state=state, moles=moles, source_id=None, oxidised_oxygen=False)


def test_masses_are_molar_masses():
    assert mass_of({"Li": 2, "C": 1, "O": 3}) == pytest.approx(73.89, abs=0.01)  # Li2CO3, CRC Handbook
    assert mass_of({"O": 2}) == pytest.approx(31.998, abs=0.001)


def test_only_solids_are_weighed():
    products = [product("Li2O", 2.0), product("CO2(g)", 1.0, "gas")]
    assert solid_mass(products) == pytest.approx(2 * 29.88, abs=0.02)
    assert atoms_of(products[1]) == {"C": 1, "O": 2}


def test_fractions_of_closed_atoms_become_moles():
    """Li2CO3 -> Li2O + CO2 with oxygen open: of 3 closed atoms two are in Li2O and one in CO2."""
    hot = Heater(small_set(), frozenset(("Li", "C", "O")), Atmosphere(0.21)).at(900.0)
    oxide = hot.lowest("Li2O")
    [gas] = [i for i in range(len(hot.phases)) if (found := hot.gas(i)) and found.name == "CO2"]
    mixture = Mixture({gas: 1 / 3, oxide: 2 / 3}, 0.0, {}, {})
    solid, released = named_moles(hot, mixture, ("Li", "C"), 3.0)
    assert (solid.name, solid.state, solid.moles, solid.source_id) == ("Li2O", "solid", 1.0, "m-Li2O")
    assert (released.name, released.state, released.moles, released.source_id) == ("CO2(g)", "gas", 1.0, None)


def test_solids_stand_first_and_among_them_the_largest_amount():
    hot = Heater(small_set(), frozenset(("Li", "C", "P", "O")), Atmosphere(0.21)).at(900.0)
    [gas] = [i for i in range(len(hot.phases)) if (found := hot.gas(i)) and found.name == "CO2"]
    mixture = Mixture({gas: 0.6, hot.lowest("Li3PO4"): 0.1, hot.lowest("Li2O"): 0.3}, 0.0, {}, {})
    found = named_moles(hot, mixture, ("Li", "C", "P"), 1.0)
    assert [one.name for one in found] == ["Li2O", "Li3PO4", "CO2(g)"]
    assert [one.moles for one in found] == pytest.approx([0.3 / 2, 0.1 / 4, 0.6])


def test_a_peroxide_is_marked():
    hot = Heater(small_set(), frozenset(("Li", "O")), Atmosphere(0.21)).at(400.0)
    for formula, oxidised in (("Li2O2", True), ("Li2O", False)):
        [one] = named_moles(hot, Mixture({hot.lowest(formula): 1.0}, 0.0, {}, {}), ("Li",), 2.0)
        assert (one.name, one.oxidised_oxygen) == (formula, oxidised)


@pytest.mark.parametrize(
    ("taken_up", "written"),
    [
        ({"O2": 4.0}, "4 Li3PS4 + 16 O2(g) -> 4 Li3PO4 + S8"),
        ({"O2": -0.5}, "4 Li3PS4 -> 4 Li3PO4 + S8 + 2 O2(g)"),
        ({"O2": 1e-7}, "4 Li3PS4 -> 4 Li3PO4 + S8"),
    ],
)
def test_gases_of_the_furnace_stand_on_the_side_they_come_from(taken_up, written):
    assert equation([(1.0, "Li3PS4")], [product("Li3PO4", 1.0), product("S8", 0.25)], taken_up) == written
