"""A compound between a cathode and an electrolyte: its quantities, each computed when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from screening.chemistry.economics import EconomicsDocument, material_economics
from screening.criteria.contact_names import contact_quantity
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import clean
from screening.equilibrium.window import WindowDocument, electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import Neighbours
from screening.searches.candidates.selection import energies_above_hull_mev
from screening.transport.film import Film
from screening.transport.material_transport import TransportDocument, material_transport


class Compound:
    """A compound of the energies between two neighbours, as the registry of quantities reads it.

    Each part is computed when it is asked for, so that a quantity costs no more than it needs.
    See :class:`screening.criteria.quantities.Coating`.
    """

    def __init__(self, phases: PhaseSet, position: int, neighbours: Neighbours) -> None:
        self.phases = phases
        self.position = position
        self.neighbours = neighbours
        self.formula = phases.formula(position)

    @cached_property
    def stability(self) -> _HullEnergy:
        """Phase stability."""
        return _HullEnergy(energies_above_hull_mev(self.phases, [self.position])[0] / 1000.0)

    @cached_property
    def window(self) -> WindowDocument:
        """Electrochemical window."""
        return electrochemical_window(self.phases, self.formula)

    @cached_property
    def economics(self) -> EconomicsDocument:
        """What its elements cost."""
        return material_economics(self.formula)

    @property
    def transport(self) -> TransportDocument:
        """What passes a film of it, of the usual thickness."""
        return material_transport(self.formula, Film())

    @cached_property
    def worst_mutual(self) -> float:
        """Lowest closed mutual energy with either neighbour, meV/atom."""
        return min(self._mutual(formula) for formula in closed_neighbours(self.neighbours).values())

    @cached_property
    def bare_worst_mutual(self) -> float:
        """The same of the neighbours with each other, meV/atom."""
        cathode, electrolyte = self.neighbours.cathode, self.neighbours.electrolyte.reactant
        return min(mutual_mev(self.phases, cathode.formula(s), electrolyte) for s in cathode.lithiations)

    @property
    def worst_contact_energy(self) -> None:
        """Unknown: only closed contacts are computed of candidates."""

    def mutual(self, quantity: str) -> float:
        """Return the closed mutual energy with the neighbour that a quantity names."""
        return self._mutual(closed_neighbours(self.neighbours)[quantity])

    def _mutual(self, neighbour: str) -> float:
        if neighbour not in self._met:
            self._met[neighbour] = mutual_mev(self.phases, self.formula, neighbour)
        return self._met[neighbour]

    @cached_property
    def _met(self) -> dict[str, float]:
        return {}


class _HullEnergy(NamedTuple):
    """What is asked of a compound's stability."""

    energy_above_hull_ev_per_atom: float


def mutual_mev(phases: PhaseSet, coating: str, neighbour: str, reservoir: Reservoir | None = None) -> float:
    """Return the mutual reaction energy of a coating with a neighbour, meV per atom, or per closed atom if open."""
    return round(1000.0 * clean(Interface(phases, coating, neighbour, reservoir).profile().mutual.min()), 6)


def closed_neighbours(neighbours: Neighbours) -> dict[str, str]:
    """Return the formula of the neighbour in each closed contact, by the quantity that is its mutual energy."""
    cathode = neighbours.cathode
    return {
        **{contact_quantity(f"cathode {state}"): cathode.formula(state) for state in cathode.lithiations},
        contact_quantity("electrolyte"): neighbours.electrolyte.reactant,
    }
