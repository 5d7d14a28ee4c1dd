"""Verdicts: criteria judged on a coating, its score and its gain."""

from __future__ import annotations

import pytest
from fixtures_ranking import bare, record

from screening.coatings.contacts import closed_energies
from screening.coatings.ranking import rank_coatings
from screening.criteria.criteria import Criterion, default_criteria

STEP = 1e-6  # meV/atom: of two equal energies one may be rounded up and one down


def test_worse_than_no_coating_is_never_of_the_first_tier():
    worse, as_good = (rank_coatings([record("a")], bare(worst))[0] for worst in (-9.9, -10.0))
    assert (worse.passes["protects"], worse.tier) == (False, 3)
    assert (as_good.passes["protects"], as_good.tier) == (True, 1)


def test_a_whole_pair_of_materials_missing_is_not_a_good_score():
    record_ = record("half known")
    only_cathode = [c for c in record_.interfaces if c.contact == "coating|cathode"]
    (ranked,) = rank_coatings([record_.model_copy(update={"interfaces": only_cathode})], bare())
    assert ranked.score is None
    assert closed_energies([], "coating|cathode") == ({}, None)


def test_gain_needs_a_bare_interface():
    assert rank_coatings([record("a")], None)[0].gain_over_bare_mev_per_atom is None
    assert rank_coatings([record("a")], bare(None))[0].gain_over_bare_mev_per_atom is None
    assert rank_coatings([record("a")], bare(-4.0))[0].gain_over_bare_mev_per_atom == -6.0  # worse than none


def test_criteria_are_judged_on_the_record():
    (good,) = rank_coatings([record("a")], bare())
    assert good.passes == {c.name: True for c in default_criteria()}
    assert good.tier == 1
    (bad,) = rank_coatings([record("a", -100.1, -100.0, window=(2.71, 3.99), above_hull=5.1)], bare())
    assert bad.passes == {
        "stable": False,
        "reduction": False,
        "oxidation": False,
        "cathode full": False,
        "cathode half": True,
        "electrolyte": True,
        "protects": True,
    }
    assert bad.tier == 4


def test_unlimited_oxidation_passes_and_is_null():
    (coating,) = rank_coatings([record("a", window=(1.0, None))], bare())
    assert coating.passes["oxidation"] is True
    assert coating.quantities["oxidation_limit_v"] is None
    ceiling = Criterion(name="not above", quantity="oxidation_limit_v", at_most=5.0)
    assert rank_coatings([record("a", window=(1.0, None))], bare(), [ceiling])[0].passes == {"not above": False}


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ({"window": None}, {"reduction", "oxidation"}),
        ({"stability": None}, {"stable"}),
        ({"above_hull": None}, {"stable"}),
    ],
)
def test_unknown_quantities_are_neither_passed_nor_failed(missing, unknown):
    (coating,) = rank_coatings([record("a", **missing)], bare())
    assert {name for name, passed in coating.passes.items() if passed is None} == unknown
    assert coating.tier == 2
    assert coating.rank == 1


def test_other_criteria():
    cheap = [Criterion(name="cheap", quantity="raw_material_cost_usd_per_kg", at_most=50.0)]
    ranked = rank_coatings([record("a", cost=51.0), record("b", cost=50.0), record("c", cost=None)], bare(), cheap)
    assert {c.coating: (c.passes["cheap"], c.tier) for c in ranked} == {"a": (False, 3), "b": (True, 1), "c": (None, 2)}
    assert rank_coatings([record("a")], bare(), [])[0].passes == {}


def test_the_first_of_equal_contacts_is_the_worst():
    ranked = rank_coatings([record("a", -10.0, -10.0 - STEP, -10.0), record("b", -9.0, -10.0, -10.0)], bare())
    assert {coating.coating: coating.worst_contact for coating in ranked} == {"a": "cathode full", "b": "cathode half"}
