"""Composites: several phases side by side in one coating.

The phases of a composite lie beside each other in the layer: Walther et al., Chem. Mater. 2021, 33, 2110, describe
particles of LiNbO3 with a shell of Li2CO3, both of which touch the cathode and the electrolyte. So each phase meets
both neighbours and every other phase of the composite. Those contacts are in :mod:`screening.coatings.contacts`; this
module computes the properties of the layer alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from pydantic import Field

from screening.chemistry.ions import LITHIUM
from screening.chemistry.notation import mole_fractions, overall, read_composite
from screening.common.ties import first_lowest
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import ReactantDocument
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.equilibrium.stability import StabilityDocument, phase_stability
from screening.equilibrium.window import WindowDocument, electrochemical_window
from screening.hull.phase_system import Mixture
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet


class ComponentDocument(ReactantDocument):
    """One phase of a composite, and where its energy comes from."""

    component: str = Field(description="the phase as written")
    mole_fraction: float = Field(description="of its formula units among those of the composite")
    atomic_fraction: float = Field(description="of its atoms among those of the composite")


class CompositeStability(StabilityDocument):
    """The stability of a composite against all known phases at its overall composition.

    The energy above the hull is that of the phases in their fractions. It has two parts: the energies of the phases
    above the hull, each for itself, and the energy that they gain by reacting with each other.
    """

    components: list[ComponentDocument] = Field(description="its phases")
    components_above_hull_ev_per_atom: float = Field(description="what its phases lie above the hull alone, eV/atom")
    mutual_ev_per_atom: float = Field(
        description="reaction energy of its phases with each other in these fractions, eV/atom; never positive"
    )
    inner_mutual_min_ev_per_atom: dict[str, float] = Field(
        description="each inner interface: lowest mutual reaction energy of the two phases in any ratio, eV/atom"
    )


class CompositeWindow(WindowDocument):
    """The window of a composite: the range of voltages at which each of its phases is stable.

    The reduction limit is the highest of the phases' limits and the oxidation limit the lowest. If the oxidation limit
    is below the reduction limit, no voltage suits all phases. The products are those of the phase that sets the limit.
    """

    reduction_limited_by: str = Field(description="the phase that sets the reduction limit")
    oxidation_limited_by: str | None = Field(description="the phase that sets the oxidation limit; null without one")
    components: list[WindowDocument] = Field(description="the window of each phase")


@dataclass(frozen=True)
class Composite:
    """Phases side by side, with their energy taken together.

    Parameters
    ----------
    phases
        The energies.
    moles
        Moles of each phase, keyed by its notation.

    Raises
    ------
    InputError
        If a phase cannot be read or holds an element without energies.
    """

    phases: PhaseSet
    moles: dict[str, float]

    @cached_property
    def reactants(self) -> list[Reactant]:
        """The phases as reactants, in the order of :attr:`moles`."""
        return [Reactant(self.phases, component) for component in self.moles]

    @cached_property
    def atomic_fractions(self) -> list[float]:
        """Fraction of the composite's atoms in each phase, in the order of :attr:`moles`."""
        atoms = [
            moles * sum(reactant.composition.values())
            for moles, reactant in zip(self.moles.values(), self.reactants, strict=True)
        ]
        return [n / sum(atoms) for n in atoms]

    @cached_property
    def composition(self) -> dict[str, float]:
        """Amount of each element in all phases together."""
        return overall(self.moles)

    @cached_property
    def mixture(self) -> Mixture:
        """The lowest-energy mixture of known phases at the overall composition."""
        self.phases.require(sorted(self.composition))
        return self.phases.system(self.composition).mixture(self.composition)

    @property
    def formation_energy(self) -> float:
        """Formation energy of the phases together, without reactions between them, eV/atom."""
        return self._mean([reactant.formation_energy for reactant in self.reactants])

    @property
    def energy_above_hull(self) -> float:
        """Energy of the phases together above the hull at the overall composition, eV/atom, never negative."""
        return max(0.0, clean(self.formation_energy - self.mixture.energy))

    @property
    def own_energy_above_hull(self) -> float:
        """Energy above the hull, by the name that it has in :class:`~screening.equilibrium.reactant.Reactant`."""
        return self.energy_above_hull

    @property
    def components_above_hull(self) -> float:
        """Mean energy of the phases above the hull, each at its own composition, eV/atom."""
        return clean(self._mean([reactant.energy_above_hull for reactant in self.reactants]))

    def _mean(self, values: list[float]) -> float:
        return sum(fraction * value for fraction, value in zip(self.atomic_fractions, values, strict=True))


