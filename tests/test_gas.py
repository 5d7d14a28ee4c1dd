"""The chemical potential of oxygen against an independent table."""

from __future__ import annotations

import math

import pytest

from screening.errors import InputError
from screening.gas import oxygen_chemical_potential_ev
from screening.reservoir import Reservoir

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
