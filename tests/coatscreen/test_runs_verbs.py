"""``coatscreen runs``."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")
REQUEST = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]


@pytest.fixture
def cli(capsys):
    def run(*arguments):
        capsys.readouterr()
        status = execute([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def two(cli, tmp_path):
    """A database of two runs, and another of one with other energies."""
    usual, other = energies_file(tmp_path), energies_file(tmp_path, LiNbO3=-2.7)
    for options in (
        ["--energies", usual, "--store", "db"],
        ["--energies", usual, "--store", "db", "--threshold", "oxidation=50"],
        ["--energies", other, "--store", "other"],
    ):
        assert cli("run", *REQUEST, *options)[0] == 0
    first, last = (run["run_id"][:8] for run in reversed(listed(cli)))
    return first, last


def listed(cli, store="db"):
    status, out, _ = cli("runs", "list", "--store", store, "--json")
    assert status == 0
    return json.loads(out)["runs"]


def refused(outcome, *words):
    status, out, err = outcome
    assert (status, out, err.count("\n")) == (2, "", 1)
    for word in words:
        assert word in err


def test_list_and_show(cli, two):
    status, out, err = cli("runs", "list", "--store", "db")
    assert (status, err) == (0, "")
    for word in (*two, "done", "LiCoO2 | Li6PS5Cl", "as packaged", "oxidation: oxidation_limit_v >= 50"):
        assert word in out
    status, out, _ = cli("runs", "show", two[1], "--store", "db")
    assert status == 0
    for word in (
        "3 coatings, LiCoO2|Li6PS5Cl",
        "oxidation: oxidation_limit_v >= 50",
        "LiNbO3, Li3PO4, HfO2",
        "synthetic",
    ):
        assert word in out
    found = json.loads(cli("runs", "show", two[1], "--store", "db", "--json")[1])
    assert found["run"]["coatings"] == SMALL["coatings"]
    assert [ranking["cathode"] for ranking in found["rankings"]] == ["LiCoO2"]


def test_compare(cli, two):
    status, out, _ = cli("runs", "compare", *two, "--store", "db")
    assert status == 0
    assert "differs: criterion oxidation: A oxidation_limit_v >= 4, B oxidation_limit_v >= 50" in out
    assert "Criteria crossed" in out
    assert "Numbers are named where they moved by more than: worst_mutual_mev_per_atom 1, " in out
    (there,) = listed(cli, "other")
    options = [two[0], there["run_id"], "--other", "other", "--store", "db", "--moved-mev", "2"]
    _, out, _ = cli("runs", "compare", *options)
    assert "differs: energies: A synthetic, version 1 (" in out
    assert "Numbers that moved" in out
    found = json.loads(cli("runs", "compare", *options, "--json")[1])
    (comparison,) = found["comparisons"]
    assert [one["what"] for one in comparison["rests_on"]] == ["energies"]
    assert comparison["least_movement"]["gain_over_bare_mev_per_atom"] == 2


def test_rename_delete_and_merge(cli, two):
    assert cli("runs", "rename", two[0], "first", "--store", "db") == (
        0,
        "",
        f"the run {two[0]} is called 'first' now\n",
    )
    refused(cli("runs", "rename", two[1], "first", "--store", "db"), "is taken")
    status, _, err = cli("runs", "merge", "other", "--store", "db")
    assert (status, "1 runs" in err) == (0, True)
    assert len(listed(cli)) == 3
    refused(cli("runs", "delete", "first", "--store", "db"), "add --yes", "first")
    assert len(listed(cli)) == 3
    status, out, err = cli("runs", "delete", "first", "--store", "db", "--yes")
    assert (status, out) == (0, "")
    assert err.startswith("deleted the run 'first', with 1 rankings of its own")
    assert len(listed(cli)) == 2


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_one_is_asked(cli, two, monkeypatch, answer):
    import io

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    status, _, err = cli("runs", "delete", two[0], "--store", "db")
    assert f"Delete the run '3 coatings, LiCoO2|Li6PS5Cl' ({two[0]})?" in err
    assert (status == 0) is (answer == "y")
    assert len(listed(cli)) == (1 if answer == "y" else 2)


@pytest.mark.parametrize(
    "arguments",
    [["show", "nothing"], ["delete", "nothing", "--yes"], ["rename", "nothing", "a"], ["compare", "a", "b"]],
)
def test_a_run_that_is_not_there(cli, two, arguments):
    refused(cli("runs", *arguments, "--store", "db"), "no run ")


def test_a_name_of_several_runs(cli, two):
    refused(cli("runs", "show", "3 coatings, LiCoO2|Li6PS5Cl", "--store", "db"), "is the name of 2 runs", *two)


@pytest.mark.parametrize("arguments", [["list"], ["show", "a"], ["merge", "nothing"], ["delete", "a", "--yes"]])
def test_no_database(cli, tmp_path, arguments):
    refused(cli("runs", *arguments, "--store", "db"), "there is no database in")
    assert list(tmp_path.iterdir()) == []
