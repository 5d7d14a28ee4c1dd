"""Tables of formation energies: measured ones, packaged DFT, and a user's CSV with its errors."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from fixtures_screening import FORMATION, phase_set

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.validation.accuracy.formation_tables import (
    FormationTable,
    measured,
    packaged_dft,
    read_formation_tables,
    require_per_atom,
)

COLUMN = "formation_energy_mp2020_ev_per_atom"


@pytest.fixture(scope="module")
def experiment() -> FormationTable:
    return measured()


def table(values: dict[str, float]) -> FormationTable:
    return FormationTable("a table", "table", "formation energy, 0 K", values)


class TestPackaged:
    def test_values_are_those_of_handbooks(self, experiment: FormationTable) -> None:
        """Enthalpies of formation at 298 K, kJ/mol of formula units, CRC Handbook of Chemistry and Physics."""
        for formula, enthalpy in {"Li2O": -597.9, "Li2CO3": -1215.9, "LiF": -616.0, "Al2O3": -1675.7}.items():
            atoms = sum(parse_formula(formula).values())
            assert experiment.values[formula] == pytest.approx(enthalpy / 96.485 / atoms, abs=0.02)

    def test_elements_are_not_among_them(self, experiment: FormationTable) -> None:
        assert len(experiment.values) > 2000
        assert all(len(parse_formula(formula)) > 1 for formula in experiment.values)

    def test_packaged_dft_is_relative_to_its_own_elements(self) -> None:
        """Li2O of the Materials Project, MP2020: -2.07 eV/atom."""
        assert packaged_dft(frozenset({"Li", "O"})).values["Li2O"] == pytest.approx(-2.07, abs=0.01)


def write(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


class TestReading:
    def test_every_column_of_formation_energies(self, tmp_path: Path) -> None:
        path = write(
            tmp_path,
            f"formula, polymorphs, formation_energy_ev_per_atom, {COLUMN}\n"
            "Li4O2, 2, -2.0, -2.1\nLi2O, 1, -2.05,\nLiF, 1, -3.1, -3.2\nLi, 1, 0, 0\n",
        )
        plain, scheme = read_formation_tables(path)
        assert plain.values == {"Li2O": -2.05, "LiF": -3.1}  # the lowest of a composition; no elements
        assert scheme.values == {"Li2O": -2.1, "LiF": -3.2}
        assert (plain.label, scheme.label) == ("table", "mp2020")
        assert scheme.name == f"table.csv: {COLUMN}"

    def test_gzipped(self, tmp_path: Path) -> None:
        path = tmp_path / "table.csv.gz"
        path.write_bytes(gzip.compress(f"formula,{COLUMN}\nLi2O,-2.0\n".encode()))
        assert read_formation_tables(path)[0].values == {"Li2O": -2.0}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("formula,formation_energy_kj_per_mol\nLi2O,-598\n", "it has formula, formation_energy_kj_per_mol"),
            ("formula,formation_energy_ev_per_formula\nLi2O,-6.2\n", "energies in eV/atom"),
            (f"compound,{COLUMN}\nLi2O,-2.0\n", "needs a column 'formula'"),
            ("", "it has none"),
            (f"formula,{COLUMN}\nLi2O,-597.9\n", f"line 2, {COLUMN}: -597.9 cannot be a formation energy in eV/atom"),
            (f"formula,{COLUMN}\nLi2O,minus two\n", "'minus two' is not a number"),
            (f"formula,{COLUMN}\nLi2O,nan\n", "'nan' is not a finite number"),
            (f"formula,{COLUMN}\nLi2O,-2\nXx2,-1\n", "line 3: "),
            (f"formula,{COLUMN}\nLi2O,\n", f"the column {COLUMN} holds no value of a compound"),
            (f"formula,{COLUMN}\n,-1\n", "line 2: "),
        ],
    )
    def test_what_is_refused(self, tmp_path: Path, text: str, message: str) -> None:
        path = write(tmp_path, text)
        with pytest.raises(InputError) as raised:
            read_formation_tables(path)
        assert str(path) in str(raised.value)
        assert message in str(raised.value)

    def test_damaged_files(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"nothing\.csv does not exist"):
            read_formation_tables(tmp_path / "nothing.csv")
        path = tmp_path / "table.csv.gz"
        path.write_bytes(gzip.compress(f"formula,{COLUMN}\nLi2O,-2.0\n".encode())[:-9])
        with pytest.raises(InputError, match="truncated or damaged"):
            read_formation_tables(path)
        path.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InputError, match="is not UTF-8 text"):
            read_formation_tables(path)

    def test_energies_of_formula_units_are_refused(self) -> None:
        small = {f: e for f, e in FORMATION.items() if sum(parse_formula(f).values()) * abs(e) < 6}
        per_formula = {f: e * sum(parse_formula(f).values()) for f, e in small.items()}
        require_per_atom(table(small), phase_set(FORMATION))
        with pytest.raises(InputError, match="eV per formula unit"):
            require_per_atom(table(per_formula), phase_set(FORMATION))
