"""``coatscreen air``: text, JSON and slips."""

from __future__ import annotations

import json

import pytest

from coatscreen.__main__ import execute


@pytest.fixture
def air(capsys):
    def run(*words):
        status = execute(["air", *words])
        return status, *capsys.readouterr()

    return run


def test_text_and_json_say_the_same(air):
    status, out, err = air("Li3PS4,Li3PO4", "--dew-point", "-40")
    assert (status, err) == (0, "")
    assert "dew point -40 C with 420 ppm CO2 at 25 C" in out
    status, told, _ = air("Li3PS4,Li3PO4", "--dew-point", "-40", "--json")
    sulfide, phosphate = json.loads(told)["materials"]
    assert sulfide["hydrolysis"]["verdict"] == "reacts"
    assert f"{1000 * sulfide['hydrolysis']['free_energy_ev_per_atom']:.0f}" in out
    assert f"H2S {sulfide['hydrolysis']['given_off_cm3_per_g']['H2S']:.0f}" in out
    assert phosphate["humid_air"]["verdict"] == "stable"
    assert {"energies", "software", "air", "solids", "gases"} <= set(phosphate)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["LiFoo"], "no element Foo"),
        ([","], "no material is given"),
        (["Li2O", "--dew-point", "80"], "a dew point is -80 to 50 C, not 80"),
        (["Li2O", "--dew-point", "30"], "its water condenses"),
        (["Li2O", "--co2", "-3"], "co2_ppm: Input should be greater than 0"),
        (["Li2O", "--celsius", "10"], "outside the tables of free energies"),
    ],
)
def test_a_slip_is_one_line(air, words, message):
    status, out, err = air(*words)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
