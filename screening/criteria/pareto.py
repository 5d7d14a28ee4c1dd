"""Pareto ranks: which of many are not beaten in every objective at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from screening.common.ties import ranks


def pareto_ranks(objectives: Sequence[tuple[float, float, float] | None]) -> list[int | None]:
    """Sort into fronts: 1 for those nothing dominates, 2 for those only front 1 dominates, and so on.

    Parameters
    ----------
    objectives
        What is compared of each, larger is better; None for one that is not compared. Numbers that differ by no more
        than :data:`screening.common.ties.TIE` are equal.

    Returns
    -------
    list of int or None
        The front of each.
    """
    front_of: list[int | None] = [None] * len(objectives)
    known = {i: point for i, point in enumerate(objectives) if point is not None}
    if not known:
        return front_of
    fronts: list[_Front] = []
    found: dict[tuple[int, ...], int] = {}
    points = [tuple(row) for row in ranks(list(known.values())).tolist()]  # equal ones have equal numbers
    # from the best down: none dominates one before it
    for point, i in sorted(zip(points, known, strict=True), reverse=True):
        if point not in found:
            place = bisect_left(fronts, 1, key=_spares(point))
            if place == len(fronts):
                fronts.append(_Front())
            fronts[place].add(*point[1:])
            found[point] = place + 1
        front_of[i] = found[point]
    return front_of


def _spares(point: tuple[int, ...]) -> Callable[[_Front], bool]:
    """Return the question whether a front holds no point that dominates this one."""
    return lambda front: not front.dominates(*point[1:])


class _Front:
    """Points of one front in their last two objectives, the first being no worse than that of any point to come.

    Only those are kept that no other is as good as in both: with `b` rising, `c` falls.
    """

    def __init__(self) -> None:
        self.b: list[float] = []
        self.c: list[float] = []

    def dominates(self, b: float, c: float) -> bool:
        """Return whether a point of the front is as good in both."""
        place = bisect_left(self.b, b)
        return place < len(self.b) and self.c[place] >= c

    def add(self, b: float, c: float) -> None:
        """Add a point that none of the front dominates."""
        stop = bisect_right(self.b, b)
        start = stop
        while start > 0 and self.c[start - 1] <= c:
            start -= 1
        self.b[start:stop], self.c[start:stop] = [b], [c]
