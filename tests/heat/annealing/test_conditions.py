"""The data on annealing can be used: every material, gas and pressure in it makes sense."""

import pytest

from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.materials.catalogue import Catalogue
from screening.materials.names import elements_named
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C, check_temperature

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize("one", annealing_data().published, ids=lambda one: f"{one.material} on {one.cathode}")
def test_published_conditions_can_be_computed(one):
    Atmosphere(one.oxygen_bar, one.gas_bar)
    check_temperature(one.temperature_c + KELVIN_AT_0_C)
    assert {"Li", "O"} <= elements_named(one.cathode, CATALOGUE)
    assert elements_named(one.material, CATALOGUE)


def test_what_is_undecided_begins_where_stable_ends():
    data = annealing_data()
    assert 0.0 < data.stable_within_ev_per_closed_atom.value < data.undecided_within_ev_per_closed_atom.value


def test_observations_are_on_materials_that_can_be_annealed():
    for one in annealing_data().observed:
        assert elements_named(one.material, CATALOGUE), one
        check_temperature(one.temperature_c + KELVIN_AT_0_C)
