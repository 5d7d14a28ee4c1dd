"""Atmospheres: which elements a gas opens, and at which pressure."""

import math

import pytest

from screening.common.errors import InputError
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.thermochemistry.gas import known_gases

GASES = {gas.name: gas for gas in known_gases()}


def names(atmosphere):
    return {element: gas.name for element, gas in atmosphere.opened().items()}


def test_oxygen_alone_opens_oxygen():
    assert names(Atmosphere(0.21)) == {"O": "O2"}


def test_each_further_gas_opens_the_element_it_brings():
    assert names(Atmosphere(0.21, {"CO2": 4e-4, "SO2": 1e-3})) == {"O": "O2", "C": "CO2", "S": "SO2"}


@pytest.mark.parametrize(
    ("gases", "reason"),
    [
        ({"SO2": 1.0, "SO3": 1.0}, "SO3 must bring one element .* nothing that the gases before it do not"),
        ({"O2": 1.0}, "the pressure of O2 is given by itself"),
        ({"co2": 1.0}, r"unknown gas 'co2' \(did you mean CO2\?\)"),
        ({"Xx": 1.0}, "unknown gas 'Xx'; there are .*CO2"),
    ],
)
def test_gases_that_open_nothing_are_refused(gases, reason):
    with pytest.raises(InputError, match=reason):
        Atmosphere(0.21, gases)


@pytest.mark.parametrize("pressure", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("where", ["oxygen_bar", "gas_bar", "product_bar"])
def test_every_pressure_is_positive_and_finite(where, pressure):
    given = {"oxygen_bar": 0.21, where: {"CO2": pressure} if where == "gas_bar" else pressure}
    with pytest.raises(InputError, match="a pressure must be positive"):
        Atmosphere(**given)


def test_the_pressure_of_a_gas_is_its_own_else_that_of_products():
    air = Atmosphere(0.21, {"CO2": 4e-4}, product_bar=0.05)
    assert [air.pressure_bar(GASES[name]) for name in ("O2", "CO2", "SO2")] == [0.21, 4e-4, 0.05]
    assert Atmosphere(0.21).pressure_bar(GASES["SO2"]) == annealing_data().product_gas_bar.value == 1e-3
