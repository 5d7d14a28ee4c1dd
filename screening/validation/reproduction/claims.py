"""The claims of the papers, each with the check that decides it and the thresholds of that check."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import InputError
from screening.heat.annealing.conditions import PublishedCondition, annealing_data
from screening.heat.oxygen.product_classes import Kind

Text = Annotated[str, Field(min_length=1)]
Pair = tuple[Text, Text]


class PublishedClaim(BaseModel):
    """Base class of claims. ``check`` names the function of :mod:`~screening.validation.reproduction.checks` to use."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    of_energies: ClassVar[bool] = True  # whether the answer follows from energies of phases, so that it can be sampled

    id: Text = Field(description="name of the claim, unique among all papers")
    claim: Text = Field(description="what the paper says")
    where: Text = Field(description="where in the paper it stands, or which paper it cites for it")
    threshold_source: Text | None = Field(None, description="where the thresholds of the check come from")

    @property
    def materials(self) -> tuple[str, ...]:
        """The materials that the claim is about."""
        return ()


class ElectrochemicalDominates(PublishedClaim):
    """The reaction open to lithium releases more energy than the closed one."""

    check: Literal["electrochemical_dominates"]
    a: Text = Field(description="material")
    b: Text = Field(description="the other")
    mu_li_ev: float = Field(le=0, description="lithium potential against the metal, eV")

    @property
    def materials(self) -> tuple[str, ...]:
        """Both materials."""
        return (self.a, self.b, "Li")


class CoatingStabilises(PublishedClaim):
    """The bare interface reacts by more than a limit, and each contact of the coating by at most that limit."""

    check: Literal["coating_stabilises"]
    bare: Pair = Field(description="the materials without coating")
    coated: tuple[Pair, ...] = Field(min_length=1, description="the contacts with coating")
    stable_down_to_mev_per_atom: float = Field(le=0, description="a mutual energy no lower than this is called stable")

    @property
    def materials(self) -> tuple[str, ...]:
        """All materials of the contacts."""
        return tuple(dict.fromkeys(material for pair in (self.bare, *self.coated) for material in pair))


class ReactionWithin(PublishedClaim):
    """A mutual reaction energy lies between two thresholds."""

    check: Literal["reaction_within"]
    a: Text = Field(description="material")
    b: Text = Field(description="the other")
    least_mev_per_atom: float | None = Field(None, le=0, description="no lower than this; null: however low")
    most_mev_per_atom: float = Field(0.0, le=0, description="no higher than this; 0: they need not react")

    @property
    def materials(self) -> tuple[str, ...]:
        """Both materials."""
        return (self.a, self.b)


class Products(PublishedClaim):
    """Some phases or classes of products form, and others do not."""

    check: Literal["products"]
    a: Text = Field(description="material")
    b: Text = Field(description="the other")
    mu_li_ev: float | None = Field(None, le=0, description="lithium potential against the metal, eV; null: closed")
    at: Literal["lowest energy", "any fraction"] = Field(
        description="whether the mixture of lowest mutual energy is asked about, or every mixture"
    )
    present: tuple[Text, ...] = Field((), description="formulas, or classes of products, that must form")
    absent: tuple[Text, ...] = Field((), description="formulas, or classes of products, that must not form")

    @property
    def materials(self) -> tuple[str, ...]:
        """Both materials."""
        return (self.a, self.b) if self.mu_li_ev is None else (self.a, self.b, "Li")


class WindowCovers(PublishedClaim):
    """A material neither takes up nor gives up lithium between two voltages."""

    check: Literal["window_covers"]
    material: Text = Field(description="material")
    from_v: float = Field(ge=0, description="lower voltage, V against Li/Li+")
    to_v: float = Field(ge=0, description="higher voltage, V against Li/Li+")

    @property
    def materials(self) -> tuple[str, ...]:
        """The material, and lithium."""
        return (self.material, "Li")


class OxygenOnset(PublishedClaim):
    """From some state of charge on, a cathode in equilibrium holds oxygen gas."""

    check: Literal["oxygen_onset"]
    cathode: Text = Field(description="cathode, as the program names it")
    from_state_of_charge: float = Field(0.0, ge=0, le=1, description="not below this")
    to_state_of_charge: float = Field(1.0, ge=0, le=1, description="and by this")

    @property
    def materials(self) -> tuple[str, ...]:
        """The cathode, and lithium."""
        return (self.cathode, "Li")


class ShareOfProducts(PublishedClaim):
    """A coating changes the share of the electrolyte that becomes products of one kind."""

    check: Literal["share_of_products"]
    cathode: Text = Field(description="cathode at a state of charge")
    electrolyte: Text = Field(description="electrolyte")
    coating: Text = Field(description="coating")
    element: Text = Field(description="the element of the electrolyte that is followed")
    kind: Kind = Field(description="the kind of products")
    open_to_lithium: bool = Field(description="whether lithium is held at the cathode's potential of these energies")
    coated_over_bare_at_most: float | None = Field(
        None, ge=0, description="no more remains than this part of the share without coating, which is not zero"
    )
    coated_over_alone_at_least: float | None = Field(
        None, ge=0, description="no less remains than this part of the share of the electrolyte alone, not zero"
    )

    @property
    def materials(self) -> tuple[str, ...]:
        """The three materials, and lithium."""
        return (self.cathode, self.electrolyte, self.coating, "Li")


class Anneals(PublishedClaim):
    """In oxygen a material becomes some phases or classes of products, and not others."""

    check: Literal["anneals"]
    material: Text = Field(description="material")
    oxygen_bar: float = Field(gt=0, description="partial pressure of O2, bar")
    temperatures_c: tuple[float, ...] = Field(min_length=1, description="degrees Celsius; it must hold at each")
    present: tuple[Text, ...] = Field((), description="formulas, or classes of products, that must form")
    absent: tuple[Text, ...] = Field((), description="formulas, or classes of products, that must not form")
    mass: Literal["gain", "loss"] | None = Field(None, description="what the mass of the solids must do")

    @property
    def materials(self) -> tuple[str, ...]:
        """The material, and oxygen."""
        return (self.material, "O2")


class SurvivesAnnealing(PublishedClaim):
    """A coating survives the annealing conditions that ``data/annealing.yaml`` holds for it."""

    check: Literal["survives_annealing"]
    material: Text = Field(description="coating")
    cathode: Text = Field(description="the cathode it was annealed on")

    @property
    def condition(self) -> PublishedCondition:
        """The published annealing conditions.

        Raises
        ------
        InputError
            If there are no such conditions, or more than one set of them.
        """
        asked = (self.material, self.cathode)
        known = [one for one in annealing_data().published if (one.material, one.cathode) == asked]
        if len(known) != 1:
            raise InputError(f"{len(known)} conditions of annealing {' on '.join(asked)} are packaged, not one")
        return known[0]

    @property
    def materials(self) -> tuple[str, ...]:
        """The coating, and the gases of the furnace."""
        return (self.material, "O2", *self.condition.gas_bar)


class VacancyFalls(PublishedClaim):
    """The formation energy of an oxygen vacancy falls as lithium is removed."""

    of_energies = False

    check: Literal["vacancy_falls"]
    cathode: Text = Field(description="cathode, as the program names it")
    at: Literal["each step", "the end"] = Field(description="whether with each lithium, or in the end with all of them")


Claim = Annotated[
    ElectrochemicalDominates
    | CoatingStabilises
    | ReactionWithin
    | Products
    | WindowCovers
    | OxygenOnset
    | ShareOfProducts
    | Anneals
    | SurvivesAnnealing
    | VacancyFalls,
    Field(discriminator="check"),
]
