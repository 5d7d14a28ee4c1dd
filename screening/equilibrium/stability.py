"""Phase stability: energy above the hull and decomposition."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import Result
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet


class KnownPhase(BaseModel):
    """A phase of the set of energies."""

    model_config = ConfigDict(extra="forbid")

    source_id: str = Field(description="identifier in the source")
    space_group: int | None = Field(description="space-group number")


class Polymorph(KnownPhase):
    """A phase of the composition, with its energy above the lowest-energy phase of that composition."""

    above_lowest_ev_per_atom: float = Field(description="energy above the lowest polymorph, eV/atom")


class StabilityDocument(Result):
    """The stability of a material against all other known phases."""

    formula: str = Field(description="the formula asked for")
    energy: str = Field(
        description="'phase': that of a phase of the set; 'hull': counted from the hull, since the set holds no phase "
        "of this composition or an energy above the hull was given; 'components': those of a composite, together"
    )
    phase: KnownPhase | None = Field(
        description="the lowest-energy phase of this composition, or the one named; null where none is known or it is "
        "not that phase"
    )
    energy_above_hull_ev_per_atom: float | None = Field(
        description="energy above the hull, eV/atom, never negative; null where no phase is known and none was given"
    )
    energy_to_other_phases_ev_per_atom: float | None = Field(
        description="energy against the best mixture of all phases of other compositions, eV/atom; negative: how far "
        "a stable phase lies below them"
    )
    formation_energy_ev_per_atom: float = Field(description="formation energy from the elements, eV/atom")
    decomposition: dict[str, float] = Field(description="stable phases at this composition: fraction of the atoms")
    reaction: str = Field(description="the decomposition as a balanced equation")
    chemical_potentials_ev: dict[str, float] = Field(
        description="chemical potential of each element in that mixture relative to its reference, eV; one of a range "
        "where the mixture has fewer phases than elements"
    )
    polymorphs: list[Polymorph] = Field(description="all phases of this composition, lowest first")


def phase_stability(phases: PhaseSet, formula: MaterialLike) -> StabilityDocument:
    """Compute the energy above the hull, the decomposition and the polymorphs of a composition.

    Parameters
    ----------
    phases
        The energies.
    formula
        Any composition of their elements, as :func:`~screening.materials.names.material_text` reads it.

    Raises
    ------
    InputError
        If the formula cannot be read or holds an element without energies.
    """
    reactant = Reactant(phases, material_text(phases, formula))
    mixture = reactant.mixture
    products = named_products(phases, mixture)
    known = phases.polymorphs(reactant.composition)
    lowest = reactant.position
    to_others = None
    if lowest is not None and len(reactant.composition) > 1:
        others = phases.system(reactant.composition).without(known[0])
        to_others = clean(reactant.formation_energy - others.mixture(reactant.composition).energy)
    return StabilityDocument(
        energies=phases.provenance,
        formula=reactant.name,
        energy=reactant.energy_from,
        phase=None
        if lowest is None
        else KnownPhase(source_id=phases.phase(lowest).id, space_group=phases.phase(lowest).space_group),
        energy_above_hull_ev_per_atom=reactant.own_energy_above_hull,
        energy_to_other_phases_ev_per_atom=to_others,
        formation_energy_ev_per_atom=clean(reactant.formation_energy),
        decomposition=products,
        reaction=reaction_text([(1.0, reactant.formula)], products, tuple(reactant.composition), {}),
        chemical_potentials_ev={element: clean(mu) for element, mu in mixture.potentials.items()},
        polymorphs=[
            Polymorph(
                source_id=phases.table.id(i),
                space_group=phases.table.space_group(i),
                above_lowest_ev_per_atom=clean(phases.energies[i] - phases.energies[known[0]]),
            )
            for i in known
        ],
    )
