"""Names of contacts, and of the quantities that are their mutual reaction energies."""

from __future__ import annotations

import re
from typing import NamedTuple

_CONTACT = re.compile(  # a face, of a composite perhaps one phase or an inner interface, and perhaps a held potential
    r"mutual_(?P<face>(?:electrolyte|inner|coating|(?:cathode|bare)_(?P<state>.+?))"
    r"(?:_with_.+?|_[^_]+?\|.+?)?(?:_at_mu\((?P<held>.+?)\))?)_mev_per_(?P<closed>closed_)?atom"
)


class Contact(NamedTuple):
    """What the name of a contact's mutual energy says."""

    face: str  # the face that is met, with the potential that is held there
    state: str | None  # of charge, if that face is a cathode's
    held: str | None  # the state of charge whose potential of lithium is held
    closed: bool  # whether the energy counts per atom that is not exchanged

    @classmethod
    def named(cls, quantity: str) -> Contact | None:
        """Read the name of a quantity; None if it is no contact's."""
        found = _CONTACT.fullmatch(quantity)
        if found is None:
            return None
        return cls(found["face"].replace("_", " "), found["state"], found["held"], found["closed"] is not None)


def contact_quantity(contact: str) -> str:
    """Return what the mutual energy of a contact is called, ``mutual_cathode_half_mev_per_atom`` say.

    Parameters
    ----------
    contact
        The face that is met, ``cathode half`` or ``electrolyte at mu(half)``; or a contact at it. One that names a
        potential exchanges lithium, and its energy counts per atom that is not lithium.
    """
    return f"mutual_{contact.replace(' ', '_')}_mev_per_{'closed_' if is_open(contact) else ''}atom"


def face_named(name: str) -> str | None:
    """Return the face whose lowest mutual energy a quantity is, ``electrolyte at mu(half)`` say.

    None where the name is that of another quantity, or of one phase of a composite alone.
    """
    if not is_contact(name):
        return None
    face = name.removeprefix("mutual_").removesuffix("_mev_per_atom").removesuffix("_mev_per_closed_atom")
    face = face.replace("_", " ")
    return face if contact_quantity(face) == name and " with " not in face and "|" not in face else None


def is_open(contact: str) -> bool:
    """Return whether the name of a contact names a potential, so that it exchanges lithium."""
    return " at mu(" in contact


def is_contact(name: str) -> bool:
    """Return whether a name is that of a contact's mutual energy."""
    return Contact.named(name) is not None


def states_named(name: str) -> set[str]:
    """Return the states of charge in the name of a contact's mutual energy, as composition or potential."""
    contact = Contact.named(name)
    return {state for state in (contact.held, contact.state) if state} if contact else set()
