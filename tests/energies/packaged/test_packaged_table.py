"""The packaged energies, and writing such a table."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pymatgen.analysis.compatibility as compatibility
import pytest
from pymatgen.core import Composition

from coatscreen.__main__ import execute
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.packaged.build import write_packaged
from screening.energies.packaged.corrections import dft_elements
from screening.energies.packaged.dft_check import dft_check, dft_phases
from screening.energies.packaged.doubtful_phases import GuardRules
from screening.energies.packaged.journal import StructureEnergy, claim
from screening.energies.packaged.packaged_table import (
    PACKAGED,
    document_path,
    packaged_energies,
    packaged_info,
    packaged_rows,
    read_packaged,
    table_path,
    unused_structures,
)
from screening.energies.packaged.rows import Row, pack
from screening.energies.potentials.models import ModelProvenance
from screening.energies.potentials.potential import model_provenance, single_point_energies
from screening.energies.source import open_energies
from screening.files.journal import append
from screening.structures.records import StructureRecord, read_structures

ROOT = Path(__file__).parents[3]
# fmt: off
ELEMENTS = [
    "Ag", "Al", "As", "Au", "B", "Ba", "Be", "Bi", "Br", "C", "Ca", "Cd", "Ce", "Cl", "Co", "Cr", "Cs", "Cu", "Dy",
    "Er", "Eu", "F", "Fe", "Ga", "Gd", "Ge", "H", "Hf", "Hg", "Ho", "I", "In", "Ir", "K", "La", "Li", "Lu", "Mg",
    "Mn", "Mo", "N", "Na", "Nb", "Nd", "Ni", "O", "Os", "P", "Pb", "Pd", "Pr", "Pt", "Rb", "Re", "Rh", "Ru", "S",
    "Sb", "Sc", "Se", "Si", "Sm", "Sn", "Sr", "Ta", "Tb", "Te", "Ti", "Tl", "Tm", "V", "W", "Y", "Yb", "Zn", "Zr",
]
# fmt: on
PROVENANCE = ModelProvenance(model="CHGNet 0.3.0", package="chgnet 0", torch="0", weights_sha256="0" * 64)


def rows_of(folder: Path) -> list[Row]:
    return list(packaged_rows(folder))


def outcome(name: str, formula: str, energy: float | None, error: str | None = None) -> StructureEnergy:
    return StructureEnergy(
        id=name,
        formula=formula,
        n_sites=round(sum(parse_formula(formula).values())),
        space_group=1,
        energy_ev_per_atom=energy,
        volume_a3_per_atom=None if energy is None else 10.0,
        error=error,
    )


OUTCOMES = [
    outcome("li", "Li2", -1.9),
    outcome("f", "F4", -1.8),
    outcome("o", "O8", -4.9),
    outcome("ni", "Ni1", -5.7),
    outcome("lif", "Li4F4", -4.9),
    outcome("lif3", "Li2F6", -3.0),  # no oxidation states balance it
    outcome("nio", "Ni2O2", -6.5),
    outcome("ni4o", "Ni8O2", -7.0),  # 1.0 eV/atom below NiO and Ni
    outcome("lone", "Li1O1", None, "ValueError: 2 isolated atoms, far apart"),
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "structures.jsonl"
    path.write_text("the structures\n")
    return path


@pytest.fixture
def table(tmp_path: Path, source: Path) -> Path:
    write_packaged(tmp_path / "table", OUTCOMES, structures=source, provenance=PROVENANCE)
    return tmp_path / "table"


class TestPackaged:
    def test_is_what_its_document_says(self) -> None:
        phases, info = read_packaged(PACKAGED), packaged_info()
        assert list(phases.elements) == info.elements == ELEMENTS
        assert len(phases) == info.n_used
        assert len({phases.formula(i) for i in range(len(phases))}) == info.n_compositions
        assert phases.scale == info.scale
        assert phases.scale.name == "CHGNet 0.3.0 single points"
        assert np.isfinite(phases.formation_energies).all()
        assert info.guard == GuardRules()

    def test_ordered_cells_are_beside_the_table(self) -> None:
        phases, table = packaged_energies(), read_packaged(PACKAGED)
        assert open_energies("reference~all") is phases
        assert len(phases.cells) == 57  # eleven cathodes at five lithium contents, and two solid solutions
        assert phases.without(phases.cells).table.digest() == table.table.digest()
        assert phases.scale.disagreement(table.scale) is None
        assert "ordered cells" in phases.scale.source
        assert packaged_energies("chgnet-r2scan").cells == ()

    def test_every_structure_is_accounted_for(self) -> None:
        rows, info, unused = rows_of(PACKAGED), packaged_info(), unused_structures()
        assert len(rows) == info.n_structures == 84808
        assert len({row.id for row in rows}) == len(rows)
        assert len(unused) == info.n_structures - info.n_used == sum(info.n_excluded.values()) + info.n_failed
        assert {structure.status.split(":")[0] for structure in unused} == {"excluded", "failed"}
        used = {phase.id for phase in packaged_energies().phases}
        assert used.isdisjoint(structure.id for structure in unused)
        assert all(
            (structure.energy_ev_per_atom is None) == structure.status.startswith("failed") for structure in unused
        )

    def test_formulas_are_reduced_as_pymatgen_does(self) -> None:
        for row in rows_of(PACKAGED)[::97]:
            assert row.formula == Composition(row.formula).reduced_formula
            amounts = [round(n) for n in Composition(row.formula).values()]  # of peroxides twice the least whole ones
            assert row.sites % (sum(amounts) // math.gcd(*amounts)) == 0

    def test_is_small(self) -> None:
        """Each table, since all are in every installation."""
        assert max(path.stat().st_size for path in PACKAGED.iterdir()) < 1_500_000

    def test_the_check_against_dft_is_repeated(self) -> None:
        info = packaged_info()
        excluded = {s.formula for s in unused_structures() if s.status.startswith("excluded")}
        assert dft_check(packaged_energies(), excluded) == info.dft_check
        assert info.dft_check.n_compounds > 300
        assert info.dft_check.mean_absolute_error_ev_per_atom == pytest.approx(0.025, abs=0.005)
        assert info.dft_check.excluded_but_stable == []
        assert {compound.formula for compound in info.dft_check.far_off} <= {"Ti(FeO2)2"}

    def test_is_as_near_to_experiment_as_dft_is(self) -> None:
        """Measured formation enthalpies, pymatgen's collection; corrected DFT itself is 85 meV/atom off on these."""
        phases, dft = packaged_energies(), dft_phases(frozenset(ELEMENTS))
        assert dft is not None
        path = Path(compatibility.__file__).parent / "exp_compounds.json.gz"
        errors = []
        for compound in json.loads(gzip.decompress(path.read_bytes())):
            composition = parse_formula(compound["formula"])
            if len(composition) > 1 and phases.polymorphs(composition) and dft.polymorphs(composition):
                measured = compound["exp energy"] / sum(composition.values())
                known = [s.formation_energies[s.polymorphs(composition)[0]] for s in (phases, dft)]
                errors.append(np.abs(np.array(known) - measured))
        ours, theirs = np.mean(errors, axis=0)
        assert len(errors) > 300
        assert ours < theirs + 0.015

    def test_loading_needs_none_of_the_slow_packages(self) -> None:
        program = (
            "import sys; from screening import PhaseSet; PhaseSet.reference();"
            "print([m for m in ('pandas', 'pymatgen', 'torch', 'chgnet', 'jobflow') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"


class TestDamage:
    @pytest.mark.parametrize("damage", ["truncated", "a flipped byte", "empty"])
    def test_a_damaged_table(self, table: Path, damage: str) -> None:
        path = table_path(table, "chgnet-0.3.0")
        whole = path.read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
        path.write_bytes({"truncated": whole[:-20], "a flipped byte": flipped, "empty": b""}[damage])
        refused(table, f"{path} is not the table its document describes")

    def test_an_edited_table(self, table: Path) -> None:
        rows = [
            row._replace(energy_ev_per_atom=-5.9) if row.energy_ev_per_atom == -4.9 else row for row in rows_of(table)
        ]
        path = table_path(table, "chgnet-0.3.0")
        path.write_bytes(pack(rows))
        refused(table, f"{path} is not the table its document describes")

    def test_a_table_with_an_energy_that_is_not_a_number(self, table: Path) -> None:
        rows = [row._replace(energy_ev_per_atom=None) if row.id == "nio" else row for row in rows_of(table)]
        content = pack(rows)
        table_path(table, "chgnet-0.3.0").write_bytes(content)
        document = json.loads(document_path(table, "chgnet-0.3.0").read_bytes())
        document["table_sha256"] = hashlib.sha256(content).hexdigest()
        document_path(table, "chgnet-0.3.0").write_text(json.dumps(document))
        refused(table, "phase nio (NiO) has no finite energy")

    def test_another_archive(self, table: Path) -> None:
        path = table_path(table, "chgnet-0.3.0")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("words.txt", "hello")
        document = json.loads(document_path(table, "chgnet-0.3.0").read_bytes())
        document["table_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        document_path(table, "chgnet-0.3.0").write_text(json.dumps(document))
        refused(table, f"{path} is not a table of energies: ")

    @pytest.mark.parametrize("content", ["{", "[]", "{}", '{"scale": {"name": ""}, "table_sha256": ""}'])
    def test_a_damaged_document(self, table: Path, content: str) -> None:
        document_path(table, "chgnet-0.3.0").write_text(content)
        refused(table, f"{document_path(table, 'chgnet-0.3.0')} is damaged: ")

    def test_a_document_that_lacks_a_field(self, table: Path) -> None:
        document = json.loads(document_path(table, "chgnet-0.3.0").read_bytes())
        del document["guard"]
        document_path(table, "chgnet-0.3.0").write_text(json.dumps(document))
        with pytest.raises(InputError, match="is damaged: guard: Field required"):
            packaged_info(table)

    def test_files_that_are_not_there(self, table: Path, tmp_path: Path) -> None:
        table_path(table, "chgnet-0.3.0").unlink()
        refused(table, f"energies file {table_path(table, 'chgnet-0.3.0')} does not exist")
        refused(tmp_path, "no energies of chgnet-0.3.0: ")


def refused(folder: Path, message: str) -> None:
    with pytest.raises(InputError) as raised:
        read_packaged(folder)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


class TestWriting:
    def test_what_is_written_is_read(self, table: Path) -> None:
        phases = read_packaged(table)
        assert {phase.id: phase.formula for phase in phases.phases} == {
            "li": "Li",
            "f": "F2",
            "o": "O2",
            "ni": "Ni",
            "lif": "LiF",
            "nio": "NiO",
        }
        (lif,) = phases.polymorphs({"Li": 1, "F": 1})
        assert phases.formation_energies[lif] == pytest.approx(-4.9 - (-1.9 - 1.8) / 2)
        assert phases.phases[lif].volume_a3_per_atom == 10.0

    def test_what_is_not_used_says_why(self, table: Path) -> None:
        unused = {structure.id: structure for structure in unused_structures(table)}
        assert unused.keys() == {"lif3", "ni4o", "lone"}
        assert unused["lif3"].status.startswith("excluded: anion excess: ")
        assert unused["ni4o"].status.startswith("excluded: implausible depth, metal-rich: ")
        assert unused["lone"].status == "failed: ValueError: 2 isolated atoms, far apart"
        assert unused["lone"].energy_ev_per_atom is None
        info = packaged_info(table)
        assert info.n_excluded == {"anion excess": 1, "implausible depth, metal-rich": 1}
        assert (info.n_structures, info.n_used, info.n_failed) == (9, 6, 1)

    def test_the_same_outcomes_give_the_same_table(self, table: Path, source: Path, tmp_path: Path) -> None:
        write_packaged(tmp_path / "again", reversed(OUTCOMES), structures=source, provenance=PROVENANCE)
        assert (
            table_path(table, "chgnet-0.3.0").read_bytes()
            == table_path(tmp_path / "again", "chgnet-0.3.0").read_bytes()
        )

    def test_provenance(self, table: Path, source: Path) -> None:
        info = packaged_info(table)
        assert info.command == 'coatscreen reference build --structures structures.jsonl --elements "F Li Ni O"'
        assert info.structures_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
        assert info.model == PROVENANCE
        assert [d.formula for d in info.dft_check.worst] != []
        assert info.dft_check.n_compounds == 2  # LiF and NiO

    def test_an_element_without_energy_is_named(self, source: Path, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="lack a reference phase of F"):
            write_packaged(tmp_path / "t", [OUTCOMES[0], OUTCOMES[4]], structures=source, provenance=PROVENANCE)
        assert not (tmp_path / "t").exists()

    def test_unknown_weights(self, source: Path, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"unknown model '1'"):
            write_packaged(tmp_path, OUTCOMES, structures=source, provenance=PROVENANCE, model="1")


class TestModelOfBareEnergies:
    """A table of a model that learned energies without corrections: they are added, and elements are DFT's."""

    MODEL = "sevennet-l3i5"
    BARE = (("li", "Li2", -1.90), ("li-2", "Li1", -1.85), ("f", "F4", -1.80), ("lif", "Li4F4", -4.50))

    def outcomes(self, **changes: float | None) -> list[StructureEnergy]:
        corrections = {"li": 0.0, "li-2": 0.0, "f": 0.0, "lif": -0.231, **changes}
        return [
            outcome(name, formula, energy).model_copy(update={"correction_ev_per_atom": corrections[name]})
            for name, formula, energy in self.BARE
        ]

    def test_holds_corrected_energies_and_elements_of_dft(self, source: Path, tmp_path: Path) -> None:
        info = write_packaged(tmp_path, self.outcomes(), structures=source, provenance=PROVENANCE, model=self.MODEL)
        phases = read_packaged(tmp_path, self.MODEL)
        energies = {phase.id: phase.energy_ev_per_atom for phase in phases.phases}
        dft = dft_elements(frozenset(["Li", "F"]))
        assert energies["lif"] == pytest.approx(-4.50 - 0.231, abs=1e-6)
        assert energies["li"] == pytest.approx(dft["Li"], abs=1e-6)
        assert energies["li-2"] - energies["li"] == pytest.approx(0.05, abs=1e-6)  # polymorphs keep their distance
        assert energies["f"] == pytest.approx(dft["F"], abs=1e-6)
        assert info.elements_from_dft_ev_per_atom == {
            "F": pytest.approx(dft["F"] + 1.80, abs=1e-6),
            "Li": pytest.approx(dft["Li"] + 1.90, abs=1e-6),
        }
        assert "--model sevennet-l3i5" in info.command

    def test_an_energy_without_corrections_is_refused(self, source: Path, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="energy of lif has no corrections"):
            write_packaged(
                tmp_path / "t", self.outcomes(lif=None), structures=source, provenance=PROVENANCE, model=self.MODEL
            )
        assert not (tmp_path / "t").exists()

    def test_what_is_not_computed_is_listed_and_counted(self, source: Path, tmp_path: Path) -> None:
        lacking = StructureRecord(
            id="g", species=["Li", "F"], counts=[2, 2], sg=194, lattice=np.eye(3).tolist(), coords=[[0, 0, 0]] * 4
        )
        info = write_packaged(
            tmp_path,
            self.outcomes(),
            structures=source,
            provenance=PROVENANCE,
            model=self.MODEL,
            not_computed=[lacking],
        )
        assert (info.n_structures, info.n_used, info.n_not_computed, info.n_failed) == (5, 4, 1, 0)
        rows = list(packaged_rows(tmp_path, self.MODEL))
        assert [row.id for row in rows] == ["f", "g", "li", "li-2", "lif"]
        assert rows[1] == Row("g", "LiF", 4, 194, None, None, "not computed")
        assert [structure.status for structure in unused_structures(tmp_path, self.MODEL)] == ["not computed"]


def one_line(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run the program, which refuses; return the one line it says."""
    assert execute([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


class TestVerbs:
    def test_info_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["reference", "info", "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert data["energies"] == packaged_energies().provenance.model_dump()
        assert data["software"].keys() == {"coatscreen"}
        assert data["n_used"] + data["n_ordered_cells"] == len(packaged_energies())
        assert "unused" not in data

    def test_info_with_exclusions(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["reference", "info", "--json", "--exclusions"]) == 0
        unused = json.loads(capsys.readouterr().out)["unused"]
        assert [structure["id"] for structure in unused] == [structure.id for structure in unused_structures()]

    def test_info_writes_all_rows_as_csv(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["reference", "info", "--csv", str(tmp_path / "rows.csv")]) == 0
        with (tmp_path / "rows.csv").open(newline="") as text:
            lines = list(csv.DictReader(text))
        assert [line["id"] for line in lines] == [row.id for row in rows_of(PACKAGED)]
        by_id = {line["id"]: line for line in lines}
        phases = packaged_energies()
        for i in range(0, len(phases), 499):
            assert float(by_id[phases.table.id(i)]["energy_ev_per_atom"]) == phases.energies[i]
            assert by_id[phases.table.id(i)]["formula"] == phases.formula(i)
        capsys.readouterr()
        assert "cannot be written" in one_line(capsys, "reference", "info", "--csv", tmp_path / "rows.csv" / "no.csv")

    def test_info_as_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["reference", "info", "--exclusions"]) == 0
        text = capsys.readouterr().out
        assert "CHGNet 0.3.0 single points" in text
        assert "mean absolute error 25 meV/atom" in text
        assert "ZrO2F5" in text

    def test_help_is_quick_and_has_examples(self) -> None:
        program = (
            "import sys; from coatscreen.__main__ import execute\n"
            "for verb in ('build', 'info'): execute(['reference', verb, '--help'])\n"
            "print([m for m in ('numpy', 'torch', 'pymatgen', 'jobflow') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.count("Example: coatscreen reference") == 2
        assert done.stdout.endswith("[]\n")

    def test_build_refuses_what_it_cannot_use(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        build = ("reference", "build", "--output", tmp_path / "t", "--structures")
        missing = tmp_path / "nothing.jsonl"
        assert f"{missing} does not exist" in one_line(capsys, *build, missing)
        structures = write(tmp_path / "s.jsonl", *CELLS)
        assert "no element Xx" in one_line(capsys, *build, structures, "--elements", "Li Xx")
        assert "no structure made of Ge" in one_line(capsys, *build, structures, "--elements", "Ge")
        assert "no structure of Ge alone" in one_line(capsys, *build, structures, "--elements", "Li,Ge")
        assert "'--processes'" in one_line(capsys, *build, structures, "--processes", "0")
        assert not (tmp_path / "t").exists()
        assert not (tmp_path / "build").exists()


CELLS = [
    {"id": "li", "species": ["Li"], "counts": [1], "sg": 229, "edge": 3.44, "coords": [[0, 0, 0], [0.5, 0.5, 0.5]]},
    {"id": "cl", "species": ["Cl"], "counts": [1], "sg": 225, "edge": 3.0, "coords": [[0, 0, 0]]},
    {"id": "licl", "species": ["Li", "Cl"], "counts": [1, 1], "sg": 221, "edge": 3.2, "coords": [[0, 0, 0], [0.5] * 3]},
    {"id": "ni", "species": ["Ni"], "counts": [1], "sg": 221, "edge": 2.4, "coords": [[0, 0, 0]]},
]


def write(path: Path, *cells: dict[str, object]) -> Path:
    """Write cubic cells as a structures file."""
    lines = []
    for cell in cells:
        edge, coords, species = cell["edge"], cell["coords"], cell["species"]
        assert isinstance(coords, list)
        assert isinstance(species, list)
        lattice = (np.eye(3) * edge).tolist()
        counts = [len(coords) // len(species)] * len(species)
        lines.append(json.dumps({**cell, "lattice": lattice, "counts": counts}))
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def _chgnet() -> None:
    pytest.importorskip("chgnet", reason="needs the extra coatscreen[mlip]")


@pytest.mark.usefixtures("_chgnet")
class TestBuilding:
    def test_a_whole_journal_is_only_written_as_a_table(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        structures, journal = write(tmp_path / "s.jsonl", *CELLS), tmp_path / "work" / "chgnet-0.3.0.jsonl"
        journal.parent.mkdir()
        claim(journal, model_provenance("chgnet-0.3.0"))
        outcomes = [
            outcome("ni", "Ni1", -5.7),
            outcome("licl", "Li1Cl1", -3.9),
            outcome("li", "Li2", -1.9),
            outcome("cl", "Cl1", -1.7),
        ]
        append(journal, outcomes)
        before = journal.read_bytes()
        options = ["--structures", str(structures), "--elements", "Cl, Li", "--work", str(journal.parent), "--json"]
        assert execute(["reference", "build", *options, "--output", str(tmp_path / "table")]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        data = json.loads(printed.out)
        assert data["elements"] == ["Cl", "Li"]
        assert data["energies"]["sha256"] == read_packaged(tmp_path / "table").sha256
        assert journal.read_bytes() == before
        assert {phase.id for phase in read_packaged(tmp_path / "table").phases} == {"li", "cl", "licl"}
        write_packaged(tmp_path / "t", outcomes[1:], structures=structures, provenance=model_provenance("chgnet-0.3.0"))
        assert (
            table_path(tmp_path / "t", "chgnet-0.3.0").read_bytes()
            == table_path(tmp_path / "table", "chgnet-0.3.0").read_bytes()
        )

    def test_from_a_seed_without_computing_the_rest(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        structures = write(tmp_path / "s.jsonl", *CELLS)
        cells = {record.id: record for record in read_structures(structures)}
        energies = dict(
            zip(cells, single_point_energies([c.structure() for c in cells.values()], "chgnet-0.3.0"), strict=True)
        )
        seed = tmp_path / "seed.jsonl"
        lines = [
            {"id": i, "formula": cells[i].formula, "sites": len(cells[i].coords), "energy_ev_per_atom": energies[i]}
            for i in ("li", "ni", "cl")
        ]
        seed.write_text("".join(json.dumps(line) + "\n" for line in lines))
        options = ["--structures", str(structures), "--output", str(tmp_path / "table"), "--seed", str(seed), "--json"]
        assert execute(["reference", "build", *options, "--partial", "--processes", "1"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert (data["n_used"], data["n_not_computed"]) == (3, 1)
        phases = read_packaged(tmp_path / "table")
        assert {phase.id: phase.energy_ev_per_atom for phase in phases.phases} == pytest.approx(
            {line["id"]: line["energy_ev_per_atom"] for line in lines}, abs=2e-6
        )
        seed.write_text("".join(json.dumps({**line, "energy_ev_per_atom": -3.0}) + "\n" for line in lines))
        options = [*options, "--work", str(tmp_path / "another")]
        assert "the seed is not of this model" in one_line(capsys, "reference", "build", *options)

    @pytest.mark.slow
    def test_from_structures_to_a_table(self, tmp_path: Path) -> None:
        from jobflow import JobStore, run_locally
        from maggma.stores import MemoryStore

        from workflows.flows.packaged import PackagedEnergiesMaker

        structures = write(tmp_path / "s.jsonl", *CELLS)
        flow = PackagedEnergiesMaker(chunk_size=2).make(structures, None, tmp_path / "work", tmp_path / "table")
        store = JobStore(MemoryStore())
        run_locally(flow, store=store, log=False, ensure_success=True, raise_immediately=True)
        summary = store.get_output(flow.jobs[0].uuid)
        assert (summary["n_structures"], summary["n_computed"], summary["n_failed"]) == (4, 4, 0)
        info = store.get_output(flow.jobs[1].uuid)
        assert info["table_sha256"] == packaged_info(tmp_path / "table").table_sha256
        assert read_packaged(tmp_path / "table").elements == ("Cl", "Li", "Ni")

        again = PackagedEnergiesMaker().make(structures, None, tmp_path / "work", tmp_path / "again")
        run_locally(again, store=store, log=False, ensure_success=True, raise_immediately=True)
        assert store.get_output(again.jobs[0].uuid)["n_computed"] == 0
        tables = [table_path(tmp_path / name, "chgnet-0.3.0").read_bytes() for name in ("table", "again")]
        assert tables[0] == tables[1]


@pytest.mark.parametrize(
    "model", ["../chgnet-0.3.0", "../../etc/passwd", "/etc/passwd", "chgnet-0.3.0\0", "", "chgnet-0.3.0\n"]
)
def test_the_name_of_weights_leads_nowhere_else(model):
    with pytest.raises(InputError, match="is no name of a model"):
        read_packaged("data", model)
