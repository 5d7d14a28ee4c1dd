"""What a catalogue says of a coating, an electrolyte or a cathode."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
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

from screening.composition import AMOUNT_TOLERANCE, atomic_fractions, format_amount, format_formula, parse_formula
from screening.errors import InputError, nearest


def clean_name(name: str) -> str:
    """Return a name without blanks around it and with subscripts as plain digits."""
    return unicodedata.normalize("NFKC", name).strip()


def _fraction(value: object) -> object:
    """Read the text "1/3" as the number."""
    numerator, slash, denominator = str(value).partition("/")
    if not slash:
        return value
    try:
        return float(Fraction(numerator.strip()) / Fraction(denominator.strip()))
    except ZeroDivisionError:
        raise ValueError(f"{value} divides by zero") from None


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Amount = Annotated[Positive, BeforeValidator(_fraction)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[Text, AfterValidator(clean_name)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Property(_Document):
    """A measured or computed value from the literature."""

    quantity: Literal["ionic_conductivity_s_per_cm", "activation_energy_ev", "band_gap_ev"] = Field(
        description="what the value is, unit included; the activation energy is that of lithium conduction"
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


class ChemicalPotential(_Document):
    """Chemical potential of lithium in a cathode at one state of charge, as published."""

    state: Text = Field(description="state of charge, one of the cathode's lithiations")
    mu_li_ev: float = Field(allow_inf_nan=False, description="chemical potential of lithium against the reference, eV")
    reference: Literal["Li metal"] = Field(description="what the chemical potential is counted from")
    source: Text = Field(description="where the value is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


class _Entry(_Document):
    name: Name = Field(description="name the results carry")
    aliases: tuple[Name, ...] = Field(default=(), description="other names it is found by")
    note: Text | None = Field(default=None, description="what a user should know of it")
    default: bool = Field(default=False, description="whether it is taken where the user names none")
    studied_in: tuple[Text, ...] = Field(default=(), description="papers that used or screened it")

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases."""
        return (self.name, *self.aliases)


class Material(_Entry):
    """A coating or an electrolyte."""

    role: Literal["coating", "electrolyte"] = Field(description="its place in the stack")
    components: dict[str, Amount] = Field(
        default_factory=dict, description="of a composite or a glass: moles of each component in one formula unit"
    )
    formula: str = Field(default="", validate_default=True, description="overall composition of one formula unit")
    kind: Literal["crystal", "glass"] | None = Field(default=None, description="form of an electrolyte")
    properties: tuple[Property, ...] = Field(default=(), description="what the literature says of it")

    @field_validator("formula")
    @classmethod
    def _of_components(cls, formula: str, info: ValidationInfo) -> str:
        total: dict[str, float] = {}
        for component, moles in info.data.get("components", {}).items():
            for element, amount in parse_formula(component).items():
                total[element] = total.get(element, 0.0) + moles * amount
        if not total and not formula:
            raise ValueError("needed, unless there are components")
        if not total:
            parse_formula(formula)
            return formula
        if formula not in ("", format_formula(total)):
            raise ValueError(f"{formula} is not what the components make, {format_formula(total)}; leave it out")
        return format_formula(total)

    @property
    def fractions(self) -> dict[str, float]:
        """Atomic fractions a formula must have to mean this compound; none for a mixture, which no formula means."""
        return {} if self.components else atomic_fractions(parse_formula(self.formula))


class Cathode(_Entry):
    """A cathode: a host that holds more or less lithium."""

    role: Literal["cathode"] = Field(default="cathode", description="its place in the stack")
    host: dict[str, Amount] = Field(description="atoms of one formula unit without lithium, in the order of writing")
    lithiations: dict[str, Amount] = Field(description="lithium atoms in a formula unit at each named state of charge")
    chemical_potentials: tuple[ChemicalPotential, ...] = Field(default=(), description="published values, by state")

    @model_validator(mode="after")
    def _consistent(self) -> Cathode:
        atomic_fractions(self.host)
        if "Li" in self.host:
            raise ValueError("host: lithium belongs in lithiations")
        if self.lithiations.get("full") != max(self.lithiations.values(), default=None):
            raise ValueError("lithiations: the state 'full' is needed, and no state holds more lithium")
        for potential in self.chemical_potentials:
            if potential.state not in self.lithiations:
                raise ValueError(f"chemical_potentials: no lithiation is named {potential.state!r}")
        return self

    @property
    def fractions(self) -> dict[str, float]:
        """Atomic fractions of the fully lithiated cathode."""
        return atomic_fractions(self.composition("full"))

    def lithium(self, state_or_lithium: str | float) -> float:
        """Return the lithium atoms in one formula unit.

        Parameters
        ----------
        state_or_lithium
            A state of charge by name, or the lithium content itself, a number or its text.

        Raises
        ------
        InputError
            If no state has that name, or the content is not between 0 and that of the state ``full``.
        """
        given, most = str(state_or_lithium).strip(), self.lithiations["full"]
        for state, content in self.lithiations.items():
            if state.casefold() == given.casefold():
                return content
        try:
            content = float(given)
        except ValueError:
            guess = nearest(given, self.lithiations) or f"; there are {', '.join(self.lithiations)}"
            raise InputError(f"unknown state {given!r} of {self.name}{guess}") from None
        if not 0.0 <= content <= most:
            raise InputError(f"{self.name} holds 0 to {most:g} lithium in a formula unit, not {content:g}")
        return content

    def composition(self, state_or_lithium: str | float) -> dict[str, float]:
        """Return the amount of each element at a state of charge; see :meth:`lithium`."""
        content = self.lithium(state_or_lithium)
        return ({"Li": content} if content >= AMOUNT_TOLERANCE else {}) | self.host

    def formula(self, state_or_lithium: str | float) -> str:
        """Return the formula at a state of charge, for example ``Li0.5Ni0.83Co0.12Mn0.05O2``; see :meth:`lithium`."""
        amounts = self.composition(state_or_lithium)
        return "".join(element + format_amount(amount) for element, amount in amounts.items())
