"""``coatscreen run --uncertainty`` and what the other verbs show of it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from fixtures_samples import modelled_file
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute

REQUEST = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]
SAMPLES = ["--uncertainty", "--samples", "20"]


pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return modelled_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    folder = tmp_path_factory.mktemp("store")
    assert execute(["run", *REQUEST, *SAMPLES, "--energies", energies, "--store", str(folder)]) == 0
    return str(folder)


@pytest.fixture
def cli(capsys):
    def run(*arguments):
        capsys.readouterr()
        status = execute([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


def test_the_table(cli, store, energies):
    status, out, err = cli("run", *REQUEST, *SAMPLES, "--energies", energies, "--store", store)
    assert status == 0
    assert err.startswith("0 jobs run, ")
    assert cli("rank", "--store", store)[1] == out
    _, text, _ = cli("rank", "--store", store, "--json")
    ranking = json.loads(text)["rankings"][0]["ranking"]
    lines = {line.split("│")[3].strip(): line for line in out.splitlines() if line.startswith("│")}
    for coating in ranking:
        cells = [cell.strip() for cell in lines[coating["coating"]].split("│")]
        found = coating["uncertainty"]
        worst = found["intervals"]["worst_contact_mev_per_closed_atom"]
        low, high = (f"{worst[cut]:.1f}".replace("-0.0", "0.0") for cut in ("low", "high"))
        assert cells[5].endswith(f" [{low} to {high}]")
        assert cells[2] == " ".join(found["undecided"])
        assert f"{100 * found['probability_of_passing_all']:.0f}" in cells
    assert "undecided: two coatings share a letter where the one above is the better one in less than 90 % of" in out
    assert "5 to 95 % of 20 samples of the energies, error model chgnet-0.3.0 against DFT, seed 0" in out


def test_without_uncertainty_nothing_but_null_is_added(cli, energies):
    status, text, _ = cli("run", *REQUEST, "--energies", energies, "--store", "db", "--json")
    assert status == 0
    assert [coating["uncertainty"] for coating in json.loads(text)["rankings"][0]["ranking"]] == [None] * 3
    _, out, _ = cli("rank", "--store", "db")
    for word in ("undecided", "passes (%)", "samples", "["):
        assert word not in out
    _, text, _ = cli("rank", "--store", "db", "--format", "csv")
    for row in csv.DictReader(io.StringIO(text)):
        assert row["worst_mutual_mev_per_atom 5 %"] == row["probability passes all"] == row["undecided"] == ""


def test_csv(cli, store):
    _, text, _ = cli("rank", "--store", store, "--format", "csv")
    rows = {row["coating"]: row for row in csv.DictReader(io.StringIO(text))}
    _, text, _ = cli("query", "--store", store)
    for doc in json.loads(text):
        row, found = rows[doc["coating"]], doc["uncertainty"]
        for quantity in ("worst_mutual_mev_per_atom", "gain_over_bare_mev_per_atom", "reduction_limit_v"):
            assert float(row[f"{quantity} 5 %"]) == found["intervals"][quantity]["low"]
            assert float(row[f"{quantity} 95 %"]) == found["intervals"][quantity]["high"]
        assert float(row["probability passes all"]) == found["probability_of_passing_all"]
        assert float(row["probability passes oxidation"]) == found["probability_of_passing"]["oxidation"]
        assert float(row["probability of its rank"]) == found["probability_of_rank"].get(str(doc["rank"]), 0.0)
        assert row["undecided"].split() == found["undecided"]
        assert not any("cost" in name and "%" in name for name in row)


def test_query_shows_and_filters(cli, store):
    fields = "coating,uncertainty.probability_of_rank,uncertainty.intervals.worst_mutual_mev_per_atom.low"
    _, text, _ = cli("query", "--store", store, "--fields", fields)
    found = json.loads(text)
    assert {doc["coating"] for doc in found} == set(SMALL["coatings"])
    assert all(sum(doc["uncertainty.probability_of_rank"].values()) == pytest.approx(1.0) for doc in found)
    lows = sorted(doc["uncertainty.intervals.worst_mutual_mev_per_atom.low"] for doc in found)
    wanted = {"uncertainty.intervals.worst_mutual_mev_per_atom.low": {"$gt": lows[0]}}
    _, text, _ = cli("query", "--store", store, "--filter", json.dumps(wanted), "--fields", "coating")
    assert len(json.loads(text)) == 2
    _, text, _ = cli("query", "--store", store, "--fields", fields, "--format", "table")
    assert '{"1": ' in text


def test_a_run_without_samples_leaves_the_samples_of_another_alone(cli, energies):
    options = ["--energies", energies, "--store", "db", "--cathodes=LiCoO2"]
    assert cli("run", "--coatings", "LiNbO3,Li3PO4", *SAMPLES, *options)[0] == 0
    _, before, _ = cli("rank", "--store", "db", "--json")
    status, out, _ = cli("run", "--coatings", "LiNbO3,HfO2", *options)
    assert status == 0
    assert "undecided" not in out
    _, listed, _ = cli("runs", "list", "--store", "db", "--json")
    sampled = next(run for run in json.loads(listed)["runs"] if run["request"]["samples"])
    _, after, _ = cli("rank", "--store", "db", "--run", sampled["run_id"], "--json")
    assert after == before
    (ranking,) = json.loads(after)["rankings"]
    assert ranking["sampling"]["n_samples"] == 20
    assert all(coating["uncertainty"]["undecided"] is not None for coating in ranking["ranking"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--samples", "0", "--uncertainty"], ["--samples"]),
        (["--samples", "-5", "--uncertainty"], ["--samples"]),
        (["--samples", "many", "--uncertainty"], ["--samples"]),
        (["--seed", "-1", "--uncertainty"], ["--seed"]),
        (["--samples", "50"], ["samples needs uncertainty"]),
        (["--seed", "1"], ["seed needs uncertainty"]),
        (["--uncertainity"], ["--uncertainity", "--uncertainty"]),
        (["--resume", "--uncertainty"], ["leave out --uncertainty"]),
        (["--resume", "--samples", "50"], ["leave out --samples"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_refused(cli, tmp_path, arguments, words):
    status, out, err = cli("run", "--store", "db", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("coatscreen: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err
    assert list(tmp_path.iterdir()) == []


def test_energies_without_an_error_model_are_refused_before_work(cli, tmp_path):
    (tmp_path / "energies").mkdir()
    unknown = energies_file(tmp_path / "energies")
    status, out, err = cli("run", *REQUEST, *SAMPLES, "--energies", unknown, "--store", "db")
    assert (status, out) == (2, "")
    assert "no error model for the energies 'synthetic'" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "db").exists()


def test_a_config_file(cli, tmp_path, energies):
    (tmp_path / "mine.yaml").write_text(
        f"coatings: [LiNbO3]\ncathodes: [LiCoO2]\nenergies: {energies}\nstore: db\n"
        "uncertainty: true\nsamples: 25\nseed: 3\n"
    )
    status, text, _ = cli("run", "--config", "mine.yaml", "--seed", "4", "--json")
    assert status == 0
    (coating,) = json.loads(text)["rankings"][0]["ranking"]
    assert (coating["uncertainty"]["n_samples"], coating["uncertainty"]["seed"]) == (25, 4)
    (tmp_path / "wrong.yaml").write_text("samples: 25\n")
    status, _, err = cli("run", "--config", "wrong.yaml", "--store", "db")
    assert status == 2
    assert "wrong.yaml: samples needs uncertainty" in err
