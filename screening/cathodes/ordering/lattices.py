"""Lattices in whole numbers: determinants, superlattices and their shortest vectors, exact and so the same everywhere.

A lattice is given by its metric: the scalar products of its basis vectors, in any unit of which they are multiples.
Vectors of it, and those of superlattices, are whole multiples of the basis vectors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

Vector = tuple[int, int, int]
Matrix = tuple[Vector, Vector, Vector]  # vectors as rows
Metric = Sequence[Sequence[int]]  # (3, 3)

_LOVASZ = Fraction(3, 4)
_COORDINATE_DIGITS = 10  # fractional coordinates that agree in so many decimals are the same


def determinant(matrix: Matrix) -> int:
    """Return the determinant: the volume in cells, negative where the vectors are left-handed, zero where flat."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def adjugate(matrix: Matrix) -> Matrix:
    """Return the inverse times the determinant."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )


def metric_of(metric: Metric, matrix: Matrix) -> Metric:
    """Return the metric of a superlattice."""
    return [[sum(u[i] * metric[i][j] * v[j] for i in range(3) for j in range(3)) for v in matrix] for u in matrix]


def points_inside(matrix: Matrix) -> list[Vector]:
    """Return the lattice points in the cell of a superlattice, its faces at the origin included, in rising order."""
    volume, inverse = determinant(matrix), adjugate(matrix)
    if volume < 0:
        volume, inverse = -volume, _negative(inverse)
    ranges = (
        range(sum(min(0, n) for n in column), sum(max(0, n) for n in column) + 1)
        for column in zip(*matrix, strict=True)
    )
    return [
        (x, y, z)
        for x, y, z in product(*ranges)
        if all(0 <= x * a + y * b + z * c < volume for a, b, c in zip(*inverse, strict=True))
    ]


def in_cell(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return fractional coordinates from 0 to 1, rounded, and 1 as 0: the last bit tells no face of a cell apart."""
    return (places % 1.0).round(_COORDINATE_DIGITS) % 1.0


def combined(matrix: Matrix, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return whole multiples of vectors, (3, 3), added in the same order everywhere, as a matrix product is not."""
    return np.asarray((np.array(matrix)[:, :, None] * vectors[None, :, :]).sum(axis=1))


def alike(metric: Metric, matrix: Matrix) -> Iterator[Matrix]:
    """Yield the right-handed triples of lattice vectors that have the lengths and angles of the given one.

    Triples with a component larger than any of the given one are left out.
    """
    wanted = metric_of(metric, matrix)
    largest = max(abs(entry) for row in matrix for entry in row)
    span = range(-largest, largest + 1)
    vectors: list[Vector] = [(x, y, z) for x in span for y in span for z in span]
    squares = [metric_of(metric, (vector, vector, vector))[0][0] for vector in vectors]
    near = [[v for v, square in zip(vectors, squares, strict=True) if square == wanted[k][k]] for k in range(3)]
    for a, b, c in product(*near):
        if determinant((a, b, c)) > 0 and metric_of(metric, (a, b, c)) == wanted:
            yield a, b, c


def superlattices(n_cells: int) -> Iterator[Matrix]:
    """Yield every superlattice of a volume once: the matrices in Hermite normal form."""
    for a in range(1, n_cells + 1):
        if n_cells % a:
            continue
        for c in range(1, n_cells // a + 1):
            if (n_cells // a) % c:
                continue
            f = n_cells // a // c
            for b in range(c):
                for d in range(f):
                    for e in range(f):
                        yield (a, b, d), (0, c, e), (0, 0, f)


def most_compact(metric: Metric, n_cells: int) -> Matrix:
    """Return the superlattice of n cells with the longest shortest vector, in reduced vectors, right-handed.

    Of those that are equal in it the one with the shortest basis, by the sum of squares, and of those the first that
    :func:`superlattices` yields.

    Parameters
    ----------
    metric
        Of the lattice, whose vectors are right-handed.
    n_cells
        Volume of the superlattice in cells.
    """

    def merit(matrix: Matrix) -> tuple[int, int]:
        shortest, total = _shortest_basis(metric_of(metric, matrix))
        return shortest, -total

    reduced = _reduced(metric, max(superlattices(n_cells), key=merit))
    return reduced if determinant(reduced) > 0 else _negative(reduced)


def _shortest_basis(metric: Metric) -> tuple[int, int]:
    """Return the square of a lattice's shortest vector, and the sum of those of its shortest basis (Minkowski's)."""
    (uu, uv, uw), (_, vv, vw), (_, _, ww) = metric
    while True:
        if uu > vv:
            uu, vv, uw, vw = vv, uu, vw, uw
        if vv > ww:
            vv, ww, uv, uw = ww, vv, uw, uv
            continue
        if q := _nearest(uv, uu):
            uv, vv, vw = uv - q * uu, vv - q * (2 * uv - q * uu), vw - q * uw
        elif q := _nearest(uw, uu):
            uw, ww, vw = uw - q * uu, ww - q * (2 * uw - q * uu), vw - q * uv
        elif q := _nearest(vw, vv):
            vw, ww, uw = vw - q * vv, ww - q * (2 * vw - q * vv), uw - q * uv
        else:
            # what is left to try: w plus or minus u plus or minus v
            change, s, t = min((uu + vv + 2 * (s * uw + t * vw + s * t * uv), s, t) for s in (-1, 1) for t in (-1, 1))
            if change >= 0:
                return uu, uu + vv + ww
            ww, uw, vw = ww + change, uw + s * uu + t * uv, vw + s * uv + t * vv


def _nearest(numerator: int, denominator: int) -> int:
    """Return the whole number nearest a quotient, halves towards zero; the denominator is positive."""
    size = (2 * abs(numerator) + denominator - 1) // (2 * denominator)
    return size if numerator > 0 else -size


def _reduced(metric: Metric, matrix: Matrix) -> Matrix:
    """Return short vectors of the same superlattice, by the algorithm of Lenstra, Lenstra and Lovasz (1982).

    Of two vectors that are equally short it keeps to one rule, rounding halves down.
    """
    rows = list(matrix)
    k = 1
    while k < 3:
        for i in reversed(range(k)):
            along, _ = _orthogonalised(metric_of(metric, (rows[0], rows[1], rows[2])))
            q = math.ceil(along[k][i] - Fraction(1, 2))
            a, b = rows[k], rows[i]
            rows[k] = (a[0] - q * b[0], a[1] - q * b[1], a[2] - q * b[2])
        along, squares = _orthogonalised(metric_of(metric, (rows[0], rows[1], rows[2])))
        if squares[k] >= (_LOVASZ - along[k][k - 1] ** 2) * squares[k - 1]:
            k += 1
        else:
            rows[k], rows[k - 1] = rows[k - 1], rows[k]
            k = max(k - 1, 1)
    return rows[0], rows[1], rows[2]


def _orthogonalised(metric: Metric) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Return how far each vector goes along the earlier ones orthogonalised (Gram and Schmidt), and their squares."""
    along = [[Fraction()] * 3 for _ in range(3)]
    products = [[Fraction()] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(i + 1):
            products[i][j] = metric[i][j] - sum((along[j][k] * products[i][k] for k in range(j)), Fraction())
            along[i][j] = products[i][j] / products[j][j]
    return along, [products[i][i] for i in range(3)]


def _negative(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return (-a, -b, -c), (-d, -e, -f), (-g, -h, -i)
