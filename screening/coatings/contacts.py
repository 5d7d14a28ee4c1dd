"""The contacts of a coated cathode: which materials meet, at which state of charge, closed or open.

Of a composite coating each phase meets the cathode and the electrolyte, and any two of them meet inside it.
A contact that cannot be computed carries the reason and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.lithium_potentials import CathodeDocument, CathodeState, LithiumPotential
from screening.chemistry.notation import read_composite
from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import Reaction
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

Pair = Literal["cathode|electrolyte", "coating|cathode", "coating|coating", "coating|electrolyte"]


class Contact(BaseModel):
    """Two materials in contact, with their reaction energies or the reason why there are none."""

    model_config = ConfigDict(extra="forbid")

    contact: Pair = Field(
        description="which materials meet; A and B of the reaction in this order; coating|coating: two layers, or two "
        "phases of one composite"
    )
    component: str | None = Field(
        None,
        description="of a composite: the phase that meets the neighbour, or both at an inner interface; null for a "
        "coating of one phase",
    )
    cathode_state: str | None = Field(description="state of charge of the cathode as a composition; null without one")
    reservoir_state: str | None = Field(
        description="state of the cathode whose lithium potential is held; null: closed"
    )
    lithium: LithiumPotential | None = Field(description="that potential and where it comes from")
    reaction: Reaction | None = Field(description="the reaction energies; null where they could not be computed")
    why_missing: str | None = Field(None, description="why not")

    @property
    def face(self) -> str:
        """What is met, for example ``cathode full``, ``electrolyte at mu(half)`` or ``inner``."""
        return self._at_reservoir(self._partner)

    @property
    def name(self) -> str:
        """A short name: the face, for a composite with the phase: ``cathode full with Li2CO3``."""
        if self.component is None:
            return self.face
        between = "" if self.contact == "coating|coating" else "with "
        return self._at_reservoir(f"{self._partner} {between}{self.component}")

    @property
    def quantity(self) -> str:
        """Name of its mutual energy among a coating's quantities, for example ``mutual_electrolyte_mev_per_atom``."""
        return self._quantity(self.name)

    @property
    def face_quantity(self) -> str:
        """Name of the lowest mutual energy of all contacts at its face."""
        return self._quantity(self.face)

    @property
    def mutual_mev(self) -> float | None:
        """Mutual reaction energy, meV per (closed) atom, or None."""
        return None if self.reaction is None else round(1000.0 * self.reaction.mutual.energy_ev, 6)

    @property
    def _partner(self) -> str:
        if self.contact == "cathode|electrolyte":
            return f"bare {self.cathode_state}"
        if self.contact == "coating|coating":
            return "coating" if self.component is None else "inner"
        return "electrolyte" if self.contact == "coating|electrolyte" else f"cathode {self.cathode_state}"

    def _at_reservoir(self, name: str) -> str:
        return name if self.reservoir_state is None else f"{name} at mu({self.reservoir_state})"

    def _quantity(self, name: str) -> str:
        closed = closed_quantity(name)
        return closed if self.reservoir_state is None else closed.replace("_per_atom", "_per_closed_atom")


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
        _contact(phases, "coating|cathode", part, s.formula, s, s if held else None, component)
        for part, component in _components(coating)
        for held in (False, True)
        for s in cathode.states
    ]


def inner_contacts(phases: PhaseSet, coating: str, cathode: CathodeDocument) -> list[Contact]:
    """Compute the interfaces inside a composite coating: closed, and open at each potential of a cathode.

    Returns
    -------
    list of Contact
        Of any two phases of the composite; none for a coating of one phase.
    """
    return [
        _contact(phases, "coating|coating", a, b, None, held, f"{a}|{b}")
        for a, b in combinations(read_composite(coating) or {}, 2)
        for held in (None, *cathode.states)
    ]


def electrolyte_contacts(
    phases: PhaseSet, coating: str, electrolyte: str, cathode: CathodeDocument | None
) -> list[Contact]:
    """Compute a coating against the electrolyte: closed, or open at each potential of a cathode."""
    return [
        _contact(phases, "coating|electrolyte", part, electrolyte, None, held, component)
        for part, component in _components(coating)
        for held in ([None] if cathode is None else cathode.states)
    ]


def layer_contacts(phases: PhaseSet, layer: str, next_layer: str, cathode: CathodeDocument) -> list[Contact]:
    """Compute two coatings on each other: closed, and open at each potential of a cathode."""
    return [_contact(phases, "coating|coating", layer, next_layer, None, held) for held in (None, *cathode.states)]


def _components(coating: str) -> Iterator[tuple[str, str | None]]:
    """Yield the phases of a coating, and what a contact of each says of it."""
    parts = read_composite(coating)
    yield from [(coating, None)] if parts is None else ((part, part) for part in parts)


def _contact(
    phases: PhaseSet,
    pair: Pair,
    a: str,
    b: str,
    state: CathodeState | None,
    reservoir: CathodeState | None,
    component: str | None = None,
) -> Contact:
    reaction, why = None, None
    try:
        held = None if reservoir is None else Reservoir({"Li": reservoir.lithium.mu_li_ev})
        reaction = Interface(phases, a, b, held).reaction()
    except CoatscreenError as error:
        why = str(error)
    return Contact(
        contact=pair,
        component=component,
        cathode_state=None if state is None else state.state,
        reservoir_state=None if reservoir is None else reservoir.state,
        lithium=None if reservoir is None else reservoir.lithium,
        reaction=reaction,
        why_missing=why,
    )
