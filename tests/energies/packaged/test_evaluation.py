"""Energies of a model: the numbers, what cannot be computed, and going on after a kill."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

from screening.common.errors import InputError
from screening.energies.packaged.evaluation import evaluate_structures
from screening.energies.packaged.journal import (
    claim,
    read_journal,
)
from screening.energies.potentials.potential import model_provenance
from screening.structures.records import StructureRecord, read_structures

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from screening.energies.packaged.evaluation import evaluate_structures
from screening.structures.records import read_structures
evaluate_structures(read_structures(sys.argv[1]), Path(sys.argv[2]), chunk_size=int(sys.argv[3]))
"""


def record(name: str, structure: Structure) -> StructureRecord:
    """One structure as a line of a structures file."""
    ordered = structure.get_sorted_structure()
    groups = [(element, list(sites)) for element, sites in itertools.groupby(ordered, key=lambda s: s.specie.symbol)]
    return StructureRecord(
        id=name,
        species=[element for element, _ in groups],
        counts=[len(sites) for _, sites in groups],
        sg=1,
        lattice=ordered.lattice.matrix.tolist(),
        coords=ordered.frac_coords.tolist(),
    )


FACES = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])


def rock_salt(cation: str, anion: str, edge: float) -> Structure:
    sites = np.concatenate([FACES, FACES + 0.5])
    return Structure(Lattice.cubic(edge), [cation] * 4 + [anion] * 4, sites)


def fluorite(cation: str, anion: str, edge: float) -> Structure:
    sites = np.concatenate([FACES, FACES + 0.25, FACES + 0.75])
    return Structure(Lattice.cubic(edge), [cation] * 4 + [anion] * 8, sites)


def many() -> list[StructureRecord]:
    """Sixty-four conventional cells."""
    salts = [(c, a) for c in ("Li", "Na", "K", "Mg", "Ca", "Mn", "Co", "Ni") for a in ("O", "S", "F", "Cl")]
    return [record(f"salt-{c}{a}", rock_salt(c, a, 4.6)) for c, a in salts] + [
        record(f"fluorite-{c}{a}", fluorite(c, a, 5.6)) for c, a in salts
    ]


def write(path: Path, records: list[StructureRecord]) -> Path:
    path.write_text("".join(r.model_dump_json() + "\n" for r in records))
    return path


@pytest.fixture(scope="module")
def _chgnet() -> None:
    pytest.importorskip("chgnet", reason="needs the extra coatscreen[mlip]")


