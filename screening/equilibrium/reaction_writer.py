"""What a document says of two materials in contact at a mixing fraction: products, exchange, balanced equation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from screening.equilibrium.interface_documents import (
    ClosedExtremum,
    ClosedReaction,
    OpenEnsemble,
    OpenExtremum,
    OpenReaction,
    ReactantDocument,
    Reactants,
    Reaction,
)
from screening.equilibrium.reactant import Reactant, clean, named_amounts, reaction_text
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet


class Lowest(NamedTuple):
    """The place at which a reaction energy is lowest."""

    energy: float  # eV per (closed) atom
    x: float  # fraction of the (closed) atoms that come from A
    amounts: Mapping[int, float]  # position of each phase that is present -> its share of the (closed) atoms


class ReactionWriter:
    """Writes down the reactions of two materials.

    Parameters
    ----------
    phases
        The energies.
    a, b
        The materials.
    reservoir
        Elements that are exchanged; None: a closed contact.
    """

    def __init__(self, phases: PhaseSet, a: Reactant, b: Reactant, reservoir: Reservoir | None) -> None:
        self.phases, self.a, self.b, self.reservoir = phases, a, b, reservoir
        mu = reservoir.mu_relative_ev if reservoir else {}
        elements = sorted({*a.composition, *b.composition, *mu})
        self.closed = tuple(element for element in elements if element not in mu)
        self.open = tuple(element for element in elements if element in mu)
        self.unit = "ev_per_atom" if reservoir is None else "ev_per_closed_atom"
        self._atoms = a.amount(self.closed), b.amount(self.closed)
        self._all_atoms = sum(a.composition.values()), sum(b.composition.values())

    def at(self, x: float, amounts: Mapping[int, float]) -> dict[str, Any]:
        """Return the fields of a document that describe the mixture at a mixing fraction.

        Parameters
        ----------
        x
            Fraction of the (closed) atoms that come from A.
        amounts
            Position of each phase that is present, and its share of the (closed) atoms.
        """
        (atoms_a, atoms_b), (all_a, all_b) = self._atoms, self._all_atoms
        molar = (x / atoms_a) / (x / atoms_a + (1.0 - x) / atoms_b)
        from_a, from_b = molar * all_a, (1.0 - molar) * all_b
        held = molar * atoms_a + (1.0 - molar) * atoms_b  # closed atoms in one formula unit of the mixture
        exchanged = {}
        for element in self.open:
            brought = molar * self.a.amount((element,)) + (1.0 - molar) * self.b.amount((element,))
            exchanged[element] = clean(self._in_products(element, amounts) - brought / held)
        products = named_amounts(self.phases, amounts)
        described: dict[str, Any] = {
            "x_atomic_a": clean(from_a / (from_a + from_b)),
            "x_molar_a": clean(molar),
            "products": products,
            "reaction": reaction_text(
                [(molar, self.a.formula), (1.0 - molar, self.b.formula)],
                products,
                self.closed,
                {element: amount * held for element, amount in exchanged.items()},
            ),
        }
        if self.reservoir is not None:
            described |= {"exchanged": exchanged, "x_closed_a": clean(x)}
        return described

    def _in_products(self, element: str, amounts: Mapping[int, float]) -> float:
        """Return the atoms of an open element in a mixture, per closed atom."""
        found = 0.0
        for position, share in amounts.items():
            composition = self.phases.table.composition(position)
            if element in composition:
                found += share * composition[element] / sum(composition.get(other, 0.0) for other in self.closed)
        return found

    def reaction(self, total: Lowest, mutual: Lowest, self_a: float, self_b: float, reactants: Reactants) -> Reaction:
        """Return the document of the minima of the total and the mutual energy.

        Parameters
        ----------
        total, mutual
            Where they are lowest.
        self_a, self_b
            What either material does alone, eV per (closed) atom.
        reactants
            Where their energies come from.
        """
        return (ClosedReaction if self.reservoir is None else OpenReaction)(
            **self.minima(total, mutual, self_a, self_b, reactants)
        )

    def minima(
        self, total: Lowest, mutual: Lowest, self_a: float, self_b: float, reactants: Reactants
    ) -> dict[str, Any]:
        """Return the fields of :meth:`reaction`."""
        at_total = self.at(total.x, total.amounts)
        at_mutual = at_total if mutual[1:] == total[1:] else self.at(mutual.x, mutual.amounts)
        extremum = ClosedExtremum if self.reservoir is None else OpenExtremum
        described = {
            name: extremum(**{f"min_{self.unit}": clean(lowest.energy), "at_endpoint": lowest.x in (0.0, 1.0), **at})
            for name, lowest, at in (("total", total, at_total), ("mutual", mutual, at_mutual))
        }
        return {
            "a": self.a.name,
            "b": self.b.name,
            "ensemble": "closed" if self.reservoir is None else OpenEnsemble(open=self.reservoir.mu_relative_ev),
            **described,
            f"self_a_{self.unit}": self_a,
            f"self_b_{self.unit}": self_b,
            "reactants": reactants,
        }


def reactant_document(reactant: Reactant) -> ReactantDocument:
    """Say where the energy of a material comes from."""
    return ReactantDocument(
        energy=reactant.energy_from,
        source_id=reactant.source_id,
        above_hull_ev_per_atom=reactant.energy_above_hull,
    )
