"""The packaged SevenNet energies: what they hold, how near to DFT they are, and that pymatgen agrees on them."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.packaged.dft_check import dft_phases
from screening.energies.packaged.packaged_table import PACKAGED, packaged_energies, packaged_info, packaged_rows
from screening.energies.source import open_energies
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.uncertainty.energy_errors import error_model

MODEL = "sevennet-l3i5"


@pytest.fixture(scope="module")
def phases():
    return open_energies("reference:sevennet~all")


def test_is_what_its_document_says(phases):
    info = packaged_info(model=MODEL)
    assert phases is packaged_energies(MODEL)
    assert phases.scale == info.scale
    assert list(phases.elements) == info.elements
    assert len(phases) == info.n_used
    assert np.isfinite(phases.formation_energies).all()


def test_every_structure_is_accounted_for():
    info, rows = packaged_info(model=MODEL), list(packaged_rows(PACKAGED, MODEL))
    reasons = [row.status.split(":")[0] for row in rows]
    assert len(rows) == info.n_structures == packaged_info().n_structures
    assert reasons.count("") == info.n_used
    assert reasons.count("not computed") == info.n_not_computed
    assert reasons.count("failed") == info.n_failed
    assert reasons.count("excluded") == sum(info.n_excluded.values())


def test_elements_are_those_of_dft(phases):
    dft = dft_phases(frozenset(phases.elements))
    moved = packaged_info(model=MODEL).elements_from_dft_ev_per_atom
    assert set(moved) == set(phases.elements)  # pymatgen packages every one of them
    for symbol in phases.elements:
        (lowest, *_), (of_dft, *_) = phases.polymorphs({symbol: 1.0}), dft.polymorphs({symbol: 1.0})
        assert phases.energies[lowest] == pytest.approx(dft.energies[of_dft], abs=2e-6)


def test_corrections_bring_it_nearer_to_packaged_dft_than_chgnet():
    """Without MP2020 corrections oxides would be off by some 400 meV/atom."""
    here, other = (packaged_info(model=model).dft_check for model in (MODEL, "chgnet-0.3.0"))
    assert here.n_compounds > 0.9 * other.n_compounds
    assert here.mean_absolute_error_ev_per_atom < 0.6 * other.mean_absolute_error_ev_per_atom
    assert here.far_off == []


@pytest.mark.parametrize(
    ("a", "b"), [("LiNbO3", "Li6PS5Cl"), ("LiCoO2", "Li3PS4"), ("Li3PO4", "LiNiO2"), ("Li2SO4", "Li6PS5Cl")]
)
def test_pymatgen_finds_the_same(phases, a, b):
    elements = {*parse_formula(a), *parse_formula(b)}
    inside = phases.within(elements)
    entries = [
        PDEntry(Composition(phase.formula), phase.energy_ev_per_atom * Composition(phase.formula).num_atoms)
        for phase in inside.phases
    ]
    diagram = PhaseDiagram(entries)
    for formula in (a, b):
        composition = Composition(formula)
        lowest = min(
            (e for e in entries if e.composition.reduced_composition == composition.reduced_composition),
            key=lambda e: e.energy_per_atom,
        )
        above = phase_stability(phases, formula).energy_above_hull_ev_per_atom
        assert above == pytest.approx(diagram.get_e_above_hull(lowest), abs=1e-6)
    profile = Interface(phases, a, b).profile()
    normal = [Composition(formula).fractional_composition for formula in (a, b)]
    reactivity = InterfacialReactivity(*normal, diagram, norm=True, use_hull_energy=True)
    found = sorted(reactivity.get_kinks(), key=lambda kink: kink[1])
    x, energies = np.array([kink[1] for kink in found]), np.array([kink[2] for kink in found])
    np.testing.assert_allclose(np.interp(x, profile.x, profile.mutual), energies, atol=1e-6)
    np.testing.assert_allclose(np.interp(profile.x, x, energies), profile.mutual, atol=1e-6)


def test_it_is_a_scale_of_its_own(phases):
    with pytest.raises(InputError, match="two scales"):
        open_energies("reference+reference:sevennet")
    assert error_model(phases.scale).name == "sevennet-l3i5"


def test_cathodes_have_the_energy_of_the_hull(phases):
    """The ordered cells are CHGNet's."""
    assert phases.cells == ()
    assert phase_stability(phases, "LiNi0.83Co0.12Mn0.05O2").energy == "hull"
