"""Phase equilibrium in one chemical system, closed or open to reservoirs, by linear programming.

No convex hull is built. The lowest-energy mixture at a composition, and all its changes along a line between two
compositions, come from :mod:`screening.hull.simplex`.

If elements are open, amounts of phases and mixtures are counted in atoms of the closed elements, and energies are
grand potentials ``(E - sum_j mu_j N_j) / N_closed`` (Zhao et al., ACS Nano, eqs 4-5;
Richards et al., Chem. Mater. 28, 266 (2016)).
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import format_formula
from screening.common.errors import InputError
from screening.common.kept import Kept
from screening.hull.reservoir import Reservoir
from screening.hull.simplex import Program, irregular

Floats = NDArray[np.float64]

_KEPT_MIXTURES = 256  # a cathode or electrolyte is needed again in each of its interfaces
ONLY_OPEN = 1e-12  # a phase with a smaller fraction of closed atoms consists of open elements only
CLEAN = 1e-6  # amounts below this, in atoms per atom of mixture, are rounding errors of a formula or of the program


class Mixture(NamedTuple):
    """The lowest-energy mixture of phases at one composition."""

    amounts: dict[int, float]  # position of the phase in the PhaseSet -> its fraction of the (closed) atoms
    energy: float  # eV per (closed) atom: formation energy, or grand potential relative to the references
    potentials: dict[str, float]  # chemical potentials of the closed elements, eV, relative to their references
    exchanged: dict[str, float]  # open element -> its atoms in the mixture per closed atom


class Line(NamedTuple):
    """All mixtures along the straight line between two compositions, in k - 1 segments."""

    system: PhaseSystem
    t: Floats  # (k,) ends of the segments, from 0 to 1: the set of phases changes there
    bases: NDArray[np.intp]  # (k, m) columns of the phases that can be present at each t
    amounts: Floats  # (k, m) their amounts, as fractions of the (closed) atoms
    duals: Floats  # (k - 1, m) chemical potentials in each segment, in the order of system.closed
    energies: Floats  # (k,) eV per (closed) atom

    def mixture(self, k: int) -> Mixture:
        """Return the mixture at ``t[k]``. Its potentials are those of the segment above it (below it for the last)."""
        duals = self.duals[min(k, len(self.duals) - 1)]
        return self.system.assemble(self.bases[k], self.amounts[k], duals)


class PhaseSystem:
    """The phases of one chemical system.

    Parameters
    ----------
    elements
        All elements of the system, (m,).
    fractions
        Atomic fractions of the phases, (m, n), one phase for each composition.
    energies
        Formation energies, (n,), eV/atom.
    positions
        Position of each phase in the set of phases it comes from, (n,).
    reservoir
        Open elements and their chemical potentials.

    Raises
    ------
    InputError
        If no closed element is left, or a phase of open elements alone would precipitate without limit.
    """

    def __init__(
        self,
        elements: tuple[str, ...],
        fractions: Floats,
        energies: Floats,
        positions: NDArray[np.intp],
        reservoir: Reservoir | None = None,
    ) -> None:
        mu = reservoir.mu_relative_ev if reservoir else {}
        self.reservoir = reservoir
        self.elements = elements
        self.closed = tuple(element for element in elements if element not in mu)
        self.open = tuple(element for element in elements if element in mu)
        if not self.closed:
            raise InputError(f"all of {', '.join(elements)} are open: there is no composition left to react")
        is_closed = np.array([element in self.closed for element in elements])
        self._potentials: Floats = np.array([mu[element] for element in self.open])
        self._open_fractions: Floats = fractions[~is_closed]
        self._share: Floats = fractions[is_closed].sum(axis=0)  # closed atoms per atom
        self._all_positions = positions
        keep = self._share >= ONLY_OPEN
        self.costs: Floats = self._price(energies)
        self.matrix: Floats = np.ascontiguousarray(fractions[is_closed][:, keep] / self._share[keep])
        self.open_atoms: Floats = self._open_fractions[:, keep] / self._share[keep]
        self.positions = positions[keep]
        pure = self.matrix == 1.0  # phases with one closed element, apart from open ones
        missing = [element for element, found in zip(self.closed, pure.any(axis=1), strict=True) if not found]
        if missing:
            raise InputError(f"no phase of {', '.join(missing)} alone is known")
        self._program = Program(self.matrix, self.costs, np.where(pure, self.costs, np.inf).argmin(axis=1))
        self._mixtures: Kept[bytes, Mixture] = Kept(_KEPT_MIXTURES)

    def _price(self, energies: Floats) -> Floats:
        """Return the (grand) energies per closed atom, from formation energies, of the phases with closed atoms."""
        grand = energies - self._potentials @ self._open_fractions
        only_open = self._share < ONLY_OPEN
        if (grand[only_open] < -1e-9).any():
            worst = int(np.flatnonzero(only_open)[grand[only_open].argmin()])
            amounts = {e: float(f) for e, f in zip(self.open, self._open_fractions[:, worst], strict=True) if f > 0}
            formula = format_formula({element: f / min(amounts.values()) for element, f in amounts.items()})
            raise InputError(
                f"the reservoirs of {' and '.join(self.open)} react with each other: {formula} forms without limit "
                f"({grand[worst]:.3f} eV/atom); lower a chemical potential"
            )
        return np.ascontiguousarray(grand[~only_open] / self._share[~only_open])

    def repriced(self, formation_energies: Floats, reservoir: Reservoir | None = None) -> PhaseSystem:
        """Return the same system with other energies; it starts from an optimal basis of this one.

        Parameters
        ----------
        formation_energies
            Formation energies of all phases of the set that this system comes from, eV/atom.
        reservoir
            The same open elements at other chemical potentials; by default the potentials stay.

        Raises
        ------
        InputError
            If with these energies a phase of open elements alone would precipitate without limit.
        """
        repriced = copy.copy(self)
        if reservoir is not None:
            repriced.reservoir = reservoir
            repriced._potentials = np.array([reservoir.mu_relative_ev[element] for element in self.open])
        repriced.costs = repriced._price(formation_energies[self._all_positions])
        repriced._program = self._program.repriced(repriced.costs)
        repriced._mixtures = Kept(_KEPT_MIXTURES)
        return repriced

    def vector(self, composition: dict[str, float]) -> Floats:
        """Return a composition as fractions of the closed atoms, in the order of :attr:`closed`.

        Raises
        ------
        InputError
            If it has no closed element, or an element that is not in the system.
        """
        amounts = np.array([composition.get(element, 0.0) for element in self.closed])
        strange = [element for element in composition if element not in self.elements]
        if strange:
            raise InputError(f"{', '.join(strange)} is not in the chemical system {'-'.join(self.elements)}")
        if not amounts.sum() > 0:
            raise InputError(
                f"{' '.join(composition)} consists of open elements only: with {', '.join(self.open)} open "
                "there is nothing left of it to react"
            )
        return np.asarray(amounts / amounts.sum())

    def mixture(self, composition: dict[str, float]) -> Mixture:
        """Find the lowest-energy mixture at a composition.

        If the mixture has fewer phases than the system has closed elements, the chemical potentials are not unique.
        Those returned are the limit along one fixed irregular line towards the composition, so they do not depend on
        earlier calls.
        """
        here = self.vector(composition)
        return self._mixtures.get(here.tobytes(), lambda: self._mixture_at(here))

    def _mixture_at(self, here: Floats) -> Mixture:
        beside = here + 1e-3 * irregular(len(here))
        return self.line(beside / beside.sum(), here).mixture(-1)

    def line(self, start: Floats, stop: Floats) -> Line:
        """Find all mixtures along the line from one composition to another, both as vectors (:meth:`vector`).

        Between two neighbouring t the same phases are present, in amounts linear in t.
        """
        path = self._program.path(start, stop)
        bases = np.concatenate([path.bases, path.bases[-1:]])
        amounts = np.concatenate([path.at_start, path.at_stop[-1:]])
        return Line(self, path.t, bases, amounts, path.duals, (self.costs[bases] * amounts).sum(axis=1))

    def without(self, position: int) -> PhaseSystem:
        """Return the system without one phase, given by its position in the set of phases."""
        if self.reservoir is not None:
            raise InputError("a phase is left out of a closed system only")
        keep = self.positions != position
        return PhaseSystem(self.elements, self.matrix[:, keep], self.costs[keep], self.positions[keep])

    def assemble(self, columns: NDArray[np.intp], amounts: Floats, duals: Floats) -> Mixture:
        """Make the mixture of a basis, leaving out phases whose amounts are rounding errors."""
        present = amounts > CLEAN
        share = amounts[present] / amounts[present].sum()
        phases = columns[present]
        return Mixture(
            amounts={int(p): float(a) for p, a in zip(self.positions[phases], share, strict=True)},
            energy=float(self.costs[phases] @ share),
            potentials=dict(zip(self.closed, duals.tolist(), strict=True)),
            exchanged=dict(zip(self.open, (self.open_atoms[:, phases] @ share).tolist(), strict=True)),
        )
