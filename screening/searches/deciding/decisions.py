"""A file of what would decide the rankings of a database."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.files.content import read_bytes
from screening.files.validation import explained
from screening.searches.deciding.deciding_documents import DecidingEnergies


class Decisions(BaseModel):
    """What would decide each ranking of a database."""

    model_config = ConfigDict(extra="forbid")

    rankings: list[DecidingEnergies] = Field(description="one for each cathode, electrolyte and set of energies")

    @property
    def needed_for(self) -> dict[str, list[str]]:
        """The pairs of coatings that each phase would decide, by its identifier, the most deciding first."""
        deciding = [one for ranking in self.rankings for one in ranking.deciding]
        phases = sorted(deciding, key=lambda one: -one.share)
        found: dict[str, list[str]] = {}
        for phase in phases:
            pairs = found.setdefault(phase.id, [])
            pairs += [name for pair in phase.decides if (name := f"{pair.better}|{pair.worse}") not in pairs]
        return found

    @property
    def systems(self) -> list[frozenset[str]]:
        """The chemical systems of the phases."""
        formulas = [one.formula for ranking in self.rankings for one in ranking.deciding]
        return list(dict.fromkeys(frozenset(parse_formula(formula)) for formula in formulas))


def read_decisions(path: Path) -> Decisions:
    """Read a file that ``coatscreen energies deciding --output`` wrote.

    Raises
    ------
    InputError
        If it cannot be read, or is no such file.
    """
    try:
        return Decisions.model_validate_json(read_bytes(path))
    except ValidationError as error:
        raise InputError(f"{path} was not written by coatscreen energies deciding: {explained(error)}") from None
