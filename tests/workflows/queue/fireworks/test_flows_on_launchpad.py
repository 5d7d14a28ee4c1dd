"""Flows of other kinds than screenings, through a real FireWorks: the same results as on this machine."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import uuid
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import pytest
from fixtures_screening import energies_file
from fixtures_structures import rock_salt, written

from coatscreen.__main__ import execute
from screening.cathodes.ordering.cell_table import read_cells
from workflows.queue.flow_documents import FlowStatus
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site
from workflows.queue.status import status
from workflows.queue.words import WORKER

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
if not (find_spec("chgnet") and find_spec("atomate2")):
    pytest.skip("needs the extra 'mlip'", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folder"), pytest.mark.filterwarnings("ignore")]

_MOST_LINES = 12  # that a worker logs of one job
STACK = ["stack", "--cathode", "LiCoO2", "--electrolyte", "Li6PS5Cl", "--coatings", "LiNbO3,Li3PO4,HfO2", "--top", "3"]
ORDER = ["energies", "order", "LiCoO2", "--lithium", "1,0.5", "--orderings", "3", "--relaxed", "2"]
ORDER += ["--least-sites", "8", "--tolerance", "0.4"]


class Worked:
    """A site to which flows were submitted by the command line, all run by one worker."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.energies = folder, energies_file(folder)
        (folder / "work").mkdir()
        options = {"database": database, "work_folder": str(folder / "work")}
        self.site = write_site(Site.make(scheduler="slurm", **options), folder / "site")
        self.files = [
            str(written(folder, "LiF.cif", rock_salt())),
            str(written(folder, "MgO.cif", rock_salt(4.3, "Mg", "O"))),
        ]
        self.commands = {
            "stacks": [*STACK, "--energies", self.energies],
            "orderings": [*ORDER, "--output", str(folder / "new" / "cells.json")],
            "energies": ["energies", "add", *self.files, "--table", str(folder / "new" / "own.json")],
        }
        self.submitted = {kind: self.submit(kind) for kind in self.commands}
        self.log = self.work()

    def submit(self, kind: str) -> str:
        """Submit a flow from some other folder, and return what is said."""
        command = [*self.commands[kind], "--submit", "--no-launch", "--site", str(self.site.folder)]
        said, notes = io.StringIO(), io.StringIO()
        with chdir("/"), redirect_stdout(said), redirect_stderr(notes):
            assert execute(command) == 0, notes.getvalue()
        assert notes.getvalue() == ""
        return said.getvalue()

    def work(self) -> str:
        """Run all jobs as a queue job does, in a folder and an environment of their own; return the log."""
        environment = {"HOME": str(self.site.work_folder), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", WORKER, "--timeout", "3600", "--max-loops", "1"],
            env={**environment, **self.site.environment_variables()},
            cwd=self.site.work_folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def status(self, kind: str) -> FlowStatus:
        (flow,) = [flow for flow in status(self.site).flows if flow.kind == kind]
        return flow


@pytest.fixture(scope="module")
def worked(tmp_path_factory, database_server):
    import torch

    torch.set_num_threads(1)  # as the worker has
    return Worked(tmp_path_factory.mktemp("worked"), database_server.database_uri(f"flows_{uuid.uuid4().hex[:12]}"))


@pytest.mark.parametrize(
    ("kind", "about", "after"),
    [
        pytest.param(
            *("stacks", "3 coatings, LiCoO2|Li6PS5Cl"),
            "the same command with --store {site} in place of --submit",
            id="stacks",
        ),
        pytest.param(
            *("orderings", "LiCoO2: 2 compositions"),
            "in any verb: --energies reference+{folder}/new/cells.json",
            id="orderings",
        ),
        pytest.param(
            *("energies", "2 structures by CHGNet 0.3.0 for own.json"),
            "in any verb: --energies reference+{folder}/new/own.json",
            id="energies",
        ),
    ],
)
def test_what_is_said_of_a_submission_and_what_becomes_of_it(worked, kind, about, after):
    first, second = worked.submitted[kind].splitlines()
    said = re.fullmatch(rf"{kind}-\w+: {re.escape(about)}: (\d+) jobs submitted, 0 were done before", first)
    assert said
    assert after.format(site=worked.site.folder, folder=worked.folder) in second
    flow = worked.status(kind)
    assert (flow.state, flow.failed, flow.done) == ("complete", [], int(said[1])), worked.log


def test_the_log_of_a_worker_is_short(worked):
    jobs = sum(worked.status(kind).total for kind in worked.commands)
    assert len(worked.log.splitlines()) < _MOST_LINES * jobs, worked.log


def test_stacks_stay_in_the_database_and_are_printed_at_once(worked, capsys):
    command = [*worked.commands["stacks"], "--json", "--store"]
    assert execute([*command, "here"]) == 0
    here = json.loads(capsys.readouterr().out)
    jobs = worked.site.job_store()
    before = {doc["uuid"]: doc["completed_at"] for doc in jobs.query({}, properties=["uuid", "completed_at"])}
    assert execute([*command, str(worked.site.folder)]) == 0
    assert json.loads(capsys.readouterr().out) == here
    assert before == {doc["uuid"]: doc["completed_at"] for doc in jobs.query({}, properties=["uuid", "completed_at"])}
    jobs.close()


def test_orderings_come_into_the_table(worked):
    assert execute([*ORDER, "--output", "here.json"]) == 0
    here, there = read_cells("here.json"), read_cells(worked.folder / "new" / "cells.json")
    assert [one.lithium_per_formula_unit for one in there] == [1.0, 0.5]
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.energy_ev_per_atom == pytest.approx(ours.energy_ev_per_atom, abs=1e-5)
        assert theirs.relaxed_ev_per_atom == pytest.approx(ours.relaxed_ev_per_atom, abs=1e-5)
        assert (theirs.ordering, theirs.failed) == (ours.ordering, ours.failed)


def test_energies_of_structures_come_into_the_table(worked):
    assert execute(["energies", "add", *worked.files, "--table", "here.json"]) == 0
    tables = [json.loads(table.read_text()) for table in (Path("here.json"), worked.folder / "new" / "own.json")]
    ours, theirs = ({own["phase"]["formula"]: own["phase"] for own in table["own"]} for table in tables)
    assert theirs.keys() == ours.keys() == {"LiF", "MgO"}
    for formula, phase in theirs.items():
        assert phase["energy_ev_per_atom"] == pytest.approx(ours[formula]["energy_ev_per_atom"], abs=1e-5)


def test_what_was_submitted_is_not_submitted_again(worked):
    assert "was submitted before; nothing is added" in worked.submit("orderings")
    again = worked.submit("energies")  # the table has all: nothing is left to submit, and each is named
    assert again.count("is the same crystal as own-") == 2
    assert len(status(worked.site).flows) == 3
