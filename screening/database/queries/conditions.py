"""Which documents a filter in MongoDB's query language holds for, as MongoDB decides."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from screening.database.queries.operators import OF_FILTERS, OF_VALUES, needs, refused, shown, unknown
from screening.database.queries.patterns import compiled

_INDEX = re.compile("0|[1-9][0-9]{0,8}")


class _Values(NamedTuple):
    """What stands in a document where a dotted name leads: several values where it leads through lists."""

    whole: list[Any]
    each: list[Any]  # these, and the members of those that are lists, unless the name ends in the number of a list


Condition = Callable[[Any], bool]  # of a document or a value
_OnValues = Callable[[_Values], bool]
_MISSING = object()


def condition_of(filter: Any) -> Condition:
    """Return the condition on documents that a filter stands for.

    Raises
    ------
    InputError
        If it is no filter, or holds an operator that is not among
        :data:`screening.database.queries.operators.OPERATORS`.
    """
    if not isinstance(filter, Mapping):
        raise refused(f"conditions are an object, not {shown(filter)}")
    return _all([_named(name, operand) for name, operand in filter.items()])


def _named(name: Any, operand: Any) -> Condition:
    if name in OF_FILTERS:
        if not isinstance(operand, list) or not operand:
            raise refused(f"{name} needs a list of filters, not {shown(operand)}")
        return _joined(name, [condition_of(part) for part in operand])
    if not isinstance(name, str) or not name or name.startswith("$"):
        raise unknown(name, OF_FILTERS)
    parts = name.split(".")
    if not all(parts) or any(part.startswith("$") for part in parts):
        raise refused(f"{shown(name)} is no name of a field")
    holds = _of_field(operand)
    return lambda document: holds(_values(document, parts))


def _joined(name: str, parts: Sequence[Condition]) -> Condition:
    if name == "$and":
        return _all(parts)
    if name == "$or":
        return lambda document: any(part(document) for part in parts)
    return lambda document: not any(part(document) for part in parts)


def _all(parts: Sequence[Condition]) -> Condition:
    return lambda value: all(part(value) for part in parts)


def _values(document: Any, parts: Sequence[str]) -> _Values:
    found = _Values([], [])
    _find(document, parts, found)
    return found


def _find(value: Any, parts: Sequence[str], found: _Values, by_number: bool = False) -> None:
    """Find the values to which a dotted name leads: into every object of a list, or to one member by its number."""
    if not parts:
        found.whole.append(value)
        found.each.append(value)
        if isinstance(value, list) and not by_number:
            found.each.extend(value)
    elif isinstance(value, dict):
        if parts[0] in value:
            _find(value[parts[0]], parts[1:], found)
        else:
            _find(_MISSING, (), found)
    elif isinstance(value, list):
        if _INDEX.fullmatch(parts[0]) and int(parts[0]) < len(value):
            member = value[int(parts[0])]
            if len(parts) == 1 or isinstance(member, dict | list):
                _find(member, parts[1:], found, by_number=True)
        for member in value:
            if isinstance(member, dict):
                _find(member, parts, found)
    else:
        _find(_MISSING, (), found)


def _of_field(operand: Any) -> _OnValues:
    if not _has_operators(operand):
        return _equal_to_one([operand])
    options = operand.get("$options", "")
    if "$options" in operand and "$regex" not in operand:
        raise refused("$options needs $regex")
    return _all([_operator(name, value, options) for name, value in operand.items() if name != "$options"])


def _has_operators(operand: Any) -> bool:
    return isinstance(operand, Mapping) and any(isinstance(name, str) and name.startswith("$") for name in operand)


def _operator(name: Any, operand: Any, options: Any) -> _OnValues:
    """Return the condition that an operator and its operand stand for."""
    if name == "$eq":
        return _equal_to_one([operand])
    if name == "$ne":
        return _none(_equal_to_one([operand]))
    if name in ("$in", "$nin"):
        one_of = _equal_to_one(_list(name, operand))
        return one_of if name == "$in" else _none(one_of)
    if name == "$all":
        members = [_equal_to_one([member]) for member in _list(name, operand)]
        return _all(members) if members else lambda values: False
    if name in ("$gt", "$gte", "$lt", "$lte"):
        return _compared(name, operand)
    if name == "$exists":
        if operand not in (True, False):
            raise needs(name, "true or false", operand)
        return lambda values: bool(operand) == any(value is not _MISSING for value in values.whole)
    if name == "$type":
        return _of_type(operand)
    if name == "$size":
        if not _is_whole(operand) or operand < 0:
            raise needs(name, "a whole number", operand)
        return lambda values: any(isinstance(value, list) and len(value) == operand for value in values.whole)
    if name == "$mod":
        return _divided(operand)
    if name == "$regex":
        return _with_pattern(operand, options)
    if name == "$elemMatch":
        return _with_member(operand)
    if name == "$not":
        if not _has_operators(operand):
            raise needs(name, 'conditions such as {"$gt": 1}', operand)
        return _none(_of_field(operand))
    raise unknown(name, OF_VALUES)


def _none(holds: _OnValues) -> _OnValues:
    return lambda values: not holds(values)


def _one(holds: Condition) -> _OnValues:
    return lambda values: any(holds(value) for value in values.each)


def _equal_to_one(operands: Sequence[Any]) -> _OnValues:
    wanted = {_identity(operand) for operand in operands}
    return _one(lambda value: _identity(None if value is _MISSING else value) in wanted)


def _identity(value: Any) -> Any:
    """Return what tells a value from another, as MongoDB does: true is not 1, and objects have an order."""
    if isinstance(value, Mapping):
        if _has_operators(value):
            raise refused(f"an operator stands inside a value: {shown(value)}")
        return "object", tuple((name, _identity(member)) for name, member in value.items())
    if isinstance(value, list | tuple):
        return "array", tuple(map(_identity, value))
    return isinstance(value, bool), value


def _compared(name: str, bound: Any) -> _OnValues:
    if not (_is_number(bound) or isinstance(bound, str)):
        raise needs(name, "a number or a text", bound)
    alike = _is_number if _is_number(bound) else lambda value: isinstance(value, str)
    if name == "$gt":
        return _one(lambda value: alike(value) and value > bound)
    if name == "$gte":
        return _one(lambda value: alike(value) and value >= bound)
    if name == "$lt":
        return _one(lambda value: alike(value) and value < bound)
    return _one(lambda value: alike(value) and value <= bound)


def _of_type(operand: Any) -> _OnValues:
    types: dict[str, Any] = {"string": str, "bool": bool, "object": dict, "array": list}
    if operand == "number":
        return _one(_is_number)
    if not isinstance(operand, str) or operand not in types:
        raise needs("$type", f"one of number, {', '.join(types)}", operand)
    return _one(lambda value: isinstance(value, types[operand]))


def _divided(operand: Any) -> _OnValues:
    if not isinstance(operand, list) or len(operand) != 2 or not all(map(_is_whole, operand)) or not operand[0]:
        raise needs("$mod", "two whole numbers, the first of them not zero", operand)
    by, rest = map(int, operand)
    return _one(lambda value: _is_number(value) and abs(int(value)) % abs(by) * (-1 if value < 0 else 1) == rest)


def _with_pattern(pattern: Any, options: Any) -> _OnValues:
    for text in (pattern, options):
        if not isinstance(text, str):
            raise needs("$regex", "a text, and so does $options", text)
    search = compiled(pattern, options).search
    return _one(lambda value: isinstance(value, str) and search(value) is not None)


def _with_member(operand: Any) -> _OnValues:
    """Return the condition of ``$elemMatch``: a filter for members that are objects, or conditions on any member."""
    if not isinstance(operand, Mapping) or not operand:
        raise needs("$elemMatch", "a filter", operand)
    if _has_operators(operand) and not OF_FILTERS.keys() & operand.keys():
        on_values = _of_field(operand)

        def holds(member: Any) -> bool:
            return on_values(_Values([member], [member]))
    else:
        inside = condition_of(operand)

        def holds(member: Any) -> bool:
            return isinstance(member, dict | list) and inside(_object(member))

    return lambda values: any(isinstance(value, list) and any(map(holds, value)) for value in values.whole)


def _object(value: Any) -> Any:
    """Return a list as the object of its numbered members that it is to MongoDB in a list."""
    return {str(number): member for number, member in enumerate(value)} if isinstance(value, list) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value) and value == int(value)


def _list(name: str, operand: Any) -> list[Any]:
    if not isinstance(operand, list | tuple):
        raise needs(name, "a list", operand)
    return list(operand)
