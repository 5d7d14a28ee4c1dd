"""The parametric simplex method, against HiGHS and against the conditions of optimality."""

import numpy as np
import pytest
from fixtures_noise import other_last_bits
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from screening.common.errors import CalculationError
from screening.hull import simplex, vertex
from screening.hull.compiled.core import core
from screening.hull.simplex import INSIDE, Program

NUMPY = pytest.mark.usefixtures("numpy_core")  # of what the compiled core has in tests/hull/compiled/test_core.py


@pytest.fixture
def numpy_core(monkeypatch):
    monkeypatch.setenv("COATSCREEN_CORE", "numpy")


@pytest.fixture(params=["numpy", "compiled"])
def either_core(request, monkeypatch):
    if request.param == "compiled" and core() is None:
        pytest.skip("the compiled core is not used here")
    monkeypatch.setenv("COATSCREEN_CORE", request.param)


def program(columns, costs):
    """A program of the unit columns, at no cost, and others that are normalised."""
    columns = np.asarray(columns, dtype=float)
    matrix = np.vstack([np.eye(columns.shape[1]), columns / columns.sum(axis=1, keepdims=True)]).T
    return Program(np.ascontiguousarray(matrix), np.concatenate([np.zeros(len(matrix)), costs]), np.arange(len(matrix)))


def random_program(seed):
    """Sizes and sparsities of all kinds; costs that are random, tied, all zero, or of a plane with noise."""
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(2, 10)), int(rng.integers(1, 150))
    columns = rng.integers(0, rng.choice([2, 3, 7, 30]), (n, m)) * (rng.random((n, m)) < rng.uniform(0.2, 1.0))
    columns[columns.sum(axis=1) == 0] = 1
    plane = columns / columns.sum(axis=1, keepdims=True) @ rng.uniform(-2.0, 0.0, m)
    costs = [
        rng.uniform(-2.0, 0.3, n),
        -rng.integers(0, 4, n).astype(float),
        np.zeros(n),
        plane,
        plane + rng.choice([0.0, 1e-12, 1e-9, 1e-6], n),
    ][seed % 5]
    made = program(columns, costs)
    ends = []
    for _ in range(4):
        pure = made.columns[rng.integers(len(made.columns), size=2)]
        ends.append((pure[0], pure[1] if rng.random() < 0.7 else rng.dirichlet(np.ones(m))))
    return made, ends


def optimum(made, rhs):
    """The minimum by HiGHS."""
    result = linprog(made.costs, A_eq=made.matrix, b_eq=rhs, method="highs")
    assert result.status == 0
    return result.fun


def check(made, start, stop, path):
    """Assert every property of a path but the value of its energies."""
    assert path.t[0] == 0.0
    assert path.t[-1] == 1.0
    assert (np.diff(path.t) > 0.0).all()
    direction = stop - start
    for k, (basis, duals) in enumerate(zip(path.bases, path.duals, strict=True)):
        for t, amounts in ((path.t[k], path.at_start[k]), (path.t[k + 1], path.at_stop[k])):
            assert amounts.min() > -1e-8
            np.testing.assert_allclose(made.matrix[:, basis] @ amounts, start + t * direction, atol=1e-8)
            assert duals @ (start + t * direction) == pytest.approx(made.costs[basis] @ amounts, rel=1e-8, abs=1e-8)
        assert (duals @ made.matrix - made.costs).max() < 1e-8
    slopes = path.duals @ direction
    assert (np.diff(slopes) > -1e-7).all()


def energies(made, path):
    """The objective at each t of a path."""
    inner = (made.costs[path.bases] * path.at_start).sum(axis=1)
    return np.append(inner, made.costs[path.bases[-1]] @ path.at_stop[-1])


@pytest.mark.usefixtures("either_core")
@pytest.mark.parametrize("seed", range(60))
def test_paths_of_random_programs(seed):
    made, ends = random_program(seed)
    for start, stop in ends:
        path = made.path(start, stop)
        check(made, start, stop, path)
        for t in (0.0, *np.random.default_rng(seed).random(2), 1.0):
            expected = optimum(made, start + t * (stop - start))
            assert np.interp(t, path.t, energies(made, path)) == pytest.approx(expected, rel=2e-7, abs=2e-7)


