"""The check of a site on a real Slurm, with a real MongoDB."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from screening.database import StoreLocation
from workflows.queue.doctor.site_checks import examine
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def new_site(tmp_path, database_uri, slurm, monkeypatch):
    """Make a site in a folder with a space and a quote in its name, and return its folder."""
    for name, value in slurm.environment().items():
        monkeypatch.setenv(name, value)

    def make(**options):
        work = tmp_path / ("work" if options.get("manager") == "jobflow-remote" else "it's work")
        work.mkdir(exist_ok=True)
        given = {"database": database_uri, "work_folder": str(work), "cores": 1, **options}
        return write_site(Site.make(scheduler="slurm", **given), tmp_path / "a 'site'").folder

    return make


def node_of(report):
    return next(check for check in report.checks if check.name == "node")


@pytest.mark.parametrize("manager", ["fireworks", "jobflow-remote"])
def test_a_job_on_a_node_finds_everything(new_site, manager, tmp_path, slurm):
    folder = new_site(manager=manager, memory_mb=1000, partition="debug", queue_options=["--comment=a"])
    node = node_of(examine(folder, timeout_s=90))
    assert node.ok, node
    assert node.what.startswith(f"{os.uname().nodename} reaches the database")
    assert list(tmp_path.glob("*work/doctor-*")) == []
    slurm.wait_idle()


def test_what_the_program_prints(new_site):
    folder = new_site()
    command = [sys.executable, "-m", "coatscreen", "doctor", "--site", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(check["ok"] for check in json.loads(done.stdout)["checks"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({"queue_options": ["--begin=now+1hour"]}, "BeginTime", id="later"),
        pytest.param({"cores": 100_000}, "PartitionConfig|Resources", id="more cores than there are"),
    ],
)
def test_a_job_that_cannot_start_is_cancelled(new_site, slurm, options, reason):
    node = node_of(examine(new_site(**options), timeout_s=5))
    assert re.search(rf"is still pending after 5 s \(({reason})\)$", node.what), node.what
    slurm.wait_idle()


def test_a_partition_that_is_not_there(new_site):
    report = examine(new_site(partition="nowhere"), timeout_s=30)
    broken = [check for check in report.checks if check.ok is False]
    assert [check.name for check in broken] == ["node"]
    assert re.fullmatch(r"sbatch failed: sbatch: error: .*[Ii]nvalid partition.*", broken[0].what), broken[0].what


def test_a_setup_that_ends_the_job(new_site):
    folder = new_site(setup=["echo 'no such module: intel' >&2", "exit 3"])
    node = node_of(examine(folder, timeout_s=60))
    assert "has ended (FAILED" in node.what
    assert node.what.endswith("no such module: intel")


def test_the_site_names_the_database_of_a_command(new_site):
    folder = new_site()
    assert StoreLocation(folder).uri == Site.read(folder).database
