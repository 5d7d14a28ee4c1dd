"""The operators of filters in MongoDB's query language that may be used, and what is said of others.

Nothing of it runs code or reads another collection: ``$where``, ``$expr``, ``$function`` and their like are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from screening.common.errors import InputError, nearest

OF_FILTERS = {"$and": "all of a list hold", "$or": "one of a list holds", "$nor": "none of a list holds"}
OF_VALUES = {
    "$eq": "equal; null also where there is no such field",
    "$ne": "not equal",
    "$gt": "greater; numbers compare with numbers, texts with texts",
    "$gte": "greater or equal",
    "$lt": "less",
    "$lte": "less or equal",
    "$in": "equal to one of a list",
    "$nin": "equal to none of a list",
    "$all": "a list that holds all of a list",
    "$size": "a list of so many members",
    "$elemMatch": "a list with a member for which a filter, or several conditions, hold",
    "$exists": "whether there is such a field",
    "$type": "a string, bool, number, object or array",
    "$mod": "a number that divided by the first of two leaves the second",
    "$regex": "a text in which a pattern occurs; see screening.database.queries.patterns",
    "$options": "of $regex: some of the letters i, m and s",
    "$not": "other conditions that do not hold",
}
OPERATORS = {**OF_FILTERS, **OF_VALUES}  # and what they mean
_RUN_CODE = ("$where", "$function", "$accumulator", "$expr")


def needs(name: str, what: str, operand: Any) -> InputError:
    """Return the error of an operator that needs another operand."""
    return refused(f"{name} needs {what}, not {shown(operand)}")


def unknown(name: Any, known: Mapping[str, str]) -> InputError:
    """Return the error of an operator that is none of those known in its place."""
    if name in _RUN_CODE:
        return refused(f"{name} computes, and a filter only compares; there are {', '.join(OPERATORS)}")
    return refused(f"{shown(name)} is no operator here{nearest(str(name), known)}; there are {', '.join(known)}")


def shown(value: Any) -> str:
    """Return a value as messages show it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def refused(reason: str) -> InputError:
    """Return the error of a filter that cannot be used."""
    return InputError(f"not a filter: {reason}")
