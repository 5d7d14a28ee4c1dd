"""Answers of thousands of coatings: printed one after the other, and as a table only as far as eyes go."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc

import pytest
from fixtures_screening import SMALL, settings_for

from coatscreen.__main__ import execute
from coatscreen.output import MOST_ROWS
from screening import CoatingDatabase
from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.database.stores import write_all
from workflows import run_screening

N = 1203


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A database of many coatings of one ranking: one that was screened, under other names."""
    folder = tmp_path_factory.mktemp("long")
    where = str(folder / "db")
    run_screening(settings_for(folder, **{**SMALL, "coatings": ["LiNbO3"]}, store=where))
    coatings = StoreLocation(where).open("coatings")
    one = coatings.query_one({})
    copies = ({**one, "key": f"{n}", "coating": f"made-up-{n}", "rank": 1 + n} for n in range(1, N))
    write_all(coatings, copies, key="key")
    coatings.close()
    return where


@pytest.fixture
def printed(capsys, store):
    def run(*arguments):
        assert execute([*arguments, "--store", store]) == 0
        return capsys.readouterr()

    return run


@pytest.mark.parametrize("verb", ["rank", "query"])
def test_a_table_ends_where_eyes_do_and_says_so(printed, verb):
    out, err = printed(verb, "--format", "table")
    assert out.count("made-up-") == MOST_ROWS - 1
    assert f"the first {MOST_ROWS} of {N}: --format csv" in err


def test_fewer_that_were_asked_for_are_not_counted(printed):
    out, err = printed("rank", "--top", "1100", "--format", "table")
    assert out.count("made-up-") == MOST_ROWS - 1
    assert f"the first {MOST_ROWS} of 1100:" in err
    out, err = printed("query", "--limit", "20", "--format", "table")
    assert out.count("made-up-") == 19
    assert "the first" not in err


def test_judged_again_a_table_ends_too(printed):
    out, err = printed("rank", "--threshold", "oxidation=3")
    assert "the first" not in err  # the made-up ones were never asked for
    assert "LiNbO3" in out


def test_csv_and_json_hold_all_in_order(printed):
    rows = list(csv.DictReader(io.StringIO(printed("rank", "--format", "csv").out)))
    assert [int(row["rank"]) for row in rows] == list(range(1, N + 1))
    (ranking,) = json.loads(printed("rank", "--json").out)["rankings"]
    assert [line["rank"] for line in ranking["ranking"]] == list(range(1, N + 1))
    found = json.loads(printed("query", "--fields", "rank,window.oxidation_limit_v").out)
    assert [one["rank"] for one in found] == list(range(1, N + 1))
    rows = list(csv.DictReader(io.StringIO(printed("query", "--fields", "rank", "--format", "csv").out)))
    assert [int(row["rank"]) for row in rows] == list(range(1, N + 1))


def test_json_reads_as_one_document(printed):
    whole = printed("query", "--limit", "2").out
    written = json.dumps(json.loads(whole), indent=2, ensure_ascii=False) + "\n"
    assert whole == re.sub(r"(?<=\de-)0(?=\d)", "", written)  # Python writes 1e-8 as 1e-08
    assert printed("query", "--limit", "2", "--filter", '{"rank": -1}').out == "[]\n"


def peak(action):
    tracemalloc.start()
    action()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_one_at_a_time_they_take_little_memory(store):
    with CoatingDatabase.open(store) as database:
        held = peak(lambda: database.search())
        streamed = peak(lambda: sum(1 for _ in database.stream()))
        lean = peak(lambda: sum(1 for _ in database.stream(fields=["coating", "window.oxidation_limit_v"])))
    assert streamed < held / 4
    assert lean < held / 4
    assert held > 5e6


def test_a_question_is_checked_before_anything_is_answered(store):
    with CoatingDatabase.open(store) as database:
        for wrong in ({"fields": ["windw.oxidation_limit_v"]}, {"sort": "beauty"}, {"limit": -1}):
            with pytest.raises(InputError):
                database.stream(**wrong)
