"""Energies taken over from elsewhere: only of the same structures, and only if a sample of them agrees."""

from __future__ import annotations

import gzip
import json

import pytest

from screening.common.errors import InputError
from screening.energies.packaged import seed
from screening.energies.packaged.seed import SEED_TOLERANCE_EV_PER_ATOM, check_seed, read_seed
from screening.structures.records import StructureRecord

EDGE = [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]]
RECORDS = [
    StructureRecord(id="a", species=["Li"], counts=[1], sg=1, lattice=EDGE, coords=[[0, 0, 0]]),
    StructureRecord(
        id="b", species=["Li", "O"], counts=[1, 2], sg=1, lattice=EDGE, coords=[[0, 0, 0], [0.5] * 3, [0.2] * 3]
    ),
    StructureRecord(id="c", species=["Li"], counts=[1], sg=2, lattice=EDGE, coords=[[0, 0, 0]]),
]
ROWS = [
    {"id": "a", "formula": "Li", "sites": 1, "energy_ev_per_atom": -1.9},
    {"id": "b", "formula": "LiO2", "sites": 3, "energy_ev_per_atom": -4.0, "more": "is passed over"},
    {"id": "c", "formula": "Li", "sites": 1, "energy_ev_per_atom": None},
    {"id": "elsewhere", "formula": "Na", "sites": 1, "energy_ev_per_atom": -1.3},
]


def written(path, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["seed.jsonl", "seed.jsonl.gz"])
def test_energies_of_the_structures_asked_for(tmp_path, name):
    assert read_seed(written(tmp_path / name, ROWS), RECORDS) == {"a": -1.9, "b": -4.0}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**ROWS[1], "formula": "Li2O"}, "line 5: b is another structure there, of Li2O"),
        ({**ROWS[1], "sites": 6}, "line 5: b is another structure there"),
        ({"id": "a"}, "line 5: formula"),
        ({**ROWS[0], "energy_ev_per_atom": "low"}, "line 5: energy_ev_per_atom"),
    ],
)
def test_what_is_no_energy_of_them_is_refused(tmp_path, row, reason):
    with pytest.raises(InputError, match=reason):
        read_seed(written(tmp_path / "seed.jsonl", [*ROWS, row]), RECORDS)


@pytest.mark.parametrize(("off", "agrees"), [(0.5, True), (-0.5, True), (2.0, False), (float("nan"), False)])
def test_one_that_differs_refuses_them_all(monkeypatch, off, agrees):
    known = {"a": -1.9, "b": -4.0}
    again = [-1.9, -4.0 + off * SEED_TOLERANCE_EV_PER_ATOM]
    monkeypatch.setattr(seed, "single_point_energies", lambda structures, model: again)
    if agrees:
        check_seed(known, RECORDS, "sevennet-l3i5", 2)
    else:
        with pytest.raises(InputError, match=r"not of this model: b \(LiO2\) is -4\.00000 eV/atom there"):
            check_seed(known, RECORDS, "sevennet-l3i5", 2)


def test_as_many_are_computed_again_as_asked_for(monkeypatch):
    asked = []

    def compute(structures, model):
        asked.append(len(structures))
        return [-1.9] * len(structures)

    monkeypatch.setattr(seed, "single_point_energies", compute)
    check_seed({"a": -1.9, "c": -1.9}, RECORDS, "sevennet-l3i5", 1)
    check_seed({"a": -1.9, "c": -1.9}, RECORDS, "sevennet-l3i5", 100)
    assert asked == [1, 2]
