"""The chemical systems of a set of phases: each is selected once, and samples start from their set's."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import InputError
from screening.common.kept import Kept
from screening.hull.phase_system import PhaseSystem
from screening.hull.reservoir import Reservoir
from screening.phases.polymorphs import Polymorphs

_KEPT_SYSTEMS = 128


class Systems:
    """The chemical systems of a set.

    Parameters
    ----------
    polymorphs
        The phases by their composition.
    formation_energies
        Their formation energies, (n,), eV/atom.
    nominal
        The systems of the set that these energies are a sample of; None if they are no sample.
    """

    def __init__(
        self, polymorphs: Polymorphs, formation_energies: NDArray[np.float64], nominal: Systems | None = None
    ) -> None:
        self._polymorphs = polymorphs
        self._formation_energies = formation_energies
        self._nominal = nominal
        self._known: Kept[tuple[frozenset[str], Reservoir | None], PhaseSystem] = Kept(_KEPT_SYSTEMS)

    def of(self, elements: frozenset[str], reservoir: Reservoir | None) -> PhaseSystem:
        """Return the system of some elements, the open ones among them.

        Raises
        ------
        InputError
            If a phase of the open elements alone would precipitate without limit.
        """
        return self._known.get((elements, reservoir), lambda: self._select(elements, reservoir))

    def _select(self, elements: frozenset[str], reservoir: Reservoir | None) -> PhaseSystem:
        if self._nominal is not None:
            with suppress(InputError):  # what precipitates without limit with those energies may not do so with these
                return self._nominal.alike(elements, reservoir).repriced(self._formation_energies, reservoir)
        names = tuple(sorted(elements))
        inside, fractions = self._polymorphs.lowest_inside(names)
        matrix = np.ascontiguousarray(fractions.T)
        return PhaseSystem(names, matrix, self._formation_energies[inside], inside, reservoir)

    def alike(self, elements: frozenset[str], reservoir: Reservoir | None) -> PhaseSystem:
        """Return a system of these elements and open elements at any potentials, to start another system from."""
        exchanged = set(reservoir.elements if reservoir else ())
        known = (held for of, held in self._known if of == elements)
        alike = next((held for held in known if set(held.elements if held else ()) == exchanged), reservoir)
        return self.of(elements, alike)
