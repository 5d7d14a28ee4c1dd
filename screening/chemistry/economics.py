"""Raw-material cost and supply concentration of compounds, from data that pymatgen packages.

Element prices: the CSV table of ``pymatgen.analysis.cost``. Herfindahl-Hirschman indices of production and
reserves: M. W. Gaultois et al., Chem. Mater. 25, 2911 (2013), as in ``pymatgen.analysis.hhi``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EconomicsDocument(BaseModel):
    """The cost of a coating's elements, and how concentrated their supply is."""

    model_config = ConfigDict(extra="forbid")

    raw_material_cost_usd_per_kg: float | None = Field(description="cost of the elements; null where one has no price")
    hhi_production: float | None = Field(description="supply concentration of production, 0 to 10,000 (one supplier)")
    hhi_reserve: float | None = Field(description="supply concentration of reserves, 0 to 10,000")


@cache
def _tables() -> tuple[Any, Any]:
    import warnings

    from pymatgen.analysis.cost import CostAnalyzer, CostDBElements
    from pymatgen.analysis.hhi import HHIModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # noble gases have no electronegativity, of which pymatgen warns
        return CostAnalyzer(CostDBElements()), HHIModel()


@cache
def _atomic_mass(symbol: str) -> float:
    from pymatgen.core import Element

    return float(Element(symbol).atomic_mass)


@cache
def _price(symbol: str) -> float | None:
    """Return the price of an element in US$ per kg, or None if the table has none."""
    from pymatgen.core import Composition

    try:
        return float(_tables()[0].get_cost_per_kg(Composition(symbol)))
    except (ValueError, KeyError):
        return None


@lru_cache(maxsize=65536)
def material_economics(formula: str) -> EconomicsDocument:
    """Compute the cost of a composition's elements per kilogram, and the concentration of their supply.

    Parameters
    ----------
    formula
        Any formula; a value is null where the packaged data lack one of its elements.
    """
    from pymatgen.core import Composition

    from screening.chemistry.formulas import parse_formula

    composition = parse_formula(formula)
    masses = {symbol: amount * _atomic_mass(symbol) for symbol, amount in composition.items()}
    prices = {symbol: _price(symbol) for symbol in composition}
    cost = None
    if None not in prices.values():
        cost = sum(mass * (prices[symbol] or 0.0) for symbol, mass in masses.items()) / sum(masses.values())
    _, hhi = _tables()
    production, reserve = hhi.get_hhi(Composition(composition))
    return EconomicsDocument(
        raw_material_cost_usd_per_kg=None if cost is None else round(cost, 4),
        hhi_production=None if production is None else round(float(production), 1),
        hhi_reserve=None if reserve is None else round(float(reserve), 1),
    )
