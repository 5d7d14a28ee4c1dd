"""A phase that was computed for a user: the structure as it was given, relaxed, and the energy it then has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monty.json import jsanitize
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import format_formula
from screening.common.errors import CalculationError, InputError
from screening.energies.potentials.models import ModelProvenance
from screening.energies.user.task_documents import FINISHED, VASP_SCALE, calculation_of
from screening.phases.phase import Phase
from screening.structures.files import describe_isolation, space_group
from screening.structures.records import PlainStructure

if TYPE_CHECKING:
    from pymatgen.core import Structure


class Relaxation(BaseModel):
    """How a structure was relaxed with a machine-learned potential."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: ModelProvenance = Field(description="weights that relaxed it, and versions")
    energy_model: ModelProvenance | None = Field(
        None, description="weights that the energy of the relaxed structure is from; null: those that relaxed it"
    )
    optimizer: str = Field(description="ASE's name of the optimizer")
    force_tolerance_ev_per_angstrom: float = Field(description="largest force, and stress times volume, at the end")
    most_steps: int = Field(description="steps after which it is given up")


class VaspCalculation(BaseModel):
    """The settings of the VASP calculation that an energy comes from, and the corrections the energy got."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vasp_version: str | None = Field(description="as VASP wrote it")
    functional: str = Field(description="PBE, or PBE+U")
    hubbard_u_ev: dict[str, float] = Field(description="U by element, eV; empty without")
    pseudopotentials: list[str] = Field(description="titles of the POTCARs")
    uncorrected_energy_ev_per_atom: float = Field(description="as VASP gave it, eV/atom")
    corrections_ev_per_atom: dict[str, float] = Field(description="MP2020 corrections by name, eV/atom")
    folder: str | None = Field(description="host and folder of the single point")


class UserPhase(BaseModel):
    """A computed phase with the structure that was given and the relaxed one, which tell it from other phases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phase: Phase = Field(description="relaxed, as it stands in a table")
    energy_as_given_ev_per_atom: float | None = Field(
        description="energy of the structure as it was given, eV/atom; null where it was not computed"
    )
    steps: int = Field(description="steps of the relaxation")
    relaxation: Relaxation | VaspCalculation = Field(description="how it was computed")
    given: PlainStructure = Field(description="the structure as it was given, pymatgen's form")
    relaxed: PlainStructure = Field(description="the structure relaxed")

    @property
    def lowering_ev_per_atom(self) -> float | None:
        """How far relaxing lowered the energy, eV/atom."""
        if self.energy_as_given_ev_per_atom is None:
            return None
        return self.energy_as_given_ev_per_atom - self.phase.energy_ev_per_atom


def relaxed_phase(
    name: str,
    given: Structure,
    relaxed: Structure,
    energy_as_given_ev_per_atom: float,
    energy_ev_per_atom: float,
    state: str,
    steps: int,
    relaxation: Relaxation,
) -> UserPhase:
    """Make a phase from a finished relaxation with a machine-learned potential.

    Parameters
    ----------
    name
        Identifier of the phase.
    given, relaxed
        The structure before and after it was relaxed.
    energy_as_given_ev_per_atom, energy_ev_per_atom
        Their energies.
    state
        State of the relaxation as its task document has it; ``"successful"`` if it converged.
    steps
        Steps of the relaxation.
    relaxation
        How it was relaxed.

    Raises
    ------
    CalculationError
        If the relaxation did not converge, or took the structure apart, so that its energy would be of no crystal.
    """
    if state != FINISHED:
        raise CalculationError(f"not converged in {relaxation.most_steps} steps: allow more with --steps")
    if reason := describe_isolation(relaxed):
        raise CalculationError(f"it fell apart when relaxed: {reason}")
    model, by = relaxation.model, relaxation.energy_model
    phase = Phase(
        id=name,
        formula=format_formula({el.symbol: amount for el, amount in relaxed.composition.items()}),
        energy_ev_per_atom=round(energy_ev_per_atom, 6),
        space_group=space_group(relaxed),
        volume_a3_per_atom=round(relaxed.volume / len(relaxed), 4),
        origin=f"relaxed by {model.model} ({model.package}, weights {model.weights_sha256[:12]}; {relaxation.optimizer}"
        f" to {relaxation.force_tolerance_ev_per_angstrom:g} eV/angstrom)"
        + (f"; energy by {by.model} ({by.package}, weights {by.weights_sha256[:12]})" if by else ""),
    )
    return UserPhase(
        phase=phase,
        energy_as_given_ev_per_atom=round(energy_as_given_ev_per_atom, 6),
        steps=steps,
        relaxation=relaxation,
        given=json.loads(given.to_json()),
        relaxed=json.loads(relaxed.to_json()),
    )


