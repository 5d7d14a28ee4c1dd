"""Whether other packaged energies have another phase of a compound lowest: then its ground state here is doubtful.

CHGNet's energies put LiFePO4 into a structure of space group 9, 14 meV/atom below the olivine that nature has.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from screening.energies.potentials.models import SOURCES
from screening.energies.source import open_energies
from screening.phases.phase_set import PhaseSet

_DIFFERENT_EV_PER_ATOM = 1e-3  # phases closer than this are told apart by no energies


class OtherGroundState(BaseModel):
    """The lowest phase of a compound in other packaged energies."""

    model_config = ConfigDict(extra="forbid")

    energies: str = Field(description="the other energies, as --energies takes them")
    source_id: str = Field(description="identifier of the phase")
    space_group: int | None = Field(description="space-group number")
    below_there_ev_per_atom: float = Field(description="how far it lies below the lowest phase of here, there, eV/atom")
    above_here_ev_per_atom: float = Field(description="how far it lies above the lowest phase here, eV/atom")


def other_ground_states(phases: PhaseSet, composition: Mapping[str, float]) -> list[OtherGroundState]:
    """Return the phases that other packaged energies have lowest, of those that are known here too.

    Parameters
    ----------
    phases
        The energies in use.
    composition
        Amounts of the elements of a compound.

    Returns
    -------
    list of OtherGroundState
        One for each other set of packaged energies that knows the phase that is lowest here, and has another more than
        1 meV/atom below it.
    """
    known = {phases.table.id(i): i for i in phases.polymorphs(dict(composition))}
    if len(known) < 2:
        return []
    lowest, here = next(iter(known.items()))
    found = []
    for source in SOURCES:
        other = open_energies(source)
        if other.scale.functional == phases.scale.functional:
            continue
        energies = {other.table.id(i): float(other.energies[i]) for i in other.polymorphs(dict(composition))}
        shared = [name for name in energies if name in known]
        if lowest not in energies or energies[lowest] - energies[shared[0]] <= _DIFFERENT_EV_PER_ATOM:
            continue
        found.append(
            OtherGroundState(
                energies=source,
                source_id=shared[0],
                space_group=phases.table.space_group(known[shared[0]]),
                below_there_ev_per_atom=round(energies[lowest] - energies[shared[0]], 9),
                above_here_ev_per_atom=round(float(phases.energies[known[shared[0]]] - phases.energies[here]), 9),
            )
        )
    return found
