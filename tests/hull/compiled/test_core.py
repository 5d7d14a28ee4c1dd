"""The compiled core against numpy's: the same energies and kinks; how it is chosen, and given up for numpy's."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from screening.common.errors import InputError
from screening.hull.compiled import build
from screening.hull.compiled import core as compiled
from screening.hull.compiled.core import Core
from screening.hull.reservoir import Reservoir
from screening.hull.simplex import INSIDE, Program, irregular
from screening.phases.phase_set import PhaseSet

needs_compiler = pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no compiler")
needs_core = pytest.mark.skipif(compiled.core() is None, reason="the compiled core is not built, or not wanted")
OPENED = (None, Reservoir({"Li": -3.66}), Reservoir({"O": -2.2}), Reservoir({"Li": -4.3, "O": -2.2}))
COMMON = ("Li", "O", "S", "P", "Cl", "F", "Mn", "Ni", "Co", "Ti", "Al", "Zr", "Nb", "Si", "B", "Ge", "Na", "Fe", "Mg")


def paths(made, start, stop):
    """The path by the compiled core and by numpy's, each from a fresh start."""
    middle = start + INSIDE * (stop - start)
    ends = np.stack([middle + 1e-4 * irregular(len(start)), start, stop])
    found = compiled.core().path(made.matrix, made.columns, made.costs, ends, made._unit)
    return found, Program(made.matrix, made.costs, made._unit)._path(start, stop)


def energies(costs, path):
    """The objective at each t of a path."""
    amounts = np.vstack([path.at_start, path.at_stop[-1:]])
    return (costs[np.vstack([path.bases, path.bases[-1:]])] * amounts).sum(axis=1)


def compare(made, start, stop):
    """Assert that both cores find the same energies at the kinks of both; return the number of kinks of each."""
    found, reference = paths(made, start, stop)
    assert found is not None
    found_at, expected_at = energies(made.costs, found), energies(made.costs, reference)
    for t in (found.t, reference.t):
        difference = np.interp(t, found.t, found_at) - np.interp(t, reference.t, expected_at)
        assert np.abs(difference).max() < 1e-9
    return len(found.t), len(reference.t)


def random_pairs(n_pairs, seed):
    """Pairs of phases or mixtures of the packaged energies, in random chemical systems of 2 to 12 elements."""
    phases, rng = PhaseSet.reference(), np.random.default_rng(seed)
    compared = 0
    while compared < n_pairs:
        elements = {str(e) for e in rng.choice(COMMON, int(rng.integers(2, 13)), replace=False)} | {"Li", "O"}
        for reservoir in OPENED:
            try:
                system = phases.system(elements, reservoir)
            except InputError:  # the two alone, both open
                continue
            columns = system.matrix.T
            for _ in range(25):
                start, stop = columns[rng.integers(len(columns), size=2)]
                if rng.random() < 0.3:
                    stop = rng.dirichlet(np.ones(len(stop)))
                yield system._program, start, stop
                compared += 1


def check_pairs(n_pairs, seed):
    kinks = [compare(*pair) for pair in random_pairs(n_pairs, seed)]
    assert len(kinks) >= n_pairs
    assert [found for found, _ in kinks] == [expected for _, expected in kinks]


@needs_core
def test_random_pairs():
    check_pairs(400, 0)


@needs_core
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_random_pairs():
    check_pairs(10_000, 1)


@needs_core
def test_many_elements_at_once():
    """Some thousand phases of each of all packaged elements, and as many rows."""
    phases = PhaseSet.reference()
    few = phases._take(np.flatnonzero((np.arange(len(phases)) % 23 == 0) | (np.diff(phases.table.starts) == 1)))
    system = few.system(few.elements)
    assert len(system.closed) == len(phases.elements) >= 70
    rng = np.random.default_rng(0)
    for _ in range(3):
        start, stop = rng.dirichlet(np.ones(len(system.closed)), 2)
        found, expected = compare(system._program, start, stop)
        assert found == expected > 50


@st.composite
def awkward_programs(draw):
    """Few small amounts, tied energies, columns twice, columns as near to others as those of a set of phases can be."""
    m = draw(st.integers(2, 6))
    columns = draw(hnp.arrays(int, st.tuples(st.integers(1, 14), st.just(m)), elements=st.integers(0, 3)))
    columns = columns[columns.any(axis=1)].astype(float)
    costs = np.array(draw(st.lists(st.integers(-2, 1), min_size=len(columns), max_size=len(columns))), dtype=float)
    beside = np.array(draw(st.lists(st.sampled_from([0.0, 2e-6, 1e-4]), min_size=len(columns), max_size=14)))
    beside = np.resize(beside, len(columns)) if len(beside) else np.zeros(len(columns))
    columns = np.vstack([np.eye(m), columns, columns + beside[:, None] * np.arange(m)])
    costs = np.concatenate([np.zeros(m), costs, costs - beside])
    matrix = np.ascontiguousarray((columns / columns.sum(axis=1, keepdims=True)).T)
    made = Program(matrix, costs, np.arange(m))
    ends = draw(st.tuples(*[st.integers(0, len(costs) - 1)] * 2))
    return made, made.columns[ends[0]], made.columns[ends[1]]


