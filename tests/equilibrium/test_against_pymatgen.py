"""Phase equilibria and interfaces against pymatgen's, over random sets of phases.

pymatgen builds a convex hull and cuts it; here a linear program is followed along the mixing line. The two
share no code. x is molar in pymatgen's kinks (of compositions normalised to one atom, so equal to the atomic one).
"""

import numpy as np
import pytest
from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity, InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element

from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import EnergyScale, PhaseSet

ELEMENTS = ("Li", "O", "S", "P", "Cl", "Ni", "Co", "Mn")
SCALE = EnergyScale(name="random", version="1", functional="none", correction="none")
TOLERANCE = 1e-6
PAIRS_PER_SET = {2: 14, 3: 14, 4: 14, 5: 12, 6: 10, 7: 8, 8: 6}
SETS_PER_SIZE = {2: 5, 3: 5, 4: 5, 5: 5, 6: 4, 7: 3, 8: 2}


def random_entries(rng, n_elements):
    """Elements at random absolute energies, and compounds with random, mostly negative, formation energies."""
    elements = ELEMENTS[:n_elements]
    reference = {element: rng.uniform(-9.0, -1.0) for element in elements}
    entries = [PDEntry(Composition(element), energy, name=element) for element, energy in reference.items()]
    for _ in range(8 + 5 * n_elements):
        chosen = rng.choice(elements, size=min(n_elements, rng.integers(2, 5)), replace=False)
        amounts = {str(element): int(rng.integers(1, 7)) for element in chosen}
        formation = rng.uniform(-1.5, 0.2)
        energy = sum(n * (reference[element] + formation) for element, n in amounts.items())
        entries.append(PDEntry(Composition(amounts), energy))
    return entries


def cases():
    """Every random set, with the pairs of reactants to react in it."""
    rng = np.random.default_rng(20190415)
    for n_elements, n_sets in SETS_PER_SIZE.items():
        for number in range(n_sets):
            entries = random_entries(rng, n_elements)
            compounds = [e.composition.reduced_formula for e in entries if len(e.composition) > 1]
            pairs = []
            for _ in range(PAIRS_PER_SET[n_elements]):
                a, b = rng.choice(compounds, size=2, replace=False)
                if rng.random() < 0.3:  # a composition that is no phase
                    a = "".join(
                        f"{el}{n}" for el, n in zip(ELEMENTS[:n_elements], rng.integers(1, 9, n_elements), strict=False)
                    )
                pairs.append((str(a), str(b)))
            yield pytest.param(entries, pairs, id=f"{n_elements} elements, set {number + 1}")


ALL = list(cases())
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # pymatgen's, of reactants that are no phase


def test_there_are_at_least_300_pairs():
    assert sum(len(case.values[1]) for case in ALL) >= 300


def kinks(reactivity):
    """pymatgen's kinks as sorted arrays of x and energy."""
    found = sorted(reactivity.get_kinks(), key=lambda kink: kink[1])
    return np.array([k[1] for k in found]), np.array([k[2] for k in found])


def compare(profile_x, energies, x, expected):
    """The same piecewise-linear function: equal at the kinks of either, so that neither lacks one."""
    np.testing.assert_allclose(np.interp(x, profile_x, energies), expected, atol=TOLERANCE)
    np.testing.assert_allclose(np.interp(profile_x, x, expected), energies, atol=TOLERANCE)


def normalised(formula):
    return Composition(formula).fractional_composition


@pytest.mark.parametrize(("entries", "pairs"), ALL)
def test_closed_interfaces(entries, pairs):
    diagram, phases = PhaseDiagram(entries), PhaseSet.from_entries(entries, SCALE)
    for a, b in pairs:
        interface = Interface(phases, a, b)
        profile = interface.profile()
        for use_hull, energies in ((True, profile.mutual), (False, profile.total)):
            if not use_hull and max(interface.a.formation_energy, interface.b.formation_energy) > 0:
                continue  # pymatgen warns and takes the hull's energy instead of the reactant's own
            reactivity = InterfacialReactivity(
                normalised(a), normalised(b), diagram, norm=True, use_hull_energy=use_hull
            )
            compare(profile.x, energies, *kinks(reactivity))


