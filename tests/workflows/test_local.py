"""Running a flow here: taking it up again, failures, several processes."""

from __future__ import annotations

import os

import pytest
from fixtures_screening import SMALL, energies_file, without
from jobflow import Flow, JobStore, job
from maggma.stores import MemoryStore

from screening.coatings import tasks
from screening.common.errors import CalculationError, StoreError
from screening.database import StoreLocation
from workflows import CoatingBuilder, CoatingScreeningMaker
from workflows.builders import judged_again
from workflows.flows.stack import StackMaker
from workflows.identity import by_content
from workflows.local import run_local
from workflows.outputs import job_store


@pytest.fixture
def flow(tmp_path):
    return CoatingScreeningMaker(batch_size=2).make(**SMALL, energies=energies_file(tmp_path))


@pytest.fixture
def store():
    opened = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    opened.connect()
    return opened


def outputs(store):
    return {doc["name"]: without(doc["output"], "@version") for doc in store.query({}, load=True)}


def ranking(store):
    """The coatings ranked by what is finished."""
    builder = CoatingBuilder(store, None, None)
    (asked,) = [doc["metadata"]["ranking"] for doc in store.query({}) if doc["name"].startswith("ranking_request")]
    group = builder.group(builder.requests(asked), [doc["uuid"] for doc in store.query({})])
    return judged_again(group, list(group.header.criteria.values())).ranking


def fail(message):
    def function(*arguments, **options):
        raise RuntimeError(message)

    return function


def test_all_jobs_run_once(flow, store):
    outcome = run_local(flow, store)
    assert (outcome.already_done, outcome.failed) == ([], {})
    assert sorted(outcome.done) == sorted(outputs(store))
    assert len(outcome.done) == len(flow.job_uuids)


def test_what_is_done_is_not_done_again(flow, store):
    run_local(flow, store)
    before = {doc["uuid"]: doc["completed_at"] for doc in store.query({})}
    outcome = run_local(flow, store)
    assert (outcome.done, outcome.failed) == ([], {})
    assert len(outcome.already_done) == len(flow.job_uuids)
    assert {doc["uuid"]: doc["completed_at"] for doc in store.query({})} == before


def test_progress_is_told_of_every_job(flow, store):
    told = []
    run_local(flow, store, progress=lambda *report: told.append(report))
    total = len(flow.job_uuids)
    assert [(done, of) for done, of, _ in told] == [(n, total) for n in range(total + 1)]
    again = []
    run_local(flow, store, progress=lambda *report: again.append(report))
    assert again == [(total, total, "")]


# what each job of a batch computes, and how to tell that it is called for a coating
PIECES = {
    "stability and window": ("material_properties: coatings", "material_window", lambda phases, material: material),
    "contacts with the cathode": (
        "coating_contacts: LiCoO2",
        "coating_meetings",
        lambda coating, cathode, electrolyte: electrolyte is None and coating,
    ),
    "contacts with the electrolyte": (
        "coating_contacts: Li6PS5Cl",
        "coating_meetings",
        lambda coating, cathode, electrolyte: cathode is None and coating,
    ),
    "open contacts with the electrolyte": (
        "coating_contacts: Li6PS5Cl at LiCoO2",
        "coating_meetings",
        lambda coating, cathode, electrolyte: cathode and electrolyte and coating,
    ),
}


def fails_for_niobate(monkeypatch, what):
    """Let a job fail if LiNbO3 is in its batch; return how to undo it."""
    _, function, coating_of = PIECES[what]
    real = getattr(tasks, function)

    def failing(*arguments):
        if coating_of(*arguments) == "LiNbO3":
            raise RuntimeError("out of luck")
        return real(*arguments)

    monkeypatch.setattr(tasks, function, failing)
    return lambda: monkeypatch.setattr(tasks, function, real)


