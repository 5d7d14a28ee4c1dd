"""Interfaces: conservation, convexity, symmetry, scale, an independent linear program, and the traps."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymatgen.analysis.interface_reactions import GrandPotentialInterfacialReactivity, InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core import Composition, Element
from random_phases import (
    SCALE,
    build,
    compositions,
    degenerate_sets,
    fractions,
    imbalance,
    lowest_energy,
    mixed,
    random_composition,
    random_phases,
    written,
)

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface, InterfaceProfile
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

OXIDE = build([({"Li": 2, "O": 1}, -2.0)])
RESERVOIRS = [None, Reservoir({"Li": -1.6}), Reservoir({"O": -1.7}), Reservoir({"Li": -1.6, "O": -1.7})]


def potentials(reservoir):
    return reservoir.mu_relative_ev if reservoir else {}


def random_interfaces(seed, n_elements, reservoir, count=4):
    """Pairs of phases and of arbitrary compositions; with what a reservoir leaves nothing of left out."""
    rng, phases = np.random.default_rng(seed), random_phases(seed, n_elements)
    opened = set(potentials(reservoir))
    made = []
    while len(made) < count:
        pair = []
        while len(pair) < 2:
            composition = random_composition(rng, phases.elements)
            if rng.random() < 0.6:
                composition = parse_formula(phases.formula(int(rng.integers(len(phases)))))
            if set(composition) - opened:
                pair.append(written(composition))
        made.append(Interface(phases, *pair, reservoir))
    return made


def check_profile(interface):
    """Assert all that holds for any profile."""
    profile, mu = interface.profile(), potentials(interface.reservoir)
    x = profile.x
    assert (x[0], x[-1]) == (0.0, 1.0)
    assert (np.diff(x) > 0).all()
    assert profile.mutual.max() <= 0.0
    assert profile.self_a <= 0.0
    assert profile.self_b <= 0.0
    assert profile.mutual[0] == profile.mutual[-1] == 0.0
    np.testing.assert_allclose(profile.total, profile.mutual + x * profile.self_a + (1 - x) * profile.self_b, atol=3e-9)
    assert (np.diff(np.diff(profile.total) / np.diff(x)) > -1e-6 / np.diff(x).min()).all()
    a, b = (only_closed(reactant.composition, mu) for reactant in (interface.a, interface.b))
    own_a, own_b = (
        reactant.grand_energy(interface.system.closed, interface.reservoir) for reactant in (interface.a, interface.b)
    )
    for at in np.linspace(0.0, 1.0, 8):
        expected = lowest_energy(interface.phases, mixed(a, b, at), mu) - at * own_a - (1 - at) * own_b
        assert np.interp(at, x, profile.total) == pytest.approx(expected, rel=1e-8, abs=1e-8)


def only_closed(composition, mu):
    return fractions({element: amount for element, amount in composition.items() if element not in mu})


def check_balance(interface):
    """Every element of the reactants, with what the reservoirs give, is in the products of every kink."""
    closed, mu = interface.system.closed, potentials(interface.reservoir)
    atoms_a, atoms_b = interface.a.amount(closed), interface.b.amount(closed)
    for kink in interface.document().kinks:
        x = kink.x_atomic_a if interface.reservoir is None else kink.x_closed_a
        assert sum(kink.products.values()) == pytest.approx(1.0, abs=1e-8)
        units_a, units_b = x / atoms_a, (1 - x) / atoms_b  # formula units per closed atom
        assert kink.x_molar_a == pytest.approx(units_a / (units_a + units_b), abs=1e-8)
        all_a, all_b = (sum(one.composition.values()) for one in (interface.a, interface.b))
        assert kink.x_atomic_a == pytest.approx(units_a * all_a / (units_a * all_a + units_b * all_b), abs=1e-8)
        balance = dict.fromkeys(interface.system.elements, 0.0)
        for reactant, units in ((interface.a, units_a), (interface.b, units_b)):
            for element, amount in reactant.composition.items():
                balance[element] += units * amount
        for element in mu:
            balance[element] += kink.exchanged[element]
        for formula, share in kink.products.items():
            amounts = parse_formula(formula)
            held = sum(amount for element, amount in amounts.items() if element not in mu)
            for element, amount in amounts.items():
                balance[element] -= share * amount / held
        assert balance == pytest.approx(dict.fromkeys(balance, 0.0), abs=3e-8)
        assert imbalance(kink.reaction) < 1e-3


@pytest.mark.parametrize("reservoir", RESERVOIRS, ids=str)
@pytest.mark.parametrize("n_elements", range(3, 9))
def test_random_interfaces(n_elements, reservoir):
    for interface in random_interfaces(10 * n_elements, n_elements, reservoir):
        check_profile(interface)
        check_balance(interface)


@given(
    phases=degenerate_sets(),
    a=compositions(),
    b=compositions(),
    reservoir=st.sampled_from([None, Reservoir({"Li": -0.25}), Reservoir({"Li": -0.5, "O": -0.5})]),
)
def test_degenerate_interfaces(phases, a, b, reservoir):
    opened = set(potentials(reservoir))
    assume(set(a) - opened)
    assume(set(b) - opened)
    interface = Interface(phases, written(a), written(b), reservoir)
    check_profile(interface)
    check_balance(interface)


@pytest.mark.parametrize("reservoir", RESERVOIRS, ids=str)
@pytest.mark.parametrize("n_elements", [3, 5, 8])
def test_the_order_of_the_reactants(n_elements, reservoir):
    for one in random_interfaces(11 * n_elements, n_elements, reservoir):
        fresh = PhaseSet(one.phases.scale, one.phases.phases)  # with no optimum known
        other = Interface(fresh, one.b.formula, one.a.formula, reservoir).profile()
        profile = one.profile()
        np.testing.assert_allclose(other.x[::-1], 1.0 - profile.x, atol=1e-8)
        np.testing.assert_allclose(other.total[::-1], profile.total, atol=1e-8)
        np.testing.assert_allclose(other.mutual[::-1], profile.mutual, atol=1e-8)
        assert (other.self_a, other.self_b) == pytest.approx((profile.self_b, profile.self_a), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("reservoir", RESERVOIRS, ids=str)
def test_the_size_of_the_formula_unit(reservoir):
    for one in random_interfaces(3, 5, reservoir):
        tripled = written({element: 3 * amount for element, amount in one.a.composition.items()})
        other = Interface(one.phases, tripled, one.b.formula, reservoir)
        np.testing.assert_allclose(other.profile().x, one.profile().x, atol=1e-9)
        np.testing.assert_allclose(other.profile().total, one.profile().total, atol=1e-9)
        for k, (kink, same) in enumerate(zip(other.document().kinks, one.document().kinks, strict=True)):
            assert same.products == pytest.approx(kink.products), k
            if 0 < same.x_molar_a < 1:  # a third as many units of A
                ratio = same.x_molar_a / (1 - same.x_molar_a)
                assert kink.x_molar_a / (1 - kink.x_molar_a) == pytest.approx(ratio / 3, rel=1e-6)


@pytest.mark.parametrize("reservoir", RESERVOIRS, ids=str)
def test_energies_are_relative_to_the_elements(reservoir):
    """A constant for each atom of an element, as another choice of its zero would add, changes nothing."""
    for one in random_interfaces(4, 6, reservoir):
        shift = dict(zip(one.phases.elements, [3.0, -1.5, 0.7, 11.0, -4.0, 0.1], strict=True))
        moved = [
            phase.model_copy(
                update={
                    "energy_ev_per_atom": phase.energy_ev_per_atom
                    + sum(x * shift[element] for element, x in fractions(parse_formula(phase.formula)).items())
                }
            )
            for phase in one.phases.phases
        ]
        other = Interface(PhaseSet(SCALE, moved), one.a.formula, one.b.formula, reservoir).profile()
        np.testing.assert_allclose(other.x, one.profile().x, atol=1e-8)
        np.testing.assert_allclose(other.total, one.profile().total, atol=1e-8)
        np.testing.assert_allclose(other.mutual, one.profile().mutual, atol=1e-8)


# -- the packaged energies, against pymatgen -----------------------------------------------------


def entries_of(phases, formulas, more=()):
    elements = {element for formula in formulas for element in parse_formula(formula)} | set(more)
    made = []
    for phase in phases.phases:
        composition = Composition(phase.formula)
        if {el.symbol for el in composition} <= elements:
            made.append(PDEntry(composition, phase.energy_ev_per_atom * composition.num_atoms))
    return made


def reduced(composition):
    return Composition(composition).fractional_composition


@pytest.mark.parametrize("pair", [("LiNbO3", "Li6PS5Cl"), ("LiCoO2", "Li3PS4"), ("Li2SO4", "Li6PS5Cl")])
def test_packaged_energies_closed(reference, pair):
    diagram = PhaseDiagram(entries_of(reference, pair))
    profile = Interface(reference, *pair).profile()
    for use_hull, energies in ((True, profile.mutual), (False, profile.total)):
        kinks = InterfacialReactivity(*map(reduced, pair), diagram, norm=True, use_hull_energy=use_hull).get_kinks()
        x, expected = np.array([(kink[1], kink[2]) for kink in sorted(kinks, key=lambda kink: kink[1])]).T
        np.testing.assert_allclose(profile.x, x, atol=1e-6)
        np.testing.assert_allclose(energies, expected, atol=1e-6)


@pytest.mark.parametrize("pair", [("LiNbO3", "Li3PS4"), ("LiCoO2", "Li3PS4")])
def test_packaged_energies_open(reference, pair):
    mu, entries = -2.5, entries_of(reference, pair, ["Li"])
    metal = float(reference.references[reference.elements.index("Li")])
    reactivity = GrandPotentialInterfacialReactivity(
        *map(reduced, pair),
        GrandPotentialPhaseDiagram(entries, {Element("Li"): metal + mu}),
        PhaseDiagram(entries),
        include_no_mixing_energy=True,
        norm=True,
        use_hull_energy=False,
    )
    profile = Interface(reference, *pair, Reservoir({"Li": mu})).profile()
    kinks = sorted(reactivity.get_kinks(), key=lambda kink: kink[1])
    x = [reactivity._reverse_convert(kink[1], reactivity.factor1, reactivity.factor2) for kink in kinks]
    np.testing.assert_allclose(profile.x, x, atol=1e-6)
    np.testing.assert_allclose(profile.total, [kink[2] for kink in kinks], atol=1e-6)


def test_a_given_energy_enters_the_total_and_not_the_mutual_energy(reference):
    hull = Interface(reference, "LiNbO3", "1.5Li2S-0.5P2S5-LiI").document()
    glass = Interface(reference, "LiNbO3", "1.5Li2S-0.5P2S5-LiI@30meV").document()
    assert (glass.b, glass.reactants.b.energy, glass.reactants.b.source_id) == (
        "1.5Li2S-0.5P2S5-LiI@30meV",
        "hull",
        None,
    )
    assert glass.reactants.b.above_hull_ev_per_atom == pytest.approx(0.03)
    assert glass.self_b_ev_per_atom == pytest.approx(-0.03)
    assert glass.mutual == hull.mutual
    for with_it, without in zip(glass.kinks, hull.kinks, strict=True):
        higher = 0.03 * (1.0 - with_it.x_atomic_a)
        assert with_it.total_ev_per_atom == pytest.approx(without.total_ev_per_atom - higher, rel=1e-8, abs=1e-8)


def test_of_minima_equal_but_for_rounding_the_first_counts():
    for noise in (-1e-12, 0.0, 1e-12):
        energies = np.array([0.0, -0.5 + noise, -0.5, 0.0])
        profile = InterfaceProfile(Interface(OXIDE, "Li2O", "O2").profile().line, energies, energies, 0.0, 0.0)
        assert profile.lowest_mutual == 1


def test_names_compositions_and_a_dictionary_of_potentials(reference):
    named = Interface(reference, "NCM83:half", Composition("Li10GeP2S12"), {"Li": -3.66})
    written = Interface(reference, "Li0.5Ni0.83Co0.12Mn0.05O2", "Li10GeP2S12", Reservoir({"Li": -3.66}))
    assert named.document() == written.document()
