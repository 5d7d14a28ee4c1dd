"""Raw-material cost and supply concentration of compounds.

Element prices are those of ``pymatgen.analysis.cost``. Herfindahl-Hirschman indices of production and reserves:
M. W. Gaultois et al., Chem. Mater. 25, 2911 (2013). Both are packaged as one table, which
:mod:`screening.chemistry.economics_table` makes and which names its sources and their date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.formulas import parse_formula
from screening.files.content import DATA

PACKAGED = DATA / "economics.json"


class EconomicsDocument(BaseModel):
    """The cost of a coating's elements, and how concentrated their supply is."""

    model_config = ConfigDict(extra="forbid")

    raw_material_cost_usd_per_kg: float | None = Field(description="cost of the elements; null where one has no price")
    hhi_production: float | None = Field(description="supply concentration of production, 0 to 10,000 (one supplier)")
    hhi_reserve: float | None = Field(description="supply concentration of reserves, 0 to 10,000")


class _Element(NamedTuple):
    mass_u: float
    price_usd_per_kg: float | None
    hhi_production: float | None
    hhi_reserve: float | None


@cache
def _elements() -> dict[str, _Element]:
    rows = json.loads(PACKAGED.read_text(encoding="utf-8"))["elements"]
    return {symbol: _Element(*row) for symbol, row in rows.items()}


def molar_mass(amounts: Mapping[str, float]) -> float:
    """Return the mass of the given amounts of elements, g/mol."""
    return sum(amount * _elements()[symbol].mass_u for symbol, amount in amounts.items())


@lru_cache(maxsize=65536)
def material_economics(formula: str) -> EconomicsDocument:
    """Compute the cost of a composition's elements per kilogram, and the concentration of their supply.

    Parameters
    ----------
    formula
        Any formula; a value is null where the packaged table lacks one of its elements.
    """
    held = [(_elements()[symbol], amount) for symbol, amount in parse_formula(formula).items()]
    masses = [amount * element.mass_u for element, amount in held]

    def mean(values: list[float | None], digits: int) -> float | None:
        """Return the mean by mass, or None where an element has no value."""
        known = [mass * value for mass, value in zip(masses, values, strict=True) if value is not None]
        return round(sum(known) / sum(masses), digits) if len(known) == len(values) else None

    return EconomicsDocument(
        raw_material_cost_usd_per_kg=mean([element.price_usd_per_kg for element, _ in held], 4),
        hhi_production=mean([element.hhi_production for element, _ in held], 1),
        hhi_reserve=mean([element.hhi_reserve for element, _ in held], 1),
    )
