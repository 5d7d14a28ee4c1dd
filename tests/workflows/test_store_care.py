"""Whether a database is whole, and making it so again from what its jobs computed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from fixtures_filled import FILE, changed
from fixtures_screening import SMALL, contents

from screening.database import CoatingDatabase, StoreLocation
from workflows import run_screening
from workflows.outputs import LARGE, job_store


def test_a_whole_one_is_left_as_it_is(filled, copied, verb):
    before = (copied / FILE).read_bytes()
    status, out, _ = verb("store", "check", "--store", str(copied))
    assert (status, out) == (0, f"{copied} is whole: {out.partition('whole: ')[2]}")
    assert f"{len(SMALL['coatings'])} coatings, 1 rankings, 1 runs" in out
    assert "nothing was done" in verb("store", "repair", "--store", str(copied))[1]
    assert (copied / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE coatings SET doc = replace(doc, 'HfO2', 'HfO3') WHERE doc LIKE '%HfO2%'", "coatings: HfO2: the doc"),
        ("UPDATE coatings SET doc = '{}' WHERE rowid = 1", "the document is damaged"),
        ('UPDATE "coatings.heavy" SET doc = "{}" WHERE rowid = 1', "what was computed of it is damaged"),
        ('UPDATE "coatings.indexed" SET "rank" = 7 WHERE "rank" = 1', "it is not found by what it holds"),
        ('DELETE FROM "coatings.indexed" WHERE "rank" = 1', "it is not found by what it holds"),
        ("UPDATE runs SET doc = replace(doc, 'failed', 'fail')", "runs: the document is damaged"),
        ("DELETE FROM coatings WHERE rowid = 2", "3 rows for 2 documents"),
    ],
)
def test_what_is_damaged_is_named_and_made_again(filled, copied, verb, statement, said):
    changed(copied, statement)
    status, out, err = verb("store", "check", "--store", str(copied))
    assert status == 1
    assert said in out.replace('["', "").replace('"]', "") or said.startswith("runs")
    assert "coatscreen store repair" in err
    status, _, err = verb("rank", "--store", str(copied))
    assert status == 1
    assert "is damaged (" in err
    assert verb("store", "repair", "--store", str(copied))[0] == 0
    assert contents(copied) == contents(filled.store)


def test_a_lost_job_is_computed_again_by_resume(filled, copied, verb):
    changed(copied, "UPDATE jobs SET doc = replace(doc, 'output', 'outpt') WHERE doc LIKE '%material_properties%'")
    status, out, _ = verb("store", "repair", "--store", str(copied))
    assert status == 0
    assert "coatscreen run --resume computes them again, and these alone" in out
    status, _, err = verb("run", "--resume", "--store", str(copied))
    assert status == 0
    assert "1 jobs run" in err or "jobs run" in err
    assert contents(copied) == contents(filled.store)


def test_a_copy_is_kept_of_a_document_of_another_form(filled, copied, verb):
    store = StoreLocation(copied).open("runs")
    run = store.query_one({})
    store.update({name: value for name, value in run.items() if name != "failed"}, key="run_id")
    store.close()
    status, out, _ = verb("store", "check", "--store", str(copied))
    assert (status, "failed: Field required" in out) == (1, True)
    status, out, _ = verb("store", "repair", "--store", str(copied))
    assert status == 0
    (kept,) = copied.glob(f"{FILE}.damaged-*")
    assert str(kept) in out
    assert "lost: runs" in out
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    run_screening(filled.model_copy(update={"store": str(copied)}))
    with CoatingDatabase.open(copied) as database:
        assert [one.state for one in database.runs()] == ["done"]


def test_check_counts_in_json(copied, verb):
    status, out, _ = verb("store", "check", "--json", "--store", str(copied))
    found = json.loads(out)
    assert (status, found["whole"], found["damaged"]) == (0, True, [])
    with job_store(StoreLocation(copied), read_only=True) as jobs:
        assert found["documents"]["jobs"] == jobs.count()
        assert jobs.additional_stores[LARGE].count() > 0
