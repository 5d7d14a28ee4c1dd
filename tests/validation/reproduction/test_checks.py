"""Each check of a claim both holds and fails."""

import numpy as np
import pytest
from fixtures_reproduction import CATALOGUE, LOUD, QUIET, claim, study, vacancies_of
from fixtures_screening import phase_set

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.validation.reproduction.answer import is_named
from screening.validation.reproduction.checks import answer, check_claim, mutual_per_reactant_atom
from screening.validation.reproduction.claims import (
    Anneals,
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
from screening.validation.reproduction.study import Study

PAIR = {"a": "LiCoO2", "b": "Li3PS4"}


def holds(cls, formation=LOUD, **fields):
    return answer(claim(cls, **fields), study(formation)).holds


def test_an_open_energy_is_also_counted_per_atom_of_the_reactants():
    interface = study(LOUD).interface("LiCoO2", "Li3PS4", -2.0)
    # lowest for 2 LiCoO2 + Li3PS4 with 11 atoms that are not lithium among 16
    assert mutual_per_reactant_atom(interface) == pytest.approx(interface.profile().mutual.min() * 11 / 16)


@pytest.mark.parametrize(
    ("formation", "mu", "expected"),
    [
        (LOUD, -2.0, True),
        (LOUD, -1.5, False),  # lower per atom that is not lithium, but not per atom
        (QUIET, -2.0, False),
    ],
)
def test_electrochemical_dominates(formation, mu, expected):
    assert holds(ElectrochemicalDominates, formation, **PAIR, mu_li_ev=mu) is expected


@pytest.mark.parametrize(
    ("formation", "limit", "coated", "expected"),
    [
        (LOUD, -100, [("LiNbO3", "LiCoO2"), ("LiNbO3", "Li3PS4")], True),
        (LOUD, -500, [("LiNbO3", "LiCoO2"), ("LiNbO3", "Li3PS4")], False),  # the bare interface is stable by this
        (QUIET, -100, [("LiNbO3", "LiCoO2"), ("LiNbO3", "Li3PS4")], False),
        (LOUD, -100, [("LiNbO3", "LiCoO2"), ("LiCoO2", "Li3PS4")], False),
    ],
)
def test_coating_stabilises(formation, limit, coated, expected):
    fields = {"bare": ("LiCoO2", "Li3PS4"), "coated": coated, "stable_down_to_mev_per_atom": limit}
    assert holds(CoatingStabilises, formation, **fields) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"least_mev_per_atom": -500}, True),
        ({"least_mev_per_atom": -400}, False),
        ({"most_mev_per_atom": -400}, True),
        ({"most_mev_per_atom": -450}, False),
    ],
)
def test_reaction_within(fields, expected):
    found = answer(claim(ReactionWithin, **PAIR, **fields), study(LOUD))
    assert found.holds is expected
    assert found.numbers["mutual_mev_per_atom"] == pytest.approx(-416.07, abs=0.01)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"present": ["Li3PO4", "Li2SO4"]}, True),
        ({"present": ["O4PLi3"]}, True),
        ({"present": ["sulfate", "phosphate"]}, True),
        ({"present": ["Li3PO4"], "absent": ["LiPO3", "polysulfide"]}, True),
        ({"present": ["Li3PO4"], "absent": ["Li2SO4"]}, False),
        ({"present": ["Li3PO4"], "absent": ["sulfate"]}, False),
        ({"present": ["LiPO3"]}, False),
        ({"present": ["polysulfide"]}, False),
        ({"present": ["Li2O"]}, False),  # only away from the lowest energy, see below
        ({"present": ["Li2SO4"], "mu_li_ev": -2.0}, False),
        ({"present": ["Li3PO4"], "mu_li_ev": -2.0}, True),
    ],
)
def test_products_of_the_lowest_energy(fields, expected):
    assert holds(Products, **PAIR, at="lowest energy", **fields) is expected


def test_products_of_any_fraction_are_more():
    interface = study(LOUD).interface("LiCoO2", "Li3PS4").document()
    everywhere = {product for kink in interface.kinks for product in kink.products} - {"LiCoO2", "Li3PS4"}
    only_elsewhere = everywhere - set(interface.mutual.products)
    assert only_elsewhere
    for product in only_elsewhere:
        assert holds(Products, **PAIR, at="any fraction", present=[product]) is True
        assert holds(Products, **PAIR, at="lowest energy", present=[product]) is False
        assert holds(Products, **PAIR, at="any fraction", absent=[product]) is False


