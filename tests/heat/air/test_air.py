"""Hydrolysis and carbonation against measured free energies, hand calculations and conservation."""

from __future__ import annotations

import math

import pytest

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.heat.air.air import air_stability
from screening.heat.air.conditions import Air
from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV

KT_EV = 8.617333262e-5 * 298.15
# Gibbs energies of formation at 298.15 K, kJ/mol: NIST-JANAF Thermochemical Tables, 4th ed. (1998)
JANAF = {"Li2O": -561.20, "LiOH": -438.94, "Li2CO3": -1132.13, "H2O": -228.58, "CO2": -394.39}


def atoms(formula, n=1.0):
    return {element: n * amount for element, amount in parse_formula(formula).items()}


@pytest.fixture(scope="module")
def found(reference):
    names = ("Li2O", "Li3PO4", "Li3PS4", "Li7P3S11", "Li6PS5Cl", "Li2ZrO3")
    return {name: air_stability(reference, name) for name in names}


def test_lithium_oxide_as_measured(found):
    """Its free energies with water and carbon dioxide, against JANAF; the descriptor is off by 50 meV/atom."""
    oxide = found["Li2O"]
    bar = oxide.air.gas_bar
    hydrolysis = (2 * JANAF["LiOH"] - JANAF["Li2O"] - JANAF["H2O"]) / KJ_PER_MOL_PER_EV - KT_EV * math.log(bar["H2O"])
    carbonation = (JANAF["Li2CO3"] - JANAF["Li2O"] - JANAF["CO2"]) / KJ_PER_MOL_PER_EV - KT_EV * math.log(bar["CO2"])
    assert oxide.hydrolysis.reaction == "Li2O + H2O(g) -> 2 LiHO"
    assert oxide.hydrolysis.free_energy_ev_per_formula_unit == pytest.approx(hydrolysis, abs=0.25)
    assert oxide.carbonation.reaction == "Li2O + CO2(g) -> Li2CO3"
    assert oxide.carbonation.free_energy_ev_per_formula_unit == pytest.approx(carbonation, abs=0.15)
    assert oxide.carbonation.verdict == "reacts"
    mass = 100 * 44.009 / 29.88  # of CO2 on Li2O, g/mol
    assert oxide.carbonation.mass_change_percent == pytest.approx(mass, abs=0.1)


def test_more_of_a_gas_adds_its_chemical_potential(reference, found):
    """One molecule a formula unit: kT ln 10 a decade of pressure."""
    ten = air_stability(reference, "Li2O", Air(co2_ppm=4200))
    difference = found["Li2O"].carbonation.free_energy_ev_per_formula_unit
    difference -= ten.carbonation.free_energy_ev_per_formula_unit
    assert difference == pytest.approx(KT_EV * math.log(10), abs=2e-6)
    assert ten.hydrolysis == found["Li2O"].hydrolysis


def test_a_phosphate_is_stable(found):
    for exposure in (found["Li3PO4"].hydrolysis, found["Li3PO4"].carbonation, found["Li3PO4"].humid_air):
        assert (exposure.verdict, exposure.free_energy_ev_per_formula_unit) == ("stable", 0.0)
        assert exposure.given_off_cm3_per_g == {}
        assert set(exposure.taken_up_moles.values()) == {0.0}


def test_sulfides_give_off_hydrogen_sulfide(found):
    """All their sulfur; Li7P3S11 is driven further than Li3PS4 a sulfur, as it is measured to give off more."""
    thiophosphate = found["Li3PS4"].hydrolysis
    assert thiophosphate.reaction == "Li3PS4 + 4 H2O(g) -> Li3PO4 + 4 H2S(g)"
    assert thiophosphate.given_off_moles == pytest.approx({"H2S": 4.0})
    assert thiophosphate.given_off_cm3_per_g["H2S"] == pytest.approx(4 * 24790 / 180.034, rel=1e-3)
    per_sulfur = {
        name: found[name].hydrolysis.free_energy_ev_per_formula_unit / n
        for name, n in (("Li3PS4", 4), ("Li7P3S11", 11))
    }
    assert per_sulfur["Li7P3S11"] < per_sulfur["Li3PS4"] < -0.3


def test_both_gases_release_no_less_than_one(found):
    for one in found.values():
        alone = min(one.hydrolysis.free_energy_ev_per_atom, one.carbonation.free_energy_ev_per_atom)
        assert one.humid_air.free_energy_ev_per_atom <= alone + 1e-9


def test_atoms_are_conserved(found):
    for one in found.values():
        for exposure in (one.hydrolysis, one.carbonation, one.humid_air):
            before, after = atoms(one.formula), {}
            for gas, n in exposure.taken_up_moles.items():
                for element, amount in atoms(gas, n).items():
                    before[element] = before.get(element, 0.0) + amount
            for product in exposure.products:
                for element, amount in atoms(product.name.removesuffix("(g)"), product.moles).items():
                    after[element] = after.get(element, 0.0) + amount
            assert {e: n for e, n in after.items() if n} == pytest.approx(
                {e: n for e, n in before.items() if n}, abs=1e-4
            )


def test_what_has_no_energies_is_refused(reference):
    with pytest.raises(InputError, match="Foo"):
        air_stability(reference, "LiFoo")
