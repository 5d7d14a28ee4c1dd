"""The flow as a FireWorks workflow, on FireWorks' own stand-in for MongoDB (mongomock in a file)."""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
pytest.importorskip("mongomock_persistence", reason="FireWorks' stand-in for MongoDB is not installed")

SCRIPT = """
import os
import sys
from pathlib import Path

from fireworks import FWorker, LaunchPad
from fireworks.core.rocket_launcher import rapidfire
from jobflow import JobStore
from jobflow.managers.fireworks import flow_to_workflow

from screening.database import StoreLocation
from workflows import CoatingScreeningMaker

folder = Path(sys.argv[1])
flow = CoatingScreeningMaker().make(["LiNbO3", "Li3PO4"], ["LiCoO2"], ["Li6PS5Cl"])
store = JobStore(StoreLocation(folder / "database").open("jobs"))
launchpad = LaunchPad()
launchpad.reset("", require_password=False)
launchpad.add_wf(flow_to_workflow(flow, store))
os.chdir(folder)
rapidfire(launchpad, FWorker())
print([launchpad.get_fw_by_id(i).state for i in launchpad.get_fw_ids()])
"""


@pytest.mark.slow
def test_flow_runs_through_fireworks_and_gives_what_a_local_run_gives(tmp_path):
    from screening import CoatingDatabase
    from screening.database import StoreLocation
    from workflows.run import aggregate, run_screening
    from workflows.settings import load_settings

    server = tmp_path / "server.json"
    server.write_text("{}")
    environment = {**os.environ, "MONGOMOCK_SERVERSTORE_FILE": str(server)}
    script = tmp_path / "launch.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    assert set(states) == {"COMPLETED"}
    settings = load_settings(
        coatings="LiNbO3,Li3PO4", cathodes="LiCoO2", electrolytes="Li6PS5Cl", store=str(tmp_path / "database")
    )
    aggregate(StoreLocation(tmp_path / "database"), settings)
    local = settings.model_copy(update={"store": str(tmp_path / "local")})
    run_screening(local)
    with CoatingDatabase.open(tmp_path / "database") as queued, CoatingDatabase.open(tmp_path / "local") as direct:
        assert queued.search() == direct.search()