@pytest.mark.parametrize("what", PIECES)
def test_a_job_that_raises_is_named_and_hides_nothing_else(flow, store, monkeypatch, what):
    """Only the first batch fails; the second is ranked as if nothing had been."""
    whole = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    whole.connect()
    run_local(flow, whole)
    undo = fails_for_niobate(monkeypatch, what)
    outcome = run_local(flow, store)
    failed = f"{PIECES[what][0]} 1/2"
    assert outcome.failed == {failed: "RuntimeError: out of luck"}
    assert set(outcome.done) == set(outputs(whole)) - {failed}
    found = {one.coating: one for one in ranking(store)}
    assert set(found) == set(SMALL["coatings"])
    assert found["HfO2"].why_missing is None
    for coating in ("LiNbO3", "Li3PO4"):
        assert found[coating].why_missing == f"the job computing {what} failed"
    undisturbed = {one.coating: one.rank for one in ranking(whole)}
    lost = "contacts" in what  # what is ranked by
    expected = {"HfO2": 1, "LiNbO3": None, "Li3PO4": None} if lost else undisturbed
    assert {name: one.rank for name, one in found.items()} == expected

    undo()
    mended = run_local(flow, store)
    assert (mended.failed, mended.done) == ({}, [failed])
    assert outputs(store) == outputs(whole)
    assert ranking(store) == ranking(whole)


def test_what_needs_a_failed_job_says_so(flow, store, monkeypatch):
    monkeypatch.setattr(tasks, "lithium_states", fail("no cathode today"))
    outcome = run_local(flow, store)
    assert outcome.failed["cathode_states: LiCoO2"] == "RuntimeError: no cathode today"
    needy = {name: why for name, why in outcome.failed.items() if not name.startswith("cathode_states")}
    assert needy.keys() == {
        "bare_interface: LiCoO2|Li6PS5Cl",
        *(f"coating_contacts: {about} {n}/2" for about in ("LiCoO2", "Li6PS5Cl at LiCoO2") for n in (1, 2)),
    }
    assert set(needy.values()) == {"needs cathode_states: LiCoO2, which failed"}
    found = ranking(store)
    assert len(found) == len(SMALL["coatings"])
    for one in found:
        assert one.rank is None
        assert "the job computing contacts with the cathode failed" in one.why_missing


def test_an_old_output_of_a_job_that_fails_now_is_not_used(tmp_path, store, monkeypatch):
    """A job is run again when something before it is; what it once gave is not its result then."""
    flow = StackMaker(batch_size=2).make(SMALL["coatings"], "LiCoO2", "Li6PS5Cl", energies_file(tmp_path))
    assert run_local(flow, store).failed == {}
    assert store.get_output(flow.output.uuid, load=True)["failed"] == {}
    store.remove_docs({"name": "cathode_states: LiCoO2"})
    fails_for_niobate(monkeypatch, "contacts with the cathode")
    outcome = run_local(flow, store)
    assert outcome.failed == {"coating_contacts: LiCoO2 1/2": "RuntimeError: out of luck"}
    failed = store.get_output(flow.output.uuid, load=True)["failed"]
    assert failed == dict.fromkeys(("LiNbO3", "Li3PO4"), "contacts with the cathode: the job computing it failed")


def test_only_the_first_line_of_an_error_is_kept(flow, store, monkeypatch):
    monkeypatch.setattr(tasks, "material_window", fail("one\ntwo\nthree"))
    assert run_local(flow, store).failed["material_properties: LiCoO2"] == "RuntimeError: one"


def test_a_store_that_fails_stops_the_run(flow, store, monkeypatch):
    """A full disk is not the fault of the job that meets it."""
    written = []
    real = store.docs_store.update

    def full(docs, key=None):
        if len(written) == 3:
            raise StoreError("the disk is full")
        written.append(docs)
        real(docs, key)

    monkeypatch.setattr(store.docs_store, "update", full)
    with pytest.raises(StoreError, match="the disk is full"):
        run_local(flow, store)
    assert store.count() == 3


# -- several processes -------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_give_what_one_gives(flow, tmp_path):
    stores = []
    for workers in (1, 2):
        opened = job_store(StoreLocation(tmp_path / str(workers)))
        outcome = run_local(flow, opened, workers=workers)
        assert outcome.failed == {}
        assert len(outcome.done) == len(flow.job_uuids)
        stores.append(outputs(opened))
    assert stores[0] == stores[1]


@job
def end_of_process():
    os._exit(3)


@job
def returns_another_job():
    from jobflow import Response

    return Response(replace=end_of_process())


def test_a_process_that_dies_is_an_error_that_says_what_to_do(tmp_path):
    store = job_store(StoreLocation(tmp_path))
    with pytest.raises(
        CalculationError, match="a worker process died; 0 jobs are finished: run the same command again"
    ):
        run_local(Flow([by_content(end_of_process())]), store, workers=2)


def test_jobs_that_return_jobs_are_refused(store):
    outcome = run_local(Flow([returns_another_job()]), store)
    assert "returned further jobs" in outcome.failed["returns_another_job"]
