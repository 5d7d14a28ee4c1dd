"""Electrochemical windows by hand, against pymatgen, and against a scan of grand potentials."""

import numpy as np
import pytest
from hypothesis import given
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element
from random_phases import build, compositions, degenerate_sets, imbalance, lowest_energy, random_phases, written

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir

# per formula unit: Li2O -6, Li2O2 -6.4, LiO2 -1.5 eV
OXIDES = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5)])
# Li2S -4.5, P2S5 -2.1, Li3PS4 -8.4, Li3P -3.6
SULFIDES = build(
    [({"Li": 2, "S": 1}, -1.5), ({"P": 2, "S": 5}, -0.3), ({"Li": 3, "P": 1, "S": 4}, -1.05), ({"Li": 3, "P": 1}, -0.9)]
)


def test_peroxide_by_hand():
    """Li2O2 + 2 Li -> 2 Li2O gives (12 - 6.4) / 2 = 2.8 V; Li2O2 -> O2 + 2 Li needs 6.4 / 2 = 3.2 V."""
    window = electrochemical_window(OXIDES, "Li2O2")
    assert (window.reduction_limit_v, window.oxidation_limit_v) == (2.8, 3.2)
    assert (window.reduction_products, window.oxidation_products) == ({"Li2O": 1.0}, {"O2": 1.0})
    assert window.reduction_reaction == "Li2O2 + 2 Li -> 2 Li2O"
    assert window.oxidation_reaction == "Li2O2 -> O2 + 2 Li"
    assert window.distance_to_hull_ev_per_atom == 0.0


def test_thiophosphate_by_hand():
    """Li3PS4 + 5 Li -> 4 Li2S + P at (18 - 8.4) / 5 = 1.92 V, before Li3P forms at 3.6 / 3 = 1.2 V.

    Li3PS4 -> 1/2 P2S5 + 3/2 S + 3 Li at (8.4 - 1.05) / 3 = 2.45 V. Of five atoms that are not Li, four are in Li2S
    and one is P; three and a half are in P2S5 and one and a half in S.
    """
    window = electrochemical_window(SULFIDES, "Li3PS4")
    assert (window.reduction_limit_v, window.oxidation_limit_v) == (1.92, 2.45)
    assert window.reduction_products == pytest.approx({"Li2S": 0.8, "P": 0.2})
    assert window.oxidation_products == pytest.approx({"P2S5": 0.7, "S": 0.3})
    assert window.reduction_reaction == "Li3PS4 + 5 Li -> 4 Li2S + P"
    assert window.oxidation_reaction == "2 Li3PS4 -> P2S5 + 3 S + 6 Li"


def test_how_much_lithium_a_limit_exchanges():
    """Li3PS4 takes up 5 and gives up 3 of 3; with a phase Li2.9PS4 the first reaction exchanges a thirtieth."""
    window = electrochemical_window(SULFIDES, "Li3PS4")
    assert (window.reduction_exchange, window.oxidation_exchange) == pytest.approx((5 / 3, 1.0))
    assert (window.next_reduction_limit_v, window.next_oxidation_limit_v) == (1.92, 2.45)
    assert not window.one_potential_only
    compounds = [
        ({"Li": 2, "S": 1}, -1.5),
        ({"P": 2, "S": 5}, -0.3),
        ({"Li": 3, "P": 1, "S": 4}, -1.05),
        ({"Li": 3, "P": 1}, -0.9),
    ]
    odd = build([*compounds, ({"Li": 29, "P": 10, "S": 40}, -(8.4 - 0.1 * 2.0) / 7.9)])  # Li3PS4 gives 0.1 Li at 2 V
    window = electrochemical_window(odd, "Li3PS4")
    assert window.oxidation_limit_v == pytest.approx(2.0, abs=1e-8)
    assert window.oxidation_exchange == pytest.approx(1 / 30)
    later = (8.4 - 0.2 - 1.05) / 2.9  # the rest of it
    assert window.next_oxidation_limit_v == pytest.approx(later, abs=1e-8)
    assert electrochemical_window(OXIDES, "O2").reduction_exchange is None


def test_a_material_that_lithium_does_not_reduce():
    window = electrochemical_window(OXIDES, "Li2O")
    assert repr(window.reduction_limit_v) == "0.0"
    assert (window.reduction_products, window.reduction_reaction) == ({}, None)
    assert window.oxidation_limit_v == 2.8
    assert window.oxidation_reaction == "2 Li2O -> Li2O2 + 2 Li"


