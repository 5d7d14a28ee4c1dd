"""The products of annealing a coating or its precursor in a furnace, by itself and on a cathode.

The solid exchanges oxygen, and the elements of any other gas in the furnace, with that gas. All other elements stay in
the solid, or leave it in gases of the pressure given for them. The products are the mixture of solids and gases with
the lowest grand potential. This is equilibrium and says nothing about rates: at room temperature a sulfide in air is
far from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface, InterfaceProfile
from screening.equilibrium.reactant import clean
from screening.heat.annealing.annealing_documents import (
    AnnealDocument,
    AnnealPoint,
    Conditions,
    Contact,
    OxidationStep,
    Product,
    Transformation,
)
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.heat.annealing.heating import Heater, HotPhases
from screening.heat.annealing.products import atoms_of, equation, mass_of, named_moles, solid_mass
from screening.heat.annealing.start import Start, start_of
from screening.heat.annealing.verdicts import verdict_on
from screening.heat.free_energy import SOLIDS
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C
from screening.thermochemistry.gas import oxygen_chemical_potential_ev


class Annealing:
    """A material, alone or on a cathode, in one furnace atmosphere.

    Parameters
    ----------
    phases
        The energies at 0 K.
    material
        The coating or its precursor: a name from the catalogue, or a notation of :mod:`screening.chemistry.notation`.
    atmosphere
        The gas in the furnace.
    cathode
        The cathode under it: a name, fully lithiated or at a state of charge, or a formula.
    catalogue
        The catalogue that holds the names; by default the packaged one.
    without
        Phases that are assumed not to form; see :class:`~screening.heat.annealing.heating.Heater`.

    Raises
    ------
    InputError
        If a name is unknown, an element has no energies, or a phase of a material is left out or is a gas only.

    Examples
    --------
    >>> annealing = Annealing(PhaseSet.reference(), "Li3PS4", Atmosphere(oxygen_bar=0.21), cathode="NCM85")
    >>> annealing.at(623.15).alone.reaction  # doctest: +SKIP
    """

    def __init__(
        self,
        phases: PhaseSet,
        material: str,
        atmosphere: Atmosphere,
        cathode: str | None = None,
        catalogue: Catalogue | None = None,
        without: Sequence[str] = (),
    ) -> None:
        catalogue = catalogue or Catalogue.load()
        self.phases = phases
        self.atmosphere = atmosphere
        self._coating = start_of(phases, material, catalogue)
        self._cathode = None if cathode is None else start_of(phases, cathode, catalogue)
        starts = [start for start in (self._coating, self._cathode) if start is not None]
        self._heater = Heater(phases, frozenset(e for start in starts for e in start.composition), atmosphere, without)
        self._without = list(without)

    @property
    def material(self) -> str:
        """The material, as it was asked for."""
        return self._coating.material

    def at(self, temperature_k: float) -> AnnealPoint:
        """Return the products at a temperature, alone and, if a cathode is given, on the cathode.

        Raises
        ------
        InputError
            If the temperature is outside the tables of free energies, or a gas of the furnace condenses.
        """
        hot = self._heater.at(temperature_k)
        return AnnealPoint(
            temperature_k=temperature_k,
            temperature_c=clean(temperature_k - KELVIN_AT_0_C),
            mu_o_ev=oxygen_chemical_potential_ev(temperature_k, self.atmosphere.oxygen_bar),
            alone=self._transformed(hot, self._coating),
            on_cathode=None if self._cathode is None else self._contact(hot, self._cathode),
        )

    def alone(self, temperature_k: float) -> Transformation:
        """Return the products of the material by itself; see :meth:`at`."""
        return self._transformed(self._heater.at(temperature_k), self._coating)

    def document(self, temperature_k: float) -> AnnealDocument:
        """Return the result of :meth:`at` with the oxidation steps, the conditions and the provenance."""
        point = self.at(temperature_k)
        fields = {name: getattr(point, name) for name in AnnealPoint.model_fields}
        return AnnealDocument(
            **fields,
            conditions=self.conditions,
            oxidation=self.oxidation(temperature_k),
            energies=self.phases.provenance,
        )

    def oxidation(self, temperature_k: float) -> list[OxidationStep]:
        """Return the products at each stage of slow oxidation, from the material itself to its final products.

        If oxygen comes slowly, the solid is in internal equilibrium at its momentary oxygen content before it is in
        equilibrium with the furnace. Gases leave at the pressure given for them. The list is empty if the material
        takes up no oxygen, or if the furnace holds other gases: their elements then have no potential of their own.
        """
        hot, start = self._heater.at(temperature_k), self._coating
        uptake = self._transformed(hot, start).taken_up_moles["O2"]
        if uptake <= 0.0 or self.atmosphere.gas_bar:
            return []
        oxidised = {**start.composition, "O": start.composition.get("O", 0.0) + 2.0 * uptake}
        system = hot.phases.system(self._heater.elements)
        line = system.line(system.vector(start.composition), system.vector(oxidised))
        before, after = start.atoms(system.elements), sum(oxidised.values())
        steps = []
        for k, t in enumerate(line.t.tolist()):
            atoms = 1.0 / ((1.0 - t) / before + t / after)  # atoms of one formula unit with the oxygen taken up so far
            products = named_moles(hot, line.mixture(k), system.elements, atoms)
            steps.append(
                OxidationStep(
                    oxygen_moles=clean((atoms - before) / 2.0),
                    mass_change_percent=_mass_change(products, start),
                    products=products,
                )
            )
        return steps

    @property
    def conditions(self) -> Conditions:
        """The conditions in the furnace, and the sources of the free energies."""
        return Conditions(
            oxygen_bar=self.atmosphere.oxygen_bar,
            gas_bar=dict(self.atmosphere.gas_bar),
            product_gas_bar=self.atmosphere.product_bar,
            without=self._without,
            stable_within_ev_per_closed_atom=annealing_data().stable_within_ev_per_closed_atom.value,
            undecided_within_ev_per_closed_atom=annealing_data().undecided_within_ev_per_closed_atom.value,
            solids=SOLIDS,
            gases=self._heater.sources,
            gases_left_out=self._heater.left_out,
        )

    def _transformed(self, hot: HotPhases, start: Start) -> Transformation:
        system = hot.phases.system(self._heater.elements, hot.reservoir)
        mixture = system.mixture(start.composition)
        closed_atoms, atoms = start.atoms(system.closed), start.atoms(system.elements)
        products = named_moles(hot, mixture, system.closed, closed_atoms)
        taken_up = self._taken_up(start.composition, products)
        energy = clean(mixture.energy - self._grand_energy(hot, start) / closed_atoms)
        before: dict[str, float] = {}
        for name, share in start.phases.items():
            before[name] = clean(share * atoms / sum(parse_formula(name).values()))
        return Transformation(
            material=start.material,
            formula=start.formula,
            start=before,
            start_from=start.origin,
            products=products,
            reaction=equation([(1.0, start.formula)], products, taken_up),
            taken_up_moles=taken_up,
            mass_change_percent=_mass_change(products, start),
            reaction_ev_per_closed_atom=energy,
            verdict=verdict_on(energy),
        )

    def _grand_energy(self, hot: HotPhases, start: Start) -> float:
        """Return the grand potential of a material before it reacts, eV per formula unit."""
        return hot.free_energy_ev(start) - sum(
            mu * start.composition.get(e, 0.0) for e, mu in hot.reservoir.mu_relative_ev.items()
        )

    def _contact(self, hot: HotPhases, cathode: Start) -> Contact:
        profile = Interface(hot.phases, self._coating.formula, cathode.formula, hot.reservoir).profile()
        lowest = profile.lowest_mutual
        energy = clean(profile.mutual[lowest])
        reacts = energy < 0.0
        coating_moles, cathode_moles = _moles(profile, lowest, self._coating, cathode)
        molar = coating_moles / (coating_moles + cathode_moles)
        rich = _moles(profile, 1, self._coating, cathode)
        return Contact(
            cathode=cathode.material,
            formula=cathode.formula,
            mutual_ev_per_closed_atom=energy,
            verdict=verdict_on(energy),
            x_molar=clean(molar) if reacts else None,
            reaction=self._together(hot, profile, lowest, cathode, (molar, 1.0 - molar)) if reacts else None,
            cathode_rich_reaction=(
                self._together(hot, profile, 1, cathode, (1.0, rich[1] / rich[0])) if reacts else None
            ),
            cathode_alone=self._transformed(hot, cathode),
        )

    def _together(
        self, hot: HotPhases, profile: InterfaceProfile, k: int, cathode: Start, moles: tuple[float, float]
    ) -> str:
        """Write the reaction of given moles of coating and cathode, in the ratio of a kink of the profile."""
        system = profile.line.system
        reactants = list(zip(moles, (self._coating, cathode), strict=True))
        both = {
            element: sum(n * start.composition.get(element, 0.0) for n, start in reactants)
            for element in system.elements
        }
        closed_atoms = sum(n * start.atoms(system.closed) for n, start in reactants)
        products = named_moles(hot, profile.line.mixture(k), system.closed, closed_atoms)
        return equation([(n, start.formula) for n, start in reactants], products, self._taken_up(both, products))

    def _taken_up(self, before: Mapping[str, float], products: Sequence[Product]) -> dict[str, float]:
        """Return the molecules of each gas of the furnace that are taken up: products minus initial amounts."""
        excess = {element: -amount for element, amount in before.items()}
        for product in products:
            for element, amount in atoms_of(product).items():
                excess[element] = excess.get(element, 0.0) + product.moles * amount
        taken_up = {}
        for element, gas in reversed(self.atmosphere.opened().items()):  # each gas adds one element to the earlier ones
            molecules = excess.get(element, 0.0) / gas.composition[element]
            for brought, amount in gas.composition.items():
                excess[brought] = excess.get(brought, 0.0) - molecules * amount
            taken_up[gas.name] = round(molecules, 6) + 0.0
        return dict(reversed(taken_up.items()))


def _mass_change(products: Sequence[Product], start: Start) -> float:
    return clean(100.0 * (solid_mass(products) / mass_of(start.composition) - 1.0))


def _moles(profile: InterfaceProfile, k: int, a: Start, b: Start) -> tuple[float, float]:
    """Return the formula units of A and of B per closed atom of the mixture, at a kink."""
    closed, x = profile.line.system.closed, float(profile.x[k])
    return x / a.atoms(closed), (1.0 - x) / b.atoms(closed)
