"""A screening request, checked before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures_screening import COATINGS, SMALL, energies_file, phase_set, synthetic

from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.searches.screening_request import plan_screening


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


def test_names_are_resolved(energies):
    plan = plan_screening(["lithium niobate", "Li3NbO4"], ["ncm83"], ["argyrodite"], energies)
    assert [c.name for c in plan.coatings] == ["LiNbO3", "Li3NbO4"]
    assert [c.name for c in plan.cathodes] == ["NCM83"]
    assert [e.name for e in plan.electrolytes] == ["Li6PS5Cl"]


def test_energies_by_absolute_path_and_content(energies, tmp_path, monkeypatch):
    monkeypatch.chdir(Path(energies).parent)
    plan = plan_screening(**SMALL, energies=Path(energies).name)
    assert plan.energies.source == energies
    assert plan.energies.sha256 == synthetic().sha256
    monkeypatch.chdir(tmp_path)
    assert plan.energies.open() == synthetic()


def test_packaged_energies_stay_a_name():
    assert plan_screening(**SMALL).energies.source == "reference"


def test_the_whole_catalogue():
    plan = plan_screening(["LiNbO3", "catalogue"], ["catalogue"], ["Li6PS5Cl"])
    assert [c.name for c in plan.coatings][:2] == ["LiNbO3", "LiTaO3"]  # named first, and only once
    assert {c.name for c in plan.coatings} == {c.name for c in Catalogue.load().coatings}
    assert [c.name for c in plan.cathodes] == [c.name for c in Catalogue.load().cathodes]


def test_named_twice_is_taken_once(energies):
    plan = plan_screening(["LiNbO3", "Li2Nb2O6", "lithium niobate", "LiNbO3"], ["NCM83"], ["Li6PS5Cl"], energies)
    assert [c.name for c in plan.coatings] == ["LiNbO3"]


def test_a_coating_with_an_element_without_energies_stops_no_other(energies):
    plan = plan_screening(["LiNbO3", "Al2O3"], ["NCM83"], ["Li6PS5Cl"], energies)
    assert [coating.name for coating in plan.coatings] == ["LiNbO3", "Al2O3"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"coatings": []}, "no coating is given"),
        ({"cathodes": []}, "no cathode is given"),
        ({"electrolytes": []}, "no electrolyte is given"),
        ({"coatings": ["LiNbO33"]}, "LiNbO33"),
        ({"coatings": ["Xx2O3"]}, "Xx"),
        ({"coatings": ["MgO", "Al2O3"]}, r"^MgO: .* hold no phase of Mg.*; Al2O3: .* hold no phase of Al"),
        ({"cathodes": ["LiFeO2"]}, r"^LiFeO2: .* no phase of Fe"),
        ({"electrolytes": ["Li10GeP2S12"]}, r"^Li10GeP2S12: .* no phase of Ge"),
        ({"cathodes": ["Co2O4"]}, "no lithium"),
        ({"cathodes": ["NCM833"]}, "did you mean NCM83"),
        ({"coatings": ["Li6PS5Cl"]}, "Li6PS5Cl is the material it should protect or touch, Li6PS5Cl"),
        ({"coatings": ["Li12P2S10Cl2"]}, "Li12P2S10Cl2 is the material it should"),
        ({"coatings": ["LiCoO2"]}, "LiCoO2 is the material it should protect or touch, LiCoO2"),
        (
            {"coatings": ["LiNbO3+Li12P2S10Cl2"]},
            r"0\.5Li12P2S10Cl2 is the material it should protect or touch, Li6PS5Cl",
        ),
        ({"coatings": ["0.5LiNbO3+0.6Li3PO4"]}, "the fractions sum to 1.1, not to 1"),
        ({"coatings": ["LiNbO3+Al2O3"]}, "no phase of Al"),
        ({"electrolytes": ["Li6PS5Cl+Li3PS4"]}, "an electrolyte is one material"),
        ({"electrolytes": ["Li6PS5Cl@-3meV"]}, "no material lies below the hull"),
        ({"coatings": ["LiCo2O4"]}, "LiCo2O4 is the material it should protect or touch, LiCoO2"),  # half lithiated
    ],
)
def test_refused(energies, changed, message):
    with pytest.raises(InputError, match=message):
        plan_screening(**{**SMALL, **changed}, energies=energies)


def test_energies_without_lithium_are_refused(tmp_path):
    path = tmp_path / "energies.json"
    phase_set({"CoO": -1.2, "CoO2": -0.9, "HfO2": -3.9, "P2S5": -0.3, "CoCl2": -1.0}).to_file(path)
    with pytest.raises(InputError, match="no phase of Li"):
        plan_screening(["HfO2"], ["LiCoO2"], ["Li6PS5Cl"], str(path))


def test_the_user_s_own_materials(energies, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("coatings:\n- name: my blend\n  components: {LiNbO3: 1, Li3PO4: 1}\n")
    plan = plan_screening(["my blend", *COATINGS], ["NCM83"], ["Li6PS5Cl"], energies, [str(file)])
    assert (plan.coatings[0].formula, plan.coatings[0].reactant) == ("Li4NbPO7", "0.5LiNbO3+0.5Li3PO4")
    with pytest.raises(InputError, match="my blend"):
        plan_screening(["my blend"], ["NCM83"], ["Li6PS5Cl"], energies)


def test_round_trip(energies):
    plan = plan_screening(**SMALL, energies=energies)
    assert type(plan).model_validate_json(plan.model_dump_json()) == plan
