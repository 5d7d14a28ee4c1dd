"""Values by dotted names: through objects, over lists, into one member, and what no document has."""

from __future__ import annotations

import pytest
from fixtures_ranking import record

from screening.common.errors import InputError
from screening.database.queries.fields import require_fields, value_at

DOCUMENT = {"a": {"b": 1, "n": None}, "l": [{"x": 1}, {"y": 2}, [{"x": 3}]], "numbers": [7, 8]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("a.n", None),
        ("a.n.deeper", None),  # of nothing there is nothing
        ("a.b.deeper", None),
        ("nothing", None),
        ("l.0.x", 1),
        ("l.2.0.x", 3),
        ("l.x", [1, None, [3]]),
        ("l.z", None),
        ("l.3.x", None),
        ("numbers.1", 8),
        ("numbers.2", None),
        ("numbers", [7, 8]),
    ],
)
def test_values_of_dotted_names(path, value):
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize(
    ("contact", "energy"),
    [
        ("cathode full", -0.01),
        ("cathode half", -0.02),
        ("cathode half at mu(half)", None),  # an open one has its energy per closed atom
        ("electrolyte", -0.03),
        ("electrolyte at mu(charged)", None),
    ],
)
def test_a_contact_is_named_by_its_face_and_potential(contact, energy):
    document = record("LiNbO3", -10.0, -20.0, -30.0, opened=-40.0).model_dump(mode="json")
    assert value_at(document, f"interfaces.{contact}.reaction.mutual.min_ev_per_atom") == energy
    closed_atom = value_at(document, f"interfaces.{contact}.reaction.mutual.min_ev_per_closed_atom")
    assert closed_atom == (-0.04 if contact == "cathode half at mu(half)" else None)


def asked(docs, *names, paths=None):
    """Require fields, and return how many documents that took."""
    taken = []
    given = (taken.append(doc) or doc for doc in docs)
    require_fields(given, paths or {name: name for name in names}, lambda: docs[0])
    return len(taken)


def test_no_more_documents_are_taken_than_it_needs():
    docs = [{"a": 1}, {"b": None}, {"c": 3}]
    assert asked(docs, "a") == 1
    assert asked(docs, "a", "b") == 2  # a null is there
    assert asked(docs, "c", "a") == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("coatin", r"no document has a field 'coatin' \(did you mean coating\?\)$"),
        ("window.wide", r"no document has a field 'window\.wide'; there are low, high$"),
        ("list.z", r"no document has a field 'list\.z'; there are x$"),
        ("coating.z", r"no document has a field 'coating\.z'; there are none$"),
    ],
)
def test_what_no_document_has_is_refused_with_what_there_is(name, said):
    docs = [{"coating": "LiF", "window": {"low": 1, "high": 2}, "list": [{"x": 1}]}, {"coating": "HfO2"}]
    with pytest.raises(InputError, match=said):
        asked(docs, name)


def test_a_field_is_called_as_the_user_called_it():
    with pytest.raises(InputError, match=r"^no document has a field 'cost'; there are gain$"):
        asked([{"quantities": {"gain": 1}}], paths={"cost": "quantities.cost"})
