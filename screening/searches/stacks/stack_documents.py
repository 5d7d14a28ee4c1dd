"""Documents of stacks: coatings of one or two layers between a cathode and an electrolyte."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.coatings.contacts import Contact
from screening.common.provenance import Result
from screening.criteria.criteria import Criterion
from screening.text.tabular import Documents, Tabular

Ensemble = Literal["closed", "open"]


class Layer(BaseModel):
    """A coating as a layer: how stable it is, and how it reacts with what is outside."""

    model_config = ConfigDict(extra="forbid")

    coating: str = Field(description="name")
    formula: str = Field(description="composition")
    reactant: str = Field(description="what reacts, in the notation of screening.chemistry.notation")
    energy_above_hull_mev_per_atom: float | None = Field(description="null where no phase of it is known")
    reduction_limit_v: float = Field(description="below this voltage it takes up lithium; 0: never")
    oxidation_limit_v: float | None = Field(description="above it gives up lithium; null: it has none to give")
    mutual_cathode_mev_per_atom: dict[str, float] = Field(
        description="closed mutual energy with the cathode at each state of charge, meV/atom"
    )
    mutual_electrolyte_mev_per_atom: float = Field(description="closed mutual energy with the electrolyte, meV/atom")
    mutual_cathode_mev_per_closed_atom: dict[str, float] = Field(
        description="the same with the cathode at each state, open to lithium at that state's potential, meV per atom "
        "that is not lithium"
    )
    mutual_electrolyte_mev_per_closed_atom: dict[str, float] = Field(
        description="the same with the electrolyte, at the lithium potential of each state of the cathode"
    )

    def on_cathode(self, ensemble: Ensemble) -> float:
        """Return the lowest mutual energy with the cathode among its states of charge, meV per (closed) atom."""
        closed, opened = self.mutual_cathode_mev_per_atom, self.mutual_cathode_mev_per_closed_atom
        return min((closed if ensemble == "closed" else opened).values())

    def on_electrolyte(self, ensemble: Ensemble) -> float:
        """Return the lowest mutual energy with the electrolyte, open among the potentials, meV per (closed) atom."""
        if ensemble == "closed":
            return self.mutual_electrolyte_mev_per_atom
        return min(self.mutual_electrolyte_mev_per_closed_atom.values())

    @property
    def window(self) -> tuple[float, float]:
        """What windows are compared by, lower is better: the oxidation limit, then the reduction limit."""
        high = math.inf if self.oxidation_limit_v is None else self.oxidation_limit_v
        return -high, self.reduction_limit_v


class Weakest(BaseModel):
    """How the contacts of a stack react, closed or open."""

    model_config = ConfigDict(extra="forbid")

    contact: str | None = Field(description="the contact that reacts most; null where none reacts")


class ClosedPath(Weakest):
    """The closed contacts of a stack."""

    worst_mutual_mev_per_atom: float = Field(description="mutual energy of that contact, meV/atom")
    sum_mutual_mev_per_atom: float = Field(description="sum over the contacts, the cathode's at its worst state")
    gain_over_bare_mev_per_atom: float = Field(
        description="how much less that contact reacts than cathode and electrolyte without any layer"
    )


class OpenPath(Weakest):
    """The contacts of a stack open to lithium at the potentials of the cathode's states of charge."""

    worst_mutual_mev_per_closed_atom: float = Field(
        description="mutual energy of that contact at its worst potential, meV per atom that is not lithium"
    )
    sum_mutual_mev_per_closed_atom: float = Field(description="sum over the contacts, each at its worst potential")
    gain_over_bare_mev_per_closed_atom: float = Field(
        description="how much less that contact reacts than cathode and electrolyte without any layer"
    )


class Stack(BaseModel):
    """A path from the cathode through one or two layers to the electrolyte."""

    model_config = ConfigDict(extra="forbid")

    rank: int = Field(description="place among the stacks of as many layers; the same for equal ones")
    layers: list[Layer] = Field(description="from the cathode to the electrolyte")
    closed: ClosedPath = Field(description="its weakest contact, closed")
    open: OpenPath = Field(description="its weakest contact, open to lithium")
    interfaces: list[Contact] = Field(description="every contact of the path: each state of charge, closed and open")


class StacksDocument(Tabular, Result):
    """The best stacks of one and of two layers among some coatings."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    ranked_by: Ensemble = Field(description="which contacts count first, closed or open; those equal go by the others")
    criterion: Criterion = Field(description="what each layer must pass, where its energy above the hull is known")
    n_coatings: int = Field(description="coatings that could be a layer")
    bare_worst_mutual_mev_per_atom: float = Field(description="of cathode and electrolyte without any layer, closed")
    bare_worst_mutual_mev_per_closed_atom: float = Field(description="the same open to lithium")
    one_layer: list[Stack] = Field(description="the best stacks of one layer, best first")
    two_layers: list[Stack] = Field(description="the best stacks of two layers, best first")
    second_layer_gain_mev_per_atom: float | None = Field(
        description="how much less the weakest closed contact of the best stack of two layers reacts than that of the "
        "best of one; negative: more; null without a stack of two layers"
    )
    second_layer_gain_mev_per_closed_atom: float | None = Field(description="the same of the open contacts")
    n_pairs: int = Field(description="stacks of two layers there are, all of which were compared")
    n_pairs_computed: int = Field(
        description="pairs of coatings whose interface had to be computed for it, of n_pairs / 2 without their order"
    )
    failed: dict[str, str] = Field(
        description="coatings that cannot be a layer, and pairs A|B that could not be computed, and why"
    )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the stacks of one layer, then those of two."""
        return Documents([*self.one_layer, *self.two_layers]).rows()
