"""A material as a reactant: its own energy, and the lowest-energy mixture of known phases at its composition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from screening.chemistry.equations import equation
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import read_material
from screening.common.errors import InputError
from screening.hull.phase_system import Mixture
from screening.hull.reservoir import Reservoir
from screening.phases.ion_series import between_cells
from screening.phases.phase_set import PhaseSet

ZERO = 1e-9  # energies closer to zero than this, in eV/atom, count as zero: solvers return +-1e-12


def clean(energy: float) -> float:
    """Return an energy or amount rounded to 1e-9, which the linear programs resolve, and never as minus zero."""
    return round(float(energy), 9) + 0.0


@dataclass(frozen=True)
class Reactant:
    """A material as a reactant: a composition, with an energy of its own if the set holds a phase of it.

    Parameters
    ----------
    phases
        The energies.
    formula
        The material as the user wrote it, in the notation of :mod:`screening.chemistry.notation`: a formula, which also
        defines the formula unit, or a glass. An energy above the hull written behind it replaces that of a known phase.

    Attributes
    ----------
    name
        The material as written.
    formula
        Formula of one formula unit.
    given_above_hull
        The energy above the hull that was written, eV/atom; None if none was.
    polymorph
        Id of the phase that was written; None if none was.

    Raises
    ------
    InputError
        If the formula cannot be read, holds an element without energies, or has no phase of the id written.
    """

    phases: PhaseSet
    formula: str
    name: str = field(init=False)
    given_above_hull: float | None = field(init=False)
    polymorph: str | None = field(init=False)

    def __post_init__(self) -> None:
        written = read_material(self.formula)
        object.__setattr__(self, "name", written.name)
        object.__setattr__(self, "formula", written.formula)
        object.__setattr__(self, "given_above_hull", written.above_hull_ev)
        object.__setattr__(self, "polymorph", written.polymorph)
        self.phases.require(sorted(self.composition))
        if self.polymorph is not None and self.position is None:
            there = [self.phases.table.id(position) for position in self.phases.polymorphs(self.composition)]
            known = f"there are {', '.join(there[:10])}" if there else "no phase of this composition is known"
            raise InputError(f"{written.name}: no phase {self.polymorph} of this composition; {known}")

    @cached_property
    def composition(self) -> dict[str, float]:
        """Amount of each element in a formula unit."""
        return parse_formula(self.formula)

    @cached_property
    def position(self) -> int | None:
        """Position of the phase that was named, or of the lowest of this composition; None if none is known.

        Nor is there one if an energy above the hull was given.
        """
        if self.given_above_hull is not None:
            return None
        polymorphs = self.phases.polymorphs(self.composition)
        named = [i for i in polymorphs if self.polymorph in (None, self.phases.table.id(i))]
        return named[0] if named else None

    @cached_property
    def own(self) -> dict[int, float]:
        """The phases that give the reactant its energy: position and share of the atoms; empty if the hull gives it.

        Either one phase of this composition, or the two ordered cells between which a cathode lies.
        """
        if self.position is not None:
            return {self.position: 1.0}
        return {} if self.given_above_hull is not None else between_cells(self.phases, self.composition)

    @cached_property
    def mixture(self) -> Mixture:
        """The lowest-energy mixture of known phases at this composition, closed system."""
        return self.phases.system(self.composition).mixture(self.composition)

    @property
    def energy_from(self) -> Literal["phase", "hull"]:
        """``"phase"`` if the energy is that of phases in the set, ``"hull"`` if it is counted from the hull."""
        return "phase" if self.own else "hull"

    @property
    def source_id(self) -> str | None:
        """Identifier of the phase, or of both ordered cells; None if the energy is counted from the hull."""
        return " + ".join(self.phases.table.id(position) for position in self.own) or None

    @property
    def formation_energy(self) -> float:
        """Formation energy, eV/atom: that of the phase, or that of the hull plus the energy given above it."""
        if not self.own:
            return self.mixture.energy + (self.given_above_hull or 0.0)
        return sum(share * float(self.phases.formation_energies[position]) for position, share in self.own.items())

    @property
    def energy_above_hull(self) -> float:
        """Energy above the hull, eV/atom, never negative; if no phase is known, the energy given, or 0."""
        return max(0.0, clean(self.formation_energy - self.mixture.energy))

    @property
    def own_energy_above_hull(self) -> float | None:
        """Energy above the hull, eV/atom; None if no phase is known and no energy was given."""
        return self.energy_above_hull if self.own or self.given_above_hull is not None else None

    def amount(self, elements: tuple[str, ...]) -> float:
        """Return the number of atoms of the given elements in a formula unit."""
        return sum(self.composition.get(element, 0.0) for element in elements)

    def grand_energy(self, closed: tuple[str, ...], reservoir: Reservoir | None) -> float:
        """Return the energy per closed atom, eV: the formation energy minus mu N of each open element.

        :class:`~screening.hull.phase_system.PhaseSystem` counts the energies of phases in the same way.
        """
        total = self.formation_energy * sum(self.composition.values())
        for element, mu in (reservoir.mu_relative_ev if reservoir else {}).items():
            total -= mu * self.composition.get(element, 0.0)
        return total / self.amount(closed)


def named_products(phases: PhaseSet, mixture: Mixture) -> dict[str, float]:
    """Map each product's reduced formula to its fraction of the (closed) atoms, largest first, then by formula."""
    return named_amounts(phases, mixture.amounts)


def named_amounts(phases: PhaseSet, amounts: Mapping[int, float]) -> dict[str, float]:
    """Return what :func:`named_products` does, of phases by their positions."""
    named = [(phases.formula(position), clean(amount)) for position, amount in amounts.items()]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))


def reaction_text(
    reactants: list[tuple[float, str]],
    products: dict[str, float],
    closed: tuple[str, ...],
    exchanged: dict[str, float],
) -> str:
    """Write a reaction as a balanced equation in formula units; see :func:`screening.chemistry.equations.equation`.

    Parameters
    ----------
    reactants
        Formula units and formula of each reactant.
    products
        Fraction of the closed atoms that each product holds.
    closed
        The closed elements (all elements in a closed system).
    exchanged
        Atoms of each open element taken from its reservoir (negative: given to it), on the same scale
        as the reactants.

    Returns
    -------
    str
        For example ``2 Li3PS4 -> P2S5 + 3 S + 6 Li``.
    """
    scale = sum(units * _closed_atoms(formula, closed) for units, formula in reactants)
    left = [(units, formula) for units, formula in reactants if units > ZERO]
    right = [(fraction * scale / _closed_atoms(formula, closed), formula) for formula, fraction in products.items()]
    left += [(amount, element) for element, amount in exchanged.items() if amount > 1e-6]
    right += [(-amount, element) for element, amount in exchanged.items() if amount < -1e-6]
    return equation(left, right)


@lru_cache(maxsize=4096)
def _closed_atoms(formula: str, closed: tuple[str, ...]) -> float:
    return sum(amount for element, amount in parse_formula(formula).items() if element in closed)
