"""What is used of FireWorks beyond its public interface is there, and does what is relied on."""

from __future__ import annotations

import inspect

import pytest

from screening.common.errors import StoreError
from screening.database import StoreLocation
from workflows.queue.fireworks.fireworks_internals import (
    add_flow,
    flow_errors,
    refresh_flow,
    register_classes,
)
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

CHANGED = "FireWorks has changed: see workflows/queue/fireworks/fireworks_internals.py"


@pytest.fixture
def launchpad(tmp_path, database_uri):
    options = {"database": database_uri, "work_folder": str(tmp_path)}
    found = open_launchpad(write_site(Site.make(scheduler="slurm", **options), tmp_path / "site"))
    prepare_launchpad(found)
    return found


@pytest.fixture
def flow():
    """A chain of three jobs."""
    task = fireworks.PyTask(func="builtins.len", args=[[]])
    jobs = []
    for name in ("first", "second", "third"):
        jobs.append(fireworks.Firework(task, name=name, parents=jobs[-1:] or None))
    return fireworks.Workflow(jobs, name="mine", metadata={"coatscreen": {"name": "mine"}})


def states(launchpad):
    return [job["state"] for job in launchpad.fireworks.find({}).sort("fw_id", 1)]


def test_fireworks_has_the_methods():
    assert list(inspect.signature(fireworks.LaunchPad._refresh_wf).parameters) == ["self", "fw_id"], CHANGED
    assert list(inspect.signature(fireworks.LaunchPad.bulk_add_wfs).parameters) == ["self", "wfs"], CHANGED


def test_classes_are_found_where_they_are_said_to_be():
    """A test of FireWorks' own, imported in a search for them, would fail here by its marks."""
    from fireworks.user_objects.queue_adapters.common_adapter import CommonAdapter
    from fireworks.utilities.fw_serializers import load_object

    register_classes()
    for each in (fireworks.PyTask(func="a.b"), CommonAdapter("SLURM", "my_adapter")):
        assert type(load_object(each.to_dict())) is type(each), CHANGED


def test_a_flow_is_inserted_before_its_jobs(launchpad, flow, monkeypatch, capsys):
    inserted = []
    kind = type(launchpad.workflows)
    real = kind.insert_many

    def noted(self, documents, **options):
        inserted.append(self.name)
        return real(self, documents, **options)

    monkeypatch.setattr(kind, "insert_many", noted)
    add_flow(launchpad, flow)
    assert inserted == ["workflows", "fireworks"], CHANGED
    assert capsys.readouterr() == ("", "")
    found = list(launchpad.fireworks.find({}).sort("fw_id", 1))
    assert [(job["fw_id"], job["name"], job["state"]) for job in found] == [
        *((1, "first", "READY"), (2, "second", "WAITING"), (3, "third", "WAITING"))
    ], CHANGED
    document = launchpad.workflows.find_one({})
    assert (sorted(document["nodes"]), document["links"]) == ([1, 2, 3], {"1": [2], "2": [3], "3": []}), CHANGED
    assert document["fw_states"] == {"1": "READY", "2": "WAITING", "3": "WAITING"}, CHANGED


def test_a_job_becomes_ready_when_its_flow_is_refreshed(launchpad, flow):
    add_flow(launchpad, flow)
    launchpad.fireworks.update_one({"fw_id": 1}, {"$set": {"state": "COMPLETED"}})
    launchpad.workflows.update_one({}, {"$set": {"fw_states.1": "COMPLETED"}})
    refresh_flow(launchpad, 2)
    assert states(launchpad) == ["COMPLETED", "READY", "WAITING"], CHANGED


def test_errors_in_the_states_of_a_flow_name_the_database():
    from fireworks.core.launchpad import LockedWorkflowError

    location = StoreLocation("mongodb://me:secret@db.example.org/coatings")
    for error, said in (
        (LockedWorkflowError("locked"), "a flow stays locked by another process; try again"),
        (
            RuntimeError("Error refreshing workflow. The full stack trace is: Traceback\n  File\nKeyError: 'secret'\n"),
            r"the state of a flow could not be written \(KeyError\); try again",
        ),
    ):
        with pytest.raises(StoreError, match=said) as caught, flow_errors(location):
            raise error
        assert "secret" not in str(caught.value)
