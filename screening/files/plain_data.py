"""Data from outside as what it is: texts, numbers, lists and dictionaries.

monty's JSON names classes and functions in dictionaries, under keys that begin with ``@``, and its decoder imports what
they name: a file, or a document of a database, would decide which code runs. So nothing from outside is given to that
decoder. Dictionaries stay dictionaries, and the few classes that are needed are built by name from plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymatgen.core import Structure

_OF_MONTY = "@"


def plain(value: Any) -> Any:
    """Return data without the keys by which monty's decoder finds something to build, at any depth."""
    if isinstance(value, dict):
        return {
            name: plain(member)
            for name, member in value.items()
            if not (isinstance(name, str) and name.startswith(_OF_MONTY))
        }
    return [plain(member) for member in value] if isinstance(value, list | tuple) else value


def structure_of(data: Mapping[str, Any]) -> Structure:
    """Build a structure from pymatgen's form of one.

    Raises
    ------
    KeyError, ValueError, TypeError, AttributeError, IndexError
        What pymatgen meets in data of another form.
    """
    from pymatgen.core import Structure

    return Structure.from_dict(plain(dict(data)))
