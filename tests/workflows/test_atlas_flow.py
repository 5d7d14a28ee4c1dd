"""An atlas as a graph of jobs: it goes on where it was interrupted, and one process builds a file at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from fixtures_atlas import small_atlas, small_plan
from jobflow import JobStore
from maggma.stores import MemoryStore

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

import pyarrow.parquet as pq

from screening.atlas import parts
from screening.atlas.atlas import Atlas
from screening.atlas.atlas_documents import AtlasDocument
from screening.common.errors import CalculationError, InputError
from screening.database import StoreLocation
from workflows.atlas import AtlasCollector, build_atlas, prepare_atlas
from workflows.flows.atlas import AtlasMaker
from workflows.local import run_local
from workflows.requests.flow_request import ResultCollector


def rows(file):
    return pq.read_table(file).to_pylist()


@pytest.fixture
def plan(tmp_path):
    return small_plan(tmp_path, cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"], voltages_v=[4.3])


def test_the_graph(plan, tmp_path):
    flow = AtlasMaker(batch_size=20).make(plan, tmp_path / "atlas.parquet", tmp_path / "parts")
    n_parts = -(-len(plan.coatings) // 20)
    assert len(flow.job_uuids) == n_parts + 1
    assert (
        flow.job_uuids == AtlasMaker(batch_size=20).make(plan, tmp_path / "atlas.parquet", tmp_path / "parts").job_uuids
    )
    other = plan.model_copy(update={"voltages_v": (2.9,)})
    again = AtlasMaker(batch_size=20).make(other, tmp_path / "atlas.parquet", tmp_path / "parts")
    assert not set(again.job_uuids) & set(flow.job_uuids)


def test_in_any_job_store(plan, tmp_path):
    """As on a queue: the jobs know nothing of where they run."""
    request = prepare_atlas(plan, tmp_path / "atlas.parquet", 20)
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    store.connect()
    outcome = run_local(request.flow, store)
    assert outcome.failed == {}
    collector = ResultCollector.from_text(request.collector.to_text())
    assert isinstance(collector, AtlasCollector)
    document = collector.collect(store, StoreLocation(tmp_path / "db"), {})
    (tmp_path / "other").mkdir()
    assert rows(document.file) == rows(small_atlas(tmp_path / "other", plan).file)


def test_the_whole_on_two_processes(plan, tmp_path):
    file = tmp_path / "atlas.parquet"
    document, outcome = build_atlas(plan, file, 20, workers=2)
    assert len(outcome.done) == -(-len(plan.coatings) // 20) + 1
    assert document == parts.describe(file)
    assert list((tmp_path / "atlas.parquet.work" / "parts").iterdir()) == []
    again, outcome = build_atlas(plan, file, 20)
    assert (again, outcome.done) == (document, [])


def test_an_atlas_that_is_gone_or_changed_is_written_again(plan, tmp_path):
    file = tmp_path / "atlas.parquet"
    document, _ = build_atlas(plan, file, 20)
    for damage in (file.unlink, lambda: file.write_bytes(b"PAR1")):
        damage()
        again, outcome = build_atlas(plan, file, 20)
        assert again == document
        assert [name.partition(":")[0] for name in outcome.done] == ["merged_atlas"]
        assert parts.is_as_written(again)


def test_an_interrupted_build_goes_on(plan, tmp_path, monkeypatch):
    file, write, calls = tmp_path / "atlas.parquet", parts.write_part, []

    def interrupted(*arguments):
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(arguments)
        return write(*arguments)

    monkeypatch.setattr(parts, "write_part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_atlas(plan, file, 20)
    assert not file.exists()
    monkeypatch.setattr(parts, "write_part", write)
    _, outcome = build_atlas(plan, file, 20)
    assert len(outcome.already_done) == 1
    with Atlas(file) as atlas:
        assert atlas.header.coatings.coating == list(plan.coatings)


def _build(plan, file):
    build_atlas(plan, file, 5)


def test_a_build_that_is_killed_goes_on_and_leaves_no_half_file(plan, tmp_path):
    file = tmp_path / "atlas.parquet"
    process = multiprocessing.get_context("spawn").Process(target=_build, args=(plan, file))
    process.start()
    place = tmp_path / "atlas.parquet.work" / "parts"
    while process.is_alive() and not list(place.glob("*.parquet")):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    document, outcome = build_atlas(plan, file, 5)
    assert len(outcome.done) + len(outcome.already_done) == -(-len(plan.coatings) // 5) + 1
    assert document.n_contacts == plan.n_contacts == pq.read_metadata(file).num_rows
    assert parts.is_as_written(document)


def test_two_builds_at_once(plan, tmp_path, monkeypatch):
    file, write, refused = tmp_path / "atlas.parquet", parts.write_part, []

    def beside(*arguments):
        if not refused:
            with pytest.raises(InputError, match=r"^another process is computing atlas\.parquet: ") as caught:
                build_atlas(plan, file, 20)
            refused.append(str(caught.value))
        return write(*arguments)

    monkeypatch.setattr(parts, "write_part", beside)
    document, _ = build_atlas(plan, file, 20)
    assert len(refused) == 1
    assert document.n_contacts == plan.n_contacts


def test_a_job_that_fails_is_named(plan, tmp_path, monkeypatch):
    def fails(*_):
        raise CalculationError("no more")

    monkeypatch.setattr(parts, "write_part", fails)
    with pytest.raises(CalculationError, match=r"^atlas_part: coatings 1/\d+: CalculationError: no more$"):
        build_atlas(plan, tmp_path / "atlas.parquet", 20)


def test_a_file_that_has_changed_since_is_not_taken_for_it(plan, tmp_path):
    request = prepare_atlas(plan, tmp_path / "atlas.parquet", 1000)
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    store.connect()
    run_local(request.flow, store)
    found = store.get_output(request.flow.output.uuid)
    Path(AtlasDocument.model_validate({k: v for k, v in found.items() if k[0] != "@"}).file).write_bytes(b"another")
    with pytest.raises(CalculationError, match=r"atlas\.parquet is not as it was written: coatscreen atlas"):
        request.collector.collect(store, StoreLocation(tmp_path / "db"), {})
