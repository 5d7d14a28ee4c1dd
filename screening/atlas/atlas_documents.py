"""Documents of the atlas: what is asked for, what its file says of itself, and what a build comes to."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from screening.chemistry.classes import ChemistryClass
from screening.common.provenance import Result
from screening.energies.source import EnergySource


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AtlasNeighbour(_Document):
    """A material that coatings meet: a cathode at one composition, or an electrolyte."""

    name: str = Field(description="of the cathode or electrolyte")
    aliases: tuple[str, ...] = Field(description="other names it is found by")
    role: Literal["cathode", "electrolyte"] = Field(description="its place in the stack")
    state: str | None = Field(description="state of charge whose composition it has; null for an electrolyte")
    reactant: str = Field(description="the material as an interface takes it")
    chemistry_class: ChemistryClass = Field(description="what kind of compound it is")
    default: bool = Field(description="whether it is asked about where a question names none")

    @property
    def label(self) -> str:
        """Its name, with its state."""
        return self.name if self.state is None else f"{self.name} {self.state}"


class AtlasPlan(_Document):
    """What an atlas is to hold: every coating with every neighbour, closed and at each potential."""

    energies: EnergySource = Field(description="where the energies come from")
    neighbours: tuple[AtlasNeighbour, ...] = Field(description="what the coatings meet")
    voltages_v: tuple[float, ...] = Field(description="potentials at which contacts are open to lithium, V")
    coatings: tuple[str, ...] = Field(description="as interfaces take them, those of a chemical system side by side")
    left_out: dict[str, str] = Field(description="neighbours without energies, and why")

    @property
    def n_contacts(self) -> int:
        """How many contacts that makes."""
        return len(self.coatings) * len(self.neighbours) * (1 + len(self.voltages_v))


class CoatingColumns(_Document):
    """What is known of each coating alone, as columns of one length."""

    coating: list[str] = Field(description="the material as an interface takes it")
    source_id: list[str | None] = Field(description="its phase, as the source calls it; null where there is none")
    chemistry_class: list[ChemistryClass] = Field(description="what kind of compound it is")
    energy_above_hull_mev_per_atom: list[float | None] = Field(description="null where no phase is known")
    reduction_limit_v: list[float | None] = Field(description="null where the window could not be computed")
    oxidation_limit_v: list[float | None] = Field(description="null where it has no lithium to give up, too")

    @model_validator(mode="after")
    def _of_one_length(self) -> CoatingColumns:
        if len({len(getattr(self, name)) for name in type(self).model_fields}) > 1:
            raise ValueError("the columns of the coatings are not of one length")
        return self

    @classmethod
    def joined(cls, parts: list[CoatingColumns]) -> CoatingColumns:
        """Return the coatings of several lists, one after the other."""
        columns = {name: [value for part in parts for value in getattr(part, name)] for name in cls.model_fields}
        return cls.model_validate(columns)


class BareContact(_Document):
    """The lowest mutual energy of a cathode and an electrolyte without a coating."""

    cathode: str = Field(description="name")
    state: str = Field(description="state of charge whose composition it has")
    electrolyte: str = Field(description="name")
    voltage_v: float | None = Field(description="potential at which it is open to lithium, V; null: closed")
    mutual_mev_per_closed_atom: float | None = Field(description="null where it could not be computed")


class AtlasHeader(Result):
    """What the file of an atlas says of itself."""

    form: Literal["coatscreen atlas 1"] = Field(default="coatscreen atlas 1", description="by which an atlas is known")
    source: str = Field(description="of the energies, by which they are opened")
    neighbours: list[AtlasNeighbour] = Field(description="what the coatings meet; each is a row group of the file")
    voltages_v: list[float] = Field(
        description="potentials at which contacts are open to lithium, V; all are closed too"
    )
    coatings: CoatingColumns = Field(description="the coatings, in the order of the rows")
    missing: dict[str, str] = Field(description="contacts that could not be computed, and why; the first hundred")
    n_missing: int = Field(description="how many contacts could not be computed")
    left_out: dict[str, str] = Field(description="neighbours without energies, and why")
    bare: list[BareContact] = Field(description="cathodes and electrolytes without a coating")


class AtlasPart(BaseModel):
    """A part of an atlas that a job has written: its coatings with all neighbours."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="absolute path")
    sha256: str = Field(description="hash of the file")
    coatings: list[str] = Field(description="the coatings in it, as interfaces take them")
    n_contacts: int = Field(description="contacts in it")


class AtlasDocument(Result):
    """What the build of an atlas came to."""

    file: str = Field(description="absolute path")
    sha256: str = Field(description="hash of the file")
    n_bytes: int = Field(description="size of the file")
    n_contacts: int = Field(description="contacts in it")
    n_coatings: int = Field(description="coatings in it")
    n_neighbours: int = Field(description="cathodes in each state, and electrolytes")
    voltages_v: list[float] = Field(description="potentials at which contacts are open to lithium, V")
    n_missing: int = Field(description="contacts that could not be computed")
    left_out: dict[str, str] = Field(description="neighbours without energies, and why")
    bytes_per_contact: float = Field(description="size of the file by contacts")
