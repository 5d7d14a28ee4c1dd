"""Air: what is assumed of it, and what cannot be."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.heat.air.conditions import Air
from screening.heat.air.humidity import water_pressure_bar


def test_the_default_is_a_laboratory():
    air = Air()
    air.check()
    assert air.gas_bar == {"H2O": water_pressure_bar(10.0), "CO2": pytest.approx(4.2e-4)}
    assert air.gas_bar["H2O"] / water_pressure_bar(25.0) == pytest.approx(0.39, abs=0.01)  # relative humidity


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"dew_point_c": 26.0}, "dew point 26 C cannot be at 25 C"),
        ({"dew_point_c": 90.0, "temperature_k": 400.0}, "a dew point is"),
        ({"temperature_k": 280.0}, "280 K is outside"),
    ],
)
def test_air_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        Air(**given).check()
