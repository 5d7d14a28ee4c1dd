"""``coatscreen anneal`` on the command line."""

from __future__ import annotations

import json
import re

import pytest
from fixtures_anneal import small_set

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    path = tmp_path_factory.mktemp("energies") / "measured.json"
    small_set().to_file(path)
    return str(path)


@pytest.fixture
def cli(capsys, energies):
    def run(*arguments, source=energies):
        status = execute(["anneal", *arguments, "--energies", source])
        return status, *capsys.readouterr()

    return run


def test_one_temperature_as_json(cli):
    status, out, _ = cli("Li2O", "--celsius", "300", "--gas", "CO2=0.00042", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["temperature_k"] == pytest.approx(573.15)
    assert answer["alone"]["reaction"] == "Li2O + CO2(g) -> Li2CO3"
    assert answer["on_cathode"] is None
    assert answer["conditions"]["gas_bar"] == {"CO2": 0.00042}
    assert answer["conditions"]["oxygen_bar"] == 0.21
    assert answer["conditions"]["product_gas_bar"] == 0.001
    assert list(answer)[-2:] == ["energies", "software"]
    assert answer["energies"]["name"] == "measured"


def test_a_range_as_json(cli):
    status, out, _ = cli("CaCO3", "--from", "400", "--to", "1000", "--step", "300", "--product-pressure", "1", "--json")
    answer = json.loads(out)
    assert status == 0
    assert [point["temperature_c"] for point in answer["points"]] == pytest.approx([400, 700, 1000])
    assert answer["conditions"]["product_gas_bar"] == 1.0
    assert answer["changes"][0]["after"] == ["CaO", "CO2(g)"]


def test_what_a_person_reads(cli):
    status, out, _ = cli("Li2S", "--celsius", "300", "--on", "Li2O", "--pressure", "1")
    assert status == 0
    for line in (
        "Li2S at 300 C (573.15 K)",
        "O2 1 bar",
        "Li2S + 2 O2(g) -> Li2SO4",
        "mass +139.3 %",
        "on Li2O: stable",
    ):
        assert line in out
    assert "Where oxygen comes slowly" not in out  # Li2S becomes Li2SO4 without a stage between


def test_a_person_reads_the_stages_of_a_precursor(cli):
    status, out, _ = cli("Li3PS4", "--celsius", "300", source="reference")
    assert status == 0
    assert "Where oxygen comes slowly" in out
    assert re.search(r"│ Li3PS4 +│", out)  # one of it, without a number


def test_a_range_a_person_reads(cli):
    status, out, _ = cli("CaCO3", "--on", "Li2O", "--step", "300", "--to", "1100")
    assert status == 0
    for text in ("mutual on Li2O", "CaCO3 -> CaO + CO2(g)", "CO2(g) is given off from", "mass +0.0 -> -44.0 %"):
        assert text in out


def test_published_conditions_need_no_arguments(cli):
    status, out, _ = cli("--published", source="reference")
    assert status == 0
    assert "LiNb0.5Ta0.5O3" in out
    status, out, _ = cli("--published", "--without", "peroxides", "--json", source="reference")
    answer = json.loads(out)
    assert {one["conditions"]["without"][0] for one in answer["coatings"]} == {"peroxides"}
    assert answer["energies"]["n_phases"] > 80000


def test_a_gas_the_energies_do_not_reach_is_noted(cli, tmp_path):
    phases = small_set()
    bare = phases.without(phases.polymorphs({"S": 1, "O": 3}))
    bare.to_file(tmp_path / "bare.json")
    status, _, err = cli("Li2S", "--celsius", "300", source=str(tmp_path / "bare.json"))
    assert status == 0
    assert err == "the energies hold no condensed SO3: these gases are left out\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "a material is needed, or --published"),
        (["Li3PO4", "--celsius", "1800"], "2000 K (25 to 1726.85 C)"),
        (["Li3PO4", "--from", "-20"], "temperature 253.15 K is outside the tables"),
        (["Li3PO4", "--celsius", "nan"], "outside the tables"),
        (["Li3PO4", "--celsius", "300", "--step", "5"], "either --celsius, or --from"),
        (["Li3PO4", "--from", "300", "--to", "200"], "no range of temperatures: from 300 to 200 C"),
        (["Li3PO4", "--step", "0"], "by 0, which is 1 at least"),
        (["Li3PO4", "--gas", "CO2"], "--gas takes a gas and its pressure in bar"),
        (["Li3PO4", "--gas", "CO2=1", "--gas", "CO2=2"], "--gas CO2 is given twice"),
        (["Li3PO4", "--gas", "CO3=1"], "unknown gas 'CO3' (did you mean"),
        (["Li3PO4", "--pressure", "0"], "a pressure must be positive: 0 bar"),
        (["Li3PO4", "--without", "Li9O"], "no phase Li9O is known"),
        (["--published", "--celsius", "300"], "--published has its own materials and conditions"),
        (["--published", "--gas", "CO2=1"], "--published has its own gases"),
        (["LiNbO3", "--celsius", "300"], "hold no phase of Nb"),
        (["Li3PO4", "--on", "NCM99", "--celsius", "300"], "NCM99"),
    ],
)
def test_refused_in_one_line(cli, arguments, message):
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("coatscreen: ")
    assert err.count("\n") == 1
    assert message in err


def test_energies_without_volumes_are_refused(cli, tmp_path):
    small_set(volume=None).to_file(tmp_path / "no_volumes.json")
    status, _, err = cli("Li3PO4", "--celsius", "300", source=str(tmp_path / "no_volumes.json"))
    assert status == 2
    assert "free energies need the volumes of phases" in err
