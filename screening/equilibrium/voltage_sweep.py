"""How two materials react at each of several voltages, open to lithium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.common.tabular import Documents, Tabular
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import OpenReaction
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike
from screening.phases.phase_set import PhaseSet


class OpenReactionAtVoltage(OpenReaction):
    """The minima of an interface that is open to lithium at a voltage."""

    voltage_v: float = Field(description="V against Li/Li+")


class VoltageSweepDocument(Tabular, Result):
    """An interface open to lithium, at several voltages."""

    a: str = Field(description="formula of A")
    b: str = Field(description="formula of B")
    points: list[OpenReactionAtVoltage] = Field(description="the minima at each voltage, in the order asked for")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the points."""
        return Documents(self.points).rows()


def voltage_sweep(
    phases: PhaseSet, a: MaterialLike, b: MaterialLike, voltages_v: Sequence[float]
) -> VoltageSweepDocument:
    """Compute the reactions of two materials in contact at several voltages.

    Parameters
    ----------
    phases
        The energies; lithium must be among them.
    a, b
        Materials, as for :class:`~screening.equilibrium.interface.Interface`.
    voltages_v
        Voltages against Li/Li+, 0 or more.

    Raises
    ------
    InputError
        As for :class:`~screening.equilibrium.interface.Interface`, and if there is no voltage or one is negative.
    """
    if not voltages_v:
        raise InputError("a sweep needs at least one voltage")
    points = []
    for voltage in voltages_v:
        interface = Interface(phases, a, b, Reservoir.lithium_voltage(voltage))
        points.append(OpenReactionAtVoltage(**dict(interface.reaction()), voltage_v=voltage))
    return VoltageSweepDocument(energies=phases.provenance, a=interface.a.name, b=interface.b.name, points=points)
