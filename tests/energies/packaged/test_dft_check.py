"""Packaged DFT entries with their corrections, and how far a set of energies is from them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pymatgen.analysis.compatibility as compatibility
import pytest
from pymatgen.core import Lattice, Structure
from pymatgen.entries.computed_entries import ComputedEntry, ComputedStructureEntry

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.energies.packaged.dft_check import dft_check, dft_phases
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet


class TestDftPhases:
    def test_formation_energies_are_those_of_pymatgen(self) -> None:
        """Of oxides, sulfides and chlorides, with nothing but pymatgen's own calls."""
        phases = dft_phases(frozenset({"Li", "O", "S", "Cl"}))
        assert phases is not None
        entries = packaged("Li", "O2", "S", "Cl2", "Li2O", "Li2S", "LiCl", "Li2O2")
        done = compatibility.MaterialsProject2020Compatibility().process_entries(list(entries.values()))
        energy = {entry.composition.reduced_formula: entry.energy_per_atom for entry in done}
        for formula, mixture in {
            "Li2O": (2 * energy["Li"] + energy["O2"]) / 3,
            "Li2O2": (energy["Li"] + energy["O2"]) / 2,
            "Li2S": (2 * energy["Li"] + energy["S"]) / 3,
            "LiCl": (energy["Li"] + energy["Cl2"]) / 2,
        }.items():
            (position,) = phases.polymorphs(parse_formula(formula))
            assert phases.formation_energies[position] == pytest.approx(energy[formula] - mixture)

    def test_sulfates_are_not_corrected_as_sulfides(self) -> None:
        """pymatgen told by a structure: sulfur inside four oxygen atoms."""
        phases = dft_phases(frozenset({"Li", "O", "S"}))
        assert phases is not None
        plain = packaged("Li2SO4")["Li2SO4"]
        formula_units = plain.composition["S"]
        tetrahedron = [
            (0, 0, 0),
            *(np.array(c) * 1.47 / 3**0.5 for c in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))),
        ]
        molecule = Structure(
            Lattice.cubic(8),
            ["S", *["O"] * 4, "Li", "Li"],
            [*tetrahedron, (4, 4, 4), (4, 4, 0)],
            coords_are_cartesian=True,
        )
        told = ComputedStructureEntry(molecule, plain.uncorrected_energy / formula_units, parameters=plain.parameters)
        (done,) = compatibility.MaterialsProject2020Compatibility().process_entries([told])
        (position,) = phases.polymorphs(parse_formula("Li2SO4"))
        assert phases.energies[position] == pytest.approx(done.energy_per_atom)

    def test_elements_without_entries_are_left_out(self) -> None:
        assert dft_phases(frozenset()) is None


def packaged(*formulas: str) -> dict[str, ComputedEntry]:
    path = Path(compatibility.__file__).parent / "calc_compounds.json.gz"
    entries = {}
    for data in json.loads(gzip.decompress(path.read_bytes())).values():
        if format_formula(data["composition"]) in formulas:
            entry = ComputedEntry.from_dict(data)
            entry.energy_adjustments = []
            entries[entry.composition.reduced_formula] = entry
    return entries


SCALE = EnergyScale(name="ours", version="1", functional="x", correction="none")


def ours(**off_by: float) -> PhaseSet:
    """The energies of DFT itself, some compounds off by so much, eV/atom."""
    dft = dft_phases(frozenset({"Li", "O", "S", "Cl"}))
    assert dft is not None
    phases = [
        Phase(
            id=phase.id,
            formula=phase.formula,
            energy_ev_per_atom=phase.energy_ev_per_atom + off_by.get(phase.formula, 0.0),
        )
        for phase in dft.phases
    ]
    return PhaseSet(SCALE, phases)


class TestCheck:
    def test_dft_itself_has_no_error(self) -> None:
        found = dft_check(ours())
        assert found.n_compounds > 5
        assert (found.mean_absolute_error_ev_per_atom, found.mean_error_ev_per_atom) == (0.0, 0.0)
        assert found.far_off == []

    def test_planted_errors_are_found_and_the_largest_stands_first(self) -> None:
        found = dft_check(ours(Li2O=0.1, LiCl=-0.2))
        assert [(one.formula, round(one.error_ev_per_atom, 6)) for one in found.worst[:2]] == [
            ("LiCl", -0.2),
            ("Li2O", 0.1),
        ]
        assert [one.formula for one in found.far_off] == ["LiCl"]  # by more than 0.15 eV/atom
        assert found.mean_error_ev_per_atom == pytest.approx(-0.1 / found.n_compounds, abs=1e-4)
        assert found.mean_absolute_error_ev_per_atom == pytest.approx(0.3 / found.n_compounds, abs=1e-4)
        assert found.median_absolute_error_ev_per_atom == 0.0

    def test_excluded_phases_that_dft_knows_are_named_and_stable_ones_apart(self) -> None:
        found = dft_check(ours(), excluded=["Li4O2", "Li2O2", "Li9Cl"])
        assert found.excluded == ["Li2O", "Li2O2"]
        assert "Li2O" in found.excluded_but_stable

    def test_without_a_compound_in_common_there_is_no_error(self) -> None:
        alone = PhaseSet(SCALE, [Phase(id="Li", formula="Li", energy_ev_per_atom=-1.9)])
        found = dft_check(alone)
        assert (found.n_compounds, found.mean_error_ev_per_atom) == (0, None)
