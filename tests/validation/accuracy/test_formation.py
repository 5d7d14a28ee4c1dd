"""Formation energies beside those of another table."""

from __future__ import annotations

import pytest
from fixtures_screening import SCALE, synthetic

from screening.chemistry.classes import chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.formation import formation_errors, formation_pairs
from screening.validation.accuracy.formation_tables import FormationTable, measured


@pytest.fixture(scope="module")
def experiment() -> FormationTable:
    return measured()


def as_phases(values: dict[str, float]) -> PhaseSet:
    """Energies whose formation energies are the values: the elements are at zero."""
    elements = {element for formula in values for element in parse_formula(formula)}
    phases = [Phase(id=element, formula=element, energy_ev_per_atom=0.0) for element in sorted(elements)]
    return PhaseSet(SCALE, phases + [Phase(id=f, formula=f, energy_ev_per_atom=e) for f, e in values.items()])


def table(values: dict[str, float]) -> FormationTable:
    return FormationTable("a table", "table", "formation energy, 0 K", values)


class TestErrors:
    def test_each_compound_at_its_lowest_phase(self) -> None:
        phases = as_phases({"Li2O": -2.0})
        higher = Phase(id="higher", formula="Li4O2", energy_ev_per_atom=-1.5)
        both = PhaseSet(SCALE, [*phases.phases, higher])
        [pair] = formation_pairs(both, table({"Li2O": -2.1}))
        assert pair.error == pytest.approx(0.1)

    def test_compounds_without_a_phase_are_counted(self) -> None:
        compared = table({"Li2O": -2.0, "NaCl": -2.1, "Li3O": -0.5})
        found = formation_errors(compared, formation_pairs(synthetic(), compared))
        assert (found.n_table, found.n_without_phase) == (3, 2)
        assert found.by_class_ev_per_atom.keys() == {"oxide"}

    def test_no_compound_in_common(self) -> None:
        compared = table({"NaCl": -2.1})
        found = formation_errors(compared, formation_pairs(synthetic(), compared))
        assert found.all_ev_per_atom is None
        assert found.by_class_ev_per_atom == {}

    @pytest.mark.parametrize("planted", ["sulfide", "polyanionic oxide"])
    def test_a_planted_error_shows_in_its_class_alone(self, experiment: FormationTable, planted: str) -> None:
        wrong = {f: e + 0.3 * (chemistry_class(parse_formula(f)) == planted) for f, e in experiment.values.items()}
        found = formation_errors(experiment, formation_pairs(as_phases(wrong), experiment))
        assert found.n_without_phase == 0
        assert len(found.by_class_ev_per_atom) > 10
        for name, errors in found.by_class_ev_per_atom.items():
            expected = 0.3 if name == planted else 0.0
            assert errors.mean_error == pytest.approx(expected, abs=1e-9)
            assert errors.median_absolute_error == pytest.approx(expected, abs=1e-9)
        assert found.all_ev_per_atom is not None
        share = found.by_class_ev_per_atom[planted].n / len(experiment.values)  # type: ignore[index]
        assert found.all_ev_per_atom.mean_absolute_error == pytest.approx(0.3 * share)
