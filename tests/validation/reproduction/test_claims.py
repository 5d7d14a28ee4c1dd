"""Claims: the materials that their check needs, and thresholds that make no sense."""

import pytest
from fixtures_reproduction import claim
from pydantic import TypeAdapter, ValidationError

from screening.common.errors import InputError
from screening.validation.reproduction.claims import (
    Anneals,
    Claim,
    CoatingStabilises,
    ElectrochemicalDominates,
    OxygenOnset,
    Products,
    ReactionWithin,
    ShareOfProducts,
    SurvivesAnnealing,
    VacancyFalls,
    WindowCovers,
)

PAIR = {"a": "LiCoO2", "b": "Li3PS4"}
SHARE = {"cathode": "NCM83:half", "electrolyte": "Li3PS4", "coating": "LiNbO3", "element": "S", "kind": "oxygenated"}


@pytest.mark.parametrize(
    ("cls", "fields", "materials"),
    [
        (ElectrochemicalDominates, {**PAIR, "mu_li_ev": -3.0}, {"LiCoO2", "Li3PS4", "Li"}),
        (ReactionWithin, PAIR, {"LiCoO2", "Li3PS4"}),
        (Products, {**PAIR, "at": "lowest energy"}, {"LiCoO2", "Li3PS4"}),
        (Products, {**PAIR, "at": "lowest energy", "mu_li_ev": -3.0}, {"LiCoO2", "Li3PS4", "Li"}),
        (WindowCovers, {"material": "HfO2", "from_v": 0, "to_v": 4}, {"HfO2", "Li"}),
        (OxygenOnset, {"cathode": "NCM83"}, {"NCM83", "Li"}),
        (ShareOfProducts, {**SHARE, "open_to_lithium": True}, {"NCM83:half", "Li3PS4", "LiNbO3", "Li"}),
        (Anneals, {"material": "Li3PS4", "oxygen_bar": 0.2, "temperatures_c": [300]}, {"Li3PS4", "O2"}),
        (SurvivesAnnealing, {"material": "Li2CO3/LiNbO3", "cathode": "NCM622"}, {"Li2CO3/LiNbO3", "O2", "CO2"}),
        (VacancyFalls, {"cathode": "NMC532", "at": "the end"}, set()),
    ],
)
def test_a_claim_names_all_materials_its_check_needs(cls, fields, materials):
    assert set(claim(cls, **fields).materials) == materials


def test_a_material_of_several_contacts_is_named_once():
    given = claim(
        CoatingStabilises,
        bare=("NCM83", "Li3PS4"),
        coated=[("LiNbO3", "NCM83"), ("LiNbO3", "Li3PS4")],
        stable_down_to_mev_per_atom=-100,
    )
    assert given.materials == ("NCM83", "Li3PS4", "LiNbO3")


def test_only_vacancies_do_not_follow_from_energies_of_phases():
    assert not VacancyFalls.of_energies
    assert ReactionWithin.of_energies


@pytest.mark.parametrize(
    ("cls", "fields", "reason"),
    [
        (ReactionWithin, {**PAIR, "most_mev_per_atom": 5}, "less than or equal to 0"),
        (ElectrochemicalDominates, {**PAIR, "mu_li_ev": 3.0}, "less than or equal to 0"),
        (WindowCovers, {"material": "HfO2", "from_v": -1, "to_v": 4}, "greater than or equal to 0"),
        (OxygenOnset, {"cathode": "NCM83", "to_state_of_charge": 80}, "less than or equal to 1"),
        (Anneals, {"material": "Li3PS4", "oxygen_bar": 0.2, "temperatures_c": []}, "at least 1 item"),
        (Products, {**PAIR, "at": "everywhere"}, "lowest energy"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(cls, fields, reason):
    with pytest.raises(ValidationError, match=reason):
        claim(cls, **fields)


def test_the_name_of_the_check_decides_the_kind_of_claim():
    row = {"id": "one", "claim": "x", "where": "text", "check": "vacancy_falls", "cathode": "NMC532", "at": "the end"}
    assert isinstance(TypeAdapter(Claim).validate_python(row), VacancyFalls)
    with pytest.raises(ValidationError, match="vacancy_rises"):
        TypeAdapter(Claim).validate_python({**row, "check": "vacancy_rises"})


def test_conditions_that_are_packaged_twice_or_not_at_all_are_no_condition():
    assert claim(SurvivesAnnealing, material="HfO2", cathode="NCM85").condition.temperature_c == 400.0
    for material, number in (("LiF", 0), ("Li3PS4", 2)):
        with pytest.raises(InputError, match=f"{number} conditions of annealing {material} on NCM85"):
            claim(SurvivesAnnealing, material=material, cathode="NCM85").condition  # noqa: B018
