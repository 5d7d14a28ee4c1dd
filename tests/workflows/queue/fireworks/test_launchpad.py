"""FireWorks' database made ready, by several at once, and emptied only when that was confirmed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from screening.common.errors import InputError, StoreError
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad, reset_launchpad
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def site(tmp_path, database_uri):
    """A site with a database of its own."""
    options = {"database": database_uri, "work_folder": str(tmp_path)}
    return write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")


def two_jobs():
    first = fireworks.Firework(fireworks.ScriptTask.from_str("true"), name="first")
    return fireworks.Workflow([first, fireworks.Firework(fireworks.ScriptTask.from_str("true"), parents=[first])])


def test_a_new_database_takes_jobs(site):
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    assert sorted(launchpad.add_wf(two_jobs()).values()) == [1, 2]
    unique = [index for index in launchpad.fireworks.index_information().values() if index.get("unique")]
    assert [index["key"] for index in unique] == [[("fw_id", 1)]]


def test_preparing_again_changes_nothing(site):
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    launchpad.add_wf(two_jobs())
    launchpad.db["coatings"].insert_one({"key": "a"})
    before = {name: list(launchpad.db[name].find()) for name in launchpad.db.list_collection_names()}
    prepare_launchpad(launchpad)
    assert {name: list(launchpad.db[name].find()) for name in launchpad.db.list_collection_names()} == before


def test_several_processes_prepare_it_at_once(site):
    script = (
        "import sys; from pathlib import Path; from fireworks import Firework, ScriptTask\n"
        "from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad\n"
        "from workflows.queue.site import Site\n"
        "launchpad = open_launchpad(Site.read(Path(sys.argv[1]))); sys.stdin.readline()\n"
        "prepare_launchpad(launchpad)\n"
        "for _ in range(5): launchpad.add_wf(Firework(ScriptTask.from_str('true')))"
    )
    command = [sys.executable, "-c", script, str(site.folder)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    launchpad = open_launchpad(site)
    assert launchpad.fw_id_assigner.count_documents({}) == 1
    assert sorted(launchpad.fireworks.distinct("fw_id")) == list(range(1, 21))


def test_a_lost_counter_is_not_begun_anew(site):
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    launchpad.add_wf(two_jobs())
    launchpad.fw_id_assigner.delete_many({})
    with pytest.raises(StoreError, match="holds 2 jobs of FireWorks but no counter of them"):
        prepare_launchpad(launchpad)
    assert launchpad.fw_id_assigner.find_one() is None


def test_nothing_is_deleted_that_was_not_confirmed(site, database_server):
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    launchpad.add_wf(two_jobs())
    for name in ("jobs", "coatings"):
        launchpad.db[name].insert_one({"key": "kept"})
    for confirm in (None, "", "yes"):
        with pytest.raises(InputError, match="would delete 1 flows with 2 unfinished jobs from mongodb://") as caught:
            reset_launchpad(site, confirm)
        assert str(caught.value).endswith(f"confirm it with the name of the database, {site.database_name}")
        assert database_server.password not in str(caught.value)
    assert launchpad.fireworks.count_documents({}) == 2
    reset_launchpad(site, site.database_name)
    assert launchpad.fireworks.count_documents({}) == launchpad.workflows.count_documents({}) == 0
    assert [launchpad.db[name].count_documents({"key": "kept"}) for name in ("jobs", "coatings")] == [1, 1]
    assert sorted(launchpad.add_wf(two_jobs()).values()) == [1, 2]


def test_a_launchpad_that_is_down_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 300)
    options = {"database": "mongodb://me:secret@127.0.0.1:9/coatings", "work_folder": str(tmp_path)}
    site = write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")
    for opened in (lambda: open_launchpad(site), site.job_store):
        with pytest.raises(
            StoreError, match=r"mongodb://\*\*\*@127\.0\.0\.1:9/coatings: .*Connection refused"
        ) as caught:
            opened()
        assert "secret" not in str(caught.value)


def test_fireworks_prints_nothing(site, capsys):
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    launchpad.add_wf(two_jobs())
    assert capsys.readouterr().out == ""
