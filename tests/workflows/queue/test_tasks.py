"""What a worker does with a job, and with the collection of a result."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures_queue import QueueInMemory, flow_of, queued, site_in
from jobflow import job

from screening.common.errors import CalculationError
from screening.common.provenance import software
from workflows import decoding
from workflows.identity import named_by_content
from workflows.queue import tasks
from workflows.stack import StackCollector

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.usefixtures("own_folder"), pytest.mark.filterwarnings("ignore")]

VERSION = software().coatscreen


@job(data="large")
def noted(value, log: str) -> dict[str, object]:
    """Note in a file that it was run, so that a test sees how often."""
    with Path(log).open("a") as file:
        file.write(f"{value}\n")
    return {"value": value, "large": ["x"]}


@pytest.fixture
def store(tmp_path, monkeypatch):
    site = site_in(tmp_path)
    monkeypatch.setattr(tasks.Site, "read", lambda _: site)
    found = site.job_store()
    monkeypatch.setattr(decoding, "PACKAGES", (*decoding.PACKAGES, __name__))  # the job of this file
    yield found
    found.close()


@pytest.fixture
def jobs(tmp_path):
    """A job, and one that needs it."""
    first = named_by_content(noted("first", str(tmp_path / "log")), "first")
    return first, named_by_content(noted(first.output["value"], str(tmp_path / "log")), "second")


def run(one, *needs):
    return tasks.run_job(one.to_json(), {need.uuid: need.name for need in needs}, VERSION)


def runs():
    return len(Path("log").read_text().splitlines()) if Path("log").exists() else 0


def test_a_job_is_run_and_its_output_stored(store, jobs):
    first, second = jobs
    run(first)
    run(second, first)
    assert store.get_output(second.uuid, load=True)["value"] == "first"
    assert runs() == 2


def test_what_is_done_is_not_done_again(store, jobs):
    first, second = jobs
    run(first)
    run(second, first)
    assert run(second, first).stored_data == {"already_done": True}
    assert runs() == 2


def test_a_job_is_run_again_with_newer_outputs(store, jobs):
    first, second = jobs
    run(first)
    run(second, first)
    store.update({"uuid": first.uuid, "index": 1, "completed_at": "2999-01-01T00:00:00", "output": {"value": "new"}})
    run(second, first)
    assert store.get_output(second.uuid, load=True)["value"] == "new"


def test_an_output_whose_large_parts_are_not_all_there_is_made_anew(store, jobs):
    first, _ = jobs
    run(first)
    parts = store.additional_stores["data"]
    parts.remove_docs({})
    run(first)
    assert (runs(), store.docs_store.count(), parts.count()) == (2, 1, 1)


def test_a_job_that_cannot_do_without_a_missing_output_fails(store, jobs):
    with pytest.raises(CalculationError, match=r"^needs noted: first, which failed$"):
        run(jobs[1], jobs[0])
    assert runs() == 0


def test_a_job_that_can_goes_on_without(store, tmp_path):
    first = named_by_content(noted("first", str(tmp_path / "log")), "first")
    joining = named_by_content(noted(first.output["value"], str(tmp_path / "log")), "joining", needs_all=False)
    run(joining, first)
    assert store.get_output(joining.uuid, load=True)["value"] is None


@pytest.mark.parametrize(("task", "of"), [(tasks.run_job, {}), (tasks.collect_result, "flow")])
def test_another_version_is_refused_before_anything_is_read(task, of):
    with pytest.raises(
        CalculationError, match=rf"submitted by coatscreen 9\.9, but this worker has {VERSION}: install"
    ):
        task("no JSON", of, "9.9")


def test_a_result_is_collected_with_the_reasons_of_what_is_missing(tmp_path, monkeypatch):
    site, told = site_in(tmp_path), {}
    jobs = [
        *(queued(1, "completed"), queued(2, "failed", error="no memory"), queued(3, "lost"), queued(4, "running")),
        queued(5, "failed", uuid=None, error="an earlier attempt to collect"),
    ]
    monkeypatch.setattr(tasks, "open_queue", lambda site: QueueInMemory(site, flow_of(*jobs), flow_of(name="other")))
    monkeypatch.setattr(tasks.Site, "read", lambda folder: site)
    monkeypatch.setattr(StackCollector, "collect", lambda self, store, location, failed: told.update(failed))
    tasks.collect_result(StackCollector(result="search").to_text(), "id of mine", VERSION)
    assert told == {"job 2": "no memory", "job 3": "failed"}
