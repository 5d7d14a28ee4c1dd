"""The assumptions about a furnace, and published annealing conditions, from ``data/annealing.yaml``."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.files.content import DATA

_FILE = DATA / "annealing.yaml"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumed(_Row):
    """A number that is assumed, with the reason."""

    value: float = Field(description="the number, in the unit its name states")
    source: str = Field(description="why this number")


class PublishedCondition(_Row):
    """The published conditions at which a coating was annealed on its cathode."""

    material: str = Field(description="the coating or its precursor, as users name it")
    cathode: str = Field(description="the cathode it was on, as users name it")
    temperature_c: float = Field(description="temperature, degrees Celsius")
    oxygen_bar: float = Field(description="partial pressure of O2, bar")
    gas_bar: dict[str, float] = Field(default_factory=dict, description="partial pressures of other gases, bar")
    source: str = Field(description="where it is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


class Observed(_Row):
    """A published observation on a material heated in oxygen."""

    material: str = Field(description="the material, as users name it")
    temperature_c: float = Field(description="temperature, degrees Celsius")
    what: str = Field(description="what was seen there")
    source: str = Field(description="where it is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


class AnnealingData(_Row):
    """The content of the data file."""

    product_gas_bar: Assumed = Field(description="partial pressure of gases given off, bar")
    stable_within_ev_per_closed_atom: Assumed = Field(description="reactions no larger than this do not count")
    undecided_within_ev_per_closed_atom: Assumed = Field(description="no larger ones lie within the error")
    published: tuple[PublishedCondition, ...] = Field(description="published conditions")
    observed: tuple[Observed, ...] = Field(description="published observations on heating")


@cache
def annealing_data() -> AnnealingData:
    """Read the data file."""
    return AnnealingData.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
