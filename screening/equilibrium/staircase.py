"""The lithium that a material holds at each voltage: every reaction by which it takes up or gives up lithium.

Sodium, potassium or magnesium may take the place of lithium.

Between two steps the mixture of phases does not change. A step is written in the direction of charging, giving up
lithium as the voltage rises.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.formulas import parse_formula
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.equilibrium.ion_path import IonPath, IonState, ion_paths
from screening.equilibrium.reactant import Reactant, clean, reaction_text
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet
from screening.text.tabular import Documents, Tabular

HIGHEST_VOLTAGE_V = 5.0  # what batteries are charged to at most
_GASES = frozenset({"H2", "N2", "O2", "F2", "Cl2"})  # they leave; their volumes in the energies are those of crystals


class Step(BaseModel):
    """One reaction, at one voltage."""

    model_config = ConfigDict(extra="forbid")

    voltage_v: float = Field(description="V against the ion's metal, Li/Li+ for lithium")
    ions_below: float = Field(description="ions held just below this voltage, in the amount of one formula unit")
    ions_above: float = Field(description="and just above it")
    energy_ev_per_formula_unit: float = Field(
        description="energy taken up by giving the ions of this step to their metal, eV per formula unit"
    )
    products_below: dict[str, float] = Field(description="phases below: fraction in each of the atoms but the ion")
    products_above: dict[str, float] = Field(description="phases above")
    reaction: str = Field(description="balanced equation in formula units")
    volume_below_a3: float | None = Field(
        description="volume of the solids below, cubic angstrom per formula unit; null where one's is unknown"
    )
    volume_above_a3: float | None = Field(description="volume of the solids above")
    volume_change_percent: float | None = Field(description="change of it from below to above, %")


class StaircaseDocument(Tabular, Result):
    """All reactions of a material with its working ion between two voltages, by rising voltage.

    For a metastable material they are those of the mixture of phases that it would decompose into.
    """

    formula: str = Field(description="the formula asked for")
    ion: str = Field(description="element of the working ion")
    couple: str = Field(description="what voltages are counted against, such as Li/Li+")
    lowest_v: float = Field(description="voltages from here, V")
    highest_v: float = Field(description="to here")
    steps: list[Step] = Field(description="each reaction")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the steps."""
        return Documents(self.steps).rows()


def lithium_staircase(
    phases: PhaseSet,
    formula: MaterialLike,
    lowest_v: float = 0.0,
    highest_v: float = HIGHEST_VOLTAGE_V,
    ion: str = LITHIUM,
) -> StaircaseDocument:
    """Compute every reaction by which a material takes up or gives up lithium, or another working ion.

    Parameters
    ----------
    phases
        The energies; the metal of the ion must be among them.
    formula
        Any composition of the elements but the ion alone, as :func:`~screening.materials.names.material_text` reads it.
    lowest_v, highest_v
        Voltages between which steps are listed.
    ion
        Element of the working ion.

    Raises
    ------
    InputError
        If the formula is the ion's element, cannot be read, or holds an element without energies, or the voltages do
        not rise.
    """
    if not 0.0 <= lowest_v < highest_v < math.inf:
        raise InputError(f"voltages rise from 0 or more: not {lowest_v:g} to {highest_v:g} V")
    reactant, working = Reactant(phases, material_text(phases, formula)), ion_of(ion)
    if set(reactant.composition) == {ion}:
        raise InputError(f"{working.word} takes up no {working.word}: name another material")
    richer, poorer = ion_paths(phases, reactant, working)
    steps = [*reversed(_steps(richer)), *([] if poorer is None else _steps(poorer))]
    return StaircaseDocument(
        energies=phases.provenance,
        formula=reactant.name,
        ion=ion,
        couple=working.couple,
        lowest_v=lowest_v,
        highest_v=highest_v,
        steps=[step for step in steps if lowest_v <= step.voltage_v <= highest_v],
    )


def _steps(path: IonPath) -> list[Step]:
    states = [path.state(kink) for kink in (0, *path.ends)]
    return [
        _step(path, voltage, *sorted(pair, key=lambda state: -state.ions))
        for voltage, pair in zip(path.voltages, pairwise(states), strict=True)
    ]


def _step(path: IonPath, voltage: float, below: IonState, above: IonState) -> Step:
    volume_below, volume_above = _volume(path.phases, below), _volume(path.phases, above)
    change = None if not volume_below or volume_above is None else clean(100.0 * (volume_above / volume_below - 1.0))
    given = below.ions - above.ions
    return Step(
        voltage_v=voltage,
        ions_below=clean(below.ions),
        ions_above=clean(above.ions),
        energy_ev_per_formula_unit=clean(path.ion.charge * voltage * given),
        products_below=below.products,
        products_above=above.products,
        reaction=_equation(path, below, above, given),
        volume_below_a3=volume_below,
        volume_above_a3=volume_above,
        volume_change_percent=change,
    )


def _equation(path: IonPath, below: IonState, above: IonState, given: float) -> str:
    formulas = [(path.phases.formula(position), atoms) for position, atoms in below.atoms.items()]
    reactants = [(atoms / sum(parse_formula(formula).values()), formula) for formula, atoms in sorted(formulas)]
    return reaction_text(reactants, above.products, path.closed, {path.ion.element: -given})


def _volume(phases: PhaseSet, state: IonState) -> float | None:
    """Return the volume of the solids, cubic angstrom in the amount of one formula unit; None if one is unknown."""
    total = 0.0
    for position, atoms in state.atoms.items():
        if phases.formula(position) in _GASES:
            continue
        volume = phases.table.volume(position)
        if volume is None:
            return None
        total += atoms * volume
    return clean(total)