@given(
    columns=hnp.arrays(int, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(0, 3)),
    costs=st.lists(st.integers(-2, 1), min_size=12, max_size=12),
    ends=st.tuples(st.integers(0, 15), st.integers(0, 15)),
)
def test_paths_of_degenerate_programs(columns, costs, ends):
    columns = columns[columns.any(axis=1)]
    made = program(columns, costs[: len(columns)]) if len(columns) else program(np.ones((1, 4)), [0])
    start, stop = (made.columns[end % len(made.columns)] for end in ends)
    path = made.path(start, stop)
    check(made, start, stop, path)
    middle = 0.5 * (start + stop)
    assert np.interp(0.5, path.t, energies(made, path)) == pytest.approx(optimum(made, middle), rel=1e-7, abs=1e-7)


@pytest.mark.usefixtures("either_core")
def test_a_path_does_not_depend_on_those_before():
    made, _ = random_program(0)
    rng = np.random.default_rng(1)
    for _ in range(300):
        made.path(*rng.dirichlet(np.ones(len(made.matrix)), 2))
    fresh = Program(made.matrix, made.costs, np.arange(len(made.matrix)))
    start, stop = rng.dirichlet(np.ones(len(made.matrix)), 2)
    one, other = made.path(start, stop), fresh.path(start, stop)
    np.testing.assert_allclose(one.t, other.t, atol=1e-9)
    np.testing.assert_allclose(energies(made, one), energies(fresh, other), atol=1e-10)


@pytest.mark.usefixtures("either_core")
def test_a_line_of_no_length():
    made, _ = random_program(0)
    here = made.columns[-1]
    path = made.path(here, here)
    assert energies(made, path) == pytest.approx([optimum(made, here)] * 2, rel=1e-7, abs=1e-7)


@pytest.mark.usefixtures("either_core")
def test_one_row():
    path = program([[1.0]], [-0.5]).path(np.ones(1), np.ones(1))
    np.testing.assert_allclose(path.duals, [[-0.5]])


@pytest.mark.usefixtures("either_core")
def test_a_line_along_a_face():
    """Only two of four rows are ever used; the rest of the basis stays at zero."""
    made = program([[1, 1, 0, 0], [1, 0, 1, 1], [0, 0, 1, 2]], [-1.0, -2.0, -1.0])
    path = made.path(np.eye(4)[0], np.eye(4)[1])
    np.testing.assert_allclose(path.t, [0.0, 0.5, 1.0])
    np.testing.assert_allclose(energies(made, path), [0.0, -1.0, 0.0])


