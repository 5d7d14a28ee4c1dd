"""The main job from request to database: again, interrupted, two at once, on a full disk."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from fixtures_screening import FORMATION, SMALL, contents, energies_file, job_times, settings_for

from screening import CoatingDatabase
from screening.coatings import tasks
from screening.common.errors import CalculationError, InputError, StoreError
from screening.database import StoreLocation
from workflows import run_screening
from workflows.run import unfinished_request
from workflows.settings import load_settings

OXIDES = ("O3", "O4", "O5", "O7", "O8", "O2", "O")
MANY = [f for f in FORMATION if f.endswith(OXIDES) and f not in ("LiCoO2", "CoO2")][:8]


def runs(store):
    opened = StoreLocation(store).open("runs", read_only=True)
    found = [{k: v for k, v in doc.items() if k != "_id"} for doc in opened.query({})]
    opened.close()
    return found


def built_at(store):
    with_times = StoreLocation(store).open("coatings", read_only=True)
    return {doc["key"]: (doc["built_at"], doc["source_jobs"]) for doc in with_times.query({})}


def test_what_a_run_leaves(tmp_path):
    settings = settings_for(tmp_path)
    finished = run_screening(settings)
    assert [coating.name for coating in finished.plan.coatings] == SMALL["coatings"]
    assert finished.outcome.failed == {}
    (run,) = runs(settings.store)
    assert (run["state"], run["failed"], run["request"]["coatings"]) == ("done", {}, SMALL["coatings"])
    assert run == {**finished.run.model_dump(), **{name: run[name] for name in ("state", "created", "updated")}}
    times = job_times(settings.store)
    assert set(run["jobs"]) == set(times)
    assert len(times) == len(run["jobs"]) == len(finished.outcome.done)
    with CoatingDatabase.open(settings.store) as database:
        (ranking,) = database.ranking()
        (named,) = database.ranking(run=run["run_id"])
    assert (ranking.cathode, ranking.electrolyte) == ("LiCoO2", "Li6PS5Cl")
    assert named == ranking
    assert run["rankings"] == [ranking.ranking_id]
    assert set(run["ranking_jobs"]) < set(times)
    assert {c.coating for c in ranking.ranking} == set(SMALL["coatings"])


def test_running_again_adds_nothing(tmp_path):
    settings = settings_for(tmp_path)
    run_screening(settings)
    before = contents(settings.store), job_times(settings.store), built_at(settings.store)
    again = run_screening(settings)
    assert again.outcome.done == []
    assert len(again.outcome.already_done) == len(before[1])
    assert (contents(settings.store), job_times(settings.store), built_at(settings.store)) == before
    assert len(runs(settings.store)) == 1


def test_adding_a_coating_ranks_all_again_and_equals_all_at_once(tmp_path):
    settings = settings_for(tmp_path)
    run_screening(settings_for(tmp_path, coatings=["LiNbO3"]))
    run_screening(settings_for(tmp_path, coatings=["Li3PO4", "HfO2"]))
    at_once = settings_for(tmp_path, store=str(tmp_path / "at once"))
    run_screening(at_once)
    assert contents(settings.store) == contents(at_once.store)


def test_requests_that_differ_in_more_than_coatings_leave_each_other_alone(tmp_path):
    found = {}
    store = tmp_path / "db"
    for voltage in ([], [4.1], []):
        finished = run_screening(settings_for(tmp_path, cathodes=["NCM83"], voltage=voltage))
        found.setdefault(tuple(voltage), finished.run.run_id)
        assert found[tuple(voltage)] == finished.run.run_id
    assert finished.outcome.done == []
    assert len(runs(store)) == len(contents(store)["rankings"]) == 2
    with CoatingDatabase.open(store) as database:
        for voltage, run in found.items():
            (ranking,) = database.ranking(run=run)
            assert ranking.cathode == ("NCM83+4_1V" if voltage else "NCM83")
            held = {c.lithium.voltage_v for one in ranking.ranking for c in one.interfaces if c.lithium is not None}
            assert held >= ({4.1} if voltage else {2.9, 4.3})


@pytest.mark.parametrize(
    "changed",
    [
        {"coatings": ["LiNbO33"]},
        {"coatings": []},
        {"coatings": ["Al2O3"]},
        {"cathodes": ["NCM38x"]},
        {"electrolytes": ["LiNbO3"]},
        {"energies": "/nowhere.json"},
        {"criteria": [{"name": "a", "quantity": "mutual_cathode_hlaf_mev_per_atom", "at_least": 0}]},
    ],
)
def test_nothing_is_stored_when_the_request_is_wrong(tmp_path, changed):
    with pytest.raises(InputError):
        run_screening(settings_for(tmp_path, **changed))
    assert not (tmp_path / "db").exists()


def test_a_criterion_on_a_state_that_no_cathode_has(tmp_path):
    criterion = {"name": "a", "quantity": "mutual_cathode_hlaf_mev_per_atom", "at_least": 0}
    with pytest.raises(InputError, match=r"criterion 'a': no cathode has a state 'hlaf' \(did you mean half\?\)"):
        run_screening(settings_for(tmp_path, criteria=[criterion]))


def test_a_state_of_the_user_s_own_cathode_can_be_judged(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("cathodes:\n- {name: mine, host: {Ni: 1, O: 2}, lithiations: {full: 1, nearly empty: 0.1}}\n")
    criterion = {"name": "late", "quantity": "mutual_cathode_nearly_empty_mev_per_atom", "at_least": -1000}
    settings = settings_for(tmp_path, cathodes=["mine"], catalogue=[str(mine)], criteria=[criterion])
    run_screening(settings)
    with CoatingDatabase.open(settings.store) as database:
        assert {doc["passes"]["late"] for doc in database.search()} == {True}


# -- failures ------------------------------------------------------------------------------------------


def test_a_failure_is_kept_with_the_run_and_mended_by_the_next(tmp_path, monkeypatch):
    settings = settings_for(tmp_path, batch_size=1)
    real = tasks.material_window

    def fails_for_hafnia(phases, material):
        if material == "HfO2":
            raise RuntimeError("out of luck")
        return real(phases, material)

    monkeypatch.setattr(tasks, "material_window", fails_for_hafnia)
    outcome = run_screening(settings).outcome
    assert list(outcome.failed.values()) == ["RuntimeError: out of luck"]
    (run,) = runs(settings.store)
    assert (run["state"], run["failed"]) == ("done", outcome.failed)
    with CoatingDatabase.open(settings.store) as database:
        docs = {doc["coating"]: doc for doc in database.search()}
    assert docs["HfO2"]["why_missing"] == "the job computing stability and window failed"
    assert docs["LiNbO3"]["why_missing"] is docs["Li3PO4"]["why_missing"] is None
    assert sorted(doc["rank"] for doc in docs.values()) == [1, 2, 3]  # the ranking needs no window

    monkeypatch.setattr(tasks, "material_window", real)
    before = job_times(settings.store)
    assert unfinished_request(StoreLocation(settings.store))["coatings"] == SMALL["coatings"]
    mended = run_screening(settings).outcome
    assert mended.done == list(outcome.failed)
    after = job_times(settings.store)
    assert {uuid: after[uuid] for uuid in before} == before
    assert len(after) == len(before) + 1
    clean = settings_for(tmp_path, store=str(tmp_path / "clean"), batch_size=1)
    run_screening(clean)
    assert contents(settings.store) == contents(clean.store)
    with pytest.raises(InputError, match="no unfinished run"):
        unfinished_request(StoreLocation(settings.store))


def test_if_no_ranking_came_about_the_run_has_failed(tmp_path, monkeypatch):
    settings = settings_for(tmp_path)

    def no_contact(*arguments):
        raise RuntimeError("no touching")

    monkeypatch.setattr(tasks, "contacts", no_contact)
    with pytest.raises(CalculationError, match="RuntimeError: no touching"):
        run_screening(settings)
    (run,) = runs(settings.store)
    assert run["state"] == "failed"


def test_resume_is_of_the_last_unfinished_run(tmp_path, monkeypatch):
    location = StoreLocation(tmp_path / "db")
    with pytest.raises(InputError, match="no unfinished run"):
        unfinished_request(location)
    real = tasks.material_stability

    def dies(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(tasks, "material_stability", dies)
    for coating in ("LiNbO3", "HfO2"):
        with pytest.raises(KeyboardInterrupt):
            run_screening(settings_for(tmp_path, coatings=[coating]))
        time.sleep(0.005)  # the times of runs are in milliseconds
    assert [run["state"] for run in runs(location.folder)] == ["running", "running"]
    monkeypatch.setattr(tasks, "material_stability", real)
    request = unfinished_request(location)
    assert request["coatings"] == ["HfO2"]
    run_screening(load_settings(**request, store=str(location.folder)))
    assert unfinished_request(location)["coatings"] == ["LiNbO3"]


def test_resume_from_another_folder(tmp_path, monkeypatch):
    """The request means the same files from anywhere."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("coatings:\n- {name: my blend, components: {LiNbO3: 1, Li3PO4: 1}}\n")
    monkeypatch.chdir(tmp_path)
    energies = Path(energies_file(tmp_path)).name
    real = tasks.material_stability
    monkeypatch.setattr(tasks, "material_stability", lambda *_: 1 / 0)
    settings = settings_for(tmp_path, energies=energies, catalogue=[mine.name], coatings=["my blend"], store="db")
    run_screening(settings)
    monkeypatch.setattr(tasks, "material_stability", real)
    monkeypatch.chdir("/")
    store = str(tmp_path / "db")
    finished = run_screening(load_settings(**unfinished_request(StoreLocation(store)), store=store))
    assert [coating.name for coating in finished.plan.coatings] == ["my blend"]
    assert finished.outcome.failed == {}


