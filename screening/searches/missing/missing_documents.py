"""What is missing for a screening, as results say it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyProvenance, Result

Why = Literal["element", "material", "on the hull", "near the hull", "would decide"]
StructureFrom = Literal["structures file", "packaged cell", "Materials Project"]


class MissingPhase(BaseModel):
    """A phase whose energy is needed and not there."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(description="identifier among the packaged energies; null: no phase of it is known there")
    formula: str = Field(description="reduced formula; of an ordered cell, that of the material it stands for")
    space_group: int | None = Field(description="space-group number")
    why: Why = Field(
        description="a reference of an element; a material of the screening; a competing phase; or a phase whose "
        "energy would decide an order"
    )
    needed_for: list[str] = Field(description="elements, materials and contacts that need it")
    energy_above_hull_ev_per_atom: float | None = Field(
        description="among the packaged energies, eV/atom, never negative; null where no phase is known"
    )
    structure_from: StructureFrom | None = Field(description="where its structure was taken from; null: nowhere")
    file: str | None = Field(description="absolute path of the CIF written; null: none")
    hint: str | None = Field(description="where a structure can be had, if none was written")


class MissingEnergies(Result):
    """What is missing, the most needed first. The energies named are the packaged ones, by which the need is judged."""

    given: EnergyProvenance | None = Field(description="the energies that are there; null: none")
    within_mev_per_atom: float = Field(description="competing phases up to this energy above the hull are needed")
    systems: list[str] = Field(description="chemical systems of the contacts")
    n_needed: int = Field(description="phases needed")
    n_present: int = Field(description="of them in the energies given")
    missing: list[MissingPhase] = Field(description="the others")
