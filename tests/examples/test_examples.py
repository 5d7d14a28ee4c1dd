"""The scripts of ``examples/``: each on an embedded store and, where it takes one, on a MongoDB."""

from __future__ import annotations

import importlib.util
import re
from itertools import pairwise
from pathlib import Path

import pytest
from fixtures_screening import COATINGS, energies_file

from coatscreen.__main__ import execute
from screening.database import CoatingDatabase

pytestmark = pytest.mark.usefixtures("own_folder")
FOLDER = Path(__file__).parents[2] / "examples"
SCREENED = ["--coatings", ",".join(COATINGS), "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl,Li3PS4"]


@pytest.fixture(scope="module", params=["embedded", "MongoDB"])
def store(request, tmp_path_factory):
    """Five coatings against two electrolytes, with two sets of energies between which LiNbO3 moves."""
    if request.param == "embedded":
        address = str(tmp_path_factory.mktemp("store"))
    else:
        address = request.getfixturevalue("database_server").database_uri("coatscreen_examples")
    folder = tmp_path_factory.mktemp("energies")
    for energies in (energies_file(folder), energies_file(folder, LiNbO3=-2.95)):
        assert execute(["run", *SCREENED, "--energies", energies, "--store", address]) == 0
    yield address
    if request.param == "MongoDB":
        from pymongo import MongoClient

        with MongoClient(address) as client:
            client.drop_database("coatscreen_examples")


@pytest.fixture
def ran(store, capsys):
    """Run a script on the store; return the cells of the lines it prints, those of comments apart."""

    def run(name, *arguments):
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        capsys.readouterr()
        script.main(store, *arguments)
        lines = capsys.readouterr().out.splitlines()
        comments = [line for line in lines if line.startswith("#")]
        return [line.split("\t") for line in lines if not line.startswith("#")], comments

    return run


def documents(store):
    with CoatingDatabase.open(store) as database:
        return list(database.search())


def test_every_script_is_named_and_run_here():
    scripts = {path.stem for path in FOLDER.glob("*.py")}
    assert scripts == set(re.findall(r"ran\(\"(\w+)\"", Path(__file__).read_text()))
    assert scripts == set(re.findall(r"`(\w+)\.py", (FOLDER / "README.md").read_text()))


def test_the_best_at_a_charging_voltage(ran, store):
    lines, comments = ran("best_at_voltage", "4.3")
    worst = {}
    for doc in documents(store):
        if doc["electrolyte"] == "Li6PS5Cl" and doc["energies"]["sha256"] == documents(store)[0]["energies"]["sha256"]:
            names = [name for name in doc["quantities"] if "at_mu(charged)" in name]
            worst[doc["coating"]] = min(doc["quantities"][name] for name in names)
    assert len(comments) == 4
    blocks = [lines[place : place + len(worst)] for place in range(0, len(lines), len(worst))]
    assert {name: pytest.approx(energy, abs=0.051) for name, energy in worst.items()} in [
        {name: float(energy) for energy, _, name in block} for block in blocks
    ]
    assert all(float(one[0]) >= float(two[0]) for block in blocks for one, two in pairwise(block))


def test_a_voltage_at_which_no_contact_is_open(ran):
    lines, comments = ran("best_at_voltage", "4.1")
    assert lines == []
    assert sum("coatscreen run --voltage 4.1" in line for line in comments) == 4


def test_products_that_conduct(ran, store):
    lines, _ = ran("conducting_products", "NbS2,CoS")
    expected = set()
    for doc in documents(store):
        for contact in doc["interfaces"]:
            products = contact["reaction"]["mutual"]["products"]
            held = {"NbS2", "CoS", "Li", "Co", "Nb", "Ta", "Hf"} & set(products)
            if held:
                expected.add((doc["coating"], doc["electrolyte"], *sorted(held)))
    assert expected
    assert {(line[0], line[2], *sorted(line[4:])) for line in lines} == expected


def test_coatings_that_serve_two_electrolytes(ran, store):
    lines, _ = ran("two_electrolytes", "Li6PS5Cl", "Li3PS4")
    tiers = {
        (d["coating"], d["electrolyte"], d["energies"]["sha256"]): (d["tier"], d["score"]) for d in documents(store)
    }
    expected = []
    for (coating, electrolyte, sha256), (tier, score) in tiers.items():
        other, other_score = tiers[coating, "Li3PS4", sha256]
        if electrolyte == "Li6PS5Cl" and max(tier, other) <= 2:
            expected.append((coating, f"{min(score, other_score):.1f}"))
    assert expected
    assert sorted((line[2], line[0]) for line in lines) == sorted(expected)


def test_what_changed_between_two_sets_of_energies(ran, store):
    lines, comments = ran("two_energies")
    assert len(comments) == 2  # one electrolyte each
    assert any(line[0] == "LiNbO3" for line in lines)
    by_place = {}
    for doc in documents(store):
        by_place.setdefault((doc["coating"], doc["electrolyte"]), []).append((doc["rank"], doc["tier"]))
    assert len(lines) == sum(len(set(found)) > 1 for found in by_place.values())


@pytest.mark.parametrize("store", ["MongoDB"], indirect=True)
def test_without_coatscreen_on_a_server(ran, store):
    assert ran("plain_pymongo") == (best(store), [])


@pytest.mark.parametrize("store", ["embedded"], indirect=True)
def test_without_coatscreen_on_a_file(ran, store):
    assert ran("plain_sql") == (best(store), [])


def best(store):
    """What both print, from the program's own answer."""
    found = []
    for doc in documents(store):
        if doc["tier"] <= 2:
            window = doc["window"]
            limits = [window["reduction_limit_v"], window["oxidation_limit_v"]]
            shown = ["-" if one is None else f"{one:.2f}" for one in limits]
            place = (doc["cathode"], doc["electrolyte"], doc["energies"]["sha256"], doc["rank"])
            found.append((place, [doc["cathode"], doc["electrolyte"], str(doc["rank"]), doc["coating"], *shown]))
    return [line for _, line in sorted(found)]
