"""The effect of the correction scheme: the same reactions with the Materials Project's older and newer corrections."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.files.content import DATA

_PACKAGED = DATA / "papers" / "corrections.yaml"


class SchemeEffect(BaseModel):
    """A mutual reaction energy with two correction schemes, for the same compounds, in the unit of the quantity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    older_mev: float = Field(description="with the older corrections")
    newer_mev: float = Field(description="with the newer ones")

    @property
    def effect_mev(self) -> float:
        """Energy with the newer scheme minus energy with the older, meV."""
        return self.newer_mev - self.older_mev


class Schemes(BaseModel):
    """The two schemes, and each published reaction computed with both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    older: str = Field(description="name of the older scheme")
    newer: str = Field(description="name of the newer scheme")
    source: str = Field(description="the energies, and how it was computed")
    quantities: dict[str, SchemeEffect] = Field(description="by the quantity's id")


@cache
def schemes() -> Schemes:
    """Return the packaged comparison."""
    return Schemes.model_validate(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))