def test_a_material_without_lithium():
    """It has no lithium to give; the first uptake is that to Li2O2."""
    window = electrochemical_window(OXIDES, "O2")
    assert (window.oxidation_limit_v, window.oxidation_limited, window.oxidation_products) == (None, False, {})
    assert window.reduction_limit_v == 3.2
    assert window.reduction_reaction == "O2 + 2 Li -> Li2O2"


def test_a_metastable_material_between_two_stable_ones():
    """LiO2 decomposes to Li2O2 and O2, which at 3.2 V exchange lithium with each other: no window is left."""
    window = electrochemical_window(OXIDES, "LiO2")
    assert (window.reduction_limit_v, window.oxidation_limit_v) == (3.2, 3.2)
    assert window.one_potential_only
    assert (window.reduction_products, window.oxidation_products) == ({"Li2O2": 1.0}, {"O2": 1.0})
    assert window.distance_to_hull_ev_per_atom == pytest.approx(1.6 * 2 / 3 - 0.5)


def test_a_composition_without_a_phase():
    window = electrochemical_window(OXIDES, "Li3O2")
    assert (window.energy, window.distance_to_hull_ev_per_atom) == ("hull", None)
    assert (window.reduction_limit_v, window.oxidation_limit_v) == (2.8, 2.8)


@pytest.mark.parametrize("formula", ["Li", "Li2"])
def test_lithium_has_none(formula):
    with pytest.raises(InputError, match="lithium has no electrochemical window"):
        electrochemical_window(OXIDES, formula)


def test_several_reactions_at_one_voltage():
    """Li2S and Li4S2 and LiS on one line of energy: oxidation to S goes through at the one voltage."""
    phases = build([({"Li": 2, "S": 1}, -1.0), ({"Li": 1, "S": 1}, -0.75), ({"Li": 1, "S": 2}, -0.5)])
    window = electrochemical_window(phases, "Li2S")
    assert window.oxidation_limit_v == 1.5  # 3 eV for two lithium
    assert window.oxidation_reaction == "Li2S -> S + 2 Li"


def pymatgen_window(diagram, reference, composition):
    """Limits from its lithium profile: the potentials just above the composition and just below it."""
    profile = diagram.get_element_profile(Element("Li"), composition)
    # each step: the lithium taken up on reaching a composition, and the potential on its lithium-rich side
    richer = max((step for step in profile if step["evolution"] < 1e-6), key=lambda step: step["evolution"])
    poorer = [step for step in profile if step["evolution"] < -1e-6]
    oxidation = max(poorer, key=lambda step: step["evolution"])["chempot"] if poorer else None
    return reference - richer["chempot"], None if oxidation is None else reference - oxidation


def entries_of(phases, elements):
    entries = []
    for phase in phases.phases:
        composition = Composition(phase.formula)
        if {el.symbol for el in composition} <= elements:
            entries.append(PDEntry(composition, phase.energy_ev_per_atom * composition.num_atoms))
    return entries


