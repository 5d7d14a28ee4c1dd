"""A calibration says what it was made from, and which of its intervals miss."""

import hashlib

import numpy as np
import pytest
from fixtures_error_model import model
from fixtures_ranking import ENERGIES

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.measured.measurements import measured_enthalpies, stated_uncertainty
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.formation_tables import read_formation_tables
from screening.validation.calibration.calibration import compounds_in_common, fit
from screening.validation.calibration.calibration_document import (
    Calibration,
    calibrate,
    calibrate_on_measurement,
    read_calibration,
)
from screening.validation.calibration.coverage import ALL, Coverage

SCALE = EnergyScale(name="ours", version="1", functional="a model", correction="MP2020 (learned)")


def row(quantity, group, inside):
    return Coverage(
        quantity=quantity,
        group=group,
        n=100,
        inside_90=inside,
        inside_90_least=inside,
        inside_50=0.5,
        nominal_inside_90=1.0,
        median_width_mev=1.0,
        width_of_errors_mev=1.0,
        median_error_mev=0.0,
        median_absolute_error_mev=1.0,
        median_bias_mev=0.0,
    )


def calibration(*coverage):
    return Calibration(
        model=model(own_scale=0.01),
        compared_with="file: column",
        compared_with_sha256="0" * 64,
        energies=ENERGIES,
        seed=0,
        n_divisions=1,
        n_compounds=1,
        n_pairs=1,
        n_samples=1,
        factors=[1.0, 1.0],
        date="2026-01-01",
        coverage=list(coverage),
        reliability=[],
    )


@pytest.mark.parametrize(
    ("quantity", "group", "inside", "misses"),
    [
        ("mutual reaction energy", ALL, 0.84, True),
        ("mutual reaction energy", ALL, 0.85, False),
        ("total reaction energy", ALL, 0.95, False),
        ("total reaction energy", ALL, 0.96, True),
        ("mutual reaction energy", "oxide | sulfide", 0.5, False),  # a part of them
        ("formation energy", ALL, 0.5, False),
    ],
)
def test_a_miss_is_a_reaction_energy_of_all_with_too_few_or_too_many_inside(quantity, group, inside, misses):
    assert [found.quantity for found in calibration(row(quantity, group, inside)).misses] == [quantity] * misses


def test_it_is_written_completely_and_read_again(tmp_path):
    path = tmp_path / "model.json"
    calibration(row("formation energy", ALL, 0.9)).to_file(path)
    assert read_calibration(path) == calibration(row("formation energy", ALL, 0.9))
    assert [file.name for file in tmp_path.iterdir()] == ["model.json"]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """Energies of ternary oxides, and a file of DFT energies that are off by some 20 meV/atom."""
    random = np.random.default_rng(7)
    metals = ("Ti", "V", "Mn", "Fe", "Co", "Ni", "Nb", "Ta", "W", "Zr", "Hf", "Mo", "Cr", "Al", "Ga", "Sn", "Mg", "Ca")
    formulas = sorted(
        {format_formula({a: int(random.integers(1, 4)), b: 1, "O": 4}) for a in metals for b in metals if a != b}
    )
    elements = sorted({element for formula in formulas for element in parse_formula(formula)})
    phases = [Phase(id=element, formula=element, energy_ev_per_atom=0.0) for element in elements]
    energies = {formula: -2.0 + 0.05 * float(random.standard_normal()) for formula in formulas}
    phases += [Phase(id=formula, formula=formula, energy_ev_per_atom=energy) for formula, energy in energies.items()]
    path = tmp_path_factory.mktemp("dft") / "dft.csv"
    lines = [f"{f},{e + 0.02 * float(random.standard_normal())}" for f, e in energies.items()]
    path.write_text("\n".join(["formula,formation_energy_mp2020_ev_per_atom", *lines]))
    return PhaseSet(SCALE, phases), path, formulas


def test_every_half_is_tested_and_the_file_is_named_by_its_hash(made_up):
    phases, path, formulas = made_up
    told = []
    found = calibrate(
        "mine", phases, path, n_pairs=20, n_divisions=2, seed=1, progress=lambda done, all_: told.append((done, all_))
    )
    assert found.compared_with == "dft.csv: formation_energy_mp2020_ev_per_atom"
    assert found.compared_with_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.energies == phases.provenance
    assert 100 < found.n_compounds <= len(formulas)
    assert told == [(done, 4) for done in range(1, 5)]
    assert len(found.factors) == 4
    # both halves of both divisions: each compound is tested twice, once with either
    [row] = [row for row in found.coverage if (row.quantity, row.group) == ("formation energy", ALL)]
    assert row.n == 2 * found.n_compounds
    # the errors of the model are those fitted to all, times the median of the factors
    fitted = fit("mine", "2", phases, compounds_in_common(phases, read_formation_tables(path)[0]))
    factor = float(np.median(found.factors))
    assert abs(factor - 1.0) > 0.02
    assert found.model.against == "DFT"
    for name, own in fitted.own_errors.items():
        expected = own.scale_ev_per_atom * factor
        assert found.model.own_errors[name].scale_ev_per_atom == pytest.approx(expected, rel=0.01, abs=1e-4)


def test_measured_enthalpies_are_compared_with_the_energies_given_in_place_of_the_sets():
    binary = sorted((f, e) for f, e in measured_enthalpies().items() if len(parse_formula(f)) == 2)
    measured = dict(binary[::2])  # a fit takes eight times as long for twice as many
    elements = sorted({element for formula in measured for element in parse_formula(formula)})
    phases = PhaseSet(
        SCALE,
        [
            *(Phase(id=element, formula=element, energy_ev_per_atom=0.0) for element in elements),
            *(Phase(id=formula, formula=formula, energy_ev_per_atom=energy) for formula, energy in measured.items()),
        ],
    )
    random = np.random.default_rng(3)
    held_out = {formula: energy + 0.02 * float(random.standard_normal()) for formula, energy in measured.items()}
    wild = next(iter(held_out))
    found = calibrate_on_measurement("mine", phases, {**held_out, wild: 5.0}, n_pairs=40, n_divisions=1)
    assert found.model.against == "measurement"
    assert found.model.measured_ev_per_atom == pytest.approx(stated_uncertainty(), abs=1e-4)
    [row] = [row for row in found.coverage if (row.quantity, row.group) == ("formation energy", ALL)]
    assert row.median_absolute_error_mev == pytest.approx(1000 * 0.02 * 0.6745, rel=0.1)
    assert found.compared_with.startswith("measured formation enthalpies")


def test_energies_per_formula_unit_are_refused(made_up, tmp_path):
    phases, _, formulas = made_up
    path = tmp_path / "dft.csv"
    rows = [f"{f},{-0.1 * sum(parse_formula(f).values())}" for f in formulas]
    path.write_text("\n".join(["formula,formation_energy_mp2020_ev_per_atom", *rows]))
    small = [one.model_copy(update={"energy_ev_per_atom": 0.05 * one.energy_ev_per_atom}) for one in phases.phases]
    with pytest.raises(InputError, match="eV per formula unit"):
        calibrate("mine", PhaseSet(SCALE, small), path, n_pairs=1)
