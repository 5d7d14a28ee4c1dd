"""Phase equilibrium in a chemical system, closed and open, against HiGHS and by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_phases import (
    build,
    compositions,
    degenerate_sets,
    fractions,
    lowest_energy,
    mixed,
    random_composition,
    random_phases,
)

from screening.common.errors import InputError
from screening.hull.phase_system import PhaseSystem
from screening.hull.reservoir import Reservoir

OPENED = [{}, {"Li": -0.7}, {"O": -1.1}, {"Li": -1.6, "O": -1.6}]  # the last below any compound of Li and O alone


def open_system(phases, elements, mu):
    """The system, or None where the reservoirs react with each other or leave nothing closed."""
    try:
        return phases.system(elements, Reservoir(mu) if mu else None)
    except InputError:
        return None


def check_mixture(phases, composition, mixture, mu):
    """Amounts balance, sum to one, and have the energy of the phases they name; no phase lies below the potentials."""
    assert sum(mixture.amounts.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(mixture.amounts.values()) > 0.0
    closed = [i for i, element in enumerate(phases.elements) if element not in mu]
    per_closed = {i: phases.fractions[i] / phases.fractions[i, closed].sum() for i in mixture.amounts}
    held = sum(amount * per_closed[i] for i, amount in mixture.amounts.items())
    total = sum(n for element, n in composition.items() if element not in mu)
    for i, element in enumerate(phases.elements):
        expected = mixture.exchanged[element] if element in mu else composition.get(element, 0.0) / total
        assert held[i] == pytest.approx(expected, rel=1e-8, abs=1e-8)
    shifts = np.array([mu.get(element, 0.0) for element in phases.elements])
    energy = sum(
        amount * (phases.formation_energies[i] - phases.fractions[i] @ shifts) / phases.fractions[i, closed].sum()
        for i, amount in mixture.amounts.items()
    )
    assert mixture.energy == pytest.approx(energy, rel=1e-10, abs=1e-10)
    potentials = {**mixture.potentials, **mu}
    for i in range(len(phases)):
        inside = phases.fractions[i] > 0
        present = [element for element, held in zip(phases.elements, inside, strict=True) if held]
        if set(present) <= potentials.keys():
            below = phases.formation_energies[i] - sum(
                potentials[element] * phases.fractions[i, phases.elements.index(element)] for element in present
            )
            assert below > -1e-8
            if i in mixture.amounts:
                assert below == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("mu", OPENED, ids=str)
@pytest.mark.parametrize("n_elements", range(2, 9))
def test_mixtures_of_random_sets(n_elements, mu):
    rng, compared = np.random.default_rng(n_elements), 0
    for seed in range(3):
        phases = random_phases(100 * n_elements + seed, n_elements)
        for _ in range(6):
            composition = random_composition(rng, phases.elements)
            if not set(composition) - set(mu):
                continue
            system = open_system(phases, composition, mu)
            if system is None:
                continue
            mixture = system.mixture(composition)
            check_mixture(phases, composition, mixture, mu)
            assert mixture.energy == pytest.approx(lowest_energy(phases, composition, mu), rel=1e-8, abs=1e-8)
            compared += 1
    assert compared >= 3 or (n_elements == 2 and len(mu) == 2)


@pytest.mark.parametrize("mu", OPENED, ids=str)
@pytest.mark.parametrize("n_elements", range(3, 9))
def test_lines_of_random_sets(n_elements, mu):
    """Energies between the kinks, and that no kink is missing: a linear program at random places."""
    rng = np.random.default_rng(n_elements)
    for seed in range(3):
        phases = random_phases(200 * n_elements + seed, n_elements)
        system = open_system(phases, phases.elements, mu)
        if system is None:
            continue
        for _ in range(3):
            a, b = (fractions(random_composition(rng, system.closed)) for _ in range(2))
            line = system.line(system.vector(b), system.vector(a))
            assert (np.diff(np.diff(line.energies) / np.diff(line.t)) > -1e-6).all()
            for t in rng.random(4):
                expected = lowest_energy(phases, mixed(a, b, t), mu)
                assert np.interp(t, line.t, line.energies) == pytest.approx(expected, rel=1e-8, abs=1e-8)
            for k in range(len(line.t)):
                check_mixture(phases, mixed(a, b, line.t[k]), line.mixture(k), mu)


@given(phases=degenerate_sets(), composition=compositions(), mu=st.sampled_from([{}, {"Li": -0.25}, {"O": -0.5}]))
def test_mixtures_of_degenerate_sets(phases, composition, mu):
    assume(set(composition) - set(mu))
    system = open_system(phases, phases.elements, mu)
    assume(system is not None)
    mixture = system.mixture(composition)
    check_mixture(phases, composition, mixture, mu)
    assert mixture.energy == pytest.approx(lowest_energy(phases, composition, mu), rel=1e-8, abs=1e-8)


@given(phases=degenerate_sets(), a=compositions(), b=compositions())
def test_lines_of_degenerate_sets(phases, a, b):
    system = phases.system(phases.elements)
    line = system.line(system.vector(b), system.vector(a))
    for t in (0.0, 0.25, 0.5, 1.0):
        expected = lowest_energy(phases, mixed(fractions(a), fractions(b), t))
        assert np.interp(t, line.t, line.energies) == pytest.approx(expected, rel=1e-8, abs=1e-8)
    for k in range(len(line.t)):
        check_mixture(phases, mixed(fractions(a), fractions(b), line.t[k]), line.mixture(k), {})


def test_by_hand():
    """Li2O at -2 eV/atom and Li2O2 at -1.6: Li3O2 is one Li2O (3 atoms of 5) and half a Li2O2 (2 of 5)."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6)])
    mixture = phases.system({"Li", "O"}).mixture({"Li": 3, "O": 2})
    assert {phases.formula(i): amount for i, amount in mixture.amounts.items()} == pytest.approx(
        {"Li2O": 0.6, "Li2O2": 0.4}
    )
    assert mixture.energy == pytest.approx(0.6 * -2.0 + 0.4 * -1.6)
    # 2 mu(Li) + mu(O) = -6 and 2 mu(Li) + 2 mu(O) = -6.4
    assert mixture.potentials == pytest.approx({"Li": -2.8, "O": -0.4})
    # with Li open at -3 eV: Li2O2 (-6.4 + 6) / 2 = -0.2 per O, below O2 at 0 and Li2O (-6 + 6) / 1 = 0
    opened = phases.system({"O"}, Reservoir({"Li": -3.0})).mixture({"O": 1})
    assert {phases.formula(i): amount for i, amount in opened.amounts.items()} == {"Li2O2": 1.0}
    assert opened.energy == pytest.approx(-0.2)
    assert opened.exchanged == pytest.approx({"Li": 1.0})


