"""The runs of a database: listed, renamed, deleted and merged, and what that does to others."""

from __future__ import annotations

import pytest
from fixtures_screening import SMALL, contents, energies_file, job_times, settings_for

from coatscreen.__main__ import execute
from screening import CoatingDatabase
from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from screening.database import StoreLocation
from screening.database.stores import KEYS
from workflows import run_screening
from workflows.runs import delete_run, describe_run, list_runs, merge, rename_run

STRICT = [{"name": "late", "quantity": "oxidation_limit_v", "at_least": 9}]


@pytest.fixture
def location(tmp_path):
    return StoreLocation(tmp_path / "db")


def screen(folder, **changed):
    return run_screening(settings_for(folder, **changed)).run


def held(location, **wanted):
    with CoatingDatabase.open(location) as database:
        return database.search(**wanted)


def runs_of(location):
    with CoatingDatabase.open(location) as database:
        return database.runs()


def test_listed(tmp_path, location):
    first = screen(tmp_path)
    last = screen(tmp_path, coatings=["LiNbO3"], criteria=STRICT)
    found = list_runs(location)
    assert [run.run_id for run in found] == [last.run_id, first.run_id]
    assert [run.coatings for run in found] == [["LiNbO3"], SMALL["coatings"]]
    assert [run.state for run in found] == ["done", "done"]
    assert found[1].changed_criteria == found[1].criteria_left_out == []
    assert [one.name for one in found[0].changed_criteria] == ["late"]
    assert found[0].criteria_left_out == [one.name for one in default_criteria()]


def test_described(tmp_path, location):
    run = screen(tmp_path, cathodes=["LiCoO2", "NCM83"])
    found = describe_run(location, run.run_id[:6])
    assert found.run.run_id == run.run_id
    assert {header.ranking_id for header in found.rankings} == set(run.rankings)
    assert {header.cathode for header in found.rankings} == {"LiCoO2", "NCM83"}
    with pytest.raises(InputError, match="no run 'nothing'"):
        describe_run(location, "nothing")


def test_renamed_and_called_so_ever_after(tmp_path, location):
    run = screen(tmp_path)
    rename_run(location, run.name, " mine: ../../etc 50 % ")
    assert [one.name for one in runs_of(location)] == ["mine: ../../etc 50 %"]  # a name is no path
    screen(tmp_path)  # again: the name stays
    assert describe_run(location, "mine: ../../etc 50 %").run.run_id == run.run_id
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("energies")) == ["db"]


def test_what_was_asked_for_last_is_shown_though_nothing_is_computed(tmp_path, location):
    packaged = [one.name for one in default_criteria()]
    for criteria in ({}, {"criteria": STRICT}, {}):
        screen(tmp_path, **criteria)
        with CoatingDatabase.open(location) as database:
            (header,) = database.headers()
            assert list(header.criteria) == (["late"] if criteria else packaged)
            assert {doc["tier"] for doc in database.search()} == {
                doc["tier"] for doc in database.search(run=database.runs()[0].run_id)
            }


def test_failures_of_the_last_run_come_first(tmp_path, location):
    runs = [screen(tmp_path, coatings=[name]) for name in ("LiNbO3", "HfO2")]
    store = location.open("runs")
    for run, updated, failed in zip(
        runs, ("2026-02", "2026-01"), ({"a": "new", "b": "new"}, {"c": "old", "a": "old"}), strict=True
    ):
        store.update(
            run.model_copy(update={"updated": updated, "failed": failed}).model_dump(mode="json"), key="run_id"
        )
    store.close()
    with CoatingDatabase.open(location) as database:
        assert list(database.failed_jobs().items()) == [("a", "new"), ("b", "new"), ("c", "old")]


