"""``coatscreen window --staircase`` and ``interface --sweep``: their tables and JSON, and what they refuse."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file, synthetic

from coatscreen.__main__ import execute
from screening.equilibrium.staircase import StaircaseDocument, lithium_staircase
from screening.equilibrium.voltage_sweep import VoltageSweepDocument, voltage_sweep

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


def test_a_window_says_how_firm_it_is(cli):
    _, out, _ = cli("window", "LiNbO3")
    assert "% of its lithium" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["window", "LiNbO3", "--staircase", "--uncertainty"], "--staircase takes no --uncertainty"),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "a:b"],
            "LOW:HIGH or LOW:HIGH:STEP in V, not 'a:b'",
        ),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "3:2"], "--sweep 3:2: rising voltages"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3:0"], "--sweep 2:3:0: rising voltages"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "0:5:1e-9"], "at most 1000 of them"),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "nan:3"], "--sweep"),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--open", "Li"],
            "--sweep takes two materials and no other option",
        ),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--voltage", "3"],
            "--sweep takes two materials and no other option",
        ),
        (["interface", "--sweep", "2:3"], "--sweep needs two materials"),
    ],
)
def test_refused(cli, arguments, message):
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert message in err
