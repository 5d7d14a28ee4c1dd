"""All comparisons of sets of energies: which tables, which sets, and when replacing is tested."""

import pytest
from fixtures_screening import FORMATION, phase_set

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.materials.catalogue import Catalogue
from screening.validation.accuracy.check import check_energies
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.literature import LiteratureFile, LiteratureValue

CATALOGUE = Catalogue.load()
OXIDES = {f: e for f, e in FORMATION.items() if parse_formula(f).keys() <= {"Li", "O", "Nb"}}
PBE = EnergyScale(name="PBE", version="1", functional="PBE and PBE+U", correction="MP2020")


def table(name, shift=0.0):
    return FormationTable(name, name, "formation energy, 0 K", {f: e + shift for f, e in OXIDES.items()})


def test_each_set_is_compared_with_each_table_by_itself():
    right, off = phase_set(OXIDES), phase_set({f: e + 0.1 for f, e in OXIDES.items()})
    checked = check_energies([right, off], CATALOGUE, [table("mine")])
    assert [entry.table.label for entry in checked.parity] == ["measured", "packaged DFT", "mine"]
    assert [len(entry.by_set) for entry in checked.parity] == [2, 2, 2]
    errors = [found.formation[2].all_ev_per_atom.mean_error for found in checked.document.sets]
    assert errors == pytest.approx([0.0, 0.1])
    assert checked.document.energies == right.provenance


def test_dft_itself_is_compared_with_experiment_over_the_elements_of_all_sets():
    lithium = phase_set({"Li2O": -2.05})
    alone = check_energies([lithium], CATALOGUE).document.dft_against_measured
    both = check_energies([lithium, phase_set({"Li2S": -1.54})], CATALOGUE).document.dft_against_measured
    assert 0 < alone.all_ev_per_atom.n < both.all_ev_per_atom.n
    assert {worst.name for worst in alone.all_ev_per_atom.worst} == {"Li2O", "Li2O2"}
    assert "Li2SO4" in {worst.name for worst in both.all_ev_per_atom.worst}  # only the sets together hold its elements


@pytest.mark.parametrize(
    ("scale", "name", "tested"), [(PBE, "file: mp2020", 1), (PBE, "file: 2019", 0), (None, "file: mp2020", 0)]
)
def test_replacing_is_tested_only_on_the_scale_of_the_dft_entries(scale, name, tested):
    wrong = {**OXIDES, "Li2O": OXIDES["Li2O"] + 0.1}
    phases = phase_set(wrong, scale) if scale else phase_set(wrong)
    [found] = check_energies([phases], CATALOGUE, [table(name)]).document.sets
    assert len(found.replacement) == tested


def test_published_values_are_compared_only_if_they_are_given():
    row = {"quantity": "energy above hull", "system": "LiNbO3", "value": 3.0, "unit": "meV/atom", "source": "A 2020"}
    file = LiteratureFile("values.json", [LiteratureValue.model_validate(row)], [])
    told = []
    [found] = check_energies([phase_set(OXIDES)], CATALOGUE, literature=file, note=told.append).document.sets
    assert [(value.published, value.ours) for value in found.literature.compared] == [(3.0, 0.0)]
    assert told == ["synthetic: formation energies", "synthetic: 1 published values"]
    assert check_energies([phase_set(OXIDES)], CATALOGUE).document.sets[0].literature is None


def test_a_table_per_formula_unit_is_refused_before_anything_is_computed():
    per_formula = {f: e * sum(parse_formula(f).values()) for f, e in OXIDES.items()}
    told = []
    with pytest.raises(InputError, match="eV per formula unit"):
        check_energies(
            [phase_set(OXIDES)], CATALOGUE, [FormationTable("mine", "mine", "x", per_formula)], note=told.append
        )
    assert told == []
