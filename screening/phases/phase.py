"""A known phase, and many phases column by column."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

CELL = "cell-"  # ids of ordered cells that stand for a disordered material begin so; see screening.cathodes.ordering


class Phase(BaseModel):
    """One known phase and its energy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, description="identifier in the source")
    formula: str = Field(description="formula; its amounts may be multiples of the reduced formula")
    energy_ev_per_atom: float = Field(description="energy on the set's scale, eV/atom")
    space_group: int | None = Field(None, description="space-group number")
    volume_a3_per_atom: float | None = Field(None, description="volume, cubic angstrom per atom")
    origin: str | None = Field(None, description="what gave this energy, where that is not the scale's own method")


class PhaseColumns(BaseModel):
    """Many phases as one list for each field: the form in which they are stored and computed with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: list[str] = Field(description="identifiers in the source")
    formula: list[str] = Field(description="formulas")
    energy_ev_per_atom: list[float] = Field(description="energies on the set's scale, eV/atom")
    space_group: list[int | None] = Field(description="space-group numbers")
    volume_a3_per_atom: list[float | None] = Field(description="volumes, cubic angstrom per atom")
    origin: list[str | None] = Field(description="what gave each energy, where that is not the scale's own method")

    @model_validator(mode="after")
    def _aligned(self) -> PhaseColumns:
        if len({len(getattr(self, name)) for name in type(self).model_fields}) > 1:
            raise ValueError("the columns differ in length")
        return self
