"""The packaged energies anchored on measurement."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.measured.anchored_table import (
    ORIGIN,
    PACKAGED,
    anchored_energies,
    anchored_info,
    pack_shifts,
    read_anchored,
)
from screening.energies.measured.measurements import measured_enthalpies
from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.source import open_energies
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.uncertainty import error_model


@pytest.fixture(scope="module")
def phases():
    return open_energies("reference:measured~all")


def test_measured_compounds_have_their_value_and_say_so(phases):
    measured = measured_enthalpies()
    for formula in ("LiCl", "Li2O", "Li2SO4", "Nb2O5", "Co3O4"):
        lowest = phases.polymorphs(parse_formula(formula))[0]
        assert phases.formation_energies[lowest] == pytest.approx(measured[formula], abs=1e-4)
        assert phases.table.origin(lowest) == ORIGIN
    unknown = phases.polymorphs(parse_formula("Li6PS5Cl"))[0]
    assert phases.table.origin(unknown) is None


def test_elements_and_the_order_of_polymorphs_stay(phases):
    base = packaged_energies(anchored_info().base)
    shifts = phases.energies - base.energies
    alone = np.diff(base.table.starts) == 1
    assert np.abs(shifts[alone]).max() == 0.0
    for formula in ("LiFePO4", "SiO2", "TiO2"):
        known = base.polymorphs(parse_formula(formula))
        assert np.ptp(shifts[known]) < 1e-9
        assert phases.polymorphs(parse_formula(formula)) == known


def test_it_is_a_scale_of_its_own(phases):
    base = packaged_energies(anchored_info().base)
    assert phases.scale.disagreement(base.scale) is not None
    assert "held out" in phases.scale.correction
    assert error_model(phases.scale).against == "measurement"


def test_perchlorate_no_longer_forms_and_thiophosphate_is_still_there(phases):
    assert Interface(phases, "LiCl", "O2").reaction().mutual.energy_ev == 0.0
    assert phase_stability(phases, "Li3PS4").energy_above_hull_ev_per_atom == 0.0


def test_hulls_are_pymatgens(phases):
    system = ("Li", "P", "S", "O")
    inside = phases.within(system)
    entries = [PDEntry(phase.formula, phase.energy_ev_per_atom * _atoms(phase.formula)) for phase in inside.phases]
    diagram = PhaseDiagram(entries)
    for formula in ("Li3PS4", "LiPO3", "Li2SO4", "P2S5", "Li3PO4"):
        lowest = min(
            (entry for entry in entries if entry.composition.reduced_formula == formula),
            key=lambda e: e.energy_per_atom,
        )
        expected = diagram.get_e_above_hull(lowest)
        assert phase_stability(phases, formula).energy_above_hull_ev_per_atom == pytest.approx(expected, abs=1e-6)


def _atoms(formula):
    return sum(parse_formula(formula).values())


def test_what_was_held_back_is_reported():
    info = anchored_info()
    every = info.held_out["all"]
    assert every.n == info.n_measured == sum(found.n for name, found in info.held_out.items() if name != "all")
    for found in (every, info.held_out["polyanionic oxide"], info.held_out["transition-metal oxide"]):
        assert found.by_compound_mean_mev_per_atom < found.before_mean_mev_per_atom
        assert found.by_system_mean_mev_per_atom < found.before_mean_mev_per_atom
    assert info.reactions.n == 2000
    assert info.n_taken + len(info.distrusted_mev_per_atom) >= info.n_measured


@pytest.fixture
def copied(tmp_path):
    for name in ("anchored.json", "anchored.npz"):
        shutil.copy(PACKAGED / name, tmp_path / name)
    return tmp_path


def test_another_folder_gives_the_same(copied, phases):
    assert read_anchored(copied) == phases == anchored_energies()


def test_a_damaged_table_is_refused(copied):
    content = bytearray((copied / "anchored.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (copied / "anchored.npz").write_bytes(bytes(content))
    with pytest.raises(InputError, match="another hash"):
        read_anchored(copied)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base_sha256": "0" * 64}, "another version of the energies"),
        ({"base": 3}, "damaged"),
        ({"scale": {}}, "damaged"),
    ],
)
def test_a_document_that_does_not_fit_is_refused(copied, change, message):
    path = copied / "anchored.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=message):
        read_anchored(copied)


def test_a_missing_one_is_named(tmp_path):
    with pytest.raises(InputError, match=r"anchored\.json"):
        read_anchored(tmp_path)


def test_a_shift_that_is_no_correction_is_refused():
    with pytest.raises(InputError, match="no correction"):
        pack_shifts(np.array([0.1, -4.0]), [False, False])
