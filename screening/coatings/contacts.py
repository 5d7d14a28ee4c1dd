"""The contacts of a coated cathode: which materials meet, at which state of charge, closed or open.

Of a composite coating each phase meets the cathode and the electrolyte, and any two of them meet inside it.
A contact that cannot be computed carries the reason and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.lithium_potentials import CathodeDocument, CathodeState, LithiumPotential
from screening.chemistry.notation import read_composite
from screening.criteria.contact_names import contact_quantity
from screening.equilibrium.interface_documents import Reaction
from screening.equilibrium.reactions import reactions
from screening.equilibrium.survey import Pair as MetPair
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
        return contact_quantity(name)


class Meeting(NamedTuple):
    """Two materials that meet: what a contact is of, whatever the energies are."""

    contact: Pair
    a: str  # as Reactant reads it
    b: str
    cathode_state: str | None = None  # whose composition one of them is
    held: CathodeState | None = None  # whose lithium potential is held; None: closed
    component: str | None = None  # of a composite


def bare_meetings(cathode: CathodeDocument, electrolyte: str) -> list[Meeting]:
    """List the contacts of the unprotected cathode with the electrolyte: every state, closed and open."""
    return [
        Meeting("cathode|electrolyte", state.formula, electrolyte, state.state, held) for state, held in _held(cathode)
    ]


def _held(cathode: CathodeDocument) -> list[tuple[CathodeState, CathodeState | None]]:
    """List the states a cathode is met at: closed, those of composition, then all, each at its potential."""
    return [
        *((state, None) for state in cathode.states if not state.of_voltage),
        *((state, state) for state in cathode.states),
    ]


def coating_meetings(coating: str, cathode: CathodeDocument | None, electrolyte: str | None) -> list[Meeting]:
    """List the contacts of a coating with its neighbours.

    Parameters
    ----------
    coating
        A material or composite in the notation of :mod:`screening.chemistry.notation`.
    cathode
        Without an electrolyte: the contacts with the cathode at every state, closed and open at that state's potential,
        and those between the phases of a composite, closed and open at each potential.
    electrolyte
        Without a cathode: the closed contacts with the electrolyte; with one, those open at each of its potentials.
    """
    components = read_composite(coating)
    parts = [(coating, None)] if components is None else [(part, part) for part in components]
    if electrolyte is not None:
        potentials = [None] if cathode is None else cathode.states
        return [
            Meeting("coating|electrolyte", part, electrolyte, None, held, component)
            for part, component in parts
            for held in potentials
        ]
    states = [] if cathode is None else cathode.states
    on_cathode = [
        Meeting("coating|cathode", part, state.formula, state.state, held, component)
        for part, component in parts
        for state, held in ([] if cathode is None else _held(cathode))
    ]
    inside = [
        Meeting("coating|coating", a, b, None, held, f"{a}|{b}")
        for a, b in combinations(components or {}, 2)
        for held in (None, *states)
    ]
    return [*on_cathode, *inside]


def layer_meetings(layer: str, next_layer: str, cathode: CathodeDocument) -> list[Meeting]:
    """List the contacts of two coatings on each other: closed, and open at each potential of a cathode."""
    return [Meeting("coating|coating", layer, next_layer, None, held) for held in (None, *cathode.states)]


def contacts(phases: PhaseSet, meetings: Iterable[Meeting]) -> list[Contact]:
    """Compute the reaction of every two materials that meet; one that cannot be computed says why."""
    met = list(meetings)
    pairs = [
        MetPair(one.a, one.b, () if one.held is None else (Reservoir({"Li": one.held.lithium.mu_li_ev}),))
        for one in met
    ]
    return [
        contact_of(one, why_missing=found) if isinstance(found, str) else contact_of(one, found)
        for one, found in zip(met, reactions(phases, pairs), strict=True)
    ]


def contact_of(met: Meeting, reaction: Reaction | None = None, why_missing: str | None = None) -> Contact:
    """Return the contact of two materials that meet, with their reaction or the reason why there is none."""
    return Contact(
        contact=met.contact,
        component=met.component,
        cathode_state=met.cathode_state,
        reservoir_state=None if met.held is None else met.held.state,
        lithium=None if met.held is None else met.held.lithium,
        reaction=reaction,
        why_missing=why_missing,
    )


def mutual_energies(contacts: Sequence[Contact], *pairs: Pair) -> tuple[dict[str, float | None], float | None]:
    """Return the mutual energies by contact, and their lowest, meV per atom that is not exchanged.

    A closed contact exchanges none of its atoms, and one open to lithium exchanges its lithium, so that both count per
    atom that takes part in the reaction and stays. The lowest is None where a value is missing, or a pair of materials
    is at one of the potentials that are held anywhere: what was lost must not look like what does not react.
    """
    parts = {contact.name: contact.mutual_mev for contact in contacts}
    known = [value for value in parts.values() if value is not None]
    met = {(contact.contact, contact.reservoir_state) for contact in contacts}
    complete = len(known) == len(parts) and met >= {(pair, held) for pair in pairs for _, held in met}
    return parts, min(known) if known and complete else None


def closed_energies(contacts: Sequence[Contact], *pairs: Pair) -> tuple[dict[str, float | None], float | None]:
    """Return what :func:`mutual_energies` does of the closed contacts, meV/atom."""
    return mutual_energies([contact for contact in contacts if contact.reservoir_state is None], *pairs)


def face_energies(contacts: Iterable[Contact]) -> dict[str, float | None]:
    """Return the lowest mutual energy at each face, meV per (closed) atom, by the quantity's name.

    It is None where one of the contacts at the face could not be computed.
    """
    faces: dict[str, list[float | None]] = {}
    for contact in contacts:
        faces.setdefault(contact.face_quantity, []).append(contact.mutual_mev)
    return {
        face: None if None in values else min(value for value in values if value is not None)
        for face, values in faces.items()
    }
