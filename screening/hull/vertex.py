"""A basis of a linear program that follows a moving right-hand side: the pivots of :mod:`screening.hull.simplex`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import CalculationError

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ROUNDING = 1e-12  # amounts and reduced costs closer to zero than this count as ties
TIED = 1e-9  # numbers this close to each other, relatively, are equal, and the first of them is taken
AT_END = 1e-10  # an amount above minus this at the end of a line has not reached zero on the line
PIVOT = 1e-9  # smallest pivot element allowed; elements of A are of order 1
SOUND = 1e-3  # a smaller pivot element is chosen with care, and the new basis is inverted afresh
SAME = 1e-10  # segments shorter than this in t are left out
STALL = 60  # pivots without progress before Bland's rule is used
ENDLESS = 10_000  # pivots without progress before the path is given up


class Columns(NamedTuple):
    """What a linear program chooses among."""

    matrix: Floats  # A, (m, n), C-contiguous
    columns: Floats  # its transpose, (n, m), C-contiguous
    costs: Floats  # c, (n,)


class Segment(NamedTuple):
    """A part of a line on which the basis stays the same, from t = `since` to t = `until`."""

    since: float
    until: float
    basis: list[int]
    state: Floats  # of the :class:`Vertex`

    def turned(self) -> Segment:
        """Return the same part, seen from the line's other end; its state is turned in place."""
        self.state[-1] *= -1.0
        return Segment(-self.until, -self.since, self.basis, self.state)