@pytest.mark.parametrize(("entries", "pairs"), ALL)
def test_products_at_every_kink(entries, pairs):
    diagram, phases = PhaseDiagram(entries), PhaseSet.from_entries(entries, SCALE)
    for a, b in pairs:
        profile = Interface(phases, a, b).profile()
        for k, x in enumerate(profile.x):
            composition = Composition(
                {
                    el: x * normalised(a).get(el, 0.0) + (1.0 - x) * normalised(b).get(el, 0.0)
                    for el in {*normalised(a), *normalised(b)}
                }
            )
            expected = {e.composition.reduced_formula: n for e, n in diagram.get_decomposition(composition).items()}
            found = {phases.formula(i): amount for i, amount in profile.line.mixture(k).amounts.items()}
            for formula in expected | found:
                assert found.get(formula, 0.0) == pytest.approx(expected.get(formula, 0.0), abs=1e-5)


@pytest.mark.parametrize(("entries", "pairs"), ALL)
def test_stability(entries, pairs):
    diagram, phases = PhaseDiagram(entries), PhaseSet.from_entries(entries, SCALE)
    own = {}
    for entry in entries:
        formula = entry.composition.reduced_formula
        if formula not in own or entry.energy_per_atom < own[formula].energy_per_atom:
            own[formula] = entry
    for formula in {formula for pair in pairs for formula in pair}:
        composition, stability = Composition(formula), phase_stability(phases, formula)
        references = sum(
            composition.get_atomic_fraction(el) * diagram.el_refs[el].energy_per_atom for el in composition
        )
        expected_hull = diagram.get_hull_energy_per_atom(composition) - references
        entry = own.get(composition.reduced_formula)
        if entry is None:
            assert stability.energy == "hull"
            assert stability.energy_above_hull_ev_per_atom is None
            assert stability.formation_energy_ev_per_atom == pytest.approx(expected_hull, abs=TOLERANCE)
            continue
        above = diagram.get_e_above_hull(entry)
        assert stability.energy_above_hull_ev_per_atom == pytest.approx(above, abs=TOLERANCE)
        assert stability.formation_energy_ev_per_atom == pytest.approx(
            diagram.get_form_energy_per_atom(entry), abs=TOLERANCE
        )
        if above < TOLERANCE:  # for a stable phase: how far the others lie above it
            assert stability.energy_to_other_phases_ev_per_atom == pytest.approx(
                diagram.get_phase_separation_energy(entry), abs=TOLERANCE
            )


@pytest.mark.parametrize(("entries", "pairs"), ALL)
@pytest.mark.parametrize("opened", [("Li",), ("O",), ("Li", "O")])
def test_open_interfaces(entries, pairs, opened):
    phases = PhaseSet.from_entries(entries, SCALE)
    present = {el.symbol for e in entries for el in e.composition}
    if not set(opened) < present:
        pytest.skip("too few elements to leave some closed")
    references = {e.composition.elements[0].symbol: e.energy_per_atom for e in entries if len(e.composition) == 1}
    closed, diagrams, compared = PhaseDiagram(entries), {}, 0
    for number, (a, b) in enumerate(pairs):
        mu = -0.3 - 0.6 * (number % 4)
        # a pair spans its own chemical system, as it does in an interface of two known materials
        system = frozenset(el.symbol for f in (a, b) for el in Composition(f)) | set(opened)
        try:
            interface = Interface(phases, a, b, Reservoir(dict.fromkeys(opened, mu)))
        except InputError:
            continue  # open elements only, or reservoirs that react with each other: tested with the reservoirs
        if len(system) - len(opened) < 2:
            continue  # one closed element: pymatgen needs two for a hull
        if (system, mu) not in diagrams:
            inside = [e for e in entries if {el.symbol for el in e.composition} <= system]
            potentials = {Element(el): references[el] + mu for el in opened}
            diagrams[system, mu] = GrandPotentialPhaseDiagram(inside, potentials)
        profile = interface.profile()
        for self_parts, energies in ((False, profile.mutual), (True, profile.total)):
            if self_parts and max(interface.a.formation_energy, interface.b.formation_energy) > 0:
                continue
            reactivity = GrandPotentialInterfacialReactivity(
                normalised(a),
                normalised(b),
                diagrams[system, mu],
                closed,
                include_no_mixing_energy=self_parts,
                norm=True,
                use_hull_energy=False,
            )
            x, expected = kinks(reactivity)
            ours = np.array([reactivity._reverse_convert(v, reactivity.factor1, reactivity.factor2) for v in x])
            compare(profile.x, energies, ours, expected)
            compared += 1
    if len(present) - len(opened) >= 3:  # not so many are left out that the test is empty
        assert compared >= len(pairs) // 2
