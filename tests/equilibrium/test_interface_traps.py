"""Interfaces that existing tools get wrong, and small ones worked out by hand."""

import numpy as np
import pytest
from random_phases import build

from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir

OXIDES = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5)])


@pytest.mark.parametrize("pair", [("Li", "Li2O"), ("Li2O", "Li")])
def test_lithium_metal_beside_a_lithium_reservoir(pair):
    with pytest.raises(InputError, match="Li consists of open elements only"):
        Interface(OXIDES, *pair, Reservoir({"Li": -1.0}))


def test_a_reactant_of_several_open_elements():
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "S": 1}, -1.0)], elements=["Li", "O", "S"])
    with pytest.raises(InputError, match="Li O consists of open elements only: with Li, O open"):
        Interface(phases, "Li2O", "LiS", Reservoir({"Li": -3.0, "O": -3.0}))


def test_reservoirs_that_precipitate_a_phase():
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "S": 1}, -1.0)], elements=["Li", "O", "S"])
    with pytest.raises(InputError, match="Li and O react with each other: Li2O forms without limit"):
        Interface(phases, "LiS", "S", Reservoir({"Li": -0.5, "O": -1.0}))


@pytest.mark.parametrize("reservoir", [None, Reservoir({"Li": -3.0})], ids=str)
@pytest.mark.parametrize("formula", ["Li2O", "LiO2", "Li3O2"])
def test_identical_reactants(formula, reservoir):
    """Nothing reacts with itself, whatever it does alone."""
    document = Interface(OXIDES, formula, formula, reservoir).document()
    assert document.mutual.energy_ev == 0.0
    profile = Interface(OXIDES, formula, formula, reservoir).profile()
    assert profile.self_a == profile.self_b
    np.testing.assert_allclose(profile.total, profile.self_a, atol=1e-9)


def test_a_reactant_above_its_elements():
    """LiS at +0.3 eV/atom: that much it gives off alone, the rest of 0.75 eV/atom with Li, to Li2S."""
    phases = build([({"Li": 1, "S": 1}, 0.3), ({"Li": 2, "S": 1}, -1.0)])
    document = Interface(phases, "LiS", "Li").document()
    # alone: half Li2S (3 atoms of 4) and half S; with one Li: Li2S
    assert document.self_a_ev_per_atom == pytest.approx(-0.3 - 0.75)
    assert document.reactants.a.above_hull_ev_per_atom == pytest.approx(1.05)
    assert document.total.min_ev_per_atom == pytest.approx(-1.0 - 0.3 * 2 / 3)
    assert document.total.reaction == "LiS + Li -> Li2S"
    assert document.mutual.min_ev_per_atom == pytest.approx(-1.0 + 0.75 * 2 / 3)


def test_a_reactant_without_a_phase_has_the_energy_of_the_hull_and_says_so():
    document = Interface(OXIDES, "Li3O2", "O2").document()
    assert (document.reactants.a.energy, document.reactants.a.source_id) == ("hull", None)
    assert (document.reactants.b.energy, document.reactants.b.source_id) == ("phase", "element-O")
    assert document.self_a_ev_per_atom == 0.0


def test_a_kink_in_the_middle():
    """Li2O2 + 2 Li -> 2 Li2O has four atoms of A among six; Li + S -> LiS has one of two."""
    document = Interface(OXIDES, "Li2O2", "Li").document()
    assert [kink.x_atomic_a for kink in document.kinks] == pytest.approx([0.0, 2 / 3, 1.0])
    half = Interface(build([({"Li": 1, "S": 1}, -1.0)]), "Li", "S2").document()
    assert [kink.x_atomic_a for kink in half.kinks] == [0.0, 0.5, 1.0]
    assert half.mutual.x_molar_a == pytest.approx(2 / 3)  # 2 Li + S2
    assert half.mutual.reaction == "2 Li + S2 -> 2 LiS"


def test_a_compound_on_the_tie_line_of_others():
    """It neither gains nor loses against them, and however the tie falls, the energies are those of the line."""
    phases = build([({"Li": 2, "O": 1}, -1.0), ({"Li": 1, "O": 1}, -0.75), ({"Li": 1, "O": 2}, -0.5)])
    profile = Interface(phases, "LiO2", "Li2O").profile()
    np.testing.assert_allclose(profile.mutual, 0.0)
    assert Interface(phases, "LiO", "Li2O").document().reactants.a.above_hull_ev_per_atom == 0.0


def test_total_of_an_electrolyte_that_decomposes_alone_is_at_its_endpoint():
    """The mutual energy sets aside what either reactant does without the other."""
    phases = build(
        [({"Li": 1, "S": 1}, 0.0), ({"Li": 2, "S": 1}, -1.0), ({"P": 1, "O": 1}, -2.0)], elements=["Li", "O", "P", "S"]
    )
    document = Interface(phases, "PO", "LiS").document()
    assert (document.total.x_atomic_a, document.total.at_endpoint) == (0.0, True)
    assert document.total.min_ev_per_atom == document.self_b_ev_per_atom == pytest.approx(-0.75)
    assert document.mutual.min_ev_per_atom == 0.0
    turned = Interface(phases, "LiS", "PO").document()
    assert (turned.total.x_atomic_a, turned.total.at_endpoint) == (1.0, True)


def test_a_reaction_between_the_endpoints_is_at_none():
    document = Interface(OXIDES, "Li2O2", "Li").document()
    assert (document.total.at_endpoint, document.mutual.at_endpoint) == (False, False)


def test_an_element_without_energies():
    with pytest.raises(InputError, match="no phase of Zr"):
        Interface(OXIDES, "ZrO2", "Li2O")
    with pytest.raises(InputError, match="no phase of Zr"):
        Interface(OXIDES, "Li2O", "O2", Reservoir({"Zr": -1.0}))


def test_open_by_hand():
    """With Li at -3 eV (3 V), O2 takes it up to Li2O2: (-6.4 + 6) / 2 per O. LiO2 holds (-1.5 + 3) / 2."""
    document = Interface(OXIDES, "LiO2", "O2", Reservoir({"Li": -3.0})).document()
    assert document.self_a_ev_per_closed_atom == pytest.approx(-0.2 - 0.75)
    assert document.self_b_ev_per_closed_atom == pytest.approx(-0.2)
    assert document.total.min_ev_per_closed_atom == pytest.approx(-0.95)
    assert document.total.exchanged == {"Li": 0.5}  # LiO2 + Li -> Li2O2, per O
    assert document.total.reaction == "LiO2 + Li -> Li2O2"
    assert document.mutual.min_ev_per_closed_atom == 0.0
