"""Documents of annealing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import Result
from screening.heat.annealing.conditions import Observed, PublishedCondition

Verdict = Literal["stable", "undecided", "reacts"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Product(_Document):
    """A phase that forms when a material is annealed."""

    name: str = Field(description="formula; of a gas its molecule, with (g)")
    state: Literal["solid", "gas"]
    moles: float = Field(description="formula units, or molecules of a gas, for one formula unit of the material")
    source_id: str | None = Field(description="identifier of a solid phase in the energies; null for a gas")
    oxidised_oxygen: bool = Field(
        description="whether oxygen must be above -2 in it even with all else at its highest oxidation state: it is a "
        "peroxide, or its energy is doubtful"
    )


class Transformation(_Document):
    """The reaction of a material by itself until it is in equilibrium with the furnace."""

    material: str = Field(description="the material, as it was asked for")
    formula: str = Field(description="its formula, to whose unit all amounts refer")
    start: dict[str, float] = Field(description="phases it is taken to consist of before: formula units of each")
    start_from: Literal["phase", "components", "hull"] = Field(
        description="the known phase of its composition; its components; or, with neither, the mixture of phases that "
        "is lowest in energy at 0 K"
    )
    products: list[Product] = Field(description="what it becomes, solids first, largest amount first")
    reaction: str = Field(description="balanced equation in formula units")
    taken_up_moles: dict[str, float] = Field(
        description="molecules of each gas of the furnace taken up by a formula unit; negative: given off"
    )
    mass_change_percent: float = Field(description="mass of the solids against before, percent")
    reaction_ev_per_closed_atom: float = Field(
        description="reaction free energy, eV per atom that the furnace does not exchange; never positive"
    )
    verdict: Verdict = Field(description="whether it reacts, by the limits of the conditions")

    @property
    def product_names(self) -> tuple[str, ...]:
        """The names of the products, in alphabetical order."""
        return tuple(sorted(product.name for product in self.products))


class OxidationStep(_Document):
    """A material after taking up some oxygen: in internal equilibrium, not yet in equilibrium with the furnace."""

    oxygen_moles: float = Field(description="molecules of O2 taken up by a formula unit")
    mass_change_percent: float = Field(description="mass of the solids against before, percent")
    products: list[Product] = Field(description="what it is then")


class Contact(_Document):
    """The reaction between a coating and the cathode under it, beyond what each does alone."""

    cathode: str = Field(description="the cathode, as it was asked for")
    formula: str = Field(description="its formula")
    mutual_ev_per_closed_atom: float = Field(
        description="lowest mutual reaction free energy over the mixing fraction, eV per atom that is not exchanged"
    )
    x_molar: float | None = Field(description="fraction of formula units from the coating there; null: no reaction")
    reaction: str | None = Field(description="balanced equation in formula units; null: no reaction")
    verdict: Verdict = Field(description="whether they react, by the limits of the conditions")
    cathode_rich_reaction: str | None = Field(
        description="balanced equation of what a little of the coating becomes on much of the cathode: the "
        "products up to the first change of them; null: no reaction"
    )
    cathode_alone: Transformation = Field(description="what the cathode becomes by itself")


class Conditions(_Document):
    """The furnace, and the data for its solids and gases."""

    oxygen_bar: float = Field(description="partial pressure of O2, bar")
    gas_bar: dict[str, float] = Field(description="partial pressures of the other gases it holds, bar")
    product_gas_bar: float = Field(description="partial pressure at which any other gas is given off, bar")
    without: list[str] = Field(description="phases taken not to form")
    stable_within_ev_per_closed_atom: float = Field(description="a smaller reaction is none: the verdict is 'stable'")
    undecided_within_ev_per_closed_atom: float = Field(
        description="a smaller reaction lies within the error of free energies: the verdict is 'undecided'"
    )
    solids: str = Field(description="where the free energies of solids come from")
    gases: dict[str, str] = Field(description="where the free energy of each gas comes from")
    gases_left_out: list[str] = Field(
        description="gases that could form but that the energies hold no condensed form of, from which to count"
    )


class AnnealPoint(_Document):
    """The products of a material at one temperature."""

    temperature_k: float
    temperature_c: float
    mu_o_ev: float = Field(description="chemical potential of oxygen, relative to O2 at 0 K, eV per atom")
    alone: Transformation
    on_cathode: Contact | None = Field(description="null where no cathode was asked for")


class AnnealDocument(AnnealPoint, Result):
    """The products of a material in a furnace at one temperature, with conditions and provenance."""

    conditions: Conditions
    oxidation: list[OxidationStep] = Field(
        description="what it passes through where oxygen comes slowly: each change of the products on the way; empty "
        "where it takes up none, or the furnace holds other gases too"
    )


class ProductChange(_Document):
    """A temperature at which the products of a material change."""

    temperature_k: float
    temperature_c: float
    before: list[str] = Field(description="products below it")
    after: list[str] = Field(description="products above it")
    mass_change_before_percent: float = Field(description="mass of the solids just below it, percent")
    mass_change_after_percent: float = Field(description="and just above it, percent")


class AnnealScan(Result):
    """The products of a material at each temperature of a range, in equilibrium: no rates, no history."""

    material: str
    conditions: Conditions
    points: list[AnnealPoint] = Field(description="by temperature, lowest first")
    changes: list[ProductChange] = Field(description="each change of the products between the points")
    gas_onset_c: dict[str, float] = Field(
        description="lowest temperature of the range at which each gas is given off, degrees Celsius"
    )
    observed: list[Observed] = Field(description="what heating this material was seen to do")


class PublishedAnnealing(_Document):
    """A coating at its published annealing conditions."""

    published: PublishedCondition
    anneal: AnnealPoint
    conditions: Conditions


class PublishedAnnealings(Result):
    """All published coatings at their annealing conditions."""

    coatings: list[PublishedAnnealing] = Field(description="in the order of the data file")
