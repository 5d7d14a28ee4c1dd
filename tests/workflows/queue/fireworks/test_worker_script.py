"""The queue script as a node runs it: a shell that knows nothing, in which a worker takes a job."""

from __future__ import annotations

import os
import subprocess

import pytest

from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad, read_queue_adapter
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.mark.parametrize(
    ("scheduler", "variable"), [("slurm", "SLURM_SUBMIT_DIR"), ("pbs", "PBS_O_WORKDIR"), ("sge", "SGE_O_WORKDIR")]
)
def test_a_worker_takes_a_job_and_ends(tmp_path, database_server, database_uri, scheduler, variable):
    """From folders with a space and a quote in their names, with the site's variables and setup."""
    work = tmp_path / "it's work"
    work.mkdir()
    site = Site.make(
        scheduler=scheduler,
        partition="short",
        database=database_uri,
        work_folder=str(work),
        setup=["export GREETING='hello  there'"],
    )
    site = write_site(site, tmp_path / "a 'site'")
    launchpad = open_launchpad(site)
    prepare_launchpad(launchpad)
    command = 'printf "%s|%s|%s|%s" "$GREETING" "$COATSCREEN_SITE" "$JOBFLOW_CONFIG_FILE" "$OMP_NUM_THREADS" >said'
    launchpad.add_wf(fireworks.Firework(fireworks.ScriptTask.from_str(command)))
    script = read_queue_adapter(site).get_script_str(str(work))
    node = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "USER": os.environ.get("USER", "root"), variable: str(work)}
    done = subprocess.run(["bash"], input=script, env=node, cwd="/", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert launchpad.fireworks.find_one()["state"] == "COMPLETED"
    (said,) = work.glob("launcher_*/said")
    assert said.read_text() == f"hello  there|{site.folder}|{site.folder}/jobflow.yaml|1"
    assert launchpad.launches.find_one()["fworker"]["name"] == f"coatscreen-{scheduler}"
    assert database_server.password not in done.stdout + done.stderr
