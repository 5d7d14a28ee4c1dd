"""The air a powder is handled in."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import InputError
from screening.files.content import DATA
from screening.heat.air.humidity import water_pressure_bar
from screening.heat.annealing.conditions import Assumed
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C, LOWEST_K, check_temperature

_FILE = DATA / "air.yaml"


class _AssumedAir(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dew_point_c: Assumed
    co2_ppm: Assumed
    oxygen_bar: Assumed
    product_gas_bar: Assumed


@cache
def assumed_air() -> _AssumedAir:
    """Read what is assumed of air from ``data/air.yaml``, each number with the reason."""
    return _AssumedAir.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


class Air(BaseModel):
    """Air at 1 bar. Nothing in it but water and carbon dioxide is taken up; oxidation is what ``anneal`` is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature_k: float = Field(LOWEST_K, description="temperature, K")
    dew_point_c: float = Field(
        default_factory=lambda: assumed_air().dew_point_c.value, description="dew point, degrees Celsius"
    )
    co2_ppm: float = Field(
        default_factory=lambda: assumed_air().co2_ppm.value,
        gt=0,
        lt=1e6,
        description="carbon dioxide, parts per million by volume",
    )
    product_gas_bar: float = Field(
        default_factory=lambda: assumed_air().product_gas_bar.value,
        gt=0,
        lt=float("inf"),
        description="pressure at which gases are given off, bar",
    )

    @property
    def gas_bar(self) -> dict[str, float]:
        """Partial pressures of the gases that are taken up, bar."""
        return {"H2O": water_pressure_bar(self.dew_point_c), "CO2": 1e-6 * self.co2_ppm}

    def check(self) -> None:
        """Check that there are free energies at this temperature, and that there is air of this dew point.

        Raises
        ------
        InputError
            If not.
        """
        check_temperature(self.temperature_k)
        water_pressure_bar(self.dew_point_c)
        celsius = self.temperature_k - KELVIN_AT_0_C
        if self.dew_point_c > celsius:
            raise InputError(f"air of dew point {self.dew_point_c:g} C cannot be at {celsius:g} C: its water condenses")
