"""A phase of the user's own: a structure as it was given, relaxed, and the energy it then has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from screening.composition import format_formula
from screening.energy_journal import ModelProvenance
from screening.errors import CalculationError
from screening.own_structures import describe_isolation, space_group
from screening.phase import Phase

if TYPE_CHECKING:
    from pymatgen.core import Structure


class Relaxation(BaseModel):
    """How a structure was relaxed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: ModelProvenance = Field(description="weights and versions")
    optimizer: str = Field(description="ASE's name of the optimizer")
    force_tolerance_ev_per_angstrom: float = Field(description="largest force, and stress times volume, at the end")
    most_steps: int = Field(description="steps after which it is given up")


class OwnPhase(BaseModel):
    """A phase with both of its structures: what it is told apart by from other phases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phase: Phase = Field(description="relaxed, as it stands in a table")
    energy_as_given_ev_per_atom: float = Field(description="energy of the structure as it was given, eV/atom")
    steps: int = Field(description="steps of the relaxation")
    relaxation: Relaxation = Field(description="how it was relaxed")
    given: dict[str, Any] = Field(description="the structure as it was given, pymatgen's form")
    relaxed: dict[str, Any] = Field(description="the structure relaxed")

    @property
    def lowering_ev_per_atom(self) -> float:
        """How far relaxing lowered the energy, eV/atom."""
        return self.energy_as_given_ev_per_atom - self.phase.energy_ev_per_atom


def own_phase(
    name: str,
    given: Structure,
    relaxed: Structure,
    energy_as_given_ev_per_atom: float,
    energy_ev_per_atom: float,
    converged: bool,
    steps: int,
    relaxation: Relaxation,
) -> OwnPhase:
    """Make a phase of a finished relaxation.

    Raises
    ------
    CalculationError
        If the relaxation did not converge, or took the structure apart: its energy would stand for nothing.
    """
    if not converged:
        raise CalculationError(f"not converged in {relaxation.most_steps} steps: allow more with --steps")
    if reason := describe_isolation(relaxed):
        raise CalculationError(f"it fell apart when relaxed: {reason}")
    model = relaxation.model
    phase = Phase(
        id=name,
        formula=format_formula({el.symbol: amount for el, amount in relaxed.composition.items()}),
        energy_ev_per_atom=round(energy_ev_per_atom, 6),
        space_group=space_group(relaxed),
        volume_a3_per_atom=round(relaxed.volume / len(relaxed), 4),
        origin=f"relaxed by {model.model} ({model.package}, weights {model.weights_sha256[:12]}; {relaxation.optimizer}"
        f" to {relaxation.force_tolerance_ev_per_angstrom:g} eV/angstrom)",
    )
    return OwnPhase(
        phase=phase,
        energy_as_given_ev_per_atom=round(energy_as_given_ev_per_atom, 6),
        steps=steps,
        relaxation=relaxation,
        given=json.loads(given.to_json()),
        relaxed=json.loads(relaxed.to_json()),
    )
