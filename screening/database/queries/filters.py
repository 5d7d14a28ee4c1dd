"""What a user may ask with a filter in MongoDB's query language: the same of a server and of an embedded store.

The operators are in :data:`screening.database.queries.operators.OPERATORS`; here are the limits of size and depth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from screening.database.queries.conditions import condition_of
from screening.database.queries.operators import refused, shown

DEEPEST = 20  # levels of objects and lists
MOST_CONDITIONS = 500
MOST_VALUES = 10_000  # in all lists
_LARGEST_INTEGER = 2**63 - 1


def check_filter(filter: Any) -> None:
    """Refuse a filter that a user must not ask with.

    Raises
    ------
    InputError
        If it is no filter, holds an operator that is not among
        :data:`screening.database.queries.operators.OPERATORS` or a value that is not JSON, or is too deep or
        too long. The message names what is wrong.
    """
    level, conditions, values = [filter], 0, 0
    for _ in range(DEEPEST):  # level by level, since a deep filter would exhaust the stack
        inside: list[Any] = []
        for part in level:
            if isinstance(part, Mapping):
                conditions += len(part)
                inside += [one for pair in part.items() for one in pair]
            elif isinstance(part, list):
                values += len(part)
                inside += part
            else:
                _check_value(part)
        if conditions > MOST_CONDITIONS:
            raise refused(f"it has more than {MOST_CONDITIONS} conditions")
        if values > MOST_VALUES:
            raise refused(f"it has more than {MOST_VALUES} values in lists; ask for some at a time")
        level = inside
    if level:
        raise refused(f"it is more than {DEEPEST} levels deep")
    condition_of(filter)


def _check_value(value: Any) -> None:
    """Refuse a value that is not JSON, or that a database cannot take."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise refused(f"{shown(value)} is no text") from None
        if "\0" in value:
            raise refused(f"{shown(value)} holds a null character")
    elif isinstance(value, bool) or value is None:
        pass
    elif not isinstance(value, int | float):
        raise refused(f"{shown(value)} is no value of JSON")
    elif isinstance(value, float) and not math.isfinite(value):
        raise refused(f"{value} is no number of JSON")
    elif isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise refused(f"{shown(value)} is too large a number")
