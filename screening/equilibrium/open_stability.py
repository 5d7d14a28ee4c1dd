"""The stability of a material that exchanges elements with reservoirs: lithium at a voltage, say, and oxygen as a gas.

It is the distance to the hull of grand potentials ``(E - sum_j mu_j N_j) / N_closed`` (Zhao et al., ACS Nano, eqs 4-5;
Richards et al., Chem. Mater. 28, 266 (2016)).
"""

from __future__ import annotations

from pydantic import Field

from screening.common.provenance import Result
from screening.equilibrium.interface_documents import OpenEnsemble
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet


class OpenStabilityDocument(Result):
    """The stability of a material in contact with reservoirs."""

    formula: str = Field(description="the formula asked for")
    ensemble: OpenEnsemble = Field(description="the reservoirs")
    energy: str = Field(description="'phase': that of a phase of the set; 'hull': that of the closed hull")
    source_id: str | None = Field(description="identifier of that phase")
    distance_to_hull_ev_per_closed_atom: float = Field(
        description="energy released when it decomposes with the reservoirs, eV per atom that is not open; 0: stable"
    )
    products: dict[str, float] = Field(description="what it becomes: fraction in each of the atoms that are not open")
    exchanged: dict[str, float] = Field(
        description="atoms of each open element per closed atom, against the material; + taken from the reservoir"
    )
    reaction: str = Field(description="the same as a balanced equation, for one formula unit")


def open_stability(phases: PhaseSet, formula: MaterialLike, reservoir: Reservoir) -> OpenStabilityDocument:
    """Compute what a material becomes in contact with reservoirs, and the energy that this releases.

    Parameters
    ----------
    phases
        The energies.
    formula
        Any composition of their elements, as :func:`~screening.materials.names.material_text` reads it.
    reservoir
        The open elements and their chemical potentials.

    Raises
    ------
    InputError
        If the formula cannot be read, holds an element without energies, or consists of open elements only, or the
        reservoirs react with each other without limit.
    """
    reactant = Reactant(phases, material_text(phases, formula))
    system = phases.system(reactant.composition, reservoir)
    mixture = system.mixture(reactant.composition)
    closed = tuple(element for element in system.closed if element in reactant.composition)
    held = reactant.amount(closed)
    exchanged = {e: clean(n - reactant.amount((e,)) / held) for e, n in mixture.exchanged.items()}
    products = named_products(phases, mixture)
    distance = clean(reactant.grand_energy(system.closed, reservoir) - mixture.energy)
    return OpenStabilityDocument(
        energies=phases.provenance,
        formula=reactant.name,
        ensemble=OpenEnsemble(open=reservoir.mu_relative_ev),
        energy=reactant.energy_from,
        source_id=reactant.source_id,
        distance_to_hull_ev_per_closed_atom=max(0.0, distance),
        products=products,
        exchanged=exchanged,
        reaction=reaction_text(
            [(1.0, reactant.formula)], products, closed, {e: n * held for e, n in exchanged.items()}
        ),
    )
