"""Reservoirs: what is refused, and voltages."""

import math

import pytest

from screening.common.errors import InputError
from screening.hull.reservoir import Reservoir


def test_voltage_and_potential_are_one():
    assert Reservoir.lithium_voltage(3.66) == Reservoir({"Li": -3.66})
    assert hash(Reservoir.lithium_voltage(3.66)) == hash(Reservoir({"Li": -3.66}))
    assert Reservoir.lithium_voltage(0.0).mu_relative_ev == {"Li": 0.0}


def test_order_of_elements_does_not_matter():
    one, other = Reservoir({"Li": -1, "O": -2}), Reservoir({"O": -2.0, "Li": -1.0})
    assert one == other
    assert hash(one) == hash(other)
    assert one.elements == ("Li", "O")
    assert one != Reservoir({"Li": -1, "O": -2.5})


def test_a_positive_potential_is_refused_and_explained():
    with pytest.raises(InputError, match=r"mu\(Li\) = \+3.66 eV .* a voltage of 3.66 V is --mu -3.66"):
        Reservoir({"Li": 3.66})


@pytest.mark.parametrize("mu", [math.nan, math.inf, -math.inf])
def test_a_potential_that_is_no_number(mu):
    with pytest.raises(InputError, match="the chemical potential of O is not a number"):
        Reservoir({"O": mu})


def test_no_element():
    with pytest.raises(InputError, match="at least one element"):
        Reservoir({})


@pytest.mark.parametrize("voltage", [-0.1, math.nan])
def test_a_voltage_below_the_metal(voltage):
    with pytest.raises(InputError, match="must not be negative"):
        Reservoir.lithium_voltage(voltage)


def test_it_cannot_be_changed_from_outside():
    potentials = {"Li": -1.0}
    reservoir = Reservoir(potentials)
    potentials["Li"] = -2.0
    reservoir.mu_relative_ev["Li"] = -3.0
    assert reservoir == Reservoir({"Li": -1.0})


@pytest.mark.parametrize(("name", "message"), [("li", r"li \(did you mean Li\?\)"), ("Xx", "no element Xx$")])
def test_an_element_that_is_none_is_refused(name, message):
    with pytest.raises(InputError, match=message):
        Reservoir({name: -1.0})
