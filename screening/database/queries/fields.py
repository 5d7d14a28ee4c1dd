"""Values of documents by dotted names that lead through objects and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from screening.common.errors import InputError, nearest

_MISSING = object()


def value_at(doc: Any, path: str) -> Any:
    """Return what stands at a dotted name; None where there is nothing.

    A name that leads into a list gives the values of all its members; a number the member of that number, from 0; and
    in a coating's interfaces the name of a contact, as in ``interfaces.cathode half.reaction``, that contact.
    """
    found = _at(doc, path.split("."))
    return None if found is _MISSING else found


def _at(value: Any, parts: Sequence[str]) -> Any:
    if not parts or value is None:
        return value
    if isinstance(value, list):
        member = _member(value, parts[0])
        if member is not _MISSING:
            return _at(member, parts[1:])
        found = [_at(member, parts) for member in value]
        return _MISSING if all(one is _MISSING for one in found) else [None if o is _MISSING else o for o in found]
    if isinstance(value, dict) and parts[0] in value:
        return _at(value[parts[0]], parts[1:])
    return _MISSING


def _member(members: list[Any], name: str) -> Any:
    """Return the member of a list that a name means, by number or as a contact."""
    if name.isdigit():
        return members[int(name)] if int(name) < len(members) else _MISSING
    for member in members:
        if isinstance(member, dict) and "contact" in member and _contact_name(member) == name:
            return member
    return _MISSING


def _contact_name(member: Mapping[str, Any]) -> str:
    from screening.coatings.contacts import Contact

    fields = {field: member.get(field) for field in Contact.model_fields}
    return Contact.model_validate({**fields, "reaction": None, "lithium": None}).name


def require_fields(
    docs: Iterable[Mapping[str, Any]], paths: Mapping[str, str], example: Callable[[], Mapping[str, Any]]
) -> None:
    """Refuse a field that no document has.

    Parameters
    ----------
    docs
        The documents; no more of them are taken than it needs to find each field once.
    paths
        The dotted names looked for, by what the user called them.
    example
        Returns a whole document, to say what there is.

    Raises
    ------
    InputError
        Naming the field, and what there is in its place.
    """
    missing: dict[str, str] = {}
    for number, doc in enumerate(docs):
        looked_for = missing if number else paths
        missing = {name: path for name, path in looked_for.items() if _at(doc, path.split(".")) is _MISSING}
        if not missing:
            return
    for name, path in missing.items():
        above, _, last = path.rpartition(".")
        whole = example()
        inside = value_at(whole, above) if above else whole
        if isinstance(inside, list):
            inside = next((member for member in inside if isinstance(member, dict)), {})
        there = list(inside) if isinstance(inside, Mapping) else []
        guess = nearest(last, there) or f"; there are {', '.join(map(str, there)) or 'none'}"
        raise InputError(f"no document has a field {name!r}{guess}")