@pytest.mark.usefixtures("either_core")
@pytest.mark.parametrize("where", [INSIDE, 0.5, 0.25, 1e-6, 1 - 1e-6])
def test_a_change_of_basis_anywhere(where):
    """A column exactly on the line; one case lies where lines are entered."""
    made = program([[where, 1 - where]], [-1.0])
    path = made.path(np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(path.t, [0.0, where, 1.0], atol=1e-12)
    np.testing.assert_allclose(energies(made, path), [0.0, -1.0, 0.0], atol=1e-12)


@NUMPY
@pytest.mark.parametrize(
    ("module", "constant", "value"), [(vertex, "STALL", -1), (vertex, "SOUND", np.inf), (simplex, "KNOWN", 2)]
)
def test_the_safeguards_give_the_same_paths(monkeypatch, module, constant, value):
    """Bland's rule at every pivot; every pivot chosen with care and inverted afresh; one basis known."""
    for seed in range(10):
        made, ends = random_program(seed)
        expected = [made.path(*end) for end in ends]
        again = Program(made.matrix, made.costs, np.arange(len(made.matrix)))
        with monkeypatch.context() as patch:
            patch.setattr(module, constant, value)
            paths = [again.path(*end) for end in ends]
        for end, one, other in zip(ends, expected, paths, strict=True):
            check(again, *end, other)
            np.testing.assert_allclose(
                np.interp(one.t, other.t, energies(again, other)), energies(made, one), atol=1e-8
            )


@NUMPY
@pytest.mark.parametrize("wrong", [[0, 1], [0, 0]], ids=["not optimal", "singular"])
def test_a_wrong_basis_is_noticed_and_replaced(wrong):
    made = program([[1, 1], [1, 3]], [-1.0, -0.9])
    start, stop = np.array([0.2, 0.8]), np.array([0.7, 0.3])
    right = energies(made, made.path(start, stop))
    made._known_bases = [wrong]  # the unit columns are not optimal, since the others cost less
    made._known_rhs = np.array([start])
    np.testing.assert_allclose(energies(made, made.path(start, stop)), right)


@pytest.mark.usefixtures("either_core")
def test_a_right_hand_side_out_of_reach():
    with pytest.raises(CalculationError, match="leaves what the columns can make up"):
        program([[1, 1]], [-1.0]).path(np.array([1.0, 0.0]), np.array([2.0, -1.0]))


@NUMPY
def test_a_path_that_fails_its_check_is_refused(monkeypatch):
    monkeypatch.setattr(simplex, "CERTIFIED", 0.0)
    with pytest.raises(CalculationError, match="failed its check"):
        program([[1, 2]], [-1.0]).path(np.array([0.3, 0.7]), np.array([0.7, 0.3]))


@NUMPY
@pytest.mark.parametrize(("places", "kinks"), [([0.7, 0.8], [0.7, 0.8]), ([0.8, 0.7], [0.8])], ids=str)
def test_blands_rule_takes_the_first_column_of_a_tie(monkeypatch, places, kinks):
    """Of columns at one height the furthest has the largest pivot element, and is taken where there is no stall."""
    start, stop = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    made = program([[10 * x, 10 - 10 * x] for x in (0.3, 0.6, *places)], [-1.0] * 4)
    for stall, expected in ((vertex.STALL, [0.8]), (-1, kinks)):
        monkeypatch.setattr(vertex, "STALL", stall)
        made._known_bases, made._known_rhs = [[2, 3]], np.array([start + INSIDE * (stop - start)])
        np.testing.assert_allclose(made.path(start, stop).t, [0.0, 0.3, 0.6, *expected, 1.0])


THROUGH_A_COLUMN = pytest.mark.parametrize(
    ("start", "pivots"), [((0.6, 0.3, 0.1), [(0, 2)]), ((0.3, 0.6, 0.1), [(0, 2), (1, 0)])], ids=str
)


def watched(monkeypatch, name, seen):
    """Note the arguments of a step of the method."""
    step = getattr(vertex.Vertex, name)

    def called(vertex, *args):
        seen.append((vertex.basis.copy(), *args))
        return step(vertex, *args)

    monkeypatch.setattr(vertex.Vertex, name, called)


@NUMPY
@THROUGH_A_COLUMN
def test_blands_rule_lets_the_first_column_leave(monkeypatch, start, pivots):
    """Where a line goes through a column two amounts vanish at once; after one of them the other may have to leave."""
    made = program([[1, 1, 1]], [-1.0])
    start, stop = np.array(start), 2.0 / 3.0 - np.array(start)
    made.path(start, stop)  # from here on its first basis is known
    found = []
    watched(monkeypatch, "_pivot", found)
    monkeypatch.setattr(vertex, "STALL", -1)
    check(made, start, stop, made.path(start, stop))
    assert [(basis[leaving], entering) for basis, leaving, entering, _ in found] == pivots


@NUMPY
@THROUGH_A_COLUMN
def test_pivots_that_do_not_move_are_a_stall(monkeypatch, start, pivots):
    """All but the first where a line goes through a column; the rule begins after as many as are allowed."""
    made = program([[1, 1, 1]], [-1.0])
    start, stop = np.array(start), 2.0 / 3.0 - np.array(start)
    made.path(start, stop)
    moved, careful = [], []
    watched(monkeypatch, "_pivot", moved)
    watched(monkeypatch, "_choose_carefully", careful)
    monkeypatch.setattr(vertex, "STALL", 0)
    made.path(start, stop)
    assert 1 <= len(moved) <= 2
    assert [stalled for *_, stalled in careful] == [True] * (len(moved) - 1)


@NUMPY
def test_of_mixtures_of_one_energy_the_same_is_found_whatever_the_last_bits():
    """A line leaves a triangle of columns towards two others at one height, which are equally far away."""
    columns = [[2, 4, 4], [4, 2, 4], [4, 4, 2], [5, 2, 3], [5, 3, 2]]
    start, stop = np.array([0.22, 0.39, 0.39]), np.array([0.48, 0.26, 0.26])

    def bases():
        made = program(columns, [-1.0] * 5)
        made._known_bases, made._known_rhs = [[3, 4, 5]], np.array([start + INSIDE * (stop - start)])
        return made.path(start, stop).bases.tolist()

    expected = bases()
    for seed in range(20):
        with other_last_bits(seed):
            assert bases() == expected
