"""``coatscreen energies deciding``, and its file given to ``coatscreen energies missing``."""

from __future__ import annotations

import json

import pytest
from fixtures_samples import modelled, modelled_file
from fixtures_screening import SMALL, energies_file
from scipy.stats import spearmanr

from coatscreen.__main__ import execute
from screening.chemistry.formulas import parse_formula
from screening.database import StoreLocation
from screening.searches.deciding.deciding import undecided
from screening.uncertainty import error_model
from workflows.refresh import verdicts_again

pytestmark = pytest.mark.usefixtures("own_folder")
REQUEST = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]
SAMPLES = ["--uncertainty", "--samples", "60"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    energies = modelled_file(tmp_path_factory.mktemp("energies"))
    assert execute(["run", *REQUEST, *SAMPLES, "--energies", energies, "--store", str(folder)]) == 0
    return str(folder)


@pytest.fixture
def cli(capsys):
    def run(*arguments):
        capsys.readouterr()
        status = execute([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


def test_each_share_is_a_rank_correlation_of_the_samples(cli, store):
    status, out, _ = cli("energies", "deciding", "--store", store, "--within-mev", 100, "--top", 0, "--json")
    assert status == 0
    [found] = json.loads(out)["rankings"]
    assert found["n_pairs"] == 3
    assert 0 < found["n_undecided"] <= 3
    differences = undecided(verdicts_again(StoreLocation(store), found["ranking_id"]))
    assert len(differences) == found["n_undecided"]
    assert found["deciding"]
    model = error_model(modelled().scale)
    least = found["chance_share"]
    for phase in found["deciding"]:
        [errors] = model.draw([parse_formula(phase["formula"])], 60, 0).T
        squares = [spearmanr(errors, difference).statistic ** 2 for difference in differences.values()]
        expected = sum(square for square in squares if square > least) / found["n_undecided"]
        assert phase["share_alone"] == pytest.approx(expected, abs=1e-5)
        assert all(pair["share"] > least for pair in phase["decides"])
        total = sum(pair["share"] for pair in phase["decides"])
        assert phase["share"] == pytest.approx(total / found["n_undecided"], abs=1e-5)
    first = found["deciding"][0]
    assert first["share"] == first["share_alone"] == max(phase["share_alone"] for phase in found["deciding"])
    assert sum(phase["share"] for phase in found["deciding"]) <= 1.0 + 1e-6


def test_the_table_and_the_file_say_the_same(cli, store, tmp_path):
    path = tmp_path / "deciding.json"
    status, out, _ = cli("energies", "deciding", "--store", store, "--top", 3, "--within-mev", 100, "--output", path)
    assert status == 0
    assert "pairs of coatings is undecided" in out
    [found] = json.loads(path.read_text())["rankings"]
    assert len(found["deciding"]) <= 3
    for phase in found["deciding"]:
        assert phase["formula"] in out


def test_a_ranking_without_samples_is_refused(cli, tmp_path):
    request = [*REQUEST, "--energies", energies_file(tmp_path), "--store", str(tmp_path / "db")]
    assert cli("run", *request)[0] == 0
    status, out, err = cli("energies", "deciding", "--store", tmp_path / "db")
    assert (status, out) == (2, "")
    assert "was ranked without samples of the energies; run again with --uncertainty" in err
    assert err.count("\n") == 1


def test_an_unknown_cathode_is_one_line(cli, store):
    status, out, err = cli("energies", "deciding", "--store", store, "--cathode", "LiXO2")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def decisions(store, cli, tmp_path, *ids):
    """A file of the store's decisions, with phases of the packaged energies in place of the synthetic ones."""
    path = tmp_path / "deciding.json"
    cli("energies", "deciding", "--store", store, "--within-mev", 100, "--output", path)
    data = json.loads(path.read_text())
    phase = data["rankings"][0]["deciding"][0]
    data["rankings"][0]["deciding"] = [{**phase, "id": identifier, "formula": formula} for identifier, formula in ids]
    path.write_text(json.dumps(data))
    return path, [f"{pair['better']}|{pair['worse']}" for pair in phase["decides"]]


def test_missing_takes_the_phases_of_the_file_alone(cli, store, tmp_path, reference):
    chosen = [reference.polymorphs(parse_formula(formula))[0] for formula in ("LiNbO3", "Li3PO4")]
    ids = [(reference.table.id(position), reference.formula(position)) for position in chosen]
    path, pairs = decisions(store, cli, tmp_path, *ids)
    status, out, _ = cli("energies", "missing", "--deciding", path, "--json")
    assert status == 0
    found = json.loads(out)
    assert [(one["id"], one["formula"], one["why"]) for one in found["missing"]] == [
        (identifier, formula, "would decide") for identifier, formula in ids
    ]
    assert found["missing"][0]["needed_for"] == pairs
    assert found["systems"] == ["Li-Nb-O", "Li-O-P"]


def test_files_that_are_no_decisions_are_one_line(cli, store, tmp_path):
    path, _ = decisions(store, cli, tmp_path, ("mp-0", "LiNbO3"))
    (tmp_path / "other.json").write_text('{"rankings": [{}]}')
    for file, message in (
        (path, "no phase 'mp-0' among the packaged energies"),
        (tmp_path / "other.json", "was not written by coatscreen energies deciding"),
        (tmp_path / "absent.json", "absent.json"),
    ):
        status, out, err = cli("energies", "missing", "--deciding", file)
        assert (status, out) == (2, "")
        assert message in err
        assert err.count("\n") == 1
    status, _, err = cli("energies", "missing", "--deciding", path, "--coatings", "LiNbO3")
    assert status == 2
    assert "--deciding names the phases itself" in err
