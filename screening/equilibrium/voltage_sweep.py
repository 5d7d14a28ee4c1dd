"""How two materials react at each of several voltages, open to lithium or to another working ion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from screening.chemistry.economics import molar_mass
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import CalculationError, InputError
from screening.common.provenance import Result
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import OpenReaction
from screening.equilibrium.reactant import clean
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike
from screening.phases.phase_set import PhaseSet
from screening.text.tabular import Documents, Tabular

FARADAY_MAH_PER_MOL = 26801.4814  # charge of a mole of electrons: 96485.33212 C/mol (CODATA 2018) over 3.6 C/mAh


class OpenReactionAtVoltage(OpenReaction):
    """The minima of an interface that is open to the working ion at a voltage."""

    voltage_v: float = Field(description="V against the ion's metal, Li/Li+ for lithium")
    capacity_mah_per_g: float = Field(
        description="charge exchanged at the minimum of the mutual energy per mass of the reactants, mAh/g; + where "
        "the ion is taken up, as in discharging"
    )


class VoltageSweepDocument(Tabular, Result):
    """An interface open to a working ion, at several voltages."""

    ion: str = Field(description="element of the working ion")
    couple: str = Field(description="what voltages are counted against, such as Li/Li+")
    a: str = Field(description="formula of A")
    b: str = Field(description="formula of B")
    points: list[OpenReactionAtVoltage] = Field(description="the minima at each voltage, in the order asked for")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the points."""
        return Documents(self.points).rows()


def voltage_sweep(
    phases: PhaseSet,
    a: MaterialLike,
    b: MaterialLike,
    voltages_v: Sequence[float],
    ion: str = LITHIUM,
    reservoir: Reservoir | None = None,
) -> VoltageSweepDocument:
    """Compute the reactions of two materials in contact at several voltages.

    Parameters
    ----------
    phases
        The energies; the ion's element must be among them.
    a, b
        Materials, as for :class:`~screening.equilibrium.interface.Interface`.
    voltages_v
        Voltages, 0 or more.
    ion
        Element of the working ion.
    reservoir
        Other elements that are exchanged, such as oxygen; none by default.

    Raises
    ------
    InputError
        As for :class:`~screening.equilibrium.interface.Interface`, and if there is no voltage or one is negative.
    """
    if not voltages_v:
        raise InputError("a sweep needs at least one voltage")
    points = []
    for voltage in voltages_v:
        held = Reservoir.at_voltage(voltage, ion)
        interface = Interface(phases, a, b, held if reservoir is None else held.joined(reservoir))
        reaction = interface.reaction()
        if not isinstance(reaction, OpenReaction):
            raise CalculationError("an interface with a reservoir is open")
        capacity = _capacity_mah_per_g(interface, reaction, ion)
        points.append(OpenReactionAtVoltage(**dict(reaction), voltage_v=voltage, capacity_mah_per_g=capacity))
    return VoltageSweepDocument(
        energies=phases.provenance,
        ion=ion,
        couple=ion_of(ion).couple,
        a=interface.a.name,
        b=interface.b.name,
        points=points,
    )


def _capacity_mah_per_g(interface: Interface, reaction: OpenReaction, ion: str) -> float:
    """Return the charge exchanged per mass of the reactants at the minimum of the mutual energy."""
    closed, x = interface.system.closed, reaction.mutual.x
    per_closed_atom = [molar_mass(one.composition) / one.amount(closed) for one in (interface.a, interface.b)]
    mass = x * per_closed_atom[0] + (1.0 - x) * per_closed_atom[1]
    return clean(reaction.mutual.exchanged[ion] * ion_of(ion).charge * FARADAY_MAH_PER_MOL / mass)
