"""Hydrolysis and carbonation of a powder in air.

A material takes up as much water or carbon dioxide as lowers the free energy; nothing else of the air is taken up. The
reaction free energy is that of the lowest mixture of the material with an excess of the gas at its partial pressure,

``dG = min_products G(X + n gas) - G(X) - n mu(gas)``, n large enough that some gas is left,

with the free energies of :mod:`screening.heat.annealing.heating`. Gases that form leave at the pressure at which they
are noticed. It is equilibrium: a sulfide that would hydrolyse may last for hours in a dry room, and an oxide that would
take up carbon dioxide for years.
"""

from __future__ import annotations

from collections.abc import Mapping

from screening.common.errors import CalculationError
from screening.equilibrium.reactant import clean
from screening.heat.air.air_documents import AirStability, Exposure
from screening.heat.air.conditions import Air, assumed_air
from screening.heat.annealing.annealing_documents import Product
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.heating import Heater, HotPhases
from screening.heat.annealing.products import GAS, equation, mass_of, named_moles, solid_mass
from screening.heat.annealing.start import Start, start_of
from screening.heat.annealing.verdicts import verdict_on
from screening.heat.free_energy import SOLIDS
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.thermochemistry.element_gibbs import LOWEST_K

ELEMENTS_OF_AIR = frozenset({"H", "C", "O"})  # which the energies must hold beside those of the material
_MOST_DOUBLINGS = 12
_LEFT = 1e-6  # molecules of a gas: less is a rounding error
_CM3_PER_MOL = 83.14462618 * LOWEST_K  # of an ideal gas at 1 bar: R in cm3 bar/(mol K)


def air_stability(
    phases: PhaseSet, material: str, air: Air | None = None, catalogue: Catalogue | None = None
) -> AirStability:
    """Say what a powder becomes in humid air, and the gases that it gives off.

    Parameters
    ----------
    phases
        The energies at 0 K, with hydrogen and carbon.
    material
        A name from the catalogue, or a notation of :mod:`screening.chemistry.notation`.
    air
        The air; by default that of ``data/air.yaml`` at 25 C.
    catalogue
        The catalogue that holds the names; by default the packaged one.

    Raises
    ------
    InputError
        If a name is unknown, an element has no energies, the temperature is outside the tables, water condenses, or
        the energies hold no condensed H2O or CO2.
    """
    air = air or Air()
    air.check()
    start = start_of(phases, material, catalogue or Catalogue.load())
    water, carbon_dioxide = ({name: bar} for name, bar in air.gas_bar.items())
    in_water, in_carbon_dioxide, in_both = (
        Heater(phases, frozenset(start.composition), _atmosphere(air, gas_bar))
        for gas_bar in (water, carbon_dioxide, air.gas_bar)
    )
    return AirStability(
        energies=phases.provenance,
        material=start.material,
        formula=start.formula,
        air=air,
        hydrolysis=_exposed(in_water, start, air.temperature_k),
        carbonation=_exposed(in_carbon_dioxide, start, air.temperature_k),
        humid_air=_exposed(in_both, start, air.temperature_k),
        solids=SOLIDS,
        gases=in_both.sources,
        gases_left_out=in_both.left_out,
    )


def _atmosphere(air: Air, gas_bar: Mapping[str, float]) -> Atmosphere:
    return Atmosphere(assumed_air().oxygen_bar.value, gas_bar, air.product_gas_bar)


def _exposed(heater: Heater, start: Start, temperature_k: float) -> Exposure:
    hot, gas_bar = heater.at(temperature_k), heater.atmosphere.gas_bar
    atoms = sum(start.composition.values())
    products, added, energy = _saturated(hot, start, tuple(gas_bar))
    taken_up = {gas: clean(added - _moles(products, gas)) for gas in gas_bar}
    kept = [product for product in products if product.name not in map(_gaseous, gas_bar)]
    given_off = {p.name.removesuffix(GAS): p.moles for p in kept if p.state == "gas"}
    mass = mass_of(start.composition)
    return Exposure(
        gas_bar=dict(gas_bar),
        free_energy_ev_per_formula_unit=energy,
        free_energy_ev_per_atom=energy / atoms,
        verdict=verdict_on(energy / atoms),
        taken_up_moles=taken_up,
        given_off_moles=given_off,
        given_off_cm3_per_g={gas: n * _CM3_PER_MOL / mass for gas, n in given_off.items()},
        mass_change_percent=clean(100.0 * (solid_mass(kept) / mass - 1.0)),
        products=kept,
        reaction=equation([(1.0, start.formula)], kept, taken_up),
    )


def _saturated(hot: HotPhases, start: Start, gases: tuple[str, ...]) -> tuple[list[Product], float, float]:
    """Return the products with an excess of gases, the molecules of each that were added, and the free energy, eV."""
    by_name = {gas.name: gas for gas in hot.gases}
    first = len(hot.phases) - len(hot.gases)
    potentials = {
        name: float(hot.phases.formation_energies[first + i]) * sum(by_name[name].composition.values())
        for i, name in enumerate(gas.name for gas in hot.gases)
        if name in gases
    }
    before = hot.free_energy_ev(start)
    added = 2.0 * sum(start.composition.values())
    for _ in range(_MOST_DOUBLINGS):
        composition = dict(start.composition)
        for name in gases:
            for element, amount in by_name[name].composition.items():
                composition[element] = composition.get(element, 0.0) + added * amount
        system = hot.phases.system(composition)
        mixture = system.mixture(composition)
        total = sum(composition.values())
        products = named_moles(hot, mixture, system.elements, total)
        if all(_moles(products, name) > _LEFT for name in gases):
            energy = mixture.energy * total - before - added * sum(potentials.values())
            return products, added, min(clean(energy), 0.0)
        added *= 2.0
    raise CalculationError(f"{start.material} takes up more than {added:g} molecules of {' or '.join(gases)}")


def _moles(products: list[Product], gas: str) -> float:
    return sum(product.moles for product in products if product.name == _gaseous(gas))


def _gaseous(gas: str) -> str:
    return gas + GAS
