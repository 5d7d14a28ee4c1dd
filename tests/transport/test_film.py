"""The resistance of a film, by hand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from screening.transport.film import Film, film_resistance
from screening.transport.material_transport import material_transport
from screening.transport.measured import Conductivity


def conductivity(low: float, high: float) -> Conductivity:
    return Conductivity(
        low_s_per_cm=low, high_s_per_cm=high, form="amorphous", n_values=2, sources=["a paper"], read_in="paper"
    )


def test_thickness_over_conductivity_and_area() -> None:
    """10 nm = 1e-6 cm; 1e-6 cm / (1e-8 S/cm * 50) = 2 ohm cm2."""
    found = film_resistance(conductivity(1e-8, 1e-8), Film(thickness_nm=10.0, area_ratio=50.0))
    assert found.low_ohm_cm2 == found.high_ohm_cm2 == pytest.approx(2.0)


def test_a_range_of_conductivities_is_an_interval_of_resistances() -> None:
    found = film_resistance(conductivity(1e-9, 1e-7), Film(thickness_nm=20.0, area_ratio=1.0))
    assert (found.low_ohm_cm2, found.high_ohm_cm2) == (pytest.approx(20.0), pytest.approx(2000.0))


@pytest.mark.parametrize("film", [{"thickness_nm": 0.0}, {"area_ratio": -1.0}, {"thickness_nm": float("nan")}])
def test_a_film_has_a_thickness_and_an_area(film: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Film(**film)


def test_the_film_says_which_form_it_was_taken_for() -> None:
    found = material_transport("LiTaO3", Film()).film_resistance
    assert found is not None
    assert found.form == "amorphous"
    assert material_transport("HfO2", Film()).film_resistance is None
