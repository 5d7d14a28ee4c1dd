"""The entries of a catalogue that are one material: coatings, electrolytes and anodes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from screening.chemistry.amounts import read_number
from screening.chemistry.compositions import atomic_fractions, format_formula
from screening.chemistry.formulas import parse_formula, plain_text
from screening.chemistry.notation import (
    mole_fractions,
    overall,
    read_material,
    require_amounts,
    with_energy,
    write_terms,
)


def _fraction(value: object) -> object:
    """Return the number of an amount written as text, such as "1/3"; anything else is returned as it is."""
    return read_number(value) if isinstance(value, str) else value


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Amount = Annotated[Positive, BeforeValidator(_fraction)]
Content = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_fraction)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[Text, AfterValidator(plain_text)]


class Document(BaseModel):
    """What stands in a file of a catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Property(Document):
    """A measured or computed value from the literature."""

    quantity: Literal["ionic_conductivity_s_per_cm", "activation_energy_ev", "band_gap_ev", "lithium_potential_v"] = (
        Field(
            description="what, with its unit; the activation energy is of lithium conduction, the potential against Li"
        )
    )
    value: Positive | tuple[Positive | None, Positive] = Field(
        description="the value, or [low, high]; low is null where only an upper bound is known"
    )
    conditions: Text | None = Field(default=None, description="sample, temperature or method")
    source: Text = Field(description="where the value is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")

    @field_validator("value")
    @classmethod
    def _rising(cls, value: float | tuple[float | None, float]) -> float | tuple[float | None, float]:
        if isinstance(value, tuple) and value[0] is not None and value[0] > value[1]:
            raise ValueError(f"the range {list(value)} ends below its start")
        return value


class EnergyAboveHull(Document):
    """The energy above the hull of a glass or a metastable material."""

    mev_per_atom: float = Field(ge=0, allow_inf_nan=False, description="energy above the hull, meV/atom")
    conditions: Text | None = Field(default=None, description="sample or method")
    source: Text = Field(description="where the value is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


class Entry(Document):
    """A material with a name."""

    name: Name = Field(description="name the results carry")
    aliases: tuple[Name, ...] = Field(default=(), description="other names it is found by")
    structure: Text | None = Field(
        default=None, description="structure type and space group, and which elements share a site"
    )
    note: Text | None = Field(default=None, description="what a user should know of it")
    default: bool = Field(default=False, description="whether it is taken where the user names none")
    studied_in: tuple[Text, ...] = Field(default=(), description="papers that used or screened it")

    @property
    def names(self) -> tuple[str, ...]:
        """The name, followed by the aliases."""
        return (self.name, *self.aliases)


class Material(Entry):
    """A coating, an electrolyte or an anode."""

    role: Literal["coating", "electrolyte", "anode"] = Field(description="its place in the stack")
    kind: Literal["crystal", "glass"] | None = Field(
        default=None, description="a glass is one material with the energy of the hull, or one given above it"
    )
    components: dict[str, Amount] = Field(
        default_factory=dict,
        description="moles: of a composite coating, each of its phases; of a glass, each formula it is made of",
    )
    formula: str = Field(default="", validate_default=True, description="overall composition of one formula unit")
    energy_above_hull: EnergyAboveHull | None = Field(
        default=None, description="taken in place of that of a known phase, or of the hull's"
    )
    polymorph: Text | None = Field(
        default=None, description="id of its phase in the energies; null: the lowest of its composition"
    )
    properties: tuple[Property, ...] = Field(default=(), description="what the literature says of it")

    @field_validator("components")
    @classmethod
    def _composite_or_glass(cls, components: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        if len(components) == 1:
            raise ValueError("one component alone is no composite and no glass; give its formula")
        if components and info.data.get("kind") != "glass" and info.data.get("role") != "coating":
            raise ValueError("only a coating may be several phases side by side; of a glass say 'kind: glass'")
        require_amounts("the amounts", components)
        return components

    @field_validator("formula")
    @classmethod
    def _of_components(cls, formula: str, info: ValidationInfo) -> str:
        components = info.data.get("components", {})
        for component in components:
            parse_formula(component if info.data.get("kind") == "glass" else read_material(component).formula)
        total = overall(components)
        if not total and not formula:
            raise ValueError("needed, unless there are components")
        if not total:
            parse_formula(formula)
            return formula
        if formula not in ("", format_formula(total)):
            raise ValueError(f"{formula} is not what the components make, {format_formula(total)}; leave it out")
        return format_formula(total)

    @model_validator(mode="after")
    def _one_energy(self) -> Material:
        if self.polymorph is not None and (self.components or self.kind == "glass" or self.energy_above_hull):
            raise ValueError("polymorph: a glass, a composite and a material at a given energy are no one phase")
        if self.mole_fractions and self.energy_above_hull is not None:
            raise ValueError("energy_above_hull: a composite has none of its own; write it behind a component's name")
        return self

    @property
    def mole_fractions(self) -> dict[str, float]:
        """Mole fraction of each phase of a composite, keyed by its notation; empty for one material."""
        return {} if self.kind == "glass" else mole_fractions(self.components)

    @property
    def written(self) -> str:
        """The material in the notation of :mod:`screening.chemistry.notation`, without an energy above the hull."""
        if self.components:
            return write_terms(self.mole_fractions or self.components, "+" if self.mole_fractions else "-")
        return self.formula

    @property
    def reactant(self) -> str:
        """The material in the notation of :mod:`screening.chemistry.notation`, with its energy above the hull."""
        if self.polymorph is not None:
            return f"{self.written}#{self.polymorph}"
        if self.energy_above_hull is not None:
            return with_energy(self.written, self.energy_above_hull.mev_per_atom)
        return with_energy(self.written, 0.0) if self.kind == "glass" and not self.components else self.written

    @property
    def fractions(self) -> dict[str, float]:
        """Atomic fractions by which a formula finds this compound; empty if no formula can mean this material."""
        if self.components or self.kind == "glass" or self.energy_above_hull is not None or self.polymorph is not None:
            return {}
        return atomic_fractions(parse_formula(self.formula))