# -- kills and neighbours -------------------------------------------------------------------------------


def started(folder, config, *options):
    return subprocess.Popen(
        [sys.executable, "-m", "coatscreen", "run", "--config", str(config), *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def config_of(folder, name, **changed):
    """Write the options of a run of many small jobs."""
    options = settings_for(folder, **{"coatings": MANY, "batch_size": 1, "store": str(folder / name), **changed})
    path = folder / f"{name}.yaml"
    path.write_text(options.model_dump_json())
    return path, options


def finished_jobs(store):
    file = Path(store) / "coatscreen.sqlite"
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM jobs").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
def test_killed_in_the_middle(tmp_path):
    config, settings = config_of(tmp_path, "killed")
    process = started(tmp_path, config)
    while finished_jobs(settings.store) < 15:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    StoreLocation(settings.store).open("jobs").close()  # what was written last counts once the store is opened to write
    before = job_times(settings.store)
    copy = tmp_path / "copy"
    shutil.copytree(settings.store, copy)
    reference = settings_for(tmp_path, coatings=MANY, batch_size=1, store=str(tmp_path / "whole"))
    total = len(run_screening(reference).outcome.done)
    assert 15 <= len(before) < total, "killed too late to tell anything"

    same_command = started(tmp_path, config)
    _, notes = same_command.communicate(timeout=120)
    assert same_command.returncode == 0, notes
    assert f"{total - len(before)} jobs run, {len(before)} were done before, 0 failed" in notes
    after = job_times(settings.store)
    assert {uuid: after[uuid] for uuid in before} == before  # none was computed again
    assert set(after) == set(job_times(reference.store))
    assert contents(settings.store) == contents(reference.store)

    resumed = subprocess.run(
        [sys.executable, "-m", "coatscreen", "run", "--resume", "--store", str(copy), "--json"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert resumed.returncode == 0, resumed.stderr
    assert f"{total - len(before)} jobs run, {len(before)} were done before, 0 failed" in resumed.stderr
    assert contents(copy) == contents(reference.store)
    (run,) = runs(copy)
    assert (run["state"], run["request"]["coatings"], run["request"]["batch_size"]) == ("done", MANY, 1)


@pytest.mark.slow
def test_two_at_once_on_one_store(tmp_path):
    config, settings = config_of(tmp_path, "shared", coatings=MANY[:4])
    processes = [started(tmp_path, config, "--json") for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    alone = settings_for(tmp_path, coatings=MANY[:4], batch_size=1, store=str(tmp_path / "alone"))
    run_screening(alone)
    assert contents(settings.store) == contents(alone.store)
    assert set(job_times(settings.store)) == set(job_times(alone.store))
    jobs = StoreLocation(settings.store).open("jobs", read_only=True)
    assert jobs.count() == len(job_times(settings.store))
    assert [run["state"] for run in runs(settings.store)] == ["done"]
    assert answers[0][0] == answers[1][0]


# -- disks and servers ----------------------------------------------------------------------------------


def test_a_full_disk_is_one_error_and_loses_nothing(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.decode().strip()}")
    try:
        settings = settings_for(tmp_path, coatings=MANY, batch_size=1, store=str(folder / "db"))
        with pytest.raises(StoreError, match=r"disk is full|disk I/O error|No space left") as caught:
            run_screening(settings)
        assert len(str(caught.value).splitlines()) == 1
        before = job_times(settings.store)
        assert before
        subprocess.run(["mount", "-o", "remount,size=50m", str(folder)], check=True)
        outcome = run_screening(settings).outcome
        assert outcome.failed == {}
        assert len(before) - 1 <= len(outcome.already_done) <= len(before)  # the last may lack its large part
        after = job_times(settings.store)
        assert sum(after[uuid] == before[uuid] for uuid in before) == len(outcome.already_done)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_mongodb_as_on_disk(tmp_path, database_uri):
    there = settings_for(tmp_path, store=database_uri)
    run_screening(there)
    here = settings_for(tmp_path)
    run_screening(here)
    assert contents(there.store) == contents(here.store)
    before = job_times(there.store), built_at(there.store)
    assert run_screening(there).outcome.done == []
    assert (job_times(there.store), built_at(there.store)) == before
    run_screening(settings_for(tmp_path, store=there.store, coatings=["LiTaO3"]))
    run_screening(settings_for(tmp_path, coatings=["LiTaO3"]))
    assert contents(there.store) == contents(here.store)


def test_a_server_that_goes_away(tmp_path, monkeypatch, database_server, database_uri):
    from pymongo.errors import AutoReconnect

    settings = settings_for(tmp_path, store=database_uri)

    def gone(*arguments):
        raise AutoReconnect("localhost:27017: connection closed")

    monkeypatch.setattr(tasks, "material_window", gone)
    with pytest.raises(StoreError, match="connection closed") as caught:
        run_screening(settings)
    assert str(database_server.password) not in str(caught.value)
