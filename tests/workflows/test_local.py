"""Running a flow here: taking it up again, failures, several processes."""

from __future__ import annotations

import os

import pytest
from fixtures_screening import SMALL, energies_file, without
from jobflow import Flow, JobStore, job
from maggma.stores import MemoryStore

from screening.coatings import tasks as batch
from screening.common.errors import CalculationError, StoreError
from screening.database import StoreLocation
from workflows import CoatingScreeningMaker
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
    (found,) = [output for name, output in outputs(store).items() if name.startswith("rank: ")]
    return found


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


# each function a job of the flow computes with, and what the records then lack
PIECES = {
    "stability_of": "stability",
    "windows_of": "window",
    "contacts_with_cathode": "contacts with the cathode",
    "contacts_with_electrolyte": "contacts with the electrolyte",
}


@pytest.mark.parametrize("function", PIECES)
def test_a_job_that_raises_is_named_and_hides_nothing_else(flow, store, monkeypatch, function):
    """Only the first batch fails; the second is ranked as if nothing had been."""
    whole = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    whole.connect()
    run_local(flow, whole)
    real = getattr(batch, function)

    def fails_in_the_first_batch(energies, formulas, *others):
        if "LiNbO3" in formulas:
            raise RuntimeError("out of luck")
        return real(energies, formulas, *others)

    monkeypatch.setattr(batch, function, fails_in_the_first_batch)
    outcome = run_local(flow, store)
    assert outcome.failed
    assert all(name.startswith(function) for name in outcome.failed)
    assert set(outcome.failed.values()) == {"RuntimeError: out of luck"}
    assert set(outcome.done) == set(outputs(whole)) - set(outcome.failed)
    lines = {line["coating"]: line for line in ranking(store)["lines"]}
    assert set(lines) == set(SMALL["coatings"])
    assert lines["HfO2"]["why_missing"] is None
    for coating in ("LiNbO3", "Li3PO4"):
        assert f"the job computing {PIECES[function]} failed" in lines[coating]["why_missing"]
    undisturbed = [line["coating"] for line in ranking(whole)["lines"]]
    if function.startswith("contacts"):
        assert [line["rank"] for line in ranking(store)["lines"]] == [1, None, None]
    else:
        assert [line["coating"] for line in ranking(store)["lines"]] == undisturbed

    monkeypatch.setattr(batch, function, real)
    mended = run_local(flow, store)
    assert mended.failed == {}
    first = "1/2"
    assert set(mended.done) == {
        *outcome.failed,
        f"assemble_records: LiCoO2, Li6PS5Cl {first}",
        "judge_records: LiCoO2, Li6PS5Cl 1/2",
        "rank: LiCoO2, Li6PS5Cl",
    }
    assert outputs(store) == outputs(whole)


def test_what_needs_a_failed_job_says_so(flow, store, monkeypatch):
    monkeypatch.setattr(batch, "cathode_states", fail("no cathode today"))
    outcome = run_local(flow, store)
    assert outcome.failed["cathode_states: LiCoO2"] == "RuntimeError: no cathode today"
    needy = {name: why for name, why in outcome.failed.items() if not name.startswith("cathode_states")}
    assert needy.keys() > {"bare_interface: LiCoO2|Li6PS5Cl", "contacts_with_cathode: LiCoO2 1/2"}
    assert set(needy.values()) == {"needs cathode_states: LiCoO2, which failed"}
    for line in ranking(store)["lines"]:
        assert line["rank"] is None
        assert "the job computing contacts with the cathode failed" in line["why_missing"]


def test_if_nothing_is_left_the_ranking_fails_too(flow, store, monkeypatch):
    monkeypatch.setattr(batch, "assemble_records", fail("not joined"))
    outcome = run_local(flow, store)
    assert "no coating was computed" in outcome.failed["rank: LiCoO2, Li6PS5Cl"]


def test_an_old_output_of_a_job_that_fails_now_is_not_used(flow, store, monkeypatch):
    """A job is run again when something before it is; what it once gave is not its result then."""
    run_local(flow, store)
    store.remove_docs({"name": "cathode_states: LiCoO2"})
    monkeypatch.setattr(batch, "contacts_with_cathode", fail("not any more"))
    outcome = run_local(flow, store)
    assert {name.split(":")[0] for name in outcome.failed} == {"contacts_with_cathode"}
    assert {line["rank"] for line in ranking(store)["lines"]} == {None}


def test_only_the_first_line_of_an_error_is_kept(flow, store, monkeypatch):
    monkeypatch.setattr(batch, "windows_of", fail("one\ntwo\nthree"))
    assert set(run_local(flow, store).failed.values()) >= {"RuntimeError: one"}


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
