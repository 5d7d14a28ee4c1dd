"""Documents of a funnel of candidates: what was chosen, what each step left, and what is left at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.classes import ChemistryClass
from screening.common.provenance import Result
from screening.criteria.criteria import Criterion
from screening.materials.cathode import Cathode
from screening.materials.material import Material
from screening.text.tabular import Documents, Tabular


class Selection(BaseModel):
    """Which compounds of the energies are candidates at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    any: bool = Field(False, description="compounds without lithium too")
    transition_metals: bool = Field(False, description="compounds of Sc-Zn, Y-Cd and Hf-Hg too")
    radioactive: bool = Field(False, description="compounds of elements without a stable isotope too")
    elements: tuple[str, ...] | None = Field(None, description="only compounds of these; null for all")
    exclude: tuple[str, ...] = Field((), description="no compound that holds one of these")


class Candidate(BaseModel):
    """A compound that is left, with what was computed of it."""

    model_config = ConfigDict(extra="forbid")

    formula: str = Field(description="reduced formula")
    source_id: str = Field(description="its lowest-energy phase, as the source calls it")
    space_group: int | None = Field(description="space-group number of that phase")
    chemistry_class: ChemistryClass = Field(description="what kind of compound the composition is")
    polyanions: tuple[str, ...] = Field(description="complex anions the composition can hold")
    quantities: dict[str, float | None] = Field(
        description="what the criteria judged; units in the names. An oxidation limit of null: no lithium to give up"
    )


class Step(BaseModel):
    """One step of the funnel."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="the choice or criterion")
    criterion: Criterion | None = Field(description="its threshold; null for a choice by composition")
    left: int = Field(description="candidates left after it")
    by_class: dict[str, int] = Field(description="how many of these are of each chemistry class, most first")
    by_polyanion: dict[str, int] = Field(description="how many of these hold each complex anion, most first")


class CandidatesDocument(Tabular, Result):
    """A funnel and what is left at its end."""

    selection: Selection = Field(description="which compounds were looked at")
    cathode: str | None = Field(description="what the reactions were computed against; null where not reached")
    electrolyte: str | None = Field(description="the other neighbour")
    funnel: list[Step] = Field(description="the steps in order")
    candidates: list[Candidate] = Field(description="what is left, the least reactive first")
    failed: dict[str, str] = Field(description="compounds that could not be computed, and why; they are not left")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the candidates."""
        return Documents(self.candidates).rows()


class Neighbours(BaseModel):
    """What a coating touches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cathode: Cathode = Field(description="with its states of charge")
    electrolyte: Material = Field(description="the electrolyte")
