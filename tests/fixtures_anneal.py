"""A few phases with measured enthalpies of formation and volumes, small enough to follow by hand."""

from __future__ import annotations

from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

KJ_PER_MOL_PER_EV = 96.48533212
SCALE = EnergyScale(name="measured", version="1", functional="measured enthalpies of formation", correction="none")
# kJ per mole of the formula: CRC Handbook, NIST-JANAF and NBS tables; of condensed gases as in the data of gases
ENTHALPIES = {
    "Li2O": -597.9,
    "Li2CO3": -1215.9,
    "CO2": -418.7,
    "SO2": -327.9,
    "SO3": -454.5,
    "P2O5": -3009.94 / 2,
    "Li2SO4": -1436.5,
    "Li3PO4": -2095.8,
    "LiPO3": -1254.8,
    "Li2S": -441.4,
    "CaO": -634.9,
    "CaCO3": -1207.6,
    "LiCl": -408.6,
    "Li2O2": -632.6,
    "Al2O3": -1675.7,
    "AlCl3": -704.2,
}
VOLUME = 11.0  # cubic angstrom per atom; every one the same: its part of a free energy is small


def small_set(volume: float | None = VOLUME, **enthalpies: float) -> PhaseSet:
    """Phases of measured enthalpies, some of them changed, and the elements."""
    values = {**ENTHALPIES, **enthalpies}
    elements = sorted({element for formula in values for element in parse_formula(formula)})
    phases = [Phase(id=e, formula=e, energy_ev_per_atom=0.0, volume_a3_per_atom=volume) for e in elements]
    for formula, enthalpy in values.items():
        energy = enthalpy / KJ_PER_MOL_PER_EV / sum(parse_formula(formula).values())
        phases.append(Phase(id=f"m-{formula}", formula=formula, energy_ev_per_atom=energy, volume_a3_per_atom=volume))
    return PhaseSet(SCALE, phases)