@pytest.mark.parametrize("n_elements", range(3, 8))
@pytest.mark.parametrize("seed", range(4))
def test_random_sets_against_pymatgen(n_elements, seed):
    phases = random_phases(1000 * n_elements + seed, n_elements)
    lithium = phases.references[phases.elements.index("Li")]
    diagrams, compared = {}, 0
    for formula in sorted({phases.formula(i) for i in range(len(phases))}):
        amounts = parse_formula(formula)
        if not {"Li"} < set(amounts):
            continue
        system = frozenset(amounts)
        if system not in diagrams:
            diagrams[system] = PhaseDiagram(entries_of(phases, system))
        reduction, oxidation = pymatgen_window(diagrams[system], lithium, Composition(formula))
        window = electrochemical_window(phases, formula)
        assert window.reduction_limit_v == pytest.approx(reduction, rel=1e-6, abs=1e-6)
        assert window.oxidation_limit_v == pytest.approx(oxidation, rel=1e-6, abs=1e-6)
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize("formula", ["Li3PS4", "Li6PS5Cl", "LiNbO3"])
def test_packaged_energies_against_pymatgen(reference, formula):
    diagram = PhaseDiagram(entries_of(reference, set(parse_formula(formula))))
    lithium = reference.references[reference.elements.index("Li")]
    window = electrochemical_window(reference, formula)
    assert (window.reduction_limit_v, window.oxidation_limit_v) == pytest.approx(
        pymatgen_window(diagram, lithium, Composition(formula)), rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize(
    "formula",
    ["LiNi1/3Co1/3Mn1/3O2", "LiNi0.33333333Co0.33333333Mn0.33333333O2", "LiNi0.3333Co0.3333Mn0.3333O2", "Li3NiCoMnO6"],
)
def test_thirds_have_one_window_however_they_are_written(reference, formula):
    """As pymatgen's for Li3NiCoMnO6; a composition one part in a million aside has two limits at one voltage."""
    window = electrochemical_window(reference, formula)
    diagram = PhaseDiagram(entries_of(reference, {"Li", "Ni", "Co", "Mn", "O"}))
    lithium = reference.references[reference.elements.index("Li")]
    limits = pymatgen_window(diagram, lithium, Composition("Li3NiCoMnO6"))
    assert (window.reduction_limit_v, window.oxidation_limit_v) == pytest.approx(limits, rel=1e-6)
    assert limits == pytest.approx((2.257, 2.978), abs=5e-4)
    assert "Li ->" in window.reduction_reaction


def distance(phases, amounts, energy, voltage):
    """Grand potential of a composition above that of the best mixture, eV per atom other than Li."""
    closed = sum(n for element, n in amounts.items() if element != "Li")
    own = (energy * sum(amounts.values()) + voltage * amounts.get("Li", 0.0)) / closed
    return own - lowest_energy(phases, amounts, {"Li": -voltage})


def check_by_scan(phases, amounts):
    window = electrochemical_window(phases, written(amounts))
    energy = lowest_energy(phases, amounts)
    low = window.reduction_limit_v
    high = window.oxidation_limit_v if window.oxidation_limited else low + 1.0
    assert low <= high + 1e-9
    for inside in np.linspace(low, high, 3):
        assert distance(phases, amounts, energy, inside) == pytest.approx(0.0, abs=1e-8)
    if low > 0.01:
        assert distance(phases, amounts, energy, low - 0.01) > 1e-6
    if window.oxidation_limited:
        assert distance(phases, amounts, energy, high + 0.01) > 1e-6
    for reaction in (window.reduction_reaction, window.oxidation_reaction):
        assert reaction is None or imbalance(reaction) < 1e-3
    for products in (window.reduction_products, window.oxidation_products):
        assert not products or sum(products.values()) == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_random_sets_against_a_scan(seed):
    phases = random_phases(seed, 5)
    for amounts in [parse_formula(phases.formula(i)) for i in range(len(phases))]:
        if set(amounts) != {"Li"}:
            check_by_scan(phases, amounts)


@given(phases=degenerate_sets(), amounts=compositions().filter(lambda amounts: set(amounts) != {"Li"}))
def test_degenerate_sets_against_a_scan(phases, amounts):
    check_by_scan(phases, amounts)


def test_the_window_of_other_ions():
    """MgS (-6 eV) gives up magnesium at 3 V; NaS (-2.4) sodium at 2.4 V, and becomes Na2S (-4.5) below 2.1 V."""
    phases = build([({"Mg": 1, "S": 1}, -3.0), ({"Na": 2, "S": 1}, -1.5), ({"Na": 1, "S": 1}, -1.2)])
    magnesium = electrochemical_window(phases, "MgS", "Mg")
    assert (magnesium.reduction_limit_v, magnesium.oxidation_limit_v, magnesium.ion) == (0.0, 3.0, "Mg")
    assert magnesium.oxidation_reaction == "MgS -> S + Mg"
    sodium = electrochemical_window(phases, "NaS", "Na")
    assert (sodium.reduction_limit_v, sodium.oxidation_limit_v) == (2.1, 2.4)


def test_the_window_with_oxygen_open():
    """LiCoO2 at mu_O = -1 eV: below 2.5 V lithium and oxygen react by themselves, above 3.3 V it becomes Co3O4."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Co": 3, "O": 4}, -1.3), ({"Li": 1, "Co": 1, "O": 2}, -1.75)])
    found = electrochemical_window(phases, "LiCoO2", reservoir=Reservoir({"O": -1.0}))
    assert (found.reduction_limit_v, found.oxidation_limit_v) == (2.5, 3.3)
    assert found.reduction_reaction is None
    assert found.oxidation_reaction == "3 LiCoO2 -> Co3O4 + 3 Li + 2 O"
    assert found.ensemble.open == {"O": -1.0}
    with pytest.raises(InputError, match="the potential of lithium is what is asked for"):
        electrochemical_window(phases, "LiCoO2", reservoir=Reservoir({"Li": -1.0}))
