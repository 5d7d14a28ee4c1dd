"""Numbers of many contacts, materials and windows at once, in one set of energies or in all samples of one.

What is found here is what :class:`~screening.equilibrium.interface.Interface`, :class:`~.reactant.Reactant` and
:func:`~.window.electrochemical_window` find, as arrays and without documents, products or equations. Where the compiled
core is used, one call follows all lines; what it cannot compute, and everything where there is none, is asked of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import CoatscreenError, InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.window import electrochemical_window
from screening.hull.compiled.core import Core, core
from screening.hull.compiled.lines import Field, LineResults, Shelves, compute_lines
from screening.hull.reservoir import Reservoir
from screening.phases.element_rows import ROW, rows_of
from screening.phases.ion_series import ordered_cells
from screening.phases.phase_set import PhaseSet

Floats = NDArray[np.float64]

_BESIDE = -1  # a line that begins beside its end: what is asked is the mixture there
_CLOSED = -1
_WORTH_FINDING = 2_000  # lines for which it pays to find out first which phases lie on the hull


class Pair(NamedTuple):
    """Two materials in contact, as :class:`~screening.equilibrium.reactant.Reactant` reads them."""

    a: str
    b: str
    reservoirs: tuple[Reservoir, ...] = ()  # none: closed; one for all samples, or one for each, of the same elements


@dataclass(frozen=True)
class ContactNumbers:
    """The reaction energies of k contacts in s samples: (k, s) arrays, NaN where a number could not be computed.

    Energies are in eV per (closed) atom, x is the fraction of the (closed) atoms that come from A.
    """

    mutual: Floats
    x_mutual: Floats
    total: Floats
    x_total: Floats
    self_a: Floats
    self_b: Floats
    why_missing: list[dict[int, str]]  # of each contact: sample -> the reason


@dataclass(frozen=True)
class WindowNumbers:
    """The limits of k materials in s samples, V against Li/Li+, (k, s)."""

    reduction: Floats
    oxidation: Floats  # NaN where the material has no lithium to give up


class Survey:
    """Many questions to the same energies.

    Parameters
    ----------
    samples
        One set of energies, or samples of one (:func:`screening.uncertainty.sampled`).
    """

    def __init__(self, samples: Sequence[PhaseSet]) -> None:
        self.samples = list(samples)
        self.phases = self.samples[0]
        self._known: dict[str, Reactant] = {}
        self._own: dict[str, Floats] = {}

    def reactant(self, material: str) -> Reactant:
        """Return a material with the energies of the first sample.

        Raises
        ------
        InputError
            If it cannot be read or holds an element without energies.
        """
        if material not in self._known:
            self._known[material] = Reactant(self.phases, material)
        return self._known[material]

    def formation_energies(self, materials: Sequence[str]) -> Floats:
        """Return the formation energies of materials, (k, s), eV/atom, as :attr:`Reactant.formation_energy`.

        Raises
        ------
        InputError
            As :meth:`reactant`.
        """
        asked = list(dict.fromkeys(material for material in materials if material not in self._own))
        on_hull = []
        for material in asked:
            reactant = self.reactant(material)
            if reactant.position is not None:
                self._own[material] = np.array(
                    [sample.formation_energies[reactant.position] for sample in self.samples]
                )
            elif reactant.own:
                self._own[material] = self._between_cells(reactant.composition)
            else:
                on_hull.append(material)
        above = [self.reactant(material).given_above_hull or 0.0 for material in on_hull]
        for material, given, hull in zip(on_hull, above, self.hull_energies(on_hull), strict=True):
            self._own[material] = hull + given
        return np.array([self._own[material] for material in materials]).reshape(len(materials), len(self.samples))

    def _between_cells(self, composition: dict[str, float]) -> Floats:
        """Return the formation energies of a cathode between its ordered cells, (s,), eV/atom."""
        host = {element: amount for element, amount in composition.items() if element != "Li"}
        content = composition.get("Li", 0.0) / sum(host.values())
        series = ordered_cells(self.phases, host)  # the lowest cell of a composition is the same in every sample
        priced = [sample.formation_energies for sample in self.samples]
        shares = [series.repriced(energies).shares(content) for energies in priced]
        return np.array(
            [sum(share * e[i] for i, share in held.items()) for held, e in zip(shares, priced, strict=True)]
        )

    def hull_energies(self, materials: Sequence[str]) -> Floats:
        """Return the energies of the lowest-energy mixtures at the compositions of materials, (k, s), eV/atom.

        Raises
        ------
        InputError
            As :meth:`reactant`.
        """
        return self.mixture_energies([self.reactant(material).composition for material in materials])

    def mixture_energies(self, compositions: Sequence[dict[str, float]]) -> Floats:
        """Return the energies of the lowest-energy mixtures at compositions of known elements, (k, s), eV/atom."""
        ends = np.array([(_BESIDE, number) for number in range(len(compositions))], dtype=np.int64).reshape(-1, 2)
        found = self._lines(compositions, ends)
        hull = np.full((len(compositions), len(self.samples)), np.nan)
        if found is not None:
            hull[:] = found.records[:, :, Field.AT_TO]
        for k, s in np.argwhere(np.isnan(hull)).tolist():
            hull[k, s] = self.samples[s].system(compositions[k]).mixture(compositions[k]).energy
        return hull

    def contacts(self, pairs: Sequence[Pair]) -> ContactNumbers:
        """Compute the reaction energies of contacts; one that cannot be computed says why."""
        why: list[dict[int, str]] = [{} for _ in pairs]
        numbers = np.full((6, len(pairs), len(self.samples)), np.nan)
        followed, found = self.lines_of(pairs)
        if found is not None:
            fields = [Field.MUTUAL, Field.X_MUTUAL, Field.TOTAL, Field.X_TOTAL, Field.SELF_TO, Field.SELF_FROM]
            numbers[:, followed] = np.moveaxis(found.records[:, :, fields], 2, 0)
        for k, s in np.argwhere(np.isnan(numbers[0])).tolist():
            pair = pairs[k]
            try:
                held = pair.reservoirs[s if len(pair.reservoirs) > 1 else 0] if pair.reservoirs else None
                profile = Interface(self.samples[s], pair.a, pair.b, held).profile()
            except CoatscreenError as error:
                why[k][s] = str(error)
                continue
            at, lowest = profile.lowest_total, profile.lowest_mutual
            minima = (profile.mutual.min(), profile.x[lowest], profile.total.min(), profile.x[at])
            numbers[:, k, s] = (*minima, profile.self_a, profile.self_b)
        mutual, x_mutual, total, x_total, self_a, self_b = numbers.round(9) + 0.0
        return ContactNumbers(mutual, x_mutual, total, x_total, self_a, self_b, why)

    def windows(self, materials: Sequence[str]) -> WindowNumbers:
        """Compute the limits of electrochemical windows.

        Raises
        ------
        InputError, CalculationError
            As :func:`~screening.equilibrium.window.electrochemical_window`.
        """
        points: list[dict[str, float]] = [{"Li": 1.0}]
        ends, asked = [], []
        for k, material in enumerate(materials):
            composition = self.reactant(material).composition
            rest = {element: amount for element, amount in composition.items() if element != "Li"}
            if not rest:
                electrochemical_window(self.phases, material)  # says why there is none
            ends.append((len(points), 0))
            asked.append((k, 0))
            points.append(composition)
            if len(rest) < len(composition):
                ends.append((len(points) - 1, len(points)))
                asked.append((k, 1))
                points.append(rest)
        limits = np.full((len(materials), 2, len(self.samples)), np.nan)
        found = self._lines(points, np.array(ends, dtype=np.int64).reshape(-1, 2), asked=int(ROW["Li"]))
        if found is not None:
            for (k, limit), record in zip(asked, found.records, strict=True):
                limits[k, limit] = -record[:, Field.POTENTIAL]
        wanted = np.zeros(limits.shape[:2], dtype=bool)
        wanted[tuple(np.array(asked, dtype=np.int64).reshape(-1, 2).T)] = True
        for k, s in np.argwhere((np.isnan(limits) & wanted[:, :, None]).any(axis=1)).tolist():
            window = electrochemical_window(self.samples[s], materials[k])
            oxidation = window.oxidation_limit_v
            limits[k, :, s] = window.reduction_limit_v, np.nan if oxidation is None else oxidation
        rounded = limits.round(9) + 0.0
        return WindowNumbers(rounded[:, 0], rounded[:, 1])

    # -- what the compiled core is asked ------------------------------------------------------------------

    def lines_of(self, pairs: Sequence[Pair], products: bool = False) -> tuple[list[int], LineResults | None]:
        """Follow the lines of contacts from B to A with the compiled core.

        Parameters
        ----------
        pairs
            The contacts.
        products
            Whether the phases at the lowest mutual and at the lowest total energy are wanted.

        Returns
        -------
        followed
            The numbers of the pairs of materials that can be read and have energies.
        found
            The results of these, phases as positions in the set; None where there is no compiled core.
        """
        place: dict[str, int] = {}
        for material in dict.fromkeys(material for pair in pairs for material in (pair.a, pair.b)):
            with suppress(CoatscreenError):  # said in the words of an interface, where it is asked for by itself
                self.reactant(material)
                place[material] = len(place)
        followed = [k for k, pair in enumerate(pairs) if pair.a in place and pair.b in place]
        if not followed or core() is None:
            return followed, None
        found = self._lines(
            [self.reactant(material).composition for material in place],
            np.array([(place[pairs[k].b], place[pairs[k].a]) for k in followed], dtype=np.int64),
            [pairs[k].reservoirs for k in followed],
            self.formation_energies(list(place)),
            products=products,
        )
        return followed, found

    def _lines(
        self,
        points: Sequence[dict[str, float]],
        ends: NDArray[np.int64],
        reservoirs: Sequence[tuple[Reservoir, ...]] | None = None,
        own: Floats | None = None,
        asked: int = -1,
        products: bool = False,
    ) -> LineResults | None:
        """Follow lines between points with the compiled core; None where there is none. `own` is (points, s)."""
        compiled = core()
        if compiled is None or not len(ends):
            return None
        n_samples = len(self.samples)
        positions, shelves = self._shelves(compiled, len(ends))
        energies = np.stack([sample.formation_energies[positions] for sample in self.samples])
        given = reservoirs or [()] * len(ends)
        distinct = {held: number for number, held in enumerate(dict.fromkeys(held for held in given if held))}
        elements = [held[0].elements for held in distinct]
        potentials = [
            [mu for held in distinct for mu in (held[s if len(held) > 1 else 0]).mu_relative_ev.values()]
            for s in range(n_samples)
        ]
        which = np.array([distinct[held] if held else _CLOSED for held in given], dtype=np.int64)
        order = self._possible_by_system(points, ends, given, which)
        if not len(order):
            return None
        found = compute_lines(
            compiled,
            shelves,
            energies,
            rows_of(points),
            np.full((n_samples, len(points)), np.nan) if own is None else own.T,
            ends[order],
            which[order],
            np.cumsum([0, *map(len, elements)]),
            np.array([ROW[element] for held in elements for element in held], dtype=np.int64),
            np.array(potentials, dtype=np.float64).reshape(n_samples, -1),
            asked,
            room=_most_elements(points, ends) if products else 0,
            at_total=products,
        )
        place = np.full(len(ends), -1)
        place[order] = np.arange(len(order))
        results = found.taken(place)
        results.records[place < 0] = np.nan
        for chosen in (results.phases, results.phases_total):
            chosen[:] = np.where(chosen >= 0, positions[chosen], -1)
        return results

    def _possible_by_system(
        self,
        points: Sequence[dict[str, float]],
        ends: NDArray[np.int64],
        reservoirs: Sequence[tuple[Reservoir, ...]],
        which: NDArray[np.int64],
    ) -> NDArray[np.intp]:
        """Return the lines whose system has energies, those of one system and reservoir one after the other."""
        numbers: dict[frozenset[str], int] = {}
        impossible = set()
        of_line = []
        for (a, b), held in zip(ends.tolist(), reservoirs, strict=True):
            system = frozenset(points[b]).union(points[a] if a >= 0 else (), held[0].elements if held else ())
            if system not in numbers:
                numbers[system] = len(numbers)
                try:
                    self.phases.require(sorted(system))
                except InputError:  # said where such a line is asked for by itself
                    impossible.add(numbers[system])
            of_line.append(numbers[system])
        order = np.lexsort((which, np.array(of_line)))
        return order[[of_line[k] not in impossible for k in order.tolist()]]

    def _shelves(self, compiled: Core, n_lines: int) -> tuple[NDArray[np.intp], Shelves]:
        """Return the phases that lines are followed among: all, or those that may be part of a mixture."""
        nominal = len(self.samples) == 1 and not self.phases.is_sample
        shelved = self.phases.shelved
        if nominal and (shelved.knows_hull or n_lines >= _WORTH_FINDING or shelved.keeps_hull):
            return shelved.on_hull
        return shelved.lowest


def _most_elements(points: Sequence[dict[str, float]], ends: NDArray[np.int64]) -> int:
    """Return how many elements the system of a line between points has, at most."""
    return max(len({*points[a], *points[b]}) for a, b in ends.tolist())
