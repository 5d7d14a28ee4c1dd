"""The papers: their computed results and claims, as data in ``screening/data/papers``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from screening.common.errors import InputError, nearest
from screening.files.content import DATA, read_text
from screening.files.validation import explained
from screening.files.yaml_text import parse_yaml
from screening.validation.reproduction.claims import Claim

_PACKAGED = DATA / "papers"

Convention = Literal["mutual", "total, hull", "total, own"]
Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Note(_Entry):
    """A remark from the literature, not from our energies, on a difference."""

    text: Text = Field(description="one sentence")
    source: Text = Field(description="where it is published")


class PublishedQuantity(_Entry):
    """Base class of published numbers."""

    id: Text = Field(description="name of the quantity, unique among all papers")
    quantity: Text = Field(description="what it is, in the paper's words")
    where: Text = Field(description="where in the paper it stands")
    source: Text | None = Field(None, description="the paper that computed it, where this one only cites it")
    verified: bool = Field(description="whether it was read in the paper named, not in a transcription")
    notes: tuple[Note, ...] = Field((), description="what the literature says of a difference")


class PublishedReaction(PublishedQuantity):
    """A reaction energy of two materials."""

    kind: Literal["reaction"]
    a: Text = Field(description="material, as the program names it")
    b: Text = Field(description="the other")
    mu_li_ev: float | None = Field(None, le=0, description="lithium potential against the metal, eV; null: closed")
    published_mev_per_atom: float | None = Field(None, description="the published energy, closed system")
    published_mev_per_closed_atom: float | None = Field(
        None, description="the published energy per atom that is not lithium, open system"
    )
    reading: Convention | None = Field(None, description="the convention the paper defines; null: it defines none")

    @model_validator(mode="after")
    def _unit_of_the_ensemble(self) -> PublishedReaction:
        given = (self.published_mev_per_atom is not None, self.published_mev_per_closed_atom is not None)
        if given != (self.mu_li_ev is None, self.mu_li_ev is not None):
            raise ValueError("a closed reaction has published_mev_per_atom, an open one published_mev_per_closed_atom")
        return self

    @property
    def published(self) -> float:
        """The published value, in :attr:`unit`."""
        closed, opened = self.published_mev_per_atom, self.published_mev_per_closed_atom
        return float(closed if closed is not None else opened or 0.0)

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return "meV/atom" if self.mu_li_ev is None else "meV/non-Li atom"

    @property
    def materials(self) -> tuple[str, ...]:
        """The two materials."""
        return (self.a, self.b)


class PublishedWindow(PublishedQuantity):
    """One limit of an electrochemical window."""

    kind: Literal["window"]
    material: Text = Field(description="material, as the program names it")
    limit: Literal["reduction", "oxidation"] = Field(description="which limit")
    published_v: float = Field(ge=0, description="the published limit, V against Li/Li+")
    unit: Literal["V"] = "V"

    @property
    def published(self) -> float:
        """The published value."""
        return self.published_v

    @property
    def materials(self) -> tuple[str, ...]:
        """The material whose window it is."""
        return (self.material,)


class PublishedVoltage(PublishedQuantity):
    """The voltage of a cathode at a state of charge, which is minus the chemical potential of lithium there."""

    kind: Literal["voltage"]
    cathode: Text = Field(description="cathode, as the program names it")
    state: Text = Field(description="state of charge")
    published_v: float = Field(ge=0, description="the published voltage, V against Li/Li+")
    unit: Literal["V"] = "V"

    @property
    def published(self) -> float:
        """The published value."""
        return self.published_v

    @property
    def materials(self) -> tuple[str, ...]:
        """The cathode, and lithium."""
        return (f"{self.cathode}:{self.state}", "Li")


class PublishedVacancy(PublishedQuantity):
    """The formation energy of an oxygen vacancy."""

    kind: Literal["vacancy"]
    cathode: Text = Field(description="cathode, as the program names it")
    lithium_vacancies: int = Field(ge=0, description="lithium vacancies already in the cell")
    published_ev: float = Field(description="the published formation energy, eV")
    unit: Literal["eV"] = "eV"

    @property
    def published(self) -> float:
        """The published value."""
        return self.published_ev

    @property
    def materials(self) -> tuple[str, ...]:
        """None: the value needs no energies of phases."""
        return ()


Quantity = Annotated[
    PublishedReaction | PublishedWindow | PublishedVoltage | PublishedVacancy, Field(discriminator="kind")
]


class Curve(_Entry):
    """A profile that a figure shows."""

    label: Text = Field(description="what the legend calls it")
    a: Text = Field(description="material, as the program names it")
    b: Text = Field(description="the other")
    mu_li_ev: float | None = Field(None, le=0, description="lithium potential against the metal, eV")
    mu_li_state: Text | None = Field(None, description="or the state of charge of A whose computed potential is held")
    published: Text | None = Field(None, description="id of the quantity whose published value is drawn beside it")


class PanelPlan(_Entry):
    """One panel of a figure."""

    title: Text = Field(description="stands above it")
    curves: tuple[Curve, ...] = Field(min_length=1, description="what it shows")


class ProfilesPlan(_Entry):
    """A figure of reaction energies against the mixing fraction."""

    kind: Literal["profiles"]
    id: Text = Field(description="name of the file, without its ending")
    title: Text = Field(description="which figure of the paper it is")
    panels: tuple[PanelPlan, ...] = Field(min_length=1, description="its parts")


class VacanciesPlan(_Entry):
    """A figure of the formation energy of an oxygen vacancy against the number of lithium vacancies."""

    kind: Literal["vacancies"]
    id: Text = Field(description="name of the file, without its ending")
    title: Text = Field(description="which figure of the paper it is")
    cathode: Text = Field(description="cathode, as the program names it")


FigurePlan = Annotated[ProfilesPlan | VacanciesPlan, Field(discriminator="kind")]


class Paper(_Entry):
    """A paper: its computed results, its claims, and the plans of the figures that are drawn again."""

    key: Annotated[str, Field(pattern=r"^\d{3}$")] = Field(description="its number")
    name: Text = Field(description="its first author")
    citation: Text = Field(description="as it is cited")
    about: Text = Field(description="what it studied")
    quantities: tuple[Quantity, ...] = Field((), description="the numbers it computed or cites from calculations")
    claims: tuple[Claim, ...] = Field((), description="what it says without a number")
    figures: tuple[FigurePlan, ...] = Field((), description="its figures that are drawn again")

    @property
    def materials(self) -> tuple[str, ...]:
        """All materials of its quantities and claims."""
        entries: Iterable[Any] = (*self.quantities, *self.claims)
        return tuple(dict.fromkeys(material for entry in entries for material in entry.materials))


def read_papers(folder: Path) -> tuple[Paper, ...]:
    """Read the papers of a folder: one YAML file each, named after the paper's number.

    Raises
    ------
    InputError
        If a file cannot be read or an entry is malformed (the message names both), or two entries have one id.
    """
    papers = tuple(_read(path) for path in sorted(folder.glob("[0-9][0-9][0-9].yaml")))
    ids = [entry.id for paper in papers for entry in (*paper.quantities, *paper.claims, *paper.figures)]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise InputError(f"{folder}: the id {twice[0]!r} occurs twice")
    published = {quantity.id for paper in papers for quantity in paper.quantities}
    for paper in papers:
        for figure in paper.figures:
            for panel in figure.panels if isinstance(figure, ProfilesPlan) else ():
                for curve in panel.curves:
                    if curve.published is not None and curve.published not in published:
                        raise InputError(f"{folder}: {figure.id}: no quantity {curve.published!r}")
    return papers


@cache
def packaged_papers() -> tuple[Paper, ...]:
    """Return the packaged papers."""
    return read_papers(_PACKAGED)


def find_paper(papers: Sequence[Paper], text: str) -> Paper:
    """Find a paper by its number or first author.

    Raises
    ------
    InputError
        If there is none; the message suggests the nearest.
    """
    wanted = text.strip().casefold()
    for paper in papers:
        if wanted in (paper.key, paper.key.lstrip("0") or "0", paper.name.casefold()):
            return paper
    names = [name for paper in papers for name in (paper.key, paper.name)]
    known = ", ".join(f"{paper.key} ({paper.name})" for paper in papers)
    raise InputError(f"unknown paper {text.strip()!r}{nearest(text.strip(), names)}; there are {known}")


def _read(path: Path) -> Paper:
    try:
        data = parse_yaml(read_text(path, "paper"))
    except yaml.YAMLError as error:
        raise InputError(f"paper {path} is not YAML: {' '.join(str(error).split())}") from None
    try:
        return Paper.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{path}: {explained(error)}") from None
