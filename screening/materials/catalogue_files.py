"""Files of a catalogue: YAML lists of materials with names, packaged and of a user's own."""

from __future__ import annotations

from functools import cache, reduce
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from screening.common.errors import InputError, nearest
from screening.files.content import DATA, read_text
from screening.files.validation import explained
from screening.files.yaml_text import parse_yaml
from screening.materials.cathode import Cathode, PublishedVoltage
from screening.materials.material import EnergyAboveHull, Material, Property

Role = Literal["coating", "electrolyte", "cathode", "anode"]
Entries = dict[str, list[Material | Cathode]]  # by the sections of the files

_PACKAGED = DATA / "catalogue"
_ROLES: dict[str, Role] = {
    "coatings": "coating",
    "electrolytes": "electrolyte",
    "cathodes": "cathode",
    "anodes": "anode",
}


def read_entries(*extra: Path) -> Entries:
    """Return the packaged entries, followed by those of a user's own files.

    Raises
    ------
    InputError
        If a file cannot be read, an entry is invalid, or its name is taken; the message names the file and the entry.
    """
    return reduce(_extended, extra, _packaged())


@cache
def _packaged() -> Entries:
    nothing: Entries = {section: [] for section in _ROLES}
    return reduce(_extended, (_PACKAGED / f"{section}.yaml" for section in _ROLES), nothing)


def _extended(known: Entries, path: Path) -> Entries:
    """Return the entries with those of one more file."""
    entries = {section: [*listed] for section, listed in known.items()}
    for section, rows in _sections(path).items():
        taken = {name.casefold(): entry.name for entry in entries[section] for name in entry.names}
        for number, row in enumerate(rows, start=1):
            entry = _entry(path, section, number, row)
            for name in entry.names:
                if name.casefold() in taken:
                    holder = taken[name.casefold()]
                    raise InputError(f"{path}: {section} {entry.name!r}: {name!r} already names {holder!r}")
                taken[name.casefold()] = entry.name
            entries[section].append(entry)
    return entries


def _entry(path: Path, section: str, number: int, row: object) -> Material | Cathode:
    label = f"{path}: {section} entry {number}"
    if not isinstance(row, dict):
        raise InputError(f"{label} is not a mapping")
    if "name" in row:
        label = f"{path}: {section} {row['name']!r}"
    if "role" in row:
        raise InputError(f"{label}: unknown key 'role'")
    model = Cathode if section == "cathodes" else Material
    try:
        return model.model_validate({**row, "role": _ROLES[section]})
    except ValidationError as error:
        parts = (model, Property, PublishedVoltage, EnergyAboveHull)
        raise InputError(f"{label}: {explained(error, [key for part in parts for key in part.model_fields])}") from None


def _sections(path: Path) -> dict[str, list[object]]:
    """Read the lists of entries in one file."""
    try:
        data = parse_yaml(read_text(path, "catalogue"))
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: not a mapping with any of the keys {', '.join(_ROLES)}")
    for section, rows in data.items():
        if section not in _ROLES:
            raise InputError(f"{path}: unknown key {section!r}{nearest(str(section), _ROLES)}")
        if not isinstance(rows, list):
            raise InputError(f"{path}: {section} is not a list")
    return data
