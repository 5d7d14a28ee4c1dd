"""Phases and the scale their energies are on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

CELL = "cell-"  # ids that begin so: ordered cells that stand for a disordered material, see screening.ordering
NOT_STATED = "not stated"  # a functional or correction that the source of the energies does not name


class EnergyScale(BaseModel):
    """What a set of energies was computed with. Energies of two scales are never combined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="name of the energies")
    version: str = Field(description="version of the table or database")
    functional: str = Field(description="electronic-structure method, or the model and what it was trained on")
    correction: str = Field(description="correction scheme the energies contain, or none")
    source: str = Field("", description="where the structures come from and under which licence")

    def disagreement(self, other: EnergyScale) -> str | None:
        """Say why energies of both must not stand in one set; None where both state the same scale."""
        for what in ("functional", "correction"):
            here, there = getattr(self, what), getattr(other, what)
            for scale, said in ((self, here), (other, there)):
                if said == NOT_STATED:
                    return f"{scale.name!r} does not state its {what}, so it is not known to be on the same scale"
            if here.casefold().split() != there.casefold().split():
                return f"two scales: the {what} of {self.name!r} is {here!r}, that of {other.name!r} is {there!r}"
        return None


class EnergyProvenance(EnergyScale):
    """The energies a result came from: part of every result."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    n_phases: int = Field(description="phases in the set")
    sha256: str = Field(description="hash of the phases, their energies and the scale")


class Phase(BaseModel):
    """One known phase."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, description="identifier in the source")
    formula: str = Field(description="formula; its amounts may be multiples of the reduced formula")
    energy_ev_per_atom: float = Field(description="energy on the set's scale, eV/atom")
    space_group: int | None = Field(None, description="space-group number")
    volume_a3_per_atom: float | None = Field(None, description="volume, cubic angstrom per atom")
    origin: str | None = Field(None, description="what gave this energy, where that is not the scale's own method")


class PhaseColumns(BaseModel):
    """Many phases, field by field: the form they are stored and computed with."""

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
