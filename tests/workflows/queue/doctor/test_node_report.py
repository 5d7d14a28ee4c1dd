"""What a process on a node finds there."""

from __future__ import annotations

import platform
import socket
import sys
import uuid

import pytest

from coatscreen.__main__ import execute
from screening.common.errors import StoreError
from screening.common.provenance import software
from screening.database import StoreLocation
from workflows.queue.doctor import node_report
from workflows.queue.doctor.node_report import NodeReport, versions, write_and_read
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Write the report as a queue job does, on a site with a database."""

    def write(database, **options):
        given = {"database": database, "work_folder": str(tmp_path), **options}
        site = write_site(Site.make(scheduler="slurm", **given), tmp_path / "site")
        monkeypatch.setenv("COATSCREEN_SITE", str(site.folder))
        assert execute(["doctor", "--node-report", str(tmp_path / "answer.json")]) == 0
        assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["answer.json"]
        return NodeReport.model_validate_json((tmp_path / "answer.json").read_text())

    return write


def test_a_node_that_reaches_the_database(report, database_uri, capsys):
    from fireworks import fw_config

    found = report(database_uri)
    assert (found.host, found.python) == (socket.gethostname(), sys.executable)
    assert found.ping_seconds == fw_config.PING_TIME_SECS
    assert found.database_fault is None
    assert capsys.readouterr() == ("", "")


def test_a_node_that_does_not(report, monkeypatch):
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 300)
    found = report("mongodb://me:secret@127.0.0.1:9/coatings", manager="jobflow-remote")
    assert "Connection refused" in found.database_fault
    assert "secret" not in found.database_fault
    assert found.ping_seconds is None


def test_a_node_that_does_not_see_the_site(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COATSCREEN_SITE", str(tmp_path / "site"))
    assert execute(["doctor", "--node-report", str(tmp_path / "answer.json")]) == 2
    assert "there is no site in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(node_report, "_PACKAGES", ("pymatgen", f"no-such-package-{uuid.uuid4().hex}"))
    found = versions()
    assert (found["coatscreen"], found["Python"]) == (software().coatscreen, platform.python_version())
    assert list(found.values())[-1] is None
    assert None not in list(found.values())[:-1]


def test_what_is_written_is_removed(database_uri):
    from pymongo import MongoClient

    write_and_read(StoreLocation(database_uri))
    with MongoClient(database_uri) as client:
        assert client.get_default_database()["doctor"].count_documents({}) == 0


def test_a_database_that_loses_what_is_written(database_uri, monkeypatch):
    from pymongo.collection import Collection

    monkeypatch.setattr(Collection, "insert_one", lambda *_, **__: None)
    with pytest.raises(StoreError, match="a document was written, but is not there to be read"):
        write_and_read(StoreLocation(database_uri))
