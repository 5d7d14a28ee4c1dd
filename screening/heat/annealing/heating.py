"""The phases of a chemical system at temperature: solids and gases on one scale of free energies.

The zero of the scale is each element in its standard state at 1 bar. The free energies of solids come from
:mod:`screening.heat.free_energy`, those of the elements' gases from tables. A gas that is a compound is counted from
its condensed form: that form's energy in the set, plus the measured difference between the gas and its condensed form.

The reason is an error in the packaged energies, which are 1 to 1.6 eV too low for each oxidised sulfur or carbon atom,
in the molecule and in its salts alike (CO2 0.9, Li2CO3 0.9; SO3 1.6, Li2SO4 1.2, Na2S2O7 1.4). With the measured energy
of the molecule alone, each molecule given off would carry the error of the salt that it leaves: CaCO3 would decompose
under 1 bar at 1719 C. Measured is 895 C; with the error in both it is 1079 C.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from screening.chemistry.charges import charge_range
from screening.chemistry.compositions import AMOUNT_TOLERANCE
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.start import Start
from screening.heat.free_energy import formation_free_energies_ev
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable, element_numbers
from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV, Gas, known_gases, pressure_part_ev

PEROXIDES = "peroxides"
_ROUNDING_EV = 1e-9


@dataclass(frozen=True)
class HotPhases:
    """The phases of a chemical system at one temperature in one atmosphere, gases among them.

    Attributes
    ----------
    phases
        Solids first, then gases. Their energies are Gibbs energies of formation, eV/atom; gases at partial pressure.
    reservoir
        The open elements; each potential is relative to the element's reference among these phases.
    gases
        The gases, in their order in `phases`.
    """

    phases: PhaseSet
    reservoir: Reservoir
    gases: tuple[Gas, ...]

    def gas(self, position: int) -> Gas | None:
        """Return the gas at a position; None for a solid."""
        first = len(self.phases) - len(self.gases)
        return self.gases[position - first] if position >= first else None

    def lowest(self, formula: str) -> int | None:
        """Return the lowest phase of a composition, or None. Gases count only if the composition is an element."""
        composition = parse_formula(formula)
        found = self.phases.polymorphs(composition)
        return next((p for p in found if len(composition) == 1 or self.gas(p) is None), None)

    def free_energy_ev(self, start: Start) -> float:
        """Return the Gibbs energy of formation of a material before it reacts, eV per formula unit.

        Raises
        ------
        InputError
            If a phase it consists of is left out or a gas.
        """
        per_atom = start.above_ev
        for formula, share in start.phases.items():
            if (position := self.lowest(formula)) is None:
                raise InputError(f"{start.material}: no solid {formula} is among the phases, it is left out or a gas")
            per_atom += share * float(self.phases.formation_energies[position])
        return per_atom * sum(start.composition.values())


class Heater:
    """The phases of a chemical system, ready to be heated in an atmosphere.

    The solids are all compounds of the system, except those that are only gases above room temperature, and the
    reference phase of each element that is a solid.

    Parameters
    ----------
    phases
        The energies at 0 K.
    elements
        Elements of the reactants; those of the atmosphere are added.
    atmosphere
        The gas in the furnace.
    without
        Phases that are assumed not to form, because they form too slowly (SO3 without a catalyst) or because their
        energy is doubtful. Gases are named by their molecule, solids by their formula. `peroxides` names all solids
        in which the oxidation state of oxygen must be above -2: these are peroxides, but also cells with vacant cations
        and holes on oxygen.

    Attributes
    ----------
    elements
        All elements of the system.
    sources
        Where the free energy of each gas comes from.
    left_out
        Gases that could form, but whose condensed form the energies do not hold.

    Raises
    ------
    InputError
        If an element has no energies, a gas of the furnace is among those left out, or a phase to be left out is
        unknown or the only one of its element.
    """

    def __init__(
        self, phases: PhaseSet, elements: frozenset[str], atmosphere: Atmosphere, without: Sequence[str] = ()
    ) -> None:
        self.atmosphere = atmosphere
        self.elements = elements.union(*(gas.composition for gas in atmosphere.opened().values()))
        phases.require(sorted(self.elements))
        self._scale = phases.scale
        condensed = {gas.name: phases.polymorphs(gas.composition) for gas in known_gases() if gas.condensed}
        possible = [gas for gas in known_gases() if self.elements.issuperset(gas.composition)]
        self.left_out = [gas.name for gas in possible if gas.condensed and not condensed[gas.name]]
        if held := set(atmosphere.gas_bar).intersection(self.left_out):
            raise InputError(
                f"the energies {phases.scale.name!r} hold no condensed {held.pop()}, which its gas is counted from"
            )
        if held := set(atmosphere.gas_bar).intersection(without):
            raise InputError(f"the gas {held.pop()} is both in the furnace and left out")
        self._gases = tuple(gas for gas in possible if gas.name not in (*self.left_out, *without))
        self._shifts: dict[str, float] = {}
        self.sources: dict[str, str] = {}
        for gas in self._gases:
            self.sources[gas.name] = "tables of the element"
            if gas.condensed is not None:
                lowest = condensed[gas.name][0]
                computed = float(phases.formation_energies[lowest]) * sum(gas.composition.values())
                self._shifts[gas.name] = computed - gas.condensed.enthalpy_kj_per_mol / KJ_PER_MOL_PER_EV
                self.sources[gas.name] = (
                    f"computed energy of condensed {gas.name} ({phases.table.id(lowest)}), tables from there"
                )
        only_gas = {
            p for gas in known_gases() if gas.condensed and not gas.condensed.is_phase for p in condensed[gas.name]
        }
        named = (_solids_named(phases, name) for name in without if name != PEROXIDES)
        self._arrange(phases, only_gas.union(*named), PEROXIDES in without)

    def _arrange(self, phases: PhaseSet, dropped: set[int], without_peroxides: bool) -> None:
        """Put the solids and gases into one table."""
        lowest = {element: phases.polymorphs({element: 1.0})[0] for element in self.elements}
        gaseous = {next(iter(gas.composition)): i for i, gas in enumerate(self._gases) if gas.is_standard_state}
        references = {position for element, position in lowest.items() if element not in gaseous}
        inside = phases.table.inside(self.elements)
        compound = np.diff(phases.table.starts)[inside] > 1
        if without_peroxides:
            dropped = dropped.union(p for p in inside.tolist() if oxygen_above_minus_two(phases.table.composition(p)))
        kept = [
            int(position)
            for position, is_compound in zip(inside.tolist(), compound.tolist(), strict=True)
            if (position not in dropped if is_compound else position in references)
        ]
        self._solids = phases.table.take(np.array(kept, dtype=np.intp))
        self._formation = phases.formation_energies[kept]
        self._table = _joined(self._solids, self._gases)

    def at(self, temperature_k: float) -> HotPhases:
        """Return the phases at a temperature, with their free energies and the potentials of the open elements.

        Raises
        ------
        InputError
            If the temperature is outside the tables, a compound has no volume, or a gas of the furnace condenses.
        """
        solids = formation_free_energies_ev(self._solids, self._formation, temperature_k)
        gases = {gas.name: self._gas_energy(gas, temperature_k) for gas in self._gases}
        per_atom = [gases[gas.name] / sum(gas.composition.values()) for gas in self._gases]
        scale = self._scale.model_copy(update={"name": f"{self._scale.name}, free energies at {temperature_k:g} K"})
        hot = PhaseSet.from_table(scale, replace(self._table, energies=np.concatenate([solids, per_atom])))
        reference = dict(zip(hot.elements, hot.references.tolist(), strict=True))
        held: dict[str, float] = {}
        for element, gas in self.atmosphere.opened().items():
            others = sum(n * held[e] for e, n in gas.composition.items() if e != element)
            held[element] = (gases[gas.name] - others) / gas.composition[element]
            if held[element] > reference[element] + _ROUNDING_EV:
                pressure = self.atmosphere.pressure_bar(gas)
                raise InputError(f"{gas.name} at {pressure:g} bar and {temperature_k:g} K condenses to {element}")
        relative = {element: min(mu - reference[element], 0.0) for element, mu in held.items()}
        return HotPhases(hot, Reservoir(relative), self._gases)

    def _gas_energy(self, gas: Gas, temperature_k: float) -> float:
        """Return the Gibbs energy of formation of a gas at its partial pressure, eV per molecule."""
        pressure_part = pressure_part_ev(temperature_k, self.atmosphere.pressure_bar(gas))
        return gas.formation_free_energy_ev(temperature_k) + self._shifts.get(gas.name, 0.0) + pressure_part


def oxygen_above_minus_two(composition: Mapping[str, float]) -> bool:
    """Return whether oxygen must be above -2 in a compound, even with all other elements in their highest states."""
    if len(composition) == 1 or "O" not in composition:
        return False
    charge = charge_range(composition, {"O": (-2.0, -2.0)})
    return charge is not None and charge[1] < -AMOUNT_TOLERANCE * sum(composition.values())


def _solids_named(phases: PhaseSet, name: str) -> list[int]:
    """Return the positions of the solids with a formula that is to be left out; none if it is a gas."""
    if len(composition := parse_formula(name)) == 1:
        raise InputError(f"{name} cannot be left out: it is an element")
    if name in (gases := [gas.name for gas in known_gases()]):
        return []
    if not (found := phases.polymorphs(composition)):
        raise InputError(f"no phase {name} is known that could be left out{nearest(name, gases)}")
    return found


def _joined(solids: PhaseTable, gases: tuple[Gas, ...]) -> PhaseTable:
    """Return the solids followed by the gases, whose energies are still zero."""
    compositions = [gas.composition for gas in gases]
    nothing = np.zeros(len(gases))
    return PhaseTable(
        ids=np.concatenate([solids.ids, np.array([f"gas {gas.name}".encode() for gas in gases])]),
        starts=np.concatenate([solids.starts, solids.starts[-1] + np.cumsum([len(c) for c in compositions])]),
        numbers=np.concatenate([solids.numbers, element_numbers(e for c in compositions for e in c).astype(np.uint8)]),
        amounts=np.concatenate([solids.amounts, [amount for c in compositions for amount in c.values()]]),
        energies=np.concatenate([solids.energies, nothing]),
        space_groups=np.concatenate([solids.space_groups, nothing.astype(np.int16)]),
        volumes=np.concatenate([solids.volumes, nothing + np.nan]),
        formulas=None if solids.formulas is None else [*solids.formulas, *(gas.name for gas in gases)],
        origins=None if solids.origins is None else [*solids.origins, *(None for _ in gases)],
    )
