"""``coatscreen report``: what users type, and what they get back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fixtures_report import data_of
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    """A database of three coatings and one that cannot be screened."""
    folder = str(tmp_path_factory.mktemp("store"))
    request = {**SMALL, "coatings": [*SMALL["coatings"], "Li"]}
    options = [f"--{name}={','.join(values)}" for name, values in request.items()]
    assert execute(["run", *options, "--energies", energies, "--store", folder]) in (0, 1)
    return folder


@pytest.fixture
def report(capsys, tmp_path):
    def run(*arguments):
        capsys.readouterr()
        status = execute(["report", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def test_the_page(report, store, energies, tmp_path):
    file = tmp_path / "made" / "page.html"
    status, out, err = report("--store", store, "--energies", energies, "--output", file)
    assert (status, out) == (0, "")
    assert err.startswith(f"{file}: 4 coatings, 0.")
    html = file.read_text(encoding="utf-8")
    assert "Coatings on LiCoO2 against Li6PS5Cl" in html
    assert "1 coating could not be screened; the table says why." in html
    assert f"coatscreen report --store {store} --energies {energies} --output {file}" in html


def test_energies_that_are_not_at_hand_are_named(report, store, tmp_path):
    file = tmp_path / "page.html"
    assert report("--store", store, "--output", file)[0] == 0
    assert "the energies they were computed with (synthetic) are not packaged ones" in file.read_text(encoding="utf-8")


def test_without_details_no_energies_are_asked_for(report, store, tmp_path):
    file = tmp_path / "page.html"
    assert report("--store", store, "--details", "0", "--output", file)[0] == 0
    assert "are not packaged ones" not in file.read_text(encoding="utf-8")


def test_bad_requests_are_one_line(report, store, energies, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    other = energies_file(tmp_path, LiNbO3=-2.9)
    page = tmp_path / "page.html"
    for arguments, told in [
        (("--store", store, "--output", tmp_path / "file" / "page.html"), "no folder"),
        (("--store", store, "--output", tmp_path), "is a folder"),
        (("--store", store, "--output", page, "--cathode", "NCM83"), "holds no cathode 'NCM83'"),
        (("--store", store, "--output", page, "--run", "mine"), "no run 'mine'"),
        (("--store", store, "--output", page, "--energies", other), "the rankings came from others: synthetic"),
        (("--store", store, "--output", page, "--energies", "nothing"), "unknown energies 'nothing'"),
        (("--store", tmp_path / "empty", "--output", page), "empty"),
        (("--store", store), "--output"),
    ]:
        status, out, err = report(*arguments)
        assert status in (1, 2), arguments
        assert out == ""
        assert told in err, err
        assert err.count("\n") == 1
    assert not page.exists()


def test_a_store_of_another_version_is_refused(report, store, tmp_path):
    folder = tmp_path / "older"
    folder.mkdir()
    file = Path(store) / "coatscreen.sqlite"
    with sqlite3.connect(file) as source, sqlite3.connect(folder / file.name) as copy:
        source.backup(copy)
        copy.execute("PRAGMA user_version = 0")
    status, _, err = report("--store", folder, "--output", tmp_path / "page.html")
    assert status in (1, 2)
    assert err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_of_a_server_without_its_password(report, database_uri, energies, tmp_path):
    options = [f"--{name}={','.join(values)}" for name, values in {**SMALL, "coatings": ["HfO2"]}.items()]
    assert execute(["run", *options, "--energies", energies, "--store", database_uri]) == 0
    file = tmp_path / "page.html"
    assert report("--store", database_uri, "--energies", energies, "--output", file)[0] == 0
    html = file.read_text(encoding="utf-8")
    assert "HfO2" in html
    password = urlsplit(database_uri).password
    assert password
    assert password not in html
    assert password not in json.dumps(data_of(html))


@pytest.mark.parametrize("doubtful", ["keep", "drop"])
def test_packaged_energies_are_recognised(report, tmp_path, doubtful):
    folder, file = str(tmp_path / "store"), tmp_path / "page.html"
    assert execute(["run", "--coatings", "LiF", "--doubtful", doubtful, "--store", folder]) == 0
    assert report("--store", folder, "--output", file)[0] == 0
    contacts = data_of(file.read_text(encoding="utf-8"))["rankings"][0]["details"]["LiF"]["contacts"]
    assert all(contact["kinks"] for contact in contacts)


def test_a_path_that_a_database_names_is_not_opened(report, store, energies, tmp_path, monkeypatch):
    """The run names the file of the energies, which are there, and yet are not taken from it unasked."""
    opened = []
    monkeypatch.setattr("screening.energies.source.open_energies", lambda source, *_: opened.append(source))
    assert report("--store", store, "--output", tmp_path / "page.html")[0] == 0
    assert opened == []