@pytest.fixture(scope="module")
def evaluated(_chgnet: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[StructureRecord], Path]:
    """A journal of good structures and bad ones, computed in chunks of three."""
    vacuum = Structure(Lattice.cubic(20), ["Li", "O"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    clash = Structure(Lattice.cubic(4), ["Li", "O"], [[0, 0, 0], [0.05, 0, 0]])
    records = [
        record("MgO", rock_salt("Mg", "O", 4.21)),
        record("vacuum", vacuum),
        record("LiCl", rock_salt("Li", "Cl", 5.13)),
        record("clash", clash),
        record("ZrO2", fluorite("Zr", "O", 5.09)),
        record("Li", Structure(Lattice.cubic(3.44), ["Li", "Li"], [[0, 0, 0], [0.5, 0.5, 0.5]])),
        record("CaF2", fluorite("Ca", "F", 5.46)),
    ]
    journal = tmp_path_factory.mktemp("evaluated") / "chgnet-0.3.0.jsonl"
    evaluate_structures(records, journal, chunk_size=3)
    return records, journal


@pytest.mark.usefixtures("_chgnet")
class TestEnergies:
    def test_are_those_of_chgnet_itself(self, evaluated: tuple[list[StructureRecord], Path]) -> None:
        from chgnet.model.model import CHGNet

        records, journal = evaluated
        outcomes = read_journal(journal)
        model = CHGNet.load(model_name="0.3.0", use_device="cpu", verbose=False)
        for each in records:
            if each.id not in ("vacuum", "clash"):
                alone = model.predict_structure(each.structure(), task="ef")  # not batched, another task
                assert outcomes[each.id].energy_ev_per_atom == pytest.approx(float(alone["e"]), abs=5e-6)
                assert outcomes[each.id].error is None

    def test_volumes_are_those_of_the_cells(self, evaluated: tuple[list[StructureRecord], Path]) -> None:
        outcomes = read_journal(evaluated[1])
        assert outcomes["MgO"].volume_a3_per_atom == pytest.approx(4.21**3 / 8, abs=1e-4)
        assert outcomes["Li"].volume_a3_per_atom == pytest.approx(3.44**3 / 2, abs=1e-4)

    def test_formation_energy_is_near_experiment(self, evaluated: tuple[list[StructureRecord], Path]) -> None:
        """LiCl against Li and Cl2, with Cl2 as a molecule in a crystal (Cmce, 4.5 K); NIST: -408.3 kJ/mol."""
        chlorine = Structure.from_spacegroup(
            "Cmce", Lattice.orthorhombic(6.145, 4.395, 8.154), ["Cl"], [[0, 0.1, 0.115]]
        )
        journal = evaluated[1].parent / "cl.jsonl"
        gas = evaluate_structures([record("Cl", chlorine)], journal)["Cl"].energy_ev_per_atom
        outcomes = read_journal(evaluated[1])
        salt, metal = outcomes["LiCl"].energy_ev_per_atom, outcomes["Li"].energy_ev_per_atom
        assert salt is not None
        assert metal is not None
        assert gas is not None
        assert salt - (metal + gas) / 2 == pytest.approx(-408.3 / 96.485 / 2, abs=0.1)

    def test_a_structure_that_fails_says_why_and_stops_no_other(
        self, evaluated: tuple[list[StructureRecord], Path]
    ) -> None:
        records, journal = evaluated
        outcomes = read_journal(journal)
        assert outcomes.keys() == {each.id for each in records}
        assert "isolated atom" in (outcomes["vacuum"].error or "")
        assert outcomes["clash"].error == "ValueError: two atoms are closer than 0.5 angstrom"
        assert outcomes["vacuum"].energy_ev_per_atom is outcomes["clash"].energy_ev_per_atom is None

    def test_workers_print_nothing(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        evaluate_structures([record("MgO", rock_salt("Mg", "O", 4.21))], tmp_path / "j.jsonl")
        assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("_chgnet")
class TestRefusals:
    def test_unknown_weights(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"unknown model '1\.0'"):
            evaluate_structures([], tmp_path / "j.jsonl", model="1.0")

    def test_an_id_that_occurs_twice(self, tmp_path: Path) -> None:
        twice = [record("MgO", rock_salt("Mg", "O", 4.21))] * 2
        with pytest.raises(InputError, match="MgO occurs twice"):
            evaluate_structures(twice, tmp_path / "j.jsonl")

    def test_a_journal_of_other_weights(self, tmp_path: Path) -> None:
        claim(tmp_path / "j.jsonl", model_provenance("chgnet-r2scan"))
        with pytest.raises(InputError, match=r"begun with CHGNet r2scan, not with CHGNet 0\.3\.0"):
            evaluate_structures([], tmp_path / "j.jsonl")

    def test_a_journal_of_other_structures(self, evaluated: tuple[list[StructureRecord], Path]) -> None:
        other = record("MgO", rock_salt("Mg", "S", 5.2))
        before = evaluated[1].read_bytes()
        with pytest.raises(InputError, match="holds another structure MgO"):
            evaluate_structures([other], evaluated[1])
        assert evaluated[1].read_bytes() == before


@pytest.mark.usefixtures("_chgnet")
class TestGoingOn:
    def test_what_is_there_is_not_computed_again(self, evaluated: tuple[list[StructureRecord], Path]) -> None:
        records, journal = evaluated
        before = journal.stat()
        seen: list[tuple[int, int]] = []
        outcomes = evaluate_structures(records, journal, advance=lambda done, total: seen.append((done, total)))
        assert list(outcomes) == [each.id for each in records]
        assert seen == [(7, 7)]
        assert (journal.stat().st_mtime_ns, journal.stat().st_size) == (before.st_mtime_ns, before.st_size)

    def test_a_half_written_line_is_computed_again(
        self, evaluated: tuple[list[StructureRecord], Path], tmp_path: Path
    ) -> None:
        records, journal = evaluated
        *head, last = journal.read_bytes().splitlines(keepends=True)
        cut = tmp_path / "chgnet-0.3.0.jsonl"
        cut.write_bytes(b"".join(head) + last[: len(last) // 2])
        again = evaluate_structures(records, cut)
        assert cut.read_bytes().startswith(b"".join(head))
        assert [json.loads(line)["id"] for line in cut.read_bytes().splitlines()].count(json.loads(last)["id"]) == 1
        for name, outcome in read_journal(journal).items():
            assert again[name].energy_ev_per_atom == pytest.approx(outcome.energy_ev_per_atom, abs=5e-6)

    @pytest.mark.slow
    def test_after_a_kill(self, tmp_path: Path) -> None:
        model_provenance("chgnet-0.3.0")  # imported and hashed beforehand: the second process must be refused at once
        records = many()
        source, journal = write(tmp_path / "s.jsonl", records), tmp_path / "work" / "chgnet-0.3.0.jsonl"
        run = subprocess.Popen([sys.executable, "-c", PROGRAM, source, journal, "1"], cwd=ROOT)
        try:
            wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") >= 5)
            with pytest.raises(InputError, match="another process is writing"):
                evaluate_structures(read_structures(source), journal)
            workers = children(run.pid)
            assert run.poll() is None, "it finished before it could be killed"
        finally:
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
        assert workers
        wait_for(lambda: not any(alive(worker) for worker in workers))  # none is left waiting for work
        killed = journal.read_bytes()
        kept = killed[: killed.rfind(b"\n") + 1]
        assert 5 <= kept.count(b"\n") < len(records)

        subprocess.run([sys.executable, "-c", PROGRAM, source, journal, "8"], cwd=ROOT, check=True)
        finished = journal.read_bytes()
        assert finished.startswith(kept)
        outcomes = [json.loads(line) for line in finished.splitlines()]
        assert sorted(outcome["id"] for outcome in outcomes) == sorted(each.id for each in records)
        assert all(math.isfinite(outcome["energy_ev_per_atom"]) for outcome in outcomes)


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.002)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