def material_energies(phases: PhaseSet, material: str) -> Composite | Reactant:
    """Return the object that has the energies of a material: a composite or one reactant.

    Parameters
    ----------
    phases
        The energies.
    material
        The material in the notation of :mod:`screening.chemistry.notation`.

    Raises
    ------
    InputError
        If the material cannot be read or holds an element without energies.
    """
    moles = read_composite(material)
    return Reactant(phases, material) if moles is None else Composite(phases, moles)


def material_stability(phases: PhaseSet, material: MaterialLike) -> CompositeStability | StabilityDocument:
    """Compute the stability of a composite, or of one material as :func:`~.stability.phase_stability` does.

    Parameters
    ----------
    phases
        The energies.
    material
        The material, as :func:`~screening.materials.names.material_text` reads it.

    Raises
    ------
    InputError
        If the material cannot be read or holds an element without energies.
    """
    written = material_text(phases, material)
    moles = read_composite(written)
    if moles is None:
        return phase_stability(phases, written)
    composite = Composite(phases, moles)
    fractions = mole_fractions(moles)
    products = named_products(phases, composite.mixture)
    alone = composite.components_above_hull
    return CompositeStability(
        energies=phases.provenance,
        formula=written.strip(),
        energy="components",
        phase=None,
        energy_above_hull_ev_per_atom=composite.energy_above_hull,
        energy_to_other_phases_ev_per_atom=None,
        formation_energy_ev_per_atom=clean(composite.formation_energy),
        decomposition=products,
        reaction=reaction_text(
            [(fractions[one.name], one.formula) for one in composite.reactants],
            products,
            tuple(composite.composition),
            {},
        ),
        chemical_potentials_ev={element: clean(mu) for element, mu in composite.mixture.potentials.items()},
        polymorphs=[],
        components=[
            ComponentDocument(
                component=one.name,
                mole_fraction=clean(fractions[one.name]),
                atomic_fraction=clean(share),
                energy=one.energy_from,
                source_id=one.source_id,
                above_hull_ev_per_atom=one.energy_above_hull,
            )
            for one, share in zip(composite.reactants, composite.atomic_fractions, strict=True)
        ],
        components_above_hull_ev_per_atom=alone,
        mutual_ev_per_atom=min(0.0, clean(alone - composite.energy_above_hull)),
        inner_mutual_min_ev_per_atom={
            f"{a}|{b}": clean(Interface(phases, a, b).profile().mutual.min()) for a, b in combinations(moles, 2)
        },
    )


def material_window(
    phases: PhaseSet, material: MaterialLike, ion: str = LITHIUM, reservoir: Reservoir | None = None
) -> CompositeWindow | WindowDocument:
    """Compute the window of a composite, or of one material as :func:`~.window.electrochemical_window` does.

    Parameters
    ----------
    phases
        The energies; the metal of the ion must be among them.
    material
        The material, as :func:`~screening.materials.names.material_text` reads it.
    ion
        Element of the working ion.
    reservoir
        Other elements that are exchanged; none by default.

    Raises
    ------
    InputError
        If the material or a phase of it is the ion's element, cannot be read, or holds an element without energies.
    """
    written = material_text(phases, material)
    moles = read_composite(written)
    if moles is None:
        return electrochemical_window(phases, written, ion, reservoir)
    windows = [electrochemical_window(phases, component, ion, reservoir) for component in moles]
    reduced = windows[first_lowest([-(window.reduction_limit_v or 0.0) for window in windows])]
    limited = [window for window in windows if window.oxidation_limited]
    oxidised = limited[first_lowest([window.oxidation_limit_v or 0.0 for window in limited])] if limited else None
    return CompositeWindow(
        energies=phases.provenance,
        formula=written.strip(),
        ion=ion,
        ensemble=windows[0].ensemble,
        energy="components",
        reduction_limit_v=reduced.reduction_limit_v,
        oxidation_limit_v=None if oxidised is None else oxidised.oxidation_limit_v,
        oxidation_limited=oxidised is not None,
        reduction_products=reduced.reduction_products,
        oxidation_products={} if oxidised is None else oxidised.oxidation_products,
        reduction_reaction=reduced.reduction_reaction,
        oxidation_reaction=None if oxidised is None else oxidised.oxidation_reaction,
        reduction_exchange=reduced.reduction_exchange,
        oxidation_exchange=None if oxidised is None else oxidised.oxidation_exchange,
        next_reduction_limit_v=max(_given(w.next_reduction_limit_v for w in windows), default=None),
        next_oxidation_limit_v=min(_given(w.next_oxidation_limit_v for w in windows), default=None),
        distance_to_hull_ev_per_atom=None,
        reduction_limited_by=reduced.formula,
        oxidation_limited_by=None if oxidised is None else oxidised.formula,
        components=windows,
    )


def _given(limits: Iterable[float | None]) -> list[float]:
    return [limit for limit in limits if limit is not None]
