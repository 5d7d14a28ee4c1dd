"""Measured formation enthalpies, against pymatgen's file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pymatgen.analysis.compatibility as package
import pytest
from pymatgen.core import Composition

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.energies.measured.measurements import measured_enthalpies, reference_steps


def test_values_are_pymatgens_but_for_phosphorus_counted_from_its_most_stable_form():
    rows = json.loads(gzip.decompress((Path(package.__file__).parent / "exp_compounds.json.gz").read_bytes()))
    found = measured_enthalpies()
    assert reference_steps() == {"P": pytest.approx(-21.2 / 96.485, abs=1e-3)}
    phosphorus = 0
    for row in rows:
        composition = Composition(row["formula"])
        formula = format_formula(parse_formula(row["formula"]))
        if len(composition) > 1:
            per_atom = (row["exp energy"] + 0.220 * composition["P"]) / composition.num_atoms
            assert found[formula] <= per_atom + 1e-9
            phosphorus += composition["P"] > 0
    assert phosphorus > 30
    assert found["LiCl"] == pytest.approx(-408.4 / 96.485 / 2, abs=5e-3)  # kJ/mol, CRC Handbook
    assert found["Li2O"] == pytest.approx(-597.9 / 96.485 / 3, abs=5e-3)
