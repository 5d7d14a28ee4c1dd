"""A material before annealing: the phases it consists of."""

from __future__ import annotations

from typing import Literal, NamedTuple

from screening.chemistry.compositions import format_formula
from screening.chemistry.notation import composition_of, mole_fractions, read_composite
from screening.equilibrium.reactant import Reactant
from screening.materials.catalogue import Catalogue
from screening.materials.names import resolve_material
from screening.phases.phase_set import PhaseSet


class Start(NamedTuple):
    """A material before annealing."""

    material: str  # as the user wrote it
    formula: str  # formula of the overall composition
    composition: dict[str, float]  # atoms of each element in that formula
    phases: dict[str, float]  # formula of each phase -> its fraction of the atoms
    origin: Literal["phase", "components", "hull"]
    above_ev: float  # energy above these phases, eV/atom, as given by the user

    def atoms(self, elements: tuple[str, ...]) -> float:
        """Return the number of atoms of some elements in the formula."""
        return sum(self.composition.get(element, 0.0) for element in elements)


def start_of(phases: PhaseSet, material: str, catalogue: Catalogue) -> Start:
    """Return a material as the phases it consists of.

    These are the known phase of its composition, or those of a composite's components. If none is known, they are the
    phases of the lowest-energy mixture at 0 K: for a solid solution, mostly its end members.

    Parameters
    ----------
    phases
        The energies at 0 K.
    material
        A name from the catalogue, a cathode at a state of charge, or a notation of :mod:`screening.chemistry.notation`.
    catalogue
        The catalogue that holds the names.

    Raises
    ------
    InputError
        If it is none of these, or holds an element without energies.
    """
    written = resolve_material(material, catalogue, phases)
    parts = read_composite(written)
    reactants = {Reactant(phases, part): n for part, n in mole_fractions(parts or {written: 1.0}).items()}
    atoms = sum(n * sum(reactant.composition.values()) for reactant, n in reactants.items())
    held: dict[str, float] = {}
    above = 0.0
    for reactant, n in reactants.items():
        share = n * sum(reactant.composition.values()) / atoms
        for position, fraction in (reactant.own or reactant.mixture.amounts).items():
            formula = phases.formula(position)
            held[formula] = held.get(formula, 0.0) + share * fraction
        above += share * (reactant.given_above_hull or 0.0)
    is_phase = all(reactant.own for reactant in reactants)
    composition = composition_of(written)
    return Start(
        material=material.strip(),
        formula=format_formula(composition) if parts else next(iter(reactants)).formula,
        composition=composition,
        phases=held,
        origin="hull" if not is_phase else "components" if parts else "phase",
        above_ev=above,
    )
