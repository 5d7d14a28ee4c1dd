"""Gibbs energies of the elements against the JANAF tables, and between the rows of our table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import InputError
from screening.thermochemistry.element_gibbs import check_temperature, element_gibbs_ev, temperatures_k

FARADAY_KJ = 96.48533212  # kJ/mol per eV

# NIST-JANAF (M. W. Chase, 4th ed., 1998): -[G(T) - H(298.15 K)]/T of the diatomic gases at 1000 K, J/(mol K)
JANAF_1000_K = {"H": 145.536, "N": 206.708, "O": 220.875, "Cl": 241.203}


@pytest.mark.parametrize(("element", "tabulated"), JANAF_1000_K.items())
def test_gases_have_the_tabulated_energy_per_atom(element, tabulated):
    [found] = element_gibbs_ev([element], 1000.0)
    assert found == pytest.approx(-tabulated / FARADAY_KJ / 2.0, abs=2e-3)


def test_at_room_temperature_only_the_entropy_is_left():
    [found] = element_gibbs_ev(["O"], 298.15)
    assert found == pytest.approx(-298.15 * 205.147e-3 / FARADAY_KJ / 2.0, abs=3e-4)  # entropy of O2, J/(mol K), JANAF


def test_between_two_rows_the_energy_is_on_the_line_between_them():
    low, here, high = (element_gibbs_ev(["Li", "Ni", "S"], kelvin) for kelvin in (700.0, 725.0, 800.0))
    assert here == pytest.approx(0.75 * low + 0.25 * high, abs=1e-12)


@given(
    st.sampled_from(["Li", "O", "S", "P", "Nb", "Fe"]),
    st.floats(298.15, 1999.0),
    st.floats(1e-3, 1.0, exclude_min=True),
)
def test_an_energy_falls_as_the_temperature_rises(element, kelvin, step):
    [low], [high] = (element_gibbs_ev([element], t) for t in (kelvin, kelvin + step))
    assert high < low  # its slope is minus the entropy


def test_the_order_of_the_elements_is_kept():
    together = element_gibbs_ev(["S", "Li"], 600.0)
    assert together == pytest.approx([*element_gibbs_ev(["S"], 600.0), *element_gibbs_ev(["Li"], 600.0)])
    assert together[0] != together[1]


def test_an_element_that_is_not_in_the_table():
    with pytest.raises(InputError, match="has no He"):
        element_gibbs_ev(["Li", "He"], 600.0)


@pytest.mark.parametrize("kelvin", [298.0, 2000.1, math.nan, -5.0])
def test_a_temperature_outside_the_table(kelvin):
    with pytest.raises(InputError, match=r"outside the tables of free energies, 298.15 to 2000 K \(25 to 1726.85 C\)"):
        check_temperature(kelvin)


def test_the_ends_of_the_table_are_inside():
    for kelvin in temperatures_k():
        check_temperature(kelvin)
        assert element_gibbs_ev(["Li"], kelvin).shape == (1,)
