"""``coatscreen serve``: it starts, answers, ends, leaves nothing, and never writes to the database."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from fixtures_screening import SMALL, energies_file

pytest.importorskip("datasette", reason="the extra browse is not installed")

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")
REQUEST = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    folder = tmp_path_factory.mktemp("store")
    assert execute(["run", *REQUEST, "--energies", energies, "--store", str(folder)]) == 0
    return folder


class Served:
    """The program in a process of its own, until it is told to end."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coatscreen", "serve", "--port", "0", *map(str, arguments)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        self.first = self.process.stderr.readline()
        [self.url] = re.findall(r"http://127\.0\.0\.1:\d+/", self.first)

    def get(self, path=""):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def end(self, sign):
        """Return the status and what was said last, and check that nothing is left."""
        self.process.send_signal(sign)
        said = self.process.communicate(timeout=60)[1]
        assert list(self.folder.glob("coatscreen-serve-*")) == []
        return self.process.returncode, said


def contents(folder):
    """All that a folder holds, apart from what SQLite's readers tell each other."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.endswith("-shm")}


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_it_serves_until_it_is_ended(store, energies, tmp_path, sign):
    before = contents(store)
    served = Served(tmp_path, "--store", store, "--energies", energies)
    assert f"shows {store} as it is now; Ctrl-C ends it" in served.first
    if sign == signal.SIGINT:
        front = served.get()
        assert "Coatings on LiCoO2 against Li6PS5Cl" in front
        assert '<a href="/coatscreen">tables</a>' in front
        assert "Two materials in contact" in served.get("interfaces")
        rows = json.loads(served.get("coatscreen/coatings.json?_shape=array"))
        assert {row["coating"] for row in rows} == set(SMALL["coatings"])
    assert served.end(sign) == (0, "ended\n")
    assert contents(store) == before


@pytest.mark.slow
def test_a_database_on_a_server(database_uri, energies, tmp_path):
    assert execute(["run", *REQUEST, "--energies", energies, "--store", database_uri]) == 0
    served = Served(tmp_path, "--store", database_uri)
    rows = json.loads(served.get("coatscreen/coatings.json?_shape=array"))
    front = served.get()
    assert served.end(signal.SIGINT)[0] == 0
    assert {row["coating"] for row in rows} == set(SMALL["coatings"])
    password = re.findall(r"//[^:]+:([^@]+)@", database_uri)[0]
    assert password not in front + served.first


def one_line(capsys, *arguments):
    capsys.readouterr()
    status = execute(["serve", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert status in (1, 2)
    assert out == ""
    assert err.count("\n") == 1, err
    return err


def test_bad_requests_are_one_line(capsys, store, tmp_path, energies):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    older = tmp_path / "older"
    older.mkdir()
    source = sqlite3.connect(Path(store) / "coatscreen.sqlite")
    copy = sqlite3.connect(older / "coatscreen.sqlite")
    source.backup(copy)
    copy.execute("PRAGMA user_version = 0")
    copy.commit()
    copy.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot serve at 127.0.0.1, port {port}: " in one_line(capsys, "--store", store, "--port", port)
    for arguments, told in [
        (("--store", tmp_path / "empty"), "there is no database in"),
        (("--store", tmp_path / "file"), "file"),
        (("--store", older), "version"),
        (("--store", store, "--cathode", "NCM83"), "holds no cathode 'NCM83'"),
        (("--store", store, "--host", "no such host"), "cannot serve at no such host"),
        (("--store", store, "--energies", "nothing"), "unknown energies 'nothing'"),
    ]:
        assert told in one_line(capsys, "--port", 0, *arguments)


def test_a_database_without_a_ranking(capsys, tmp_path, energies):
    """A run whose coatings are all refused leaves a database without one."""
    from screening.database import StoreLocation

    StoreLocation(tmp_path / "db").open("runs").close()
    assert "holds no ranking" in one_line(capsys, "--port", 0, "--store", tmp_path / "db")


def test_without_the_extra(capsys, store, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasette", None)
    assert "pip install 'coatscreen[browse]'" in one_line(capsys, "--store", store)


def test_without_the_extra_for_optimade(capsys, store, monkeypatch):
    monkeypatch.setitem(sys.modules, "optimade", None)
    assert "pip install 'coatscreen[optimade]'" in one_line(capsys, "--optimade", "--store", store)