def test_where_products_form_is_said():
    found = answer(claim(Products, **PAIR, at="lowest energy", present=["Li3PO4"], absent=["LiPO3"]), study(LOUD))
    x = study(LOUD).interface("LiCoO2", "Li3PS4").reaction().mutual.x
    assert found.numbers["forms_at_x"] == {"Li3PO4": [x], "LiPO3": []}


def test_a_class_is_written_small_and_a_formula_is_not():
    assert is_named("Li3PO4", "phosphate")
    assert not is_named("Li3PO4", "sulfate")
    assert is_named("Li3PO4", "Li6P2O8")
    assert not is_named("Li3PO4", "LiPO3")


@pytest.mark.parametrize(
    ("material", "low", "high", "expected"),
    [
        ("Li2S", 1.0, 1.5, True),
        ("Li2S", 1.0, 4.5, False),
        ("Li3PS4", 0.0, 2.0, False),
        ("CoS", 2.0, 4.5, True),  # without lithium there is no upper limit
        ("CoS", 0.0, 4.5, False),
    ],
)
def test_window_covers(material, low, high, expected):
    # Li2S gives up lithium above 2.25 V: 3 atoms of -1.5 eV and 2 lithium
    assert holds(WindowCovers, material=material, from_v=low, to_v=high) is expected


@pytest.mark.parametrize(
    ("formation", "low", "high", "expected"),
    [
        ({"LiCoO2": -1.7, "CoO": -1.3}, 0.0, 0.8, True),
        ({"LiCoO2": -1.7, "CoO": -1.3}, 0.75, 1.0, False),  # CoO and O2 from the first lithium on
        ({"LiCoO2": -1.7, "CoO2": -0.95}, 0.0, 1.0, False),  # CoO2 holds it
    ],
)
def test_oxygen_onset(formation, low, high, expected):
    fields = {"cathode": "LiCoO2", "from_state_of_charge": low, "to_state_of_charge": high}
    assert holds(OxygenOnset, formation, **fields) is expected


@pytest.mark.parametrize(
    ("formation", "fields", "expected"),
    [
        (LOUD, {"kind": "oxygenated", "coated_over_bare_at_most": 0.5}, True),
        (LOUD, {"kind": "oxygenated", "coated_over_bare_at_most": 0.5, "coating": "LiCoO2"}, False),
        (QUIET, {"kind": "oxygenated", "coated_over_bare_at_most": 0.5}, False),  # nothing there to suppress
        (LOUD, {"kind": "oxygenated", "coated_over_alone_at_least": 0.5}, False),  # alone it makes none
        (LOUD, {"kind": "oxidised", "coated_over_alone_at_least": 0.9, "open_to_lithium": True}, True),
        (
            LOUD,
            {
                "kind": "oxidised",
                "coated_over_alone_at_least": 0.9,
                "open_to_lithium": True,
                "coating": "LiCoO2",  # it makes sulfide of it
            },
            False,
        ),
    ],
)
def test_share_of_products(formation, fields, expected):
    common = {"cathode": "LiCoO2:half", "electrolyte": "Li3PS4", "coating": "LiNbO3", "element": "S"}
    common["open_to_lithium"] = False
    with_host = {**formation, "CoO2": -0.9}
    if not fields.get("open_to_lithium"):
        common["cathode"] = "LiCoO2:full"
        with_host = formation
    assert holds(ShareOfProducts, with_host, **{**common, **fields}) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"present": ["sulfate", "phosphate"]}, True),
        ({"present": ["Li3PS4"]}, False),
        ({"present": ["sulfate"], "absent": ["phosphate"]}, False),
        ({"absent": ["thiophosphate"], "mass": "gain", "temperatures_c": [180]}, True),
        ({"mass": "loss", "temperatures_c": [180]}, False),
        ({"mass": "gain", "temperatures_c": [180, 700]}, False),
    ],
)
def test_anneals(reference, fields, expected):
    given = claim(Anneals, **{"material": "Li3PS4", "oxygen_bar": 0.21, "temperatures_c": [300], **fields})
    found = answer(given, Study(reference, CATALOGUE))
    assert found.holds is expected
    assert list(found.numbers["reaction_by_temperature_c"]) == [f"{t:g}" for t in given.temperatures_c]


