"""Cost and supply against pymatgen's own models."""

from __future__ import annotations

import warnings

import pytest
from fixtures_screening import COATINGS
from pymatgen.analysis.cost import CostAnalyzer, CostDBElements
from pymatgen.analysis.hhi import HHIModel
from pymatgen.core import Composition

from screening.chemistry.economics import material_economics
from screening.chemistry.elements import ELEMENTS
from screening.materials.catalogue import Catalogue


@pytest.fixture(scope="module")
def models():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return CostAnalyzer(CostDBElements()), HHIModel()


@pytest.mark.parametrize("formula", [*COATINGS, "Li1.3Al0.3Ti1.7(PO4)3", "LiNb0.5Ta0.5O3"])
def test_as_pymatgen(models, formula):
    cost, hhi = models
    document = material_economics(formula)
    assert document.raw_material_cost_usd_per_kg == pytest.approx(cost.get_cost_per_kg(Composition(formula)), abs=1e-3)
    assert document.hhi_production == pytest.approx(hhi.get_hhi_production(Composition(formula)), abs=0.06)
    assert document.hhi_reserve == pytest.approx(hhi.get_hhi_reserve(Composition(formula)), abs=0.06)


def test_cost_lies_between_those_of_the_elements(models):
    cost, _ = models
    parts = [cost.get_cost_per_kg(Composition(element)) for element in ("Li", "F")]
    assert min(parts) < material_economics("LiF").raw_material_cost_usd_per_kg < max(parts)


def test_an_element_without_a_price_has_none(models):
    def unpriced(symbol: str) -> bool:
        try:
            models[0].get_cost_per_kg(Composition(symbol))
        except ValueError:
            return True
        return False

    element = next(symbol for symbol in ELEMENTS if unpriced(symbol))
    document = material_economics(f"{element}O2")
    assert document.raw_material_cost_usd_per_kg is None
    assert '"raw_material_cost_usd_per_kg":null' in document.model_dump_json()


def test_an_element_without_an_index_has_none():
    # neither production nor reserves of a noble gas are in the table
    document = material_economics("XeF2")
    assert (document.hhi_production, document.hhi_reserve) == (None, None)


def test_every_coating_of_the_catalogue_is_priced():
    for coating in Catalogue.load().coatings:
        assert material_economics(coating.formula).raw_material_cost_usd_per_kg > 0, coating.name
