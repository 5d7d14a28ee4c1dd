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

from screening.common.errors import CalculationError
from screening.hull.compiled.core import core
from screening.hull.vertex import Columns, Floats, Integers, Vertex

INSIDE = 0.4871  # lines are entered at this t, which no simple ratio of the ends makes a change of basis
CERTIFIED = 1e-8  # largest violation that the check of a path allows, in units of cost and of right-hand side
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
        self._given = Columns(matrix, self.columns, costs)
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
        repriced._given = Columns(self.matrix, self.columns, costs)
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
        ahead = Vertex(self._given, basis, middle, direction)
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
            first = Vertex(self._given, basis, known, np.zeros_like(rhs))
            first.minimise()
            basis = first.basis
        vertex = Vertex(self._given, basis, known, rhs - known)
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
