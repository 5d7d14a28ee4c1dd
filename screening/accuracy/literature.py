"""Published values: a file of them, as it is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from screening.errors import InputError

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
        """The source as a citation: what comes before and with the year, and the doi."""
        parts = _outside_brackets(self.source)
        dated = next((number for number, part in enumerate(parts) if _YEAR.search(part)), 0)
        text = ", ".join(part.strip() for part in parts[: dated + 1])
        doi = _DOI.search(self.source)
        return f"{text}, doi {doi[1]}" if doi and doi[1] not in text else text


class NotCompared(BaseModel):
    """A published value that is not compared."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what it is of; as far as the file says")
    system: str = Field(description="the material; as far as the file says")
    reason: str = Field(description="why it is not compared")


class LiteratureFile(NamedTuple):
    """A file of published values."""

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
        A row that is no such object is among the malformed, with the reason.

    Raises
    ------
    InputError
        If the file is missing, damaged, or no list.
    """
    from screening.sources.files import parse_json, read_bytes

    path = Path(path)
    rows = parse_json(read_bytes(path, "literature file"), path, "literature file")
    if not isinstance(rows, list) or not rows:
        raise InputError(f"{path} must hold a list of published values (quantity, system, value, unit, source)")
    values, malformed = [], []
    for number, row in enumerate(rows, start=1):
        try:
            values.append(LiteratureValue.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            told = row if isinstance(row, dict) else {}
            malformed.append(
                NotCompared(
                    quantity=str(told.get("quantity", "?")),
                    system=str(told.get("system", "?")),
                    reason=f"row {number} is malformed: {f'{where}: ' if where else ''}{first['msg']}",
                )
            )
    return LiteratureFile(path.name, values, malformed)


def _outside_brackets(text: str) -> list[str]:
    """Split at commas that stand in no brackets."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
