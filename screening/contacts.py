"""The contacts of a coated cathode: which materials meet, at which state of charge, closed or open.

A contact that cannot be computed carries the reason and does not stop the others.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.cathode import CathodeDocument, CathodeState, LithiumPotential
from screening.errors import CoatscreenError
from screening.interface import Interface
from screening.interface_documents import Reaction
from screening.phase_set import PhaseSet
from screening.reservoir import Reservoir

Pair = Literal["cathode|electrolyte", "coating|cathode", "coating|coating", "coating|electrolyte"]


class Contact(BaseModel):
    """Two materials in contact, with their reaction energies or the reason why there are none."""

    model_config = ConfigDict(extra="forbid")

    contact: Pair = Field(description="which materials meet; A and B of the reaction in this order")
    cathode_state: str | None = Field(description="state of charge of the cathode as a composition; null without one")
    reservoir_state: str | None = Field(
        description="state of the cathode whose lithium potential is held; null: closed"
    )
    lithium: LithiumPotential | None = Field(description="that potential and where it comes from")
    reaction: Reaction | None = Field(description="the reaction energies; null where they could not be computed")
    why_missing: str | None = Field(None, description="why not")

    @property
    def name(self) -> str:
        """A short name, for example ``cathode full`` or ``electrolyte at half``."""
        _, partner = self.contact.split("|")
        if self.contact == "coating|cathode":
            partner = f"cathode {self.cathode_state}"
        if self.contact == "cathode|electrolyte":
            partner = f"bare {self.cathode_state}"
        return partner if self.reservoir_state is None else f"{partner} at mu({self.reservoir_state})"

    @property
    def quantity(self) -> str:
        """Name of its mutual energy among a coating's quantities, for example ``mutual_electrolyte_mev_per_atom``."""
        closed = closed_quantity(self.name)
        return closed if self.reservoir_state is None else closed.replace("_per_atom", "_per_closed_atom")

    @property
    def mutual_mev(self) -> float | None:
        """Mutual reaction energy, meV per (closed) atom, or None."""
        return None if self.reaction is None else round(1000.0 * self.reaction.mutual.energy_ev, 6)


def closed_quantity(contact: str) -> str:
    """Return what the mutual energy of a closed contact is called among a coating's quantities."""
    return f"mutual_{contact.replace(' ', '_')}_mev_per_atom"


def bare_contacts(phases: PhaseSet, cathode: CathodeDocument, electrolyte: str) -> list[Contact]:
    """Compute the unprotected cathode against the electrolyte: every state, closed and open."""
    return [
        *closed_bare_contacts(phases, cathode, electrolyte),
        *(_contact(phases, "cathode|electrolyte", s.formula, electrolyte, s, s) for s in cathode.states),
    ]


def closed_bare_contacts(phases: PhaseSet, cathode: CathodeDocument, electrolyte: str) -> list[Contact]:
    """Compute the unprotected cathode against the electrolyte: every state, closed."""
    return [_contact(phases, "cathode|electrolyte", s.formula, electrolyte, s, None) for s in cathode.states]


def cathode_contacts(phases: PhaseSet, coating: str, cathode: CathodeDocument) -> list[Contact]:
    """Compute a coating against the cathode: every state, closed and open at that state's potential."""
    return [
        *(_contact(phases, "coating|cathode", coating, s.formula, s, None) for s in cathode.states),
        *(_contact(phases, "coating|cathode", coating, s.formula, s, s) for s in cathode.states),
    ]


def electrolyte_contacts(
    phases: PhaseSet, coating: str, electrolyte: str, cathode: CathodeDocument | None
) -> list[Contact]:
    """Compute a coating against the electrolyte: closed, or open at each potential of a cathode."""
    if cathode is None:
        return [_contact(phases, "coating|electrolyte", coating, electrolyte, None, None)]
    return [_contact(phases, "coating|electrolyte", coating, electrolyte, None, s) for s in cathode.states]


def layer_contacts(phases: PhaseSet, layer: str, next_layer: str, cathode: CathodeDocument) -> list[Contact]:
    """Compute two coatings on each other: closed, and open at each potential of a cathode."""
    return [_contact(phases, "coating|coating", layer, next_layer, None, held) for held in (None, *cathode.states)]


def _contact(
    phases: PhaseSet, pair: Pair, a: str, b: str, state: CathodeState | None, reservoir: CathodeState | None
) -> Contact:
    reaction, why = None, None
    try:
        held = None if reservoir is None else Reservoir({"Li": reservoir.lithium.mu_li_ev})
        reaction = Interface(phases, a, b, held).reaction()
    except CoatscreenError as error:
        why = str(error)
    return Contact(
        contact=pair,
        cathode_state=None if state is None else state.state,
        reservoir_state=None if reservoir is None else reservoir.state,
        lithium=None if reservoir is None else reservoir.lithium,
        reaction=reaction,
        why_missing=why,
    )
