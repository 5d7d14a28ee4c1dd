"""The runs of a database, and which rankings and materials a question means."""

from __future__ import annotations

import pytest
from fixtures_screening import SMALL, energies_file, settings_for

from screening import CoatingDatabase
from screening.coatings.run_document import Run
from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from screening.database import StoreLocation
from screening.database.stored_documents import StoredDocuments
from screening.database.stored_runs import StoredRuns
from workflows import run_screening


def test_the_ranking_made_last_is_meant_unless_a_run_is_named(tmp_path):
    strict = [{"name": "late", "quantity": "oxidation_limit_v", "at_least": 9}]
    first = run_screening(settings_for(tmp_path, coatings=["LiNbO3", "HfO2"])).run
    last = run_screening(settings_for(tmp_path, coatings=["LiNbO3"], criteria=strict)).run
    other = run_screening(settings_for(tmp_path, energies=energies_file(tmp_path, LiNbO3=-2.8))).run
    with CoatingDatabase.open(tmp_path / "db") as database:
        found = {(d["coating"], d["energies"]["sha256"]) for d in database.search()}
        assert found == {("LiNbO3", last.energies_sha256)} | {(c, other.energies_sha256) for c in SMALL["coatings"]}
        (doc,) = [d for d in database.search() if d["energies"]["sha256"] == last.energies_sha256]
        assert doc["passes"] == {"late": False}
        found = database.search(run=first.run_id)
        assert {d["coating"] for d in found} == {"LiNbO3", "HfO2"}
        assert all(d["passes"].keys() == {c.name for c in default_criteria()} for d in found)
        assert database.count() == 6


def run(run_id, name, updated, *rankings):
    return Run(run_id=run_id, name=name, request={}, energies_sha256="e", rankings=list(rankings), ranking_jobs=[],
               state="done", jobs=[], failed={}, created="2026-01-01T00:00:00", updated=updated)  # fmt: skip


RUNS = [
    run("aaaa1111", "first", "2026-01-01T00:00:00", "r1"),
    run("aaaa2222", "again", "2026-01-03T00:00:00", "r1", "r2"),
    run("bbbb3333", "again", "2026-01-02T00:00:00", "r3"),
]
RANKINGS = {"r1": ("NCM83", "e"), "r2": ("LiCoO2", "e"), "r3": ("NCM83", "e"), "r4": ("NCM83", "other")}


@pytest.fixture
def runs(tmp_path):
    """Runs of which two have one name, and rankings of which two are of one cathode, electrolyte and energies."""
    location = StoreLocation(tmp_path)
    stores = {name: location.open(name) for name in ("runs", "rankings", "coatings")}
    stores["runs"].update([one.model_dump(mode="json") for one in RUNS])
    stores["rankings"].update(
        [
            {"ranking_id": name, "cathode": cathode, "electrolyte": "Li6PS5Cl", "energies": {"sha256": sha256},
             "built_at": "2026-01-01T12:00:00"}
            for name, (cathode, sha256) in RANKINGS.items()
        ]
    )  # fmt: skip
    stores["coatings"].update(
        [
            {"key": name, "ranking_id": name, "coating": "LiNbO3", "cathode": cathode, "electrolyte": "Li6PS5Cl"}
            for name, (cathode, _) in RANKINGS.items()
        ]
    )
    for store in stores.values():
        store.close()
    documents = StoredDocuments(location)
    yield StoredRuns(documents)
    documents.close()


def asked(runs, *which):
    return [doc["ranking_id"] for doc in runs.rankings(*which)]


def test_the_last_run_comes_first(runs):
    assert [one.run_id for one in runs.all()] == ["aaaa2222", "bbbb3333", "aaaa1111"]


@pytest.mark.parametrize(("name", "found"), [("first", 0), ("aaaa1111", 0), ("aaaa1", 0), ("bbbb", 2), ("aaaa2222", 1)])
def test_a_run_is_found_by_its_name_its_id_or_the_beginning_of_that(runs, name, found):
    assert runs.one(name) == RUNS[found]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("again", "^'again' is the name of 2 runs: write the id, one of aaaa2222, bbbb3333$"),
        ("aaaa", "^'aaaa' is the name of 2 runs"),
        ("bbb", "^no run 'bbb' in "),  # too short to be meant
        ("frist", r"\(did you mean first\?\)$"),
    ],
)
def test_what_names_no_run_or_several_is_refused(runs, name, said):
    with pytest.raises(InputError, match=said):
        runs.one(name)


def test_of_each_cathode_electrolyte_and_energies_the_ranking_asked_for_last_is_meant(runs):
    """The first was asked for again, later than the third; of the fourth no run is left."""
    assert asked(runs, None, None, None) == ["r2", "r1", "r4"]
    assert asked(runs, "NCM83", None, None) == ["r1", "r4"]
    assert asked(runs, None, None, "bbbb3333") == ["r3"]
    assert asked(runs, "lco", "LPSCl", "aaaa2222") == ["r2"]


def test_materials_are_known_by_the_names_of_the_catalogue(runs):
    assert [runs.known("cathode", name) for name in ("NCM83", "ncm83", "LCO")] == ["NCM83", "NCM83", "LiCoO2"]
    assert runs.known("coating", "lithium niobate") == "LiNbO3"
    with pytest.raises(InputError, match=r"holds no cathode 'NCM811'"):  # in the catalogue, and not here
        runs.known("cathode", "NCM811")
    with pytest.raises(InputError, match=r"holds no coating 'HfO2'; there are LiNbO3$"):
        runs.known("coating", "HfO2")
