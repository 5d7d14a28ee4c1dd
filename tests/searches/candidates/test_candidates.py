"""The funnel of candidates: what it counts, and against what each number is computed elsewhere."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, synthetic

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria, with_thresholds
from screening.energies.source import EnergySource
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.materials.catalogue import Catalogue
from screening.searches.candidates.candidate_documents import Neighbours, Selection
from screening.searches.candidates.candidates import screen_candidates

EVERYTHING = Selection(any=True, transition_metals=True, radioactive=True)


def neighbours():
    known = Catalogue.load()
    return Neighbours(cathode=known.cathode("LiCoO2"), electrolyte=known.electrolyte("Li6PS5Cl"))


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return EnergySource(source=energies_file(tmp_path_factory.mktemp("candidates")), sha256=synthetic().sha256)


def screened(energies, selection=EVERYTHING, criteria=None, **options):
    return screen_candidates(energies, selection, criteria or default_criteria(), neighbours(), **options)


@pytest.fixture(scope="module")
def everything(energies):
    return screened(energies)


def passing(criterion, formulas):
    """The formulas that pass a criterion, by the documents that single questions are answered with."""
    phases = synthetic()
    passed = set()
    for formula in formulas:
        if criterion.name == "stable":
            ok = 1000 * phase_stability(phases, formula).energy_above_hull_ev_per_atom <= criterion.at_most
        elif criterion.name == "reduction":
            ok = electrochemical_window(phases, formula).reduction_limit_v <= criterion.at_most
        elif criterion.name == "oxidation":
            window = electrochemical_window(phases, formula)
            ok = not window.oxidation_limited or window.oxidation_limit_v >= criterion.at_least
        else:
            met = {"cathode full": "LiCoO2", "cathode half": "Li0.5CoO2", "electrolyte": "Li6PS5Cl"}

            def mutual(a, b):
                return 1000 * Interface(phases, a, b).reaction().mutual.energy_ev

            if criterion.name == "protects":
                bare = min(mutual(met[f"cathode {state}"], "Li6PS5Cl") for state in ("full", "half"))
                ok = min(mutual(formula, partner) for partner in met.values()) >= bare
            else:
                ok = mutual(formula, met[criterion.name]) >= criterion.at_least
        if ok:
            passed.add(formula)
    return passed


def test_each_step_counts_what_single_questions_pass(everything):
    left = {format_formula(parse_formula(f)) for f in synthetic().table.columns().formula if len(parse_formula(f)) > 1}
    assert (everything.funnel[0].name, everything.funnel[0].left) == ("compounds in the energies", len(left))
    counts = []
    for criterion in default_criteria():
        left = passing(criterion, left)
        counts.append((criterion.name, len(left)))
    assert [(step.name, step.left) for step in everything.funnel[1:]] == counts
    assert {candidate.formula for candidate in everything.candidates} == left
    assert 0 < len(left) < everything.funnel[1].left < everything.funnel[0].left


def test_quantities_are_those_of_a_screening(everything):
    found = {candidate.formula: candidate for candidate in everything.candidates}
    li3po4 = found["Li3PO4"]
    window = electrochemical_window(synthetic(), "Li3PO4")
    assert li3po4.quantities["oxidation_limit_v"] == window.oxidation_limit_v
    assert li3po4.quantities["reduction_limit_v"] == window.reduction_limit_v
    assert (li3po4.polyanions, li3po4.chemistry_class) == (("phosphate",), "polyanionic oxide")
    assert li3po4.source_id == "syn-Li3PO4"
    worst = [min(v for n, v in c.quantities.items() if n.startswith("mutual")) for c in everything.candidates]
    assert worst == sorted(worst, reverse=True)


def test_several_processes_give_the_same(energies, everything):
    seen = []
    several = screened(energies, workers=2, progress=lambda *told: seen.append(told))
    assert several == everything
    assert [told[:2] for told in seen if told[2] == "stable"][-1] == (everything.funnel[0].left,) * 2


def test_until_a_criterion(energies):
    short = screened(energies, until="stable")
    assert [step.name for step in short.funnel][-1] == "stable"
    assert (short.cathode, short.electrolyte) == (None, None)
    assert set(short.candidates[0].quantities) == {"energy_above_hull_mev_per_atom"}
    with pytest.raises(InputError, match=r"no criterion 'stabel' \(did you mean stable\?\)"):
        screened(energies, until="stabel")


def test_a_neighbour_without_energies_is_refused(energies):
    known = Catalogue.load()
    beside = Neighbours(cathode=known.cathode("LiCoO2"), electrolyte=known.electrolyte("Li10GeP2S12"))
    with pytest.raises(InputError, match="no phase of Ge"):
        screen_candidates(energies, Selection(), default_criteria(), beside)
    assert screen_candidates(energies, Selection(), default_criteria(), beside, until="oxidation").candidates


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ({"oxidatio": 4.0}, r"no criterion or quantity 'oxidatio' \(did you mean oxidation\?\)"),
        ({"stable": -1.0}, "is never below 0"),
        ({"electrolyte": 50.0}, "-50 allows 50"),
        ({"oxidation": float("nan")}, "not a finite number"),
    ],
)
def test_thresholds_without_meaning(thresholds, message):
    with pytest.raises(InputError, match=message):
        with_thresholds(default_criteria(), thresholds)


def test_a_wider_threshold_leaves_more(energies, everything):
    wider = screened(energies, criteria=with_thresholds(default_criteria(), {"oxidation": 3.0, "electrolyte": -500.0}))
    names = {candidate.formula for candidate in everything.candidates}
    assert names < {candidate.formula for candidate in wider.candidates}
    assert [c.at_least for c in with_thresholds(default_criteria(), {"oxidation": 3.0}) if c.name == "oxidation"] == [
        3.0
    ]
