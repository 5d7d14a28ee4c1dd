"""Reaction energies of two materials in contact, closed or open to reservoirs.

Zhao et al. (ACS Nano), eqs 1-5; Richards et al., Chem. Mater. 28, 266 (2016); Zhu, He and Mo,
J. Mater. Chem. A 4, 3253 (2016). With x the atomic fraction of A (of the closed atoms in an open system)::

    total(x)  = e_eq(c(x)) - x e(A) - (1 - x) e(B)
    self_A    = e_eq(c_A) - e(A)
    mutual(x) = total(x) - x self_A - (1 - x) self_B

e_eq is the energy of the lowest-energy mixture of known phases (the hull). A reactant without a phase in the set (a
glass) has the hull's energy, so its self part in a closed system is zero; if an energy above the hull is given for it,
its self part is minus that energy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from screening.common.ties import first_lowest
from screening.equilibrium.interface_documents import (
    ClosedInterface,
    ClosedKink,
    InterfaceDocument,
    OpenInterface,
    OpenKink,
    Reactants,
    Reaction,
)
from screening.equilibrium.reactant import ZERO, Reactant, clean
from screening.equilibrium.reaction_writer import Lowest, ReactionWriter, reactant_document
from screening.hull.phase_system import Floats, Line
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet


@dataclass(frozen=True)
class InterfaceProfile:
    """The reaction energies of an interface at every kink of its profile, as arrays."""

    line: Line  # the mixtures along the profile; ``line.t`` is x
    total: Floats  # (k,) eV per (closed) atom
    mutual: Floats  # (k,) eV per (closed) atom
    self_a: float  # eV per (closed) atom
    self_b: float  # eV per (closed) atom

    @property
    def x(self) -> Floats:
        """Fraction of the (closed) atoms that come from A, at each kink."""
        return self.line.t

    @property
    def lowest_mutual(self) -> int:
        """The kink of lowest mutual energy, of equal ones the first."""
        return first_lowest(self.mutual, ZERO)

    @property
    def lowest_total(self) -> int:
        """The kink of lowest total energy, of equal ones the first."""
        return first_lowest(self.total, ZERO)


class Interface:
    """Two materials in contact.

    Parameters
    ----------
    phases
        The energies.
    a, b
        Names of the catalogue, formulas, pymatgen Compositions; see :func:`~screening.materials.names.material_text`.
        Their formulas also define the formula units of ``x_molar_a``.
    reservoir
        Elements exchanged with a reservoir, or their chemical potentials as for :class:`Reservoir`; by default none,
        which makes the interface closed.

    Raises
    ------
    InputError
        If a formula cannot be read, holds an element without energies, or consists of open elements only.

    Examples
    --------
    >>> phases = PhaseSet.reference()
    >>> document = Interface(phases, "LiNbO3", "Li6PS5Cl").document()
    >>> document.mutual.energy_ev  # doctest: +SKIP
    """

    def __init__(
        self,
        phases: PhaseSet,
        a: MaterialLike,
        b: MaterialLike,
        reservoir: Reservoir | Mapping[str, float] | None = None,
    ) -> None:
        self.phases = phases
        self.a = Reactant(phases, material_text(phases, a))
        self.b = Reactant(phases, material_text(phases, b))
        self.reservoir = Reservoir(reservoir) if isinstance(reservoir, Mapping) else reservoir
        self.system = phases.system({*self.a.composition, *self.b.composition}, self.reservoir)
        self._start = self.system.vector(self.b.composition)
        self._stop = self.system.vector(self.a.composition)

    def profile(self) -> InterfaceProfile:
        """Return the total and mutual energies at every kink of the profile. They are exact; nothing is sampled."""
        return self._profile

    @cached_property
    def _profile(self) -> InterfaceProfile:
        line = self.system.line(self._start, self._stop)
        x = line.t
        own_a = self.a.grand_energy(self.system.closed, self.reservoir)
        own_b = self.b.grand_energy(self.system.closed, self.reservoir)
        at_b, at_a = float(line.energies[0]), float(line.energies[-1])
        mutual = line.energies - x * at_a - (1.0 - x) * at_b
        total = line.energies - x * own_a - (1.0 - x) * own_b
        mutual[np.abs(mutual) < ZERO] = 0.0
        total[np.abs(total) < ZERO] = 0.0
        return InterfaceProfile(line, total, mutual, clean(at_a - own_a), clean(at_b - own_b))

    def per_formula_unit(self, energy_ev: float, x_molar_a: float) -> float:
        """Return an energy per (closed) atom as eV per formula unit of a mixture, of which x_molar_a are A's."""
        closed = self.system.closed
        return energy_ev * (x_molar_a * self.a.amount(closed) + (1.0 - x_molar_a) * self.b.amount(closed))

    def reaction(self) -> Reaction:
        """Return the minima of the total and the mutual energy with their products, without the kinks."""
        return self._writer.reaction(*self._lowest())

    def document(self) -> InterfaceDocument:
        """Return the minima with their products, and every kink of the profile."""
        numbers = range(len(self._profile.x))
        common = {**self._writer.minima(*self._lowest()), "energies": self.phases.provenance}
        if self.reservoir is None:
            return ClosedInterface(**common, kinks=[ClosedKink(**self._kink(k)) for k in numbers])
        return OpenInterface(**common, kinks=[OpenKink(**self._kink(k)) for k in numbers])

    @cached_property
    def _writer(self) -> ReactionWriter:
        return ReactionWriter(self.phases, self.a, self.b, self.reservoir)

    def _lowest(self) -> tuple[Lowest, Lowest, float, float, Reactants]:
        """Return where the total and the mutual energy are lowest, and what either material does alone."""
        profile = self._profile
        total, mutual = (
            Lowest(float(energies.min()), float(profile.x[k]), profile.line.mixture(k).amounts)
            for energies, k in ((profile.total, profile.lowest_total), (profile.mutual, profile.lowest_mutual))
        )
        reactants = Reactants(a=reactant_document(self.a), b=reactant_document(self.b))
        return total, mutual, profile.self_a, profile.self_b, reactants

    def _kink(self, k: int) -> dict[str, Any]:
        return {
            f"total_{self._writer.unit}": clean(self._profile.total[k]),
            f"mutual_{self._writer.unit}": clean(self._profile.mutual[k]),
            **self._writer.at(float(self._profile.x[k]), self._profile.line.mixture(k).amounts),
        }
