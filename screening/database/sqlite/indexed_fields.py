"""Fields of documents that are plain values, kept as columns of a table of their own, so that SQLite can compare them.

A filter in MongoDB's language is translated as far as these columns reach; what is found may be too much, never too
little, since the filter itself decides afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from screening.database.queries.patterns import compiled

_LARGEST_INTEGER = 2**63 - 1
_MOST_BOUND = 10_000  # values in one condition; SQLite takes 32766 in all
_COMPARISONS = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}

Condition = tuple[str, list[Any]]  # SQL with question marks, and what stands for these


def member_of(document: Mapping[str, Any], field: str) -> Any:
    """Return what stands at a dotted field, or the list on the way to it; None where there is nothing."""
    value: Any = document
    for part in field.split("."):
        if isinstance(value, list):
            break
        value = value.get(part) if isinstance(value, dict) else None
    return value


def value_of(document: Mapping[str, Any], field: str) -> Any:
    """Return the value of a dotted field.

    Raises
    ------
    TypeError
        If it is a list or an object, or lies in a list.
    """
    value = member_of(document, field)
    if isinstance(value, dict | list):
        raise TypeError(field)
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return float(value)
    return value


def is_column(name: str) -> bool:
    """Return whether a member of an object can be a column: no dot, which would mean another level, and no quote."""
    return not set(name) & {".", '"', "\0", "$"}


def column(field: str) -> str:
    """Return the column of a field, quoted."""
    return f'"{field}"'


def conditions(criteria: Mapping[str, Any], fields: Sequence[str]) -> list[Condition]:
    """Translate what can be of a well-formed filter; each document it holds for fulfils all of the conditions."""
    found: list[Condition] = []
    for field, value in criteria.items():
        if field == "$and" and isinstance(value, list):
            for part in value:
                found += conditions(part, fields) if isinstance(part, Mapping) else []
        elif field in fields:
            found += _of_field(column(field), value)
    return found


def decides(criteria: Mapping[str, Any], fields: Sequence[str]) -> bool:
    """Return whether the conditions of a filter hold for just what it holds for: it compares whole texts and nulls."""
    return all(
        all(decides(part, fields) for part in value)
        if field == "$and"
        else field in fields and (value is None or value == {"$ne": None} or _is_text(value))
        for field, value in criteria.items()
    )


def _is_text(value: Any) -> bool:
    if isinstance(value, dict) and value.keys() == {"$in"}:
        return len(value["$in"]) <= _MOST_BOUND and all(_is_text(member) for member in value["$in"])
    return isinstance(value, str) and is_plain(value)


def _of_field(name: str, value: Any) -> list[Condition]:
    if value is None:
        return [(f"{name} IS NULL", [])]
    if is_plain(value):
        return [(f"{name} = ?", [value])]
    if not isinstance(value, dict):
        return []
    found: list[Condition] = []
    for operator, operand in value.items():
        if operator in _COMPARISONS and is_plain(operand):
            found.append((f"{name} {_COMPARISONS[operator]} ?", [operand]))
        elif operator == "$ne" and operand is None:
            found.append((f"{name} IS NOT NULL", []))
        elif operator == "$in" and all(is_plain(member) for member in operand):
            found += _among(name, list(operand))
        elif operator == "$regex":
            found.append((f"matches(?, ?, {name})", [operand, value.get("$options", "")]))
    return found


def _among(name: str, members: list[Any]) -> list[Condition]:
    condition, bound = equality({"$in": members})
    if condition:
        return [(f"{name} {condition}", [bound])]
    return [(f"{name} IN ({', '.join('?' * len(members))})", members)] if len(members) <= _MOST_BOUND else []


def equality(value: Any) -> tuple[str, Any]:
    """Return a condition that every scalar equal to the value, or to one of its ``$in``, fulfils; or none."""
    if isinstance(value, dict) and value.keys() == {"$in"} and all(_is_exact(member) for member in value["$in"]):
        return "IN (SELECT value FROM json_each(?))", orjson.dumps(list(value["$in"])).decode()
    return ("= ?", value) if _is_exact(value) else ("", None)


def where_all(all_of: Sequence[Condition]) -> Condition:
    """Join conditions to a WHERE clause, which is empty where there are none."""
    texts = " AND ".join(text for text, _ in all_of)
    return f" WHERE {texts}" if texts else "", [value for _, values in all_of for value in values]


def matches(pattern: str, options: str, value: Any) -> bool:
    """Return whether a pattern occurs in a text; what is no text has none."""
    return isinstance(value, str) and compiled(pattern, options).search(value) is not None


def is_plain(value: Any) -> bool:
    """Return whether SQLite compares a value as MongoDB does."""
    if isinstance(value, str):
        return "\0" not in value
    return isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST_INTEGER)


def _is_exact(value: Any) -> bool:
    return is_plain(value) and not isinstance(value, float)
