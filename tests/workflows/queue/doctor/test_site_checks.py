"""The check of a site, with each of its links really broken.

The database is a MongoDB that asks for a password; the scheduler a double of its commands. The check on a
real Slurm is in tests/cluster.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from queue_double import QueueDouble

from workflows.queue.doctor.site_checks import examine
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site
from workflows.queue.site.indexes import make_indexes

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folder")]

NAMES = [
    *("site", "files", "programs", "paths", "settings", "database", "large results", "job database", "indexes"),
    *("queue", "node"),
]


@pytest.fixture
def new_site(tmp_path, database_uri, monkeypatch):
    """Make a site and the scheduler's commands; return its folder and the scheduler."""
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 1000)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("workflows.queue.doctor.node_probe._LAG_S", 1)
    (tmp_path / "work").mkdir()

    def make(scheduler="slurm", **options):
        queue = QueueDouble(tmp_path / "commands", scheduler)
        monkeypatch.setenv("PATH", queue.path)
        given = {"database": database_uri, **options}
        site = Site.make(scheduler=scheduler, partition="short", work_folder=str(tmp_path / "work"), **given)
        write_site(site, tmp_path / "site")
        return tmp_path / "site", queue

    return make


def found(report, name):
    return next(check for check in report.checks if check.name == name)


def fault(report, name):
    """Return what is wrong with a link, with all others either sound or not checked for want of it."""
    broken = [check for check in report.checks if check.ok is False]
    assert [check.name for check in broken] == [name]
    assert not report.ok
    for check in report.checks:
        assert len(check.what.splitlines()) == 1
        assert (check.how_to_mend is not None) == (check.ok is False)
    return broken[0]


@pytest.mark.parametrize("scheduler", ["slurm", "pbs", "sge"])
def test_every_link_holds(new_site, scheduler, tmp_path, database_server):
    folder, _ = new_site(scheduler)
    report = examine(folder, timeout_s=60)
    assert [check.name for check in report.checks] == NAMES
    assert all(check.ok for check in report.checks), report
    assert report.ok
    import platform

    assert f"Python {platform.python_version()}" in found(report, "node").what
    assert "other than here" not in found(report, "node").what
    assert list((tmp_path / "work").glob("doctor-*")) == []
    launchpad = open_launchpad(Site.read(folder))
    for collection in ("doctor", "jobs", "data.files", "data.chunks", "fireworks"):
        assert launchpad.db[collection].count_documents({}) == 0
    assert database_server.password not in report.model_dump_json()


def test_jobflow_remote(new_site):
    pytest.importorskip("jobflow_remote", reason="the extra [cluster] is not installed")
    folder, _ = new_site(manager="jobflow-remote")
    report = examine(folder, timeout_s=60)
    assert report.ok, report
    assert found(report, "job database").what == "empty; the first submission prepares it"
    from pymongo import MongoClient

    with MongoClient(Site.read(folder).database) as client:
        client.get_default_database()["jf_jobs"].insert_one({"db_id": "1"})
        assert "no counter of them (jf_auxiliary)" in fault(examine(folder, worker=False), "job database").what
        client.get_default_database()["jf_auxiliary"].insert_one({"next_id": 2})
        assert examine(folder, worker=False).ok


def test_no_site(tmp_path):
    report = examine(tmp_path)
    assert fault(report, "site").how_to_mend == "coatscreen site init"
    assert [check.ok for check in report.checks[1:]] == [None] * (len(NAMES) - 1)


def test_a_site_that_cannot_be_read(new_site):
    folder, _ = new_site()
    (folder / "site.yaml").write_text("scheduler: lsf\n")
    assert fault(examine(folder), "site").how_to_mend == f"correct {folder}/site.yaml"


def test_without_the_probe(new_site):
    folder, queue = new_site()
    report = examine(folder, worker=False)
    assert report.ok
    assert found(report, "node").ok is None
    assert found(report, "node").what == "not checked: --no-worker"
    assert not (queue.folder / "submitted").exists()


def test_a_file_that_was_changed(new_site):
    folder, _ = new_site()
    with (folder / "my_qadapter.yaml").open("a") as file:
        file.write("nodes: 2\n")
    broken = fault(examine(folder), "files")
    assert broken.what == f"{folder}/my_qadapter.yaml is not what site.yaml makes it"


def test_a_file_that_is_gone(new_site):
    folder, _ = new_site()
    (folder / "jobflow.yaml").unlink()
    assert (
        "jobflow.yaml cannot be read: No such file or directory" in fault(examine(folder, worker=False), "files").what
    )


@pytest.mark.parametrize("name", [".", "my_launchpad.yaml"])
def test_a_file_that_others_can_read(new_site, name):
    folder, _ = new_site()
    (folder / name).chmod(0o755)
    assert fault(examine(folder, worker=False), "files").how_to_mend == f"chmod go= {folder / name}"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("environment", "/nowhere/bin/python is not there or cannot be run"),
        ("vasp_pseudopotentials", "there is no folder /nowhere"),
    ],
)
def test_a_path_that_is_not_there(new_site, option, message):
    folder, _ = new_site(**{option: "/nowhere"})
    broken = fault(examine(folder), "paths")
    assert broken.what == message
    assert f"`{option}` in site.yaml" in broken.how_to_mend


def test_a_work_folder_that_is_gone(new_site, tmp_path):
    folder, _ = new_site()
    (tmp_path / "work").rmdir()
    assert "cannot write in the work folder" in fault(examine(folder, worker=False), "paths").what


