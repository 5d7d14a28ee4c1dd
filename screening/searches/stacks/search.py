"""Paths through one or two of n intermediate places whose highest step is lowest.

A path through place i has the steps ``left[i]`` and ``right[i]``, one through i and then j ``left[i]``, ``inner(i, j)``
and ``right[j]``. A step has a cost of each of k kinds, all zero or positive, the first kind counting most. Paths are
compared by the highest cost of the first kind; those equal in it by the sum of these costs; then by the highest and
the sum of the next kind, and so on; at last by the orders of their places, the worse place of each path first. What is
equal in all this has the same rank, and is listed by the numbers of the places.

Of the n (n - 1) pairs few need their inner costs. Without them the comparison gives a bound that the pair cannot beat,
and with each inner cost a closer one. Always the pair with the best bound is taken next. Either its next inner cost is
computed, and it is put back with the new bound; or all are known: then no pair that is left can be better, and it is
the next of the answer, which so is that of all pairs. For each i the order of the bounds without inner costs is the
same order of j, so of each i only the first j not yet taken is held, and the pairs are never listed.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

_DIGITS = 6  # costs are compared to so many decimals, so that sums of equal costs are equal

Costs = Sequence[Sequence[float]]  # (k, n)
_Key = tuple[tuple[tuple[float, float], ...], int, int, tuple[int, ...]]  # by kind, worse and better order, places


class Path(NamedTuple):
    """One of the best paths."""

    rank: int  # 1 for the best, the same for equal ones
    places: tuple[int, ...]
    costs: tuple[tuple[float, float], ...]  # highest and sum of each kind


class Paths(NamedTuple):
    """The best paths through two places, and what it took to be sure."""

    best: list[Path]
    n_computed: int  # pairs of which an inner cost was computed, counting (i, j) and (j, i) once


def best_single(left: Costs, right: Costs, orders: Sequence[int], top: int) -> list[Path]:
    """Find the best paths through one place.

    Parameters
    ----------
    left, right
        Costs to either side of each place, (k, n), zero or positive.
    orders
        What paths of equal costs are compared by, (n,), lower is better.
    top
        How many paths are wanted.
    """
    steps = [[(before[i], after[i]) for before, after in zip(left, right, strict=True)] for i in range(len(orders))]
    return _ranked(heapq.nsmallest(top, (_key((i,), met, orders) for i, met in enumerate(steps))))


def best_pairs(
    left: Costs,
    right: Costs,
    orders: Sequence[int],
    inner: Callable[[int, int, int], float],
    top: int,
) -> Paths:
    """Find the best paths through two different places.

    Parameters
    ----------
    left, right, orders, top
        As for :func:`best_single`; `left` of the first place and `right` of the second count.
    inner
        ``inner(kind, i, j)``: a cost between two places, zero or positive, the same in both directions; infinite where
        there is no way. It is asked once for each kind and pair.
    """
    rounded = [[round(cost, _DIGITS) for cost in costs] for costs in right]
    seconds = sorted(range(len(orders)), key=lambda j: (*(costs[j] for costs in rounded), orders[j], j))
    known: dict[tuple[int, int], list[float]] = {}

    def bound(i: int, j: int, between: Sequence[float]) -> _Key:
        """Return what a pair is at best, of which some kinds of inner costs are known."""
        steps = [[before[i], after[j]] for before, after in zip(left, right, strict=True)]
        for step, cost in zip(steps, between, strict=False):
            step.append(cost)
        return _key((i, j), steps, orders)

    heap = [(bound(i, seconds[0], ()), 0, 0) for i in range(len(orders))]  # with the kinds known, the place of j
    heapq.heapify(heap)
    found: list[_Key] = []
    while heap and len(found) < top:
        key, kinds, place = heapq.heappop(heap)
        i, j = key[-1]
        if kinds == 0 and place + 1 < len(seconds):
            heapq.heappush(heap, (bound(i, seconds[place + 1], ()), 0, place + 1))
        if i == j:
            continue
        if kinds == len(left):
            found.append(key)
            continue
        between = known.setdefault((min(i, j), max(i, j)), [])
        if len(between) == kinds:
            between.append(inner(kinds, min(i, j), max(i, j)))
        if math.isfinite(between[kinds]):
            heapq.heappush(heap, (bound(i, j, between[: kinds + 1]), kinds + 1, place))
    return Paths(_ranked(found), len(known))


def _key(places: tuple[int, ...], steps: Sequence[Sequence[float]], orders: Sequence[int]) -> _Key:
    costs = [[round(cost, _DIGITS) for cost in kind] for kind in steps]
    met = [orders[place] for place in places]
    return tuple((max(kind), round(sum(kind), _DIGITS)) for kind in costs), max(met), min(met), places


def _ranked(keys: Sequence[_Key]) -> list[Path]:
    """Rank paths in order: equal ones have the place of the first."""
    paths: list[Path] = []
    for place, key in enumerate(keys):
        same = place > 0 and keys[place - 1][:-1] == key[:-1]
        paths.append(Path(paths[-1].rank if same else place + 1, key[-1], key[0]))
    return paths
