"""Running a request here: what is finished stays, where it is kept, and what is held and asked for before."""

from __future__ import annotations

from pathlib import Path

import pytest
from jobflow import Flow, job

from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.files.locks import file_lock
from workflows.identity import named_by_content
from workflows.outputs import output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.run_request import run_request


@job
def doubled(number):
    if number > 2:
        raise ValueError("too large")
    Path("seen").touch()
    return {"twice": 2 * number, "folder": str(Path.cwd())}


class SumCollector(ResultCollector[list[int]]):
    """Collects the numbers that were doubled, and writes to the database that it was begun."""

    kind = "sum"
    file: str = ""
    asked: list[str]

    @property
    def target(self):
        return self.file

    def begin(self, location):
        runs = location.open("runs")
        runs.update({"run_id": "sum"}, key="run_id")
        runs.close()

    def collect(self, jobs, location, failed):
        found = [output_of(jobs, uuid) for uuid in self.asked]
        return [output["twice"] for output in found if output is not None]


def request(*numbers, **options):
    jobs = [named_by_content(doubled(number), str(number)) for number in numbers]
    file = str(options.pop("file", ""))
    return FlowRequest("sums", Flow(jobs), SumCollector(file=file, asked=[one.uuid for one in jobs]), **options)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_result_is_collected_from_what_is_done_and_what_failed_is_named(tmp_path):
    location = StoreLocation(tmp_path / "db")
    result, outcome = run_request(request(1, 2, 3), location)
    assert result == [2, 4]
    assert outcome.failed == {"doubled: 3": "ValueError: too large"}
    runs = location.open("runs", read_only=True)
    assert runs.count({"run_id": "sum"}) == 1
    runs.close()
    result, again = run_request(request(1, 2), location)
    assert (result, again.done, len(again.already_done)) == ([2, 4], [], 2)


def test_without_a_database_what_is_done_is_kept_beside_the_file(tmp_path):
    file = tmp_path / "new" / "sums.json"
    assert run_request(request(1, file=file))[0] == [2]
    assert {each.name for each in file.parent.iterdir()} == {"sums.json.work"}
    assert run_request(request(1, 2, file=file))[1].already_done == ["doubled: 1"]


def test_a_request_without_jobs_has_its_result(tmp_path):
    result, outcome = run_request(request(), StoreLocation(tmp_path / "db"))
    assert (result, outcome.done, outcome.already_done) == ([], [], [])


def test_two_computations_of_one_file_do_not_meet(tmp_path):
    file = tmp_path / "sums.json"
    file.with_name("sums.json.work").mkdir()
    with (
        file_lock(tmp_path / "sums.json.work" / "lock"),
        pytest.raises(InputError, match=r"another process is computing sums\.json"),
    ):
        run_request(request(1, file=file))
    assert run_request(request(1, file=file))[0] == [2]  # and the lock is let go of


def test_the_machine_is_asked_before_anything_is_written(tmp_path):
    def lacks():
        raise InputError("VASP is not here")

    with pytest.raises(InputError, match="VASP is not here"):
        run_request(request(1, file=tmp_path / "sums.json", check_here=lacks))
    assert list(tmp_path.iterdir()) == []


def test_jobs_work_in_folders_of_their_own_where_they_write_files(tmp_path):
    location = StoreLocation(tmp_path / "db")
    run_request(request(1, 2, in_folders=True), location)
    assert len(list((tmp_path / "db" / "launches").glob("*/seen"))) == 2
    assert not (tmp_path / "seen").exists()
