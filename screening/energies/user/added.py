"""The outcome of adding structures to a user table: added, skipped or failed."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import Result
from screening.energies.packaged.doubtful_phases import GuardRules
from screening.energies.user.user_phase import UserPhase, VaspCalculation
from screening.phases.phase_set import PhaseSet


class AddedPhase(BaseModel):
    """A structure that was added to the table, compared with the packaged energies."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="file of the structure")
    id: str = Field(description="identifier of the phase in the table")
    formula: str = Field(description="reduced formula")
    space_group: int | None = Field(description="space-group number, relaxed")
    energy_ev_per_atom: float = Field(description="energy relaxed, eV/atom")
    lowering_ev_per_atom: float | None = Field(
        description="energy as given less energy relaxed, eV/atom; null by VASP, which is not asked for the former"
    )
    correction_ev_per_atom: float | None = Field(description="MP2020 corrections, eV/atom; null by CHGNet")
    energy_above_hull_ev_per_atom: float | None = Field(
        description="energy against the best mixture of packaged phases, eV/atom; negative: below their hull; null by "
        "VASP, whose scale has no packaged phases"
    )
    known_id: str | None = Field(description="lowest packaged phase of this composition; null where there is none")
    above_known_ev_per_atom: float | None = Field(description="energy against that phase's, eV/atom")
    steps: int = Field(description="frames of the relaxation, the structure as given included")


class SkippedStructure(BaseModel):
    """A structure that is not added, because the same crystal is in the table or was given before."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="file of the structure")
    same_as: str = Field(description="the phase of the table, or the file, that is the same crystal")


class AddedEnergies(Result):
    """The outcome of adding structures, one by one.

    The energies named are the packaged ones that the structures are compared with or, by VASP, those of the table.
    """

    table: str = Field(description="absolute path of the table")
    use_as: str = Field(description="the energies that hold the packaged phases and the table's, for --energies")
    added: list[AddedPhase] = Field(description="structures added to the table")
    skipped: list[SkippedStructure] = Field(description="structures that were there")
    failed: dict[str, str] = Field(description="why, by file")
    notes: list[str] = Field(description="what is strange about a structure but does not forbid it")


def added_phase(file: str, computed: UserPhase, packaged: PhaseSet | None) -> AddedPhase:
    """Compare a computed phase with the packaged energies, if there are any on its scale."""
    phase, calculation, lowering = computed.phase, computed.relaxation, computed.lowering_ev_per_atom
    above_hull = known_id = above_known = None
    if packaged is not None:
        composition = parse_formula(phase.formula)
        place = {symbol: i for i, symbol in enumerate(packaged.elements)}
        formation = phase.energy_ev_per_atom - float(
            np.sum([x * packaged.references[place[symbol]] for symbol, x in atomic_fractions(composition).items()])
        )
        above_hull = round(formation - packaged.system(composition).mixture(composition).energy, 6)
        if known := packaged.polymorphs(composition):
            known_id = packaged.phase(known[0]).id
            above_known = round(phase.energy_ev_per_atom - float(packaged.energies[known[0]]), 6)
    return AddedPhase(
        file=file,
        id=phase.id,
        formula=phase.formula,
        space_group=phase.space_group,
        energy_ev_per_atom=phase.energy_ev_per_atom,
        lowering_ev_per_atom=None if lowering is None else round(lowering, 6),
        correction_ev_per_atom=(
            round(sum(calculation.corrections_ev_per_atom.values()), 6)
            if isinstance(calculation, VaspCalculation)
            else None
        ),
        energy_above_hull_ev_per_atom=above_hull,
        known_id=known_id,
        above_known_ev_per_atom=above_known,
        steps=computed.steps,
    )


def remarks(file: str, formula: str) -> list[str]:
    """Return what is unusual about a composition, one line each; it is computed all the same."""
    reason = check_charge_balance(parse_formula(formula))
    return [f"{file}: {reason}"] if reason else []


def depth_remark(added: AddedPhase) -> list[str]:
    """Return a warning if a phase lies further below the packaged hull than any real compound would."""
    limit = GuardRules().depth_ev_per_atom
    above = added.energy_above_hull_ev_per_atom
    if above is None or above >= -limit:
        return []
    return [
        f"{added.file}: {added.formula} lies {-above:.3f} eV/atom below all packaged "
        f"phases, further than any real compound (limit of the guard: {limit:g}): the model is likely wrong there"
    ]
