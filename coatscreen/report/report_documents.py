"""What a report says, as documents."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyProvenance, Software
from screening.criteria.criteria import Criterion

Cell = float | int | str | bool | None


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Point(_Document):
    """One mixture on the profile of a contact."""

    x: float = Field(description="fraction of the atoms that are not exchanged that come from A")
    x_molar: float = Field(description="fraction of the formula units that are A's")
    mutual_mev: float = Field(description="mutual reaction energy, in the contact's unit")
    total_mev: float = Field(description="total reaction energy, in the contact's unit")
    products: dict[str, float] = Field(description="fraction of the atoms that are not exchanged in each")
    reaction: str = Field(description="balanced equation in formula units")
    lithium_taken: float | None = Field(description="lithium atoms taken up per other atom; null where closed")


class ContactReport(_Document):
    """Two materials in contact."""

    name: str = Field(description="the contact, such as 'cathode full' or 'electrolyte at mu(half)'")
    face: str = Field(description="name of the quantity that is the lowest mutual energy at its face")
    a: str = Field(description="material A")
    b: str = Field(description="material B")
    unit: Literal["meV/atom", "meV/non-Li atom"] = Field(description="of its energies")
    held: str | None = Field(description="the lithium potential that is held, in words; null where closed")
    minimum: Point | None = Field(description="the lowest mutual energy; null where it could not be computed")
    kinks: list[Point] | None = Field(description="every kink of the profile; null where it is not drawn")
    why_missing: str | None = Field(description="why the profile or all is missing; null where nothing is")


class CoatingDetails(_Document):
    """What a page shows of a coating beside its numbers."""

    decomposition: str | None = Field(description="what it decomposes to, as a balanced equation")
    reduction: str | None = Field(description="its first reduction, as a balanced equation")
    oxidation: str | None = Field(description="its first oxidation, as a balanced equation")
    contacts: list[ContactReport] = Field(description="its contacts, closed and open")


class Face(_Document):
    """Where a coating meets something: a column of the map of contacts."""

    quantity: str = Field(description="name of the quantity")
    label: str = Field(description="name of the contact")
    open: bool = Field(description="whether lithium is exchanged there")
    bare_mev: float | None = Field(description="what the cathode and the electrolyte do there without a coating")


class Column(_Document):
    """A column of the table of coatings."""

    name: str = Field(description="key of its values")
    label: str = Field(description="heading")
    about: str = Field(description="what it is, a sentence")
    digits: int | None = Field(description="decimals shown; null: three significant digits")
    better: Literal["higher", "lower"] = Field(description="which values come first when it is sorted by")


class RankingReport(_Document):
    """One ranking: its answer, its table and what lies behind the best of it."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    answer: list[str] = Field(description="what the ranking says, in sentences")
    n_coatings: int = Field(description="coatings, those that could not be screened among them")
    columns: list[Column] = Field(description="the columns of quantities that are shown, in their order")
    faces: list[Face] = Field(description="the contacts, closed ones first")
    darkest_mev: float = Field(description="the energy at which the map of contacts is darkest")
    data: dict[str, list[Cell]] = Field(
        description="all values by column, a row for each coating in the order of the ranking, as coatscreen rank "
        "--format csv names them; numbers to six digits"
    )
    details: dict[str, CoatingDetails] = Field(description="of the best coatings, by name")
    bare: list[ContactReport] | None = Field(description="the cathode against the electrolyte without a coating")
    state_voltages_v: dict[str, float] = Field(description="voltage of the cathode at each of its states, V")
    criteria: list[Criterion] = Field(description="what the coatings were judged by")
    criteria_text: list[str] = Field(description="the same as text")
    energies: EnergyProvenance = Field(description="the energies it came from")
    energies_error: list[str] = Field(description="what is known of the errors of the energies, in sentences")
    sampled: bool = Field(description="whether intervals from samples of the energies stand beside the numbers")
    profiles: str | None = Field(description="why no profiles are drawn; null where they are")


class Report(_Document):
    """All rankings of a report, and how it was made."""

    title: str = Field(description="title of the page")
    store: str = Field(description="the database, without any password")
    command: str = Field(description="the command that makes the page again")
    runs: list[str] = Field(description="the runs behind it, in words")
    failed: list[str] = Field(description="jobs that failed, with the first line of the error")
    software: Software = Field(description="the program that made it")
    made: str = Field(description="when it was made, UTC")
    rankings: list[RankingReport] = Field(description="one for each cathode, electrolyte and set of energies")
