"""The chemical potential of oxygen against an independent table."""

from __future__ import annotations

import math

import pytest
from pymatgen.core.entries import G_GASES

from screening.common.errors import InputError
from screening.hull.reservoir import Reservoir
from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV, known_gases, oxygen_chemical_potential_ev

ONE_ATM_BAR = 1.01325

# K. Reuter and M. Scheffler, Phys. Rev. B 65, 035406 (2001), Table I: mu_O(T, 1 atm), eV, from the JANAF tables
REUTER_SCHEFFLER = {300: -0.27, 400: -0.38, 500: -0.50, 600: -0.61, 700: -0.73, 800: -0.85, 900: -0.98, 1000: -1.10}


@pytest.mark.parametrize(("kelvin", "published"), REUTER_SCHEFFLER.items())
def test_one_atmosphere(kelvin, published):
    assert oxygen_chemical_potential_ev(kelvin, ONE_ATM_BAR) == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("kelvin", [300, 573.15, 1000])
def test_pressure_is_that_of_an_ideal_gas_of_diatomic_molecules(kelvin):
    difference = oxygen_chemical_potential_ev(kelvin, 0.21) - oxygen_chemical_potential_ev(kelvin, 1.0)
    gas_constant, faraday = 8.314462618, 96485.33212
    assert difference == pytest.approx(0.5 * gas_constant * kelvin / faraday * math.log(0.21), abs=1e-9)


def test_between_two_rows_of_the_table():
    low, here, high = (oxygen_chemical_potential_ev(t, 1.0) for t in (600, 650, 700))
    assert here == pytest.approx((low + high) / 2, abs=1e-12)


def test_reservoir_of_a_gas_holds_that_potential():
    assert Reservoir.oxygen_gas(700, 0.2).mu_relative_ev == {"O": oxygen_chemical_potential_ev(700, 0.2)}


@pytest.mark.parametrize(
    ("kelvin", "bar", "named"),
    [
        (298.0, 1.0, "298 K"),
        (2001.0, 1.0, "2001 K"),
        (math.nan, 1.0, "nan K"),
        (700.0, 0.0, "0 bar"),
        (700.0, -1.0, "-1 bar"),
        (700.0, math.inf, "inf bar"),
        (700.0, math.nan, "nan bar"),
    ],
)
def test_refused(kelvin, bar, named):
    with pytest.raises(InputError, match=named):
        oxygen_chemical_potential_ev(kelvin, bar)


# Gibbs energies of formation at 298.15 K, kJ/mol: NIST-JANAF Thermochemical Tables, 4th ed. (1998)
JANAF = {"SO2": -300.125, "SO3": -371.016, "CO2": -394.389, "P4O10": -2669.711, "H2O": -228.582}
JANAF |= {"H2S": -33.329, "HCl": -95.300, "HBr": -53.513, "NH3": -16.367}


@pytest.mark.parametrize(("name", "published"), JANAF.items())
def test_gases_at_room_temperature(name, published):
    [gas] = [gas for gas in known_gases() if gas.name == name]
    assert gas.formation_free_energy_ev(298.15) * KJ_PER_MOL_PER_EV == pytest.approx(published, abs=0.5)


@pytest.mark.parametrize("name", ["SO2", "CO2", "H2O"])
@pytest.mark.parametrize("kelvin", [400, 700, 1000, 1300, 2000])
def test_gases_at_temperature_as_pymatgen_has_them(name, kelvin):
    [gas] = [gas for gas in known_gases() if gas.name == name]
    assert gas.formation_free_energy_ev(kelvin) == pytest.approx(G_GASES[name][str(kelvin)], abs=0.005)


@pytest.mark.parametrize(("name", "below", "above"), [("I2", 400.0, 500.0), ("S2", 800.0, 900.0)])
def test_a_gas_above_the_boiling_point_is_the_standard_state_of_its_element(name, below, above):
    [gas] = [gas for gas in known_gases() if gas.name == name]
    assert gas.formation_free_energy_ev(below) > 0.05
    assert gas.formation_free_energy_ev(above) == pytest.approx(0.0, abs=0.005)


def test_a_gas_joined_where_its_two_polynomials_meet():
    for gas in known_gases():
        low, high = (gas.formation_free_energy_ev(kelvin) for kelvin in (1000.0, 1000.0001))
        assert low == pytest.approx(high, abs=1e-4)
