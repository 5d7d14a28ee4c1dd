"""Calibration: parameters that are known are found again."""

import pytest
from fixtures_calibration import METALS, made_up_compounds

from screening.common.errors import InputError
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.calibration.calibration import Compound, choose_table, fit, formation_phases, split


@pytest.fixture(scope="module")
def compounds():
    return list(made_up_compounds())


def test_known_parameters_are_found_again(compounds):
    phases = formation_phases({compound.formula: compound.energy for compound in compounds})
    found = fit("test", "1", phases, compounds)
    for kind, sd in (("d-block | oxygen", 0.4), ("d-block | s-block", 0.2), ("d-block | d-block", 0.3)):
        # 10 to 45 pairs tell a standard deviation to some 22 to 11 %
        assert found.pair_errors[kind].sd_ev_per_atom == pytest.approx(sd, rel=0.4)
    scales = {name: own for name, own in found.own_errors.items() if own.n_compounds > 100}
    assert scales
    assert all(own.scale_ev_per_atom == pytest.approx(0.02, rel=0.15) for own in scales.values())
    assert found.freedom_below in (2.5, 3.0, 4.0)
    assert found.freedom_above in (1.25, 1.5, 2.0)
    assert found.pair_errors["d-block | oxygen"].n_pairs == len(METALS)


def test_errors_far_above_the_hull_do_not_enter(compounds):
    phases = formation_phases({compound.formula: compound.energy for compound in compounds})
    wild = [
        Compound(f"Li{n}Ni{m}O{m}", {"Li": n, "Ni": m, "O": m}, -1.0, 4.0, 0.3) for n in (3, 5, 7) for m in (11, 13)
    ]
    assert fit("test", "1", phases, [*compounds, *wild]) == fit("test", "1", phases, compounds)


def test_halves_share_no_chemical_system_and_are_the_same_each_time(compounds):
    one, other = split(compounds, seed=3)
    systems = [{frozenset(compound.composition) for compound in half} for half in (one, other)]
    assert not systems[0] & systems[1]
    assert sorted((*one, *other)) == sorted(compounds)
    assert 0.3 < len(one) / len(compounds) < 0.7
    assert split(list(reversed(compounds)), seed=3)[0][::-1] == one
    assert split(compounds, seed=4)[0] != one


def test_too_few_compounds_are_refused(compounds):
    with pytest.raises(InputError, match=r"150 compounds known to both.*too few"):
        split(compounds[:150])


def test_the_column_with_the_energies_corrections_is_taken(reference):
    tables = [
        FormationTable("file.csv: formation_energy_2019_ev_per_atom", "table", "", {"Li2O": -2.0}),
        FormationTable("file.csv: formation_energy_mp2020_estimate_ev_per_atom", "table", "", {"Li2O": -2.0}),
    ]
    assert choose_table(tables, reference) is tables[1]
    assert choose_table(tables, reference, "formation_energy_2019_ev_per_atom") is tables[0]
    assert choose_table(tables[:1], reference) is tables[0]
    with pytest.raises(InputError, match=r"did you mean formation_energy_2019_ev_per_atom"):
        choose_table(tables, reference, "formation_energy_2018_ev_per_atom")
    with pytest.raises(InputError, match="Name it with --column"):
        choose_table(
            [tables[0], FormationTable("file.csv: formation_energy_b_ev_per_atom", "table", "", {})], reference
        )
