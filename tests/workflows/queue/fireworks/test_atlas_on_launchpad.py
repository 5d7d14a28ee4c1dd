"""An atlas through a real FireWorks: the same rows as on this machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from fixtures_screening import energies_file

from coatscreen.__main__ import execute
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site
from workflows.queue.status import status
from workflows.queue.words import WORKER

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

import pyarrow.parquet as pq

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folder"), pytest.mark.filterwarnings("ignore")]


def test_each_queue_job_writes_a_part_and_the_last_joins_them(tmp_path, database_uri, capsys):
    (tmp_path / "work").mkdir()
    options = {"database": database_uri, "work_folder": str(tmp_path / "work")}
    site = write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")
    met = ["--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl", "--voltage", "4.3"]
    build = ["atlas", "build", "--energies", energies_file(tmp_path), *met, "--batch", "20"]
    there, here = str(tmp_path / "there" / "atlas.parquet"), str(tmp_path / "here" / "atlas.parquet")
    queue = ["--submit", "--no-launch", "--site", str(site.folder)]
    assert execute([*build, "--output", there, *queue]) == 0
    said = capsys.readouterr().out
    assert "5 jobs submitted" in said  # three parts, their joining, and the collection
    assert f"when its jobs are done, the atlas is in {there}" in said
    environment = {"HOME": str(site.work_folder), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", WORKER, "--timeout", "600", "--max-loops", "1"],
        env={**environment, **site.environment_variables()},
        cwd=site.work_folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    [flow] = status(site).flows
    assert (flow.kind, flow.state, flow.failed) == ("atlas", "complete", []), done.stdout
    assert execute([*build, "--output", here]) == 0
    assert pq.read_table(there).to_pylist() == pq.read_table(here).to_pylist()
    assert list((tmp_path / "there" / "atlas.parquet.work" / "parts").iterdir()) == []
