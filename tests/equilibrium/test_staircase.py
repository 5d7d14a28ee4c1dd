"""Staircases by hand, and against pymatgen's lithium profile."""

from __future__ import annotations

import pytest
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element
from random_phases import build, imbalance

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.staircase import lithium_staircase
from screening.equilibrium.window import electrochemical_window
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

# per formula unit: Li2S -4.5, P2S5 -2.1, Li3PS4 -8.4, Li3P -3.6 eV
SULFIDES = build(
    [({"Li": 2, "S": 1}, -1.5), ({"P": 2, "S": 5}, -0.3), ({"Li": 3, "P": 1, "S": 4}, -1.05), ({"Li": 3, "P": 1}, -0.9)]
)


def test_thiophosphate_by_hand():
    """Li3P gives up lithium at 3.6 / 3 = 1.2 V, then Li2S and P become Li3PS4, and that P2S5 and S."""
    found = lithium_staircase(SULFIDES, "Li3PS4")
    assert [step.voltage_v for step in found.steps] == [1.2, 1.92, 2.45]
    assert [(step.ions_below, step.ions_above) for step in found.steps] == [(11.0, 8.0), (8.0, 3.0), (3.0, 0.0)]
    assert [step.energy_ev_per_formula_unit for step in found.steps] == pytest.approx([3.6, 9.6, 7.35])
    assert [step.reaction for step in found.steps] == [
        "4 Li2S + Li3P -> 4 Li2S + P + 3 Li",
        "4 Li2S + P -> Li3PS4 + 5 Li",
        "2 Li3PS4 -> P2S5 + 3 S + 6 Li",
    ]
    assert {step.volume_change_percent for step in found.steps} == {None}  # the set has no volumes
    assert [s.voltage_v for s in lithium_staircase(SULFIDES, "Li3PS4", 1.5, 2.0).steps] == [1.92]


def test_volumes_are_those_of_the_solids():
    """Li2O2 (8 A3/atom) becomes Li2O (6): 32 to 36 with two more lithium; O2 leaves, and nothing of it is counted."""
    phases = PhaseSet(
        SULFIDES.scale,
        [
            Phase(id=formula, formula=formula, energy_ev_per_atom=energy, volume_a3_per_atom=volume)
            for formula, energy, volume in (
                ("Li", -1.5, 20.0),
                ("O2", -1.75, 15.0),
                ("Li2O", -1.75 / 3 - 1.0 - 2.0, 6.0),
                ("Li2O2", -1.625 - 1.6, 8.0),
            )
        ],
    )
    low, high = lithium_staircase(phases, "Li2O2").steps
    assert (low.volume_below_a3, low.volume_above_a3) == (36.0, 32.0)
    assert low.volume_change_percent == pytest.approx(-100 / 9)
    assert (high.volume_above_a3, high.volume_change_percent) == (0.0, -100.0)


@pytest.mark.parametrize("formula", ["Li6PS5Cl", "LiNbO3", "LiFePO4", "Nb2O5", "LiNi1/3Co1/3Mn1/3O2"])
def test_against_pymatgens_lithium_profile(reference, formula):
    amounts = parse_formula(formula)
    system = {*amounts, "Li"}
    entries = [
        PDEntry(Composition(phase.formula), phase.energy_ev_per_atom * Composition(phase.formula).num_atoms)
        for phase in reference.within(system).phases
    ]
    lithium = reference.references[reference.elements.index("Li")]
    profile = PhaseDiagram(entries).get_element_profile(Element("Li"), Composition(amounts))
    theirs = sorted(lithium - step["chempot"] for step in profile)
    ours = [step.voltage_v for step in lithium_staircase(reference, formula, 0.0, 20.0).steps]
    for voltage in ours:
        assert min(abs(voltage - other) for other in theirs) < 1e-6
    for other in theirs:
        assert other < 1e-6 or min(abs(other - voltage) for voltage in ours) < 1e-6


@pytest.mark.parametrize("formula", ["Li6PS5Cl", "LiNbO3", "ZrO2"])
def test_steps_join_and_balance(reference, formula):
    found = lithium_staircase(reference, formula)
    window = electrochemical_window(reference, formula)
    voltages = [step.voltage_v for step in found.steps]
    assert voltages == sorted(voltages)
    assert window.reduction_limit_v in voltages
    assert window.oxidation_limit_v in (*voltages, None)
    for one, other in zip(found.steps, found.steps[1:], strict=False):
        assert one.ions_above == pytest.approx(other.ions_below)
        assert one.products_above == pytest.approx(other.products_below)
    assert all(imbalance(step.reaction) < 2e-3 for step in found.steps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Li",), "lithium takes up no lithium"),
        (("Li2S", 3.0, 2.0), "not 3 to 2 V"),
        (("Li2S", -1.0), "not -1 to 5 V"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        lithium_staircase(SULFIDES, *arguments)
