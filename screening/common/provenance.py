"""What every result says of itself: the energies it came from, on one named scale, and the software."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pydantic import BaseModel, ConfigDict, Field

NOT_STATED = "not stated"  # a functional or correction that the source of the energies does not name


class EnergyScale(BaseModel):
    """What a set of energies was computed with. Energies of two scales are never combined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="name of the energies")
    version: str = Field(description="version of the table or database")
    functional: str = Field(description="electronic-structure method, or the model and what it was trained on")
    correction: str = Field(description="correction scheme the energies contain, or none")
    source: str = Field("", description="where the structures come from and under which licence")

    def disagreement(self, other: EnergyScale) -> str | None:
        """Say why energies of both must not stand in one set; None where both state the same scale."""
        for what in ("functional", "correction"):
            here, there = getattr(self, what), getattr(other, what)
            for scale, said in ((self, here), (other, there)):
                if said == NOT_STATED:
                    return f"{scale.name!r} does not state its {what}, so it is not known to be on the same scale"
            if here.casefold().split() != there.casefold().split():
                return f"two scales: the {what} of {self.name!r} is {here!r}, that of {other.name!r} is {there!r}"
        return None


class EnergyProvenance(EnergyScale):
    """The energies a result came from: part of every result."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    n_phases: int = Field(description="phases in the set")
    sha256: str = Field(description="hash of the phases, their energies and the scale")


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
