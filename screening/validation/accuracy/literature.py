"""Files of published values, as they are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from screening.common.errors import InputError
from screening.files.validation import explained

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_DOI = re.compile(r"\bdoi[ :]+(10\.\S+?)[,;.]?(?=\s|$)")


class LiteratureValue(BaseModel):
    """A published value."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    quantity: str = Field(min_length=1, description="what it is, such as 'electrochemical window'")
    system: str = Field(min_length=1, description="the material, or two with | between them")
    value: JsonValue = Field(description="a number, or [low, high]")
    unit: str = Field(description="its unit")
    definition: str = Field("", description="how it is defined, and what with")
    source: str = Field(min_length=1, description="where it is published")
    verified: bool = Field(False, description="whether it was read in that source")

    @property
    def short_source(self) -> str:
        """The source as a short citation: its text up to and including the year, and the doi."""
        parts = _outside_brackets(self.source)
        dated = next((number for number, part in enumerate(parts) if _YEAR.search(part)), 0)
        text = ", ".join(part.strip() for part in parts[: dated + 1])
        doi = _DOI.search(self.source)
        return f"{text}, doi {doi[1]}" if doi and doi[1] not in text else text


class NotCompared(BaseModel):
    """A published value that is not compared, with the reason."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what it is of; as far as the file says")
    system: str = Field(description="the material; as far as the file says")
    why_missing: str = Field(description="why it is not compared")


class LiteratureFile(NamedTuple):
    """The content of a file of published values."""

    name: str
    values: list[LiteratureValue]
    malformed: list[NotCompared]


def read_literature(path: str | Path) -> LiteratureFile:
    """Read a file of published values.

    Parameters
    ----------
    path
        A JSON list of objects with the fields of :class:`LiteratureValue`, plain or gzipped.

    Returns
    -------
    LiteratureFile
        The values; a row that is not such an object is listed as malformed, with the reason.

    Raises
    ------
    InputError
        If the file is missing or damaged, or does not hold a list.
    """
    from screening.files.content import parse_json, read_bytes

    path = Path(path)
    rows = parse_json(read_bytes(path, "literature file"), path, "literature file")
    if not isinstance(rows, list) or not rows:
        raise InputError(f"{path} must hold a list of published values (quantity, system, value, unit, source)")
    values, malformed = [], []
    for number, row in enumerate(rows, start=1):
        try:
            values.append(LiteratureValue.model_validate(row))
        except ValidationError as error:
            told = row if isinstance(row, dict) else {}
            malformed.append(
                NotCompared(
                    quantity=str(told.get("quantity", "?")),
                    system=str(told.get("system", "?")),
                    why_missing=f"row {number} is malformed: {explained(error)}",
                )
            )
    return LiteratureFile(path.name, values, malformed)


def _outside_brackets(text: str) -> list[str]:
    """Split a text at the commas outside brackets."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
