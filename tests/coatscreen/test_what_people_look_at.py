"""What people look at, with inputs that are bad: the report, pictures, the page for any interface, the served database.

Names that would be code are in tests/coatscreen/report, pages without JavaScript in its tests in the browser.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute
from coatscreen.serve.flat_tables import write_tables
from screening import CoatingDatabase
from screening.database import StoreLocation

pytestmark = pytest.mark.usefixtures("own_folder")
SCREENED = ["LiNbO3", "HfO2", "Li3PO4", "Li2O", "Li2S", "LiCl", "Nb2O5"]
FAILING = ["SiO2", "Al2O3", "MgO"]  # no energies of these elements are in the set
VIEWS = {
    "report": ["report", "--output", "page.html"],
    "ranking": ["plot", "ranking", "--output", "picture.svg"],
    "heatmap": ["plot", "heatmap", "--output", "picture.svg"],
    "serve": ["serve", "--port", "0"],
}


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    """Ten coatings, of which three could not be screened."""
    folder = str(tmp_path_factory.mktemp("store"))
    request = {**SMALL, "coatings": [*SCREENED, *FAILING]}
    options = [f"--{name}={','.join(values)}" for name, values in request.items()]
    assert execute(["run", *options, "--energies", energies, "--store", folder]) in (0, 1)
    return folder


def one_line(capsys, *arguments):
    """Ask for what cannot be, and return the one line that says so."""
    capsys.readouterr()
    assert execute([str(one) for one in arguments]) in (1, 2), arguments
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
    assert "Traceback" not in err
    return err


def asked(view):
    if view == "serve":
        pytest.importorskip("datasette", reason="the extra browse is not installed")
    return VIEWS[view]


@pytest.mark.parametrize("view", VIEWS)
def test_no_database(capsys, tmp_path, view):
    (tmp_path / "empty").mkdir()
    assert "there is no database in" in one_line(capsys, *asked(view), "--store", tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_database(capsys, tmp_path, view):
    StoreLocation(tmp_path / "db").open("runs").close()
    said = one_line(capsys, *asked(view), "--store", tmp_path / "db")
    assert "holds no" in said
    assert "ranking" in said
    assert not list(tmp_path.glob("*.html")) + list(tmp_path.glob("*.svg"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_database_of_an_older_version(capsys, store, tmp_path, view):
    (tmp_path / "older").mkdir()
    source, copy = (sqlite3.connect(Path(one) / "coatscreen.sqlite") for one in (store, tmp_path / "older"))
    source.backup(copy)
    copy.execute("PRAGMA user_version = 0")
    copy.commit()
    copy.close()
    assert "version" in one_line(capsys, *asked(view), "--store", tmp_path / "older")
    assert not list(tmp_path.glob("*.html")) + list(tmp_path.glob("*.svg"))


@pytest.mark.parametrize("view", ["report", "app", "ranking"])
def test_a_folder_that_is_a_file(capsys, store, tmp_path, energies, view):
    (tmp_path / "file").write_text("mine")
    into = tmp_path / "file" / ("picture.svg" if view == "ranking" else "page.html")
    given = {
        "report": ["report", "--store", store, "--output", into],
        "app": ["report", "--app", into, "--energies", energies],
        "ranking": ["plot", "ranking", "--store", store, "--output", into],
    }
    assert "no folder" in one_line(capsys, *given[view])
    assert (tmp_path / "file").read_text() == "mine"


def test_three_of_ten_coatings_failed(store, tmp_path):
    """Each is named wherever the others are, or the picture is of the rest."""
    assert execute(["report", "--store", store, "--output", str(tmp_path / "page.html")]) == 0
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Of 10 coatings between" in html
    assert "3 coatings could not be screened; the table says why." in html
    for name in (*SCREENED, *FAILING):
        assert f"<td>{name}</td>" in html
    for kind in ("ranking", "heatmap"):
        file = tmp_path / f"{kind}.svg"
        assert execute(["plot", kind, "--store", store, "--output", str(file)]) == 0
        assert file.stat().st_size > 5000
    with CoatingDatabase.open(store) as database:
        write_tables(database, database.headers(), tmp_path / "tables.db")
    rows = (
        sqlite3.connect(tmp_path / "tables.db").execute('SELECT coating, "rank", why_missing FROM coatings').fetchall()
    )
    assert {name for name, rank, why in rows if rank is None and why} == set(FAILING)
    assert {name for name, rank, _ in rows if rank is not None} == set(SCREENED)


@pytest.mark.slow
def test_without_a_display_and_without_fonts(store, tmp_path):
    """As on a node of a cluster: no display, and no fonts of the system, nor a folder to keep their list in."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
    (tmp_path / "fonts.conf").write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>')
    environment |= {
        "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        "MPLCONFIGDIR": str(tmp_path / "kept"),
        "HOME": "/nowhere",
    }
    for ending in ("png", "pdf"):
        file = tmp_path / f"picture.{ending}"
        done = subprocess.run(
            [sys.executable, "-m", "coatscreen", "plot", "ranking", "--store", store, "--output", str(file)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert "findfont" not in done.stderr
        assert file.stat().st_size > 5000