def test_other_settings_of_fireworks_come_first(new_site, tmp_path, monkeypatch):
    folder, _ = new_site()
    (tmp_path / ".fireworks").mkdir()
    other = tmp_path / ".fireworks" / "FW_config.yaml"
    other.write_text("PING_TIME_SECS: 3600\n")
    report = examine(folder, timeout_s=60)
    assert found(report, "settings").how_to_mend == f"move {other} away"
    assert "jobs give a sign of life every 3600 s, not 60" in found(report, "node").what  # as the node has it
    other.unlink()
    monkeypatch.setenv("MONGOMOCK_SERVERSTORE_FILE", str(tmp_path / "file"))
    assert fault(examine(folder, worker=False), "settings").how_to_mend == "unset MONGOMOCK_SERVERSTORE_FILE"


def test_a_wrong_password(new_site, database_server, database_uri):
    folder, _ = new_site(database=database_uri.replace(database_server.password, "wrong-secret"))
    report = examine(folder, worker=False)
    broken = fault(report, "database")
    assert "Authentication failed" in broken.what
    assert "user name and password" in broken.how_to_mend
    assert "wrong-secret" not in report.model_dump_json()
    assert found(report, "job database").what == "not checked, since it needs: database"


def test_a_database_that_is_down(new_site):
    folder, _ = new_site(database="mongodb://me:secret@127.0.0.1:9/coatings")
    report = examine(folder, worker=False)
    broken = fault(report, "database")
    assert "Connection refused" in broken.what
    assert "is the server up" in broken.how_to_mend
    assert "secret" not in report.model_dump_json()


def test_a_lost_counter(new_site):
    folder, _ = new_site()
    launchpad = open_launchpad(Site.read(folder))
    prepare_launchpad(launchpad)
    launchpad.fireworks.insert_one({"fw_id": 1})
    broken = fault(examine(folder, worker=False), "indexes")
    for missing in ("workflows (metadata.coatscreen.name)", "coatings (cathode)", "rankings (ranking_id)"):
        assert missing in broken.what
    make_indexes(Site.read(folder))
    report = examine(folder, worker=False)
    assert (found(report, "job database").what, found(report, "indexes").ok) == ("1 jobs", True)
    launchpad.fw_id_assigner.delete_many({})
    assert "no counter of them" in fault(examine(folder, worker=False), "job database").what


def test_no_scheduler_here(new_site, monkeypatch):
    folder, _ = new_site()
    monkeypatch.setenv("PATH", "/nowhere")
    assert fault(examine(folder), "queue").what == "the command sbatch is not on this machine"


def test_a_scheduler_that_does_not_answer(new_site):
    folder, queue = new_site()
    queue.mode = "silent"
    assert "cannot connect to the server" in fault(examine(folder), "queue").what


def test_a_job_that_is_refused(new_site):
    folder, queue = new_site()
    queue.mode = "refuse"
    assert fault(examine(folder), "node").what.startswith("sbatch failed: sbatch: error: Invalid account; the queue ")


def environment(folder, line):
    """Make an environment whose python does something else first."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text(f'#!/bin/bash\n{line} "$@"\n')
    (folder / "bin" / "python").chmod(0o755)
    return str(folder)


def test_another_version_on_the_node(new_site, tmp_path):
    other = tmp_path / "packages" / "coatscreen-99.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: coatscreen\nVersion: 99.0\n")
    prefix = environment(tmp_path / "other", f"PYTHONPATH={other.parent} exec {sys.executable}")
    folder, _ = new_site(environment=prefix)
    broken = fault(examine(folder, timeout_s=60), "node")
    assert "has coatscreen 99.0; here is " in broken.what
    assert broken.how_to_mend == f"install the same version into {prefix}"


def test_a_node_without_the_project(new_site, tmp_path):
    folder, _ = new_site(environment=environment(tmp_path / "bare", f"exec {sys.executable} -S"))
    broken = fault(examine(folder, timeout_s=60), "node")
    assert "has ended; the last line of its log in" in broken.what
    assert "No module named" in broken.what
    assert len(list(Path(tmp_path / "work").glob("doctor-*/job.log"))) == 1  # what failed can be read


def test_a_node_that_does_not_reach_the_database(new_site, database_server, tmp_path):
    """Its address leads elsewhere on the node: by a file of its own there."""
    folder, _ = new_site()
    elsewhere = tmp_path / "elsewhere"
    site = Site.read(folder)
    uri = site.database.replace(str(database_server.port), "9")
    write_site(Site.make(**{**site.model_dump(), "database": uri}), elsewhere)
    prefix = environment(tmp_path / "astray", f"COATSCREEN_SITE={elsewhere} exec {sys.executable}")
    write_site(Site.make(**{**site.model_dump(), "environment": prefix}), folder, overwrite=True)
    broken = fault(examine(folder, timeout_s=60), "node")
    assert "Connection refused" in broken.what
    assert broken.how_to_mend == "may nodes reach the database through the firewall?"
    assert database_server.password not in broken.what


def test_the_environment_of_this_process_does_not_matter_to_the_node(new_site, monkeypatch):
    folder, _ = new_site()
    monkeypatch.setenv("COATSCREEN_SITE", "/nowhere")
    assert os.environ["COATSCREEN_SITE"] == "/nowhere"
    assert examine(folder, timeout_s=60).ok
