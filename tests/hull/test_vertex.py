"""A basis of a linear program, on two elements and one compound between them: every number by hand."""

from __future__ import annotations

import numpy as np
import pytest

from screening.common.errors import CalculationError
from screening.hull.vertex import Columns, Vertex

COLUMNS = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])  # A, B and AB, per atom
ENERGIES = np.array([0.0, 0.0, -1.0])
PROGRAM = Columns(np.ascontiguousarray(COLUMNS.T), COLUMNS, ENERGIES)


def vertex():
    """A vertex at three quarters of A in which nothing has reacted, on the way from A to B."""
    return Vertex(PROGRAM, [0, 1], np.array([0.75, 0.25]), np.array([-1.0, 1.0]))


def test_unreacted_elements_become_the_compound_and_what_is_left():
    found = vertex()
    assert -found.state[2, 2] == pytest.approx(0.0)
    found.minimise()
    amounts = dict(zip(found.basis, found.state[2, :2], strict=True))
    assert amounts == pytest.approx({0: 0.5, 2: 0.5})
    assert -found.state[2, 2] == pytest.approx(-0.5)
    assert found.reduced.min() >= 0


@pytest.mark.parametrize(("turned", "limit", "kinks"), [(False, 0.7, [0.0, 0.25, 0.7]), (True, 0.2, [0.0, 0.2])])
def test_the_mixture_changes_where_the_line_meets_the_compound(turned, limit, kinks):
    found = vertex()
    found.minimise()
    segments = (found.turned() if turned else found).sweep(limit)
    assert [segments[0].since, *(segment.until for segment in segments)] == pytest.approx(kinks)
    assert [set(segment.basis) for segment in segments] == [{0, 2}, {1, 2}][: len(segments)]


def test_a_basis_that_spans_no_space_is_an_error():
    with pytest.raises(CalculationError, match="singular basis"):
        Vertex(PROGRAM, [0, 0], np.array([0.75, 0.25]), np.array([-1.0, 1.0]))
