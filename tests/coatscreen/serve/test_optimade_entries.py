"""Coatings as entries of OPTIMADE: compositions as its specification writes them, numbers with units."""

from __future__ import annotations

import re

import pytest
from fixtures_screening import settings_for

from coatscreen.serve.optimade_entries import composition_properties, entries, property_name, provider_fields, unit_of
from screening import CoatingDatabase
from screening.criteria.quantities import registered
from workflows import run_screening


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    run_screening(settings_for(folder))
    with CoatingDatabase.open(str(folder / "db")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("formula", "reduced", "anonymous"),
    [  # worked out by hand by the rules of specification.optimade.org, version 1.2
        ("LiNbO3", "LiNbO3", "A3BC"),
        ("Li2(PO3)4", "LiO6P2", "A6B2C"),
        ("NaCl", "ClNa", "AB"),
        ("Li0.5Ni0.5O1.5", "LiNiO3", "A3BC"),
        ("Li1.3Al0.3Ti1.7(PO4)3", "Al3Li13O120P30Ti17", "A120B30C17D13E3"),
        ("O2", "O", "A"),
    ],
)
def test_formulas(formula, reduced, anonymous):
    made = composition_properties(formula)
    assert (made["chemical_formula_reduced"], made["chemical_formula_anonymous"]) == (reduced, anonymous)
    assert made["chemical_formula_descriptive"] == formula
    assert made["elements"] == sorted(re.findall("[A-Z][a-z]?", formula))
    assert made["nelements"] == len(made["elements"])
    assert sum(made["elements_ratios"]) == pytest.approx(1.0)
    assert made["nsites"] is None


def test_an_entry_for_each_coating(database):
    found = list(entries(database, database.headers()))
    documents = {doc["coating"]: doc for doc in database.search()}
    assert {one["coating"] for one in found} == set(documents)
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        doc = documents[one["coating"]]
        for name, value in doc["quantities"].items():
            assert one[property_name(name)] == value
        assert (one["rank"], one["tier"]) == (doc["rank"], doc["tier"])
        assert one["energies_sha256"] == doc["energies"]["sha256"]
        assert one["last_modified"].tzinfo is not None
    again = list(entries(database, database.headers()))
    assert [one["id"] for one in again] == [one["id"] for one in found]


def test_every_property_is_described_and_has_a_name_that_may_be(database):
    [header] = database.headers()
    quantities = {name for line in database.lines(header) for name in line["quantities"]}
    described = {one["name"]: one for one in provider_fields(quantities)}
    standard = {*composition_properties("LiF"), "id", "type", "last_modified", "immutable_id"}
    for one in entries(database, [header]):
        assert set(one) - standard == set(described)
    for name, one in described.items():
        assert re.fullmatch("[a-z][a-z0-9_]*", name)
        assert one["description"]
    assert described["mutual_electrolyte_mev_per_atom"]["unit"] == "meV/atom"
    assert described["oxidation_limit_v"]["unit"] == "V"


def test_every_registered_quantity_has_a_unit_or_is_a_pure_number():
    assert {name for name in registered() if unit_of(name) is None} == {
        "hhi_production",
        "hhi_reserve",
        "electron_insulation",
    }
