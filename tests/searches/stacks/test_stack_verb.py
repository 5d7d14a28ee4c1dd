"""``coatscreen stack`` from the command line."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")

PAIR = ["--cathode", "LiCoO2", "--electrolyte", "Li6PS5Cl"]
COATINGS = ["--coatings", "LiNbO3,Li3PO4,HfO2,Li2SO4"]


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store, so that only the first test computes."""
    return str(tmp_path_factory.mktemp("store"))


@pytest.fixture
def cli(capsys, energies, store):
    def run(*arguments):
        status = execute(["stack", *PAIR, "--energies", energies, "--store", store, *arguments])
        return status, *capsys.readouterr()

    return run


def test_what_is_printed_is_what_json_says(cli):
    status, out, err = cli(*COATINGS, "--json", "--top", "3")
    assert status == 0, err
    found = json.loads(out)
    assert {"energies", "software"} <= found.keys()
    assert (found["cathode"], found["electrolyte"], found["ranked_by"]) == ("LiCoO2", "Li6PS5Cl", "closed")
    assert [len(found[name]) for name in ("one_layer", "two_layers")] == [3, 3]
    assert found["n_pairs"] == 12
    for contact in found["two_layers"][0]["interfaces"]:
        assert contact["reaction"]["mutual"]["reaction"].count("->") == 1
    status, out, _ = cli(*COATINGS, "--top", "3")
    assert status == 0
    for stack in (*found["one_layer"], *found["two_layers"]):
        assert " | ".join(layer["coating"] for layer in stack["layers"]) in out
        assert stack["closed"]["contact"] is None or stack["closed"]["contact"] in out
        assert f"{abs(stack['open']['worst_mutual_mev_per_closed_atom']):.1f}" in out
    assert "12 stacks of two compared" in out
    assert "The best two layers against the best single one: " in out


def test_ranked_by_the_open_contacts(cli):
    found = json.loads(cli(*COATINGS, "--open", "--json")[1])
    assert found["ranked_by"] == "open"
    worst = [stack["open"]["worst_mutual_mev_per_closed_atom"] for stack in found["two_layers"]]
    assert worst == sorted(worst, reverse=True)
    assert len(worst) == 10


def test_survivors_of_a_file_and_what_is_left_out(cli, tmp_path):
    (tmp_path / "c.csv").write_text("formula\nLiNbO3\nLi3PO4\nLi6PS5Cl\n")
    status, out, err = cli("--candidates", "c.csv", "--json")
    assert status == 0
    assert json.loads(out)["n_coatings"] == 2
    assert "left out: Li6PS5Cl: it is the material it should protect or touch, Li6PS5Cl" in err


def test_survivors_of_a_screening(cli, energies, store, capsys):
    request = ["--coatings", "HfO2", "--cathodes", "LiCoO2", "--energies", energies, "--store", store]
    assert execute(["run", *request]) == 0
    capsys.readouterr()
    status, out, _ = cli("--tier", "4", "--json")
    assert status == 0
    assert [stack["layers"][0]["coating"] for stack in json.loads(out)["one_layer"]] == ["HfO2"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--coatings", "LiNbO3", "--tier", "1"], "give one of --coatings, --candidates and --tier"),
        (["--coatings", ","], "no coating is given"),
        (["--coatings", "LiNbO33x"], "LiNbO3"),
        (["--coatings", "Li6PS5Cl"], "the material it should protect or touch"),
        (["--coatings", "0.5LiNbO3+0.5HfO2"], "a layer is one material"),
        (["--coatings", "HfO2", "--top", "0"], "--top"),
        (["--coatings", "HfO2", "--max-above-hull", "-1"], "is never below 0"),
        (["--coatings", "HfO2", "--cathode", "NCM833"], "did you mean NCM83?"),
        (["--tier", "1", "--cathode", "NCM83"], "holds no cathode 'NCM83'"),
        (["--coatings", "HfO2", "--energies", "none.json"], "unknown energies"),
        (["--coatings", "HfO2", "--catalogue", "none.yaml"], "none.yaml"),
    ],
)
def test_bad_requests_are_one_line(cli, options, message):
    status, out, err = cli(*options)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_search_without_a_layer_left_fails_in_one_line(tmp_path, capsys):
    energies = energies_file(tmp_path, Li4P2O7=-2.6)
    request = ["stack", *PAIR, "--coatings", "Li4P2O7", "--energies", energies, "--store", str(tmp_path / "db")]
    assert execute(request) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "no coating is left as a layer: Li4P2O7: " in line
    assert "meV/atom above the hull, more than 5" in line
    assert execute([*request, "--max-above-hull", "100"]) == 0
