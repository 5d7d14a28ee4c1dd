"""Documents of the oxygen that a cathode gives off, alone and at its contacts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import Result
from screening.equilibrium.interface_documents import Reaction
from screening.heat.oxygen.product_classes import Kind

Place = Literal["below the table", "within the table", "above the table"]
SHARES_ARE = (
    "Shares are of the atoms of an element in one formula unit of electrolyte, at the minimum of the mutual reaction "
    "energy of its contact, less what the partner alone holds. Alone: the electrolyte without a partner, which is "
    "lithium extraction where the contact is open to lithium. Mutual: the share at the contact less that alone, which "
    "is what the partner and its oxygen do. Bare: at the cathode. Coated: at the coating, which keeps the electrolyte "
    "from the cathode. Removed: 1 - coated / bare. At the minimum there is cathode enough for all of the electrolyte; "
    "where less reaches it, the rest is as alone. Solids at 0 K."
)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OxygenBalance(_Document):
    """The oxygen of a cathode alone, with its lithium fixed or open to a reservoir."""

    products: dict[str, float] = Field(
        description="lowest-energy mixture of known phases at 0 K, oxygen kept in: fraction of the (closed) atoms"
    )
    reaction: str = Field(description="the same as a balanced equation in formula units")
    oxygen_gas_per_formula_unit: float = Field(ge=0, description="O2 molecules in that mixture")
    release_mu_o_ev: float = Field(
        le=0, description="chemical potential of oxygen below which oxygen leaves, eV per atom against O2 at 0 K"
    )
    balance: Place = Field(description="where the balance temperature lies against the table of O2, 298.15 to 2000 K")
    balance_temperature_k: float | None = Field(
        description="temperature above which oxygen leaves into O2 of the given pressure, K; null outside the table"
    )
    oxygen_released_per_formula_unit: float | None = Field(
        description="O atoms given to O2 of the given temperature and pressure; negative: taken up; null where lithium "
        "of the reservoir would burn in that gas"
    )


class CathodeOxygen(_Document):
    """The oxygen of a cathode alone at one state of charge."""

    lithium_per_formula_unit: float = Field(description="lithium atoms in a formula unit")
    state_of_charge: float = Field(ge=0, le=1, description="fraction of the lithium of the full state taken out")
    formula: str = Field(description="composition")
    energy_above_hull_ev_per_atom: float | None = Field(
        description="its own energy above the mixture of the closed balance; null where none is known"
    )
    voltage_v: float = Field(description="computed voltage at this lithium content, V against Li/Li+")
    closed: OxygenBalance = Field(description="with the lithium it has")
    open_to_lithium: OxygenBalance = Field(description="in contact with lithium at that voltage")


class ProductShare(_Document):
    """One class of products, and its share of an element of the electrolyte."""

    element: str = Field(description="the element of the electrolyte")
    product_class: str = Field(description="name of the class")
    kind: Kind = Field(description="oxygenated, oxidised without oxygen, or other: intact, exchanged or reduced")
    alone: float = Field(description="share held by what the electrolyte alone becomes")
    bare: float = Field(description="share at the contact with the cathode")
    bare_mutual: float = Field(description="bare less alone: what the cathode does")
    coated: float | None = Field(description="share at the contact with the coating; null without one")
    coated_mutual: float | None = Field(description="coated less alone: what the coating does")
    removed: float | None = Field(
        description="1 - coated/bare; negative: the coating makes more; null without a coating or where bare has none"
    )


class ElectrolyteContact(_Document):
    """An electrolyte in contact with a partner, which is the cathode or the coating."""

    reaction: Reaction = Field(description="reaction energies; A is the partner, B the electrolyte")
    oxygen_per_electrolyte_formula_unit: float | None = Field(
        description="O atoms that came to sit on the electrolyte's elements (sulfate 4, phosphate 4, ...), "
        "per formula unit of electrolyte; null where the electrolyte has oxygen of its own"
    )
    oxygen_per_partner_formula_unit: float | None = Field(
        description="the same per formula unit of the partner, which gave them; null where the two do not react"
    )


class CathodeContact(_Document):
    """A coating in contact with the cathode."""

    reaction: Reaction = Field(description="reaction energies; A is the cathode, B the coating")
    oxygen_gas_per_formula_unit: float = Field(
        ge=0, description="O2 molecules per formula unit of cathode at the minimum of the mutual energy"
    )


class ContactProducts(_Document):
    """The products of an electrolyte at one state of charge, closed or open to lithium, without and with a coating."""

    voltage_v: float | None = Field(description="of the lithium reservoir, V against Li/Li+; null: closed")
    bare: ElectrolyteContact = Field(description="the cathode at the electrolyte")
    coated: ElectrolyteContact | None = Field(description="the coating at the electrolyte")
    coating_on_cathode: CathodeContact | None = Field(description="the coating at the cathode")
    oxygen_removed: float | None = Field(
        description="1 - oxygen per electrolyte formula unit at the coating / at the cathode; null without a coating"
    )
    shares: list[ProductShare] = Field(description="by element and class; those of one element sum to 1 in each column")

    def share(self, element: str, kind: Kind, column: Literal["alone", "bare", "coated"]) -> float:
        """Return the sum of an element's shares over the classes of one kind."""
        rows = [row for row in self.shares if (row.element, row.kind) == (element, kind)]
        return sum(getattr(row, column) or 0.0 for row in rows)


class OxygenState(_Document):
    """The oxygen and the contacts of a cathode at one state of charge."""

    cathode: CathodeOxygen
    closed: ContactProducts | None = Field(description="contacts of fixed lithium; null without an electrolyte")
    open_to_lithium: ContactProducts | None = Field(description="contacts open to lithium at the cathode's voltage")


class OxygenDocument(Result):
    """The oxygen that a cathode gives off, against its state of charge."""

    cathode: str = Field(description="name")
    electrolyte: str | None = Field(description="formula")
    coating: str | None = Field(description="formula")
    temperature_k: float = Field(description="of the O2 gas; solids are at 0 K")
    pressure_bar: float = Field(description="partial pressure of O2")
    onset_state_of_charge: float | None = Field(
        description="state of charge from which the closed mixture at 0 K holds O2 gas; null: never"
    )
    shares_are: str = Field(SHARES_ARE, description="what the shares of the contacts mean")
    states: list[OxygenState] = Field(description="in the order asked for")
