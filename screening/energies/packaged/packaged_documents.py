"""What is known of a table of energies: where it comes from, and what of it is not used."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyScale
from screening.energies.packaged.dft_check import DftCheck
from screening.energies.packaged.doubtful_phases import GuardRules
from screening.energies.potentials.models import ModelProvenance


class PackagedInfo(BaseModel):
    """Where a table of energies comes from and what was left out of it."""

    model_config = ConfigDict(extra="forbid")

    scale: EnergyScale = Field(description="what the energies were computed with")
    table_sha256: str = Field(description="SHA-256 of the table")
    date: str = Field(description="day the table was written, UTC")
    command: str = Field(description="command that writes this table from the structures")
    model: ModelProvenance = Field(description="model, weights and versions that computed the energies")
    packages: dict[str, str] = Field(description="versions of the packages that wrote the table")
    structures_file: str = Field(description="file the structures were read from")
    structures_sha256: str = Field(description="SHA-256 of that file")
    elements: list[str] = Field(description="elements covered")
    n_structures: int = Field(description="structures asked for: rows of the table")
    n_used: int = Field(description="phases used")
    n_compositions: int = Field(description="compositions among the phases used")
    n_excluded: dict[str, int] = Field(description="phases excluded by each rule of the guard")
    n_failed: int = Field(description="structures whose energy could not be computed")
    n_not_computed: int = Field(0, description="structures that were not computed yet: they are left out")
    elements_from_dft_ev_per_atom: dict[str, float] = Field(
        default_factory=dict,
        description="elements whose lowest energy is DFT's, as pymatgen packages it, and how far the model's were "
        "moved to it, eV/atom; all others have the model's",
    )
    guard: GuardRules = Field(description="the guard's parameters")
    dft_check: DftCheck = Field(description="formation energies of the phases used against DFT")


class UnusedStructure(BaseModel):
    """A structure of the table that is not used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="identifier in the source")
    formula: str = Field(description="reduced formula")
    space_group: int = Field(description="space-group number")
    energy_ev_per_atom: float | None = Field(description="energy, eV/atom; null where it could not be computed")
    status: str = Field(description="'excluded: rule: reason', 'failed: why' or 'not computed'")
