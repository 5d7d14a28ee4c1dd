"""Which materials meet, and what becomes of a contact that cannot be computed."""

from __future__ import annotations

import pytest
from fixtures_screening import synthetic

from screening.cathodes.lithium_potentials import lithium_states
from screening.coatings.contacts import bare_meetings, coating_meetings, contacts
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue


def cathode_contacts(phases, coating, cathode):
    """The contacts with the cathode alone."""
    met = [meeting for meeting in coating_meetings(coating, cathode, None) if meeting.contact == "coating|cathode"]
    return contacts(phases, met)


def inner_contacts(phases, coating, cathode):
    """Those between the phases of a composite."""
    met = [meeting for meeting in coating_meetings(coating, cathode, None) if meeting.contact == "coating|coating"]
    return contacts(phases, met)


def electrolyte_contacts(phases, coating, electrolyte, cathode):
    return contacts(phases, coating_meetings(coating, cathode, electrolyte))


STATES = ("full", "half", "discharged", "charged")  # two contents, and the ends of a cycle


@pytest.fixture(scope="module")
def ncm83():
    return lithium_states(synthetic(), Catalogue.load().cathode("NCM83"))


def test_bare_interface_at_every_state_closed_and_open(ncm83):
    found = contacts(synthetic(), bare_meetings(ncm83, "Li6PS5Cl"))
    opened = [f"bare {state} at mu({state})" for state in STATES]
    assert [c.name for c in found] == ["bare full", "bare half", *opened]
    assert {c.contact for c in found} == {"cathode|electrolyte"}


def test_coating_on_the_cathode(ncm83):
    found = cathode_contacts(synthetic(), "LiNbO3", ncm83)
    assert [c.name for c in found] == [
        "cathode full",
        "cathode half",
        *(f"cathode {state} at mu({state})" for state in STATES),
    ]
    assert {c.reaction.a for c in found} == {"LiNbO3"}
    assert [c.reaction.b for c in found] == [ncm83.state(s).formula for s in ("full", "half", *STATES)]


def test_coating_on_the_electrolyte(ncm83):
    (closed,) = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", None)
    assert (closed.name, closed.cathode_state, closed.lithium) == ("electrolyte", None, None)
    opened = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", ncm83)
    assert [c.name for c in opened] == [f"electrolyte at mu({state})" for state in STATES]


def test_each_is_the_interface_it_says_it_is(ncm83):
    for contact in (
        *cathode_contacts(synthetic(), "LiNbO3", ncm83),
        *electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", ncm83),
    ):
        held = None if contact.reservoir_state is None else Reservoir({"Li": contact.lithium.mu_li_ev})
        alone = Interface(synthetic(), contact.reaction.a, contact.reaction.b, held).reaction()
        assert contact.reaction == alone
        assert contact.mutual_mev == pytest.approx(1000 * alone.mutual.energy_ev, abs=1e-5)
        assert contact.reaction.unit == ("eV/atom" if held is None else "eV/non-open atom")


def test_the_open_contact_holds_the_potential_of_the_state_and_says_where_it_is_from(ncm83):
    _, half, _, charged = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", ncm83)
    assert half.reaction.ensemble.open == {"Li": half.lithium.mu_li_ev}
    assert half.lithium == ncm83.state("half").lithium
    assert charged.reaction.ensemble.open == {"Li": -4.3}
    assert (half.lithium.origin, charged.lithium.origin) == ("computed", "given")


def test_a_contact_that_cannot_be_computed_says_why_and_the_others_are_there(ncm83):
    found = cathode_contacts(synthetic(), "Li", ncm83)  # with lithium open, nothing is left of lithium
    closed, opened = found[:2], found[2:]
    assert all(c.reaction is not None and c.why_missing is None for c in closed)
    assert all(c.reaction is None and c.mutual_mev is None for c in opened)
    assert all("open elements only" in c.why_missing for c in opened)


COMPOSITE = "0.25LiNbO3+0.75Li3PO4"


def composite_contacts(cathode):
    return [
        *cathode_contacts(synthetic(), COMPOSITE, cathode),
        *inner_contacts(synthetic(), COMPOSITE, cathode),
        *electrolyte_contacts(synthetic(), COMPOSITE, "Li6PS5Cl", None),
        *electrolyte_contacts(synthetic(), COMPOSITE, "Li6PS5Cl", cathode),
    ]


def test_each_phase_of_a_composite_meets_each_neighbour_and_the_other(ncm83):
    found = composite_contacts(ncm83)
    assert [c.name for c in found if c.reservoir_state is None] == [
        "cathode full with LiNbO3",
        "cathode half with LiNbO3",
        "cathode full with Li3PO4",
        "cathode half with Li3PO4",
        "inner LiNbO3|Li3PO4",
        "electrolyte with LiNbO3",
        "electrolyte with Li3PO4",
    ]
    assert len({c.name for c in found}) == len({c.quantity for c in found}) == len(found) == 6 * 2 + 5 + 5 * 2
    for contact in found:
        held = None if contact.reservoir_state is None else Reservoir({"Li": contact.lithium.mu_li_ev})
        assert contact.reaction == Interface(synthetic(), contact.reaction.a, contact.reaction.b, held).reaction()
        assert contact.component.split("|")[0] == contact.reaction.a
    inner = [c for c in found if c.contact == "coating|coating"]
    assert {(c.reaction.a, c.reaction.b) for c in inner} == {("LiNbO3", "Li3PO4")}
    assert [c.reservoir_state for c in inner] == [None, *STATES]


def test_a_phase_in_a_composite_reacts_as_it_does_alone(ncm83):
    alone = cathode_contacts(synthetic(), "Li3PO4", ncm83)
    with_another = [c for c in cathode_contacts(synthetic(), COMPOSITE, ncm83) if c.component == "Li3PO4"]
    assert [c.reaction for c in with_another] == [c.reaction for c in alone]
    assert [c.face for c in with_another] == [c.face for c in alone] == [c.name for c in alone]
    assert [c.face_quantity for c in with_another] == [c.quantity for c in alone]
    assert inner_contacts(synthetic(), "Li3PO4", ncm83) == []


def test_of_three_phases_any_two_meet(ncm83):
    found = inner_contacts(synthetic(), "LiNbO3+Li3PO4+Li2O", ncm83)
    closed = {c.component: c for c in found if c.reservoir_state is None}
    assert list(closed) == ["LiNbO3|Li3PO4", "LiNbO3|Li2O", "Li3PO4|Li2O"]
    assert closed["LiNbO3|Li2O"].mutual_mev < 0.0  # LiNbO3 + Li2O -> Li3NbO4
