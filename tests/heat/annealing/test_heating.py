"""Solids and gases at temperature on one scale."""

from __future__ import annotations

import math

import pytest
from fixtures_anneal import KJ_PER_MOL_PER_EV, small_set
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry
from pymatgen.core import Composition, Element

from screening.common.errors import InputError
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.heating import Heater, oxygen_above_minus_two
from screening.thermochemistry.gas import known_gases

K_EV = 8.617333262e-5
CARBONATE = frozenset(("Li", "C", "O"))


def gas_energy(hot, name):
    """Free energy of a gas, eV per molecule."""
    [place] = [i for i in range(len(hot.phases)) if (gas := hot.gas(i)) and gas.name == name]
    return float(hot.phases.energies[place]) * sum(hot.gas(place).composition.values())


def test_with_measured_energies_a_gas_has_its_measured_free_energy():
    hot = Heater(small_set(), CARBONATE, Atmosphere(0.21, product_bar=1e-3)).at(800.0)
    [co2] = [gas for gas in known_gases() if gas.name == "CO2"]
    assert gas_energy(hot, "CO2") == pytest.approx(co2.formation_free_energy_ev(800.0) + K_EV * 800 * math.log(1e-3))


def test_a_gas_stands_on_the_energies_of_the_set():
    off_by = 50.0  # kJ/mol
    right, wrong = (Heater(phases, CARBONATE, Atmosphere(0.21)) for phases in (small_set(), small_set(CO2=-468.7)))
    difference = gas_energy(wrong.at(700.0), "CO2") - gas_energy(right.at(700.0), "CO2")
    assert difference == pytest.approx(-off_by / KJ_PER_MOL_PER_EV)
    assert "m-CO2" in wrong.sources["CO2"]


def test_a_gas_without_a_condensed_form_is_left_out_and_named():
    phases = small_set()
    bare = phases.without(phases.polymorphs({"C": 1, "O": 2}))
    assert Heater(bare, CARBONATE, Atmosphere(0.21)).left_out == ["CO2"]
    with pytest.raises(InputError, match="no condensed CO2"):
        Heater(bare, CARBONATE, Atmosphere(0.21, {"CO2": 1.0}))


def test_solids_that_are_only_gases_at_temperature_are_none():
    hot = Heater(small_set(), frozenset(("Li", "S", "P", "O")), Atmosphere(0.21)).at(400.0)
    assert hot.lowest("SO3") is None
    assert hot.lowest("P2O5") is not None


@pytest.mark.parametrize("oxygen_bar", [1e-6, 0.21, 1.0, 20.0])
def test_oxygen_has_the_potential_of_its_gas(oxygen_bar):
    hot = Heater(small_set(), frozenset(("Li", "O")), Atmosphere(oxygen_bar)).at(900.0)
    assert hot.reservoir.mu_relative_ev == {"O": 0.0}
    reference = dict(zip(hot.phases.elements, hot.phases.references, strict=True))
    assert reference["O"] == pytest.approx(0.5 * K_EV * 900 * math.log(oxygen_bar))


def test_a_held_gas_opens_its_element_at_the_potential_that_makes_the_gas():
    hot = Heater(small_set(), CARBONATE, Atmosphere(0.21, {"CO2": 4.2e-4})).at(700.0)
    mu = hot.reservoir.mu_relative_ev
    reference = dict(zip(hot.phases.elements, hot.phases.references, strict=True))
    carbon, oxygen = (mu[element] + reference[element] for element in "CO")
    assert carbon + 2 * oxygen == pytest.approx(gas_energy(hot, "CO2"))


def test_equilibrium_is_that_of_pymatgen():
    heater = Heater(small_set(), frozenset(("Li", "P", "S", "O")), Atmosphere(0.21))
    hot = heater.at(650.0)
    entries = []
    for place in range(len(hot.phases)):
        composition = Composition(hot.phases.table.composition(place))
        entries.append(PDEntry(composition, float(hot.phases.energies[place]) * composition.num_atoms))
    reference = dict(zip(hot.phases.elements, hot.phases.references, strict=True))
    diagram = GrandPotentialPhaseDiagram(entries, {Element("O"): reference["O"]})
    system = hot.phases.system(heater.elements, hot.reservoir)
    for formula in ("Li3PS4", "Li2S", "P2S5", "Li7P3S11", "LiPS3"):
        closed = Composition({k: v for k, v in Composition(formula).items() if k.symbol != "O"})
        theirs = diagram.get_hull_energy_per_atom(closed)
        ours = system.mixture(dict(closed.get_el_amt_dict()))
        shift = sum(reference[e.symbol] * n for e, n in closed.fractional_composition.items())
        assert ours.energy + shift == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("Li2O2", True), ("Li17Nb18O54", True), ("SO4", True), ("LiNbO3", False), ("Li2S2O7", False), ("NiO2", False)],
)
def test_oxygen_above_minus_two(formula, expected):
    amounts = Composition(formula).get_el_amt_dict()
    assert oxygen_above_minus_two(amounts) is expected
    assert not oxygen_above_minus_two({"Li": 3.0, "P": 1.0, "S": 4.0})


def test_peroxides_can_be_left_out():
    elements = frozenset(("Li", "O"))
    assert Heater(small_set(), elements, Atmosphere(1.0)).at(400.0).lowest("Li2O2") is not None
    assert Heater(small_set(), elements, Atmosphere(1.0), ["peroxides"]).at(400.0).lowest("Li2O2") is None


@pytest.mark.parametrize(
    ("without", "message"),
    [
        (["Li2SO5"], "no phase Li2SO5 is known"),
        (["Li"], "Li cannot be left out: it is an element"),
        (["O2"], "O2 cannot be left out"),
        (["CO2"], "the gas CO2 is both in the furnace and left out"),
    ],
)
def test_what_cannot_be_left_out(without, message):
    with pytest.raises(InputError, match=message):
        Heater(small_set(), CARBONATE | {"S"}, Atmosphere(0.21, {"CO2": 1e-3}), without)


def test_a_gas_that_condenses_is_refused():
    phases = small_set(LiI=-270.4)
    heater = Heater(phases, frozenset(("Li", "I", "O")), Atmosphere(0.21, {"I2": 1.0}))
    assert heater.at(600.0).reservoir.mu_relative_ev["I"] == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(InputError, match="I2 at 1 bar and 350 K condenses to I"):
        heater.at(350.0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"oxygen_bar": 0.0}, "a pressure must be positive: 0 bar"),
        ({"oxygen_bar": 0.2, "product_bar": -1.0}, "positive: -1 bar"),
        ({"oxygen_bar": 0.2, "gas_bar": {"CO2": float("inf")}}, "positive: inf bar"),
        ({"oxygen_bar": 0.2, "gas_bar": {"CO3": 1.0}}, r"unknown gas 'CO3' \(did you mean"),
        ({"oxygen_bar": 0.2, "gas_bar": {"O2": 1.0}}, "the pressure of O2 is given by itself"),
        ({"oxygen_bar": 0.2, "gas_bar": {"SO2": 1e-3, "SO3": 1e-3}}, "SO3 must bring one element .* it brings nothing"),
    ],
)
def test_atmospheres_that_are_none(given, message):
    with pytest.raises(InputError, match=message):
        Atmosphere(**given)