@needs_core
@given(drawn=awkward_programs())
def test_ties_and_columns_that_are_twice_there(drawn):
    """What the core proves is right; what it gives up is found by numpy."""
    made, start, stop = drawn
    failed_before = compiled.core().failures
    found, reference = paths(made, start, stop)
    if found is None:
        assert compiled.core().failures == failed_before + 1
        assert made.path(start, stop).t[-1] == 1.0
        return
    for t in (found.t, reference.t):
        difference = np.interp(t, found.t, energies(made.costs, found))
        difference -= np.interp(t, reference.t, energies(made.costs, reference))
        assert np.abs(difference).max() < 2e-8  # certified to 1e-8 each


# -- its safeguards ---------------------------------------------------------------------------------------


def special(folder, **constants):
    return Core(build.build(folder, constants))


def hard_program():
    """A program of 8 rows and 400 columns in few steps of amounts and of costs, so that many columns tie."""
    rng = np.random.default_rng(5)
    columns = np.vstack([np.eye(8), rng.integers(0, 3, (400, 8)) + np.eye(8)[rng.integers(0, 8, 400)]])
    matrix = np.ascontiguousarray((columns / columns.sum(axis=1, keepdims=True)).T)
    return Program(matrix, np.r_[np.zeros(8), -rng.integers(0, 4, 400).astype(float)], np.arange(8)), rng


@needs_compiler
@pytest.mark.parametrize("constants", [{}, {"STALL": "-1"}, {"SOUND": "INFINITY"}], ids=str)
def test_the_safeguards_give_the_same_paths(tmp_path, constants):
    """Bland's rule at every pivot; every pivot chosen with care and inverted afresh; one version for all processors."""
    core = special(tmp_path, ONE_VERSION="1", **constants)
    made, rng = hard_program()
    for _ in range(20):
        start, stop = made.columns[rng.integers(len(made.columns), size=2)]
        ends = np.stack([start + INSIDE * (stop - start) + 1e-4 * irregular(8), start, stop])
        found = core.path(made.matrix, made.columns, made.costs, ends, made._unit)
        reference = Program(made.matrix, made.costs, made._unit)._path(start, stop)
        expected = np.interp(found.t, reference.t, energies(made.costs, reference))
        np.testing.assert_allclose(energies(made.costs, found), expected, atol=1e-9)
    assert core.failures == 0


@needs_compiler
def test_a_path_that_fails_its_certificate_is_given_up_and_found_by_numpy(tmp_path, monkeypatch):
    strict = special(tmp_path, CERTIFIED="0.0")
    made, _ = hard_program()
    monkeypatch.setattr("screening.hull.simplex.core", lambda: strict)
    path = made.path(made.columns[20], made.columns[30])
    assert strict.failures == 1
    reference = Program(made.matrix, made.costs, made._unit)._path(made.columns[20], made.columns[30])
    np.testing.assert_array_equal(path.t, reference.t)


@needs_core
def test_a_wrong_basis_is_noticed():
    """Neither a singular basis, nor one that is not feasible where it is said to be."""
    made, _ = hard_program()
    start, stop = made.columns[20], made.columns[30]
    for known, basis in ((np.full(8, 0.125), np.zeros(8)), (-irregular(8), np.arange(8))):
        ends = np.stack([known, start, stop])
        found = compiled.core().path(made.matrix, made.columns, made.costs, ends, basis.astype(np.intp))
        if found is not None:  # it has found its way from there, and proved the result
            reference = made._path(start, stop)
            np.testing.assert_allclose(found.t, reference.t, atol=1e-9)


@needs_core
def test_a_longer_path_than_there_is_room_for(monkeypatch):
    made, _ = hard_program()
    monkeypatch.setattr(compiled, "_MOST_SEGMENTS", 1)
    failed_before = compiled.core().failures
    path = made.path(made.columns[0], made.columns[20])
    assert len(path.t) > 2
    assert compiled.core().failures == failed_before + 1


# -- how it is chosen -------------------------------------------------------------------------------------


@needs_compiler
def test_a_core_of_another_source_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "LIBRARY", build.build(tmp_path))
    monkeypatch.setattr(compiled, "source_hash", lambda: "another")
    monkeypatch.setenv("COATSCREEN_CORE", "")
    compiled._load.cache_clear()
    try:
        assert compiled.core() is None
        assert compiled.core_name().startswith("numpy core (the compiled one is not of this source")
        monkeypatch.setenv("COATSCREEN_CORE", "compiled")
        with pytest.raises(InputError, match=r"^COATSCREEN_CORE=compiled: .* to build it: python screening/hull"):
            compiled.core()
    finally:
        compiled._load.cache_clear()


def test_what_cannot_be_chosen(monkeypatch):
    monkeypatch.setenv("COATSCREEN_CORE", "fortran")
    with pytest.raises(InputError, match="COATSCREEN_CORE=fortran: choose numpy or compiled"):
        compiled.core()
