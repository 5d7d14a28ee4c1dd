"""``coatscreen reference check`` and the page it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import fixtures_screening
import pytest
from fixtures_screening import energies_file, phase_set

from coatscreen.__main__ import execute
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.validation.accuracy.check import AccuracyDocument

FORMATION = {
    formula: energy
    for formula, energy in fixtures_screening.FORMATION.items()
    if parse_formula(formula).keys() <= {"Li", "O", "P", "S", "Cl", "Nb"}
}
PBE = EnergyScale(name="synthetic PBE", version="1", functional="PBE", correction="MP2020")
PUBLISHED: list[dict[str, Any]] = [
    {
        "quantity": "chemical reaction energy",
        "system": f"{a}|{b}",
        "value": published,
        "unit": "meV/atom",
        "source": "A et al., J. B 2020, 1",
        "verified": a == "LiNbO3",
    }
    for a, b, published in (("LiNbO3", "Li6PS5Cl", -120), ("Li2O", "Nb2O5", -268), ("Li3PO4", "Li6PS5Cl", 0))
] + [{"quantity": "band gap", "system": "Nb2O5", "value": 6.0, "unit": "eV", "source": "C"}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("check")
    lines = [f"{formula},{energy + 0.01},{energy}" for formula, energy in FORMATION.items()]
    header = "formula,formation_energy_old_ev_per_atom,formation_energy_mp2020_ev_per_atom"
    (path / "against.csv").write_text("\n".join([header, *lines]))
    (path / "published.json").write_text(json.dumps(PUBLISHED))
    phase_set({**FORMATION, "Li2O": FORMATION["Li2O"] + 0.1}, PBE).to_file(path / "pbe.json")
    phase_set(FORMATION).to_file(path / "other.json")
    return path


def options(folder: Path, *more: str) -> list[str]:
    return [
        *("reference", "check", "--against", str(folder / "against.csv")),
        *("--literature", str(folder / "published.json"), "--energies", str(folder / "pbe.json"), *more),
    ]


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    """The page of two sets of energies."""
    assert execute(options(folder, "--energies", str(folder / "other.json"), "--output", str(folder / "docs"))) == 0
    return (folder / "docs" / "accuracy.md").read_text(encoding="utf-8")


def test_one_json_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(options(folder, "--json")) == 0
    document = AccuracyDocument.model_validate_json(capsys.readouterr().out)
    [found] = document.sets
    assert document.energies == found.energies
    assert found.energies.name == "synthetic PBE"
    assert [table.label for table in found.formation] == ["measured", "packaged DFT", "old", "mp2020"]
    old, new = (table.all_ev_per_atom for table in found.formation[2:])
    assert old is not None
    assert new is not None
    assert new.n == len(FORMATION)
    assert new.mean_error == pytest.approx(0.1 / len(FORMATION))
    assert old.mean_error == pytest.approx(0.1 / len(FORMATION) - 0.01)
    assert [(worst.name, round(worst.error, 6)) for worst in new.worst[:1]] == [("Li2O", 0.1)]
    assert found.literature is not None
    assert len(found.literature.compared) == 3
    assert [left.quantity for left in found.literature.not_compared] == ["band gap"]
    itself = document.dft_against_measured.by_class_ev_per_atom["polyanionic oxide"]
    assert {worst.name for worst in itself.worst} > {"LiClO4"}  # -2.31 eV/atom for Li2SO4, measured -2.11
    assert itself.mean_error < -0.05
    [test] = found.replacement  # against the column on the scale of DFT alone
    assert test.label == "mp2020"
    assert "Li2O" in test.replaced


def test_tables_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(options(folder)) == 0
    printed = capsys.readouterr()
    assert "polyanionic oxide" in printed.out
    assert "Li2O +100" in printed.out
    assert re.search(r"Li2O\|Nb2O5 +│ +-268", printed.out)
    assert "Would replacing" in printed.out
    assert "published values" in printed.err


def test_without_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["reference", "check", "--energies", str(folder / "other.json"), "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["sets"]
    assert found["literature"] is None
    assert found["replacement"] == []
    assert len(found["formation"]) == 2


class TestPage:
    def test_both_sets_side_by_side(self, page: str) -> None:
        assert "| class | measured: synthetic PBE | measured: synthetic | packaged DFT: synthetic PBE |" in page
        assert "| quantity | system | unit | source | published | synthetic PBE | note | synthetic | note |" in page
        [row] = re.findall(r"\| closed reaction energy, mutual \| Li2O.*", page)
        assert "| -268 * |" in row  # read in a transcription
        assert "| -120 |" in page

    def test_sentences_hold_the_figures(self, page: str) -> None:
        """Li2O alone is off, by 100 meV/atom."""
        mean = f"{100 / len(FORMATION):.0f}"
        assert f"{mean} (median 0) against {len(FORMATION)} values of *mp2020*" in page
        assert "**No** for synthetic PBE" in page or "**Yes** for synthetic PBE" in page
        assert "for synthetic. Replacing" not in page  # not on the scale of the DFT entries

    def test_what_is_not_compared_is_listed(self, page: str) -> None:
        assert re.search(r"\| band gap \| Nb2O5 \| it does not follow", page)

    def test_the_command_names_no_folder(self, page: str, folder: Path) -> None:
        assert "`coatscreen reference check --energies pbe.json --energies other.json --against against.csv" in page
        assert str(folder) not in page

    def test_every_picture_is_there(self, page: str, folder: Path) -> None:
        pictures = re.findall(r"\]\((accuracy/[\w-]+\.png)\)", page)
        assert len(pictures) == 5
        assert sorted(pictures) == sorted(f"accuracy/{path.name}" for path in (folder / "docs" / "accuracy").iterdir())
        assert all((folder / "docs" / picture).stat().st_size < 100_000 for picture in pictures)

    def test_made_again_it_is_the_same(self, page: str, folder: Path) -> None:
        again = ["--energies", str(folder / "other.json"), "--output", str(folder / "again" / "docs")]
        assert execute(options(folder, *again)) == 0
        for path in (folder / "docs").rglob("*.*"):
            assert (folder / "again" / "docs" / path.relative_to(folder / "docs")).read_bytes() == path.read_bytes()


class TestRefused:
    def refused(self, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
        assert execute(["reference", "check", *map(str, arguments)]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        return printed.err

    def test_files_that_are_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for option in ("--against", "--literature", "--energies"):
            assert "nothing.x" in self.refused(capsys, option, tmp_path / "nothing.x")

    def test_files_that_are_something_else(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = self.refused(capsys, "--against", folder / "published.json")
        assert "needs a column 'formula'" in said
        assert "is not JSON" in self.refused(capsys, "--literature", folder / "against.csv")

    def test_another_unit(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        table = tmp_path / "table.csv"
        table.write_text("formula,formation_energy_kj_per_mol\nLi2O,-598\n")
        assert "formation_energy_kj_per_mol" in self.refused(capsys, "--against", table)
        small = ("CoO", "NiO", "LiCl", "CoS")  # as eV per formula unit
        rows = [f"{formula},{2 * fixtures_screening.FORMATION[formula]}" for formula in small]
        table.write_text("\n".join(["formula,formation_energy_ev_per_atom", *rows]))
        said = self.refused(capsys, "--against", table, "--energies", energies_file(tmp_path))
        assert "eV per formula unit" in said

    def test_an_output_that_is_a_file(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "is a file" in self.refused(capsys, "--output", folder / "against.csv")
