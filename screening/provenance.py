"""What every result says of itself."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pydantic import BaseModel, ConfigDict, Field

from screening.phase import EnergyProvenance


class Software(BaseModel):
    """The program that computed a result."""

    model_config = ConfigDict(frozen=True)

    coatscreen: str = Field(description="version of coatscreen")


@cache
def software() -> Software:
    """Return the installed version."""
    try:
        return Software(coatscreen=version("coatscreen"))
    except PackageNotFoundError:
        return Software(coatscreen="not installed")


class Result(BaseModel):
    """Base of every result: it carries the energies and the software it came from."""

    model_config = ConfigDict(extra="forbid")

    energies: EnergyProvenance = Field(description="the energies this result came from")
    software: Software = Field(default_factory=software, description="the program that computed it")
