"""Linear programs with few rows, many columns and a moving right-hand side.

The program is ``min c @ y`` subject to ``A @ y = b``, ``y >= 0``, where A (m x n) holds m columns of a
unit matrix and ``b >= 0``. In the words of phases: a column of A is a phase's composition, c its energy, y the
amounts, and b the overall composition. :meth:`Program.path` gives the solution along a whole line of right-hand sides
``b(t) = start + t (stop - start)``: the objective is piecewise linear and convex in t, and each of its
segments belongs to one basis (m columns). The result is exact; nothing is sampled.

Method. An optimal basis at one right-hand side is known from an earlier path, or is found the first time by
the primal simplex method. The parametric dual simplex method moves it to a point inside the line and from there
to both ends: as b moves, the amounts ``B^-1 b`` of the basic columns change linearly; the first to reach zero
leaves the basis, and the ratio test of the dual simplex method chooses the column that enters, so that the basis
stays optimal. Each change of basis (pivot) reads A once, in one vector-matrix product.

Safeguards. Every stage starts from a freshly inverted basis, so rounding does not accumulate over calls. Lines are
entered at an irregular fraction, since the ends, being single compounds, are degenerate. Ties go to the largest
pivot element (Harris), and among equal elements to the first column, so that of several mixtures of one energy the same
is found on every processor. If many pivots bring no progress, ties go to the lowest index (Bland), which cannot cycle.
Each finished path is checked: every segment, at both of its ends, must balance, contain no negative amount, leave no
column of A cheaper than its duals say, and have equal primal and dual objectives. Together these conditions prove
that the path is optimal, however it was found.

:mod:`screening.hull.compiled` is the same in C. Where it is built, it finds the paths, and what is here finds those
that it gives up.

References
----------
V. Chvatal, *Linear Programming* (1983), chapters 7, 8 and 10; the parametric method: S. Gass and T. Saaty, Nav. Res.
Logist. Q. 2, 39 (1955), here in its dual form; ties: P. Harris, Math. Program. 5, 1 (1973), R. Bland, Math. Oper.
Res. 2, 103 (1977).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import CalculationError
from screening.hull.compiled.core import core

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

INSIDE = 0.4871  # lines are entered at this t, which no simple ratio of the ends makes a change of basis
ROUNDING = 1e-12  # amounts and reduced costs closer to zero than this count as ties
TIED = 1e-9  # numbers this close to each other, relatively, are equal, and the first of them is taken
AT_END = 1e-10  # an amount above minus this at the end of a line has not reached zero on the line
PIVOT = 1e-9  # smallest pivot element allowed; elements of A are of order 1
SOUND = 1e-3  # a smaller pivot element is chosen with care, and the new basis is inverted afresh
SAME = 1e-10  # segments shorter than this in t are left out
CERTIFIED = 1e-8  # largest violation that the check of a path allows, in units of cost and of right-hand side
STALL = 60  # pivots without progress before Bland's rule is used
ENDLESS = 10_000  # pivots without progress before the path is given up
KNOWN = 256  # optimal bases kept to start later paths from


class Path(NamedTuple):
    """The optimum along a line of right-hand sides, in s segments of constant basis."""

    t: Floats  # (s + 1,) ends of the segments, from 0 to 1
    bases: Integers  # (s, m) basic columns of each segment
    at_start: Floats  # (s, m) amounts of the basic columns at the segment's lower end
    at_stop: Floats  # (s, m) amounts of the basic columns at its upper end
    duals: Floats  # (s, m) dual variables: derivatives of the objective with respect to the right-hand side


def irregular(m: int) -> Floats:
    """Return m positive numbers of order 1 that are linearly independent over the integers: exponentials of k/m."""
    return np.exp(np.arange(m) / m)


class Program:
    """The program ``min c @ y, A @ y = b, y >= 0``, for any right-hand side b.

    Parameters
    ----------
    matrix
        A, (m, n), C-contiguous.
    costs
        c, (n,).
    unit
        (m,) columns of A that form the unit matrix, in the order of the rows.
    """

    def __init__(self, matrix: Floats, costs: Floats, unit: Integers) -> None:
        self.matrix = matrix
        self.costs = costs
        self.columns: Floats = np.ascontiguousarray(matrix.T)
        self._check = np.vstack([matrix, -costs])
        self._feasible: tuple[Floats, Integers] | None = None  # the compiled core's first optimum inside a line
        self._nominal: Program | None = None  # the program with other costs that this one was made from
        self._entry: tuple[Floats, list[int]] | None = None  # first optimum, and the right-hand side it belongs to
        self._unit = unit
        self._known_rhs: Floats = np.empty((0, len(matrix)))
        self._known_bases: list[list[int]] = []

    def path(self, start: Floats, stop: Floats) -> Path:
        """Find the optimum along the line between two right-hand sides.

        Parameters
        ----------
        start, stop
            Ends of the line, (m,), non-negative.

        Raises
        ------
        CalculationError
            If the path does not end, or fails its check even from a fresh start.
        """
        found = self._compiled_path(start, stop)
        if found is not None:
            return found
        try:
            return self._path(start, stop)
        except CalculationError:
            self._known_rhs, self._known_bases = self._known_rhs[:0], []  # start again, from another basis
            self._nominal = None
            return self._path(start, stop)

    def _compiled_path(self, start: Floats, stop: Floats) -> Path | None:
        """Find the path with the compiled core; None where there is none, or it gives up."""
        compiled = core()
        if compiled is None:
            return None
        middle = start + INSIDE * (stop - start)
        known, basis = self._feasible or (middle + 1e-4 * irregular(len(start)), self._unit)
        found = compiled.path(self.matrix, self.columns, self.costs, np.stack([known, start, stop]), basis)
        if found is None:
            return None
        if self._feasible is None:
            self._feasible = middle, found.entry
        return Path(*found[:-1])

    def repriced(self, costs: Floats) -> Program:
        """Return the same program with other costs. It starts from the first optimum of this program.

        Only the starting basis is passed on; the paths of the new program are checked like all others.
        """
        repriced = Program.__new__(Program)
        repriced.matrix, repriced.columns, repriced.costs = self.matrix, self.columns, costs
        repriced._check = np.vstack([self.matrix, -costs])
        repriced._feasible = self._feasible
        repriced._nominal, repriced._entry, repriced._unit = self, None, self._unit
        repriced._known_rhs, repriced._known_bases = self._known_rhs[:0], []
        return repriced

    def _path(self, start: Floats, stop: Floats) -> Path:
        m = len(start)
        direction = stop - start
        middle = start + INSIDE * direction
        basis = self._optimum(middle)
        ahead = _Vertex(self, basis, middle, direction)
        behind = ahead.turned()
        upper = ahead.sweep(1.0 - INSIDE)
        lower = [segment.turned() for segment in reversed(behind.sweep(INSIDE))]
        if lower[-1].basis == upper[0].basis:  # the line was entered inside this segment: join its two parts
            upper[0] = upper[0]._replace(since=lower.pop().since)
        segments = lower + upper
        since, until = np.array([s.since for s in segments]), np.array([s.until for s in segments])
        states = np.array([s.state for s in segments])
        amounts, rates = states[:, m, :m], states[:, m + 1, :m]
        path = Path(
            t=np.array([0.0, *(INSIDE + since[1:]), 1.0]),
            bases=np.array([s.basis for s in segments]),
            at_start=amounts + since[:, None] * rates,
            at_stop=amounts + until[:, None] * rates,
            duals=-states[:, :m, m],
        )
        self._certify(middle + np.stack([since, until])[:, :, None] * direction, path)
        self._remember(middle, basis)
        return path

    def _optimum(self, rhs: Floats) -> list[int]:
        """Find an optimal basis at one right-hand side, starting from the nearest one at which a basis is known."""
        if self._known_bases:
            nearest = int(np.abs(self._known_rhs - rhs).sum(axis=1).argmin())
            known, basis = self._known_rhs[nearest], self._known_bases[nearest]
        else:
            # an irregular right-hand side: no basic amount is zero, so the primal simplex method does not stall
            known, basis = rhs + 1e-4 * irregular(len(rhs)), self._unit.tolist()
            if self._nominal is not None:
                known, basis = self._nominal._first_optimum(rhs)
            first = _Vertex(self, basis, known, np.zeros_like(rhs))
            first.minimise()
            basis = first.basis
        vertex = _Vertex(self, basis, known, rhs - known)
        vertex.sweep(1.0)
        return vertex.basis

    def _first_optimum(self, rhs: Floats) -> tuple[Floats, list[int]]:
        if self._entry is None:
            known = rhs + 1e-4 * irregular(len(rhs))
            self._entry = known, self._optimum(known)
        return self._entry

    def _remember(self, rhs: Floats, basis: list[int]) -> None:
        self._known_rhs = np.vstack([self._known_rhs[1 - KNOWN :], rhs])
        self._known_bases = [*self._known_bases[1 - KNOWN :], basis]

    def _certify(self, rhs: Floats, path: Path) -> None:
        """Prove by the duality theorem that every segment is optimal at both ends; `rhs` is (2, s, m)."""
        amounts = np.stack([path.at_start, path.at_stop])
        balance = np.abs((amounts[:, :, None, :] @ self.columns[path.bases])[:, :, 0, :] - rhs).max()
        negative = -amounts.min()
        gap = np.abs((amounts * self.costs[path.bases]).sum(axis=2) - (path.duals * rhs).sum(axis=2)).max()
        weights = np.hstack([path.duals, np.ones((len(path.duals), 1))])
        undercut = max((weights[k : k + 16] @ self._check).max() for k in range(0, len(weights), 16))  # in cache
        if not max(balance, negative, gap, undercut) < CERTIFIED:
            raise CalculationError(
                f"the linear program failed its check (balance {balance:.1e}, negative {negative:.1e}, "
                f"gap {gap:.1e}, undercut {undercut:.1e})"
            )


class _Segment(NamedTuple):
    since: float
    until: float
    basis: list[int]
    state: Floats

    def turned(self) -> _Segment:
        self.state[-1] *= -1.0
        return _Segment(-self.until, -self.since, self.basis, self.state)


class _Vertex:
    """A basis, and the moving right-hand side ``rhs + t rate`` that it follows.

    ``state`` is an (m + 2, m + 1) array. Its first m rows and columns are the transposed inverse of the basic columns.
    Below them stand the amounts of the basic columns at t = 0, and the rates at which these change with t. The last
    column holds minus the dual variables, minus the objective and minus its rate. ``reduced`` holds the reduced costs
    of all columns.
    """

    def __init__(self, program: Program, basis: list[int], rhs: Floats, rate: Floats) -> None:
        m = len(basis)
        self.program = program
        self.basis = basis.copy()
        self.rhs = np.stack([rhs, rate])
        self.state: Floats = np.empty((m + 2, m + 1))
        self.reduced: Floats = np.empty_like(program.costs)
        self._invert()

    def turned(self) -> _Vertex:
        """Return the same vertex with the opposite direction of the right-hand side."""
        turned = object.__new__(_Vertex)
        turned.program, turned.basis = self.program, self.basis.copy()
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
            column = self.program.columns[entering] @ self.state[:m, :m]
            steps = np.full(m, np.inf)
            np.divide(amounts, column, out=steps, where=column > PIVOT)
            leaving = int(steps.argmin())
            self._pivot(leaving, entering, np.dot(self.state[:m, leaving], self.program.matrix, out=row))
        raise CalculationError("the linear program did not reach its minimum")

    def sweep(self, limit: float) -> list[_Segment]:
        """Follow the right-hand side from t = 0 to t = `limit`, by the parametric dual simplex method."""
        m = len(self.basis)
        state, reduced, matrix = self.state, self.reduced, self.program.matrix
        amounts, rates = state[m, :m], state[m + 1, :m]
        steps, quotients, row = np.empty(m), np.empty_like(reduced), np.empty_like(reduced)
        segments: list[_Segment] = []
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
                        segments.append(_Segment(now, limit, self.basis, state))
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
                segments.append(_Segment(now, until, self.basis.copy(), state.copy()))
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
            np.dot(self.state[:m, leaving], self.program.matrix, out=row)
        allowed = np.flatnonzero(row < -PIVOT)
        if not len(allowed):
            raise CalculationError("the right-hand side leaves what the columns can make up")
        elements, reduced = -row[allowed], np.maximum(self.reduced[allowed], 0.0)
        tied = allowed[reduced / elements <= ((reduced + ROUNDING) / elements).min()]
        return leaving, int(tied[0] if stalled else tied[_first(row[tied])])

    def _pivot(self, leaving: int, entering: int, row: Floats) -> None:
        """Exchange one basic column for another; `row` is the leaving row of ``B^-1 A`` and is overwritten."""
        m, state = len(self.basis), self.state
        column = self.program.columns[entering].dot(state[:m])
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
        columns = self.program.columns[self.basis]
        try:
            inverse = np.linalg.inv(columns)
        except np.linalg.LinAlgError:
            raise CalculationError("the linear program came to a singular basis") from None
        self.state[:m, :m] = inverse
        self.state[m:, :m] = self.rhs @ inverse
        self.state[:, m] = self.state[:, :m] @ -self.program.costs[self.basis]
        np.dot(self.state[:m, m], self.program.matrix, out=self.reduced)
        self.reduced += self.program.costs
        self.reduced[self.basis] = 0.0


def _first(values: Floats) -> int:
    """Return the place of the lowest of numbers that are negative, of nearly equal ones the first."""
    return int((values <= values.min() * (1.0 - TIED)).argmax())
