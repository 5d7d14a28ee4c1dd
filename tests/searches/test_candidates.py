"""The funnel of candidates: what it counts, and against what each number is computed elsewhere."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import SCALE, energies_file, phase, phase_set, synthetic

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria, with_thresholds
from screening.energies.source import EnergySource
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.searches.candidate_documents import CandidatesDocument, Neighbours, Selection
from screening.searches.candidate_files import read_candidates, write_candidates
from screening.searches.candidates import screen_candidates, select_compounds, stable_compounds

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


def test_choices_by_composition():
    phases = synthetic()

    def formulas(**choice):
        *_, (_, left) = select_compounds(phases, Selection(**choice))
        return {phases.formula(i) for i in left}

    assert formulas() == {
        "Li2O", "Li2O2", "LiPO3", "Li4P2O7", "Li3PO4", "Li3P", "Li2S", "Li3PS4", "Li6PS5Cl", "LiCl", "Li2SO4",
    }  # fmt: skip
    assert formulas(elements=("Li", "Nb", "O"), transition_metals=True) == {
        "Li2O", "Li2O2", "LiNbO3", "LiNb3O8", "Li3NbO4",
    }  # fmt: skip
    assert formulas(exclude=("O", "P")) == {"Li2S", "LiCl"}
    assert formulas(any=True) - formulas() == {"P2O5", "P2S5", "SO2", "SO3"}


def test_the_lowest_of_a_composition_stands_for_it():
    listed = [phase("Li"), phase("Cl"), phase("LiCl", -2.0, "high"), phase("Li2Cl2", -2.1, "low")]
    phases = PhaseSet(SCALE, listed)
    *_, (_, left) = select_compounds(phases, Selection())
    assert [phases.table.id(i) for i in left] == ["low"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"elements": ("Lii",)}, r"no element 'Lii' \(did you mean Li\?\)"),
        ({"exclude": ("Xx",)}, "no element 'Xx'"),
        ({"elements": ("Li", "U")}, "no phase of U"),
    ],
)
def test_wrong_elements(choice, message):
    with pytest.raises(InputError, match=message):
        list(select_compounds(synthetic(), Selection(**choice)))


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


def test_nothing_is_left():
    phases = phase_set({"CoO": -1.2})
    with pytest.raises(InputError, match="no compound of the energies 'synthetic' is left"):
        stable_compounds(phases, Selection(), default_criteria())


# -- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c.csv", "c.json"])
def test_files(tmp_path, everything, name):
    write_candidates(everything, tmp_path / name)
    assert [row.formula for row in read_candidates(tmp_path / name)] == [c.formula for c in everything.candidates]
    if name.endswith("json"):
        assert CandidatesDocument.model_validate_json((tmp_path / name).read_bytes()) == everything


def test_nothing_left_is_not_written(tmp_path, everything):
    with pytest.raises(InputError, match="no candidate is left"):
        write_candidates(everything.model_copy(update={"candidates": []}), tmp_path / "c.csv")
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("c.csv", "", "no column 'formula'; it has none"),
        ("c.csv", "formul,a\nLiF,1\n", r"no column 'formula' \('formul' is not it\)"),
        ("c.csv", "formula\n\n", "holds no candidate"),
        ("c.csv", "formula,b\nLiQ,1\nLiXx,2\n", r"c\.csv row 2: .*Q; .*c\.csv row 3: .*Xx"),
        ("c.csv", "Formula;FORMULA\nLiF;1\n", "has the column 'formula' twice"),
        ("c.json", "{", "is not JSON"),
        ("c.json", "{}", "neither a list"),
        ("c.json", json.dumps([{"formula": "LiF"}, {"name": "LiCl"}]), "candidate 2 is neither"),
        ("c.xls", "LiF", "neither CSV nor JSON nor text"),
        ("c.txt", "# none\n\n", "holds no candidate"),
    ],
)
def test_bad_files(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_candidates(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.csv", "FORMULA,note\nLiF,a\nLiXx,b\nLiCl,c\n"),
        ("c.csv", "\ufeffrank; Formula ;cost\n1;LiF;2,5\n2;LiXx;3\n3;LiCl;\n"),
        ("c.csv", "formula\tnote\nLiF\ta, b\nLiXx\t\nLiCl\t\n"),
        ("c.txt", "# formulas of mine\nLiF\n\nLiXx  # no element\n LiCl\n"),
        ("c.TXT", "LiF\r\nLiXx\r\nLiCl"),
    ],
)
def test_one_bad_row_stops_nothing(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    rows = read_candidates(tmp_path / name)
    assert [row.formula for row in rows] == ["LiF", "LiXx", "LiCl"]
    assert [row.fault for row in rows] == [None, "LiXx: no element Xx", None]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_candidates(tmp_path / "c.csv")
