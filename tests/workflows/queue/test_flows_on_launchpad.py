"""Flows of other kinds than screenings, through a real FireWorks: the same results as on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures_screening import energies_file

from screening.ordering.cell_table import read_cells
from screening.ordering.orderings import Draw
from screening.ordering.supercell import CellSize
from screening.stacks.plan import plan_stacks
from workflows.queue.site import Site
from workflows.queue.site_files import write_site
from workflows.queue.status import status
from workflows.queue.submission import submit
from workflows.stack import find_stacks, prepare_stacks

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

_MOST_LINES = 12  # that a worker logs of one job
COATINGS = ["LiNbO3", "Li3PO4", "HfO2"]


@pytest.fixture
def site(tmp_path, database_uri):
    (tmp_path / "work").mkdir()
    options = {"database": database_uri, "work_folder": str(tmp_path / "work")}
    return write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")


def work(site):
    """Run all jobs of a site as a queue job does, in a folder and an environment of their own; return the flow."""
    folder = site.work_folder / "queue job"
    folder.mkdir()
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [Path(sys.executable).with_name("rlaunch"), "-c", site.folder, "rapidfire"],
        env={**environment, **site.environment_variables()},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    (flow,) = status(site).flows
    assert len(done.stdout.splitlines()) < _MOST_LINES * flow.total, done.stdout
    return flow


def test_stacks_stay_in_the_database_and_are_printed_at_once(site, tmp_path):
    plan = plan_stacks(COATINGS, "LiCoO2", "Li6PS5Cl", energies_file(tmp_path))
    here, _ = find_stacks(plan, str(tmp_path / "db"), top=3)
    submitted = submit(site, prepare_stacks(plan, top=3), launch=False)
    assert (submitted.flow.kind, submitted.flow.about) == ("stacks", "3 coatings, LiCoO2|Li6PS5Cl")
    assert work(site).state == "complete"
    there, outcome = find_stacks(plan, str(site.folder), top=3)
    assert outcome.done == []
    assert there == here


@pytest.mark.filterwarnings("ignore")
def test_orderings_come_into_the_table(site, tmp_path):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    pytest.importorskip("torch").set_num_threads(1)  # as the worker has
    from workflows.order_materials import order_materials, prepare_orderings

    small = {
        "lithium": (1.0, 0.5),
        "drawing": Draw(n_orderings=3),
        "n_relaxed": 2,
        "size": CellSize(least_atoms=8, tolerance=0.4),
    }
    order_materials(["LiCoO2"], tmp_path / "here.json", **small)
    prepared = prepare_orderings(["LiCoO2"], "there.json", **small)
    submitted = submit(site, prepared, launch=False)
    assert (submitted.added, submitted.total) == (11, 11)
    assert submit(site, prepared, launch=False).known
    assert not (tmp_path / "there.json").exists()
    assert work(site).state == "complete"
    here, there = read_cells("here.json"), read_cells("there.json")
    assert [one.lithium_per_formula_unit for one in there] == [1.0, 0.5]
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.energy_ev_per_atom == pytest.approx(ours.energy_ev_per_atom, abs=1e-5)
        assert theirs.relaxed_ev_per_atom == pytest.approx(ours.relaxed_ev_per_atom, abs=1e-5)
        assert (theirs.ordering, theirs.left_out) == (ours.ordering, ours.left_out)
