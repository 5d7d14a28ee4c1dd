"""Candidates from the command line, and as the coatings of a run."""

from __future__ import annotations

import csv
import io
import json

import pytest
from fixtures_screening import SMALL, contents, energies_file, without

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.searches.screening_request import plan_screening
from workflows.run import run_screening
from workflows.settings import load_settings

PAIR = ["--cathode", "LiCoO2", "--electrolyte", "Li6PS5Cl"]
STABLE = {"Li2O", "Li2O2", "Li2S", "Li2SO4", "Li3P", "Li3PO4", "Li3PS4", "Li4P2O7", "LiCl", "LiPO3"}


@pytest.fixture
def energies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return energies_file(tmp_path)


def test_what_the_funnel_prints_is_what_it_says_in_json(energies, capsys):
    assert execute(["candidates", *PAIR, "--energies", energies, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["funnel"][0]["left"] > found["funnel"][-1]["left"] > 0
    assert {"energies", "software"} <= found.keys()
    assert execute(["candidates", *PAIR, "--energies", energies, "--top", "1"]) == 0
    printed = capsys.readouterr()
    best = found["candidates"][0]["formula"]
    assert best in printed.out
    assert f"{len(found['candidates']) - 1} more" in printed.err
    for step in found["funnel"]:
        assert step["name"] in printed.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--until", "stabel"], "did you mean stable?"),
        (["--threshold", "stable=-1"], "is never below 0"),
        (["--threshold", "oxidation"], "NAME=VALUE"),
        (["--threshold", "oxidation=high"], "'high' is not a number"),
        (["--elements", "Lii"], "no element 'Lii'"),
        (["--elements", ","], "--elements names no element"),
        (["--cathode", "NCM833"], "did you mean NCM83?"),
        (["--output", "c.txt"], "neither CSV nor JSON"),
        (["--elements", "Nb,O", "--output", "c.csv"], "no candidate is left"),
    ],
)
def test_bad_requests_are_one_line(energies, capsys, options, message):
    assert execute(["candidates", *PAIR, "--energies", energies, *options]) == 2
    assert message in capsys.readouterr().err


def test_all_are_the_stable_compounds_but_the_neighbours(energies):
    plan = plan_screening(["all"], ["LiCoO2"], ["Li3PS4"], energies)
    assert {coating.name for coating in plan.coatings} == STABLE - {"Li3PS4"}
    assert plan.failed == {"Li3PS4": "it is the material it should protect or touch, Li3PS4"}
    more = plan_screening(["all", "LiNbO3"], ["LiCoO2"], ["Li6PS5Cl"], energies)
    assert {coating.name for coating in more.coatings} == {*STABLE, "LiNbO3"}


def test_bad_rows_are_kept_with_their_reasons_and_stop_nothing(energies, tmp_path, capsys):
    (tmp_path / "c.csv").write_text("formula\nLi3PO4\nLi5Cl\nFooO3\nLiF\n\n")
    asked = ["--candidates", str(tmp_path / "c.csv"), "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]
    assert execute(["run", *asked, "--energies", energies, "--store", str(tmp_path / "store"), "--json"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert list(answer["failed"]) == ["Li5Cl", "FooO3"]
    assert answer["failed"]["Li5Cl"].endswith("row 3: Li5Cl: no oxidation states balance it (charge between 4 and 4)")
    assert answer["failed"]["FooO3"].endswith("row 4: FooO3: no element Foo")
    assert "not screened: FooO3" in err
    ranked = {coating["coating"]: coating for coating in answer["rankings"][0]["ranking"]}
    assert ranked.keys() == {"Li3PO4", "LiF"}
    assert ranked["Li3PO4"]["why_missing"] is None
    assert "hold no phase of F" in ranked["LiF"]["why_missing"]


def test_the_other_columns_of_the_file_stay_with_its_coatings(energies, tmp_path, capsys):
    (tmp_path / "c.csv").write_text("formula,batch,rank\nLi3PO4,7,first\nHfO2,8,second\n")
    arguments = ["--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl", "--energies", energies, "--store", str(tmp_path)]
    assert execute(["run", "--candidates", str(tmp_path / "c.csv"), *arguments, "--json"]) == 0
    ranked = json.loads(capsys.readouterr().out)["rankings"][0]["ranking"]
    assert {row["coating"]: row["columns"] for row in ranked} == {
        "Li3PO4": {"batch": "7", "rank": "first"},
        "HfO2": {"batch": "8", "rank": "second"},
    }
    assert execute(["rank", "--store", str(tmp_path), "--format", "csv"]) == 0
    rows = {row["coating"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert (rows["Li3PO4"]["batch"], rows["Li3PO4"]["rank (given)"]) == ("7", "first")
    assert rows["Li3PO4"]["rank"] in ("1", "2")


def test_named_coatings_are_refused_together(energies):
    with pytest.raises(InputError, match=r"'FooO3'.*; .*'BarO2'"):
        plan_screening(["FooO3", "Li3PO4", "BarO2"], ["LiCoO2"], ["Li6PS5Cl"], energies)


def test_of_bad_rows_alone_nothing_is_left(energies, tmp_path):
    (tmp_path / "c.csv").write_text("formula\nLi5Cl\nLiXx\n")
    with pytest.raises(InputError, match=r"row 2: Li5Cl.*; .*row 3: LiXx: no element Xx"):
        plan_screening([], ["LiCoO2"], ["Li6PS5Cl"], energies, candidates=tmp_path / "c.csv")


def test_coatings_and_candidates_exclude_each_other(tmp_path):
    with pytest.raises(InputError, match="not both"):
        load_settings(coatings="LiF", candidates=str(tmp_path / "c.csv"))


def test_a_file_of_candidates_is_screened_as_if_they_were_named(energies, tmp_path):
    options = ["--energies", energies, "--transition-metals", "--elements", "Li,Nb,P,O", "--until", "stable"]
    assert execute(["candidates", *options, "--output", "c.csv"]) == 0
    pair = {"cathodes": SMALL["cathodes"], "electrolytes": SMALL["electrolytes"], "energies": energies}
    by_file = load_settings(candidates="c.csv", store=str(tmp_path / "file"), **pair)
    finished = run_screening(by_file)
    coatings = [coating.name for coating in finished.plan.coatings]
    assert {"LiNbO3", "Li3PO4"} <= set(coatings)
    named = load_settings(coatings=coatings, store=str(tmp_path / "named"), **pair)
    run_screening(named)
    assert without(contents(by_file.store), "columns") == without(contents(named.store), "columns")
    assert run_screening(by_file).outcome.done == []
