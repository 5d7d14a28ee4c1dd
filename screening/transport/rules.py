"""Where transport counts as stopped or let through (``data/transport/rules.yaml``)."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.files.content import DATA

_PACKAGED = DATA / "transport" / "rules.yaml"


class TransportRules(BaseModel):
    """The limits of the file, which gives the reasons."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocked_above_ev: float = Field(description="a crystal of a higher three-dimensional barrier is blocked, eV")
    percolates_from: float = Field(description="volume share from which a kind of product connects")
    passes_from_s_per_cm: float = Field(description="measured conductivity from which a product lets lithium through")


@cache
def transport_rules() -> TransportRules:
    """Read the file."""
    return TransportRules.model_validate(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))
