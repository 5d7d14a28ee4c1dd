"""Lattices in whole numbers, against numpy and counts known from number theory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.cathodes.ordering import lattices

VECTORS = st.tuples(*[st.integers(-3, 3)] * 3)
MATRICES = st.tuples(VECTORS, VECTORS, VECTORS)
HEXAGONAL = [[4, -2, 0], [-2, 4, 0], [0, 0, 25]]
CUBIC = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def shortest(metric, matrix):
    """Return the square of the shortest vector, found by trying."""
    gram = np.array(lattices.metric_of(metric, matrix))
    tried = np.array(np.meshgrid(*[range(-4, 5)] * 3)).reshape(3, -1).T
    squares = np.einsum("ni,ij,nj->n", tried, gram, tried)
    return int(squares[np.any(tried != 0, axis=1)].min())


@given(MATRICES)
def test_the_determinant_and_the_inverse_are_those_of_numpy(matrix):
    assert lattices.determinant(matrix) == round(np.linalg.det(np.array(matrix)))
    product = np.array(matrix) @ np.array(lattices.adjugate(matrix))
    assert product.tolist() == (lattices.determinant(matrix) * np.eye(3, dtype=int)).tolist()


@given(MATRICES)
def test_a_cell_holds_as_many_points_as_its_volume_and_no_two_are_the_same(matrix):
    volume = abs(lattices.determinant(matrix))
    assume(volume > 0)
    points = lattices.points_inside(matrix)
    assert len(points) == volume
    assert points == sorted(set(points))
    inverse = np.array(lattices.adjugate(matrix))
    assert len({tuple((np.array(point) @ inverse % volume).tolist()) for point in points}) == volume


@pytest.mark.parametrize(("n_cells", "count"), [(1, 1), (2, 7), (3, 13), (4, 35), (5, 31), (6, 91), (8, 155)])
def test_every_superlattice_is_there_once(n_cells, count):
    """The number of sublattices of index n in three dimensions: sequence A001001 of the OEIS."""
    found = list(lattices.superlattices(n_cells))
    assert len(found) == len(set(found)) == count
    assert {lattices.determinant(matrix) for matrix in found} == {n_cells}


@pytest.mark.parametrize("metric", [CUBIC, HEXAGONAL])
@pytest.mark.parametrize("n_cells", [2, 4, 6])
def test_no_superlattice_is_more_compact(metric, n_cells):
    best = lattices.most_compact(metric, n_cells)
    assert lattices.determinant(best) == n_cells
    assert shortest(metric, best) == max(shortest(metric, matrix) for matrix in lattices.superlattices(n_cells))


def test_four_cubes_make_a_body_centred_cell():
    best = lattices.most_compact(CUBIC, 4)
    assert shortest(CUBIC, best) == 3  # body-centred: (1, 1, 1)


def test_the_rotations_of_a_cube():
    found = list(lattices.alike(CUBIC, ((1, 0, 0), (0, 1, 0), (0, 0, 1))))
    assert len(found) == len(set(found)) == 24


def test_coordinates_in_the_cell():
    places = np.array([[-1e-13, 1.25, 0.999999999999], [0.5, -0.25, 2.0]])
    assert lattices.in_cell(places).tolist() == [[0.0, 0.25, 0.0], [0.5, 0.75, 0.0]]


def test_multiples_of_vectors_are_their_product():
    matrix = ((1, 2, 0), (0, -1, 3), (2, 0, 1))
    vectors = np.array([[3.1, 0.2, 0.0], [-1.5, 2.7, 0.1], [0.0, 0.4, 9.9]])
    np.testing.assert_allclose(lattices.combined(matrix, vectors), np.array(matrix) @ vectors, rtol=1e-13)


@given(VECTORS, VECTORS, st.integers(-3, 3), st.integers(-3, 3))
def test_a_flat_cell_has_no_volume_at_all(u, v, m, n):
    """In floating point it has one of either sign, by the last bit."""
    w = (m * u[0] + n * v[0], m * u[1] + n * v[1], m * u[2] + n * v[2])
    assert lattices.determinant((u, v, w)) == 0
