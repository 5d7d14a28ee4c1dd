"""What a composite does alone: its phases against the hull and each other, and its window."""

from __future__ import annotations

import pytest
from fixtures_screening import FORMATION, synthetic
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from screening.common.errors import InputError
from screening.equilibrium import composite
from screening.equilibrium.composite import material_energies, material_stability, material_window
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window


def test_phases_that_become_one():
    """LiPO3 + Li2O -> Li3PO4: 5 atoms at -2.53 eV and 3 at -2.05 become 8 at -2.72."""
    found = material_stability(synthetic(), "LiPO3+Li2O")
    before = (5 * FORMATION["LiPO3"] + 3 * FORMATION["Li2O"]) / 8
    assert found.formation_energy_ev_per_atom == pytest.approx(before)
    assert found.energy_above_hull_ev_per_atom == pytest.approx(before - FORMATION["Li3PO4"])
    assert found.components_above_hull_ev_per_atom == 0.0
    assert found.mutual_ev_per_atom == pytest.approx(FORMATION["Li3PO4"] - before)
    assert found.inner_mutual_min_ev_per_atom == {
        "LiPO3|Li2O": pytest.approx(found.mutual_ev_per_atom)
    }  # the worst ratio
    assert found.reaction == "LiPO3 + Li2O -> Li3PO4"
    assert [part.mole_fraction for part in found.components] == [0.5, 0.5]
    assert [part.atomic_fraction for part in found.components] == [0.625, 0.375]
    assert found.energy == "components"


def test_what_phases_lie_above_the_hull_alone_is_kept_apart():
    glass = material_stability(synthetic(), "LiPO3@40meV+Li2O")
    crystal = material_stability(synthetic(), "LiPO3+Li2O")
    assert glass.components_above_hull_ev_per_atom == pytest.approx(0.04 * 5 / 8)
    assert glass.mutual_ev_per_atom == pytest.approx(crystal.mutual_ev_per_atom)
    assert glass.energy_above_hull_ev_per_atom == pytest.approx(
        crystal.energy_above_hull_ev_per_atom + glass.components_above_hull_ev_per_atom
    )


@pytest.mark.parametrize(
    "moles", [{"Li2O": 1, "P2S5": 2}, {"LiPO3": 3, "Li2S": 1}, {"Li2SO4": 1, "Li3PS4": 1, "LiCl": 2}]
)
def test_against_pymatgen(moles):
    phases = synthetic()
    elements = {str(e) for formula in moles for e in Composition(formula).elements}
    entries = [
        PDEntry(Composition(phase.formula), phase.energy_ev_per_atom * Composition(phase.formula).num_atoms)
        for phase in phases.phases
        if {str(e) for e in Composition(phase.formula).elements} <= elements
    ]
    diagram = PhaseDiagram(entries)
    own = {entry.composition.reduced_formula: entry.energy_per_atom for entry in entries}
    total = sum((Composition(f) * n for f, n in moles.items()), start=Composition())
    energy = sum(own[Composition(f).reduced_formula] * Composition(f).num_atoms * n for f, n in moles.items())
    expected = energy / total.num_atoms - diagram.get_hull_energy_per_atom(total)
    text = "+".join(f"{n}{f}" for f, n in moles.items())
    found = material_stability(phases, text)
    assert (
        material_energies(phases, text).energy_above_hull
        == found.energy_above_hull_ev_per_atom
        == pytest.approx(expected, abs=1e-8)
    )
    for pair, mutual in found.inner_mutual_min_ev_per_atom.items():
        a, b = (Composition(formula) for formula in pair.split("|"))
        reactivity = InterfacialReactivity(a, b, diagram, norm=True, use_hull_energy=True)
        assert mutual == pytest.approx(reactivity.minimum[1], abs=1e-6)


def test_the_window_is_the_narrowest_and_says_whose():
    phases = synthetic()
    wide, narrow = (electrochemical_window(phases, formula) for formula in ("Li3PO4", "LiNbO3"))
    assert wide.reduction_limit_v < narrow.reduction_limit_v
    found = material_window(phases, "0.9Li3PO4+0.1LiNbO3")
    assert found.components == [wide, narrow]
    assert found.reduction_limited_by == "LiNbO3"
    assert found.reduction_reaction == narrow.reduction_reaction
    assert found.reduction_limit_v == narrow.reduction_limit_v
    lower = min((wide, narrow), key=lambda window: window.oxidation_limit_v)
    assert found.oxidation_limited_by == lower.formula
    assert (found.oxidation_limit_v, found.oxidation_products) == (lower.oxidation_limit_v, lower.oxidation_products)


def test_a_phase_without_lithium_sets_no_oxidation_limit():
    phases = synthetic()
    assert material_window(phases, "HfO2+LiNbO3").oxidation_limited_by == "LiNbO3"
    none = material_window(phases, "HfO2+Ta2O5")
    assert (none.oxidation_limited, none.oxidation_limit_v, none.oxidation_limited_by) == (False, None, None)


def test_one_material_is_what_it_is_alone():
    phases = synthetic()
    assert material_stability(phases, "Li6PS5Cl") == phase_stability(phases, "Li6PS5Cl")
    assert material_window(phases, "Li6PS5Cl") == electrochemical_window(phases, "Li6PS5Cl")
    assert material_energies(phases, "Li5NbO5").own_energy_above_hull is None
    assert material_energies(phases, "Li5NbO5@20meV").own_energy_above_hull == pytest.approx(0.02)


@pytest.mark.parametrize(("text", "message"), [("LiPO3+Al2O3", "no phase of Al"), ("LiPO3+Li", "lithium has no")])
def test_refused(text, message):
    with pytest.raises(InputError, match=message):
        material_window(synthetic(), text)


@pytest.mark.parametrize("noise", [-1e-9, 0.0, 1e-9])
def test_of_limits_equal_but_for_rounding_the_first_phase_has_it(monkeypatch, noise):
    def window(phases, formula, *options):
        off = noise if formula == "LiPO3" else 0.0
        update = {"reduction_limit_v": 1.0 + off, "oxidation_limit_v": 4.0 + off, "oxidation_limited": True}
        return electrochemical_window(phases, formula, *options).model_copy(update=update)

    monkeypatch.setattr(composite, "electrochemical_window", window)
    found = material_window(synthetic(), "LiPO3+Li2O")
    assert (found.reduction_limited_by, found.oxidation_limited_by) == ("LiPO3", "LiPO3")
