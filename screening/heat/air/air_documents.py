"""Documents of the stability in air."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import Result
from screening.heat.air.conditions import Air
from screening.heat.annealing.annealing_documents import Product, Verdict


class Exposure(BaseModel):
    """A material in equilibrium with as much of a gas as it takes up."""

    model_config = ConfigDict(extra="forbid")

    gas_bar: dict[str, float] = Field(description="partial pressure of each gas that it may take up, bar")
    free_energy_ev_per_formula_unit: float = Field(description="reaction free energy, eV; never positive")
    free_energy_ev_per_atom: float = Field(description="the same per atom of the material, eV")
    verdict: Verdict = Field(description="whether it reacts, by the limits of annealing per atom of the material")
    taken_up_moles: dict[str, float] = Field(description="molecules of each gas taken up by a formula unit")
    given_off_moles: dict[str, float] = Field(description="molecules of each gas given off by a formula unit")
    given_off_cm3_per_g: dict[str, float] = Field(description="the same at 25 C and 1 bar, cm3 per g of the material")
    mass_change_percent: float = Field(description="mass of the solids against before, percent")
    products: list[Product] = Field(description="what it becomes, solids first")
    reaction: str = Field(description="balanced equation in formula units")


class AirStability(Result):
    """The stability of a powder in air: in equilibrium, without a word of rates."""

    material: str = Field(description="as it was asked for")
    formula: str = Field(description="its formula, to whose unit all amounts refer")
    air: Air = Field(description="the air")
    hydrolysis: Exposure = Field(description="with the water of the air alone")
    carbonation: Exposure = Field(description="with its carbon dioxide alone")
    humid_air: Exposure = Field(description="with both")
    solids: str = Field(description="where the free energies of solids come from")
    gases: dict[str, str] = Field(description="where the free energy of each gas comes from")
    gases_left_out: list[str] = Field(description="gases that could form but have no energy here")
