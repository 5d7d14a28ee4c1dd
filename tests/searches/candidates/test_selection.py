"""Which compounds may be candidates."""

from __future__ import annotations

import pytest
from fixtures_screening import SCALE, phase, phase_set, synthetic

from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import Selection
from screening.searches.candidates.selection import select_compounds, stable_compounds


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


def test_an_ordered_cell_hides_no_phase_of_its_composition():
    listed = [phase("Li"), phase("Cl"), phase("LiCl", -2.0, "own"), phase("Li2Cl2", -2.1, "cell-1")]
    *_, (_, left) = select_compounds(PhaseSet(SCALE, listed), Selection())
    assert len(left) == 1
    assert PhaseSet(SCALE, listed).table.id(left[0]) == "own"


def test_nothing_is_left():
    phases = phase_set({"CoO": -1.2})
    with pytest.raises(InputError, match="no compound of the energies 'synthetic' is left"):
        stable_compounds(phases, Selection(), default_criteria())
