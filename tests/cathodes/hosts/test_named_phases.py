"""The phases between which a user wants voltages counted."""

from __future__ import annotations

import pytest
from fixtures_screening import ELEMENTS, SCALE, phase

from screening.cathodes.hosts.named_phases import split_cathode, with_named_phases
from screening.cathodes.voltage_curve import VoltageCurve
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet

PHASES = PhaseSet(
    SCALE,
    [
        *(phase(element) for element in ELEMENTS),
        phase("LiMnO2", -2.0, "low"),
        phase("LiMnO2", -1.9, "high"),
        phase("Li0.5MnO2", -1.8, "between"),
        phase("MnO2", -1.6, "mno2"),
        phase("MnO2", -1.5, "other"),
        phase("NiO2", -0.7, "nio2"),
    ],
)


@pytest.fixture
def host():
    return Catalogue.load().cathode("LiMnO2")


def voltage(cathode):
    return VoltageCurve(PHASES, cathode).average(1.0, 0.0)


def test_two_phases_by_id(host):
    found = voltage(with_named_phases(PHASES, host, "high", "MnO2#other"))
    assert found.voltage_v == pytest.approx(-(4 * -1.9 - 3 * -1.5))
    assert (found.kind, set(found.phases)) == ("topotactic", {"high", "other"})


def test_without_ids_the_lowest_of_each(host):
    found = voltage(with_named_phases(PHASES, host, None, "MnO2"))
    assert found.voltage_v == pytest.approx(-(4 * -2.0 - 3 * -1.6))


def test_the_other_phase_of_a_named_one_s_family(host, monkeypatch):
    families = {"Li": {"MnO2": [["high", "other"], ["low"]]}}
    monkeypatch.setattr("screening.cathodes.hosts.host_families._families", lambda: families)
    assert set(with_named_phases(PHASES, host, None, "MnO2#other").phases) == {"high", "other"}
    assert set(voltage(with_named_phases(PHASES, host, "high", None)).phases) == {"high", "other"}
    families["Li"]["MnO2"].pop()
    with pytest.raises(InputError, match="no phases are known that differ from low by lithium alone"):
        with_named_phases(PHASES, host, "low", None)


def test_a_charged_phase_that_holds_lithium_ends_the_curve(host):
    curve = VoltageCurve(PHASES, with_named_phases(PHASES, host, None, "Li0.5MnO2"))
    assert curve.average(1.0, 0.5).voltage_v == pytest.approx(-(4 * -2.0 - 3.5 * -1.8) / 0.5)
    assert curve.average(1.0, 0.5).kind == "topotactic"
    assert curve.average(0.5, 0.0).kind == "decomposition"


def test_nothing_named_changes_nothing(host):
    assert with_named_phases(PHASES, host, None, None) is host


@pytest.mark.parametrize(
    ("polymorph", "charged", "message"),
    [
        ("nobody", None, "no phase nobody of this composition; there are low, high"),
        (None, "MnO2#nobody", "no phase nobody of this composition; there are mno2, other"),
        (None, "NiO2", "NiO2 is not LiMnO2 with less lithium"),
        (None, "LiMnO2", "LiMnO2 holds no less lithium than LiMnO2"),
        (None, "Li0.25MnO2", "Li0.25MnO2: no phase of this composition is known"),
    ],
)
def test_refused(host, polymorph, charged, message):
    with pytest.raises(InputError, match=message):
        with_named_phases(PHASES, host, polymorph, charged)


def test_the_text_of_a_cathode_and_its_phase():
    cathode, polymorph = split_cathode("LFP#mp-19017", Catalogue.load(), "Li")
    assert (cathode.name, polymorph) == ("LiFePO4", "mp-19017")
    assert split_cathode("NCM83", Catalogue.load(), "Li")[1] is None
