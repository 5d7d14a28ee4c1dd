"""Reactants, and equations as text."""

import pytest
from random_phases import build, imbalance, random_phases, written

from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.equilibrium.stability import phase_stability
from screening.hull.phase_system import Mixture
from screening.hull.reservoir import Reservoir

OXIDES = build(
    [({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5), ({"Li": 4, "O": 2}, -1.9)]
)


def test_a_phase_has_its_own_energy():
    reactant = Reactant(OXIDES, "LiO2")  # the hull holds half a Li2O2 (2 atoms of 3) at -1.6
    assert reactant.energy_from == "phase"
    assert reactant.formation_energy == pytest.approx(-0.5)
    assert reactant.energy_above_hull == pytest.approx(1.6 * 2 / 3 - 0.5)
    assert reactant.source_id == "phase-2"


def test_the_lowest_polymorph_is_taken():
    assert Reactant(OXIDES, "Li8O4").source_id == "phase-0"
    assert Reactant(OXIDES, "Li2O").energy_above_hull == 0.0


def test_a_composition_without_a_phase_has_the_energy_of_the_hull():
    reactant = Reactant(OXIDES, "Li3O2")
    assert reactant.energy_from == "hull"
    assert reactant.source_id is None
    assert reactant.position is None
    assert reactant.formation_energy == pytest.approx(0.6 * -2.0 + 0.4 * -1.6)
    assert reactant.energy_above_hull == 0.0


def test_grand_energy():
    """LiO2 at -1.5 eV a formula unit, less mu N = -3, over its two oxygen atoms."""
    reactant = Reactant(OXIDES, "LiO2")
    assert reactant.grand_energy(("O",), Reservoir({"Li": -3.0})) == pytest.approx((-1.5 + 3.0) / 2)
    assert reactant.grand_energy(("Li", "O"), None) == pytest.approx(-0.5)


def test_an_element_without_energies_is_named():
    with pytest.raises(InputError, match="hold no phase of Zr; they cover Li O"):
        Reactant(OXIDES, "Li2ZrO3")


@pytest.mark.parametrize(("value", "cleaned"), [(-1e-17, "0.0"), (-0.0, "0.0"), (3e-10, "0.0"), (0.1 + 0.2, "0.3")])
def test_clean(value, cleaned):
    assert repr(clean(value)) == cleaned


def test_products_are_named_largest_first():
    mixture = OXIDES.system({"Li", "O"}).mixture({"Li": 3, "O": 2})
    assert list(named_products(OXIDES, mixture).items()) == [("Li2O", 0.6), ("Li2O2", 0.4)]


def test_products_of_equal_amounts_are_named_by_formula():
    oxide, peroxide = (OXIDES.polymorphs({"Li": n, "O": 1.0})[0] for n in (2.0, 1.0))
    for noise in (-1e-12, 0.0, 1e-12):
        mixture = Mixture({peroxide: 0.5 + noise, oxide: 0.5 - noise}, -1.8, {}, {})
        assert list(named_products(OXIDES, mixture).items()) == [("Li2O", 0.5), ("Li2O2", 0.5)]


def test_a_closed_equation():
    products = {"Li2O": 0.6, "Li2O2": 0.4}
    assert reaction_text([(1.0, "Li3O2")], products, ("Li", "O"), {}) == "2 Li3O2 -> 2 Li2O + Li2O2"


def test_an_equation_with_a_reservoir():
    """Products are counted by their closed atoms; what is taken stands left, what is given off right."""
    products = {"Li2O2": 1.0}
    assert reaction_text([(1.0, "LiO2")], products, ("O",), {"Li": 1.0}) == "LiO2 + Li -> Li2O2"
    assert reaction_text([(2.0, "Li2O")], products, ("O",), {"Li": -2.0}) == "2 Li2O -> Li2O2 + 2 Li"


def test_a_reactant_of_which_there_is_none_is_left_out():
    assert reaction_text([(0.0, "Li2O"), (1.0, "O2")], {"O2": 1.0}, ("Li", "O"), {}) == "O2 -> O2"


@pytest.mark.parametrize("n_elements", range(2, 9))
def test_equations_balance(n_elements):
    phases = random_phases(n_elements, n_elements)
    for numbers in ((1, 2, 3, 4, 5, 6, 7, 8), (9, 5, 1, 1, 3, 8, 2, 1), (0.83, 0.12, 0.05, 2, 1, 1, 0.5, 0.1)):
        composition = dict(zip(phases.elements, numbers, strict=False))
        mixture = phases.system(composition).mixture(composition)
        products = named_products(phases, mixture)
        assert sum(products.values()) == pytest.approx(1.0, abs=1e-8)
        assert imbalance(reaction_text([(1.0, written(composition))], products, tuple(composition), {})) < 1e-3


def test_a_given_energy_replaces_that_of_the_phase():
    reactant = Reactant(OXIDES, "Li2O@50meV")
    assert (reactant.name, reactant.formula) == ("Li2O@50meV", "Li2O")
    assert (reactant.energy_from, reactant.source_id) == ("hull", None)
    assert reactant.energy_above_hull == pytest.approx(0.05)
    assert reactant.formation_energy == pytest.approx(Reactant(OXIDES, "Li2O").formation_energy + 0.05)
    assert Reactant(OXIDES, "Li3O2").own_energy_above_hull is None  # neither known nor given


def test_a_glass_is_at_the_hull_even_where_a_phase_is_known():
    reactant = Reactant(OXIDES, "0.5Li2O2-0.5O2")  # a phase of LiO2 is known, above the hull
    assert (reactant.formula, reactant.energy_from) == ("LiO2", "hull")
    assert reactant.formation_energy == pytest.approx(-1.6 * 2 / 3)
    assert Reactant(OXIDES, "0.5Li2O2-0.5O2@70meV").formation_energy == pytest.approx(-1.6 * 2 / 3 + 0.07)


OLIVINE = "mp-19017"


def test_a_polymorph_by_its_id(reference):
    """Olivine is the ground state in nature; these energies have a monoclinic cell 14.4 meV/atom below it."""
    lowest, olivine = Reactant(reference, "LiFePO4"), Reactant(reference, f"LiFePO4#{OLIVINE}")
    assert (olivine.source_id, reference.phase(olivine.position).space_group) == (OLIVINE, 62)
    assert lowest.source_id != OLIVINE
    difference = olivine.formation_energy - lowest.formation_energy
    assert difference == pytest.approx(0.0144, abs=5e-5)
    assert olivine.energy_above_hull == pytest.approx(difference, abs=1e-9)
    stable = phase_stability(reference, f"LiFePO4#{OLIVINE}")
    assert stable.phase.source_id == OLIVINE
    assert stable.energy_to_other_phases_ev_per_atom == pytest.approx(
        phase_stability(reference, "LiFePO4").energy_to_other_phases_ev_per_atom + difference, abs=1e-8
    )


def test_its_energy_enters_reactions_and_the_hull_does_not_change(reference):
    lowest = Interface(reference, "LiFePO4", "Li6PS5Cl").reaction()
    olivine = Interface(reference, f"LiFePO4#{OLIVINE}", "Li6PS5Cl").reaction()
    assert olivine.mutual.energy_ev == pytest.approx(lowest.mutual.energy_ev, abs=1e-9)
    assert olivine.self_a_ev_per_atom == pytest.approx(-0.0144, abs=5e-5)
    assert olivine.a == f"LiFePO4#{OLIVINE}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("LiFePO4#mp-1", "LiFePO4#mp-1: no phase mp-1 of this composition; there are mp-585319, "),
        ("LiFe7PO9#mp-1", "no phase mp-1 of this composition; no phase of this composition is known"),
    ],
)
def test_a_phase_that_is_not_there(reference, text, message):
    with pytest.raises(InputError, match=message):
        Reactant(reference, text)
