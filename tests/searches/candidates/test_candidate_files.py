"""Files of candidates: written whole, and read with a reason for each bad row."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file, synthetic

from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from screening.energies.source import EnergySource
from screening.materials.catalogue import Catalogue
from screening.searches.candidates.candidate_documents import CandidatesDocument, Neighbours, Selection
from screening.searches.candidates.candidate_files import read_candidates, write_candidates
from screening.searches.candidates.candidates import screen_candidates


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    known = Catalogue.load()
    neighbours = Neighbours(cathode=known.cathode("LiCoO2"), electrolyte=known.electrolyte("Li6PS5Cl"))
    energies = EnergySource(source=energies_file(tmp_path_factory.mktemp("candidates")), sha256=synthetic().sha256)
    return screen_candidates(energies, Selection(), default_criteria(), neighbours)


@pytest.mark.parametrize("name", ["c.csv", "c.json"])
def test_files(tmp_path, found, name):
    write_candidates(found, tmp_path / name)
    assert [row.formula for row in read_candidates(tmp_path / name)] == [c.formula for c in found.candidates]
    if name.endswith("json"):
        assert CandidatesDocument.model_validate_json((tmp_path / name).read_bytes()) == found


def test_nothing_left_is_not_written(tmp_path, found):
    with pytest.raises(InputError, match="no candidate is left"):
        write_candidates(found.model_copy(update={"candidates": []}), tmp_path / "c.csv")
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("c.csv", "", "no column 'formula'; it has none"),
        ("c.csv", "formul,a\nLiF,1\n", r"no column 'formula' \('formul' is not it\)"),
        ("c.csv", "formula\n\n", "holds no candidate"),
        ("c.csv", "formula,b\nLiQ,1\nLiXx,2\n", r"c\.csv row 2: .*Q; .*c\.csv row 3: .*Xx"),
        ("c.csv", "Formula;FORMULA\nLiF;1\n", "has the column 'formula' twice"),
        ("c.json", "{", "is not JSON"),
        ("c.json", "{}", "neither a list"),
        ("c.json", json.dumps([{"formula": "LiF"}, {"name": "LiCl"}]), "candidate 2 is neither"),
        ("c.xls", "LiF", "neither CSV nor JSON nor text"),
        ("c.txt", "# none\n\n", "holds no candidate"),
    ],
)
def test_bad_files(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_candidates(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.csv", "FORMULA,note\nLiF,a\nLiXx,b\nLiCl,c\n"),
        ("c.csv", "\ufeffrank; Formula ;cost\n1;LiF;2,5\n2;LiXx;3\n3;LiCl;\n"),
        ("c.csv", "formula\tnote\nLiF\ta, b\nLiXx\t\nLiCl\t\n"),
        ("c.txt", "# formulas of mine\nLiF\n\nLiXx  # no element\n LiCl\n"),
        ("c.TXT", "LiF\r\nLiXx\r\nLiCl"),
    ],
)
def test_one_bad_row_stops_nothing(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    rows = read_candidates(tmp_path / name)
    assert [row.formula for row in rows] == ["LiF", "LiXx", "LiCl"]
    assert [row.fault for row in rows] == [None, "LiXx: no element Xx", None]


def test_the_other_columns_of_a_table_are_kept(tmp_path):
    (tmp_path / "c.csv").write_text("No;Formula;note\n1;LiF;cheap\n2;LiCl;\n", encoding="utf-8")
    assert [row.columns for row in read_candidates(tmp_path / "c.csv")] == [{"No": "1", "note": "cheap"}, {"No": "2"}]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_candidates(tmp_path / "c.csv")
