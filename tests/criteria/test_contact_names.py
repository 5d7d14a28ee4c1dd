"""Names of contacts are read as they are written, and no quantity of the registry is one."""

import pytest

from screening.criteria.contact_names import Contact, contact_quantity, face_named, is_contact
from screening.criteria.quantities import registered


@pytest.mark.parametrize(
    ("contact", "face"),
    [
        ("electrolyte", "electrolyte"),
        ("cathode half", "cathode half"),
        ("electrolyte at mu(half)", "electrolyte at mu(half)"),
        ("cathode full with LiTi2(PO4)3", None),  # one phase of a composite alone
        ("inner Li2CO3|LiNbO3", None),
    ],
)
def test_a_face_is_named_by_its_own_quantity(contact, face):
    assert face_named(contact_quantity(contact)) == face


def test_what_a_name_says():
    contact = Contact.named("mutual_cathode_half_at_mu(full)_mev_per_closed_atom")
    assert contact == ("cathode half at mu(full)", "half", "full", True)
    assert Contact.named("mutual_electrolyte_mev_per_atom") == ("electrolyte", None, None, False)
    assert Contact.named("oxidation_limit_v") is None


def test_no_registered_quantity_has_the_name_of_a_contact():
    assert not [name for name in registered() if is_contact(name) or face_named(name)]
