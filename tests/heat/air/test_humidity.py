"""The pressure of water vapour against tables."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.heat.air.humidity import water_pressure_bar

# bar: CRC Handbook of Chemistry and Physics, vapour pressure of water and of ice
TABULATED = {-40.0: 1.284e-4, -20.0: 1.0326e-3, 0.0: 6.1129e-3, 10.0: 1.2281e-2, 25.0: 3.1697e-2, 40.0: 7.3814e-2}


@pytest.mark.parametrize(("celsius", "published"), TABULATED.items())
def test_as_tabulated(celsius, published):
    assert water_pressure_bar(celsius) == pytest.approx(published, rel=0.005)


def test_a_dry_room_has_the_water_that_is_said_of_it():
    """About 126 ppm at -40 C: Yersak et al., Front. Energy Res. 10, 882508 (2022)."""
    assert 1e6 * water_pressure_bar(-40.0) == pytest.approx(126, rel=0.03)


@pytest.mark.parametrize("celsius", [-80.1, 50.1, float("nan")])
def test_what_is_outside_the_range_is_refused(celsius):
    with pytest.raises(InputError, match="a dew point is -80 to 50 C"):
        water_pressure_bar(celsius)
