"""A site of PBS, driven by the qsub, qstat and qdel that Slurm has for users of Torque, over the real Slurm."""

from __future__ import annotations

import shutil

import pytest
from cluster.queue_site import QueueSite, assert_same, hook, words_for
from fixtures_screening import energies_file, settings_for

from workflows.queue.site.scheduler import cancel, jobs_in_queue
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
if shutil.which("qsub") is None:
    pytest.skip("no qsub: python tests/cluster/slurm_sandbox.py install", allow_module_level=True)

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]

BLOCKED = """
import time
from screening.coatings import tasks

def wait(*_):
    if once("begun"):
        time.sleep(120)
before(tasks, 'material_window', wait)
"""


def test_a_screening_with_a_queue_job_deleted_on_the_way(tmp_path, database_uri, slurm, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    setup = [hook(tmp_path / "hook", BLOCKED)]
    site = QueueSite(tmp_path / "queue", database_uri, slurm, scheduler="pbs", setup=setup)
    energies = energies_file(tmp_path)
    (first,) = site.json("submit", *words_for(tmp_path, energies=energies))["launched"]
    site.until((tmp_path / "hook" / "begun").exists, "the first job")
    assert jobs_in_queue(site.site) == {first: "running"}
    assert site.json("status")["queue"]["running"] == 1
    assert site.recover().launched == []
    cancel(site.site, first)
    slurm.wait_state(int(first), "CANCELLED")
    (lost,) = site.json("status")["flows"][0]["lost"]
    assert f"queue job {first} has ended" in lost["error"]
    assert [job.name for job in site.recover().rerun] == [lost["name"]]
    site.until_complete()
    run_screening(settings_for(tmp_path, energies=energies))
    assert_same(site.uri, str(tmp_path / "db"))