class Vertex:
    """A basis, and the moving right-hand side ``rhs + t rate`` that it follows.

    ``state`` is an (m + 2, m + 1) array. Its first m rows and columns are the transposed inverse of the basic columns.
    Below them stand the amounts of the basic columns at t = 0, and the rates at which these change with t. The last
    column holds minus the dual variables, minus the objective and minus its rate. ``reduced`` holds the reduced costs
    of all columns.
    """

    def __init__(self, columns: Columns, basis: list[int], rhs: Floats, rate: Floats) -> None:
        m = len(basis)
        self.given = columns
        self.basis = basis.copy()
        self.rhs = np.stack([rhs, rate])
        self.state: Floats = np.empty((m + 2, m + 1))
        self.reduced: Floats = np.empty_like(columns.costs)
        self._invert()

    def turned(self) -> Vertex:
        """Return the same vertex with the opposite direction of the right-hand side."""
        turned = object.__new__(Vertex)
        turned.given, turned.basis = self.given, self.basis.copy()
        turned.rhs, turned.state, turned.reduced = self.rhs.copy(), self.state.copy(), self.reduced.copy()
        turned.rhs[1] *= -1.0
        turned.state[-1] *= -1.0
        return turned

    def minimise(self) -> None:
        """Move from a feasible basis to an optimal one at t = 0, by the primal simplex method."""
        m = len(self.basis)
        amounts, row = self.state[m, :m], np.empty_like(self.reduced)
        for pivots in range(100 * (m + 20)):
            below = self.reduced < -ROUNDING
            if not below.any():
                return
            entering = int(self.reduced.argmin() if pivots < 20 * (m + 20) else below.argmax())
            column = self.given.columns[entering] @ self.state[:m, :m]
            steps = np.full(m, np.inf)
            np.divide(amounts, column, out=steps, where=column > PIVOT)
            leaving = int(steps.argmin())
            self._pivot(leaving, entering, np.dot(self.state[:m, leaving], self.given.matrix, out=row))
        raise CalculationError("the linear program did not reach its minimum")

    def sweep(self, limit: float) -> list[Segment]:
        """Follow the right-hand side from t = 0 to t = `limit`, by the parametric dual simplex method."""
        m = len(self.basis)
        state, reduced, matrix = self.state, self.reduced, self.given.matrix
        amounts, rates = state[m, :m], state[m + 1, :m]
        steps, quotients, row = np.empty(m), np.empty_like(reduced), np.empty_like(reduced)
        segments: list[Segment] = []
        now, stalled = 0.0, 0
        while stalled < ENDLESS:
            # the leaving column is the first whose amount reaches zero: the one with the lowest rate / amount
            np.maximum(amounts, ROUNDING, out=steps)
            np.divide(rates, steps, out=steps)
            leaving = int(steps.argmin())
            if steps[leaving] * limit > -1.0 or amounts[leaving] + limit * rates[leaving] > -AT_END:
                steps[amounts + limit * rates > -AT_END] = 0.0  # these reach zero at the limit or beyond
                leaving = int(steps.argmin())
                if steps[leaving] * limit > -1.0:
                    if limit > now + SAME or not segments:
                        segments.append(Segment(now, limit, self.basis, state))
                    return segments
            until = max(float(-amounts[leaving] / rates[leaving]), now)
            stalled = stalled + 1 if until <= now + SAME else 0
            # the entering column has the smallest ratio of its reduced cost to its element in the leaving row
            np.dot(state[:m, leaving], matrix, out=row)
            np.maximum(reduced, ROUNDING, out=quotients)
            np.divide(row, quotients, out=quotients)
            entering = _first(quotients)
            small = row[entering] > -SOUND
            if small or stalled > STALL:
                leaving, entering = self._choose_carefully(leaving, until, row, stalled > STALL)
            if until > now + SAME:
                segments.append(Segment(now, until, self.basis.copy(), state.copy()))
            now = until
            self._pivot(leaving, entering, row)
            if small:
                self._invert()
        raise CalculationError("the path of the linear program did not end")

    def _choose_carefully(self, leaving: int, until: float, row: Floats, stalled: bool) -> tuple[int, int]:
        """Choose a pivot among near ties: the largest element, or the lowest index if the path has stalled."""
        m = len(self.basis)
        if stalled:
            amounts, rates = self.state[m, :m], self.state[m + 1, :m]
            ties = np.flatnonzero((rates < -ROUNDING) & (amounts + until * rates < ROUNDING)).tolist()
            leaving = min([leaving, *ties], key=self.basis.__getitem__)
            np.dot(self.state[:m, leaving], self.given.matrix, out=row)
        allowed = np.flatnonzero(row < -PIVOT)
        if not len(allowed):
            raise CalculationError("the right-hand side leaves what the columns can make up")
        elements, reduced = -row[allowed], np.maximum(self.reduced[allowed], 0.0)
        tied = allowed[reduced / elements <= ((reduced + ROUNDING) / elements).min()]
        return leaving, int(tied[0] if stalled else tied[_first(row[tied])])

    def _pivot(self, leaving: int, entering: int, row: Floats) -> None:
        """Exchange one basic column for another; `row` is the leaving row of ``B^-1 A`` and is overwritten."""
        m, state = len(self.basis), self.state
        column = self.given.columns[entering].dot(state[:m])
        column[m] = self.reduced[entering]
        divided = state[:, leaving] / column[leaving]
        state -= divided[:, None] * column
        state[:, leaving] = divided
        row *= column[m] / row[entering]
        self.reduced -= row
        self.reduced[entering] = 0.0
        self.basis[leaving] = entering

    def _invert(self) -> None:
        """Compute `state` and `reduced` from the basis, without reference to earlier values."""
        m = len(self.basis)
        columns = self.given.columns[self.basis]
        try:
            inverse = np.linalg.inv(columns)
        except np.linalg.LinAlgError:
            raise CalculationError("the linear program came to a singular basis") from None
        self.state[:m, :m] = inverse
        self.state[m:, :m] = self.rhs @ inverse
        self.state[:, m] = self.state[:, :m] @ -self.given.costs[self.basis]
        np.dot(self.state[:m, m], self.given.matrix, out=self.reduced)
        self.reduced += self.given.costs
        self.reduced[self.basis] = 0.0


def _first(values: Floats) -> int:
    """Return the place of the lowest of numbers that are negative, of nearly equal ones the first."""
    return int((values <= values.min() * (1.0 - TIED)).argmax())
