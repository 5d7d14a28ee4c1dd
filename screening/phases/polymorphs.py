"""Phases of one composition: which they are, and which of them is lowest in energy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import SAME_FRACTION
from screening.chemistry.elements import ELEMENTS
from screening.common.kept import Kept
from screening.phases.phase_table import ENERGY_DIGITS, PhaseTable, element_numbers

# Linearly independent over the rationals, so that no two compositions have the same weighted sum of their fractions.
_WEIGHTS: NDArray[np.float64] = np.exp(np.linspace(0.0, 1.0, len(ELEMENTS)))
_KEPT_SELECTIONS = 8  # the same elements are asked for with one reservoir after the other
_KEPT_COMPOSITIONS = 4096  # a cathode or electrolyte is asked for in each of its contacts
_PAIRS_IN_CACHE = 4096  # so many pairs of compositions are compared at a time


class Polymorphs:
    """The phases of a table by their composition.

    Parameters
    ----------
    table
        The phases.
    energies
        Their energies, (n,), eV/atom.
    """

    def __init__(self, table: PhaseTable, energies: NDArray[np.float64]) -> None:
        self._table = table
        self._energies = energies
        self._elements = tuple(ELEMENTS[i] for i in np.flatnonzero(np.bincount(table.numbers, minlength=len(ELEMENTS))))
        self._known: Kept[frozenset[tuple[str, float]], list[int]] = Kept(_KEPT_COMPOSITIONS)
        self._selections: Kept[tuple[str, ...], tuple[NDArray[np.intp], NDArray[np.float64]]] = Kept(_KEPT_SELECTIONS)

    def of(self, composition: dict[str, float]) -> list[int]:
        """Return the phases of a composition as positions, in the order of :func:`lowest_first`."""
        return self._known.get(frozenset(composition.items()), lambda: self._find(composition)).copy()

    def _find(self, composition: dict[str, float]) -> list[int]:
        if any(element not in self._elements for element in composition):
            return []
        total = sum(composition.values())
        target = np.array([composition.get(element, 0.0) / total for element in self._elements])
        key = float(target @ _WEIGHTS[element_numbers(self._elements)])
        margin = SAME_FRACTION * len(composition) * math.e  # the largest weight
        order, keys = self._by_key
        start, stop = np.searchsorted(keys, (key - margin, key + margin))
        near = np.sort(order[start:stop])
        same = near[np.abs(self._table.dense(near, self._elements) - target).max(axis=1, initial=0.0) <= SAME_FRACTION]
        return [int(i) for i in lowest_first(self._table, self._energies, same)]

    def lowest_inside(self, elements: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the lowest-energy phase of each composition of these elements: positions, in order, and fractions."""
        return self._selections.get(elements, lambda: self._select(elements))

    def _select(self, elements: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        inside = self._table.inside(elements)
        known = "is_lowest" in self.__dict__  # all phases were asked for together
        lowest = inside[self.is_lowest[inside]] if known else self.lowest_among(inside)
        return lowest, self._table.dense(lowest, elements)

    @cached_property
    def is_lowest(self) -> NDArray[np.bool_]:
        """Whether each phase is the one of lowest energy of its composition, (n,)."""
        chosen = np.zeros(len(self._table), dtype=bool)
        chosen[self.lowest_among(np.arange(len(self._table)))] = True
        return chosen

    def lowest_among(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the first of each composition among some phases, in the order of :func:`lowest_first`; by position."""
        keys, words = self._keys[positions], self._table.words[:, positions]
        order = np.lexsort((keys, *words))  # of the same elements, side by side are those of nearly the same key
        one, other = order[:-1], order[1:]
        near = np.flatnonzero(
            (keys[other] - keys[one] <= SAME_FRACTION * len(ELEMENTS)) & (words[:, one] == words[:, other]).all(axis=0)
        )
        same = np.zeros(len(order), dtype=bool)
        same[near + 1] = self._distances(positions[one[near]], positions[other[near]]) <= SAME_FRACTION
        by_energy = _order(self._table, self._energies, positions)
        place = np.empty(len(positions), dtype=np.intp)
        place[by_energy] = np.arange(len(positions))
        first = np.minimum.reduceat(place[order], np.flatnonzero(~same))
        return np.sort(positions[by_energy[first]])

    def _distances(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return by how much the fractions of some phases differ from those of others, where they differ most."""
        found = np.zeros(len(one))
        for start in range(0, len(one), _PAIRS_IN_CACHE):
            pairs = slice(start, start + _PAIRS_IN_CACHE)
            here, there = (self._table.dense(side[pairs], self._elements) for side in (one, other))
            found[pairs] = np.abs(here - there).max(axis=1)
        return found

    @cached_property
    def _keys(self) -> NDArray[np.float64]:
        """A number for each phase that only phases of equal composition share, (n,)."""
        return self._table.sum_by_phase(self._table.fractions * _WEIGHTS[self._table.numbers])

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The order of the phases by :attr:`_keys`, and the keys in that order."""
        order = np.argsort(self._keys, kind="stable")
        return order, self._keys[order]


def lowest_first(
    table: PhaseTable, energies: NDArray[np.float64], positions: Sequence[int] | NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return phases by rising energy; those of the same energy, to the digits of a set's hash, by id."""
    given = np.asarray(positions, dtype=np.intp)
    return given[_order(table, energies, given)]


def _order(table: PhaseTable, energies: NDArray[np.float64], positions: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.lexsort((table.ids[positions], energies[positions].round(ENERGY_DIGITS)))
