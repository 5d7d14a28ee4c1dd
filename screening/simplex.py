"""Linear programs with few rows, many columns and a moving right-hand side.

The program is ``min c @ y`` subject to ``A @ y = b``, ``y >= 0``, where A (m x n) has m columns of a
unit matrix that serve as the first basis, and ``b >= 0``. :func:`solve` finds its minimum at one right-hand
side by the primal simplex method; :func:`follow` moves an optimal basis along a straight line of
right-hand sides by the parametric dual simplex method, one pivot for each change of basis, so that
the whole piecewise-linear objective along the line is exact and nothing is sampled.

Each pivot reads A once (one vector-matrix product). Nothing here knows what a row or a column means.

References
----------
V. Chvatal, *Linear Programming* (1983), chapters 7 and 10; S. Gass and T. Saaty, *The computational
algorithm for the parametric objective function*, Nav. Res. Logist. Q. 2, 39 (1955), in its dual form.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.errors import CalculationError

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

PIVOT = 1e-9  # smallest pivot element; columns are of order 1
OPTIMAL = 1e-10  # a reduced cost above -OPTIMAL counts as non-negative
CERTIFIED = 1e-8  # what the check of a finished path allows, in units of cost and of right-hand side
STALL = 60  # pivots without progress before ties are broken by lowest index (Bland's rule)


class Basis(NamedTuple):
    """An optimal basis: what :func:`follow` can start from."""

    columns: Integers  # (m,) basic columns
    inverse: Floats  # (m, m) inverse of A[:, columns]
    reduced_costs: Floats  # (n,)
    rhs: Floats  # (m,) the right-hand side it is optimal at


class Path(NamedTuple):
    """The optimum along ``b(t) = start + t (stop - start)``, in s segments of constant basis."""

    t: Floats  # (s + 1,) ends of the segments, from 0 to 1
    bases: Integers  # (s, m) basic columns of each segment
    at_start: Floats  # (s, m) their amounts at the segment's lower end
    at_stop: Floats  # (s, m) and at its upper end
    duals: Floats  # (s, m) the dual variables: derivative of the objective by the right-hand side
    last: Basis


def solve(matrix: Floats, costs: Floats, rhs: Floats, unit: Integers) -> Basis:
    """Find an optimal basis at one right-hand side.

    Parameters
    ----------
    matrix
        A, (m, n), C-contiguous.
    costs
        c, (n,).
    rhs
        b, (m,), non-negative.
    unit
        (m,) columns of A that form the unit matrix, in the order of the rows.

    Raises
    ------
    CalculationError
        If the simplex method does not end, or its result fails the check.
    """
    m = len(rhs)
    # A composition of one phase makes every basis around it degenerate. A tiny irregular shift, undone by
    # `follow` below, separates the ties.
    shifted = rhs + 1e-7 * (1.0 + np.modf(np.arange(1.0, m + 1.0) * 0.6180339887498949)[0])
    columns = unit.astype(np.intp, copy=True)
    tableau = np.empty((m, m + 1))
    tableau[:, :m] = np.eye(m)
    tableau[:, m] = shifted
    reduced = costs - costs[columns] @ matrix
    reduced[columns] = 0.0
    for pivots in range(50 * (m + 20)):
        if pivots < 10 * (m + 20):
            entering = int(reduced.argmin())
            if reduced[entering] >= -OPTIMAL:
                break
        else:
            negative = np.flatnonzero(reduced < -OPTIMAL)
            if not len(negative):
                break
            entering = int(negative[0])
        column = tableau[:, :m] @ matrix[:, entering]
        steps = np.full(m, np.inf)
        np.divide(tableau[:, m], column, out=steps, where=column > PIVOT)
        leaving = int(steps.argmin())
        row = tableau[leaving, :m] @ matrix
        _pivot(tableau, columns, reduced, column, row, leaving, entering)
    else:
        raise CalculationError("the linear program did not reach its minimum")
    basis = Basis(columns, tableau[:, :m].copy(), reduced, shifted)
    return follow(matrix, costs, basis, rhs).last


def follow(matrix: Floats, costs: Floats, start: Basis, stop: Floats) -> Path:
    """Move an optimal basis along the straight line from its right-hand side to another.

    Parameters
    ----------
    matrix, costs
        As in :func:`solve`.
    start
        A basis optimal at ``start.rhs``; it is not changed.
    stop
        The right-hand side to reach, (m,), non-negative.

    Raises
    ------
    CalculationError
        If the path does not end, or fails the check that each of its bases is primal and dual feasible.
    """
    try:
        path = _follow(matrix, costs, start, stop)
        _certify(matrix, costs, start.rhs, stop, path)
    except CalculationError:
        # rounding gathered over a long history of pivots: begin again from a fresh factorisation
        path = _follow(matrix, costs, _refactor(matrix, costs, start), stop)
        _certify(matrix, costs, start.rhs, stop, path)
    return path


def _follow(matrix: Floats, costs: Floats, start: Basis, stop: Floats) -> Path:
    m = len(stop)
    columns = start.columns.copy()
    reduced = start.reduced_costs.copy()
    tableau = np.empty((m, m + 2))  # [inverse | amounts at t = 0 | their rate of change]
    tableau[:, :m] = start.inverse
    tableau[:, m] = start.inverse @ start.rhs
    tableau[:, m + 1] = start.inverse @ (stop - start.rhs)
    quotients = np.empty_like(reduced)
    times, bases, tableaux = [0.0], [], []
    now, stalled = 0.0, 0
    for _ in range(100_000):
        steps = np.full(m, np.inf)
        rates = tableau[:, m + 1]
        np.divide(tableau[:, m], -rates, out=steps, where=rates < -1e-13)
        leaving = int(steps.argmin())
        until = max(float(steps[leaving]), now)
        if until >= 1.0 - 1e-12:
            break
        row = tableau[leaving, :m] @ matrix
        quotients.fill(-np.inf)
        np.divide(reduced, row, out=quotients, where=row < -PIVOT)
        entering = int(quotients.argmax())
        if quotients[entering] == -np.inf:
            raise CalculationError("the right-hand side leaves what the columns can make up")
        stalled = stalled + 1 if until <= now else 0
        if stalled > STALL:
            leaving, entering, row = _bland(matrix, tableau, columns, reduced, steps, until)
        if until > now + 1e-12:
            times.append(until)
            bases.append(columns.copy())
            tableaux.append(tableau.copy())
            now = until
        column = tableau[:, :m] @ matrix[:, entering]
        _pivot(tableau, columns, reduced, column, row, leaving, entering)
    else:
        raise CalculationError("the path of the linear program did not end")
    times.append(1.0)
    bases.append(columns.copy())
    tableaux.append(tableau.copy())
    t, stack, basic = np.array(times), np.array(tableaux), np.array(bases)
    return Path(
        t=t,
        bases=basic,
        at_start=stack[:, :, m] + t[:-1, None] * stack[:, :, m + 1],
        at_stop=stack[:, :, m] + t[1:, None] * stack[:, :, m + 1],
        duals=np.einsum("si,sij->sj", costs[basic], stack[:, :, :m]),
        last=Basis(columns, tableau[:, :m].copy(), reduced, stop),
    )


def _bland(
    matrix: Floats, tableau: Floats, columns: Integers, reduced: Floats, steps: Floats, until: float
) -> tuple[int, int, Floats]:
    """Choose the pivot of lowest index among all ties, which cannot cycle."""
    m = len(columns)
    tied = np.flatnonzero(steps <= until + 1e-12)
    leaving = int(tied[columns[tied].argmin()])
    row = tableau[leaving, :m] @ matrix
    allowed = np.flatnonzero(row < -PIVOT)
    if not len(allowed):
        raise CalculationError("the right-hand side leaves what the columns can make up")
    quotients = reduced[allowed] / -row[allowed]
    return leaving, int(allowed[np.flatnonzero(quotients <= quotients.min() + 1e-12)[0]]), row


def _pivot(
    tableau: Floats, columns: Integers, reduced: Floats, column: Floats, row: Floats, leaving: int, entering: int
) -> None:
    """Exchange one basic column, in place."""
    reduced -= (reduced[entering] / row[entering]) * row
    reduced[entering] = 0.0
    pivot_row = tableau[leaving] / column[leaving]
    tableau -= column[:, None] * pivot_row
    tableau[leaving] = pivot_row
    columns[leaving] = entering


def _refactor(matrix: Floats, costs: Floats, basis: Basis) -> Basis:
    inverse = np.linalg.inv(matrix[:, basis.columns])
    reduced = costs - (costs[basis.columns] @ inverse) @ matrix
    reduced[basis.columns] = 0.0
    return Basis(basis.columns, inverse, reduced, basis.rhs)


def _certify(matrix: Floats, costs: Floats, start: Floats, stop: Floats, path: Path) -> None:
    """Check every segment at both ends: balanced, non-negative, and no column cheaper than the duals say."""
    gathered = matrix[:, path.bases]  # (m, s, m)
    lower = start + path.t[:-1, None] * (stop - start)
    upper = start + path.t[1:, None] * (stop - start)
    balance = max(
        np.abs(np.einsum("isj,sj->si", gathered, path.at_start) - lower).max(),
        np.abs(np.einsum("isj,sj->si", gathered, path.at_stop) - upper).max(),
    )
    negative = -min(path.at_start.min(), path.at_stop.min())
    undercut = (path.duals @ matrix - costs).max()
    if not max(balance, negative, undercut) < CERTIFIED:
        raise CalculationError(
            f"the linear program failed its check (balance {balance:.1e}, negative {negative:.1e}, "
            f"undercut {undercut:.1e})"
        )
