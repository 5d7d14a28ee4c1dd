"""A material before it is annealed: the phases it consists of."""

from __future__ import annotations

from typing import Literal, NamedTuple

from screening.chemistry.formulas import format_formula
from screening.chemistry.notation import composition_of, mole_fractions, read_composite
from screening.equilibrium.reactant import Reactant
from screening.materials.catalogue import Catalogue
from screening.materials.names import resolve_material
from screening.phases.phase_set import PhaseSet


class Start(NamedTuple):
    """A material before it is annealed."""

    material: str  # as it was asked for
    formula: str  # of its overall composition
    composition: dict[str, float]  # atoms of each element in that formula
    phases: dict[str, float]  # formula -> fraction of the atoms
    origin: Literal["phase", "components", "hull"]
    above_ev: float  # what it lies above these phases, eV/atom: as given by the user

    def atoms(self, elements: tuple[str, ...]) -> float:
        """Return the atoms of some elements in the formula."""
        return sum(self.composition.get(element, 0.0) for element in elements)


def start_of(phases: PhaseSet, material: str, catalogue: Catalogue) -> Start:
    """Return the phases a material consists of.

    The known phase of its composition, or those of a composite's components. Where none is known, the mixture of phases
    that has the lowest energy at 0 K: the end members of a solid solution, mostly.

    Parameters
    ----------
    phases
        The energies at 0 K.
    material
        A name of the catalogue, a cathode at a state of charge, or what :mod:`screening.chemistry.notation` writes.
    catalogue
        Where names are looked up.

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
