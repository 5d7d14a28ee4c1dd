"""Which materials meet, and what becomes of a contact that cannot be computed."""

from __future__ import annotations

import pytest
from fixtures_screening import synthetic

from screening.catalogue import Catalogue
from screening.cathode import lithium_states
from screening.contacts import bare_contacts, cathode_contacts, electrolyte_contacts
from screening.interface import Interface
from screening.reservoir import Reservoir


@pytest.fixture(scope="module")
def ncm83():
    return lithium_states(synthetic(), Catalogue.load().cathode("NCM83"))


def test_bare_interface_at_every_state_closed_and_open(ncm83):
    contacts = bare_contacts(synthetic(), ncm83, "Li6PS5Cl")
    assert [c.name for c in contacts] == ["bare full", "bare half", "bare full at mu(full)", "bare half at mu(half)"]
    assert {c.contact for c in contacts} == {"cathode|electrolyte"}


def test_coating_on_the_cathode(ncm83):
    contacts = cathode_contacts(synthetic(), "LiNbO3", ncm83)
    assert [c.name for c in contacts] == [
        "cathode full",
        "cathode half",
        "cathode full at mu(full)",
        "cathode half at mu(half)",
    ]
    assert {c.reaction.a for c in contacts} == {"LiNbO3"}
    assert [c.reaction.b for c in contacts] == [ncm83.state(s).formula for s in ("full", "half", "full", "half")]


def test_coating_on_the_electrolyte(ncm83):
    (closed,) = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", None)
    assert (closed.name, closed.cathode_state, closed.lithium) == ("electrolyte", None, None)
    opened = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", ncm83)
    assert [c.name for c in opened] == ["electrolyte at mu(full)", "electrolyte at mu(half)"]


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
    half = electrolyte_contacts(synthetic(), "LiNbO3", "Li6PS5Cl", ncm83)[1]
    assert half.reaction.ensemble.open == {"Li": -3.66}
    assert half.lithium == ncm83.state("half").lithium
    assert half.lithium.origin == "cited"


def test_a_contact_that_cannot_be_computed_says_why_and_the_others_are_there(ncm83):
    contacts = cathode_contacts(synthetic(), "Li", ncm83)  # with lithium open, nothing is left of lithium
    closed, opened = contacts[:2], contacts[2:]
    assert all(c.reaction is not None and c.why_missing is None for c in closed)
    assert all(c.reaction is None and c.mutual_mev is None for c in opened)
    assert all("open elements only" in c.why_missing for c in opened)
