"""What a question may name: orders by their short names, and quantities in place of where documents have them."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.criteria.quantities import registered
from screening.database.queries.questions import ALIASES, path_of, sort_order, with_quantities


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("rank", ("rank", 1)),
        ("tier", ("tier", 1)),
        ("pareto", ("pareto_rank", 1)),
        ("cost", ("compared.raw_material_cost_usd_per_kg", 1)),
        ("reduction", ("compared.reduction_limit_v", 1)),
        ("stability", ("compared.energy_above_hull_mev_per_atom", 1)),
        ("hhi_reserve", ("compared.hhi_reserve", 1)),
        ("oxidation", ("compared.oxidation_limit_v", -1)),
        ("worst_mutual", ("compared.worst_mutual_mev_per_atom", -1)),
        ("gain", ("compared.gain_over_bare_mev_per_atom", -1)),
        ("mutual_electrolyte_mev_per_atom", ("compared.mutual_electrolyte_mev_per_atom", -1)),
    ],
)
def test_the_better_value_comes_first(sort, order):
    """The highest energy, where reactions have negative ones; but the lowest cost and limit of reduction."""
    assert sort_order(sort) == order


def test_every_short_name_is_of_a_quantity():
    assert [name for name in ALIASES.values() if name not in registered()] == []
    assert not ALIASES.keys() & registered().keys()


def test_an_order_that_is_none():
    with pytest.raises(InputError, match=r"^cannot sort by 'oxidaton' \(did you mean oxidation\?\); there are rank, "):
        sort_order("oxidaton")


def test_a_quantity_is_found_where_documents_have_it():
    assert path_of("hhi_production") == "quantities.hhi_production"
    assert path_of("mutual_cathode_half_mev_per_atom") == "quantities.mutual_cathode_half_mev_per_atom"
    assert [path_of(name) for name in ("coating", "window.oxidation_limit_v", "tier")] == [
        "coating",
        "window.oxidation_limit_v",
        "tier",
    ]


def test_quantities_are_found_inside_of_conditions_that_are_joined():
    cost, reserve = {"raw_material_cost_usd_per_kg": {"$lt": 5}}, {"hhi_reserve": None}
    asked = {"coating": "LiF", "$or": [cost, {"$nor": [reserve, {"$and": [cost]}]}]}
    there, none = {"quantities.raw_material_cost_usd_per_kg": {"$lt": 5}}, {"quantities.hhi_reserve": None}
    assert with_quantities(asked) == {"coating": "LiF", "$or": [there, {"$nor": [none, {"$and": [there]}]}]}
    assert asked["$or"][0] is cost  # the filter that was given is as it was
