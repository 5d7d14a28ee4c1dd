"""``coatscreen window --staircase`` and ``interface --sweep``: their tables and JSON, and what they refuse."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file, synthetic

from coatscreen.__main__ import execute
from screening.equilibrium.staircase import StaircaseDocument, lithium_staircase
from screening.equilibrium.voltage_sweep import VoltageSweepDocument, voltage_sweep
from screening.equilibrium.window import WindowDocument, electrochemical_window
from screening.hull.reservoir import Reservoir

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def cli(capsys, tmp_path):
    energies = energies_file(tmp_path)

    def run(*arguments):
        return execute([*arguments, "--energies", energies]), *capsys.readouterr()

    return run


def test_a_staircase_is_the_document(cli):
    status, out, _ = cli("window", "lithium niobate", "--staircase", "--json")
    assert status == 0
    expected = lithium_staircase(synthetic(), "LiNbO3")
    assert StaircaseDocument.model_validate(json.loads(out)) == expected
    status, out, _ = cli("window", "LiNbO3", "--staircase")
    assert all(step.reaction in out for step in expected.steps)


def test_a_sweep_is_the_document(cli):
    status, out, _ = cli("interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2.5:3.1:0.3", "--json")
    assert status == 0
    expected = voltage_sweep(synthetic(), "LiNbO3", "Li6PS5Cl", [2.5, 2.8, 3.1])
    assert VoltageSweepDocument.model_validate(json.loads(out)) == expected
    status, out, _ = cli("interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2.5:2.7")
    assert [line.split()[1] for line in out.splitlines() if line.startswith("│")] == ["2.5", "2.6", "2.7"]


def test_intervals_stand_behind_each_voltage(capsys):
    asked = ["--uncertainty", "--samples", "20", "--energies", "reference"]
    assert execute(["window", "Li3PS4", "--staircase", *asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["uncertainty"]["steps"]) == len(found["steps"])
    assert execute(["window", "Li3PS4", "--staircase", *asked]) == 0
    first = found["uncertainty"]["steps"][0]["voltage_v"]
    out = capsys.readouterr().out
    assert f"{found['steps'][0]['voltage_v']:.3f} [{first['low']:.2f} to {first['high']:.2f}]" in out
    assert execute(["interface", "Li3PO4", "Li3PS4", "--sweep", "3:3", *asked]) == 0
    assert "In brackets: 5 to 95 % of 20 samples" in capsys.readouterr().out


def test_a_sweep_with_oxygen_open(cli):
    arguments = ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "3:3", "--open", "Li,O", "--mu", "O=-1.5"]
    status, out, _ = cli(*arguments, "--json")
    assert status == 0
    expected = voltage_sweep(synthetic(), "LiNbO3", "Li6PS5Cl", [3.0], reservoir=Reservoir({"O": -1.5}))
    assert VoltageSweepDocument.model_validate(json.loads(out)) == expected
    assert "open to Li, O at -1.5 eV" in cli(*arguments)[1]


def test_a_window_with_oxygen_open(cli):
    status, out, _ = cli("window", "LiNbO3", "--open", "O", "--mu", "-1.5", "--json")
    assert status == 0
    expected = electrochemical_window(synthetic(), "LiNbO3", reservoir=Reservoir({"O": -1.5}))
    found = json.loads(out)
    assert found.pop("doubtful_phases") == []
    assert WindowDocument.model_validate(found) == expected
    assert "LiNbO3, open to O at -1.5 eV: " in cli("window", "LiNbO3", "--open", "O", "--mu", "-1.5")[1]


def test_a_window_says_how_firm_it_is(cli):
    _, out, _ = cli("window", "LiNbO3")
    assert "% of its lithium" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["window", "LiNbO3", "--staircase", "--uncertainty"], "no error model"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--uncertainty"], "no error model"),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "a:b"],
            "LOW:HIGH or LOW:HIGH:STEP in V, not 'a:b'",
        ),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "3:2"], "--sweep 3:2: rising voltages"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3:0"], "--sweep 2:3:0: rising voltages"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "0:5:1e-9"], "at most 1000 of them"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "nan:3"], "--sweep"),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--open", "O"],
            "--open O needs its chemical potential",
        ),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--voltage", "3"],
            "--sweep takes two materials, and gives the voltages itself",
        ),
        (["interface", "--sweep", "2:3"], "--sweep needs two materials"),
    ],
)
def test_refused(cli, arguments, message):
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert message in err
