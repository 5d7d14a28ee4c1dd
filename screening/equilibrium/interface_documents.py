"""Documents of interfaces. The unit of an energy is part of its field's name.

Closed and open interfaces have different units, so they have different documents. Code that handles both
reads ``energy_ev`` of a minimum together with the document's ``unit``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.ions import ion_elements
from screening.common.provenance import Result
from screening.text.tabular import Documents, Tabular


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Mixed(_Document):
    """A mixture of the two reactants, and its products."""

    x_atomic_a: float = Field(ge=0, le=1, description="fraction of all atoms of the reactants that come from A")
    x_molar_a: float = Field(ge=0, le=1, description="fraction of the formula units that are A's")
    products: dict[str, float] = Field(description="fraction of the (closed) atoms in each product; sums to 1")
    reaction: str = Field(
        description="balanced equation in formula units: whole numbers of up to two digits, or decimals"
    )

    @property
    def x(self) -> float:
        """The fraction of the (closed) atoms that come from A, in which the profile is counted."""
        return self.x_atomic_a


class OpenMixed(Mixed):
    """A mixture of the two reactants in contact with a reservoir, and its products."""

    x_closed_a: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="fraction of the atoms that are not open that come from A; null in stores of before, where it is "
        "x_atomic_a",
    )
    exchanged: dict[str, float] = Field(
        description="atoms of each open element per closed atom, against the reactants; + taken from the reservoir"
    )

    @property
    def x(self) -> float:
        """The fraction of the closed atoms that come from A, in which the profile is counted."""
        return self.x_atomic_a if self.x_closed_a is None else self.x_closed_a


class ClosedExtremum(Mixed):
    """The minimum of an energy over the mixing fraction, closed system."""

    min_ev_per_atom: float = Field(description="lowest reaction energy, eV per atom")
    at_endpoint: bool = Field(description="whether it lies at a pure reactant: then that reactant reacts alone")

    @property
    def energy_ev(self) -> float:
        """The minimum, in the unit of the document."""
        return self.min_ev_per_atom


class OpenExtremum(OpenMixed):
    """The minimum of an energy over the mixing fraction, open system."""

    min_ev_per_closed_atom: float = Field(description="lowest reaction energy, eV per atom that is not open")
    at_endpoint: bool = Field(description="whether it lies at a pure reactant: then that reactant reacts alone")

    @property
    def energy_ev(self) -> float:
        """The minimum, in the unit of the document."""
        return self.min_ev_per_closed_atom


class ClosedKink(Mixed):
    """A mixing fraction at which the set of products changes, in a closed system."""

    total_ev_per_atom: float = Field(description="total reaction energy, eV per atom")
    mutual_ev_per_atom: float = Field(description="mutual reaction energy, eV per atom")


class OpenKink(OpenMixed):
    """A mixing fraction at which the set of products changes, in an open system."""

    total_ev_per_closed_atom: float = Field(description="total reaction energy, eV per closed atom")
    mutual_ev_per_closed_atom: float = Field(description="mutual reaction energy, eV per closed atom")


class ReactantDocument(_Document):
    """Where the energy of a reactant comes from."""

    energy: Literal["phase", "hull"] = Field(description="its own phase's, or the hull's where no phase is known")
    source_id: str | None = Field(description="identifier of that phase")
    above_hull_ev_per_atom: float = Field(description="its energy above the closed hull, eV/atom")


class Reactants(_Document):
    """Both reactants."""

    a: ReactantDocument
    b: ReactantDocument


class OpenEnsemble(_Document):
    """The reservoirs of an open interface."""

    open: dict[str, float] = Field(description="chemical potential of each open element, eV, relative to its reference")
    reference: str = Field("element's reference phase", description="what the potentials are relative to")

    def model_post_init(self, context: object) -> None:
        """Name the reference of the chemical potential, if there is one open element."""
        (*elements,) = self.open
        if len(elements) == 1 and elements[0] in ion_elements():
            self.reference = f"{elements[0]} metal"


class ClosedReaction(_Document):
    """The reaction energies of a closed interface, at their minima."""

    a: str = Field(description="formula of A")
    b: str = Field(description="formula of B")
    ensemble: Literal["closed"] = "closed"
    unit: Literal["eV/atom"] = "eV/atom"
    total: ClosedExtremum
    mutual: ClosedExtremum
    self_a_ev_per_atom: float = Field(description="what A does alone, eV per atom; never positive")
    self_b_ev_per_atom: float = Field(description="what B does alone, eV per atom; never positive")
    reactants: Reactants


class OpenReaction(_Document):
    """The reaction energies of an interface open to reservoirs, at their minima."""

    a: str = Field(description="formula of A")
    b: str = Field(description="formula of B")
    ensemble: OpenEnsemble
    unit: Literal["eV/non-open atom"] = "eV/non-open atom"
    total: OpenExtremum
    mutual: OpenExtremum
    self_a_ev_per_closed_atom: float = Field(description="what A does alone, eV per closed atom; never positive")
    self_b_ev_per_closed_atom: float = Field(description="what B does alone, eV per closed atom; never positive")
    reactants: Reactants


class ClosedInterface(Tabular, Result, ClosedReaction):
    """A closed interface: the minima and the whole profile."""

    kinks: list[ClosedKink] = Field(description="every kink of the profile")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the kinks."""
        return Documents(self.kinks).rows()


class OpenInterface(Tabular, Result, OpenReaction):
    """An interface open to reservoirs: the minima and the whole profile."""

    kinks: list[OpenKink] = Field(description="every kink of the profile")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the kinks."""
        return Documents(self.kinks).rows()


Reaction = ClosedReaction | OpenReaction
InterfaceDocument = ClosedInterface | OpenInterface