def vasp_phase(
    name: str,
    given: Structure,
    document: Mapping[str, Any],
    relaxation_states: Sequence[str],
    ionic_steps: Sequence[Sequence[Any]],
) -> UserPhase:
    """Make a phase from a finished single point by VASP, with MP2020 corrections.

    Parameters
    ----------
    name
        Identifier of the phase.
    given
        The structure before it was relaxed.
    document
        Task document of the single point, with its INCAR under ``incar``.
    relaxation_states
        State of each relaxation before it, as its task document has it.
    ionic_steps
        Ionic steps of each relaxation.

    Raises
    ------
    CalculationError
        If a calculation is unfinished or did not converge, its settings are not those that MP2020 corrections are for,
        or the relaxation took the structure apart.
    """
    plain = jsanitize({"document": document, "states": list(relaxation_states)}, strict=True, enum_values=True)
    for number, state in enumerate(plain["states"], start=1):
        if state != FINISHED:
            raise CalculationError(f"relaxation {number} did not finish or converge (state {state})")
    document = plain["document"]
    try:
        found = calculation_of({**document, "task_id": name})
    except InputError as error:
        raise CalculationError(str(error).removeprefix(f"{name}: ")) from None
    if found is None or found.entry is None or not found.static:
        raise CalculationError("no single point by VASP")
    if reason := VASP_SCALE.disagreement(found.scale):
        raise CalculationError(f"not on the scale of the Materials Project's PBE and PBE+U energies: {reason}")
    if (cutoff := float(document["incar"]["ENCUT"])) != _plane_waves_ev():
        raise CalculationError(f"computed with plane waves up to {cutoff:g} eV, not {_plane_waves_ev():g} eV")
    if reason := describe_isolation(found.structure):
        raise CalculationError(f"it fell apart when relaxed: {reason}")
    entry, n_atoms = found.entry, len(found.structure)
    corrections = {one.name: round(one.value / n_atoms, 6) for one in entry.energy_adjustments}
    hubbards = entry.parameters.get("hubbards") or {}
    functional = "PBE+U" if hubbards else "PBE"
    calculation = VaspCalculation(
        vasp_version=document.get("vasp_version"),
        functional=functional,
        hubbard_u_ev={symbol: float(u) for symbol, u in hubbards.items()},
        pseudopotentials=[str(one["titel"]) for one in entry.parameters["potcar_spec"]],
        uncorrected_energy_ev_per_atom=round(float(entry.uncorrected_energy_per_atom), 6),
        corrections_ev_per_atom=corrections,
        folder=document.get("dir_name"),
    )
    origin = (
        f"relaxed by VASP {calculation.vasp_version or ''}, {functional}, MP2020 corrections of "
        f"{sum(corrections.values()):.4f} eV/atom"
    )
    return UserPhase(
        phase=found.phase.model_copy(update={"origin": origin}),
        energy_as_given_ev_per_atom=None,
        steps=sum(map(len, ionic_steps)),
        relaxation=calculation,
        given=json.loads(given.to_json()),
        relaxed=json.loads(found.structure.to_json()),
    )


def _plane_waves_ev() -> float:
    """Return the plane-wave cutoff of the Materials Project's calculations, eV."""
    from pymatgen.io.vasp.sets import MPRelaxSet

    return float(MPRelaxSet.CONFIG["INCAR"]["ENCUT"])