def test_every_element_open():
    with pytest.raises(InputError, match="all of Li, O are open"):
        build([({"Li": 2, "O": 1}, -2.0)]).system({"Li", "O"}, Reservoir({"Li": -1.0, "O": -6.0}))


def test_reservoirs_that_react_with_each_other():
    """2 mu(Li) + mu(O) must not lie above -6 eV, the energy of Li2O."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "S": 1}, -1.0)], elements=["Li", "O", "S"])
    with pytest.raises(InputError, match=r"Li and O react with each other: Li2O forms without limit \(-0\.033"):
        phases.system({"S"}, Reservoir({"Li": -1.0, "O": -3.9}))
    system = phases.system({"S"}, Reservoir({"Li": -1.0, "O": -4.0}))  # in equilibrium with Li2O
    assert system.closed == ("S",)


def test_a_composition_outside_the_system():
    system = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "S": 1}, -1.0)]).system({"Li", "O"})
    with pytest.raises(InputError, match="S is not in the chemical system Li-O"):
        system.vector({"Li": 1, "S": 1})


def test_a_composition_of_open_elements_only():
    system = build([({"Li": 2, "O": 1}, -2.0)]).system({"O"}, Reservoir({"Li": -3.0}))
    with pytest.raises(InputError, match="Li consists of open elements only: with Li open there is nothing left"):
        system.vector({"Li": 1.0})


def test_without_a_phase():
    """The best of the others at Li2O2: Li2O and O, with -2 eV on the 3 atoms of 4 that Li2O holds."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6)])
    peroxide = phases.polymorphs({"Li": 1, "O": 1})[0]
    others = phases.system({"Li", "O"}).without(peroxide)
    assert others.mixture({"Li": 1, "O": 1}).energy == pytest.approx(-1.5)
    with pytest.raises(InputError, match="no phase of Li alone is known"):
        phases.system({"Li", "O"}).without(phases.polymorphs({"Li": 1})[0])
    with pytest.raises(InputError, match="closed system only"):
        phases.system({"O"}, Reservoir({"Li": -3.0})).without(peroxide)


def test_elements_as_columns_of_any_order():
    """A system needs no order of its phases, and only the lower of two polymorphs of an element."""
    system = PhaseSystem(
        ("Li", "O"), np.array([[2 / 3, 0.0, 1.0], [1 / 3, 1.0, 0.0]]), np.array([-2.0, 0.0, 0.0]), np.array([7, 3, 5])
    )
    assert system.mixture({"Li": 2, "O": 1}).amounts == {7: 1.0}