@pytest.mark.parametrize("collection", ["runs", "jobs"])
def test_documents_of_another_shape_are_one_line(tmp_path, location, collection, capsys):
    run = screen(tmp_path)
    store = location.open(collection)
    for doc in list(store.query({})):
        changed = {name: value for name, value in doc.items() if name not in ("failed", "output")}
        store.remove_docs({KEYS[collection]: doc[KEYS[collection]]})
        store.update(changed if collection == "runs" else {**changed, "output": ["something else"]})
    store.close()
    for words in (["list"], ["show", run.run_id], ["compare", run.run_id, run.run_id]):
        assert execute(["runs", *words, "--store", str(location.folder)]) == 1
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1)
        assert ("failed: Field required" if collection == "runs" else "is no document") in err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the new name is empty"),
        ("  ", "the new name is empty"),
        ("a\nb", "cannot be printed"),
        ("a\x1b[31mb", "cannot be printed"),
        ("a\u202eb", "cannot be printed"),
        ("other", "the name 'other' is taken, by the run "),
    ],
)
def test_names_that_are_refused(tmp_path, location, name, message):
    other = screen(tmp_path, coatings=["HfO2"])
    rename_run(location, other.run_id, "other")
    run = screen(tmp_path, coatings=["LiNbO3"])
    before = runs_of(location)
    with pytest.raises(InputError, match=message) as caught:
        rename_run(location, run.run_id, name)
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(InputError, match="is taken"):
        rename_run(location, run.run_id, other.run_id[:8])
    assert runs_of(location) == before


# -- deleting ----------------------------------------------------------------------------------------------


def test_a_deleted_run_takes_nothing_of_others(tmp_path, location):
    """Two runs share a ranking, a third has one of its own."""
    alone = StoreLocation(tmp_path / "alone")
    for where in (location, alone):
        screen(tmp_path, store=str(where.folder), coatings=["LiNbO3", "HfO2"])
        screen(tmp_path, store=str(where.folder), coatings=["LiNbO3"], criteria=STRICT)
    doomed = screen(tmp_path, coatings=["LiNbO3", "Li3PO4"])
    assert {doc["coating"] for doc in held(location, run=doomed.run_id)} == {"LiNbO3", "HfO2", "Li3PO4"}
    jobs = job_times(location.folder)
    deleted = delete_run(location, doomed.run_id)
    assert (deleted.deleted, deleted.made_again) == ([], doomed.rankings)
    assert contents(location.folder) == contents(alone.folder)
    assert [run.run_id for run in runs_of(location)] == [run.run_id for run in runs_of(alone)]
    gone = jobs.keys() - job_times(location.folder).keys()
    assert gone == set(doomed.ranking_jobs)  # what was computed stays
    assert len(run_screening(settings_for(tmp_path, coatings=["LiNbO3", "Li3PO4"])).outcome.done) == 1


def test_a_ranking_that_no_other_run_uses_goes(tmp_path, location):
    kept = screen(tmp_path)
    before = contents(location.folder)
    doomed = screen(tmp_path, criteria=STRICT)
    deleted = delete_run(location, doomed.run_id)
    assert (deleted.deleted, deleted.made_again) == (doomed.rankings, [])
    assert contents(location.folder) == before
    assert [run.run_id for run in runs_of(location)] == [kept.run_id]


def test_a_request_that_two_runs_share_stays(tmp_path, location):
    kept = screen(tmp_path)
    before = contents(location.folder)
    doomed = screen(tmp_path, cathodes=["LiCoO2", "NCM83"])
    assert set(kept.ranking_jobs) < set(doomed.ranking_jobs)
    delete_run(location, doomed.run_id)
    assert contents(location.folder) == before
    assert set(kept.ranking_jobs) <= job_times(location.folder).keys()


def test_a_deletion_that_is_killed_is_done_by_deleting_again(tmp_path, location, monkeypatch):
    screen(tmp_path, coatings=["LiNbO3"])
    before = contents(location.folder)
    doomed = screen(tmp_path)

    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workflows.runs.aggregate", killed)
        with pytest.raises(KeyboardInterrupt):
            delete_run(location, doomed.run_id)
    assert doomed.run_id in {run.run_id for run in runs_of(location)}
    delete_run(location, doomed.run_id)
    assert contents(location.folder) == before
    with pytest.raises(InputError, match="no run"):
        delete_run(location, doomed.run_id)


