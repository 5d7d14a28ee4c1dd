"""Working ions."""

from __future__ import annotations

import pytest
from pymatgen.core import Element

from screening.chemistry.ions import ion_elements, ion_of
from screening.common.errors import InputError


@pytest.mark.parametrize("element", ion_elements())
def test_charges_are_the_elements_common_states(element):
    ion = ion_of(element)
    assert Element(element).common_oxidation_states == (ion.charge,)
    assert Element(element).long_name.lower() == ion.word


def test_a_voltage_and_a_potential_belong_together():
    magnesium = ion_of("Mg")
    assert magnesium.mu_ev(2.5) == -5.0
    assert magnesium.voltage_v(-5.0) == 2.5
    assert [ion_of(element).couple for element in ("Li", "Mg")] == ["Li/Li+", "Mg/Mg2+"]


def test_an_unknown_ion():
    with pytest.raises(InputError, match=r"no working ion 'Zn': there are Li, Na, K, Mg"):
        ion_of("Zn")
