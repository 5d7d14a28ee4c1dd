"""Voltages of a cathode by hand: topotactic where phases of its host are known, and else of decomposition."""

from __future__ import annotations

import pytest
from fixtures_screening import ELEMENTS, SCALE, phase

from screening.cathodes.voltage_curve import VoltageCurve
from screening.common.errors import InputError
from screening.energies.source import open_energies
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet


def phase_set(*phases: Phase) -> PhaseSet:
    return PhaseSet(SCALE, [*(phase(element) for element in ELEMENTS), *phases])


LOWER = [phase("LiCoO2", -1.9, "rocksalt"), phase("CoO2", -1.1, "dense")]
HOST = [phase("LiCoO2", -1.8, "layers"), phase("Li0.5CoO2", -1.5, "half"), phase("CoO2", -1.0, "empty")]


def cathode(*ids: str, ion: str = "Li") -> Cathode:
    return Cathode(name="x", ion=ion, host={"Co": 1, "O": 2}, lithiations={"full": 1.0, "half": 0.5}, phases=ids)


def test_topotactic_voltages_leave_lower_phases_of_other_hosts_aside():
    curve = VoltageCurve(phase_set(*LOWER, *HOST), cathode("layers", "half", "empty"))
    first, last = curve.average(1.0, 0.5), curve.average(0.5, 0.0)
    assert first.voltage_v == pytest.approx(-(4 * -1.8 - 3.5 * -1.5) / 0.5)
    assert last.voltage_v == pytest.approx(-(3.5 * -1.5 - 3 * -1.0) / 0.5)
    assert (first.kind, first.phases) == ("topotactic", ("layers", "half"))
    assert "between 1 and 0.5 Li per formula unit, topotactic: LiCoO2 (layers), Li0.5CoO2 (half)" in first.definition


def test_the_potential_of_decomposition_is_called_that():
    found = VoltageCurve(phase_set(*LOWER, *HOST), cathode()).average(1.0, 0.0)
    assert found.voltage_v == pytest.approx(-(4 * -1.9 - 3 * -1.1))
    assert (found.kind, found.phases) == ("decomposition", ())
    assert "potential of decomposition, hull energies: no phases of one host are known" in found.definition
    missing = VoltageCurve(phase_set(*LOWER), cathode("layers", "empty")).average(1.0, 0.0)
    assert "no phases of the host of layers, empty are known" in missing.definition


def test_a_host_that_ends_early_goes_on_as_decomposition():
    curve = VoltageCurve(phase_set(*LOWER, *HOST), cathode("layers", "half"))
    assert [curve.average(1.0, 0.5).kind, curve.average(0.75, 0.25).kind] == ["topotactic", "decomposition"]


def test_the_voltage_at_a_content_and_the_content_at_a_voltage():
    curve = VoltageCurve(phase_set(*HOST), cathode("layers", "half", "empty"))
    assert curve.at(0.5) == pytest.approx(curve.average(0.75, 0.25).voltage_v)
    assert curve.content_at(curve.at(0.4)) == pytest.approx(0.4, abs=2e-3)
    assert (curve.content_at(0.0), curve.content_at(99.0)) == (1.0, 0.0)


def test_magnesium_carries_two_charges():
    magnesium = Phase(id="Mg", formula="Mg", energy_ev_per_atom=-1.5)
    with_it = Phase(id="MgCoO2", formula="MgCoO2", energy_ev_per_atom=-8.0)
    known = phase_set(magnesium, with_it, phase("CoO2", -1.0, "empty"))
    found = VoltageCurve(known, cathode("MgCoO2", "empty", ion="Mg")).average(1.0, 0.0)
    empty = 3 * -1.0 + ELEMENTS["Co"] + 2 * ELEMENTS["O"]
    assert found.voltage_v == pytest.approx(-(4 * -8.0 - empty - -1.5) / 2)
    assert "Mg per formula unit" in found.definition


def test_olivine_to_olivine():
    """LiFePO4 and FePO4 of one structure, whatever phases of others lie lower: by hand from the table."""
    phases = open_energies("reference:r2scan")
    energy = {name: float(phases.energies[phases.table.positions_of([name])[0]]) for name in ("mp-19017", "mp-20361")}
    lithium = float(phases.references[phases.elements.index("Li")])
    by_hand = -(7 * energy["mp-19017"] - 6 * energy["mp-20361"] - lithium)
    curve = VoltageCurve(phases, Catalogue.load().cathode("LFP"))
    for high, low in ((1.0, 0.0), (1.0, 0.5), (0.5, 0.0)):
        assert curve.average(high, low).voltage_v == pytest.approx(by_hand, abs=1e-6)
    assert set(curve.average(1.0, 0.0).phases) == {"mp-19017", "mp-20361"}


@pytest.mark.parametrize("name", ["LCP", "LMO", "LNMO"])
def test_the_catalogue_s_cathodes_with_a_structure_are_topotactic(name):
    curve = VoltageCurve(open_energies("reference:r2scan"), Catalogue.load().cathode(name))
    assert curve.average(1.0, 0.0).kind == "topotactic"


def test_refused():
    curve = VoltageCurve(phase_set(*HOST), cathode())
    with pytest.raises(InputError, match="two different lithium contents"):
        curve.average(0.5, 0.5)
    with pytest.raises(InputError, match="hold no phase of Na"):
        VoltageCurve(phase_set(*HOST), cathode(ion="Na"))