# -- merging -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["embedded", "server"])
def target(request, location):
    """Where it is merged into."""
    return location if request.param == "embedded" else StoreLocation(request.getfixturevalue("database_uri"))


def plain(found):
    return {name: [{k: v for k, v in doc.items() if k != "_id"} for doc in docs] for name, docs in found.items()}


def test_merged_is_what_one_database_would_hold(tmp_path, target):
    other, one = StoreLocation(tmp_path / "other"), StoreLocation(tmp_path / "one")
    where = target.uri or str(target.folder)
    requests = [{"coatings": ["LiNbO3", "HfO2"]}, {"coatings": ["LiNbO3", "Li3PO4"]}, {"criteria": STRICT}]
    for request, store in zip(requests, (where, str(other.folder), str(other.folder)), strict=True):
        screen(tmp_path, **request, store=store)
        screen(tmp_path, **request, store=str(one.folder))
    before = contents(other.folder)
    merged = merge(target, other)
    assert merged.jobs > 0
    assert len(merged.runs) == 2
    # a batch that was computed elsewhere is another job: what it says of a coating is the same
    found, expected = plain(contents(where)), plain(contents(one.folder))
    assert found == expected
    assert {run.run_id for run in runs_of(target)} == {run.run_id for run in runs_of(one)}
    assert contents(other.folder) == before
    for request in requests:
        assert run_screening(settings_for(tmp_path, **request, store=where)).outcome.failed == {}


def test_merged_twice_changes_nothing(tmp_path, location):
    other = StoreLocation(tmp_path / "other")
    screen(tmp_path, coatings=["LiNbO3"])
    screen(tmp_path, coatings=["Li3PO4"], store=str(other.folder))
    merge(location, other)
    with CoatingDatabase.open(location) as database:
        built = [database._runs.rankings(None, None, None), job_times(location.folder), contents(location.folder)]
    again = merge(location, other)
    assert (again.jobs, again.runs) == (0, [])
    with CoatingDatabase.open(location) as database:
        assert [
            database._runs.rankings(None, None, None),
            job_times(location.folder),
            contents(location.folder),
        ] == built


def test_merging_changes_no_run_that_is_there(tmp_path, location):
    other = StoreLocation(tmp_path / "other")
    here = screen(tmp_path)
    rename_run(location, here.run_id, "mine")
    screen(tmp_path, store=str(other.folder))
    before, jobs = contents(location.folder), job_times(location.folder)
    merged = merge(location, other)
    assert (merged.jobs, merged.runs) == (0, [])
    assert merged.jobs_there == len(jobs)
    assert [run.name for run in runs_of(location)] == ["mine"]
    assert (contents(location.folder), job_times(location.folder)) == (before, jobs)


def test_one_name_for_two_materials_is_not_merged(tmp_path, location):
    """In one ranking the one would silently take the other's place."""
    other = StoreLocation(tmp_path / "other")
    for formula, store in (("LiNbO3", location), ("LiTaO3", other)):
        catalogue = tmp_path / f"{formula}.yaml"
        catalogue.write_text(f"coatings:\n  - {{name: mine, formula: {formula}}}\n")
        screen(tmp_path, coatings=["mine"], catalogue=[str(catalogue)], store=str(store.folder))
    before = contents(location.folder)
    with pytest.raises(InputError, match=rf"{other.folder} calls LiTaO3 'mine', and {location.folder} calls LiNbO3 so"):
        merge(location, other)
    assert contents(location.folder) == before
    assert len(runs_of(location)) == 1


def test_merging_into_nothing_makes_the_database(tmp_path, location):
    other = StoreLocation(tmp_path / "other")
    screen(tmp_path, store=str(other.folder), energies=energies_file(tmp_path, LiNbO3=-2.8))
    merge(location, other)
    assert contents(location.folder) == contents(other.folder)
    assert job_times(location.folder) == job_times(other.folder)
    with pytest.raises(InputError, match="is the database itself"):
        merge(location, StoreLocation(str(location.folder)))
