"""Crystal structures stored as JSON lines, one structure a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.files.plain_data import plain
from screening.files.validation import explained

if TYPE_CHECKING:
    from pymatgen.core import Structure


def _plain(structure: Any) -> object:
    """Return a structure as pymatgen's dictionary; jobflow decodes job outputs to objects before documents are made."""
    if isinstance(structure, dict) or structure is None:
        return plain(structure)
    return plain(json.loads(structure.to_json()))


PlainStructure = Annotated[dict[str, Any], BeforeValidator(_plain)]  # a structure in a document, pymatgen's dictionary


_LONGEST_LINE = 10**7  # characters: some hundred thousand sites


class StructureRecord(BaseModel):
    """One crystal structure, as one line of a structures file holds it."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    id: str = Field(min_length=1, description="identifier in the source database")
    species: list[str] = Field(description="element symbols, in the order of the coordinates")
    counts: list[int] = Field(description="sites of each species, in the same order")
    sg: int = Field(ge=1, le=230, description="space-group number")
    lattice: list[list[float]] = Field(description="3x3 lattice vectors as rows, angstrom")
    coords: list[list[float]] = Field(description="fractional coordinates, one row a site")

    @model_validator(mode="after")
    def _consistent(self) -> StructureRecord:
        if len(self.species) != len(self.counts) or sum(self.counts) != len(self.coords):
            raise ValueError("species, counts and coords do not agree")
        if [len(row) for row in self.lattice] != [3, 3, 3] or any(len(row) != 3 for row in self.coords):
            raise ValueError("lattice and coords are not rows of three numbers")
        if unknown := [name for name in self.species if name not in ELEMENTS]:
            raise ValueError(f"species: {unknown[0]!r} is no element")
        return self

    @property
    def formula(self) -> str:
        """Formula of the cell, without brackets and not reduced, for example ``Li2Nb2O6``."""
        return "".join(f"{el}{n}" for el, n in zip(self.species, self.counts, strict=True))

    def structure(self) -> Structure:
        """Build the pymatgen structure."""
        from pymatgen.core import Structure

        species = [el for el, n in zip(self.species, self.counts, strict=True) for _ in range(n)]
        return Structure(self.lattice, species, self.coords)


def read_structures(path: str | Path, elements: frozenset[str] | None = None) -> Iterator[StructureRecord]:
    """Read a file of structures, optionally only those that consist of given elements.

    Parameters
    ----------
    path
        JSON lines, plain or gzipped (``.gz``), with the fields of :class:`StructureRecord`.
    elements
        Keep structures whose elements all lie in this set; ``None`` keeps all.

    Raises
    ------
    InputError
        If the file is missing or truncated, or a line is not a structure; the message names the line.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"structures file {path} does not exist")
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            while line := lines.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    raise InputError(f"{path} line {number} is longer than {_LONGEST_LINE} characters")
                if not line.strip():
                    continue
                data = json.loads(line)
                if elements is not None and not elements.issuperset(data.get("species", ())):
                    continue
                yield StructureRecord.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{path} line {number}: {explained(error)}") from None
    except (json.JSONDecodeError, RecursionError, AttributeError, TypeError):
        raise InputError(f"{path} line {number}: not a JSON object") from None
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read beyond line {number}: {error}") from None
