"""Phases from pymatgen entries, and entries that are not on one scale."""

import pytest
from pymatgen.analysis.phase_diagram import PDEntry
from pymatgen.core import Composition, Lattice, Structure
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import (
    ComputedEntry,
    ComputedStructureEntry,
    ConstantEnergyAdjustment,
    ManualEnergyAdjustment,
)
from random_phases import SCALE

from screening.common.errors import InputError
from screening.phases.phase_set import PhaseSet

U = {"Co": 3.32, "Li": 0.0, "O": 0.0}
MP2020 = {"cls": {"@class": "MaterialsProject2020Compatibility"}}
MP2012 = {"cls": {"@class": "MaterialsProjectCompatibility"}}
MIXING = {"cls": {"@class": "MaterialsProjectDFTMixingScheme"}}


def entry(formula, run_type=None, adjustments=(), **more):
    return ComputedEntry(
        formula,
        -5.0 * Composition(formula).num_atoms,
        energy_adjustments=list(adjustments),
        parameters={"run_type": run_type} if run_type else {},
        **more,
    )


def shift(**scheme):
    return [ConstantEnergyAdjustment(-1.0, name="correction", **scheme)]


def load(*entries):
    elements = [entry(el) for el in ("Li", "O2", "Co", "S", "Fe")]
    return PhaseSet.from_entries([*elements, *entries], SCALE)


def test_each_kind_of_entry():
    structure = Structure(Lattice.cubic(4.0), ["Li", "Li", "O"], [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]])
    phases = PhaseSet.from_entries(
        [
            PDEntry(Composition("Li"), -1.9),
            ComputedEntry("O8", -39.2, entry_id="mp-1"),
            ComputedStructureEntry(structure, -14.4, entry_id="mp-2", energy_adjustments=shift()),
        ],
        SCALE,
    )
    assert [p.id for p in phases.phases] == ["entry-0", "mp-1", "mp-2"]
    assert phases.energies == pytest.approx([-1.9, -4.9, -15.4 / 3])  # with their corrections
    assert [p.volume_a3_per_atom for p in phases.phases] == [None, None, pytest.approx(64 / 3)]
    assert phases.polymorphs({"Li": 2, "O": 1}) == [2]


def test_amounts_are_kept():
    phases = load(entry("Li0.5CoO2"))
    assert phases.polymorphs({"Li": 1, "Co": 2, "O": 4}) == [5]


@pytest.mark.filterwarnings("ignore:No structure", "ignore:Failed to guess")
def test_entries_of_one_scale():
    corrected = MaterialsProject2020Compatibility(check_potcar=False)
    parameters = {"run_type": "GGA+U", "hubbards": U, "potcar_symbols": []}
    oxide = ComputedEntry("LiCoO2", -22.0, parameters=parameters, entry_id="mp-1")
    sulfide = ComputedEntry("Li2S", -12.0, parameters={"run_type": "GGA", "hubbards": {}, "potcar_symbols": []})
    alloy = ComputedEntry("LiFe", -8.0, parameters={"run_type": "GGA", "hubbards": {}, "potcar_symbols": []})
    processed = corrected.process_entries([oxide, sulfide, alloy], clean=True)
    assert [bool(e.energy_adjustments) for e in processed] == [True, True, False]
    phases = load(*processed)
    assert phases.energies[5] == pytest.approx(processed[0].energy_per_atom)
    assert load(entry("Li2O"), entry("CoO"), entry("Li2S"))  # nothing is said, nothing is mixed
    assert load(entry("Li2O", "PBE", shift(**MP2020)), entry("CoO", "GGA+U", shift(**MP2020)))
    assert load(entry("Li2O", "R2SCAN"), entry("CoO", "GGA", shift(**MIXING)))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([entry("Li2O", "GGA"), entry("CoO", "R2SCAN")], r"mix functionals: GGA of Li2O .*, R2SCAN of CoO"),
        ([entry("Li2O", "GGA+U"), entry("CoO", "R2SCAN")], "mix functionals"),
        (
            [entry("Li2O", "GGA", shift(**MP2020)), entry("FeO", "GGA+U", shift()), entry("CoS", "PBE+U")],
            r"mix GGA and GGA\+U, and CoS \(entry-\d\) is GGA\+U without a correction",
        ),
        ([entry("Li2O", None, shift(**MP2020)), entry("CoO", None, shift(**MP2012))], "mix correction schemes"),
        (
            [entry("Li2O", None, shift(**MP2020), entry_id="mp-1"), entry("CoO", entry_id="mp-2")],
            r"compounds of O: Li2O \(mp-1\) is corrected, CoO \(mp-2\) is not",
        ),
        ([entry("Li2S", "GGA", [ManualEnergyAdjustment(-1.0)]), entry("CoS", "GGA")], "compounds of S"),
    ],
    ids=["functionals", "functionals with U", "U", "schemes", "corrections", "manual corrections"],
)
def test_entries_of_several_scales(entries, message):
    with pytest.raises(InputError, match=message):
        load(*entries)
    with pytest.raises(InputError, match=message):
        load(*entries[::-1])


def test_functional_by_its_other_key():
    one = ComputedEntry("Li2O", -14.0, parameters={"functional": "PBE"})
    other = ComputedEntry("CoO", -10.0, parameters={"functional": "r2SCAN"})
    with pytest.raises(InputError, match="mix functionals: GGA of Li2O"):
        load(one, other)
