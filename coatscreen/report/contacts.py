"""The contacts of a coating with the profiles of their reactions."""

from __future__ import annotations

from collections.abc import Iterable

from coatscreen.report.report_documents import ContactReport, Point
from screening.coatings.contacts import Contact
from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.interface_documents import ClosedReaction, Mixed, OpenMixed, Reaction
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

_AGREEMENT_MEV = 1e-3  # between a stored energy, rounded to 1e-6 meV, and the same computed again


def contact_reports(contacts: Iterable[Contact], phases: PhaseSet | None) -> list[ContactReport]:
    """Describe contacts, each with every kink of its profile.

    Parameters
    ----------
    contacts
        As a screening computed them; of the profile they hold the minima alone.
    phases
        The energies they were computed with, for the kinks; None where they are not at hand.
    """
    return [_contact_report(contact, phases) for contact in contacts]


def _contact_report(contact: Contact, phases: PhaseSet | None) -> ContactReport:
    reaction = contact.reaction
    minimum, kinks, why = None, None, contact.why_missing
    if reaction is not None:
        minimum = _stored_minimum(reaction)
        if phases is not None:
            kinks, why = _profile(reaction, minimum, phases)
    held = contact.lithium
    return ContactReport(
        name=contact.name,
        face=contact.face_quantity,
        a="" if reaction is None else reaction.a,
        b="" if reaction is None else reaction.b,
        unit="meV/atom" if contact.reservoir_state is None else "meV/non-Li atom",
        held=None
        if held is None
        else f"open to lithium at {held.voltage_v:.2f} V, the {contact.reservoir_state} cathode's ({held.origin})",
        minimum=minimum,
        kinks=kinks,
        why_missing=why,
    )


def _stored_minimum(reaction: Reaction) -> Point:
    """Return the mixture of lowest mutual energy; the total energy there follows from what each does alone."""
    lowest = reaction.mutual
    alone = (
        (reaction.self_a_ev_per_atom, reaction.self_b_ev_per_atom)
        if isinstance(reaction, ClosedReaction)
        else (reaction.self_a_ev_per_closed_atom, reaction.self_b_ev_per_closed_atom)
    )
    x = lowest.x
    return _point(lowest, lowest.energy_ev, lowest.energy_ev + x * alone[0] + (1.0 - x) * alone[1])


def _profile(reaction: Reaction, minimum: Point, phases: PhaseSet) -> tuple[list[Point] | None, str | None]:
    """Compute every kink, or say why not."""
    reservoir = None if isinstance(reaction, ClosedReaction) else Reservoir(reaction.ensemble.open)
    try:
        found = Interface(phases, reaction.a, reaction.b, reservoir).document()
    except CoatscreenError as error:
        return None, f"the profile cannot be computed: {error}"
    if abs(1000.0 * found.mutual.energy_ev - minimum.mutual_mev) > _AGREEMENT_MEV:
        return None, (
            f"the profile is not drawn: its minimum is {1000.0 * found.mutual.energy_ev:.3f} meV where the database "
            f"holds {minimum.mutual_mev:.3f}"
        )
    if found.ensemble == "closed":
        return [_point(kink, kink.mutual_ev_per_atom, kink.total_ev_per_atom) for kink in found.kinks], None
    return [_point(kink, kink.mutual_ev_per_closed_atom, kink.total_ev_per_closed_atom) for kink in found.kinks], None


def _point(mixed: Mixed, mutual_ev: float, total_ev: float) -> Point:
    return Point(
        x=mixed.x,
        x_molar=mixed.x_molar_a,
        mutual_mev=round(1000.0 * mutual_ev, 6),
        total_mev=round(1000.0 * total_ev, 6),
        products=mixed.products,
        reaction=mixed.reaction,
        lithium_taken=mixed.exchanged.get("Li", 0.0) if isinstance(mixed, OpenMixed) else None,
    )
