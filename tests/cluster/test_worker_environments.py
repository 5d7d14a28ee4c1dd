"""Workers whose Python is not that of whoever submits: what is wrong is said, and once it is mended all runs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from cluster.queue_site import QueueSite, assert_same, hook, words_for
from fixtures_screening import energies_file, settings_for

from screening.common.provenance import software
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]

ABSENT = """
import sys

class Absent:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in ("coatscreen", "screening", "workflows"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
"""


@pytest.fixture
def bare_environment(tmp_path):
    """An environment with FireWorks and jobflow, but without this project."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip())
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (packages / "absent.py").write_text(ABSENT)
    (packages / "zz-absent.pth").write_text("import absent\n")
    found = subprocess.run([python, "-c", "import fireworks, jobflow, workflows"], capture_output=True, text=True)
    assert found.stderr.strip().endswith("ModuleNotFoundError: No module named 'workflows'")
    return folder


def test_a_worker_without_the_project_then_with_another_version_then_mended(
    tmp_path, database_uri, slurm, bare_environment, monkeypatch
):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    site = QueueSite(tmp_path / "queue", database_uri, slurm, environment=str(bare_environment))
    energies = energies_file(tmp_path)
    submitted = site.json("submit", *words_for(tmp_path, energies=energies))
    site.until_idle()
    found = site.json("status")
    assert found["flows"][0]["state"] == "waiting"
    (died,) = found["queue"]["in_vain"]
    assert died["job_id"] == submitted["launched"][0]
    assert died["why"].startswith("FAILED, NonZeroExitCode: ")
    assert "No module named 'workflows'" in died["why"]
    assert f"job {died['job_id']} ended before a worker came up: {died['why']}" in site.run("status").stdout
    assert "no queue job is started: the last queue job ended before a worker came up, and others would too " in (
        said := site.run("recover").stdout
    )
    assert died["why"] in said
    assert max(site.slurm.jobs()) == int(died["job_id"])

    other = "import workflows.queue.tasks as tasks\nfrom screening.common.provenance import Software\n"
    other += "tasks.software = lambda: Software(coatscreen='0.0.9')"
    site.change(environment=sys.prefix, setup=[hook(tmp_path / "hook", other)])
    assert site.recover(launch=True).launched
    site.until_idle()
    assert set(site.states()) == {"failed"}
    said = site.run("status").stdout
    assert f"submitted by coatscreen {software().coatscreen}, but this worker has 0.0.9" in said

    site.change(setup=[])
    site.recover(failed=True)
    site.until_complete()
    run_screening(settings_for(tmp_path, energies=energies))
    assert_same(site.uri, str(tmp_path / "db"))