def shifted(reference, formula, shift):
    """The packaged energies with one compound moved, eV/atom."""
    inside = reference.within([*parse_formula(formula)])
    shifts = np.zeros(len(inside))
    shifts[inside.polymorphs(parse_formula(formula))] = shift
    return Study(inside.shifted(shifts), CATALOGUE)


@pytest.mark.parametrize(("shift", "expected"), [(-0.1, True), (0.2, False)])
def test_survives_annealing(reference, shift, expected):
    given = claim(SurvivesAnnealing, material="LiNbO3", cathode="NCM83")
    assert answer(given, shifted(reference, "LiNbO3", shift)).holds is expected


def test_a_reaction_within_the_error_of_free_energies_is_not_known(reference):
    stable = shifted(reference, "LiNbO3", -0.1)
    energy = answer(claim(SurvivesAnnealing, material="LiNbO3", cathode="NCM83"), stable)
    assert energy.numbers["reaction_ev_per_closed_atom"] == 0.0
    # as its energy rises, LiNbO3 is stable, then unstable by less than the error, then by more
    verdicts = {}
    for shift in np.arange(-0.1, 0.2, 0.01):
        found = check_claim(
            claim(SurvivesAnnealing, material="LiNbO3", cathode="NCM83"), shifted(reference, "LiNbO3", float(shift))
        )
        verdicts[found.verdict] = found
    assert set(verdicts) == {"holds", "not known", "contradicted"}
    assert verdicts["not known"].why_missing == "the reaction lies within the error of free energies"


def test_the_conditions_of_annealing_are_those_packaged():
    assert claim(SurvivesAnnealing, material="HfO2", cathode="NCM85").condition.temperature_c == 400
    for material, number in (("LiF", 0), ("Li3PS4", 2)):
        with pytest.raises(InputError, match=f"{number} conditions of annealing {material} on NCM85 are packaged"):
            claim(SurvivesAnnealing, material=material, cathode="NCM85").condition  # noqa: B018


@pytest.mark.parametrize(
    ("energies", "at", "expected"),
    [
        ({0: 2.0, 6: 1.5, 12: 1.0}, "each step", True),
        ({0: 2.0, 6: 2.1, 12: 1.0}, "each step", False),
        ({0: 2.0, 6: 2.1, 12: 1.0}, "the end", True),
        ({0: 2.0, 6: 1.0, 12: 2.1}, "the end", False),
        ({0: 2.0}, "each step", False),
    ],
)
def test_vacancy_falls(energies, at, expected):
    phases = phase_set(QUIET)
    study = Study(phases, CATALOGUE, vacancies_of(phases, energies))
    found = answer(claim(VacancyFalls, cathode="NMC532", at=at), study)
    assert found.holds is expected
    assert found.numbers["lithium_vacancies"] == list(energies)


def test_what_cannot_be_computed_is_not_known_with_the_reason():
    found = check_claim(claim(ReactionWithin, a="LiCoO2", b="NaCl"), study(LOUD))
    assert (found.holds, found.verdict, found.fraction_of_samples) == (None, "not known", None)
    assert "no phase of Cl" in found.why_missing


def test_the_fraction_of_samples_in_which_it_holds():
    given = claim(ReactionWithin, **PAIR, most_mev_per_atom=-100)
    found = check_claim(given, study(LOUD), [study(LOUD), study(QUIET), study(LOUD)])
    assert (found.verdict, found.fraction_of_samples) == ("holds", pytest.approx(2 / 3))
    assert check_claim(given, study(QUIET)).verdict == "contradicted"


def test_vacancies_are_not_sampled():
    phases = phase_set(QUIET)
    one = Study(phases, CATALOGUE, vacancies_of(phases, {0: 2.0, 12: 1.0}))
    assert check_claim(claim(VacancyFalls, cathode="NMC532", at="each step"), one, [one]).fraction_of_samples is None
