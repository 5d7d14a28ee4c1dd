"""What the page for any interface knows beside the energies, as documents."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from coatscreen.report.app.packed_phases import PackedLayout
from screening.common.provenance import EnergyProvenance, Software


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedMaterial(_Document):
    """A coating, an electrolyte or an anode of the catalogue."""

    names: list[str] = Field(description="its name and aliases")
    reactant: str = Field(description="in the notation of materials, with its energy above the hull")
    written: str = Field(description="the same without that energy")
    composite: list[str] | None = Field(description="its phases, if it is several side by side")


class NamedCathode(_Document):
    """A cathode of the catalogue."""

    names: list[str] = Field(description="its name and aliases")
    host: dict[str, float] = Field(description="amount of each element but the ion in a formula unit")
    ion: str = Field(description="its working ion")
    lithiations: dict[str, float] = Field(description="ions in a formula unit at each state of charge")
    voltages_v: dict[str, float] = Field(description="V against Li/Li+ at each state; empty for other ions")


class Names(_Document):
    """The names that a user may type."""

    materials: list[NamedMaterial] = Field(description="what is one composition")
    cathodes: list[NamedCathode] = Field(description="what has states of charge")
    like_formulas: dict[str, str] = Field(description="names that could be read as formulas, and what they mean")


class ElementData(_Document):
    """What is needed of an element to write formulas and to balance charges."""

    electronegativity: float | None = Field(description="Pauling's; null where it has none")
    lowest: int | None = Field(description="lowest oxidation state")
    highest: int | None = Field(description="highest oxidation state")
    kind: str = Field(description="metal, nonmetal, metalloid or s-block")


class AppData(_Document):
    """All that the page knows beside the energies."""

    energies: EnergyProvenance = Field(description="the energies")
    energies_error: list[str] = Field(description="what is known of their errors, in sentences")
    software: Software = Field(description="the program that made the page")
    command: str = Field(description="the command that makes it again")
    made: str = Field(description="when it was made, UTC")
    layout: PackedLayout = Field(description="how the energies are packed")
    names: Names = Field(description="the names of the catalogue")
    elements: dict[str, ElementData] = Field(description="the elements")
